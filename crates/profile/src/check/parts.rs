//! The sections of a profile other than its files.

use core::time::Duration;

use antin_crypto::Suite;
use antin_lds::DataGroup;
use antin_lds::security_infos::SecurityInfo;
use antin_wire::apdu::StatusWord;
use antin_wire::oids;
use toml::Spanned;

use super::Checker;
use crate::model::{
    Access, ActiveAuthentication, ChipAuthentication, ComRule, DelayRule, Limits, PaceRule, WrongPasswordRule,
};
use crate::source::{
    AccessSource, ActiveAuthenticationSource, ChipAuthenticationSource, ComSource, LimitsSource, PaceSource,
    WrongPasswordSource,
};

/// Version of PACEInfo, ICAO 9303-11 §9.2.1.
const PACE_VERSION: u8 = 2;

/// No card may let a reader wait longer than this for one answer.
const LONGEST_DELAY_MS: u64 = 60_000;

/// Makes the PACEInfo object of a rule.
pub(crate) fn pace_info(rule: &PaceRule) -> SecurityInfo {
    let oid = match rule.cipher {
        Suite::Tdes => oids::ID_PACE_ECDH_GM_3DES_CBC_CBC,
        Suite::Aes128 => oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128,
        Suite::Aes192 => oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_192,
        Suite::Aes256 => oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_256,
    };
    SecurityInfo::pace(oid, PACE_VERSION, Some(rule.parameter))
}

impl Checker<'_> {
    pub(super) fn limits(&mut self, source: &Spanned<LimitsSource>) -> Option<Limits> {
        let part = source.get_ref();
        let (most_command, most_response) = if part.extended {
            (65_535, 65_536)
        } else {
            (255, 256)
        };
        let command = *part.max_command.get_ref();
        let response = *part.max_response.get_ref();
        if !(64..=most_command).contains(&command) {
            let allowed = format!("64 to {most_command} bytes (extended = {})", part.extended);
            self.value(&part.max_command.span(), "limits.max-command", command, &allowed);
        }
        if !(64..=most_response).contains(&response) {
            let allowed = format!("64 to {most_response} bytes (extended = {})", part.extended);
            self.value(
                &part.max_response.span(),
                "limits.max-response",
                response,
                &allowed,
            );
        }
        Some(Limits {
            max_command: command,
            max_response: response,
            extended: part.extended,
            chaining: part.chaining,
        })
    }

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
            let Some(rule) = self.pace(variant.get_ref()) else {
                complete = false;
                continue;
            };
            if rules.iter().any(|earlier| earlier.info() == rule.info()) {
                self.conflict(&variant.span(), "access.pace", "the same variant is listed twice");
            }
            rules.push(rule);
        }
        complete.then_some(Access {
            bac: part.bac,
            pace: rules,
        })
    }

    fn pace(&mut self, part: &PaceSource) -> Option<PaceRule> {
        let cipher = self.cipher(&part.cipher, "access.pace.cipher");
        let curve = self.curve(&part.curve, "access.pace.curve");
        let passwords = part.passwords.get_ref();
        if passwords.is_empty() {
            self.fault(
                &part.passwords.span(),
                "access.pace.passwords",
                crate::Problem::Missing("a password: mrz, can, or both".to_owned()),
            );
        }
        let curve = curve?;
        let parameter = *part.parameter.get_ref();
        let standard = curve.standardized_id();
        if standard != Some(parameter) {
            let right = standard.map_or("none".to_owned(), |id| id.to_string());
            let text = format!(
                "the parameter of {} is {right}, not {parameter}",
                part.curve.get_ref()
            );
            self.conflict(&part.parameter.span(), "access.pace.parameter", text);
        }
        Some(PaceRule {
            mapping: part.mapping,
            cipher: cipher?,
            curve,
            parameter,
            passwords: passwords.clone(),
        })
    }

    pub(super) fn chip_authentication(
        &mut self,
        source: &Spanned<ChipAuthenticationSource>,
    ) -> Option<ChipAuthentication> {
        let part = source.get_ref();
        let curve = self.curve(&part.curve, "chip-authentication.curve");
        let cipher = self.cipher(&part.cipher, "chip-authentication.cipher");
        let key_form = self.key_form(&part.key_form, "chip-authentication.key-form");
        Some(ChipAuthentication {
            curve: curve?,
            cipher: cipher?,
            key_form: key_form?,
            key_id: part.key_id,
        })
    }

    pub(super) fn active_authentication(
        &mut self,
        source: &Spanned<ActiveAuthenticationSource>,
    ) -> Option<ActiveAuthentication> {
        let part = source.get_ref();
        let curve = self.curve(&part.curve, "active-authentication.curve");
        let hash = self.hash(&part.hash, "active-authentication.hash");
        let key_form = self.key_form(&part.key_form, "active-authentication.key-form");
        Some(ActiveAuthentication {
            curve: curve?,
            hash: hash?,
            key_form: key_form?,
        })
    }

    pub(super) fn com(&mut self, part: &ComSource) -> Option<ComRule> {
        self.digits(&part.lds_version, 4, "com.lds-version");
        self.digits(&part.unicode_version, 6, "com.unicode-version");
        let numbers = part.data_groups.get_ref();
        self.distinct(numbers, "com.data-groups");
        let mut data_groups = Vec::new();
        for number in numbers {
            match u8::try_from(*number.get_ref())
                .ok()
                .filter(|n| DataGroup::new(*n).is_some())
            {
                Some(known) => data_groups.push(known),
                None => self.value(&number.span(), "com.data-groups", number.get_ref(), "1 to 16"),
            }
        }
        Some(ComRule {
            lds_version: part.lds_version.get_ref().clone(),
            unicode_version: part.unicode_version.get_ref().clone(),
            data_groups,
        })
    }

    fn digits(&mut self, text: &Spanned<String>, count: usize, field: &str) {
        if text.get_ref().len() != count || !text.get_ref().bytes().all(|b| b.is_ascii_digit()) {
            self.value(&text.span(), field, text.get_ref(), &format!("{count} digits"));
        }
    }
}
