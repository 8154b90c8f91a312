//! Commands that a story spoils.

use antin::wire::apdu::Command;
use antin::wire::tlv::{self, Tag};

use super::terminal::hex;

/// Makes a command wrong in the named way.
pub(super) fn spoil(command: &Command, change: &str) -> Result<Command, String> {
    let mut words = change.split(' ');
    let kind = words.next().unwrap_or_default();
    let word = words.next().unwrap_or_default();
    let more = words.next().unwrap_or_default();
    let mut header = command.header();
    let mut data = command.data().to_vec();
    let mut le = command.le();
    let wrong = || format!("{change:?} does not fit this command");
    match kind {
        "cla" => *header.first_mut().ok_or_else(wrong)? = byte(word)?,
        "le" => le = (word != "none").then(|| byte(word).map(u32::from)).transpose()?,
        "outer" => *data.first_mut().ok_or_else(wrong)? = byte(word)?,
        "inner" => *data.get_mut(2).ok_or_else(wrong)? = byte(word)?,
        "empty" => data.clear(),
        "body" => data = hex(word)?,
        "bare-object" => data = data.get(2..).ok_or_else(wrong)?.to_vec(),
        "last" => *data.last_mut().ok_or_else(wrong)? ^= 1,
        "set-byte" => {
            let place: usize = word.parse().map_err(|_| wrong())?;
            *data.get_mut(place).ok_or_else(wrong)? ^= 1;
        }
        "append" => data.extend(hex(word)?),
        "surplus" => {
            let outer = tlv::parse_one(&data).map_err(|_| wrong())?;
            data = tlv::object(outer.tag, &[outer.value, &hex(word)?].concat());
        }
        "point" => data = point(&data, word, more).ok_or_else(wrong)?,
        "drop" | "retag" | "set" => data = objects(&data, kind, word, more)?,
        _ => return Err(format!("unknown change {change:?}")),
    }
    let [cla, ins, p1, p2] = header;
    let spoiled = Command::new(cla, ins, p1, p2).with_data(data);
    Ok(match le {
        Some(le) => spoiled.with_le(le),
        None => spoiled,
    })
}

fn byte(word: &str) -> Result<u8, String> {
    match hex(word)?.as_slice() {
        [byte] => Ok(*byte),
        _ => Err(format!("{word:?} is no byte")),
    }
}

fn objects(data: &[u8], kind: &str, word: &str, more: &str) -> Result<Vec<u8>, String> {
    let wanted = Tag(u32::from(byte(word)?));
    let mut reader = tlv::Reader::new(data);
    let mut changed = Vec::new();
    while let Some(object) = reader.next().map_err(|error| error.to_string())? {
        match kind {
            _ if object.tag != wanted => changed.extend_from_slice(object.raw),
            "drop" => {}
            "retag" => changed.extend(tlv::object(Tag(u32::from(byte(more)?)), object.value)),
            _ => changed.extend(tlv::object(wanted, &hex(more)?)),
        }
    }
    Ok(changed)
}

/// Puts a wrong public value into `7C { tag { 04 x y } }`, or `7C { tag { number } }`.
fn point(data: &[u8], how: &str, more: &str) -> Option<Vec<u8>> {
    let outer = tlv::parse_one(data).ok()?;
    let inner = tlv::parse_one(outer.value).ok()?;
    let mut value = inner.value.to_vec();
    // The form byte makes a point odd in length; a number of a Diffie-Hellman group fills whole words.
    let form = value.len() % 2;
    let half = (value.len() - form) / 2;
    match how {
        "zero" => value.get_mut(form..)?.fill(0),
        "off-curve" => *value.last_mut()? ^= 1,
        "above-p" => value.get_mut(form..form + half)?.fill(0xFF),
        "short" => {
            value.truncate(value.len().checked_sub(8)?);
        }
        "long" => value.extend([0; 8]),
        "form" => *value.first_mut()? = byte(more).ok()?,
        _ => return None,
    }
    Some(tlv::constructed(outer.tag, &[tlv::object(inner.tag, &value)]))
}

/// The x coordinate in `7C { tag { 04 x y } }` or `91 { 04 x y }`, if that is what the command holds: `Comp()` of a point.
pub(super) fn x_coordinate(command: &Command) -> Option<Vec<u8>> {
    let outer = tlv::Reader::new(command.data()).next().ok()??;
    let point = match outer.tag {
        Tag(0x7C) => tlv::parse_one(outer.value).ok()?.value,
        _ => outer.value,
    };
    let coordinates = point.strip_prefix(&[0x04])?;
    Some(coordinates.get(..coordinates.len() / 2)?.to_vec())
}

/// Says whether the public value of a command has the form that a step waits for.
pub(super) fn has_form(command: &Command, until: &str) -> Result<bool, String> {
    let wrong = || format!("until = {until:?} does not fit this command");
    let outer = tlv::parse_one(command.data()).map_err(|_| wrong())?;
    let inner = tlv::parse_one(outer.value).map_err(|_| wrong())?;
    let half = inner.value.len().saturating_sub(1) / 2;
    let at = |place: usize| inner.value.get(place).copied().ok_or_else(wrong);
    Ok(match until {
        "tiny-x" => at(1)? == 0,
        "huge-x" => at(1)? == 0xFF,
        "tiny-y" => at(1 + half)? == 0,
        "huge-y" => at(1 + half)? == 0xFF,
        _ => return Err(wrong()),
    })
}
