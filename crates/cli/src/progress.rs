//! What happens while a card is read: events for the JSON stream, a bar and notices for people.

use antin::Event;
use antin::reader::event::Notice;
use indicatif::ProgressBar;

use crate::output::{Format, Output};

/// Hears the reader's events. It owns what it needs, because the reader keeps it.
pub struct Listener {
    format: Format,
    bar: ProgressBar,
    downgrade: String,
    lost: String,
    resumed: String,
    quiet: bool,
}

impl Listener {
    /// A listener that speaks as `out` does.
    pub fn new(out: &Output) -> Self {
        Self {
            format: out.format(),
            bar: out.progress(0),
            downgrade: out.texts.text("notice-downgrade"),
            lost: out.texts.text("notice-session-lost"),
            resumed: out.texts.text("notice-resumed"),
            quiet: out.is_quiet(),
        }
    }

    /// Tells one event.
    pub fn hear(&mut self, event: &Event) {
        if self.format == Format::JsonLines {
            crate::output::json_line(event);
        }
        match event {
            Event::File { name, done, total } => {
                self.bar.set_length(*total as u64);
                self.bar.set_message(name.clone());
                self.bar.set_position(*done as u64);
            }
            Event::Notice { code } if !self.quiet => {
                let text = match code {
                    Notice::Downgrade => &self.downgrade,
                    Notice::SessionLost => &self.lost,
                    Notice::Resumed => &self.resumed,
                    _ => return,
                };
                self.bar.suspend(|| crate::output::advice(text));
            }
            _ => {}
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
