//! From the TOML text to a checked [`Patch`]: every fault is collected.

use core::ops::Range;
use core::time::Duration;

use antin_lds::ElementaryFile;
use antin_wire::apdu::StatusWord;
use antin_wire::tlv::Tag;
use toml::Spanned;

use super::source::{EditSource, Endless, FaultSource, FileSource, Source};
use super::{
    Action, ContentChange, Edit, Fault, FileChange, KeyChange, Layer, ObjectChange, Part, Patch, Place,
    SCHEMA, Step, Trigger,
};
use crate::checker::Checker;
use crate::error::{Problem, ProfileError};

/// No patch is longer: it is read by people.
const MAX_ENTRIES: usize = 256;

/// Longest delay, one hour: longer ones are `hang`.
const MAX_DELAY_MS: u64 = 3_600_000;

/// Reads and checks a patch.
///
/// # Errors
/// Every fault, in the order of the text; at least one.
pub(super) fn parse(text: &str, origin: &str) -> Result<Patch, Vec<ProfileError>> {
    let (mut checker, source) = Checker::read::<Source>(text, origin)?;
    let patch = checker.patch(source);
    checker.finish(Some(patch))
}

impl Checker<'_> {
    fn patch(&mut self, source: Source) -> Patch {
        let (schema, name) = (&source.schema, &source.name);
        if schema.get_ref() != SCHEMA {
            self.value(&schema.span(), "schema", schema.get_ref(), SCHEMA);
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.get_ref().is_empty() || !name.get_ref().chars().all(plain) {
            let allowed = "lower case letters, digits and hyphens";
            self.value(&name.span(), "name", name.get_ref(), allowed);
        }
        let entries = source.fault.len() + source.file.len() + source.key.len() + source.omit.len();
        if entries == 0 {
            let problem =
                Problem::Missing("[[fault]], [[file]], [[key]] or omit: what goes wrong".to_owned());
            self.fault(&name.span(), "", problem);
        }
        if entries > MAX_ENTRIES {
            let problem = Problem::Conflict(format!("more than {MAX_ENTRIES} entries"));
            self.fault(&name.span(), "", problem);
        }
        let keys = source.key.iter().map(|key| KeyChange {
            of: key.of,
            is: key.is,
        });
        Patch {
            keys: keys.collect(),
            omissions: source.omit,
            faults: source
                .fault
                .iter()
                .filter_map(|fault| self.one(fault.get_ref(), &fault.span()))
                .collect(),
            files: source
                .file
                .iter()
                .flat_map(|file| self.change_of_file(file.get_ref(), &file.span()))
                .collect(),
            name: source.name.into_inner(),
            title: source.title,
        }
    }

    fn one(&mut self, source: &FaultSource, span: &Range<usize>) -> Option<Fault> {
        let before = self.count();
        let step = match &source.at {
            None => Step::Any,
            Some(text) => Step::parse(text.get_ref()).unwrap_or_else(|| {
                let allowed = "a step of the table in card-profiles/README.md";
                self.value(&text.span(), "fault.at", text.get_ref(), allowed);
                Step::Any
            }),
        };
        if source.at.is_none() && source.apdu.is_none() && source.only.is_none() && !source.always {
            let problem = Problem::Missing("at, apdu, only or always: when it happens".to_owned());
            self.fault(span, "fault", problem);
        }
        if source.apdu == Some(0) || source.times == Some(0) {
            let problem = Problem::Conflict("apdu and times count from 1".to_owned());
            self.fault(span, "fault", problem);
        }
        if source.always && source.times.is_some() {
            let problem = Problem::Conflict("either times or always".to_owned());
            self.fault(span, "fault", problem);
        }
        let actions = self.actions(source, span);
        if actions.is_empty() && self.count() == before {
            let problem = Problem::Missing("an action: what goes wrong".to_owned());
            self.fault(span, "fault", problem);
        }
        let endless = source.always || source.endless.is_some() && source.times.is_none();
        (self.count() == before).then(|| Fault {
            trigger: Trigger {
                step,
                apdu: source.apdu,
                only: source.only,
                after: source.after,
                times: (!endless).then(|| source.times.unwrap_or(1)),
            },
            actions,
        })
    }

    fn actions(&mut self, source: &FaultSource, span: &Range<usize>) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(text) = &source.hear
            && let Some(bytes) = self.spanned_hex(text, "fault.hear")
        {
            actions.push(Action::Hear(bytes));
        }
        if source.ignore {
            actions.push(Action::Ignore);
        }
        if let Some(text) = &source.random
            && let Some(bytes) = self.spanned_hex(text, "fault.random")
        {
            if bytes.is_empty() {
                self.value(&text.span(), "fault.random", "", "at least one byte");
            }
            actions.push(Action::Random(bytes));
        }
        if source.swap_card {
            actions.push(Action::SwapCard);
        }
        if source.keep_old_keys {
            actions.push(Action::KeepOldKeys);
        }
        if source.echo {
            actions.push(Action::Echo);
        }
        if let Some(text) = &source.status {
            let digits = text.get_ref().len() == 4;
            match u16::from_str_radix(text.get_ref(), 16).ok().filter(|_| digits) {
                Some(sw) => actions.push(Action::Status(StatusWord(sw))),
                None => self.value(&text.span(), "fault.status", text.get_ref(), "four hex digits"),
            }
        }
        match source.endless {
            Some(Endless::Nothing) => actions.extend([
                Action::Status(StatusWord::OK),
                Action::Edit(Layer::Answer, Edit::Set(Vec::new())),
            ]),
            Some(Endless::Same) => actions.push(Action::Same),
            None => {}
        }
        if let Some(length) = source.oversize {
            actions.push(Action::Edit(Layer::Answer, Edit::Resize(length)));
        }
        if let Some(edit) = &source.edit {
            let edits = self.edits(edit, "fault.edit");
            actions.extend(edits.into_iter().map(|(layer, edit)| Action::Edit(layer, edit)));
        }
        actions.extend(source.public.map(Action::Public));
        if let Some(text) = &source.trailer
            && let Some(bytes) = self.spanned_hex(text, "fault.trailer")
        {
            if bytes.is_empty() || bytes.len() > 2 {
                self.value(&text.span(), "fault.trailer", text.get_ref(), "one or two bytes");
            }
            actions.push(Action::Trailer(bytes));
        }
        actions.extend(source.mac.map(Action::Mac));
        if source.bare {
            actions.push(Action::Bare);
        }
        actions.extend(source.replay.map(Action::Replay));
        if let Some(delay) = source.delay_ms {
            if delay > MAX_DELAY_MS {
                let problem = Problem::Conflict(format!("delay-ms is over {MAX_DELAY_MS}: that is hang"));
                self.fault(span, "fault.delay-ms", problem);
            }
            actions.push(Action::Delay(Duration::from_millis(delay)));
        }
        if source.hang {
            actions.push(Action::Hang);
        }
        actions.extend(source.tear.map(Action::Tear));
        actions
    }

    fn change_of_file(&mut self, source: &FileSource, span: &Range<usize>) -> Vec<FileChange> {
        let name = &source.name;
        let Some(file) = ElementaryFile::from_name(name.get_ref()) else {
            self.value(
                &name.span(),
                "file.name",
                name.get_ref(),
                "the name of a file: EF.SOD, DG1",
            );
            return Vec::new();
        };
        let change = |change| FileChange { file, change };
        match (&source.edit, source.remove) {
            (None, true) => vec![change(ContentChange::Remove)],
            (Some(edit), false) => {
                let edits = self.edits(edit, "file.edit");
                let edits = edits
                    .into_iter()
                    .map(|(_, edit)| change(ContentChange::Edit(edit)));
                edits.collect()
            }
            _ => {
                let problem = Problem::Conflict("either edit or remove".to_owned());
                self.fault(span, "file", problem);
                Vec::new()
            }
        }
    }

    /// One edit as a table, or several as a list.
    fn edits(&mut self, value: &Spanned<toml::Value>, field: &str) -> Vec<(Layer, Edit)> {
        let list = match value.get_ref() {
            toml::Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        let mut edits = Vec::new();
        for one in list {
            let outcome = one
                .try_into::<EditSource>()
                .map_err(|error| error.message().to_owned())
                .and_then(|source| edit(&source).map(|edit| (source.layer, edit)));
            match outcome {
                Ok(edit) => edits.push(edit),
                Err(text) => self.fault(&value.span(), field, Problem::Conflict(text)),
            }
        }
        edits
    }

    fn spanned_hex(&mut self, text: &Spanned<String>, field: &str) -> Option<Vec<u8>> {
        let bytes = hex_bytes(text.get_ref());
        if bytes.is_err() {
            self.value(
                &text.span(),
                field,
                text.get_ref(),
                "an even number of hex digits",
            );
        }
        bytes.ok()
    }
}

/// Hex digits in pairs, with spaces where the author likes them.
fn hex_bytes(text: &str) -> Result<Vec<u8>, String> {
    hex::decode(text.replace(' ', "")).map_err(|_| format!("`{text}` is no even number of hex digits"))
}

fn tag(text: &str) -> Result<Tag, String> {
    let bytes = hex_bytes(text)?;
    if bytes.is_empty() || bytes.len() > 3 {
        return Err(format!("`{text}` is no tag of one to three bytes"));
    }
    Ok(Tag(bytes.iter().fold(0, |tag, byte| tag << 8 | u32::from(*byte))))
}

/// A tag, or `30#2`: the second one with it.
fn part(text: &str) -> Result<Part, String> {
    let Some((digits, number)) = text.split_once('#') else {
        return tag(text).map(Part::from);
    };
    let nth = number.parse().ok().filter(|nth| *nth > 0);
    let nth = nth.ok_or_else(|| format!("`{text}`: objects count from #1"))?;
    tag(digits).map(|tag| Part { tag, nth: Some(nth) })
}

fn place(at: Option<i64>, default: Place) -> Result<Place, String> {
    let Some(at) = at else { return Ok(default) };
    let size = |number: i64| usize::try_from(number).map_err(|_| format!("at = {at} is no place"));
    Ok(if at < 0 {
        Place::End(size(at.saturating_neg())?)
    } else {
        Place::Start(size(at)?)
    })
}

/// Exactly one change, of all bytes or of the object that is named.
fn edit(source: &EditSource) -> Result<Edit, String> {
    let mut found = Vec::new();
    let hex = |text: &Option<String>| text.as_deref().map(hex_bytes).transpose();
    let front = Place::Start(0);
    found.extend(hex(&source.set)?.map(Edit::Set));
    found.extend(hex(&source.append)?.map(Edit::Append));
    if let Some(bytes) = hex(&source.insert)? {
        found.push(Edit::Insert(place(source.at, front)?, bytes));
    }
    if let Some(bytes) = hex(&source.overwrite)? {
        found.push(Edit::Overwrite(place(source.at, front)?, bytes));
    }
    if let Some(bytes) = hex(&source.xor)? {
        found.push(Edit::Xor(place(source.at, Place::End(bytes.len()))?, bytes));
    }
    found.extend(source.truncate.map(Edit::Truncate));
    found.extend(source.drop.map(Edit::Drop));
    found.extend(source.resize.map(Edit::Resize));
    if source.reverse {
        found.push(Edit::Reverse);
    }
    let mut changes: Vec<ObjectChange> = found
        .into_iter()
        .map(|edit| ObjectChange::Value(Box::new(edit)))
        .collect();
    if source.remove {
        changes.push(ObjectChange::Remove);
    }
    changes.extend(
        source
            .rename
            .as_deref()
            .map(tag)
            .transpose()?
            .map(ObjectChange::Rename),
    );
    changes.extend(source.length.map(ObjectChange::Length));
    changes.extend(hex(&source.before)?.map(ObjectChange::Before));
    changes.extend(hex(&source.after)?.map(ObjectChange::After));
    if source.twice {
        changes.push(ObjectChange::Twice);
    }
    let mut changes = changes.into_iter();
    let (Some(change), None) = (changes.next(), changes.next()) else {
        return Err(
            "exactly one of set, append, insert, overwrite, xor, truncate, drop, resize, reverse, and with object \
                    remove, rename, length, before, after, twice"
                .to_owned(),
        );
    };
    match (&source.object, change) {
        (Some(path), change) => {
            let path = path.split_whitespace().map(part).collect::<Result<Vec<_>, _>>()?;
            if path.is_empty() {
                return Err("object names no tag".to_owned());
            }
            Ok(Edit::Object(path, change))
        }
        (None, ObjectChange::Value(edit)) => Ok(*edit),
        (None, _) => Err("remove, rename, length, before, after and twice need object".to_owned()),
    }
}
