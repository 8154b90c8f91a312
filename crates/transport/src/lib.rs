//! Where cards are in the world: in a PC/SC reader, behind a virtual reader's socket, in a recording; and the thin
//! layers that watch or disturb the conversation with one.
//!
//! | module | side | what it does |
//! |---|---|---|
//! | [`pcsc`] | terminal | [`pcsc::Readers`] and [`pcsc::PcscCard`], a [`Transport`](antin_wire::Transport) with deadlines of its own |
//! | [`vpcd`] | both | puts a [`vpcd::CardSide`] into a virtual reader of `vsmartcard-vpcd`; [`vpcd::VirtualReader`] is one |
//! | [`lab`] | both | a private PC/SC service with virtual readers, for any user (Linux) |
//!
//! The layers, each generic over the transport below it: [`Tracer`], [`Recorder`] and [`Replay`],
//! [`FaultInjector`], [`Counter`], [`Timing`].
//!
//! ```
//! use antin_transport::{Counter, FaultInjector, Pull};
//! use antin_wire::{LinkError, Loopback, Transport};
//! let card = Loopback::new(|_: &[u8]| vec![0x90, 0x00]);
//! let mut card = Counter::new(FaultInjector::new(card, 2, Pull::BeforeTheCardActs));
//! assert!(card.transmit(&[0x00, 0xA4, 0x00, 0x0C]).is_ok());
//! assert_eq!(card.transmit(&[0x00, 0xA4, 0x00, 0x0C]), Err(LinkError::CardLost));
//! assert_eq!(card.apdus(), 2);
//! ```

pub use error::{Error, Missing};
pub use middleware::{
    Bodies, Conversation, Counter, Exchange, FaultInjector, Pull, Recorder, Replay, Timing, Tracer,
};

mod error;
#[cfg(target_os = "linux")]
pub mod lab;
mod middleware;
pub mod pcsc;
pub mod vpcd;
