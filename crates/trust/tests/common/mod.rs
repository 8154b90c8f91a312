//! A whole Vietnamese test card as files, and the means to change it.

#![allow(dead_code, missing_docs)]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

pub mod attack;
pub mod forge;
pub mod lists;

use antin_crypto::{Curve, Hash, ParameterForm, PrivateKey, PureRust};
use antin_lds::mrz::{Mrz, Sex, Td1, VietnamTd1};
use antin_lds::{
    DataGroup, Dg1, Dg2, Dg14, Dg15, EfCardAccess, EfCom, ElementaryFile, FaceImage, MrzDate, SecurityInfo,
    VietnamDg13,
};
use antin_trust::pki::{DemoOptions, DemoPki};
use antin_trust::{
    Access, AccessMethod, Backend, Check, CheckId, CheckResult, Policy, ReadFiles, Reason, Report,
    SessionFacts, TrustStore, UnixTime, Verdict, verify, verify_with,
};
use antin_wire::oids;
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

/// 2026-11-22, noon.
pub fn now() -> UnixTime {
    UnixTime::parse("2026-11-22T12:00:00Z").unwrap()
}

pub fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

pub fn pki(seed: u8) -> DemoPki {
    DemoPki::generate("VN", now(), &DemoOptions::default(), &mut rng(seed)).unwrap()
}

/// A PKI with other curves or parameter forms.
pub fn pki_with(options: &DemoOptions) -> DemoPki {
    DemoPki::generate("VN", now(), options, &mut rng(7)).unwrap()
}

pub fn trusting(pki: &DemoPki) -> TrustStore {
    TrustStore::from_certificates([pki.csca.clone()]).unwrap()
}

/// The files of a card before it is signed.
#[derive(Clone)]
pub struct Card {
    pub groups: Vec<(u8, Vec<u8>)>,
    pub card_access: Vec<u8>,
}

fn pace() -> SecurityInfo {
    SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(13))
}

impl Card {
    pub fn new() -> Self {
        let key = PrivateKey::generate(Curve::BrainpoolP256r1, &mut rng(40)).public();
        let spki = key.to_spki_der(ParameterForm::Explicit);
        let aa = PrivateKey::generate(Curve::P256, &mut rng(41)).public();
        let dg14 = Dg14::build([
            pace(),
            SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 1, None),
            SecurityInfo::chip_authentication_public_key(oids::ID_PK_ECDH, spki, None),
            SecurityInfo::active_authentication(oids::ECDSA_PLAIN_SHA256),
        ]);
        let dg15 = Dg15::build(&aa.to_spki_der(ParameterForm::Named)).unwrap();
        Self {
            groups: vec![
                (1, dg1("999185000017", "Nguyễn Thị Mẫu", "350219")),
                (2, dg2()),
                (13, dg13("999185000017", "Nguyễn Thị Mẫu", "19/02/2035")),
                (14, dg14.as_bytes().to_vec()),
                (15, dg15.as_bytes().to_vec()),
            ],
            card_access: EfCardAccess::build([pace()]).as_bytes().to_vec(),
        }
    }

    /// Without DG14 and DG15: nothing that a chip could prove.
    pub fn without_proofs() -> Self {
        let mut card = Self::new();
        card.groups.retain(|(number, _)| *number < 14);
        card
    }

    pub fn replace(&mut self, number: u8, bytes: Vec<u8>) {
        self.groups
            .iter_mut()
            .find(|(known, _)| *known == number)
            .unwrap()
            .1 = bytes;
    }

    pub fn com(&self) -> Vec<u8> {
        let groups: Vec<DataGroup> = self
            .groups
            .iter()
            .filter_map(|(number, _)| DataGroup::new(*number))
            .collect();
        EfCom::build("0107", "040000", &groups)
            .unwrap()
            .as_bytes()
            .to_vec()
    }

    pub fn slices(&self) -> Vec<(u8, &[u8])> {
        self.groups
            .iter()
            .map(|(number, bytes)| (*number, bytes.as_slice()))
            .collect()
    }

    pub fn sign(&self, pki: &DemoPki) -> Vec<u8> {
        antin_trust::sod::sign(
            &self.slices(),
            pki.options.ds_hash,
            &pki.ds_signer(),
            &pki.ds,
            now(),
        )
        .unwrap()
    }

    /// All files with this EF.SOD.
    pub fn files(&self, sod: Vec<u8>) -> ReadFiles {
        let groups = self
            .groups
            .iter()
            .map(|(n, bytes)| (ElementaryFile::data_group(*n).unwrap(), bytes.clone()));
        let others = [
            (ElementaryFile::CardAccess, self.card_access.clone()),
            (ElementaryFile::Com, self.com()),
            (ElementaryFile::Sod, sod),
        ];
        groups.chain(others).collect()
    }

    pub fn signed_files(&self, pki: &DemoPki) -> ReadFiles {
        self.files(self.sign(pki))
    }
}

pub fn dg1(number: &str, name: &str, expiry: &str) -> Vec<u8> {
    let fields = VietnamTd1 {
        id_number: number,
        full_name: name,
        birth: MrzDate::parse("850219").unwrap(),
        sex: Sex::Female,
        expiry: MrzDate::parse(expiry).unwrap(),
    };
    Dg1::build(&Mrz::Td1(Td1::vietnam(&fields).unwrap()))
        .as_bytes()
        .to_vec()
}

pub fn dg13(number: &str, name: &str, expiry: &str) -> Vec<u8> {
    let fields = antin_lds::dg13::VietnamFields {
        id_number: number.to_owned(),
        full_name: name.to_owned(),
        date_of_birth: "19/02/1985".to_owned(),
        sex: "Nữ".to_owned(),
        nationality: "Việt Nam".to_owned(),
        date_of_issue: "22/11/2026".to_owned(),
        date_of_expiry: expiry.to_owned(),
        ..Default::default()
    };
    VietnamDg13::build(&fields).unwrap().as_bytes().to_vec()
}

/// The smallest picture whose header can be read.
fn dg2() -> Vec<u8> {
    let jpeg = hex::decode("ffd8ffc0000b0800f000b401011100ffd9").unwrap();
    Dg2::build(&[FaceImage::from_picture(jpeg).unwrap()])
        .unwrap()
        .as_bytes()
        .to_vec()
}

/// A session over PACE in which the chip gave these proofs.
pub fn session(proofs: &[Check]) -> SessionFacts {
    SessionFacts {
        access: Access {
            method: AccessMethod::Pace,
            cipher: Some("aes-128".to_owned()),
            ..Access::default()
        },
        checks: vec![
            Check::successful(CheckId::Access),
            Check::successful(CheckId::SecureMessaging),
        ],
        chip_proofs: proofs.to_vec(),
        apdus: Some(42),
        ..SessionFacts::default()
    }
}

/// A session in which the chip proved itself.
pub fn proven() -> SessionFacts {
    session(&[
        Check::successful(CheckId::ChipAuthentication),
        Check::successful(CheckId::ActiveAuthentication),
    ])
}

pub fn judge(files: &ReadFiles, session: &SessionFacts, store: &TrustStore) -> Report {
    verify(files, session, store, now(), &Policy::COUNTER)
}

/// Verifies a proven session, as a counter does.
pub fn counter(files: &ReadFiles, store: &TrustStore) -> Report {
    judge(files, &proven(), store)
}

pub fn with_cache(files: &ReadFiles, store: &TrustStore, cache: &mut antin_trust::SignerCache) -> Report {
    let mut backend = Backend {
        verifier: &PureRust,
        cache: Some(cache),
    };
    verify_with(files, &proven(), store, now(), &Policy::COUNTER, &mut backend)
}

/// The result and the reason of the one row with this id (and subject).
pub fn row(report: &Report, id: CheckId, subject: Option<&str>) -> (CheckResult, Option<Reason>) {
    let rows: Vec<&Check> = report
        .rows(id)
        .filter(|check| subject.is_none() || check.subject.as_deref() == subject)
        .collect();
    assert_eq!(rows.len(), 1, "{id} {subject:?}: {rows:#?}");
    (rows[0].result, rows[0].reason)
}

/// Demands verdict, exit code, and that the deciding row failed for the reason.
pub fn assert_failed(report: &Report, id: CheckId, subject: Option<&str>, reason: Reason) {
    assert_eq!(
        row(report, id, subject),
        (CheckResult::Failed, Some(reason)),
        "{}",
        summary(report)
    );
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Failed, 10),
        "{}",
        summary(report)
    );
}

/// The rows that are not simply successful, for the message of a failing test.
pub fn summary(report: &Report) -> String {
    let mut text = format!("{} exit {}\n", report.verdict, report.exit);
    for check in report
        .checks
        .iter()
        .filter(|check| check.result != CheckResult::Successful || check.remark.is_some())
    {
        text += &format!(
            "{} {:?} {} needed={} {:?} {:?} {:?}\n",
            check.id, check.subject, check.result, check.needed, check.reason, check.evidence, check.remark
        );
    }
    text
}

pub fn soft(key: &PrivateKey, hash: Hash, form: ParameterForm) -> antin_crypto::SoftSigner {
    antin_crypto::SoftSigner::new(key.clone(), hash, form)
}

/// Whether openssl is there; its absence is said loudly, and is a failure when ANTIN_STRICT is 1.
pub fn openssl_is_there() -> bool {
    let there = std::process::Command::new("openssl")
        .arg("version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !there {
        assert_ne!(
            std::env::var("ANTIN_STRICT").as_deref(),
            Ok("1"),
            "openssl is missing"
        );
        println!("SKIPPED: openssl is missing");
    }
    there
}

/// The folder of data that others made; `None`, said loudly, when it is absent.
pub fn foreign_data() -> Option<std::path::PathBuf> {
    let workspace = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("ANTIN_FOREIGN_DATA")
        .map_or_else(|| workspace.join("../shared/data"), std::path::PathBuf::from);
    if folder.join("sod").is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no foreign data");
    None
}

/// A store of the German master list, as if somebody had checked it: hundreds of authorities of the world. The few members
/// that do not claim to be one are left out, as an import leaves them out.
pub fn listed_authorities(data: &std::path::Path) -> TrustStore {
    let list = std::fs::read(data.join("masterlists/DE_ML_2026-05-28.ml")).unwrap();
    let list = antin_trust::master_list::MasterList::parse(&list).unwrap();
    let mut store = TrustStore::new();
    let mut refused = 0;
    for certificate in list.certificates() {
        let added = if certificate.is_link() {
            store.add_link(certificate.clone())
        } else {
            store.add(certificate.clone())
        };
        match added {
            Ok(_) => {}
            Err(antin_trust::Error::NotAnAnchor { .. }) => refused += 1,
            Err(fault) => panic!("{certificate:?}: {fault}"),
        }
    }
    assert_eq!(refused, 8);
    store
}
