//! EF.COM: the versions and the list of the data groups (ICAO 9303-10 §4.6.1).
//!
//! ```text
//! 60 LL
//!   5F01 04 "0107"      LDS version 1.7
//!   5F36 06 "040000"    Unicode version 4.0.0
//!   5C LL 61 75 ..      the tags of the data groups present
//! ```
//! The file is not signed: EF.SOD decides what a chip must hold.

use antin_wire::tlv::{
    self,
    tags::{EF_COM, LDS_VERSION, TAG_LIST, UNICODE_VERSION},
};

use crate::{DataGroup, Error, der_io};

/// The content of EF.COM, with the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EfCom {
    raw: Vec<u8>,
    lds_version: String,
    unicode_version: String,
    tags: Vec<u8>,
}

impl EfCom {
    /// Builds the file: versions as four and six digits (`0107`, `040000`), the data groups in the given order.
    ///
    /// # Errors
    /// [`Error`] if a version has another shape or a data group is listed twice.
    pub fn build(lds_version: &str, unicode_version: &str, groups: &[DataGroup]) -> Result<Self, Error> {
        let tags: Vec<u8> = groups.iter().map(|group| group.tag()).collect();
        Self::parse(&tlv::constructed(
            EF_COM,
            &[
                tlv::object(LDS_VERSION, lds_version.as_bytes()),
                tlv::object(UNICODE_VERSION, unicode_version.as_bytes()),
                tlv::object(TAG_LIST, &tags),
            ],
        ))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Error`] if the structure or a version has another shape, or the list names an unknown tag or one twice.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("EF.COM", bytes, MAX_BYTES)?;
        let mut fields = der_io::expect_one(bytes, EF_COM, "EF.COM")?.children();
        let lds_version = digits(fields.expect(LDS_VERSION)?.value, 4, "EF.COM LDS version")?;
        let unicode_version = digits(fields.expect(UNICODE_VERSION)?.value, 6, "EF.COM Unicode version")?;
        let tags = fields.expect(TAG_LIST)?.value.to_vec();
        fields.finish()?;
        check_tags(&tags)?;
        Ok(Self {
            raw: bytes.to_vec(),
            lds_version,
            unicode_version,
            tags,
        })
    }

    /// Four digits: `0107` is version 1.7.
    #[must_use]
    pub fn lds_version(&self) -> &str {
        &self.lds_version
    }

    /// Six digits: `040000` is version 4.0.0.
    #[must_use]
    pub fn unicode_version(&self) -> &str {
        &self.unicode_version
    }

    /// The tags of the data groups, in the order of the file.
    #[must_use]
    pub fn tags(&self) -> &[u8] {
        &self.tags
    }

    /// The data groups, in the order of the file.
    pub fn data_groups(&self) -> impl Iterator<Item = DataGroup> {
        self.tags.iter().filter_map(|tag| DataGroup::from_tag(*tag))
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

fn digits(value: &[u8], len: usize, what: &'static str) -> Result<String, Error> {
    if value.len() != len || !value.iter().all(u8::is_ascii_digit) {
        return Err(Error::BadValue {
            what,
            problem: "wrong number of digits",
        });
    }
    Ok(value.iter().map(|digit| char::from(*digit)).collect())
}

fn check_tags(tags: &[u8]) -> Result<(), Error> {
    let mut seen = Vec::new();
    for tag in tags {
        let group = DataGroup::from_tag(*tag).ok_or(Error::BadValue {
            what: "EF.COM tag list",
            problem: "a tag that is no data group's",
        })?;
        if seen.contains(&group) {
            return Err(Error::DuplicateDataGroup {
                number: group.number(),
            });
        }
        seen.push(group);
    }
    Ok(())
}

/// 36 bytes with all sixteen data groups; some room for odd length fields.
const MAX_BYTES: usize = 256;
