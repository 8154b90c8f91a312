//! Attacks with master lists, which somebody imports into a store.

use antin_crypto::{Curve, Hash};
use antin_wire::oids;

use crate::attacks::cards::World;
use crate::attacks::case::Case;
use crate::attacks::certificate::{Certificate, Draft, Extension, name};
use crate::attacks::der;
use crate::attacks::keys::Key;
use crate::attacks::sod::{SignerInfo, Sod, attributes_on};

pub fn cases(world: &World) -> Vec<Case> {
    let issuer = Issuer::new(world);
    let authorities: Vec<Vec<u8>> = [&world.csca, &world.vietnam.csca]
        .into_iter()
        .map(|csca| csca.der.clone())
        .collect();
    let good = issuer.list(&authorities, "2026-01-10");
    let mut changed = good.clone();
    changed.content = list(&[authorities.clone(), vec![stranger()]].concat());
    let mut unsigned = good.clone();
    let mut info = unsigned.signers.first().expect("a signer").clone();
    *info.last_mut().expect("a signature") ^= 1;
    unsigned.signers = vec![info];
    let mut broken = authorities.clone();
    // A certificate whose serial number is none.
    let mut torn = stranger();
    let at = torn
        .windows(4)
        .position(|part| part == [0x02, 0x02, 0x40, 0x01])
        .expect("a serial number");
    if let Some(tag) = torn.get_mut(at) {
        *tag = 0x05;
    }
    broken.insert(1, torn);
    let root = &world.csca.der;
    vec![
        Case::assertions("PKI-23", &["a-list-with-a-bad-signature-is-not-imported"])
            .material("good.ml", &good.cms())
            .material("changed.ml", &changed.cms())
            .material("unsigned.ml", &unsigned.cms())
            .material("root.der", root),
        Case::assertions("PKI-25", &["one-broken-certificate-does-not-spoil-a-list"])
            .material("broken.ml", &issuer.list(&broken, "2026-01-10").cms())
            .material("root.der", root),
        Case::assertions("PKI-26", &["an-older-list-needs-an-override"])
            .material("new.ml", &good.cms())
            .material("old.ml", &issuer.list(&authorities, "2025-06-01").cms())
            .material("root.der", root),
        Case::assertions("PRS-18", &["names-of-files-come-from-hashes"]).material("climber.der", &climber()),
    ]
}

/// Who signs master lists in Utopia.
struct Issuer {
    key: Key,
    certificate: Certificate,
}

impl Issuer {
    fn new(world: &World) -> Self {
        let key = Key::ec(Curve::P256, Hash::Sha256, 700);
        let mut draft = Draft::signer(&key, &world.csca);
        draft.serial = vec![0x42, 0x01];
        draft.subject = name(b"UT", "TEST ML SIGNER");
        draft.remove(&oids::DOCUMENT_TYPE_LIST);
        draft.remove(&oids::PRIVATE_KEY_USAGE_PERIOD);
        draft.extensions.push(Extension {
            id: oids::EXT_KEY_USAGE,
            critical: true,
            value: der::sequence(&[&der::oid(&oids::CSCA_MASTER_LIST_SIGNING_KEY)]),
        });
        // Lists of last year are signed with the same key.
        draft.not_before = der::time("2025-01-01");
        Self {
            certificate: draft.sign(&world.csca_key),
            key,
        }
    }

    fn list(&self, certificates: &[Vec<u8>], day: &str) -> Sod {
        let content = list(certificates);
        let mut signed = Sod::over(&oids::CSCA_MASTER_LIST, content, &self.key, &self.certificate);
        let digest = self.key.hash().digest(&signed.content);
        let attributes = attributes_on(&oids::CSCA_MASTER_LIST, &digest, day);
        let info = SignerInfo::new(&self.key, &self.certificate, Some(attributes), &signed.content);
        signed.signers = vec![info.to_der()];
        signed
    }
}

/// `CscaMasterList ::= SEQUENCE { version v0(0), certList SET OF Certificate }` (ICAO 9303-12 §8).
fn list(certificates: &[Vec<u8>]) -> Vec<u8> {
    der::sequence(&[
        &der::integer(&[0]),
        &der::object(der::SET, &certificates.concat()),
    ])
}

/// An authority that nobody knows.
fn stranger() -> Vec<u8> {
    let key = Key::ec(Curve::P256, Hash::Sha256, 701);
    Draft::csca(&key, "TEST CSCA STRANGER").sign(&key).der
}

/// An authority whose name would lead out of a folder.
fn climber() -> Vec<u8> {
    let key = Key::ec(Curve::P256, Hash::Sha256, 702);
    let mut draft = Draft::csca(&key, "TEST CSCA ../../x");
    draft.subject = name(b"UT", "../../climbed");
    draft.issuer.clone_from(&draft.subject);
    draft.sign(&key).der
}
