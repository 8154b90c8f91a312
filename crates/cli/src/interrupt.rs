//! Ctrl-C and SIGTERM: asked for once, work stops at the next safe point; asked for twice, at once.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::{Exit, Failure, Id};

static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// The flag that long work looks at between two steps.
pub fn flag() -> Arc<AtomicBool> {
    Arc::clone(FLAG.get_or_init(|| Arc::new(AtomicBool::new(false))))
}

/// Starts to watch for the signals.
pub fn watch() {
    let flag = flag();
    // Without a handler the signal ends the process, which is safe too: every file is written atomically.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(Exit::Interrupted as u8));
        }
    });
}

/// An error once the user has asked to stop.
///
/// # Errors
/// `X130` after Ctrl-C or SIGTERM.
pub fn check() -> Result<(), Failure> {
    if flag().load(Ordering::SeqCst) {
        Err(Failure::new(Id::X130))
    } else {
        Ok(())
    }
}
