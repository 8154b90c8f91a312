//! What the reader trusts, and how it came to trust it.

use antin::crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin::store::trust::{ImportOptions, TrustFolder, import};
use antin::trust::pki::profile::{self, ListKind, Period, Place as Address};
use antin::trust::pki::{
    Contact, ContentSigner, CrlPlaces, CscaOptions, MasterListContent, Subject, csca_template,
};
use antin::trust::store::{Documents, Effect, Exception, SignerRef, TEST_SET};
use antin::wire::oids::CSCA_MASTER_LIST;
use antin::wire::tlv::{self, Tag, tags};
use antin::{Certificate, CheckId, TrustStore, UnixTime};
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;
use serde::Deserialize;

use crate::attacks::place::Place;
use crate::error::Error;
use crate::reader::expect::ReaderOptions;
use crate::stage::{Issued, Making};

/// How the authority of the card is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Known {
    /// Somebody trusts its certificate.
    #[default]
    Anchor,
    /// Somebody trusts its key of before, which certifies the one of now.
    Link,
    /// Somebody trusts its key of before, and that is all.
    Predecessor,
    /// It is trusted, beside another key under the same name.
    Namesake,
    /// Another key under its name is trusted, and not its own.
    NamesakeAlone,
    /// It came with a master list that somebody imported.
    List,
    /// The same, and one member of the list is broken.
    BrokenMember,
    /// The same, and the signature of the list is wrong.
    UnsignedList,
}

/// The store of a reading.
pub(crate) fn store(options: &ReaderOptions, issued: &Issued, making: Making) -> Result<TrustStore, Error> {
    let wrong = making == Making::Whole;
    let known = options
        .wrong_authority
        .filter(|_| wrong)
        .unwrap_or(options.authority);
    let mut store = anchors(known, issued)?;
    if options.directory {
        store.add_signer(issued.issuer.ds.clone());
    }
    let crl = options.wrong_crl.filter(|_| wrong).or(options.crl);
    if let Some(says) = crl {
        store.add_crl(issued.issuer.revocations(says, issued.at)?);
    }
    for (name, tolerated) in [(&options.tolerates, true), (&options.notes, false)] {
        if let Some(name) = name {
            store
                .add_exception(exception(name, tolerated, issued)?)
                .map_err(unfit)?;
        }
    }
    Ok(store)
}

fn anchors(known: Known, issued: &Issued) -> Result<TrustStore, Error> {
    let own = issued.issuer.csca.clone();
    let trusting = |all: Vec<Certificate>| TrustStore::from_certificates(all).map_err(unfit);
    match known {
        Known::Anchor => trusting(vec![own]),
        Known::Predecessor => trusting(vec![other(issued, 7)?.0]),
        Known::NamesakeAlone => trusting(vec![other(issued, 8)?.0]),
        Known::Namesake => trusting(vec![other(issued, 8)?.0, own]),
        Known::Link => {
            let (before, key) = other(issued, 7)?;
            let link = profile::link(&before, &own, &address()?, &mut chance(9)).map_err(unfit)?;
            let link = link.sign(&key).map_err(unfit)?;
            let mut store = trusting(vec![before])?;
            store.add_link(link).map_err(unfit)?;
            Ok(store)
        }
        Known::List | Known::BrokenMember | Known::UnsignedList => imported(known, issued),
    }
}

/// A key under the name of the card's authority, that is not its own.
fn other(issued: &Issued, seed: u64) -> Result<(Certificate, SoftSigner), Error> {
    let key = PrivateKey::generate(Curve::P384, &mut chance(seed));
    let key = SoftSigner::new(key, Hash::Sha384, ParameterForm::Named);
    let options = CscaOptions::new("UT", issued.at.plus_days(-200));
    let template = csca_template(&options, &key, &mut chance(seed)).map_err(unfit)?;
    Ok((template.sign(&key).map_err(unfit)?, key))
}

/// What an import makes of a master list that the authority's own list signer has signed.
fn imported(known: Known, issued: &Issued) -> Result<TrustStore, Error> {
    let place = Place::new().map_err(Error::Card)?;
    let path = place.folder().join("authorities.ml");
    let mut list = master_list(known, issued)?;
    if let (Known::UnsignedList, Some(last)) = (known, list.last_mut()) {
        *last ^= 1;
    }
    std::fs::write(&path, list).map_err(unfit)?;
    let folder = TrustFolder::at(place.folder().join("store"));
    let mut options = ImportOptions::new("conformance", issued.at);
    options.roots.push(issued.issuer.csca.clone());
    let outcome = import(&folder, &[path], &options);
    let mut store = match (outcome, known) {
        // What is refused leaves a reader that knows nobody.
        (Err(_), Known::UnsignedList) => TrustStore::new(),
        (Err(error), _) => return Err(unfit(error)),
        (Ok(report), _) => {
            let broken = report.skipped_objects.iter().map(|skipped| skipped.index);
            let named = matches!(known, Known::BrokenMember) == broken.eq([1]);
            if !named {
                return Err(Error::Card(format!(
                    "the import skipped {:?}",
                    report.skipped_objects
                )));
            }
            folder.load().map_err(unfit)?.to_trust_store()
        }
    };
    store.ask_for(TEST_SET);
    Ok(store)
}

fn master_list(known: Known, issued: &Issued) -> Result<Vec<u8>, Error> {
    let csca = &issued.issuer.csca;
    let key = PrivateKey::generate(Curve::P256, &mut chance(10));
    let key = SoftSigner::new(key, Hash::Sha256, ParameterForm::Named);
    let subject = Subject::test("UT", "TEST LIST SIGNER").map_err(unfit)?;
    let at = issued.at;
    let period = Period::new(at, at.plus_days(90), at.plus_days(400)).map_err(unfit)?;
    let certificate = profile::list_signer(
        ListKind::Master,
        &subject,
        &address()?,
        period,
        key.public_key(),
        csca,
        &mut chance(11),
    );
    let certificate = certificate.map_err(unfit)?;
    let certificate = certificate.sign(issued.issuer.authority()).map_err(unfit)?;
    let signer = ContentSigner {
        signer: &key,
        certificate: &certificate,
        others: std::slice::from_ref(csca),
    };
    if known != Known::BrokenMember {
        let content = MasterListContent::new(std::slice::from_ref(csca)).map_err(unfit)?;
        return content.sign(&signer, at).map_err(unfit);
    }
    // A certificate whose serial number is none, behind one that is whole.
    let mut torn = csca.as_der().to_vec();
    let serial = tlv::object(tags::INTEGER, csca.serial());
    let found = torn.windows(serial.len()).position(|part| part == serial);
    let tag = found.and_then(|at| torn.get_mut(at));
    *tag.ok_or_else(|| Error::Card("a certificate without a serial number".to_owned()))? = 0x05;
    let members = tlv::object(tags::SET, &[csca.as_der(), &torn].concat());
    let content = tlv::object(Tag(0x30), &[tlv::object(tags::INTEGER, &[0]), members].concat());
    signer.sign(&CSCA_MASTER_LIST, &content, at).map_err(unfit)
}

fn address() -> Result<Address, Error> {
    Ok(Address {
        contact: Contact::new("UTO")
            .and_then(|contact| contact.with_mail("csca-ut@example.org"))
            .map_err(unfit)?,
        crl: CrlPlaces::new(["https://pki.example.org/TEST-UT.crl"]).map_err(unfit)?,
    })
}

/// What the issuer has owned up to of the signer of this card.
fn exception(name: &str, tolerated: bool, issued: &Issued) -> Result<Exception, Error> {
    let check = CheckId::ALL.into_iter().find(|known| known.as_str() == name);
    let check = check.ok_or_else(|| Error::Card(format!("{name:?} is no check")))?;
    let signer = issued.issuer.ds.subject_key_identifier().map(<[u8]>::to_vec);
    Ok(Exception {
        source: "list of the case".to_owned(),
        documents: Documents {
            country: "UT".to_owned(),
            signer: signer.map(SignerRef::SubjectKey),
            ..Documents::default()
        },
        effect: match tolerated {
            true => Effect::Tolerate { check, subject: None },
            false => Effect::Note { check },
        },
    })
}

/// The day of a reading.
pub(crate) fn day(options: &ReaderOptions, issued: &Issued, making: Making) -> Result<UnixTime, Error> {
    let wrong = options.wrong_day.as_ref().filter(|_| making == Making::Whole);
    match wrong.or(options.day.as_ref()) {
        None => Ok(issued.at),
        Some(day) => UnixTime::parse(&format!("{day}T12:00:00Z"))
            .ok_or_else(|| Error::Card(format!("{day:?} is no day"))),
    }
}

fn chance(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn unfit(error: impl std::fmt::Display) -> Error {
    Error::Card(error.to_string())
}
