//! Issues a card to a fictional citizen and writes it into a software chip.
#![allow(clippy::print_stdout)]

use antin::perso::demo;
use antin::{
    CardImage, DemoOptions, DemoPki, MemoryJournal, Profile, SoftCard, SystemRng, TrustStore, Verdict,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let profile = Profile::builtin("vn-cccd-2021").ok_or("no such profile")?;
    let pki = DemoPki::generate("VN", antin::now(), &DemoOptions::default(), &mut SystemRng)?;
    let trust = TrustStore::from_certificates([pki.csca.clone()])?;

    // The citizen, the files, the keys and the signature: no card is touched yet.
    let citizen = demo::citizens(1, 1).remove(0);
    let record = citizen.record.check(&profile, Some(citizen.portrait))?;
    let image = CardImage::build(&profile, &record, &pki.ds_signer(), &pki.ds, antin::now())?;

    // The card is written, read back as an outsider would, and verified.
    let mut card = SoftCard::development_blank(&profile);
    let mut journal = MemoryJournal::new();
    let issued = antin::issue(
        &mut card,
        &image,
        &trust,
        antin::now(),
        &antin::Door::Open,
        &mut journal,
        &mut |_| {},
    )?;

    println!(
        "chip {} written: {} files",
        issued.receipt.serial,
        issued.receipt.files.len()
    );
    assert_eq!(issued.report.verdict, Verdict::Authentic);
    Ok(())
}
