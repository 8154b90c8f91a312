//! What a file is that nobody can take into a trust store: the mistakes of a long day.

use super::super::problem::Looks;

/// DER of the object identifier id-signedData.
const SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
/// DER of the object identifier id-data, with which a PKCS #12 container begins.
const DATA: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];
/// How far the head of a file is looked at.
const HEAD: usize = 1024;

/// Whether bytes are CMS SignedData.
pub(super) fn is_signed_data(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x30) && contains(head(bytes, 32), SIGNED_DATA)
}

/// Whether a signed message is a trust bundle, by the name of its form.
pub(super) fn is_bundle(bytes: &[u8]) -> bool {
    contains(head(bytes, 256), antin_trust::bundle::SCHEMA.as_bytes())
}

/// Whether the head of a signed message names this type of content, by the DER of its object identifier.
pub(super) fn names_content(bytes: &[u8], oid: &[u8]) -> bool {
    contains(head(bytes, HEAD), oid)
}

/// What the bytes are, by their beginning; nothing is believed because of it.
pub(super) fn looks(bytes: &[u8]) -> Looks {
    let start = head(bytes, HEAD);
    let text = String::from_utf8_lossy(start)
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_ascii_lowercase();
    let begins = |magic: &[u8]| start.starts_with(magic);
    if bytes.is_empty() {
        Looks::Empty
    } else if text.starts_with("<!doctype") || text.starts_with("<html") || text.contains("<head") {
        Looks::WebPage
    } else if text.contains("private key-----") {
        Looks::PrivateKey
    } else if text.contains("certificate request-----") {
        Looks::Request
    } else if begins(b"{") && text.contains("\"antin.") {
        Looks::OurFile
    } else if [&b"%PDF"[..], b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8"]
        .iter()
        .any(|magic| begins(magic))
    {
        Looks::Picture
    } else if [
        &b"\x1F\x8B"[..],
        b"7z\xBC\xAF",
        b"BZh",
        b"\xFD7zXZ",
        b"Rar!",
        b"\x28\xB5\x2F\xFD",
    ]
    .iter()
    .any(|magic| begins(magic))
    {
        Looks::Compressed
    } else if begins(&[0x7F, 0x21]) {
        Looks::TerminalCertificate
    } else if begins(&[0x77]) && contains(start, SIGNED_DATA) {
        Looks::SecurityObject
    } else if start.first().is_some_and(|tag| DATA_GROUPS.contains(tag)) && fills(bytes) {
        Looks::DataGroup
    } else if begins(&[0x30]) && contains(head(bytes, 32), DATA) {
        Looks::Pkcs12
    } else if is_signed_data(bytes) {
        Looks::OtherSigned
    } else if begins(&[0x30]) && is_key(start) {
        Looks::PrivateKey
    } else if std::str::from_utf8(bytes).is_ok() {
        Looks::Text
    } else {
        Looks::Unknown
    }
}

/// The tags of EF.COM and the data groups (ICAO 9303-10).
const DATA_GROUPS: [u8; 17] = [
    0x60, 0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
];

fn head(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(..length).unwrap_or(bytes)
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// One TLV object and nothing else.
fn fills(bytes: &[u8]) -> bool {
    antin_wire::tlv::parse_one(bytes).is_ok()
}

/// PKCS #8: a version or an encryption scheme, then the key in an OCTET STRING; never a nested SEQUENCE of a certificate.
fn is_key(start: &[u8]) -> bool {
    const EC_PUBLIC_KEY: &[u8] = &[0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
    const RSA: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
    const PBES2: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D];
    let after_length = start
        .iter()
        .skip(1)
        .position(|byte| *byte == 0x02 || *byte == 0x30);
    let early = head(start, 24);
    let versioned = after_length.is_some_and(|at| start.get(at + 1..at + 4) == Some(&[0x02, 0x01, 0x00]));
    (versioned && (contains(early, EC_PUBLIC_KEY) || contains(early, RSA))) || contains(early, PBES2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_mistakes_are_recognised() {
        let pkcs8 = [
            &[0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13][..],
            &[0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01],
        ]
        .concat();
        let sod = [&[0x77, 0x82, 0x06, 0x00, 0x30, 0x82, 0x05, 0xFC][..], SIGNED_DATA].concat();
        let p12 = [
            &[0x30, 0x82, 0x0A, 0x00, 0x02, 0x01, 0x03, 0x30, 0x82, 0x09, 0xC0][..],
            DATA,
        ]
        .concat();
        let cases: [(&[u8], Looks); 14] = [
            (b"", Looks::Empty),
            (b"\xEF\xBB\xBF\r\n<!DOCTYPE html><html>", Looks::WebPage),
            (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n", Looks::PrivateKey),
            (b"-----BEGIN CERTIFICATE REQUEST-----\n", Looks::Request),
            (b"{\"schema\":\"antin.receipt/1\"}", Looks::OurFile),
            (b"%PDF-1.7", Looks::Picture),
            (b"\x1F\x8B\x08", Looks::Compressed),
            (b"\x7F\x21\x81\x80", Looks::TerminalCertificate),
            (b"\x61\x03\x5F\x1F\x00", Looks::DataGroup),
            (b"hello", Looks::Text),
            (b"\x00\xFF\xFE", Looks::Unknown),
            (&pkcs8, Looks::PrivateKey),
            (&sod, Looks::SecurityObject),
            (&p12, Looks::Pkcs12),
        ];
        for (bytes, expected) in cases {
            assert_eq!(looks(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
