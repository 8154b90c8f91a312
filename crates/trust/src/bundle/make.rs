//! Makes bundles.

use std::collections::BTreeMap;

use antin_crypto::{Hash, PureRust};
use antin_wire::oids::ID_DATA;

use super::{Bundle, MAX_BUNDLE_BYTES, MAX_PARTS, Part, SCHEMA, WHAT, is_name, part};
use crate::asn1::{UTF8_STRING, implicit, write};
use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::error::Error;
use crate::pki::ContentSigner;
use crate::store::{Distrust, Freshness, RevokedCards, TrustLevel, TrustStore};
use crate::time::UnixTime;

/// A bundle in the making.
#[derive(Clone, Debug)]
pub struct BundleMaker {
    freshness: Freshness,
    parts: BTreeMap<String, Vec<u8>>,
}

impl BundleMaker {
    /// A bundle without parts.
    ///
    /// # Errors
    /// [`Error::Misuse`]: creation, soft limit and hard limit do not follow each other.
    pub fn new(freshness: Freshness) -> Result<Self, Error> {
        if !freshness.is_ordered() {
            return Err(Error::Misuse {
                what: "creation, soft refresh and hard expiry in this order",
                found: format!(
                    "{}, {}, {}",
                    freshness.created, freshness.soft_refresh, freshness.hard_expiry
                ),
            });
        }
        Ok(Self {
            freshness,
            parts: BTreeMap::new(),
        })
    }

    /// A bundle of what a store knows. Deviation and defect lists are added by their bytes
    /// ([`deviation_lists`](Self::deviation_lists), [`defect_lists`](Self::defect_lists)); exceptions that an operator made
    /// by hand stay where they were made.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of(store: &TrustStore, freshness: Freshness) -> Result<Self, Error> {
        let mut maker = Self::new(freshness)?;
        let official: Vec<&Certificate> = store
            .all_anchors()
            .filter(|anchor| *anchor.level() == TrustLevel::Official)
            .map(crate::Anchor::certificate)
            .collect();
        let tests: Vec<(&str, &Certificate)> = store
            .all_anchors()
            .filter_map(|anchor| match anchor.level() {
                TrustLevel::Official => None,
                TrustLevel::Test { set } => Some((set.as_str(), anchor.certificate())),
            })
            .collect();
        maker.certificates(part::CSCA, official);
        maker.certificates(part::LINKS, store.links());
        maker.certificates(part::SIGNERS, store.signers());
        maker.test_anchors(tests);
        maker.crls(store.crls());
        maker.distrust(store.distrusted());
        match store.revoked_cards() {
            [] => {}
            [only] => maker.revoked_cards(only),
            several => maker.revoked_cards(&merged(several)?),
        }
        Ok(maker)
    }

    /// Anchors, links or document signers, by the name of their part.
    fn certificates<'c>(&mut self, name: &str, certificates: impl IntoIterator<Item = &'c Certificate>) {
        self.list(name, certificates.into_iter().map(|one| one.as_der().to_vec()));
    }

    fn test_anchors<'c>(&mut self, anchors: impl IntoIterator<Item = (&'c str, &'c Certificate)>) {
        let members = anchors
            .into_iter()
            .map(|(set, anchor)| write::sequence(&[&text(set), anchor.as_der()]));
        self.list(part::TEST, members);
    }

    fn crls<'c>(&mut self, lists: impl IntoIterator<Item = &'c CertificateList>) {
        self.list(part::CRLS, lists.into_iter().map(|list| list.as_der().to_vec()));
    }

    fn distrust(&mut self, distrust: &Distrust) {
        let certificates: Vec<Vec<u8>> = distrust.certificates().map(|one| write::octets(one)).collect();
        let keys: Vec<Vec<u8>> = distrust.keys().map(|one| write::octets(one)).collect();
        if certificates.is_empty() && keys.is_empty() {
            return;
        }
        let content = write::sequence(&[&sequence(&certificates), &sequence(&keys)]);
        self.parts.insert(part::DISTRUST.to_owned(), content);
    }

    /// The filter of revoked cards.
    pub fn revoked_cards(&mut self, cards: &RevokedCards) {
        self.parts
            .insert(part::CARDS.to_owned(), cards.as_bytes().to_vec());
    }

    /// Deviation lists, each with the two letters of its country and its bytes as received; the caller has verified them.
    pub fn deviation_lists<'l>(&mut self, lists: impl IntoIterator<Item = (&'l str, &'l [u8])>) {
        let members = lists
            .into_iter()
            .map(|(country, list)| write::sequence(&[&text(country), list]));
        self.list(part::DEVIATIONS, members);
    }

    /// Defect lists, each with its bytes as received; the caller has verified them.
    pub fn defect_lists<'l>(&mut self, lists: impl IntoIterator<Item = &'l [u8]>) {
        self.list(part::DEFECTS, lists.into_iter().map(<[u8]>::to_vec));
    }

    /// Any part: `a-z`, digits, `-` and `.` in its name. Those without a meaning here are kept for whoever knows them.
    ///
    /// # Errors
    /// [`Error::Misuse`] for another name.
    pub fn part(&mut self, name: &str, content: &[u8]) -> Result<(), Error> {
        if !is_name(name) {
            return Err(Error::Misuse {
                what: "name of a part",
                found: name.to_owned(),
            });
        }
        self.parts.insert(name.to_owned(), content.to_vec());
        Ok(())
    }

    /// The whole bundle, signed and read back.
    ///
    /// # Errors
    /// [`Error::TooComplex`] beyond the limits of a reader; the signer's; [`Error::SelfCheck`].
    pub fn sign(&self, signer: &ContentSigner<'_>, at: UnixTime) -> Result<Vec<u8>, Error> {
        self.signed(None, &self.listed(|_| true), signer, at)
    }

    /// Only what differs from `base`, signed and read back with it.
    ///
    /// # Errors
    /// As [`sign`](Self::sign); [`Error::Misuse`] where the base is itself a delta, or has no lower serial number.
    pub fn sign_delta(
        &self,
        base: &Bundle,
        signer: &ContentSigner<'_>,
        at: UnixTime,
    ) -> Result<Vec<u8>, Error> {
        let serial = base.freshness().serial;
        if base.base().is_some() || serial >= self.freshness.serial {
            return Err(Error::Misuse {
                what: "whole bundle with a lower serial number",
                found: serial.to_string(),
            });
        }
        let parts = self.listed(|part| {
            base.named(&part.name)
                .is_none_or(|known| known.sha256 != part.sha256)
        });
        self.signed(Some(serial), &parts, signer, at)
    }

    pub(super) fn unsigned(&self) -> Result<Bundle, Error> {
        let parts = self.listed(|_| true);
        if parts.len() > MAX_PARTS {
            return Err(Error::TooComplex { what: WHAT });
        }
        Ok(Bundle {
            freshness: self.freshness,
            base: None,
            parts,
        })
    }

    fn signed(
        &self,
        base: Option<u64>,
        parts: &[Part],
        signer: &ContentSigner<'_>,
        at: UnixTime,
    ) -> Result<Vec<u8>, Error> {
        let content = encode(&self.freshness, base, parts, Contents::AsTheyAre);
        if parts.len() > MAX_PARTS || content.len() > MAX_BUNDLE_BYTES / 2 {
            return Err(Error::TooComplex { what: WHAT });
        }
        let bundle = signer.sign(&ID_DATA, &content, at)?;
        let pinned = core::slice::from_ref(signer.certificate);
        let read = Bundle::verify(&bundle, pinned, at, &PureRust)?;
        if read.parts != *parts || read.freshness != self.freshness || read.base != base {
            return Err(Error::SelfCheck { what: WHAT });
        }
        Ok(bundle)
    }

    fn listed(&self, carried: impl Fn(&Part) -> bool) -> Vec<Part> {
        let whole = self.parts.iter().map(|(name, content)| Part {
            name: name.clone(),
            sha256: Hash::Sha256
                .digest(content)
                .try_into()
                .expect("SHA-256 gives 32 bytes"),
            length: u64::try_from(content.len()).unwrap_or(u64::MAX),
            content: Some(content.clone()),
        });
        whole
            .map(|part| {
                if carried(&part) {
                    part
                } else {
                    Part {
                        content: None,
                        ..part
                    }
                }
            })
            .collect()
    }

    /// A part of this name, unless it would be empty.
    fn list(&mut self, name: &str, members: impl Iterator<Item = Vec<u8>>) {
        let members: Vec<Vec<u8>> = members.collect();
        if !members.is_empty() {
            self.parts.insert(name.to_owned(), sequence(&members));
        }
    }
}

/// One filter of all of them.
fn merged(filters: &[RevokedCards]) -> Result<RevokedCards, Error> {
    let mut cards = Vec::new();
    for filter in filters {
        cards.extend(filter.cards().ok_or(Error::Misuse {
            what: "filters of revoked cards of one known kind",
            found: format!("{filter:?}"),
        })?);
    }
    Ok(RevokedCards::new(cards))
}

/// Whether the contents of parts are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    AsTheyAre,
    LeftOut,
}

pub(super) fn encode(
    freshness: &Freshness,
    base: Option<u64>,
    parts: &[Part],
    contents: Contents,
) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = parts
        .iter()
        .map(|part| {
            let content = part
                .content
                .as_ref()
                .filter(|_| contents == Contents::AsTheyAre)
                .map(|content| write::object(implicit(0), &[content]));
            write::sequence(&[
                &text(&part.name),
                &write::octets(&part.sha256),
                &write::unsigned(&part.length.to_be_bytes()),
                content.as_deref().unwrap_or_default(),
            ])
        })
        .collect();
    let base = base.map(|base| {
        let mut number = write::unsigned(&base.to_be_bytes());
        // IMPLICIT: the tag takes the place of INTEGER's.
        if let Some(tag) = number.first_mut() {
            *tag = 0x80;
        }
        number
    });
    write::sequence(&[
        &text(SCHEMA),
        &write::unsigned(&freshness.serial.to_be_bytes()),
        &write::time(freshness.created),
        &write::time(freshness.soft_refresh),
        &write::time(freshness.hard_expiry),
        base.as_deref().unwrap_or_default(),
        &sequence(&parts),
    ])
}

fn text(value: &str) -> Vec<u8> {
    write::object(UTF8_STRING, &[value.as_bytes()])
}

fn sequence(members: &[Vec<u8>]) -> Vec<u8> {
    let members: Vec<&[u8]> = members.iter().map(Vec::as_slice).collect();
    write::sequence(&members)
}
