//! Passive authentication and everything around it: files and facts of the session in, report out.
//!
//! The order is that of the argument: what was read, who signed it and who vouches for the signer, whether the files are
//! the signed ones, whether they agree with each other, and what the chip's own proofs are worth under that signature.
//! Nothing here is an error: whatever the document is, there is a report.

mod access;
mod cache;
mod cards;
mod chain;
mod chip;
mod content;
mod exceptions;
mod groups;
mod inventory;
mod mapping;
mod national;
mod origin;
mod page;
mod revocation;
mod rows;
mod signer;
mod strength;

use antin_crypto::{Hash, Verifier, fastest_verifier};
use antin_lds::{ElementaryFile, LdsSecurityObject};

use crate::certificate::Certificate;
use crate::checks::{Check, CheckId, Reason};
use crate::policy::{Policy, Stance};
use crate::report::{Parts, Report};
use crate::session::{FileState, ReadFiles, SessionFacts};
use crate::sod::SignedSod;
use crate::store::TrustStore;
use crate::time::UnixTime;

use content::Content;
use inventory::Inventory;
use rows::Rows;
use signer::{Court, Signer, judged_at};

pub use cache::SignerCache;

/// The means of a verification.
pub struct Backend<'a> {
    /// Verifies signatures.
    pub verifier: &'a dyn Verifier,
    /// Remembers document signers from one document to the next.
    pub cache: Option<&'a mut SignerCache>,
}

impl core::fmt::Debug for Backend<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Backend")
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

/// Verifies a document with the fastest backend that is built in and no memory.
///
/// `at` is now: signers are judged at the earlier of now and the document's own expiry.
#[must_use]
pub fn verify(
    files: &ReadFiles,
    session: &SessionFacts,
    store: &TrustStore,
    at: UnixTime,
    policy: &Policy,
) -> Report {
    verify_with(
        files,
        session,
        store,
        at,
        policy,
        &mut Backend {
            verifier: fastest_verifier(),
            cache: None,
        },
    )
}

/// Verifies a document with the given means.
#[must_use]
pub fn verify_with(
    files: &ReadFiles,
    session: &SessionFacts,
    store: &TrustStore,
    at: UnixTime,
    policy: &Policy,
    backend: &mut Backend<'_>,
) -> Report {
    let mut rows = Rows::new();
    for check in &session.checks {
        rows.push(check.clone());
    }
    let inventory = Inventory::of(files);
    let mut content = Content::read(files, &mut rows);
    let mut court = Court {
        store,
        verifier: backend.verifier,
        cache: backend.cache.as_deref_mut(),
        now: at,
        crl_days: policy.crl_max_age_days,
        signer_version: policy.signer_version,
        at: judged_at(at, &content.expiry),
    };
    let (signer, list) = security_object(files, &mut content, &mut court, &mut rows);
    inventory::file_rows(files, list.as_ref(), &mut rows);
    match &list {
        Some(list) => groups::hashes(list, files, &inventory, &mut rows),
        None if rows.of(CheckId::DgHash).next().is_none() => {
            rows.push(Check::undetermined(CheckId::DgHash, Reason::FileNotRead).evidence("EF.SOD"));
        }
        None => {}
    }
    groups::com(list.as_ref(), &content, files, &mut rows);
    rows.push(access::card_access(&content, files));
    rows.push(origin::issuer_country(&content, &signer));
    rows.push(origin::document_type(&content, &signer));
    rows.push(national::mrz_digits(&content));
    rows.push(national::dg1_dg13(&content));
    rows.extend(page::mrz(&session.page, &content));
    rows.extend(page::qr(&session.page, &content));
    rows.push(national::document_expiry(&content, at));
    let mapped = match (&session.cam, files.bytes(ElementaryFile::CardSecurity)) {
        (Some(evidence), Some(file)) => Some(mapping::judge(
            evidence, file, &content, &signer, &mut court, &mut rows,
        )),
        _ => None,
    };
    chip::proofs(session, &content, list.as_ref(), &signer, mapped, &mut rows);
    let dg15 = ElementaryFile::data_group(15).and_then(|file| files.bytes(file));
    strength::proofs(&content, dg15, &mut rows);
    rows.push(cards::revocation(store, files, &content, &signer, at));
    exceptions::apply(store, &content, &signer, &mut rows);
    rows.complete(session);
    let signed = signer.signature == Some(crate::checks::CheckResult::Successful);
    Report::conclude(Parts {
        policy,
        at,
        access: access::told(&session.access, &content),
        files: inventory.entries(&rows, signed),
        checks: rows.weigh(policy),
        holder: national::holder(&content),
        apdus: session.apdus,
        timing: session.timing.clone(),
    })
}

/// What files say before anybody signs them: the rows on their structure, on the check digits of the zone and on what DG1
/// and DG13 say of each other. Whoever signs what fails here makes a document that fails everywhere.
#[must_use]
pub fn contents(files: &ReadFiles) -> Vec<Check> {
    let mut rows = Rows::new();
    let content = Content::read(files, &mut rows);
    rows.push(national::mrz_digits(&content));
    rows.push(national::dg1_dg13(&content));
    rows.weigh(&Policy::COUNTER)
}

/// The row on revocation for any certificate under a CSCA, such as the signer of a list: whether a trusted authority, an
/// operator or an inspecting authority took it back. Undetermined where nobody who is trusted vouches for it.
#[must_use]
pub fn revocation(store: &TrustStore, certificate: &Certificate, at: UnixTime) -> Check {
    let mut court = Court {
        store,
        verifier: fastest_verifier(),
        cache: None,
        now: at,
        crl_days: None,
        signer_version: Stance::Accept,
        at,
    };
    let chain = court.chain(certificate, &[]);
    court.revocation(certificate, &chain, &Content::default())
}

/// Reads EF.SOD and makes the rows on its signature; returns the signer and the list of hashes, as far as they exist.
fn security_object<'s>(
    files: &ReadFiles,
    content: &mut Content,
    court: &mut Court<'s, '_>,
    rows: &mut Rows,
) -> (Signer<'s>, Option<LdsSecurityObject>) {
    let parsed = match files.state(ElementaryFile::Sod) {
        Some(FileState::Read(bytes)) => SignedSod::parse(bytes),
        other => {
            let check = absent(other);
            let reason = check.reason.unwrap_or(Reason::FileNotRead);
            rows.push(check);
            signer::nobody(rows, reason);
            return (Signer::default(), None);
        }
    };
    let sod = match parsed {
        Ok(sod) => sod,
        Err(fault) => {
            rows.push(Check::failed(CheckId::SodSignature, Reason::Malformed).evidence(fault.to_string()));
            signer::nobody(rows, Reason::Malformed);
            return (Signer::default(), None);
        }
    };
    let list = sod.content().map(LdsSecurityObject::parse);
    if let Some(Ok(list)) = &list {
        content.forget_unlisted(list);
        court.at = judged_at(court.now, &content.expiry);
    }
    let hash = list
        .as_ref()
        .and_then(|list| Hash::from_oid(&list.as_ref().ok()?.hash_algorithm()));
    let signer = court.judge(&sod, hash, content, rows);
    match list {
        Some(Ok(list)) => (signer, Some(list)),
        Some(Err(fault)) => {
            rows.push(Check::failed(CheckId::DgHash, Reason::HashListMalformed).evidence(fault.to_string()));
            (signer, None)
        }
        None => (signer, None),
    }
}

/// The row when EF.SOD was not read.
fn absent(state: Option<&FileState>) -> Check {
    const ID: CheckId = CheckId::SodSignature;
    match state {
        None | Some(FileState::Read(_)) => Check::undetermined(ID, Reason::FileNotRead),
        Some(FileState::Missing(status)) => {
            Check::not_supported(ID, Reason::FileMissing).evidence(status.to_string())
        }
        Some(FileState::Refused(status)) => {
            Check::undetermined(ID, Reason::AccessRightsMissing).evidence(status.to_string())
        }
        Some(FileState::Malformed { what }) => Check::failed(ID, Reason::FileMalformed).evidence(*what),
        Some(FileState::Lost) => Check::aborted(ID),
    }
}

/// The name of a file in rows and entries.
fn name(file: ElementaryFile) -> &'static str {
    const GROUPS: [&str; 16] = [
        "DG1", "DG2", "DG3", "DG4", "DG5", "DG6", "DG7", "DG8", "DG9", "DG10", "DG11", "DG12", "DG13",
        "DG14", "DG15", "DG16",
    ];
    match file {
        ElementaryFile::CardAccess => "EF.CardAccess",
        ElementaryFile::CardSecurity => "EF.CardSecurity",
        ElementaryFile::AtrInfo => "EF.ATR/INFO",
        ElementaryFile::Dir => "EF.DIR",
        ElementaryFile::Cvca => "EF.CVCA",
        ElementaryFile::Com => "EF.COM",
        ElementaryFile::Sod => "EF.SOD",
        ElementaryFile::DataGroup(group) => {
            let index = usize::from(group.number()).wrapping_sub(1);
            GROUPS
                .get(index)
                .copied()
                .expect("a data group has a number of 1 to 16")
        }
    }
}
