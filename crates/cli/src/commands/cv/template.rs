//! What a certificate is to say, from the options of the command line.

use antin::trust::Error;
use antin::trust::cv::{Authorization, CertificateTemplate, CvKey, Date, Reference, Role, TerminalType};

use super::{Issuer, Noun};
use crate::args::{CvRights, CvTerminal};
use crate::failure::{Failure, Id};

/// The last day that a certificate can state.
const LAST_DAY: &str = "2099-12-31";

/// Everything but names and key.
pub struct Plan {
    authorization: Authorization,
    effective: Date,
    expiration: Date,
}

impl Plan {
    /// Reads the options.
    pub fn of(noun: Noun, asked: &CvRights, by: Option<&Issuer>) -> Result<Self, Failure> {
        let effective = match &asked.from {
            Some(text) => day("--from", text)?,
            None => today()?,
        };
        let days = asked.days.unwrap_or(match noun {
            Noun::Cvca => 3 * 365,
            Noun::Dv => 90,
            Noun::Is => 30,
        });
        let expiration = effective
            .plus_days(days)
            .ok_or_else(|| wrong("--days", days).fact("form", format!("{effective} + DAYS <= {LAST_DAY}")))?;
        Ok(Self {
            authorization: authorization(noun, asked, by)?,
            effective,
            expiration,
        })
    }

    /// The certificate before it is signed.
    pub fn template(self, authority: Reference, holder: Reference, key: CvKey) -> CertificateTemplate {
        CertificateTemplate {
            authority,
            holder,
            key,
            authorization: self.authorization,
            effective: self.effective,
            expiration: self.expiration,
            extensions: None,
        }
    }
}

fn authorization(noun: Noun, asked: &CvRights, by: Option<&Issuer>) -> Result<Authorization, Failure> {
    let role = match (noun, asked.foreign) {
        (Noun::Cvca, false) => Role::Cvca,
        (Noun::Dv, false) => Role::DvDomestic,
        (Noun::Dv, true) => Role::DvForeign,
        (Noun::Is, false) => Role::Terminal,
        (Noun::Cvca | Noun::Is, true) => {
            return Err(Failure::new(Id::U103)
                .fact("option", "--foreign")
                .fact("form", "antin dv ... --foreign"));
        }
    };
    let kind = match (asked.terminal_type, by) {
        (Some(CvTerminal::Is), _) | (None, None) => TerminalType::Is,
        (Some(CvTerminal::At), _) => TerminalType::At,
        (Some(CvTerminal::St), _) => TerminalType::St,
        (None, Some(by)) => by.certificate.authorization().kind(),
    };
    let bare = Authorization::new(kind, role).map_err(unusable)?;
    match asked.rights.as_str() {
        "all" => Ok(bare.with_all_rights()),
        "none" => Ok(bare),
        list => list.split(',').try_fold(bare, |sum, right| {
            sum.with_right(right.trim()).map_err(|_| {
                let known = Authorization::known_rights(kind).join(", ");
                wrong("--rights", right).fact("one-of", format!("all, none, {known}"))
            })
        }),
    }
}

/// The name of a key.
pub fn reference(option: &str, text: &str) -> Result<Reference, Failure> {
    Reference::from_text(text).map_err(|_| wrong(option, text).said("form", "cv-name-form"))
}

/// A day.
pub fn day(option: &str, text: &str) -> Result<Date, Failure> {
    let form = format!("YYYY-MM-DD, 2000-01-01 .. {LAST_DAY}");
    Date::from_text(text).ok_or_else(|| wrong(option, text).fact("form", form))
}

/// The day of the system's clock.
pub fn today() -> Result<Date, Failure> {
    Date::from_time(antin::now()).ok_or_else(|| Failure::new(Id::U103).fact("value", antin::now()))
}

/// A value that its option does not take.
pub fn wrong(option: &str, value: impl std::fmt::Display) -> Failure {
    Failure::new(Id::U103).fact("option", option).fact("value", value)
}

/// A value that the library does not take.
pub fn unusable(fault: Error) -> Failure {
    Failure::new(Id::U103).fact("detail", fault)
}
