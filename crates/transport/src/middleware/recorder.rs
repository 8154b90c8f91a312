//! Conversations kept and played again.

use antin_wire::{LinkError, Transport};
use serde::{Deserialize, Serialize};

/// Everything that was said, in order. It holds personal data and, before a session is secured, secrets: keep it
/// as carefully as the card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// Command and answer, in order.
    pub exchanges: Vec<Exchange>,
}

/// One command and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The command APDU; hex in text formats.
    #[serde(with = "hex::serde")]
    pub command: Vec<u8>,
    /// The response APDU; `None` when the link broke.
    #[serde(default, with = "optional_hex")]
    pub answer: Option<Vec<u8>>,
}

/// Keeps the conversation with the card below.
#[derive(Clone, Debug)]
pub struct Recorder<T> {
    inner: T,
    conversation: Conversation,
}

impl<T> Recorder<T> {
    /// Starts with an empty conversation.
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            conversation: Conversation::default(),
        }
    }

    /// What was said so far.
    pub const fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// The transport below.
    pub const fn inner_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Takes the layer off and hands out what was said.
    pub fn into_parts(self) -> (T, Conversation) {
        (self.inner, self.conversation)
    }
}

impl<T: Transport> Transport for Recorder<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let answer = self.inner.transmit(command);
        let exchange = Exchange {
            command: command.to_vec(),
            answer: answer.as_ref().ok().cloned(),
        };
        self.conversation.exchanges.push(exchange);
        answer
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        self.inner.reconnect()
    }
}

/// Answers as the card did in a recorded conversation, as long as it is asked the same.
#[derive(Clone, Debug)]
pub struct Replay {
    exchanges: std::vec::IntoIter<Exchange>,
    fault: Option<LinkError>,
}

impl Replay {
    /// Starts at the beginning of the conversation.
    #[must_use]
    pub fn new(conversation: Conversation) -> Self {
        Self {
            exchanges: conversation.exchanges.into_iter(),
            fault: None,
        }
    }

    /// Tells whether everything was asked that was asked then, and nothing else.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.exchanges.len() == 0 && self.fault.is_none()
    }

    fn fail(&mut self, fault: LinkError) -> LinkError {
        self.fault = Some(fault.clone());
        fault
    }
}

/// A command that differs from the recorded one, or comes after the last, is a [`LinkError::Protocol`], and so is
/// every later one.
impl Transport for Replay {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        match self.exchanges.next() {
            None => Err(self.fail(LinkError::Protocol {
                what: "the recording is at its end",
            })),
            Some(exchange) if exchange.command != command => Err(self.fail(LinkError::Protocol {
                what: "the command differs from the recorded one",
            })),
            Some(Exchange {
                answer: Some(answer), ..
            }) => Ok(answer),
            Some(Exchange { answer: None, .. }) => Err(LinkError::CardLost),
        }
    }
}

/// Hex, or nothing.
mod optional_hex {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        bytes.as_ref().map(hex::encode).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(hex::decode).transpose().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use antin_wire::Loopback;

    use super::*;

    const SELECT: &[u8] = &[0x00, 0xA4, 0x00, 0x0C];
    const READ: &[u8] = &[0x00, 0xB0, 0x00, 0x00, 0x00];

    fn recorded() -> Conversation {
        let mut answers = [vec![0x90, 0x00], vec![]].into_iter();
        let mut card = Recorder::new(Loopback::new(move |_: &[u8]| answers.next().unwrap()));
        assert!(card.transmit(SELECT).is_ok());
        assert!(card.transmit(READ).is_err());
        card.into_parts().1
    }

    #[test]
    fn a_conversation_survives_text_and_is_played_again() {
        let text = serde_json::to_string(&recorded()).unwrap();
        assert_eq!(
            text,
            r#"{"exchanges":[{"command":"00a4000c","answer":"9000"},{"command":"00b0000000","answer":null}]}"#
        );
        let mut replay = Replay::new(serde_json::from_str(&text).unwrap());
        assert_eq!(replay.transmit(SELECT), Ok(vec![0x90, 0x00]));
        assert!(!replay.is_complete());
        assert_eq!(replay.transmit(READ), Err(LinkError::CardLost));
        assert!(replay.is_complete());
    }

    #[test]
    fn another_command_fails_for_good() {
        let mut replay = Replay::new(recorded());
        let differs = LinkError::Protocol {
            what: "the command differs from the recorded one",
        };
        assert_eq!(replay.transmit(READ), Err(differs.clone()));
        assert_eq!(replay.transmit(SELECT), Err(differs));
        assert!(!replay.is_complete());
    }

    #[test]
    fn nothing_is_answered_after_the_end() {
        let mut replay = Replay::new(Conversation::default());
        let ended = LinkError::Protocol {
            what: "the recording is at its end",
        };
        assert_eq!(replay.transmit(SELECT), Err(ended));
        assert!(!replay.is_complete());
    }

    #[test]
    fn text_that_is_no_conversation_is_refused() {
        for text in [
            r#"{"exchanges":[{"command":"0"}]}"#,
            r#"{"exchanges":[{"command":"zz"}]}"#,
            r#"{"exchanges":[],"more":1}"#,
        ] {
            assert!(serde_json::from_str::<Conversation>(text).is_err(), "{text}");
        }
    }
}
