//! Keys and signatures beside the length of commands and answers: where they are too long, the card must know extended
//! length (ICAO 9303-10 §3.6.4), or say how it does without: command chaining, GET RESPONSE.

use antin_crypto::agreement::Group;

use super::Checker;
use crate::Quirk;
use crate::model::{Access, ActiveAuthentication, ChipAuthentication, Limits};
use crate::source::Source;

impl Checker<'_> {
    /// What the protocols send must fit the limits.
    pub(super) fn lengths_fit(
        &mut self,
        source: &Source,
        limits: &Limits,
        access: &Access,
        chip_authentication: &[ChipAuthentication],
        active_authentication: Option<&ActiveAuthentication>,
    ) {
        if limits.extended {
            return;
        }
        let quirks = &source.chip.quirks;
        let in_pieces = quirks.iter().any(|quirk| *quirk.get_ref() == Quirk::GetResponse);
        for (part, rule) in source.access.get_ref().pace.iter().zip(&access.pace) {
            let len = public_key_len(rule.group) + TEMPLATE_LEN;
            let what = format!("a public key of {}", rule.group.name());
            if len > SHORT_COMMAND && !limits.chaining {
                self.conflict(&part.span(), "access.pace", too_long(&what, "command", len));
            } else if len > SHORT_ANSWER && !in_pieces {
                self.conflict(&part.span(), "access.pace", too_long(&what, "answer", len));
            }
        }
        for (part, rule) in source.chip_authentication.0.iter().zip(chip_authentication) {
            let len = protected_len(public_key_len(rule.group) + TEMPLATE_LEN);
            let what = format!("a public key of {}", rule.group.name());
            if len > SHORT_COMMAND && !limits.chaining {
                self.conflict(
                    &part.span(),
                    "chip-authentication",
                    too_long(&what, "command", len),
                );
            }
        }
        let rule = source.active_authentication.as_ref().zip(active_authentication);
        if let Some((part, ActiveAuthentication::Rsa { bits, .. })) = rule
            && *bits > LONGEST_SHORT_SIGNATURE
            && !in_pieces
        {
            let what = format!("a signature of {bits} bits");
            let len = usize::try_from(bits.div_ceil(8)).map_or(usize::MAX, protected_len);
            let text = too_long(&what, "answer", len);
            self.conflict(&part.span(), "active-authentication.bits", text);
        }
    }
}

fn too_long(what: &str, message: &str, len: usize) -> String {
    let most = if message == "command" {
        SHORT_COMMAND
    } else {
        SHORT_ANSWER
    };
    format!(
        "{what} makes {message}s of {len} bytes, a short {message} holds {most}: limits.extended is needed"
    )
}

/// Length of a public key as it is sent.
fn public_key_len(group: Group) -> usize {
    match group {
        Group::Ec(curve) => 1 + 2 * curve.domain().p.len(),
        Group::Dh(group) => group.p().len(),
    }
}

/// Length under secure messaging: padded to blocks of AES, in object 87, with the objects 97 or 99 and 8E.
const fn protected_len(plain: usize) -> usize {
    (plain / BLOCK + 1) * BLOCK + CRYPTOGRAM_HEADER + STATUS_OBJECT + MAC_OBJECT
}

/// Objects 7C and 80 to 84 around a key of more than 127 bytes, or 91 and a key's number.
const TEMPLATE_LEN: usize = 8;
const BLOCK: usize = 16;
/// 87, two bytes of length, 01.
const CRYPTOGRAM_HEADER: usize = 4;
const STATUS_OBJECT: usize = 4;
const MAC_OBJECT: usize = 10;
const SHORT_COMMAND: usize = 255;
const SHORT_ANSWER: usize = 256;
/// Bits that fit a short answer under 3DES (ICAO 9303-11 §6.1.4); AES takes one block more.
const LONGEST_SHORT_SIGNATURE: u32 = 1848;
