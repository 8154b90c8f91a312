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
    SessionFacts {
        chip_proofs: proofs(evidence, witness),
        page: evidence.page.clone(),
        ..SessionFacts::offline()
    }
}

/// What a believed station saw; the answers of Active Authentication must fit all the same.
fn seen(evidence: &Evidence) -> Vec<Check> {
    let wrong = wrong_answer(evidence);
    let seen = evidence.chip_proofs.iter().map(|check| match &wrong {
        Some(wrong) if check.id == CheckId::ActiveAuthentication => wrong.clone(),
        _ => check
            .clone()
            .remark("as the station that signed the evidence saw it"),
    });
    seen.collect()
}

fn wrong_answer(evidence: &Evidence) -> Option<Check> {
    let rows = evidence
        .answers
        .iter()
        .map(|kept| answered(&evidence.files, kept));
    rows.into_iter().find(|row| row.result != CheckResult::Successful)
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
const DENIABLE: &str = "the evidence says successful, which only those who were there can know";
