//! Keys of authorities and signers: made, opened, and what goes wrong with them.

use std::io::IsTerminal;
use std::path::Path;

use antin::SystemRng;
use antin::authority::{
    Authority, Entry, KeyPlace, Lock, NewFile, NewKey, OpenedKey, Problem, Spelling, StoredKey,
    algorithm_name, algorithm_of, default_algorithm,
};
use antin::crypto::{Curve, SecretBytes, SignatureAlgorithm};
use antin::store::load_token_pin;
use antin::token::{Existing, Found, KeyKind, Token, TokenError, TokenUri};
use antin::trust::pki::is_test_name;
use antin::{Certificate, Error};

use crate::args::AuthorityKeyArgs;
use crate::failure::{Failure, Id};
use crate::output::Output;

/// What the command line says about a key that is to be certified.
pub struct Wanted {
    /// The curve of a new key that is not RSA.
    pub curve: Curve,
    /// How it signs.
    pub algorithm: SignatureAlgorithm,
    /// The token, for a key in one.
    pub uri: Option<TokenUri>,
    existing: Option<String>,
    bits: u32,
}

impl Wanted {
    /// Reads the options.
    pub fn of(args: &AuthorityKeyArgs, usual: Curve) -> Result<Self, Failure> {
        let uri = args.token_key.as_deref().map(TokenUri::parse).transpose();
        let uri = uri.map_err(Error::from)?;
        let curve = match &args.key_curve {
            None => usual,
            Some(text) => Curve::ALL
                .into_iter()
                .find(|one| one.name().eq_ignore_ascii_case(text))
                .ok_or_else(|| {
                    Failure::new(Id::U103)
                        .fact("option", "--curve")
                        .fact("value", text)
                        .fact("one-of", Curve::ALL.map(Curve::name).join(", "))
                })?,
        };
        let algorithm = match &args.key_algorithm {
            None => default_algorithm(curve),
            Some(text) => algorithm_of(text).map_err(|all| {
                Failure::new(Id::U103)
                    .fact("option", "--algorithm")
                    .fact("value", text)
                    .fact("one-of", all)
            })?,
        };
        if uri.is_none() && matches!(algorithm, SignatureAlgorithm::Rsa(_)) {
            return Err(Error::from(Problem::RsaOutsideToken).into());
        }
        Ok(Self {
            curve,
            algorithm,
            uri,
            existing: args.existing_key.clone(),
            bits: args.key_bits,
        })
    }

    /// The key in the words of a plan.
    pub fn described(&self) -> String {
        let kind = match self.algorithm {
            SignatureAlgorithm::Ecdsa(_) => self.curve.name().to_owned(),
            SignatureAlgorithm::Rsa(_) => format!("RSA-{}", self.bits),
        };
        let place = match &self.uri {
            None => "encrypted file".to_owned(),
            Some(uri) => uri.to_string(),
        };
        let existing = match &self.existing {
            None => String::new(),
            Some(sha256) => format!(", the one that is there: {}", sha256.to_ascii_lowercase()),
        };
        format!("{kind}, {}, {place}{existing}", algorithm_name(self.algorithm))
    }

    /// Makes the key, or finds it in its token; returns what describes it and, for a file, the file. `base` is the path of the
    /// certificate without its ending.
    pub fn make(
        &self,
        base: &Path,
        parameters: Spelling,
        limit: Option<u64>,
        password: impl FnOnce() -> Result<SecretBytes, Failure>,
        out: &Output,
    ) -> Result<(OpenedKey, Vec<NewFile>), Failure> {
        let stored = base.with_extension("toml");
        let (key, place, file) = match &self.uri {
            None => {
                let path = suffixed(base, "-key.pem");
                let made = NewKey::in_file(
                    self.curve,
                    self.algorithm,
                    parameters,
                    &password()?,
                    &mut SystemRng,
                )?;
                let file = made.file.map(|file| NewFile::secret(path.clone(), file.expose()));
                (made.key, KeyPlace::File(path), file)
            }
            Some(uri) => (
                self.in_token(uri, parameters, out)?,
                KeyPlace::Token(uri.clone()),
                None,
            ),
        };
        let described = StoredKey::new(&stored, self.algorithm, place, limit);
        let mut files = vec![NewFile::shared(stored, described.to_text())];
        files.extend(file);
        Ok((key, files))
    }

    fn in_token(&self, uri: &TokenUri, parameters: Spelling, out: &Output) -> Result<OpenedKey, Failure> {
        let token = Token::find(uri).map_err(of_token)?;
        let pin = pin(&token, uri, out)?;
        let kind = match self.algorithm {
            SignatureAlgorithm::Ecdsa(_) => KeyKind::Ec(self.curve),
            SignatureAlgorithm::Rsa(_) => KeyKind::Rsa(self.bits),
        };
        let form = parameters.into();
        let existing = self
            .existing
            .as_deref()
            .map_or(Existing::Refused, Existing::Meant);
        let (signer, found) = token
            .open_or_make_signer(pin.as_ref(), kind, existing, self.algorithm, form)
            .map_err(of_token)?;
        let text = match found {
            Found::New => "authority-key-made",
            Found::There => "authority-key-found",
        };
        out.note(out.texts.with(text, &[("key", uri.object())]));
        Ok(OpenedKey::Token(Box::new(signer)))
    }
}

/// Refuses a key that the authority certified before: one key, one certificate.
pub fn uncertified(authority: &Authority, key: &OpenedKey) -> Result<(), Failure> {
    match authority.certificate_of(key.signer().public_key())? {
        Some(path) => Err(Problem::KeyCertified { path }.into()),
        None => Ok(()),
    }
}

/// Opens the key of an entry, asking for what opens it; a password that was typed already is taken first.
pub fn open(entry: &Entry, file: Option<&Path>, prompt: &str, out: &Output) -> Result<OpenedKey, Failure> {
    let secret = match entry.key.lock().map_err(of_signer)? {
        Lock::Password => Some(password(file, prompt, Typed::Once, out)?),
        Lock::PinFile(path) => Some(load_token_pin(&path)?),
        Lock::Pin => Some(typed("prompt-token-pin", out)?),
        Lock::None => None,
    };
    entry
        .key
        .open(secret.as_ref(), &entry.certificate)
        .map_err(of_signer)
}

/// How often somebody types a password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// To open a key.
    Once,
    /// For a new key: what is mistyped opens nothing ever again.
    Twice,
}

/// A password from its file or its prompt.
pub fn password(
    file: Option<&Path>,
    prompt: &str,
    times: Typed,
    out: &Output,
) -> Result<SecretBytes, Failure> {
    if let Some(path) = file {
        return Ok(load_token_pin(path)?);
    }
    let first = typed(prompt, out)?;
    if times == Typed::Twice {
        let second = typed("prompt-password-again", out)?;
        if !first.ct_eq(second.expose()) {
            return Err(Failure::new(Id::U120).said("detail", "passwords-differ"));
        }
    }
    Ok(first)
}

fn pin(token: &Token, uri: &TokenUri, out: &Output) -> Result<Option<SecretBytes>, Failure> {
    match uri.pin_source() {
        _ if !token.asks_for_pin() => Ok(None),
        Some(path) => Ok(Some(load_token_pin(path)?)),
        None => typed("prompt-token-pin", out).map(Some),
    }
}

fn typed(prompt: &str, out: &Output) -> Result<SecretBytes, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(Id::U105));
    }
    let typed = rpassword::prompt_password(out.texts.text(prompt))
        .map_err(|error| Failure::new(Id::U105).fact("detail", error.kind()))?;
    Ok(SecretBytes::new(typed.into_bytes()))
}

/// `ds/01` with something behind it.
pub fn suffixed(base: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = base.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    base.with_file_name(name)
}

/// Refuses certificates that say TEST unless the user says that this is a trial.
pub fn demo_needs_consent(certificate: &Certificate, allowed: bool) -> Result<(), Failure> {
    match is_test_name(certificate.subject()) && !allowed {
        true => Err(Failure::new(Id::U122).fact("value", certificate.subject())),
        false => Ok(()),
    }
}

/// Why nothing was signed: the token's own answer where it was the token.
pub fn signing_failure(key: &OpenedKey, error: antin::trust::Error) -> Failure {
    match (key.take_failure(), error) {
        (Some(failure), _) => of_token(failure),
        (None, antin::trust::Error::SelfCheck { what }) => Failure::new(Id::S614).fact("detail", what),
        (None, error @ antin::trust::Error::Misuse { .. }) => Failure::new(Id::U103).fact("detail", error),
        (None, error) => Failure::new(Id::S601).fact("detail", error),
    }
}

/// A signer's error: a token that signs is not one that opens blanks.
pub fn of_signer(error: Error) -> Failure {
    match error {
        Error::Token(problem) => of_token(problem),
        other => other.into(),
    }
}

fn of_token(error: TokenError) -> Failure {
    let id = match &error {
        TokenError::Lost { .. } => Id::S603,
        TokenError::Absent { .. } | TokenError::Ambiguous { .. } => Id::S604,
        TokenError::PinLocked => Id::S605,
        TokenError::WrongPin { .. } => Id::S606,
        TokenError::KeyAbsent { .. } | TokenError::KeyUnfit { .. } => Id::S611,
        TokenError::DriverNotAllowed { .. } => Id::S616,
        TokenError::KeyTaken { .. } => Id::S619,
        _ => return Error::from(error).into(),
    };
    Failure::new(id).fact("detail", error)
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let id = match &problem {
            Problem::NoAuthority { .. } | Problem::Nothing { .. } => Id::U121,
            Problem::Settings { .. } => Id::M420,
            Problem::WrongPassword { .. } => Id::S610,
            Problem::ShortPassword { .. } => Id::U120,
            Problem::RsaOutsideToken => Id::S612,
            Problem::KeyUnlike { .. } => Id::S602,
            Problem::KeyLimit { .. } => Id::S607,
            Problem::NotValid { .. } => Id::S608,
            Problem::OutsideUsage { .. } => Id::S609,
            Problem::NoSigner { .. } => Id::S615,
            Problem::Approval { .. } => Id::S613,
            Problem::SelfCheck { .. } => Id::S614,
            Problem::KeyCertified { .. } => Id::S619,
            Problem::RulesChanged { .. } => Id::S617,
            Problem::PlanUsed { .. } => Id::S618,
            Problem::Records { .. } => Id::M423,
            Problem::InUse { .. } => Id::U123,
            _ => Id::X001,
        };
        Self::new(id).fact("detail", problem)
    }
}
