//! `antin crl make`: the next revocation list.

use std::path::Path;

use antin::authority::{Authority, MadeCrl, NewFile, Problem, Shelf};
use antin::trust::pki::{CrlTemplate, RevokedCertificate, next_number};
use antin::{Certificate, UnixTime};

use super::super::Outcome;
use super::ceremony::{Ceremony, Go};
use super::csca::{authority_key, certificate, free};
use super::keys::signing_failure;
use crate::args::{CeremonyArgs, UnlockArgs};
use crate::failure::{Failure, Id};
use crate::output::Output;

/// What is to be revoked, and what the user says is meant though it looks like a mistake.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Files and serial numbers.
    pub revoke: &'a [String],
    /// A certificate of the authority itself.
    pub revoking_authority: bool,
    /// A number that no certificate in the folder has.
    pub unknown_serial: bool,
}

/// A mistyped number revokes nobody, and the authority's own takes every document with it.
fn is_meant(text: &str, serial: &[u8], authority: &Authority, wanted: Wanted<'_>) -> Result<(), Failure> {
    let on = |shelf| -> Result<bool, Failure> {
        let entries = authority.entries(shelf)?;
        Ok(entries.iter().any(|entry| entry.certificate.serial() == serial))
    };
    let links = authority.links()?;
    if on(Shelf::Csca)? || links.iter().any(|link| link.serial() == serial) {
        return match wanted.revoking_authority {
            true => Ok(()),
            false => Err(wrong(text).said("detail", "authority-revokes-itself")),
        };
    }
    if wanted.unknown_serial || Path::new(text).is_file() {
        return Ok(());
    }
    for shelf in [Shelf::Ds, Shelf::Ml, Shelf::Dl, Shelf::Dfl, Shelf::Seal] {
        if on(shelf)? {
            return Ok(());
        }
    }
    Err(wrong(text).said("detail", "authority-serial-unknown"))
}

/// Makes the list: what the last one said, and what is revoked now.
pub fn make(
    folder: &Path,
    wanted: Wanted<'_>,
    next_days: u16,
    copy: Option<&Path>,
    unlock: &UnlockArgs,
    args: &CeremonyArgs,
    out: &Output,
) -> Outcome {
    let at = antin::now();
    let authority = Authority::open(folder)?;
    let mut ceremony = Ceremony::begin("crl make", &authority, args, at, out)?;
    let csca = authority.acting(at)?.certificate;
    let last = authority.last_crl()?;
    recorded(&ceremony, last.as_ref(), &authority)?;
    let mut revoked: Vec<RevokedCertificate> = last
        .iter()
        .flat_map(|made| made.list.entries())
        .map(|entry| RevokedCertificate {
            serial: entry.serial,
            at: entry.date,
        })
        .collect();
    let before = revoked.len();
    for text in wanted.revoke {
        let serial = serial(text, &authority, &mut ceremony)?;
        is_meant(text, &serial, &authority, wanted)?;
        if revoked.iter().any(|entry| entry.serial == serial) {
            return Err(wrong(text).said("detail", "authority-revoked-already"));
        }
        revoked.push(RevokedCertificate { serial, at });
    }
    let number = next_number(
        last.as_ref()
            .and_then(|made| made.list.number())
            .unwrap_or_default(),
    );
    let serials: Vec<String> = revoked.iter().map(|entry| hex::encode(&entry.serial)).collect();
    let newly = serials.get(before..).unwrap_or_default().join(",");
    ceremony.plan.state("authority", hex::encode(csca.fingerprint()));
    ceremony.plan.state("number", hex::encode(&number));
    let previous = last.as_ref().map_or("none", |made| made.sha256.as_str());
    ceremony.plan.state("previous-sha256", previous);
    let product = authority.next_crl()?;
    ceremony.plan.state("to", product.display());
    ceremony.plan.state("next-days", next_days);
    ceremony.plan.state("revoked", serials.join(","));
    ceremony.plan.state("revoked-now", newly);
    if let Some(path) = copy {
        ceremony.plan.state("copy-to", path.display());
        free(path)?;
    }
    if next_days > 90 {
        // ICAO 9303-12 §4.1.5.
        out.note(out.texts.text("authority-crl-late"));
    }
    let ceremony = match ceremony.go()? {
        Go::On(ceremony) => ceremony,
        Go::No(exit) => return Ok(exit),
    };
    let (csca, key) = authority_key(&authority, unlock, at, out)?;
    let template = CrlTemplate {
        number,
        this_update: at,
        next_update: at.plus_days(i64::from(next_days)),
        revoked,
        former_names: former_names(&authority, &csca, at)?,
    };
    let list = template
        .sign(&csca, key.signer())
        .map_err(|error| signing_failure(&key, error))?;
    let mut files = vec![NewFile::shared(product, list.clone())];
    files.extend(copy.map(|path| NewFile::shared(path.to_owned(), list)));
    ceremony.finish(files, &[], &key, &csca)
}

/// The last list must be the one that the last ceremony made: an older one that was put in its place forgets whom it revoked.
fn recorded(ceremony: &Ceremony<'_>, last: Option<&MadeCrl>, authority: &Authority) -> Result<(), Failure> {
    let Some(record) = ceremony.history.last_of("crl make") else {
        return Ok(());
    };
    let is_it = |made: &MadeCrl| record.outputs.iter().any(|output| output.sha256 == made.sha256);
    if last.is_some_and(is_it) {
        return Ok(());
    }
    let path = last.map_or_else(|| authority.folder().join("crl"), |made| made.path.clone());
    let what = format!(
        "not the list that ceremony {} made; it is missing or another one",
        record.number
    );
    Err(Problem::Settings { path, what }.into())
}

/// Names that certificates still carry (ICAO 9303-12 table 10, note 1).
fn former_names(
    authority: &Authority,
    csca: &Certificate,
    at: UnixTime,
) -> Result<Vec<antin::trust::certificate::Name>, Failure> {
    let mut names = Vec::new();
    for entry in authority.entries(Shelf::Csca)? {
        let name = entry.certificate.subject();
        if entry.certificate.not_after() >= at && name != csca.subject() && !names.contains(name) {
            names.push(name.clone());
        }
    }
    Ok(names)
}

/// The serial number of a certificate file of this authority, or a number in hex.
fn serial(text: &str, authority: &Authority, ceremony: &mut Ceremony<'_>) -> Result<Vec<u8>, Failure> {
    let path = Path::new(text);
    if path.is_file() {
        let (revoked, bytes) = certificate(path)?;
        let ours = authority
            .entries(Shelf::Csca)?
            .iter()
            .any(|entry| revoked.issuer() == entry.certificate.subject());
        if !ours {
            return Err(wrong(text).said("detail", "authority-not-ours"));
        }
        ceremony.input(path, &bytes);
        return Ok(revoked.serial().to_vec());
    }
    let digits: String = text.chars().filter(|letter| *letter != ':').collect();
    let padded = match digits.len().is_multiple_of(2) {
        true => digits,
        false => format!("0{digits}"),
    };
    let number = hex::decode(padded).unwrap_or_default();
    let number: Vec<u8> = number.into_iter().skip_while(|byte| *byte == 0).collect();
    match (1..=20).contains(&number.len()) {
        true => Ok(number),
        false => Err(wrong(text).fact("form", "FILE, 1..20 octets in hex")),
    }
}

fn wrong(text: &str) -> Failure {
    Failure::new(Id::U103)
        .fact("option", "--revoke")
        .fact("value", text)
}
