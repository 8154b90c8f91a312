//! Reading one transparent file, whatever the chip answers.

use antin_lds::ElementaryFile;
use antin_protocol::files as commands;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::tlv;

use crate::dialect::{BeyondEnd, Dialect, LEAST_LE, ShortIds};
use crate::error::Error;

/// How one file ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// These bytes were read; they may be fewer than the file announces.
    Read(Vec<u8>),
    /// The chip refuses to give the file.
    Refused(StatusWord),
    /// The chip has no such file.
    Missing(StatusWord),
    /// The chip answers without end, or announces more than any file may hold.
    Endless(&'static str),
}

/// What has been learnt about the chip, carried from file to file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Manners {
    /// The largest Le of an extended command; `None` where extended length is not used.
    pub extended: Option<u32>,
    /// Whether short file identifiers are used.
    pub short_ids: ShortIds,
    /// The largest Le of a short command: 256 until the chip refuses it.
    pub short_le: u32,
    /// What to ask for when 256 is refused: the plain bytes that one protected answer carries.
    pub block: u32,
    /// Whether a command may ask for more than the file has left.
    pub beyond_end: BeyondEnd,
    /// The smallest Le of a short command that the chip refused inside a living session.
    pub refused_le: Option<u32>,
}

impl Manners {
    /// Begins with what is known about the kind of card; `block` as in the field.
    pub(crate) fn new(dialect: &Dialect, extended: Option<u32>, block: u32) -> Self {
        Self {
            extended,
            short_ids: dialect.short_ids.unwrap_or(ShortIds::Used),
            short_le: dialect.short(),
            block,
            beyond_end: dialect.beyond_end.unwrap_or(BeyondEnd::Allowed),
            refused_le: None,
        }
    }

    /// Adds what has been learnt to what is known about the kind of card.
    pub(crate) fn teach(&self, dialect: &mut Dialect) {
        dialect.short_ids = Some(self.short_ids);
        dialect.short_le = Some(self.short_le);
        dialect.beyond_end = Some(self.beyond_end);
    }

    fn most(self) -> u32 {
        if self.beyond_end == BeyondEnd::Refused {
            return HEADER_LE;
        }
        self.extended.unwrap_or(self.short_le)
    }

    /// Goes one step down after `6700`. False when there is nothing smaller to try.
    pub(crate) fn ask_for_less(&mut self) -> bool {
        if self.extended.take().is_some() {
            return true;
        }
        let less = if self.short_le > self.block {
            self.block
        } else {
            self.short_le / 2
        };
        if less < LEAST_LE {
            return false;
        }
        self.refused_le = Some(self.short_le);
        self.short_le = less;
        true
    }

    fn le_for(self, remaining: usize) -> u32 {
        let remaining = u32::try_from(remaining).unwrap_or(u32::MAX);
        if let Some(most) = self.extended {
            return remaining.clamp(1, most);
        }
        let most = self.probe(remaining).unwrap_or(self.short_le);
        // A full answer is asked for with Le = 00 and not counted out: the chip gives what fits.
        if remaining >= self.block && self.beyond_end == BeyondEnd::Allowed {
            most
        } else {
            remaining.clamp(1, most)
        }
    }

    /// A length between one that works and one that was refused, where the file is long enough to gain by it.
    fn probe(self, remaining: u32) -> Option<u32> {
        let refused = self.refused_le?.min(self.block.saturating_add(1));
        let gap = refused.checked_sub(self.short_le)?;
        (gap > LEAST_LE && remaining > PROBE_WORTH_BYTES).then_some(self.short_le + gap / 2)
    }

    /// Takes note of what came of a length that was tried out.
    fn tried(&mut self, le: u32, outcome: Tried) {
        if le <= self.short_le || self.extended.is_some() {
            return;
        }
        match outcome {
            Tried::Works => self.short_le = le,
            Tried::Refused => self.refused_le = Some(le),
        }
    }
}

/// What came of a length that was tried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tried {
    Works,
    Refused,
}

/// Reads one file through `exchange`, which sends a command with or without secure messaging.
///
/// The first READ BINARY names the file by its short identifier and asks for everything; the length is then known
/// from the first bytes of the file itself, and the rest follows by offset. `progress` gets (bytes so far, total).
///
/// `data` is where reading goes on, empty for a whole file; after an error it holds the bytes that did come.
pub(crate) fn read(
    file: ElementaryFile,
    manners: &mut Manners,
    data: &mut Vec<u8>,
    exchange: &mut dyn FnMut(&Command) -> Result<Response, Error>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Outcome, Error> {
    let mut reading = Reading {
        manners,
        exchange,
        spent: 0,
    };
    if data.is_empty() || !reading.select_again(file)? {
        match reading.first(file)? {
            Ok(head) => *data = head,
            Err(outcome) => return Ok(outcome),
        }
    }
    reading.rest(data, progress)
}

struct Reading<'a> {
    manners: &'a mut Manners,
    exchange: &'a mut dyn FnMut(&Command) -> Result<Response, Error>,
    spent: usize,
}

impl Reading<'_> {
    fn send(&mut self, command: &Command) -> Result<Response, Error> {
        self.spent += 1;
        (self.exchange)(command)
    }

    /// Selects a file whose first bytes are known; false when the chip does not let us.
    fn select_again(&mut self, file: ElementaryFile) -> Result<bool, Error> {
        let selected = self.send(&commands::select_ef(file.file_id()))?;
        Ok(selected.sw.is_ok())
    }

    /// Reads from offset 0, by short file identifier or after SELECT.
    fn first(&mut self, file: ElementaryFile) -> Result<Result<Vec<u8>, Outcome>, Error> {
        if self.manners.short_ids == ShortIds::Used {
            let sfi = file.short_id();
            let answer = self.asking(&mut |le| Some(commands::read_binary_sfi(sfi, le)))?;
            if has_data(&answer) {
                return Ok(Ok(answer.data));
            }
            if answer.sw == StatusWord::SECURITY_NOT_SATISFIED {
                return Ok(Err(Outcome::Refused(answer.sw)));
            }
            // Some chips refuse short identifiers with a status word of their own, so SELECT decides.
        }
        let selected = self.send(&commands::select_ef(file.file_id()))?;
        if selected.sw == StatusWord::FILE_NOT_FOUND {
            return Ok(Err(Outcome::Missing(selected.sw)));
        }
        if !selected.sw.is_ok() {
            return Ok(Err(Outcome::Refused(selected.sw)));
        }
        let answer = self.asking(&mut |le| commands::read_binary(0, le))?;
        if has_data(&answer) {
            self.manners.short_ids = ShortIds::Refused;
            return Ok(Ok(answer.data));
        }
        Ok(Err(
            // An offset of zero lies outside of nothing but an empty file.
            if answer.sw.is_ok() || matches!(answer.sw, StatusWord::END_OF_FILE | StatusWord::WRONG_OFFSET) {
                Outcome::Endless("the chip answers without data")
            } else {
                Outcome::Refused(answer.sw)
            },
        ))
    }

    /// Sends a READ BINARY for as much as the chip gives, going down when it refuses the length.
    fn asking(&mut self, build: &mut dyn FnMut(u32) -> Option<Command>) -> Result<Response, Error> {
        let before = *self.manners;
        let mut le = before.most();
        loop {
            let command = build(le).ok_or_else(no_command)?;
            let answer = self.send(&command)?;
            if let Some(exact) = answer.sw.correct_le().filter(|exact| *exact < le) {
                le = exact;
                continue;
            }
            if answer.sw == StatusWord::WRONG_OFFSET && le > HEADER_LE {
                // There is no offset to be wrong: the chip means that the file ends before Le.
                self.manners.beyond_end = BeyondEnd::Refused;
                le = HEADER_LE;
                continue;
            }
            // Le = 00 answered with nothing at all: some chips need the number spelled out.
            let silent = answer.sw.is_ok() && answer.data.is_empty();
            if answer.sw != StatusWord::WRONG_LENGTH && !silent {
                return Ok(answer);
            }
            if !self.manners.ask_for_less() {
                // Nothing helped, so nothing was learnt for the other files.
                *self.manners = before;
                return Ok(answer);
            }
            le = self.manners.most();
        }
    }

    /// Reads on from the bytes that are there.
    fn rest(&mut self, data: &mut Vec<u8>, progress: &mut dyn FnMut(usize, usize)) -> Result<Outcome, Error> {
        loop {
            let total = match tlv::object_length(data) {
                Ok(Some(total)) => total,
                // Fewer bytes than a header has: ask for one more than there are.
                Ok(None) => data.len() + 1,
                // Not an object at all: what is there is kept, the parser will name the fault.
                Err(_) => return Ok(Outcome::Read(core::mem::take(data))),
            };
            if total > MAX_FILE_BYTES {
                return Ok(Outcome::Endless("the file announces more than a file may hold"));
            }
            if data.len() >= total {
                data.truncate(total);
                progress(total, total);
                return Ok(Outcome::Read(core::mem::take(data)));
            }
            progress(data.len(), total);
            if self.spent > APDUS_PER_FILE + total / LEAST_BYTES_PER_APDU {
                return Ok(Outcome::Endless("too many answers with too few bytes"));
            }
            let part = self.part(data.len(), total - data.len())?;
            if part.is_empty() {
                // The chip has less than the file announces.
                return Ok(Outcome::Read(core::mem::take(data)));
            }
            data.extend_from_slice(&part);
        }
    }

    /// Reads up to `remaining` bytes at `offset`; empty when the chip has no more.
    fn part(&mut self, offset: usize, remaining: usize) -> Result<Vec<u8>, Error> {
        loop {
            let near = u16::try_from(offset).ok().filter(|o| *o <= LAST_SHORT_OFFSET);
            let header = if near.is_some() { 0 } else { ODD_HEADER_BYTES };
            let wanted = remaining.saturating_add(header);
            let mut le = self.manners.le_for(wanted);
            let mut answer = self.send(&read_at(offset, near, le)?)?;
            if let Some(exact) = answer.sw.correct_le().filter(|exact| *exact < le) {
                le = exact;
                answer = self.send(&read_at(offset, near, le)?)?;
            }
            if self.refused(le, wanted, &answer) {
                continue;
            }
            if !has_data(&answer) {
                return Ok(Vec::new());
            }
            let gained = u32::try_from(answer.data.len()).is_ok_and(|len| len > self.manners.short_le);
            self.manners
                .tried(le, if gained { Tried::Works } else { Tried::Refused });
            if near.is_some() {
                return Ok(answer.data);
            }
            let object = tlv::Reader::new(&answer.data).expect(tlv::tags::DISCRETIONARY_DATA);
            return object
                .map(|object| object.value.to_vec())
                .map_err(|malformed| Error::Breach {
                    step: "READ BINARY",
                    what: malformed.to_string(),
                });
        }
    }

    /// Whether the chip refused the length, so that another one is worth trying.
    fn refused(&mut self, le: u32, wanted: usize, answer: &Response) -> bool {
        let too_much = usize::try_from(le).is_ok_and(|le| le > wanted);
        if answer.sw == StatusWord::WRONG_OFFSET && too_much {
            self.manners.beyond_end = BeyondEnd::Refused;
            return true;
        }
        // Data and 9000 are due here; nothing at all is how some chips answer an Le that they do not like.
        let silent = answer.sw.is_ok() && answer.data.is_empty();
        if answer.sw != StatusWord::WRONG_LENGTH && !silent {
            return false;
        }
        if le > self.manners.short_le && self.manners.extended.is_none() {
            self.manners.tried(le, Tried::Refused);
            return true;
        }
        self.manners.ask_for_less()
    }
}

fn read_at(offset: usize, near: Option<u16>, le: u32) -> Result<Command, Error> {
    match near {
        Some(near) => commands::read_binary(near, le).ok_or_else(no_command),
        None => {
            let far = u32::try_from(offset).map_err(|_| no_command())?;
            Ok(commands::read_binary_odd(far, le))
        }
    }
}

fn has_data(answer: &Response) -> bool {
    let served = answer.sw.is_ok() || answer.sw == StatusWord::END_OF_FILE;
    served && !answer.data.is_empty()
}

fn no_command() -> Error {
    Error::Bug {
        what: "READ BINARY beyond its range".to_owned(),
    }
}

/// The largest file that is read: several times the largest face, finger or iris record seen on a chip.
pub const MAX_FILE_BYTES: usize = 512 * 1024;

/// APDUs that any file may take, before its size is counted.
const APDUS_PER_FILE: usize = 24;

/// On average an answer must bring so many bytes; fewer is a chip that plays for time.
const LEAST_BYTES_PER_APDU: usize = 32;

/// Le that shows the header of a file whose length is not known, where nothing beyond the end may be asked for: no file of
/// a travel document is shorter.
const HEADER_LE: u32 = 8;

/// With so many bytes ahead it pays to look for a longer answer than the one that is known to work.
const PROBE_WORTH_BYTES: u32 = 2_048;

/// The last offset that READ BINARY with an even instruction can name: fifteen bits.
const LAST_SHORT_OFFSET: u16 = 0x7FFF;

/// Tag and length that wrap the data of READ BINARY with an odd instruction.
const ODD_HEADER_BYTES: usize = 4;
