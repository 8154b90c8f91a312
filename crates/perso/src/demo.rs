//! Citizens who do not exist, for demonstrations and tests.

use crate::RecordFile;

/// A fictional citizen: record file and portrait.
#[derive(Clone, Debug)]
pub struct DemoCitizen {
    /// File name stem without spaces: `01-nguyen-thi-mau`.
    pub slug: String,
    /// Which hard case the citizen stands for, in words; `None` for a random one.
    pub hard_case: Option<&'static str>,
    /// The record; its `portrait` is `SLUG.jpg`.
    pub record: RecordFile,
    /// The portrait, JPEG, 12 to 20 KB.
    pub portrait: Vec<u8>,
}

/// Makes `count` citizens: the hard cases first, then random ones. The same seed makes the same citizens.
#[must_use]
pub fn citizens(seed: u64, count: usize) -> Vec<DemoCitizen> {
    let _ = (seed, count);
    todo!()
}
