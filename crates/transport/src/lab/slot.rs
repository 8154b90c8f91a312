//! The names of virtual readers, and how child processes learn of them.

use std::{env, path::Path};

/// A virtual reader of the lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its name for PC/SC.
    pub reader: String,
    /// The port at which it waits for a card, on this machine.
    pub port: u16,
}

impl Slot {
    /// Where a card connects.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

/// The readers of the lab in whose environment this process runs; `None` outside.
#[must_use]
pub fn surrounding() -> Option<Vec<Slot>> {
    parse(&env::var(VARIABLE).ok()?)
}

/// Names the two readers behind each driver, as the service does: what we call the driver, and two numbers, of which
/// the last is the slot.
pub(super) fn name_readers(bases: Vec<u16>) -> Vec<Slot> {
    let pair = |(driver, base): (usize, u16)| {
        (0..2_u16).map(move |slot| Slot {
            reader: format!("{} 00 {slot:02}", friendly_name(driver)),
            port: base.saturating_add(slot),
        })
    };
    bases.into_iter().enumerate().flat_map(pair).collect()
}

/// The entry of the reader configuration for driver number `index`, which listens at `port` and the next one.
pub(super) fn configuration(index: usize, port: u16, driver: &Path) -> String {
    let name = friendly_name(index);
    let driver = driver.display();
    format!("FRIENDLYNAME \"{name}\"\nDEVICENAME /dev/null:{port}\nLIBPATH {driver}\nCHANNELID {port}\n\n")
}

/// Two drivers of one name would have readers of one name.
fn friendly_name(driver: usize) -> String {
    format!("antin lab {}", driver.saturating_add(1))
}

/// One line for each reader: port, blank, name.
pub(super) fn emit(slots: &[Slot]) -> String {
    let lines: Vec<_> = slots
        .iter()
        .map(|slot| format!("{} {}", slot.port, slot.reader))
        .collect();
    lines.join("\n")
}

fn parse(text: &str) -> Option<Vec<Slot>> {
    let slot = |line: &str| {
        let (port, reader) = line.split_once(' ')?;
        Some(Slot {
            reader: reader.to_owned(),
            port: port.parse().ok()?,
        })
    };
    text.lines().map(slot).collect()
}

/// Where [`surrounding`] looks.
pub(super) const VARIABLE: &str = "ANTIN_LAB";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_named_in_pairs_and_survive_the_environment() {
        let slots = name_readers(vec![40_000, 50_000]);
        assert_eq!(slots.len(), 4);
        assert_eq!(
            slots[3],
            Slot {
                reader: "antin lab 2 00 01".to_owned(),
                port: 50_001
            }
        );
        assert_eq!(slots[0].address(), "127.0.0.1:40000");
        assert_eq!(parse(&emit(&slots)), Some(slots));
        assert_eq!(parse("no port"), None);
        assert_eq!(parse("70000 too large"), None);
    }
}
