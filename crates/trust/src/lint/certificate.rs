//! Certificates: which profile, and what it says of fields and extensions.

use antin_crypto::ObjectIdentifier;
use antin_wire::oids::{
    COMMON_NAME, COUNTRY_NAME, CSCA_MASTER_LIST_SIGNING_KEY, DEVIATION_LIST_SIGNING_KEY, NAME_CHANGE,
    VDS_SIGNER,
};
use antin_wire::tlv;

use super::raw::Raw;
use super::{Findings, Lint, Profile, Rule, extensions, fields};
use crate::asn1::NULL;
use crate::certificate::{Certificate, KEY_CERT_SIGN};
use crate::cms::Encoding;

pub(super) fn lint(certificate: &Certificate) -> Lint {
    let profile = profile(certificate);
    let mut found = Findings::default();
    found.encoding(&Encoding::of(certificate.as_der()));
    match Raw::read(certificate.as_der()) {
        Ok(raw) => {
            fields::certificate(certificate, &raw, &mut found);
            extensions::presence(&raw, profile, &mut found);
            extensions::contents(certificate, &raw, profile, &mut found);
            link(certificate, &raw, profile, &mut found);
            if profile == Profile::SealSigner {
                seal_signer(certificate, &mut found);
            }
        }
        Err(error) => found.add_on(Rule::Unreadable, error.to_string()),
    }
    Lint::of(profile, Some(certificate.subject().to_string()), found)
}

/// What the certificate says it is. Whoever says to be an authority, in whatever way, is held against that profile.
fn profile(certificate: &Certificate) -> Profile {
    let extensions = certificate.extensions();
    let authority = extensions
        .basic_constraints
        .is_some_and(|constraints| constraints.ca)
        || extensions
            .key_usage
            .is_some_and(|usage| usage & KEY_CERT_SIGN != 0);
    if authority {
        let own_key = match (
            certificate.authority_key_identifier(),
            certificate.subject_key_identifier(),
        ) {
            (Some(authority), Some(subject)) => authority == subject,
            _ => true,
        };
        return if own_key && certificate.is_self_issued() {
            Profile::Csca
        } else {
            Profile::Link
        };
    }
    let has = |purpose: &ObjectIdentifier| {
        extensions
            .purposes
            .as_ref()
            .is_some_and(|purposes| purposes.contains(purpose))
    };
    if has(&CSCA_MASTER_LIST_SIGNING_KEY) {
        Profile::MasterListSigner
    } else if has(&DEVIATION_LIST_SIGNING_KEY) {
        Profile::DeviationListSigner
    } else if has(&VDS_SIGNER) {
        Profile::SealSigner
    } else {
        Profile::DocumentSigner
    }
}

/// §7.1.1.5.
fn link(certificate: &Certificate, raw: &Raw<'_>, profile: Profile, found: &mut Findings) {
    let stated = raw.extension(&NAME_CHANGE);
    let renamed = profile == Profile::Link && !certificate.issuer().matches(certificate.subject());
    found.add_if(renamed && stated.is_none(), Rule::NameChangeMissing);
    let null = tlv::object(NULL, &[]);
    found.add_if(
        stated.is_some_and(|extension| extension.value != null),
        Rule::NameChangeForm,
    );
}

/// §7.1.3: country and common name alone, the latter two upper-case letters.
fn seal_signer(certificate: &Certificate, found: &mut Findings) {
    let fits = certificate
        .subject()
        .attributes()
        .all(|(kind, _, value)| match kind {
            COUNTRY_NAME => true,
            COMMON_NAME => value.len() == 2 && value.iter().all(u8::is_ascii_uppercase),
            _ => false,
        });
    found.add_if(!fits, Rule::SealSignerName);
}
