//! TEST keys and how they sign.

use antin_crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner, rsa};
use antin_wire::oids;
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;

use super::der;

/// Randomness that is the same in every run; `seed` tells the uses apart.
pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0xA77A_0000 + seed)
}

/// A private key and the algorithm that it signs with.
#[derive(Clone)]
pub enum Key {
    /// ECDSA with this hash; the certificate states the curve in this form.
    Ec(PrivateKey, Hash, ParameterForm),
    /// RSA under one of the schemes.
    Rsa(Box<rsa::PrivateKey>, rsa::Scheme),
}

impl Key {
    pub fn ec(curve: Curve, hash: Hash, seed: u64) -> Self {
        Self::Ec(
            PrivateKey::generate(curve, &mut rng(seed)),
            hash,
            ParameterForm::Named,
        )
    }

    /// The same key, whose certificate spells out its curve.
    pub fn explicit(self) -> Self {
        match self {
            Self::Ec(key, hash, _) => Self::Ec(key, hash, ParameterForm::Explicit),
            rsa @ Self::Rsa(..) => rsa,
        }
    }

    pub fn private_ec(&self) -> &PrivateKey {
        match self {
            Self::Ec(key, ..) => key,
            Self::Rsa(..) => panic!("an RSA key where the attack wants a curve"),
        }
    }

    pub fn spki(&self) -> Vec<u8> {
        match self {
            Self::Ec(key, _, form) => key.public().to_spki_der(*form),
            Self::Rsa(key, _) => key.public().to_spki_der(),
        }
    }

    /// The hash of the message.
    pub fn hash(&self) -> Hash {
        match self {
            Self::Ec(_, hash, _)
            | Self::Rsa(_, rsa::Scheme::Pkcs1v15(hash) | rsa::Scheme::Pss { hash, .. }) => *hash,
        }
    }

    /// The AlgorithmIdentifier of its signatures.
    pub fn algorithm(&self) -> Vec<u8> {
        match self {
            Self::Ec(_, hash, _) => der::algorithm(&match hash {
                Hash::Sha1 => oids::ECDSA_WITH_SHA1,
                Hash::Sha224 => oids::ECDSA_WITH_SHA224,
                Hash::Sha256 => oids::ECDSA_WITH_SHA256,
                Hash::Sha384 => oids::ECDSA_WITH_SHA384,
                Hash::Sha512 => oids::ECDSA_WITH_SHA512,
            }),
            Self::Rsa(_, scheme @ rsa::Scheme::Pkcs1v15(_)) => der::algorithm_null(&scheme.oid()),
            Self::Rsa(_, rsa::Scheme::Pss { hash, mgf, salt_len }) => {
                pss(&hash.oid(), &mgf.oid(), *salt_len, None)
            }
        }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ec(key, hash, form) => SoftSigner::new(key.clone(), *hash, *form)
                .sign(message)
                .expect("a key in memory signs"),
            Self::Rsa(key, scheme) => key
                .sign(*scheme, message, &mut rng(99))
                .expect("a key in memory signs"),
        }
    }
}

/// id-RSASSA-PSS with its parameters (RFC 8017 §A.2.3), wrong ones if need be.
pub fn pss(
    hash: &oids::ObjectIdentifier,
    mgf_hash: &oids::ObjectIdentifier,
    salt: usize,
    trailer: Option<u8>,
) -> Vec<u8> {
    let mgf = der::sequence(&[&der::oid(&oids::ID_MGF1), &der::algorithm_null(mgf_hash)]);
    let salt = u8::try_from(salt).expect("a short salt");
    let mut parts = vec![
        der::context(0, &[&der::algorithm_null(hash)]),
        der::context(1, &[&mgf]),
        der::context(2, &[&der::integer(&[salt])]),
    ];
    parts.extend(trailer.map(|trailer| der::context(3, &[&der::integer(&[trailer])])));
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    der::sequence(&[&der::oid(&oids::RSASSA_PSS), &der::sequence(&parts)])
}

/// SubjectPublicKeyInfo of an elliptic curve key with explicit parameters, of which any can be wrong.
pub struct ExplicitKey {
    pub a: Vec<u8>,
    pub seed: Option<Vec<u8>>,
    pub generator: Vec<u8>,
    pub cofactor: Option<u8>,
    pub point: Vec<u8>,
    curve: Curve,
}

impl ExplicitKey {
    pub fn of(key: &PrivateKey) -> Self {
        let domain = key.curve().domain();
        Self {
            a: domain.a.to_vec(),
            seed: None,
            generator: domain.g.to_vec(),
            cofactor: Some(domain.h),
            point: key.public().as_sec1().to_vec(),
            curve: key.curve(),
        }
    }

    pub fn spki(&self) -> Vec<u8> {
        let domain = self.curve.domain();
        let field = der::sequence(&[&der::oid(&oids::PRIME_FIELD), &der::integer(domain.p)]);
        let (a, b) = (der::octets(&self.a), der::octets(domain.b));
        let curve = match &self.seed {
            Some(seed) => der::sequence(&[&a, &b, &der::bits(seed)]),
            None => der::sequence(&[&a, &b]),
        };
        let cofactor = self.cofactor.map(|h| der::integer(&[h])).unwrap_or_default();
        let parameters = der::sequence(&[
            &der::integer(&[1]),
            &field,
            &curve,
            &der::octets(&self.generator),
            &der::integer(domain.n),
            &cofactor,
        ]);
        ec_spki(&parameters, &self.point)
    }
}

/// SubjectPublicKeyInfo of an elliptic curve key with these parameters and any bytes for a point.
pub fn ec_spki(parameters: &[u8], point: &[u8]) -> Vec<u8> {
    let algorithm = der::sequence(&[&der::oid(&oids::EC_PUBLIC_KEY), parameters]);
    der::sequence(&[&algorithm, &der::bits(point)])
}

/// An ECDSA signature of these two numbers.
pub fn ecdsa(r: &[u8], s: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::integer(r), &der::integer(s)])
}

/// `(a + b) mod n`, for numbers below n of its length.
pub fn add_mod(a: &[u8], b: &[u8], n: &[u8]) -> Vec<u8> {
    let mut sum = vec![0; n.len() + 1];
    let mut carry = 0;
    for at in 0..n.len() {
        let digit = |number: &[u8]| number.iter().rev().nth(at).copied().map_or(0, u16::from);
        let total = digit(a) + digit(b) + carry;
        let [high, low] = total.to_be_bytes();
        carry = u16::from(high);
        if let Some(place) = sum.iter_mut().rev().nth(at) {
            *place = low;
        }
    }
    if let Some(first) = sum.first_mut() {
        *first = u8::try_from(carry).expect("a carry");
    }
    let wide = [&[0], n].concat();
    let reduced = if sum >= wide { subtract(&sum, &wide) } else { sum };
    reduced.get(1..).unwrap_or_default().to_vec()
}

/// `a - b` for `a >= b` of the same length.
pub fn subtract(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut difference = a.to_vec();
    let mut borrow = 0;
    for (place, taken) in difference.iter_mut().rev().zip(b.iter().rev()) {
        let total = i16::from(*place) - i16::from(*taken) - borrow;
        borrow = i16::from(total < 0);
        *place = u8::try_from(total + borrow * 256).expect("a digit");
    }
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_added_below_the_modulus() {
        assert_eq!(add_mod(&[0, 200], &[0, 100], &[1, 0]), [0, 44]);
        assert_eq!(add_mod(&[0xFF, 0xF0], &[0xFF, 0xF0], &[0xFF, 0xF1]), [0xFF, 0xEF]);
        assert_eq!(subtract(&[1, 0], &[0, 1]), [0, 0xFF]);
    }

    #[test]
    fn explicit_parameters_are_those_of_the_curve() {
        let key = PrivateKey::generate(Curve::BrainpoolP256r1, &mut rng(1));
        let ours = ExplicitKey::of(&key).spki();
        assert_eq!(ours, key.public().to_spki_der(ParameterForm::Explicit));
    }
}
