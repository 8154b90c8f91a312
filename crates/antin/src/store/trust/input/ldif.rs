//! Collections of a directory (RFC 2849), as the ICAO PKD publishes them: read as a stream, one value in memory.
//!
//! ```text
//! version: 1
//! dn: cn=...,o=dsc,c=DE,dc=data,dc=download,dc=pkd,dc=icao,dc=int
//! userCertificate;binary:: MIIE...          "::" means base64
//!  a line that begins with a space goes on where the last one ended
//!                                           an empty line ends the record
//! ```
//!
//! A value is taken for what its bytes are, not for what its attribute is called. The names in it (`dn`) are read over:
//! they are neither believed nor used.

use std::io::{self, BufRead};

use base64ct::{Base64, Encoding};

use super::super::limits::MAX_OBJECT_BYTES;

/// What a collection holds, one at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LdifValue {
    /// A value that may be a certificate or a list: a DER SEQUENCE.
    Der(Vec<u8>),
    /// A value or a record that cannot be taken, and why.
    Skipped(&'static str),
}

/// A collection that is being read.
#[derive(Debug)]
pub struct LdifReader<R> {
    input: R,
    line: Vec<u8>,
    record: u32,
    inside: bool,
    ignoring: bool,
}

impl<R: BufRead> LdifReader<R> {
    /// Begins to read.
    pub fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            record: 0,
            inside: false,
            ignoring: false,
        }
    }

    /// The next value, with the number of its record, counted from 0; `None` at the end.
    ///
    /// # Errors
    /// What the input says.
    pub fn next_value(&mut self) -> io::Result<Option<(u32, LdifValue)>> {
        while let Some(fits) = self.logical_line()? {
            if self.line.is_empty() {
                self.end_record();
                continue;
            }
            if self.line.starts_with(b"#") {
                continue;
            }
            self.inside = true;
            if self.ignoring {
                continue;
            }
            if let Some(value) = self.value(fits) {
                return Ok(Some((self.record, value)));
            }
        }
        Ok(None)
    }

    fn end_record(&mut self) {
        if self.inside {
            self.record = self.record.saturating_add(1);
        }
        self.inside = false;
        self.ignoring = false;
    }

    /// What the line says, if it is worth a word.
    fn value(&mut self, fits: Fits) -> Option<LdifValue> {
        let colon = self.line.iter().position(|byte| *byte == b':')?;
        let (name, rest) = self.line.split_at(colon);
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let rest = rest.get(1..).unwrap_or_default();
        match rest.split_first() {
            Some((b':', _)) if fits == Fits::No => Some(LdifValue::Skipped("a value that is too large")),
            Some((b':', base64)) => decoded(base64),
            // What stands elsewhere is not fetched.
            Some((b'<', _)) => Some(LdifValue::Skipped("a value that stands in another file")),
            _ if name == "changetype" => {
                let kind = String::from_utf8_lossy(rest).trim().to_ascii_lowercase();
                self.ignoring = kind != "add";
                self.ignoring
                    .then_some(LdifValue::Skipped("a record that deletes or changes another one"))
            }
            _ => None,
        }
    }

    /// Reads a line with all its continuations; `None` at the end of the input.
    fn logical_line(&mut self) -> io::Result<Option<Fits>> {
        self.line.clear();
        let mut fits = Fits::Yes;
        if self.input.fill_buf()?.is_empty() {
            return Ok(None);
        }
        loop {
            self.physical_line(&mut fits)?;
            match self.input.fill_buf()?.first() {
                Some(b' ') if !self.line.is_empty() => self.input.consume(1),
                _ => return Ok(Some(fits)),
            }
        }
    }

    /// Appends what stands up to the next line feed, up to the largest value; the rest of a longer one is read over.
    fn physical_line(&mut self, fits: &mut Fits) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let content = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
            let room = MAX_LINE_BYTES.saturating_sub(self.line.len());
            if content.len() > room {
                *fits = Fits::No;
            }
            self.line.extend(content.iter().take(room));
            let used = end.map_or(buffer.len(), |end| end + 1);
            let at_end = end.is_some() || buffer.is_empty();
            self.input.consume(used);
            if at_end {
                if self.line.last() == Some(&b'\r') {
                    self.line.pop();
                }
                return Ok(());
            }
        }
    }
}

/// Whether a line is kept whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fits {
    Yes,
    No,
}

/// The bytes of a value that may be DER; other values are of no interest.
fn decoded(base64: &[u8]) -> Option<LdifValue> {
    let digits: String = base64
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| char::from(*byte))
        .collect();
    // A SEQUENCE with a long length begins 30 8x, which base64 writes as "MI".
    if !digits.starts_with("MI") {
        return None;
    }
    Some(match Base64::decode_vec(&digits) {
        Ok(bytes) => LdifValue::Der(bytes),
        Err(_) => LdifValue::Skipped("a value that is not base64"),
    })
}

/// Whether a file begins like a collection of a directory.
pub(super) fn is_ldif(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start);
    let mut lines = text.lines().map(str::trim_end);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with(' '));
    first.is_some_and(|line| {
        let line = line.to_ascii_lowercase();
        line.starts_with("dn:") || line.starts_with("version:")
    })
}

const MAX_LINE_BYTES: usize = MAX_OBJECT_BYTES / 3 * 4;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    fn all(text: &[u8]) -> Vec<(u32, LdifValue)> {
        let mut reader = LdifReader::new(text);
        std::iter::from_fn(|| reader.next_value().unwrap()).collect()
    }

    /// A SEQUENCE of 256 bytes, as base64.
    fn der(fill: u8) -> (Vec<u8>, String) {
        let bytes = [vec![0x30, 0x82, 0x01, 0x00], vec![fill; 256]].concat();
        let text = Base64::encode_string(&bytes);
        (bytes, text)
    }

    fn folded(text: &str, at: usize, end: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let lines: Vec<String> = letters.chunks(at).map(|line| line.iter().collect()).collect();
        lines.join(&format!("{end} "))
    }

    #[test]
    fn values_are_found_however_they_are_folded() {
        let (first, one) = der(1);
        let (second, two) = der(2);
        for end in ["\n", "\r\n"] {
            for width in [1, 7, 76, 1000] {
                let lines = [
                    "version: 1".to_owned(),
                    "# a comment".to_owned(),
                    "  that goes on".to_owned(),
                    "dn: cn=../../etc/passwd,o=dsc,c=DE".to_owned(),
                    "objectClass: pkdDownload".to_owned(),
                    folded(&format!("userCertificate;binary:: {one}"), width, end),
                    String::new(),
                    String::new(),
                    "dn:: Y249eA==".to_owned(),
                    folded(&format!("certificateRevocationList;binary::{two}"), width, end),
                ];
                let found = all(lines.join(end).as_bytes());
                let expected = [
                    (0, LdifValue::Der(first.clone())),
                    (1, LdifValue::Der(second.clone())),
                ];
                assert_eq!(found, expected, "{end:?} {width}");
            }
        }
    }

    #[test]
    fn a_record_that_deletes_is_not_taken_for_one_that_adds() {
        let (bytes, text) = der(1);
        for (kind, taken) in [
            ("add", true),
            ("delete", false),
            ("modify", false),
            ("modrdn", false),
        ] {
            let record = format!("dn: cn=x\nchangetype: {kind}\nuserCertificate;binary:: {text}\n");
            let found = all(record.as_bytes());
            assert_eq!(found == [(0, LdifValue::Der(bytes.clone()))], taken, "{kind}");
            assert_eq!(found.len(), 1, "{kind}: said once");
        }
    }

    #[test]
    fn what_cannot_be_taken_is_said_with_its_record() {
        let (bytes, text) = der(3);
        let lines = format!(
            "dn: cn=a\nx:: MI*\n\ndn: cn=b\ny:< file:///etc/passwd\n\ndn: cn=c\nz:: {text}\nphoto:: AAAA\n"
        );
        let expected = [
            (0, LdifValue::Skipped("a value that is not base64")),
            (1, LdifValue::Skipped("a value that stands in another file")),
            (2, LdifValue::Der(bytes)),
        ];
        assert_eq!(all(lines.as_bytes()), expected);
    }

    #[test]
    fn a_line_without_an_end_takes_no_more_memory_than_the_largest_value() {
        use std::io::Read;
        let start = b"dn: x\ny:: MI".as_slice();
        let endless = start.chain(io::repeat(b'A').take(MAX_LINE_BYTES as u64 * 2));
        let mut reader = LdifReader::new(io::BufReader::new(endless));
        let found = reader.next_value().unwrap();
        assert_eq!(found, Some((0, LdifValue::Skipped("a value that is too large"))));
        assert!(reader.line.capacity() <= MAX_LINE_BYTES * 2);
        assert_eq!(reader.next_value().unwrap(), None);
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            all(&bytes);
        }

        #[test]
        fn any_lines_end(text in "((dn|x|changetype)?:{0,2}[ MIAadelt#]{0,9}\r?\n ?){0,40}") {
            all(text.as_bytes());
        }
    }
}
