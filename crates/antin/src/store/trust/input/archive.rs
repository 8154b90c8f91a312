//! Archives (ZIP): opened member by member in memory, never unpacked to a disk, and no larger than stated.

use std::io::{Read, Seek};

use zip::ZipArchive;

use super::super::limits::{MAX_EXPANSION, MAX_FILES, MAX_OBJECT_BYTES, MIN_EXPANDED_BYTES};

/// Why an archive is not read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is no archive.
    NotAnArchive(String),
    /// It holds more than anything that belongs here.
    TooLarge(String),
}

/// A member of an archive, or why it cannot be taken.
pub(super) type Member = Result<Vec<u8>, String>;

/// Hands over each file of an archive with its number, in the order of its directory. The names in it are neither believed
/// nor used.
///
/// # Errors
/// [`Refusal`]; what was handed over before counts for nothing then.
pub(super) fn members(
    archive: impl Read + Seek,
    archive_bytes: u64,
    mut take: impl FnMut(u32, Member),
) -> Result<(), Refusal> {
    let mut archive =
        ZipArchive::new(archive).map_err(|problem| Refusal::NotAnArchive(problem.to_string()))?;
    if archive.len() > MAX_FILES {
        return Err(Refusal::TooLarge(format!("more than {MAX_FILES} members")));
    }
    // The members' own words about their length are not believed.
    let mut left = archive_bytes
        .saturating_mul(MAX_EXPANSION)
        .max(MIN_EXPANDED_BYTES);
    for index in 0..archive.len() {
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let mut member = match archive.by_index(index) {
            Ok(member) if member.is_dir() => continue,
            Ok(member) => member,
            Err(problem) => {
                take(number, Err(problem.to_string()));
                continue;
            }
        };
        if member.is_symlink() {
            take(number, Err("a link to another file".to_owned()));
            continue;
        }
        let cap = left.min(MAX_MEMBER_BYTES);
        let mut bytes = Vec::new();
        let read = (&mut member).take(cap.saturating_add(1)).read_to_end(&mut bytes);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > cap {
            return Err(Refusal::TooLarge(format!(
                "member {number} is larger than {cap} bytes when opened"
            )));
        }
        left -= length;
        take(number, read.map(|_| bytes).map_err(|problem| problem.to_string()));
    }
    Ok(())
}

/// A collection in an archive is larger than a list in one.
const MAX_MEMBER_BYTES: u64 = 8 * MAX_OBJECT_BYTES as u64;

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{Cursor, Write};

    use super::*;
    use proptest::prelude::*;
    use zip::write::SimpleFileOptions;

    /// An archive with these members.
    pub fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn read(bytes: &[u8]) -> Result<Vec<(u32, Member)>, Refusal> {
        let mut found = Vec::new();
        let length = bytes.len() as u64;
        members(Cursor::new(bytes), length, |index, member| {
            found.push((index, member))
        })?;
        Ok(found)
    }

    #[test]
    fn members_are_read_whatever_they_are_called() {
        let names = [
            "../../etc/passwd",
            "/root/.ssh/authorized_keys",
            "C:\\x",
            "a/b/csca.cer",
            "con",
        ];
        let content: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, name.as_bytes())).collect();
        let found = read(&archive(&content)).unwrap();
        let expected: Vec<(u32, Member)> = (0..)
            .zip(names.iter().map(|name| Ok(name.as_bytes().to_vec())))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_bomb_is_refused_before_it_fills_the_memory() {
        let zeros = vec![0; 24 << 20];
        let bomb = archive(&[("a", &zeros)]);
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        assert!(matches!(read(&bomb), Err(Refusal::TooLarge(_))));
        // Many small ones are one large one.
        let pieces: Vec<(String, &[u8])> = (0..40)
            .map(|index| (format!("{index}"), &zeros[..1 << 20]))
            .collect();
        let members: Vec<(&str, &[u8])> = pieces
            .iter()
            .map(|(name, piece)| (name.as_str(), *piece))
            .collect();
        assert!(matches!(read(&archive(&members)), Err(Refusal::TooLarge(_))));
    }

    #[test]
    fn a_damaged_member_is_named_and_the_others_are_read() {
        let mut bytes = archive(&[("a", b"first, which will be damaged"), ("b", b"second")]);
        let at = bytes
            .windows(5)
            .position(|window| window == b"first")
            .unwrap_or(40);
        bytes[at + 2] ^= 0x55;
        let found = read(&bytes).unwrap();
        assert!(matches!(&found[0], (0, Err(_))), "{found:?}");
        assert_eq!(found[1], (1, Ok(b"second".to_vec())));
    }

    proptest! {
        #[test]
        fn a_mutated_archive_ends(at in 0..2000_usize, with in any::<u8>(), cut in 0..400_usize) {
            let mut bytes = archive(&[("a", &[7; 300]), ("b/c", b"text"), ("d", &[])]);
            let at = at % bytes.len();
            bytes[at] = with;
            bytes.truncate(bytes.len() - cut % bytes.len());
            let _ = read(&bytes);
        }
    }
}
