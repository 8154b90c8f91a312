//! `SubjectPublicKeyInfo`: public keys in certificates, in DG14 and in DG15.

use antin_wire::oids;
use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Encode};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::parameters::{self, Cofactor};
use super::{ParameterForm, PublicKey, pem};
use crate::Error;

impl PublicKey {
    /// Encodes the key as DER.
    ///
    /// ```text
    /// SubjectPublicKeyInfo ::= SEQUENCE {
    ///     algorithm         SEQUENCE { id-ecPublicKey, parameters },
    ///     subjectPublicKey  BIT STRING }   -- the uncompressed point
    /// ```
    pub fn to_spki_der(&self, form: ParameterForm) -> Vec<u8> {
        let parameters = parameters::encode(self.curve(), form);
        self.encode_spki(&parameters)
            .expect("a key and parameters of ours are short and well formed")
    }

    fn encode_spki(&self, parameters: &[u8]) -> der::Result<Vec<u8>> {
        SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: oids::EC_PUBLIC_KEY,
                parameters: Some(AnyRef::from_der(parameters)?),
            },
            subject_public_key: BitStringRef::from_bytes(self.as_sec1())?,
        }
        .to_der()
    }

    /// Decodes a key from DER, and says how it stated its curve.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the bytes are not exactly one `SubjectPublicKeyInfo`; [`Error::AlgorithmUnknown`] if the
    /// key is not for elliptic curves; [`Error::CurveUnknown`], with the name if there is one, if the curve is not one
    /// of [`Curve::ALL`](crate::Curve::ALL) or is stated without its cofactor; [`Error::BadPoint`] if the point is not on it or not uncompressed.
    pub fn from_spki_der(der: &[u8]) -> Result<(Self, ParameterForm), Error> {
        if der.len() > MAX_LEN {
            return Err(MALFORMED);
        }
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| MALFORMED)?;
        let (curve, form) =
            parameters::decode(info.algorithm.oid, info.algorithm.parameters, Cofactor::Required)?;
        let point = info.subject_public_key.as_bytes().ok_or(MALFORMED)?;
        Ok((Self::from_sec1(curve, point)?, form))
    }

    /// Decodes a key from PEM with the label `PUBLIC KEY`.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the text is not PEM of that label, else as [`PublicKey::from_spki_der`].
    pub fn from_spki_pem(text: &str) -> Result<(Self, ParameterForm), Error> {
        Self::from_spki_der(pem::decode(text, "PUBLIC KEY", MALFORMED)?.expose())
    }
}

const MALFORMED: Error = Error::Malformed { what: "public key" };

/// More than any public key that a certificate can sensibly carry, RSA of 16384 bits included.
const MAX_LEN: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Curve, ObjectIdentifier};

    fn generator(curve: Curve) -> PublicKey {
        PublicKey::from_sec1(curve, curve.domain().g).unwrap()
    }

    #[test]
    fn both_forms_come_back_as_they_went() {
        for curve in Curve::ALL {
            for form in [ParameterForm::Named, ParameterForm::Explicit] {
                let der = generator(curve).to_spki_der(form);
                assert_eq!(PublicKey::from_spki_der(&der), Ok((generator(curve), form)));
            }
        }
    }

    #[test]
    fn every_truncation_and_any_trailing_byte_is_refused() {
        for curve in Curve::ALL {
            for form in [ParameterForm::Named, ParameterForm::Explicit] {
                let der = generator(curve).to_spki_der(form);
                for len in 0..der.len() {
                    assert_eq!(
                        PublicKey::from_spki_der(&der[..len]),
                        Err(MALFORMED),
                        "{len} bytes"
                    );
                }
                assert_eq!(
                    PublicKey::from_spki_der(&[&der[..], &[0]].concat()),
                    Err(MALFORMED)
                );
            }
        }
    }

    #[test]
    fn oversized_and_deeply_nested_bytes_are_refused() {
        assert_eq!(PublicKey::from_spki_der(&vec![0x30; MAX_LEN + 1]), Err(MALFORMED));
        let mut bomb = vec![0x30, 0x82, 0x0F, 0xFC];
        bomb.extend_from_slice(&[0x30, 0x80].repeat(0x0FFC / 2));
        assert_eq!(PublicKey::from_spki_der(&bomb), Err(MALFORMED));
        assert_eq!(
            PublicKey::from_spki_der(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
            Err(MALFORMED)
        );
    }

    #[test]
    fn an_unknown_named_curve_is_told_by_its_name() {
        // secp160r1, which no document was seen to carry
        let oid = ObjectIdentifier::new_unwrap("1.3.132.0.8");
        let der = hex::decode("3016301006072a8648ce3d020106052b8104000803020004").unwrap();
        assert_eq!(
            PublicKey::from_spki_der(&der),
            Err(Error::CurveUnknown { oid: Some(oid) })
        );
        assert_eq!(
            PublicKey::from_spki_der(&[&der[..], &[0]].concat()),
            Err(Error::Malformed { what: "public key" }),
            "trailing"
        );
    }

    #[test]
    fn a_key_without_a_curve_or_of_another_kind_is_refused_by_name() {
        let implicit = hex::decode("3011300b06072a8648ce3d0201050003020004").unwrap();
        assert_eq!(
            PublicKey::from_spki_der(&implicit),
            Err(Error::CurveUnknown { oid: None })
        );
        let absent = hex::decode("300f300906072a8648ce3d020103020004").unwrap();
        assert_eq!(
            PublicKey::from_spki_der(&absent),
            Err(Error::CurveUnknown { oid: None })
        );
        let rsa = hex::decode("3013300d06092a864886f70d010101050003020030").unwrap();
        let oid = oids::RSA_ENCRYPTION;
        assert_eq!(
            PublicKey::from_spki_der(&rsa),
            Err(Error::AlgorithmUnknown { oid })
        );
    }

    #[test]
    fn explicit_parameters_that_differ_in_one_bit_are_an_unknown_curve() {
        for curve in Curve::ALL {
            let der = generator(curve).to_spki_der(ParameterForm::Explicit);
            let at = |number: &[u8]| {
                der.windows(number.len())
                    .position(|window| window == number)
                    .unwrap()
            };
            let domain = curve.domain();
            for number in [domain.p, domain.a, domain.b, domain.g, domain.n] {
                let mut changed = der.clone();
                changed[at(number) + number.len() - 1] ^= 2;
                assert_eq!(
                    PublicKey::from_spki_der(&changed),
                    Err(Error::CurveUnknown { oid: None })
                );
            }
        }
    }

    #[test]
    fn explicit_parameters_without_the_cofactor_are_refused() {
        let key = generator(Curve::P256);
        let mut der = key.to_spki_der(ParameterForm::Explicit);
        let n = Curve::P256.domain().n;
        let at = der.windows(n.len()).position(|window| window == n).unwrap() + n.len();
        assert_eq!(
            der.drain(at..at + 3).collect::<Vec<u8>>(),
            [0x02, 0x01, 0x01],
            "the cofactor"
        );
        // The three sequences around it: the key, the algorithm, the parameters.
        for length_at in [3, 6, 18] {
            der[length_at] -= 3;
        }
        assert_eq!(
            PublicKey::from_spki_der(&der),
            Err(Error::CurveUnknown { oid: None })
        );
    }

    #[test]
    fn a_point_off_the_curve_is_refused() {
        for curve in Curve::ALL {
            let mut der = generator(curve).to_spki_der(ParameterForm::Named);
            *der.last_mut().unwrap() ^= 1;
            assert_eq!(
                PublicKey::from_spki_der(&der),
                Err(Error::BadPoint { curve: curve.name() })
            );
        }
    }
}
