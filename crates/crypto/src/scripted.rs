//! Randomness that is no randomness: the fixed draws of a worked example.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

/// Hands out prepared bytes in order, so that a worked example of a standard runs byte for byte.
///
/// For tests and demonstrations only: a key that was "drawn" from it is known to whoever wrote the script.
///
/// ```
/// # use antin_crypto::{Curve, PrivateKey, scripted::ScriptedRng};
/// let mut rng = ScriptedRng::dangerous_new(vec![0x42; 32]);
/// let key = PrivateKey::generate(Curve::P256, &mut rng);
/// assert_eq!(key.to_be_bytes().expose(), [0x42; 32]);
/// assert_eq!(rng.remaining(), 0);
/// ```
pub struct ScriptedRng {
    script: Zeroizing<Vec<u8>>,
    position: usize,
}

impl ScriptedRng {
    /// Takes the bytes to hand out, in the order in which they will be drawn.
    pub fn dangerous_new(script: Vec<u8>) -> Self {
        Self {
            script: Zeroizing::new(script),
            position: 0,
        }
    }

    /// How many bytes have not been drawn yet: zero at the end of an example that was followed to the letter.
    pub fn remaining(&self) -> usize {
        self.script.len() - self.position
    }

    fn draw(&mut self, out: &mut [u8]) {
        let drawn = self
            .script
            .get(self.position..)
            .and_then(|rest| rest.get(..out.len()));
        let Some(drawn) = drawn else {
            panic!(
                "the script has {} bytes left, {} were drawn",
                self.remaining(),
                out.len()
            );
        };
        out.copy_from_slice(drawn);
        self.position += out.len();
    }
}

/// # Panics
/// Every draw panics when the script has fewer bytes left than are asked for.
impl TryRng for ScriptedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.draw(&mut bytes);
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.draw(&mut bytes);
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.draw(out);
        Ok(())
    }
}

impl TryCryptoRng for ScriptedRng {}

#[cfg(test)]
mod tests {
    use rand_core::Rng;

    use super::*;

    #[test]
    fn bytes_come_in_order() {
        let mut rng = ScriptedRng::dangerous_new((1..=14).collect());
        let mut two = [0; 2];
        rng.fill_bytes(&mut two);
        assert_eq!(two, [1, 2]);
        assert_eq!(rng.next_u32(), 0x0304_0506);
        assert_eq!(rng.next_u64(), 0x0708_090A_0B0C_0D0E);
        assert_eq!(rng.remaining(), 0);
    }

    #[test]
    #[should_panic(expected = "the script has 1 bytes left, 2 were drawn")]
    fn an_exhausted_script_stops_the_test() {
        ScriptedRng::dangerous_new(vec![0]).fill_bytes(&mut [0; 2]);
    }
}
