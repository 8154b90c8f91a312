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
    ids::{FileId, ShortFileId},
    oids::{self, ID_AA, ID_PT, ID_TA},
    tlv::{
        self, Reader,
        tags::{OCTET_STRING, SEQUENCE, SET},
    },
};
use const_oid::ObjectIdentifier;

use crate::{Error, der_io};

/// Where EF.CVCA lies: `FileID ::= SEQUENCE { fid OCTET STRING (SIZE(2)), sfid OCTET STRING (SIZE(1)) OPTIONAL }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CvcaFile {
    /// The file identifier.
    pub file_id: FileId,
    /// The short file identifier; without one the file must be selected by [`file_id`](Self::file_id).
    pub short_id: Option<ShortFileId>,
}

impl CvcaFile {
    fn read(tlv: &tlv::Tlv<'_>) -> Result<Self, Error> {
        let wrong = |problem| Error::BadValue {
            what: "TerminalAuthenticationInfo efCVCA",
            problem,
        };
        let mut fields = tlv.children();
        let file_id = fields.expect(OCTET_STRING)?.array::<2>("efCVCA fid")?;
        let short_id = match fields.optional(OCTET_STRING)? {
            None => None,
            Some(octets) => {
                let [value] = octets.array::<1>("efCVCA sfid")?;
                Some(ShortFileId::new(value).ok_or(wrong("short identifier outside 1 to 30"))?)
            }
        };
        fields.finish()?;
        Ok(Self {
            file_id: FileId(u16::from_be_bytes(file_id)),
            short_id,
        })
    }

    /// Writes the DER.
    #[must_use]
    pub fn to_der(self) -> Vec<u8> {
        let mut parts = vec![tlv::object(OCTET_STRING, &self.file_id.0.to_be_bytes())];
        parts.extend(self.short_id.map(|id| tlv::object(OCTET_STRING, &[id.value()])));
        tlv::constructed(SEQUENCE, &parts)
    }
}

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
    /// PACEDomainParameterInfo: `{ protocol, domainParameter AlgorithmIdentifier, parameterId INTEGER OPTIONAL }`.
    PaceDomainParameter {
        /// Mapping and key agreement without a cipher, such as id-PACE-ECDH-GM.
        oid: ObjectIdentifier,
        /// The AlgorithmIdentifier with the explicit domain parameters, as it was read.
        parameters_der: Vec<u8>,
        /// The chip's own number for them.
        parameter_id: Option<u8>,
    },
    /// ChipAuthenticationInfo: `{ protocol, version INTEGER, keyId INTEGER OPTIONAL }`.
    ChipAuthentication {
        /// Key agreement and cipher, such as id-CA-ECDH-AES-CBC-CMAC-128.
        oid: ObjectIdentifier,
        /// 1 to 3.
        version: u8,
        /// Which of several keys this is about.
        key_id: Option<u32>,
    },
    /// ChipAuthenticationDomainParameterInfo: `{ protocol, domainParameter AlgorithmIdentifier, keyId INTEGER OPTIONAL }`,
    /// for versions 2 and 3.
    ChipAuthenticationDomainParameter {
        /// id-CA-DH or id-CA-ECDH.
        oid: ObjectIdentifier,
        /// The AlgorithmIdentifier, as it was read.
        parameters_der: Vec<u8>,
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
        /// Where EF.CVCA lies, if it is not at its usual place.
        ef_cvca: Option<CvcaFile>,
    },
    /// ActiveAuthenticationInfo: `{ id-AA, version INTEGER, signatureAlgorithm OBJECT IDENTIFIER }`.
    ActiveAuthentication {
        /// 1.
        version: u8,
        /// The plain ECDSA signature algorithm.
        signature_algorithm: ObjectIdentifier,
    },
    /// PrivilegedTerminalInfo: `{ id-PT, SecurityInfos }`, about keys that only privileged terminals may use.
    PrivilegedTerminal {
        /// What is said about those keys.
        infos: SecurityInfos,
    },
    /// A protocol that this crate does not know, or does nothing with (CardInfo, for one).
    Other {
        /// The protocol.
        oid: ObjectIdentifier,
        /// The whole SecurityInfo.
        der: Vec<u8>,
    },
}

impl SecurityInfo {
    /// Says whether this is a PACEInfo of Chip Authentication Mapping, in which PACE proves the chip as well.
    #[must_use]
    pub fn is_chip_authentication_mapping(&self) -> bool {
        const CIPHERS: [ObjectIdentifier; 3] = [
            oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_128,
            oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_192,
            oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_256,
        ];
        matches!(self, Self::Pace { oid, .. } if CIPHERS.contains(oid))
    }

    /// A PACEInfo.
    #[must_use]
    pub fn pace(oid: ObjectIdentifier, version: u8, parameter_id: Option<u8>) -> Self {
        Self::Pace {
            oid,
            version,
            parameter_id,
        }
    }

    /// A PACEDomainParameterInfo; `parameters_der` is one AlgorithmIdentifier.
    #[must_use]
    pub fn pace_domain_parameter(
        oid: ObjectIdentifier,
        parameters_der: Vec<u8>,
        parameter_id: Option<u8>,
    ) -> Self {
        Self::PaceDomainParameter {
            oid,
            parameters_der,
            parameter_id,
        }
    }

    /// A ChipAuthenticationDomainParameterInfo; `parameters_der` is one AlgorithmIdentifier.
    #[must_use]
    pub fn chip_authentication_domain_parameter(
        oid: ObjectIdentifier,
        parameters_der: Vec<u8>,
        key_id: Option<u32>,
    ) -> Self {
        Self::ChipAuthenticationDomainParameter {
            oid,
            parameters_der,
            key_id,
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

    /// A TerminalAuthenticationInfo; EF.CVCA lies at its usual place.
    #[must_use]
    pub fn terminal_authentication(version: u8) -> Self {
        Self::TerminalAuthentication {
            oid: ID_TA,
            version,
            ef_cvca: None,
        }
    }

    /// A TerminalAuthenticationInfo of version 1 that says where EF.CVCA lies.
    #[must_use]
    pub fn terminal_authentication_with_cvca(ef_cvca: CvcaFile) -> Self {
        Self::TerminalAuthentication {
            oid: ID_TA,
            version: 1,
            ef_cvca: Some(ef_cvca),
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
            | Self::PaceDomainParameter { oid, .. }
            | Self::ChipAuthenticationDomainParameter { oid, .. }
            | Self::ChipAuthentication { oid, .. }
            | Self::ChipAuthenticationPublicKey { oid, .. }
            | Self::TerminalAuthentication { oid, .. }
            | Self::Other { oid, .. } => *oid,
            Self::ActiveAuthentication { .. } => ID_AA,
            Self::PrivilegedTerminal { .. } => ID_PT,
        }
    }

    /// Reads one SecurityInfo; nothing may follow it.
    ///
    /// # Errors
    /// [`Error`] if the structure is not that of a SecurityInfo, or a known protocol has other data than its definition.
    pub fn parse(der: &[u8]) -> Result<Self, Error> {
        der_io::limit_nesting(der)?;
        Self::read(der, Level::Outer)
    }

    fn read(der: &[u8], level: Level) -> Result<Self, Error> {
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
            Kind::PaceDomainParameter => Self::PaceDomainParameter {
                oid,
                parameters_der: read_algorithm(&mut fields, "PACEDomainParameterInfo domainParameter")?,
                parameter_id: der_io::read_optional_uint(&mut fields, "PACEDomainParameterInfo parameterId")?,
            },
            Kind::ChipAuthenticationDomainParameter => Self::ChipAuthenticationDomainParameter {
                oid,
                parameters_der: read_algorithm(
                    &mut fields,
                    "ChipAuthenticationDomainParameterInfo domainParameter",
                )?,
                key_id: der_io::read_optional_uint(
                    &mut fields,
                    "ChipAuthenticationDomainParameterInfo keyId",
                )?,
            },
            Kind::PrivilegedTerminal => {
                let set = fields.expect(SET)?;
                let infos = match level {
                    Level::Outer => SecurityInfos::read(set.raw, Level::Inner)?,
                    Level::Inner => {
                        return Err(Error::BadValue {
                            what: "PrivilegedTerminalInfo",
                            problem: "inside another one",
                        });
                    }
                };
                Self::PrivilegedTerminal { infos }
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
                let ef_cvca = match fields.optional(SEQUENCE)? {
                    Some(file) => Some(CvcaFile::read(&file)?),
                    None => None,
                };
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
            Self::PaceDomainParameter {
                parameters_der,
                parameter_id,
                ..
            } => {
                parts.push(parameters_der.clone());
                parts.extend(parameter_id.map(der_io::emit_uint));
            }
            Self::ChipAuthenticationDomainParameter {
                parameters_der,
                key_id,
                ..
            } => {
                parts.push(parameters_der.clone());
                parts.extend(key_id.map(der_io::emit_uint));
            }
            Self::PrivilegedTerminal { infos } => parts.push(infos.emit()),
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
                parts.extend(ef_cvca.map(CvcaFile::to_der));
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
        Self::read(bytes, Level::Outer)
    }

    fn read(bytes: &[u8], level: Level) -> Result<Self, Error> {
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
                info: SecurityInfo::read(tlv.raw, level)?,
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

/// Reads an AlgorithmIdentifier and gives it back whole; what it says is for who computes with it.
fn read_algorithm(fields: &mut Reader<'_>, what: &'static str) -> Result<Vec<u8>, Error> {
    let algorithm = fields.expect(SEQUENCE)?;
    let mut parts = algorithm.children();
    der_io::read_oid(&mut parts, what)?;
    parts.next()?;
    parts.finish()?;
    Ok(algorithm.raw.to_vec())
}

/// Whether SecurityInfos stand alone or inside a PrivilegedTerminalInfo, which may not hold another one.
#[derive(Clone, Copy)]
enum Level {
    Outer,
    Inner,
}

enum Kind {
    Pace,
    PaceDomainParameter,
    ChipAuthenticationDomainParameter,
    PrivilegedTerminal,
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
            [3, 1 | 2] => Self::ChipAuthenticationDomainParameter,
            [4, 1 | 2 | 3 | 4 | 6, _] => Self::Pace,
            [4, 1 | 2 | 3 | 4 | 6] => Self::PaceDomainParameter,
            [8] => Self::PrivilegedTerminal,
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
