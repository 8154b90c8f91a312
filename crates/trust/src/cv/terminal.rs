//! The terminal's side of the chain: from the names that a chip announces to a certificate whose key is at hand.

use super::authorization::{Role, TerminalType};
use super::certificate::CvCertificate;
use super::date::Date;
use super::key::CvSigner;
use super::reference::Reference;
use crate::error::Error;

/// A terminal that a certain chip will believe: the certificates to present, in their order, and the key that signs.
#[derive(Clone, Debug)]
pub struct Terminal {
    chain: Vec<CvCertificate>,
    key: CvSigner,
}

impl Terminal {
    /// Finds the shortest chain from one of the `announced` trust points (as the chip orders them, the most recent
    /// first) through link certificates and a verifier to a terminal certificate whose key is among `keys`.
    ///
    /// Expired verifiers and terminals are left out, wrong signatures are not: the chip looks at them. Whose name, but
    /// not whose key, leads on is met only by a chip that refuses it.
    ///
    /// # Errors
    /// [`Error::NoTerminal`], saying how far the search came.
    pub fn find(
        announced: &[Reference],
        wanted: TerminalType,
        today: Date,
        certificates: &[CvCertificate],
        keys: &[CvSigner],
    ) -> Result<Self, Error> {
        let pool = Pool {
            wanted,
            today,
            certificates,
        };
        let mut telling = Missing::Certificate;
        let mut best: Option<Self> = None;
        for terminal in pool.of_role(|role| role == Role::Terminal) {
            telling = telling.max(Missing::Key);
            let Some(key) = keys.iter().find(|key| holds(key, terminal)) else {
                continue;
            };
            telling = telling.max(Missing::Verifier);
            for verifier in pool.of_role(Role::is_verifier) {
                if verifier.holder() != terminal.authority() {
                    continue;
                }
                telling = telling.max(Missing::TrustPoint);
                let Some(mut chain) = pool.links(announced, verifier.authority()) else {
                    continue;
                };
                chain.extend([verifier.clone(), terminal.clone()]);
                if best.as_ref().is_none_or(|best| chain.len() < best.chain.len()) {
                    let key = key.clone();
                    best = Some(Self { chain, key });
                }
            }
        }
        best.ok_or_else(|| Error::NoTerminal {
            announced: announced.iter().map(ToString::to_string).collect(),
            missing: telling,
        })
    }

    /// The certificates to present, in their order; the last one is the terminal's.
    #[must_use]
    pub fn chain(&self) -> &[CvCertificate] {
        &self.chain
    }

    /// The key of the last certificate.
    #[must_use]
    pub const fn key(&self) -> &CvSigner {
        &self.key
    }

    /// The name of the key of the last certificate.
    ///
    /// # Panics
    /// Never: a chain has a verifier and a terminal.
    #[must_use]
    pub fn holder(&self) -> &Reference {
        let last = self.chain.last();
        last.expect("a chain ends in a terminal certificate").holder()
    }
}

/// What a search for a [`Terminal`] lacked; the last one named is how far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Missing {
    /// No terminal certificate of the wanted kind that is valid today.
    Certificate,
    /// No private key of a terminal certificate.
    Key,
    /// No certificate of the verifier that signed the terminal's.
    Verifier,
    /// No way, through link certificates, from a trust point of the chip to the authority that signed the verifier's.
    TrustPoint,
}

impl core::fmt::Display for Missing {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Certificate => "valid terminal certificate",
            Self::Key => "private key of a terminal certificate",
            Self::Verifier => "certificate of the document verifier",
            Self::TrustPoint => "link from a trust point of the chip",
        })
    }
}

struct Pool<'a> {
    wanted: TerminalType,
    today: Date,
    certificates: &'a [CvCertificate],
}

impl<'a> Pool<'a> {
    fn of_role(&self, wanted: impl Fn(Role) -> bool) -> impl Iterator<Item = &'a CvCertificate> {
        let (kind, today) = (self.wanted, self.today);
        self.certificates.iter().filter(move |certificate| {
            let authorization = certificate.authorization();
            let lasts = authorization.role() == Role::Cvca || certificate.expiration() >= today;
            authorization.kind() == kind && wanted(authorization.role()) && lasts
        })
    }

    /// The fewest link certificates that lead from an announced name to `target`, breadth first from the target.
    fn links(&self, announced: &[Reference], target: &Reference) -> Option<Vec<CvCertificate>> {
        let mut seen = vec![target];
        let mut paths: Vec<Vec<&CvCertificate>> = vec![Vec::new()];
        for _ in 0..=MAX_LINKS {
            let mut longer = Vec::new();
            for path in paths {
                let head = path.last().map_or(target, |link| link.authority());
                if announced.contains(head) {
                    return Some(path.into_iter().rev().cloned().collect());
                }
                for link in self.of_role(|role| role == Role::Cvca) {
                    if link.holder() == head && !seen.contains(&link.authority()) {
                        seen.push(link.authority());
                        longer.push([path.as_slice(), &[link]].concat());
                    }
                }
            }
            paths = longer;
        }
        None
    }
}

/// Tells whether the key is the one in the certificate, which does not always state its curve.
fn holds(key: &CvSigner, certificate: &CvCertificate) -> bool {
    let own = key.public();
    let stated = certificate.public_key().resolve(own.curve());
    stated.is_ok_and(|stated| stated == own)
}

/// An authority changes its key every few years; a chip lives ten.
const MAX_LINKS: usize = 8;
