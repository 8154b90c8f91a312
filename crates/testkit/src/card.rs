//! A whole demo card, issued by the real code, for tests that break it.

use antin::{
    AccessKey, CardImage, CardState, DemoOptions, DemoPki, MemoryJournal, Profile, SoftCard, SystemRng,
    TrustStore, UnixTime, perso,
};

/// A demo citizen's finished card with its country.
pub struct DemoCard {
    /// What the card is.
    pub profile: Profile,
    /// Its country's keys.
    pub pki: DemoPki,
    /// What was written.
    pub image: CardImage,
    /// What the chip keeps.
    pub state: CardState,
    /// What a verifier trusts.
    pub trust: TrustStore,
    /// When it was issued.
    pub at: UnixTime,
}

impl DemoCard {
    /// Issues the card of an ordinary demo citizen, Vietnamese profile.
    ///
    /// # Panics
    /// If the real code cannot issue it: every test of this crate would be void.
    pub fn vietnamese() -> Self {
        Self::of("vn-cccd-2021")
    }

    /// Issues the card of an ordinary demo citizen, any built-in profile.
    ///
    /// # Panics
    /// If there is no such profile, or the real code cannot issue it.
    pub fn of(profile: &str) -> Self {
        let profile = Profile::builtin(profile).expect("built in");
        let country = if profile.country == "VNM" { "VN" } else { "UT" };
        let at = antin::now();
        let (year, month, day, ..) = at.to_parts();
        let today = antin::lds::Date::new(
            u16::try_from(year).expect("this century"),
            u8::try_from(month).expect("a month"),
            u8::try_from(day).expect("a day"),
        )
        .expect("a real day");
        let cast = perso::demo::citizens_issued(1, 20, today);
        let citizen = cast
            .iter()
            .find(|it| it.hard_case.is_none())
            .expect("an ordinary citizen");
        let record = citizen
            .record
            .check(&profile, Some(citizen.portrait.clone()))
            .expect("a good record");
        let pki = DemoPki::generate(country, at, &DemoOptions::default(), &mut SystemRng).expect("keys");
        let image = CardImage::build(&profile, &record, &pki.ds_signer(), &pki.ds, at).expect("an image");
        let trust = TrustStore::from_certificates([pki.csca.clone()]).expect("an anchor");
        let mut card = SoftCard::development_blank(&profile);
        antin::issue(
            &mut card,
            &image,
            &trust,
            at,
            &antin::Door::Open,
            &mut MemoryJournal::new(),
            &mut |_| {},
        )
        .expect("an issued card");
        Self {
            profile,
            pki,
            image,
            state: card.into_state(),
            trust,
            at,
        }
    }

    /// The software card with this state, or a changed one.
    pub fn soft_card(&self, state: CardState) -> SoftCard {
        SoftCard::from_state(state)
    }

    /// What opens it.
    pub fn key(&self) -> AccessKey {
        self.image.mrz_key()
    }
}
