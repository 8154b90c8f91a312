//! How a card proves itself, and what it asks of terminals.

use core::ops::Range;

use antin_crypto::agreement::{DhForm, Group, KeyForm};
use antin_crypto::rsa::iso9796_2::Trailer;
use antin_crypto::{Hash, Suite};
use antin_lds::{DataGroup, Date, ElementaryFile};
use antin_wire::oids::{self, ObjectIdentifier};
use toml::Spanned;

use crate::Problem;
use crate::checker::Checker;
use crate::model::{
    Access, ActiveAuthentication, Announcement, ChipAuthentication, ChipAuthenticationVersion, FileRule,
    Mapping, PaceRule, ReadRule, TerminalAuthentication, TerminalAuthenticationVersion, TrustPointKey,
};
use crate::source::{
    ActiveAuthenticationSource, ChipAuthenticationSource, OneOrMany, Source, TerminalAuthenticationSource,
};

impl Checker<'_> {
    pub(super) fn chip_authentication(
        &mut self,
        sources: &OneOrMany<ChipAuthenticationSource>,
    ) -> Option<Vec<ChipAuthentication>> {
        let mut rules: Vec<ChipAuthentication> = Vec::new();
        let mut complete = true;
        for source in &sources.0 {
            let Some(rule) = self.chip_authentication_key(source) else {
                complete = false;
                continue;
            };
            let same = |other: &&ChipAuthentication| other.version == rule.version;
            if let Some(other) = rules.iter().find(same) {
                let at = source
                    .get_ref()
                    .key_id
                    .as_ref()
                    .map_or(source.span(), Spanned::span);
                if rule.key_id.is_none() || other.key_id.is_none() {
                    let text = "several keys need numbers to be told apart";
                    self.conflict(&at, "chip-authentication.key-id", text);
                } else if rules.iter().filter(same).any(|other| other.key_id == rule.key_id) {
                    self.conflict(&at, "chip-authentication.key-id", "another key has this number");
                }
            }
            rules.push(rule);
        }
        complete.then_some(rules)
    }

    fn chip_authentication_key(
        &mut self,
        source: &Spanned<ChipAuthenticationSource>,
    ) -> Option<ChipAuthentication> {
        const FIELD: &str = "chip-authentication";
        let part = source.get_ref();
        let group = self.group(part.curve.as_ref(), part.group.as_ref(), &source.span(), FIELD);
        let cipher = self.cipher(&part.cipher, "chip-authentication.cipher");
        let key_form = match group {
            Some(Group::Dh(_)) => self
                .named(&GROUP_FORMS, &part.key_form, "chip-authentication.key-form")
                .map(KeyForm::Dh),
            Some(Group::Ec(_)) | None => self
                .key_form(&part.key_form, "chip-authentication.key-form")
                .map(KeyForm::Ec),
        };
        let version = match part.version.as_ref() {
            None => Some(ChipAuthenticationVersion::One),
            Some(number) => match number.get_ref() {
                1 => Some(ChipAuthenticationVersion::One),
                2 => Some(ChipAuthenticationVersion::Two),
                other => {
                    self.value(&number.span(), "chip-authentication.version", other, "1 or 2");
                    None
                }
            },
        };
        let announcement = match &part.announcement {
            None => Some(Announcement::InfoAndKey),
            Some(name) => self.named(&ANNOUNCEMENTS, name, "chip-authentication.announcement"),
        };
        let rule = ChipAuthentication {
            group: group?,
            cipher: cipher?,
            key_form: key_form?,
            key_id: part.key_id.as_ref().map(|id| *id.get_ref()),
            version: version?,
            announcement: announcement?,
        };
        if rule.announcement == Announcement::KeyOnly && rule.cipher != Suite::Tdes {
            let text = "a key without ChipAuthenticationInfo means 3des";
            self.conflict(&part.cipher.span(), "chip-authentication.cipher", text);
        }
        if rule.version == ChipAuthenticationVersion::Two && rule.announcement == Announcement::KeyOnly {
            let text = "version 2 is announced by its ChipAuthenticationInfo only";
            self.conflict(&source.span(), "chip-authentication.announcement", text);
        }
        Some(rule)
    }

    pub(super) fn active_authentication(
        &mut self,
        source: &Spanned<ActiveAuthenticationSource>,
    ) -> Option<ActiveAuthentication> {
        let part = source.get_ref();
        let hash = self.hash(&part.hash, "active-authentication.hash");
        let algorithm = match &part.algorithm {
            None => Algorithm::Ecdsa,
            Some(name) => self.named(&ALGORITHMS, name, "active-authentication.algorithm")?,
        };
        match algorithm {
            Algorithm::Ecdsa => {
                self.foreign(
                    part.bits.as_ref().map(Spanned::span),
                    "active-authentication.bits",
                    "ecdsa",
                );
                self.foreign(
                    part.trailer.as_ref().map(Spanned::span),
                    "active-authentication.trailer",
                    "ecdsa",
                );
                let curve = self.needed(part.curve.as_ref(), &source.span(), "active-authentication.curve");
                let curve = curve.and_then(|name| self.curve(name, "active-authentication.curve"));
                let form = self.needed(
                    part.key_form.as_ref(),
                    &source.span(),
                    "active-authentication.key-form",
                );
                let form = form.and_then(|name| self.key_form(name, "active-authentication.key-form"));
                Some(ActiveAuthentication::Ecdsa {
                    curve: curve?,
                    hash: hash?,
                    key_form: form?,
                })
            }
            Algorithm::Rsa => {
                self.foreign(
                    part.curve.as_ref().map(Spanned::span),
                    "active-authentication.curve",
                    "rsa",
                );
                self.foreign(
                    part.key_form.as_ref().map(Spanned::span),
                    "active-authentication.key-form",
                    "rsa",
                );
                let bits = self.needed(part.bits.as_ref(), &source.span(), "active-authentication.bits")?;
                if !(1024..=4096).contains(bits.get_ref()) || !bits.get_ref().is_multiple_of(64) {
                    let allowed = "1024 to 4096, a multiple of 64";
                    self.value(
                        &bits.span(),
                        "active-authentication.bits",
                        bits.get_ref(),
                        allowed,
                    );
                }
                let form = match &part.trailer {
                    None => TrailerForm::Explicit,
                    Some(name) => self.named(&TRAILERS, name, "active-authentication.trailer")?,
                };
                let trailer = match (form, hash?) {
                    (TrailerForm::Implicit, Hash::Sha1) => Trailer::Sha1Implicit,
                    (TrailerForm::Implicit, _) => {
                        let at = part.trailer.as_ref().map_or(source.span(), Spanned::span);
                        let text = "the implicit trailer BC means sha-1";
                        self.conflict(&at, "active-authentication.trailer", text);
                        return None;
                    }
                    (TrailerForm::Explicit, hash) => Trailer::Explicit(hash),
                };
                Some(ActiveAuthentication::Rsa {
                    bits: *bits.get_ref(),
                    trailer,
                })
            }
        }
    }

    pub(super) fn terminal_authentication(
        &mut self,
        source: &Spanned<TerminalAuthenticationSource>,
        country: &str,
    ) -> Option<TerminalAuthentication> {
        let part = source.get_ref();
        let version = match part.version.get_ref() {
            1 => Some(TerminalAuthenticationVersion::One),
            2 => Some(TerminalAuthenticationVersion::Two),
            other => {
                self.value(
                    &part.version.span(),
                    "terminal-authentication.version",
                    other,
                    "1 or 2",
                );
                None
            }
        };
        let date = Date::from_iso(part.date.get_ref()).ok();
        if date.is_none_or(|date| !(2000..=2099).contains(&date.year())) {
            let allowed = "a day of 2000 to 2099, as 2026-01-31";
            self.value(
                &part.date.span(),
                "terminal-authentication.date",
                part.date.get_ref(),
                allowed,
            );
        }
        let holder = match &part.holder {
            Some(holder) => self.holder(holder),
            None => Some(format!("{}TESTCVCA00001", country.get(..2).unwrap_or("UT"))),
        };
        let (algorithm, key) = self.trust_point(source)?;
        Some(TerminalAuthentication {
            version: version?,
            date: date?,
            holder: holder?,
            algorithm,
            key: key?,
        })
    }

    /// Country, mnemonic of one to nine characters, sequence number of five (TR-03110-3 §A.7.1).
    fn holder(&mut self, text: &Spanned<String>) -> Option<String> {
        let name = text.get_ref();
        let country = name
            .get(..2)
            .is_some_and(|c| c.bytes().all(|b| b.is_ascii_uppercase()));
        let number = name.len().checked_sub(5).and_then(|at| name.get(at..));
        let number = number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
        if name.is_ascii() && (8..=16).contains(&name.len()) && country && number {
            return Some(name.clone());
        }
        let allowed = "two letters of country, 1 to 9 of name, 5 of number: UTTESTCVCA00001";
        self.value(&text.span(), "terminal-authentication.holder", name, allowed);
        None
    }

    fn trust_point(
        &mut self,
        source: &Spanned<TerminalAuthenticationSource>,
    ) -> Option<(ObjectIdentifier, Option<TrustPointKey>)> {
        let part = source.get_ref();
        let (algorithm, kind) = self.named(
            &TA_ALGORITHMS,
            &part.algorithm,
            "terminal-authentication.algorithm",
        )?;
        let key = match kind {
            Algorithm::Ecdsa => {
                self.foreign(
                    part.bits.as_ref().map(Spanned::span),
                    "terminal-authentication.bits",
                    "ecdsa",
                );
                let curve = self.needed(
                    part.curve.as_ref(),
                    &source.span(),
                    "terminal-authentication.curve",
                );
                curve
                    .and_then(|name| self.curve(name, "terminal-authentication.curve"))
                    .map(TrustPointKey::Ec)
            }
            Algorithm::Rsa => {
                self.foreign(
                    part.curve.as_ref().map(Spanned::span),
                    "terminal-authentication.curve",
                    "rsa",
                );
                let bits = self.needed(part.bits.as_ref(), &source.span(), "terminal-authentication.bits");
                bits.map(|bits| {
                    // TR-03110-3 §A.7.3.2.
                    if !matches!(bits.get_ref(), 1024 | 1280 | 1536 | 2048 | 3072) {
                        let allowed = "1024, 1280, 1536, 2048, 3072";
                        self.value(
                            &bits.span(),
                            "terminal-authentication.bits",
                            bits.get_ref(),
                            allowed,
                        );
                    }
                    TrustPointKey::Rsa(*bits.get_ref())
                })
            }
        };
        Some((algorithm, key))
    }

    /// A key that belongs to the other kind of algorithm.
    fn foreign(&mut self, at: Option<Range<usize>>, field: &str, algorithm: &str) {
        if let Some(at) = at {
            self.conflict(&at, field, format!("means nothing for {algorithm}"));
        }
    }

    fn needed<'s, T>(
        &mut self,
        value: Option<&'s Spanned<T>>,
        at: &Range<usize>,
        field: &str,
    ) -> Option<&'s Spanned<T>> {
        if value.is_none() {
            let key = field.rsplit('.').next().unwrap_or(field);
            self.fault(at, field, Problem::Missing(format!("`{key}` for this algorithm")));
        }
        value
    }

    /// What the versions of Chip and Terminal Authentication ask of each other, of access and of files.
    pub(super) fn versions_fit(
        &mut self,
        source: &Source,
        chip: &[ChipAuthentication],
        terminal: Option<&TerminalAuthentication>,
        files: &[FileRule],
    ) {
        let has = |wanted| files.iter().any(|rule| rule.file == wanted);
        let chip_at = |version| {
            let mut pairs = source.chip_authentication.0.iter().zip(chip);
            pairs.find_map(|(at, rule)| (rule.version == version).then(|| at.span()))
        };
        if let Some(at) = chip_at(ChipAuthenticationVersion::Two) {
            if !has(ElementaryFile::CardSecurity) {
                let text = "the key of version 2 lies in EF.CardSecurity: there is no [[file]] named so";
                self.conflict(&at, "chip-authentication", text);
            }
            if terminal.is_none_or(|rule| rule.version != TerminalAuthenticationVersion::Two) {
                let text =
                    "version 2 comes after Terminal Authentication version 2: there is no such section";
                self.conflict(&at, "chip-authentication.version", text);
            }
        }
        let Some((at, rule)) = source.terminal_authentication.as_ref().zip(terminal) else {
            return;
        };
        let at = at.span();
        let (partner, number) = match rule.version {
            TerminalAuthenticationVersion::One => (ChipAuthenticationVersion::One, 1),
            TerminalAuthenticationVersion::Two => (ChipAuthenticationVersion::Two, 2),
        };
        if chip_at(partner).is_none() {
            let text = format!("needs a [[chip-authentication]] of version {number}");
            self.conflict(&at, "terminal-authentication", text);
        }
        if rule.version == TerminalAuthenticationVersion::One && !has(ElementaryFile::Cvca) {
            let text = "version 1 names its trust points in EF.CVCA: there is no [[file]] named so";
            self.conflict(&at, "terminal-authentication", text);
        }
        if rule.version == TerminalAuthenticationVersion::Two && source.access.get_ref().pace.is_empty() {
            let text = "version 2 begins with PACE, which the card does not offer";
            self.conflict(&at, "terminal-authentication", text);
        }
    }

    /// Beside chip authentication mapping, a key without ChipAuthenticationInfo is that of the mapping: nobody would take it
    /// for an offer of Chip Authentication.
    pub(super) fn lone_keys_are_understood(
        &mut self,
        source: &Source,
        access: &Access,
        chip: &[ChipAuthentication],
    ) {
        let mapped = |rule: &PaceRule| rule.mapping == Mapping::ChipAuthentication;
        if !access.pace.iter().any(mapped) {
            return;
        }
        for (at, rule) in source.chip_authentication.0.iter().zip(chip) {
            if rule.announcement == Announcement::KeyOnly {
                let text = "beside chip-authentication mapping a key alone is the key of the mapping";
                self.conflict(&at.span(), "chip-authentication.announcement", text);
            }
        }
    }

    /// Files that only rights open name a right, where the card knows rights at all.
    pub(super) fn rights_fit(&mut self, source: &Source, files: &[FileRule]) {
        for part in source.file.get_ref() {
            let part = part.get_ref();
            let Some(rule) = files
                .iter()
                .find(|rule| rule.file.to_string() == *part.name.get_ref())
            else {
                continue;
            };
            let extended = rule.read == ReadRule::ExtendedAccess;
            if let (Some(right), false) = (&part.right, extended) {
                let text = "only read = \"extended-access\" asks for a right";
                self.conflict(&right.span(), "file.right", text);
            }
            if let (Some(right), None) = (&part.right, &source.terminal_authentication) {
                let text = "there is no [terminal-authentication] that could prove it";
                self.conflict(&right.span(), "file.right", text);
            }
            if extended && source.terminal_authentication.is_some() && rule.right.is_none() {
                let text = "only DG3 and DG4 have a right of their own: say which opens it (right = \"dg3\")";
                self.conflict(&part.read.span(), "file.right", text);
            }
        }
    }
}

/// The right that goes with a file where the profile does not say.
pub(super) fn usual_right(file: ElementaryFile) -> Option<crate::Right> {
    match file {
        ElementaryFile::DataGroup(DataGroup::DG3) => Some(crate::Right::Dg3),
        ElementaryFile::DataGroup(DataGroup::DG4) => Some(crate::Right::Dg4),
        _ => None,
    }
}

#[derive(Clone, Copy)]
enum Algorithm {
    Ecdsa,
    Rsa,
}

#[derive(Clone, Copy)]
enum TrailerForm {
    Implicit,
    Explicit,
}

const ALGORITHMS: [(&str, Algorithm); 2] = [("ecdsa", Algorithm::Ecdsa), ("rsa", Algorithm::Rsa)];

const TRAILERS: [(&str, TrailerForm); 2] = [
    ("implicit", TrailerForm::Implicit),
    ("explicit", TrailerForm::Explicit),
];

const GROUP_FORMS: [(&str, DhForm); 2] = [("pkcs3", DhForm::Pkcs3), ("x942", DhForm::X942)];

const ANNOUNCEMENTS: [(&str, Announcement); 2] = [
    ("info-and-key", Announcement::InfoAndKey),
    ("key-only", Announcement::KeyOnly),
];

/// TR-03110-3 tables 17 and 18.
const TA_ALGORITHMS: [(&str, (ObjectIdentifier, Algorithm)); 11] = [
    ("ecdsa-sha-1", (oids::ID_TA_ECDSA_SHA_1, Algorithm::Ecdsa)),
    ("ecdsa-sha-224", (oids::ID_TA_ECDSA_SHA_224, Algorithm::Ecdsa)),
    ("ecdsa-sha-256", (oids::ID_TA_ECDSA_SHA_256, Algorithm::Ecdsa)),
    ("ecdsa-sha-384", (oids::ID_TA_ECDSA_SHA_384, Algorithm::Ecdsa)),
    ("ecdsa-sha-512", (oids::ID_TA_ECDSA_SHA_512, Algorithm::Ecdsa)),
    ("rsa-v1-5-sha-1", (oids::ID_TA_RSA_V1_5_SHA_1, Algorithm::Rsa)),
    ("rsa-v1-5-sha-256", (oids::ID_TA_RSA_V1_5_SHA_256, Algorithm::Rsa)),
    ("rsa-v1-5-sha-512", (oids::ID_TA_RSA_V1_5_SHA_512, Algorithm::Rsa)),
    ("rsa-pss-sha-1", (oids::ID_TA_RSA_PSS_SHA_1, Algorithm::Rsa)),
    ("rsa-pss-sha-256", (oids::ID_TA_RSA_PSS_SHA_256, Algorithm::Rsa)),
    ("rsa-pss-sha-512", (oids::ID_TA_RSA_PSS_SHA_512, Algorithm::Rsa)),
];
