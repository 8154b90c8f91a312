//! GENERAL AUTHENTICATE and its dynamic authentication data `7C` (ISO 7816-4), shared by PACE and Chip Authentication.

use antin_wire::{
    apdu::{Command, Response, StatusWord},
    ins,
    tlv::{self, Tag, tags},
};

use crate::Error;

/// Whether more commands of the same chain follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chain {
    More,
    Last,
}

impl Chain {
    const fn header(self) -> [u8; 4] {
        match self {
            Self::More => [0x10, ins::GENERAL_AUTHENTICATE, 0x00, 0x00],
            Self::Last => [0x00, ins::GENERAL_AUTHENTICATE, 0x00, 0x00],
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::More => Self::Last,
            Self::Last => Self::More,
        }
    }
}

/// Builds the command around one object, or around none.
pub(crate) fn command(chain: Chain, object: Option<(Tag, &[u8])>) -> Command {
    crate::with_header(chain.header())
        .with_data(template(object))
        .with_le(256)
}

/// Builds the answer around one object, or around none.
pub(crate) fn answer(object: Option<(Tag, &[u8])>) -> Response {
    Response::ok(template(object))
}

/// Builds the answer around several objects.
pub(crate) fn answer_with(objects: &[(Tag, &[u8])]) -> Response {
    let inner: Vec<u8> = objects
        .iter()
        .flat_map(|(tag, value)| tlv::object(*tag, value))
        .collect();
    Response::ok(tlv::object(tags::DYNAMIC_AUTHENTICATION, &inner))
}

fn template(object: Option<(Tag, &[u8])>) -> Vec<u8> {
    let inner = object
        .map(|(tag, value)| tlv::object(tag, value))
        .unwrap_or_default();
    tlv::object(tags::DYNAMIC_AUTHENTICATION, &inner)
}

/// The terminal's view of an answer: the value of the one object `tag`.
pub(crate) fn accept<'a>(step: &'static str, response: &'a Response, tag: Tag) -> Result<&'a [u8], Error> {
    let mut inner = accept_objects(step, response)?;
    let object = inner.expect(tag)?;
    inner.finish()?;
    Ok(object.value)
}

/// The terminal's view of an answer: the objects inside `7C`.
pub(crate) fn accept_objects<'a>(
    step: &'static str,
    response: &'a Response,
) -> Result<tlv::Reader<'a>, Error> {
    let data = crate::accepted(step, response)?;
    let outer = tlv::parse_one(data)?;
    if outer.tag != tags::DYNAMIC_AUTHENTICATION {
        return Err(Error::Breach {
            step,
            what: "no dynamic authentication data",
        });
    }
    Ok(outer.children())
}

/// The terminal's view of an answer that must be an empty `7C`.
pub(crate) fn accept_empty(step: &'static str, response: &Response) -> Result<(), Error> {
    let data = crate::accepted(step, response)?;
    if data != template(None) {
        return Err(Error::Breach {
            step,
            what: "an answer that should be empty is not",
        });
    }
    Ok(())
}

/// The chip's view of a command: the value of the one object `tag`, or no object at all.
///
/// # Errors
/// `6E00`, `6D00`, `6A86`, `6700` for a command of another shape, `6985` for the object of another step
/// or another place in the chain, `6A80` else.
pub(crate) fn expect(command: &Command, chain: Chain, tag: Option<Tag>) -> Result<&[u8], StatusWord> {
    if command.header() == chain.other().header() {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
    }
    crate::expect_header(command, chain.header())?;
    if !matches!(command.le(), Some(256 | 65_536)) {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let outer = tlv::parse_one(command.data()).map_err(|_| StatusWord::INCORRECT_PARAMETERS)?;
    if outer.tag != tags::DYNAMIC_AUTHENTICATION {
        return Err(StatusWord::INCORRECT_PARAMETERS);
    }
    if outer.value.is_empty() {
        return if tag.is_none() {
            Ok(&[])
        } else {
            Err(StatusWord::CONDITIONS_NOT_SATISFIED)
        };
    }
    let object = tlv::parse_one(outer.value).map_err(|_| StatusWord::INCORRECT_PARAMETERS)?;
    match object.tag {
        found if Some(found) == tag => Ok(object.value),
        Tag(0x80..=0x86) => Err(StatusWord::CONDITIONS_NOT_SATISFIED),
        _ => Err(StatusWord::INCORRECT_PARAMETERS),
    }
}
