//! SecurityInfos: what EF.CardAccess and DG14 say about the protocols of a chip.
//!
//! ```text
//! SecurityInfos ::= SET OF SecurityInfo
//! SecurityInfo  ::= SEQUENCE {
//!     protocol      OBJECT IDENTIFIER,
//!     requiredData  ANY DEFINED BY protocol,
//!     optionalData  ANY DEFINED BY protocol OPTIONAL }
//! ```
//! ICAO 9303-11 §9.2, TR-03110-3 §A.1.1.

use antin_wire::{
    oids::{ID_AA, ID_TA},
    tlv::{
        self, Reader,
        tags::{SEQUENCE, SET},
    },
};
use const_oid::ObjectIdentifier;

use crate::{Error, der_io};

/// What a chip announces about one protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecurityInfo {
    /// PACEInfo: `{ protocol, version INTEGER, parameterId INTEGER OPTIONAL }`.
    Pace {
        /// Mapping, key agreement and cipher, such as id-PACE-ECDH-GM-AES-CBC-CMAC-128.
        oid: ObjectIdentifier,
        /// 2 in every edition of ICAO 9303.
        version: u8,
        /// The standardised domain parameters, such as 13 for brainpoolP256r1.
        parameter_id: Option<u8>,
    },
    /// ChipAuthenticationInfo: `{ protocol, version INTEGER, keyId INTEGER OPTIONAL }`.
    ChipAuthentication {
        /// Key agreement and cipher, such as id-CA-ECDH-AES-CBC-CMAC-128.
        oid: ObjectIdentifier,
        /// 1 or 2.
        version: u8,
        /// Which of several keys this is about.
        key_id: Option<u32>,
    },
    /// ChipAuthenticationPublicKeyInfo: `{ protocol, SubjectPublicKeyInfo, keyId INTEGER OPTIONAL }`.
    ChipAuthenticationPublicKey {
        /// id-PK-DH or id-PK-ECDH.
        oid: ObjectIdentifier,
        /// The SubjectPublicKeyInfo as it was read.
        spki_der: Vec<u8>,
        /// Which of several keys this is.
        key_id: Option<u32>,
    },
    /// TerminalAuthenticationInfo: `{ protocol, version INTEGER, efCVCA FileID OPTIONAL }`.
    TerminalAuthentication {
        /// id-TA.
        oid: ObjectIdentifier,
        /// 1 or 2.
        version: u8,
        /// DER of the file identifier of EF.CVCA, if given.
        ef_cvca: Option<Vec<u8>>,
    },
    /// ActiveAuthenticationInfo: `{ id-AA, version INTEGER, signatureAlgorithm OBJECT IDENTIFIER }`.
    ActiveAuthentication {
        /// 1.
        version: u8,
        /// The plain ECDSA signature algorithm.
        signature_algorithm: ObjectIdentifier,
    },
    /// A protocol that this crate does not know.
    Other {
        /// The protocol.
        oid: ObjectIdentifier,
        /// The whole SecurityInfo.
        der: Vec<u8>,
    },
}

impl SecurityInfo {
    /// A PACEInfo.
    #[must_use]
    pub fn pace(oid: ObjectIdentifier, version: u8, parameter_id: Option<u8>) -> Self {
        Self::Pace {
            oid,
            version,
            parameter_id,
        }
    }

    /// A ChipAuthenticationInfo.
    #[must_use]
    pub fn chip_authentication(oid: ObjectIdentifier, version: u8, key_id: Option<u32>) -> Self {
        Self::ChipAuthentication { oid, version, key_id }
    }

    /// A ChipAuthenticationPublicKeyInfo; `spki_der` is one SubjectPublicKeyInfo.
    #[must_use]
    pub fn chip_authentication_public_key(
        oid: ObjectIdentifier,
        spki_der: Vec<u8>,
        key_id: Option<u32>,
    ) -> Self {
        Self::ChipAuthenticationPublicKey {
            oid,
            spki_der,
            key_id,
        }
    }

    /// A TerminalAuthenticationInfo without EF.CVCA.
    #[must_use]
    pub fn terminal_authentication(version: u8) -> Self {
        Self::TerminalAuthentication {
            oid: ID_TA,
            version,
            ef_cvca: None,
        }
    }

    /// An ActiveAuthenticationInfo of version 1.
    #[must_use]
    pub fn active_authentication(signature_algorithm: ObjectIdentifier) -> Self {
        Self::ActiveAuthentication {
            version: 1,
            signature_algorithm,
        }
    }

    /// The protocol.
    #[must_use]
    pub fn oid(&self) -> ObjectIdentifier {
        match self {
            Self::Pace { oid, .. }
            | Self::ChipAuthentication { oid, .. }
            | Self::ChipAuthenticationPublicKey { oid, .. }
            | Self::TerminalAuthentication { oid, .. }
            | Self::Other { oid, .. } => *oid,
            Self::ActiveAuthentication { .. } => ID_AA,
        }
    }

    /// Reads one SecurityInfo; nothing may follow it.
    ///
    /// # Errors
    /// [`Error`] if the structure is not that of a SecurityInfo, or a known protocol has other data than its definition.
    pub fn parse(der: &[u8]) -> Result<Self, Error> {
        der_io::limit_nesting(der)?;
        Self::read(der)
    }

    fn read(der: &[u8]) -> Result<Self, Error> {
        let mut fields = der_io::expect_one(der, SEQUENCE, "SecurityInfo")?.children();
        let oid = der_io::read_oid(&mut fields, "SecurityInfo protocol")?;
        let info = match Kind::of(&oid) {
            Kind::Pace => {
                let version = der_io::read_uint(&mut fields, "PACEInfo version")?;
                Self::Pace {
                    oid,
                    version,
                    parameter_id: der_io::read_optional_uint(&mut fields, "PACEInfo parameterId")?,
                }
            }
            Kind::ChipAuthentication => {
                let version = der_io::read_uint(&mut fields, "ChipAuthenticationInfo version")?;
                if !CHIP_AUTHENTICATION_VERSIONS.contains(&version) {
                    return Err(Error::BadValue {
                        what: "ChipAuthenticationInfo version",
                        problem: "not 1 to 3",
                    });
                }
                let key_id = der_io::read_optional_uint(&mut fields, "ChipAuthenticationInfo keyId")?;
                Self::ChipAuthentication { oid, version, key_id }
            }
            Kind::ChipAuthenticationPublicKey => Self::read_public_key(oid, &mut fields)?,
            Kind::TerminalAuthentication => {
                let version = der_io::read_uint(&mut fields, "TerminalAuthenticationInfo version")?;
                let ef_cvca = fields.optional(SEQUENCE)?.map(|tlv| tlv.raw.to_vec());
                Self::TerminalAuthentication {
                    oid,
                    version,
                    ef_cvca,
                }
            }
            Kind::ActiveAuthentication => Self::ActiveAuthentication {
                version: der_io::read_uint(&mut fields, "ActiveAuthenticationInfo version")?,
                signature_algorithm: der_io::read_oid(
                    &mut fields,
                    "ActiveAuthenticationInfo signatureAlgorithm",
                )?,
            },
            Kind::UndefinedPublicKey => {
                return Err(Error::BadValue {
                    what: "SecurityInfo protocol",
                    problem: "undefined kind of public key",
                });
            }
            Kind::Other => {
                return Ok(Self::Other {
                    oid,
                    der: der.to_vec(),
                });
            }
        };
        fields.finish()?;
        Ok(info)
    }

    fn read_public_key(oid: ObjectIdentifier, fields: &mut Reader<'_>) -> Result<Self, Error> {
        let spki = fields.expect(SEQUENCE)?.raw;
        der_io::check_spki(spki, "ChipAuthenticationPublicKeyInfo")?;
        let key_id = der_io::read_optional_uint(fields, "ChipAuthenticationPublicKeyInfo keyId")?;
        Ok(Self::ChipAuthenticationPublicKey {
            oid,
            spki_der: spki.to_vec(),
            key_id,
        })
    }

    /// Writes the DER of one SecurityInfo.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let mut parts = vec![der_io::emit_oid(self.oid())];
        match self {
            Self::Other { der, .. } => return der.clone(),
            Self::Pace {
                version,
                parameter_id,
                ..
            } => {
                parts.push(der_io::emit_uint(*version));
                parts.extend(parameter_id.map(der_io::emit_uint));
            }
            Self::ChipAuthentication { version, key_id, .. } => {
                parts.push(der_io::emit_uint(*version));
                parts.extend(key_id.map(der_io::emit_uint));
            }
            Self::ChipAuthenticationPublicKey { spki_der, key_id, .. } => {
                parts.push(spki_der.clone());
                parts.extend(key_id.map(der_io::emit_uint));
            }
            Self::TerminalAuthentication { version, ef_cvca, .. } => {
                parts.push(der_io::emit_uint(*version));
                parts.extend(ef_cvca.clone());
            }
            Self::ActiveAuthentication {
                version,
                signature_algorithm,
            } => {
                parts.push(der_io::emit_uint(*version));
                parts.push(der_io::emit_oid(*signature_algorithm));
            }
        }
        tlv::constructed(SEQUENCE, &parts)
    }
}

/// A SET OF SecurityInfo, with the bytes it was read from.
///
/// Two values are equal when their bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityInfos {
    raw: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    info: SecurityInfo,
    der: Vec<u8>,
}

impl SecurityInfos {
    /// Builds the set in DER order (ascending by encoding).
    #[must_use]
    pub fn from_infos(infos: impl IntoIterator<Item = SecurityInfo>) -> Self {
        let mut entries: Vec<Entry> = infos
            .into_iter()
            .map(|info| Entry {
                der: info.to_der(),
                info,
            })
            .collect();
        entries.sort_by(|a, b| a.der.cmp(&b.der));
        let encodings: Vec<Vec<u8>> = entries.iter().map(|entry| entry.der.clone()).collect();
        Self {
            raw: tlv::constructed(SET, &encodings),
            entries,
        }
    }

    /// Reads the set; the order of its elements is kept, sorted or not.
    ///
    /// # Errors
    /// [`Error`] if the bytes are not exactly one such set, or exceed the limits of this crate.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("SecurityInfos", bytes, MAX_BYTES)?;
        der_io::limit_nesting(bytes)?;
        let mut elements = der_io::expect_one(bytes, SET, "SecurityInfos")?.children();
        let mut entries = Vec::new();
        while let Some(tlv) = elements.next()? {
            if entries.len() == MAX_INFOS {
                return Err(Error::TooMany {
                    what: "SecurityInfos",
                    max: MAX_INFOS,
                });
            }
            entries.push(Entry {
                info: SecurityInfo::read(tlv.raw)?,
                der: tlv.raw.to_vec(),
            });
        }
        Ok(Self {
            raw: bytes.to_vec(),
            entries,
        })
    }

    /// The elements, in the order of the bytes.
    pub fn iter(&self) -> impl Iterator<Item = &SecurityInfo> {
        self.entries.iter().map(|entry| &entry.info)
    }

    /// The elements as they were read or written, in the order of the bytes.
    pub fn raw_infos(&self) -> impl Iterator<Item = &[u8]> {
        self.entries.iter().map(|entry| entry.der.as_slice())
    }

    /// The number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes as they were read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }

    /// The bytes as they were read or built.
    #[must_use]
    pub fn emit(&self) -> Vec<u8> {
        self.raw.clone()
    }
}

enum Kind {
    Pace,
    ChipAuthentication,
    ChipAuthenticationPublicKey,
    TerminalAuthentication,
    ActiveAuthentication,
    /// In the arc of public keys, but none that TR-03110-3 defines.
    UndefinedPublicKey,
    Other,
}

impl Kind {
    fn of(oid: &ObjectIdentifier) -> Self {
        if *oid == ID_AA {
            return Self::ActiveAuthentication;
        }
        // Everything else is told apart by the arcs after bsi-de protocols(2) smartcard(2).
        let arcs = oid.as_bytes().strip_prefix(BSI_SMARTCARD).unwrap_or_default();
        match arcs {
            [1, 1 | 2] => Self::ChipAuthenticationPublicKey,
            [1, ..] => Self::UndefinedPublicKey,
            [2] => Self::TerminalAuthentication,
            [3, 1 | 2, _] => Self::ChipAuthentication,
            [4, 1 | 2 | 3 | 4 | 6, _] => Self::Pace,
            _ => Self::Other,
        }
    }
}

/// The bytes of 0.4.0.127.0.7.2.2.
const BSI_SMARTCARD: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02];

/// TR-03110-3 §A.1.1.2.
const CHIP_AUTHENTICATION_VERSIONS: std::ops::RangeInclusive<u8> = 1..=3;
/// A DG14 with keys for every standardised curve, explicit parameters included, stays under 8 KiB.
const MAX_BYTES: usize = 16 * 1024;
/// Every protocol of ICAO 9303-11 with every cipher and two keys each stays under 64.
const MAX_INFOS: usize = 64;
