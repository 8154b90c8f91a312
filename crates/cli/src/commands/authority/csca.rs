//! The authority's own key and certificate: made, renewed, linked.

use std::path::Path;

use antin::authority::{Authority, NewFile, OpenedKey, Settings, Shelf, Spelling, is_one_key};
use antin::crypto::Curve;
use antin::trust::countries;
use antin::trust::pki::profile::{self, NameChange, Period};
use antin::trust::pki::{CrlPlaces, Subject, TEST_ORGANISATION, is_test_name};
use antin::{Certificate, SystemRng, UnixTime};

use super::super::Outcome;
use super::ceremony::{Ceremony, Go, unusable};
use super::dates::{first_day, period, years_later};
use super::keys::{Typed, Wanted, open, password, signing_failure, uncertified};
use crate::args::{CeremonyArgs, CscaCreateArgs, CscaPeriod, CscaRenewArgs, CurveSpelling, UnlockArgs};
use crate::failure::{Failure, Id};
use crate::output::Output;

/// Makes an authority.
pub fn create(args: &CscaCreateArgs, out: &Output) -> Outcome {
    let at = antin::now();
    free(&Settings::path(&args.authority_out))?;
    let mut settings = settings(args)?;
    let (mut operators, mut inputs): (Vec<Certificate>, Vec<(&Path, Vec<u8>)>) = (Vec::new(), Vec::new());
    let mut files = Vec::new();
    for (number, path) in args.operator_certs.iter().enumerate() {
        let (certificate, bytes) = certificate(path)?;
        if operators.iter().any(|other| is_one_key(other, &certificate)) {
            return Err(Failure::new(Id::U103)
                .fact("option", "--operator-cert")
                .fact("value", path.display())
                .said("detail", "authority-operator-twice"));
        }
        inputs.push((path, bytes));
        let name = Path::new("operators").join(format!("{:02}.pem", number + 1));
        files.push(NewFile::shared(
            args.authority_out.join(&name),
            certificate.to_pem(),
        ));
        settings.operators.push(name);
        operators.push(certificate);
    }
    if usize::from(settings.approvals) > operators.len() {
        return Err(Failure::new(Id::U103)
            .fact("option", "--approvals")
            .fact("value", settings.approvals)
            .said("detail", "authority-too-few-operators"));
    }
    let name = args
        .common_name
        .clone()
        .unwrap_or_else(|| match settings.organization.as_deref() {
            Some(TEST_ORGANISATION) => format!("TEST CSCA {}", settings.country),
            _ => format!("CSCA {}", settings.country),
        });
    let subject = settings.subject(&name).map_err(unusable)?;
    let place = settings.place().map_err(unusable)?;
    let wanted = Wanted::of(&args.key, Curve::BrainpoolP384r1)?;
    let period = period_of(&args.period, at)?;
    let authority = Authority::planned(&args.authority_out, settings);
    let mut ceremony = Ceremony::found("csca create", &authority, &operators, &args.ceremony, at, out);
    for (path, bytes) in &inputs {
        ceremony.input(path, bytes);
    }
    state(&mut ceremony, &subject, period, authority.settings(), &wanted);
    ceremony.plan.state("to", args.authority_out.display());
    let ceremony = match ceremony.go()? {
        Go::On(ceremony) => ceremony,
        Go::No(exit) => return Ok(exit),
    };
    let settings = authority.settings();
    let base = authority.next(Shelf::Csca)?;
    let secret = || {
        password(
            args.unlock.password_file.as_deref(),
            "prompt-new-password",
            Typed::Twice,
            out,
        )
    };
    let (key, key_files) = wanted.make(&base, settings.parameters, None, secret, out)?;
    uncertified(&authority, &key)?;
    let template = profile::csca(
        &subject,
        &place,
        period,
        key.signer().public_key(),
        NameChange::No,
        &mut SystemRng,
    );
    let made = template
        .sign(key.signer())
        .map_err(|error| signing_failure(&key, error))?;
    files.push(NewFile::shared(
        Settings::path(&args.authority_out),
        settings.to_text(),
    ));
    files.extend(key_files);
    files.extend(published(&authority, &base, &made));
    ceremony.finish(files, &[&made], &key, &made)
}

/// Gives the authority a new key: a new self-signed certificate, and a link that the old key signs.
pub fn renew(args: &CscaRenewArgs, out: &Output) -> Outcome {
    let at = antin::now();
    let authority = Authority::open(&args.csca_folder)?;
    let mut ceremony = Ceremony::begin("csca renew", &authority, &args.ceremony, at, out)?;
    let old = authority.newest(Shelf::Csca)?;
    let settings = authority.settings();
    let wanted = Wanted::of(&args.key, Curve::BrainpoolP384r1)?;
    let period = period_of(&args.period, at)?;
    let (subject_der, change) = match &args.common_name {
        None => (None, NameChange::No),
        Some(name) => (Some(settings.subject(name).map_err(unusable)?), NameChange::Yes),
    };
    let shown = match &subject_der {
        Some(subject) => antin::trust::certificate::Name::parse(&subject.to_der())
            .map_err(unusable)?
            .to_string(),
        None => old.certificate.subject().to_string(),
    };
    ceremony
        .plan
        .state("authority", hex::encode(old.certificate.fingerprint()));
    ceremony.plan.state("subject", shown);
    ceremony.plan.state("link-from", old.certificate.subject());
    dates(&mut ceremony, period);
    ceremony.plan.state("key", wanted.described());
    let base = authority.next(Shelf::Csca)?;
    ceremony.plan.state("to", base.display());
    let ceremony = match ceremony.go()? {
        Go::On(ceremony) => ceremony,
        Go::No(exit) => return Ok(exit),
    };
    old.may_sign(at)?;
    let place = settings.place().map_err(unusable)?;
    let old_key = open(
        &old,
        args.unlock.password_file.as_deref(),
        "prompt-csca-password",
        out,
    )?;
    let secret = || {
        let file = args
            .new_password_file
            .as_deref()
            .or(args.unlock.password_file.as_deref());
        password(file, "prompt-new-password", Typed::Twice, out)
    };
    let (key, key_files) = wanted.make(&base, settings.parameters, None, secret, out)?;
    uncertified(&authority, &key)?;
    let public = key.signer().public_key();
    let template = match &subject_der {
        Some(subject) => profile::csca(subject, &place, period, public, change, &mut SystemRng),
        None => {
            // The same name, byte for byte.
            let stand_in = settings.subject("x").map_err(unusable)?;
            let mut template = profile::csca(&stand_in, &place, period, public, change, &mut SystemRng);
            template.issuer = old.certificate.subject().as_der().to_vec();
            template.subject = template.issuer.clone();
            template
        }
    };
    let made = template
        .sign(key.signer())
        .map_err(|error| signing_failure(&key, error))?;
    let link = profile::link(&old.certificate, &made, &place, &mut SystemRng)
        .map_err(unusable)?
        .sign(old_key.signer())
        .map_err(|error| signing_failure(&old_key, error))?;
    let mut files = key_files;
    files.extend(published(&authority, &base, &made));
    files.push(NewFile::shared(
        super::keys::suffixed(&base, "-link.pem"),
        link.to_pem(),
    ));
    match period.not_before > at {
        true => {
            let day = period.not_before.to_string();
            out.note(out.texts.with("authority-renewed-later", &[("day", &day)]));
        }
        false => out.note(out.texts.text("authority-renewed")),
    }
    // Whoever trusts the old key can check the transcript with it.
    ceremony.finish(files, &[&made, &link], &old_key, &old.certificate)
}

/// Certifies a new key of this authority that was made elsewhere.
pub fn link(
    folder: &Path,
    new: &Path,
    product: &Path,
    unlock: &UnlockArgs,
    args: &CeremonyArgs,
    out: &Output,
) -> Outcome {
    let at = antin::now();
    let authority = Authority::open(folder)?;
    let mut ceremony = Ceremony::begin("csca link", &authority, args, at, out)?;
    let old = authority.acting(at)?;
    let (new_csca, bytes) = certificate(new)?;
    new_csca
        .verify_signed_by(&new_csca, &antin::crypto::PureRust)
        .map_err(|fault| {
            Failure::new(Id::M421)
                .fact("file", new.display())
                .fact("detail", fault)
        })?;
    ceremony.input(new, &bytes);
    ceremony
        .plan
        .state("authority", hex::encode(old.certificate.fingerprint()));
    ceremony.plan.state("link-from", old.certificate.subject());
    ceremony.plan.state("subject", new_csca.subject());
    ceremony
        .plan
        .state("certified", hex::encode(new_csca.fingerprint()));
    ceremony.plan.state("to", product.display());
    free(product)?;
    let ceremony = match ceremony.go()? {
        Go::On(ceremony) => ceremony,
        Go::No(exit) => return Ok(exit),
    };
    old.may_sign(at)?;
    let place = authority.settings().place().map_err(unusable)?;
    let template = profile::link(&old.certificate, &new_csca, &place, &mut SystemRng).map_err(unusable)?;
    let key = open(&old, unlock.password_file.as_deref(), "prompt-csca-password", out)?;
    let made = template
        .sign(key.signer())
        .map_err(|error| signing_failure(&key, error))?;
    let files = vec![NewFile::shared(product.to_owned(), made.to_pem())];
    ceremony.finish(files, &[&made], &key, &old.certificate)
}

/// A certificate file, with its bytes as they are.
pub fn certificate(path: &Path) -> Result<(Certificate, Vec<u8>), Failure> {
    const MAX_BYTES: u64 = 256 * 1024;
    let bytes = antin::store::read_bounded(path, MAX_BYTES)?;
    match Certificate::from_bytes(&bytes) {
        Ok(certificate) => Ok((certificate, bytes)),
        Err(fault) => Err(Failure::new(Id::M424)
            .fact("file", path.display())
            .fact("detail", fault)),
    }
}

/// The key of the authority's certificate that signs now, if it may.
pub fn authority_key(
    authority: &Authority,
    unlock: &UnlockArgs,
    at: UnixTime,
    out: &Output,
) -> Result<(Certificate, OpenedKey), Failure> {
    let entry = authority.acting(at)?;
    entry.may_sign(at)?;
    let key = open(
        &entry,
        unlock.password_file.as_deref(),
        "prompt-csca-password",
        out,
    )?;
    Ok((entry.certificate, key))
}

/// The files of a CSCA certificate: on its shelf, and where verifiers look.
fn published(authority: &Authority, base: &Path, made: &Certificate) -> [NewFile; 2] {
    let number = base
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let trusted = authority
        .folder()
        .join("trust")
        .join(format!("csca-{number}.pem"));
    [
        NewFile::shared(base.with_extension("pem"), made.to_pem()),
        NewFile::shared(trusted, made.to_pem()),
    ]
}

fn settings(args: &CscaCreateArgs) -> Result<Settings, Failure> {
    let country = args.authority_country.to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(Failure::new(Id::U103)
            .fact("option", "--country")
            .fact("value", &args.authority_country)
            .said("detail", "authority-country-letters"));
    }
    let mrz_code = match &args.mrz_code {
        Some(code) => code.clone(),
        None => countries::mrz_code(&country)
            .map(ToOwned::to_owned)
            .ok_or_else(|| {
                Failure::new(Id::U103)
                    .fact("option", "--mrz-code")
                    .fact("value", &country)
                    .said("detail", "authority-no-mrz-code")
            })?,
    };
    let crl = match args.crl_places.is_empty() {
        false => args.crl_places.clone(),
        true => {
            let code = match &args.issuer_code {
                Some(issuer) => format!("{mrz_code}_{issuer}"),
                None => mrz_code.clone(),
            };
            let places = CrlPlaces::icao_pkd(&code).map_err(unusable)?;
            places.iter().map(ToOwned::to_owned).collect()
        }
    };
    let mut settings = Settings::new(&country, &mrz_code, crl);
    settings.organization = Some(
        args.organization
            .clone()
            .unwrap_or_else(|| TEST_ORGANISATION.to_owned()),
    );
    settings.unit = args.unit.clone();
    settings.state = args.issuer_code.clone();
    settings.mail = args.mail.clone();
    settings.uri = args.uri.clone();
    settings.approvals = args.approvals;
    settings.parameters = match args.parameters {
        CurveSpelling::Explicit => Spelling::Explicit,
        CurveSpelling::Named => Spelling::Named,
    };
    settings.place().map_err(unusable)?;
    Ok(settings)
}

fn period_of(args: &CscaPeriod, at: UnixTime) -> Result<Period, Failure> {
    let from = first_day(args.begin.first_day.as_deref(), at)?;
    period(
        from,
        years_later(from, args.usage_years),
        years_later(from, args.valid_years),
    )
}

fn state(
    ceremony: &mut Ceremony<'_>,
    subject: &Subject,
    period: Period,
    settings: &Settings,
    wanted: &Wanted,
) {
    let name = antin::trust::certificate::Name::parse(&subject.to_der());
    let name = name.map(|name| (name.to_string(), is_test_name(&name)));
    if let Ok((name, is_test)) = name {
        ceremony.plan.state("subject", name);
        ceremony.plan.state("test", is_test);
    }
    dates(ceremony, period);
    ceremony.plan.state("key", wanted.described());
    // Everything that certificates will repeat, and who must agree from now on.
    ceremony.plan.state("settings", settings.to_text());
}

/// What a plan says of a period.
pub fn dates(ceremony: &mut Ceremony<'_>, period: Period) {
    ceremony.plan.state("not-before", period.not_before);
    ceremony.plan.state("usage-until", period.usage_until);
    ceremony.plan.state("not-after", period.not_after);
}

/// Refuses a name that is taken before anybody types a password.
pub fn free(path: &Path) -> Result<(), Failure> {
    match path.exists() {
        true => Err(Failure::new(Id::U104).fact("file", path.display())),
        false => Ok(()),
    }
}
