//! Documents without a card: a folder of files, or evidence.

use std::path::Path;

use antin::store::{self, Evidence, Witness};
use antin::{Document, TrustStore, UnixTime};

use super::card;
use crate::args::VerifyArgs;
use crate::failure::{Failure, Id};
use crate::output::Output;

/// A folder as `antin read` writes it, or an evidence file; and when it was seen, if somebody who is believed says so. The
/// authorities that a believed station trusted join `trust`.
///
/// # Errors
/// What is wrong with the folder or file; `U130` for a challenge or a station to a folder, in which no chip answered and
/// nobody signed; `M432` for evidence that the station did not sign.
pub fn load(
    path: &Path,
    args: &VerifyArgs,
    trust: &mut TrustStore,
    out: &Output,
) -> Result<(Document, Option<UnixTime>), Failure> {
    let challenge = args.challenge.as_deref().map(card::challenge).transpose()?;
    if path.is_dir() {
        return match (challenge, &args.station) {
            (None, None) => Ok((Document::from_files(store::read_dump(path)?), None)),
            _ => Err(Failure::new(Id::U130).fact("file", path.display())),
        };
    }
    let evidence = Evidence::load(path)?;
    let challenged = challenge.map_or(Witness::Nobody, Witness::Challenge);
    let Some(station) = &args.station else {
        if evidence.station().is_some() {
            out.note(out.texts.text("evidence-station-unasked"));
        }
        return Ok((evidence.document(challenged), None));
    };
    let key = store::load_station(station)?;
    let sealed = match challenge {
        Some(chosen) => evidence.sealed_for(&key, chosen),
        None => evidence.sealed_by(&key),
    };
    let witness = sealed.ok_or_else(|| Failure::new(Id::M432).fact("file", path.display()))?;
    evidence.trust().join(trust).map_err(|problem| {
        Failure::new(Id::M403)
            .fact("file", path.display())
            .fact("detail", problem)
    })?;
    Ok((evidence.document(witness), Some(evidence.saved())))
}
