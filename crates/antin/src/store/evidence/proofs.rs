//! What the proofs in an evidence file are worth to whoever reads it.

use antin_reader::genuine::answered;
use antin_trust::{ActiveAnswer, Check, CheckId, CheckResult, Reason, SessionFacts};

use super::{Evidence, Witness};

/// What happened in the session, as far as the witness makes it good.
pub(super) fn session(evidence: &Evidence, witness: Witness) -> SessionFacts {
    if let Witness::Station(_) = witness {
        return SessionFacts {
            access: evidence.access.clone(),
            checks: evidence.checks.clone(),
            chip_proofs: seen(evidence),
            active_answers: evidence.answers.clone(),
            page: evidence.page.clone(),
            apdus: evidence.apdus,
            ..SessionFacts::default()
        };
    }
    // What is printed was seen by nobody who is believed: whoever has the document before him reads it himself.
    SessionFacts {
        chip_proofs: proofs(evidence, witness),
        ..SessionFacts::offline()
    }
}

/// Whether the chip's answer to the challenge is there and right.
pub(super) fn answers(evidence: &Evidence, challenge: [u8; 8]) -> bool {
    let mut kept = evidence.answers.iter().filter(|kept| kept.challenge == challenge);
    kept.any(|kept| answered(&evidence.files, kept).result == CheckResult::Successful)
}

/// What a believed station saw; the answers of Active Authentication must fit all the same, whatever rows it wrote.
fn seen(evidence: &Evidence) -> Vec<Check> {
    let wrong = wrong_answer(evidence);
    let seen = evidence
        .chip_proofs
        .iter()
        .filter(|check| wrong.is_none() || check.id != CheckId::ActiveAuthentication)
        .map(|check| {
            check
                .clone()
                .remark("as the station that signed the evidence saw it")
        });
    seen.chain(wrong.clone()).collect()
}

/// The row on an answer that is wrong, else on one that cannot be judged.
fn wrong_answer(evidence: &Evidence) -> Option<Check> {
    let rows = evidence
        .answers
        .iter()
        .map(|kept| answered(&evidence.files, kept))
        .filter(|row| row.result != CheckResult::Successful);
    rows.min_by_key(|row| row.result != CheckResult::Failed)
}

fn proofs(evidence: &Evidence, witness: Witness) -> Vec<Check> {
    let active = active(evidence, witness);
    let told = evidence
        .chip_proofs
        .iter()
        .filter(|check| check.id.is_chip_proof())
        .filter(|check| active.is_none() || check.id != CheckId::ActiveAuthentication)
        .filter_map(told);
    told.chain(active.clone()).collect()
}

/// Active Authentication, computed anew; `None` if the evidence holds no answer.
fn active(evidence: &Evidence, witness: Witness) -> Option<Check> {
    let unasked =
        |remark| Check::undetermined(CheckId::ActiveAuthentication, Reason::NotPerformed).remark(remark);
    let judge = |kept: &ActiveAnswer| answered(&evidence.files, kept);
    // A wrong answer proves a copy, whoever chose the challenge.
    if let Some(row) = wrong_answer(evidence) {
        return Some(row);
    }
    let any = evidence.answers.first()?;
    Some(match witness {
        Witness::Nobody | Witness::Station(_) => unasked(NOBODY),
        Witness::Challenge(chosen) => match evidence.answers.iter().find(|kept| kept.challenge == chosen) {
            Some(kept) => judge(kept).remark("the answer in the evidence, verified again"),
            None => unasked(ANOTHER).evidence(format!("challenge {}", hex::encode_upper(any.challenge))),
        },
    })
}

/// A proof that cannot be computed anew: a failure is taken over, a success is only told.
fn told(check: &Check) -> Option<Check> {
    match check.result {
        CheckResult::Failed => Some(check.clone().remark("as the evidence says")),
        CheckResult::Successful => Some(Check::undetermined(check.id, Reason::NotPerformed).remark(DENIABLE)),
        CheckResult::Undetermined | CheckResult::NotSupported | CheckResult::Aborted => None,
    }
}

const NOBODY: &str = "the answer in the evidence is right, but nobody vouches that its challenge was fresh";
const ANOTHER: &str = "the evidence answers another challenge";
const DENIABLE: &str = "the evidence says successful, which only those who were there can know: the protocol leaves no proof \
     behind, so that it counts only in evidence that a believed station signed";
