//! Signed lists of an authority, and their signers.

use std::path::Path;

use antin::authority::{Authority, NewFile, OpenedKey, Shelf, State};
use antin::crypto::Curve;
use antin::trust::pki::profile::{self, ListKind};
use antin::trust::pki::{ContentSigner, MasterListContent, is_test_name};
use antin::{Certificate, SystemRng, UnixTime};

use super::super::Outcome;
use super::ceremony::{Ceremony, Go, unusable};
use super::csca::{certificate, dates, free};
use super::dates::{first_day, period, years_later};
use super::keys::{Wanted, open, signing_failure};
use super::signers::Maker;
use crate::args::{ListSignerArgs, MlMakeArgs};
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;

/// The largest list that is signed here.
const MAX_LIST_BYTES: u64 = 16 * 1024 * 1024;

/// Makes a master list of the authority's own certificates and others.
pub fn make(args: &MlMakeArgs, out: &Output) -> Outcome {
    let at = antin::now();
    let authority = Authority::open(&args.csca_folder)?;
    let mut certificates = own(&authority)?;
    let mut inputs = Vec::new();
    for path in &args.others {
        let (other, bytes) = certificate(path)?;
        inputs.push((path, bytes));
        certificates.push(other);
    }
    let content = MasterListContent::new(&certificates)
        .map_err(|fault| Failure::new(Id::M421).fact("detail", fault))?;
    free(&args.product)?;
    if args.unsigned {
        antin::authority::write_new(&[NewFile::shared(args.product.clone(), content.as_der())])?;
        out.line(args.product.display().to_string());
        return Ok(Exit::Done as u8);
    }
    let mut ceremony = Ceremony::begin("ml make", &authority, &args.list.ceremony, at, out)?;
    for (path, bytes) in &inputs {
        ceremony.input(path, bytes);
    }
    signed(ceremony, &authority, &content, &args.product, &args.list, at, out)
}

/// Signs the content of a master list that was made elsewhere; it is read, judged and written anew first.
pub fn sign(folder: &Path, list: &Path, product: &Path, args: &ListSignerArgs, out: &Output) -> Outcome {
    let at = antin::now();
    let authority = Authority::open(folder)?;
    let bytes = antin::store::read_bounded(list, MAX_LIST_BYTES)?;
    let mut ceremony = Ceremony::begin("ml sign", &authority, &args.ceremony, at, out)?;
    ceremony.input(list, &bytes);
    let refused = |fault: &dyn std::fmt::Display| {
        Failure::new(Id::M421)
            .fact("file", list.display())
            .fact("detail", fault)
    };
    let content = MasterListContent::from_der(&bytes).map_err(|fault| refused(&fault))?;
    // A list without its own authority cannot be verified by whoever gets it first (ICAO 9303-12 §5.3).
    let own = own(&authority)?;
    let listed = content.certificates().map_err(|fault| refused(&fault))?;
    if let Some(missing) = own.iter().find(|certificate| !listed.contains(certificate)) {
        return Err(refused(&missing.subject()).said("detail", "authority-list-without-own"));
    }
    free(product)?;
    signed(ceremony, &authority, &content, product, args, at, out)
}

/// The authority's certificates and its links.
fn own(authority: &Authority) -> Result<Vec<Certificate>, Failure> {
    let entries = authority.entries(Shelf::Csca)?;
    let mut certificates: Vec<Certificate> = entries.into_iter().map(|entry| entry.certificate).collect();
    certificates.extend(authority.links()?);
    Ok(certificates)
}

fn signed(
    mut ceremony: Ceremony<'_>,
    authority: &Authority,
    content: &MasterListContent,
    product: &Path,
    args: &ListSignerArgs,
    at: UnixTime,
    out: &Output,
) -> Outcome {
    let listed = content.certificates().map_err(unusable)?;
    ceremony.plan.state("certificates", listed.len());
    let hashes: Vec<String> = listed.iter().map(|one| hex::encode(one.fingerprint())).collect();
    ceremony.plan.state("listed", hashes.join(","));
    ceremony.plan.state("to", product.display());
    let chosen = Chosen::of(ListKind::Master, authority, args, at, &mut ceremony)?;
    let ceremony = match ceremony.go()? {
        Go::On(ceremony) => ceremony,
        Go::No(exit) => return Ok(exit),
    };
    let ready = chosen.ready(authority, args, at, out)?;
    let others = [ready.csca.clone()];
    let signer = ContentSigner {
        signer: ready.key.signer(),
        certificate: &ready.certificate,
        others: &others,
    };
    let list = content
        .sign(&signer, at)
        .map_err(|error| signing_failure(&ready.key, error))?;
    // As a stranger who trusts this authority alone.
    antin::trust::master_list::MasterList::parse(&list)
        .and_then(|read| read.verify(&others, at, &antin::crypto::PureRust).map(drop))
        .map_err(|fault| Failure::new(Id::S614).fact("detail", fault))?;
    let mut files = ready.files;
    files.push(NewFile::shared(product.to_owned(), list));
    let made: Vec<&Certificate> = match ready.is_new {
        true => vec![&ready.certificate],
        false => Vec::new(),
    };
    ceremony.finish(files, &made, &ready.key, &ready.certificate)
}

/// The signer of a list: there, or to be made.
pub enum Chosen {
    /// The newest one that may sign now.
    There(Box<antin::authority::Entry>),
    /// None may.
    New {
        /// Its key.
        wanted: Box<Wanted>,
        /// For how long.
        period: profile::Period,
        /// What it signs.
        kind: ListKind,
    },
}

/// A signer that can sign.
pub struct Ready {
    /// Its certificate.
    pub certificate: Certificate,
    /// Its key.
    pub key: OpenedKey,
    /// The certificate of the authority that vouches for it.
    pub csca: Certificate,
    /// Its files, if it was made now.
    pub files: Vec<NewFile>,
    /// Whether it was.
    pub is_new: bool,
}

const fn shelf_of(kind: ListKind) -> Shelf {
    match kind {
        ListKind::Master => Shelf::Ml,
        ListKind::Deviation => Shelf::Dl,
        ListKind::Defect => Shelf::Dfl,
    }
}

impl Chosen {
    /// Looks for a signer, and adds it to the plan.
    pub fn of(
        kind: ListKind,
        authority: &Authority,
        args: &ListSignerArgs,
        at: UnixTime,
        ceremony: &mut Ceremony<'_>,
    ) -> Result<Self, Failure> {
        let csca = authority.acting(at)?.certificate;
        ceremony.plan.state("authority", hex::encode(csca.fingerprint()));
        let entries = authority.entries(shelf_of(kind))?;
        let active = entries
            .into_iter()
            .rfind(|entry| State::of(&entry.certificate, at) == State::Active);
        if let Some(entry) = active {
            ceremony
                .plan
                .state("signer", hex::encode(entry.certificate.fingerprint()));
            return Ok(Self::There(Box::new(entry)));
        }
        let wanted = Box::new(Wanted::of(&args.key, Curve::BrainpoolP256r1)?);
        let from = first_day(args.period.begin.first_day.as_deref(), at)?;
        let usage_end = from.plus_days(i64::from(args.period.usage_days));
        // A list is replaced by its successor long before two years are over.
        let period = period(from, usage_end, years_later(usage_end, 2))?;
        ceremony.plan.state("signer", "new");
        ceremony.plan.state("key", wanted.described());
        dates(ceremony, period);
        Ok(Self::New { wanted, period, kind })
    }

    /// Opens or makes it.
    pub fn ready(
        self,
        authority: &Authority,
        args: &ListSignerArgs,
        at: UnixTime,
        out: &Output,
    ) -> Result<Ready, Failure> {
        let signer_password = args.signer_unlock.signer_password_file.as_deref();
        match self {
            Self::There(entry) => {
                let csca = issuer_of(&entry.certificate, authority)?;
                let key = open(&entry, signer_password, "prompt-signer-password", out)?;
                Ok(Ready {
                    certificate: entry.certificate,
                    key,
                    csca,
                    files: Vec::new(),
                    is_new: false,
                })
            }
            Self::New { wanted, period, kind } => {
                let settings = authority.settings();
                let base = authority.next(shelf_of(kind))?;
                let test = match is_test_name(authority.acting(at)?.certificate.subject()) {
                    true => "TEST ",
                    false => "",
                };
                let what = match kind {
                    ListKind::Master => "Master List Signer",
                    ListKind::Deviation => "Deviation List Signer",
                    ListKind::Defect => "Defect List Signer",
                };
                let number = base
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                let subject = settings
                    .subject(&format!("{test}{what} {number}"))
                    .map_err(unusable)?;
                let place = settings.place().map_err(unusable)?;
                let maker = Maker {
                    authority,
                    base: &base,
                    wanted: &wanted,
                    limit: None,
                    signer_password,
                };
                let made = maker.make(&args.unlock, at, out, |key, csca| {
                    profile::list_signer(kind, &subject, &place, period, key, csca, &mut SystemRng)
                })?;
                Ok(Ready {
                    certificate: made.certificate,
                    key: made.key,
                    csca: made.csca,
                    files: made.files,
                    is_new: true,
                })
            }
        }
    }
}

/// The certificate of the authority that signed this one.
fn issuer_of(signer: &Certificate, authority: &Authority) -> Result<Certificate, Failure> {
    let entries = authority.entries(Shelf::Csca)?;
    let found = entries.into_iter().map(|entry| entry.certificate).find(|csca| {
        signer.names_issuer(csca) && signer.verify_signed_by(csca, &antin::crypto::PureRust).is_ok()
    });
    found.ok_or_else(|| {
        Failure::new(Id::S602)
            .fact("value", signer.subject())
            .fact("missing", "CSCA")
    })
}
