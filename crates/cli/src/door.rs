//! What opens a blank to personalization: keys from a file, the test keys, or nothing.

use antin::profile::{Dialect, SecureChannel};
use antin::scp03::KeySet;
use antin::store::load_scp03_keys;
use antin::{Door, Profile, SoftCard};

use crate::args::DoorArgs;
use crate::failure::{Failure, Id};
use crate::output::Output;

/// What the command line says about the door.
#[derive(Debug)]
pub enum Keys {
    /// A development blank, or a dialect without a door.
    None,
    /// These keys.
    Scp03(KeySet),
}

/// Takes the keys from where the user says.
///
/// # Errors
/// `U106` if the profile asks for keys and none were given, `U107` for test keys that were not allowed, `U102` and
/// `M407` for a file that cannot be used.
pub fn keys(args: &DoorArgs, profile: &Profile, out: &Output) -> Result<Keys, Failure> {
    if args.development_blank {
        return Ok(Keys::None);
    }
    let foreign = profile.perso.dialect == Dialect::Jmrtd;
    match (&args.perso_keys, profile.perso.secure_channel) {
        (None, SecureChannel::None) if foreign => Ok(Keys::None),
        (Some(path), SecureChannel::None) => Err(Failure::new(Id::U103)
            .fact("option", "--perso-keys")
            .fact("value", path.display())
            .fact("profile", &profile.name)
            .said("detail", "blank-has-no-channel")),
        (Some(path), _) => {
            let keys = load_scp03_keys(path)?;
            if keys.has_test_key() && !args.allow_test_keys {
                return Err(Failure::new(Id::U107).fact("file", path.display()));
            }
            warn_of_test_keys(&keys, out);
            Ok(Keys::Scp03(keys))
        }
        (None, SecureChannel::Scp03(_)) if args.allow_test_keys => {
            let keys = KeySet::dangerous_test_keys();
            warn_of_test_keys(&keys, out);
            Ok(Keys::Scp03(keys))
        }
        (None, _) => Err(Failure::new(Id::U106).fact("profile", &profile.name)),
    }
}

fn warn_of_test_keys(keys: &KeySet, out: &Output) {
    if keys.has_test_key() {
        out.note(out.texts.text("issue-test-keys"));
    }
}

impl Keys {
    /// The door as the library takes it.
    pub fn door(&self) -> Door<'_> {
        match self {
            Self::None => Door::Open,
            Self::Scp03(keys) => Door::Scp03(keys),
        }
    }

    /// A blank that this door belongs to.
    pub fn blank(&self, profile: &Profile) -> SoftCard {
        match self {
            Self::None => SoftCard::development_blank(profile),
            Self::Scp03(keys) => SoftCard::blank(profile, keys.clone()),
        }
    }
}
