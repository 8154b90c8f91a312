//! The rogues' gallery: the same card broken in many ways, each told apart by check and reason.

use antin::lds::ElementaryFile;
use antin::lds::card_access::EfCardAccess;
use antin::lds::security_infos::SecurityInfo;
use antin::trust::pki::{DsOptions, create_document_signer};
use antin::{
    CardImage, CardState, Certificate, Check, CheckId, CheckResult, DemoOptions, DemoPki, Document, Files,
    MemoryJournal, OpenCard, Policy, Reason, Report, SoftCard, SystemRng, TrustStore, Verdict,
};
use rand_core::{Rng, SeedableRng};
use schemars::JsonSchema;
use serde::Serialize;

use super::stage::Stage;
use super::story::{Cast, unexpected};
use crate::failure::Failure;
use crate::output::Output;

/// One broken card and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Exhibit {
    /// A stable name: `letter-changed`, `portrait-swapped`, ...
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The check that told it apart, its subject and its reason: `dg-hash DG1: hash-mismatch`.
    pub reason: String,
    /// The exit code that `antin verify` would give.
    pub exit: u8,
    /// Whether verdict, exit code and check are those that this change must lead to.
    pub told_apart: bool,
}

/// What a change must lead to.
struct Expected {
    verdict: Verdict,
    exit: u8,
    check: CheckId,
    reason: Reason,
}

const fn failed(check: CheckId, reason: Reason) -> Expected {
    Expected {
        verdict: Verdict::Failed,
        exit: 10,
        check,
        reason,
    }
}

/// A card as the forger leaves it, and what the verifier trusts.
struct Forgery {
    state: CardState,
    trust: TrustStore,
}

/// Whoever breaks the card.
struct Forger<'a> {
    cast: &'a Cast,
    card: &'a CardState,
    rng: chacha20::ChaCha20Rng,
}

type Trick<'a> = fn(&mut Forger<'a>) -> Result<Forgery, Failure>;

/// Every exhibit: its name, what it must lead to, and how it is made.
fn exhibits<'a>() -> Vec<(&'static str, Expected, Trick<'a>)> {
    vec![
        (
            "letter-changed",
            failed(CheckId::DgHash, Reason::HashMismatch),
            Forger::letter_changed,
        ),
        (
            "portrait-swapped",
            failed(CheckId::DgHash, Reason::HashMismatch),
            Forger::portrait_swapped,
        ),
        (
            "address-changed",
            failed(CheckId::DgHash, Reason::HashMismatch),
            Forger::address_changed,
        ),
        (
            "sod-of-another-card",
            failed(CheckId::DgHash, Reason::HashMismatch),
            Forger::sod_of_another_card,
        ),
        (
            "signature-changed",
            failed(CheckId::SodSignature, Reason::SignatureWrong),
            Forger::signature_changed,
        ),
        (
            "cloned-without-key",
            Expected {
                verdict: Verdict::Failed,
                exit: 11,
                check: CheckId::ChipAuthentication,
                reason: Reason::ProofFailed,
            },
            Forger::cloned_without_key,
        ),
        (
            "signed-by-a-stranger",
            Expected {
                verdict: Verdict::UnknownIssuer,
                exit: 12,
                check: CheckId::CscaTrust,
                reason: Reason::NoAnchor,
            },
            Forger::signed_by_a_stranger,
        ),
        (
            "signed-by-another-country",
            failed(CheckId::IssuerCountry, Reason::CountryMismatch),
            Forger::another_country,
        ),
        (
            "proofs-hidden",
            failed(CheckId::DgHash, Reason::FileMissing),
            Forger::proofs_hidden,
        ),
        (
            "contents-table-lies",
            failed(CheckId::ComSod, Reason::ComMismatch),
            Forger::contents_table_lies,
        ),
        (
            "card-access-altered",
            failed(CheckId::CardAccess, Reason::CardAccessMismatch),
            Forger::card_access_altered,
        ),
        (
            "signer-expired",
            failed(CheckId::DsValidity, Reason::Expired),
            Forger::signer_expired,
        ),
    ]
}

/// Breaks the card in every way and verifies each.
///
/// # Errors
/// A link that fails, or a card that cannot be made.
pub fn show(
    cast: &Cast,
    card: &CardState,
    stage: &Stage,
    seed: u64,
    out: &Output,
) -> Result<Vec<Exhibit>, Failure> {
    out.line("");
    let exhibits = exhibits();
    let count = exhibits.len().to_string();
    out.line(format!(
        " {}",
        out.texts.with("demo-gallery", &[("count", &count)])
    ));
    let mut forger = Forger {
        cast,
        card,
        rng: chacha20::ChaCha20Rng::seed_from_u64(seed),
    };
    let mut shown = Vec::new();
    for (name, expected, trick) in exhibits {
        crate::interrupt::check()?;
        let forgery = trick(&mut forger)?;
        let report = read(cast, &forgery, stage)?;
        let exhibit = judge(name, &expected, &report);
        out.event(&serde_json::json!({"ev": "exhibit", "name": name, "verdict": exhibit.verdict}));
        out.line(super::exhibit_line(&exhibit, out));
        shown.push(exhibit);
    }
    Ok(shown)
}

/// An officer reads with the MRZ, which opens by BAC too: a forger cannot hide behind an altered EF.CardAccess.
fn read(cast: &Cast, forgery: &Forgery, stage: &Stage) -> Result<Report, Failure> {
    stage.lay_down(SoftCard::from_state(forgery.state.clone()));
    let document: Document = OpenCard::open(stage.connect()?, &cast.image.mrz_key())?.read(Files::PUBLIC)?;
    Ok(document.verify(&forgery.trust, &Policy::COUNTER, antin::now()))
}

/// Compares what came of it with what must come of it.
fn judge(name: &str, expected: &Expected, report: &Report) -> Exhibit {
    let decisive = |check: &&Check| check.id == expected.check && check.reason == Some(expected.reason);
    let found = report.checks.iter().find(decisive);
    let shown = found.or_else(|| {
        report
            .checks
            .iter()
            .find(|check| check.result == CheckResult::Failed)
    });
    let told_apart = found.is_some() && report.verdict == expected.verdict && report.exit == expected.exit;
    Exhibit {
        name: name.to_owned(),
        verdict: report.verdict,
        reason: shown.map(words).unwrap_or_default(),
        exit: report.exit,
        told_apart,
    }
}

fn words(check: &Check) -> String {
    let subject = check
        .subject
        .as_deref()
        .map(|subject| format!(" {subject}"))
        .unwrap_or_default();
    let reason = check
        .reason
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    format!("{}{subject}{reason}", check.id.as_str())
}

impl Forger<'_> {
    /// A place in `0..len`; zero for an empty thing.
    fn place(&mut self, len: usize) -> usize {
        let len = u64::try_from(len.max(1)).unwrap_or(1);
        usize::try_from(self.rng.next_u64() % len).unwrap_or(0)
    }

    /// The genuine card with one change.
    fn changed(&self, change: impl FnOnce(&mut CardState)) -> Forgery {
        let mut state = self.card.clone();
        change(&mut state);
        Forgery {
            state,
            trust: self.cast.trust.clone(),
        }
    }

    /// Another letter in the name of the machine readable zone, which no check digit covers.
    fn letter_changed(&mut self) -> Result<Forgery, Failure> {
        let dg1 = self.card.file(ElementaryFile::DG1).unwrap_or_default();
        // The third line of a TD1 is the name; its letters are the places to choose from.
        let name_at = dg1.len().saturating_sub(30);
        let letters: Vec<usize> = (name_at..dg1.len())
            .filter(|at| dg1.get(*at).is_some_and(u8::is_ascii_uppercase))
            .collect();
        let place = self.place(letters.len());
        let at = letters.get(place).copied().unwrap_or(name_at);
        Ok(self.changed(|state| {
            state.dangerous_edit_file(ElementaryFile::DG1, |bytes| {
                if let Some(letter) = bytes.get_mut(at) {
                    *letter = if *letter == b'X' { b'Y' } else { b'X' };
                }
            });
        }))
    }

    /// The portrait of somebody else, in a well-formed DG2.
    fn portrait_swapped(&mut self) -> Result<Forgery, Failure> {
        let other = self.stranger()?;
        let dg2 = file_of(&other, ElementaryFile::DG2);
        Ok(self.changed(|state| state.dangerous_set_file(ElementaryFile::DG2, dg2)))
    }

    /// One byte of the national data.
    fn address_changed(&mut self) -> Result<Forgery, Failure> {
        let dg13 = self.card.file(ElementaryFile::DG13).unwrap_or_default();
        let zeros: Vec<usize> = (0..dg13.len())
            .filter(|at| dg13.get(*at) == Some(&b'0'))
            .collect();
        let place = self.place(zeros.len());
        let at = zeros.get(place).copied().unwrap_or_default();
        Ok(self.changed(|state| {
            state.dangerous_edit_file(ElementaryFile::DG13, |bytes| {
                if let Some(digit) = bytes.get_mut(at) {
                    *digit = b'7';
                }
            });
        }))
    }

    /// A genuine EF.SOD, but another card's.
    fn sod_of_another_card(&mut self) -> Result<Forgery, Failure> {
        let other = self.stranger()?;
        let sod = file_of(&other, ElementaryFile::Sod);
        Ok(self.changed(|state| state.dangerous_set_file(ElementaryFile::Sod, sod)))
    }

    /// One bit of the signature, which ends the file.
    fn signature_changed(&mut self) -> Result<Forgery, Failure> {
        let back = 1 + self.place(16);
        Ok(self.changed(|state| {
            state.dangerous_edit_file(ElementaryFile::Sod, |bytes| {
                let at = bytes.len().saturating_sub(back);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1;
                }
            });
        }))
    }

    /// Every file copied, but the private keys stay in the original: the copy has keys of its own.
    fn cloned_without_key(&mut self) -> Result<Forgery, Failure> {
        Ok(self.changed(|state| state.dangerous_renew_private_keys(&mut SystemRng)))
    }

    /// The same data, signed by an authority that nobody trusts.
    fn signed_by_a_stranger(&mut self) -> Result<Forgery, Failure> {
        let pki = DemoPki::generate("VN", antin::now(), &DemoOptions::default(), &mut SystemRng)
            .map_err(unexpected)?;
        let state = self.reissued(&pki, &pki.ds)?;
        Ok(Forgery {
            state,
            trust: self.cast.trust.clone(),
        })
    }

    /// The same data, signed by another country's trusted authority.
    fn another_country(&mut self) -> Result<Forgery, Failure> {
        let pki = DemoPki::generate("UT", antin::now(), &DemoOptions::default(), &mut SystemRng)
            .map_err(unexpected)?;
        let state = self.reissued(&pki, &pki.ds)?;
        let trust =
            TrustStore::from_certificates([self.cast.pki.csca.clone(), pki.csca]).map_err(unexpected)?;
        Ok(Forgery { state, trust })
    }

    /// DG14 and DG15 hidden, so that nobody asks for a proof, and struck from the table of contents.
    fn proofs_hidden(&mut self) -> Result<Forgery, Failure> {
        Ok(self.changed(|state| {
            for file in [ElementaryFile::DG14, ElementaryFile::DG15] {
                state.dangerous_remove_file(file);
                state.dangerous_strike_from_com(file);
            }
        }))
    }

    /// A data group struck from the unsigned table of contents.
    fn contents_table_lies(&mut self) -> Result<Forgery, Failure> {
        let listed = [ElementaryFile::DG2, ElementaryFile::DG13];
        let file = listed
            .get(self.place(listed.len()))
            .copied()
            .unwrap_or(ElementaryFile::DG13);
        Ok(self.changed(|state| {
            state.dangerous_strike_from_com(file);
        }))
    }

    /// PACE struck from EF.CardAccess, so that readers fall back to the weaker BAC.
    fn card_access_altered(&mut self) -> Result<Forgery, Failure> {
        let bytes = self.card.file(ElementaryFile::CardAccess).unwrap_or_default();
        let file = EfCardAccess::parse(bytes).map_err(unexpected)?;
        let kept = file
            .infos()
            .iter()
            .filter(|info| !matches!(info, SecurityInfo::Pace { .. }))
            .cloned();
        let altered = EfCardAccess::build(kept).as_bytes().to_vec();
        Ok(self.changed(|state| state.dangerous_set_file(ElementaryFile::CardAccess, altered)))
    }

    /// Signed by the right authority's signer, whose certificate ran out yesterday.
    fn signer_expired(&mut self) -> Result<Forgery, Failure> {
        let pki = &self.cast.pki;
        let now = antin::now();
        let mut options = DsOptions::new("TEST DS EXPIRED", now.plus_days(-40));
        options.not_after = now.plus_days(-1);
        options.usage_until = now.plus_days(-10);
        let key = pki.ds_key.public();
        let certificate = create_document_signer(
            &options,
            &antin::crypto::VerifyingKey::ec(key, pki.options.form),
            &pki.csca,
            &pki.csca_signer(),
            &mut SystemRng,
        )
        .map_err(unexpected)?;
        let state = self.reissued(pki, &certificate)?;
        Ok(Forgery {
            state,
            trust: self.cast.trust.clone(),
        })
    }

    /// The citizen's data on a new card, signed as given; in memory, because a forger needs no reader.
    fn reissued(&self, pki: &DemoPki, certificate: &Certificate) -> Result<CardState, Failure> {
        let image = CardImage::build(
            &self.cast.profile,
            &self.cast.record,
            &pki.ds_signer(),
            certificate,
            antin::now(),
        )?;
        written(&self.cast.profile, &image)
    }

    /// Somebody else's genuine card.
    fn stranger(&self) -> Result<CardImage, Failure> {
        let pki = &self.cast.pki;
        Ok(CardImage::build(
            &self.cast.profile,
            &self.cast.stranger,
            &pki.ds_signer(),
            &pki.ds,
            antin::now(),
        )?)
    }
}

fn file_of(image: &CardImage, wanted: ElementaryFile) -> Vec<u8> {
    image
        .files()
        .iter()
        .find(|(file, _)| *file == wanted)
        .map(|(_, bytes)| bytes.clone())
        .unwrap_or_default()
}

/// Writes an image without the read-back, which a forged card would not pass.
fn written(profile: &antin::Profile, image: &CardImage) -> Result<CardState, Failure> {
    let mut card = SoftCard::development_blank(profile);
    antin::perso::run(
        &mut card,
        &image.plan()?,
        &antin::Door::Open,
        &mut MemoryJournal::new(),
        &mut |_| {},
        &mut antin::SystemRng,
    )?;
    Ok(card.into_state())
}
