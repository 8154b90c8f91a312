//! EF.DIR: the applications of the chip (ISO 7816-4 §12.2.1, file 2F00 of the master file).
//!
//! ```text
//! 61 L
//!   4F L   application identifier
//!   50 L   application label, optional
//!   ..     other objects
//! ```

use antin_wire::{
    ids::Aid,
    tlv::{
        self, Reader, Tag,
        tags::{APPLICATION_IDENTIFIER, APPLICATION_LABEL},
    },
};

use crate::{Error, der_io};

/// The content of EF.DIR, with the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EfDir {
    raw: Vec<u8>,
    applications: Vec<Application>,
}

/// One application of the chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its identifier.
    pub aid: Aid,
    /// Its name for people, in whatever characters the chip uses.
    pub label: Option<Vec<u8>>,
}

impl EfDir {
    /// Builds the file.
    ///
    /// # Errors
    /// [`Error`] if there are too many applications to be read again.
    pub fn build(applications: &[Application]) -> Result<Self, Error> {
        let templates = applications.iter().flat_map(|application| {
            let mut parts = vec![tlv::object(APPLICATION_IDENTIFIER, application.aid.as_bytes())];
            let label = application.label.as_deref();
            parts.extend(label.map(|label| tlv::object(APPLICATION_LABEL, label)));
            tlv::constructed(APPLICATION_TEMPLATE, &parts)
        });
        Self::parse(&templates.collect::<Vec<u8>>())
    }

    /// Reads the file. Zero bytes may fill it up; an identifier may stand without a template around it.
    ///
    /// # Errors
    /// [`Error`] if it is no sequence of application templates and identifiers.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("EF.DIR", bytes, MAX_BYTES)?;
        let filled = bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        let mut reader = Reader::new(bytes);
        let mut applications = Vec::new();
        let mut read = 0;
        while read < filled {
            let Some(object) = reader.next()? else { break };
            if applications.len() == MAX_APPLICATIONS {
                return Err(Error::TooMany {
                    what: "EF.DIR applications",
                    max: MAX_APPLICATIONS,
                });
            }
            read += object.raw.len();
            applications.push(match object.tag {
                APPLICATION_TEMPLATE => Application::read(&mut object.children())?,
                APPLICATION_IDENTIFIER => Application {
                    aid: identifier(object.value)?,
                    label: None,
                },
                found => {
                    return Err(Error::UnexpectedTag {
                        what: "EF.DIR",
                        expected: APPLICATION_TEMPLATE.0,
                        found: found.0,
                    });
                }
            });
        }
        Ok(Self {
            raw: bytes.to_vec(),
            applications,
        })
    }

    /// The applications, in the order of the file.
    #[must_use]
    pub fn applications(&self) -> &[Application] {
        &self.applications
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

impl Application {
    fn read(parts: &mut Reader<'_>) -> Result<Self, Error> {
        let mut aid = None;
        let mut label = None;
        while let Some(part) = parts.next()? {
            match part.tag {
                APPLICATION_IDENTIFIER if aid.is_none() => aid = Some(identifier(part.value)?),
                APPLICATION_LABEL if label.is_none() => label = Some(part.value.to_vec()),
                APPLICATION_IDENTIFIER | APPLICATION_LABEL => {
                    return Err(wrong("an object stands there twice"));
                }
                _ => {}
            }
        }
        Ok(Self {
            aid: aid.ok_or(wrong("no application identifier"))?,
            label,
        })
    }
}

fn identifier(value: &[u8]) -> Result<Aid, Error> {
    Aid::new(value).ok_or(wrong("an application identifier has 5 to 16 bytes"))
}

const fn wrong(problem: &'static str) -> Error {
    Error::BadValue {
        what: "EF.DIR application template",
        problem,
    }
}

/// Application template; the same number as the tag of DG1.
const APPLICATION_TEMPLATE: Tag = Tag(0x61);
/// Real files stay below 200 bytes.
const MAX_BYTES: usize = 4 * 1024;
/// Chips of travel documents carry one to five.
const MAX_APPLICATIONS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const EMRTD: [u8; 11] = [0x61, 0x09, 0x4F, 0x07, 0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

    #[test]
    fn applications_come_back() {
        let file = EfDir::parse(&EMRTD).unwrap();
        assert_eq!(file.applications()[0].aid, Aid::EMRTD);
        let two = [
            Application {
                aid: Aid::EMRTD,
                label: None,
            },
            Application {
                aid: Aid::new(&[0xE8, 0x07, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02]).unwrap(),
                label: Some(b"eID".to_vec()),
            },
        ];
        let built = EfDir::build(&two).unwrap();
        assert_eq!(EfDir::parse(built.as_bytes()).unwrap().applications(), two);
    }

    #[test]
    fn fillers_and_bare_identifiers_are_taken_and_crooked_templates_are_not() {
        let padded = [&EMRTD[..], &EMRTD[2..], &[0; 3]].concat();
        assert_eq!(EfDir::parse(&padded).unwrap().applications().len(), 2);
        assert!(EfDir::parse(&[]).unwrap().applications().is_empty());
        for wrong in [
            &EMRTD[..10],
            &[0x61, 0x00][..],
            &[0x61, 0x03, 0x4F, 0x01, 0xA0],
            &[0x62, 0x00, 0x01],
            &[&EMRTD[..], &[0xFF]].concat(),
        ] {
            assert!(EfDir::parse(wrong).is_err(), "{wrong:02X?}");
        }
    }
}
