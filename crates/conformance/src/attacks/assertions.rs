//! Attacks that aim at no verdict: what the code promises all the same, tried out.

use std::time::Duration;

use antin::crypto::{Curve, Hash, ParameterForm, PrivateKey, Signer, SoftSigner};
use antin::profile::patch::{Patch, Step};
use antin::reader::{Challenge, Error as ReadError, PasswordState};
use antin::trust::Facts;
use antin::trust::verdict::verdict_exit;
use antin::{
    AccessKey, CheckId, CheckResult, ElementaryFile, Files, LinkError, OpenCard, Opening, SoftCard,
    Transport, Verdict,
};
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;

use super::case::Attack;
use super::reading::Stage;

mod evidence;
mod issuance;
mod lists;

type Assertion = fn(&Scene<'_>) -> Result<(), String>;

/// What an assertion has: the cards, and the files of its case.
pub(crate) struct Scene<'a> {
    pub stage: &'a Stage,
    pub attack: &'a Attack,
}

impl std::ops::Deref for Scene<'_> {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        self.stage
    }
}

/// Every assertion under its name.
const ALL: &[(&str, Assertion)] = &[
    ("every-combination-of-facts-has-one-verdict", total_verdict),
    ("signatures-never-repeat-a-nonce", nonces),
    ("a-given-challenge-never-decides-alone", given_challenge),
    ("a-replayed-proof-is-refused-like-a-wrong-one", replayed_proof),
    ("profiles-answer-odd-commands-in-their-own-way", odd_commands),
    ("guesses-slow-the-chip-down-and-suspend-the-pin", guesses),
    ("secrets-are-never-printed", unprinted_secrets),
    ("a-card-that-was-taken-away-opens-nothing", taken_away),
    ("an-issued-card-takes-no-more-writing", locked),
    ("a-seal-covers-everything-that-is-read", evidence::wrapped),
    (
        "one-card-from-one-journal-wherever-the-power-goes",
        issuance::one_card,
    ),
    (
        "private-keys-of-a-card-leave-no-trace",
        issuance::keys_leave_no_trace,
    ),
    (
        "what-breaks-the-standard-is-not-signed",
        issuance::lint_before_signing,
    ),
    (
        "a-list-with-a-bad-signature-is-not-imported",
        lists::bad_signature,
    ),
    (
        "one-broken-certificate-does-not-spoil-a-list",
        lists::broken_certificate,
    ),
    ("an-older-list-needs-an-override", lists::older),
    ("names-of-files-come-from-hashes", lists::names_of_files),
];

/// Tries the assertion of that name.
pub(crate) fn check(name: &str, scene: &Scene<'_>) -> Result<(), String> {
    let found = ALL.iter().find(|(known, _)| *known == name);
    let (_, assertion) = found.ok_or_else(|| "there is no such assertion".to_owned())?;
    assertion(scene)
}

fn demand(holds: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem()) }
}

/// SEM-15: nothing but a proven chip is authentic, and only that ends with 0.
fn total_verdict(_scene: &Scene<'_>) -> Result<(), String> {
    for bits in 0..128_u8 {
        let bit = |at: u8| bits & (1 << at) != 0;
        let facts = Facts {
            needed_failed: bit(0),
            proof_failed: bit(1),
            no_anchor: bit(2),
            needed_open: bit(3),
            proof_open: bit(4),
            proof_successful: bit(5),
            proof_unasked: bit(6),
        };
        let (verdict, reason) = facts.verdict();
        let spotless = !(bit(0) || bit(1) || bit(2) || bit(3) || bit(4)) && bit(5);
        let authentic = verdict == Verdict::Authentic;
        demand(authentic == spotless, || format!("{facts:?} is {verdict}"))?;
        let exit = verdict_exit(verdict, reason);
        demand((exit == 0) == authentic, || format!("{facts:?} ends with {exit}"))?;
        let forged = bit(0) || bit(1);
        demand(forged == (verdict == Verdict::Failed), || {
            format!("{facts:?} is {verdict}")
        })?;
    }
    Ok(())
}

/// ISS-03: the same message gives the same signature (RFC 6979), another one another r.
fn nonces(_scene: &Scene<'_>) -> Result<(), String> {
    let mut rng = ChaCha8Rng::seed_from_u64(30);
    let key = PrivateKey::generate(Curve::P256, &mut rng);
    let signer = SoftSigner::new(key, Hash::Sha256, ParameterForm::Named);
    let mut seen = std::collections::HashSet::new();
    for number in 0..256_u16 {
        let message = number.to_be_bytes();
        let sign = || signer.sign(&message).map_err(|error| error.to_string());
        let (first, second) = (sign()?, sign()?);
        demand(first == second, || {
            "the nonce does not follow from key and message".to_owned()
        })?;
        let r = r_of(&first).ok_or("a signature that is no sequence")?;
        demand(seen.insert(r), || "two messages share their r".to_owned())?;
    }
    Ok(())
}

/// The first number of an ECDSA signature in DER.
fn r_of(signature: &[u8]) -> Option<Vec<u8>> {
    let whole = antin::wire::tlv::parse_one(signature).ok()?;
    let r = whole.children().next().ok()??;
    Some(r.value.to_vec())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A patch with these lines.
fn patch(lines: &str) -> Result<Patch, String> {
    let whole = format!("schema = \"antin.patch/1\"\nname = \"assertion\"\n{lines}");
    Patch::parse(&whole, "assertion").map_err(text)
}

/// CHP-05: whoever chooses the challenge has it answered, and the chip must answer a fresh one as well.
fn given_challenge(stage: &Scene<'_>) -> Result<(), String> {
    let given = *b"date+BCP";
    let mut card = stage.issued("passport").map_err(text)?;
    card.faulty_mut().listen();
    let key = stage.password("passport").map_err(text)?;
    let opening = Opening::new().challenge(Challenge::Given(given));
    let document = OpenCard::open_with(&mut card, &key, opening)
        .and_then(|mut open| open.read(Files::PUBLIC))
        .map_err(text)?;
    let aa = Step::parse("aa").ok_or("no such step")?;
    let asked = card
        .faulty_mut()
        .heard()
        .iter()
        .filter(|heard| aa.covers(heard.step));
    let asked: Vec<Vec<u8>> = asked.map(|heard| heard.command.data().to_vec()).collect();
    demand(asked.len() == 2, || {
        format!("{} challenges were answered", asked.len())
    })?;
    demand(asked.first().is_some_and(|first| *first == given), || {
        "the given one was not".to_owned()
    })?;
    demand(asked.last().is_some_and(|last| *last != given), || {
        "no fresh one was".to_owned()
    })?;
    let proofs = &document.session().chip_proofs;
    let proven = |check: &antin::Check| {
        check.id == CheckId::ActiveAuthentication && check.result == CheckResult::Successful
    };
    demand(proofs.iter().any(proven), || {
        "an honest chip has not proven itself".to_owned()
    })
}

/// ACC-11: a proof that was good in another session, and one with a wrong checksum, get the same answer after the same time.
fn replayed_proof(stage: &Scene<'_>) -> Result<(), String> {
    let mut card = stage.issued("bac").map_err(text)?;
    card.faulty_mut().listen();
    let key = stage.password("bac").map_err(text)?;
    OpenCard::open(&mut card, &key).map_err(text)?;
    let step = Step::parse("bac.authenticate").ok_or("no such step")?;
    let proof = card
        .faulty_mut()
        .heard()
        .iter()
        .find(|heard| step.covers(heard.step));
    let proof = proof.ok_or("BAC was not used")?.command.data().to_vec();
    let mut wrong = proof.clone();
    if let Some(last) = wrong.last_mut() {
        *last ^= 1;
    }
    let answer = |proof: &[u8]| -> Result<(Vec<u8>, Duration), String> {
        // A chip that draws other numbers than the one that the proof was made for.
        let mut card = stage.issued_with("bac", 21).map_err(text)?;
        let mut said = (Vec::new(), Duration::ZERO);
        let authenticate = [&[0x00, 0x82, 0x00, 0x00, 0x28], proof, &[0x28]].concat();
        let select = [
            0x00, 0xA4, 0x04, 0x0C, 0x07, 0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01,
        ];
        let challenge = [0x00, 0x84, 0x00, 0x00, 0x08];
        for command in [select.as_slice(), &challenge, &authenticate] {
            said = card.answer(command).map_err(text)?;
        }
        Ok(said)
    };
    let (replayed, wrong) = (answer(&proof)?, answer(&wrong)?);
    demand(replayed.0.len() == 2, || "a replayed proof was taken".to_owned())?;
    demand(replayed == wrong, || format!("{replayed:?} and {wrong:?}"))
}

/// ACC-13: what gives a product away is written in its profile, and nowhere else.
fn odd_commands(stage: &Scene<'_>) -> Result<(), String> {
    let select = [0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00];
    let answer = |name| -> Result<Vec<u8>, String> {
        let mut card = stage.issued(name).map_err(text)?;
        card.transmit(&select).map_err(text)
    };
    let (vietnam, passport) = (answer("vietnam")?, answer("passport")?);
    demand(vietnam == [0x6D, 0x00], || format!("SELECT MF: {vietnam:02X?}"))?;
    demand(passport == [0x90, 0x00], || format!("SELECT MF: {passport:02X?}"))
}

/// A card that says how long it would have made its reader wait.
struct Watched<'c> {
    card: &'c mut SoftCard,
    waited: Duration,
}

impl Transport for Watched<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let (answer, delay) = self.card.answer(command).map_err(|_| LinkError::CardLost)?;
        self.waited += delay;
        Ok(answer)
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        self.card.reset();
        Ok(())
    }
}

/// ACC-15.
fn guesses(stage: &Scene<'_>) -> Result<(), String> {
    let mut card = stage.issued("pin").map_err(text)?;
    let mut guess = |key: &AccessKey| {
        let mut watched = Watched {
            card: &mut card,
            waited: Duration::ZERO,
        };
        let refused = OpenCard::open(&mut watched, key).err();
        (refused, watched.waited)
    };
    let wrong = AccessKey::can("000000").map_err(text)?;
    let mut waits = Vec::new();
    for _ in 0..6 {
        let (refused, waited) = guess(&wrong);
        demand(refused.is_some(), || "a wrong number opened the card".to_owned())?;
        waits.push(waited);
    }
    let grows = waits.windows(2).all(|pair| pair.first() <= pair.last()) && waits.last() > waits.first();
    demand(grows, || format!("the waits are {waits:?}"))?;
    let wrong = AccessKey::pin("000000").map_err(text)?;
    for _ in 0..2 {
        demand(guess(&wrong).0.is_some(), || {
            "a wrong PIN opened the card".to_owned()
        })?;
    }
    let right = AccessKey::pin("123456").map_err(text)?;
    let (refused, _) = guess(&right);
    let suspended = matches!(
        refused,
        Some(ReadError::PasswordUnusable {
            state: PasswordState::Suspended,
            ..
        })
    );
    demand(suspended, || {
        format!("with one try left the PIN is not suspended: {refused:?}")
    })
}

/// ACC-16: passwords and private keys show themselves to nobody who prints what holds them.
fn unprinted_secrets(stage: &Scene<'_>) -> Result<(), String> {
    let mrz = stage.mrz("passport").map_err(text)?;
    let can = stage.can("passport").map_err(text)?;
    let card = stage.issued("passport").map_err(text)?;
    let state = card.into_state();
    let printed = [
        format!("{:?}", AccessKey::can(&can).map_err(text)?),
        format!("{:?}", AccessKey::mrz_information(&mrz)),
        format!("{state:?}"),
        format!(
            "{:?}",
            PrivateKey::from_be_bytes(Curve::P256, &[0x5A; 32]).map_err(text)?
        ),
    ];
    let bytes = |secret: &[u8]| format!("{secret:?}").trim_matches(['[', ']']).to_owned();
    let secrets = [
        can.clone(),
        mrz.clone(),
        bytes(can.as_bytes()),
        bytes(mrz.as_bytes()),
        bytes(&[0x5A; 8]),
        "5a5a5a5a".to_owned(),
    ];
    for text in &printed {
        let leak = secrets
            .iter()
            .any(|secret| text.to_lowercase().contains(&secret.to_lowercase()));
        demand(!leak, || "a secret is printed".to_owned())?;
    }
    Ok(())
}

/// ACC-18: the card is taken away, or exchanged, in the middle of a session.
fn taken_away(stage: &Scene<'_>) -> Result<(), String> {
    for fault in [
        "fault = [{ at = \"read DG2\", tear = \"before\" }]",
        "fault = [{ at = \"read DG1\", only = \"sm\", swap-card = true }]",
        "fault = [{ at = \"ca.agree\", tear = \"after\" }]",
    ] {
        let mut card = stage.issued("passport").map_err(text)?;
        card.misbehave(&patch(fault)?);
        let key = stage.password("passport").map_err(text)?;
        let outcome = OpenCard::open(&mut card, &key).and_then(|mut open| open.read(Files::PUBLIC));
        let Ok(document) = outcome else { continue };
        let report = document.verify(
            &stage.usual_trust().map_err(text)?,
            &antin::Policy::COUNTER,
            stage.usual_day().map_err(text)?,
        );
        let proven = report
            .checks
            .iter()
            .any(|check| check.id.is_chip_proof() && check.result == CheckResult::Successful);
        let whole = report.verdict == Verdict::Authentic && proven;
        // A reader may open the same card anew and begin again; what it must not do is believe the other one.
        demand(!whole || !fault.contains("swap"), || {
            format!("{fault}: {}", report.verdict)
        })?;
    }
    Ok(())
}

/// ISS-01: every command that writes a blank is refused by an issued card, in plain and inside a session.
fn locked(stage: &Scene<'_>) -> Result<(), String> {
    let writes = [
        "00D6810004DEADBEEF",
        "00D60000 04 DEADBEEF",
        "00E00000 0A 6208820101830201018000",
        "00DA0000 04 DEADBEEF",
        "00DB3FFF 04 DEADBEEF",
        "0044000000",
        "00E4000002011E",
        "80E60000 04 DEADBEEF",
    ];
    for write in writes {
        let command = hex::decode(write.replace(' ', "")).map_err(text)?;
        let mut card = stage.issued("passport").map_err(text)?;
        let before = card.state().to_bytes();
        let select = [
            0x00, 0xA4, 0x04, 0x0C, 0x07, 0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01,
        ];
        card.transmit(&select).map_err(text)?;
        let answer = card.transmit(&command).map_err(text)?;
        demand(answer != [0x90, 0x00], || format!("{write} in plain is taken"))?;
        card.misbehave(&patch(&format!(
            "fault = [{{ at = \"read DG1\", only = \"sm\", hear = \"{}\" }}]",
            hex::encode(&command)
        ))?);
        let key = stage.password("passport").map_err(text)?;
        let document = OpenCard::open(&mut card, &key).and_then(|mut open| open.read(Files::PUBLIC));
        drop(document);
        for file in [
            ElementaryFile::DG1,
            ElementaryFile::DG2,
            ElementaryFile::Sod,
            ElementaryFile::Com,
        ] {
            let same = stage
                .issued("passport")
                .map_err(text)?
                .state()
                .file(file)
                .map(<[u8]>::to_vec);
            demand(card.state().file(file).map(<[u8]>::to_vec) == same, || {
                format!("{write} changed {file}")
            })?;
        }
        demand(card.state().to_bytes() == before, || {
            format!("{write} changed the card")
        })?;
    }
    Ok(())
}
