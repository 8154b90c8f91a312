//! `antin cvca|dv|is create|request|sign|show|verify`: certificates of terminals, in the files that `cvc-create` and
//! `cvc-print` of openpace use.

use std::path::{Path, PathBuf};

use antin::SystemRng;
use antin::crypto::{Curve, PrivateKey, SecretBytes, rsa};
use antin::store::{Access, read_bounded, write_atomically};
use antin::trust::cv::{
    Authorization, CertificateTemplate, CvCertificate, CvKey, CvRequest, CvSigner, Date, DomainParameters,
    Family, Presented, Reference, Role, Sha1, TaAlgorithm, TerminalType, TrustPoint, TrustPoints,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::Outcome;
use crate::args::{CvCommand, CvIssuer, CvKeyArgs, CvRights, CvTerminal};
use crate::failure::{Exit, Failure, Id};
use crate::output::{Output, Tone, paint};

/// The name of the output's schema.
pub const SCHEMA: &str = "antin.cv/1";

/// The exit code for a certificate that is not believed.
const NOT_BELIEVED: u8 = 10;

/// Whose certificate is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// A country's authority.
    Cvca,
    /// A document verifier.
    Dv,
    /// A terminal.
    Is,
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
    signature: &'static str,
    /// Who has signed around a request.
    countersigned_by: Option<String>,
}

/// The result of `verify`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Judged {
    schema: &'static str,
    /// Whether a chip with these trust points believes the whole chain.
    believed: bool,
    /// Why not.
    reason: Option<String>,
    /// What the last certificate's holder may do at that chip.
    effective_rights: Vec<String>,
    /// The chip's date afterwards.
    date: String,
    /// The chip's trust points afterwards, the most recent first.
    trust_points: Vec<String>,
    /// Every certificate that was looked at.
    certificates: Vec<Shown>,
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

/// Runs one of the actions.
pub fn run(noun: Noun, command: &CvCommand, out: &Output) -> Outcome {
    match command {
        CvCommand::Create {
            chr,
            key,
            rights,
            issuer,
            cv_out,
        } => {
            let own = key_of(key)?;
            let by = match (noun, issuer.by.is_some()) {
                (Noun::Cvca, false) => None,
                _ => Some(issuer_of(issuer)?),
            };
            let name = reference(chr)?;
            let (authority, signer) = match &by {
                None => (name.clone(), &own),
                Some((certificate, signer)) => (certificate.holder().clone(), signer),
            };
            let made = template(noun, rights, by.as_ref(), authority, name, own.public())?
                .sign(signer, &mut SystemRng)
                .map_err(unusable)?;
            save(cv_out, made.as_bytes())?;
            certificate_made(cv_out, &made, out)
        }
        CvCommand::Request {
            chr,
            key,
            authority,
            known_as,
            known_key,
            cv_out,
        } => {
            let own = key_of(key)?;
            let authority = authority.as_deref().map(reference).transpose()?;
            let mut made = CvRequest::create(&reference(chr)?, authority.as_ref(), &own, &mut SystemRng)
                .map_err(unusable)?;
            if let (Some(name), Some(path)) = (known_as, known_key) {
                let known = load_key(path, own.algorithm())?;
                made = made
                    .countersign(&reference(name)?, &known, &mut SystemRng)
                    .map_err(unusable)?;
            }
            save(cv_out, &made.to_bytes())?;
            out.line(cv_out.display().to_string());
            out.note(out.texts.text("cv-test-only"));
            if !out.is_text() {
                out.object(&of_request(cv_out, &made));
            }
            Ok(Exit::Done as u8)
        }
        CvCommand::Sign {
            request,
            rights,
            issuer,
            cv_out,
        } => {
            let asked = CvRequest::parse(&read(request)?).map_err(|fault| malformed(request, fault))?;
            let key = asked.verify().map_err(|fault| malformed(request, fault))?;
            let (certificate, signer) = issuer_of(issuer)?;
            let authority = certificate.holder().clone();
            let by = (certificate, signer);
            let mut template = template(noun, rights, Some(&by), authority, asked.holder().clone(), key)?;
            template.extensions = asked.extensions().map(<[u8]>::to_vec);
            let made = template.sign(&by.1, &mut SystemRng).map_err(unusable)?;
            save(cv_out, made.as_bytes())?;
            certificate_made(cv_out, &made, out)
        }
        CvCommand::Show { cv_file } => show(cv_file, out),
        CvCommand::Verify {
            certificates,
            anchor,
            date,
            sha1,
        } => verify(certificates, anchor, date.as_deref(), *sha1, out),
    }
}

fn certificate_made(path: &Path, made: &CvCertificate, out: &Output) -> Outcome {
    out.line(path.display().to_string());
    out.note(out.texts.text("cv-test-only"));
    if !out.is_text() {
        out.object(&of_certificate(path, made, "good"));
    }
    Ok(Exit::Done as u8)
}

fn template(
    noun: Noun,
    asked: &CvRights,
    by: Option<&(CvCertificate, CvSigner)>,
    authority: Reference,
    holder: Reference,
    key: CvKey,
) -> Result<CertificateTemplate, Failure> {
    let role = match (noun, asked.foreign) {
        (Noun::Cvca, false) => Role::Cvca,
        (Noun::Dv, false) => Role::DvDomestic,
        (Noun::Dv, true) => Role::DvForeign,
        (Noun::Is, false) => Role::Terminal,
        (Noun::Cvca | Noun::Is, true) => return Err(Failure::new(Id::U103).fact("value", "--foreign")),
    };
    let kind = match (asked.terminal_type, by) {
        (Some(CvTerminal::Is), _) | (None, None) => TerminalType::Is,
        (Some(CvTerminal::At), _) => TerminalType::At,
        (Some(CvTerminal::St), _) => TerminalType::St,
        (None, Some((certificate, _))) => certificate.authorization().kind(),
    };
    let bare = Authorization::new(kind, role).map_err(unusable)?;
    let authorization = match asked.rights.as_str() {
        "all" => bare.with_all_rights(),
        "none" => bare,
        list => list.split(',').try_fold(bare, |sum, right| {
            sum.with_right(right.trim()).map_err(|_| {
                Failure::new(Id::U103)
                    .fact("value", right)
                    .fact("one-of", Authorization::known_rights(kind).join(", "))
            })
        })?,
    };
    let effective = match &asked.from {
        Some(text) => day(text)?,
        None => today()?,
    };
    let days = asked.days.unwrap_or(match noun {
        Noun::Cvca => 3 * 365,
        Noun::Dv => 90,
        Noun::Is => 30,
    });
    let expiration = effective
        .plus_days(days)
        .ok_or_else(|| Failure::new(Id::U103).fact("value", days))?;
    Ok(CertificateTemplate {
        authority,
        holder,
        key,
        authorization,
        effective,
        expiration,
        extensions: None,
    })
}

fn show(path: &Path, out: &Output) -> Outcome {
    let bytes = read(path)?;
    let shown = match CvCertificate::parse(&bytes) {
        Ok(certificate) => of_certificate(path, &certificate, own_signature(&certificate)),
        Err(fault) => match CvRequest::parse(&bytes) {
            Ok(request) => of_request(path, &request),
            Err(_) => return Err(malformed(path, fault)),
        },
    };
    print(&shown, out);
    if !out.is_text() {
        out.object(&shown);
    }
    Ok(Exit::Done as u8)
}

fn verify(files: &[PathBuf], anchors: &[PathBuf], date: Option<&str>, sha1: bool, out: &Output) -> Outcome {
    let load = |path: &PathBuf| {
        let read = CvCertificate::parse(&read(path)?).map_err(|fault| malformed(path, fault))?;
        Ok::<_, Failure>((path.clone(), read))
    };
    let roots: Vec<_> = anchors.iter().map(load).collect::<Result<_, _>>()?;
    let chain: Vec<_> = files.iter().map(load).collect::<Result<_, _>>()?;
    let points = roots
        .iter()
        .map(|(path, root)| {
            own_key(root)
                .and_then(|key| root.verify(&key).ok())
                .ok_or_else(|| Failure::new(Id::M405).fact("file", path.display()))?;
            TrustPoint::new(root).map_err(|fault| malformed(path, fault))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let start = match date {
        Some(text) => day(text)?,
        None => today()?,
    };
    let sha1 = if sha1 { Sha1::Allowed } else { Sha1::Refused };
    let mut chip = TrustPoints::new(start, sha1, points).map_err(unusable)?;
    let mut session = Presented::default();
    let mut reason = None;
    let mut certificates = Vec::new();
    for (path, certificate) in &chain {
        let result = match reason {
            None => chip.import(&mut session, certificate.authority(), certificate),
            Some(_) => break,
        };
        certificates.push(of_certificate(
            path,
            certificate,
            if result.is_ok() { "good" } else { "unchecked" },
        ));
        reason = result.err().map(|fault| fault.to_string());
    }
    let believed = reason.is_none();
    let judged = Judged {
        schema: SCHEMA,
        believed,
        effective_rights: match (believed, session.last()) {
            (true, Some(last)) => last.authorization().rights(),
            _ => Vec::new(),
        },
        reason,
        date: chip.current_date().to_string(),
        trust_points: chip.references().iter().map(ToString::to_string).collect(),
        certificates,
    };
    judged.certificates.iter().for_each(|one| print(one, out));
    let (tone, word) = match believed {
        true => (Tone::Good, out.texts.text("cv-believed")),
        false => (Tone::Bad, out.texts.text("cv-refused")),
    };
    let why = judged
        .reason
        .as_deref()
        .map(|why| format!(": {why}"))
        .unwrap_or_default();
    out.line(format!("{}{why}", paint(tone, &word)));
    if !out.is_text() {
        out.object(&judged);
    }
    Ok(if believed { Exit::Done as u8 } else { NOT_BELIEVED })
}

fn own_key(certificate: &CvCertificate) -> Option<CvKey> {
    certificate.public_key().resolve(None).ok()
}

fn own_signature(certificate: &CvCertificate) -> &'static str {
    match own_key(certificate).filter(|_| certificate.is_self_signed()) {
        None => "unchecked",
        Some(key) if certificate.verify(&key).is_ok() => "good",
        Some(_) => "wrong",
    }
}

fn of_certificate(path: &Path, certificate: &CvCertificate, signature: &'static str) -> Shown {
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
    }
}

fn of_request(path: &Path, request: &CvRequest) -> Shown {
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
        signature: if request.verify().is_ok() { "good" } else { "wrong" },
        countersigned_by: request.outer_signer().map(ToString::to_string),
    }
}

fn print(shown: &Shown, out: &Output) {
    let row = |key: &str, value: &str| {
        if !value.is_empty() {
            let label = out.texts.text(key);
            let gap = 18_usize.saturating_sub(label.chars().count());
            out.line(format!("  {label}{} {value}", " ".repeat(gap)));
        }
    };
    out.line(paint(Tone::Strong, &shown.holder));
    row("cv-authority", shown.authority.as_deref().unwrap_or_default());
    row("cv-role", shown.role.unwrap_or_default());
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
    row("cv-signature", shown.signature);
    row(
        "cv-countersigned",
        shown.countersigned_by.as_deref().unwrap_or_default(),
    );
}

/// Reads the key, or makes it if the file does not exist yet.
fn key_of(args: &CvKeyArgs) -> Result<CvSigner, Failure> {
    let algorithm = algorithm(&args.algorithm)?;
    if args.cv_key.exists() {
        return load_key(&args.cv_key, algorithm);
    }
    let made = match algorithm.family() {
        Family::Ecdsa => CvSigner::ec(
            PrivateKey::generate(curve(&args.cv_curve)?, &mut SystemRng),
            algorithm,
        ),
        Family::RsaV15 | Family::RsaPss => {
            let key = rsa::PrivateKey::generate(args.bits, &mut SystemRng)
                .map_err(|_| Failure::new(Id::U103).fact("value", args.bits))?;
            CvSigner::rsa(key, algorithm)
        }
    };
    let made = made.map_err(unusable)?;
    let file = match is_der(&args.cv_key) {
        true => made.to_pkcs8_der(),
        false => made.to_pkcs8_pem(),
    };
    write_atomically(&args.cv_key, file.expose(), Access::Owner)?;
    Ok(made)
}

fn load_key(path: &Path, algorithm: TaAlgorithm) -> Result<CvSigner, Failure> {
    let bytes = SecretBytes::new(read(path)?);
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

/// The certificate that signs, and its key, which must belong to it.
fn issuer_of(args: &CvIssuer) -> Result<(CvCertificate, CvSigner), Failure> {
    let (Some(path), Some(key)) = (&args.by, &args.by_key) else {
        return Err(Failure::new(Id::U103).fact("value", "--by CERTIFICATE --by-key KEY"));
    };
    let certificate = CvCertificate::parse(&read(path)?).map_err(|fault| malformed(path, fault))?;
    let signer = load_key(key, certificate.public_key().algorithm())?;
    let stated = certificate.public_key().resolve(signer.public().curve());
    if stated.ok() != Some(signer.public()) {
        return Err(Failure::new(Id::S602).fact("file", key.display()));
    }
    Ok((certificate, signer))
}

fn algorithm(text: &str) -> Result<TaAlgorithm, Failure> {
    let short = |one: TaAlgorithm| one.name().trim_start_matches("id-TA-").to_lowercase();
    let found = TaAlgorithm::ALL
        .into_iter()
        .find(|one| short(*one) == text.to_lowercase());
    found.ok_or_else(|| {
        let all: Vec<String> = TaAlgorithm::ALL.into_iter().map(short).collect();
        Failure::new(Id::U103)
            .fact("value", text)
            .fact("one-of", all.join(", "))
    })
}

fn curve(text: &str) -> Result<Curve, Failure> {
    let found = Curve::ALL
        .into_iter()
        .find(|one| one.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        Failure::new(Id::U103)
            .fact("value", text)
            .fact("one-of", Curve::ALL.map(Curve::name).join(", "))
    })
}

fn reference(text: &str) -> Result<Reference, Failure> {
    Reference::from_text(text).map_err(unusable)
}

fn day(text: &str) -> Result<Date, Failure> {
    Date::from_text(text).ok_or_else(|| Failure::new(Id::U103).fact("value", text))
}

fn today() -> Result<Date, Failure> {
    Date::from_time(antin::now()).ok_or_else(|| Failure::new(Id::U103).fact("value", antin::now()))
}

fn unusable(fault: antin::trust::Error) -> Failure {
    Failure::new(Id::U103).fact("detail", fault)
}

fn malformed(path: &Path, fault: antin::trust::Error) -> Failure {
    Failure::new(Id::M403)
        .fact("file", path.display())
        .fact("detail", fault)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    Ok(read_bounded(path, MAX_BYTES)?)
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if path.exists() {
        return Err(Failure::new(Id::U104).fact("file", path.display()));
    }
    Ok(write_atomically(path, bytes, Access::Shared)?)
}

/// `cvc-create` reads and writes keys as DER, under these endings.
fn is_der(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ending == "pkcs8" || ending == "der")
}

/// Certificates and keys are far shorter.
const MAX_BYTES: u64 = 16 * 1024;
