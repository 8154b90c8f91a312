//! What the tests of this folder share: issued cards, and transports that count, cut and lie.
#![allow(dead_code)]
#![allow(clippy::indexing_slicing, reason = "a test that panics has failed")]

pub mod terminals;

use antin::crypto::ParameterForm;
use antin::perso::demo;
use antin::wire::apdu::Command;
use antin::{
    CardImage, DemoOptions, DemoPki, LinkError, MemoryJournal, Patience, Profile, SoftCard, SystemRng,
    Transport, TrustStore, UnixTime,
};

/// A profile by name, with its text changed: `(from, to)`, each of which must occur.
pub fn profile(name: &str, changes: &[(&str, &str)]) -> Profile {
    let builtin = Profile::builtin(name).expect("a built-in profile");
    let mut text = builtin.text().to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{name} has no {from:?}");
        text = text.replace(from, to);
    }
    Profile::parse(&text, name).expect("the changed profile is right")
}

/// Everything around one card.
#[derive(Clone)]
pub struct Station {
    pub profile: Profile,
    pub pki: DemoPki,
    pub trust: TrustStore,
    pub image: CardImage,
    pub at: UnixTime,
}

impl Station {
    pub fn new(profile: Profile, seed: u64) -> Self {
        Self::with_options(profile, seed, &DemoOptions::default())
    }

    pub fn with_explicit_parameters(profile: Profile, seed: u64) -> Self {
        let options = DemoOptions {
            form: ParameterForm::Explicit,
            ..DemoOptions::default()
        };
        Self::with_options(profile, seed, &options)
    }

    fn with_options(profile: Profile, seed: u64, options: &DemoOptions) -> Self {
        let at = antin::now();
        let country = if profile.country == "VNM" { "VN" } else { "UT" };
        let pki = DemoPki::generate(country, at, options, &mut SystemRng).expect("a demonstration PKI");
        let trust = TrustStore::from_certificates([pki.csca.clone()]).expect("one anchor");
        let citizen = demo::citizens(seed, 1).remove(0);
        let record = citizen
            .record
            .check(&profile, Some(citizen.portrait))
            .expect("a right record");
        let image =
            CardImage::build(&profile, &record, &pki.ds_signer(), &pki.ds, at).expect("a signed image");
        Self {
            profile,
            pki,
            trust,
            image,
            at,
        }
    }

    /// The image of the same citizen with other keys and another signature, as the same command makes it again.
    pub fn image_made_anew(&self, seed: u64) -> CardImage {
        let citizen = demo::citizens(seed, 1).remove(0);
        let record = citizen
            .record
            .check(&self.profile, Some(citizen.portrait))
            .expect("a right record");
        CardImage::build(
            &self.profile,
            &record,
            &self.pki.ds_signer(),
            &self.pki.ds,
            self.at,
        )
        .expect("a signed image")
    }

    pub fn blank(&self) -> SoftCard {
        SoftCard::development_blank(&self.profile).patience(Patience::Skip)
    }

    pub fn issued(&self) -> SoftCard {
        let mut card = self.blank();
        let mut journal = MemoryJournal::new();
        antin::issue(
            &mut card,
            &self.image,
            &self.trust,
            self.at,
            &antin::Door::Open,
            &mut journal,
            &mut |_| {},
        )
        .expect("a card is issued");
        card.reset();
        card
    }
}

/// Notes every command as it reaches the chip.
pub struct Counting<T> {
    pub inner: T,
    pub commands: Vec<Vec<u8>>,
}

impl<T> Counting<T> {
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            commands: Vec::new(),
        }
    }

    /// Class and instruction of every command.
    pub fn headers(&self) -> Vec<(u8, u8)> {
        self.commands.iter().map(|bytes| (bytes[0], bytes[1])).collect()
    }

    pub fn count(&self, ins: u8) -> usize {
        self.headers().iter().filter(|(_, found)| *found == ins).count()
    }
}

impl<T: Transport> Transport for Counting<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        assert!(
            Command::parse(command).is_ok(),
            "the reader sends well-formed commands"
        );
        self.commands.push(command.to_vec());
        self.inner.transmit(command)
    }
}

/// When the link is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The command never reaches the card.
    BeforeTheCardActs,
    /// The card acts, and its answer is lost.
    AfterTheCardActed,
}

/// A card that is pulled at the n-th command, counted from 0.
pub struct Pulled<'a> {
    pub card: &'a mut SoftCard,
    pub at: usize,
    pub cut: Cut,
    pub seen: usize,
}

impl<'a> Pulled<'a> {
    pub fn new(card: &'a mut SoftCard, at: usize, cut: Cut) -> Self {
        Self {
            card,
            at,
            cut,
            seen: 0,
        }
    }

    pub fn was_pulled(&self) -> bool {
        self.seen > self.at
    }
}

impl Transport for Pulled<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        let number = self.seen;
        self.seen += 1;
        if number < self.at {
            return self.card.transmit(command);
        }
        if number == self.at && self.cut == Cut::AfterTheCardActed {
            self.card.transmit(command)?;
        }
        Err(LinkError::CardLost)
    }
}
