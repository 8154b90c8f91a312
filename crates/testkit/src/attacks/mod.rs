//! Makes `test-vectors/attacks`: honest cards under a TEST authority, and what attackers make of them.
//!
//! Everything is the same in every run, and nothing here asks the verifier: what it must answer stands in
//! `expected.toml`, which is written from the catalogue by hand.

mod cards;
mod case;
mod certificate;
mod der;
mod keys;
mod rows;
mod sod;

use std::fmt::Write as _;

use cards::World;

/// Path, under `test-vectors/attacks`, and text of every file that is made.
///
/// # Panics
/// If the real code cannot issue the honest cards.
#[must_use]
pub fn files() -> Vec<(String, String)> {
    let world = World::new();
    let mut files = vec![("station.toml".to_owned(), station(&world))];
    for (name, card) in world.cards() {
        let text = String::from_utf8(card.state.to_bytes().to_vec()).expect("card files are text");
        files.push((format!("cards/{name}.chip"), text));
    }
    for case in rows::all(&world) {
        files.push((format!("cases/{}.toml", case.id), case.to_toml()));
    }
    files
}

fn station(world: &World) -> String {
    let mut text = String::from(case::HEAD);
    let anchors = [&world.csca, &world.vietnam.csca].map(|csca| case::hexadecimal(&csca.der));
    let _ = writeln!(
        text,
        "day = \"2026-01-15\"\nanchors = [{}]\n\n[keys]",
        anchors.join(", ")
    );
    for (name, card) in world.cards() {
        let can = card
            .can
            .as_ref()
            .map(|can| format!("can = {can:?}, "))
            .unwrap_or_default();
        let _ = writeln!(text, "{name} = {{ {can}mrz = {:?} }}", card.mrz);
    }
    for (name, card) in world.cards() {
        if let Some((certificates, key)) = &card.terminal {
            let certificates: Vec<String> = certificates.iter().map(|one| case::hexadecimal(one)).collect();
            let _ = writeln!(
                text,
                "\n[terminals.{name}]\nalgorithm = \"ecdsa-sha-256\"\ncertificates = [{}]\nkey = {}",
                certificates.join(", "),
                case::hexadecimal(key)
            );
        }
    }
    text
}
