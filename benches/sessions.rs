//! What opening a card costs on both sides, beside the curve operations that nobody can do without, in one run and on
//! one machine: PACE in each mapping on each curve, and a whole visit (PACE, Chip and Active Authentication, reading,
//! verifying) of the reader alone.
//!
//! Fails when the visit costs half as much again as its curve operations.

use std::hint::black_box;
use std::time::{Duration, Instant};

use antin::crypto::{Curve, Hash, ParameterForm, PrivateKey, PureRust, Signer, SoftSigner, Verifier};
use antin::lds::SecurityInfo;
use antin::perso::demo;
use antin::protocol::pace::chip::{Card, Lookup, Ready, no_trust_points};
use antin::protocol::pace::terminal::{DomainReference, start};
use antin::protocol::pace::{Mapping, Parameters};
use antin::protocol::password::{Can, Password};
use antin::trust::{Backend, verify_with};
use antin::wire::oids;
use antin::{
    CardImage, CardState, DemoOptions, DemoPki, Door, Files, LinkError, MemoryJournal, OpenCard, Policy,
    Profile, SoftCard, SystemRng, Transport, TrustStore, UnixTime, Verdict,
};

/// How many times as long as its curve operations a whole visit may take.
const LIMIT: f64 = 1.5;

fn main() {
    // A build for tests is slow by design, and not judged; `cargo test --benches` wants to see that it runs.
    let rounds = if cfg!(debug_assertions) || std::env::args().any(|argument| argument == "--test") {
        1
    } else {
        40
    };
    say(&format!(
        "{:17} {:8} {:>10} {:>10} {:>14} {:>14}",
        "PACE, us", "mapping", "terminal", "chip", "curve, share", "curve, share"
    ));
    for mapping in [Mapping::Generic, Mapping::Integrated, Mapping::ChipAuthentication] {
        for curve in Curve::STANDARDIZED {
            if mapping != Mapping::Integrated || curve.has_integrated_mapping() {
                pace(mapping, curve, rounds);
            }
        }
    }
    let ratio = visit(rounds);
    assert!(
        rounds == 1 || ratio < LIMIT,
        "a whole visit takes {ratio:.2} times its curve operations"
    );
}

/// Best times of the two sides.
#[derive(Clone, Copy)]
struct Sides {
    terminal: Duration,
    chip: Duration,
}

fn pace(mapping: Mapping, curve: Curve, rounds: u32) {
    let oid = match mapping {
        Mapping::Generic => oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128,
        Mapping::Integrated => oids::ID_PACE_ECDH_IM_AES_CBC_CMAC_128,
        Mapping::ChipAuthentication => oids::ID_PACE_ECDH_CAM_AES_CBC_CMAC_128,
    };
    let info = SecurityInfo::pace(oid, 2, curve.standardized_id());
    let parameters = Parameters::from_info(&info).expect("a standardized variant");
    let key = PrivateKey::generate(curve, &mut SystemRng);
    let mut best = Sides {
        terminal: Duration::MAX,
        chip: Duration::MAX,
    };
    let (mut fixed, mut variable) = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        let sides = run(&info, &parameters, &key);
        best.terminal = best.terminal.min(sides.terminal);
        best.chip = best.chip.min(sides.chip);
        let (k_g, k_p) = multiplications(curve);
        fixed = fixed.min(k_g);
        variable = variable.min(k_p);
    }
    // Both sides of the generic mapping: a key, the nonce times G, the agreement, a key over the new generator, the
    // second agreement. The integrated mapping needs the last two only.
    let (terminal, chip) = match mapping {
        Mapping::Generic | Mapping::ChipAuthentication => {
            (2 * fixed + 3 * variable, 2 * fixed + 3 * variable)
        }
        Mapping::Integrated => (2 * variable, 2 * variable),
    };
    say(&format!(
        "{:17} {:8} {:>10} {:>10} {:>8} {:>5.2} {:>8} {:>5.2}",
        curve.name(),
        match mapping {
            Mapping::Generic => "GM",
            Mapping::Integrated => "IM",
            Mapping::ChipAuthentication => "CAM",
        },
        micros(best.terminal),
        micros(best.chip),
        micros(terminal),
        terminal.as_secs_f64() / best.terminal.as_secs_f64(),
        micros(chip),
        chip.as_secs_f64() / best.chip.as_secs_f64(),
    ));
}

/// One run; the steps alternate, each side is timed by itself.
fn run(info: &SecurityInfo, parameters: &Parameters, key: &PrivateKey) -> Sides {
    let rng = &mut SystemRng;
    let password = Password::Can(Can::parse("123456").expect("six digits"));
    let card = Card {
        offered: std::slice::from_ref(info),
        passwords: &|_| Lookup::Usable(password.clone()),
        static_keys: std::slice::from_ref(key),
        trust_points: &no_trust_points,
    };
    let (mut terminal, mut chip) = (Stopwatch::default(), Stopwatch::default());
    let (command, state) =
        terminal.lap(|| start(parameters, &password, DomainReference::Omit).expect("selected"));
    let (answer, waiting) = chip.lap(|| Ready::select(&card, &command).expect("offered"));
    let (command, state) = terminal.lap(|| state.accept(&answer).expect("accepted"));
    let (answer, waiting) = chip.lap(|| waiting.step(&command, rng).expect("a nonce"));
    let (command, state) = terminal.lap(|| state.accept(&answer, rng).expect("a nonce"));
    let (answer, waiting) = chip.lap(|| waiting.step(&command, rng).expect("mapped"));
    let (command, state) = terminal.lap(|| state.accept(&answer, rng).expect("mapped"));
    let (answer, waiting) = chip.lap(|| waiting.step(&command, rng).expect("agreed"));
    let (command, state) = terminal.lap(|| state.accept(&answer).expect("agreed"));
    let answer = chip.lap(|| waiting.step(&command).expect("the token is right").0);
    terminal.lap(|| black_box(state.accept(&answer).expect("the token is right")));
    Sides {
        terminal: terminal.0,
        chip: chip.0,
    }
}

/// A multiplication of the generator, and one of another point.
fn multiplications(curve: Curve) -> (Duration, Duration) {
    let rng = &mut SystemRng;
    let mut fixed = Stopwatch::default();
    let own = fixed.lap(|| PrivateKey::generate(curve, rng));
    let their = PrivateKey::generate(curve, rng).public();
    let mut variable = Stopwatch::default();
    variable.lap(|| black_box(own.diffie_hellman(&their).expect("one curve")));
    (fixed.0, variable.0)
}

/// The reader's share of a whole visit, as a multiple of its curve operations.
fn visit(rounds: u32) -> f64 {
    let profile = Profile::builtin("icao-passport").expect("built in");
    let at = antin::now();
    let options = DemoOptions {
        csca_curve: Curve::P256,
        csca_hash: Hash::Sha256,
        ..DemoOptions::default()
    };
    let pki = DemoPki::generate("UT", at, &options, &mut SystemRng).expect("keys");
    let citizen = demo::citizens(1, 1).remove(0);
    let record = citizen
        .record
        .check(&profile, Some(citizen.portrait))
        .expect("a good record");
    let image = CardImage::build(&profile, &record, &pki.ds_signer(), &pki.ds, at).expect("an image");
    let trust = TrustStore::from_certificates([pki.csca.clone()]).expect("an anchor");
    let state = issued(&profile, &image, &trust, at);
    let (mut whole, mut raw) = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        whole = whole.min(read_and_verify(&state, &image, &trust, at));
        raw = raw.min(curve_operations());
    }
    let ratio = whole.as_secs_f64() / raw.as_secs_f64();
    say(&format!(
        "a whole visit, the reader alone: {} us; its curve operations: {} us; {ratio:.2} times",
        micros(whole),
        micros(raw)
    ));
    ratio
}

fn issued(profile: &Profile, image: &CardImage, trust: &TrustStore, at: UnixTime) -> CardState {
    let mut card = SoftCard::development_blank(profile);
    let mut journal = MemoryJournal::new();
    antin::issue(
        &mut card,
        image,
        trust,
        at,
        &Door::Open,
        &mut journal,
        &mut |_| {},
    )
    .expect("a card");
    card.into_state()
}

/// PACE, Chip Authentication, every public file, Active Authentication, passive authentication. What the chip takes to
/// answer is left out.
fn read_and_verify(state: &CardState, image: &CardImage, trust: &TrustStore, at: UnixTime) -> Duration {
    let mut card = Timed {
        card: SoftCard::from_state(state.clone()),
        chip: Duration::ZERO,
    };
    let started = Instant::now();
    let document = OpenCard::open(&mut card, &image.access_key())
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let mut backend = Backend {
        verifier: &PureRust,
        cache: None,
    };
    let report = verify_with(
        document.files(),
        document.session(),
        trust,
        at,
        &Policy::COUNTER,
        &mut backend,
    );
    let spent = started.elapsed();
    assert_eq!(report.verdict, Verdict::Authentic);
    spent - card.chip
}

/// What no reader of this card can do without, by the same pure arithmetic: PACE (2 k·G, 3 k·P), Chip Authentication
/// (k·G, k·P), and the signatures of Active Authentication, EF.SOD and its signer.
fn curve_operations() -> Duration {
    let (fixed, variable) = multiplications(Curve::P256);
    let key = PrivateKey::generate(Curve::P256, &mut SystemRng);
    let signer = SoftSigner::new(key, Hash::Sha256, ParameterForm::Named);
    let signature = signer.sign(b"a message").expect("a signature");
    let mut checked = Stopwatch::default();
    checked.lap(|| {
        PureRust
            .verify(signer.algorithm(), signer.public_key(), b"a message", &signature)
            .expect("a right signature");
    });
    3 * fixed + 4 * variable + 3 * checked.0
}

/// A card whose answering time is known.
struct Timed {
    card: SoftCard,
    chip: Duration,
}

impl Transport for Timed {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let started = Instant::now();
        let answer = self.card.transmit(command);
        self.chip += started.elapsed();
        answer
    }
}

#[derive(Default)]
struct Stopwatch(Duration);

impl Stopwatch {
    fn lap<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = black_box(work());
        self.0 += started.elapsed();
        result
    }
}

fn micros(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e6)
}

#[allow(clippy::print_stdout, reason = "a bench speaks to the one who runs it")]
fn say(line: &str) {
    println!("{line}");
}
