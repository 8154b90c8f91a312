//! EF.CVCA: the names of the keys that Terminal Authentication version 1 can start from (TR-03110-3 §A.7.2.4).
//!
//! ```text
//! 42 L  most recent certification authority reference
//! 42 L  the one before, optional
//! 00..  up to 36 bytes
//! ```

use antin_wire::tlv::{self, Reader, tags::CERTIFICATION_AUTHORITY_REFERENCE};

use crate::{Error, der_io};

/// The content of EF.CVCA, with the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EfCvca {
    raw: Vec<u8>,
    references: Vec<Vec<u8>>,
}

impl EfCvca {
    /// Builds the file of 36 bytes; the most recent reference comes first.
    ///
    /// # Errors
    /// [`Error`] unless there are one or two references that fit.
    pub fn build(references: &[Vec<u8>]) -> Result<Self, Error> {
        let objects = references
            .iter()
            .flat_map(|reference| tlv::object(CERTIFICATION_AUTHORITY_REFERENCE, reference));
        let mut bytes: Vec<u8> = objects.collect();
        if bytes.len() > FILE_BYTES {
            return Err(Error::TooLarge {
                what: "EF.CVCA",
                len: bytes.len(),
                max: FILE_BYTES,
            });
        }
        bytes.resize(FILE_BYTES, 0);
        Self::parse(&bytes)
    }

    /// Reads the file; some chips leave the padding out.
    ///
    /// # Errors
    /// [`Error`] if it is not one or two references and zeros.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("EF.CVCA", bytes, FILE_BYTES)?;
        let mut reader = Reader::new(bytes);
        let mut references = Vec::new();
        let mut read = 0;
        while bytes.get(read).is_some_and(|byte| *byte != 0) {
            let value = reader.expect(CERTIFICATION_AUTHORITY_REFERENCE)?;
            if references.len() == MAX_REFERENCES {
                return Err(Error::TooMany {
                    what: "EF.CVCA references",
                    max: MAX_REFERENCES,
                });
            }
            if !(1..=MAX_REFERENCE_BYTES).contains(&value.value.len()) {
                return Err(wrong("a reference has 1 to 16 bytes"));
            }
            read += value.raw.len();
            references.push(value.value.to_vec());
        }
        if references.is_empty() {
            return Err(wrong("no reference"));
        }
        if bytes.iter().skip(read).any(|byte| *byte != 0) {
            return Err(wrong("something else than zeros fills the file up"));
        }
        Ok(Self {
            raw: bytes.to_vec(),
            references,
        })
    }

    /// The references, the most recent first.
    #[must_use]
    pub fn references(&self) -> &[Vec<u8>] {
        &self.references
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

const fn wrong(problem: &'static str) -> Error {
    Error::BadValue {
        what: "EF.CVCA",
        problem,
    }
}

/// TR-03110-3 §A.7.2.4: 36 bytes, fixed.
const FILE_BYTES: usize = 36;
/// TR-03110-3 §A.7.2.4: at most two.
const MAX_REFERENCES: usize = 2;
/// Country code, mnemonic and sequence number: 2 + 9 + 5 characters.
const MAX_REFERENCE_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_or_two_references_come_back() {
        for references in [
            vec![b"UTCVCA00002".to_vec(), b"UTCVCA00001".to_vec()],
            vec![b"UTCVCA00001".to_vec()],
        ] {
            let file = EfCvca::build(&references).unwrap();
            assert_eq!(file.as_bytes().len(), FILE_BYTES);
            assert_eq!(file.references(), references);
            let unpadded = file.as_bytes().iter().rposition(|byte| *byte != 0).unwrap() + 1;
            assert_eq!(
                EfCvca::parse(&file.as_bytes()[..unpadded]).unwrap().references(),
                references
            );
        }
    }

    #[test]
    fn other_contents_are_refused() {
        let three = vec![b"AA001".to_vec(), b"AA002".to_vec(), b"AA003".to_vec()];
        assert!(EfCvca::build(&three).is_err());
        assert!(EfCvca::build(&[]).is_err());
        assert!(EfCvca::build(&[vec![b'A'; 17]]).is_err());
        for wrong in [
            &[0; 36][..],
            &[0x42, 0x01, 0x41, 0x00, 0x01],
            &[0x42, 0x00],
            &[0x43, 0x01, 0x41],
            &[0x42, 0x02, 0x41],
            &[0; 37],
        ] {
            assert!(EfCvca::parse(wrong).is_err(), "{wrong:02X?}");
        }
    }
}
