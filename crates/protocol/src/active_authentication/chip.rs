//! The chip's side of Active Authentication.

use antin_crypto::{
    CryptoRng, Hash, ParameterForm, PrivateKey, Signer, SoftSigner, ecdsa_der_to_plain,
    rsa::{
        self,
        iso9796_2::{self, Trailer},
    },
};
use antin_wire::apdu::{Command, Response, StatusWord};

use super::{CHALLENGE_LEN, HEADER};

/// Answers INTERNAL AUTHENTICATE with the plain ECDSA signature over the challenge.
///
/// # Errors
/// `6700` when the challenge is not eight bytes long or the answer has no room; `6E00`, `6D00`, `6A86` for another shape.
pub fn respond(command: &Command, key: &PrivateKey, hash: Hash) -> Result<Response, StatusWord> {
    let challenge = challenge(command, 2 * key.curve().order_len())?;
    let signature = SoftSigner::new(key.clone(), hash, ParameterForm::Named)
        .sign(challenge)
        .and_then(|der| ecdsa_der_to_plain(&der, key.curve()))
        .map_err(|_| StatusWord::CONDITIONS_NOT_SATISFIED)?;
    Ok(Response::ok(signature))
}

/// Answers INTERNAL AUTHENTICATE with a signature of ISO/IEC 9796-2 scheme 1, from which part of the message is recovered
/// (ICAO 9303-11 §6.1.2.2). Draws that part, and the blinding of the signature.
///
/// # Errors
/// `6700` when the challenge is not eight bytes long or the answer has no room; `6985` for a key that is too short for the
/// hash; `6E00`, `6D00`, `6A86` for another shape.
pub fn respond_with_rsa(
    command: &Command,
    key: &rsa::PrivateKey,
    trailer: Trailer,
    rng: &mut dyn CryptoRng,
) -> Result<Response, StatusWord> {
    let challenge = challenge(command, key.public().signature_len())?;
    iso9796_2::sign(key, trailer, challenge, rng)
        .map(Response::ok)
        .map_err(|_| StatusWord::CONDITIONS_NOT_SATISFIED)
}

/// The challenge of a command that leaves room for the signature. A short Le of 256 asks for everything: whether that fits
/// one answer is for the carrier to say.
fn challenge(command: &Command, signature_len: usize) -> Result<&[u8], StatusWord> {
    crate::expect_header(command, HEADER)?;
    let room = match command.le() {
        Some(256) => usize::MAX,
        Some(le) => usize::try_from(le).unwrap_or(usize::MAX),
        None => 0,
    };
    if command.data().len() != CHALLENGE_LEN || room < signature_len {
        return Err(StatusWord::WRONG_LENGTH);
    }
    Ok(command.data())
}
