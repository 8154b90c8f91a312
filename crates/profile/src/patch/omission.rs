//! What a chip never checks.

use serde::Deserialize;

/// A check that a chip leaves out, or something that it should forget and keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Omission {
    /// BAC: the checksum of the terminal's proof.
    BacMac,
    /// BAC: the terminal's proof as a whole, once a challenge is out.
    BacProof,
    /// Secure messaging: the checksum of a command.
    SmMac,
    /// A plain command inside a session is carried out, and the session lives on.
    SessionEnd,
    /// Another command between the steps of BAC or PACE does not end them.
    Order,
    /// PACE: the token of the terminal; a session is open without it.
    Token,
    /// PACE and Chip Authentication: whether a public value is one. The generator stands for a value that is none.
    PublicValue,
    /// PACE and Chip Authentication: the tags around a value, and whether there is one where none belongs.
    Template,
    /// PACE: whether MSE:Set AT names a protocol and a password of the chip.
    SetAt,
    /// Chip Authentication: whether there is a session. It opens one.
    AccessFirst,
    /// Certificates: the signature.
    CertificateSignature,
    /// Certificates: whether the key that is to have signed was named.
    CertificateIssuer,
    /// Certificates: what must be in them. One that cannot be read is nodded through.
    CertificateFields,
    /// Certificates: who may sign whom.
    CertificateRole,
    /// Certificates: first and last day.
    CertificatePeriod,
    /// The chip's date moves to the first day of every certificate that comes, believed or not.
    CertificateDate,
    /// Certificates: a believed one is forgotten at once.
    CertificateMemory,
    /// A link certificate is believed, and changes nothing.
    TrustPoints,
    /// Certificates of a session are kept without power.
    PowerOff,
    /// Terminal Authentication: the signature.
    TerminalSignature,
    /// Terminal Authentication: the challenge. Every one of the session serves, and so does none.
    TerminalChallenge,
    /// Terminal Authentication: the name of the terminal's key.
    TerminalName,
    /// Terminal Authentication: whether the key is a terminal's, and no verifier's or authority's.
    TerminalRole,
    /// A certificate is enough: its rights count before the terminal has signed.
    TerminalProof,
    /// Rights outlive the session in which they were proved.
    RightsEnd,
}

impl Omission {
    /// All of them, in the order of `card-profiles/README.md`.
    pub const ALL: [Self; 25] = [
        Self::BacMac,
        Self::BacProof,
        Self::SmMac,
        Self::SessionEnd,
        Self::Order,
        Self::Token,
        Self::PublicValue,
        Self::Template,
        Self::SetAt,
        Self::AccessFirst,
        Self::CertificateSignature,
        Self::CertificateIssuer,
        Self::CertificateFields,
        Self::CertificateRole,
        Self::CertificatePeriod,
        Self::CertificateDate,
        Self::CertificateMemory,
        Self::TrustPoints,
        Self::PowerOff,
        Self::TerminalSignature,
        Self::TerminalChallenge,
        Self::TerminalName,
        Self::TerminalRole,
        Self::TerminalProof,
        Self::RightsEnd,
    ];
}
