//! Certificates and Terminal Authentication, whose refusals are undone.

use antin_profile::patch::Omission;
use antin_trust::Error;
use antin_trust::cv::{Authorization, CvCertificate, CvKey, Refusal, TrustPoints};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::tlv::{self, tags};

use super::Omissions;
use crate::chip::Chip;
use crate::commands::terminal::{document_number, granted};
use crate::session::{Access, Open, OpenedBy};

/// The challenge of a terminal that was given none.
const NO_CHALLENGE: [u8; 8] = [0; 8];

impl Omissions {
    /// What comes of PSO:Verify Certificate.
    pub(super) fn certificate(
        &self,
        chip: &mut Chip,
        command: &Command,
        before: Option<&TrustPoints>,
        response: Response,
    ) -> Response {
        let Some(mut points) = chip.state.trust_points() else {
            return response;
        };
        let Access::Open(open) = &mut chip.session.access else {
            return response;
        };
        let Ok(certificate) = CvCertificate::parse_content(command.data()) else {
            return self.nodded(Omission::CertificateFields, response);
        };
        let mut response = response;
        if !response.is_ok() {
            let reason =
                points
                    .clone()
                    .import(&mut open.presented.clone(), certificate.authority(), &certificate);
            let imported = match reason {
                Ok(()) if self.omits(Omission::CertificateIssuer) => {
                    points.import(&mut open.presented, certificate.authority(), &certificate)
                }
                Err(Error::CvRefused { reason, .. }) if self.omits(check_behind(&reason)) => {
                    points.dangerous_import(&mut open.presented, &certificate)
                }
                _ => Err(Error::Malformed { what: "", at: 0 }),
            };
            if imported.is_ok() {
                response = Response::ok(Vec::new());
            }
        } else if self.omits(Omission::TrustPoints)
            && let Some(before) = before
        {
            points = before.clone();
        } else if self.omits(Omission::CertificateMemory) {
            open.presented = Default::default();
        }
        if self.omits(Omission::CertificateDate) && certificate.effective() > points.current_date() {
            points.dangerous_set_current_date(certificate.effective());
        }
        if self.omits(Omission::TerminalProof)
            && let Some(last) = open.presented.last()
            && open.presented.terminal(last.reference()).is_some()
        {
            open.rights = granted(last.authorization());
        }
        chip.dirty |= chip.state.set_trust_points(&points);
        response
    }

    fn nodded(&self, check: Omission, response: Response) -> Response {
        if self.omits(check) {
            Response::ok(Vec::new())
        } else {
            response
        }
    }

    /// MSE:Set AT with the name of the terminal that was presented.
    pub(super) fn terminal_key(&self, chip: &Chip, command: &Command) -> Command {
        match &chip.session.access {
            Access::Open(open) if self.omits(Omission::TerminalName) => match open.presented.last() {
                Some(last) => {
                    let name = tlv::object(tags::mse::PUBLIC_KEY_REFERENCE, last.reference().as_bytes());
                    command.clone().with_data(name)
                }
                None => command.clone(),
            },
            _ => command.clone(),
        }
    }

    /// What comes of EXTERNAL AUTHENTICATE that the chip refused.
    pub(super) fn signature(&self, chip: &mut Chip, command: &Command, refused: Response) -> Response {
        let number = document_number(chip);
        let points = chip.state.trust_points();
        let Access::Open(open) = &mut chip.session.access else {
            return refused;
        };
        let proved = self.proved(open, points.as_ref(), &number, command.data(), refused.sw);
        match proved {
            Some(authorization) => {
                open.rights = granted(&authorization);
                Response::ok(Vec::new())
            }
            None => refused,
        }
    }

    fn proved(
        &self,
        open: &Open,
        points: Option<&TrustPoints>,
        number: &str,
        signature: &[u8],
        refusal: StatusWord,
    ) -> Option<Authorization> {
        let last = open.presented.last();
        if self.omits(Omission::TerminalSignature) && refusal == StatusWord::AUTH_FAILED {
            return last.map(|last| last.authorization().clone());
        }
        let any_challenge = self.omits(Omission::TerminalChallenge);
        let any_role = self.omits(Omission::TerminalRole);
        if !any_challenge && !any_role {
            return None;
        }
        let mut keys: Vec<(&CvKey, &Authorization)> = Vec::new();
        keys.extend(last.map(|last| (last.key(), last.authorization())));
        if any_role {
            let points = points.map_or(&[][..], TrustPoints::points);
            keys.extend(points.iter().map(|point| (point.key(), point.authorization())));
        }
        let identifier = match open.by {
            OpenedBy::Bac => number.as_bytes(),
            OpenedBy::Pace(_) => &open.own_key,
        };
        let bound = open.terminal_key.as_deref().unwrap_or_default();
        let challenges = self.challenges.iter().map(Vec::as_slice);
        challenges.chain([NO_CHALLENGE.as_slice()]).find_map(|challenge| {
            let message = [identifier, challenge, bound].concat();
            let signer = keys
                .iter()
                .find(|(key, _)| key.verify(&message, signature).is_ok());
            signer.map(|(_, authorization)| (*authorization).clone())
        })
    }
}

/// The check that such a refusal comes from.
fn check_behind(reason: &Refusal) -> Omission {
    match reason {
        Refusal::Signature | Refusal::Sha1 => Omission::CertificateSignature,
        Refusal::UnknownAuthority { .. } | Refusal::OtherAuthority { .. } => Omission::CertificateIssuer,
        Refusal::Expired { .. } | Refusal::AuthorityExpired { .. } | Refusal::Period => {
            Omission::CertificatePeriod
        }
        Refusal::Pairing { .. } => Omission::CertificateRole,
        _ => Omission::CertificateFields,
    }
}
