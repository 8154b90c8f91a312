//! From names as they are spelt to the letters A to Z of a machine readable zone (ICAO 9303-3 §6).
//!
//! Vietnamese letters lose their marks (Đ becomes D); letters that the recommended table spells out become what it says (Ö is
//! OE, Å is AA, Щ is SHCH); other letters with marks lose them; letters of other scripts take their usual Latin spelling. Arabic
//! script is refused: its table in ICAO 9303-3 is not implemented, and any other spelling would not match the passports in use.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{
    error::{MrzError, MrzField, MrzProblem},
    line::digit_of,
};
use crate::normal::nfc;

/// Why a name cannot be written in a machine readable zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotTransliterable {
    /// A character without letters that stand for it.
    #[error("{character:?} (character {position}) has no form in the machine readable zone")]
    Character {
        /// The character.
        character: char,
        /// Its place in the name in normal form C, from 1.
        position: usize,
    },
    /// No letter at all.
    #[error("the name has no letters")]
    Empty,
    /// More characters than any name has.
    #[error("the name has more than {max} characters")]
    TooLong {
        /// The limit in characters.
        max: usize,
    },
}

/// Writes a name in the letters A to Z, its components separated by single fillers: `Nguyễn Thị Mẫu` becomes `NGUYEN<THI<MAU`.
///
/// Blanks, hyphens and commas separate components; apostrophes and full stops are left out (ICAO 9303-3 §4.6).
///
/// # Errors
/// [`NotTransliterable`] names the first character that has no letters, or says that there is no letter.
pub fn name(text: &str) -> Result<String, NotTransliterable> {
    let written = name_or_empty(text)?;
    if written.is_empty() {
        Err(NotTransliterable::Empty)
    } else {
        Ok(written)
    }
}

/// As [`name`], but a text without letters gives an empty one.
pub(super) fn name_or_empty(text: &str) -> Result<String, NotTransliterable> {
    let mut written = String::with_capacity(text.len());
    for (position, character) in (1..).zip(nfc(text).chars()) {
        if position > MAX_CHARACTERS {
            return Err(NotTransliterable::TooLong { max: MAX_CHARACTERS });
        }
        match character {
            'A'..='Z' | 'a'..='z' => written.push(character.to_ascii_uppercase()),
            ' ' | '\u{A0}' | '-' | '\u{2010}' | '\u{2011}' | ',' => {
                if !written.is_empty() && !written.ends_with('<') {
                    written.push('<');
                }
            }
            '\'' | '`' | '.' | '\u{2018}' | '\u{2019}' | '\u{02BB}' | '\u{02BC}' | '\u{00B4}' => {}
            _ => push_letters(&mut written, character)
                .ok_or(NotTransliterable::Character { character, position })?,
        }
    }
    written.truncate(written.trim_end_matches('<').len());
    Ok(written)
}

/// Line 1 of a Vietnamese ID card: document number (the last nine of the twelve digits) with its check digit, all twelve digits, two
/// fillers, and the check digit of the twelve digits.
///
/// # Errors
/// [`MrzError`] if the text is not twelve digits.
pub fn vietnamese_td1_number(id_number: &str) -> Result<String, MrzError> {
    let wrong = |problem| MrzField::VietnamNumber.at(1, 16, problem);
    if let Some(found) = id_number.chars().find(|character| !character.is_ascii_digit()) {
        return Err(wrong(MrzProblem::Character { found }));
    }
    let Some((_, document_number)) = id_number.split_at_checked(3).filter(|_| id_number.len() == 12) else {
        return Err(wrong(MrzProblem::Length {
            expected: 12,
            found: id_number.len(),
        }));
    };
    Ok(format!(
        "IDVNM{document_number}{}{id_number}<<{}",
        digit_of(document_number),
        digit_of(id_number)
    ))
}

/// Appends the letters that stand for one character, none for one that is left out; `None` if there are no such letters.
fn push_letters(written: &mut String, character: char) -> Option<()> {
    if character.is_ascii_alphabetic() {
        written.push(character.to_ascii_uppercase());
        return Some(());
    }
    if is_combining_mark(character) || is_left_out(character) {
        return Some(());
    }
    if let Some(letters) = from_table(character) {
        written.push_str(letters);
        return Some(());
    }
    let base = character.nfd().next().unwrap_or(character);
    if base != character {
        return push_letters(written, base);
    }
    written.push_str(&from_other_script(character)?);
    Some(())
}

/// The Cyrillic soft sign has no letter: the table leaves it out.
fn is_left_out(character: char) -> bool {
    matches!(character, 'Ь' | 'ь')
}

fn from_table(character: char) -> Option<&'static str> {
    let mut upper = character.to_uppercase();
    let (first, single) = (upper.next()?, upper.next().is_none());
    let wanted = if single { first } else { character };
    TABLE
        .iter()
        .find(|(letter, _)| *letter == wanted)
        .map(|(_, letters)| *letters)
}

/// The usual Latin spelling of a letter of another script.
fn from_other_script(character: char) -> Option<String> {
    if !character.is_alphabetic() || is_arabic(character) {
        return None;
    }
    let mut latin = any_ascii::any_ascii_char(character).to_ascii_uppercase();
    latin.retain(|letter| !matches!(letter, '\'' | '`'));
    (!latin.is_empty() && latin.bytes().all(|letter| letter.is_ascii_uppercase())).then_some(latin)
}

fn is_arabic(character: char) -> bool {
    matches!(u32::from(character), 0x0600..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFF)
}

/// No name on a document has more; the field takes 39 letters.
const MAX_CHARACTERS: usize = 400;

/// Letters that do not simply lose their marks, upper case: ICAO 9303-3 §6, tables A (Latin) and B (Cyrillic), checked row by
/// row against two public transcriptions of the eighth edition. Of a choice that the tables offer, the first stands here;
/// exceptions for single languages are not made. ß, ĸ, ŉ and Ћ are not in the tables.
const TABLE: &[(char, &str)] = &[
    ('Ä', "AE"),
    ('Å', "AA"),
    ('Æ', "AE"),
    ('Ð', "D"),
    ('Ö', "OE"),
    ('Ø', "OE"),
    ('Ü', "UE"),
    ('Þ', "TH"),
    ('ß', "SS"),
    ('ẞ', "SS"),
    ('Đ', "D"),
    ('Ħ', "H"),
    ('ı', "I"),
    ('Ĳ', "IJ"),
    ('ĸ', "Q"),
    ('Ŀ', "L"),
    ('Ł', "L"),
    ('ŉ', "N"),
    ('Ŋ', "N"),
    ('Œ', "OE"),
    ('Ŧ', "T"),
    ('Ё', "E"),
    ('Ђ', "D"),
    ('Є', "IE"),
    ('Ѕ', "DZ"),
    ('І', "I"),
    ('Ї', "I"),
    ('Ј', "J"),
    ('Љ', "LJ"),
    ('Њ', "NJ"),
    ('Ћ', "C"),
    ('Ќ', "K"),
    ('Ў', "U"),
    ('Џ', "DZ"),
    ('А', "A"),
    ('Б', "B"),
    ('В', "V"),
    ('Г', "G"),
    ('Д', "D"),
    ('Е', "E"),
    ('Ж', "ZH"),
    ('З', "Z"),
    ('И', "I"),
    ('Й', "I"),
    ('К', "K"),
    ('Л', "L"),
    ('М', "M"),
    ('Н', "N"),
    ('О', "O"),
    ('П', "P"),
    ('Р', "R"),
    ('С', "S"),
    ('Т', "T"),
    ('У', "U"),
    ('Ф', "F"),
    ('Х', "KH"),
    ('Ц', "TS"),
    ('Ч', "CH"),
    ('Ш', "SH"),
    ('Щ', "SHCH"),
    ('Ъ', "IE"),
    ('Ы', "Y"),
    ('Э', "E"),
    ('Ю', "IU"),
    ('Я', "IA"),
    ('Ѫ', "U"),
    ('Ѵ', "Y"),
    ('Ґ', "G"),
    ('Ғ', "G"),
    ('Һ', "C"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        name(text).unwrap()
    }

    #[test]
    fn every_vietnamese_letter_becomes_its_plain_letter() {
        let plain = [
            ('A', "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ"),
            ('D', "DĐ"),
            ('E', "EÈẺẼÉẸÊỀỂỄẾỆ"),
            ('I', "IÌỈĨÍỊ"),
            ('O', "OÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢ"),
            ('U', "UÙỦŨÚỤƯỪỬỮỨỰ"),
            ('Y', "YỲỶỸÝỴ"),
        ];
        for (letter, marked) in plain {
            for character in marked.chars().chain(marked.to_lowercase().chars()) {
                let decomposed: String = character.nfd().collect();
                assert_eq!(written(&character.to_string()), letter.to_string(), "{character}");
                assert_eq!(written(&decomposed), letter.to_string(), "{character} decomposed");
            }
        }
    }

    #[test]
    fn names_are_written_as_the_standard_recommends() {
        for (spelt, expected) in [
            ("Nguyễn Thị Mẫu", "NGUYEN<THI<MAU"),
            ("K'Sơr H'Bia", "KSOR<HBIA"),
            ("Niê Kđăm", "NIE<KDAM"),
            ("Jörg Müller-Strauß", "JOERG<MUELLER<STRAUSS"),
            ("Åse Ærø", "AASE<AEROE"),
            ("Muñoz", "MUNOZ"),
            ("Þór Ðáni", "THOR<DANI"),
            ("Łukasz Żółć", "LUKASZ<ZOLC"),
            ("D’Artagnan, St. John", "DARTAGNAN<ST<JOHN"),
            ("Щербаков Юрий", "SHCHERBAKOV<IURII"),
            ("Ольга", "OLGA"),
            ("Ѫ ѵ Ғ һ", "U<Y<G<C"),
            ("ĳssel Œuvre", "IJSSEL<OEUVRE"),
            ("Ωμέγα", "OMEGA"),
            ("  Lê   Văn  ", "LE<VAN"),
        ] {
            assert_eq!(written(spelt), expected, "{spelt}");
        }
    }

    #[test]
    fn a_character_without_letters_is_named() {
        for (text, character, position) in [
            ("An 1", '1', 4),
            ("An\u{1F600}", '\u{1F600}', 3),
            ("A<B", '<', 2),
            ("علي", 'ع', 1),
            ("A\nB", '\n', 2),
            ("Le\u{0302} (x)", '(', 4),
        ] {
            assert_eq!(
                name(text),
                Err(NotTransliterable::Character { character, position }),
                "{text:?}"
            );
        }
        assert_eq!(name(" - "), Err(NotTransliterable::Empty));
        assert_eq!(name(""), Err(NotTransliterable::Empty));
        assert_eq!(
            name(&"A".repeat(401)),
            Err(NotTransliterable::TooLong { max: 400 })
        );
    }

    #[test]
    fn a_vietnamese_number_makes_line_one() {
        assert_eq!(
            vietnamese_td1_number("999185000017").unwrap(),
            "IDVNM1850000176999185000017<<5"
        );
        assert_eq!(
            vietnamese_td1_number("999060000025").unwrap(),
            "IDVNM0600000259999060000025<<8"
        );
        for text in [
            "",
            "99918500001",
            "9991850000171",
            "99918500001A",
            "９９９１８５００００１７",
        ] {
            assert!(vietnamese_td1_number(text).is_err(), "{text}");
        }
    }
}
