//! How a key says on which curve it lies: by the curve's name, or by its domain parameters value by value.
//!
//! ICAO 9303-12 wants the parameters of document signers and CSCAs explicit; most libraries refuse exactly that.
//! Ours are compared with a table, never computed on: parameters that are not those of a known curve are refused.

use std::sync::OnceLock;

use antin_wire::oids::{self, ObjectIdentifier};
use der::asn1::{AnyRef, BitStringRef, OctetStringRef, UintRef};
use der::{Decode, Encode, Sequence, Tag, Tagged};

use crate::curve::Explicit;
use crate::{Curve, Error};

/// How a key states its curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterForm {
    /// By the object identifier of the curve.
    Named,
    /// By all domain parameters, `SpecifiedECDomain` of SEC 1 §C.2.
    Explicit,
}

/// Whether explicit parameters may leave the cofactor out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cofactor {
    /// As RFC 3279 §2.3.5 and ICAO 9303-12 want it in public keys.
    Required,
    /// As some programs write private keys.
    Optional,
}

/// `AlgorithmIdentifier.parameters` of a key on this curve, as DER.
pub(super) fn encode(curve: Curve, form: ParameterForm) -> Vec<u8> {
    /// Made once: every card of an issuer states the same ones.
    static EXPLICIT: [OnceLock<Vec<u8>>; Curve::ALL.len()] = [const { OnceLock::new() }; Curve::ALL.len()];
    let well_formed = "parameters from our own table are short and well formed";
    let place = Curve::ALL.iter().position(|known| *known == curve);
    match (form, place.and_then(|place| EXPLICIT.get(place))) {
        (ParameterForm::Named, _) => curve.oid().to_der().expect(well_formed),
        (ParameterForm::Explicit, Some(made)) => made
            .get_or_init(|| encode_explicit(curve).expect(well_formed))
            .clone(),
        (ParameterForm::Explicit, None) => encode_explicit(curve).expect(well_formed),
    }
}

fn encode_explicit(curve: Curve) -> der::Result<Vec<u8>> {
    let domain = curve.domain();
    let prime = UintRef::new(domain.p)?;
    SpecifiedDomain {
        version: 1,
        field: FieldId {
            kind: oids::PRIME_FIELD,
            parameters: AnyRef::from_der(&prime.to_der()?)?,
        },
        equation: Equation {
            a: OctetStringRef::new(domain.a)?,
            b: OctetStringRef::new(domain.b)?,
            seed: None,
        },
        generator: OctetStringRef::new(domain.g)?,
        order: UintRef::new(domain.n)?,
        cofactor: Some(UintRef::new(&[domain.h])?),
    }
    .to_der()
}

/// Finds the curve of a key from the algorithm and the parameters beside it.
pub(super) fn decode(
    algorithm: ObjectIdentifier,
    parameters: Option<AnyRef<'_>>,
    cofactor: Cofactor,
) -> Result<(Curve, ParameterForm), Error> {
    if algorithm != oids::EC_PUBLIC_KEY {
        return Err(Error::AlgorithmUnknown { oid: algorithm });
    }
    let Some(parameters) = parameters else {
        return Err(Error::CurveUnknown { oid: None });
    };
    match parameters.tag() {
        Tag::ObjectIdentifier => decode_named(parameters),
        Tag::Sequence => decode_explicit(parameters, cofactor),
        // `implicitCA`: the curve is inherited from nowhere.
        Tag::Null => Err(Error::CurveUnknown { oid: None }),
        _ => Err(MALFORMED),
    }
}

fn decode_named(parameters: AnyRef<'_>) -> Result<(Curve, ParameterForm), Error> {
    let oid = parameters
        .decode_as::<ObjectIdentifier>()
        .map_err(|_| MALFORMED)?;
    let curve = Curve::from_oid(&oid).ok_or(Error::CurveUnknown { oid: Some(oid) })?;
    Ok((curve, ParameterForm::Named))
}

fn decode_explicit(parameters: AnyRef<'_>, cofactor: Cofactor) -> Result<(Curve, ParameterForm), Error> {
    let unknown = Error::CurveUnknown { oid: None };
    let stated = parameters
        .decode_as::<SpecifiedDomain<'_>>()
        .map_err(|_| MALFORMED)?;
    if !(1..=3).contains(&stated.version) {
        return Err(MALFORMED);
    }
    let incomplete = stated.cofactor.is_none() && cofactor == Cofactor::Required;
    if stated.field.kind != oids::PRIME_FIELD || incomplete {
        return Err(unknown);
    }
    let prime = stated
        .field
        .parameters
        .decode_as::<UintRef<'_>>()
        .map_err(|_| MALFORMED)?;
    let curve = Curve::match_explicit(&Explicit {
        p: prime.as_bytes(),
        a: stated.equation.a.as_bytes(),
        b: stated.equation.b.as_bytes(),
        g: stated.generator.as_bytes(),
        n: stated.order.as_bytes(),
        h: stated.cofactor.as_ref().map(UintRef::as_bytes),
    });
    Ok((curve.ok_or(unknown)?, ParameterForm::Explicit))
}

/// ```text
/// SpecifiedECDomain ::= SEQUENCE {
///     version   INTEGER { ecdpVer1(1), ecdpVer2(2), ecdpVer3(3) },
///     fieldID   FieldID,
///     curve     Curve,
///     base      OCTET STRING,
///     order     INTEGER,
///     cofactor  INTEGER OPTIONAL }
/// ```
/// A hash algorithm behind the cofactor (version 3) is not taken: nobody was seen to write one.
#[derive(Sequence)]
struct SpecifiedDomain<'a> {
    version: u8,
    field: FieldId<'a>,
    equation: Equation<'a>,
    generator: &'a OctetStringRef,
    order: UintRef<'a>,
    #[asn1(optional = "true")]
    cofactor: Option<UintRef<'a>>,
}

/// `FieldID ::= SEQUENCE { fieldType OBJECT IDENTIFIER, parameters ANY }`; for a prime field an INTEGER.
#[derive(Sequence)]
struct FieldId<'a> {
    kind: ObjectIdentifier,
    parameters: AnyRef<'a>,
}

/// `Curve ::= SEQUENCE { a OCTET STRING, b OCTET STRING, seed BIT STRING OPTIONAL }`
#[derive(Sequence)]
struct Equation<'a> {
    a: &'a OctetStringRef,
    b: &'a OctetStringRef,
    #[asn1(optional = "true")]
    seed: Option<BitStringRef<'a>>,
}

const MALFORMED: Error = Error::Malformed {
    what: "curve parameters",
};
