//! What the holder of a CV certificate is and may do.

use antin_crypto::ObjectIdentifier;
use antin_wire::oids;
use antin_wire::tlv::{self, Tlv, object, tags};

use super::parse::Fields;
use crate::error::Error;

/// The kind of terminal that a chain of certificates is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TerminalType {
    /// Inspection systems read travel documents, with DG3 and DG4 where allowed.
    Is,
    /// Authentication terminals read the eID application.
    At,
    /// Signature terminals use the eSign application.
    St,
    /// A kind that this toolkit does not know; no chip accepts it.
    Unknown(ObjectIdentifier),
}

impl TerminalType {
    /// The object identifier in the authorization template.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Is => oids::ID_IS,
            Self::At => oids::ID_AT,
            Self::St => oids::ID_ST,
            Self::Unknown(oid) => oid,
        }
    }

    /// The kind with that object identifier.
    #[must_use]
    pub fn from_oid(oid: ObjectIdentifier) -> Self {
        [Self::Is, Self::At, Self::St]
            .into_iter()
            .find(|kind| kind.oid() == oid)
            .unwrap_or(Self::Unknown(oid))
    }

    /// `IS`, `AT`, `ST`, or the identifier of an unknown kind.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Is => "IS".to_owned(),
            Self::At => "AT".to_owned(),
            Self::St => "ST".to_owned(),
            Self::Unknown(oid) => oid.to_string(),
        }
    }

    /// The number of bytes of its authorization; `None` for an unknown kind.
    const fn len(self) -> Option<usize> {
        match self {
            Self::Is | Self::St => Some(1),
            Self::At => Some(5),
            Self::Unknown(_) => None,
        }
    }

    /// The names of its rights, bit 0 first.
    fn right_names(self) -> Vec<String> {
        let plain = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match self {
            Self::Is => plain(&["read-dg3", "read-dg4", "rfu-2", "rfu-3", "rfu-4", "read-eid"]),
            Self::St => plain(&[
                "generate-signature",
                "generate-qualified-signature",
                "rfu-2",
                "rfu-3",
                "rfu-4",
                "rfu-5",
            ]),
            Self::At => {
                let special: Vec<String> = plain(&[
                    "age-verification",
                    "municipality-id-verification",
                    "restricted-identification",
                    "privileged-terminal",
                    "can-allowed",
                    "pin-management",
                    "install-certificate",
                    "install-qualified-certificate",
                ]);
                let read = (1..=22).map(|group| format!("read-dg{group}"));
                let between = plain(&["pseudonymous-signature-authentication", "rfu-31"]);
                let write = (17..=22).rev().map(|group| format!("write-dg{group}"));
                special
                    .into_iter()
                    .chain(read)
                    .chain(between)
                    .chain(write)
                    .collect()
            }
            Self::Unknown(_) => Vec::new(),
        }
    }
}

/// The place of a certificate's holder in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Country verifying certification authority: signs its successors and document verifiers.
    Cvca,
    /// Official domestic document verifier: signs terminals, and chips believe its dates.
    DvDomestic,
    /// Foreign or non-official document verifier: signs terminals.
    DvForeign,
    /// A terminal.
    Terminal,
}

impl Role {
    /// The two bits at the head of an authorization.
    const fn bits(self) -> u8 {
        match self {
            Self::Cvca => 0b1100_0000,
            Self::DvDomestic => 0b1000_0000,
            Self::DvForeign => 0b0100_0000,
            Self::Terminal => 0,
        }
    }

    const fn from_bits(first: u8) -> Self {
        match first & ROLE_BITS {
            0b1100_0000 => Self::Cvca,
            0b1000_0000 => Self::DvDomestic,
            0b0100_0000 => Self::DvForeign,
            _ => Self::Terminal,
        }
    }

    /// `cvca`, `dv-domestic`, `dv-foreign`, `terminal`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cvca => "cvca",
            Self::DvDomestic => "dv-domestic",
            Self::DvForeign => "dv-foreign",
            Self::Terminal => "terminal",
        }
    }

    /// Tells whether this is a document verifier.
    #[must_use]
    pub const fn is_verifier(self) -> bool {
        matches!(self, Self::DvDomestic | Self::DvForeign)
    }
}

/// A certificate holder authorization template: kind of terminal, role, rights (TR-03110-3 §C.1.5, TR-03110-4).
///
/// ```text
/// 7F4C { 06 id-IS | id-AT | id-ST, 53 bits }     the two highest bits are the role, bit 0 is the lowest of the last byte
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    kind: TerminalType,
    bits: Vec<u8>,
}

impl Authorization {
    /// An inspection system's right to read DG3, fingers.
    pub const IS_READ_DG3: usize = 0;
    /// An inspection system's right to read DG4, irises.
    pub const IS_READ_DG4: usize = 1;

    /// A role without rights.
    ///
    /// # Errors
    /// [`Error::Misuse`] for an unknown kind.
    pub fn new(kind: TerminalType, role: Role) -> Result<Self, Error> {
        let len = kind.len().ok_or_else(|| Error::Misuse {
            what: "terminal type: IS, AT or ST",
            found: kind.name(),
        })?;
        let mut bits = vec![0; len];
        if let Some(first) = bits.first_mut() {
            *first = role.bits();
        }
        Ok(Self { kind, bits })
    }

    /// The same with one right more, named as [`rights`](Self::rights) names them.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a name that this kind of terminal does not have.
    pub fn with_right(mut self, name: &str) -> Result<Self, Error> {
        let names = self.kind.right_names();
        let bit = names
            .iter()
            .position(|known| known == name)
            .ok_or_else(|| Error::Misuse {
                what: "right of this kind of terminal",
                found: name.to_owned(),
            })?;
        if let Some(byte) = self.bits.iter_mut().rev().nth(bit / 8) {
            *byte |= 1 << (bit % 8);
        }
        Ok(self)
    }

    /// The same with every right that has a meaning.
    #[must_use]
    pub fn with_all_rights(self) -> Self {
        let names = self.kind.right_names();
        let meant = names
            .iter()
            .filter(|name| !name.starts_with("rfu") && *name != "read-eid");
        meant.fold(self, |sum, name| sum.clone().with_right(name).unwrap_or(sum))
    }

    /// The names of all rights of a kind of terminal, bit 0 first.
    #[must_use]
    pub fn known_rights(kind: TerminalType) -> Vec<String> {
        kind.right_names()
    }

    /// Reads a whole template `7F4C`, as a terminal announces it in PACE.
    ///
    /// # Errors
    /// [`Error::Malformed`] for other objects, unknown shapes and trailing bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let malformed = |at| Error::Malformed { what: WHAT, at };
        let template = tlv::parse_one(bytes).map_err(|_| malformed(0))?;
        if template.tag != tags::CHAT {
            return Err(malformed(0));
        }
        Self::parse(&template)
    }

    /// Reads the value of a template.
    pub(super) fn parse(template: &Tlv<'_>) -> Result<Self, Error> {
        let mut fields = Fields::of(WHAT, template);
        let kind = TerminalType::from_oid(fields.oid()?);
        let bits = fields.take(tags::DISCRETIONARY_DATA)?;
        fields.finish()?;
        let fits = match kind.len() {
            Some(len) => bits.value.len() == len,
            None => (1..=MAX_UNKNOWN_LEN).contains(&bits.value.len()),
        };
        if !fits {
            return Err(Error::Malformed {
                what: WHAT,
                at: bits.at,
            });
        }
        Ok(Self {
            kind,
            bits: bits.value.to_vec(),
        })
    }

    /// The whole template.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let oid = object(tags::OBJECT_IDENTIFIER, self.kind.oid().as_bytes());
        let bits = object(tags::DISCRETIONARY_DATA, &self.bits);
        object(tags::CHAT, &[oid, bits].concat())
    }

    /// The kind of terminal.
    #[must_use]
    pub const fn kind(&self) -> TerminalType {
        self.kind
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::from_bits(self.bits.first().copied().unwrap_or(0))
    }

    /// The bits, role included, as they stand in the template.
    #[must_use]
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// Tells whether a bit is set, 0 being the lowest of the last byte.
    #[must_use]
    pub fn has(&self, bit: usize) -> bool {
        let byte = self.bits.iter().rev().nth(bit / 8).copied().unwrap_or(0);
        byte & 1 << (bit % 8) != 0
    }

    /// The names of the rights that are given.
    #[must_use]
    pub fn rights(&self) -> Vec<String> {
        let names = self.kind.right_names().into_iter().enumerate();
        names
            .filter(|(bit, _)| self.has(*bit))
            .map(|(_, name)| name)
            .collect()
    }

    /// What remains of these rights under an authority that has the `other` ones: both must grant (TR-03110-3 §2.7).
    /// The role stays this one's. Of another kind of terminal nothing remains.
    #[must_use]
    pub fn under(&self, other: &Self) -> Self {
        let same_kind = self.kind == other.kind && self.bits.len() == other.bits.len();
        let mut bits: Vec<u8> = match same_kind {
            true => self
                .bits
                .iter()
                .zip(&other.bits)
                .map(|(own, its)| own & its)
                .collect(),
            false => vec![0; self.bits.len()],
        };
        if let Some(first) = bits.first_mut() {
            *first = *first & !ROLE_BITS | self.role().bits();
        }
        Self {
            kind: self.kind,
            bits,
        }
    }
}

const WHAT: &str = "certificate holder authorization template";
const ROLE_BITS: u8 = 0b1100_0000;
/// No kind of terminal has more than five bytes yet.
const MAX_UNKNOWN_LEN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 4] = [Role::Cvca, Role::DvDomestic, Role::DvForeign, Role::Terminal];
    const KINDS: [TerminalType; 3] = [TerminalType::Is, TerminalType::At, TerminalType::St];

    fn read(bytes: &[u8]) -> Result<Authorization, Error> {
        Authorization::parse(&antin_wire::tlv::parse_one(bytes).unwrap())
    }

    #[test]
    fn every_role_and_right_comes_back_from_its_bytes() {
        for (kind, role) in KINDS.into_iter().flat_map(|kind| ROLES.map(|role| (kind, role))) {
            let bare = Authorization::new(kind, role).unwrap();
            assert_eq!(bare.rights(), Vec::<String>::new());
            for name in Authorization::known_rights(kind) {
                let one = bare.clone().with_right(&name).unwrap();
                assert_eq!(one.rights(), [name]);
                assert_eq!(one.role(), role);
                assert_eq!(read(&one.to_bytes()), Ok(one));
            }
        }
    }

    #[test]
    fn all_bits_have_names() {
        let width = |kind: TerminalType| kind.len().unwrap() * 8 - 2;
        for kind in KINDS {
            assert_eq!(Authorization::known_rights(kind).len(), width(kind), "{kind:?}");
        }
    }

    #[test]
    fn rights_stand_where_the_standard_puts_them() {
        let is = Authorization::new(TerminalType::Is, Role::Cvca)
            .unwrap()
            .with_all_rights();
        assert_eq!(is.bits(), [0xC3]);
        let at = |right: &str| {
            let bare = Authorization::new(TerminalType::At, Role::Terminal).unwrap();
            bare.with_right(right).unwrap().bits
        };
        assert_eq!(at("write-dg17"), [0x20, 0, 0, 0, 0]);
        assert_eq!(at("write-dg22"), [0x01, 0, 0, 0, 0]);
        assert_eq!(at("read-dg22"), [0, 0x20, 0, 0, 0]);
        assert_eq!(at("read-dg1"), [0, 0, 0, 1, 0]);
        assert_eq!(at("age-verification"), [0, 0, 0, 0, 1]);
        assert!(matches!(
            Authorization::new(TerminalType::Is, Role::Cvca)
                .unwrap()
                .with_right("read-dg1"),
            Err(Error::Misuse { .. })
        ));
    }

    #[test]
    fn only_what_both_grant_remains_and_the_role_stays() {
        let both = Authorization::new(TerminalType::Is, Role::DvForeign)
            .unwrap()
            .with_all_rights();
        let fingers = Authorization::new(TerminalType::Is, Role::Terminal).unwrap();
        let fingers = fingers.with_right("read-dg3").unwrap();
        let effective = fingers.under(&both);
        assert_eq!(
            (effective.rights(), effective.role()),
            (vec!["read-dg3".to_owned()], Role::Terminal)
        );
        assert_eq!(both.under(&fingers).bits(), [0x41]);
        let other_kind = Authorization::new(TerminalType::St, Role::Cvca)
            .unwrap()
            .with_all_rights();
        assert_eq!(both.under(&other_kind).bits(), [0x40]);
    }

    #[test]
    fn a_template_of_another_shape_is_refused() {
        let good = Authorization::new(TerminalType::Is, Role::Cvca)
            .unwrap()
            .to_bytes();
        assert!(read(&good).is_ok());
        let is = object(tags::OBJECT_IDENTIFIER, oids::ID_IS.as_bytes());
        let bits = object(tags::DISCRETIONARY_DATA, &[0xC3]);
        let of = |parts: &[&[u8]]| read(&object(tags::CHAT, &parts.concat()));
        assert!(of(&[&is, &bits]).is_ok());
        for wrong in [
            of(&[&is]),
            of(&[&bits]),
            of(&[]),
            of(&[&is, &bits, &bits]),
            of(&[&is, &object(tags::DISCRETIONARY_DATA, &[])]),
            of(&[&is, &object(tags::DISCRETIONARY_DATA, &[0xC3, 0])]),
            of(&[&object(tags::OBJECT_IDENTIFIER, &[0x80]), &bits]),
        ] {
            assert!(matches!(wrong, Err(Error::Malformed { .. })), "{wrong:?}");
        }
    }
}
