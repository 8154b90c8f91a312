//! Whether the signer, or an authority above it, has been taken back: by a CRL, a defect list or the operator.

use super::chain::{Chain, MAX_LINK_SIGNATURES, Path, aged};
use super::content::Content;
use super::exceptions;
use super::signer::{Court, who};
use crate::certificate::Certificate;
use crate::checks::{Check, CheckId, Reason};
use crate::crl::{CertificateList, RevocationReason, Revoked};
use crate::store::{Effect, Held, MAX_NUMBER_BYTES, crl_number};
use crate::time::{DAY, UnixTime};

const ID: CheckId = CheckId::Revocation;

/// A clock that runs behind by less than this does not make a new list one of the future.
const FORGIVEN_SECONDS: i64 = 3600;

/// The lists that count for one certificate.
#[derive(Default)]
struct Lists<'s> {
    /// The newest of them.
    newest: Option<&'s CertificateList>,
    /// All of them, also older ones: what takes a certificate back is not undone by a list that forgets it.
    good: Vec<&'s CertificateList>,
    /// Why others do not count.
    ignored: Vec<String>,
}

impl<'s> Court<'s, '_> {
    /// The row on a signer and the authorities above it.
    pub(super) fn revocation(&mut self, signer: &Certificate, chain: &Chain<'s>, content: &Content) -> Check {
        if self.store.is_distrusted(signer) {
            return Check::failed(ID, Reason::Distrusted).evidence(who(signer));
        }
        let Chain::Trusted { anchor, path, .. } = chain else {
            return Check::undetermined(ID, Reason::NoCrl)
                .remark("nobody vouches for the signer's authority");
        };
        let recalled = exceptions::covering(self.store, content, signer, Some(anchor))
            .into_iter()
            .find(|(_, effect)| *effect == Effect::Revoked);
        if let Some((source, _)) = recalled {
            return Check::failed(ID, Reason::Revoked).evidence(source);
        }
        let own = self.lists(signer, anchor, path);
        let mut above = vec![*anchor];
        above.extend(path.links.iter().copied());
        above.push(path.root.certificate());
        above.dedup();
        for certificate in above {
            if let Some(check) = self.authority_revoked(certificate, path) {
                return check;
            }
        }
        let check = judged(signer, &own, self.now, self.crl_days);
        let check = own
            .ignored
            .iter()
            .fold(check, |check, why| check.remark(format!("crl-ignored: {why}")));
        aged(check, self.store, self.now)
    }

    /// An authority that one of its own lists, or a list of the authority that linked it, takes back.
    fn authority_revoked(&mut self, certificate: &'s Certificate, path: &Path<'s>) -> Option<Check> {
        let lists = self.lists(certificate, certificate, path);
        let (list, entry) = listed(certificate, &lists)?;
        Some(
            Check::failed(ID, Reason::Revoked)
                .subject("CSCA")
                .evidence(told(certificate, list, &entry)),
        )
    }

    /// The lists under the name of the certificate's issuer, or under the name that it has now, that a trusted authority
    /// signed. ICAO 9303-12 §4.1.5: an authority signs one list for all its certificates with its newest key.
    fn lists(&mut self, certificate: &Certificate, authority: &'s Certificate, path: &Path<'s>) -> Lists<'s> {
        let store = self.store;
        let mut candidates: Vec<&'s Held> = store.revocation_lists(certificate.issuer());
        candidates.sort_by(|left, right| crl_number(&right.list).cmp(&crl_number(&left.list)));
        let mut lists = Lists::default();
        let mut budget = MAX_LINK_SIGNATURES;
        let mut keys: Vec<[u8; 32]> = Vec::new();
        for held in candidates {
            let name = list_name(&held.list);
            let key = match held.key(store.authorities_of_list(&held.list), self.verifier) {
                Ok(word) => word.key,
                Err(why) => {
                    lists.ignored.push(format!("{name}: {why}"));
                    continue;
                }
            };
            let known = keys.contains(&key) || authority.key_fingerprint() == key;
            if !known && !self.is_trusted_key(&held.list, key, path, &mut budget) {
                lists
                    .ignored
                    .push(format!("{name}: signed by nobody who is trusted"));
                continue;
            }
            let long = |number: &[u8]| number.len() > MAX_NUMBER_BYTES;
            if held.list.number().is_some_and(long) {
                lists.ignored.push(format!("{name}: number too long"));
                continue;
            }
            if held.list.this_update().0 > self.now.0.saturating_add(FORGIVEN_SECONDS) {
                lists.ignored.push(format!("{name}: lies ahead"));
                continue;
            }
            lists.good.push(&held.list);
            // The highest number of a key comes first: lower ones are superseded, whatever their date.
            if !keys.contains(&key) {
                keys.push(key);
                let newer = |newest: &CertificateList| newest.this_update() < held.list.this_update();
                if lists.newest.is_none_or(newer) {
                    lists.newest = Some(&held.list);
                }
            }
        }
        lists
    }

    /// Whether a trusted authority that the list names has that key.
    fn is_trusted_key(
        &mut self,
        list: &CertificateList,
        key: [u8; 32],
        path: &Path<'s>,
        budget: &mut usize,
    ) -> bool {
        let level = path.root.level();
        let store = self.store;
        let holders: Vec<&'s Certificate> = store
            .authorities_of_list(list)
            .map(|(authority, _)| authority)
            .filter(|authority| authority.key_fingerprint() == key && !store.is_distrusted(authority))
            .collect();
        holders
            .into_iter()
            .any(|authority| match store.anchor(authority) {
                Some(anchor) => anchor.level().speaks_for(level),
                None => self.reaches_anchor(authority, level, budget),
            })
    }
}

fn judged(signer: &Certificate, lists: &Lists<'_>, now: UnixTime, max_days: Option<u32>) -> Check {
    if let Some((list, entry)) = listed(signer, lists) {
        return Check::failed(ID, Reason::Revoked).evidence(told(signer, list, &entry));
    }
    let Some(newest) = lists.newest else {
        return Check::undetermined(ID, Reason::NoCrl);
    };
    let evidence = list_name(newest);
    let late = newest.next_update().is_some_and(|next| now > next);
    let age = now.0.saturating_sub(newest.this_update().0);
    let old = max_days.is_some_and(|days| age > i64::from(days).saturating_mul(DAY));
    let check = match newest.next_update() {
        Some(next) if late => {
            Check::undetermined(ID, Reason::CrlStale).remark(format!("next was due {next}"))
        }
        _ if old => Check::undetermined(ID, Reason::CrlStale).remark(format!("{} days old", age / DAY)),
        None => Check::successful(ID).remark("the list does not say when the next one is due"),
        Some(_) => Check::successful(ID),
    };
    check.evidence(evidence)
}

/// The first list that takes the certificate back.
fn listed<'s>(certificate: &Certificate, lists: &Lists<'s>) -> Option<(&'s CertificateList, Revoked)> {
    lists.good.iter().find_map(|list| {
        let entry = list.revoked(certificate.serial())?;
        (entry.reason != RevocationReason::RemoveFromCrl).then_some((*list, entry))
    })
}

fn told(certificate: &Certificate, list: &CertificateList, entry: &Revoked) -> String {
    format!(
        "{}, {} since {}, {}",
        who(certificate),
        entry.reason,
        entry.date,
        list_name(list)
    )
}

fn list_name(list: &CertificateList) -> String {
    let number = list.number().map(crate::hexadecimal::encode);
    format!(
        "CRL {} of {}",
        number.as_deref().unwrap_or("without number"),
        list.this_update()
    )
}
