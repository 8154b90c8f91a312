//! A token found, opened, and asked for codes.

use std::cell::RefCell;

use antin_crypto::{SecretBytes, Suite};
use antin_protocol::Error as ProtocolError;
use antin_protocol::scp03::{KeyName, KeySet, StaticKeys};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as DriverError, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::RawAuthPin;

use super::{LastTry, TokenError, TokenUri};

/// A token that a URI means, before its PIN.
pub struct Token {
    pub(super) uri: TokenUri,
    pub(super) driver: Pkcs11,
    pub(super) slot: Slot,
    asks_for_pin: bool,
}

impl core::fmt::Debug for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Token({})", self.uri)
    }
}

impl Token {
    /// Loads the driver and finds the one token that the URI means.
    ///
    /// # Errors
    ///
    /// [`TokenError::Module`], [`TokenError::Absent`], [`TokenError::Ambiguous`]; [`TokenError::PinLocked`] before
    /// anybody types a PIN in vain.
    pub fn find(uri: &TokenUri) -> Result<Self, TokenError> {
        let module = |what: String| TokenError::Module {
            path: uri.module().to_owned(),
            what,
        };
        let driver = Pkcs11::new(uri.module()).map_err(|error| module(error.to_string()))?;
        match driver.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // The same driver serves another token of this process.
            Ok(()) | Err(DriverError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(module(error.to_string())),
        }
        let (mut fitting, mut labels, mut serials) = (Vec::new(), Vec::new(), Vec::new());
        for slot in driver.get_slots_with_initialized_token().map_err(told)? {
            // A token that is pulled while its neighbours are looked at is not there.
            let Ok(info) = driver.get_token_info(slot) else {
                continue;
            };
            let (label, serial) = (info.label(), info.serial_number());
            labels.push(label.to_owned());
            if uri.means(label, info.manufacturer_id(), info.model(), serial) {
                serials.push(serial.to_owned());
                fitting.push((slot, info));
            }
        }
        let found = |names: Vec<String>| match names.is_empty() {
            true => "none".to_owned(),
            false => names.join(", "),
        };
        if fitting.len() > 1 {
            return Err(TokenError::Ambiguous {
                found: found(serials),
            });
        }
        let (slot, info) = fitting
            .pop()
            .ok_or_else(|| TokenError::Absent { found: found(labels) })?;
        if info.user_pin_locked() {
            return Err(TokenError::PinLocked);
        }
        Ok(Self {
            uri: uri.clone(),
            driver,
            slot,
            // A token with keys of its own to type on asks by itself.
            asks_for_pin: info.login_required() && !info.protected_authentication_path(),
        })
    }

    /// Says whether the token wants a PIN from us.
    #[must_use]
    pub fn asks_for_pin(&self) -> bool {
        self.asks_for_pin
    }

    /// Opens a session with the PIN, which is sent once, and finds the keys.
    ///
    /// # Errors
    ///
    /// [`TokenError::WrongPin`], [`TokenError::PinLocked`], [`TokenError::KeyAbsent`], [`TokenError::KeyUnfit`],
    /// [`TokenError::Lost`], [`TokenError::Refused`].
    pub fn open(self, pin: Option<&SecretBytes>) -> Result<TokenKeys, TokenError> {
        let session = self.log_in(pin, Sessions::ThatRead)?;
        let enc = Key::find(&session, format!("{}-enc", self.uri.object()))?;
        let mac = Key::find(&session, format!("{}-mac", self.uri.object()))?;
        if enc.suite != mac.suite {
            return Err(TokenError::KeyUnfit {
                label: mac.label,
                what: "not as long as Key-ENC".to_owned(),
            });
        }
        let computes = self.driver.get_mechanism_list(self.slot).map_err(told)?;
        if !computes.contains(&MechanismType::AES_CMAC) {
            return Err(TokenError::KeyUnfit {
                label: enc.label,
                what: "the token does not compute AES-CMAC".to_owned(),
            });
        }
        let keys = TokenKeys {
            version: self.uri.key_version(),
            session,
            enc,
            mac,
            failure: RefCell::new(None),
        };
        // A key that may not sign is found now, not with a card in the field.
        keys.code(KeyName::Enc, &TRIAL)?;
        keys.code(KeyName::Mac, &TRIAL)?;
        Ok(keys)
    }

    /// Opens a session with the PIN, which is sent once.
    pub(super) fn log_in(
        &self,
        pin: Option<&SecretBytes>,
        sessions: Sessions,
    ) -> Result<Session, TokenError> {
        let session = match sessions {
            Sessions::ThatRead => self.driver.open_ro_session(self.slot),
            Sessions::ThatWrite => self.driver.open_rw_session(self.slot),
        }
        .map_err(told)?;
        let login = match pin {
            Some(pin) => {
                let pin = RawAuthPin::new(Box::new(pin.expose().to_vec()));
                session.login_with_raw(UserType::User, &pin)
            }
            None if self
                .driver
                .get_token_info(self.slot)
                .map_err(told)?
                .login_required() =>
            {
                session.login(UserType::User, None)
            }
            None => Ok(()),
        };
        match login {
            Ok(()) | Err(DriverError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(error) => Err(self.refused_login(error)),
        }
    }

    fn refused_login(&self, error: DriverError) -> TokenError {
        let last_try = match self.driver.get_token_info(self.slot) {
            Ok(info) if info.user_pin_locked() => return TokenError::PinLocked,
            Ok(info) if info.user_pin_final_try() => LastTry::Yes,
            _ => LastTry::No,
        };
        match told(error) {
            TokenError::WrongPin { .. } => TokenError::WrongPin { last_try },
            other => other,
        }
    }
}

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sessions {
    /// Using keys.
    ThatRead,
    /// Making keys.
    ThatWrite,
}

/// An AES key in a token.
struct Key {
    label: String,
    handle: ObjectHandle,
    suite: Suite,
}

impl Key {
    fn find(session: &Session, label: String) -> Result<Self, TokenError> {
        let wanted = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::Label(label.clone().into_bytes()),
        ];
        let found = session.find_objects(&wanted).map_err(told)?;
        let &[handle] = found.as_slice() else {
            return Err(TokenError::KeyAbsent {
                label,
                found: found.len(),
            });
        };
        let kind = [AttributeType::KeyType, AttributeType::ValueLen];
        let (mut is_aes, mut suite) = (false, None);
        for attribute in session.get_attributes(handle, &kind).map_err(told)? {
            match attribute {
                Attribute::KeyType(kind) => is_aes = kind == KeyType::AES,
                Attribute::ValueLen(len) => suite = suite_of(u64::from(len)),
                _ => {}
            }
        }
        match suite.filter(|_| is_aes) {
            Some(suite) => Ok(Self { label, handle, suite }),
            None => Err(TokenError::KeyUnfit {
                label,
                what: "no AES key of 16, 24 or 32 bytes".to_owned(),
            }),
        }
    }
}

fn suite_of(len_bytes: u64) -> Option<Suite> {
    [Suite::Aes128, Suite::Aes192, Suite::Aes256]
        .into_iter()
        .find(|suite| u64::try_from(suite.key_len()) == Ok(len_bytes))
}

/// The static keys of SCP03 in a token: their codes come out, they do not.
pub struct TokenKeys {
    version: u8,
    session: Session,
    enc: Key,
    mac: Key,
    failure: RefCell<Option<TokenError>>,
}

impl core::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TokenKeys({}, {})", self.enc.label, self.mac.label)
    }
}

impl TokenKeys {
    /// Says whether one of these is the key that everybody knows, which its codes betray.
    ///
    /// # Errors
    ///
    /// [`TokenError::Lost`], [`TokenError::Refused`].
    pub fn has_test_key(&self) -> Result<bool, TokenError> {
        let known: Vec<u8> = (0x40..0x50).cycle().take(self.suite().key_len()).collect();
        let key = || SecretBytes::new(known.clone());
        let known = KeySet::new(0, key(), key(), key()).and_then(|known| known.cmac(KeyName::Enc, &TRIAL));
        let known = known.map_err(|error| TokenError::Refused {
            what: error.to_string(),
        })?;
        for name in [KeyName::Enc, KeyName::Mac] {
            if antin_crypto::ct_eq(&self.code(name, &TRIAL)?, &known) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes why the token failed while a channel was opened, if it did: the conversation knows only that it broke off.
    #[must_use]
    pub fn take_failure(&self) -> Option<TokenError> {
        self.failure.take()
    }

    fn code(&self, name: KeyName, message: &[u8]) -> Result<[u8; 16], TokenError> {
        let key = match name {
            KeyName::Enc => &self.enc,
            KeyName::Mac => &self.mac,
        };
        let code = self.session.sign(&Mechanism::AesCMac, key.handle, message);
        let code = code.map_err(|error| match told(error) {
            TokenError::Refused { what } => TokenError::KeyUnfit {
                label: key.label.clone(),
                what,
            },
            other => other,
        })?;
        code.try_into().map_err(|_| TokenError::KeyUnfit {
            label: key.label.clone(),
            what: "a code that is not 16 bytes long".to_owned(),
        })
    }
}

impl StaticKeys for TokenKeys {
    fn version(&self) -> u8 {
        self.version
    }

    fn suite(&self) -> Suite {
        self.enc.suite
    }

    fn cmac(&self, key: KeyName, message: &[u8]) -> Result<[u8; 16], ProtocolError> {
        self.code(key, message).map_err(|error| {
            self.failure.replace(Some(error));
            ProtocolError::Crypto(antin_crypto::Error::SignerUnavailable {
                what: "the token with the static keys failed".to_owned(),
            })
        })
    }
}

/// A message that no derivation of SCP03 begins with, which always names a length.
const TRIAL: [u8; 16] = [0; 16];

/// What a driver says, told apart by what the user can do about it.
pub(super) fn told(error: DriverError) -> TokenError {
    let DriverError::Pkcs11(code, function) = error else {
        return TokenError::Refused {
            what: error.to_string(),
        };
    };
    // The driver crate's own words are a paragraph each.
    let what = format!("{function}: {code:?}");
    match code {
        RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => TokenError::WrongPin {
            last_try: LastTry::No,
        },
        RvError::PinLocked | RvError::PinExpired | RvError::UserPinNotInitialized => TokenError::PinLocked,
        RvError::DeviceRemoved
        | RvError::DeviceError
        | RvError::TokenNotPresent
        | RvError::SessionClosed
        | RvError::SessionHandleInvalid
        | RvError::UserNotLoggedIn
        // A handle that was good when the session began goes with its login.
        | RvError::KeyHandleInvalid
        | RvError::ObjectHandleInvalid
        | RvError::CryptokiNotInitialized => TokenError::Lost { what },
        _ => TokenError::Refused { what },
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    fn said(code: RvError) -> TokenError {
        told(DriverError::Pkcs11(code, Function::Sign))
    }

    #[test]
    fn a_wrong_pin_a_locked_one_and_a_lost_session_are_told_apart() {
        let wrong = TokenError::WrongPin {
            last_try: LastTry::No,
        };
        assert_eq!(said(RvError::PinIncorrect), wrong);
        assert_eq!(said(RvError::PinLocked), TokenError::PinLocked);
        for lost in [
            RvError::DeviceRemoved,
            RvError::SessionHandleInvalid,
            RvError::TokenNotPresent,
        ] {
            assert!(matches!(said(lost), TokenError::Lost { .. }), "{lost:?}");
        }
        assert!(matches!(said(RvError::GeneralError), TokenError::Refused { .. }));
        assert!(matches!(
            told(DriverError::NotSupported),
            TokenError::Refused { .. }
        ));
    }

    #[test]
    fn a_driver_that_is_none_is_named() {
        let uri = TokenUri::parse("pkcs11:object=k?module-path=/nowhere/driver.so").expect("a URI");
        assert!(matches!(Token::find(&uri), Err(TokenError::Module { .. })));
    }
}
