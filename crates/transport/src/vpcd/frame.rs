//! The frames between a virtual reader and its card, without any input or output.
//!
//! ```text
//! frame     length(2, big-endian) payload(length)
//! payload   00  power off    01  power on    02  reset      not answered
//!           04  ATR wanted                                  answered with the ATR
//!           two bytes or more: a command APDU               answered with the response APDU
//! ```

use antin_wire::{Malformed, MalformedKind};

/// What a reader says to its card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Power goes off; no answer.
    PowerOff,
    /// Power goes on; no answer.
    PowerOn,
    /// Reset: all session state is lost; no answer.
    Reset,
    /// The answer to reset is wanted; also the regular look whether the card is there.
    AtrWanted,
    /// A command APDU, two bytes or more.
    Command(Vec<u8>),
}

/// Cuts a stream into messages, however it arrives: a byte at a time, or many messages at once.
///
/// ```
/// use antin_transport::vpcd::frame::{Decoder, Message};
/// let mut decoder = Decoder::default();
/// decoder.push(&[0x00, 0x01, 0x04, 0x00]);
/// assert_eq!(decoder.next_message()?, Some(Message::AtrWanted));
/// assert_eq!(decoder.next_message()?, None);
/// # Ok::<(), antin_wire::Malformed>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    /// Received and not yet taken: `bytes[taken..]`.
    bytes: Vec<u8>,
    taken: usize,
}

impl Decoder {
    /// Adds what was received.
    pub fn push(&mut self, received: &[u8]) {
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(received);
    }

    /// Takes the next whole message; `None` when more must be received first.
    ///
    /// # Errors
    /// [`Malformed`] for an empty frame and for an unknown control byte. The stream cannot be trusted after that.
    pub fn next_message(&mut self) -> Result<Option<Message>, Malformed> {
        self.next_frame()?.map(|payload| read(&payload)).transpose()
    }

    /// Takes the payload of the next whole frame, as a reader does with what its card answers.
    ///
    /// # Errors
    /// [`Malformed`] for an empty frame.
    pub fn next_frame(&mut self) -> Result<Option<Vec<u8>>, Malformed> {
        let waiting = self.bytes.get(self.taken..).unwrap_or_default();
        let Some((length, rest)) = waiting.split_first_chunk::<LENGTH_LEN>() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some(payload) = rest.get(..length) else {
            return Ok(None);
        };
        if payload.is_empty() {
            return Err(Malformed::new("frame length", 0, MalformedKind::BadLength));
        }
        let payload = payload.to_vec();
        self.taken = self.taken.saturating_add(LENGTH_LEN).saturating_add(length);
        Ok(Some(payload))
    }
}

/// What a reader says in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Power goes off; no answer.
    PowerOff,
    /// Power goes on; no answer.
    PowerOn,
    /// All session state is lost; no answer.
    Reset,
    /// The answer to reset is wanted.
    AtrWanted,
}

impl Control {
    /// The byte on the wire.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::PowerOff => 0x00,
            Self::PowerOn => 0x01,
            Self::Reset => 0x02,
            Self::AtrWanted => 0x04,
        }
    }
}

fn read(payload: &[u8]) -> Result<Message, Malformed> {
    match payload {
        [] => Err(Malformed::new("frame length", 0, MalformedKind::BadLength)),
        [0x00] => Ok(Message::PowerOff),
        [0x01] => Ok(Message::PowerOn),
        [0x02] => Ok(Message::Reset),
        [0x04] => Ok(Message::AtrWanted),
        [_] => Err(Malformed::new(
            "control byte",
            LENGTH_LEN,
            MalformedKind::BadValue,
        )),
        command => Ok(Message::Command(command.to_vec())),
    }
}

/// Writes an answer as one frame, to be sent in one piece.
///
/// # Errors
/// [`MalformedKind::BadLength`] for an empty answer, which would hang the reader; [`MalformedKind::TooLong`] for
/// more than 65,535 bytes.
pub fn encode(answer: &[u8]) -> Result<Vec<u8>, Malformed> {
    if answer.is_empty() {
        return Err(Malformed::new("answer", 0, MalformedKind::BadLength));
    }
    let length =
        u16::try_from(answer.len()).map_err(|_| Malformed::new("answer", 0, MalformedKind::TooLong))?;
    Ok([&length.to_be_bytes(), answer].concat())
}

/// Length of the length field.
const LENGTH_LEN: usize = 2;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode_all(decoder: &mut Decoder) -> Result<Vec<Message>, Malformed> {
        std::iter::from_fn(|| decoder.next_message().transpose()).collect()
    }

    #[test]
    fn two_commands_in_one_segment_are_two_messages() {
        let mut decoder = Decoder::default();
        decoder.push(&[0, 4, 0, 0xA4, 4, 0x0C, 0, 5, 0, 0xB0, 0, 0, 8]);
        let commands = [vec![0, 0xA4, 4, 0x0C], vec![0, 0xB0, 0, 0, 8]].map(Message::Command);
        assert_eq!(decode_all(&mut decoder), Ok(commands.to_vec()));
    }

    #[test]
    fn each_control_byte_has_its_meaning_and_others_are_refused() {
        for control in 0..=u8::MAX {
            let mut decoder = Decoder::default();
            decoder.push(&[0, 1, control]);
            let expected = match control {
                0 => Ok(Some(Message::PowerOff)),
                1 => Ok(Some(Message::PowerOn)),
                2 => Ok(Some(Message::Reset)),
                4 => Ok(Some(Message::AtrWanted)),
                _ => Err(Malformed::new("control byte", 2, MalformedKind::BadValue)),
            };
            assert_eq!(decoder.next_message(), expected);
        }
    }

    #[test]
    fn an_empty_frame_is_refused_on_the_way_in_and_out() {
        let mut decoder = Decoder::default();
        decoder.push(&[0, 0, 0, 1, 4]);
        assert_eq!(decoder.next_message().unwrap_err().kind, MalformedKind::BadLength);
        assert_eq!(encode(&[]).unwrap_err().kind, MalformedKind::BadLength);
    }

    #[test]
    fn the_longest_frame_passes_and_a_longer_answer_is_refused() {
        let longest = vec![0x5A; 65_535];
        let frame = encode(&longest).unwrap();
        let mut decoder = Decoder::default();
        decoder.push(&frame);
        assert_eq!(decoder.next_message(), Ok(Some(Message::Command(longest))));
        assert_eq!(encode(&vec![0; 65_536]).unwrap_err().kind, MalformedKind::TooLong);
    }

    #[test]
    fn a_frame_cut_anywhere_waits_for_its_rest() {
        let frame = encode(&[0, 0xA4, 4, 0x0C]).unwrap();
        for cut in 0..frame.len() {
            let mut decoder = Decoder::default();
            decoder.push(&frame[..cut]);
            assert_eq!(decoder.next_message(), Ok(None), "{cut} bytes");
            decoder.push(&frame[cut..]);
            assert_eq!(
                decoder.next_message(),
                Ok(Some(Message::Command(vec![0, 0xA4, 4, 0x0C])))
            );
        }
    }

    proptest! {
        #[test]
        fn segments_do_not_matter(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 2..40), 0..12),
            sizes in prop::collection::vec(1_usize..30, 1..20),
        ) {
            let stream: Vec<u8> = payloads.iter().flat_map(|payload| encode(payload).unwrap()).collect();
            let mut decoder = Decoder::default();
            let mut found = Vec::new();
            let mut rest = &stream[..];
            for size in sizes.iter().cycle() {
                let (segment, later) = rest.split_at((*size).min(rest.len()));
                decoder.push(segment);
                found.extend(decode_all(&mut decoder).unwrap());
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
            let sent: Vec<_> = payloads.into_iter().map(Message::Command).collect();
            prop_assert_eq!(found, sent);
        }

        #[test]
        fn arbitrary_bytes_never_panic(segments in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..20)) {
            let mut decoder = Decoder::default();
            for segment in segments {
                decoder.push(&segment);
                if decode_all(&mut decoder).is_err() {
                    break;
                }
            }
        }
    }
}
