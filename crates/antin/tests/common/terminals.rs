//! Cards that ask a terminal for its rights, and terminals that have some.
#![allow(clippy::unwrap_used)]

use antin::crypto::{Curve, PrivateKey};
use antin::perso::TerminalTrust;
use antin::trust::cv::{
    Authorization, CertificateTemplate, CvCertificate, CvSigner, Date, Reference, Role, TaAlgorithm,
    TerminalType,
};
use antin::{Profile, SystemRng, TerminalKeys};

use super::Station;

const PROTECTED: &str = include_str!("../../../../test-vectors/profile/extended-access.toml");

/// The passport with Terminal Authentication version 1 in front of DG3 and DG4.
pub fn protected(more: &str) -> Profile {
    let base = Profile::builtin("icao-passport").unwrap();
    let profile = Profile::with_overrides(&base, &format!("{PROTECTED}{more}"));
    profile.unwrap_or_else(|fault| panic!("{fault}"))
}

pub fn station(more: &str) -> Station {
    Station::new(protected(more), 7)
}

pub fn trust(station: &Station) -> TerminalTrust {
    station.image.keys().terminal_authentication.clone().unwrap()
}

/// The TEST key of the authority that the card trusts.
pub fn authority(trust: &TerminalTrust) -> CvSigner {
    trust.signer.clone().unwrap()
}

pub fn day(text: &str) -> Date {
    Date::from_text(text).unwrap()
}

pub fn signer() -> CvSigner {
    let algorithm = TaAlgorithm::from_oid(&antin::wire::oids::ID_TA_ECDSA_SHA_256).unwrap();
    CvSigner::ec(
        PrivateKey::generate(Curve::BrainpoolP256r1, &mut SystemRng),
        algorithm,
    )
    .unwrap()
}

/// A terminal below the authority `name` with the key `authority`, until `expiration`.
pub fn terminal(
    name: &Reference,
    authority: &CvSigner,
    right: &str,
    expiration: &str,
    today: &str,
) -> TerminalKeys {
    let (verifier, own) = (signer(), signer());
    let certificate =
        |authority: &Reference, by: &CvSigner, holder: &str, key: &CvSigner, role| -> CvCertificate {
            CertificateTemplate {
                authority: authority.clone(),
                holder: Reference::from_text(holder).unwrap(),
                key: key.public(),
                authorization: Authorization::new(TerminalType::Is, role)
                    .unwrap()
                    .with_right(right)
                    .unwrap(),
                effective: day("2025-12-01"),
                expiration: day(expiration),
                extensions: None,
            }
            .sign(by, &mut SystemRng)
            .unwrap()
        };
    let dv = certificate(name, authority, "UTTESTDV00001", &verifier, Role::DvDomestic);
    let is = certificate(dv.holder(), &verifier, "UTTESTIS00001", &own, Role::Terminal);
    TerminalKeys::new(vec![is, dv], vec![own], day(today))
}

/// The passport with version 2 of Terminal and Chip Authentication: PACE alone opens it, its key lies in EF.CardSecurity.
pub fn version_two(more: &str) -> Profile {
    let base = Profile::builtin("icao-passport").unwrap();
    let profile = Profile::with_overrides(&base, &format!("{VERSION_TWO}{more}"));
    profile.unwrap_or_else(|fault| panic!("{fault}"))
}

const VERSION_TWO: &str = r#"
remove = ["active-authentication", "chip-authentication", "file.DG15"]
access.bac = false
com.data-groups = [1, 2, 3, 14]
chip-authentication = [{ curve = "brainpoolP256r1", cipher = "aes-128", key-form = "named", version = 2 }]
terminal-authentication = { version = 2, date = "2026-01-31", algorithm = "ecdsa-sha-256", curve = "brainpoolP256r1" }
[[file]]
name = "EF.CardSecurity"
fid = "011D"
sfi = 0x1D
read = "pace"
mandatory = true
max-size = 8192
[[file]]
name = "DG3"
fid = "0103"
sfi = 0x03
read = "extended-access"
mandatory = true
max-size = 4096
"#;
