//! What the curves cost: multiplications, PACE's three mappings and the proof of the chip authentication mapping, each
//! beside the multiplications that it cannot do without, in one run and on one machine. On the NIST curves the same
//! multiplications by the library underneath stand beside ours.
//!
//! Fails when a mapping costs half as much again as its multiplications.

use std::hint::black_box;
use std::time::{Duration, Instant};

use antin::SystemRng;
use antin::crypto::pace::{Generator, cam, integrated};
use antin::crypto::{Curve, PrivateKey, SecretBytes, Suite};
use elliptic_curve::group::Curve as _;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, Group, NonZeroScalar, ProjectivePoint};

/// How many times as long as its multiplications a mapping may take.
const LIMIT: f64 = 1.5;

const SUITE: Suite = Suite::Aes128;

/// The best of several rounds of everything that is measured on one curve.
#[derive(Clone, Copy)]
struct Times {
    fixed: Duration,
    variable: Duration,
    generic: Duration,
    integrated: Duration,
    public: Duration,
    proof: Duration,
    check: Duration,
    library: Option<(Duration, Duration)>,
}

fn main() {
    // A build for tests is slow by design, and not judged; `cargo test --benches` wants to see that it runs.
    let rounds = if cfg!(debug_assertions) || std::env::args().any(|argument| argument == "--test") {
        1
    } else {
        200
    };
    say(&format!(
        "{:16} {:>9} {:>9} {:>17} {:>17} {:>9} {:>9} {:>9}  {}",
        "microseconds",
        "k G",
        "k P",
        "GM / (k G + k P)",
        "IM / k P",
        "CAM proof",
        "CAM check",
        "first k G",
        "library: k G, k P"
    ));
    for curve in Curve::STANDARDIZED {
        let first = first_use(curve);
        let times = measure(curve, rounds);
        let generic = ratio(times.generic, times.fixed + times.variable);
        let integrated = ratio(times.integrated, times.variable);
        say(&format!(
            "{:16} {:>9} {:>9} {:>10} {generic:6.2} {:>10} {integrated:6.2} {:>9} {:>9} {:>9}  {}",
            curve.name(),
            micros(times.fixed),
            micros(times.variable),
            micros(times.generic),
            micros(times.integrated),
            micros(times.proof),
            micros(times.check),
            micros(first),
            times
                .library
                .map(|(fixed, variable)| format!("{}, {}", micros(fixed), micros(variable)))
                .unwrap_or_default(),
        ));
        if rounds > 1 {
            let check = ratio(times.check, times.variable);
            let public = ratio(times.public, times.variable);
            for (what, ratio) in [
                ("generic mapping", generic),
                ("proof's check", check),
                ("public key", public),
            ] {
                assert!(
                    ratio < LIMIT,
                    "{}: {what} takes {ratio:.2} times its multiplications",
                    curve.name()
                );
            }
            if curve.has_integrated_mapping() {
                assert!(
                    integrated < LIMIT,
                    "{}: two nonces take {integrated:.2} times a multiplication",
                    curve.name()
                );
            }
        }
    }
}

/// The first multiplication of the generator makes the table that all later ones share.
fn first_use(curve: Curve) -> Duration {
    let start = Instant::now();
    let _ = black_box(PrivateKey::from_be_bytes(curve, &[0x5A; 20]));
    start.elapsed()
}

fn measure(curve: Curve, rounds: u32) -> Times {
    let rng = &mut SystemRng;
    let (own, their) = (PrivateKey::generate(curve, rng), PrivateKey::generate(curve, rng));
    let (number, their_public) = (own.to_be_bytes(), their.public());
    let nonce = SecretBytes::new(vec![0x5A; integrated::nonce_s_len(SUITE)]);
    let t = vec![0xC3; integrated::nonce_t_len(SUITE)];
    let generator = Generator::map(&own, &their_public, &nonce).expect("a generator");
    let proof = cam::chip_data(&their, &own).expect("one curve");
    let own_public = own.public();
    let mut times = Times {
        fixed: Duration::MAX,
        variable: Duration::MAX,
        generic: Duration::MAX,
        integrated: Duration::MAX,
        public: Duration::MAX,
        proof: Duration::MAX,
        check: Duration::MAX,
        library: None,
    };
    // In turn, so that all meet the same machine.
    for _ in 0..rounds {
        best(&mut times.fixed, || {
            PrivateKey::from_be_bytes(curve, number.expose())
        });
        best(&mut times.variable, || own.diffie_hellman(&their_public));
        best(&mut times.generic, || Generator::map(&own, &their_public, &nonce));
        best(&mut times.integrated, || {
            Generator::integrated(curve, SUITE, &nonce, &t)
        });
        best(&mut times.public, || generator.public(&own));
        best(&mut times.proof, || cam::chip_data(&their, &own));
        best(&mut times.check, || {
            cam::verify(&their_public, &own_public, proof.expose())
        });
        let library = match curve {
            Curve::P256 => Some(library::<p256::NistP256>(number.expose(), their_public.as_sec1())),
            Curve::P384 => Some(library::<p384::NistP384>(number.expose(), their_public.as_sec1())),
            Curve::P521 => Some(library::<p521::NistP521>(number.expose(), their_public.as_sec1())),
            _ => None,
        };
        if let Some((fixed, variable)) = library {
            let before = times.library.unwrap_or((fixed, variable));
            times.library = Some((before.0.min(fixed), before.1.min(variable)));
        }
    }
    times
}

/// The library's own multiplications, from and to the same bytes as ours: of the generator, of any point.
fn library<C>(number: &[u8], point: &[u8]) -> (Duration, Duration)
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    let scalar = || NonZeroScalar::<C>::try_from(number).expect("in range");
    let encoded = |point: ProjectivePoint<C>| point.to_affine().to_sec1_point(false);
    let (mut fixed, mut variable) = (Duration::MAX, Duration::MAX);
    best(&mut fixed, || {
        encoded(ProjectivePoint::<C>::mul_by_generator(&scalar()))
    });
    best(&mut variable, || {
        let point = AffinePoint::<C>::from_sec1_bytes(point).expect("a point");
        encoded(ProjectivePoint::<C>::from(point) * *scalar())
    });
    (fixed, variable)
}

fn best<T>(time: &mut Duration, work: impl Fn() -> T) {
    let start = Instant::now();
    black_box(work());
    *time = (*time).min(start.elapsed());
}

fn ratio(time: Duration, measure: Duration) -> f64 {
    time.as_secs_f64() / measure.as_secs_f64()
}

fn micros(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e6)
}

#[allow(clippy::print_stdout, reason = "a bench speaks to the one who runs it")]
fn say(line: &str) {
    println!("{line}");
}
