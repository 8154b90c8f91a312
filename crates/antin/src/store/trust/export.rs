//! Out of the store again: PEM, DER, LDIF, ZIP. Names of files come from hashes.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use zip::write::SimpleFileOptions;

use super::input::pem;
use super::model::{Contents, Entry, Fingerprint, Kind};
use crate::error::Error;
use crate::store::atomic::{Access, write_atomically};

/// How entries are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// One file with blocks.
    Pem,
    /// A folder with a file for each.
    Der,
    /// A collection of a directory (RFC 2849).
    Ldif,
    /// An archive with a file for each.
    Zip,
}

/// Writes entries to a file, or for [`ExportFormat::Der`] to a folder; gives what was written.
///
/// # Errors
/// [`Error::Exists`]: nothing is overwritten; or what the file system says.
pub fn export(
    contents: &Contents,
    wanted: &[Fingerprint],
    format: ExportFormat,
    to: &Path,
) -> Result<Vec<PathBuf>, Error> {
    if to.exists() {
        return Err(Error::Exists { path: to.to_owned() });
    }
    let chosen = || {
        wanted
            .iter()
            .filter_map(|sha256| Some((sha256, contents.entries.get(sha256)?)))
    };
    let bytes = match format {
        ExportFormat::Der => return folder(chosen(), to),
        ExportFormat::Pem => chosen()
            .map(|(_, entry)| pem::encode(label(entry.kind), &entry.der))
            .collect::<String>()
            .into_bytes(),
        ExportFormat::Ldif => {
            let records = chosen().map(|(sha256, entry)| record(sha256, entry));
            let records: Vec<String> = records.collect();
            format!("version: 1\n\n{}", records.join("\n")).into_bytes()
        }
        ExportFormat::Zip => archive(chosen()).map_err(Error::io("write", to))?,
    };
    write_atomically(to, &bytes, Access::Shared)?;
    Ok(vec![to.to_owned()])
}

fn folder<'e>(
    entries: impl Iterator<Item = (&'e Fingerprint, &'e Entry)>,
    to: &Path,
) -> Result<Vec<PathBuf>, Error> {
    fs::create_dir_all(to).map_err(Error::io("create", to))?;
    let mut written = Vec::new();
    for (sha256, entry) in entries {
        let path = to.join(file_name(sha256, entry.kind));
        write_atomically(&path, &entry.der, Access::Shared)?;
        written.push(path);
    }
    Ok(written)
}

fn archive<'e>(entries: impl Iterator<Item = (&'e Fingerprint, &'e Entry)>) -> std::io::Result<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (sha256, entry) in entries {
        writer.start_file(file_name(sha256, entry.kind), SimpleFileOptions::default())?;
        writer.write_all(&entry.der)?;
    }
    Ok(writer.finish()?.into_inner())
}

fn file_name(sha256: &Fingerprint, kind: Kind) -> String {
    let extension = match kind {
        Kind::Crl => "crl",
        Kind::DefectList | Kind::DeviationList => "cms",
        _ => "cer",
    };
    format!("{sha256}.{extension}")
}

fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Crl => "X509 CRL",
        Kind::DefectList | Kind::DeviationList => "CMS",
        _ => "CERTIFICATE",
    }
}

/// A record as directories of certificates have them; its name says nothing that came from outside.
fn record(sha256: &Fingerprint, entry: &Entry) -> String {
    const LINE: usize = 76;
    let (attribute, class) = match entry.kind {
        Kind::Crl => ("certificateRevocationList;binary", "cRLDistributionPoint"),
        Kind::Csca | Kind::Link => ("cACertificate;binary", "pkiCA"),
        Kind::DocumentSigner | Kind::ListSigner => ("userCertificate;binary", "pkiUser"),
        Kind::DefectList | Kind::DeviationList => ("pkdDownloadContent;binary", "pkdDownload"),
    };
    let value = format!("{attribute}:: {}", Base64::encode_string(&entry.der));
    let mut text = format!(
        "dn: cn={sha256},o={}\nobjectClass: {class}\n",
        entry.kind.as_str()
    );
    for (number, line) in value.as_bytes().chunks(LINE).enumerate() {
        if number > 0 {
            text.push(' ');
        }
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text
}
