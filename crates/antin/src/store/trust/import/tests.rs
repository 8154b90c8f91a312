//! Imports of lists and files that this module's own small world signs, and of the German list.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::fs;

use antin_crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin_trust::deviation_list::{Deviation, DeviationDescription, DeviationDocuments, DeviationKind};
use antin_trust::pki::profile::{self, ListKind, NameChange, Period, Place};
use antin_trust::pki::{
    Contact, ContentSigner, CrlPlaces, CrlTemplate, DeviationListContent, MasterListContent,
    RevokedCertificate, Subject,
};

use super::super::change::{Removal, remove};
use super::super::input::pem;
use super::super::model::{Kind, Marked, Voucher};
use super::*;
use crate::world::SystemRng;

mod distrust;
mod files;
mod lists;
mod realms;

const NOW: UnixTime = UnixTime(1_790_000_000);

/// A country with a key, its certificate and whoever signs its lists.
struct Country {
    signer: SoftSigner,
    csca: Certificate,
}

fn signer() -> SoftSigner {
    let key = PrivateKey::generate(Curve::P256, &mut SystemRng);
    SoftSigner::new(key, Hash::Sha256, ParameterForm::Named)
}

fn place(code: &str) -> Place {
    Place {
        contact: Contact::new(code).unwrap(),
        crl: CrlPlaces::new(["http://example.org/crl"]).unwrap(),
    }
}

fn period() -> Period {
    Period::new(NOW.plus_days(-900), NOW.plus_days(100), NOW.plus_days(3000)).unwrap()
}

impl Country {
    fn new(letters: &str) -> Self {
        Self::named(letters, &format!("CSCA {letters}"))
    }

    fn named(letters: &str, name: &str) -> Self {
        let signer = signer();
        let csca = Self::certificate(letters, name, &signer);
        Self { signer, csca }
    }

    /// A certificate of an authority with this key.
    fn certificate(letters: &str, name: &str, signer: &SoftSigner) -> Certificate {
        let subject = Subject::new(letters, name).unwrap();
        let template = profile::csca(
            &subject,
            &place("XXX"),
            period(),
            signer.public_key(),
            NameChange::No,
            &mut SystemRng,
        );
        template.sign(signer).unwrap()
    }

    /// A new key, and the link from the old one to it.
    fn renewed(&self) -> (Self, Certificate) {
        let letters = self.csca.subject().country().letters().unwrap();
        let new = Self::new(&letters);
        let link = profile::link(&self.csca, &new.csca, &place("XXX"), &mut SystemRng).unwrap();
        (new, link.sign(&self.signer).unwrap())
    }

    fn document_signer(&self) -> Certificate {
        let letters = self.csca.subject().country().letters().unwrap();
        let subject = Subject::new(&letters, "DS 1").unwrap();
        let types = ["P".to_owned()];
        let key = signer();
        let template = profile::document_signer(
            &subject,
            &place("XXX"),
            period(),
            &types,
            key.public_key(),
            &self.csca,
            &mut SystemRng,
        );
        template.unwrap().sign(&self.signer).unwrap()
    }

    fn crl(&self, number: u8, at: UnixTime) -> Vec<u8> {
        let template = CrlTemplate {
            number: vec![number],
            this_update: at,
            next_update: at.plus_days(90),
            revoked: vec![RevokedCertificate {
                serial: vec![1, 2, 3],
                at,
            }],
            former_names: Vec::new(),
        };
        template.sign(&self.csca, &self.signer).unwrap()
    }

    fn master_list(&self, listed: &[&Country], at: UnixTime) -> Vec<u8> {
        let certificates: Vec<Certificate> = listed.iter().map(|country| country.csca.clone()).collect();
        self.master_list_of(&certificates, at)
    }

    fn master_list_of(&self, certificates: &[Certificate], at: UnixTime) -> Vec<u8> {
        self.list_with(certificates, at, &[])
    }

    /// A signer of lists of that kind, and its key.
    fn list_signer(&self, kind: ListKind) -> (SoftSigner, Certificate) {
        let letters = self.csca.subject().country().letters().unwrap();
        let subject = Subject::new(&letters, "List signer").unwrap();
        let key = signer();
        let template = profile::list_signer(
            kind,
            &subject,
            &place("XXX"),
            period(),
            key.public_key(),
            &self.csca,
            &mut SystemRng,
        );
        let certificate = template.unwrap().sign(&self.signer).unwrap();
        (key, certificate)
    }

    /// What the country owns up to: passports with a wrong check digit.
    fn deviation_list(&self, at: UnixTime) -> Vec<u8> {
        let (key, certificate) = self.list_signer(ListKind::Deviation);
        let deviation = Deviation {
            documents: DeviationDocuments {
                document_type: Some("P".to_owned()),
                ..DeviationDocuments::default()
            },
            descriptions: vec![DeviationDescription {
                text: None,
                kind: DeviationKind::MrzWrongCheckDigit(None),
                parameters: None,
                national_use: None,
            }],
        };
        let with = ContentSigner {
            signer: &key,
            certificate: &certificate,
            others: std::slice::from_ref(&self.csca),
        };
        let content = DeviationListContent::new(&[deviation]).unwrap();
        content.sign(&with, &self.csca, at).unwrap()
    }

    /// A list with strange certificates in its unsigned bag.
    fn list_with(&self, certificates: &[Certificate], at: UnixTime, strange: &[Certificate]) -> Vec<u8> {
        let (key, certificate) = self.list_signer(ListKind::Master);
        let with = ContentSigner {
            signer: &key,
            certificate: &certificate,
            others: &[strange, std::slice::from_ref(&self.csca)].concat(),
        };
        MasterListContent::new(certificates)
            .unwrap()
            .sign(&with, at)
            .unwrap()
    }
}

/// A folder with a store in it.
struct Desk {
    folder: tempfile::TempDir,
    store: TrustFolder,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = TrustFolder::at(folder.path().join("trust"));
        Self { folder, store }
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn import(&self, content: &[u8], change: impl FnOnce(&mut ImportOptions)) -> Result<ImportReport, Error> {
        let path = self.file("given", content);
        let mut options = ImportOptions::new("lan@counter-1", NOW);
        change(&mut options);
        import(&self.store, &[path], &options)
    }

    #[track_caller]
    fn refused(&self, content: &[u8], change: impl FnOnce(&mut ImportOptions)) -> TrustProblem {
        let before = self.store.load().ok();
        let refused = self.import(content, change).unwrap_err();
        assert_eq!(self.store.load().ok(), before, "a refused import changes nothing");
        match refused {
            Error::TrustStore(problem) => *problem,
            other => panic!("{other}"),
        }
    }

    fn kinds(&self) -> Vec<Kind> {
        let contents = self.store.load().unwrap();
        let mut kinds: Vec<Kind> = contents.entries.values().map(|entry| entry.kind).collect();
        kinds.sort();
        kinds
    }
}

fn codes(report: &ImportReport) -> Vec<NoteCode> {
    report.notes.iter().map(|note| note.code).collect()
}

fn reasons_of(report: &ImportReport) -> Vec<SkipReason> {
    report
        .skipped_objects
        .iter()
        .map(|skipped| skipped.reason)
        .collect()
}

fn with_root(country: &Country) -> impl FnOnce(&mut ImportOptions) {
    let root = country.csca.clone();
    move |options| options.roots.push(root)
}
