//! The trust that evidence brings: what of it counts for a stranger, and what only for somebody who believes its station.

mod common;

use std::path::Path;

use antin::crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin::store::{Evidence, Witness};
use antin::trust::crl::CertificateList;
use antin::trust::deviation_list::{
    Deviation, DeviationDescription, DeviationDocuments, DeviationKind, DeviationList,
};
use antin::trust::pki::profile::{self, ListKind, Period, Place};
use antin::trust::pki::{
    Contact, ContentSigner, CrlPlaces, CrlTemplate, DemoPki, DeviationListContent, RevokedCertificate,
    Subject,
};
use antin::trust::store::{Freshness, TEST_SET};
use antin::{
    CheckId, CheckResult, Document, Files, OpenCard, Policy, Reason, Report, SystemRng, TrustStore, UnixTime,
    Verdict,
};
use common::{Station, profile as card};

fn visit(station: &Station) -> Document {
    let mut card = station.issued();
    OpenCard::open(&mut card, &station.image.access_key())
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads")
}

/// The evidence of a visit at a station that trusted `trust`, as it is read from its file.
fn evidence(station: &Station, trust: &TrustStore, signer: Option<&SoftSigner>) -> Evidence {
    let document = visit(station);
    let report = document.verify(trust, &Policy::COUNTER, station.at);
    let evidence = Evidence::of(&document, &report, trust, station.at);
    let evidence = match signer {
        Some(signer) => evidence.sealed(signer).expect("it signs"),
        None => evidence,
    };
    Evidence::parse(&evidence.to_bytes(), Path::new("visit.antin")).expect("evidence")
}

fn key() -> SoftSigner {
    let key = PrivateKey::generate(Curve::P256, &mut SystemRng);
    SoftSigner::new(key, Hash::Sha256, ParameterForm::Named)
}

/// A revocation list of the authority, for ten days.
fn list(pki: &DemoPki, at: UnixTime, revoked: &[&antin::Certificate]) -> CertificateList {
    let template = CrlTemplate {
        number: vec![1],
        this_update: at,
        next_update: at.plus_days(10),
        revoked: revoked
            .iter()
            .map(|certificate| RevokedCertificate {
                serial: certificate.serial().to_vec(),
                at,
            })
            .collect(),
        former_names: Vec::new(),
    };
    let der = template.sign(&pki.csca, &pki.csca_signer()).expect("a list");
    CertificateList::parse(&der).expect("a list")
}

fn with_list(station: &Station, list: CertificateList) -> TrustStore {
    let mut trust = station.trust.clone();
    trust.add_crl(list);
    trust
}

/// As a stranger sees it who trusts the authority and has no revocation list of his own.
fn stranger(station: &Station, evidence: &Evidence, at: UnixTime) -> Report {
    let trust = evidence
        .trust_with(Witness::Nobody, &station.trust)
        .expect("nothing is wrong with it");
    evidence
        .document(Witness::Nobody)
        .verify(&trust, &Policy::COUNTER, at)
}

fn revocation(report: &Report) -> (CheckResult, Option<Reason>) {
    let row = report.rows(CheckId::Revocation).next().expect("a row");
    (row.result, row.reason)
}

#[test]
fn a_revocation_list_counts_for_whoever_trusts_its_authority_and_as_long_as_it_says() {
    let station = Station::new(card("icao-passport", &[]), 81);
    let kept = evidence(
        &station,
        &with_list(&station, list(&station.pki, station.at, &[])),
        None,
    );
    let then = stranger(&station, &kept, station.at);
    assert_eq!(revocation(&then), (CheckResult::Successful, None));
    let years_later = stranger(&station, &kept, station.at.plus_days(11));
    assert_eq!(
        revocation(&years_later),
        (CheckResult::Undetermined, Some(Reason::CrlStale))
    );
    let before = stranger(&station, &kept, station.at.plus_days(-1));
    assert_eq!(
        revocation(&before),
        (CheckResult::Undetermined, Some(Reason::NoCrl))
    );
}

#[test]
fn a_revoked_signer_stays_revoked_whoever_keeps_the_list() {
    let station = Station::new(card("icao-passport", &[]), 82);
    let revoking = list(&station.pki, station.at, &[&station.pki.ds]);
    let kept = evidence(&station, &with_list(&station, revoking), None);
    let report = stranger(&station, &kept, station.at);
    assert_eq!(
        (report.verdict, revocation(&report).1),
        (Verdict::Failed, Some(Reason::Revoked))
    );
}

/// A list under the name of the authority that somebody else signed: the authority's own key did not.
#[test]
fn the_list_of_somebody_else_counts_for_nothing() {
    let station = Station::new(card("icao-passport", &[]), 83);
    let other = Station::new(card("icao-passport", &[]), 84);
    let mut forged = station.pki.clone();
    forged.csca = other.pki.csca.clone();
    forged.csca_key = other.pki.csca_key.clone();
    let foreign = list(&forged, station.at, &[&station.pki.ds]);
    // Whoever writes the file decides what he trusts.
    let mut trust = with_list(&station, foreign);
    trust.add(other.pki.csca.clone()).expect("an authority");
    let mut kept = evidence(&station, &trust, None);
    let report = stranger(&station, &kept, station.at);
    assert_eq!(
        revocation(&report),
        (CheckResult::Undetermined, Some(Reason::NoCrl))
    );
    kept = evidence(&station, &station.trust, None);
    assert!(kept.trust().crls.is_empty());
}

#[test]
fn a_test_authority_that_evidence_brings_stays_one_and_counts_only_where_it_was_asked_for() {
    let station = Station::new(card("icao-passport", &[]), 85);
    let key = key();
    let kept = evidence(&station, &station.trust, Some(&key));
    assert!(kept.trust().tests.contains(&station.pki.csca.fingerprint()));
    let witness = kept.sealed_by(key.public_key()).expect("its station");
    let verdict = |store: &TrustStore, witness| {
        let trust = kept.trust_with(witness, store).expect("authorities");
        let report = kept
            .document(witness)
            .verify(&trust, &Policy::COUNTER, kept.saved());
        report.verdict
    };
    // A folder was named: its own test certificates were asked for, not those that a file brings along.
    let named = TrustStore::named("folder");
    assert_eq!(verdict(&named, witness), Verdict::UnknownIssuer);
    let mut asked = TrustStore::new();
    asked.ask_for(TEST_SET);
    assert_eq!(verdict(&asked, witness), Verdict::Authentic);
    // Nobody believes the file itself.
    assert_eq!(verdict(&asked, Witness::Nobody), Verdict::UnknownIssuer);
    let other = evidence(&station, &station.trust, None);
    let trust = other.trust_with(witness, &asked).expect("authorities");
    assert!(
        trust.is_empty(),
        "what vouches for one file says nothing of another"
    );
}

/// The verifier's own facts are newer than the visit, which they cannot be too old for.
#[test]
fn facts_that_were_put_together_since_the_visit_do_not_spoil_it() {
    let station = Station::new(card("icao-passport", &[]), 88);
    let key = key();
    let kept = evidence(&station, &station.trust, Some(&key));
    let witness = kept.sealed_by(key.public_key()).expect("its station");
    let verdict = |created: UnixTime| {
        let mut store = station.trust.clone();
        store.set_freshness(Freshness {
            serial: 1,
            created,
            soft_refresh: created.plus_days(30),
            hard_expiry: created.plus_days(60),
        });
        let trust = kept.trust_with(witness, &store).expect("authorities");
        let document = kept.document(witness);
        document.verify(&trust, &Policy::COUNTER, kept.saved()).verdict
    };
    assert_eq!(verdict(station.at.plus_days(365)), Verdict::Authentic);
    assert_eq!(verdict(station.at.plus_days(-1)), Verdict::Authentic);
    // What was too old in the visit is so still.
    assert_eq!(verdict(station.at.plus_days(-40)), Verdict::Inconclusive);
}

/// What the country says of documents of this kind, signed by a signer of lists under `csca`.
fn owned_up(pki: &DemoPki, at: UnixTime) -> DeviationList {
    let (from, signer) = (pki.csca.not_before(), key());
    let place = Place {
        contact: Contact::new("UTO")
            .and_then(|contact| contact.with_mail("csca@example.org"))
            .expect("a contact"),
        crl: CrlPlaces::new(["https://example.org/UTO.crl"]).expect("a place"),
    };
    let template = profile::list_signer(
        ListKind::Deviation,
        &Subject::test("UT", "Deviation List Signer").expect("a name"),
        &place,
        Period::new(from, from.plus_days(92), from.plus_days(366)).expect("a period"),
        signer.public_key(),
        &pki.csca,
        &mut SystemRng,
    );
    let certificate = template
        .and_then(|template| template.sign(&pki.csca_signer()))
        .expect("a signer of lists");
    let deviation = Deviation {
        documents: DeviationDocuments {
            document_type: Some("P".to_owned()),
            ..DeviationDocuments::default()
        },
        descriptions: vec![DeviationDescription {
            text: None,
            kind: DeviationKind::ComInconsistent,
            parameters: None,
            national_use: None,
        }],
    };
    let content = DeviationListContent::new(&[deviation]).expect("a deviation");
    let signer = ContentSigner {
        signer: &signer,
        certificate: &certificate,
        others: core::slice::from_ref(&pki.csca),
    };
    let bytes = content.sign(&signer, &pki.csca, at).expect("a list");
    DeviationList::parse(&bytes).expect("a list")
}

#[test]
fn what_a_country_has_owned_up_to_goes_along_and_excuses_only_where_the_station_is_believed() {
    let station = Station::new(card("icao-passport", &[]), 86);
    let (key, list) = (key(), owned_up(&station.pki, station.at));
    let mut trust = station.trust.clone();
    trust.add_deviation_list("UT", list.clone());
    // Of another country, and one that no authority signed: a store of files on disk would not have taken it.
    trust.add_deviation_list("XX", list.clone());
    let stranger = Station::new(card("icao-passport", &[]), 87);
    trust.add_deviation_list("UT", owned_up(&stranger.pki, station.at));
    let kept = evidence(&station, &trust, Some(&key));
    assert_eq!(kept.trust().deviations.len(), 2);
    assert_eq!(kept.trust().deviations[0], list.as_bytes());
    let witness = kept.sealed_by(key.public_key()).expect("its station");
    let joined = kept.trust_with(witness, &station.trust).expect("authorities");
    let countries: Vec<&str> = joined.deviation_lists().map(|(country, _)| country).collect();
    assert_eq!(countries, ["UT"]);
    let nobody = kept
        .trust_with(Witness::Nobody, &station.trust)
        .expect("nothing is wrong with it");
    assert_eq!(nobody.deviation_lists().count(), 0);
}
