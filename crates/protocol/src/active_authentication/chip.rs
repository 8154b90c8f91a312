//! The chip's side of Active Authentication.

use antin_crypto::{Hash, ParameterForm, PrivateKey, Signer, SoftSigner, ecdsa_der_to_plain};
use antin_wire::apdu::{Command, Response, StatusWord};

use super::{CHALLENGE_LEN, HEADER};

/// Answers INTERNAL AUTHENTICATE with the plain signature over the challenge.
///
/// # Errors
/// `6700` when the challenge is not eight bytes long or the answer has no room; `6E00`, `6D00`, `6A86` for another shape.
pub fn respond(command: &Command, key: &PrivateKey, hash: Hash) -> Result<Response, StatusWord> {
    crate::expect_header(command, HEADER)?;
    let signature_len = 2 * key.curve().order_len();
    let room = command.le().and_then(|le| usize::try_from(le).ok()).unwrap_or(0);
    if command.data().len() != CHALLENGE_LEN || room < signature_len {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let signature = SoftSigner::new(key.clone(), hash, ParameterForm::Named)
        .sign(command.data())
        .and_then(|der| ecdsa_der_to_plain(&der, key.curve()))
        .map_err(|_| StatusWord::CONDITIONS_NOT_SATISFIED)?;
    Ok(Response::ok(signature))
}
