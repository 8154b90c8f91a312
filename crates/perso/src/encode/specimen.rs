//! Data groups that no citizen record fills: fixed contents that say that they are tests.

use antin_wire::tlv::{self, Tag};

use crate::record::CitizenRecord;

/// DG3: one finger that is none.
pub(super) fn fingers() -> Vec<u8> {
    let block = picture(b"TEST: NOT A FINGER OF ANYBODY");
    let length = [0, 0, 0, 0, 0x06, 0x0A];
    // ISO/IEC 19794-4: one finger at 500 pixels an inch, eight bits each, not compressed; unknown, 50 by 30 pixels.
    let head = [0, 0, 0, 31, 1, 1, 1, 0xF4, 1, 0xF4, 1, 0xF4, 1, 0xF4, 8, 0, 0, 0];
    let finger = [0, 0, 0x05, 0xEA, 0, 1, 1, 0, 0, 0, 50, 0, 30, 0];
    let record = [b"FIR\x00010\x00".as_slice(), &length, &head, &finger, &block].concat();
    biometric(Tag(0x63), FINGER, FINGER_IMAGE, &record)
}

/// DG4: one iris that is none.
pub(super) fn irises() -> Vec<u8> {
    biometric(
        Tag(0x76),
        IRIS,
        IRIS_IMAGE,
        &picture(b"TEST: NOT AN IRIS OF ANYBODY"),
    )
}

/// DG11: the full name (ICAO 9303-10 §4.7.11).
pub(super) fn personal_details(record: &CitizenRecord) -> Vec<u8> {
    listed(Tag(0x6B), &[(Tag(0x5F0E), record.full_name().as_bytes())])
}

/// DG12: the issuing authority (ICAO 9303-10 §4.7.12).
pub(super) fn document_details() -> Vec<u8> {
    listed(Tag(0x6C), &[(Tag(0x5F19), b"TEST AUTHORITY")])
}

/// A list of tags and their objects.
fn listed(group: Tag, objects: &[(Tag, &[u8])]) -> Vec<u8> {
    let names: Vec<u8> = objects
        .iter()
        .flat_map(|(tag, _)| tag.0.to_be_bytes().into_iter().skip_while(|byte| *byte == 0))
        .collect();
    let mut parts = vec![tlv::object(Tag(0x5C), &names)];
    parts.extend(objects.iter().map(|(tag, value)| tlv::object(*tag, value)));
    tlv::constructed(group, &parts)
}

/// The text over and over, as long as a small picture.
fn picture(text: &[u8]) -> Vec<u8> {
    text.iter().copied().cycle().take(BLOCK_BYTES).collect()
}

/// A group template with one biometric information template (ICAO 9303-10 §4.7.3): header and block.
fn biometric(group: Tag, kind: &[u8], format: &[u8], block: &[u8]) -> Vec<u8> {
    let header = tlv::constructed(
        Tag(0xA1),
        &[
            tlv::object(Tag(0x80), &[0x01, 0x01]),
            tlv::object(Tag(0x81), kind),
            tlv::object(Tag(0x87), &[0x01, 0x01]),
            tlv::object(Tag(0x88), format),
        ],
    );
    let template = tlv::constructed(Tag(0x7F60), &[header, tlv::object(Tag(0x5F2E), block)]);
    let count = tlv::object(Tag(0x02), &[1]);
    tlv::constructed(group, &[tlv::constructed(Tag(0x7F61), &[count, template])])
}

/// Biometric types and format types of ISO/IEC 19785-3.
const FINGER: &[u8] = &[0x08];
const FINGER_IMAGE: &[u8] = &[0x00, 0x07];
const IRIS: &[u8] = &[0x10];
const IRIS_IMAGE: &[u8] = &[0x00, 0x09];
const BLOCK_BYTES: usize = 1_500;
