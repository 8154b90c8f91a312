//! What opens a blank to personalization: keys from a file or in a token, the test keys, or nothing.

use std::io::IsTerminal;
use std::path::Path;

use antin::crypto::SecretBytes;
use antin::profile::{Dialect, SecureChannel};
use antin::scp03::KeySet;
use antin::store::{load_scp03_keys, load_token_pin};
use antin::token::{Token, TokenError, TokenKeys, TokenUri, is_token_uri};
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
    /// Keys that stay in their token.
    Token(TokenKeys),
}

/// Takes the keys from where the user says.
///
/// # Errors
/// `U106` if the profile asks for keys and none were given, `U107` for test keys that were not allowed, `U102` and
/// `M407` for a file that cannot be used; for a token `U101`, `U105`, `U108`, `E109` to `E111`, `A210`, `A211`, `M409`.
pub fn keys(args: &DoorArgs, profile: &Profile, out: &Output) -> Result<Keys, Failure> {
    if args.development_blank {
        return Ok(Keys::None);
    }
    let foreign = profile.perso.dialect == Dialect::Jmrtd;
    match (&args.perso_keys, profile.perso.secure_channel) {
        (None, SecureChannel::None) if foreign => Ok(Keys::None),
        (Some(source), SecureChannel::None) => Err(Failure::new(Id::U103)
            .fact("option", "--perso-keys")
            .fact("value", shown(source))
            .fact("profile", &profile.name)
            .said("detail", "blank-has-no-channel")),
        (Some(source), _) => {
            let (keys, test_keys) = match source.to_str().filter(|text| is_token_uri(text)) {
                Some(uri) => {
                    let keys = in_token(uri, out)?;
                    let test_keys = keys.has_test_key().map_err(antin::Error::from)?;
                    (Keys::Token(keys), test_keys)
                }
                None => {
                    let keys = load_scp03_keys(source)?;
                    let test_keys = keys.has_test_key();
                    (Keys::Scp03(keys), test_keys)
                }
            };
            if test_keys && !args.allow_test_keys {
                return Err(Failure::new(Id::U107).fact("file", source.display()));
            }
            if test_keys {
                out.note(out.texts.text("issue-test-keys"));
            }
            Ok(keys)
        }
        (None, SecureChannel::Scp03(_)) if args.allow_test_keys => {
            out.note(out.texts.text("issue-test-keys"));
            Ok(Keys::Scp03(KeySet::dangerous_test_keys()))
        }
        (None, _) => Err(Failure::new(Id::U106).fact("profile", &profile.name)),
    }
}

/// A URI that nobody has read yet may hold a PIN.
fn shown(source: &Path) -> String {
    match source.to_str().filter(|text| is_token_uri(text)) {
        Some(_) => "pkcs11:...".to_owned(),
        None => source.display().to_string(),
    }
}

/// Finds the token, asks for its PIN where it wants one, and sends that once.
fn in_token(uri: &str, out: &Output) -> Result<TokenKeys, Failure> {
    let uri = TokenUri::parse(uri).map_err(antin::Error::from)?;
    let token = Token::find(&uri).map_err(antin::Error::from)?;
    let pin = match uri.pin_source() {
        _ if !token.asks_for_pin() => None,
        Some(path) => Some(load_token_pin(path)?),
        None => Some(typed_pin(out)?),
    };
    Ok(token.open(pin.as_ref()).map_err(antin::Error::from)?)
}

fn typed_pin(out: &Output) -> Result<SecretBytes, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(Id::U105));
    }
    let typed = rpassword::prompt_password(out.texts.text("prompt-token-pin"))
        .map_err(|error| Failure::new(Id::U105).fact("detail", error.kind()))?;
    Ok(SecretBytes::new(typed.into_bytes()))
}

impl Keys {
    /// The door as the library takes it.
    pub fn door(&self) -> Door<'_> {
        match self {
            Self::None => Door::Open,
            Self::Scp03(keys) => Door::Scp03(keys),
            Self::Token(keys) => Door::Scp03(keys),
        }
    }

    /// A blank that this door belongs to, in a new file.
    ///
    /// # Errors
    /// `U103` for keys in a token, which a software card would have to hold itself; what writing a file can meet.
    pub fn blank(&self, profile: &Profile, file: &Path) -> Result<SoftCard, Failure> {
        let blank = match self {
            Self::None => SoftCard::development_blank(profile),
            Self::Scp03(keys) => SoftCard::blank(profile, keys.clone()),
            Self::Token(_) => {
                return Err(Failure::new(Id::U103)
                    .fact("option", "--perso-keys")
                    .fact("value", "pkcs11:...")
                    .said("detail", "software-card-holds-keys"));
            }
        };
        Ok(blank.kept_in(file)?)
    }

    /// Says why an issue broke off if it was the token, which the conversation with the card cannot know.
    pub fn explain(&self, failure: Failure) -> Failure {
        let Self::Token(keys) = self else { return failure };
        let Some(lost) = keys.take_failure() else {
            return failure;
        };
        let state = failure.facts.into_iter().find(|(name, _)| *name == "state");
        let mut told = Failure::from(lost);
        told.facts.extend(state);
        told
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        let id = match &error {
            TokenError::Uri { .. } => Id::U108,
            TokenError::PinInUri => Id::U101,
            TokenError::Absent { .. } | TokenError::Ambiguous { .. } => Id::E110,
            TokenError::WrongPin { .. } => Id::A210,
            TokenError::PinLocked => Id::A211,
            TokenError::KeyAbsent { .. } | TokenError::KeyUnfit { .. } => Id::M409,
            TokenError::Lost { .. } => Id::E111,
            // What the driver refuses without a better name, now or in a later version.
            _ => Id::E109,
        };
        Failure::new(id).fact("detail", error)
    }
}
