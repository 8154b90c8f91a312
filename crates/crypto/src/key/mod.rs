//! Keys on elliptic curves, and their encodings.

mod encrypted;
mod parameters;
pub(crate) mod pem;
mod pkcs8;
mod private;
mod public;
mod spki;
mod verifying;

pub use encrypted::{MIN_PASSWORD_CHARS, decrypt_pkcs8_pem, encrypt_pkcs8_pem, is_encrypted_pkcs8};
pub use parameters::ParameterForm;
pub use private::PrivateKey;
pub use public::PublicKey;
pub use verifying::VerifyingKey;
