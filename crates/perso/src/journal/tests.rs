use proptest::prelude::*;

use super::*;

fn entry(event: EntryEvent) -> Entry {
    Entry {
        schema: SCHEMA.to_owned(),
        serial: "0102030405060708".to_owned(),
        plan: "ab".repeat(32),
        event,
    }
}

fn begin() -> Entry {
    let file = PlannedFile {
        file: "DG1".to_owned(),
        bytes: 95,
        sha256: "00".repeat(32),
    };
    entry(EntryEvent::Begin {
        profile: "vn-cccd-2021".to_owned(),
        files: vec![file],
    })
}

fn step(step: usize) -> Entry {
    entry(EntryEvent::Step {
        step,
        file: Some("DG2".to_owned()),
        offset: Some(2048),
    })
}

fn whole() -> Vec<Entry> {
    let activating = entry(EntryEvent::Activating {
        read_back: ReadBack::Matched,
    });
    vec![
        begin(),
        step(2),
        step(3),
        activating,
        entry(EntryEvent::Activated),
    ]
}

fn text(entries: &[Entry]) -> String {
    entries.iter().map(Entry::to_line).collect()
}

#[test]
fn what_is_written_is_read_again() {
    let text = text(&whole());
    let lines = Lines::parse(text.as_bytes()).unwrap();
    assert_eq!((lines.entries, lines.whole_len), (whole(), text.len()));
}

#[test]
fn a_line_names_schema_chip_plan_step_file_and_offset() {
    let line = step(7).to_line();
    let expected = format!(
        "{{\"schema\":\"antin.journal/1\",\"serial\":\"0102030405060708\",\"plan\":\"{}\",\
         \"event\":{{\"step\":{{\"step\":7,\"file\":\"DG2\",\"offset\":2048}}}}}}\n",
        "ab".repeat(32)
    );
    assert_eq!(line, expected);
}

#[test]
fn a_journal_torn_at_any_byte_keeps_its_whole_lines() {
    let text = text(&whole());
    for len in 0..text.len() {
        let lines = Lines::parse(&text.as_bytes()[..len]).unwrap();
        assert_eq!(lines.entries.len(), text[..len].matches('\n').count());
        assert!(lines.whole_len <= len && lines.entries == whole()[..lines.entries.len()]);
    }
}

#[test]
fn anything_else_than_a_torn_end_is_refused_with_its_line() {
    let good = text(&whole()[..2]);
    for wrong in [
        "{}\n",
        "\n",
        "{\"schema\":\"antin.journal/1\"\n",
        &step(3).to_line().replace("journal/1", "journal/2"),
        &step(3).to_line().replace("\"step\":{", "\"jump\":{"),
        &step(3).to_line().replace("\"offset\"", "\"offset\":0,\"height\""),
    ] {
        let lines = Lines::parse(format!("{good}{wrong}").as_bytes());
        assert_eq!(lines, Err(JournalError::NotAnEntry { line: 3 }), "{wrong}");
    }
    assert!(matches!(
        Lines::parse(&vec![b'\n'; MAX_JOURNAL_BYTES + 1]),
        Err(JournalError::TooLarge { .. })
    ));
}

#[test]
fn the_history_follows_the_last_plan() {
    let history = History::follow(&whole()[..3]).unwrap();
    assert_eq!(history.progress, Progress::Step(3));
    assert_eq!(history.begun.unwrap().files.len(), 1);
    assert_eq!(
        History::follow(&whole()).unwrap().progress,
        Progress::Activated(ReadBack::Matched)
    );
    let again = [whole()[..3].to_vec(), vec![begin()]].concat();
    assert_eq!(History::follow(&again).unwrap().progress, Progress::Nothing);
    assert_eq!(History::follow(&[]).unwrap(), History::default());
}

#[test]
fn a_journal_that_no_run_can_have_written_is_refused() {
    let other_chip = Entry {
        serial: "ffffffffffffffff".to_owned(),
        ..step(3)
    };
    let other_plan = Entry {
        plan: "cd".repeat(32),
        ..step(3)
    };
    for (entries, line) in [
        (vec![step(1)], 1),
        (vec![begin(), other_chip], 2),
        (vec![begin(), other_plan], 2),
        (vec![begin(), entry(EntryEvent::Activated)], 2),
        ([whole(), vec![begin()]].concat(), 6),
    ] {
        let error = History::follow(&entries).unwrap_err();
        assert!(
            matches!(error, JournalError::Contradiction { line: at, .. } if at == line),
            "{error}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Lines::parse(&bytes);
    }

    #[test]
    fn no_changed_byte_makes_the_reader_panic(at in 0usize..900, byte: u8) {
        let mut text = text(&whole()).into_bytes();
        let at = at % text.len();
        text[at] = byte;
        if let Ok(lines) = Lines::parse(&text) {
            let _ = History::follow(&lines.entries);
        }
    }
}
