//! Reading one transparent file, whatever the chip answers.

use antin_lds::ElementaryFile;
use antin_protocol::files as commands;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::tlv;

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
    /// Whether extended length is used.
    pub extended: bool,
    /// Whether short file identifiers are used.
    pub sfi: Sfi,
    /// The largest Le of a short command: 256 until the chip refuses it.
    pub short_le: u32,
    /// What to ask for when 256 is refused: the plain bytes that one protected answer carries.
    pub block: u32,
}

/// Whether the chip knows short file identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sfi {
    /// So far it does.
    Used,
    /// It does not; files are selected.
    Avoided,
}

impl Manners {
    fn most(self) -> u32 {
        if self.extended { EXTENDED_LE } else { self.short_le }
    }

    /// Goes one step down after `6700`. False when there is nothing smaller to try.
    fn ask_for_less(&mut self) -> bool {
        if self.extended {
            self.extended = false;
            return true;
        }
        let less = if self.short_le > self.block {
            self.block
        } else {
            self.short_le / 2
        };
        if less < SMALLEST_LE {
            return false;
        }
        self.short_le = less;
        true
    }

    fn le_for(self, remaining: usize) -> u32 {
        let remaining = u32::try_from(remaining).unwrap_or(u32::MAX);
        if self.extended {
            return remaining.clamp(1, EXTENDED_LE);
        }
        // A full answer is asked for with Le = 00 and not counted out: the chip gives what fits.
        if remaining >= self.block {
            self.short_le
        } else {
            remaining.clamp(1, self.short_le)
        }
    }
}

/// Reads one file through `exchange`, which sends a command with or without secure messaging.
///
/// The first READ BINARY names the file by its short identifier and asks for everything; the length is then known
/// from the first bytes of the file itself, and the rest follows by offset. `progress` gets (bytes so far, total).
pub(crate) fn read(
    file: ElementaryFile,
    manners: &mut Manners,
    exchange: &mut dyn FnMut(&Command) -> Result<Response, Error>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Outcome, Error> {
    let mut reading = Reading {
        manners,
        exchange,
        spent: 0,
    };
    let head = match reading.first(file)? {
        Ok(head) => head,
        Err(outcome) => return Ok(outcome),
    };
    reading.rest(head, progress)
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

    /// Reads from offset 0, by short file identifier or after SELECT.
    fn first(&mut self, file: ElementaryFile) -> Result<Result<Vec<u8>, Outcome>, Error> {
        if self.manners.sfi == Sfi::Used {
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
            self.manners.sfi = Sfi::Avoided;
            return Ok(Ok(answer.data));
        }
        Ok(Err(
            if answer.sw.is_ok() || answer.sw == StatusWord::END_OF_FILE {
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

    /// Reads on from what the first answer held.
    fn rest(&mut self, mut data: Vec<u8>, progress: &mut dyn FnMut(usize, usize)) -> Result<Outcome, Error> {
        loop {
            let total = match tlv::object_length(&data) {
                Ok(Some(total)) => total,
                // Fewer bytes than a header has: ask for one more than there are.
                Ok(None) => data.len() + 1,
                // Not an object at all: what is there is kept, the parser will name the fault.
                Err(_) => return Ok(Outcome::Read(data)),
            };
            if total > MAX_FILE_BYTES {
                return Ok(Outcome::Endless("the file announces more than a file may hold"));
            }
            if data.len() >= total {
                data.truncate(total);
                progress(total, total);
                return Ok(Outcome::Read(data));
            }
            progress(data.len(), total);
            if self.spent > APDUS_PER_FILE + total / LEAST_BYTES_PER_APDU {
                return Ok(Outcome::Endless("too many answers with too few bytes"));
            }
            let part = self.part(data.len(), total - data.len())?;
            if part.is_empty() {
                // The chip has less than the file announces.
                return Ok(Outcome::Read(data));
            }
            data.extend_from_slice(&part);
        }
    }

    /// Reads up to `remaining` bytes at `offset`; empty when the chip has no more.
    fn part(&mut self, offset: usize, remaining: usize) -> Result<Vec<u8>, Error> {
        loop {
            let near = u16::try_from(offset).ok().filter(|o| *o <= LAST_SHORT_OFFSET);
            let header = if near.is_some() { 0 } else { ODD_HEADER_BYTES };
            let mut le = self.manners.le_for(remaining + header);
            let mut answer = self.send(&read_at(offset, near, le)?)?;
            if let Some(exact) = answer.sw.correct_le().filter(|exact| *exact < le) {
                le = exact;
                answer = self.send(&read_at(offset, near, le)?)?;
            }
            if answer.sw == StatusWord::WRONG_LENGTH && self.manners.ask_for_less() {
                continue;
            }
            if !has_data(&answer) {
                return Ok(Vec::new());
            }
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

/// Le that asks for everything in extended length.
const EXTENDED_LE: u32 = 65_536;

/// Smaller answers than this are not asked for.
const SMALLEST_LE: u32 = 16;

/// The last offset that READ BINARY with an even instruction can name: fifteen bits.
const LAST_SHORT_OFFSET: u16 = 0x7FFF;

/// Tag and length that wrap the data of READ BINARY with an odd instruction.
const ODD_HEADER_BYTES: usize = 4;
