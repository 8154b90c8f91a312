//! Text from cards and files, made fit for a terminal.

use std::borrow::Cow;

/// The text with everything escaped that would move the cursor, change colours or turn the direction of writing: line
/// feeds, escape sequences, and the controls of Unicode's bidirectional algorithm (UAX #9).
///
/// What a card says of itself is printed beside the verdict on it, and must not be able to paint one.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.chars().any(deceives) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().flat_map(|letter| {
        let escape = deceives(letter).then(|| letter.escape_unicode());
        let plain = (!deceives(letter)).then_some(letter);
        escape.into_iter().flatten().chain(plain)
    });
    Cow::Owned(escaped.collect())
}

/// The same for a text of several lines, whose line feeds stay.
pub fn shown_lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.lines().map(shown).collect();
    lines.join("\n")
}

fn deceives(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn names_of_people_stay_as_they_are() {
        for name in ["Nguyễn Thị Mẫu", "D’Arcy-Ö", "محمد", "李小龍", ""] {
            assert_eq!(shown(name), name);
        }
    }

    #[test]
    fn a_name_cannot_paint_a_verdict() {
        let painted = shown("A\r\n \u{1b}[32m✓ AUTHENTIC\u{1b}[8m\u{9b}\u{202e}\u{2066}\u{2028}");
        assert_eq!(
            painted,
            "A\\u{d}\\u{a} \\u{1b}[32m✓ AUTHENTIC\\u{1b}[8m\\u{9b}\\u{202e}\\u{2066}\\u{2028}"
        );
    }
}
