//! Revocation lists against tables 9 and 10.

use antin_crypto::ObjectIdentifier;
use antin_wire::oids::{
    AUTHORITY_KEY_IDENTIFIER, CERTIFICATE_ISSUER, CRL_NUMBER, CRL_REASONS, DELTA_CRL_INDICATOR, FRESHEST_CRL,
    HOLD_INSTRUCTION_CODE, INVALIDITY_DATE, ISSUER_ALT_NAME, ISSUING_DISTRIBUTION_POINT,
};
use antin_wire::tlv::parse_one;

use super::{Findings, Lint, Profile, Rule, fields};
use crate::cms::Encoding;
use crate::crl::{CertificateList, Unusable};

const FIELDS: &str = "ICAO 9303-12 §7.1.4 table 9";
const EXTENSIONS: &str = "ICAO 9303-12 §7.1.4 table 10";

pub(super) fn lint(list: &CertificateList) -> Lint {
    let mut found = Findings::default();
    found.encoding(&Encoding::of(list.as_der()));
    found.append(body(list).under(FIELDS));
    fields::hash(list.algorithm(), &mut found);
    found.append(extensions(list).under(EXTENSIONS));
    Lint::of(Profile::Crl, Some(list.issuer().to_string()), found)
}

fn body(list: &CertificateList) -> Findings {
    let mut found = Findings::default();
    if list.version() != 2 {
        found.add_on(Rule::VersionWrong, format!("v{}", list.version()));
    }
    found.add_if(
        list.unusable() == Some(&Unusable::AlgorithmMismatch),
        Rule::AlgorithmsDiffer,
    );
    fields::strings(list.issuer(), "issuer", &mut found);
    for (raw, which) in list.stated().times.iter().zip(["thisUpdate", "nextUpdate"]) {
        if let Ok(object) = parse_one(raw) {
            fields::time(&object, which, &mut found);
        }
    }
    found.add_if(list.next_update().is_none(), Rule::NextUpdateMissing);
    found.add_if(list.stated().empty_entries, Rule::EntriesEmpty);
    found.add_if(list.stated().extensions.is_empty(), Rule::ExtensionsMissing);
    found
}

fn extensions(list: &CertificateList) -> Findings {
    let mut found = Findings::default();
    let stated = &list.stated().extensions;
    for wanted in [AUTHORITY_KEY_IDENTIFIER, CRL_NUMBER] {
        if !stated.iter().any(|(id, _)| *id == wanted) {
            found.add_on(Rule::ExtensionMissing, described(&wanted));
        }
    }
    for (id, critical) in stated {
        if [DELTA_CRL_INDICATOR, ISSUING_DISTRIBUTION_POINT, FRESHEST_CRL].contains(id) {
            found.add_on(Rule::ExtensionForbidden, described(id));
        } else if *critical && [AUTHORITY_KEY_IDENTIFIER, CRL_NUMBER, ISSUER_ALT_NAME].contains(id) {
            found.add_on(Rule::ExtensionCritical, described(id));
        }
    }
    let has_authority = stated.iter().any(|(id, _)| *id == AUTHORITY_KEY_IDENTIFIER);
    found.add_if(
        has_authority && list.authority_key_identifier().is_none(),
        Rule::KeyIdentifierMissing,
    );
    if let Some(Unusable::Broken(id)) = list.unusable() {
        found.add_on(Rule::ExtensionBroken, described(id));
    }
    if list
        .number()
        .is_some_and(|number| number.len() > fields::MAX_NUMBER_OCTETS)
    {
        found.add(Rule::CrlNumberTooLong);
    }
    let forbidden = [
        CRL_REASONS,
        HOLD_INSTRUCTION_CODE,
        INVALIDITY_DATE,
        CERTIFICATE_ISSUER,
    ];
    for id in &list.stated().entry_extensions {
        if forbidden.contains(id) {
            found.add_on(Rule::EntryExtension, described(id));
        }
    }
    found
}

fn described(id: &ObjectIdentifier) -> String {
    crate::signature::described(id)
}
