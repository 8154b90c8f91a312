//! The fields that certificates and revocation lists share: names, times, algorithms; and the keys of certificates.

use antin_crypto::{Hash, SignatureAlgorithm};
use antin_wire::oids::{COMMON_NAME, COUNTRY_NAME, EC_PUBLIC_KEY, SERIAL_NUMBER};
use antin_wire::tlv::{Tag, Tlv};

use super::raw::Raw;
use super::{Findings, Rule};
use crate::asn1::read::Der;
use crate::asn1::{
    BIT_STRING, BMP_STRING, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, PRINTABLE_STRING, SEQUENCE,
    UTC_TIME,
};
use crate::certificate::{Certificate, Name};

const TELETEX_STRING: Tag = Tag(0x14);
const UNIVERSAL_STRING: Tag = Tag(0x1C);
/// Octets of a serial number or the number of a list (tables 5 and 10).
pub(super) const MAX_NUMBER_OCTETS: usize = 20;

/// What tables 5 and 9 say of the strings in a name.
pub(super) fn strings(name: &Name, whose: &str, found: &mut Findings) {
    for (kind, tag, value) in name.attributes() {
        match kind {
            COUNTRY_NAME => {
                if tag != PRINTABLE_STRING {
                    found.add_on(Rule::CountryNotPrintable, whose);
                }
                if value.iter().any(u8::is_ascii_lowercase) {
                    found.add_on(Rule::CountryNotUpperCase, whose);
                }
            }
            SERIAL_NUMBER if tag != PRINTABLE_STRING => {
                found.add_on(Rule::NameSerialNotPrintable, whose);
            }
            _ if [TELETEX_STRING, UNIVERSAL_STRING, BMP_STRING].contains(&tag) => {
                found.add_on(Rule::NameStringType, format!("{whose}, {kind}"));
            }
            _ => {}
        }
    }
}

/// What §7.1.1.1.1 asks of a name.
pub(super) fn name(name: &Name, whose: &str, found: &mut Findings) {
    let of = |wanted| name.attributes().filter(move |(kind, _, _)| *kind == wanted);
    match of(COUNTRY_NAME).next() {
        None => found.add_on(Rule::CountryMissing, whose),
        Some((_, _, value)) => {
            if value.len() != 2 || !value.iter().all(u8::is_ascii_alphabetic) {
                found.add_on(Rule::CountryNotTwoLetters, whose);
            }
        }
    }
    if of(COMMON_NAME).next().is_none() {
        found.add_on(Rule::CommonNameMissing, whose);
    }
    strings(name, whose, found);
}

/// What tables 5 and 9 say of a time.
pub(super) fn time(object: &Tlv<'_>, which: &str, found: &mut Findings) {
    let digits = |count: usize| {
        object.value.split_last().is_some_and(|(last, digits)| {
            *last == b'Z' && digits.len() == count && digits.iter().all(u8::is_ascii_digit)
        })
    };
    match object.tag {
        UTC_TIME if digits(12) => {}
        GENERALIZED_TIME if digits(14) => {}
        _ => found.add_on(Rule::TimeForm, which),
    }
    let before_2050 = object
        .value
        .get(..4)
        .is_some_and(|year| year < b"2050".as_slice());
    if object.tag == GENERALIZED_TIME && before_2050 {
        found.add_on(Rule::TimeNotUtc, which);
    }
}

/// §4.1.6.4: SHA-1 is not among the hash functions.
pub(super) fn hash(algorithm: Result<SignatureAlgorithm, antin_crypto::Error>, found: &mut Findings) {
    match algorithm {
        Ok(algorithm) if algorithm.hash() == Hash::Sha1 => {
            found.add_on(Rule::HashNotAllowed, algorithm.name());
        }
        Ok(_) => {}
        Err(error) => found.add_on(Rule::HashNotAllowed, error.to_string()),
    }
}

/// Table 5.
pub(super) fn certificate(certificate: &Certificate, raw: &Raw<'_>, found: &mut Findings) {
    if certificate.version() != 3 {
        found.add_on(Rule::VersionWrong, format!("v{}", certificate.version()));
    }
    serial(raw.serial, found);
    found.add_if(!certificate.algorithms_agree(), Rule::AlgorithmsDiffer);
    hash(certificate.algorithm(), found);
    for (whose, who) in [
        ("issuer", certificate.issuer()),
        ("subject", certificate.subject()),
    ] {
        name(who, whose, found);
    }
    let countries = (certificate.issuer().country(), certificate.subject().country());
    found.add_if(countries.0 != countries.1, Rule::CountriesDiffer);
    for (object, which) in raw.times.iter().zip(["notBefore", "notAfter"]) {
        time(object, which, found);
    }
    found.add_if(raw.unique_identifiers > 0, Rule::UniqueIdentifier);
    found.add_if(raw.extensions.is_none(), Rule::ExtensionsMissing);
    key(certificate, raw, found);
}

fn serial(serial: &[u8], found: &mut Findings) {
    let negative = serial.first().is_some_and(|first| first & 0x80 != 0);
    found.add_if(
        negative || serial.iter().all(|byte| *byte == 0),
        Rule::SerialNotPositive,
    );
    if serial.len() > MAX_NUMBER_OCTETS {
        found.add_on(Rule::SerialTooLong, format!("{} octets", serial.len()));
    }
    let needless = matches!(serial, [0, second, ..] if second & 0x80 == 0)
        || matches!(serial, [0xFF, second, ..] if second & 0x80 != 0);
    found.add_if(needless, Rule::SerialNotShortest);
}

/// §4.1.6.3.
fn key(certificate: &Certificate, raw: &Raw<'_>, found: &mut Findings) {
    if let Err(error) = certificate.public_key() {
        found.add_on(Rule::KeyUnreadable, error.to_string());
    }
    if let Some(curve) = curve(&raw.spki) {
        found.add_if(curve.named, Rule::CurveNotExplicit);
        found.add_if(curve.described_without_cofactor, Rule::CofactorMissing);
        found.add_if(curve.compressed, Rule::PointCompressed);
    }
}

#[derive(Default)]
struct CurveForm {
    named: bool,
    described_without_cofactor: bool,
    compressed: bool,
}

/// How a key on a curve is written; `None` for other keys.
fn curve(spki: &Tlv<'_>) -> Option<CurveForm> {
    const WHAT: &str = "SubjectPublicKeyInfo";
    let mut parts = Der::new(WHAT, spki.value);
    let mut algorithm = Der::new(WHAT, parts.take(SEQUENCE).ok()?.value);
    if algorithm.oid().ok()? != EC_PUBLIC_KEY {
        return None;
    }
    let parameters = algorithm.any().ok()?;
    let point = parts.take(BIT_STRING).ok()?.value.get(1).copied();
    let mut form = CurveForm {
        named: parameters.tag == OID,
        described_without_cofactor: false,
        compressed: point != Some(UNCOMPRESSED),
    };
    if parameters.tag == SEQUENCE {
        // SEQUENCE { version, fieldID, curve, base, order, cofactor OPTIONAL }
        let mut members = Der::new(WHAT, parameters.value);
        members.take(INTEGER).ok()?;
        members.take(SEQUENCE).ok()?;
        members.take(SEQUENCE).ok()?;
        let base = members.take(OCTET_STRING).ok()?.value.first().copied();
        members.take(INTEGER).ok()?;
        form.described_without_cofactor = members.is_empty();
        form.compressed |= base != Some(UNCOMPRESSED);
    }
    Some(form)
}

/// The first octet of a point in uncompressed form.
const UNCOMPRESSED: u8 = 4;
