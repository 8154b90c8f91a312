//! How a blank is personalized.

use crate::checker::Checker;
use crate::model::{Dialect, DocumentKind, Scp03Rule, SecureChannel};
use crate::source::{PersoSource, SecureChannelSource, Source};

/// Security levels that encrypt commands: keys must not travel in plain.
const LEVELS: [(&str, u8); 3] = [("03", 0x03), ("13", 0x13), ("33", 0x33)];

/// More tries than this are a search.
const MOST_TRIES: u32 = 255;

/// Longest RSA key of the JMRTD applet.
const JMRTD_BITS: u32 = 1024;

impl Checker<'_> {
    pub(super) fn secure_channel(&mut self, part: &PersoSource) -> Option<SecureChannel> {
        let fields = part.scp03.as_ref();
        if *part.secure_channel.get_ref() == SecureChannelSource::None {
            if let Some(fields) = fields {
                let text = "there is no such channel (secure-channel = \"none\")";
                self.conflict(&fields.span(), "perso.scp03", text);
            }
            return Some(SecureChannel::None);
        }
        let mut rule = Scp03Rule::default();
        let Some(fields) = fields.map(toml::Spanned::get_ref) else {
            return Some(SecureChannel::Scp03(rule));
        };
        rule.key_version = fields.key_version.unwrap_or(rule.key_version);
        rule.mode = fields.mode.unwrap_or(rule.mode);
        rule.challenge = fields.challenge.unwrap_or(rule.challenge);
        if let Some(level) = &fields.security_level {
            rule.security_level = self.named(&LEVELS, level, "perso.scp03.security-level")?;
        }
        if let Some(tries) = &fields.tries {
            rule.tries = *tries.get_ref();
            if !(1..=MOST_TRIES).contains(&rule.tries) {
                self.value(&tries.span(), "perso.scp03.tries", rule.tries, "1 to 255");
            }
        }
        Some(SecureChannel::Scp03(rule))
    }

    /// What the dialect `jmrtd` cannot write must not be asked for.
    pub(super) fn dialect(&mut self, source: &Source) {
        if source.perso.dialect != Dialect::Jmrtd {
            return;
        }
        let channel = &source.perso.secure_channel;
        if *channel.get_ref() != SecureChannelSource::None {
            let text = "the dialect jmrtd has no secure channel";
            self.conflict(&channel.span(), "perso.secure-channel", text);
        }
        if *source.document.get_ref() != DocumentKind::Td3 {
            let text = "the dialect jmrtd is known for td3 only";
            self.conflict(&source.document.span(), "document", text);
        }
        let access = source.access.get_ref();
        if !access.bac || !access.pace.is_empty() {
            let text = "the dialect jmrtd writes the keys of BAC and of nothing else";
            self.conflict(&source.access.span(), "access", text);
        }
        if let Some(part) = &source.active_authentication {
            let key = part.get_ref();
            if !key.is_rsa() || key.bits.as_ref().is_some_and(|bits| *bits.get_ref() > JMRTD_BITS) {
                let text = "the dialect jmrtd writes keys of RSA up to 1024 bits";
                self.conflict(&part.span(), "active-authentication", text);
            }
        }
        if let Some(part) = source.chip_authentication.0.first() {
            let text = "the dialect jmrtd knows keys on binary curves alone, which are not supported";
            self.conflict(&part.span(), "chip-authentication", text);
        }
    }
}
