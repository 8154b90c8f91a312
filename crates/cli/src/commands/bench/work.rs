//! What is measured: the card of a demo citizen, Vietnamese profile, issued and verified in memory.

use std::hint::black_box;

use antin::crypto::{Curve, Hash, ParameterForm, Signer};
use antin::perso::demo;
use antin::trust::sod::SodSigner;
use antin::{
    CardImage, Check, CheckResult, CitizenRecord, DemoOptions, DemoPki, Document, FileState, KeySet, Policy,
    Profile, ReadFiles, SystemRng, TrustStore, UnixTime, Verdict,
};

use super::unexpected;
use crate::failure::Failure;

/// Everything that exists before the clock starts: the checked record, the card's keys, the signer.
pub struct Work {
    /// What the card is.
    pub profile: Profile,
    /// Its country, signing on P-256 throughout.
    pub pki: DemoPki,
    /// The finished card.
    pub image: CardImage,
    /// What a verifier trusts.
    pub trust: TrustStore,
    record: CitizenRecord,
    document: Document,
    signer: Box<dyn Signer>,
    at: UnixTime,
}

impl Work {
    /// Makes the country, the citizen and the card.
    ///
    /// # Errors
    /// Only by a fault of ours.
    pub fn prepare() -> Result<Self, Failure> {
        let profile = Profile::builtin("vn-cccd-2021").ok_or_else(|| unexpected("no profile"))?;
        let at = antin::now();
        let options = DemoOptions {
            csca_curve: Curve::P256,
            csca_hash: Hash::Sha256,
            ..DemoOptions::default()
        };
        let pki = DemoPki::generate("VN", at, &options, &mut SystemRng).map_err(unexpected)?;
        let citizen = demo::citizen_issued(1, 0, crate::today::today());
        let record = citizen
            .record
            .check(&profile, Some(citizen.portrait.clone()))
            .map_err(unexpected)?;
        let signer = signer(&pki)?;
        let image = CardImage::build(&profile, &record, signer.as_ref(), &pki.ds, at)?;
        let trust = TrustStore::from_certificates([pki.csca.clone()]).map_err(unexpected)?;
        let mut files = ReadFiles::new();
        for (file, bytes) in image.files() {
            files.insert(*file, FileState::Read(bytes.clone()));
        }
        let document = Document::from_files(files);
        let work = Self {
            profile,
            pki,
            image,
            trust,
            record,
            document,
            signer,
            at,
        };
        work.is_genuine()?;
        Ok(work)
    }

    /// The signer as a station prepares it, once for all its cards.
    ///
    /// # Errors
    /// Only by a fault of ours.
    pub fn signer(&self) -> Result<SodSigner<'_>, Failure> {
        SodSigner::new(self.signer.as_ref(), &self.pki.ds, self.profile.sod.hash).map_err(unexpected)
    }

    /// Encodes, hashes, signs and checks one card.
    ///
    /// # Errors
    /// Only by a fault of ours.
    pub fn issue(&self, signer: &SodSigner<'_>) -> Result<(), Failure> {
        let keys: KeySet = self.image.keys().clone();
        black_box(CardImage::signed_by(
            &self.profile,
            &self.record,
            keys,
            signer,
            self.at,
        )?);
        Ok(())
    }

    /// Verifies the card as files, which no chip proves.
    ///
    /// # Errors
    /// Only by a fault of ours.
    pub fn verify(&self) -> Result<(), Failure> {
        let report = black_box(self.document.verify(&self.trust, &Policy::COUNTER, self.at));
        if report.verdict == Verdict::ChipUnproven {
            Ok(())
        } else {
            Err(unexpected(report.verdict.as_str()))
        }
    }

    /// What is measured must be right: no row has failed.
    fn is_genuine(&self) -> Result<(), Failure> {
        let report = self.document.verify(&self.trust, &Policy::COUNTER, self.at);
        let failed = |check: &&Check| check.result == CheckResult::Failed;
        report
            .checks
            .iter()
            .find(failed)
            .map_or(Ok(()), |check| Err(unexpected(check.id.as_str())))
    }
}

#[cfg(feature = "aws-lc")]
fn signer(pki: &DemoPki) -> Result<Box<dyn Signer>, Failure> {
    let signer = antin::crypto::AwsLcSigner::new(pki.ds_key.clone(), Hash::Sha256, ParameterForm::Named);
    Ok(Box::new(signer.map_err(unexpected)?))
}

#[cfg(not(feature = "aws-lc"))]
fn signer(pki: &DemoPki) -> Result<Box<dyn Signer>, Failure> {
    let signer = antin::crypto::SoftSigner::new(pki.ds_key.clone(), Hash::Sha256, ParameterForm::Named);
    Ok(Box::new(signer))
}
