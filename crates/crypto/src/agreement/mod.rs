//! What PACE and Chip Authentication agree over: elliptic curves or Diffie-Hellman groups behind one set of types.
//!
//! ```
//! use antin_crypto::agreement::{Generator, Group, PrivateKey};
//! use antin_crypto::SecretBytes;
//! # let mut rng = antin_crypto::scripted::ScriptedRng::dangerous_new(vec![7; 256]);
//!
//! for id in [0, 13] {
//!     let group = Group::from_standardized_id(id).expect("standardised");
//!     let mut key = || PrivateKey::generate(group, &mut rng);
//!     let nonce = SecretBytes::new(vec![9; 16]);
//!     let (terminal, chip, a, b) = (key(), key(), key(), key());
//!     let at_terminal = Generator::generic(&terminal, &chip.public(), &nonce)?;
//!     let at_chip = Generator::generic(&chip, &terminal.public(), &nonce)?;
//!     let shared = a.agree(&at_chip.public(&b)?)?;
//!     assert!(shared.ct_eq(b.agree(&at_terminal.public(&a)?)?.expose()));
//! }
//! # Ok::<(), antin_crypto::Error>(())
//! ```

mod encoding;
mod generator;
mod group;
mod key;

pub use crate::dh::{DhForm, DhGroup, DhPrivateKey, DhPublicKey};
pub use encoding::KeyForm;
pub use generator::Generator;
pub use group::Group;
pub use key::{PrivateKey, PublicKey};
