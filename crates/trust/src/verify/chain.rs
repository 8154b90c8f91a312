//! Whether a trusted authority vouches for a certificate, directly or through link certificates.

use antin_crypto::ParameterForm;

use super::signer::{Court, who};
use crate::certificate::Certificate;
use crate::checks::{Check, CheckId, CheckResult, Reason};
use crate::signature::{Outcome, Strength};
use crate::store::{Age, Anchor, TrustLevel, TrustStore};
use crate::time::UnixTime;

/// The most link certificates between a signer's authority and an anchor. An authority renews its key every few years, so
/// that this many cover all documents that are still valid.
const MAX_LINKS: usize = 6;
/// The most signatures that are verified in search of links: lists full of cycles and look-alikes cost no more.
pub(super) const MAX_LINK_SIGNATURES: usize = 32;

/// The most signatures of anchors that are verified for one certificate: a country with thousands of anchors of one key
/// identifier costs no more.
const MAX_ANCHOR_SIGNATURES: usize = 32;

/// Where a certificate leads.
pub(super) enum Chain<'s> {
    Trusted {
        /// Whose key signed: the anchor itself, or the link certificate that leads to it.
        anchor: &'s Certificate,
        strength: Option<Strength>,
        path: Path<'s>,
    },
    Wrong {
        anchor: &'s Certificate,
        reason: Reason,
    },
    Undecidable {
        anchor: &'s Certificate,
        reason: Reason,
        evidence: String,
    },
    /// The signature is the anchor's, the name of the issuer is not.
    Misnamed {
        anchor: &'s Certificate,
    },
    BelowSigner {
        anchor: &'s Certificate,
    },
    NoAnchor,
}

/// How an authority is trusted.
#[derive(Clone)]
pub(super) struct Path<'s> {
    /// Where the chain ends.
    pub(super) root: &'s Anchor,
    /// The link certificates from the authority down to the anchor.
    pub(super) links: Vec<&'s Certificate>,
}

impl<'s> Path<'s> {
    const fn direct(root: &'s Anchor) -> Self {
        Self {
            root,
            links: Vec::new(),
        }
    }

    /// A certificate on the way that is marked as bad.
    fn distrusted(&self, store: &TrustStore) -> Option<&'s Certificate> {
        self.links
            .iter()
            .copied()
            .chain([self.root.certificate()])
            .find(|certificate| store.is_distrusted(certificate))
    }
}

impl<'s> Chain<'s> {
    pub(super) fn anchor(&self) -> Option<&'s Certificate> {
        match self {
            Self::Trusted { anchor, .. }
            | Self::Wrong { anchor, .. }
            | Self::Undecidable { anchor, .. }
            | Self::Misnamed { anchor }
            | Self::BelowSigner { anchor } => Some(anchor),
            Self::NoAnchor => None,
        }
    }
}

impl<'s> Court<'s, '_> {
    /// Looks for an anchor that signed the certificate. Certificates from the chip are looked at only to prove that a
    /// signer acts as an authority; they never lead to trust.
    pub(super) fn chain(&mut self, certificate: &Certificate, embedded: &[Certificate]) -> Chain<'s> {
        match self.trusted(certificate) {
            Chain::NoAnchor => {}
            found => return found,
        }
        let parents = embedded
            .iter()
            .filter(|parent| *parent != certificate && certificate.names_issuer(parent));
        for parent in parents {
            let signed = matches!(
                certificate.judge_signature(parent, self.verifier),
                Outcome::Good(_)
            );
            if !signed {
                continue;
            }
            if let Chain::Trusted { anchor, .. } = self.trusted(parent) {
                return Chain::BelowSigner { anchor };
            }
        }
        Chain::NoAnchor
    }

    /// An anchor, else a link certificate that reaches one. A way without distrust is preferred to one with it.
    fn trusted(&mut self, certificate: &Certificate) -> Chain<'s> {
        let direct = self.direct(certificate);
        let clean = |chain: &Chain<'s>, store| match chain {
            Chain::Trusted { path, .. } => path.distrusted(store).is_none(),
            _ => false,
        };
        if clean(&direct, self.store) {
            return direct;
        }
        match (&direct, self.linked(certificate)) {
            (_, None) => direct,
            // The anchor that signed is known to be bad, and so is what its link would lead to.
            (Chain::Trusted { .. }, Some(linked)) if !clean(&linked, self.store) => direct,
            (_, Some(linked)) => linked,
        }
    }

    /// The links whose key signed the certificate, followed breadth first: each is looked at once.
    fn linked(&mut self, certificate: &Certificate) -> Option<Chain<'s>> {
        let store = self.store;
        let mut budget = MAX_LINK_SIGNATURES;
        let mut second_best = None;
        for link in store.candidate_links(certificate) {
            if !self.is_valid(link) {
                continue;
            }
            let Some(strength) = self.signed(certificate, link, &mut budget) else {
                continue;
            };
            for path in self.roots(link, &mut budget) {
                let bad = path.distrusted(store).is_some();
                let chain = Chain::Trusted {
                    anchor: link,
                    strength: strength.clone(),
                    path,
                };
                if !bad {
                    return Some(chain);
                }
                second_best.get_or_insert(chain);
            }
        }
        second_best
    }

    /// The anchors that a link leads to.
    fn roots(&mut self, first: &'s Certificate, budget: &mut usize) -> Vec<Path<'s>> {
        let store = self.store;
        let mut seen = vec![first];
        let mut frontier = vec![vec![first]];
        let mut found = Vec::new();
        while let Some(links) = frontier.pop() {
            let Some(last) = links.last().copied() else {
                continue;
            };
            for anchor in store.candidates(last) {
                let root = anchor.certificate();
                if made_under(last, root) && self.signed(last, root, budget).is_some() {
                    found.push(Path {
                        root: anchor,
                        links: links.clone(),
                    });
                }
            }
            if links.len() == MAX_LINKS {
                continue;
            }
            for next in store.candidate_links(last) {
                if seen.contains(&next)
                    || !self.is_valid(next)
                    || !made_under(last, next)
                    || self.signed(last, next, budget).is_none()
                {
                    continue;
                }
                seen.push(next);
                let mut longer = links.clone();
                longer.push(next);
                frontier.insert(0, longer);
            }
        }
        found
    }

    /// Whether a link certificate leads to an anchor of that level without distrust on the way.
    pub(super) fn reaches_anchor(
        &mut self,
        link: &'s Certificate,
        level: &TrustLevel,
        budget: &mut usize,
    ) -> bool {
        let store = self.store;
        self.is_valid(link)
            && self
                .roots(link, budget)
                .iter()
                .any(|path| path.distrusted(store).is_none() && path.root.level().speaks_for(level))
    }

    /// A link that has run out leads nowhere: its documents are unknown, not false. Nor does one into another country.
    fn is_valid(&self, link: &Certificate) -> bool {
        link.keeps_country() && (link.not_before()..=link.not_after()).contains(&self.at)
    }

    /// Whether `issuer` signed the certificate; the strength is `None` when that was found out before.
    #[allow(clippy::option_option)]
    fn signed(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        budget: &mut usize,
    ) -> Option<Option<Strength>> {
        if !certificate.issuer().has_attributes_of(issuer.subject()) {
            return None;
        }
        let known = self.cache.as_ref().and_then(|cache| cache.anchor_of(certificate));
        if known == Some(issuer.as_der()) {
            return Some(None);
        }
        *budget = budget.checked_sub(1)?;
        let Outcome::Good(strength) = certificate.judge_signature(issuer, self.verifier) else {
            return None;
        };
        if let Some(cache) = &mut self.cache {
            cache.remember(certificate, issuer);
        }
        Some(Some(strength))
    }

    fn direct(&mut self, certificate: &Certificate) -> Chain<'s> {
        let store = self.store;
        let known = self.cache.as_ref().and_then(|cache| cache.anchor_of(certificate));
        let mut found = Chain::NoAnchor;
        let mut candidates: Vec<&'s Anchor> = store.candidates(certificate).collect();
        candidates.sort_by_key(|anchor| {
            !certificate
                .issuer()
                .has_attributes_of(anchor.certificate().subject())
        });
        for root in candidates.into_iter().take(MAX_ANCHOR_SIGNATURES) {
            let anchor = root.certificate();
            if known == Some(anchor.as_der()) {
                return Chain::Trusted {
                    anchor,
                    strength: None,
                    path: Path::direct(root),
                };
            }
            let next = match certificate.judge_signature(anchor, self.verifier) {
                // ICAO 9303-12 §D.1.1.3: another anchor may hold the same key under the right name.
                Outcome::Good(_) if !certificate.issuer().has_attributes_of(anchor.subject()) => {
                    Chain::Misnamed { anchor }
                }
                Outcome::Good(strength) => {
                    if let Some(cache) = &mut self.cache {
                        cache.remember(certificate, anchor);
                    }
                    return Chain::Trusted {
                        anchor,
                        strength: Some(strength),
                        path: Path::direct(root),
                    };
                }
                Outcome::Bad { reason, .. } => Chain::Wrong { anchor, reason },
                Outcome::Undecidable { reason, evidence, .. } => Chain::Undecidable {
                    anchor,
                    reason,
                    evidence,
                },
            };
            // The most telling answer is kept: an undecidable anchor may be the right one.
            if !matches!(found, Chain::Undecidable { .. }) {
                found = next;
            }
        }
        found
    }
}

/// Whether the issuer was valid when it made the certificate.
fn made_under(certificate: &Certificate, issuer: &Certificate) -> bool {
    (issuer.not_before()..=issuer.not_after()).contains(&certificate.not_before())
}

/// The rows on the chain and on the trust in its end.
pub(super) fn chain_rows(court: &Court<'_, '_>, signer: &Certificate, chain: &Chain<'_>) -> (Check, Check) {
    let store = court.store;
    let known = |anchor: &Certificate| {
        if store.is_distrusted(anchor) {
            distrusted(anchor)
        } else {
            Check::successful(CheckId::CscaTrust).evidence(who(anchor))
        }
    };
    match chain {
        Chain::Trusted {
            anchor,
            strength,
            path,
        } => {
            let check = Check::successful(CheckId::Chain).evidence(who(signer));
            let check = if strength.is_none() {
                check.remark("verified before")
            } else {
                check
            };
            let check = if is_explicit(anchor) {
                check.remark("curve of the CSCA matched by its explicit parameters, seed not compared")
            } else {
                check
            };
            (check, trust(court, anchor, path))
        }
        Chain::Wrong { anchor, reason } => (
            Check::failed(CheckId::Chain, *reason).evidence(who(signer)),
            known(anchor),
        ),
        Chain::Undecidable {
            anchor,
            reason,
            evidence,
        } => (
            Check::undetermined(CheckId::Chain, *reason).evidence(evidence.clone()),
            known(anchor),
        ),
        Chain::Misnamed { anchor } => (
            Check::failed(CheckId::Chain, Reason::FieldMismatch).evidence(format!(
                "issuer {}, CSCA {}",
                signer.issuer(),
                anchor.subject()
            )),
            known(anchor),
        ),
        Chain::BelowSigner { anchor } => (
            Check::failed(CheckId::Chain, Reason::IssuerNotCa).evidence(who(signer)),
            known(anchor),
        ),
        Chain::NoAnchor => {
            let evidence = format!("issuer {}", signer.issuer());
            (
                Check::undetermined(CheckId::Chain, Reason::NoAnchor),
                Check::undetermined(CheckId::CscaTrust, Reason::NoAnchor).evidence(evidence),
            )
        }
    }
}

/// The row on an authority that vouches for the signer.
fn trust(court: &Court<'_, '_>, authority: &Certificate, path: &Path<'_>) -> Check {
    let store = court.store;
    if let Some(bad) = path.distrusted(store) {
        return distrusted(bad);
    }
    let check = Check::successful(CheckId::CscaTrust).evidence(who(authority));
    let check = match path.links.len() {
        0 => check,
        count => check.remark(format!(
            "reached by {count} link certificate{} from {}",
            if count == 1 { "" } else { "s" },
            who(path.root.certificate())
        )),
    };
    let check = match path.root.level() {
        TrustLevel::Official => check,
        level @ TrustLevel::Test { .. } => check.remark(level.to_string()),
    };
    aged(check, store, court.now)
}

/// Nothing that rests on facts which are too old is successful: a newer set may say otherwise.
pub(super) fn aged(check: Check, store: &TrustStore, now: UnixTime) -> Check {
    let Some(freshness) = store.freshness() else {
        return check;
    };
    let stale = |check: Check, limit: &str, at: UnixTime| {
        let check = match check.result {
            CheckResult::Successful => Check {
                result: CheckResult::Undetermined,
                reason: Some(Reason::TrustStale),
                ..check
            },
            _ => check,
        };
        check.remark(format!("trust facts of {}, {limit} {at}", freshness.created))
    };
    match freshness.age(now) {
        Age::Fresh => check,
        Age::Aging { days } => check.remark(format!("trust facts are {days} days old")),
        Age::Stale => stale(check, "to be refreshed before", freshness.soft_refresh),
        Age::Expired => stale(check, "expired", freshness.hard_expiry),
        Age::Future => stale(check, "which lies after", now),
    }
}

fn distrusted(certificate: &Certificate) -> Check {
    Check::failed(CheckId::CscaTrust, Reason::Distrusted).evidence(who(certificate))
}

/// Whether the certificate spells out the parameters of its curve.
fn is_explicit(certificate: &Certificate) -> bool {
    certificate
        .key()
        .as_ref()
        .is_ok_and(|key| key.parameter_form() == Some(ParameterForm::Explicit))
}
