//! How strong the chip's own keys are: a proof with a key that can be computed from its public half proves little.

use antin_crypto::agreement::{self, DhGroup, Group};
use antin_crypto::{PublicKey, rsa};
use antin_lds::{Dg15, SecurityInfo};

use super::content::Content;
use super::rows::Rows;
use super::signer::WEAK_BITS;
use crate::checks::{Check, CheckId, CheckResult, Reason};

/// RSA keys below this many bits are too short today.
const WEAK_RSA_BITS: u32 = 1024;

/// Adds a failed row for each successful proof with a key that is too short. The keys are public, so all of a file count:
/// which one a chip uses is the chip's choice.
pub(super) fn proofs(content: &Content, dg15: Option<&[u8]>, rows: &mut Rows) {
    let succeeded = |rows: &Rows, id| rows.of(id).any(|row| row.result == CheckResult::Successful);
    if succeeded(rows, CheckId::ChipAuthentication) || succeeded(rows, CheckId::PaceCam) {
        for key in content.dg14.iter().flat_map(|dg14| dg14.infos().iter()) {
            if let SecurityInfo::ChipAuthenticationPublicKey { spki_der, .. } = key
                && let Ok((key, _)) = agreement::PublicKey::from_spki_der(spki_der)
                && is_weak(key.group())
            {
                rows.push(weak("DG14", key.group().name()));
            }
        }
    }
    if succeeded(rows, CheckId::ActiveAuthentication)
        && let Some(Ok(dg15)) = dg15.map(Dg15::parse)
        && let Some(name) = weak_signer(dg15.spki_der())
    {
        rows.push(weak("DG15", &name));
    }
}

fn weak(file: &str, key: &str) -> Check {
    Check::failed(CheckId::KeyStrength, Reason::WeakAlgorithm)
        .subject(file)
        .evidence(key)
}

fn is_weak(group: Group) -> bool {
    match group {
        Group::Ec(curve) => curve.security_bits() < WEAK_BITS,
        // RFC 5114 §4: as strong as 80 bits; the others reach 112.
        Group::Dh(group) => group == DhGroup::Modp1024Sub160,
    }
}

fn weak_signer(spki_der: &[u8]) -> Option<String> {
    if let Ok((key, _)) = PublicKey::from_spki_der(spki_der) {
        return is_weak(Group::Ec(key.curve())).then(|| key.curve().name().to_owned());
    }
    let key = rsa::PublicKey::from_spki_der(spki_der).ok()?;
    (key.bits() < WEAK_RSA_BITS).then(|| format!("RSA {}", key.bits()))
}
