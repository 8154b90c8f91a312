//! The crate's one error type.

use antin_wire::oids::ObjectIdentifier;

/// What can go wrong in this crate.
///
/// The variants say who is at fault: bytes from outside (`Malformed`, `CurveUnknown`, `BadPoint`, `BadSignature`, ...)
/// or the caller (`BadLength`, `CurveMismatch`). None of them carries secret material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An encoding is not what its standard allows: truncated, trailing bytes, wrong tag, not minimal.
    #[error("malformed {what}")]
    Malformed {
        /// The object that was being read.
        what: &'static str,
    },
    /// A key names or describes a curve that this crate does not have.
    #[error("curve unknown{}", .oid.map(|oid| format!(": {oid}")).unwrap_or_else(|| ": explicit parameters".to_owned()))]
    CurveUnknown {
        /// The curve's name where the key carried one; `None` for explicit parameters.
        oid: Option<ObjectIdentifier>,
    },
    /// An algorithm identifier that this crate does not implement.
    #[error("algorithm unknown: {oid}")]
    AlgorithmUnknown {
        /// The algorithm's object identifier.
        oid: ObjectIdentifier,
    },
    /// Bytes that are no usable public point: wrong form or length, not on the curve, or infinity.
    #[error("point not on the curve {curve}")]
    BadPoint {
        /// The name of the curve.
        curve: &'static str,
    },
    /// Domain parameters of a Diffie-Hellman key that are not exactly those of a standardised group.
    #[error("diffie-hellman group unknown")]
    GroupUnknown,
    /// Diffie-Hellman parameters that are those of no group: the modulus is no prime, or the generator generates nothing.
    #[error("no diffie-hellman group: {what}")]
    NoGroup {
        /// What is wrong.
        what: &'static str,
    },
    /// A Diffie-Hellman public value that is not in the subgroup, or is its neutral element.
    #[error("public value not in the group {group}")]
    BadPublicValue {
        /// The name of the group.
        group: &'static str,
    },
    /// A private key of zero, or one that is not below the group order.
    #[error("scalar out of range for {curve}")]
    BadScalar {
        /// The name of the curve.
        curve: &'static str,
    },
    /// Two keys of different curves, or of different generators, were put together.
    #[error("keys of different groups: {left} and {right}")]
    CurveMismatch {
        /// The first key's curve.
        left: &'static str,
        /// The second key's curve.
        right: &'static str,
    },
    /// A key agreement or a mapping ended in the point at infinity.
    #[error("result is the point at infinity")]
    Infinity,
    /// The integrated mapping of PACE does not exist on this curve: its prime is 1 modulo 4, ICAO 9303-11 appendix B.
    #[error("no integrated mapping on {curve}")]
    NoIntegratedMapping {
        /// The name of the curve.
        curve: &'static str,
    },
    /// Chip authentication data do not prove the chip's static key. Deliberately without detail.
    #[error("chip authentication data wrong")]
    BadChipData,
    /// A key, an initialisation vector or a message has a length that the algorithm cannot take.
    #[error("{what} of {found} bytes")]
    BadLength {
        /// What was too short or too long.
        what: &'static str,
        /// Its length in bytes.
        found: usize,
    },
    /// A message authentication code is wrong. Deliberately without detail.
    #[error("authentication code wrong")]
    BadMac,
    /// A signature is wrong: malformed, out of range, or not of this message and key. Deliberately without detail.
    #[error("signature wrong")]
    BadSignature,
    /// The key is of another kind than the signature algorithm, or limits itself to something else.
    #[error("signature algorithm does not fit the key")]
    AlgorithmMisfit,
    /// An RSA key that is not computed with: too short or too long, an even number, an exponent out of range.
    #[error("rsa key out of range: {what}")]
    BadRsaKey {
        /// What is out of range.
        what: &'static str,
    },
    /// An RSA key that would keep a verifier busy: its modulus has more than [`MAX_BITS`](crate::rsa::MAX_BITS), or its
    /// exponent is unusually long. That says nothing against it.
    #[error("rsa key too long: {bits} bits, exponent of {exponent_bits}")]
    RsaKeyTooLong {
        /// The bits of the modulus.
        bits: u32,
        /// The bits of the public exponent.
        exponent_bits: u32,
    },
    /// A signature that is well formed and of this message, but that could have been made without the key.
    #[error("signature without strength: {what}")]
    WeakSignature {
        /// What is missing.
        what: &'static str,
    },
    /// A password that does not open what it should.
    #[error("wrong password")]
    WrongPassword,
    /// Bytes that ask for more memory or time than any honest ones.
    #[error("{what} takes too much work")]
    TooMuchWork {
        /// What would be computed.
        what: &'static str,
    },
    /// A signer outside this process could not sign.
    #[error("signer unavailable: {what}")]
    SignerUnavailable {
        /// The reason in the signer's words.
        what: String,
    },
}
