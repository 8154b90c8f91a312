//! Writes down what goes over the wire.

use antin_wire::{
    LinkError, Transport,
    apdu::{Command, Response},
    ins,
};

/// Whether a trace shows what commands and answers carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// Header, lengths and status words only.
    Hidden,
    /// Every byte, personal data and secrets included.
    Shown,
}

/// Writes one line for every command and one for every answer.
///
/// ```
/// use antin_transport::{Bodies, Tracer};
/// use antin_wire::{Loopback, Transport};
/// let mut lines = Vec::new();
/// let card = Loopback::new(|_: &[u8]| vec![0xAA, 0x90, 0x00]);
/// Tracer::new(card, Bodies::Hidden, |line: &str| lines.push(line.to_owned())).transmit(&[0x00, 0xB0, 0x9E, 0x00, 0x00])?;
/// assert_eq!(lines, ["> 00 B0 9E 00 Le 256 (READ BINARY)", "< 9000 (success), 1 bytes"]);
/// # Ok::<(), antin_wire::LinkError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tracer<T, F> {
    inner: T,
    bodies: Bodies,
    write: F,
}

impl<T, F: FnMut(&str)> Tracer<T, F> {
    /// Hands each line to `write`.
    pub const fn new(inner: T, bodies: Bodies, write: F) -> Self {
        Self { inner, bodies, write }
    }

    /// The transport below.
    pub const fn inner_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Takes the layer off.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: Transport, F: FnMut(&str)> Transport for Tracer<T, F> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        (self.write)(&describe_command(command, self.bodies));
        let answer = self.inner.transmit(command);
        match &answer {
            Ok(bytes) => (self.write)(&describe_answer(bytes, self.bodies)),
            Err(error) => (self.write)(&format!("! {error}")),
        }
        answer
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        self.inner.reconnect()
    }
}

fn describe_command(bytes: &[u8], bodies: Bodies) -> String {
    let line = match Command::parse(bytes) {
        Ok(command) => match ins::name(command.ins()) {
            Some(name) => format!("> {command:?} ({name})"),
            None => format!("> {command:?}"),
        },
        Err(fault) => format!("> {} bytes, no command: {fault}", bytes.len()),
    };
    with_body(line, bytes, bodies)
}

fn describe_answer(bytes: &[u8], bodies: Bodies) -> String {
    let line = match Response::parse(bytes) {
        Ok(response) => format!("< {}, {} bytes", response.sw, response.data.len()),
        Err(fault) => format!("< {} bytes, no answer: {fault}", bytes.len()),
    };
    with_body(line, bytes, bodies)
}

fn with_body(line: String, bytes: &[u8], bodies: Bodies) -> String {
    match bodies {
        Bodies::Hidden => line,
        Bodies::Shown => format!("{line}: {}", hex::encode_upper(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use antin_wire::Loopback;

    use super::*;

    const VERIFY: &[u8] = &[0x00, 0x20, 0x00, 0x02, 0x03, 0x31, 0x32, 0x33];

    fn trace(bodies: Bodies, command: &[u8], answer: &'static [u8]) -> Vec<String> {
        let mut lines = Vec::new();
        let card = Loopback::new(|_: &[u8]| answer.to_vec());
        let mut card = Tracer::new(card, bodies, |line: &str| lines.push(line.to_owned()));
        let _answered = card.transmit(command).is_ok();
        lines
    }

    #[test]
    fn bodies_stay_hidden_unless_asked_for() {
        let hidden = trace(Bodies::Hidden, VERIFY, &[0xCA, 0xFE, 0x63, 0xC2]);
        assert_eq!(
            hidden,
            [
                "> 00 20 00 02 Lc 3 (VERIFY)",
                "< 63C2 (verification failed, tries counted), 2 bytes"
            ]
        );
        let shown = trace(Bodies::Shown, VERIFY, &[0xCA, 0xFE, 0x63, 0xC2]);
        assert!(shown[0].ends_with(": 0020000203313233"));
        assert!(shown[1].ends_with(": CAFE63C2"));
    }

    #[test]
    fn what_is_no_command_and_a_lost_card_are_told_without_their_bytes() {
        let lines = trace(Bodies::Hidden, &[0x00, 0x20, 0x31], &[]);
        assert_eq!(
            lines,
            [
                "> 3 bytes, no command: command header: truncated at byte 0",
                "! card lost"
            ]
        );
    }
}
