//! Evidence: what of a visit convinces somebody who was not there, and what does not.

mod common;

use std::path::Path;

use antin::crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin::reader::Challenge;
use antin::store::{Evidence, Witness, load_station, load_station_key};
use antin::trust::{AccessMethod, Page};
use antin::{
    Check, CheckId, CheckResult, Document, ElementaryFile, Error, FileState, Files, OpenCard, Opening,
    Policy, Reason, Report, SystemRng, TrustStore, Verdict,
};
use common::{Station, profile};
use proptest::prelude::*;

const CHOSEN: [u8; 8] = *b"a server";

/// A visit to the card, the last challenge of which is `CHOSEN`.
fn visit(station: &Station) -> Document {
    let mut card = station.issued();
    let opening = Opening::new().challenge(Challenge::Given(CHOSEN));
    OpenCard::open_with(&mut card, &station.image.access_key(), opening)
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads")
}

fn evidence(station: &Station, document: &Document) -> Evidence {
    let report = judged(station, document);
    Evidence::of(document, &report, &station.trust, station.at)
}

fn judged(station: &Station, document: &Document) -> Report {
    document.verify(&station.trust, &Policy::COUNTER, station.at)
}

fn read(bytes: &[u8]) -> Result<Evidence, Error> {
    Evidence::parse(bytes, Path::new("visit.antin"))
}

fn row(report: &Report, id: CheckId) -> &Check {
    report.rows(id).next().expect("a row")
}

fn station_key() -> SoftSigner {
    SoftSigner::new(
        PrivateKey::generate(Curve::P256, &mut SystemRng),
        Hash::Sha256,
        ParameterForm::Named,
    )
}

/// The bytes with a text replaced and the hash made to fit: what somebody does who knows the format.
fn rewritten(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).expect("JSON is UTF-8");
    let (cover, line) = text.split_once('\n').expect("two lines");
    assert!(line.contains(from), "no {from:?} in the content");
    let old = hex::encode(Hash::Sha256.digest(line.as_bytes()));
    let line = line.replacen(from, to, 1);
    let new = hex::encode(Hash::Sha256.digest(line.as_bytes()));
    format!("{}\n{line}", cover.replace(&old, &new)).into_bytes()
}

#[test]
fn whoever_chose_the_challenge_is_convinced_by_the_file_alone() {
    let station = Station::new(profile("icao-passport", &[]), 31);
    let document = visit(&station);
    assert_eq!(judged(&station, &document).verdict, Verdict::Authentic);
    let loaded = read(&evidence(&station, &document).to_bytes()).expect("evidence");
    let report = judged(&station, &loaded.document(Witness::Challenge(CHOSEN)));
    assert_eq!((report.verdict, report.exit), (Verdict::Authentic, 0));
    let active = row(&report, CheckId::ActiveAuthentication);
    assert!(
        active
            .evidence
            .as_ref()
            .is_some_and(|text| text.contains("6120736572766572"))
    );
    // What nobody can compute anew is not green, though the file says so.
    let chip = row(&report, CheckId::ChipAuthentication);
    assert_eq!(
        (chip.result, chip.reason),
        (CheckResult::Undetermined, Some(Reason::NotPerformed))
    );
    assert!(
        chip.remark
            .as_ref()
            .is_some_and(|text| text.contains("only those who were there"))
    );
}

#[test]
fn nobody_else_is_and_old_evidence_answers_no_new_challenge() {
    let station = Station::new(profile("icao-passport", &[]), 32);
    let loaded = evidence(&station, &visit(&station));
    for witness in [Witness::Nobody, Witness::Challenge(*b"tomorrow")] {
        let report = judged(&station, &loaded.document(witness));
        assert_eq!(
            (report.verdict, report.exit),
            (Verdict::ChipUnproven, 13),
            "{witness:?}"
        );
        let active = row(&report, CheckId::ActiveAuthentication);
        assert_eq!(active.reason, Some(Reason::NotPerformed));
    }
}

#[test]
fn an_answer_that_does_not_fit_is_a_copy_whoever_asks() {
    let station = Station::new(profile("icao-passport", &[]), 33);
    let document = visit(&station);
    let mut session = document.session().clone();
    let last = session.active_answers.last_mut().expect("an answer");
    *last.answer.last_mut().expect("a byte") ^= 1;
    let forged = evidence(&station, &Document::from_parts(document.files().clone(), session));
    for witness in [Witness::Nobody, Witness::Challenge(CHOSEN)] {
        let report = judged(&station, &forged.document(witness));
        assert_eq!(
            (report.verdict, report.exit),
            (Verdict::Failed, 11),
            "{witness:?}"
        );
    }
}

/// Files of one card with the answer of another: the key in DG15 under EF.SOD decides.
#[test]
fn the_answer_of_another_card_proves_nothing_for_this_one() {
    let (mine, theirs) = (
        Station::new(profile("icao-passport", &[]), 34),
        Station::new(profile("icao-passport", &[]), 35),
    );
    let (document, other) = (visit(&mine), visit(&theirs));
    let forged = evidence(
        &mine,
        &Document::from_parts(document.files().clone(), other.session().clone()),
    );
    let report = judged(&mine, &forged.document(Witness::Challenge(CHOSEN)));
    assert_eq!((report.verdict, report.exit), (Verdict::Failed, 11));
}

#[test]
fn a_station_that_is_believed_vouches_for_what_it_saw() {
    let station = Station::new(profile("icao-passport", &[]), 36);
    let document = visit(&station);
    let key = station_key();
    let sealed = evidence(&station, &document).sealed(&key).expect("it signs");
    let loaded = read(&sealed.to_bytes()).expect("evidence");
    let witness = loaded.sealed_by(key.public_key()).expect("its station");
    let report = judged(&station, &loaded.document(witness));
    assert_eq!(report.verdict, Verdict::Authentic);
    assert_eq!(report.access.method, AccessMethod::Pace);
    assert_eq!(
        row(&report, CheckId::ChipAuthentication).result,
        CheckResult::Successful
    );
    // Another station did not sign it, and what vouches for one file says nothing of another.
    assert_eq!(loaded.sealed_by(station_key().public_key()), None);
    let other = evidence(&station, &visit(&station));
    assert_eq!(
        judged(&station, &other.document(witness)).verdict,
        Verdict::ChipUnproven
    );
    assert_eq!(other.sealed_by(key.public_key()), None);
}

#[test]
fn a_station_cannot_make_an_answer_right() {
    let station = Station::new(profile("icao-passport", &[]), 37);
    let document = visit(&station);
    let mut session = document.session().clone();
    session.active_answers[0].answer[0] ^= 1;
    let key = station_key();
    let forged = evidence(&station, &Document::from_parts(document.files().clone(), session));
    let forged = forged.sealed(&key).expect("it signs");
    let witness = forged.sealed_by(key.public_key()).expect("its station");
    assert_eq!(judged(&station, &forged.document(witness)).exit, 11);
}

/// Its own rows are words: the station says that Chip Authentication succeeded and nothing of the answer that it kept.
#[test]
fn a_station_that_leaves_out_the_row_does_not_make_its_wrong_answer_right() {
    let station = Station::new(profile("icao-passport", &[]), 43);
    let document = visit(&station);
    let mut session = document.session().clone();
    session.active_answers[0].answer[0] ^= 1;
    session
        .chip_proofs
        .retain(|check| check.id != CheckId::ActiveAuthentication);
    let key = station_key();
    let forged = evidence(&station, &Document::from_parts(document.files().clone(), session));
    let forged = forged.sealed(&key).expect("it signs");
    let witness = forged.sealed_by(key.public_key()).expect("its station");
    assert_eq!(judged(&station, &forged.document(witness)).exit, 11);
}

#[test]
fn whoever_chose_the_challenge_believes_a_station_only_with_the_right_answer_to_it() {
    let station = Station::new(profile("icao-passport", &[]), 44);
    let document = visit(&station);
    let key = station_key();
    let verdict = |document: &Document, challenge| {
        let sealed = evidence(&station, document).sealed(&key).expect("it signs");
        let witness = sealed
            .sealed_for(key.public_key(), challenge)
            .expect("its station");
        judged(&station, &sealed.document(witness)).exit
    };
    assert_eq!(verdict(&document, CHOSEN), 0);
    assert_eq!(verdict(&document, *b"tomorrow"), 13);
    // An answer that is only there, to files without the key that it would be judged with.
    let mut session = document.session().clone();
    session
        .chip_proofs
        .retain(|check| check.id != CheckId::ActiveAuthentication);
    let mut files = document.files().clone();
    let dg15 = ElementaryFile::data_group(15).expect("a data group");
    files.insert(dg15, FileState::Lost);
    assert_ne!(verdict(&Document::from_parts(files, session.clone()), CHOSEN), 0);
    session.active_answers[0].answer.clear();
    let wrong = Document::from_parts(document.files().clone(), session);
    assert_eq!(verdict(&wrong, CHOSEN), 11);
    let sealed = evidence(&station, &document).sealed(&key).expect("it signs");
    assert_eq!(sealed.sealed_for(station_key().public_key(), CHOSEN), None);
}

#[test]
fn what_is_printed_counts_only_where_a_believed_station_saw_it() {
    let station = Station::new(profile("icao-passport", &[]), 45);
    let page = Page {
        mrz: Some("P<UTO".to_owned()),
        qr: None,
    };
    let document = visit(&station).with_page(page.clone());
    let key = station_key();
    let sealed = evidence(&station, &document).sealed(&key).expect("it signs");
    for witness in [Witness::Nobody, Witness::Challenge(CHOSEN)] {
        assert_eq!(sealed.document(witness).session().page, Page::default());
    }
    let witness = sealed.sealed_by(key.public_key()).expect("its station");
    assert_eq!(sealed.document(witness).session().page, page);
}

#[test]
fn it_verifies_years_later_with_the_authorities_that_it_brings_if_its_station_is_believed() {
    let station = Station::new(profile("icao-passport", &[]), 38);
    let key = station_key();
    let sealed = evidence(&station, &visit(&station))
        .sealed(&key)
        .expect("it signs");
    let loaded = read(&sealed.to_bytes()).expect("evidence");
    assert_eq!(
        loaded.trust().authorities,
        std::slice::from_ref(&station.pki.csca)
    );
    let witness = loaded.sealed_by(key.public_key()).expect("its station");
    let document = loaded.document(witness);
    let empty = document.verify(&TrustStore::new(), &Policy::COUNTER, station.at);
    assert_eq!(empty.verdict, Verdict::UnknownIssuer);
    let then = TrustStore::from_certificates(loaded.trust().authorities.clone()).expect("authorities");
    let report = document.verify(&then, &Policy::COUNTER, loaded.saved());
    assert_eq!(report.verdict, Verdict::Authentic);
}

#[test]
fn what_the_chip_did_not_give_and_what_is_printed_are_kept() {
    let station = Station::new(profile("eac-passport", &[]), 39);
    let page = Page {
        mrz: Some("P<UTO".to_owned()),
        qr: Some("a|b".to_owned()),
    };
    let document = visit(&station).with_page(page.clone());
    let loaded = read(&evidence(&station, &document).to_bytes()).expect("evidence");
    let document_again = loaded.document(Witness::Nobody);
    assert_eq!(document_again.files(), document.files());
    assert!(
        String::from_utf8_lossy(&loaded.to_bytes()).contains("\"page\":{\"mrz\":\"P<UTO\",\"qr\":\"a|b\"}")
    );
}

#[test]
fn nothing_in_it_is_without_bound() {
    let station = Station::new(profile("icao-passport", &[]), 46);
    let document = visit(&station);
    let good = evidence(&station, &document).to_bytes();
    let text = String::from_utf8(good.clone()).expect("JSON is UTF-8");
    let start = text.find("\"active\":[").expect("answers") + 10;
    let end = text[start..].find("}]").expect("their end") + start + 1;
    let first = &text[start..end];
    let others: String = (0..4)
        .map(|index| {
            let answer = first.split_once("\"answer\"").expect("an answer").1;
            format!("{{\"challenge\":\"000000000000000{index}\",\"answer\"{answer},")
        })
        .collect();
    let long = "|".repeat(16 * 1024 + 1);
    for (from, to, said) in [
        (first, &format!("{first},{first}"), "challenges"),
        (first, &format!("{others}{first}"), "challenges"),
        ("\"qr\":null", &format!("\"qr\":\"{long}\""), "printed text"),
        ("\"mrz\":null", &format!("\"mrz\":\"{long}\""), "printed text"),
    ] {
        match read(&rewritten(&good, from, to)) {
            Err(Error::Evidence { problem, .. }) => assert!(problem.contains(said), "{problem}"),
            other => panic!("{other:?}"),
        }
    }
    // What a visit brings is kept within the same limits.
    let mut session = document.session().clone();
    let twice = session.active_answers[0].clone();
    session.active_answers.extend(std::iter::repeat_n(twice, 9));
    session.chip_proofs = session.chip_proofs.iter().cycle().take(1000).cloned().collect();
    session.page.qr = Some(long);
    let full = evidence(&station, &Document::from_parts(document.files().clone(), session));
    assert_eq!(full.challenges().count(), 2);
    assert!(read(&full.to_bytes()).is_ok());
}

#[test]
fn whatever_is_changed_is_noticed() {
    let station = Station::new(profile("icao-passport", &[]), 40);
    let key = station_key();
    let good = evidence(&station, &visit(&station))
        .sealed(&key)
        .expect("it signs")
        .to_bytes();
    let line = good.iter().position(|byte| *byte == b'\n').expect("two lines") + 1;
    let step = (good.len() / 500).max(1);
    for at in (line..good.len() - 1).step_by(step) {
        let mut changed = good.clone();
        changed[at] ^= 1;
        let found = read(&changed);
        let noticed = matches!(found, Err(Error::EvidenceAltered { .. } | Error::Evidence { .. }));
        assert!(noticed, "byte {at}: {found:?}");
    }
    // With a hash that fits, the station's signature still does not.
    let rewritten = rewritten(&good, "\"accepted\":true", "\"accepted\":false");
    let what = "the station's signature does not fit";
    assert_eq!(
        read(&rewritten),
        Err(Error::EvidenceAltered {
            path: "visit.antin".into(),
            what
        })
    );
}

#[test]
fn the_file_has_one_form() {
    let station = Station::new(profile("icao-passport", &[]), 41);
    let good = evidence(&station, &visit(&station)).to_bytes();
    let refused = |bytes: &[u8]| match read(bytes) {
        Err(Error::Evidence { problem, .. }) => problem,
        other => panic!("{other:?}"),
    };
    assert!(refused(&[&good[..], b"\n"].concat()).contains("behind"));
    assert!(refused(&[&good[..], b" "].concat()).contains("behind"));
    assert!(refused(&good[..good.len() - 1]).contains("cut off"));
    for (from, to, said) in [
        ("\"judged\":{", "\"judged\":{\"extra\":1,", "extra"),
        ("\"access\":{", "\"access\":{\"extra\":1,", "form"),
        ("{\"schema\"", "{\"extra\":1,\"schema\"", "extra"),
        ("\"apdus\":", "\"apdus\": ", "form"),
        ("antin.evidence/2", "antin.evidence/3", "antin.evidence/3"),
        ("EF_SOD.bin", "EF_XXX.bin", "file name"),
        ("\"challenge\":\"", "\"challenge\":\"00", "eight"),
    ] {
        let problem = refused(&rewritten(&good, from, to));
        assert!(problem.contains(said), "{from} -> {to}: {problem}");
    }
    let text = String::from_utf8(good).expect("JSON is UTF-8");
    assert!(refused(text.replacen("{\"schema\"", "{ \"schema\"", 1).as_bytes()).contains("form"));
    assert!(
        refused(
            text.replacen("\"station\":null", "\"station\":null,\"x\":1", 1)
                .as_bytes()
        )
        .contains('x')
    );
}

#[test]
fn files_of_the_first_schema_are_read_and_their_words_are_words() {
    let station = Station::new(profile("icao-passport", &[]), 42);
    let document = visit(&station);
    let files: std::collections::BTreeMap<String, String> = document
        .files()
        .iter()
        .filter_map(|(file, _)| Some((file.file_name(), hex::encode(document.file(file)?))))
        .collect();
    let first = serde_json::json!({
        "schema": "antin.evidence/1", "saved": station.at, "access": document.session().access,
        "files": files, "checks": [], "chip_proofs": document.session().chip_proofs, "apdus": 7,
    });
    let loaded = read(first.to_string().as_bytes()).expect("a file of the first schema");
    let report = judged(&station, &loaded.document(Witness::Nobody));
    assert_eq!(report.verdict, Verdict::ChipUnproven);
    let unknown = first.to_string().replacen('{', "{\"x\":1,", 1);
    assert!(read(unknown.as_bytes()).is_err());
}

#[test]
fn the_keys_of_stations_come_from_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = PrivateKey::generate(Curve::P384, &mut SystemRng);
    let secret = folder.path().join("station-key.pem");
    antin::store::write_atomically(&secret, key.to_pkcs8_pem().expose(), antin::store::Access::Owner)
        .expect("written");
    let signer = load_station_key(&secret).expect("a key");
    let public = folder.path().join("station.der");
    std::fs::write(&public, signer.public_key().to_spki_der()).expect("written");
    assert!(
        load_station(&public)
            .expect("a key")
            .is_same_key(signer.public_key())
    );
    std::fs::write(&public, b"rubbish").expect("written");
    assert!(matches!(load_station(&public), Err(Error::StationKey { .. })));
    std::fs::write(&secret, b"rubbish").expect("written");
    assert!(matches!(load_station_key(&secret), Err(Error::SignerKey { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_two_lines_are_answered(cover in ".{0,80}", line in ".{0,200}") {
        let _ = read(format!("{{\"schema\":\"antin.evidence/2\",\"sha256\":\"{cover}\",\"station\":null}}\n{line}\n").as_bytes());
    }
}
