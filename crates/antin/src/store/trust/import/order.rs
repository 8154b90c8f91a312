//! Certificates and revocation lists in files of their own, in the order in which one can vouch for the next.

use antin_trust::Certificate;
use antin_trust::crl::CertificateList;
use antin_trust::store::Anchor;

use super::super::input::{Input, Object, Shape};
use super::super::model::{Fingerprint, Format, Kind, Realm, Voucher};
use super::key::{KeyState, key_state, proven_or_unsupported};
use super::report::{NoteCode, SkipReason, VerifiedBy};
use super::signatures::{Search, on_all_cores};
use super::take::{Taken, Taking};
use super::{Force, fingerprint, of_shape};

/// A certificate with the place it came from.
struct Given<'i> {
    file: usize,
    input: &'i Input,
    object: &'i Object,
    certificate: Certificate,
}

/// Takes the certificates and revocation lists of every file.
pub(super) fn x509(taking: &mut Taking<'_>, inputs: &[Input]) {
    let (mut anchors, mut links, mut others, mut crls) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for input in inputs {
        let mut objects = of_shape(input, Shape::X509).peekable();
        if objects.peek().is_none() {
            continue;
        }
        let file = taking.file(input);
        for object in objects {
            match Certificate::parse(&object.bytes) {
                Ok(certificate) => {
                    let bucket = match (certificate.is_ca(), certificate.is_link()) {
                        (true, false) => &mut anchors,
                        (true, true) => &mut links,
                        (false, _) => &mut others,
                    };
                    bucket.push(Given {
                        file,
                        input,
                        object,
                        certificate,
                    });
                }
                Err(fault) => match CertificateList::parse(&object.bytes) {
                    Ok(crl) => crls.push((file, input, object, crl)),
                    Err(_) => taking.skip(
                        &input.name,
                        object.index,
                        Some(&object.bytes),
                        SkipReason::Unreadable,
                        fault.to_string(),
                    ),
                },
            }
        }
    }
    take_anchors(taking, &anchors);
    take_links(taking, &links);
    take_signers(taking, &others);
    take_crls(taking, &crls);
}

fn take_anchors(taking: &mut Taking<'_>, anchors: &[Given<'_>]) {
    let signed = on_all_cores(anchors, |given, verifier| {
        given.certificate.verify_signed_by(&given.certificate, verifier)
    });

    for (given, signed) in anchors.iter().zip(signed) {
        if refused(taking, given) {
            continue;
        }
        if !proven_or_unsupported(&signed) {
            skip(
                taking,
                given,
                SkipReason::SelfSignatureWrong,
                given.certificate.subject().to_string(),
            );
            continue;
        }
        // Whoever fills a directory is not whom the operator decided to believe.
        let from_directory = given.input.format == Format::Ldif && !taking.forces(Force::CollectionAnchors);
        if from_directory && realm_of_certificate(taking, &given.certificate) == Realm::Live {
            skip(
                taking,
                given,
                SkipReason::CollectionAnchor,
                given.certificate.subject().to_string(),
            );
            continue;
        }
        let verified_by = match signed {
            Ok(()) => VerifiedBy::Itself,
            Err(_) => VerifiedBy::NotChecked,
        };
        let realm = realm_of(taking, given);
        put(
            taking,
            given,
            Kind::Csca,
            realm,
            Voucher::Operator,
            verified_by,
            None,
        );
        taking.authorities.add(&given.certificate);
        let object = (given.object.index, fingerprint(&given.certificate));
        let subject = given.certificate.subject().to_string();
        taking.note(NoteCode::NotVouched, &given.input.name, Some(object), subject);
    }
}

fn take_links(taking: &mut Taking<'_>, links: &[Given<'_>]) {
    let mut pending: Vec<&Given<'_>> = Vec::new();
    for given in links {
        if !refused(taking, given) {
            pending.push(given);
        }
    }
    // One link may be signed with the key of another: each round goes one step further, and only what is proven counts.
    for _ in 0..MAX_LINKS_IN_A_ROW {
        let authorities = &taking.authorities;
        let found = on_all_cores(&pending, |given, verifier| {
            authorities.issuer_of(&given.certificate, verifier)
        });
        let mut open = Vec::new();
        for (given, found) in pending.iter().zip(found) {
            match found {
                Search::Found(issuer) => take_link(taking, given, issuer),
                Search::Refuted | Search::Nobody => open.push((*given, found)),
            }
        }
        let progress = open.len() < pending.len();
        pending = open.iter().map(|(given, _)| *given).collect();
        if !progress || pending.is_empty() {
            return take_open_links(taking, &open);
        }
    }
}

/// Takes a link that an authority of its own country signed.
fn take_link(taking: &mut Taking<'_>, given: &Given<'_>, issuer: Fingerprint) {
    let certificate = &given.certificate;
    if certificate.subject().country() != certificate.issuer().country() {
        let names = format!("{}, {}", certificate.issuer(), certificate.subject());
        return skip(taking, given, SkipReason::OtherCountry, names);
    }
    let realm = realm_of(taking, given).max(realm_of_issuer(taking, &issuer));
    let by = Voucher::Issuer(issuer);
    put(
        taking,
        given,
        Kind::Link,
        realm,
        by,
        VerifiedBy::Other,
        Some(issuer),
    );
    taking.authorities.add(certificate);
}

/// The most keys that may follow each other by links alone.
const MAX_LINKS_IN_A_ROW: usize = 16;

fn take_open_links(taking: &mut Taking<'_>, open: &[(&Given<'_>, Search)]) {
    for (given, found) in open {
        let realm = realm_of(taking, given);
        match found {
            Search::Found(_) => {}
            Search::Refuted if given.certificate.authority_key_identifier().is_some() => {
                skip(
                    taking,
                    given,
                    SkipReason::SignatureWrong,
                    given.certificate.subject().to_string(),
                );
            }
            Search::Refuted | Search::Nobody => {
                put(
                    taking,
                    given,
                    Kind::Link,
                    realm,
                    Voucher::Operator,
                    VerifiedBy::None,
                    None,
                );
                let object = (given.object.index, fingerprint(&given.certificate));
                let issuer = given.certificate.issuer().to_string();
                taking.note(NoteCode::LinkOpen, &given.input.name, Some(object), issuer);
            }
        }
    }
}

fn take_signers(taking: &mut Taking<'_>, signers: &[Given<'_>]) {
    let authorities = &taking.authorities;
    let found = on_all_cores(signers, |given, verifier| {
        authorities.issuer_of(&given.certificate, verifier)
    });
    for (given, found) in signers.iter().zip(found) {
        if refused(taking, given) {
            continue;
        }
        let issuer_name = given.certificate.issuer().to_string();
        match found {
            Search::Found(issuer) => {
                let kind = match given.certificate.signs_lists() {
                    true => Kind::ListSigner,
                    false => Kind::DocumentSigner,
                };
                let realm = realm_of_issuer(taking, &issuer);
                let by = Voucher::Issuer(issuer);
                put(taking, given, kind, realm, by, VerifiedBy::Other, Some(issuer));
            }
            Search::Refuted if given.certificate.authority_key_identifier().is_some() => {
                skip(taking, given, SkipReason::SignatureWrong, issuer_name);
            }
            Search::Refuted | Search::Nobody => skip(taking, given, SkipReason::IssuerUnknown, issuer_name),
        }
    }
}

fn take_crls(taking: &mut Taking<'_>, crls: &[(usize, &Input, &Object, CertificateList)]) {
    for (file, input, object, crl) in crls {
        let sha256 = Fingerprint::of(&object.bytes);
        let skip = |taking: &mut Taking<'_>, reason, detail: String| {
            taking.skip(&input.name, object.index, Some(&object.bytes), reason, detail);
        };
        if let Some(fault) = crl.unusable() {
            skip(taking, SkipReason::Unreadable, fault.to_string());
            continue;
        }
        let verifier = antin_crypto::fastest_verifier();
        let found = taking.authorities.search(
            crl.issuer().country().letters(),
            |authority| crl.names_issuer(authority),
            |authority| crl.judge(authority, verifier).is_ok(),
        );
        let issuer = match found {
            Search::Found(issuer) => issuer,
            Search::Refuted => {
                skip(taking, SkipReason::SignatureWrong, crl.issuer().to_string());
                continue;
            }
            Search::Nobody => {
                skip(taking, SkipReason::IssuerUnknown, crl.issuer().to_string());
                continue;
            }
        };
        if crl.this_update() > taking.options.at.plus_days(1) {
            skip(taking, SkipReason::FromTheFuture, crl.this_update().to_string());
            continue;
        }
        let earlier = earlier_crls(taking, &issuer, &sha256);
        if let Some((_, newest)) = earlier.iter().find(|(_, stored)| newer(stored, crl)) {
            let detail = format!("{}, {}", crl.this_update(), newest.this_update());
            skip(taking, SkipReason::Older, detail);
            continue;
        }
        for (old, stored) in &earlier {
            taking.remove(old);
            let detail = stored.this_update().to_string();
            taking.note(
                NoteCode::Replaced,
                &input.name,
                Some((object.index, *old)),
                detail,
            );
        }
        let realm = realm_of_issuer(taking, &issuer);
        taking.put(
            *file,
            Taken {
                index: object.index,
                kind: Kind::Crl,
                realm,
                der: &object.bytes,
                by: Voucher::Issuer(issuer),
                country: crl.issuer().country().letters(),
                subject: crl.issuer().to_string(),
                verified_by: VerifiedBy::Other,
                issuer: Some(issuer),
            },
        );
        if let Some(next) = crl.next_update().filter(|next| *next < taking.options.at) {
            taking.note(
                NoteCode::Stale,
                &input.name,
                Some((object.index, sha256)),
                next.to_string(),
            );
        }
    }
}

/// The lists of the same issuer that the store has, other than this one.
fn earlier_crls(
    taking: &Taking<'_>,
    issuer: &Fingerprint,
    own: &Fingerprint,
) -> Vec<(Fingerprint, CertificateList)> {
    let by = Voucher::Issuer(*issuer);
    let ours = taking
        .contents
        .of_kind(Kind::Crl)
        .filter(|(sha256, entry)| *sha256 != own && entry.sources.iter().any(|source| source.by == by));
    ours.filter_map(|(sha256, entry)| Some((*sha256, CertificateList::parse(&entry.der).ok()?)))
        .collect()
}

/// Whether `stored` was made after `offered`.
fn newer(stored: &CertificateList, offered: &CertificateList) -> bool {
    let number = |list: &CertificateList| list.number().map(|number| (number.len(), number.to_vec()));
    let by_number = match (number(stored), number(offered)) {
        (Some(stored), Some(offered)) => stored > offered,
        _ => false,
    };
    stored.this_update() > offered.this_update()
        || (stored.this_update() == offered.this_update() && by_number)
}

/// Whether a certificate is not to be taken whoever vouches for it.
fn refused(taking: &mut Taking<'_>, given: &Given<'_>) -> bool {
    let own = fingerprint(&given.certificate);
    if taking.distrusts(&given.certificate) {
        skip(taking, given, SkipReason::Distrusted, own.to_string());
        return true;
    }
    match key_state(&given.certificate) {
        KeyState::Good => false,
        KeyState::Unsupported(why) => {
            taking.note(
                NoteCode::KeyUnsupported,
                &given.input.name,
                Some((given.object.index, own)),
                why,
            );
            false
        }
        KeyState::Unusable(why) => {
            skip(taking, given, SkipReason::KeyUnusable, why);
            true
        }
    }
}

fn realm_of_certificate(taking: &Taking<'_>, certificate: &Certificate) -> Realm {
    match Anchor::is_test(certificate) {
        true => Realm::Test,
        false => taking.options.realm,
    }
}

fn realm_of(taking: &mut Taking<'_>, given: &Given<'_>) -> Realm {
    if taking.options.realm == Realm::Live && Anchor::is_test(&given.certificate) {
        let object = (given.object.index, fingerprint(&given.certificate));
        let subject = given.certificate.subject().to_string();
        taking.note(
            NoteCode::TestCertificate,
            &given.input.name,
            Some(object),
            subject,
        );
        return Realm::Test;
    }
    taking.options.realm
}

/// Whatever a test authority signed is a test as well.
pub(super) fn realm_of_issuer(taking: &Taking<'_>, issuer: &Fingerprint) -> Realm {
    let known = taking.contents.entries.get(issuer).map(|entry| entry.realm);
    known.unwrap_or(taking.options.realm)
}

fn skip(taking: &mut Taking<'_>, given: &Given<'_>, reason: SkipReason, detail: String) {
    let (index, der) = (given.object.index, given.certificate.as_der());
    taking.skip(&given.input.name, index, Some(der), reason, detail);
}

fn put(
    taking: &mut Taking<'_>,
    given: &Given<'_>,
    kind: Kind,
    realm: Realm,
    by: Voucher,
    verified_by: VerifiedBy,
    issuer: Option<Fingerprint>,
) {
    let certificate = &given.certificate;
    taking.put(
        given.file,
        Taken {
            index: given.object.index,
            kind,
            realm,
            der: certificate.as_der(),
            by,
            country: certificate.subject().country().letters(),
            subject: certificate.subject().to_string(),
            verified_by,
            issuer,
        },
    );
}
