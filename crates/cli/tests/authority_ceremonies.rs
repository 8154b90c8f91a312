//! What an authority's ceremonies are held to: a plan, approvals that count once, records that follow each other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use antin::authority::{Authority, Plan, Rules, StoredKey, Transcript};
use antin::crypto::{SecretBytes, Signer, SoftSigner};
use antin::trust::pki::ContentSigner;
use antin::{Certificate, DemoOptions, DemoPki, SystemRng};
use common::Ran;
use common::office::Office;
use serde_json::Value;

#[test]
fn a_dry_run_says_what_would_be_signed_and_touches_nothing() {
    let office = Office::open();
    let shown = office.real("--dry-run").exits(0);
    for words in ["CSCA Utopia", "usage-until", "brainpoolP384r1", "SHA-256"] {
        assert!(shown.out.contains(words), "{words} in {}", shown.out);
    }
    assert!(!office.place.path("authority").exists());
    let plan = |ran: Ran| {
        let mut plan = ran.exits(0).json()["plan"].clone();
        let nonce = plan.as_object_mut().unwrap().remove("nonce").unwrap();
        (plan, nonce)
    };
    let (first, nonce) = plan(office.real("--dry-run --json"));
    let (again, another) = plan(office.real("--dry-run --json"));
    assert_eq!(first, again, "the same request, the same plan");
    assert_ne!(nonce, another, "and yet each is one of its kind");
    let plan = |ran: Ran| plan(ran).0;
    assert_ne!(first, plan(office.real("--dry-run --json --usage-years 4")));
    assert_ne!(first, plan(office.real("--dry-run --json --from 2027-01-01")));
}

#[test]
fn nothing_is_ever_written_over() {
    let office = Office::with_an_authority();
    let before = office.place.bytes("authority/csca/01-key.pem");
    office.real("").exits(2).says("U104");
    let three = "csca create --out other --country VNM --organization O --name N --password-file csca.pw";
    office
        .run(three)
        .exits(2)
        .says("option: --country")
        .says("two letters");
    office.place.write("UTO.crl", "mine");
    office
        .run("crl make authority --password-file csca.pw --out UTO.crl")
        .exits(2)
        .says("U104");
    assert_eq!(office.place.text("UTO.crl"), "mine");
    assert_eq!(office.place.bytes("authority/csca/01-key.pem"), before);
    assert!(!office.place.path("authority/crl").exists());
}

#[test]
fn a_transcript_is_signed_by_the_authority_and_names_what_was_made() {
    let office = Office::open();
    office.real("--transcript first.p7 --operator Mai").exits(0);
    office
        .ds("ds create authority --transcript second.p7 --operator Mai")
        .exits(0);
    for name in ["first.p7", "second.p7"] {
        let Some(ran) = office.openssl(&format!(
            "cms -verify -noverify -binary -inform DER -in {name} -out said.json"
        )) else {
            return;
        };
        ran.exits(0);
        let said: Value = serde_json::from_str(&office.place.text("said.json")).unwrap();
        assert_eq!(
            (&said["schema"], &said["operator"]),
            (&"antin.ceremony/1".into(), &"Mai".into())
        );
        for output in said["outputs"].as_array().unwrap() {
            let file = output["file"].as_str().unwrap();
            assert!(!file.contains("key"), "{file}");
            let hash = antin::crypto::Hash::Sha256.digest(&office.place.bytes(file));
            assert_eq!(output["sha256"], hex::encode(hash), "{file}");
        }
    }
}

/// Two operators and a stranger with keys, and an authority that asks for one approval; `None` without openssl.
fn office_of_four_eyes() -> Option<Office> {
    let office = Office::open();
    for name in ["lan", "minh", "stranger"] {
        office.openssl(&certificate_of(name, name))?.exits(0);
    }
    office
        .real(&format!("{FOUR} --dry-run --plan plan.json"))
        .exits(0);
    sign(&office, "lan", "plan.json", "lan.p7");
    office
        .real(&format!("{FOUR} --plan plan.json --approve lan.p7"))
        .exits(0);
    Some(office)
}

const FOUR: &str = "--operator-cert lan.pem --operator-cert minh.pem --approvals 1";

fn certificate_of(name: &str, key: &str) -> String {
    format!(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN={name} -keyout {key}.key -out {name}.pem"
    )
}

fn sign(office: &Office, who: &str, plan: &str, to: &str) {
    office.accepts(&format!(
        "cms -sign -binary -in {plan} -signer {who}.pem -inkey {who}.key -outform DER -out {to}"
    ));
}

#[test]
fn four_eyes_see_one_plan() {
    let Some(office) = office_of_four_eyes() else {
        return;
    };
    let make = |more: &str| office.run(&format!("crl make authority --password-file csca.pw {more}"));
    make("").exits(22).says("S613").says("0 of 1");
    make("--dry-run --plan crl.json").exits(0);
    sign(&office, "stranger", "crl.json", "stranger.p7");
    make("--plan crl.json --approve stranger.p7")
        .exits(22)
        .says("another operator");
    sign(&office, "minh", "crl.json", "minh.p7");
    make("--approve minh.p7").exits(22).says("--plan");
    make("--plan crl.json --approve minh.p7 --next-days 91")
        .exits(22)
        .says("another plan: next-days");
    make("--plan crl.json --approve minh.p7 --approve minh.p7")
        .exits(22)
        .says("twice");
    make("--plan crl.json --approve lan.p7")
        .exits(22)
        .says("another plan");
    office.accepts(
        "cms -sign -binary -md sha1 -in crl.json -signer minh.pem -inkey minh.key -outform DER -out weak.p7",
    );
    make("--plan crl.json --approve weak.p7").exits(22).says("SHA-1");
    assert!(!office.place.path("authority/crl").exists());
    let made = make("--plan crl.json --approve minh.p7 --json").exits(0).json();
    assert_eq!(made["approvals"][0]["operator"], "CN=minh");
}

#[test]
fn an_approval_counts_once() {
    let Some(office) = office_of_four_eyes() else {
        return;
    };
    let make = |more: &str| {
        office.run(&format!(
            "ml make authority --password-file csca.pw --signer-password-file ds.pw --out UTO.ml {more}"
        ))
    };
    let approved = |plan: &str| {
        make(&format!("--dry-run --plan {plan}.json")).exits(0);
        sign(&office, "lan", &format!("{plan}.json"), &format!("{plan}.p7"));
        make(&format!("--plan {plan}.json --approve {plan}.p7"))
    };
    approved("first").exits(0);
    let kept = |name: &str| std::fs::rename(office.place.path("UTO.ml"), office.place.path(name)).unwrap();
    kept("first.ml");
    approved("second").exits(0);
    kept("second.ml");
    // The same words, the same folder, and the same approval again.
    make("--plan second.json --approve second.p7")
        .exits(22)
        .says("S618");
    assert!(!office.place.path("UTO.ml").exists());
    approved("third").exits(0);
}

#[test]
fn an_approval_is_for_one_folder() {
    let Some(office) = office_of_four_eyes() else {
        return;
    };
    office
        .ds("ds create authority --out station --dry-run --plan ds.json")
        .exits(0);
    sign(&office, "lan", "ds.json", "lan2.p7");
    let make = |folder: &str| {
        office.ds(&format!(
            "ds create authority --out {folder} --plan ds.json --approve lan2.p7"
        ))
    };
    make("elsewhere").exits(22).says("another plan: to");
    assert!(!office.place.path("elsewhere").exists());
    make("station").exits(0);
    // What was approved was the first signer of that folder.
    std::fs::remove_dir_all(office.place.path("station")).unwrap();
    make("station").exits(22).says("S618");
}

#[test]
fn two_certificates_of_one_key_are_one_operator() {
    let office = Office::open();
    let Some(ran) = office.openssl(&certificate_of("lan", "lan")) else {
        return;
    };
    ran.exits(0);
    office.accepts("req -x509 -key lan.key -days 3650 -subj /CN=minh -out minh.pem");
    office.real(FOUR).exits(2).says("U103").says("one operator");
    assert!(!office.place.path("authority").exists());
}

#[test]
fn who_must_approve_is_not_decided_by_an_edited_file() {
    let Some(office) = office_of_four_eyes() else {
        return;
    };
    let path = "authority/authority.toml";
    let settings = office.place.text(path);
    let make = |more: &str| office.run(&format!("crl make authority --password-file csca.pw {more}"));
    let none = settings.replace("approvals = 1", "approvals = 0");
    assert_ne!(none, settings);
    office.place.write(path, &none);
    make("").exits(22).says("S617").says("1 before, 0 now");
    make("--allow-changed-settings").exits(22).says("S613");
    // Nor by an operator's certificate that was put in another's place, nor by taking the records away.
    office.place.write(path, &settings);
    let minh = office.place.text("authority/operators/02.pem");
    office
        .place
        .write("authority/operators/02.pem", office.place.text("stranger.pem"));
    make("").exits(22).says("S617").says("certificates");
    office.place.write("authority/operators/02.pem", minh);
    make("--dry-run").exits(0);
    // A change that is meant is approved by those who had to before, and is the rule from then on.
    office.place.write(path, none);
    make("--allow-changed-settings --dry-run --plan change.json").exits(0);
    assert!(office.place.text("change.json").contains("1 before, 0 now"));
    sign(&office, "minh", "change.json", "minh.p7");
    make("--allow-changed-settings --plan change.json --approve minh.p7")
        .exits(0)
        .says("CAUTION");
    make("").exits(0);
}

#[test]
fn the_records_of_ceremonies_are_one_chain() {
    let office = Office::with_an_authority();
    let make = || office.run("crl make authority --password-file csca.pw");
    make().exits(0);
    make().exits(0);
    assert_eq!(
        office.place.list("authority/ceremonies"),
        ["000001.p7", "000002.p7", "000003.p7"]
    );
    let at = |number: u8| {
        office
            .place
            .path(format!("authority/ceremonies/00000{number}.p7"))
    };
    let kept = std::fs::read(at(2)).unwrap();
    std::fs::remove_file(at(2)).unwrap();
    make().exits(6).says("M423").says("000002.p7");
    // The last one again: what it says of its number and its predecessor is signed.
    std::fs::copy(at(3), at(2)).unwrap();
    make().exits(6).says("M423");
    std::fs::write(at(2), kept).unwrap();
    let last = std::fs::read(at(3)).unwrap();
    let mut changed = last.clone();
    *changed.last_mut().unwrap() ^= 1;
    std::fs::write(at(3), changed).unwrap();
    make().exits(6).says("M423").says("000003.p7");
    std::fs::write(at(3), last).unwrap();
    make().exits(0);
    std::fs::remove_dir_all(office.place.path("authority/ceremonies")).unwrap();
    make().exits(22).says("S617");
    office
        .run("crl make authority --password-file csca.pw --allow-changed-settings")
        .exits(0)
        .says("CAUTION");
}

/// Puts a certificate of somebody's own key on a shelf, as `NN`.
fn planted(office: &Office, shelf: &str, number: &str) -> (SoftSigner, Certificate) {
    let pki = DemoPki::generate("UT", antin::now(), &DemoOptions::default(), &mut SystemRng).unwrap();
    std::fs::create_dir_all(office.place.path(format!("authority/{shelf}"))).unwrap();
    let base = format!("authority/{shelf}/{number}");
    office.place.write(&format!("{base}.pem"), pki.csca.to_pem());
    let described = "schema = \"antin.signer/1\"\nalgorithm = \"ecdsa-sha-384\"\nkey = \"x-key.pem\"\n";
    office.place.write(&format!("{base}.toml"), described);
    (pki.csca_signer(), pki.csca)
}

/// Appends a record of one's own making, under the rules that lie in the folder.
fn forge(office: &Office, action: &str, signer: &dyn Signer, certificate: &Certificate) {
    let authority = Authority::open(&office.place.path("authority")).unwrap();
    let names = office.place.list("authority/ceremonies");
    let last = office
        .place
        .bytes(&format!("authority/ceremonies/{}", names.last().unwrap()));
    let number = u32::try_from(names.len()).unwrap() + 1;
    let plan = Plan::new(action);
    let transcript = Transcript {
        schema: "antin.ceremony/1".to_owned(),
        number,
        previous: Some(hex::encode(antin::crypto::Hash::Sha256.digest(&last))),
        tool: "antin".to_owned(),
        operator: "somebody".to_owned(),
        at: antin::now(),
        plan_sha256: plan.sha256(),
        plan,
        approvals: Vec::new(),
        rules: Rules::of(&authority).unwrap(),
        outputs: Vec::new(),
    };
    let signer = ContentSigner {
        signer,
        certificate,
        others: &[],
    };
    let record = transcript.sign(&signer).unwrap();
    office
        .place
        .write(&format!("authority/ceremonies/{number:06}.p7"), record);
}

#[test]
fn a_certificate_that_somebody_put_on_a_shelf_vouches_for_no_record() {
    for shelf in ["ml", "dl", "dfl"] {
        let Some(office) = office_of_four_eyes() else {
            return;
        };
        let (key, certificate) = planted(&office, shelf, "99");
        let path = "authority/authority.toml";
        let settings = office.place.text(path).replace("approvals = 1", "approvals = 0");
        office.place.write(path, settings);
        forge(&office, "ml make", &key, &certificate);
        office
            .run("crl make authority --password-file csca.pw")
            .exits(6)
            .says("M423");
        assert!(!office.place.path("authority/crl").exists(), "{shelf}");
    }
}

#[test]
fn a_signer_of_lists_records_lists_alone_and_changes_no_rule() {
    let office = Office::with_an_authority();
    let both = "--password-file csca.pw --signer-password-file ds.pw";
    office
        .run(&format!("ml make authority {both} --out UTO.ml"))
        .exits(0);
    let described = StoredKey::load(&office.place.path("authority/ml/01.toml")).unwrap();
    let certificate = Certificate::from_pem(&office.place.text("authority/ml/01.pem")).unwrap();
    let secret = SecretBytes::new(b"the signer's long password".to_vec());
    let key = described.open(Some(&secret), &certificate).unwrap();
    let crl = || office.run("crl make authority --password-file csca.pw");
    // Its own work it may record.
    forge(&office, "ml make", key.signer(), &certificate);
    crl().exits(0);
    let kept = office.place.list("authority/ceremonies").len();
    let take_back = || {
        let path = format!("authority/ceremonies/{:06}.p7", kept + 1);
        std::fs::remove_file(office.place.path(path)).unwrap();
    };
    // A list of revocations that it names instead of the last one.
    forge(&office, "crl make", key.signer(), &certificate);
    crl().exits(6).says("M423").says("signer of lists");
    take_back();
    let path = "authority/authority.toml";
    let settings = office.place.text(path);
    office.place.write(path, format!("{settings}# another\n"));
    forge(&office, "ml make", key.signer(), &certificate);
    crl().exits(6).says("M423").says("signer of lists");
    take_back();
    // Nor does an honest ceremony of lists change one, whose record would not count.
    let ml = office.run(&format!(
        "ml make authority {both} --out second.ml --allow-changed-settings"
    ));
    ml.exits(22).says("S617").says("crl make");
    office
        .run("crl make authority --password-file csca.pw --allow-changed-settings")
        .exits(0);
    office
        .run(&format!("ml make authority {both} --out second.ml"))
        .exits(0);
}

#[test]
fn a_certificate_that_no_earlier_key_links_is_not_the_authoritys() {
    let office = Office::with_an_authority();
    office
        .run("csca renew authority --password-file csca.pw")
        .exits(0);
    let (_, certificate) = planted(&office, "csca", "03");
    let ml = |out: &str| {
        office.run(&format!(
            "ml make authority --password-file csca.pw --signer-password-file ds.pw --out {out}"
        ))
    };
    ml("UTO.ml").exits(6).says("M420").says("03.pem");
    // A link that it made itself, and one for another key, are none.
    office
        .place
        .write("authority/csca/03-link.pem", certificate.to_pem());
    ml("UTO.ml").exits(6).says("M420");
    std::fs::copy(
        office.place.path("authority/csca/02-link.pem"),
        office.place.path("authority/csca/03-link.pem"),
    )
    .unwrap();
    ml("UTO.ml").exits(6).says("M420");
    assert!(!office.place.path("UTO.ml").exists());
    for name in ["03.pem", "03.toml", "03-link.pem"] {
        std::fs::remove_file(office.place.path(format!("authority/csca/{name}"))).unwrap();
    }
    ml("UTO.ml").exits(0);
}

#[test]
fn one_ceremony_at_a_time() {
    let office = Office::with_an_authority();
    let lock = std::fs::File::create(office.place.path("authority/ceremonies.lock")).unwrap();
    lock.lock().unwrap();
    office.ds("ds create authority").exits(2).says("U123");
    drop(lock);
    office.ds("ds create authority").exits(0);
}

#[test]
fn two_products_do_not_share_a_name() {
    let office = Office::with_an_authority();
    office
        .run("crl make authority --password-file csca.pw --out UTO --transcript ./UTO")
        .exits(2)
        .says("U104");
    assert!(!office.place.path("UTO").exists() && !office.place.path("authority/crl").exists());
}

#[test]
fn a_revocation_list_follows_the_one_that_was_made_last() {
    let office = Office::with_an_authority();
    let make = |more: &str| office.run(&format!("crl make authority --password-file csca.pw {more}"));
    let at = |number: u8| office.place.path(format!("authority/crl/00000{number}.crl"));
    make("").exits(0);
    make("--revoke abb01 --allow-unknown-serial").exits(0);
    // The last one is gone: the one before would bring the revoked certificate back.
    let last = std::fs::read(at(2)).unwrap();
    std::fs::remove_file(at(2)).unwrap();
    make("").exits(6).says("M420").says("ceremony 3");
    std::fs::copy(at(1), at(2)).unwrap();
    make("").exits(6).says("M420").says("number");
    // One that somebody else signed, or that lost a bit.
    let mut changed = last.clone();
    *changed.last_mut().unwrap() ^= 1;
    std::fs::write(at(2), changed).unwrap();
    make("").exits(6).says("M420");
    std::fs::write(at(2), &last).unwrap();
    let first = std::fs::read(at(1)).unwrap();
    std::fs::remove_file(at(1)).unwrap();
    make("").exits(6).says("M420").says("missing");
    std::fs::write(at(1), first).unwrap();
    make("").exits(0);
    let list = antin::trust::crl::CertificateList::parse(&std::fs::read(at(3)).unwrap()).unwrap();
    assert_eq!(list.len(), 1);
}

#[test]
fn until_the_day_of_a_new_key_the_one_before_signs() {
    let office = Office::with_an_authority();
    office
        .run("csca renew authority --password-file csca.pw --from 2039-01-01 --usage-years 3")
        .exits(0)
        .says("2039-01-01");
    let made = office.ds("ds create authority --json").exits(0).json();
    assert_eq!(
        made["certificates"][0]["issuer"],
        "C=UT, O=Utopia Passport Office, CN=CSCA Utopia"
    );
    office.run("crl make authority --password-file csca.pw").exits(0);
    office
        .run("ml make authority --password-file csca.pw --signer-password-file ds.pw --out UTO.ml")
        .exits(0);
}

#[test]
fn a_folder_that_was_changed_is_named_with_its_fault() {
    let office = Office::with_an_authority();
    office.run("ds create nowhere").exits(2).says("U121");
    office.run("ds rotate authority").exits(2).says("U121");
    let settings = office.place.text("authority/authority.toml");
    office
        .place
        .write("authority/authority.toml", settings.replace("UTO", "utopia"));
    office.ds("ds create authority").exits(6).says("M420");
    office.place.write("authority/authority.toml", &settings);
    let key = office.place.text("authority/csca/01.toml");
    office.place.write(
        "authority/csca/01.toml",
        key.replace("01-key.pem", "../../01-key.pem"),
    );
    office.ds("ds create authority").exits(6).says("M420");
}
