//! PEM (RFC 7468) around certificates.

use base64ct::{Base64, Encoding};

use crate::error::Error;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const WHAT: &str = "PEM certificate";
const LINE: usize = 64;

/// The bytes of every certificate in the text; text between them is skipped.
pub(super) fn decode(text: &str) -> Result<Vec<Vec<u8>>, Error> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(BEGIN) {
        let body = rest.get(start + BEGIN.len()..).unwrap_or_default();
        let end = body.find(END).ok_or(Error::Malformed {
            what: WHAT,
            at: text.len(),
        })?;
        let base64: String = body
            .get(..end)
            .unwrap_or_default()
            .split_ascii_whitespace()
            .collect();
        let der = Base64::decode_vec(&base64).map_err(|_| Error::Malformed {
            what: WHAT,
            at: text.len() - rest.len(),
        })?;
        found.push(der);
        rest = body.get(end + END.len()..).unwrap_or_default();
    }
    Ok(found)
}

pub(super) fn encode(der: &[u8]) -> String {
    let mut out = format!("{BEGIN}\n");
    let mut column = 0;
    for letter in Base64::encode_string(der).chars() {
        if column == LINE {
            out.push('\n');
            column = 0;
        }
        out.push(letter);
        column += 1;
    }
    out.push('\n');
    out.push_str(END);
    out.push('\n');
    out
}
