//! How old trust may become.

use crate::time::{DAY, UnixTime};

/// When a set of trust facts was put together, and when it is too old. A counter without a network goes on for a while;
/// after that a revocation may have passed it by, and nothing that rests on these facts is successful any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// The serial number of the set: it only grows.
    pub serial: u64,
    /// When the set was put together.
    pub created: UnixTime,
    /// From here on it should have been refreshed: what rests on it is undetermined.
    pub soft_refresh: UnixTime,
    /// From here on it is refused: nothing in it counts.
    pub hard_expiry: UnixTime,
}

/// What a moment means for a set of trust facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Refreshed less than a day ago.
    Fresh,
    /// Older than a day: said, no more.
    Aging {
        /// Whole days since it was put together.
        days: i64,
    },
    /// After the soft limit.
    Stale,
    /// After the hard limit.
    Expired,
    /// Put together after the moment: one of the two clocks is wrong.
    Future,
}

impl Freshness {
    /// Whether the three moments follow each other.
    #[must_use]
    pub const fn is_ordered(&self) -> bool {
        self.created.0 <= self.soft_refresh.0 && self.soft_refresh.0 <= self.hard_expiry.0
    }

    /// What the moment means for these facts. A clock that runs up to an hour behind is forgiven.
    #[must_use]
    pub const fn age(&self, at: UnixTime) -> Age {
        const FORGIVEN: i64 = 3600;
        let seconds = at.0.saturating_sub(self.created.0);
        if at.0 >= self.hard_expiry.0 {
            Age::Expired
        } else if at.0 >= self.soft_refresh.0 {
            Age::Stale
        } else if seconds < -FORGIVEN {
            Age::Future
        } else if seconds < DAY {
            Age::Fresh
        } else {
            Age::Aging { days: seconds / DAY }
        }
    }
}
