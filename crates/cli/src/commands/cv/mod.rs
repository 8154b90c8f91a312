//! `antin cvca|dv|is create|request|sign|show|verify`: certificates of terminals, in the files that `cvc-create` and
//! `cvc-print` of openpace use.
//!
//! `files` reads and writes them, `keys` holds private keys, `template` says what is to be signed, `judge` believes or
//! doubts as a chip would, `shown` prints.

mod files;
mod judge;
mod keys;
mod shown;
mod template;

use std::path::Path;

use antin::SystemRng;
use antin::trust::cv::{CvCertificate, CvRequest, CvSigner, Reference};

use super::Outcome;
use crate::args::{CvCommand, CvIssuer, CvKeyArgs, CvRights};
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;
use keys::Own;
pub use shown::Printed;

/// The name of the output's schema.
pub const SCHEMA: &str = "antin.cv/1";

/// Whose certificate is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// A country's authority.
    Cvca,
    /// A document verifier.
    Dv,
    /// A terminal.
    Is,
}

/// The certificate that signs, and its key.
struct Issuer {
    certificate: CvCertificate,
    signer: CvSigner,
}

/// Runs one of the actions.
pub fn run(noun: Noun, command: &CvCommand, out: &Output) -> Outcome {
    match command {
        CvCommand::Create {
            chr,
            key,
            rights,
            issuer,
            cv_out,
        } => create(noun, chr, key, rights, issuer, cv_out, out),
        CvCommand::Request {
            chr,
            key,
            authority,
            known_as,
            known_key,
            cv_out,
        } => {
            let known = known_as.as_deref().zip(known_key.as_deref());
            request(chr, key, authority.as_deref(), known, cv_out, out)
        }
        CvCommand::Sign {
            request,
            rights,
            issuer,
            cv_out,
        } => sign(noun, request, rights, issuer, cv_out, out),
        CvCommand::Show { cv_file } => shown::show(cv_file, out),
        CvCommand::Verify {
            certificates,
            anchor,
            date,
            sha1,
        } => judge::verify(certificates, anchor, date.as_deref(), *sha1, out),
    }
}

/// A key and its certificate. The key is written when everything else is done, so that a mistake leaves none behind.
fn create(
    noun: Noun,
    chr: &str,
    key: &CvKeyArgs,
    rights: &CvRights,
    issuer: &CvIssuer,
    path: &Path,
    out: &Output,
) -> Outcome {
    let name = template::reference("--chr", chr)?;
    let by = match (noun, issuer.by.is_some()) {
        (Noun::Cvca, false) => None,
        _ => Some(issuer_of(issuer)?),
    };
    files::free(path)?;
    let plan = template::Plan::of(noun, rights, by.as_ref())?;
    let own = Own::of(key)?;
    let authority = match &by {
        None => name.clone(),
        Some(by) => by.certificate.holder().clone(),
    };
    let signer = by.as_ref().map_or(&own.signer, |by| &by.signer);
    let made = plan
        .template(authority, name, own.signer.public())
        .sign(signer, &mut SystemRng)
        .map_err(template::unusable)?;
    own.keep_with(path, made.as_bytes())?;
    certificate_made(path, &made, by.as_ref(), out);
    Ok(Exit::Done as u8)
}

fn request(
    chr: &str,
    key: &CvKeyArgs,
    authority: Option<&str>,
    known: Option<(&str, &Path)>,
    path: &Path,
    out: &Output,
) -> Outcome {
    let name = template::reference("--chr", chr)?;
    let of_authority = |text| template::reference("--authority", text);
    let authority = authority.map(of_authority).transpose()?;
    let known = known
        .map(|(name, path)| {
            Ok::<(Reference, &Path), Failure>((template::reference("--known-as", name)?, path))
        })
        .transpose()?;
    files::free(path)?;
    let own = Own::of(key)?;
    let mut made = CvRequest::create(&name, authority.as_ref(), &own.signer, &mut SystemRng)
        .map_err(template::unusable)?;
    if let Some((name, path)) = known {
        let signer = keys::load(path, own.signer.algorithm())?;
        made = made
            .countersign(&name, &signer, &mut SystemRng)
            .map_err(template::unusable)?;
    }
    own.keep_with(path, &made.to_bytes())?;
    out.line(path.display().to_string());
    out.note(out.texts.text("cv-test-only"));
    if !out.is_text() {
        out.object(&shown::of_request(path, &made));
    }
    Ok(Exit::Done as u8)
}

fn sign(
    noun: Noun,
    request: &Path,
    rights: &CvRights,
    issuer: &CvIssuer,
    path: &Path,
    out: &Output,
) -> Outcome {
    let asked = files::request(request)?;
    let key = asked.verify().map_err(|fault| files::malformed(request, fault))?;
    let by = issuer_of(issuer)?;
    files::free(path)?;
    let authority = by.certificate.holder().clone();
    let template =
        template::Plan::of(noun, rights, Some(&by))?.template(authority, asked.holder().clone(), key);
    if asked.extensions().is_some() {
        // They may carry rights that nobody named here.
        out.note(format!(
            "{}: {}",
            out.texts.text("warning"),
            out.texts.text("cv-extensions-left-out")
        ));
    }
    let made = template
        .sign(&by.signer, &mut SystemRng)
        .map_err(template::unusable)?;
    files::save(path, made.as_bytes())?;
    certificate_made(path, &made, Some(&by), out);
    Ok(Exit::Done as u8)
}

/// The certificate that signs, and its key, which must belong to it.
fn issuer_of(args: &CvIssuer) -> Result<Issuer, Failure> {
    let (Some(path), Some(key)) = (&args.by, &args.by_key) else {
        return Err(Failure::new(Id::U100).fact("missing", "--by FILE --by-key FILE"));
    };
    let certificate = files::certificate(path)?;
    let signer = keys::load(key, certificate.public_key().algorithm())?;
    let stated = certificate.public_key().resolve(signer.public().curve());
    if stated.ok() != Some(signer.public()) {
        return Err(Failure::new(Id::S602)
            .fact("file", key.display())
            .fact("not-key-of", path.display()));
    }
    Ok(Issuer { certificate, signer })
}

/// Says what was made, and why a chip would not believe it: making such a thing is no error, tests need it.
fn certificate_made(path: &Path, made: &CvCertificate, by: Option<&Issuer>, out: &Output) {
    let doubts = by.map(|by| judge::doubts(by, made)).unwrap_or_default();
    out.line(path.display().to_string());
    for doubt in &doubts {
        let doubt = judge::doubt_text(doubt, &out.texts);
        out.note(format!("{}: {doubt}", out.texts.text("warning")));
    }
    out.note(out.texts.text("cv-test-only"));
    if !out.is_text() {
        let english = crate::i18n::Texts::new(crate::i18n::Lang::En);
        let mut shown = shown::of_certificate(path, made, shown::Signature::Good);
        shown.warnings = doubts
            .iter()
            .map(|doubt| judge::doubt_text(doubt, &english))
            .collect();
        out.object(&shown);
    }
}
