//! What somebody far away is told of a visit, and what he must not believe of it.

use std::path::Path;

use antin::crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin::store::{Evidence, Witness};
use antin::{Document, Files, OpenCard, Policy, Report, Verdict};
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;

use super::{Scene, demand, text};

fn station(seed: u64) -> SoftSigner {
    let key = PrivateKey::generate(Curve::P256, &mut ChaCha8Rng::seed_from_u64(seed));
    SoftSigner::new(key, Hash::Sha256, ParameterForm::Named)
}

fn judged(scene: &Scene<'_>, document: &Document) -> Result<Report, String> {
    let trust = scene.usual_trust().map_err(text)?;
    let day = scene.usual_day().map_err(text)?;
    Ok(document.verify(&trust, &Policy::COUNTER, day))
}

/// What is known of a visit to this card.
fn visit(scene: &Scene<'_>, card: &str) -> Result<Evidence, String> {
    let mut chip = scene.issued(card).map_err(text)?;
    let key = scene.password(card).map_err(text)?;
    let document = OpenCard::open(&mut chip, &key)
        .and_then(|mut open| open.read(Files::PUBLIC))
        .map_err(text)?;
    let report = judged(scene, &document)?;
    demand(report.verdict == Verdict::Authentic, || {
        format!("{card} is {}", report.verdict)
    })?;
    let trust = scene.usual_trust().map_err(text)?;
    Ok(Evidence::of(
        &document,
        &report,
        &trust,
        scene.usual_day().map_err(text)?,
    ))
}

/// Whether somebody who believes the station takes these bytes for a visit that it saw.
fn believed(scene: &Scene<'_>, bytes: &[u8], station: &SoftSigner) -> Result<bool, String> {
    let Ok(read) = Evidence::parse(bytes, Path::new("visit.antin")) else {
        return Ok(false);
    };
    let Some(witness) = read.sealed_by(station.public_key()) else {
        return Ok(false);
    };
    Ok(judged(scene, &read.document(witness))?.verdict == Verdict::Authentic)
}

/// SEM-18: the station saw one document, the attacker shows another one under its signature.
pub(super) fn wrapped(scene: &Scene<'_>) -> Result<(), String> {
    let (station, stranger) = (station(181), station(182));
    let seen = visit(scene, "passport")?.sealed(&station).map_err(text)?;
    let shown = visit(scene, "vietnam")?;
    let honest = seen.to_bytes();
    demand(believed(scene, &honest, &station)?, || {
        "what the station saw is not believed".to_owned()
    })?;
    let own = shown.clone().sealed(&station).map_err(text)?.to_bytes();
    demand(believed(scene, &own, &station)?, || {
        "what the attacker shows could not be believed even if the station had seen it".to_owned()
    })?;
    let (cover, line) = lines(&honest)?;
    let foreign = shown.to_bytes();
    let (bare, other) = lines(&foreign)?;
    let hash = |line: &str| hex::encode(Hash::Sha256.digest(line.as_bytes()));
    let fitting = cover.replace(&hash(&line), &hash(&other));
    let seal = cover
        .split_once("\"station\":")
        .map(|(_, seal)| seal)
        .ok_or("a cover without a seal")?;
    let moved = bare.replace("null}", seal);
    let inside = |text: &str, key: &str, value: &str| {
        let value = value.trim_end();
        text.replacen('{', &format!("{{\"{key}\":{value},"), 1)
    };
    for (what, forged) in [
        ("another content under the cover", format!("{cover}{other}")),
        ("the same with a hash that fits", format!("{fitting}{other}")),
        (
            "the seal in the cover of another content",
            format!("{moved}{other}"),
        ),
        (
            "another content behind the sealed one",
            format!("{cover}{line}{other}"),
        ),
        (
            "another content before the sealed one",
            format!("{cover}{other}{line}"),
        ),
        (
            "both contents in one line",
            format!("{cover}{}{other}", line.trim_end()),
        ),
        (
            "two covers, the sealed one first",
            format!("{cover}{bare}{other}"),
        ),
        ("two covers, the sealed one last", format!("{bare}{cover}{other}")),
        (
            "two files, one behind the other",
            format!("{cover}{line}{bare}{other}"),
        ),
        (
            "the sealed content inside the other one",
            format!("{fitting}{}", inside(&other, "sealed", &line)),
        ),
        (
            "the same under a hash of its own",
            format!(
                "{}{}",
                cover.replace(&hash(&line), &hash(&inside(&other, "sealed", &line))),
                inside(&other, "sealed", &line)
            ),
        ),
        (
            "two hashes in one cover",
            format!(
                "{}{other}",
                inside(&cover, "sha256", &format!("\"{}\"", hash(&other)))
            ),
        ),
        (
            "two seals in one cover",
            format!("{}{other}", inside(&moved, "station", "null")),
        ),
        (
            "a part that no signature covers beside the sealed one",
            format!("{}{line}", inside(&cover, "shown", &other)),
        ),
    ] {
        demand(!believed(scene, forged.as_bytes(), &station)?, || {
            format!("{what} is believed")
        })?;
    }
    // A stranger's signature is a signature, and not that of the station.
    let strange = shown.clone().sealed(&stranger).map_err(text)?;
    demand(!believed(scene, &strange.to_bytes(), &station)?, || {
        "the seal of a stranger is believed".to_owned()
    })?;
    // That the station vouches for one file says nothing of another one.
    let vouched = seen.sealed_by(station.public_key());
    let witness = vouched.ok_or("the station has not sealed what it saw")?;
    demand(matches!(witness, Witness::Station(_)), || format!("{witness:?}"))?;
    let verdict = judged(scene, &shown.document(witness))?.verdict;
    demand(verdict != Verdict::Authentic, || {
        format!("a seal that was lent is {verdict}")
    })
}

/// Cover and content, each with its line feed.
fn lines(bytes: &[u8]) -> Result<(String, String), String> {
    let whole = std::str::from_utf8(bytes).map_err(text)?;
    let (cover, line) = whole.split_once('\n').ok_or("evidence of one line")?;
    Ok((format!("{cover}\n"), line.to_owned()))
}
