//! `antin inspect FILE`: what a file says, whatever it is. It believes nothing: `antin verify` judges.

use std::io::Read;
use std::path::Path;

use antin::Certificate;
use antin::crypto::VerifyingKey;
use antin::lds::card_access::EfCardAccess;
use antin::lds::com::EfCom;
use antin::lds::dg1::Dg1;
use antin::lds::dg2::Dg2;
use antin::lds::dg13::{Dg13Value, VietnamDg13};
use antin::lds::dg14::Dg14;
use antin::lds::dg15::Dg15;
use antin::lds::mrz::Mrz;
use antin::lds::security_infos::SecurityInfos;
use antin::lds::security_object::LdsSecurityObject;
use antin::perso::picture::Portrait;
use antin::store::read_bounded;
use antin::trust::sod::SignedSod;
use antin::wire::oids;
use antin::wire::tlv::{Reader, tags};
use serde_json::json;

use super::Outcome;
use crate::args::InspectArgs;
use crate::failure::{Exit, Failure, Id};
use crate::output::{Output, Tone, paint};
use crate::shown::shown;

/// The largest file that is looked at.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// The tree of data objects is cut here, so that a hostile file cannot fill the screen for ever.
const MAX_TREE_LINES: usize = 2_000;
const MAX_TREE_DEPTH: usize = 16;

/// What was found: its kind, and facts in the order of the file.
struct Findings {
    kind: &'static str,
    facts: Vec<(String, String)>,
}

impl Findings {
    fn new(kind: &'static str) -> Self {
        Self {
            kind,
            facts: Vec::new(),
        }
    }

    fn add(&mut self, label: impl Into<String>, value: impl ToString) {
        self.facts.push((label.into(), value.to_string()));
    }
}

/// Sniffs the file and prints what it says.
pub fn run(args: &InspectArgs, out: &Output) -> Outcome {
    let bytes = read(&args.file)?;
    if args.lint {
        return super::lint::run(&bytes, &args.file, out);
    }
    let malformed = |detail: String| {
        Failure::new(Id::M403)
            .fact("file", args.file.display())
            .fact("detail", detail)
    };
    let findings = sniff(&bytes).map_err(malformed)?;
    out.line(format!(
        "{} ({} B)",
        paint(Tone::Strong, findings.kind),
        bytes.len()
    ));
    for (label, value) in &findings.facts {
        out.line(format!("  {:28} {}", shown(label), shown(value)));
    }
    if !out.is_text() {
        let facts: Vec<_> = findings
            .facts
            .iter()
            .map(|(label, value)| json!({"name": label, "value": value}))
            .collect();
        out.object(&json!({
            "schema": "antin.inspect/1", "kind": findings.kind, "bytes": bytes.len(), "facts": facts,
        }));
    }
    Ok(Exit::Done as u8)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if path != Path::new("-") {
        return Ok(read_bounded(path, MAX_BYTES)?);
    }
    let mut bytes = Vec::new();
    match std::io::stdin().take(MAX_BYTES).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::new(Id::U102)
            .fact("file", "-")
            .fact("detail", error.kind())),
    }
}

fn sniff(bytes: &[u8]) -> Result<Findings, String> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if text.contains("PRIVATE KEY-----") {
            let mut found = Findings::new("private key");
            found.add("note", "a private key is never shown");
            return Ok(found);
        }
        if let Some(found) = ours(text) {
            return Ok(found);
        }
        if text.contains("-----BEGIN CERTIFICATE-----") {
            return Certificate::from_pem(text)
                .map(|found| certificate(&found))
                .map_err(|error| error.to_string());
        }
        if let Some(found) = mrz_text(text) {
            return found;
        }
    }
    match bytes.first() {
        None => Err("empty".to_owned()),
        Some(0x60) => com(bytes),
        Some(0x61) => dg1(bytes),
        Some(0x75) => dg2(bytes),
        Some(0x6D) => dg13(bytes),
        Some(0x6E) => dg14(bytes),
        Some(0x6F) => dg15(bytes),
        Some(0x77) => sod(bytes),
        Some(0x31) => card_access(bytes),
        Some(0x30) if Certificate::parse(bytes).is_ok() => Certificate::parse(bytes)
            .map(|found| certificate(&found))
            .map_err(|error| error.to_string()),
        Some(0xFF) => picture(bytes),
        Some(0x00) if bytes.get(4..8) == Some(b"jP  ") => picture(bytes),
        Some(_) => tree(bytes),
    }
}

/// A file of this program: its schema and who it is about; what it holds is for its own commands.
fn ours(text: &str) -> Option<Findings> {
    let first = text.lines().next()?;
    let parse = |text: &str| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).ok();
    let object = parse(text).or_else(|| parse(first))?;
    let mut found = Findings::new("JSON");
    for (name, value) in &object {
        let value = match value {
            serde_json::Value::String(text) if text.len() <= 100 => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Bool(truth) => truth.to_string(),
            serde_json::Value::Null => continue,
            other => format!("{} B", other.to_string().len()),
        };
        found.add(name, value);
    }
    Some(found)
}

fn picture(bytes: &[u8]) -> Result<Findings, String> {
    let picture = Portrait::decode(bytes.to_vec()).map_err(|error| error.to_string())?;
    let mut found = Findings::new("picture");
    found.add("format", format!("{:?}", picture.format()));
    found.add("size", format!("{}x{}", picture.width(), picture.height()));
    Ok(found)
}

fn mrz_text(text: &str) -> Option<Result<Findings, String>> {
    let letters: String = text.split_whitespace().collect();
    let plausible = letters
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<');
    if !plausible || ![88, 90].contains(&letters.len()) {
        return None;
    }
    Some(
        Mrz::parse(text.trim())
            .map(|mrz| mrz_facts("MRZ", &mrz))
            .map_err(|error| error.to_string()),
    )
}

fn mrz_facts(kind: &'static str, mrz: &Mrz) -> Findings {
    let mut found = Findings::new(kind);
    found.add("format", if matches!(mrz, Mrz::Td1(_)) { "TD1" } else { "TD3" });
    found.add("document code", mrz.document_code());
    found.add("issuer", mrz.issuer());
    found.add("document number", mrz.document_number());
    found.add("surname", mrz.surname());
    found.add("given names", mrz.given());
    found.add("birth", mrz.birth().as_str());
    found.add("sex", mrz.sex().to_char());
    found.add("expiry", mrz.expiry().as_str());
    found.add("nationality", mrz.nationality());
    if let Mrz::Td1(td1) = mrz
        && let Some(number) = td1.vietnamese_number()
    {
        found.add("12-digit number", number);
    }
    found.add("check digits", "right");
    found
}

fn com(bytes: &[u8]) -> Result<Findings, String> {
    let com = EfCom::parse(bytes).map_err(|error| error.to_string())?;
    let mut found = Findings::new("EF.COM");
    found.add("LDS version", com.lds_version());
    found.add("Unicode version", com.unicode_version());
    let groups: Vec<String> = com
        .data_groups()
        .map(|group| format!("DG{}", group.number()))
        .collect();
    found.add("data groups", groups.join(" "));
    Ok(found)
}

fn dg1(bytes: &[u8]) -> Result<Findings, String> {
    let dg1 = Dg1::parse(bytes).map_err(|error| error.to_string())?;
    match dg1.mrz() {
        Ok(mrz) => Ok(mrz_facts("DG1", mrz)),
        Err(error) => {
            let mut found = Findings::new("DG1");
            found.add("MRZ", error);
            Ok(found)
        }
    }
}

fn dg2(bytes: &[u8]) -> Result<Findings, String> {
    let dg2 = Dg2::parse(bytes).map_err(|error| error.to_string())?;
    let mut found = Findings::new("DG2");
    for (number, face) in dg2.faces().iter().enumerate() {
        let name = format!("face {}", number + 1);
        found.add(
            name,
            format!(
                "{:?}, {}x{}, {} B",
                face.format,
                face.width,
                face.height,
                face.bytes.len()
            ),
        );
    }
    Ok(found)
}

fn dg13(bytes: &[u8]) -> Result<Findings, String> {
    let dg13 = VietnamDg13::parse(bytes).map_err(|error| error.to_string())?;
    let mut found = Findings::new("DG13 (Viet Nam)");
    found.add("version", dg13.version());
    for field in dg13.fields() {
        let value = match &field.value {
            Dg13Value::Empty => String::new(),
            Dg13Value::Text(text) => text.clone(),
            Dg13Value::Names(names) => names.join(", "),
            Dg13Value::Other(bytes) => hex::encode(bytes),
            _ => "?".to_owned(),
        };
        found.add(format!("field {}", field.number), value);
    }
    Ok(found)
}

fn infos(found: &mut Findings, infos: &SecurityInfos) {
    for (info, raw) in infos.iter().zip(infos.raw_infos()) {
        let oid = info.oid();
        let name = oids::name(&oid).map_or_else(|| oid.to_string(), |name| format!("{name} ({oid})"));
        found.add("SecurityInfo", format!("{name}, {} B", raw.len()));
    }
}

fn dg14(bytes: &[u8]) -> Result<Findings, String> {
    let dg14 = Dg14::parse(bytes).map_err(|error| error.to_string())?;
    let mut found = Findings::new("DG14");
    infos(&mut found, dg14.infos());
    Ok(found)
}

fn card_access(bytes: &[u8]) -> Result<Findings, String> {
    let Ok(file) = EfCardAccess::parse(bytes) else {
        return tree(bytes);
    };
    let mut found = Findings::new("EF.CardAccess");
    infos(&mut found, file.infos());
    Ok(found)
}

fn dg15(bytes: &[u8]) -> Result<Findings, String> {
    let dg15 = Dg15::parse(bytes).map_err(|error| error.to_string())?;
    let mut found = Findings::new("DG15");
    let oid = dg15.algorithm();
    found.add(
        "key algorithm",
        oids::name(&oid).map_or_else(|| oid.to_string(), ToOwned::to_owned),
    );
    found.add("key", format!("{} B", dg15.spki_der().len()));
    Ok(found)
}

fn sod(bytes: &[u8]) -> Result<Findings, String> {
    let sod = SignedSod::parse(bytes).map_err(|error| error.to_string())?;
    let mut found = Findings::new("EF.SOD");
    if let Some(time) = sod.signing_time() {
        found.add("signing time", time);
    }
    match LdsSecurityObject::parse(sod.content().unwrap_or_default()) {
        Ok(list) => {
            let oid = list.hash_algorithm();
            found.add(
                "hash",
                oids::name(&oid).map_or_else(|| oid.to_string(), ToOwned::to_owned),
            );
            if let Some(version) = list.lds_version() {
                found.add("LDS version", &version.lds_version);
            }
            for (number, hash) in list.hashes() {
                found.add(format!("DG{number}"), hex::encode(hash));
            }
        }
        Err(error) => found.add("LDS security object", error),
    }
    found.add("signers", sod.signers().len());
    for embedded in sod.certificates() {
        for (label, value) in certificate(embedded).facts {
            found.add(format!("signer: {label}"), value);
        }
    }
    found.add("note", "nothing was verified; see antin verify");
    Ok(found)
}

fn certificate(certificate: &Certificate) -> Findings {
    let mut found = Findings::new("certificate");
    found.add("subject", certificate.subject());
    found.add("issuer", certificate.issuer());
    found.add("serial", hex::encode(certificate.serial()));
    found.add("valid from", certificate.not_before());
    found.add("valid until", certificate.not_after());
    if let Some(period) = certificate.usage_period() {
        let end =
            |time: Option<antin::UnixTime>| time.map_or_else(|| "open".to_owned(), |time| time.to_string());
        found.add(
            "may sign",
            format!("{} to {}", end(period.not_before), end(period.not_after)),
        );
    }
    found.add("authority", if certificate.is_ca() { "yes (CSCA)" } else { "no" });
    if let Some(types) = certificate.document_types() {
        found.add("document types", types.join(" "));
    }
    match certificate.public_key() {
        Ok(key) => found.add("public key", described_key(&key)),
        Err(error) => found.add("public key", error),
    }
    let oid = certificate.signature_algorithm();
    found.add(
        "signature algorithm",
        oids::name(oid).map_or_else(|| oid.to_string(), ToOwned::to_owned),
    );
    found.add("SHA-256", hex::encode(certificate.fingerprint()));
    found
}

fn described_key(key: &VerifyingKey) -> String {
    match key.parameter_form() {
        Some(form) => format!("{}, {form:?} parameters", key.name()),
        None => key.name(),
    }
}

/// Any other file as a tree of data objects, without recursion.
fn tree(bytes: &[u8]) -> Result<Findings, String> {
    let mut found = Findings::new("TLV");
    let mut stack = vec![Reader::new(bytes)];
    while let Some(reader) = stack.last_mut() {
        if found.facts.len() >= MAX_TREE_LINES {
            found.add("...", "cut here");
            break;
        }
        let Some(object) = reader.next().map_err(|error| error.to_string())? else {
            stack.pop();
            continue;
        };
        let indent = "  ".repeat(stack.len() - 1);
        let name = tags::name(object.tag).unwrap_or_default();
        let label = format!("{indent}{:X} {name}", object.tag.0);
        if object.is_constructed() && stack.len() < MAX_TREE_DEPTH {
            found.add(label, format!("{} B", object.value.len()));
            stack.push(object.children());
        } else {
            let head = object.value.get(..32).unwrap_or(object.value);
            let more = if head.len() < object.value.len() {
                "..."
            } else {
                ""
            };
            found.add(
                label,
                format!("{} B  {}{more}", object.value.len(), hex::encode(head)),
            );
        }
    }
    Ok(found)
}
