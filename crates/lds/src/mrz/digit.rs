//! The check digit of ICAO 9303-3 §4.9.

/// Computes the check digit: weights 7, 3, 1; digits count as themselves, A to Z as 10 to 35, the filler as 0.
/// `None` if the text holds any other character.
#[must_use]
pub fn check_digit(text: &str) -> Option<char> {
    let mut sum = 0_u32;
    for (character, weight) in text.chars().zip([7, 3, 1].into_iter().cycle()) {
        // The remainder is taken each time, so that no text is too long.
        sum = (sum + value(character)? * weight) % 10;
    }
    char::from_digit(sum, 10)
}

fn value(character: char) -> Option<u32> {
    match character {
        '<' => Some(0),
        'a'..='z' => None,
        _ => character.to_digit(36),
    }
}

/// Whether the character can stand in a machine readable zone.
pub(super) fn is_mrz_character(character: char) -> bool {
    value(character).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_outside_the_zone_have_no_check_digit() {
        assert_eq!(check_digit(""), Some('0'));
        for text in ["a", "A b", "Ä", "-", "١"] {
            assert_eq!(check_digit(text), None, "{text}");
        }
    }
}
