//! What BER allows and DER forbids, made definite: indefinite lengths (X.690 §8.1.3.6), which a few real EF.SOD use around
//! their signed parts, and octet strings in pieces (§8.7.3), which lists from streaming writers use for their content.

use antin_wire::Cursor;
use antin_wire::tlv::{Reader, Tag};

use super::OCTET_STRING;
use super::read::MAX_DEPTH;
use super::write::header;
use crate::error::Error;

const INDEFINITE: u8 = 0x80;
const CONSTRUCTED: u8 = 0x20;
const OCTETS_IN_PIECES: Tag = Tag(0x24);

/// The same objects with definite lengths and whole octet strings. An object in which nothing is indefinite or in pieces
/// keeps its bytes, so that signatures over it hold.
pub(crate) fn to_definite(what: &'static str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut cursor = Cursor::new(bytes);
    let mut out = Vec::with_capacity(bytes.len());
    while !cursor.is_empty() {
        copy_object(what, &mut cursor, &mut out, 0)?;
    }
    Ok(out)
}

fn copy_object(
    what: &'static str,
    cursor: &mut Cursor<'_>,
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::TooComplex { what });
    }
    let at = cursor.offset();
    let cut = |_| Error::Malformed { what, at };
    let (tag, constructed) = read_tag(what, cursor)?;
    let (length, length_bytes) = read_length(what, cursor)?;
    let Some(length) = length else {
        if !constructed {
            return Err(Error::Malformed { what, at });
        }
        let mut content = Vec::new();
        while !ends(cursor) {
            copy_object(what, cursor, &mut content, depth + 1)?;
        }
        cursor.take(2).map_err(cut)?;
        return put(what, at, tag, &content, out);
    };
    let content = cursor.take(length).map_err(cut)?;
    if tag == OCTETS_IN_PIECES {
        let pieces = inner(what, content, depth)?;
        return put(what, at, tag, &pieces, out);
    }
    let definite = if constructed {
        inner(what, content, depth)?
    } else {
        content.to_vec()
    };
    if definite == content {
        out.extend(tag.0.to_be_bytes().into_iter().skip_while(|byte| *byte == 0));
        out.extend_from_slice(&length_bytes);
    } else {
        header(out, tag, definite.len());
    }
    out.extend_from_slice(&definite);
    Ok(())
}

/// Writes a constructed object anew; an octet string in pieces, whose pieces are whole by now, becomes one.
fn put(what: &'static str, at: usize, tag: Tag, content: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    if tag != OCTETS_IN_PIECES {
        header(out, tag, content.len());
        out.extend_from_slice(content);
        return Ok(());
    }
    let mut whole = Vec::with_capacity(content.len());
    let mut pieces = Reader::new(content);
    while let Some(piece) = pieces.next().map_err(|_| Error::Malformed { what, at })? {
        if piece.tag != OCTET_STRING {
            return Err(Error::Malformed { what, at });
        }
        whole.extend_from_slice(piece.value);
    }
    header(out, OCTET_STRING, whole.len());
    out.extend_from_slice(&whole);
    Ok(())
}

fn inner(what: &'static str, content: &[u8], depth: usize) -> Result<Vec<u8>, Error> {
    let mut cursor = Cursor::new(content);
    let mut out = Vec::with_capacity(content.len());
    while !cursor.is_empty() {
        copy_object(what, &mut cursor, &mut out, depth + 1)?;
    }
    Ok(out)
}

/// Whether the end-of-contents octets `00 00` come next; also at the end of the bytes, where taking them fails.
fn ends(cursor: &Cursor<'_>) -> bool {
    let rest = cursor.clone().rest();
    rest.starts_with(&[0, 0]) || rest.len() < 2
}

/// A tag of one byte; ASN.1 here needs no longer ones.
fn read_tag(what: &'static str, cursor: &mut Cursor<'_>) -> Result<(Tag, bool), Error> {
    let at = cursor.offset();
    match cursor.u8() {
        Ok(byte) if byte != 0 && byte & 0x1F != 0x1F => Ok((Tag(u32::from(byte)), byte & CONSTRUCTED != 0)),
        _ => Err(Error::Malformed { what, at }),
    }
}

/// The length, `None` when it is indefinite, and its bytes.
fn read_length(what: &'static str, cursor: &mut Cursor<'_>) -> Result<(Option<usize>, Vec<u8>), Error> {
    let at = cursor.offset();
    let cut = |_| Error::Malformed { what, at };
    let first = cursor.u8().map_err(cut)?;
    if first < INDEFINITE {
        return Ok((Some(usize::from(first)), vec![first]));
    }
    if first == INDEFINITE {
        return Ok((None, vec![first]));
    }
    let count = usize::from(first & 0x7F);
    if count > 4 {
        return Err(Error::Malformed { what, at });
    }
    let digits = cursor.take(count).map_err(cut)?;
    let length = digits
        .iter()
        .fold(0u64, |length, digit| length << 8 | u64::from(*digit));
    let length = usize::try_from(length).map_err(|_| Error::Malformed { what, at })?;
    Ok((Some(length), [&[first], digits].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definite(text: &str) -> Option<String> {
        to_definite("test", &hex::decode(text).unwrap())
            .ok()
            .map(hex::encode)
    }

    #[test]
    fn indefinite_lengths_become_definite_and_the_rest_stays() {
        assert_eq!(definite("30800201010000").as_deref(), Some("3003020101"));
        assert_eq!(
            definite("77093080a08005000000 0000".replace(' ', "").as_str()),
            None
        );
        assert_eq!(
            definite("770a3080a08005000000 0000".replace(' ', "").as_str()).as_deref(),
            Some("77063004a0020500")
        );
        assert_eq!(definite("308103020101").as_deref(), Some("308103020101"));
    }

    #[test]
    fn octet_strings_in_pieces_become_whole() {
        assert_eq!(definite("2480040101040202030000").as_deref(), Some("0403010203"));
        assert_eq!(
            definite("2407040101040202 03".replace(' ', "").as_str()).as_deref(),
            Some("0403010203")
        );
        assert_eq!(
            definite("a08024802480040101000004010200000000").as_deref(),
            Some("a00404020102")
        );
        assert_eq!(definite("2480020101 0000".replace(' ', "").as_str()), None);
    }

    #[test]
    fn what_does_not_end_is_refused() {
        for text in ["3080", "308002010100", "0480", "30850000000001", "1f80", "00"] {
            assert_eq!(definite(text), None, "{text}");
        }
        assert_eq!(definite(&"3080".repeat(100)), None);
    }
}
