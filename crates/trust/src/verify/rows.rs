//! The rows while they are collected, and how much the policy needs each of them.

use crate::checks::{Check, CheckId, CheckResult, Reason};
use crate::policy::{Need, Policy};
use crate::session::SessionFacts;

/// Whether the policy has a say in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    ByPolicy,
    /// The rules themselves say that the row is not needed: DG3 without rights, a file that nothing lists.
    Waived,
}

/// Rows in the making.
pub(super) struct Rows {
    rows: Vec<(Check, Weight)>,
}

/// A whole card has about forty rows.
const USUAL_ROWS: usize = 64;

impl Rows {
    pub(super) fn new() -> Self {
        Self {
            rows: Vec::with_capacity(USUAL_ROWS),
        }
    }

    pub(super) fn push(&mut self, check: Check) {
        self.rows.push((check, Weight::ByPolicy));
    }

    pub(super) fn extend(&mut self, checks: impl IntoIterator<Item = Check>) {
        checks.into_iter().for_each(|check| self.push(check));
    }

    pub(super) fn push_waived(&mut self, check: Check) {
        self.rows.push((check, Weight::Waived));
    }

    /// The results of the rows with that id.
    pub(super) fn of(&self, id: CheckId) -> impl Iterator<Item = &Check> {
        self.rows
            .iter()
            .map(|(check, _)| check)
            .filter(move |check| check.id == id)
    }

    /// Another proof of the chip that was successful.
    pub(super) fn has_proof_beside(&self, id: CheckId) -> Option<CheckId> {
        self.rows
            .iter()
            .map(|(check, _)| check)
            .find(|check| {
                check.id != id && check.id.is_chip_proof() && check.result == CheckResult::Successful
            })
            .map(|check| check.id)
    }

    /// Replaces each row with that id by what `change` makes of it.
    pub(super) fn amend(&mut self, id: CheckId, mut change: impl FnMut(Check) -> Check) {
        for (check, _) in self.rows.iter_mut().filter(|(check, _)| check.id == id) {
            *check = change(check.clone());
        }
    }

    pub(super) fn has(&self, id: CheckId, subject: Option<&str>) -> bool {
        self.of(id).any(|check| check.subject.as_deref() == subject)
    }

    /// Every check has a row: what nobody did is not passed, it is `not-performed`.
    pub(super) fn complete(&mut self, session: &SessionFacts) {
        for id in CheckId::ALL {
            if self.of(id).next().is_some() {
                continue;
            }
            let check = Check::undetermined(id, Reason::NotPerformed);
            let of_session = matches!(id, CheckId::Access | CheckId::SecureMessaging);
            if of_session && session.is_live() {
                self.push(check)
            } else {
                self.push_waived(check)
            }
        }
    }

    /// The rows in the order of the list of checks, each with its weight under the policy.
    pub(super) fn weigh(mut self, policy: &Policy) -> Vec<Check> {
        self.rows.sort_by_key(|(check, _)| check.id);
        self.rows
            .into_iter()
            .map(|(check, weight)| weigh(check, weight, policy))
            .collect()
    }
}

fn weigh(check: Check, weight: Weight, policy: &Policy) -> Check {
    let needed = match (weight, policy.need(check.id)) {
        (Weight::Waived, _) | (_, Need::Noted) => false,
        (Weight::ByPolicy, Need::Needed) => true,
        (Weight::ByPolicy, Need::MustNotFail) => check.result == CheckResult::Failed,
    };
    Check { needed, ..check }
}
