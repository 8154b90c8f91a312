#![allow(missing_docs, unused_variables, clippy::missing_errors_doc)]
use crate::{CryptoRng, Error, ObjectIdentifier};

#[derive(Clone)]
pub struct SecretBytes(Vec<u8>);
impl SecretBytes {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
    pub fn len(&self) -> usize {
        self.0.len()
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        todo!()
    }
}
impl core::fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SecretBytes({} bytes)", self.0.len())
    }
}
/// Constant time comparison
pub fn ct_eq(left: &[u8], right: &[u8]) -> bool {
    todo!()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}
impl Hash {
    pub const ALL: [Hash; 5] = [Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512];
    pub const fn oid(self) -> ObjectIdentifier {
        todo!()
    }
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        todo!()
    }
    pub const fn name(self) -> &'static str {
        todo!()
    }
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        todo!()
    }
    pub const fn output_len(self) -> usize {
        todo!()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Suite {
    Tdes,
    Aes128,
    Aes192,
    Aes256,
}
impl Suite {
    pub const fn block_len(self) -> usize {
        todo!()
    }
    pub const fn key_len(self) -> usize {
        todo!()
    }
    pub const fn name(self) -> &'static str {
        todo!()
    }
}

pub mod kdf {
    use super::*;
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Purpose {
        Encryption = 1,
        Mac = 2,
        Password = 3,
    }
    pub fn derive(secret: &[u8], purpose: Purpose, suite: Suite) -> SecretBytes {
        todo!()
    }
}

pub mod symmetric {
    use super::*;
    pub const MAC_LEN: usize = 8;
    #[derive(Debug, Clone)]
    pub struct BlockKey(());
    impl BlockKey {
        pub fn new(suite: Suite, key: &SecretBytes) -> Result<Self, Error> {
            todo!()
        }
        pub fn suite(&self) -> Suite {
            todo!()
        }
        pub fn encrypt_cbc(&self, iv: &[u8], padded: &[u8]) -> Result<Vec<u8>, Error> {
            todo!()
        }
        pub fn decrypt_cbc(&self, iv: &[u8], cryptogram: &[u8]) -> Result<Vec<u8>, Error> {
            todo!()
        }
        /// exactly one block
        pub fn encrypt_block(&self, block: &[u8]) -> Result<Vec<u8>, Error> {
            todo!()
        }
    }
    #[derive(Debug, Clone)]
    pub struct MacKey(());
    impl MacKey {
        pub fn new(suite: Suite, key: &SecretBytes) -> Result<Self, Error> {
            todo!()
        }
        pub fn suite(&self) -> Suite {
            todo!()
        }
        pub fn mac8(&self, message: &[u8]) -> [u8; MAC_LEN] {
            todo!()
        }
        /// constant time; Err(BadMac)
        pub fn verify8(&self, message: &[u8], mac: &[u8]) -> Result<(), Error> {
            todo!()
        }
    }
    pub fn pad(message: &[u8], block_len: usize) -> Vec<u8> {
        todo!()
    }
    pub fn unpad(padded: &[u8]) -> Option<&[u8]> {
        todo!()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Curve {
    P256,
    P384,
    BrainpoolP256r1,
    BrainpoolP384r1,
}
/// big-endian; a and b and p of field_len, g uncompressed SEC1, n of order_len
#[derive(Debug)]
pub struct Domain {
    pub p: &'static [u8],
    pub a: &'static [u8],
    pub b: &'static [u8],
    pub g: &'static [u8],
    pub n: &'static [u8],
    pub h: u8,
}
#[derive(Debug, Clone, Copy)]
pub struct Explicit<'a> {
    pub p: &'a [u8],
    pub a: &'a [u8],
    pub b: &'a [u8],
    pub g: &'a [u8],
    pub n: &'a [u8],
    pub h: Option<&'a [u8]>,
}
impl Curve {
    pub const ALL: [Curve; 4] = [
        Curve::P256,
        Curve::P384,
        Curve::BrainpoolP256r1,
        Curve::BrainpoolP384r1,
    ];
    pub const fn oid(self) -> ObjectIdentifier {
        todo!()
    }
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        todo!()
    }
    pub const fn name(self) -> &'static str {
        todo!()
    }
    pub const fn field_len(self) -> usize {
        todo!()
    }
    pub const fn order_len(self) -> usize {
        todo!()
    }
    pub const fn standardized_id(self) -> Option<u8> {
        todo!()
    }
    pub fn from_standardized_id(id: u8) -> Option<Self> {
        todo!()
    }
    pub fn domain(self) -> &'static Domain {
        todo!()
    }
    pub fn match_explicit(parameters: &Explicit<'_>) -> Option<Self> {
        todo!()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterForm {
    Named,
    Explicit,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey(());
impl PublicKey {
    pub fn from_sec1(curve: Curve, point: &[u8]) -> Result<Self, Error> {
        todo!()
    }
    pub fn curve(&self) -> Curve {
        todo!()
    }
    pub fn as_sec1(&self) -> &[u8] {
        todo!()
    }
    pub fn x(&self) -> &[u8] {
        todo!()
    }
    pub fn to_spki_der(&self, form: ParameterForm) -> Vec<u8> {
        todo!()
    }
    pub fn from_spki_der(der: &[u8]) -> Result<(Self, ParameterForm), Error> {
        todo!()
    }
    pub fn from_spki_pem(pem: &str) -> Result<(Self, ParameterForm), Error> {
        todo!()
    }
}

#[derive(Clone)]
pub struct PrivateKey(());
impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        todo!()
    }
}
impl PrivateKey {
    pub fn generate(curve: Curve, rng: &mut dyn CryptoRng) -> Self {
        todo!()
    }
    pub fn from_be_bytes(curve: Curve, scalar: &[u8]) -> Result<Self, Error> {
        todo!()
    }
    /// order_len bytes, for encrypted-at-rest state files only
    pub fn to_be_bytes(&self) -> SecretBytes {
        todo!()
    }
    pub fn curve(&self) -> Curve {
        todo!()
    }
    pub fn public(&self) -> PublicKey {
        todo!()
    }
    pub fn diffie_hellman(&self, their: &PublicKey) -> Result<SecretBytes, Error> {
        todo!()
    }
    pub fn to_pkcs8_der(&self) -> SecretBytes {
        todo!()
    }
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, Error> {
        todo!()
    }
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, Error> {
        todo!()
    }
    pub fn to_pkcs8_pem(&self) -> SecretBytes {
        todo!()
    }
}

pub mod pace {
    use super::*;
    /// mapped generator; secret: Debug hides, zeroised
    #[derive(Debug)]
    pub struct Generator(());
    impl Generator {
        pub fn map(own: &PrivateKey, their: &PublicKey, nonce: &SecretBytes) -> Result<Self, Error> {
            todo!()
        }
        pub fn curve(&self) -> Curve {
            todo!()
        }
        pub fn as_sec1(&self) -> &[u8] {
            todo!()
        }
        /// own * mapped generator
        pub fn public(&self, own: &PrivateKey) -> Result<PublicKey, Error> {
            todo!()
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    EcdsaWithSha1,
    EcdsaWithSha224,
    EcdsaWithSha256,
    EcdsaWithSha384,
    EcdsaWithSha512,
}
impl SignatureAlgorithm {
    pub const fn ecdsa(hash: Hash) -> Self {
        todo!()
    }
    pub const fn oid(self) -> ObjectIdentifier {
        todo!()
    }
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        todo!()
    }
    pub const fn hash(self) -> Hash {
        todo!()
    }
}

pub trait Signer {
    fn algorithm(&self) -> SignatureAlgorithm;
    fn public_key(&self) -> &PublicKey;
    fn parameter_form(&self) -> ParameterForm;
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}
#[derive(Debug, Clone)]
pub struct SoftSigner(());
impl SoftSigner {
    pub fn new(key: PrivateKey, hash: Hash, form: ParameterForm) -> Self {
        todo!()
    }
}
impl Signer for SoftSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        todo!()
    }
    fn public_key(&self) -> &PublicKey {
        todo!()
    }
    fn parameter_form(&self) -> ParameterForm {
        todo!()
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        todo!()
    }
}
pub trait Verifier {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        der_signature: &[u8],
    ) -> Result<(), Error>;
}
#[derive(Debug, Clone, Copy, Default)]
pub struct PureRust;
impl Verifier for PureRust {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        der_signature: &[u8],
    ) -> Result<(), Error> {
        todo!()
    }
}
pub fn ecdsa_plain_to_der(plain: &[u8], curve: Curve) -> Result<Vec<u8>, Error> {
    todo!()
}
pub fn ecdsa_der_to_plain(der: &[u8], curve: Curve) -> Result<Vec<u8>, Error> {
    todo!()
}

pub mod scripted {
    pub struct ScriptedRng(());
    impl ScriptedRng {
        pub fn dangerous_new(bytes: Vec<u8>) -> Self {
            todo!()
        }
    }
    impl rand_core::TryRng for ScriptedRng {
        type Error = core::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            todo!()
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            todo!()
        }
        fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
            todo!()
        }
    }
    impl rand_core::TryCryptoRng for ScriptedRng {}
}
