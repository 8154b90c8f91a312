//! Layers around a [`Transport`](antin_wire::Transport): each is one, holds one, and adds one thing.

pub use counter::Counter;
pub use fault_injector::{FaultInjector, Pull};
pub use recorder::{Conversation, Exchange, Recorder, Replay};
pub use timing::Timing;
pub use tracer::{Bodies, Tracer};

mod counter;
mod fault_injector;
mod recorder;
mod timing;
mod tracer;
