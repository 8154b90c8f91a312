//! Domain parameters as an AlgorithmIdentifier states them: recognised, never computed on (TR-03110-3 §A.2.1).
//!
//! ```text
//! standardizedDomainParameters   INTEGER
//! id-ecPublicKey                 OBJECT IDENTIFIER | ECParameters { 1, FieldID, Curve, base, order, cofactor }
//! dhpublicnumber                 DomainParameters { p, g, q, j OPTIONAL, validation OPTIONAL }
//! dhKeyAgreement                 DHParameter { p, g, privateValueLength OPTIONAL }
//! ```

use antin_crypto::{
    Curve, Explicit,
    agreement::{DhGroup, Group},
};
use antin_wire::{
    oids::{self, ObjectIdentifier},
    tlv::{
        self, Tlv,
        tags::{BIT_STRING, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE},
    },
};

/// Finds the group that an AlgorithmIdentifier names or spells out; `None` for every other set of parameters, and for
/// what cannot be read.
pub(crate) fn recognise(algorithm_der: &[u8]) -> Option<Group> {
    let algorithm = tlv::parse_one(algorithm_der).ok()?;
    if algorithm.tag != SEQUENCE {
        return None;
    }
    let mut parts = algorithm.children();
    let name = ObjectIdentifier::from_bytes(parts.expect(OBJECT_IDENTIFIER).ok()?.value).ok()?;
    let parameters = parts.next().ok()??;
    parts.finish().ok()?;
    match name {
        oids::STANDARDIZED_DOMAIN_PARAMETERS => standardized(&parameters),
        oids::EC_PUBLIC_KEY => elliptic(&parameters).map(Group::Ec),
        X9_42_DH | PKCS3_DH => diffie_hellman(&parameters).map(Group::Dh),
        _ => None,
    }
}

fn standardized(parameters: &Tlv<'_>) -> Option<Group> {
    match (parameters.tag, parameters.value) {
        (INTEGER, [id]) => Group::from_standardized_id(*id),
        _ => None,
    }
}

fn elliptic(parameters: &Tlv<'_>) -> Option<Curve> {
    if parameters.tag == OBJECT_IDENTIFIER {
        return Curve::from_oid(&ObjectIdentifier::from_bytes(parameters.value).ok()?);
    }
    if parameters.tag != SEQUENCE {
        return None;
    }
    let mut parts = parameters.children();
    parts.expect(INTEGER).ok()?;
    let mut field = parts.expect(SEQUENCE).ok()?.children();
    if field.expect(OBJECT_IDENTIFIER).ok()?.value != oids::PRIME_FIELD.as_bytes() {
        return None;
    }
    let p = unsigned(&field.expect(INTEGER).ok()?)?;
    field.finish().ok()?;
    let mut equation = parts.expect(SEQUENCE).ok()?.children();
    let a = equation.expect(OCTET_STRING).ok()?.value;
    let b = equation.expect(OCTET_STRING).ok()?.value;
    equation.optional(BIT_STRING).ok()?;
    equation.finish().ok()?;
    let g = parts.expect(OCTET_STRING).ok()?.value;
    let n = unsigned(&parts.expect(INTEGER).ok()?)?;
    let h = match parts.optional(INTEGER).ok()? {
        Some(cofactor) => Some(unsigned(&cofactor)?),
        None => None,
    };
    parts.finish().ok()?;
    Curve::match_explicit(&Explicit { p, a, b, g, n, h })
}

fn diffie_hellman(parameters: &Tlv<'_>) -> Option<DhGroup> {
    if parameters.tag != SEQUENCE {
        return None;
    }
    let mut parts = parameters.children();
    let p = unsigned(&parts.expect(INTEGER).ok()?)?;
    let g = unsigned(&parts.expect(INTEGER).ok()?)?;
    // Third comes the order of the subgroup (X9.42), or a length in bits, which is short (PKCS #3).
    let third = match parts.optional(INTEGER).ok()? {
        Some(third) => Some(unsigned(&third)?),
        None => None,
    };
    let q = third.filter(|value| value.len() > MAX_LENGTH_FIELD);
    DhGroup::match_explicit(p, g, q)
}

/// The value of a non-negative INTEGER, its sign byte taken off.
fn unsigned<'a>(integer: &Tlv<'a>) -> Option<&'a [u8]> {
    match integer.value {
        [] | [0x80..=0xFF, ..] => None,
        [0, rest @ ..] if !rest.is_empty() => Some(rest),
        value => Some(value),
    }
}

/// dhpublicnumber of X9.42.
const X9_42_DH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10046.2.1");
/// dhKeyAgreement of PKCS #3.
const PKCS3_DH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.3.1");
/// A length in bits has at most four bytes; the order of a subgroup has at least twenty.
const MAX_LENGTH_FIELD: usize = 4;

#[cfg(test)]
mod tests {
    use antin_crypto::{ParameterForm, PrivateKey};

    use super::*;
    use crate::testing::random;

    fn algorithm(name: &ObjectIdentifier, parameters: Vec<u8>) -> Vec<u8> {
        let name = tlv::object(OBJECT_IDENTIFIER, name.as_bytes());
        tlv::constructed(SEQUENCE, &[name, parameters])
    }

    fn integer(value: &[u8]) -> Vec<u8> {
        tlv::object(INTEGER, &[&[0], value].concat())
    }

    #[test]
    fn every_standardized_group_is_recognised_by_its_number() {
        for id in 0..=31 {
            let named = algorithm(&oids::STANDARDIZED_DOMAIN_PARAMETERS, tlv::object(INTEGER, &[id]));
            assert_eq!(recognise(&named), Group::from_standardized_id(id), "{id}");
            assert_eq!(recognise(&named).is_some(), id <= 2 || (8..=18).contains(&id));
        }
    }

    #[test]
    fn every_curve_is_recognised_by_its_values_and_no_other_is() {
        for curve in Curve::STANDARDIZED {
            let private = PrivateKey::generate(curve, &mut random(3));
            for form in [ParameterForm::Named, ParameterForm::Explicit] {
                let spki = private.public().to_spki_der(form);
                let mut der = tlv::parse_one(&spki)
                    .unwrap()
                    .children()
                    .expect(SEQUENCE)
                    .unwrap()
                    .raw
                    .to_vec();
                assert_eq!(recognise(&der), Some(Group::Ec(curve)));
                let last = der.len() - 8;
                der[last] ^= 0x40;
                assert_eq!(recognise(&der), None, "{curve:?} {form:?}");
            }
        }
    }

    #[test]
    fn every_diffie_hellman_group_is_recognised_by_its_values_and_no_other_is() {
        for id in 0..=2 {
            let Some(Group::Dh(group)) = Group::from_standardized_id(id) else {
                panic!("{id}");
            };
            let of = |name, parts: &[Vec<u8>]| recognise(&algorithm(name, tlv::constructed(SEQUENCE, parts)));
            let (p, g, q) = (integer(group.p()), integer(group.g()), integer(group.q()));
            let whole = [p.clone(), g.clone(), q.clone()];
            assert_eq!(of(&X9_42_DH, &whole), Some(Group::Dh(group)));
            assert_eq!(of(&PKCS3_DH, &whole[..2]), Some(Group::Dh(group)));
            let with_length = [p.clone(), g.clone(), vec![0x02, 0x01, 0x70]];
            assert_eq!(of(&PKCS3_DH, &with_length), Some(Group::Dh(group)));
            for part in 0..3 {
                let mut other = whole.clone();
                *other[part].last_mut().unwrap() ^= 2;
                assert_eq!(of(&X9_42_DH, &other), None, "{id} {part}");
            }
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_recognised() {
        for wrong in ["", "3000", "30020500", "3007060404007F0005", "310506030401 00"] {
            assert_eq!(recognise(&crate::testing::hex(wrong)), None, "{wrong}");
        }
    }
}
