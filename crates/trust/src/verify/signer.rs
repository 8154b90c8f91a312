//! Who signed EF.SOD, and whether a trusted authority vouches for the signer.

use antin_crypto::{Hash, ObjectIdentifier, ParameterForm, SignatureAlgorithm, Verifier, VerifyingKey, rsa};
use antin_wire::oids::{
    CSCA_MASTER_LIST_SIGNING_KEY, DEFECT_LIST_SIGNING_KEY, DEVIATION_LIST_SIGNING_KEY, ID_DATA,
    ID_SECURITY_OBJECT, VDS_SIGNER,
};

use super::cache::SignerCache;
use super::chain::{Chain, chain_rows};
use super::content::{Content, Expiry};
use super::exceptions;
use super::rows::Rows;
use crate::certificate::{Certificate, DIGITAL_SIGNATURE};
use crate::checks::{Check, CheckId, CheckResult, Reason};
use crate::cms::{Fault, Findings, SignedData};
use crate::policy::Stance;
use crate::signature::Strength;
use crate::sod::SignedSod;
use crate::store::{Effect, TrustStore};
use crate::time::UnixTime;

/// What is known of the signer after its rows have been made.
#[derive(Default)]
pub(super) struct Signer<'s> {
    pub(super) certificate: Option<Certificate>,
    pub(super) anchor: Option<&'s Certificate>,
    pub(super) signature: Option<CheckResult>,
    pub(super) chain: Option<CheckResult>,
    /// When it says that it signed.
    pub(super) signed_at: Option<UnixTime>,
}

impl Signer<'_> {
    /// Whether what EF.SOD lists is bound to a trusted issuer.
    pub(super) fn is_bound(&self) -> bool {
        self.signature == Some(CheckResult::Successful) && self.chain == Some(CheckResult::Successful)
    }
}

/// The means of judging signers.
pub(super) struct Court<'s, 'b> {
    pub(super) store: &'s TrustStore,
    pub(super) verifier: &'b dyn Verifier,
    pub(super) cache: Option<&'b mut SignerCache>,
    /// When this happens.
    pub(super) now: UnixTime,
    /// The most days that a revocation list may be old, beside its own word.
    pub(super) crl_days: Option<u32>,
    /// What a version of SignerInfo that does not fit means.
    pub(super) signer_version: Stance,
    /// When signers are judged: the earlier of now and the document's own expiry.
    pub(super) at: UnixTime,
}

/// A certificate that may be the signer's, judged.
struct Candidate<'s> {
    certificate: Certificate,
    signature: Result<Strength, Fault>,
    chain: Chain<'s>,
}

/// What a search for the signer's certificate found.
struct Found<'s> {
    best: Option<Candidate<'s>>,
    /// Why not every place could be searched.
    unread: Option<String>,
}

impl<'s> Found<'s> {
    /// Keeps the better of two; the one that was found first where they are equal.
    fn prefer(&mut self, next: Candidate<'s>) {
        if self.best.as_ref().is_none_or(|best| next.rank() > best.rank()) {
            self.best = Some(next);
        }
    }

    /// The row on a signature whose signer's certificate is not at hand.
    fn missing(&self, id: CheckId, findings: Result<Findings<'_>, Fault>) -> Check {
        match (findings, &self.unread) {
            (Err(fault), _) => fault_row(id, fault),
            (Ok(_), None) => Check::failed(id, Reason::SignerCertificateMissing),
            // It may lie where nobody could look.
            (Ok(_), Some(why)) => {
                Check::undetermined(id, Reason::SignerCertificateMissing).evidence(why.clone())
            }
        }
    }
}

/// The rank of a good signature under a trusted authority.
const BEST_RANK: u8 = 5;

impl Candidate<'_> {
    /// The certificate to believe among look-alikes: signature and chain, then chain, then signature.
    fn rank(&self) -> u8 {
        let chain = match self.chain {
            Chain::Trusted { .. } => 2,
            Chain::Undecidable { .. } => 1,
            Chain::Wrong { .. } | Chain::Misnamed { .. } | Chain::BelowSigner { .. } | Chain::NoAnchor => 0,
        };
        chain * 2 + u8::from(self.signature.is_ok())
    }
}

impl<'s> Court<'s, '_> {
    /// Makes the rows on EF.SOD's signature and its signer; `hash` is that of the data groups.
    pub(super) fn judge(
        &mut self,
        sod: &SignedSod,
        hash: Option<Hash>,
        content: &Content,
        rows: &mut Rows,
    ) -> Signer<'s> {
        let mut findings = sod.examine();
        let mut found = self.best(sod, &findings);
        let tolerated = found
            .best
            .as_ref()
            .and_then(|best| self.data_tolerated(sod, best, content));
        if tolerated.is_some() {
            findings = sod.examine_as(&ID_DATA);
            found = self.best(sod, &findings);
        }
        let Some(best) = &found.best else {
            let check = found.missing(CheckId::SodSignature, findings);
            let signature = check.result;
            rows.push(check);
            nobody(rows, Reason::SignerCertificateMissing);
            return Signer {
                signature: Some(signature),
                ..Signer::default()
            };
        };
        let mut signature = signature_row(sod, best);
        if let Some(why) = &found.unread {
            signature = signature.remark(format!("not every document signer was at hand: {why}"));
        }
        if let Some(source) = tolerated {
            signature = signature.remark(format!("content type id-data, tolerated by {source}"));
        }
        let (chain, trust) = chain_rows(self, &best.certificate, &best.chain);
        let signer = Signer {
            signature: Some(signature.result),
            chain: Some(chain.result),
            anchor: best.chain.anchor(),
            certificate: Some(best.certificate.clone()),
            signed_at: sod.signing_time(),
        };
        rows.push(signature);
        let misfits = sod.signers().iter().any(|signer| !signer.version_fits());
        if misfits && self.signer_version == Stance::Refuse {
            // The signature itself stands: it is a matter of acceptance.
            rows.push_waived(Check::failed(CheckId::SodSignature, Reason::CmsVersion).subject("SignerInfo"));
        }
        rows.push(chain);
        rows.push(trust);
        let at = self.at;
        rows.push(validity(CheckId::CscaValidity, signer.anchor, at));
        rows.push(validity(CheckId::DsValidity, Some(&best.certificate), at));
        rows.push(usage_period(&best.certificate, sod, content));
        rows.push(profile(&best.certificate));
        let revocation = self.revocation(&best.certificate, &best.chain, content);
        rows.push(revocation);
        let content_hash = findings
            .ok()
            .and_then(|findings| Hash::from_oid(&findings.signer.digest_algorithm));
        rows.push(key_strength(best, signer.anchor, [hash, content_hash]));
        signer
    }

    /// The content of an EF.SOD may be called `id-data` where a list says that this signer's documents do so; the source of
    /// that word.
    fn data_tolerated(&self, sod: &SignedSod, best: &Candidate<'s>, content: &Content) -> Option<String> {
        let Chain::Trusted { anchor, .. } = &best.chain else {
            return None;
        };
        if *sod.content_type() != ID_DATA {
            return None;
        }
        exceptions::covering(self.store, content, &best.certificate, Some(anchor))
            .into_iter()
            .find(|(_, effect)| *effect == Effect::ContentTypeData)
            .map(|(source, _)| source)
    }

    /// Who signed EF.CardSecurity, if a trusted authority vouches for the signer; otherwise the row that says why not. A
    /// signer other than that of EF.SOD gets rows of its own on revocation and strength.
    pub(super) fn vouch(
        &mut self,
        id: CheckId,
        signed: &SignedData,
        content: &Content,
        known: Option<&Certificate>,
        rows: &mut Rows,
    ) -> Result<(Certificate, &'s Certificate), Check> {
        const FILE: &str = "EF.CardSecurity";
        let findings = signed.examine_as(&ID_SECURITY_OBJECT);
        let found = self.best(signed, &findings);
        let Some(best) = &found.best else {
            return Err(found.missing(id, findings));
        };
        if let Err(fault) = &best.signature {
            return Err(fault_row(id, fault.clone()));
        }
        let (chain, trust) = chain_rows(self, &best.certificate, &best.chain);
        let mut judged = vec![
            chain,
            trust,
            validity(CheckId::CscaValidity, best.chain.anchor(), self.at),
            validity(CheckId::DsValidity, Some(&best.certificate), self.at),
            profile(&best.certificate),
        ];
        if known != Some(&best.certificate) {
            let hash = findings
                .ok()
                .and_then(|findings| Hash::from_oid(&findings.signer.digest_algorithm));
            rows.push(key_strength(best, best.chain.anchor(), [None, hash]).subject(FILE));
            let revocation = self
                .revocation(&best.certificate, &best.chain, content)
                .subject(FILE);
            rows.push(revocation.clone());
            // Whether it must be known is for the policy, that it failed is not.
            judged.extend((revocation.result == CheckResult::Failed).then_some(revocation));
        }
        let bad = judged
            .into_iter()
            .find(|row| row.result != CheckResult::Successful);
        match (bad, best.chain.anchor()) {
            (None, Some(anchor)) => Ok((best.certificate.clone(), anchor)),
            (Some(row), _) => Err(Check {
                id,
                subject: None,
                ..row
            }),
            (None, None) => Err(Check::undetermined(id, Reason::NoAnchor)),
        }
    }

    /// The certificate to believe among those that bear the signer's name. A document that forgot its signer's certificate
    /// is judged by the one that the store knows.
    fn best(&mut self, signed: &SignedData, findings: &Result<Findings<'_>, Fault>) -> Found<'s> {
        let mut found = Found {
            best: None,
            unread: None,
        };
        let [named] = signed.signers() else {
            return found;
        };
        let embedded = signed.certificates();
        for certificate in embedded.iter().filter(|certificate| named.names(certificate)) {
            found.prefer(self.candidate(certificate.clone(), embedded, findings));
        }
        // Nothing goes before a good signature under a trusted authority: the store's files stay closed.
        if found.best.as_ref().is_some_and(|best| best.rank() == BEST_RANK) {
            return found;
        }
        let (known, unread) = self.store.signers_named_by(&named.id);
        found.unread = unread;
        for certificate in known.into_iter().filter(|known| !embedded.contains(known)) {
            found.prefer(self.candidate(certificate, embedded, findings));
        }
        found
    }

    fn candidate(
        &mut self,
        certificate: Certificate,
        embedded: &[Certificate],
        findings: &Result<Findings<'_>, Fault>,
    ) -> Candidate<'s> {
        Candidate {
            signature: match findings {
                Ok(findings) => findings.judge(&certificate, self.verifier),
                Err(fault) => Err(fault.clone()),
            },
            chain: self.chain(&certificate, embedded),
            certificate,
        }
    }
}

/// The rows when there is no EF.SOD, or none that names its signer.
pub(super) fn nobody(rows: &mut Rows, reason: Reason) {
    for id in [
        CheckId::Chain,
        CheckId::CscaTrust,
        CheckId::CscaValidity,
        CheckId::DsValidity,
        CheckId::DsUsagePeriod,
        CheckId::DsProfile,
        CheckId::Revocation,
        CheckId::KeyStrength,
    ] {
        rows.push(Check::undetermined(id, reason));
    }
}

fn fault_row(id: CheckId, fault: Fault) -> Check {
    let check = Check::new(id, fault.result).reason(fault.reason);
    match fault.evidence {
        Some(evidence) => check.evidence(evidence),
        None => check,
    }
}

fn signature_row(sod: &SignedSod, best: &Candidate<'_>) -> Check {
    let mut check = match &best.signature {
        Ok(strength) => Check::successful(CheckId::SodSignature).evidence(format!(
            "{}, {}, {}",
            crate::signature::described(&strength.algorithm.oid()),
            strength.key.name(),
            who(&best.certificate),
        )),
        Err(fault) => fault_row(CheckId::SodSignature, fault.clone()),
    };
    if best
        .signature
        .as_ref()
        .is_ok_and(|strength| strength.key.parameter_form() == Some(ParameterForm::Explicit))
    {
        check = check.remark("curve matched by its explicit parameters, seed not compared");
    }
    let named = |certificate: &&Certificate| sod.signers().iter().any(|signer| signer.names(certificate));
    let look_alikes = sod.certificates().iter().filter(named).count();
    if look_alikes == 0 {
        check = check.remark("the signer's certificate is not in the document, the store knows it");
    }
    if look_alikes > 1 {
        check = check.remark(format!(
            "{look_alikes} embedded certificates bear the signer's name"
        ));
    }
    if sod.unreadable_certificates() > 0 {
        check = check.remark(format!(
            "{} embedded certificates cannot be read",
            sod.unreadable_certificates()
        ));
    }
    if sod
        .signers()
        .iter()
        .any(|signer| !signer.names_exactly(&best.certificate))
    {
        check = check.remark("the signer spells its issuer otherwise than its certificate");
    }
    if sod.signers().iter().any(|signer| signer.plain_hash().is_some()) {
        check = check.remark("the signature is written plain, as TR-03111 has it");
    }
    if sod.signers().iter().any(|signer| !signer.version_fits()) {
        check = check.remark("the version of the signer does not fit how it names its certificate");
    }
    for remark in sod.encoding().remarks() {
        check = check.remark(remark);
    }
    if sod.padding() > 0 {
        check = check.remark(format!("{} octets of padding", sod.padding()));
    }
    check
}

/// Signers are judged at the earlier of now and the document's own expiry: a genuine old document stays genuine.
pub(super) fn judged_at(now: UnixTime, expiry: &Expiry) -> UnixTime {
    match expiry {
        Expiry::At(end) => now.min(*end),
        Expiry::Never | Expiry::Unknown => now,
    }
}

fn validity(id: CheckId, certificate: Option<&Certificate>, at: UnixTime) -> Check {
    let Some(certificate) = certificate else {
        return Check::undetermined(id, Reason::NoAnchor);
    };
    let evidence = format!(
        "{} to {}, judged at {at}",
        certificate.not_before(),
        certificate.not_after()
    );
    let check = if at < certificate.not_before() {
        Check::failed(id, Reason::NotYetValid)
    } else if at > certificate.not_after() {
        Check::failed(id, Reason::Expired)
    } else {
        Check::successful(id)
    };
    check.evidence(evidence)
}

/// The date of issue is the signer's own claim: the signing time, else what the national data say.
fn usage_period(certificate: &Certificate, sod: &SignedSod, content: &Content) -> Check {
    const ID: CheckId = CheckId::DsUsagePeriod;
    let Some(period) = certificate.usage_period() else {
        return Check::not_supported(ID, Reason::NotOffered);
    };
    let (claimed, source) = match sod.signing_time() {
        Some(time) => (Some(time), "signing time"),
        None => (super::national::issue_date(content), "date of issue in DG13"),
    };
    let Some(claimed) = claimed else {
        return Check::undetermined(ID, Reason::DateUnknown);
    };
    let early = period.not_before.is_some_and(|from| claimed < from);
    let late = period.not_after.is_some_and(|until| claimed > until);
    let check = if early || late {
        Check::failed(ID, Reason::OutsideUsagePeriod)
    } else {
        Check::successful(ID)
    };
    check.evidence(format!("{source} {claimed}"))
}

/// What keys of other signers under a CSCA are for (ICAO 9303-12 §7.1.1.3; BSI TR-03129-2 §7.2).
const FOREIGN_PURPOSES: [ObjectIdentifier; 4] = [
    CSCA_MASTER_LIST_SIGNING_KEY,
    DEVIATION_LIST_SIGNING_KEY,
    DEFECT_LIST_SIGNING_KEY,
    VDS_SIGNER,
];

/// ICAO 9303-12 §7.1.1: what a document signer's certificate must and must not say.
fn profile(certificate: &Certificate) -> Check {
    const ID: CheckId = CheckId::DsProfile;
    let extensions = certificate.extensions();
    // What a signer may not be comes before what is merely written wrongly: a list may excuse the latter.
    if extensions
        .basic_constraints
        .is_some_and(|constraints| constraints.ca)
    {
        return Check::failed(ID, Reason::SignerIsCa);
    }
    if extensions
        .key_usage
        .is_none_or(|usage| usage & DIGITAL_SIGNATURE == 0)
    {
        return Check::failed(ID, Reason::KeyUsageMissing).evidence("digitalSignature");
    }
    // Signers of lists and seals stand under the same authority, and sign no documents.
    let stated = extensions.purposes.iter().flatten();
    let foreign = stated.clone().find(|purpose| FOREIGN_PURPOSES.contains(purpose));
    if let Some(foreign) = foreign {
        return Check::failed(ID, Reason::KeyUsageMissing).evidence(crate::signature::described(foreign));
    }
    if !certificate.algorithms_agree() {
        return Check::failed(ID, Reason::AlgorithmMismatch);
    }
    if certificate.version() != 3 {
        return Check::failed(ID, Reason::CertificateProfile)
            .evidence(format!("version {}", certificate.version()));
    }
    if let Some(unknown) = extensions.unknown_critical.first() {
        return Check::failed(ID, Reason::CriticalExtensionUnknown).evidence(unknown.to_string());
    }
    if let Some(broken) = extensions.broken.first() {
        return Check::failed(ID, Reason::CertificateProfile)
            .evidence(format!("extension {broken} broken or twice"));
    }
    // Mandatory in the profile of every edition, with its keyIdentifier (tables 6 and C-2).
    if extensions.authority_key.is_none() {
        return Check::failed(ID, Reason::CertificateProfile).evidence("no authority key identifier");
    }
    Check::successful(ID)
}

/// Keys that hold against fewer bits are too short today: RSA below 2048 bits, curves below 224.
pub(super) const WEAK_BITS: u32 = 112;
/// Below this they are on their way out: RSA below 3072 bits, curves below 256.
const FADING_BITS: u32 = 128;

/// `content` are the hashes of the data groups and of the list that is signed.
fn key_strength(best: &Candidate<'_>, anchor: Option<&Certificate>, content: [Option<Hash>; 2]) -> Check {
    const ID: CheckId = CheckId::KeyStrength;
    let Ok(strength) = &best.signature else {
        return Check::undetermined(ID, Reason::AlgorithmUnsupported);
    };
    let csca = anchor.and_then(|anchor| anchor.key().as_ref().ok());
    let keys = [Some(&strength.key), csca];
    let chain_hash = best.certificate.algorithm().ok().map(SignatureAlgorithm::hash);
    let [groups, list] = content;
    let hashes = [Some(strength.algorithm.hash()), chain_hash, groups, list];
    let keys = keys.into_iter().flatten();
    let bits = keys.clone().map(VerifyingKey::security_bits).min().unwrap_or(0);
    let sha1 = hashes.contains(&Some(Hash::Sha1));
    let evidence = keys
        .clone()
        .map(VerifyingKey::name)
        .collect::<Vec<_>>()
        .join(", ");
    if sha1 || bits < WEAK_BITS {
        let evidence = if sha1 {
            format!("{evidence}, SHA-1")
        } else {
            evidence
        };
        return Check::failed(ID, Reason::WeakAlgorithm).evidence(evidence);
    }
    let mut check = Check::successful(ID).evidence(evidence);
    if bits < FADING_BITS {
        check = check.remark("a key below 128 bits of security");
    }
    if keys
        .filter_map(VerifyingKey::as_rsa)
        .any(rsa::PublicKey::has_roca_fingerprint)
    {
        check = check.remark("an RSA modulus as a faulty chip library makes them (CVE-2017-15361)");
    }
    check
}

/// A certificate in one line of evidence.
pub(super) fn who(certificate: &Certificate) -> String {
    format!(
        "{}, serial {}",
        certificate.subject(),
        crate::hexadecimal::encode(certificate.serial())
    )
}
