//! The extensions of certificates: which must be there (table 6, table 8), and what must stand in them.

use antin_crypto::ObjectIdentifier;
use antin_wire::oids::{self, COUNTRY_NAME, LOCALITY_NAME, STATE_OR_PROVINCE_NAME};
use antin_wire::tlv::Tlv;

use super::raw::Raw;
use super::{Findings, Profile, Rule};
use crate::asn1::read::Der;
use crate::asn1::{BOOLEAN, SEQUENCE, explicit, implicit};
use crate::certificate::{CRL_SIGN, Certificate, Country, DIGITAL_SIGNATURE, KEY_CERT_SIGN, Name};
use crate::countries;
use crate::error::Error;
use crate::signature::described;

/// What a table says of an extension.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    /// Mandatory, not critical.
    M,
    /// Mandatory and critical.
    Mc,
    /// Optional, not critical.
    O,
    /// Must not be there.
    X,
}

use Presence::{M, Mc, O, X};

/// ICAO 9303-12 §7.1.1 table 6: CSCA, link, document signer, list signers.
#[rustfmt::skip]
const TABLE_6: [(ObjectIdentifier, [Presence; 4]); 20] = [
    (oids::AUTHORITY_KEY_IDENTIFIER,     [O,  M,  M,  M ]),
    (oids::SUBJECT_KEY_IDENTIFIER,       [M,  M,  O,  O ]),
    (oids::KEY_USAGE,                    [Mc, Mc, Mc, Mc]),
    (oids::PRIVATE_KEY_USAGE_PERIOD,     [M,  M,  M,  O ]),
    (oids::CERTIFICATE_POLICIES,         [O,  O,  O,  O ]),
    (oids::POLICY_MAPPINGS,              [X,  X,  X,  X ]),
    (oids::SUBJECT_ALT_NAME,             [M,  M,  M,  M ]),
    (oids::ISSUER_ALT_NAME,              [M,  M,  M,  M ]),
    (oids::SUBJECT_DIRECTORY_ATTRIBUTES, [X,  X,  X,  X ]),
    (oids::BASIC_CONSTRAINTS,            [Mc, Mc, X,  X ]),
    (oids::NAME_CONSTRAINTS,             [X,  X,  X,  X ]),
    (oids::POLICY_CONSTRAINTS,           [X,  X,  X,  X ]),
    (oids::EXT_KEY_USAGE,                [X,  X,  X,  Mc]),
    (oids::CRL_DISTRIBUTION_POINTS,      [M,  M,  M,  M ]),
    (oids::INHIBIT_ANY_POLICY,           [X,  X,  X,  X ]),
    (oids::FRESHEST_CRL,                 [X,  X,  X,  X ]),
    (oids::AUTHORITY_INFO_ACCESS,        [O,  O,  O,  O ]),
    (oids::NAME_CHANGE,                  [O,  O,  X,  X ]),
    (oids::DOCUMENT_TYPE_LIST,           [X,  X,  M,  X ]),
    (oids::NETSCAPE_CERT_TYPE,           [X,  X,  X,  X ]),
];

/// §7.1.3 table 8: these and no others. Whether the document types are critical the table leaves open.
const TABLE_8: [(ObjectIdentifier, Presence); 3] = [
    (oids::AUTHORITY_KEY_IDENTIFIER, M),
    (oids::DOCUMENT_TYPE_LIST, O),
    (oids::EXT_KEY_USAGE, Mc),
];

/// Which extensions are there, and which are critical.
pub(super) fn presence(raw: &Raw<'_>, profile: Profile, found: &mut Findings) {
    if raw.extensions.is_none() {
        return;
    }
    if profile == Profile::SealSigner {
        let mut table = Findings::default();
        hold(raw, &TABLE_8, X, &mut table);
        found.append(table.under("ICAO 9303-12 §7.1.3 table 8"));
    } else {
        let column = match profile {
            Profile::Csca => 0,
            Profile::Link => 1,
            Profile::DocumentSigner => 2,
            _ => 3,
        };
        let rows: Vec<(ObjectIdentifier, Presence)> = TABLE_6
            .iter()
            .filter_map(|(id, columns)| Some((*id, *columns.get(column)?)))
            .collect();
        hold(raw, &rows, O, found);
    }
    let written = raw
        .extensions
        .iter()
        .flatten()
        .filter(|extension| extension.default_written);
    for extension in written {
        found.add_on(
            Rule::DefaultWritten,
            format!("{}, critical FALSE", described(&extension.id)),
        );
    }
}

fn hold(raw: &Raw<'_>, table: &[(ObjectIdentifier, Presence)], others: Presence, found: &mut Findings) {
    for (id, wanted) in table {
        if matches!(wanted, M | Mc) && raw.extension(id).is_none() {
            found.add_on(Rule::ExtensionMissing, described(id));
        }
    }
    for extension in raw.extensions.iter().flatten() {
        let row = table.iter().find(|(id, _)| *id == extension.id);
        let wanted = row.map_or(others, |(_, wanted)| *wanted);
        match (wanted, extension.critical) {
            (X, _) => found.add_on(Rule::ExtensionForbidden, described(&extension.id)),
            (Mc, false) => found.add_on(Rule::ExtensionNotCritical, described(&extension.id)),
            (M | O, true) => found.add_on(Rule::ExtensionCritical, described(&extension.id)),
            _ => {}
        }
    }
}

/// What stands in the extensions.
pub(super) fn contents(certificate: &Certificate, raw: &Raw<'_>, profile: Profile, found: &mut Findings) {
    let read = certificate.extensions();
    for id in &read.broken {
        found.add_on(Rule::ExtensionBroken, described(id));
    }
    let readable = |id| !read.broken.contains(id) && raw.extension(id).is_some();
    found.add_if(
        readable(&oids::AUTHORITY_KEY_IDENTIFIER) && read.authority_key.is_none(),
        Rule::KeyIdentifierMissing,
    );
    key_usage(certificate, profile, found);
    constraints(certificate, raw, profile, found);
    if read
        .usage_period
        .is_some_and(|period| period.not_before.is_none() && period.not_after.is_none())
    {
        found.add(Rule::UsagePeriodEmpty);
    }
    alternative_names(certificate, raw, profile, found);
    purpose(certificate, profile, found);
    crl_places(raw, found);
    let types = read.document_types.as_deref();
    if types.is_some_and(|types| types.is_empty() || types.iter().any(|code| !(1..=2).contains(&code.len())))
    {
        found.add(Rule::DocumentTypeForm);
    }
}

fn key_usage(certificate: &Certificate, profile: Profile, found: &mut Findings) {
    let Some(usage) = certificate.extensions().key_usage else {
        return;
    };
    let wanted: &[(u8, &str)] = match profile {
        Profile::Csca | Profile::Link => &[(KEY_CERT_SIGN, "keyCertSign"), (CRL_SIGN, "cRLSign")],
        _ => &[(DIGITAL_SIGNATURE, "digitalSignature")],
    };
    for (bit, name) in wanted {
        if usage & bit == 0 {
            found.add_on(Rule::KeyUsageWrong, format!("no {name}"));
        }
    }
}

fn constraints(certificate: &Certificate, raw: &Raw<'_>, profile: Profile, found: &mut Findings) {
    let (Some(constraints), Some(extension)) = (
        certificate.extensions().basic_constraints,
        raw.extension(&oids::BASIC_CONSTRAINTS),
    ) else {
        return;
    };
    let flag =
        Der::sequence("basicConstraints", extension.value).and_then(|mut parts| parts.optional(BOOLEAN));
    if !constraints.ca && flag.is_ok_and(|flag| flag.is_some()) {
        found.add_on(Rule::DefaultWritten, "cA FALSE");
    }
    if matches!(profile, Profile::Csca | Profile::Link) {
        found.add_if(!constraints.ca, Rule::NotAnAuthority);
        found.add_if(constraints.path_len != Some(0), Rule::PathLengthNotZero);
    }
}

fn purpose(certificate: &Certificate, profile: Profile, found: &mut Findings) {
    let wanted = match profile {
        Profile::MasterListSigner => oids::CSCA_MASTER_LIST_SIGNING_KEY,
        Profile::DeviationListSigner => oids::DEVIATION_LIST_SIGNING_KEY,
        _ => return,
    };
    let others = certificate
        .extensions()
        .purposes
        .iter()
        .flatten()
        .filter(|purpose| **purpose != wanted);
    for other in others {
        found.add_on(Rule::PurposeWrong, described(other));
    }
}

/// §7.1.1.2.
fn alternative_names(certificate: &Certificate, raw: &Raw<'_>, profile: Profile, found: &mut Findings) {
    let both = [
        ("subjectAltName", raw.extension(&oids::SUBJECT_ALT_NAME)),
        ("issuerAltName", raw.extension(&oids::ISSUER_ALT_NAME)),
    ];
    if let [(_, Some(subject)), (_, Some(issuer))] = &both
        && profile == Profile::Csca
    {
        found.add_if(subject.value != issuer.value, Rule::AlternativeNamesDiffer);
    }
    for (which, extension) in both {
        let Some(extension) = extension else { continue };
        match general_names(extension.value) {
            Ok(names) => {
                if !names.contact {
                    found.add_on(Rule::NoContact, which);
                }
                match names.directory {
                    None => found.add_on(Rule::NoDirectoryName, which),
                    Some(name) => directory_name(&name, certificate, which, found),
                }
            }
            Err(_) => found.add_on(Rule::ExtensionBroken, which),
        }
    }
}

struct GeneralNames {
    contact: bool,
    directory: Option<Name>,
}

fn general_names(value: &[u8]) -> Result<GeneralNames, Error> {
    const WHAT: &str = "alternative name";
    let mut members = Der::sequence(WHAT, value)?;
    let mut found = GeneralNames {
        contact: false,
        directory: None,
    };
    while let Some(member) = members.next()? {
        // rfc822Name, dNSName and uniformResourceIdentifier.
        found.contact |= [implicit(1), implicit(2), implicit(6)].contains(&member.tag);
        if member.tag == explicit(4) && found.directory.is_none() {
            found.directory = Some(Name::parse(member.value)?);
        }
    }
    Ok(found)
}

/// localityName with the code of the MRZ, stateOrProvinceName where that is not unique, nothing else.
fn directory_name(name: &Name, certificate: &Certificate, which: &str, found: &mut Findings) {
    let mut code = None;
    for (kind, _, value) in name.attributes() {
        match kind {
            LOCALITY_NAME => code = core::str::from_utf8(value).ok(),
            STATE_OR_PROVINCE_NAME => {}
            COUNTRY_NAME => found.add_on(Rule::DirectoryNameWrong, format!("{which}, countryName")),
            other => found.add_on(
                Rule::DirectoryNameWrong,
                format!("{which}, {}", described(&other)),
            ),
        }
    }
    let fits = match (code, certificate.subject().country()) {
        (Some(code), Country::Letters(letters)) => countries::matches(code, letters) != Some(false),
        (Some(_), _) => true,
        (None, _) => false,
    };
    if !fits {
        let code = code.unwrap_or("no localityName");
        found.add_on(Rule::DirectoryNameWrong, format!("{which}, {code}"));
    }
}

/// Table 6 and §7.1.1.4.
fn crl_places(raw: &Raw<'_>, found: &mut Findings) {
    let Some(extension) = raw.extension(&oids::CRL_DISTRIBUTION_POINTS) else {
        return;
    };
    let mut places = 0;
    let read = each_place(extension.value, &mut |place| {
        places += 1;
        let text = core::str::from_utf8(place.value)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let known = place.tag == implicit(6)
            && ["ldap:", "http:", "https:"]
                .iter()
                .any(|scheme| text.starts_with(scheme));
        if !known {
            let text = if text.is_empty() {
                "no URI".to_owned()
            } else {
                text
            };
            found.add_on(Rule::CrlPlaceScheme, text.escape_debug().to_string());
        }
    });
    match read {
        Ok(()) => found.add_if(places == 0, Rule::CrlPlaceMissing),
        Err(_) => found.add_on(Rule::ExtensionBroken, described(&oids::CRL_DISTRIBUTION_POINTS)),
    }
}

/// `SEQUENCE OF SEQUENCE { [0] { [0] GeneralNames or [1] RDN } OPTIONAL, [1] reasons OPTIONAL, [2] cRLIssuer OPTIONAL }`
fn each_place(value: &[u8], told: &mut impl FnMut(&Tlv<'_>)) -> Result<(), Error> {
    const WHAT: &str = "CRL distribution points";
    let mut points = Der::sequence(WHAT, value)?;
    while !points.is_empty() {
        let mut point = Der::new(WHAT, points.take(SEQUENCE)?.value);
        let Some(name) = point.optional(explicit(0))? else {
            continue;
        };
        let Some(full) = Der::new(WHAT, name.value).optional(explicit(0))? else {
            continue;
        };
        let mut names = Der::new(WHAT, full.value);
        while let Some(place) = names.next()? {
            told(&place);
        }
    }
    Ok(())
}
