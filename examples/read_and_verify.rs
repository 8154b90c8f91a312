//! Reads a card with its CAN and verifies it offline. Here the card is in memory; with a reader on the desk it is
//! `antin::Readers::open()?.wait_card(..)?`.
#![allow(clippy::print_stdout)]

use antin::perso::demo;
use antin::{CardImage, DemoOptions, DemoPki, Files, MemoryJournal, OpenCard, Policy, Profile, SoftCard};
use antin::{SystemRng, TrustStore, Verdict};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut card, image, trust) = somebodys_card()?;

    let key = image.access_key(); // AccessKey::can("123456")? or AccessKey::mrz("IDVNM...")?
    let mut chip = OpenCard::open(&mut card, &key)?.on_event(|event| println!("{event:?}"));
    let document = chip.read(Files::PUBLIC)?;
    let report = document.verify(&trust, &Policy::COUNTER, antin::now());

    for check in &report.checks {
        println!("{:24} {}", check.id, check.result);
    }
    assert_eq!(report.verdict, Verdict::Authentic);
    assert!(report.into_identity().is_ok());
    Ok(())
}

fn somebodys_card() -> Result<(SoftCard, CardImage, TrustStore), Box<dyn std::error::Error>> {
    let profile = Profile::builtin("vn-cccd-2021").ok_or("no such profile")?;
    let pki = DemoPki::generate("VN", antin::now(), &DemoOptions::default(), &mut SystemRng)?;
    let trust = TrustStore::from_certificates([pki.csca.clone()])?;
    let citizen = demo::citizens(7, 1).remove(0);
    let record = citizen.record.check(&profile, Some(citizen.portrait))?;
    let image = CardImage::build(&profile, &record, &pki.ds_signer(), &pki.ds, antin::now())?;
    let mut card = SoftCard::development_blank(&profile);
    let mut journal = MemoryJournal::new();
    antin::issue(
        &mut card,
        &image,
        &trust,
        antin::now(),
        &antin::Door::Open,
        &mut journal,
        &mut |_| {},
    )?;
    card.reset(); // taken off the writer
    Ok((card, image, trust))
}
