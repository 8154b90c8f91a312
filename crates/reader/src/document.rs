//! What was read, ready to be verified: now, or again later.

use antin_lds::ElementaryFile;
use antin_trust::{Page, Policy, ReadFiles, Report, SessionFacts, TrustStore, UnixTime};

use crate::error::Error;

/// The files of one document with what happened in the session that read them.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    files: ReadFiles,
    session: SessionFacts,
    broken_off: Option<Error>,
}

impl Document {
    /// Joins files and session.
    pub(crate) fn new(files: ReadFiles, session: SessionFacts, broken_off: Option<Error>) -> Self {
        Self {
            files,
            session,
            broken_off,
        }
    }

    /// A document without a chip: files from a folder. No chip proof can come of it.
    pub fn from_files(files: ReadFiles) -> Self {
        Self::new(files, SessionFacts::offline(), None)
    }

    /// A document as it was kept: files and what the session gave then.
    pub fn from_parts(files: ReadFiles, session: SessionFacts) -> Self {
        Self::new(files, session, None)
    }

    /// The same with what is printed on the document, to be held against the chip.
    #[must_use]
    pub fn with_page(mut self, page: Page) -> Self {
        self.session.page = page;
        self
    }

    /// The files as the chip stores them.
    pub fn files(&self) -> &ReadFiles {
        &self.files
    }

    /// The bytes of one file, if it was read.
    pub fn file(&self, file: ElementaryFile) -> Option<&[u8]> {
        self.files.bytes(file)
    }

    /// What happened in the session.
    pub fn session(&self) -> &SessionFacts {
        &self.session
    }

    /// Why the conversation ended before everything was read, if it did. The report has a row for it too.
    pub fn broken_off(&self) -> Option<&Error> {
        self.broken_off.as_ref()
    }

    /// Verifies the document against the trusted country signing authorities, as of `at`.
    ///
    /// There is always a report: facts are rows of it, never errors.
    #[must_use]
    pub fn verify(&self, store: &TrustStore, policy: &Policy, at: UnixTime) -> Report {
        antin_trust::verify(&self.files, &self.session, store, at, policy)
    }
}
