//! Arithmetic modulo an odd number, for Diffie-Hellman groups and RSA, reached through byte strings.
//!
//! Exponentiation and multiplication run in a time that depends on the lengths of modulus and exponent only. Elements
//! are wiped when dropped; what the exponentiation keeps on the heap in between, and what is prepared for a secret
//! modulus, is out of our reach.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use zeroize::Zeroizing;

use crate::SecretBytes;

/// An odd modulus with what Montgomery multiplication computes once for it.
#[derive(Clone, Debug)]
pub(crate) struct Modulus {
    parameters: BoxedMontyParams,
    len: usize,
}

/// A number below its modulus.
pub(crate) type Element = Zeroizing<BoxedMontyForm>;

impl Modulus {
    /// Prepares a public modulus: `None` if it is even or below three.
    pub fn public(number: &[u8]) -> Option<Self> {
        let (number, len) = odd(number)?;
        Some(Self {
            parameters: BoxedMontyParams::new_vartime(number),
            len,
        })
    }

    /// Prepares a secret modulus, such as a prime factor, in constant time.
    pub fn secret(number: &[u8]) -> Option<Self> {
        let (number, len) = odd(number)?;
        Some(Self {
            parameters: BoxedMontyParams::new(number),
            len,
        })
    }

    /// The modulus.
    pub fn number(&self) -> &BoxedUint {
        self.parameters.modulus().as_ref()
    }

    /// The length of the modulus in bytes, without leading zeros.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The bits of the modulus.
    pub fn bits(&self) -> u32 {
        self.number().bits_vartime()
    }

    /// Takes a big-endian number; `None` if it is not below the modulus. Leading zeros do not matter.
    pub fn element(&self, bytes: &[u8]) -> Option<Element> {
        let number = self.integer(bytes)?;
        let below = *number < *self.number();
        below.then(|| self.reduced(&number))
    }

    /// Takes a big-endian number of any length modulo the modulus.
    pub fn reduce(&self, bytes: &[u8]) -> Element {
        let wide = integer(bytes);
        let rest = Zeroizing::new(wide.rem(self.parameters.modulus().as_nz_ref()));
        self.reduced(&rest)
    }

    /// A number that is known to be below the modulus and to have its precision.
    fn reduced(&self, number: &BoxedUint) -> Element {
        Zeroizing::new(BoxedMontyForm::new(number.clone(), &self.parameters))
    }

    /// The base to the power of a big-endian exponent, in a time that depends on the exponent's length only.
    pub fn pow(&self, base: &Element, exponent: &[u8]) -> Element {
        Zeroizing::new(base.pow(&integer(exponent)))
    }

    /// The base to the power of a public exponent, in a time that depends on the exponent: for exponents as short as
    /// those of RSA keys, several times faster.
    pub fn pow_public(&self, base: &Element, exponent: &[u8]) -> Element {
        let exponent = integer(exponent);
        let bits = exponent.bits_vartime();
        let start = match bits {
            0 => BoxedMontyForm::one(&self.parameters),
            _ => (**base).clone(),
        };
        let power = (0..bits.saturating_sub(1)).rev().fold(start, |power, bit| {
            let square = power.square();
            match exponent.bit_vartime(bit) {
                true => BoxedMontyForm::mul(&square, base),
                false => square,
            }
        });
        Zeroizing::new(power)
    }

    /// The product.
    pub fn mul(&self, left: &Element, right: &Element) -> Element {
        Zeroizing::new(BoxedMontyForm::mul(left, right))
    }

    /// The difference.
    pub fn sub(&self, left: &Element, right: &Element) -> Element {
        Zeroizing::new(BoxedMontyForm::sub(left, right))
    }

    /// The modulus less a big-endian number below it, with the full length of the modulus; zero stays zero.
    pub fn negated(&self, bytes: &[u8]) -> Option<SecretBytes> {
        let element = self.element(bytes)?;
        Some(self.bytes(&Zeroizing::new(element.neg())))
    }

    /// The inverse, if there is one, in constant time.
    pub fn invert(&self, element: &Element) -> Option<Element> {
        Option::from(element.invert()).map(Zeroizing::new)
    }

    /// Whether the element is zero.
    pub fn is_zero(&self, element: &Element) -> bool {
        element.is_zero().into()
    }

    /// Whether the element is one.
    pub fn is_one(&self, element: &Element) -> bool {
        **element == BoxedMontyForm::one(&self.parameters)
    }

    /// The element as a big-endian number with the full length of the modulus.
    pub fn bytes(&self, element: &Element) -> SecretBytes {
        fixed(&Zeroizing::new(element.retrieve()), self.len)
    }

    /// A number with the precision of the modulus; `None` if it does not fit.
    fn integer(&self, bytes: &[u8]) -> Option<Zeroizing<BoxedUint>> {
        let zeros = bytes.len().saturating_sub(self.len);
        let (surplus, number) = bytes.split_at_checked(zeros)?;
        if surplus.iter().any(|byte| *byte != 0) {
            return None;
        }
        let number = BoxedUint::from_be_slice(number, self.parameters.bits_precision());
        number.ok().map(Zeroizing::new)
    }
}

/// A big-endian number with as many limbs as its bytes need.
pub(crate) fn integer(bytes: &[u8]) -> Zeroizing<BoxedUint> {
    Zeroizing::new(BoxedUint::from_be_slice_vartime(bytes))
}

/// The last `len` bytes of a number, big-endian.
pub(crate) fn fixed(number: &BoxedUint, len: usize) -> SecretBytes {
    let bytes = Zeroizing::new(number.to_be_bytes().into_vec());
    let mut out = vec![0; len];
    out.iter_mut()
        .rev()
        .zip(bytes.iter().rev())
        .for_each(|(out, byte)| *out = *byte);
    SecretBytes::new(out)
}

fn odd(number: &[u8]) -> Option<(Odd<BoxedUint>, usize)> {
    let number = BoxedUint::from_be_slice_vartime(crate::curve::without_zeros(number));
    let bits = number.bits_vartime();
    let len = usize::try_from(bits.div_ceil(8)).ok()?;
    let number: Odd<BoxedUint> = Option::from(Odd::new(number))?;
    (bits > 1).then_some((number, len))
}
