//! The way through pcscd and the virtual reader.

use std::time::{Duration, Instant};

use antin::protocol::files::select_application;
use antin::{Files, MemoryJournal, OpenCard, Policy, SoftCard, Transport, Verdict};

use super::work::Work;
use super::{Pcsc, Stage, clock, unexpected};
use crate::failure::Failure;

/// The fewest verifications that a median is taken of.
const VERIFICATIONS: usize = 9;

/// Measures round trips and whole verifications.
///
/// # Errors
/// What PC/SC says.
pub fn measure(stage: &Stage, work: &Work, time: Duration) -> Result<Pcsc, Failure> {
    let mut card = SoftCard::development_blank(&work.profile);
    antin::issue(
        &mut card,
        &work.image,
        &work.trust,
        antin::now(),
        &antin::Door::Open,
        &mut MemoryJournal::new(),
        &mut |_| {},
    )?;
    stage.lay_down(card);
    Ok(Pcsc {
        apdu_per_second: round_trips(stage, work, time)?,
        verify_ms: verification(stage, work, time)?,
    })
}

fn round_trips(stage: &Stage, work: &Work, time: Duration) -> Result<f64, Failure> {
    let command = select_application(&work.profile.application.aid)
        .to_bytes()
        .map_err(unexpected)?;
    let mut card = stage.connect()?;
    let mut trip = || card.transmit(&command).map(drop).map_err(Failure::from);
    Ok(clock::per_second(clock::fastest(time, &mut trip)?))
}

/// The median over the time given: from connecting to the verdict.
fn verification(stage: &Stage, work: &Work, time: Duration) -> Result<f64, Failure> {
    let mut took = Vec::new();
    let started = Instant::now();
    while started.elapsed() < time || took.len() < VERIFICATIONS {
        crate::interrupt::check()?;
        took.push(verify(stage, work)?);
    }
    took.sort();
    let median = took.get(took.len() / 2).copied().unwrap_or_default();
    Ok((median.as_secs_f64() * 100_000.0).round() / 100.0)
}

fn verify(stage: &Stage, work: &Work) -> Result<Duration, Failure> {
    let started = Instant::now();
    let mut card = OpenCard::open(stage.connect()?, &work.image.access_key())?;
    let document = card.read(Files::PUBLIC)?;
    let report = document.verify(&work.trust, &Policy::COUNTER, antin::now());
    let took = started.elapsed();
    if report.verdict == Verdict::Authentic {
        Ok(took)
    } else {
        Err(unexpected(report.verdict.as_str()))
    }
}
