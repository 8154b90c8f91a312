//! Lower-case hexadecimal, for evidence and fingerprints.

/// Two lower-case digits per byte.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    let mut text = String::with_capacity(bytes.as_ref().len() * 2);
    for byte in bytes.as_ref() {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 0x0F));
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_become_two_digits_each() {
        assert_eq!(super::encode([0x00, 0x0F, 0xA5, 0xFF]), "000fa5ff");
    }
}
