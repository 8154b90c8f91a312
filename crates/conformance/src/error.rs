//! Why a case could not be understood or carried out.

/// A case that cannot be understood or carried out: a fault of the case file or of the machine, never of chip or reader.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is no case.
    #[error("{case}: {problem}")]
    Case {
        /// Which file.
        case: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The card of a case cannot be made.
    #[error("the card cannot be made: {0}")]
    Card(String),
    /// The virtual reader does not work.
    #[error("the virtual reader does not work: {0}")]
    Venue(String),
}
