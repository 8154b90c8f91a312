//! How much of a kind an evidence file holds. What is kept stays within these limits; what is read must.

use std::path::Path;

use antin_trust::{ActiveAnswer, Check, MAX_PAGE_BYTES, Page};

use super::{Evidence, wrong};
use crate::error::Error;

/// A reader asks twice at most: by the challenge that it was given, and by its own.
const MAX_ANSWERS: usize = 4;
/// No report has more rows of a session.
const MAX_ROWS: usize = 256;

/// One answer to each challenge.
pub(super) fn answers(given: &[ActiveAnswer]) -> Vec<ActiveAnswer> {
    let mut kept: Vec<ActiveAnswer> = Vec::new();
    for answer in given {
        let known = kept.iter().any(|known| known.challenge == answer.challenge);
        if !known && kept.len() < MAX_ANSWERS {
            kept.push(answer.clone());
        }
    }
    kept
}

/// The rows without their times: how long a check took is no evidence, and a number without an exact form.
pub(super) fn rows(checks: &[Check]) -> Vec<Check> {
    let untimed = |check: &Check| Check {
        ms: None,
        ..check.clone()
    };
    checks.iter().take(MAX_ROWS).map(untimed).collect()
}

/// The printed texts; one that is longer than any page is none.
pub(super) fn page(page: &Page) -> Page {
    let fits = |text: &String| text.len() <= MAX_PAGE_BYTES;
    Page {
        mrz: page.mrz.clone().filter(fits),
        qr: page.qr.clone().filter(fits),
    }
}

/// Whether the evidence is within the limits.
pub(super) fn check(evidence: &Evidence, path: &Path) -> Result<(), Error> {
    if answers(&evidence.answers).len() != evidence.answers.len() {
        let problem = format!("more than {MAX_ANSWERS} challenges, or one twice");
        return Err(wrong(path, problem));
    }
    if evidence.checks.len().max(evidence.chip_proofs.len()) > MAX_ROWS {
        return Err(wrong(path, format!("more than {MAX_ROWS} rows")));
    }
    if page(&evidence.page) != evidence.page {
        let problem = format!("a printed text of more than {MAX_PAGE_BYTES} bytes");
        return Err(wrong(path, problem));
    }
    Ok(())
}
