//! The two ways to write an ECDSA signature.

use antin_wire::oids;
use der::asn1::UintRef;
use der::{Decode, Encode, Sequence};

use crate::curve::without_zeros;
use crate::{Curve, Error, Hash, ObjectIdentifier};

/// Writes a plain signature (r || s, TR-03111 §5.2.1) as `Ecdsa-Sig-Value` in DER.
///
/// ```text
/// Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }
/// ```
/// # Errors
/// [`Error::Malformed`] unless the signature has exactly twice [`Curve::order_len`] bytes.
pub fn ecdsa_plain_to_der(plain: &[u8], curve: Curve) -> Result<Vec<u8>, Error> {
    if plain.len() != 2 * curve.order_len() {
        return Err(MALFORMED);
    }
    let (r, s) = plain.split_at_checked(curve.order_len()).ok_or(MALFORMED)?;
    let pair = |r, s| {
        EcdsaSigValue {
            r: UintRef::new(r)?,
            s: UintRef::new(s)?,
        }
        .to_der()
    };
    pair(r, s).map_err(|_| MALFORMED)
}

/// Writes an `Ecdsa-Sig-Value` as a plain signature of twice [`Curve::order_len`] bytes.
///
/// # Errors
/// [`Error::Malformed`] unless the bytes are exactly one `Ecdsa-Sig-Value` in strict DER whose numbers are not negative
/// and fit the order's length. Whether they are in range is for the verification to say.
pub fn ecdsa_der_to_plain(der: &[u8], curve: Curve) -> Result<Vec<u8>, Error> {
    if der.len() > MAX_DER_LEN {
        return Err(MALFORMED);
    }
    let pair = EcdsaSigValue::from_der(der).map_err(|_| MALFORMED)?;
    let mut plain = Vec::with_capacity(2 * curve.order_len());
    for number in [pair.r.as_bytes(), pair.s.as_bytes()] {
        let number = without_zeros(number);
        let zeros = curve.order_len().checked_sub(number.len()).ok_or(MALFORMED)?;
        plain.extend(core::iter::repeat_n(0, zeros));
        plain.extend_from_slice(number);
    }
    Ok(plain)
}

/// The hash of `ecdsa-plain-signatures` (TR-03111 §5.2.1); `None` for any other algorithm.
pub fn ecdsa_plain_hash(oid: &ObjectIdentifier) -> Option<Hash> {
    match *oid {
        oids::ECDSA_PLAIN_SHA1 => Some(Hash::Sha1),
        oids::ECDSA_PLAIN_SHA224 => Some(Hash::Sha224),
        oids::ECDSA_PLAIN_SHA256 => Some(Hash::Sha256),
        oids::ECDSA_PLAIN_SHA384 => Some(Hash::Sha384),
        oids::ECDSA_PLAIN_SHA512 => Some(Hash::Sha512),
        _ => None,
    }
}

#[derive(Sequence)]
struct EcdsaSigValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

const MALFORMED: Error = Error::Malformed { what: "signature" };

/// Two numbers of 521 bits and their headers take 139 bytes.
const MAX_DER_LEN: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(curve: Curve, r: &[u8], s: &[u8]) -> Vec<u8> {
        let full = |number: &[u8]| [vec![0; curve.order_len() - number.len()], number.to_vec()].concat();
        [full(r), full(s)].concat()
    }

    #[test]
    fn signatures_come_back_from_der() {
        for curve in Curve::ALL {
            for (r, s) in [
                (&[1][..], &[0x7F][..]),
                (&[0x80], &[0xFF, 0x00]),
                (&[0xFF; 20], &[0]),
            ] {
                let plain = plain(curve, r, s);
                let der = ecdsa_plain_to_der(&plain, curve).unwrap();
                assert_eq!(ecdsa_der_to_plain(&der, curve), Ok(plain));
            }
        }
    }

    #[test]
    fn numbers_are_written_in_their_shortest_form() {
        let der = ecdsa_plain_to_der(&plain(Curve::P256, &[0x80], &[0x7F]), Curve::P256).unwrap();
        assert_eq!(der, [0x30, 0x07, 0x02, 0x02, 0x00, 0x80, 0x02, 0x01, 0x7F]);
    }

    #[test]
    fn anything_but_strict_der_is_refused() {
        let refused: [&[u8]; 12] = [
            &[],
            &[0x30, 0x00],
            &[0x30, 0x03, 0x02, 0x01, 0x01],
            &[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01], // truncated
            &[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02, 0x00], // bytes behind it
            &[0x30, 0x08, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02, 0x05, 0x00], // a third element
            &[0x30, 0x81, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02], // length not minimal
            &[0x30, 0x80, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02, 0x00, 0x00], // length indefinite
            &[0x30, 0x07, 0x02, 0x02, 0x00, 0x01, 0x02, 0x01, 0x02], // number not minimal
            &[0x30, 0x06, 0x02, 0x01, 0x81, 0x02, 0x01, 0x02], // number negative
            &[0x30, 0x05, 0x02, 0x00, 0x02, 0x01, 0x02], // number empty
            &[0x31, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02], // a SET
        ];
        for der in refused {
            assert_eq!(ecdsa_der_to_plain(der, Curve::P256), Err(MALFORMED), "{der:02x?}");
        }
        assert!(ecdsa_der_to_plain(&[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02], Curve::P256).is_ok());
    }

    #[test]
    fn wrong_lengths_are_refused() {
        for len in [0, 1, 63, 65, 96] {
            assert_eq!(ecdsa_plain_to_der(&vec![1; len], Curve::P256), Err(MALFORMED));
        }
        let for_p384 = ecdsa_plain_to_der(&[1; 96], Curve::P384).unwrap();
        assert_eq!(ecdsa_der_to_plain(&for_p384, Curve::P256), Err(MALFORMED));
        assert_eq!(
            ecdsa_der_to_plain(&[0x30; MAX_DER_LEN + 1], Curve::P256),
            Err(MALFORMED)
        );
    }
}
