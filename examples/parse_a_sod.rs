//! Looks into an EF.SOD: which data groups it signs, with which hashes, and who signed.
#![allow(clippy::print_stdout)]

use antin::crypto::Hash;
use antin::lds::LdsSecurityObject;
use antin::trust::sod::{self, SignedSod};
use antin::{DemoOptions, DemoPki, SystemRng};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = signed_file()?; // std::fs::read("EF_SOD.bin")?

    let sod = SignedSod::parse(&file)?;
    let list = LdsSecurityObject::parse(sod.content().ok_or("signs nothing")?)?;
    for (number, hash) in list.hashes() {
        println!("DG{number:<2} {hash:02x?}");
    }
    let signer = sod.certificates().first().ok_or("no signer inside")?;
    println!("signed by {}", signer.subject());

    assert_eq!(list.hashes().len(), 2);
    assert_eq!(list.hash_algorithm(), Hash::Sha256.oid());
    Ok(())
}

fn signed_file() -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let pki = DemoPki::generate("VN", antin::now(), &DemoOptions::default(), &mut SystemRng)?;
    let groups: [(u8, &[u8]); 2] = [(1, b"\x61\x00"), (2, b"\x75\x00")];
    let signer = pki.ds_signer();
    Ok(sod::sign(&groups, Hash::Sha256, &signer, &pki.ds, antin::now())?)
}
