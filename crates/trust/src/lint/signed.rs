//! EF.SOD, master lists and deviation lists: the frame, and the certificates in it.

use antin_crypto::Hash;
use antin_lds::LdsSecurityObject;
use antin_wire::oids::LDS_SECURITY_OBJECT;

use super::{Findings, Lint, Profile, Rule, Weight, certificate, fields};
use crate::cms::{CMS_VERSION, SignedData, SignerId};
use crate::deviation_list::DeviationList;
use crate::master_list::MasterList;
use crate::sod::SignedSod;

const SOD: &str = "ICAO 9303-10 §4.6.2.2 table 37";
const MASTER_LIST: &str = "ICAO 9303-12 §9.1 table 18";
const DEVIATION_LIST: &str = "ICAO 9303-12 §10.1 table 19";

pub(super) fn security_object(sod: &SignedSod) -> Vec<Lint> {
    let mut found = frame(sod).under(SOD);
    let mut typed = Findings::default();
    typed.add_if(*sod.content_type() != LDS_SECURITY_OBJECT, Rule::ContentTypeWrong);
    // Here the standard recommends issuer and serial number, and that lists be left out.
    if sod
        .signers()
        .iter()
        .any(|signer| matches!(signer.id, SignerId::SubjectKey(_)))
    {
        typed.add_on(Rule::SignerNamedOtherwise, "subjectKeyIdentifier");
    }
    found.append(typed.under(SOD));
    hashes(sod, &mut found);
    match sod.content().map(LdsSecurityObject::parse) {
        Some(Ok(list)) => {
            found.add_if(list.version() == 0, Rule::LdsObjectVersion);
            found.add_if(list.hashes().len() < 2, Rule::HashListSize);
            if Hash::from_oid(&list.hash_algorithm()) == Some(Hash::Sha1) {
                found.add_on(Rule::HashNotAllowed, "hashes of the data groups");
            }
        }
        Some(Err(error)) => found.add_on(Rule::LdsObjectMalformed, error.to_string()),
        None => {}
    }
    with_certificates(Lint::of(Profile::SecurityObject, None, found), sod)
}

pub(super) fn master_list(list: &MasterList) -> Vec<Lint> {
    let found = published(list.signed_data(), list.version(), MASTER_LIST);
    let mut lints = with_certificates(Lint::of(Profile::MasterList, None, found), list.signed_data());
    let skipped: Vec<usize> = list.skipped().iter().map(|skipped| skipped.index).collect();
    let places = (0..).filter(|index| !skipped.contains(index));
    let members = list.certificates().iter().zip(places);
    lints.extend(members.map(|(member, index)| certificate(member).at(index)));
    lints.extend(list.skipped().iter().map(|skipped| {
        let mut found = Findings::default();
        found.add_on(Rule::Unreadable, skipped.reason.to_string());
        Lint::of(Profile::Csca, None, found).at(skipped.index)
    }));
    lints
}

pub(super) fn deviation_list(list: &DeviationList) -> Vec<Lint> {
    let found = published(list.signed_data(), list.version(), DEVIATION_LIST);
    with_certificates(Lint::of(Profile::DeviationList, None, found), list.signed_data())
}

/// What tables 18 and 19 say alike.
fn published(signed: &SignedData, version: u8, clause: &str) -> Findings {
    let mut found = frame(signed);
    found.add_if(version != 0, Rule::VersionWrong);
    let by_serial = |id: &SignerId| matches!(id, SignerId::IssuerAndSerial { .. });
    if signed.signers().iter().any(|signer| by_serial(&signer.id)) {
        found.add_on(Rule::SignerNamedOtherwise, "issuerAndSerialNumber");
    }
    found.add_if(signed.signing_time().is_none(), Rule::SigningTimeMissing);
    let signers: Vec<_> = signed
        .certificates()
        .iter()
        .filter(|candidate| signed.signers().iter().any(|signer| signer.names(candidate)))
        .collect();
    let vouched = signed
        .certificates()
        .iter()
        .any(|authority| authority.is_ca() && signers.iter().any(|signer| signer.names_issuer(authority)));
    found.add_if(!vouched, Rule::AuthorityCertificateMissing);
    let mut found = found.under(clause);
    for finding in &mut found.0 {
        // What is a recommendation for EF.SOD is a rule for lists.
        if finding.rule == Rule::RevocationListsPresent {
            finding.weight = Weight::Must;
        }
    }
    hashes(signed, &mut found);
    found
}

/// What all three tables say.
fn frame(signed: &SignedData) -> Findings {
    let mut found = Findings::default();
    found.encoding(signed.encoding());
    if signed.version() != CMS_VERSION {
        found.add_on(Rule::VersionWrong, format!("v{}", signed.version()));
    }
    found.add_if(signed.content().is_none(), Rule::ContentMissing);
    found.add_if(
        !signed.revocation_lists().is_empty(),
        Rule::RevocationListsPresent,
    );
    if signed.signers().len() != 1 {
        found.add_on(Rule::SignerCount, signed.signers().len().to_string());
    }
    for signer in signed.signers() {
        let there = signed.certificates().iter().any(|found| signer.names(found));
        found.add_if(!there, Rule::SignerCertificateMissing);
        found.add_if(!signer.version_fits(), Rule::SignerVersion);
        found.add_if(signer.signed_attributes.is_none(), Rule::SignedAttributesMissing);
    }
    found
}

/// §4.1.6.4 for the signature and the digest.
fn hashes(signed: &SignedData, found: &mut Findings) {
    for signer in signed.signers() {
        fields::hash(signer.algorithm(), found);
        if Hash::from_oid(&signer.digest_algorithm) == Some(Hash::Sha1) {
            found.add_on(Rule::HashNotAllowed, "messageDigest");
        }
    }
}

fn with_certificates(frame: Lint, signed: &SignedData) -> Vec<Lint> {
    let mut lints = vec![frame];
    lints.extend(signed.certificates().iter().map(certificate));
    if signed.unreadable_certificates() > 0 {
        let mut found = Findings::default();
        found.add_on(Rule::Unreadable, signed.unreadable_certificates().to_string());
        lints.push(Lint::of(Profile::DocumentSigner, None, found));
    }
    lints
}
