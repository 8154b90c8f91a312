//! Public values that an honest chip does not send.

use antin_crypto::agreement::{DhGroup, DhPublicKey};
use antin_crypto::{Curve, PublicKey};
use antin_profile::patch::PublicFault;

/// The form byte of an uncompressed point.
const UNCOMPRESSED: u8 = 0x04;

/// Makes a wrong value of the chip's own. `theirs` is what the terminal sent in the same step.
pub(super) fn spoil(fault: PublicFault, ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    match fault {
        PublicFault::Mirror => return theirs.to_vec(),
        PublicFault::Empty => return Vec::new(),
        PublicFault::Short => return ours.split_last().map_or(Vec::new(), |(_, rest)| rest.to_vec()),
        PublicFault::Long => return [ours, &[0]].concat(),
        _ => {}
    }
    let curve = Curve::STANDARDIZED
        .into_iter()
        .find(|curve| PublicKey::from_sec1(*curve, ours).is_ok());
    match curve {
        Some(curve) => point(fault, curve, ours),
        None => number(fault, ours),
    }
}

/// A wrong point: form, x, y.
fn point(fault: PublicFault, curve: Curve, ours: &[u8]) -> Vec<u8> {
    let length = curve.field_len();
    let coordinate = |from: usize| ours.get(from..from + length).unwrap_or_default().to_vec();
    let (x, y) = (coordinate(1), coordinate(1 + length));
    let p = curve.domain().p;
    let zero = vec![0; length];
    let whole = |x: &[u8], y: &[u8]| [&[UNCOMPRESSED], x, y].concat();
    match fault {
        PublicFault::Infinity => vec![0],
        PublicFault::Zero => whole(&zero, &zero),
        PublicFault::One => whole(&small(1, length), &small(1, length)),
        PublicFault::OffCurve => whole(&x, &flipped(&y)),
        PublicFault::SmallOrder | PublicFault::YZero => whole(&x, &zero),
        PublicFault::XZero => whole(&zero, &y),
        PublicFault::Twist => whole(&small(twist_x(curve), length), &small(1, length)),
        PublicFault::PMinusOne => whole(&flipped(p), &y),
        PublicFault::P => whole(p, &y),
        PublicFault::PPlusOne => whole(&plus_one(p), &y),
        PublicFault::AboveP => whole(&vec![0xFF; length], &vec![0xFF; length]),
        PublicFault::XAboveP => whole(&vec![0xFF; length], &y),
        PublicFault::YAboveP => whole(&x, &vec![0xFF; length]),
        PublicFault::Compressed => {
            let odd = y.last().is_some_and(|last| last & 1 == 1);
            [&[0x02 | u8::from(odd)], x.as_slice()].concat()
        }
        PublicFault::BadForm => [&[0x05], x.as_slice(), &y].concat(),
        PublicFault::Other => curve.domain().g.to_vec(),
        PublicFault::Mirror | PublicFault::Empty | PublicFault::Short | PublicFault::Long => ours.to_vec(),
    }
}

/// A wrong number of a group modulo a prime.
fn number(fault: PublicFault, ours: &[u8]) -> Vec<u8> {
    let groups = [
        DhGroup::Modp1024Sub160,
        DhGroup::Modp2048Sub224,
        DhGroup::Modp2048Sub256,
    ];
    let group = groups
        .into_iter()
        .find(|group| DhPublicKey::from_be_bytes(*group, ours).is_ok());
    let length = ours.len();
    let p = group.map_or_else(|| vec![0xFF; length], |group| group.p().to_vec());
    match fault {
        PublicFault::Infinity | PublicFault::Zero | PublicFault::XZero | PublicFault::YZero => {
            vec![0; length]
        }
        PublicFault::One => small(1, length),
        // The subgroup is so small a part of the field that the neighbour lies outside of it.
        PublicFault::OffCurve | PublicFault::Twist => flipped(ours),
        PublicFault::SmallOrder | PublicFault::PMinusOne => flipped(&p),
        PublicFault::P => p,
        PublicFault::PPlusOne => plus_one(&p),
        PublicFault::Other => group.map_or_else(|| flipped(ours), |group| group.g().to_vec()),
        _ => vec![0xFF; length],
    }
}

fn small(value: u8, length: usize) -> Vec<u8> {
    let mut number = vec![0; length];
    if let Some(last) = number.last_mut() {
        *last = value;
    }
    number
}

/// The last bit changed: p-1 for an odd prime.
fn flipped(number: &[u8]) -> Vec<u8> {
    let mut flipped = number.to_vec();
    if let Some(last) = flipped.last_mut() {
        *last ^= 1;
    }
    flipped
}

fn plus_one(number: &[u8]) -> Vec<u8> {
    let mut sum = number.to_vec();
    for byte in sum.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    sum
}

/// The smallest positive x that no point of the curve has: x³ + ax + b is no square.
fn twist_x(curve: Curve) -> u8 {
    match curve.name() {
        "brainpoolP224r1" | "brainpoolP384r1" => 2,
        "P-521" => 3,
        "brainpoolP256r1" | "brainpoolP320r1" => 4,
        _ => 1,
    }
}
