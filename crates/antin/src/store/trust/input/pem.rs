//! PEM (RFC 7468): every block of a text, with its label.

use base64ct::{Base64, Encoding};

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// What it says it is: `CERTIFICATE`, `X509 CRL` and others.
    pub label: String,
    /// Its bytes; `None` when it is cut off or not base64.
    pub bytes: Option<Vec<u8>>,
}

/// Whether the text holds a block.
pub(super) fn is_pem(text: &str) -> bool {
    text.contains(BEGIN)
}

/// The blocks of a text, in their order; what stands between them is read over.
pub(super) fn blocks(text: &str) -> impl Iterator<Item = Block> {
    text.split(BEGIN).skip(1).map(|block| {
        let (label, rest) = block.split_once(DASHES).unwrap_or((block, ""));
        let label: String = label.chars().take(64).collect();
        let end = format!("-----END {label}{DASHES}");
        let bytes = rest.split_once(&end).and_then(|(body, _)| decoded(body));
        Block { label, bytes }
    })
}

/// Keys under a password have header lines (RFC 1421), which are no base64.
fn decoded(body: &str) -> Option<Vec<u8>> {
    let digits: String = body.split_ascii_whitespace().collect();
    Base64::decode_vec(&digits).ok()
}

/// A block of a text.
pub(in super::super) fn encode(label: &str, bytes: &[u8]) -> String {
    const LINE: usize = 64;
    let digits = Base64::encode_string(bytes);
    let mut text = format!("{BEGIN}{label}{DASHES}\n");
    for line in digits.as_bytes().chunks(LINE) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}{DASHES}\n"));
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn blocks_are_found_between_other_words() {
        let text = format!(
            "Bag attributes\n{}between\r\n{}-----BEGIN CERTIFICATE-----\nAAA",
            encode("CERTIFICATE", &[1; 100]),
            encode("X509 CRL", &[2; 48]).replace('\n', "\r\n")
        );
        let found: Vec<Block> = blocks(&text).collect();
        let block = |label: &str, bytes| Block {
            label: label.to_owned(),
            bytes,
        };
        let expected = [
            block("CERTIFICATE", Some(vec![1; 100])),
            block("X509 CRL", Some(vec![2; 48])),
            block("CERTIFICATE", None),
        ];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let found: Vec<Block> = blocks(&encode("CMS", &bytes)).collect();
            prop_assert_eq!(found, [Block { label: "CMS".to_owned(), bytes: Some(bytes) }]);
        }

        #[test]
        fn any_text_ends(text in "(-----(BEGIN|END) [A-Z ]{0,3}(-----)?|[A=a\n]{0,5}){0,30}") {
            let _ = blocks(&text).count();
        }
    }
}
