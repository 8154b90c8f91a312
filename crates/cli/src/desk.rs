//! Whoever signs the documents of a station: a key from a folder or a token, its certificate, and its authority.

use std::path::Path;

use antin::authority::{
    DocumentCounter, KeyLedger, KeyPlace, Lock, OpenedKey, StoredKey, counter_beside, default_algorithm,
    document_signer, may_sign_type,
};
use antin::crypto::{Hash, SignatureAlgorithm};
use antin::store::{SignerFolder, load_token_pin, load_trust};
use antin::token::{TokenUri, is_token_uri};
use antin::trust::pki::is_test_name;
use antin::{Certificate, TrustStore, UnixTime};

use crate::args::IssueArgs;
use crate::commands::authority::{Typed, demo_needs_consent, of_signer, open_key, password, signing_failure};
use crate::failure::{Failure, Id};
use crate::output::Output;

/// A document signer that may sign now.
pub struct Desk {
    /// Its key.
    pub key: OpenedKey,
    /// Its certificate.
    pub certificate: Certificate,
    /// Its authority, for the read-back.
    pub trust: TrustStore,
    counter: Option<DocumentCounter>,
}

impl Desk {
    /// Opens what `--signer` names, and books one card.
    ///
    /// # Errors
    /// `S601` to `S616`, `U121`, `U122`, `M420`; what asking for a password can meet.
    pub fn open(args: &IssueArgs, code: &str, at: UnixTime, out: &Output) -> Result<Self, Failure> {
        let uri = args.signer.to_str().filter(|text| is_token_uri(text));
        let password_file = args.signer_unlock.signer_password_file.as_deref();
        let desk = match uri {
            Some(uri) => Self::in_token(uri, args, out)?,
            None if args.signer.join("ds").is_dir() || antin::authority::Settings::are_in(&args.signer) => {
                Self::of_authority(&args.signer, password_file, code, at, out)?
            }
            None => Self::of_folder(&args.signer, password_file, out)?,
        };
        demo_needs_consent(&desk.certificate, args.door.allow_test_keys)?;
        may_sign(&desk.certificate, at)?;
        if !may_sign_type(&desk.certificate, code) {
            let types = desk.certificate.document_types().unwrap_or_default().join(",");
            return Err(Failure::new(Id::S615)
                .fact("value", desk.certificate.subject())
                .fact("detail", format!("for {types}, not {code}")));
        }
        desk.book(out)?;
        let name = crate::shown::shown(&desk.certificate.subject().to_string()).to_string();
        out.note(out.texts.with("authority-signs", &[("signer", &name)]));
        Ok(desk)
    }

    /// Books the card, whichever way the key came: the limit belongs to the key, not to its folder.
    fn book(&self, out: &Output) -> Result<(), Failure> {
        let ledger = KeyLedger::of_user();
        let counter = match &self.counter {
            Some(counter) => Some(counter.clone().and_by_key(ledger.as_ref(), &self.certificate)),
            None => ledger.and_then(|ledger| ledger.known(&self.certificate)),
        };
        match counter {
            Some(counter) => counter.reserve(1)?,
            None if is_test_name(self.certificate.subject()) => {}
            None => out.note(out.texts.text("authority-no-limit-known")),
        }
        Ok(())
    }

    /// The folder of an authority, or of a station: `ds/` and `trust/`.
    fn of_authority(
        folder: &Path,
        password_file: Option<&Path>,
        code: &str,
        at: UnixTime,
        out: &Output,
    ) -> Result<Self, Failure> {
        let entry = document_signer(folder, code, at)?;
        let key = open_key(&entry, password_file, "prompt-signer-password", out)?;
        Ok(Self {
            key,
            trust: own_authority(folder)?,
            counter: Some(entry.counter()),
            certificate: entry.certificate,
        })
    }

    /// A folder with one key and one certificate.
    fn of_folder(folder: &Path, password_file: Option<&Path>, out: &Output) -> Result<Self, Failure> {
        let secret = match SignerFolder::is_locked(folder)? {
            true => Some(password(
                password_file,
                "prompt-signer-password",
                Typed::Once,
                out,
            )?),
            false => None,
        };
        let loaded = SignerFolder::load_with(folder, secret.as_ref())?;
        Ok(Self {
            key: OpenedKey::Soft(loaded.signer().clone()),
            certificate: loaded.certificate().clone(),
            trust: own_authority(folder)?,
            counter: counter_beside(loaded.certificate_path())?,
        })
    }

    /// A key in a token, whose certificate lies in a file.
    fn in_token(uri: &str, args: &IssueArgs, out: &Output) -> Result<Self, Failure> {
        let uri = TokenUri::parse(uri).map_err(antin::Error::from)?;
        let (Some(certificate), Some(trust)) = (&args.signer_cert, &args.signer_trust) else {
            return Err(Failure::new(Id::U100).fact("missing", "--signer-cert FILE --signer-trust DIR"));
        };
        let bytes = antin::store::read_bounded(certificate, MAX_CERTIFICATE_BYTES)?;
        let read = Certificate::from_bytes(&bytes).map_err(|fault| {
            Failure::new(Id::M405)
                .fact("file", certificate.display())
                .fact("detail", fault)
        })?;
        let stored = StoredKey::new(certificate, usual(&read)?, KeyPlace::Token(uri), None);
        let secret = match stored.lock().map_err(of_signer)? {
            Lock::PinFile(path) => Some(load_token_pin(&path)?),
            Lock::None => None,
            Lock::Pin | Lock::Password => Some(password(None, "prompt-token-pin", Typed::Once, out)?),
        };
        Ok(Self {
            key: stored.open(secret.as_ref(), &read).map_err(of_signer)?,
            certificate: read,
            trust: load_trust(trust)?,
            counter: counter_beside(certificate)?,
        })
    }

    /// Why the card's documents could not be signed.
    pub fn explain(&self, error: antin::Error) -> Failure {
        match error {
            antin::Error::Signing(error) => signing_failure(&self.key, error),
            other => other.into(),
        }
    }
}

/// The algorithm that a certificate does not state: as strong as its key.
fn usual(certificate: &Certificate) -> Result<SignatureAlgorithm, Failure> {
    let key = certificate
        .public_key()
        .map_err(|fault| Failure::new(Id::S601).fact("detail", fault))?;
    Ok(key
        .curve()
        .map_or(SignatureAlgorithm::rsa_pss(Hash::Sha256), default_algorithm))
}

/// The signer's own country authority, for the read-back: `trust/` in its folder, as `antin pki demo` writes it.
fn own_authority(folder: &Path) -> Result<TrustStore, Failure> {
    let trust = folder.join("trust");
    if !trust.is_dir() {
        return Err(Failure::new(Id::S601)
            .fact("file", trust.display())
            .fact("missing", "CSCA"));
    }
    Ok(load_trust(&trust)?)
}

/// A signature outside the private key usage period would make the card fail at every counter.
fn may_sign(certificate: &Certificate, at: UnixTime) -> Result<(), Failure> {
    let (from, until) = (certificate.not_before(), certificate.not_after());
    let refused = |id: Id, from: UnixTime, until: UnixTime| {
        Err(Failure::new(id)
            .fact("value", certificate.subject())
            .fact("detail", format!("{from} .. {until}")))
    };
    if at < from || at > until {
        return refused(Id::S608, from, until);
    }
    let period = certificate.usage_period();
    let from = period.and_then(|period| period.not_before).unwrap_or(from);
    let until = period.and_then(|period| period.not_after).unwrap_or(until);
    if at < from || at > until {
        return refused(Id::S609, from, until);
    }
    Ok(())
}

const MAX_CERTIFICATE_BYTES: u64 = 256 * 1024;
