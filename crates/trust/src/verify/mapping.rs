//! Chip authentication mapping, held against the static key in EF.CardSecurity: it counts only if the signature of that file
//! reaches a trusted CSCA of the document's own country, and the signed DG14 lists the mapping and the same key. The file
//! names no document: without DG14 it could be that of any other card of the country.

use antin_crypto::agreement;
use antin_crypto::pace::cam;
use antin_lds::{SecurityInfo, SecurityInfos};

use super::content::Content;
use super::origin::letters;
use super::rows::Rows;
use super::signer::{Court, Signer};
use crate::card_security;
use crate::checks::{Check, CheckId, Reason};
use crate::session::CamEvidence;

const ID: CheckId = CheckId::PaceCam;
const FILE: &str = "EF.CardSecurity";

/// The row on the mapping; `signer` is that of EF.SOD.
pub(super) fn judge(
    evidence: &CamEvidence,
    file: &[u8],
    content: &Content,
    signer: &Signer<'_>,
    court: &mut Court<'_, '_>,
    rows: &mut Rows,
) -> Check {
    proven(evidence, file, content, signer, court, rows).unwrap_or_else(|check| check)
}

fn proven(
    evidence: &CamEvidence,
    file: &[u8],
    content: &Content,
    signer: &Signer<'_>,
    court: &mut Court<'_, '_>,
    rows: &mut Rows,
) -> Result<Check, Check> {
    let failed = |reason| Check::failed(ID, reason).evidence(FILE);
    let signed = card_security::parse(file).map_err(|_| failed(Reason::Malformed))?;
    let (certificate, anchor) = court.vouch(ID, &signed, content, signer.certificate.as_ref(), rows)?;
    // Without a believed EF.SOD nobody knows whose document this is.
    let Some(issuer) = signer.anchor.filter(|_| signer.is_bound()) else {
        return Err(Check::undetermined(ID, Reason::KeyNotBound).evidence("EF.SOD"));
    };
    let countries = [letters(&certificate), letters(anchor), letters(issuer)];
    if countries.contains(&None) || countries.windows(2).any(|pair| pair.first() != pair.last()) {
        return Err(failed(Reason::CountryMismatch));
    }
    let infos = signed.content().map(SecurityInfos::parse);
    let Some(Ok(infos)) = infos else {
        return Err(failed(Reason::Malformed));
    };
    let keys = keys(&infos);
    let dg14 = content.dg14.as_ref().map(|dg14| self::keys(dg14.infos()));
    let contradicted = dg14.iter().flatten().any(|theirs| {
        keys.iter().any(|ours| {
            ours.id == theirs.id && ours.key.group() == theirs.key.group() && ours.key != theirs.key
        })
    });
    if contradicted {
        return Err(Check::failed(ID, Reason::FieldMismatch)
            .evidence("DG14 states the key of EF.CardSecurity otherwise"));
    }
    let curve = evidence.mapping_key.curve();
    // ICAO 9303-11 §9.2.11: the full set of SecurityInfos stands in DG14 as well, which EF.SOD binds to this document.
    let Some(dg14) = dg14.filter(|_| {
        content.dg14.as_ref().is_some_and(|dg14| {
            dg14.infos()
                .iter()
                .any(SecurityInfo::is_chip_authentication_mapping)
        })
    }) else {
        return Err(Check::undetermined(ID, Reason::KeyNotBound).evidence("DG14 does not list the mapping"));
    };
    let on_curve: Vec<_> = keys
        .iter()
        .filter_map(|entry| match &entry.key {
            agreement::PublicKey::Ec(key) if key.curve() == curve => Some((key, &entry.key)),
            _ => None,
        })
        .collect();
    if on_curve.is_empty() {
        return Err(Check::undetermined(ID, Reason::KeyNotBound).evidence("no key on the curve of PACE"));
    }
    let on_curve: Vec<_> = on_curve
        .into_iter()
        .filter(|(_, key)| dg14.iter().any(|theirs| theirs.key == **key))
        .map(|(key, _)| key)
        .collect();
    if on_curve.is_empty() {
        return Err(Check::undetermined(ID, Reason::KeyNotBound)
            .evidence("DG14 does not state the key of EF.CardSecurity"));
    }
    let data = evidence.chip_data.expose();
    if on_curve
        .iter()
        .any(|key| cam::verify(key, &evidence.mapping_key, data).is_ok())
    {
        Ok(Check::successful(ID).evidence(format!("{FILE}, {}", curve.name())))
    } else {
        Err(failed(Reason::ProofFailed))
    }
}

struct Key {
    id: Option<u32>,
    key: agreement::PublicKey,
}

/// The static keys that can be read; others prove nothing.
fn keys(infos: &SecurityInfos) -> Vec<Key> {
    infos
        .iter()
        .filter_map(|info| match info {
            SecurityInfo::ChipAuthenticationPublicKey { spki_der, key_id, .. } => Some(Key {
                id: *key_id,
                key: agreement::PublicKey::from_spki_der(spki_der).ok()?.0,
            }),
            _ => None,
        })
        .collect()
}
