#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use antin_trust::pki::{DemoOptions, DemoPki};
use base64ct::Encoding;

use super::archive::tests::archive;
use super::*;
use crate::world::SystemRng;

fn pki() -> DemoPki {
    DemoPki::generate("VN", crate::now(), &DemoOptions::default(), &mut SystemRng).unwrap()
}

fn place(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn ldif_of(der: &[u8]) -> String {
    let base64 = base64ct::Base64::encode_string(der);
    format!("dn: cn=../../x\nuserCertificate;binary:: {base64}\n\n")
}

#[test]
fn the_content_of_a_file_says_what_it_is_and_not_its_name() {
    let pki = pki();
    let (csca, ds) = (pki.csca.as_der(), pki.ds.as_der());
    let pem = format!("{}text\n{}", pki.csca.to_pem(), pki.ds.to_pem());
    let ldif = format!("version: 1\n\n{}{}", ldif_of(csca), ldif_of(ds));
    let zip = archive(&[
        ("../../a", csca),
        ("b.txt", ldif_of(ds).as_bytes()),
        ("readme", b"hello"),
    ]);
    let cases: [(&[u8], Format, usize, usize); 4] = [
        (csca, Format::Der, 1, 0),
        (pem.as_bytes(), Format::Pem, 2, 0),
        (ldif.as_bytes(), Format::Ldif, 2, 0),
        (&zip, Format::Zip, 2, 1),
    ];
    for (content, format, objects, skipped) in cases {
        let (_folder, path) = place("list.ml", content);
        let found = gather(&path).unwrap();
        let input = &found.inputs[0];
        assert_eq!(input.format, format);
        assert_eq!(
            (input.objects.len(), input.skipped.len()),
            (objects, skipped),
            "{format:?}"
        );
        assert_eq!(input.sha256, Fingerprint::of(content));
        assert_eq!(input.objects[0].bytes, csca);
    }
}

#[test]
fn a_folder_is_read_file_by_file_and_strangers_are_named() {
    let pki = pki();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("VN")).unwrap();
    fs::write(folder.path().join("VN/csca.cer"), pki.csca.as_der()).unwrap();
    fs::write(folder.path().join("ds.pem"), pki.ds.to_pem()).unwrap();
    fs::write(folder.path().join("page.html"), "<html>").unwrap();
    fs::write(folder.path().join(".hidden"), "x").unwrap();
    let found = gather(folder.path()).unwrap();
    assert_eq!(found.inputs.len(), 2);
    assert_eq!(
        found.strangers,
        [(folder.path().join("page.html"), Looks::WebPage)]
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_in_a_circle_is_not_followed() {
    let pki = pki();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("csca.cer"), pki.csca.as_der()).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("circle")).unwrap();
    assert_eq!(gather(folder.path()).unwrap().inputs.len(), 1);
}

#[test]
fn a_private_key_is_never_taken() {
    let pki = pki();
    let key = pem::encode("PRIVATE KEY", &[0x30, 0x02, 0x02, 0x00]);
    let (_folder, path) = place("key.pem", key.as_bytes());
    let refused = gather(&path).unwrap_err().to_string();
    assert!(refused.ends_with("a private key"), "{refused}");
    // Beside a certificate it is named, and the certificate is taken.
    let (_folder, path) = place("both.pem", format!("{key}{}", pki.csca.to_pem()).as_bytes());
    let found = gather(&path).unwrap();
    assert_eq!(found.inputs[0].objects.len(), 1);
    assert_eq!(found.inputs[0].skipped, [(0, "a private key".to_owned())]);
}

#[test]
fn hostile_archives_are_refused_or_give_nothing() {
    let bomb = archive(&[("x", &vec![0x30; 30 << 20])]);
    let (_folder, path) = place("x.zip", &bomb);
    assert!(gather(&path).unwrap_err().to_string().contains("is larger than"));
    // An archive within an archive is not opened.
    let inner = archive(&[("csca.cer", pki().csca.as_der())]);
    let (_folder, path) = place("x.zip", &archive(&[("inner.zip", &inner)]));
    let found = gather(&path).unwrap();
    assert_eq!(
        (found.inputs[0].objects.len(), found.inputs[0].skipped.len()),
        (0, 1)
    );
    let (_folder, path) = place("x.zip", b"PK\x03\x04 and nothing else");
    assert!(gather(&path).is_err());
}
