//! Unicode normal form C.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text in normal form C; as it is when it is so already, which nearly all texts are.
#[must_use]
pub fn nfc(text: &str) -> Cow<'_, str> {
    if is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_decomposed_is_written_anew() {
        for text in ["", "Nam", "Nguyễn Thị Mẫu", "Đỗ"] {
            assert!(matches!(nfc(text), Cow::Borrowed(same) if same == text));
        }
        for decomposed in [
            "Nguye\u{0302}\u{0303}n",
            "Nguye\u{0303}\u{0302}n",
            "\u{0340}",
            "o\u{031B}",
        ] {
            assert_eq!(nfc(decomposed), decomposed.nfc().collect::<String>());
            assert_ne!(nfc(decomposed), decomposed);
        }
    }
}
