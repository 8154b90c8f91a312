//! Certificates with their indexes.

use std::collections::HashMap;

use super::anchor::Placed;
use crate::certificate::{Certificate, Name};

/// What stands for a certificate.
pub(super) trait Pooled {
    fn certificate(&self) -> &Certificate;
}

impl Pooled for Certificate {
    fn certificate(&self) -> &Certificate {
        self
    }
}

/// Members in the order of their arrival, each certificate once; found by fingerprint, key identifier, name and serial
/// number without looking at the others.
#[derive(Clone, Debug)]
pub(super) struct Pool<T> {
    members: Vec<T>,
    by_fingerprint: HashMap<[u8; 32], usize>,
    by_key: HashMap<Vec<u8>, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    /// Those without a key identifier: where the other side states one, only these are found by their name.
    keyless: HashMap<String, Vec<usize>>,
    by_serial: HashMap<Vec<u8>, Vec<usize>>,
    by_issuer: HashMap<String, Vec<usize>>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self {
            members: Vec::new(),
            by_fingerprint: HashMap::new(),
            by_key: HashMap::new(),
            by_name: HashMap::new(),
            keyless: HashMap::new(),
            by_serial: HashMap::new(),
            by_issuer: HashMap::new(),
        }
    }
}

impl<T: Pooled> Pool<T> {
    /// Adds a member; [`Placed::Official`] when it is new.
    pub(super) fn insert(&mut self, member: T) -> Placed {
        let at = self.members.len();
        let certificate = member.certificate();
        let fingerprint = certificate.fingerprint();
        if self.by_fingerprint.contains_key(&fingerprint) {
            return Placed::Known;
        }
        self.by_fingerprint.insert(fingerprint, at);
        let name = certificate.subject().folded();
        match certificate.subject_key_identifier() {
            Some(key) => self.by_key.entry(key.to_vec()).or_default().push(at),
            None => self.keyless.entry(name.clone()).or_default().push(at),
        }
        self.by_name.entry(name).or_default().push(at);
        self.by_serial
            .entry(certificate.serial().to_vec())
            .or_default()
            .push(at);
        if !certificate.is_self_issued() {
            self.by_issuer
                .entry(certificate.issuer().folded())
                .or_default()
                .push(at);
        }
        self.members.push(member);
        Placed::Official
    }

    pub(super) fn remove(&mut self, fingerprint: &[u8; 32]) -> bool {
        let Some(at) = self.by_fingerprint.get(fingerprint).copied() else {
            return false;
        };
        let members = core::mem::take(self).members;
        for (index, member) in members.into_iter().enumerate() {
            if index != at {
                self.insert(member);
            }
        }
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.members.iter()
    }

    pub(super) fn get(&self, fingerprint: &[u8; 32]) -> Option<&T> {
        self.at(*self.by_fingerprint.get(fingerprint)?)
    }

    /// The members that `certificate` names as its issuer ([`Certificate::names_issuer`]), in the order of their arrival.
    pub(super) fn issuers_of<'s>(&'s self, certificate: &Certificate) -> impl Iterator<Item = &'s T> {
        self.named(certificate.authority_key_identifier(), certificate.issuer())
            .filter(move |member| certificate.names_issuer(member.certificate()))
    }

    /// The members with that key identifier and, as theirs may be missing, those without one that bear that name; without a
    /// key identifier all that bear that name.
    pub(super) fn named<'s>(
        &'s self,
        key: Option<&[u8]>,
        name: &Name,
    ) -> impl Iterator<Item = &'s T> + use<'s, T> {
        let by_key = key.and_then(|key| self.by_key.get(key));
        let names = if key.is_some() {
            &self.keyless
        } else {
            &self.by_name
        };
        // Folding a name costs more than all the rest of the look-up.
        let by_name = match names.is_empty() {
            true => None,
            false => names.get(&name.folded()),
        };
        let mut found: Vec<usize> = by_key.into_iter().chain(by_name).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|at| self.at(at))
    }

    /// The members that bear another name than their issuer, which is this one.
    pub(super) fn signed_under<'s>(&'s self, issuer: &Name) -> impl Iterator<Item = &'s T> + use<'s, T> {
        self.found(self.by_issuer.get(&issuer.folded()))
    }

    /// The members with that subject key identifier.
    pub(super) fn with_key<'s>(&'s self, key: &[u8]) -> impl Iterator<Item = &'s T> + use<'s, T> {
        self.found(self.by_key.get(key))
    }

    /// The members with that serial number, whoever issued them.
    pub(super) fn with_serial<'s>(&'s self, serial: &[u8]) -> impl Iterator<Item = &'s T> + use<'s, T> {
        self.found(self.by_serial.get(serial))
    }

    fn found<'s>(&'s self, indexes: Option<&'s Vec<usize>>) -> impl Iterator<Item = &'s T> {
        indexes.into_iter().flatten().filter_map(|at| self.at(*at))
    }

    fn at(&self, index: usize) -> Option<&T> {
        self.members.get(index)
    }
}
