//! PEM, RFC 7468, for one object.

use der::pem::{self, LineEnding};
use zeroize::Zeroizing;

use crate::{Error, SecretBytes};

/// Decodes one PEM object of the given label. Text before and after it is taken as PEM allows.
pub(crate) fn decode(text: &str, label: &str, malformed: Error) -> Result<SecretBytes, Error> {
    if text.len() > MAX_LEN {
        return Err(malformed);
    }
    match pem::decode_vec(text.trim().as_bytes()) {
        Ok((found, der)) => {
            let der = SecretBytes::new(der);
            if found == label { Ok(der) } else { Err(malformed) }
        }
        Err(_) => Err(malformed),
    }
}

/// Encodes one PEM object.
pub(crate) fn encode(label: &str, der: &SecretBytes) -> SecretBytes {
    let text = pem::encode_string(label, LineEnding::LF, der.expose());
    let text = Zeroizing::new(text.expect("a short object and a plain label can be encoded"));
    SecretBytes::new(text.as_bytes().to_vec())
}

/// Far more than a key takes.
const MAX_LEN: usize = 16 * 1024;
