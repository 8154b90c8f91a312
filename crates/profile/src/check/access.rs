//! How a card is opened: PACE, passwords, the answer to wrong ones.

use core::ops::Range;
use core::time::Duration;

use antin_crypto::agreement::Group;
use antin_crypto::{Curve, Suite};
use antin_lds::security_infos::SecurityInfo;
use antin_wire::apdu::StatusWord;
use toml::Spanned;

use crate::Problem;
use crate::checker::Checker;
use crate::model::{
    Access, DelayRule, Mapping, PaceRule, ParameterRule, PasswordKind, PinRule, PukRule, SecretRule,
    WrongPasswordRule,
};
use crate::source::{AccessSource, PaceSource, PinSource, PukSource, Source, WrongPasswordSource};

impl Checker<'_> {
    pub(super) fn wrong_password(&mut self, part: &WrongPasswordSource) -> Option<WrongPasswordRule> {
        let status = self.hex_u16(&part.status, "wrong-password.status");
        if let Some(status) = status
            && !matches!(status >> 8, 0x63 | 0x69)
        {
            self.value(
                &part.status.span(),
                "wrong-password.status",
                part.status.get_ref(),
                "63xx or 69xx",
            );
        }
        let (first, longest) = (*part.first_delay_ms.get_ref(), *part.longest_delay_ms.get_ref());
        if longest > LONGEST_DELAY_MS {
            let span = part.longest_delay_ms.span();
            self.value(
                &span,
                "wrong-password.longest-delay-ms",
                longest,
                "at most 60000 milliseconds",
            );
        }
        if first > longest {
            let span = part.first_delay_ms.span();
            self.conflict(
                &span,
                "wrong-password.first-delay-ms",
                "longer than longest-delay-ms",
            );
        }
        let delay = DelayRule {
            free_failures: part.free_failures,
            first: Duration::from_millis(first),
            longest: Duration::from_millis(longest),
        };
        Some(WrongPasswordRule {
            status: StatusWord(status?),
            delay,
        })
    }

    pub(super) fn access(&mut self, source: &Spanned<AccessSource>) -> Option<Access> {
        let part = source.get_ref();
        let mut rules: Vec<PaceRule> = Vec::new();
        let mut complete = true;
        for variant in &part.pace {
            let Some(rule) = self.pace(variant) else {
                complete = false;
                continue;
            };
            self.beside(&variant.span(), &rule, &rules);
            rules.push(rule);
        }
        let infos: Vec<_> = part
            .security_infos
            .iter()
            .map(|text| self.security_info(text))
            .collect();
        complete &= infos.iter().all(Option::is_some);
        complete.then_some(Access {
            bac: part.bac,
            pace: rules,
            security_infos: infos.into_iter().flatten().collect(),
        })
    }

    fn pace(&mut self, source: &Spanned<PaceSource>) -> Option<PaceRule> {
        let part = source.get_ref();
        let cipher = self.cipher(&part.cipher, "access.pace.cipher");
        let group = self.group(
            part.curve.as_ref(),
            part.group.as_ref(),
            &source.span(),
            "access.pace",
        );
        let passwords = part.passwords.get_ref();
        if passwords.is_empty() {
            self.fault(
                &part.passwords.span(),
                "access.pace.passwords",
                Problem::Missing("a password: mrz, can, pin or puk".to_owned()),
            );
        }
        let (group, cipher) = (group?, cipher?);
        let parameter = self.parameter(source, group)?;
        self.legal(&part.mapping, group, cipher);
        Some(PaceRule {
            mapping: *part.mapping.get_ref(),
            cipher,
            group,
            parameter,
            passwords: passwords.clone(),
        })
    }

    /// How the domain parameters are announced: by their own number, or spelled out.
    fn parameter(&mut self, source: &Spanned<PaceSource>, group: Group) -> Option<ParameterRule> {
        const FIELD: &str = "access.pace.parameter";
        let part = source.get_ref();
        let explicit = match &part.domain_parameters {
            Some(form) => self.named(&PARAMETER_FORMS, form, "access.pace.domain-parameters")?,
            None => ParameterForm::Standardized,
        };
        match (explicit, &part.parameter) {
            (ParameterForm::Explicit, None) => Some(ParameterRule::Explicit(None)),
            (ParameterForm::Explicit, Some(id)) => {
                if *id.get_ref() < FIRST_OWN_PARAMETER {
                    let text = format!(
                        "{} belongs to standardized parameters; a card's own begin at 32",
                        id.get_ref()
                    );
                    self.conflict(&id.span(), FIELD, text);
                }
                Some(ParameterRule::Explicit(Some(*id.get_ref())))
            }
            (ParameterForm::Standardized, None) => group.standardized_id().map(ParameterRule::Standardized),
            (ParameterForm::Standardized, Some(id)) => {
                if group.standardized_id() != Some(*id.get_ref()) {
                    let right = group
                        .standardized_id()
                        .map_or("none".to_owned(), |id| id.to_string());
                    let text = format!(
                        "the parameter of {} is {right}, not {}",
                        group.name(),
                        id.get_ref()
                    );
                    self.conflict(&id.span(), FIELD, text);
                }
                Some(ParameterRule::Standardized(*id.get_ref()))
            }
        }
    }

    /// Combinations for which no protocol is defined (ICAO 9303-11 §4.4.3.3, §9.2.1).
    fn legal(&mut self, mapping: &Spanned<Mapping>, group: Group, cipher: Suite) {
        let problem = match (mapping.get_ref(), group, cipher) {
            (Mapping::ChipAuthentication, Group::Dh(_), _) => {
                "chip-authentication mapping needs a curve: it is not defined for groups"
            }
            (Mapping::ChipAuthentication, Group::Ec(_), Suite::Tdes) => {
                "chip-authentication mapping needs AES: it is not defined for 3des"
            }
            (Mapping::Integrated, Group::Ec(Curve::P224), _) => {
                "integrated mapping is not defined for P-224, whose prime is 1 modulo 4"
            }
            _ => return,
        };
        self.conflict(&mapping.span(), "access.pace.mapping", problem);
    }

    /// What one variant alone does not show.
    fn beside(&mut self, at: &Range<usize>, rule: &PaceRule, earlier: &[PaceRule]) {
        if earlier
            .iter()
            .any(|other| other.info() == rule.info() && other.group == rule.group)
        {
            self.conflict(at, "access.pace", "the same variant is listed twice");
        }
        let nameless = ParameterRule::Explicit(None);
        let explicit = |rule: &PaceRule| matches!(rule.parameter, ParameterRule::Explicit(_));
        let others = || {
            earlier
                .iter()
                .filter(|other| other.group != rule.group && explicit(other))
        };
        if explicit(rule) && others().any(|other| rule.parameter == nameless || other.parameter == nameless) {
            let text = "several explicit domain parameters need numbers to be told apart";
            self.conflict(at, "access.pace.parameter", text);
        } else if explicit(rule) && others().any(|other| other.parameter == rule.parameter) {
            self.conflict(
                at,
                "access.pace.parameter",
                "other domain parameters have this number",
            );
        }
        let mapped = |rule: &PaceRule| rule.mapping == Mapping::ChipAuthentication;
        if mapped(rule)
            && earlier
                .iter()
                .any(|other| mapped(other) && other.group != rule.group)
        {
            let text = "chip-authentication mapping has one static key, so one curve";
            self.conflict(at, "access.pace.curve", text);
        }
    }

    fn security_info(&mut self, text: &Spanned<String>) -> Option<SecurityInfo> {
        const FIELD: &str = "access.security-infos";
        let bytes = self.hex(text, FIELD)?;
        match SecurityInfo::parse(&bytes) {
            Ok(info @ SecurityInfo::Other { .. }) => Some(info),
            Ok(info) => {
                let problem = format!("{} belongs to a section of its own", info.oid());
                self.conflict(&text.span(), FIELD, problem);
                None
            }
            Err(error) => {
                self.conflict(&text.span(), FIELD, format!("not a SecurityInfo: {error}"));
                None
            }
        }
    }

    pub(super) fn pin(&mut self, part: &PinSource) -> Option<PinRule> {
        let tries = *part.tries.get_ref();
        if !(2..=15).contains(&tries) {
            self.value(&part.tries.span(), "pin.tries", tries, "2 to 15");
        }
        let value = self.secret(&part.value, part.digits.as_ref(), "pin", PIN_DIGITS)?;
        Some(PinRule {
            value,
            tries,
            suspend: part.suspend,
        })
    }

    pub(super) fn puk(&mut self, part: &PukSource) -> Option<PukRule> {
        let value = self.secret(&part.value, part.digits.as_ref(), "puk", PUK_DIGITS)?;
        Some(PukRule { value })
    }

    fn secret(
        &mut self,
        value: &Spanned<String>,
        digits: Option<&Spanned<u8>>,
        section: &str,
        usual: u8,
    ) -> Option<SecretRule> {
        if let Some(count) = digits
            && !(4..=16).contains(count.get_ref())
        {
            self.value(
                &count.span(),
                &format!("{section}.digits"),
                count.get_ref(),
                "4 to 16",
            );
        }
        if value.get_ref() == "random" {
            let digits = digits.map_or(usual, |count| *count.get_ref());
            return Some(SecretRule::Random { digits });
        }
        let field = format!("{section}.value");
        let text = value.get_ref();
        if !(4..=16).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
            self.value(&value.span(), &field, text, "random, or 4 to 16 digits");
            return None;
        }
        if let Some(count) = digits {
            self.conflict(&count.span(), &format!("{section}.digits"), "the value is given");
        }
        Some(SecretRule::Fixed(text.clone()))
    }

    /// A password that PACE takes must be one that the card has, and the other way round.
    pub(super) fn secrets_fit(&mut self, source: &Source) {
        let pace = &source.access.get_ref().pace;
        let sections = [
            (PasswordKind::Pin, "pin", source.pin.as_ref().map(Spanned::span)),
            (PasswordKind::Puk, "puk", source.puk.as_ref().map(Spanned::span)),
        ];
        for (kind, name, section) in sections {
            let takers = || {
                pace.iter()
                    .filter(move |rule| rule.get_ref().passwords.get_ref().contains(&kind))
            };
            match section {
                None => {
                    for rule in takers() {
                        let text = format!("the card has no [{name}]");
                        self.conflict(&rule.get_ref().passwords.span(), "access.pace.passwords", text);
                    }
                }
                Some(span) if takers().next().is_none() => {
                    let text = format!("no [[access.pace]] takes the {}", name.to_uppercase());
                    self.conflict(&span, name, text);
                }
                Some(_) => {}
            }
        }
        if let (Some(puk), None) = (&source.puk, &source.pin) {
            self.conflict(&puk.span(), "puk", "there is no [pin] to unblock");
        }
    }
}

/// How domain parameters are announced.
#[derive(Clone, Copy)]
enum ParameterForm {
    Standardized,
    Explicit,
}

const PARAMETER_FORMS: [(&str, ParameterForm); 2] = [
    ("standardized", ParameterForm::Standardized),
    ("explicit", ParameterForm::Explicit),
];

/// Numbers below are those of standardized domain parameters, or kept free for them (ICAO 9303-11 §9.5.1).
const FIRST_OWN_PARAMETER: u8 = 32;

/// Digits of a PIN where the profile does not say.
const PIN_DIGITS: u8 = 6;

/// Digits of a PUK where the profile does not say.
const PUK_DIGITS: u8 = 10;

/// No card may let a reader wait longer than this for one answer.
const LONGEST_DELAY_MS: u64 = 60_000;
