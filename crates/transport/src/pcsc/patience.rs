//! How long to wait for a card, whom to tell meanwhile, and when to give up early.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use antin_wire::LinkError;

/// Something to tell the user while the card has not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The card takes long, as chips do that slow down after wrong passwords. Told once per command.
    SlowChip {
        /// How long we have waited.
        waited: Duration,
    },
}

/// How long to wait for an answer. The default: 60 s, nobody told, no early end.
///
/// ```
/// use std::time::Duration;
/// use antin_transport::pcsc::Patience;
/// let patience = Patience::default()
///     .with_deadline(Duration::from_secs(20))
///     .on_notice(|notice| eprintln!("{notice:?}"));
/// assert_eq!(patience.deadline(), Duration::from_secs(20));
/// ```
#[derive(Clone)]
pub struct Patience {
    deadline: Duration,
    notice_after: Duration,
    for_return: Duration,
    on_notice: Option<Arc<dyn Fn(Notice) + Send + Sync>>,
    stop: Option<Arc<AtomicBool>>,
}

impl Patience {
    /// Gives up on a command after this long.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Tells `notice` when a command has taken 5 s, or as long as [`notice_after`](Self::notice_after) says.
    #[must_use]
    pub fn on_notice(mut self, notice: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        self.on_notice = Some(Arc::new(notice));
        self
    }

    /// Tells after this long instead of 5 s.
    #[must_use]
    pub fn notice_after(mut self, wait: Duration) -> Self {
        self.notice_after = wait;
        self
    }

    /// Ends every wait with [`LinkError::Interrupted`] within 100 ms after `stop` is set.
    #[must_use]
    pub fn stop_when(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = Some(stop);
        self
    }

    /// The longest wait for one command.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Waits so long for a card that left to be put back.
    #[must_use]
    pub fn with_return(mut self, wait: Duration) -> Self {
        self.for_return = wait;
        self
    }

    /// How long a card that left is waited for.
    #[must_use]
    pub fn for_return(&self) -> Duration {
        self.for_return
    }

    /// Refuses to go on once the user asked to stop.
    pub(crate) fn check_stop(&self) -> Result<(), LinkError> {
        match &self.stop {
            Some(stop) if stop.load(Ordering::Relaxed) => Err(LinkError::Interrupted),
            _ => Ok(()),
        }
    }

    /// Looks for an answer without falling asleep: a card in memory answers sooner than a thread wakes up, and a real
    /// one takes so long that this does not count.
    fn poll<T>(answers: &Receiver<T>, started: Instant) -> Option<T> {
        while started.elapsed() < EAGER {
            if let Ok(answer) = answers.try_recv() {
                return Some(answer);
            }
            thread::yield_now();
        }
        None
    }

    /// Waits for what a worker sends.
    pub(super) fn wait<T>(&self, answers: &Receiver<T>) -> Result<T, LinkError> {
        let started = Instant::now();
        if let Some(answer) = Self::poll(answers, started) {
            return Ok(answer);
        }
        let mut unheard = self.on_notice.as_ref();
        loop {
            let waited = started.elapsed();
            let left = self.deadline.saturating_sub(waited);
            if left.is_zero() {
                return Err(LinkError::TimedOut { after: self.deadline });
            }
            self.check_stop()?;
            if waited >= self.notice_after
                && let Some(notice) = unheard.take()
            {
                notice(Notice::SlowChip { waited });
            }
            match answers.recv_timeout(left.min(SLICE)) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(LinkError::CardLost),
            }
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            deadline: DEADLINE,
            notice_after: NOTICE_AFTER,
            for_return: FOR_RETURN,
            on_notice: None,
            stop: None,
        }
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience")
            .field("deadline", &self.deadline)
            .field("notice_after", &self.notice_after)
            .finish_non_exhaustive()
    }
}

/// Chips that slow down after wrong passwords take tens of seconds.
const DEADLINE: Duration = Duration::from_secs(60);
/// A hand that slipped has put the card back by then.
const FOR_RETURN: Duration = Duration::from_secs(5);
/// Longer than any honest command of a healthy chip.
const NOTICE_AFTER: Duration = Duration::from_secs(5);
/// A few times what a software card takes; a chip takes a hundred times as long.
const EAGER: Duration = Duration::from_micros(250);
/// How late the stop flag and the notice may be seen.
const SLICE: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use super::*;

    #[test]
    fn an_answer_in_time_is_handed_on() {
        let (sender, answers) = mpsc::channel();
        sender.send(7).unwrap();
        assert_eq!(Patience::default().wait(&answers), Ok(7));
    }

    #[test]
    fn a_silent_card_is_noticed_once_and_then_given_up() {
        let (_sender, answers) = mpsc::channel::<()>();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        let patience = Patience::default()
            .with_deadline(Duration::from_millis(350))
            .notice_after(Duration::from_millis(50))
            .on_notice(move |notice| ears.lock().unwrap().push(notice));
        let late = LinkError::TimedOut {
            after: Duration::from_millis(350),
        };
        assert_eq!(patience.wait(&answers), Err(late));
        assert_eq!(heard.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_stop_ends_the_wait_and_a_dead_worker_is_a_lost_card() {
        let (sender, answers) = mpsc::channel::<()>();
        let stop = Arc::new(AtomicBool::new(false));
        let patience = Patience::default().stop_when(Arc::clone(&stop));
        let waiting = std::thread::spawn(move || patience.wait(&answers));
        stop.store(true, Ordering::Relaxed);
        assert_eq!(waiting.join().unwrap(), Err(LinkError::Interrupted));
        drop(sender);

        let (sender, answers) = mpsc::channel::<()>();
        drop(sender);
        assert_eq!(Patience::default().wait(&answers), Err(LinkError::CardLost));
    }
}
