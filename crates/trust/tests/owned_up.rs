//! What issuers and inspectors have owned up to: faults of form are tolerated for the listed documents only, signatures,
//! hashes and chip proofs never.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Hash, ObjectIdentifier};
use antin_lds::ElementaryFile;
use antin_trust::defect_list::DefectList;
use antin_trust::deviation_list::DeviationList;
use antin_trust::pki::DemoPki;
use antin_trust::store::{Documents, Effect, Exception, SignerRef};
use antin_trust::{
    Certificate, Check, CheckId, CheckResult, FileState, ReadFiles, Reason, Report, TrustStore, Verdict,
};
use antin_wire::oids;
use antin_wire::tlv::{Tag, constructed, object};

use common::forge::{self, Forge, algorithm, integer, oid};
use common::lists::{list_signer, signed_list};
use common::{Card, assert_failed, counter, judge, pki as demo, proven, row, session, summary, trusting};

const SEQUENCE: Tag = Tag(0x30);
const SET: Tag = Tag(0x31);

/// A deviation list of the country that names one signer and one kind of deviation.
fn deviation(
    pki: &DemoPki,
    signer: &Certificate,
    kind: &ObjectIdentifier,
    file: Option<u8>,
) -> DeviationList {
    let mut description = vec![oid(kind)];
    description.extend(file.map(|file| constructed(Tag(0xA0), &[integer(&[file])])));
    let documents = [object(Tag(0x82), signer.subject_key_identifier().unwrap())];
    let entry = constructed(
        SEQUENCE,
        &[
            constructed(SEQUENCE, &documents),
            constructed(SET, &[constructed(SEQUENCE, &description)]),
        ],
    );
    let content = constructed(
        SEQUENCE,
        &[
            integer(&[0]),
            algorithm(&Hash::Sha256.oid()),
            constructed(SET, &[entry]),
        ],
    );
    let certificate = list_signer(pki, Some(&oids::DEVIATION_LIST_SIGNING_KEY));
    let list = signed_list(&oids::DEVIATION_LIST, content, &pki.ds_signer(), &certificate);
    DeviationList::parse(&list.cms()).unwrap()
}

/// A defect list that names one signer and one kind of defect.
fn defect(
    pki: &DemoPki,
    signer: &Certificate,
    kind: &ObjectIdentifier,
    parameters: Option<Vec<u8>>,
) -> DefectList {
    let mut known = vec![oid(kind)];
    known.extend(parameters);
    let entry = constructed(
        SEQUENCE,
        &[
            object(Tag(0x80), signer.subject_key_identifier().unwrap()),
            constructed(SET, &[constructed(SEQUENCE, &known)]),
        ],
    );
    let content = constructed(
        SEQUENCE,
        &[
            integer(&[0]),
            oid(&Hash::Sha256.oid()),
            constructed(SET, &[entry]),
        ],
    );
    let list = signed_list(
        &oids::DEFECT_LIST,
        content,
        &pki.ds_signer(),
        &list_signer(pki, None),
    );
    DefectList::parse(&list.cms()).unwrap()
}

fn with_deviation(pki: &DemoPki, kind: &ObjectIdentifier, file: Option<u8>) -> TrustStore {
    let mut store = trusting(pki);
    store.add_deviation_list("VN", deviation(pki, &pki.ds, kind, file));
    store
}

fn with_defect(pki: &DemoPki, kind: &ObjectIdentifier, parameters: Option<Vec<u8>>) -> TrustStore {
    let mut store = trusting(pki);
    store.add_defect_list(defect(pki, &pki.ds, kind, parameters));
    store
}

fn check(report: &Report, id: CheckId) -> Check {
    report.rows(id).next().unwrap().clone()
}

/// Demands an authentic document whose row says who tolerates the fault.
fn assert_tolerated(report: &Report, id: CheckId, source: &str) {
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Authentic, 0),
        "{}",
        summary(report)
    );
    let found = check(report, id);
    assert_eq!(found.result, CheckResult::Successful, "{}", summary(report));
    assert!(
        found.remark.as_deref().unwrap_or_default().contains(source),
        "{found:?}"
    );
}

/// A card whose EF.COM announces what EF.SOD does not list.
fn inconsistent(pki: &DemoPki) -> ReadFiles {
    let card = Card::new();
    let mut files = card.signed_files(pki);
    let more = [1, 2, 3, 13, 14, 15].map(|n| antin_lds::DataGroup::new(n).unwrap());
    let com = antin_lds::EfCom::build("0107", "040000", &more).unwrap();
    files.insert(ElementaryFile::Com, FileState::Read(com.as_bytes().to_vec()));
    files
}

#[test]
fn an_inconsistent_table_of_contents_is_tolerated_for_the_listed_signer_alone() {
    let pki = demo(1);
    let files = inconsistent(&pki);
    assert_failed(
        &counter(&files, &trusting(&pki)),
        CheckId::ComSod,
        None,
        Reason::ComMismatch,
    );
    let listed = with_deviation(&pki, &oids::DEVIATION_COM_INCONSISTENT, None);
    assert_tolerated(&counter(&files, &listed), CheckId::ComSod, "deviation list of VN");
    let listed = with_defect(&pki, &oids::COM_SOD_DISCREPANCY, None);
    assert_tolerated(&counter(&files, &listed), CheckId::ComSod, "defect list");
    let mut other = trusting(&pki);
    other.add_deviation_list(
        "VN",
        deviation(&pki, &demo(2).ds, &oids::DEVIATION_COM_INCONSISTENT, None),
    );
    assert_failed(
        &counter(&files, &other),
        CheckId::ComSod,
        None,
        Reason::ComMismatch,
    );
}

#[test]
fn a_country_speaks_for_its_own_documents_only() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.add_deviation_list(
        "DE",
        deviation(&pki, &pki.ds, &oids::DEVIATION_COM_INCONSISTENT, None),
    );
    assert_failed(
        &counter(&inconsistent(&pki), &store),
        CheckId::ComSod,
        None,
        Reason::ComMismatch,
    );
}

/// SEM-03.
#[test]
fn a_wrong_check_digit_is_tolerated_where_the_issuer_says_so() {
    let pki = demo(1);
    let mut card = Card::new();
    let mut dg1 = card.groups[0].1.clone();
    let at = dg1.len() - 31;
    dg1[at] = if dg1[at] == b'0' { b'1' } else { b'0' };
    card.replace(1, dg1);
    let files = card.signed_files(&pki);
    let report = counter(&files, &trusting(&pki));
    assert_failed(&report, CheckId::MrzDigits, None, Reason::CheckDigitWrong);
    assert_eq!(
        row(&report, CheckId::SodSignature, None).0,
        CheckResult::Successful
    );
    let listed = with_deviation(&pki, &oids::DEVIATION_MRZ_WRONG_CHECK_DIGIT, None);
    let report = counter(&files, &listed);
    let found = check(&report, CheckId::MrzDigits);
    assert_eq!(found.result, CheckResult::Successful, "{}", summary(&report));
    assert!(
        found
            .remark
            .unwrap()
            .contains("check-digit-wrong, tolerated by deviation list of VN")
    );
}

fn called_data(pki: &DemoPki) -> Vec<u8> {
    let card = Card::new();
    let mut forge = Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
    let attributes = forge::attributes(&oids::ID_DATA, &Hash::Sha256.digest(&forge.content));
    forge.signers = vec![forge::signer_info(
        &pki.ds_signer(),
        &pki.ds,
        Some(&attributes),
        &forge.content,
    )];
    forge.content_type = oids::ID_DATA;
    forge.file()
}

/// SOD-08.
#[test]
fn a_security_object_may_be_called_data_where_its_issuer_is_listed() {
    let pki = demo(1);
    let files = Card::new().files(called_data(&pki));
    let report = counter(&files, &trusting(&pki));
    assert_failed(&report, CheckId::SodSignature, None, Reason::ContentTypeWrong);
    let listed = with_deviation(&pki, &oids::DEVIATION_SOD_SIGNATURE_WRONG, None);
    assert_tolerated(
        &counter(&files, &listed),
        CheckId::SodSignature,
        "id-data, tolerated by",
    );
    let mut by_hand = trusting(&pki);
    by_hand
        .add_exception(Exception {
            source: "the operator".to_owned(),
            documents: Documents {
                country: "VN".to_owned(),
                ..Documents::default()
            },
            effect: Effect::ContentTypeData,
        })
        .unwrap();
    assert_tolerated(&counter(&files, &by_hand), CheckId::SodSignature, "the operator");
}

/// SOD-08: the deviation excuses the name of the content, not its signature.
#[test]
fn a_listed_issuer_does_not_make_a_wrong_signature_right() {
    let pki = demo(1);
    let listed = with_deviation(&pki, &oids::DEVIATION_SOD_SIGNATURE_WRONG, None);
    let mut forged = called_data(&pki);
    let last = forged.len() - 1;
    forged[last] ^= 1;
    let report = counter(&Card::new().files(forged), &listed);
    assert_failed(&report, CheckId::SodSignature, None, Reason::SignatureWrong);
    let stranger = demo(2);
    let report = counter(&Card::new().files(called_data(&stranger)), &listed);
    assert_eq!(report.verdict, Verdict::Failed, "{}", summary(&report));
}

/// SOD-10 under SOD-08: attributes in the place of the content stay attributes.
#[test]
fn a_listed_issuer_does_not_make_signed_attributes_a_content() {
    let pki = demo(1);
    let listed = with_deviation(&pki, &oids::DEVIATION_SOD_SIGNATURE_WRONG, None);
    let card = Card::new();
    let mut forge = Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
    let attributes = forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&forge.content));
    forge.content = constructed(SET, &attributes);
    forge.content_type = oids::ID_DATA;
    let signer = |attributes: Option<&[Vec<u8>]>, content: &[u8]| {
        forge::signer_info(&pki.ds_signer(), &pki.ds, attributes, content)
    };
    let own = forge::attributes(&oids::ID_DATA, &Hash::Sha256.digest(&forge.content));
    for signers in [
        vec![signer(None, &forge.content)],
        vec![signer(Some(&own), &forge.content)],
    ] {
        let forged = Forge {
            signers,
            ..forge.clone()
        };
        let report = counter(&card.files(forged.file()), &listed);
        assert_eq!(row(&report, CheckId::SodSignature, None).0, CheckResult::Failed);
        assert_eq!(
            (report.verdict, report.exit),
            (Verdict::Failed, 10),
            "{}",
            summary(&report)
        );
    }
}

#[test]
fn a_wrong_hash_stays_wrong_though_the_issuer_knows() {
    let pki = demo(1);
    let card = Card::new();
    let sod = card.sign(&pki);
    let mut other = card.clone();
    other.replace(1, common::dg1("999185000025", "Nguyễn Thị Mẫu", "350219"));
    let listed = with_deviation(&pki, &oids::DEVIATION_DG_HASH_WRONG, Some(1));
    let report = counter(&other.files(sod), &listed);
    assert_failed(&report, CheckId::DgHash, Some("DG1"), Reason::HashMismatch);
    let rows: Vec<&Check> = report.rows(CheckId::DgHash).collect();
    let row = rows
        .iter()
        .find(|row| row.subject.as_deref() == Some("DG1"))
        .unwrap();
    assert!(row.remark.as_deref().unwrap().contains("not tolerated"));
}

/// PKI-36.
#[test]
fn a_known_defect_is_a_remark_for_the_listed_series_only() {
    let (pki, other) = (demo(1), demo(2));
    let store = {
        let mut store = trusting(&pki);
        store.add(other.csca.clone()).unwrap();
        store.add_defect_list(defect(&pki, &pki.ds, &oids::COM_SOD_DISCREPANCY, None));
        store
    };
    assert_tolerated(
        &counter(&inconsistent(&pki), &store),
        CheckId::ComSod,
        "defect list",
    );
    assert_failed(
        &counter(&inconsistent(&other), &store),
        CheckId::ComSod,
        None,
        Reason::ComMismatch,
    );
}

#[test]
fn a_signer_that_a_defect_list_revokes_is_revoked() {
    let pki = demo(1);
    let listed = with_defect(&pki, &oids::CERT_REVOKED, Some(object(Tag(0x0A), &[3])));
    let report = counter(&Card::new().signed_files(&pki), &listed);
    assert_failed(&report, CheckId::Revocation, None, Reason::Revoked);
}

/// ISS-10.
#[test]
fn a_weak_chip_is_remarked_and_stays_genuine() {
    let pki = demo(1);
    let kind = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.1.5.4.99");
    let report = counter(&Card::new().signed_files(&pki), &with_defect(&pki, &kind, None));
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Authentic, 0),
        "{}",
        summary(&report)
    );
    let found = check(&report, CheckId::ChipAuthentication);
    assert!(found.remark.unwrap().contains("defect list"));
}

#[test]
fn a_key_in_other_hands_proves_nothing_and_fails_nothing() {
    let pki = demo(1);
    let files = Card::new().signed_files(&pki);
    let listed = with_deviation(&pki, &oids::DEVIATION_AA_KEY_COMPROMISED, None);
    let report = counter(&files, &listed);
    assert_eq!(
        row(&report, CheckId::ActiveAuthentication, None),
        (CheckResult::Undetermined, Some(Reason::KeyCompromised))
    );
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    let alone = session(&[Check::successful(CheckId::ActiveAuthentication)]);
    let report = judge(&files, &alone, &listed);
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::ChipUnproven, 13),
        "{}",
        summary(&report)
    );
}

#[test]
fn a_proof_that_genuine_chips_fail_proves_nothing_either_way() {
    let pki = demo(1);
    let files = Card::new().signed_files(&pki);
    let failing = session(&[
        Check::failed(CheckId::ChipAuthentication, Reason::ProofFailed),
        Check::successful(CheckId::ActiveAuthentication),
    ]);
    assert_eq!(judge(&files, &failing, &trusting(&pki)).exit, 11);
    let parameters = Some(object(Tag(0x0A), &[0]));
    let listed = with_defect(&pki, &oids::AUTHENTICATION_PROTOCOL_FAILURE, parameters);
    let report = judge(&files, &failing, &listed);
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    let copy = session(&[Check::failed(CheckId::ChipAuthentication, Reason::ProofFailed)]);
    // A copy fails too: nobody can tell, and it does not pass for one that was merely not asked.
    assert_eq!(judge(&files, &copy, &listed).exit, 14);
}

/// A list signer under the same authority, listed as wrongly encoded or not, signs no documents.
#[test]
fn a_tolerated_fault_hides_no_other() {
    let pki = demo(1);
    let signer = list_signer(&pki, Some(&oids::CSCA_MASTER_LIST_SIGNING_KEY));
    let card = Card::new();
    let sod = Forge::honest(&card.slices(), &pki.ds_signer(), &signer).file();
    let mut store = trusting(&pki);
    let alone = counter(&card.files(sod.clone()), &store);
    assert_failed(&alone, CheckId::DsProfile, None, Reason::KeyUsageMissing);
    store.add_deviation_list("VN", deviation(&pki, &signer, &oids::DEVIATION_DS_ENCODING, None));
    let listed = counter(&card.files(sod), &store);
    assert_failed(&listed, CheckId::DsProfile, None, Reason::KeyUsageMissing);
}

#[test]
fn without_a_chain_no_list_speaks() {
    let (pki, stranger) = (demo(1), demo(2));
    let mut store = trusting(&pki);
    store.add_defect_list(defect(&pki, &stranger.ds, &oids::COM_SOD_DISCREPANCY, None));
    let report = counter(&inconsistent(&stranger), &store);
    assert_eq!(row(&report, CheckId::ComSod, None).0, CheckResult::Failed);
}

#[test]
fn an_exception_covers_what_meets_all_its_conditions() {
    let pki = demo(1);
    let files = inconsistent(&pki);
    let exit = |documents: Documents| {
        let mut store = trusting(&pki);
        store
            .add_exception(Exception {
                source: "the operator".to_owned(),
                documents: Documents {
                    country: "vn".to_owned(),
                    ..documents
                },
                effect: Effect::Tolerate {
                    check: CheckId::ComSod,
                    subject: None,
                },
            })
            .unwrap();
        judge(&files, &proven(), &store).exit
    };
    let whole = || Documents {
        signer: Some(SignerRef::Digest(pki.ds.fingerprint().to_vec())),
        document_type: Some("I".to_owned()),
        ..Documents::default()
    };
    assert_eq!(exit(whole()), 0);
    let others = [
        Documents {
            signer: Some(SignerRef::SubjectKey(vec![1])),
            ..whole()
        },
        Documents {
            document_type: Some("P".to_owned()),
            ..whole()
        },
        Documents {
            numbers: vec!["X".to_owned()],
            ..whole()
        },
        Documents {
            issued_from: Some(common::now().plus_days(1)),
            ..whole()
        },
        Documents {
            issued_until: Some(common::now().plus_days(-400)),
            ..whole()
        },
    ];
    for documents in others {
        assert_eq!(exit(documents.clone()), 10, "{documents:?}");
    }
}
