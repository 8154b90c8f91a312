//! Certificates of terminals: our own from first to last, and both ways between us and openpace.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at what they do not expect"
)]

mod common;

use std::process::Command;

use common::Place;

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// An authority, a verifier and a terminal with keys in DER, as openpace takes them.
fn country() -> Place {
    let place = Place::empty();
    for line in [
        "cvca create --chr VNCVCATEST00001 --key cvca.pkcs8 --out cvca.cvcert",
        "dv request --chr VNDVTEST00001 --authority VNCVCATEST00001 --key dv.pkcs8 --out dv.cvreq",
        "dv sign dv.cvreq --rights read-dg3 --by cvca.cvcert --by-key cvca.pkcs8 --out dv.cvcert",
        "is create --chr VNISTEST00001 --key is.pem --by dv.cvcert --by-key dv.pkcs8 --out is.cvcert",
    ] {
        place.run(words(line)).exits(0).says("TEST");
    }
    place
}

/// Runs a tool of openpace in the folder; `None`, said loudly, where it is not installed.
fn openpace(place: &Place, line: &str) -> Option<String> {
    let mut parts = line.split_whitespace();
    let tool = parts.next().unwrap();
    let Ok(output) = Command::new(tool)
        .args(parts)
        .current_dir(place.path(""))
        .output()
    else {
        let why = "openpace is not installed";
        assert_ne!(std::env::var("ANTIN_STRICT").as_deref(), Ok("1"), "{why}");
        println!("SKIPPED: {why}");
        return None;
    };
    assert!(
        output.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_chain_is_made_shown_and_believed() {
    let place = country();
    let judged = place
        .run(words("is verify dv.cvcert is.cvcert --trust cvca.cvcert --json"))
        .exits(0)
        .json();
    assert_eq!(judged["schema"], "antin.cv/1");
    assert_eq!(judged["believed"], true);
    assert_eq!(judged["effective_rights"], serde_json::json!(["read-dg3"]));
    let shown = place.run(words("is show is.cvcert --json")).exits(0).json();
    assert_eq!(
        (&shown["role"], &shown["terminal_type"]),
        (&"terminal".into(), &"IS".into())
    );
    assert_eq!(shown["rights"], serde_json::json!(["read-dg3", "read-dg4"]));
    let request = place.run(words("dv show dv.cvreq --json")).exits(0).json();
    assert_eq!(
        (&request["kind"], &request["signature"]),
        (&"request".into(), &"good".into())
    );
    place
        .run(words("is show is.cvcert --lang vi"))
        .exits(0)
        .prints("vai trò");
}

#[test]
fn a_chain_that_is_not_believed_says_why_and_exits_10() {
    let place = country();
    place
        .run(words("is verify is.cvcert --trust cvca.cvcert"))
        .exits(10)
        .prints("unknown authority VNDVTEST00001");
    place
        .run(words("is verify dv.cvcert --trust cvca.cvcert --date 2099-01-01"))
        .exits(10)
        .prints("expired");
}

#[test]
fn keys_are_for_their_owner_alone_and_files_are_not_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let place = country();
    for key in ["cvca.pkcs8", "is.pem"] {
        let mode = std::fs::metadata(place.path(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
    assert!(place.text("is.pem").starts_with("-----BEGIN PRIVATE KEY-----"));
    place
        .run(words(
            "cvca create --chr VNCVCATEST00001 --key cvca.pkcs8 --out cvca.cvcert",
        ))
        .exits(2)
        .says("U104");
    place
        .run(words(
            "is create --chr VNISTEST00002 --key x.pem --by dv.cvcert --by-key cvca.pkcs8 --out x.cvcert",
        ))
        .exits(22)
        .says("S602");
}

#[test]
fn wrong_values_are_named() {
    let place = country();
    for (line, says) in [
        ("cvca create --chr vn1 --key a.pem --out a.cvcert", "vn1"),
        (
            "cvca create --chr VNCVCATEST00002 --key a.pem --out a.cvcert --rights read-dg9",
            "read-dg4",
        ),
        (
            "cvca create --chr VNCVCATEST00002 --key a.pem --out a.cvcert --algorithm md5",
            "ecdsa-sha-256",
        ),
        (
            "cvca create --chr VNCVCATEST00002 --key b.pem --out a.cvcert --curve p",
            "brainpoolP256r1",
        ),
        (
            "is create --chr VNISTEST00002 --key a.pem --out a.cvcert",
            "missing: --by",
        ),
        (
            "cvca create --chr VNCVCATEST00002 --key a.pem --out a.cvcert --from 2026-02-30",
            "expected: YYYY-MM-DD",
        ),
        (
            "cvca create --chr VNCVCATEST00002 --key a.pem --out a.cvcert --days 99999999",
            "option: --days",
        ),
        (
            "cvca create --chr VNCVCATEST00002 --key a.pem --out a.cvcert --days 0",
            "--days",
        ),
        (
            "cvca create --chr VNCVCATEST00002 --key a.pem --out a.cvcert --foreign",
            "option: --foreign",
        ),
        (
            "cvca create --chr VNCVCATEST00002 --key a.pem --out a.cvcert --algorithm rsa-pss-sha-256 --bits 100",
            "512 .. 8192",
        ),
        (
            "cvca create --chr VNCVCATEST00002 --key a.pem --out a.cvcert --algorithm rsa-pss-sha-256 --curve P-384",
            "has no curve",
        ),
        (
            "cvca create --chr VNCVCATEST00002 --key cvca.pkcs8 --out a.cvcert --curve P-384",
            "option: --curve",
        ),
        (
            "is verify is.cvcert --trust cvca.cvcert --date 01/01/2030",
            "expected: YYYY-MM-DD",
        ),
        ("dv request --chr vn1 --key a.pem --out a.cvreq", "option: --chr"),
    ] {
        place.run(words(line)).exits(2).says(says);
    }
    place
        .run(words(
            "cvca create --chr VNCVCATEST00002 --key a.pem --out nowhere/a.cvcert",
        ))
        .exits(1)
        .says("X002");
    for left in ["a.pem", "b.pem", "a.cvcert"] {
        assert!(!place.path(left).exists(), "a refused command leaves no {left}");
    }
    place.run(words("is show is.pem")).exits(6).says("M403");
}

#[test]
fn openpace_prints_and_verifies_what_we_make() {
    let place = country();
    for (file, name) in [("cvca", "VNCVCATEST00001"), ("dv", "VNDVTEST00001")] {
        std::fs::copy(place.path(format!("{file}.cvcert")), place.path(name)).unwrap();
    }
    for file in ["cvca", "dv", "is"] {
        let line = format!(
            "cvc-print -c {file}.cvcert --cvc-dir={}",
            place.path("").display()
        );
        let Some(printed) = openpace(&place, &line) else {
            return;
        };
        assert!(printed.contains("certificate verified"), "{file}: {printed}");
    }
    let printed = openpace(&place, "cvc-print -r dv.cvreq").unwrap();
    assert!(
        printed.contains("certificate request verified") && printed.contains("VNCVCATEST00001"),
        "{printed}"
    );
}

#[test]
fn we_believe_what_openpace_makes_from_our_requests_and_from_nothing() {
    let place = country();
    let sign = "cvc-create --role=dv_domestic --type=is --scheme=ECDSA_SHA_256 --csr=dv.cvreq --sign-with=cvca.pkcs8 \
                --issued=260101 --expires=991231 --read-finger --out-cert=theirs.cvcert";
    if openpace(&place, sign).is_none() {
        return;
    }
    place
        .run(words(
            "dv verify theirs.cvcert --trust cvca.cvcert --date 2026-01-01 --json",
        ))
        .exits(0);
    openpace(
        &place,
        "cvc-create --role=terminal --chr=VNISTHEIRS00001 --sign-as=theirs.cvcert --sign-with=dv.pkcs8 \
         --scheme=ECDSA_SHA_256 --issued=260101 --expires=991231 --read-finger --out-cert=last.cvcert \
         --out-key=last.pkcs8",
    )
    .unwrap();
    let judged = place
        .run(words(
            "is verify theirs.cvcert last.cvcert --trust cvca.cvcert --date 2026-01-01 --json",
        ))
        .exits(0)
        .json();
    assert_eq!(judged["effective_rights"], serde_json::json!(["read-dg3"]));
    // The same template, signed by each of us, differs in nothing but the signature.
    place
        .run(words(
            "dv sign dv.cvreq --rights read-dg3 --by cvca.cvcert --by-key cvca.pkcs8 --from 2026-01-01 --days 27027 \
             --out ours.cvcert",
        ))
        .exits(0);
    let (ours, theirs) = (place.bytes("ours.cvcert"), place.bytes("theirs.cvcert"));
    assert_eq!(ours.len(), theirs.len());
    let body = ours.len() - 64;
    assert_eq!(ours[..body], theirs[..body]);
}

#[test]
fn rsa_chains_are_made_and_believed_too() {
    let place = Place::empty();
    for line in [
        "cvca create --chr VNCVCARSA00001 --key c.pem --algorithm rsa-pss-sha-256 --bits 1280 --out c.cvcert",
        "dv create --chr VNDVRSA00001 --key d.pem --algorithm rsa-pss-sha-256 --bits 1280 --by c.cvcert --by-key c.pem \
         --out d.cvcert --foreign",
        "dv verify d.cvcert --trust c.cvcert",
    ] {
        place.run(words(line)).exits(0);
    }
}

#[test]
fn a_certificate_that_no_chip_believes_is_made_with_a_warning() {
    let place = country();
    let warned = |line: &str, says: &str| {
        let line = format!("{line} --key w.pem --out w.cvcert");
        place
            .run(words(&line))
            .exits(0)
            .says("warning: no chip ")
            .says(says);
        let shown = words(&line);
        for file in ["w.pem", "w.cvcert"] {
            std::fs::remove_file(place.path(file)).unwrap();
        }
        let made = place.run(shown.iter().chain(&["--json"])).exits(0).json();
        assert!(made["warnings"][0].as_str().unwrap().contains(says), "{made}");
        for file in ["w.pem", "w.cvcert"] {
            std::fs::remove_file(place.path(file)).unwrap();
        }
    };
    let by_cvca = "--by cvca.cvcert --by-key cvca.pkcs8";
    let by_dv = "--by dv.cvcert --by-key dv.pkcs8";
    warned(
        &format!("is create --chr VNISTEST00002 {by_cvca}"),
        "a terminal may not be signed by a cvca",
    );
    warned(
        &format!("dv create --chr VNDVTEST00002 {by_dv}"),
        "a dv-domestic may not be signed by a dv-domestic",
    );
    warned(
        &format!("is create --chr VNISTEST00002 --type at {by_dv}"),
        "is for terminals of type AT, its authority for IS",
    );
    warned(
        &format!("is create --chr VNISTEST00002 --rights read-dg3 --days 365 {by_dv}"),
        "the last day of VNDVTEST00001",
    );
    warned(
        &format!("is create --chr VNISTEST00002 {by_dv}"),
        "grants read-dg4: VNDVTEST00001 does not have it",
    );
    let good = format!("is create --chr VNISTEST00002 --rights read-dg3 {by_dv} --key w.pem --out w.cvcert");
    let made = place.run(words(&good)).exits(0);
    assert!(!made.err.contains("warning"), "{}", made.err);
}

#[test]
fn what_the_terminal_may_read_at_the_chip_is_said_to_people_too() {
    let place = country();
    let line = "is verify dv.cvcert is.cvcert --trust cvca.cvcert";
    place
        .run(words(line))
        .exits(0)
        .prints("may read at this chip: read-dg3\n");
    place
        .run(words(&format!("{line} --lang vi")))
        .exits(0)
        .prints("được đọc ở chip này: read-dg3\n");
    let refused = place
        .run(words("is verify is.cvcert --trust cvca.cvcert --lang vi"))
        .exits(10)
        .prints("bị từ chối: VNISTEST00001: không biết bên ký VNDVTEST00001");
    assert!(!refused.out.contains("refused"), "{}", refused.out);
}

#[test]
fn a_signature_that_does_not_fit_is_called_wrong() {
    let place = country();
    let mut changed = place.bytes("dv.cvcert");
    *changed.last_mut().unwrap() ^= 1;
    place.write("changed.cvcert", changed);
    let judged = place
        .run(words("dv verify changed.cvcert --trust cvca.cvcert --json"))
        .exits(10)
        .json();
    assert_eq!(judged["certificates"][0]["signature"], "wrong");
    let judged = place
        .run(words(
            "dv verify dv.cvcert --trust cvca.cvcert --date 2099-01-01 --json",
        ))
        .exits(10)
        .json();
    assert_eq!(judged["certificates"][0]["signature"], "good", "{judged}");
}

#[test]
fn a_file_of_another_kind_is_called_by_its_name() {
    let place = country();
    let by = "--by cvca.cvcert --by-key cvca.pkcs8";
    for (line, exit, says) in [
        (
            format!("dv sign dv.cvcert {by} --out x.cvcert"),
            6,
            "this is a certificate, not a request",
        ),
        (
            "dv verify dv.cvreq --trust cvca.cvcert".to_owned(),
            6,
            "this is a request, not a certificate",
        ),
        (
            "is verify is.cvcert --trust dv.cvcert".to_owned(),
            6,
            "not the certificate of an authority",
        ),
        (
            "is create --chr VNISTEST00002 --key x.pem --by dv.cvcert --by-key cvca.pkcs8 --out x.cvcert"
                .to_owned(),
            22,
            "not the key of: dv.cvcert",
        ),
    ] {
        place.run(words(&line)).exits(exit).says(says);
    }
}

/// An authority signs what it was told to, and nothing that the other side has put beside it.
#[test]
fn extensions_of_a_request_are_not_signed_unseen() {
    use antin::trust::cv::{CvRequest, CvSigner, TaAlgorithm};
    use antin::wire::tlv::{object, parse_one, tags};
    let place = country();
    let honest = CvRequest::parse(&place.bytes("dv.cvreq")).unwrap();
    let key = CvSigner::from_pkcs8_der(&place.bytes("dv.pkcs8"), TaAlgorithm::EcdsaSha256).unwrap();
    let file = honest.to_bytes();
    let outer = parse_one(&file).unwrap();
    let body = antin::wire::tlv::Reader::new(outer.value)
        .next()
        .unwrap()
        .unwrap();
    let oid = object(
        tags::OBJECT_IDENTIFIER,
        &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x03, 0x02],
    );
    let extension = object(
        tags::DISCRETIONARY_TEMPLATE,
        &[oid, object(tags::DISCRETIONARY_DATA, &[0xFF])].concat(),
    );
    let extensions = object(tags::cv::EXTENSIONS, &extension);
    let body = object(body.tag, &[body.value, &extensions].concat());
    let signature = object(
        tags::CV_SIGNATURE,
        &key.sign(&body, &mut antin::SystemRng).unwrap(),
    );
    place.write("greedy.cvreq", object(outer.tag, &[body, signature].concat()));
    place
        .run(words(
            "dv sign greedy.cvreq --rights read-dg3 --by cvca.cvcert --by-key cvca.pkcs8 --out greedy.cvcert",
        ))
        .exits(0)
        .says("extensions");
    let made = antin::trust::cv::CvCertificate::parse(&place.bytes("greedy.cvcert")).unwrap();
    assert_eq!(made.extensions(), None);
}
