//! Single values: names of files, curves, ciphers and hashes, hex strings, the answer to reset.

use core::ops::Range;

use antin_crypto::agreement::{DhGroup, Group};
use antin_crypto::{Curve, Hash, ParameterForm, Suite};
use antin_wire::ids::Aid;
use toml::Spanned;

use crate::Problem;
use crate::checker::Checker;

/// Names of the ciphers that a profile may ask for.
const CIPHERS: [(&str, Suite); 4] = [
    ("3des", Suite::Tdes),
    ("aes-128", Suite::Aes128),
    ("aes-192", Suite::Aes192),
    ("aes-256", Suite::Aes256),
];

/// Names of the hashes that a profile may ask for.
const HASHES: [(&str, Hash); 5] = [
    ("sha-1", Hash::Sha1),
    ("sha-224", Hash::Sha224),
    ("sha-256", Hash::Sha256),
    ("sha-384", Hash::Sha384),
    ("sha-512", Hash::Sha512),
];

/// Names of the two ways to write a public key.
const KEY_FORMS: [(&str, ParameterForm); 2] = [
    ("named", ParameterForm::Named),
    ("explicit", ParameterForm::Explicit),
];

/// Longest answer to reset, ISO 7816-3: TS and 32 characters.
const MAX_ATR_BYTES: usize = 33;

impl Checker<'_> {
    pub(super) fn named<T: Copy>(
        &mut self,
        table: &[(&str, T)],
        name: &Spanned<String>,
        field: &str,
    ) -> Option<T> {
        let found = table
            .iter()
            .find(|(known, _)| known == name.get_ref())
            .map(|(_, value)| *value);
        if found.is_none() {
            let allowed: Vec<_> = table.iter().map(|(known, _)| *known).collect();
            self.value(&name.span(), field, name.get_ref(), &allowed.join(", "));
        }
        found
    }

    pub(super) fn curve(&mut self, name: &Spanned<String>, field: &str) -> Option<Curve> {
        self.named(
            &Curve::STANDARDIZED.map(|curve| (curve.name(), curve)),
            name,
            field,
        )
    }

    /// The curve or group of a section that names exactly one of both.
    pub(super) fn group(
        &mut self,
        curve: Option<&Spanned<String>>,
        group: Option<&Spanned<String>>,
        at: &Range<usize>,
        section: &str,
    ) -> Option<Group> {
        match (curve, group) {
            (Some(curve), None) => self.curve(curve, &format!("{section}.curve")).map(Group::Ec),
            (None, Some(name)) => {
                let names = DhGroup::ALL.map(|group| (group.name(), group));
                self.named(&names, name, &format!("{section}.group"))
                    .map(Group::Dh)
            }
            (Some(_), Some(group)) => {
                let text = "either a curve or a group, not both";
                self.conflict(&group.span(), &format!("{section}.group"), text);
                None
            }
            (None, None) => {
                let problem = Problem::Missing("`curve` or `group`".to_owned());
                self.fault(at, &format!("{section}.curve"), problem);
                None
            }
        }
    }

    pub(super) fn cipher(&mut self, name: &Spanned<String>, field: &str) -> Option<Suite> {
        self.named(&CIPHERS, name, field)
    }

    pub(super) fn hash(&mut self, name: &Spanned<String>, field: &str) -> Option<Hash> {
        self.named(&HASHES, name, field)
    }

    pub(super) fn key_form(&mut self, name: &Spanned<String>, field: &str) -> Option<ParameterForm> {
        self.named(&KEY_FORMS, name, field)
    }

    pub(super) fn hex(&mut self, text: &Spanned<String>, field: &str) -> Option<Vec<u8>> {
        let bytes = hex::decode(text.get_ref()).ok();
        if bytes.is_none() {
            self.value(
                &text.span(),
                field,
                text.get_ref(),
                "an even number of hex digits",
            );
        }
        bytes
    }

    pub(super) fn hex_u16(&mut self, text: &Spanned<String>, field: &str) -> Option<u16> {
        let value = if text.get_ref().len() == 4 {
            u16::from_str_radix(text.get_ref(), 16).ok()
        } else {
            None
        };
        if value.is_none() {
            self.value(&text.span(), field, text.get_ref(), "four hex digits");
        }
        value
    }

    pub(super) fn aid(&mut self, text: &Spanned<String>) -> Option<Aid> {
        let field = "chip.application";
        let bytes = self.hex(text, field)?;
        let aid = Aid::new(&bytes);
        if aid.is_none() {
            self.value(
                &text.span(),
                field,
                text.get_ref(),
                "an application identifier of 5 to 16 bytes",
            );
        }
        aid
    }

    pub(super) fn atr(&mut self, text: &Spanned<String>) -> Option<Vec<u8>> {
        let bytes = self.hex(text, "chip.atr")?;
        if let Err(problem) = check_atr(&bytes) {
            self.value(&text.span(), "chip.atr", text.get_ref(), problem);
            return None;
        }
        Some(bytes)
    }

    /// Notes values that are listed twice.
    pub(super) fn distinct<T: PartialEq + core::fmt::Debug>(&mut self, list: &[Spanned<T>], field: &str) {
        for (index, item) in list.iter().enumerate() {
            if list
                .iter()
                .take(index)
                .any(|earlier| earlier.get_ref() == item.get_ref())
            {
                self.conflict(
                    &item.span(),
                    field,
                    format!("{:?} is listed twice", item.get_ref()),
                );
            }
        }
    }
}

/// Checks that the interface bytes, the number of historical bytes and the check byte agree (ISO 7816-3, answer to reset).
fn check_atr(atr: &[u8]) -> Result<(), &'static str> {
    if atr.len() > MAX_ATR_BYTES {
        return Err("an answer to reset of at most 33 bytes");
    }
    let mut bytes = atr.iter().copied();
    if !matches!(bytes.next(), Some(0x3B | 0x3F)) {
        return Err("an answer to reset that starts with 3B or 3F");
    }
    const SHORT: &str = "an answer to reset as long as it announces";
    let format = bytes.next().ok_or(SHORT)?;
    let mut announced = format >> 4;
    let mut check_byte = false;
    loop {
        for bit in 0..3 {
            if announced & (1 << bit) != 0 {
                bytes.next().ok_or(SHORT)?;
            }
        }
        if announced & 0x8 == 0 {
            break;
        }
        let protocol = bytes.next().ok_or(SHORT)?;
        check_byte |= protocol & 0x0F != 0;
        announced = protocol >> 4;
    }
    if bytes.len() != usize::from(format & 0x0F) + usize::from(check_byte) {
        return Err(SHORT);
    }
    let sum = atr.iter().skip(1).fold(0, |sum, byte| sum ^ byte);
    if check_byte && sum != 0 {
        Err("an answer to reset whose check byte is right")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_reset_is_as_long_as_it_announces() {
        let whole = hex::decode("3B9F96C00A31FE45754A6176656C696E2D4F5320312E3051").unwrap();
        assert_eq!(check_atr(&whole), Ok(()));
        assert_eq!(check_atr(&[0x3B, 0x00]), Ok(()));
        for length in 0..whole.len() {
            assert!(check_atr(&whole[..length]).is_err(), "cut to {length} bytes");
        }
        assert!(check_atr(&[&whole[..], &[0]].concat()).is_err());
        let mut wrong = whole;
        wrong[23] ^= 1;
        assert!(check_atr(&wrong).is_err());
    }
}
