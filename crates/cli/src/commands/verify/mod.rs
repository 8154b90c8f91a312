//! `antin verify`: a card on a reader, a card file, a folder of files or an evidence file.

pub mod batch;
mod card;
mod stored;

use std::path::Path;

use antin::store::{Access, Evidence};
use antin::trust::store::TEST_SET;
use antin::trust::{BacFallback, MAX_PAGE_BYTES, Page};
use antin::{Policy, Report, TrustStore, UnixTime, store};

use super::Outcome;
use crate::args::{KeySource, VerifyArgs};
use crate::failure::{Failure, Id};
use crate::output::Output;
use crate::{key, report_html, report_text, report_xml};

pub use card::read;

/// Verifies and prints the report; the exit code is the report's.
pub fn run(args: &VerifyArgs, out: &Output) -> Outcome {
    let policy = policy(args)?;
    let at = args.at.as_deref().map(moment).transpose()?;
    key::refuse_arguments(&args.key)?;
    if let Some(root) = &args.batch {
        return batch::run(root, args, &policy, at, out);
    }
    if let Some(path) = args.folder.as_ref().filter(|_| opens_a_card(&args.key)) {
        return Err(Failure::new(Id::U132).fact("file", path.display()));
    }
    if args.station.is_some() && args.folder.is_none() {
        return Err(Failure::new(Id::U103)
            .fact("option", "--station")
            .said("detail", "station-without-evidence"));
    }
    let written = [&args.save, &args.html, &args.xml];
    if let Some(path) = written.into_iter().flatten().find(|path| path.exists()) {
        return Err(Failure::new(Id::U104).fact("file", path.display()));
    }
    let station = args
        .station_key
        .as_deref()
        .map(store::load_station_key)
        .transpose()?;
    let mut trust = trust_store(args)?;
    let page = page(args)?;
    let stored = match &args.folder {
        Some(path) => Some(stored::load(path, args, &mut trust, out)?),
        None => None,
    };
    let seen_at = stored.as_ref().and_then(|stored| stored.seen_at);
    let document = match &stored {
        Some(stored) => stored.document.clone(),
        None => card::visited(args, &policy, out)?,
    };
    let at = at.or(seen_at).unwrap_or_else(antin::now);
    // What the operator hands over now goes before what was kept.
    let kept = document.session().page.clone();
    let document = document.with_page(Page {
        mrz: page.mrz.or(kept.mrz),
        qr: page.qr.or(kept.qr),
    });
    warn_of_no_trust(&trust, out);
    let mut report = document.verify(&trust, &policy, at);
    if let Some(stored) = &stored {
        stored.compare(&report, out);
    }
    if let Some(path) = &args.save {
        let mut evidence = Evidence::of(&document, &report, &trust, at);
        if let Some(station) = &station {
            let unavailable = |problem| Failure::new(Id::S601).fact("detail", problem);
            evidence = evidence.sealed(station).map_err(unavailable)?;
        }
        evidence.save(path)?;
        out.note(format!(
            "{}: {}",
            out.texts.text("evidence-saved"),
            path.display()
        ));
    }
    if args.holder {
        report = report.with_holder();
    }
    pages(&report, args, out)?;
    show(&report, out);
    Ok(report.exit)
}

/// Whether something is given that only a card can use; what is printed can be held against files too.
fn opens_a_card(key: &KeySource) -> bool {
    let files = [&key.can_file, &key.pin_file, &key.puk_file];
    files.into_iter().any(Option::is_some) || key.ask_pin || key.ask_puk || key.allow_bac_fallback
}

/// Writes the report into the files that were asked for.
fn pages(report: &Report, args: &VerifyArgs, out: &Output) -> Result<(), Failure> {
    // A page that names the holder is for the operator alone.
    let access = match args.holder {
        true => Access::Owner,
        false => Access::Shared,
    };
    if let Some(path) = &args.html {
        let page = report_html::page(report, &out.texts, out.texts.lang());
        store::write_atomically(path, page.as_bytes(), access)?;
    }
    if let Some(path) = &args.xml {
        let document = report_xml::document(report);
        store::write_atomically(path, document.as_bytes(), Access::Shared)?;
    }
    Ok(())
}

/// Prints a report in the format asked for.
pub fn show(report: &Report, out: &Output) {
    if out.is_text() {
        report_text::print(report, out);
    } else {
        out.object(report);
    }
}

fn policy(args: &VerifyArgs) -> Result<Policy, Failure> {
    let mut policy = super::policy::load(&args.policy)?;
    if args.key.allow_bac_fallback {
        policy.bac_fallback = BacFallback::Allowed;
    }
    Ok(policy)
}

/// What is printed on the document, as far as files say it.
fn page(args: &VerifyArgs) -> Result<Page, Failure> {
    // With a card --mrz-file opens it; with files it can only be compared.
    let with_files = args.key.mrz_file.as_ref().filter(|_| args.folder.is_some());
    let text = |path: &Path| key::read(path).map(|text| text.to_string());
    Ok(Page {
        mrz: args
            .page_mrz
            .as_ref()
            .or(with_files)
            .map(|path| text(path))
            .transpose()?,
        qr: args.qr_file.as_deref().map(qr_text).transpose()?,
    })
}

/// The text that a scanner read from a QR code.
fn qr_text(path: &Path) -> Result<String, Failure> {
    let bytes = store::read_bounded(path, MAX_PAGE_BYTES as u64)?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(Id::M403)
            .fact("file", path.display())
            .fact("detail", "not UTF-8")
    })
}

/// The store that is named, else the folder of certificates that is named, else what this user and this machine trust.
fn trust_store(args: &VerifyArgs) -> Result<TrustStore, Failure> {
    one_place(args.store.as_deref(), args.trust.as_deref())?;
    let mut trust = match (&args.store, &args.trust) {
        (Some(folder), _) => store::load_trust_store(folder)?,
        (None, Some(folder)) => store::load_trust(folder)?,
        (None, None) => store::system_trust()?,
    };
    if args.allow_test_anchors {
        trust.ask_for(TEST_SET);
    }
    Ok(trust)
}

/// Who names a folder of certificates and a store means both, and only one is read. What the variable names gives way to
/// what is named on the command line.
pub fn one_place(store: Option<&Path>, trust: Option<&Path>) -> Result<(), Failure> {
    let by_variable = std::env::var_os("ANTIN_TRUST");
    let named = trust.filter(|folder| by_variable.as_deref() != Some(folder.as_os_str()));
    match (store, named) {
        (Some(_), Some(folder)) => Err(Failure::new(Id::U103)
            .fact("option", "--trust")
            .fact("value", folder.display())
            .said("detail", "trust-and-store")),
        _ => Ok(()),
    }
}

/// Without a trusted authority every issuer is unknown, which is not the documents' fault.
fn warn_of_no_trust(trust: &TrustStore, out: &Output) {
    if trust.is_empty() {
        out.note(format!(
            "{}: {}",
            out.texts.text("warning"),
            out.texts.text(match trust.test_sets().next() {
                Some(_) => "trust-only-tests",
                None => "trust-empty",
            })
        ));
    }
}

/// The moment that `--at` says.
fn moment(text: &str) -> Result<UnixTime, Failure> {
    UnixTime::parse(text).ok_or_else(|| {
        Failure::new(Id::U103)
            .fact("option", "--at")
            .fact("value", text)
            .fact("form", "2026-12-31T12:00:00Z")
    })
}
