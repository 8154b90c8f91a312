//! Who may read which file, when.

use antin_profile::{FileRule, ReadRule, Right};
use antin_protocol::personalization::iso7816_9::{LifeCycle, ReadCondition};
use antin_wire::apdu::StatusWord;

use crate::commands::jmrtd;
use crate::session::{Access, Session};
use crate::state::{CardState, Directory};

/// The access rule on the card that the rule of the profile for a file becomes.
pub(crate) fn read_condition(rule: &FileRule) -> ReadCondition {
    match (rule.read, rule.right) {
        (ReadRule::Always, _) => ReadCondition::Always,
        (ReadRule::AccessControl, _) => ReadCondition::AccessControl,
        (ReadRule::Pace, _) => ReadCondition::Pace,
        (ReadRule::ExtendedAccess, Some(Right::Dg3)) => ReadCondition::RightToDg3,
        (ReadRule::ExtendedAccess, Some(Right::Dg4)) => ReadCondition::RightToDg4,
        (ReadRule::ExtendedAccess, None) => ReadCondition::ExtendedAccess,
    }
}

/// Decides whether the terminal may read a file with this rule now.
pub(crate) fn may_read(state: &CardState, session: &Session, rule: ReadCondition) -> Result<(), StatusWord> {
    let allowed = match (state.life_cycle(), rule) {
        (LifeCycle::Creation, ReadCondition::Always) if jmrtd::speaks(state) => true,
        (LifeCycle::Creation, ReadCondition::AccessControl) if jmrtd::speaks(state) => session.is_open(),
        (LifeCycle::Creation, _) if jmrtd::speaks(state) => false,
        (LifeCycle::Creation, _) => state.is_development_blank() || session.is_personalizing(),
        (LifeCycle::Operational, ReadCondition::Always) => true,
        (LifeCycle::Operational, ReadCondition::AccessControl) => session.is_readable(),
        (LifeCycle::Operational, ReadCondition::Pace) => session.is_opened_by_pace(),
        (LifeCycle::Operational, ReadCondition::RightToDg3) => session.has_right(Right::Dg3),
        (LifeCycle::Operational, ReadCondition::RightToDg4) => session.has_right(Right::Dg4),
        (LifeCycle::Operational, ReadCondition::ExtendedAccess) => false,
    };
    if allowed {
        Ok(())
    } else {
        Err(StatusWord::SECURITY_NOT_SATISFIED)
    }
}

/// The answer for a file that is not there: a terminal that has not opened the card does not learn that.
pub(crate) fn absent(state: &CardState, session: &Session) -> StatusWord {
    let guarded = state.life_cycle() == LifeCycle::Operational
        && session.directory == Directory::Application
        && is_guarded(state);
    match session.access {
        Access::Open(_) => StatusWord::FILE_NOT_FOUND,
        Access::Plain | Access::Bac(_) | Access::Pace(_) if guarded => StatusWord::SECURITY_NOT_SATISFIED,
        Access::Plain | Access::Bac(_) | Access::Pace(_) => StatusWord::FILE_NOT_FOUND,
    }
}

/// Says whether the card has any access control at all.
pub(crate) fn is_guarded(state: &CardState) -> bool {
    let access = &state.profile().access;
    access.bac || !access.pace.is_empty()
}
