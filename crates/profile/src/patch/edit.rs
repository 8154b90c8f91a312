//! Changes of bytes: of answers, of data objects in them, and of files.

use antin_wire::tlv::{self, Tag};

/// Longest answer or file that an edit makes.
const MAX_BYTES: usize = 70_000;

/// A change of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// All of them become these.
    Set(Vec<u8>),
    /// These are added at the end.
    Append(Vec<u8>),
    /// These are added before the byte at the place.
    Insert(Place, Vec<u8>),
    /// These take the place of as many bytes.
    Overwrite(Place, Vec<u8>),
    /// These bits change.
    Xor(Place, Vec<u8>),
    /// So many bytes stay.
    Truncate(usize),
    /// So many bytes go at the end.
    Drop(usize),
    /// Filled up to this length, or cut to it.
    Resize(usize),
    /// The data objects come in reverse order.
    Reverse,
    /// A data object changes: the first with these tags, one inside the other. Lengths around it are written anew.
    Object(Vec<Part>, ObjectChange),
}

/// One step on the way to a data object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its tag.
    pub tag: Tag,
    /// Which one of those with this tag, from 1; `None` takes the first that holds what follows on the way.
    pub nth: Option<usize>,
}

impl From<Tag> for Part {
    fn from(tag: Tag) -> Self {
        Self { tag, nth: None }
    }
}

/// A change of a data object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectChange {
    /// It is not there.
    Remove,
    /// It has another tag.
    Rename(Tag),
    /// Its length field says this, its value stays.
    Length(usize),
    /// These bytes stand before it.
    Before(Vec<u8>),
    /// These bytes stand behind it.
    After(Vec<u8>),
    /// It stands there twice.
    Twice,
    /// Its value changes.
    Value(Box<Edit>),
}

/// A place among some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// So many bytes from the start.
    Start(usize),
    /// So many bytes from the end: 1 is the last byte.
    End(usize),
}

impl Place {
    fn within(self, length: usize) -> Option<usize> {
        match self {
            Self::Start(offset) => Some(offset),
            Self::End(back) => length.checked_sub(back),
        }
    }
}

/// Whether an edit found what it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Applied {
    /// The bytes are edited.
    Done,
    /// There was no such place or object; the bytes are as they were.
    NotFound,
}

impl Edit {
    /// Edits bytes; the result has at most 70,000.
    pub fn apply(&self, bytes: &mut Vec<u8>) -> Applied {
        match self.edited(bytes) {
            Some(mut edited) => {
                edited.truncate(MAX_BYTES);
                *bytes = edited;
                Applied::Done
            }
            None => Applied::NotFound,
        }
    }

    fn edited(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut edited = bytes.to_vec();
        match self {
            Self::Set(new) => edited.clone_from(new),
            Self::Append(more) => edited.extend_from_slice(more),
            Self::Insert(place, more) => {
                let at = place.within(bytes.len()).filter(|at| *at <= bytes.len())?;
                drop(edited.splice(at..at, more.iter().copied()));
            }
            Self::Overwrite(place, new) => {
                let at = place.within(bytes.len())?;
                let end = at.checked_add(new.len())?;
                edited.get_mut(at..end)?.copy_from_slice(new);
            }
            Self::Xor(place, bits) => {
                let at = place.within(bytes.len())?;
                let end = at.checked_add(bits.len())?;
                for (byte, bit) in edited.get_mut(at..end)?.iter_mut().zip(bits) {
                    *byte ^= bit;
                }
            }
            Self::Truncate(count) => edited.truncate(*count),
            Self::Drop(count) => edited.truncate(bytes.len().checked_sub(*count)?),
            Self::Resize(length) => edited.resize((*length).min(MAX_BYTES), 0),
            Self::Reverse => return reversed(bytes),
            Self::Object(path, change) => return object(bytes, path, change),
        }
        Some(edited)
    }
}

/// Puts data objects in reverse order; bytes that are none have no order.
fn reversed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = tlv::Reader::new(bytes);
    let mut objects = Vec::new();
    while let Some(object) = reader.next().ok()? {
        objects.push(object.raw);
    }
    objects.reverse();
    Some(objects.concat())
}

/// Changes the first object under `path` in a string of objects; what stands behind them and is none stays.
fn object(bytes: &[u8], path: &[Part], change: &ObjectChange) -> Option<Vec<u8>> {
    let (wanted, inner) = path.split_first()?;
    let mut reader = tlv::Reader::new(bytes);
    let (mut done, mut seen) = (0, 0);
    while let Ok(Some(found)) = reader.next() {
        let end = done + found.raw.len();
        seen += usize::from(found.tag == wanted.tag);
        if found.tag == wanted.tag && wanted.nth.is_none_or(|nth| nth == seen) {
            let new = if inner.is_empty() {
                changed(found.tag, found.value, found.raw, change)
            } else {
                object(found.value, inner, change).map(|value| tlv::object(found.tag, &value))
            };
            if let Some(new) = new {
                return Some([bytes.get(..done)?, &new, bytes.get(end..)?].concat());
            }
        }
        done = end;
    }
    None
}

fn changed(tag: Tag, value: &[u8], raw: &[u8], change: &ObjectChange) -> Option<Vec<u8>> {
    Some(match change {
        ObjectChange::Remove => Vec::new(),
        ObjectChange::Rename(new) => tlv::object(*new, value),
        ObjectChange::Length(length) => {
            // Tag and length field as for a value of that many bytes, then the value there is.
            let mut written = tlv::object(tag, &vec![0; (*length).min(MAX_BYTES)]);
            written.truncate(written.len() - (*length).min(MAX_BYTES));
            written.extend_from_slice(value);
            written
        }
        ObjectChange::Before(bytes) => [bytes, raw].concat(),
        ObjectChange::After(bytes) => [raw, bytes].concat(),
        ObjectChange::Twice => [raw, raw].concat(),
        ObjectChange::Value(edit) => {
            let mut new = value.to_vec();
            match edit.apply(&mut new) {
                Applied::Done => tlv::object(tag, &new),
                Applied::NotFound => return None,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(edit: &Edit, hex: &str) -> Option<String> {
        let mut bytes = hex::decode(hex).unwrap();
        match edit.apply(&mut bytes) {
            Applied::Done => Some(hex::encode_upper(bytes)),
            Applied::NotFound => None,
        }
    }

    #[test]
    fn an_object_is_changed_and_the_lengths_around_it_follow() {
        let token = vec![Tag(0x7C).into(), Tag(0x86).into()];
        let edit = |change| Edit::Object(token.clone(), change);
        let found = |change| edited(&edit(change), "7C068602AABB8700");
        assert_eq!(found(ObjectChange::Remove).unwrap(), "7C028700");
        assert_eq!(
            found(ObjectChange::Rename(Tag(0x96))).unwrap(),
            "7C069602AABB8700"
        );
        assert_eq!(found(ObjectChange::Length(9)).unwrap(), "7C068609AABB8700");
        assert_eq!(
            found(ObjectChange::After(vec![1, 0])).unwrap(),
            "7C088602AABB01008700"
        );
        let longer = ObjectChange::Value(Box::new(Edit::Append(vec![0; 2])));
        assert_eq!(found(longer).unwrap(), "7C088604AABB00008700");
        assert_eq!(edited(&edit(ObjectChange::Remove), "7C028700"), None);
        assert_eq!(edited(&edit(ObjectChange::Remove), "FFFF"), None);
    }

    #[test]
    fn an_object_is_found_by_what_it_holds_or_by_its_number() {
        let remove = |path: &[(u32, Option<usize>)]| {
            let path = path.iter().map(|(tag, nth)| Part {
                tag: Tag(*tag),
                nth: *nth,
            });
            Edit::Object(path.collect(), ObjectChange::Remove)
        };
        let list = "3003020101 3005300304017F 3003020102".replace(' ', "");
        let found = |path: &[(u32, Option<usize>)]| edited(&remove(path), &list);
        assert_eq!(
            found(&[(0x30, None), (0x30, None), (0x04, None)]).unwrap(),
            "3003020101300230003003020102"
        );
        assert_eq!(
            found(&[(0x30, Some(3)), (0x02, None)]).unwrap(),
            "30030201013005300304017F3000"
        );
        assert_eq!(found(&[(0x30, Some(1)), (0x30, None)]), None);
        assert_eq!(found(&[(0x30, Some(4))]), None);
    }

    #[test]
    fn bytes_are_found_from_both_ends() {
        assert_eq!(
            edited(&Edit::Xor(Place::End(1), vec![0x0F]), "AABB").unwrap(),
            "AAB4"
        );
        assert_eq!(
            edited(&Edit::Insert(Place::Start(1), vec![1]), "AABB").unwrap(),
            "AA01BB"
        );
        assert_eq!(edited(&Edit::Drop(1), "AABB").unwrap(), "AA");
        assert_eq!(edited(&Edit::Resize(3), "AABB").unwrap(), "AABB00");
        assert_eq!(
            edited(&Edit::Reverse, "8701AA99029000").unwrap(),
            "990290008701AA"
        );
        assert_eq!(edited(&Edit::Reverse, "8705AA"), None);
        assert_eq!(
            edited(&Edit::Overwrite(Place::Start(1), vec![1, 2]), "AABB"),
            None
        );
        assert_eq!(edited(&Edit::Drop(3), "AABB"), None);
        assert_eq!(edited(&Edit::Xor(Place::End(3), vec![1]), "AABB"), None);
    }
}
