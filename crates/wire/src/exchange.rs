//! Commands sent as a terminal must send them: the rest of an answer is fetched (`61xx`), a corrected Le is obeyed
//! once (`6Cxx`), long bodies go in a chain (ISO 7816-4, command chaining).
//!
//! Every loop is bounded: by [`MAX_DATA`] bytes, by [`MAX_ROUNDS`] commands, and by the rule that a round must
//! bring at least one byte.

use zeroize::Zeroizing;

use crate::{
    LinkError, Transport,
    apdu::{Command, Response, StatusWord},
    ins,
};

/// The most bytes that one answer may grow to, over all its GET RESPONSE.
pub const MAX_DATA: usize = 65_536;

/// The most GET RESPONSE commands for one answer: [`MAX_DATA`] in pieces of 256, and as many again to spare.
pub const MAX_ROUNDS: usize = 512;

/// Sends a command and returns the whole answer.
///
/// The status word is the card's last; data is kept with whatever status word it came with. A second `6Cxx` to the
/// same command is returned as it is.
///
/// # Errors
/// [`LinkError`] from the transport; [`LinkError::Protocol`] for a command that cannot be written or an answer
/// without end.
pub fn send<T: Transport + ?Sized>(transport: &mut T, command: &Command) -> Result<Response, LinkError> {
    let mut response = send_with_correct_le(transport, command)?;
    let cla = class_of_get_response(command.cla());
    for _ in 0..MAX_ROUNDS {
        let Some(more) = response.sw.more_bytes() else {
            return Ok(response);
        };
        let fetch = Command::new(cla, ins::GET_RESPONSE, 0x00, 0x00).with_le(more);
        let next = send_with_correct_le(transport, &fetch)?;
        if next.data.is_empty() && next.sw.more_bytes().is_some() {
            return Err(LinkError::Protocol {
                what: "get response brings nothing",
            });
        }
        response.sw = next.sw;
        response.data.extend(next.data);
        if response.data.len() > MAX_DATA {
            return Err(LinkError::Protocol {
                what: "answer without end",
            });
        }
    }
    Err(LinkError::Protocol {
        what: "answer without end",
    })
}

/// Sends a command whose body goes in blocks of at most `max_block` bytes (1 to 65,535; 255 for short lengths) by
/// command chaining. A body that fits one block is sent as it is.
///
/// A block that is answered otherwise than `9000` ends the chain, and its answer is the result.
///
/// # Errors
/// As [`send`].
pub fn send_chained<T: Transport + ?Sized>(
    transport: &mut T,
    command: &Command,
    max_block: usize,
) -> Result<Response, LinkError> {
    let blocks = command.data().chunks(max_block.max(1));
    let leading = blocks.len().saturating_sub(1);
    for block in blocks.clone().take(leading) {
        let link = command
            .with_block(block)
            .with_cla(command.cla() | CHAINED)
            .without_le();
        let response = send(transport, &link)?;
        if response.sw != StatusWord::OK {
            return Ok(response);
        }
    }
    match blocks.last() {
        Some(block) if leading > 0 => send(transport, &command.with_block(block)),
        _ => send(transport, command),
    }
}

/// Sends one command; when the card names the right Le, sends it once more with that.
fn send_with_correct_le<T: Transport + ?Sized>(
    transport: &mut T,
    command: &Command,
) -> Result<Response, LinkError> {
    let response = transmit(transport, command)?;
    match response.sw.correct_le() {
        Some(le) => transmit(transport, &command.clone().with_le(le)),
        None => Ok(response),
    }
}

fn transmit<T: Transport + ?Sized>(transport: &mut T, command: &Command) -> Result<Response, LinkError> {
    let bytes = Zeroizing::new(command.to_bytes()?);
    let answer = transport.transmit(&bytes)?;
    if answer.len() < 2 {
        return Err(LinkError::CardLost);
    }
    Ok(Response::parse(&answer)?)
}

/// The interindustry class on the command's logical channel, without chaining and secure messaging.
const fn class_of_get_response(cla: u8) -> u8 {
    match cla {
        0x40..=0x7F | 0xC0..=0xFF => 0x40 | cla & 0x0F,
        _ => cla & 0x03,
    }
}

/// The bit of the class byte that says "not the last command of the chain".
const CHAINED: u8 = 0x10;

#[cfg(test)]
mod tests;
