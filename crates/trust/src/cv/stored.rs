//! A chip's trust points as bytes.
//!
//! ```text
//! 30 { 5F25 current date, 53 00 | 01 (SHA-1 taken),
//!      7F4E { 5F20 name, 7F49 key with domain parameters, 7F4C authorization, 5F25 first day, 5F24 last day } x 1..2 }
//! ```

use antin_wire::tlv::{Tlv, object, tags};

use super::authorization::Authorization;
use super::date::Date;
use super::key::{CvPublicKey, DomainForm};
use super::parse::Fields;
use super::reference::Reference;
use super::trust_points::{Sha1, TrustPoint, TrustPoints};
use crate::error::Error;

pub(super) fn write(trust: &TrustPoints) -> Vec<u8> {
    let mut value = object(tags::CV_EFFECTIVE_DATE, &trust.current.to_bytes());
    let sha1 = u8::from(trust.sha1 == Sha1::Allowed);
    value.extend(object(tags::DISCRETIONARY_DATA, &[sha1]));
    for point in &trust.points {
        let mut parts = object(tags::CV_HOLDER, point.reference.as_bytes());
        parts.extend(point.key.to_certificate(DomainForm::Stated).to_bytes());
        parts.extend(point.authorization.to_bytes());
        parts.extend(object(tags::CV_EFFECTIVE_DATE, &point.effective.to_bytes()));
        parts.extend(object(tags::CV_EXPIRATION_DATE, &point.expiration.to_bytes()));
        value.extend(object(tags::CV_BODY, &parts));
    }
    object(tags::SEQUENCE, &value)
}

pub(super) fn read(bytes: &[u8]) -> Result<TrustPoints, Error> {
    let mut outer = Fields::new(WHAT, bytes)?;
    let all = outer.take(tags::SEQUENCE)?;
    outer.finish()?;
    let mut fields = Fields::of(WHAT, &all);
    let current = day(&fields.take(tags::CV_EFFECTIVE_DATE)?)?;
    let flag = fields.take(tags::DISCRETIONARY_DATA)?;
    let sha1 = match flag.value {
        [0] => Sha1::Refused,
        [1] => Sha1::Allowed,
        _ => return Err(fields.wrong(&flag)),
    };
    let mut points = Vec::new();
    while let Some(stored) = fields.optional(tags::CV_BODY)? {
        points.push(point(&stored)?);
    }
    fields.finish()?;
    TrustPoints::new(current, sha1, points).map_err(|_| Error::Malformed { what: WHAT, at: 0 })
}

fn point(stored: &Tlv<'_>) -> Result<TrustPoint, Error> {
    let mut fields = Fields::of(WHAT, stored);
    let reference = Reference::from_bytes(fields.take(tags::CV_HOLDER)?.value)?;
    let key = CvPublicKey::parse(&fields.take(tags::PUBLIC_KEY)?)?.resolve(None)?;
    let authorization = Authorization::parse(&fields.take(tags::CHAT)?)?;
    let effective = day(&fields.take(tags::CV_EFFECTIVE_DATE)?)?;
    let expiration = day(&fields.take(tags::CV_EXPIRATION_DATE)?)?;
    fields.finish()?;
    Ok(TrustPoint {
        reference,
        key,
        authorization,
        effective,
        expiration,
    })
}

fn day(object: &Tlv<'_>) -> Result<Date, Error> {
    Date::from_bytes(object.value).ok_or(Error::Malformed {
        what: WHAT,
        at: object.value_at(),
    })
}

const WHAT: &str = "stored trust points";
