//! Keys on elliptic curves, and their encodings.

mod parameters;
pub(crate) mod pem;
mod pkcs8;
mod private;
mod public;
mod spki;
mod verifying;

pub use parameters::ParameterForm;
pub use private::PrivateKey;
pub use public::PublicKey;
pub use verifying::VerifyingKey;
