//! Fills a trust store from a bundle.

use super::{Bundle, BundleRefusal, WHAT, part, refused};
use crate::asn1::read::Der;
use crate::asn1::{SEQUENCE, UTF8_STRING};
use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::defect_list::DefectList;
use crate::deviation_list::DeviationList;
use crate::error::Error;
use crate::store::{RevokedCards, TrustStore};

/// The most members of one part.
const MAX_MEMBERS: usize = 65_536;

/// One certificate or list of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'b> {
    /// Which one of the part, counted from 0.
    pub index: usize,
    /// The test set of a test anchor, the country of a deviation list.
    pub label: Option<&'b str>,
    /// The certificate or list, as stored.
    pub der: &'b [u8],
}

impl Bundle {
    /// The members of a part of certificates or lists, in their order; one that is not of the part's form is passed over.
    /// Empty where there is no such part.
    ///
    /// # Errors
    /// As [`fill`](Self::fill).
    pub fn members(&self, name: &str) -> Result<Vec<Member<'_>>, Error> {
        let Some(part) = self.named(name) else {
            return Ok(Vec::new());
        };
        let content = part.content().ok_or_else(|| refused(BundleRefusal::Incomplete))?;
        let mut members = Vec::new();
        listed(content, |index, der| {
            let (label, der) = match name {
                part::TEST | part::DEVIATIONS => match labelled(der) {
                    Ok((label, der)) => (Some(label), der),
                    Err(_) => return,
                },
                _ => (None, der),
            };
            members.push(Member { index, label, der });
        })?;
        Ok(members)
    }

    /// Adds all that the bundle says to a store, and its freshness. Nothing changes on an error. Returns what was passed
    /// over, in words: a member that cannot be read does not make the others worthless.
    ///
    /// # Errors
    /// [`Error::BundleRefused`] for a delta that was not completed; [`Error::Malformed`] and [`Error::TooComplex`] for a
    /// part that is no list of what it should hold.
    pub fn fill(&self, store: &mut TrustStore) -> Result<Vec<String>, Error> {
        if self.parts.iter().any(|part| part.content.is_none()) {
            return Err(refused(BundleRefusal::Incomplete));
        }
        let mut filled = store.clone();
        let mut notes = Vec::new();
        // Whose word a list is can be told only once the authorities are there.
        let (lists, others): (Vec<_>, Vec<_>) = self.parts.iter().partition(|part| part.name == part::CRLS);
        for part in others.into_iter().chain(lists) {
            let content = part.content().unwrap_or_default();
            let mut passed_over = |index: usize, why: &Error| {
                notes.push(format!("{} {index}: {why}", part.name));
            };
            match part.name.as_str() {
                part::CSCA => each(content, &mut passed_over, |der| {
                    filled.add(Certificate::parse(der)?).map(drop)
                })?,
                part::LINKS => each(content, &mut passed_over, |der| {
                    filled.add_link(Certificate::parse(der)?).map(drop)
                })?,
                part::SIGNERS => each(content, &mut passed_over, |der| {
                    filled.add_signer(Certificate::parse(der)?);
                    Ok(())
                })?,
                part::CRLS => each(content, &mut passed_over, |der| {
                    filled.add_crl(CertificateList::parse(der)?);
                    Ok(())
                })?,
                part::TEST => each(content, &mut passed_over, |der| {
                    let (set, anchor) = labelled(der)?;
                    filled.add_test(set, Certificate::parse(anchor)?).map(drop)
                })?,
                part::DEVIATIONS => each(content, &mut passed_over, |der| {
                    let (country, list) = labelled(der)?;
                    filled.add_deviation_list(country, DeviationList::parse(list)?);
                    Ok(())
                })?,
                part::DEFECTS => each(content, &mut passed_over, |der| {
                    filled.add_defect_list(DefectList::parse(der)?);
                    Ok(())
                })?,
                part::DISTRUST => distrust(content, &mut filled)?,
                part::CARDS => filled.set_revoked_cards(RevokedCards::parse(content)?),
                other => notes.push(format!("{other}: not known here")),
            }
        }
        filled.set_freshness(self.freshness);
        *store = filled;
        Ok(notes)
    }
}

/// Hands over each member of a SEQUENCE OF, as stored, and says which one could not be taken.
fn each(
    content: &[u8],
    passed_over: &mut dyn FnMut(usize, &Error),
    mut take: impl FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    listed(content, |index, member| {
        if let Err(why) = take(member) {
            passed_over(index, &why);
        }
    })
}

/// Hands over each member of a SEQUENCE OF, as stored, with its place.
fn listed<'c>(content: &'c [u8], mut take: impl FnMut(usize, &'c [u8])) -> Result<(), Error> {
    let mut members = Der::sequence(WHAT, content)?;
    let mut index = 0;
    while let Some(member) = members.next()? {
        if index == MAX_MEMBERS {
            return Err(Error::TooComplex { what: WHAT });
        }
        take(index, member.raw);
        index += 1;
    }
    Ok(())
}

/// `SEQUENCE { UTF8String, ANY }`
fn labelled(der: &[u8]) -> Result<(&str, &[u8]), Error> {
    let mut parts = Der::sequence(WHAT, der)?;
    let label = parts.take(UTF8_STRING)?;
    let object = parts.any()?;
    parts.finish()?;
    let fault = Error::Malformed {
        what: WHAT,
        at: label.at,
    };
    let text = core::str::from_utf8(label.value).map_err(|_| fault)?;
    Ok((text, object.raw))
}

fn distrust(content: &[u8], store: &mut TrustStore) -> Result<(), Error> {
    let mut parts = Der::sequence(WHAT, content)?;
    let (certificates, keys) = (parts.take(SEQUENCE)?, parts.take(SEQUENCE)?);
    parts.finish()?;
    for fingerprint in fingerprints(certificates.value)? {
        store.distrust(fingerprint);
    }
    for fingerprint in fingerprints(keys.value)? {
        store.distrust_key(fingerprint);
    }
    Ok(())
}

/// What is known to be bad is never passed over: one that cannot be read spoils the bundle.
fn fingerprints(content: &[u8]) -> Result<Vec<[u8; 32]>, Error> {
    let fault = Error::Malformed { what: WHAT, at: 0 };
    let mut members = Der::new(WHAT, content);
    let mut found = Vec::new();
    while members.peek().is_some() {
        if found.len() == MAX_MEMBERS {
            return Err(Error::TooComplex { what: WHAT });
        }
        let octets = members.octets()?;
        found.push(octets.try_into().map_err(|_| fault.clone())?);
    }
    members.finish()?;
    Ok(found)
}
