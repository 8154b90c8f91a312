//! Bytes on the wire between a terminal and a chip: BER-TLV, command and response APDUs, status words, and the
//! tables of tags, identifiers and instruction codes that everybody else names things by.
//!
//! Nothing here does input or output, reads a clock or draws randomness. Whatever comes from a card, a file or a
//! socket is read with a bounded, borrowing, iterative reader ([`Cursor`], [`tlv::Reader`]) that refuses trailing
//! bytes and never panics; a failure is a [`Malformed`] that says what, where and why.
//!
//! | module | what it holds |
//! |---|---|
//! | [`tlv`] | data objects (BER-TLV, ISO 7816-4): reader, writer, table of tags |
//! | [`apdu`] | commands of cases 1 to 4, short and extended; responses; [`apdu::StatusWord`] |
//! | [`ids`] | application and file identifiers |
//! | [`ins`] | instruction codes |
//! | [`oids`] | object identifiers under the names their standards give them |
//! | [`exchange`] | GET RESPONSE, corrected Le and command chaining over any [`Transport`] |

pub use cursor::{Cursor, Malformed, MalformedKind};
pub use transport::{LinkError, Loopback, Transport};

pub mod apdu;
mod cursor;
pub mod exchange;
pub mod ids;
pub mod ins;
pub mod oids;
pub mod tlv;
mod transport;
