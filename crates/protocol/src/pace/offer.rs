//! What a chip's SecurityInfos offer for PACE, and which of it is taken.

use antin_crypto::{Curve, Suite, agreement::Group};
use antin_lds::security_infos::SecurityInfo;
use antin_wire::oids::ObjectIdentifier;

use super::{Mapping, Parameters, Unsupported, terminal::DomainReference};
use crate::domain_parameters;

/// The way of PACE that was chosen among several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Protocol and domain parameters.
    pub parameters: Parameters,
    /// Whether the chip must be told which domain parameters are meant: it announces more than one set.
    pub domain: DomainReference,
}

/// Every PACEInfo in the chip's own order, understood or with the reason why it cannot be used. Other entries are left
/// aside; undefined members of the PACE family count as PACEInfos.
#[must_use]
pub fn offers<'a>(infos: impl IntoIterator<Item = &'a SecurityInfo>) -> Vec<Result<Parameters, Unsupported>> {
    let infos: Vec<&SecurityInfo> = infos.into_iter().collect();
    infos
        .iter()
        .map(|info| read(info, &infos))
        .filter(|offer| *offer != Err(Unsupported::NotPace))
        .collect()
}

/// Chooses what to use: the first offer that we can do, in the chip's order, what TR-03110-3 calls deprecated (3DES, and
/// the domain parameters 0, 8 and 9) last. `None` when PACE is not offered at all.
///
/// # Errors
/// [`Unsupported`], the reason of the first offer, when PACE is offered and nothing of it can be done.
pub fn choose<'a>(infos: impl IntoIterator<Item = &'a SecurityInfo>) -> Result<Option<Choice>, Unsupported> {
    let infos: Vec<&SecurityInfo> = infos.into_iter().collect();
    let offers = offers(infos.iter().copied());
    let usable = |wanted| {
        let of_kind = |offer: &&Parameters| is_deprecated(offer) == wanted;
        offers.iter().flatten().find(of_kind)
    };
    if let Some(parameters) = usable(false).or_else(|| usable(true)) {
        let domain = if announced_sets(&infos) > 1 && parameters.parameter_id.is_some() {
            DomainReference::Send
        } else {
            DomainReference::Omit
        };
        return Ok(Some(Choice {
            parameters: parameters.clone(),
            domain,
        }));
    }
    match offers.into_iter().next() {
        Some(Err(reason)) => Err(reason),
        _ => Ok(None),
    }
}

/// Understands one PACEInfo; explicit domain parameters are looked up among the others.
pub(super) fn read(info: &SecurityInfo, others: &[&SecurityInfo]) -> Result<Parameters, Unsupported> {
    let (oid, version, parameter_id) = match info {
        SecurityInfo::Pace {
            oid,
            version,
            parameter_id,
        } => (oid, version, parameter_id),
        SecurityInfo::Other { oid, .. } if oid.as_bytes().starts_with(PACE_FAMILY) => {
            return Err(Unsupported::Variant(*oid));
        }
        _ => return Err(Unsupported::NotPace),
    };
    let variant = Variant::of(oid).ok_or(Unsupported::Variant(*oid))?;
    if *version != SUPPORTED_VERSION {
        return Err(Unsupported::Version(*version));
    }
    let group = match parameter_id {
        Some(id) if STANDARDIZED_IDS.contains(id) => Group::from_standardized_id(*id),
        _ => explicit(oid, *parameter_id, others),
    };
    let group = group.ok_or(Unsupported::DomainParameters(*parameter_id))?;
    match (variant.agreement, group) {
        (Agreement::Dh, Group::Dh(_)) | (Agreement::Ecdh, Group::Ec(_)) => {}
        (Agreement::Dh, Group::Ec(_)) | (Agreement::Ecdh, Group::Dh(_)) => {
            return Err(Unsupported::KeyAgreement {
                oid: *oid,
                group: group.name(),
            });
        }
    }
    if variant.mapping == Mapping::Integrated && group == Group::Ec(Curve::P224) {
        return Err(Unsupported::IntegratedOnP224);
    }
    Ok(Parameters {
        oid: *oid,
        mapping: variant.mapping,
        suite: variant.suite,
        group,
        parameter_id: *parameter_id,
    })
}

/// The explicit domain parameters that belong to a protocol: those of its mapping and key agreement with its number, or
/// the only ones where it has none. Chip authentication mapping may stand on those of generic mapping.
fn explicit(
    protocol: &ObjectIdentifier,
    parameter_id: Option<u8>,
    others: &[&SecurityInfo],
) -> Option<Group> {
    let family = protocol.as_bytes().split_last()?.1;
    let generic: &[u8] = match family {
        [head @ .., CAM_ARC] => &[head, &[ECDH_GM_ARC]].concat(),
        family => family,
    };
    let mut fitting = others.iter().filter_map(|info| match info {
        SecurityInfo::PaceDomainParameter {
            oid,
            parameters_der,
            parameter_id: id,
        } if [family, generic].contains(&oid.as_bytes())
            && (parameter_id.is_none() || *id == parameter_id) =>
        {
            Some(parameters_der)
        }
        _ => None,
    });
    let found = fitting.next()?;
    if fitting.any(|other| other != found) {
        return None;
    }
    domain_parameters::recognise(found)
}

/// How many sets of domain parameters the chip announces.
fn announced_sets(infos: &[&SecurityInfo]) -> usize {
    let mut ids: Vec<Option<u8>> = infos
        .iter()
        .filter_map(|info| match info {
            SecurityInfo::Pace { parameter_id, .. }
            | SecurityInfo::PaceDomainParameter { parameter_id, .. } => Some(*parameter_id),
            _ => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

/// TR-03110-3: notes on 3DES in §A.1.1.1 and on the numbers 0, 8 and 9 in §A.2.1.1.
fn is_deprecated(parameters: &Parameters) -> bool {
    parameters.suite == Suite::Tdes || matches!(parameters.group.standardized_id(), Some(0 | 8 | 9))
}

/// What a protocol's identifier says.
struct Variant {
    agreement: Agreement,
    mapping: Mapping,
    suite: Suite,
}

#[derive(Clone, Copy)]
enum Agreement {
    Dh,
    Ecdh,
}

impl Variant {
    fn of(oid: &ObjectIdentifier) -> Option<Self> {
        let &[family, cipher] = oid.as_bytes().strip_prefix(PACE_FAMILY)? else {
            return None;
        };
        let (agreement, mapping) = match family {
            1 => (Agreement::Dh, Mapping::Generic),
            ECDH_GM_ARC => (Agreement::Ecdh, Mapping::Generic),
            3 => (Agreement::Dh, Mapping::Integrated),
            4 => (Agreement::Ecdh, Mapping::Integrated),
            CAM_ARC => (Agreement::Ecdh, Mapping::ChipAuthentication),
            _ => return None,
        };
        let suite = match cipher {
            // ICAO 9303-11 defines chip authentication mapping with AES only.
            1 if family != CAM_ARC => Suite::Tdes,
            2 => Suite::Aes128,
            3 => Suite::Aes192,
            4 => Suite::Aes256,
            _ => return None,
        };
        Some(Self {
            agreement,
            mapping,
            suite,
        })
    }
}

/// The bytes of id-PACE, 0.4.0.127.0.7.2.2.4.
const PACE_FAMILY: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04];
/// Last arc of id-PACE-ECDH-GM.
const ECDH_GM_ARC: u8 = 2;
/// Last arc of id-PACE-ECDH-CAM.
const CAM_ARC: u8 = 6;
/// Numbers that explicit domain parameters must not use (TR-03110-3 §A.2.1, table 4).
const STANDARDIZED_IDS: std::ops::RangeInclusive<u8> = 0..=31;
const SUPPORTED_VERSION: u8 = 2;
