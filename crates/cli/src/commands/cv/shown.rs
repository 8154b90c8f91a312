//! What certificates and requests say, for people and as JSON.

use std::path::{Path, PathBuf};

use antin::trust::cv::{CvCertificate, CvKey, CvRequest, DomainParameters};
use schemars::JsonSchema;
use serde::Serialize;

use super::{SCHEMA, files};
use crate::commands::Outcome;
use crate::failure::Exit;
use crate::output::{Output, Tone, paint};

/// What is known about a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Signature {
    /// It fits.
    Good,
    /// It does not fit.
    Wrong,
    /// The signer's key is not at hand.
    Unchecked,
}

/// What a certificate or request says, and what is known about it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Shown {
    schema: &'static str,
    /// `certificate` or `request`.
    kind: &'static str,
    /// The file.
    file: PathBuf,
    /// The name of the key.
    holder: String,
    /// The name of the key that signed, or is asked to sign.
    authority: Option<String>,
    /// `cvca`, `dv-domestic`, `dv-foreign` or `terminal`; none in a request.
    role: Option<&'static str>,
    /// `IS`, `AT`, `ST` or an object identifier; none in a request.
    terminal_type: Option<String>,
    /// The rights that it grants.
    rights: Vec<String>,
    /// The algorithm of the key.
    algorithm: &'static str,
    /// The key's curve or length; none when it is inherited or unknown.
    group: Option<String>,
    /// First day, `YYYY-MM-DD`.
    effective: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    expiration: Option<String>,
    /// `good`, `wrong`, or `unchecked` where the signer's key is not at hand.
    signature: Signature,
    /// Who has signed around a request.
    countersigned_by: Option<String>,
    /// Why a chip will not believe what was just made, or not all of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub warnings: Vec<String>,
}

/// The result of `verify`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Judged {
    pub schema: &'static str,
    /// Whether a chip with these trust points believes the whole chain.
    pub believed: bool,
    /// Why not.
    pub reason: Option<String>,
    /// What the last certificate's holder may do at that chip.
    pub effective_rights: Vec<String>,
    /// The chip's date afterwards.
    pub date: String,
    /// The chip's trust points afterwards, the most recent first.
    pub trust_points: Vec<String>,
    /// Every certificate that was looked at.
    pub certificates: Vec<Shown>,
}

/// What any of the actions prints.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is wanted")]
pub enum Printed {
    /// A certificate or request that was made or shown.
    Shown(Shown),
    /// A chain that was judged.
    Judged(Judged),
}

/// Shows a file.
pub fn show(path: &Path, out: &Output) -> Outcome {
    let bytes = files::read(path)?;
    let shown = match CvCertificate::parse(&bytes) {
        Ok(certificate) => of_certificate(path, &certificate, own_signature(&certificate)),
        Err(fault) => match CvRequest::parse(&bytes) {
            Ok(request) => of_request(path, &request),
            Err(_) => return Err(files::malformed(path, fault)),
        },
    };
    print(&shown, out);
    if !out.is_text() {
        out.object(&shown);
    }
    Ok(Exit::Done as u8)
}

fn own_key(certificate: &CvCertificate) -> Option<CvKey> {
    certificate.public_key().resolve(None).ok()
}

/// Whether a certificate is signed by its own key.
pub fn own_signature(certificate: &CvCertificate) -> Signature {
    match own_key(certificate).filter(|_| certificate.is_self_signed()) {
        None => Signature::Unchecked,
        Some(key) if certificate.verify(&key).is_ok() => Signature::Good,
        Some(_) => Signature::Wrong,
    }
}

/// What a certificate says.
pub fn of_certificate(path: &Path, certificate: &CvCertificate, signature: Signature) -> Shown {
    let authorization = certificate.authorization();
    Shown {
        schema: SCHEMA,
        kind: "certificate",
        file: path.to_owned(),
        holder: certificate.holder().to_string(),
        authority: Some(certificate.authority().to_string()),
        role: Some(authorization.role().name()),
        terminal_type: Some(authorization.kind().name()),
        rights: authorization.rights(),
        algorithm: certificate.public_key().algorithm().name(),
        group: own_key(certificate).map(|key| key.group()),
        effective: Some(certificate.effective().to_string()),
        expiration: Some(certificate.expiration().to_string()),
        signature,
        countersigned_by: None,
        warnings: Vec::new(),
    }
}

/// What a request says.
pub fn of_request(path: &Path, request: &CvRequest) -> Shown {
    Shown {
        schema: SCHEMA,
        kind: "request",
        file: path.to_owned(),
        holder: request.holder().to_string(),
        authority: request.authority().map(ToString::to_string),
        role: None,
        terminal_type: None,
        rights: Vec::new(),
        algorithm: request.public_key().algorithm().name(),
        group: match request.public_key().domain() {
            DomainParameters::Unknown => None,
            _ => request.public_key().resolve(None).ok().map(|key| key.group()),
        },
        effective: None,
        expiration: None,
        signature: if request.verify().is_ok() {
            Signature::Good
        } else {
            Signature::Wrong
        },
        countersigned_by: request.outer_signer().map(ToString::to_string),
        warnings: Vec::new(),
    }
}

/// Prints it for people.
pub fn print(shown: &Shown, out: &Output) {
    let row = |key: &str, value: &str| {
        if !value.is_empty() {
            let label = out.texts.text(key);
            let gap = 18_usize.saturating_sub(label.chars().count());
            out.line(format!("  {label}{} {value}", " ".repeat(gap)));
        }
    };
    out.line(paint(Tone::Strong, &shown.holder));
    row("cv-authority", shown.authority.as_deref().unwrap_or_default());
    let role = shown.role.map(|role| out.texts.text(&format!("cv-role-{role}")));
    row("cv-role", role.as_deref().unwrap_or_default());
    row("cv-type", shown.terminal_type.as_deref().unwrap_or_default());
    row("cv-rights", &shown.rights.join(", "));
    row(
        "cv-key",
        &format!(
            "{} {}",
            shown.algorithm,
            shown.group.as_deref().unwrap_or_default()
        ),
    );
    let days = [&shown.effective, &shown.expiration].map(|day| day.as_deref().unwrap_or_default());
    row("cv-validity", days.join(" .. ").trim_matches([' ', '.']));
    let signature = match shown.signature {
        Signature::Good => "cv-signature-good",
        Signature::Wrong => "cv-signature-wrong",
        Signature::Unchecked => "cv-signature-unchecked",
    };
    row("cv-signature", &out.texts.text(signature));
    row(
        "cv-countersigned",
        shown.countersigned_by.as_deref().unwrap_or_default(),
    );
}
