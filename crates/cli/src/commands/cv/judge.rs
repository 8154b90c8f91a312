//! Believing certificates as a chip would, and doubting one that was just made.

use std::path::{Path, PathBuf};

use antin::trust::Error;
use antin::trust::cv::{
    CvCertificate, Presented, Refusal, Role, Sha1, TerminalType, TrustPoint, TrustPoints,
};

use super::shown::{self, Judged, Signature};
use super::template::{day, today, unusable};
use super::{Issuer, SCHEMA, files};
use crate::commands::Outcome;
use crate::failure::{Exit, Failure};
use crate::i18n::Texts;
use crate::output::{Output, Tone, paint};

/// The exit code for a certificate that is not believed.
const NOT_BELIEVED: u8 = 10;

/// Judges certificates in the order given, and prints what the chip would let their last holder do.
pub fn verify(
    paths: &[PathBuf],
    anchors: &[PathBuf],
    date: Option<&str>,
    sha1: bool,
    out: &Output,
) -> Outcome {
    let start = match date {
        Some(text) => day("--date", text)?,
        None => today()?,
    };
    let points = anchors
        .iter()
        .map(|path| trust_point(path))
        .collect::<Result<Vec<_>, _>>()?;
    let load = |path: &PathBuf| Ok::<_, Failure>((path.clone(), files::certificate(path)?));
    let chain: Vec<_> = paths.iter().map(load).collect::<Result<_, _>>()?;
    let sha1 = if sha1 { Sha1::Allowed } else { Sha1::Refused };
    let mut chip = TrustPoints::new(start, sha1, points).map_err(unusable)?;
    let mut session = Presented::default();
    let mut refused = None;
    let mut certificates = Vec::new();
    for (path, certificate) in &chain {
        let result = chip.import(&mut session, certificate.authority(), certificate);
        certificates.push(shown::of_certificate(path, certificate, signature(&result)));
        if let Err(fault) = result {
            refused = Some(fault);
            break;
        }
    }
    let believed = refused.is_none();
    let last = session.last().filter(|_| believed);
    let judged = Judged {
        schema: SCHEMA,
        believed,
        effective_rights: last.map(|last| last.authorization().rights()).unwrap_or_default(),
        reason: refused.as_ref().map(ToString::to_string),
        date: chip.current_date().to_string(),
        trust_points: chip.references().iter().map(ToString::to_string).collect(),
        certificates,
    };
    judged.certificates.iter().for_each(|one| shown::print(one, out));
    match &refused {
        None => out.line(paint(Tone::Good, &out.texts.text("cv-believed"))),
        Some(fault) => {
            let word = paint(Tone::Bad, &out.texts.text("cv-refused"));
            out.line(format!("{word}: {}", refusal_text(fault, &out.texts)));
        }
    }
    if let Some(last) = last {
        let inspects =
            last.authorization().kind() == TerminalType::Is && last.authorization().role() == Role::Terminal;
        let label = if inspects { "cv-may-read" } else { "cv-may" };
        let rights = match judged.effective_rights.as_slice() {
            [] => out.texts.text("cv-nothing"),
            rights => rights.join(", "),
        };
        out.line(format!("{}: {rights}", out.texts.text(label)));
    }
    if !out.is_text() {
        out.object(&judged);
    }
    Ok(if believed { Exit::Done as u8 } else { NOT_BELIEVED })
}

/// A certificate of an authority, signed by itself.
fn trust_point(path: &Path) -> Result<TrustPoint, Failure> {
    let root = files::certificate(path)?;
    if root.authorization().role() != Role::Cvca {
        return Err(files::other_kind(path, "cv-is-no-authority"));
    }
    if shown::own_signature(&root) != Signature::Good {
        return Err(files::other_kind(path, "cv-is-not-self-signed"));
    }
    TrustPoint::new(&root).map_err(|fault| files::malformed(path, fault))
}

/// What the chip has found out about the signature before it answered.
fn signature(result: &Result<(), Error>) -> Signature {
    match result {
        Err(Error::CvRefused { reason, .. }) => match reason {
            Refusal::Signature => Signature::Wrong,
            Refusal::UnknownAuthority { .. } | Refusal::OtherAuthority { .. } | Refusal::Sha1 => {
                Signature::Unchecked
            }
            _ => Signature::Good,
        },
        Err(_) => Signature::Unchecked,
        Ok(()) => Signature::Good,
    }
}

/// Why a certificate that was just made is worth less than it seems.
#[derive(Debug)]
pub enum Doubt {
    /// Every chip refuses it.
    Refused(Error),
    /// It lasts longer than the one that signs it.
    Outlives { authority: String, last: String },
    /// It grants what the one that signs it does not have.
    Rights { authority: String, rights: Vec<String> },
}

/// Looks at a certificate as any chip would that believes the one which signs it.
pub fn doubts(by: &Issuer, made: &CvCertificate) -> Vec<Doubt> {
    let (issuer, key) = (&by.certificate, by.signer.public());
    let authority = issuer.holder().to_string();
    let granted = match TrustPoints::judge_under(issuer, &key, made, Sha1::Refused) {
        Ok(granted) => granted.rights(),
        Err(fault) => return vec![Doubt::Refused(fault)],
    };
    let mut doubts = Vec::new();
    // A successor outlives its authority: that is what it is for.
    let succeeds = made.authorization().role() == Role::Cvca;
    if !succeeds && made.expiration() > issuer.expiration() {
        let last = issuer.expiration().to_string();
        let authority = authority.clone();
        doubts.push(Doubt::Outlives { authority, last });
    }
    let mut rights = made.authorization().rights();
    rights.retain(|right| !succeeds && !granted.contains(right));
    if !rights.is_empty() {
        doubts.push(Doubt::Rights { authority, rights });
    }
    doubts
}

/// A doubt in words.
pub fn doubt_text(doubt: &Doubt, texts: &Texts) -> String {
    match doubt {
        Doubt::Refused(fault) => texts.with("cv-doubt-refused", &[("why", &refusal_text(fault, texts))]),
        Doubt::Outlives { authority, last } => {
            texts.with("cv-doubt-outlives", &[("authority", authority), ("last", last)])
        }
        Doubt::Rights { authority, rights } => texts.with(
            "cv-doubt-rights",
            &[("authority", authority), ("rights", &rights.join(", "))],
        ),
    }
}

/// Why a chip refuses a certificate, in words.
fn refusal_text(fault: &Error, texts: &Texts) -> String {
    let Error::CvRefused { holder, reason } = fault else {
        return fault.to_string();
    };
    let role = |name: &str| texts.text(&format!("cv-role-{name}"));
    let say = |key: &str, facts: &[(&str, String)]| {
        let facts: Vec<(&str, &str)> = facts
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        texts.with(&format!("cv-why-{key}"), &facts)
    };
    let why = match reason {
        Refusal::UnknownAuthority { authority } => {
            say("unknown-authority", &[("authority", authority.to_string())])
        }
        Refusal::OtherAuthority { named, selected } => say(
            "other-authority",
            &[("named", named.to_string()), ("selected", selected.to_string())],
        ),
        Refusal::Signature => say("signature", &[]),
        Refusal::Sha1 => say("sha1", &[]),
        Refusal::Expired { expiration, current } => say(
            "expired",
            &[("last", expiration.to_string()), ("current", current.to_string())],
        ),
        Refusal::AuthorityExpired { expiration, current } => say(
            "authority-expired",
            &[("last", expiration.to_string()), ("current", current.to_string())],
        ),
        Refusal::Period => say("period", &[]),
        Refusal::Pairing { authority, holder } => say(
            "pairing",
            &[("authority", role(authority)), ("holder", role(holder))],
        ),
        Refusal::TerminalType { authority, holder } => say(
            "type",
            &[("authority", authority.clone()), ("holder", holder.clone())],
        ),
        Refusal::KeyDiffers { authority, holder } => say(
            "key",
            &[("authority", authority.clone()), ("holder", holder.clone())],
        ),
        Refusal::KnownHolder => say("known-holder", &[]),
        other => other.to_string(),
    };
    format!("{holder}: {why}")
}
