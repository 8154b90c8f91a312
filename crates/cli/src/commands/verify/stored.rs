//! Documents without a card: a folder of files, or evidence.

use std::path::Path;

use antin::store::{self, Evidence, Judged, Witness};
use antin::{Document, Report, TrustStore, UnixTime};

use super::card;
use crate::args::VerifyArgs;
use crate::failure::{Failure, Id};
use crate::output::Output;

/// What lies in a folder or an evidence file.
pub struct Stored {
    /// The document.
    pub document: Document,
    /// When it was seen, if a station that is believed says so.
    pub seen_at: Option<UnixTime>,
    /// What that station made of it.
    judged: Option<Judged>,
}

impl Stored {
    /// Tells when a believed station came to another verdict: not all that it knew is in its evidence, and not all that is
    /// known here was known then.
    pub fn compare(&self, report: &Report, out: &Output) {
        let other = self.judged.as_ref();
        if let Some(judged) = other.filter(|judged| judged.verdict != report.verdict) {
            let facts = [("verdict", judged.verdict.as_str()), ("policy", &judged.policy)];
            out.note(out.texts.with("evidence-judged-otherwise", &facts));
        }
    }
}

/// A folder as `antin read` writes it, or an evidence file. The revocation lists of the evidence join `trust`, and what a
/// believed station trusted.
///
/// # Errors
/// What is wrong with the folder or file; `U130` for a challenge or a station to a folder, in which no chip answered and
/// nobody signed; `M432` for evidence that the station did not sign.
pub fn load(path: &Path, args: &VerifyArgs, trust: &mut TrustStore, out: &Output) -> Result<Stored, Failure> {
    let challenge = args.challenge.as_deref().map(card::challenge).transpose()?;
    if path.is_dir() {
        return match (challenge, &args.station) {
            (None, None) => Ok(Stored {
                document: Document::from_files(store::read_dump(path)?),
                seen_at: None,
                judged: None,
            }),
            _ => Err(Failure::new(Id::U130).fact("file", path.display())),
        };
    }
    let evidence = Evidence::load(path).map_err(|error| match error {
        antin::Error::Evidence { .. } => Failure::from(error).said("form", "verify-form"),
        _ => error.into(),
    })?;
    let challenged = challenge.map_or(Witness::Nobody, Witness::Challenge);
    let witness = match &args.station {
        Some(station) => {
            let key = store::load_station(station)?;
            let sealed = match challenge {
                Some(chosen) => evidence.sealed_for(&key, chosen),
                None => evidence.sealed_by(&key),
            };
            sealed.ok_or_else(|| Failure::new(Id::M432).fact("file", path.display()))?
        }
        None => challenged,
    };
    if args.station.is_none() && evidence.station().is_some() {
        out.note(out.texts.text("evidence-station-unasked"));
    }
    let joined = evidence.trust_with(witness, trust).map_err(|problem| {
        Failure::new(Id::M403)
            .fact("file", path.display())
            .fact("detail", problem)
    })?;
    *trust = joined.into_owned();
    let is_vouched = matches!(witness, Witness::Station(_));
    Ok(Stored {
        document: evidence.document(witness),
        seen_at: is_vouched.then(|| evidence.saved()),
        judged: evidence.judged().filter(|_| is_vouched).cloned(),
    })
}
