//! EF.CVCA: the names of the keys that a travel document's chip trusts.

use antin_wire::tlv::{object, tags};

use super::parse::Fields;
use super::reference::Reference;
use crate::error::Error;

/// The length of the file (TR-03110-3 §A.7.2.4).
pub const EF_CVCA_LEN: usize = 36;

/// Writes the file: at most two names, the most recent first, filled up with zeros.
///
/// ```text
/// 42 CAR  [42 CAR]  00 ... 00                                                   36 bytes
/// ```
#[must_use]
pub fn emit(references: &[Reference]) -> [u8; EF_CVCA_LEN] {
    let objects = references
        .iter()
        .take(2)
        .flat_map(|reference| object(tags::CV_AUTHORITY, reference.as_bytes()));
    let mut file = [0; EF_CVCA_LEN];
    file.iter_mut().zip(objects).for_each(|(slot, byte)| *slot = byte);
    file
}

/// Reads the file. Its length is not checked: some chips pad it otherwise.
///
/// # Errors
/// [`Error::Malformed`] when it holds no name, more than two, an empty one, or anything else.
pub fn parse(file: &[u8]) -> Result<Vec<Reference>, Error> {
    let zeros = file.iter().rev().take_while(|byte| **byte == 0).count();
    let content = file.get(..file.len().saturating_sub(zeros)).unwrap_or_default();
    let mut fields = Fields::new(WHAT, content)?;
    let mut found = vec![Reference::from_bytes(fields.take(tags::CV_AUTHORITY)?.value)?];
    if let Some(second) = fields.optional(tags::CV_AUTHORITY)? {
        found.push(Reference::from_bytes(second.value)?);
    }
    fields.finish()?;
    Ok(found)
}

const WHAT: &str = "EF.CVCA";

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<Reference> {
        let all = ["VNCVCATEST00003", "VNCVCATEST00002", "VNCVCATEST00001"];
        let names = all.iter().take(count);
        names.map(|name| Reference::from_text(name).unwrap()).collect()
    }

    #[test]
    fn one_or_two_names_fill_the_file_and_come_back() {
        for count in [1, 2] {
            let file = emit(&names(count));
            assert_eq!(parse(&file), Ok(names(count)));
            let first = b"\x42\x0FVNCVCATEST00003";
            assert_eq!(&file[..17], first);
        }
        let longest = [b'A'; 16];
        let two = vec![Reference::from_bytes(&longest).unwrap(); 2];
        assert_eq!(emit(&two).last(), Some(&b'A'), "two of the longest fill the file");
        assert_eq!(parse(&emit(&two)), Ok(two));
        assert_eq!(emit(&names(3)), emit(&names(2)));
    }

    #[test]
    fn a_file_without_a_name_or_with_something_else_is_refused() {
        let three: Vec<u8> = names(3)
            .iter()
            .flat_map(|name| object(tags::CV_AUTHORITY, name.as_bytes()))
            .collect();
        let other_tag = object(antin_wire::tlv::Tag(0x43), b"VNCVCATEST00003");
        let between = [&emit(&names(1))[..18], &emit(&names(1))].concat();
        for file in [&[0; EF_CVCA_LEN][..], &[], &[0x42, 0x00], &three, &other_tag, &between, &[0; 9000]] {
            assert!(parse(file).is_err(), "{file:02x?}");
        }
    }
}
