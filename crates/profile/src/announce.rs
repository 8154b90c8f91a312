//! What a card of a profile announces: the entries of EF.CardAccess, DG14 and EF.CardSecurity that need no key.

use antin_crypto::agreement::{DhForm, Group, KeyForm, PrivateKey, PublicKey};
use antin_crypto::{Curve, ParameterForm, Suite};
use antin_lds::ElementaryFile;
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_wire::oids::{self, ObjectIdentifier};
use antin_wire::tlv::{self, tags};

use crate::model::{
    Access, Announcement, ChipAuthentication, ChipAuthenticationVersion, Mapping, PaceRule, ParameterRule,
    Profile, TerminalAuthenticationVersion,
};

/// Writes a file of SecurityInfos.
pub(crate) fn emit(infos: Vec<SecurityInfo>) -> Vec<u8> {
    SecurityInfos::from_infos(infos).emit()
}

/// A PACEInfo for each variant, then the parameters that are spelled out, each once.
pub(crate) fn pace(access: &Access) -> Vec<SecurityInfo> {
    let mut infos: Vec<SecurityInfo> = access.pace.iter().map(pace_info).collect();
    for info in access.pace.iter().filter_map(domain_parameters) {
        if !infos.contains(&info) {
            infos.push(info);
        }
    }
    infos
}

/// Everything in EF.CardAccess: PACE, version 2 of Chip and Terminal Authentication (TR-03110-2: they come before the
/// files can be read), and what the profile adds.
pub(crate) fn card_access(profile: &Profile) -> Vec<SecurityInfo> {
    let mut infos = pace(&profile.access);
    for rule in &profile.chip_authentication {
        if rule.version == ChipAuthenticationVersion::Two {
            infos.extend(rule.info());
            infos.push(chip_authentication_parameters(rule));
        }
    }
    let terminal = &profile.terminal_authentication;
    if terminal
        .as_ref()
        .is_some_and(|rule| rule.version == TerminalAuthenticationVersion::Two)
    {
        infos.extend(terminal_authentication(profile));
    }
    infos.extend(profile.access.security_infos.iter().cloned());
    infos.sort_by_key(SecurityInfo::to_der);
    infos.dedup();
    infos
}

/// The curve of the static key of Chip Authentication Mapping; a checked profile has at most one.
pub(crate) fn mapping_curve(access: &Access) -> Option<Curve> {
    access
        .pace
        .iter()
        .filter(|rule| rule.mapping == Mapping::ChipAuthentication)
        .find_map(|rule| match rule.group {
            Group::Ec(curve) => Some(curve),
            Group::Dh(_) => None,
        })
}

pub(crate) fn pace_info(rule: &PaceRule) -> SecurityInfo {
    SecurityInfo::pace(pace_oid(rule), PACE_VERSION, rule.parameter.id())
}

/// PACEDomainParameterInfo (ICAO 9303-11 §9.2.2): the protocol without its cipher, the parameters, their number.
pub(crate) fn domain_parameters(rule: &PaceRule) -> Option<SecurityInfo> {
    let ParameterRule::Explicit(id) = rule.parameter else {
        return None;
    };
    let agreement = pace_oid(rule)
        .parent()
        .expect("every identifier of PACE names a cipher under its mapping");
    Some(info(&agreement, &explicit(rule.group), id))
}

/// TerminalAuthenticationInfo; EF.CVCA is named where it does not have its usual identifiers.
pub(crate) fn terminal_authentication(profile: &Profile) -> Option<SecurityInfo> {
    let rule = profile.terminal_authentication.as_ref()?;
    let mut fields = vec![oid(&oids::ID_TA), integer(&[rule.version.number()])];
    let file = profile
        .file(ElementaryFile::Cvca)
        .filter(|_| rule.version == TerminalAuthenticationVersion::One);
    if let Some(file) = file {
        let usual = (
            ElementaryFile::Cvca.file_id(),
            Some(ElementaryFile::Cvca.short_id()),
        );
        if (file.fid, file.sfi) != usual {
            let mut place = vec![tlv::object(tags::OCTET_STRING, &file.fid.0.to_be_bytes())];
            place.extend(
                file.sfi
                    .map(|sfi| tlv::object(tags::OCTET_STRING, &[sfi.value()])),
            );
            fields.push(tlv::constructed(tags::SEQUENCE, &place));
        }
    }
    Some(parsed(&tlv::constructed(tags::SEQUENCE, &fields)))
}

impl ChipAuthentication {
    /// Returns the protocol, `id-CA-*`.
    #[must_use]
    pub fn oid(&self) -> ObjectIdentifier {
        match (self.group, self.cipher) {
            (Group::Ec(_), Suite::Tdes) => oids::ID_CA_ECDH_3DES_CBC_CBC,
            (Group::Ec(_), Suite::Aes128) => oids::ID_CA_ECDH_AES_CBC_CMAC_128,
            (Group::Ec(_), Suite::Aes192) => oids::ID_CA_ECDH_AES_CBC_CMAC_192,
            (Group::Ec(_), Suite::Aes256) => oids::ID_CA_ECDH_AES_CBC_CMAC_256,
            (Group::Dh(_), Suite::Tdes) => oids::ID_CA_DH_3DES_CBC_CBC,
            (Group::Dh(_), Suite::Aes128) => oids::ID_CA_DH_AES_CBC_CMAC_128,
            (Group::Dh(_), Suite::Aes192) => oids::ID_CA_DH_AES_CBC_CMAC_192,
            (Group::Dh(_), Suite::Aes256) => oids::ID_CA_DH_AES_CBC_CMAC_256,
        }
    }

    /// Returns the ChipAuthenticationInfo, where the card has one.
    #[must_use]
    pub fn info(&self) -> Option<SecurityInfo> {
        (self.announcement == Announcement::InfoAndKey).then(|| {
            SecurityInfo::chip_authentication(self.oid(), self.version.number(), self.key_id.map(u32::from))
        })
    }

    /// Encodes a public key of this rule as the card announces it.
    #[must_use]
    pub fn spki_der(&self, key: &PublicKey) -> Vec<u8> {
        match (key, self.key_form) {
            (PublicKey::Ec(key), KeyForm::Ec(form)) => key.to_spki_der(form),
            (PublicKey::Dh(key), KeyForm::Dh(form)) => key.to_spki_der(form),
            // A key of the other kind is none of this rule.
            (key, _) => key.to_spki_der(),
        }
    }

    /// Returns the kind of the public key, `id-PK-*`.
    #[must_use]
    pub fn key_oid(&self) -> ObjectIdentifier {
        match self.group {
            Group::Ec(_) => oids::ID_PK_ECDH,
            Group::Dh(_) => oids::ID_PK_DH,
        }
    }
}

/// ChipAuthenticationDomainParameterInfo (TR-03110-3 §A.1.1.2) with standardized domain parameters.
fn chip_authentication_parameters(rule: &ChipAuthentication) -> SecurityInfo {
    let agreement = rule
        .oid()
        .parent()
        .expect("every identifier of Chip Authentication names a cipher");
    let number = rule
        .group
        .standardized_id()
        .expect("a profile knows standardized groups only");
    let algorithm = tlv::constructed(tags::SEQUENCE, &[oid(&STANDARDIZED), integer(&[number])]);
    info(&agreement, &algorithm, rule.key_id)
}

fn pace_oid(rule: &PaceRule) -> ObjectIdentifier {
    let agreement: u32 = match (rule.group, rule.mapping) {
        (Group::Dh(_), Mapping::Generic) => 1,
        (Group::Ec(_), Mapping::Generic) => 2,
        (Group::Dh(_), Mapping::Integrated) => 3,
        (Group::Ec(_), Mapping::Integrated) => 4,
        // There is none for groups; such a profile is refused.
        (Group::Ec(_) | Group::Dh(_), Mapping::ChipAuthentication) => 6,
    };
    let cipher = match rule.cipher {
        Suite::Tdes => 1,
        Suite::Aes128 => 2,
        Suite::Aes192 => 3,
        Suite::Aes256 => 4,
    };
    ID_PACE
        .push_arc(agreement)
        .and_then(|oid| oid.push_arc(cipher))
        .expect("two small arcs fit")
}

/// The algorithm of a public key that spells its parameters out: `ecPublicKey` or `dhpublicnumber`.
fn explicit(group: Group) -> Vec<u8> {
    let length = match group {
        Group::Ec(curve) => curve.order_len(),
        Group::Dh(group) => group.order_len(),
    };
    let mut one = vec![0; length];
    if let Some(last) = one.last_mut() {
        *last = 1;
    }
    let one = PrivateKey::from_be_bytes(group, &one).expect("one is a private key of every group");
    let key = match one.public() {
        PublicKey::Ec(key) => key.to_spki_der(ParameterForm::Explicit),
        PublicKey::Dh(key) => key.to_spki_der(DhForm::X942),
    };
    let fields = tlv::parse_one(&key).map(|key| key.children());
    let algorithm =
        fields.and_then(|mut fields| fields.expect(tags::SEQUENCE).map(|object| object.raw.to_vec()));
    algorithm.expect("a public key begins with its algorithm")
}

/// `{ protocol, algorithm, number OPTIONAL }`.
fn info(protocol: &ObjectIdentifier, algorithm: &[u8], number: Option<u8>) -> SecurityInfo {
    let mut fields = vec![oid(protocol), algorithm.to_vec()];
    fields.extend(number.map(|number| integer(&[number])));
    parsed(&tlv::constructed(tags::SEQUENCE, &fields))
}

fn parsed(der: &[u8]) -> SecurityInfo {
    SecurityInfo::parse(der).expect("what was put together here is a SecurityInfo")
}

fn oid(value: &ObjectIdentifier) -> Vec<u8> {
    tlv::object(tags::OBJECT_IDENTIFIER, value.as_bytes())
}

/// An INTEGER of a positive number.
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let sign = digits.first().is_none_or(|first| *first & 0x80 != 0);
    let mut value = vec![0; usize::from(sign)];
    value.extend_from_slice(digits);
    tlv::object(tags::INTEGER, &value)
}

/// Version of PACEInfo, ICAO 9303-11 §9.2.1.
const PACE_VERSION: u8 = 2;
const ID_PACE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.4");
/// `standardizedDomainParameters`, TR-03110-3 §A.2.1.1.
const STANDARDIZED: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.2");
