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
        ("is create --chr VNISTEST00002 --key a.pem --out a.cvcert", "--by"),
    ] {
        place.run(words(line)).exits(2).says(says);
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
