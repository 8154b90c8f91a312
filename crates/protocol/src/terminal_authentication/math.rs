//! What both roles compute: the message that the terminal signs.

use antin_wire::ins;
use antin_wire::tlv::{object, tags::mse};

/// ID_PICC: what the terminal calls the chip, so that its signature serves for no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipIdentifier(Vec<u8>);

impl ChipIdentifier {
    /// After Basic Access Control: the document number as in the machine readable zone, with its check digit.
    #[must_use]
    pub fn document_number(with_check_digit: &str) -> Self {
        Self(with_check_digit.as_bytes().to_vec())
    }

    /// After PACE: the chip's ephemeral key, compressed (the x coordinate for elliptic curves).
    #[must_use]
    pub fn pace_key(compressed: &[u8]) -> Self {
        Self(compressed.to_vec())
    }
}

/// What the terminal's signature is bound to besides the challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// Version 1: the terminal's ephemeral key of the Chip Authentication before, compressed.
    V1 {
        /// Comp(PK_PCD).
        ephemeral: Vec<u8>,
    },
    /// Version 2: the terminal's ephemeral key for the Chip Authentication to come, compressed.
    V2 {
        /// Comp(PK_PCD).
        ephemeral: Vec<u8>,
        /// The value of the object `67`, if there is to be one (TR-03110-3 §A.7.5).
        auxiliary: Option<Vec<u8>>,
    },
}

impl Binding {
    /// Comp(PK_PCD).
    #[must_use]
    pub fn ephemeral(&self) -> &[u8] {
        match self {
            Self::V1 { ephemeral } | Self::V2 { ephemeral, .. } => ephemeral,
        }
    }
}

/// `ID_PICC || r_PICC || Comp(PK_PCD) || [67 auxiliary data]`
pub(super) fn message(chip: &ChipIdentifier, challenge: &[u8], binding: &Binding) -> Vec<u8> {
    let auxiliary = match binding {
        Binding::V2 {
            auxiliary: Some(data),
            ..
        } => object(mse::AUXILIARY_DATA, data),
        _ => Vec::new(),
    };
    [chip.0.as_slice(), challenge, binding.ephemeral(), &auxiliary].concat()
}

/// MSE:Set DST, for verification.
pub(super) const MSE_SET_DST: [u8; 4] = [0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xB6];
/// PSO:Verify Certificate.
pub(super) const VERIFY_CERTIFICATE: [u8; 4] = [0x00, ins::PERFORM_SECURITY_OPERATION, 0x00, 0xBE];
/// MSE:Set AT, for external authentication.
pub(super) const MSE_SET_AT: [u8; 4] = [0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xA4];
/// GET CHALLENGE.
pub(super) const GET_CHALLENGE: [u8; 4] = [0x00, ins::GET_CHALLENGE, 0x00, 0x00];
/// EXTERNAL AUTHENTICATE.
pub(super) const EXTERNAL_AUTHENTICATE: [u8; 4] = [0x00, ins::EXTERNAL_AUTHENTICATE, 0x00, 0x00];
/// Length of the chip's challenge in bytes.
pub(super) const CHALLENGE_LEN: usize = 8;
