//! Every parser of the project, behind one signature: bytes in, nothing out, no panic whatever the bytes are.
//!
//! The fuzz targets and the property tests on stable Rust run through the same table, so a new parser that joins it is
//! tested by both.

use std::path::Path;

use antin::authority::{Plan, Transcript};
use antin::store::{Evidence, Witness};
use antin::token::TokenUri;
use antin_chip::{CardState, Chip};
use antin_crypto::agreement::{self, DhGroup, Group};
use antin_crypto::{
    PrivateKey, PureRust, SecretBytes, SignatureAlgorithm, VerifyingKey, decrypt_pkcs8_pem, rsa,
};
use antin_lds::atr_info::EfAtrInfo;
use antin_lds::card_access::EfCardAccess;
use antin_lds::card_security::EfCardSecurity;
use antin_lds::com::EfCom;
use antin_lds::cvca::EfCvca;
use antin_lds::dg1::Dg1;
use antin_lds::dg2::Dg2;
use antin_lds::dg3::Dg3;
use antin_lds::dg13::VietnamDg13;
use antin_lds::dg14::Dg14;
use antin_lds::dg15::Dg15;
use antin_lds::ef_dir::EfDir;
use antin_lds::mrz::Mrz;
use antin_lds::security_object::LdsSecurityObject;
use antin_lds::sod::EfSod;
use antin_lds::{SecurityInfo, SecurityInfos};
use antin_perso::CitizenRecord;
use antin_perso::journal::Lines;
use antin_perso::picture::Portrait;
use antin_profile::Profile;
use antin_profile::patch::Patch;
use antin_protocol::personalization::iso7816_9::{ChipIdentity, FileControl, decode_update_binary_odd};
use antin_protocol::personalization::jmrtd;
use antin_protocol::scp03::{self, KeySet, Mode, ResponseProtection, SecurityLevel};
use antin_transport::vpcd::Decoder;
use antin_trust::bundle::Bundle;
use antin_trust::cms::{Limits, SignedData};
use antin_trust::crl::CertificateList;
use antin_trust::cv::{CvCertificate, CvRequest, TrustPoints};
use antin_trust::defect_list::DefectList;
use antin_trust::deviation_list::DeviationList;
use antin_trust::master_list::MasterList;
use antin_trust::pki::{MasterListContent, verify_approval};
use antin_trust::sod::SignedSod;
use antin_trust::store::{CardKey, RevokedCards};
use antin_trust::{Certificate, CheckId, Policy, TrustStore, UnixTime, card_security};
use antin_wire::apdu::{Command, Response};
use antin_wire::{ins, tlv};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::conversations;

/// Feeds bytes to one parser and drops what it says.
pub type Parser = fn(&[u8]);

/// A self-signed certificate of a TEST operator; its key was thrown away.
const OPERATOR: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBiDCCAS2gAwIBAgIUfiAkVWsvS3vF7eHHliXdI0jPce4wCgYIKoZIzj0EAwIw\n\
GDEWMBQGA1UEAwwNVEVTVCBvcGVyYXRvcjAgFw0yNjExMjIxMTQ0NTZaGA8yMTI2\n\
MTAyOTExNDQ1NlowGDEWMBQGA1UEAwwNVEVTVCBvcGVyYXRvcjBZMBMGByqGSM49\n\
AgEGCCqGSM49AwEHA0IABHY4q9IQsaAP1qpH3AyV4mnK0kVamZ7MhbVPNqHGq8VM\n\
iV8EmVThq0oDxZw3+IBL/ybiCvvk/jnc37Nzdf6gVA+jUzBRMB0GA1UdDgQWBBQ9\n\
dMc2PsAQpD+6dBnY07TmnebeHTAfBgNVHSMEGDAWgBQ9dMc2PsAQpD+6dBnY07Tm\n\
nebeHTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQD2Ipq+qjMa\n\
367tX+Vp8GM9AV/Y81SKvvyH9Gah23e1ngIhAK1YiBxx4ObdJidmLSxIOcruJkzN\n\
slu8cY8cVqH5rDmA\n\
-----END CERTIFICATE-----\n";

/// Every parser under the name of its fuzz target.
pub const PARSERS: &[(&str, Parser)] = &[
    ("tlv", |bytes| {
        let _ = tlv::parse_one(bytes);
        let _ = tlv::object_length(bytes);
        let _ = tlv::check_nesting(bytes, 32, 4096);
    }),
    ("command", |bytes| {
        if let Ok(command) = Command::parse(bytes) {
            // What was understood is said in the same bytes.
            assert_eq!(command.to_bytes().expect("a parsed command can be sent"), bytes);
        }
    }),
    ("response", |bytes| {
        if let Ok(response) = Response::parse(bytes) {
            assert_eq!(response.to_bytes(), bytes);
        }
    }),
    ("vpcd", |bytes| {
        let mut decoder = Decoder::default();
        decoder.push(bytes);
        while let Ok(Some(_)) = decoder.next_message() {}
    }),
    ("mrz", |bytes| {
        let _ = Mrz::parse(&String::from_utf8_lossy(bytes));
    }),
    ("com", |bytes| drop(EfCom::parse(bytes))),
    ("card_access", |bytes| drop(EfCardAccess::parse(bytes))),
    ("security_infos", |bytes| {
        let _ = SecurityInfo::parse(bytes);
        if let Ok(infos) = SecurityInfos::parse(bytes) {
            assert_eq!(infos.as_bytes(), bytes);
        }
    }),
    ("card_security", |bytes| {
        let _ = EfCardSecurity::parse(bytes);
        let _ = card_security::parse(bytes);
    }),
    ("atr_info", |bytes| drop(EfAtrInfo::parse(bytes))),
    ("ef_dir", |bytes| drop(EfDir::parse(bytes))),
    ("ef_cvca", |bytes| drop(EfCvca::parse(bytes))),
    ("dg1", |bytes| drop(Dg1::parse(bytes))),
    ("dg2", |bytes| drop(Dg2::parse(bytes))),
    ("dg3", |bytes| drop(Dg3::parse(bytes))),
    ("dg13", |bytes| drop(VietnamDg13::parse(bytes))),
    ("dg14", |bytes| drop(Dg14::parse(bytes))),
    ("dg15", |bytes| drop(Dg15::parse(bytes))),
    ("security_object", |bytes| drop(LdsSecurityObject::parse(bytes))),
    ("sod", |bytes| {
        let _ = EfSod::parse(bytes);
        let _ = SignedSod::parse(bytes);
    }),
    ("certificate", |bytes| drop(Certificate::from_bytes(bytes))),
    ("signed_data", |bytes| {
        if let Ok(signed) = SignedData::parse("fuzz", bytes, &Limits::LIST) {
            let _ = (signed.signing_time(), signed.signature());
        }
    }),
    ("crl", |bytes| {
        if let Ok(list) = CertificateList::parse(bytes) {
            // What stands in the list is found in it.
            for entry in list.entries() {
                let found = list.revoked(&entry.serial).expect("an entry of the list");
                assert_eq!(found.serial, entry.serial);
            }
        }
    }),
    ("encrypted_key", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        drop(decrypt_pkcs8_pem(&text, &SecretBytes::new(b"password".to_vec())));
    }),
    ("approval", |bytes| {
        // The certificate is a good one: what is hostile is the approval.
        if let Ok(operator) = Certificate::from_pem(OPERATOR) {
            drop(verify_approval(
                bytes,
                b"plan",
                &operator,
                UnixTime(1_800_000_000),
            ));
        }
    }),
    ("master_list_content", |bytes| {
        drop(MasterListContent::from_der(bytes))
    }),
    ("master_list", |bytes| drop(MasterList::parse(bytes))),
    ("deviation_list", |bytes| drop(DeviationList::parse(bytes))),
    ("defect_list", |bytes| drop(DefectList::parse(bytes))),
    ("trust_bundle", |bytes| {
        let at = UnixTime(1_795_348_800);
        let _ = Bundle::verify(bytes, &[], at, &PureRust);
        if let Ok(bundle) = Bundle::parse_content(bytes) {
            // Taken whole or not at all.
            let mut store = TrustStore::new();
            if bundle.fill(&mut store).is_err() {
                assert!(store.all_anchors().next().is_none() && store.freshness().is_none());
            }
        }
    }),
    ("revoked_cards", |bytes| {
        if let Ok(cards) = RevokedCards::parse(bytes) {
            assert_eq!(cards.as_bytes(), bytes);
            let _ = cards.contains(&CardKey::of_sod(bytes));
        }
    }),
    ("lint", |bytes| drop(antin_trust::lint::file(bytes))),
    ("cv_certificate", |bytes| {
        if let Ok(certificate) = CvCertificate::parse(bytes) {
            assert_eq!(certificate.as_bytes(), bytes);
            let _ = (certificate.to_content(), certificate.extension_oids());
        }
        let _ = CvCertificate::parse_content(bytes);
        let _ = TrustPoints::from_bytes(bytes);
    }),
    ("cv_request", |bytes| {
        if let Ok(request) = CvRequest::parse(bytes) {
            let _ = (request.to_bytes(), request.verify());
        }
    }),
    ("public_key", |bytes| {
        if let Ok(key) = VerifyingKey::from_spki_der(bytes) {
            // However it was written, what is understood can be written and means the same.
            assert_eq!(VerifyingKey::from_spki_der(&key.to_spki_der()), Ok(key));
        }
    }),
    ("private_key", |bytes| {
        let _ = PrivateKey::from_pkcs8_der(bytes);
        let _ = PrivateKey::from_pkcs8_pem(&String::from_utf8_lossy(bytes));
    }),
    ("agreement_key", |bytes| {
        if let Ok((key, _)) = agreement::PublicKey::from_spki_der(bytes) {
            // What was understood can be sent and is taken on the other side.
            let sent = agreement::PublicKey::decode(key.group(), key.as_wire());
            assert_eq!(sent.expect("a key that was read"), key);
        }
        let _ = agreement::PrivateKey::from_pkcs8_der(bytes);
        for group in DhGroup::ALL {
            let _ = agreement::PublicKey::decode(Group::Dh(group), bytes);
        }
    }),
    ("rsa_key", |bytes| {
        if let Ok(key) = rsa::PublicKey::from_spki_der(bytes) {
            let _ = rsa::iso9796_2::verify(&key, &[7; 8], &vec![1; key.signature_len()]);
        }
        let _ = rsa::PrivateKey::from_pkcs8_der(bytes);
        if let Ok(algorithm) = SignatureAlgorithm::from_der(bytes) {
            assert_eq!(SignatureAlgorithm::from_der(&algorithm.to_der()), Ok(algorithm));
        }
    }),
    ("file_control", |bytes| {
        let _ = FileControl::parse(bytes);
        let _ = decode_update_binary_odd(bytes);
        let _ = ChipIdentity::parse(bytes);
    }),
    ("jmrtd", |bytes| {
        for tag in [0x60, 0x61, 0x62, 0x63] {
            let put = Command::new(0x00, ins::PUT_DATA, 0x00, tag).with_data(bytes);
            if let Ok(object) = jmrtd::PutData::decode(&put) {
                let _ = jmrtd::PutData::decode(&object.encode());
            }
        }
        let create = Command::new(0x00, ins::CREATE_FILE, 0x00, 0x00).with_data(bytes);
        let _ = jmrtd::decode_create_file(&create);
    }),
    ("scp03", |bytes| {
        // Nobody forges a cryptogram or an R-MAC, by chance or otherwise.
        let answer = Response::ok(bytes.to_vec());
        for mode in [Mode::S8, Mode::S16] {
            let (keys, level) = (scp03_keys(), SecurityLevel::All);
            let (_, update) = scp03::terminal::start(0, mode, &mut ChaCha20Rng::seed_from_u64(1));
            assert!(update.accept(&answer, &keys, level).is_err());
            assert!(scp03_channel(mode, &keys, level).open(&answer).is_err());
        }
    }),
    ("scp03_keys", |bytes| {
        drop(antin::store::parse_scp03_keys(bytes, Path::new("fuzz")));
    }),
    ("ceremony", |bytes| {
        if let Ok(plan) = Plan::parse(bytes) {
            // What operators approve is read in one way only.
            assert_eq!(plan.to_bytes(), bytes);
        }
        drop(Transcript::parse(bytes));
    }),
    ("card_list", |bytes| {
        if let Ok(list) = antin::store::trust::parse_card_list(bytes, &[]) {
            // Every card is known by its number, by its EF.SOD or by both.
            let known = list.by_number + list.by_sod;
            assert!(
                (list.cards..=2 * list.cards).contains(&known),
                "{known} of {}",
                list.cards
            );
            assert_eq!(
                RevokedCards::parse(list.filter.as_bytes()).as_ref(),
                Ok(&list.filter)
            );
        }
    }),
    ("trust_file", antin::store::trust::parse_anything),
    ("trust_store", antin::store::trust::parse_store_file),
    ("token_uri", |bytes| {
        if let Ok(uri) = TokenUri::parse(&String::from_utf8_lossy(bytes)) {
            assert_eq!(TokenUri::parse(&uri.to_string()), Ok(uri));
        }
    }),
    ("profile", |bytes| {
        drop(Profile::parse(&String::from_utf8_lossy(bytes), "fuzz"))
    }),
    ("evidence", |bytes| {
        if let Ok(evidence) = Evidence::parse(bytes, Path::new("fuzz")) {
            let _ = evidence.document(Witness::Nobody);
        }
    }),
    ("policy", |bytes| {
        if let Ok(policy) = Policy::parse(&String::from_utf8_lossy(bytes)) {
            for id in CheckId::ALL {
                assert!(policy.need(id) >= Policy::least(id));
            }
        }
    }),
    ("patch", |bytes| {
        drop(Patch::parse(&String::from_utf8_lossy(bytes), "fuzz"));
    }),
    ("record", |bytes| {
        let profile = Profile::builtin("vn-cccd-2021").expect("built in");
        let _ = CitizenRecord::from_json(bytes, &profile, &mut |_| Ok(Vec::new()));
    }),
    ("portrait", |bytes| drop(Portrait::decode(bytes.to_vec()))),
    ("journal", |bytes| drop(Lines::parse(bytes))),
    ("card_file", |bytes| drop(CardState::from_bytes(bytes))),
    ("chip", |bytes| {
        let profile = Profile::builtin("icao-passport").expect("built in");
        let mut chip = Chip::development_blank(&profile, [7; 8], Box::new(ChaCha20Rng::seed_from_u64(1)));
        assert!(chip.process(bytes).len() >= 2, "a chip always answers");
    }),
    ("chip_commands", conversations::chip),
    ("reader_answers", conversations::reader),
];

fn scp03_keys() -> KeySet {
    let key = || SecretBytes::new(vec![0x40; 16]);
    KeySet::new(0x30, key(), key(), key()).expect("three AES keys")
}

/// A secure channel with a command on its way, so that an answer can come.
fn scp03_channel(mode: Mode, keys: &KeySet, level: SecurityLevel) -> scp03::terminal::Channel {
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let offer = scp03::chip::Offer {
        keys,
        diversification: [0; 10],
        mode,
        challenge: scp03::chip::Challenge::Random,
        responses: ResponseProtection::RMacREnc,
        least: level,
    };
    let (command, update) = scp03::terminal::start(0, mode, rng);
    let (answer, chip) = scp03::chip::initialize(&command, &offer, rng).expect("a challenge");
    let (command, authentication) = update.accept(&answer, keys, level).expect("the right keys");
    let (answer, _) = chip.authenticate(&command).expect("the right keys");
    let mut channel = authentication.accept(&answer).expect("an open channel");
    let command = Command::new(0x00, ins::PUT_DATA, 0x00, 0x00).with_data([1]);
    channel.protect(&command).expect("a short command");
    channel
}

/// Runs one parser by the name of its fuzz target.
///
/// # Panics
/// If there is no such parser, or it panics.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, parser) = PARSERS
        .iter()
        .find(|(found, _)| *found == name)
        .expect("a parser of this name");
    parser(bytes);
}
