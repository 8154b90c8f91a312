//! The limits of a profile, and what EF.COM says.

use antin_lds::DataGroup;
use toml::Spanned;

use crate::checker::Checker;
use crate::model::{ComRule, Limits};
use crate::source::{ComSource, LimitsSource};

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
