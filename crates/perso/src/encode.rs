//! From the checked record to the files of the card.

use antin_lds::ElementaryFile;
use antin_profile::Profile;

use crate::{CitizenRecord, Error, KeySet};

/// Encodes every file of the profile but EF.SOD, in the order of the profile.
///
/// EF.SOD is signed above (`antin_trust::sod::sign`) over the data groups returned here, and joins them for the plan.
///
/// # Errors
/// [`Error::RecordLacks`] and [`Error::KeyMissing`] when record or keys were made for another profile,
/// [`Error::Encoding`] when a value has no encoding.
pub fn data_groups(
    record: &CitizenRecord,
    profile: &Profile,
    keys: &KeySet,
) -> Result<Vec<(ElementaryFile, Vec<u8>)>, Error> {
    let _ = (record, profile, keys);
    todo!()
}
