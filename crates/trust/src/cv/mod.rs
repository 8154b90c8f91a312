//! Who may read what is protected: card verifiable certificates (TR-03110-3 appendices C and D).
//!
//! A country's authority (CVCA) signs document verifiers (DV), these sign terminals; a chip trusts up to two keys of its
//! authority and learns new ones from link certificates. Both sides are here:
//!
//! | who | what |
//! |---|---|
//! | the authorities | [`CvRequest`], [`CertificateTemplate`], [`CvSigner`] |
//! | a chip | [`TrustPoints`] and what a session [`Presented`] |
//! | a terminal | [`Terminal`], found among the certificates at hand |
//!
//! What was signed is verified over the bytes received. Domain parameters are compared with the table of curves, never
//! computed with.
//!
//! ```
//! use antin_crypto::{Curve, PrivateKey};
//! use antin_trust::cv::*;
//! # use antin_crypto::scripted::ScriptedRng;
//! # let mut rng = ScriptedRng::dangerous_new((0..=255).cycle().take(512).collect());
//! let key = |rng: &mut ScriptedRng| CvSigner::ec(PrivateKey::generate(Curve::BrainpoolP256r1, rng), TaAlgorithm::EcdsaSha256);
//! let (authority, verifier) = (key(&mut rng)?, key(&mut rng)?);
//! let name = Reference::from_text("VNCVCATEST00001")?;
//! let template = CertificateTemplate {
//!     authority: name.clone(),
//!     holder: name.clone(),
//!     key: authority.public(),
//!     authorization: Authorization::new(TerminalType::Is, Role::Cvca)?.with_all_rights(),
//!     effective: Date::new(2026, 1, 1).unwrap(),
//!     expiration: Date::new(2028, 12, 31).unwrap(),
//!     extensions: None,
//! };
//! let root = template.sign(&authority, &mut rng)?;
//! let dv = CertificateTemplate {
//!     holder: Reference::from_text("VNDVTEST00001")?,
//!     key: verifier.public(),
//!     authorization: Authorization::new(TerminalType::Is, Role::DvDomestic)?.with_right("read-dg3")?,
//!     ..template
//! };
//! let dv = dv.sign(&authority, &mut rng)?;
//!
//! let mut chip = TrustPoints::new(root.effective(), Sha1::Refused, vec![TrustPoint::new(&root)?])?;
//! let mut session = Presented::default();
//! chip.import(&mut session, dv.authority(), &dv)?;
//! assert_eq!(session.last().unwrap().authorization().rights(), ["read-dg3"]);
//! # Ok::<(), antin_trust::Error>(())
//! ```

mod algorithm;
mod authorization;
mod certificate;
mod dangerous;
mod date;
mod issue;
mod key;
mod parse;
mod reference;
mod refusal;
mod request;
mod stored;
mod terminal;
mod trust_points;

pub use algorithm::{Family, TaAlgorithm};
pub use authorization::{Authorization, Role, TerminalType};
pub use certificate::CvCertificate;
pub use date::Date;
pub use issue::CertificateTemplate;
pub use key::{CvKey, CvPublicKey, CvSigner, DomainForm, DomainParameters};
pub use reference::Reference;
pub use refusal::Refusal;
pub use request::CvRequest;
pub use terminal::{Missing, Terminal};
pub use trust_points::{Imported, Presented, Sha1, TrustPoint, TrustPoints};
