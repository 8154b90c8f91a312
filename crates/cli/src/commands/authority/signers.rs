//! Signers under an authority: of documents, and of visible seals.

use std::path::Path;

use antin::authority::{Authority, Entry, KeyLedger, MadeCrl, NewFile, Shelf, State};
use antin::crypto::Curve;
use antin::trust::pki::profile;
use antin::trust::pki::{Template, is_test_name};
use antin::{Certificate, SystemRng, UnixTime};

use super::super::Outcome;
use super::ceremony::{Ceremony, Go, unusable};
use super::csca::{authority_key, dates, free};
use super::dates::{first_day, midnight, period, years_later};
use super::keys::{Typed, Wanted, password, signing_failure, uncertified};
use crate::args::{DsCreateArgs, SealCreateArgs};
use crate::failure::Failure;
use crate::output::Output;

/// Makes a document signer.
pub fn create(args: &DsCreateArgs, out: &Output) -> Outcome {
    let at = antin::now();
    let from = first_day(args.period.begin.first_day.as_deref(), at)?;
    document_signer("ds create", from, args, at, out)
}

/// Makes the next document signer, which begins shortly before the present one ends; that one drains.
pub fn rotate(overlap: u16, args: &DsCreateArgs, out: &Output) -> Outcome {
    let at = antin::now();
    let folder = args.signer_out.as_deref().unwrap_or(&args.csca_folder);
    let entries = Authority::planned(folder, Authority::open(&args.csca_folder)?.settings().clone());
    let present = entries.newest(Shelf::Ds)?;
    let from = match &args.period.begin.first_day {
        Some(text) => first_day(Some(text), at)?,
        None => {
            let end = present
                .certificate
                .usage_period()
                .and_then(|period| period.not_after);
            let end = end.unwrap_or(present.certificate.not_after());
            midnight(end.plus_days(1 - i64::from(overlap))).max(midnight(at))
        }
    };
    let outcome = document_signer("ds rotate", from, args, at, out)?;
    if !args.ceremony.dry_run {
        let crl = Authority::open(&args.csca_folder)?.last_crl()?;
        for entry in entries.entries(Shelf::Ds)? {
            tell(&entry, crl.as_ref(), at, out);
        }
    }
    Ok(outcome)
}

fn tell(entry: &Entry, crl: Option<&MadeCrl>, at: UnixTime, out: &Output) {
    let state = State::of(&entry.certificate, at);
    let key = match state {
        _ if crl.is_some_and(|crl| crl.takes_back(&entry.certificate)) => "authority-revoked",
        State::Planned => "authority-planned",
        State::Active => "authority-active",
        State::Draining => "authority-draining",
        State::Over => "authority-over",
    };
    out.note(format!(
        "ds/{:02}  {}  {}",
        entry.number,
        out.texts.text(key),
        crate::shown::shown(&entry.certificate.subject().to_string())
    ));
}

fn document_signer(action: &str, from: UnixTime, args: &DsCreateArgs, at: UnixTime, out: &Output) -> Outcome {
    let authority = Authority::open(&args.csca_folder)?;
    let mut ceremony = Ceremony::begin(action, &authority, &args.ceremony, at, out)?;
    let csca = authority.acting(at)?.certificate;
    let settings = authority.settings();
    let folder = args.signer_out.as_deref().unwrap_or(&args.csca_folder);
    let shelf = Authority::planned(folder, settings.clone());
    let base = shelf.next(Shelf::Ds)?;
    let number = base
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let name = args
        .signer_name
        .clone()
        .unwrap_or_else(|| match is_test_name(csca.subject()) {
            true => format!("TEST Document Signer {number}"),
            false => format!("Document Signer {number}"),
        });
    let subject = settings.subject(&name).map_err(unusable)?;
    let place = settings.place().map_err(unusable)?;
    let usage_end = from.plus_days(i64::from(args.period.usage_days));
    let period = period(from, usage_end, years_later(usage_end, args.document_years))?;
    let wanted = Wanted::of(&args.key, Curve::BrainpoolP256r1)?;
    ceremony.plan.state("authority", hex::encode(csca.fingerprint()));
    ceremony.plan.state("subject", shown_name(&subject.to_der()));
    ceremony
        .plan
        .state("document-types", args.document_types.join(","));
    ceremony.plan.state("documents", args.documents);
    ceremony.plan.state("key", wanted.described());
    ceremony.plan.state("to", base.display());
    dates(&mut ceremony, period);
    let ceremony = match ceremony.go()? {
        Go::On(ceremony) => ceremony,
        Go::No(exit) => return Ok(exit),
    };
    let maker = Maker {
        authority: &authority,
        base: &base,
        wanted: &wanted,
        limit: Some(args.documents),
        signer_password: args.signer_unlock.signer_password_file.as_deref(),
    };
    let made = maker.make(&args.unlock, at, out, |key, csca| {
        profile::document_signer(
            &subject,
            &place,
            period,
            &args.document_types,
            key,
            csca,
            &mut SystemRng,
        )
    })?;
    if let Some(ledger) = KeyLedger::of_user() {
        ledger.remember(&made.certificate, args.documents)?;
    }
    let mut files = made.files;
    if args.signer_out.is_some() {
        files.extend(trusted(&authority, folder)?);
    }
    ceremony.finish(files, &[&made.certificate], &made.authority_key, &made.csca)
}

/// Makes a signer of visible seals.
pub fn create_seal(args: &SealCreateArgs, out: &Output) -> Outcome {
    let at = antin::now();
    let authority = Authority::open(&args.csca_folder)?;
    let mut ceremony = Ceremony::begin("seal-signer create", &authority, &args.ceremony, at, out)?;
    let csca = authority.acting(at)?.certificate;
    let base = authority.next(Shelf::Seal)?;
    let from = first_day(args.begin.first_day.as_deref(), at)?;
    let usage_end = from.plus_days(i64::from(args.seal_days));
    let period = period(from, usage_end, years_later(usage_end, args.document_years))?;
    let wanted = Wanted::of(&args.key, Curve::BrainpoolP256r1)?;
    ceremony.plan.state("authority", hex::encode(csca.fingerprint()));
    ceremony.plan.state("identifier", &args.identifier);
    ceremony.plan.state("to", base.display());
    ceremony.plan.state("document-types", args.seal_types.join(","));
    ceremony.plan.state("key", wanted.described());
    dates(&mut ceremony, period);
    let ceremony = match ceremony.go()? {
        Go::On(ceremony) => ceremony,
        Go::No(exit) => return Ok(exit),
    };
    let serial = antin::trust::pki::random_serial(&mut SystemRng);
    let maker = Maker {
        authority: &authority,
        base: &base,
        wanted: &wanted,
        limit: None,
        signer_password: args.signer_unlock.signer_password_file.as_deref(),
    };
    let made = maker.make(&args.unlock, at, out, |key, csca| {
        profile::seal_signer(&args.identifier, &serial, period, &args.seal_types, key, csca)
    })?;
    ceremony.finish(made.files, &[&made.certificate], &made.authority_key, &made.csca)
}

/// What makes a signer: its key, and a certificate by the authority's.
pub struct Maker<'a> {
    /// The authority.
    pub authority: &'a Authority,
    /// Where the certificate goes, without its ending.
    pub base: &'a Path,
    /// The key.
    pub wanted: &'a Wanted,
    /// How many documents it may sign.
    pub limit: Option<u64>,
    /// The file with its password.
    pub signer_password: Option<&'a Path>,
}

/// A signer that was made, not written yet.
pub struct MadeSigner {
    /// Its certificate.
    pub certificate: Certificate,
    /// Its key.
    pub key: antin::authority::OpenedKey,
    /// The authority's certificate.
    pub csca: Certificate,
    /// The authority's key.
    pub authority_key: antin::authority::OpenedKey,
    /// Its files.
    pub files: Vec<NewFile>,
}

impl Maker<'_> {
    /// Makes it.
    pub fn make(
        &self,
        unlock: &crate::args::UnlockArgs,
        at: UnixTime,
        out: &Output,
        template: impl FnOnce(&antin::crypto::VerifyingKey, &Certificate) -> Result<Template, antin::trust::Error>,
    ) -> Result<MadeSigner, Failure> {
        free(&self.base.with_extension("pem"))?;
        let (csca, authority_key) = authority_key(self.authority, unlock, at, out)?;
        let secret = || password(self.signer_password, "prompt-new-password", Typed::Twice, out);
        let parameters = self.authority.settings().parameters;
        let (key, mut files) = self.wanted.make(self.base, parameters, self.limit, secret, out)?;
        uncertified(self.authority, &key)?;
        let template = template(key.signer().public_key(), &csca).map_err(unusable)?;
        let certificate = template
            .sign(authority_key.signer())
            .map_err(|error| signing_failure(&authority_key, error))?;
        files.push(NewFile::shared(
            self.base.with_extension("pem"),
            certificate.to_pem(),
        ));
        Ok(MadeSigner {
            certificate,
            key,
            csca,
            authority_key,
            files,
        })
    }
}

/// The authority's certificates for a signer's own folder, as far as they are not there yet.
fn trusted(authority: &Authority, folder: &Path) -> Result<Vec<NewFile>, Failure> {
    let mut files = Vec::new();
    for entry in authority.entries(Shelf::Csca)? {
        let path = folder.join("trust").join(format!("csca-{:02}.pem", entry.number));
        if !path.exists() {
            files.push(NewFile::shared(path, entry.certificate.to_pem()));
        }
    }
    Ok(files)
}

fn shown_name(der: &[u8]) -> String {
    antin::trust::certificate::Name::parse(der)
        .map_or_else(|fault| fault.to_string(), |name| name.to_string())
}
