use antin_crypto::rsa;
use antin_protocol::personalization::iso7816_9::ActiveKey;
use chacha20::ChaCha8Rng;
use chacha20::rand_core::SeedableRng as _;

use super::*;
use crate::testing::{files, keys, profile, sample_plan};

/// Compares with a file of `tests/golden`; `ANTIN_BLESS=1` renews it.
fn assert_golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("ANTIN_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        text,
        "{} differs",
        path.display()
    );
}

fn short(profile: &mut Profile) {
    profile.limits.extended = false;
    (profile.limits.max_command, profile.limits.max_response) = (255, 256);
}

#[test]
fn the_plan_of_a_vietnamese_card_reads_like_this() {
    let plan = sample_plan(1);
    assert_golden(
        "plan-vn-cccd-2021.txt",
        &format!("{plan}hash {}\n", hex::encode(plan.hash())),
    );
}

#[test]
fn a_card_with_short_length_gets_short_commands() {
    let mut profile = profile();
    short(&mut profile);
    let plan = plan(&profile, &files(1_970), &keys(1)).unwrap();
    for exchange in plan.steps().iter().flat_map(|step| &step.exchanges) {
        let bytes = exchange.command.to_bytes().unwrap();
        assert!(
            !Command::parse(&bytes).unwrap().is_extended(),
            "{:?}",
            exchange.command
        );
    }
    assert_golden("plan-short.txt", &plan.to_string());
}

#[test]
fn the_plan_of_a_foreign_blank_reads_like_this() {
    let profile = Profile::builtin("jmrtd-applet").unwrap();
    let key = rsa::PrivateKey::generate(1024, &mut ChaCha8Rng::seed_from_u64(1));
    let keys = KeySet {
        active_authentication: Some(ActiveKey::Rsa(Box::new(key.unwrap()))),
        ..keys(1)
    };
    let mut files = files(1_970);
    files.retain(|(file, _)| profile.file(*file).is_some());
    for (file, content) in &mut files {
        let room = profile.file(*file).unwrap().max_size;
        content.truncate(room);
    }
    let foreign = plan(&profile, &files, &keys).unwrap();
    assert_golden("plan-jmrtd-applet.txt", &foreign.to_string());
    let without = plan(&profile, &files, &crate::testing::keys(1));
    assert_eq!(
        without.unwrap_err(),
        Error::KeyMissing {
            key: "Active Authentication key"
        },
        "a key on a curve is none"
    );
}

#[test]
fn the_pieces_put_together_are_the_files() {
    let plan = sample_plan(1);
    for (file, content) in files(1_971) {
        let mut written = Vec::new();
        for step in plan.steps() {
            if let StepKind::WriteFile {
                file: of,
                offset,
                len,
            } = step.kind
                && of == file
            {
                assert_eq!(offset, written.len());
                let data = step.exchanges[0].command.data();
                assert_eq!(data.len(), len);
                written.extend_from_slice(data);
            }
        }
        assert_eq!(written, content, "{file}");
    }
}

#[test]
fn secrets_come_last_and_are_neither_printed_nor_debugged() {
    let plan = sample_plan(1);
    let first_key = plan
        .steps()
        .iter()
        .position(|s| matches!(s.kind, StepKind::PutKey { .. }))
        .unwrap();
    let last_write = plan
        .steps()
        .iter()
        .rposition(|s| matches!(s.kind, StepKind::WriteFile { .. }))
        .unwrap();
    assert!(last_write < first_key);
    assert_eq!(plan.steps().last().unwrap().kind, StepKind::Activate);
    for text in [format!("{plan}"), format!("{plan:?}")] {
        assert!(!text.contains("000017") && !text.contains("0101010101") && !text.contains("[1, 1, 1"));
    }
}

#[test]
fn the_hash_covers_every_byte_of_files_and_secrets() {
    let reference = sample_plan(1).hash();
    assert_eq!(sample_plan(1).hash(), reference);
    let mut changed = files(1_971);
    changed[2].1[4_999] ^= 1;
    assert_ne!(plan(&profile(), &changed, &keys(1)).unwrap().hash(), reference);
    assert_ne!(
        plan(&profile(), &files(1_971), &keys(2)).unwrap().hash(),
        reference
    );
    let mut keys = keys(1);
    keys.can = Some(SecretBytes::new(b"000018".to_vec()));
    assert_ne!(plan(&profile(), &files(1_971), &keys).unwrap().hash(), reference);
}

#[test]
fn a_file_that_the_card_may_be_without_is_removed_if_an_earlier_run_left_it() {
    let mut profile = profile();
    profile
        .files
        .iter_mut()
        .filter(|rule| rule.file == ElementaryFile::DG2)
        .for_each(|r| r.mandatory = false);
    let without: Vec<_> = files(1_970)
        .into_iter()
        .filter(|(file, _)| *file != ElementaryFile::DG2)
        .collect();
    let plan = plan(&profile, &without, &keys(1)).unwrap();
    let removed = StepKind::RemoveFile {
        file: ElementaryFile::DG2,
    };
    assert_eq!(plan.steps().iter().filter(|step| step.kind == removed).count(), 1);
}

#[test]
fn what_does_not_fit_the_profile_is_named() {
    let planned =
        |files: &[(ElementaryFile, Vec<u8>)], keys: &KeySet| plan(&profile(), files, keys).unwrap_err();
    let name = |file: ElementaryFile| file.to_string();
    let mut twice = files(1_970);
    twice.push(twice[1].clone());
    assert_eq!(
        planned(&twice, &keys(1)),
        Error::FileTwice {
            file: name(ElementaryFile::DG1)
        }
    );
    let mut unknown = files(1_970);
    unknown.push((ElementaryFile::data_group(11).unwrap(), vec![1]));
    assert_eq!(
        planned(&unknown, &keys(1)),
        Error::FileUnknown {
            file: "DG11".to_owned()
        }
    );
    let missing = &files(1_970)[1..];
    assert_eq!(
        planned(missing, &keys(1)),
        Error::FileMissing {
            file: name(ElementaryFile::CardAccess)
        }
    );
    let mut large = files(1_970);
    large[1].1 = vec![0; 96];
    let too_large = Error::FileTooLarge {
        file: name(ElementaryFile::DG1),
        len: 96,
        limit: 95,
    };
    assert_eq!(planned(&large, &keys(1)), too_large);
    large[1].1.clear();
    assert_eq!(
        planned(&large, &keys(1)),
        Error::FileEmpty {
            file: name(ElementaryFile::DG1)
        }
    );
    let mut no_key = keys(1);
    no_key.active_authentication = None;
    assert_eq!(
        planned(&files(1_970), &no_key),
        Error::KeyMissing {
            key: "Active Authentication key"
        }
    );
}

/// What the commands of PUT DATA carry, and whether each says that more follows.
fn secrets(plan: &Plan) -> Vec<(Vec<u8>, Vec<bool>)> {
    let stored = plan
        .steps()
        .iter()
        .filter(|step| matches!(step.kind, StepKind::PutKey { .. }));
    stored
        .map(|step| {
            let commands = step.exchanges.iter().map(|exchange| &exchange.command);
            let data = commands.clone().flat_map(|command| command.data().to_vec());
            (
                data.collect(),
                commands.map(|command| command.cla() == 0x10).collect(),
            )
        })
        .collect()
}

#[test]
fn a_secret_too_long_for_one_command_goes_in_a_chain() {
    let mut profile = profile();
    profile.perso.secure_channel = SecureChannel::None;
    let whole = plan(&profile, &files(1_970), &keys(1)).unwrap();
    short(&mut profile);
    profile.limits.max_command = 40;
    let cut = plan(&profile, &files(1_970), &keys(1)).unwrap();
    let (whole, cut) = (secrets(&whole), secrets(&cut));
    assert!(whole.iter().all(|(_, more)| *more == [false]));
    for ((data, _), (pieces, more)) in whole.iter().zip(&cut) {
        assert_eq!(data, pieces);
        assert_eq!(more.len(), data.len().div_ceil(40));
        let (last, others) = more.split_last().unwrap();
        assert!(!last && others.iter().all(|more| *more));
    }
    assert!(cut.iter().any(|(_, more)| more.len() > 1), "none was long enough");
    profile.limits.chaining = false;
    let refused = plan(&profile, &files(1_970), &keys(1)).unwrap_err();
    assert!(
        matches!(refused, Error::CommandTooSmall { max_command: 40 }),
        "{refused}"
    );
}
