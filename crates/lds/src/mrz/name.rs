//! The name field: two identifiers in a fixed number of characters (ICAO 9303-3 §4.6, 9303-4 §4.2.3, 9303-5 §4.2.3).

use super::transliterate::{self, NotTransliterable};

/// Writes the name field of a machine readable zone: `SURNAME<<GIVEN<NAMES<<<`, 30 characters for TD1, 39 for TD3.
///
/// A name that is too long is truncated: the primary identifier is kept as long as one letter of the secondary one fits behind it,
/// the rest is cut at the end of the field, and the last character of the field is a letter, which tells that it was cut.
///
/// # Errors
/// [`NotTransliterable`] names the character for which the standard has no letters, or that there is no letter at all.
pub fn name_field(surname: &str, given: &str, width: usize) -> Result<String, NotTransliterable> {
    let (primary, secondary) = (
        transliterate::name(surname)?,
        transliterate::name_or_empty(given)?,
    );
    let field = match secondary.as_str() {
        "" => fit(&primary, width),
        secondary if primary.len() + SEPARATOR.len() + secondary.len() <= width => {
            format!("{primary}{SEPARATOR}{secondary}")
        }
        secondary => {
            let primary = fit(&primary, width.saturating_sub(SEPARATOR.len() + 1));
            let room = width.saturating_sub(primary.len() + SEPARATOR.len());
            format!("{primary}{SEPARATOR}{}", fit(secondary, room))
        }
    };
    Ok(format!("{field:<<width$}"))
}

/// Cuts components to `width` characters so that the last one is a letter; one before it may lose letters for that.
fn fit(components: &str, width: usize) -> String {
    if components.len() <= width {
        return components.to_owned();
    }
    let cut: String = components.chars().take(width).collect();
    let Some(ended) = cut.strip_suffix('<') else {
        return cut;
    };
    // The field would end with a filler: take one letter off a component and put the first letter of the next one in.
    let next = components.chars().nth(width).unwrap_or_default();
    let mut words: Vec<&str> = ended.split('<').collect();
    let Some(word) = words.iter_mut().rev().find(|word| word.len() > 1) else {
        return ended.to_owned();
    };
    *word = word
        .get(..word.len() - 1)
        .expect("a transliterated word is ASCII and longer than one letter");
    format!("{}<{next}", words.join("<"))
}

const SEPARATOR: &str = "<<";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_fits_is_filled_up() {
        assert_eq!(
            name_field("Nguyễn", "Thị Mẫu", 30).unwrap(),
            "NGUYEN<<THI<MAU<<<<<<<<<<<<<<<"
        );
        assert_eq!(
            name_field("Eriksson", "Anna Maria", 39).unwrap(),
            "ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
        );
        assert_eq!(
            name_field("Suxxxxxxxxxxxxxx", "", 20).unwrap(),
            "SUXXXXXXXXXXXXXX<<<<"
        );
        assert_eq!(
            name_field("Abcde", "Fghijklmnop", 18).unwrap(),
            "ABCDE<<FGHIJKLMNOP"
        );
    }

    #[test]
    fn a_name_that_is_too_long_ends_with_a_letter() {
        assert_eq!(
            name_field("Nilavadhanananda", "Chayapa Dejthamrong Krasuang", 39).unwrap(),
            "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"
        );
        assert_eq!(name_field("Abcde", "Fg Hi Jk", 11).unwrap(), "ABCDE<<FG<H");
        // Cut after "FG<HI<" the field would end with a filler.
        assert_eq!(name_field("Abcde", "Fg Hi Jk", 13).unwrap(), "ABCDE<<FG<H<J");
    }

    #[test]
    fn a_long_surname_leaves_room_for_one_letter_of_the_given_names() {
        assert_eq!(
            name_field("Papandropoulous", "Jonathon", 12).unwrap(),
            "PAPANDROP<<J"
        );
        assert_eq!(name_field("Aaa Bbb Ccc", "Ddd", 10).unwrap(), "AAA<BBB<<D");
        assert_eq!(name_field("Aaa Bbb Ccc", "Ddd", 11).unwrap(), "AAA<BB<C<<D");
        assert_eq!(name_field("A B C D E", "F", 9).unwrap(), "A<B<C<<F<");
        assert_eq!(name_field("Papandropoulous", "", 12).unwrap(), "PAPANDROPOUL");
    }
}
