//! The card that the benches work on: a demo citizen's, Vietnamese profile, signed on P-256 throughout.

use antin::crypto::{AwsLcSigner, Curve, Hash, ParameterForm};
use antin::perso::demo;
use antin::{
    CardImage, CitizenRecord, DemoOptions, DemoPki, Document, FileState, Profile, ReadFiles, SystemRng,
    TrustStore, UnixTime,
};

/// Everything that exists before the clock starts.
pub struct Work {
    pub profile: Profile,
    pub record: CitizenRecord,
    pub pki: DemoPki,
    pub signer: AwsLcSigner,
    pub image: CardImage,
    pub document: Document,
    pub trust: TrustStore,
    pub at: UnixTime,
}

impl Work {
    pub fn prepare() -> Self {
        let profile = Profile::builtin("vn-cccd-2021").expect("built in");
        let at = antin::now();
        let options = DemoOptions {
            csca_curve: Curve::P256,
            csca_hash: Hash::Sha256,
            ..DemoOptions::default()
        };
        let pki = DemoPki::generate("VN", at, &options, &mut SystemRng).expect("keys");
        let citizen = demo::citizens(1, 1).remove(0);
        let record = citizen
            .record
            .check(&profile, Some(citizen.portrait))
            .expect("a good record");
        let key = pki.ds_key.clone();
        let signer = AwsLcSigner::new(key, Hash::Sha256, ParameterForm::Named).expect("a signer");
        let image = CardImage::build(&profile, &record, &signer, &pki.ds, at).expect("an image");
        let mut files = ReadFiles::new();
        for (file, bytes) in image.files() {
            files.insert(*file, FileState::Read(bytes.clone()));
        }
        let document = Document::from_files(files);
        let trust = TrustStore::from_certificates([pki.csca.clone()]).expect("an anchor");
        Self {
            profile,
            record,
            pki,
            signer,
            image,
            document,
            trust,
            at,
        }
    }
}
