//! Private keys of authorities, verifiers and terminals.

use std::path::{Path, PathBuf};

use antin::SystemRng;
use antin::crypto::{Curve, PrivateKey, rsa};
use antin::store::{Access, read_secret, write_atomically};
use antin::trust::cv::{CvSigner, Family, TaAlgorithm};

use super::files;
use super::template::{unusable, wrong};
use crate::args::CvKeyArgs;
use crate::failure::{Failure, Id};

/// The curve of a new key, unless another one is asked for.
const CURVE: &str = "brainpoolP256r1";
/// The length of a new RSA key, unless another one is asked for.
const BITS: u32 = 2048;

/// The key that a certificate or request is made for.
pub struct Own {
    /// The key.
    pub signer: CvSigner,
    path: PathBuf,
    /// Made just now, and nowhere but in memory.
    is_new: bool,
}

impl Own {
    /// Reads the key, or makes it if the file does not exist yet; nothing is written.
    pub fn of(args: &CvKeyArgs) -> Result<Self, Failure> {
        let algorithm = algorithm(&args.algorithm)?;
        let is_new = !args.cv_key.exists();
        let of_curve = algorithm.family() == Family::Ecdsa;
        match (&args.cv_curve, args.bits) {
            (Some(curve), _) if !of_curve => {
                return Err(wrong("--curve", curve).said("detail", "cv-curve-of-rsa"));
            }
            (_, Some(bits)) if of_curve => {
                return Err(wrong("--bits", bits).said("detail", "cv-bits-of-curve"));
            }
            _ => {}
        }
        let signer = if is_new {
            made(args, algorithm)?
        } else {
            let signer = load(&args.cv_key, algorithm)?;
            agrees(args, &signer)?;
            signer
        };
        Ok(Self {
            signer,
            path: args.cv_key.clone(),
            is_new,
        })
    }

    /// Writes what was made for the key, and the key itself if it is new: both or none.
    pub fn keep_with(self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        if self.is_new {
            let file = match is_der(&self.path) {
                true => self.signer.to_pkcs8_der(),
                false => self.signer.to_pkcs8_pem(),
            };
            write_atomically(&self.path, file.expose(), Access::Owner)?;
        }
        files::save(path, bytes).inspect_err(|_| {
            if self.is_new {
                // A key that nobody has a certificate for; that it stays is no worse than what is reported.
                let _ = std::fs::remove_file(&self.path);
            }
        })
    }
}

fn made(args: &CvKeyArgs, algorithm: TaAlgorithm) -> Result<CvSigner, Failure> {
    let made = match algorithm.family() {
        Family::Ecdsa => {
            let curve = curve(args.cv_curve.as_deref().unwrap_or(CURVE))?;
            CvSigner::ec(PrivateKey::generate(curve, &mut SystemRng), algorithm)
        }
        Family::RsaV15 | Family::RsaPss => {
            let bits = args.bits.unwrap_or(BITS);
            let key = rsa::PrivateKey::generate(bits, &mut SystemRng).map_err(|_| {
                let form = format!("16 x n, {} .. {}", rsa::MIN_BITS, rsa::MAX_BITS);
                wrong("--bits", bits).fact("form", form)
            })?;
            CvSigner::rsa(key, algorithm)
        }
    };
    made.map_err(unusable)
}

/// A key that exists has its curve or length already: asking for another one must not pass in silence.
fn agrees(args: &CvKeyArgs, signer: &CvSigner) -> Result<(), Failure> {
    let own = signer.public();
    let differs = |option: &str, asked: &dyn std::fmt::Display| {
        Err(wrong(option, asked)
            .fact("file", args.cv_key.display())
            .fact("key", own.group()))
    };
    if let Some(asked) = &args.cv_curve
        && own.curve() != Some(curve(asked)?)
    {
        return differs("--curve", asked);
    }
    match args.bits {
        Some(bits) if own.group() != rsa_group(bits) => differs("--bits", &bits),
        _ => Ok(()),
    }
}

/// A length as [`antin::trust::cv::CvKey::group`] says it.
fn rsa_group(bits: u32) -> String {
    format!("RSA-{bits}")
}

/// Reads a private key, which nobody else may be able to read.
pub fn load(path: &Path, algorithm: TaAlgorithm) -> Result<CvSigner, Failure> {
    let bytes = read_secret(path, files::MAX_BYTES)?;
    let key = match core::str::from_utf8(bytes.expose()) {
        Ok(text) => CvSigner::from_pkcs8_pem(text, algorithm),
        Err(_) => CvSigner::from_pkcs8_der(bytes.expose(), algorithm),
    };
    key.map_err(|fault| {
        Failure::new(Id::S601)
            .fact("file", path.display())
            .fact("detail", fault)
    })
}

fn algorithm(text: &str) -> Result<TaAlgorithm, Failure> {
    let short = |one: TaAlgorithm| one.name().trim_start_matches("id-TA-").to_lowercase();
    let found = TaAlgorithm::ALL
        .into_iter()
        .find(|one| short(*one) == text.to_lowercase());
    found.ok_or_else(|| {
        let all: Vec<String> = TaAlgorithm::ALL.into_iter().map(short).collect();
        wrong("--algorithm", text).fact("one-of", all.join(", "))
    })
}

fn curve(text: &str) -> Result<Curve, Failure> {
    let found = Curve::STANDARDIZED
        .into_iter()
        .find(|one| one.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        let all = Curve::STANDARDIZED.map(Curve::name).join(", ");
        wrong("--curve", text).fact("one-of", all)
    })
}

/// `cvc-create` reads and writes keys as DER, under these endings.
fn is_der(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ending == "pkcs8" || ending == "der")
}
