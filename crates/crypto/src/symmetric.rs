//! Block ciphers in CBC mode, the two authentication codes of secure messaging, and its padding.

use core::fmt;

use aes::{Aes128, Aes192, Aes256};
use cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit,
};
use cmac::Cmac;
use des::{Des, TdesEde2};
use digest::Mac;
use retail_mac::RetailMac;

use crate::{Error, SecretBytes, ct_eq};

/// The length of an authentication code in bytes: both kinds are used at eight bytes.
pub const MAC_LEN: usize = 8;

/// The length of a whole CMAC in bytes.
pub const CMAC_LEN: usize = 16;

/// A block cipher together with the authentication code that goes with it, ICAO 9303-11 §9.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Suite {
    /// Two-key triple DES and the retail MAC. Its table look-ups depend on the key: no protection against an
    /// attacker who shares the processor's cache, which only matters for basic access control on old chips.
    Tdes,
    /// AES-128 and CMAC.
    Aes128,
    /// AES-192 and CMAC.
    Aes192,
    /// AES-256 and CMAC.
    Aes256,
}

impl Suite {
    /// All of them, weakest first.
    pub const ALL: [Self; 4] = [Self::Tdes, Self::Aes128, Self::Aes192, Self::Aes256];

    /// The block length in bytes.
    pub const fn block_len(self) -> usize {
        match self {
            Self::Tdes => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }

    /// The key length in bytes; 16 for triple DES, whose third key is the first.
    pub const fn key_len(self) -> usize {
        match self {
            Self::Tdes | Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// The name of the cipher.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tdes => "3DES",
            Self::Aes128 => "AES-128",
            Self::Aes192 => "AES-192",
            Self::Aes256 => "AES-256",
        }
    }
}

/// A key for encryption. `Debug` shows the cipher only; the key schedule is overwritten on drop.
#[derive(Clone)]
pub struct BlockKey(Cipher);

#[derive(Clone)]
enum Cipher {
    Tdes(Box<TdesEde2>),
    Aes128(Box<Aes128>),
    Aes192(Box<Aes192>),
    Aes256(Box<Aes256>),
}

/// Runs one expression on whichever cipher or code it is.
macro_rules! dispatch {
    ($type:ident, $value:expr, $inner:ident => $body:expr) => {
        match $value {
            $type::Tdes($inner) => $body,
            $type::Aes128($inner) => $body,
            $type::Aes192($inner) => $body,
            $type::Aes256($inner) => $body,
        }
    };
}

impl BlockKey {
    /// Prepares a key.
    ///
    /// # Errors
    /// [`Error::BadLength`] if the key is not [`Suite::key_len`] bytes long.
    pub fn new(suite: Suite, key: &SecretBytes) -> Result<Self, Error> {
        Ok(Self(match suite {
            Suite::Tdes => Cipher::Tdes(keyed(key)?),
            Suite::Aes128 => Cipher::Aes128(keyed(key)?),
            Suite::Aes192 => Cipher::Aes192(keyed(key)?),
            Suite::Aes256 => Cipher::Aes256(keyed(key)?),
        }))
    }

    /// The suite of the key.
    pub fn suite(&self) -> Suite {
        match self.0 {
            Cipher::Tdes(_) => Suite::Tdes,
            Cipher::Aes128(_) => Suite::Aes128,
            Cipher::Aes192(_) => Suite::Aes192,
            Cipher::Aes256(_) => Suite::Aes256,
        }
    }

    /// Encrypts whole blocks in CBC mode. `iv` is one block: for secure messaging zero with triple DES, the
    /// encrypted send sequence counter with AES.
    ///
    /// # Errors
    /// [`Error::BadLength`] if `iv` is not one block or `padded` is not whole blocks.
    pub fn encrypt_cbc(&self, iv: &[u8], padded: &[u8]) -> Result<Vec<u8>, Error> {
        let mut data = padded.to_vec();
        dispatch!(Cipher, &self.0, cipher => encrypt_in_place(cipher.as_ref(), iv, &mut data))?;
        Ok(data)
    }

    /// Decrypts whole blocks in CBC mode; padding stays on.
    ///
    /// # Errors
    /// [`Error::BadLength`] if `iv` is not one block or `cryptogram` is not whole blocks.
    pub fn decrypt_cbc(&self, iv: &[u8], cryptogram: &[u8]) -> Result<Vec<u8>, Error> {
        let mut data = cryptogram.to_vec();
        dispatch!(Cipher, &self.0, cipher => decrypt_in_place(cipher.as_ref(), iv, &mut data))?;
        Ok(data)
    }

    /// Encrypts exactly one block.
    ///
    /// # Errors
    /// [`Error::BadLength`] if `block` is not one block.
    pub fn encrypt_block(&self, block: &[u8]) -> Result<Vec<u8>, Error> {
        if block.len() != self.suite().block_len() {
            return Err(Error::BadLength {
                what: "cipher block",
                found: block.len(),
            });
        }
        self.encrypt_cbc(&vec![0; block.len()], block)
    }
}

impl fmt::Debug for BlockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockKey({})", self.suite().name())
    }
}

/// A key for authentication codes. `Debug` shows the cipher only; the key schedule is overwritten on drop.
#[derive(Clone)]
pub struct MacKey(Code);

#[derive(Clone)]
enum Code {
    Tdes(Box<RetailMac<Des>>),
    Aes128(Box<Cmac<Aes128>>),
    Aes192(Box<Cmac<Aes192>>),
    Aes256(Box<Cmac<Aes256>>),
}

impl MacKey {
    /// Prepares a key.
    ///
    /// # Errors
    /// [`Error::BadLength`] if the key is not [`Suite::key_len`] bytes long.
    pub fn new(suite: Suite, key: &SecretBytes) -> Result<Self, Error> {
        // The retail MAC would halve a key of any length.
        if key.len() != suite.key_len() {
            return Err(Error::BadLength {
                what: "key",
                found: key.len(),
            });
        }
        Ok(Self(match suite {
            Suite::Tdes => Code::Tdes(keyed(key)?),
            Suite::Aes128 => Code::Aes128(keyed(key)?),
            Suite::Aes192 => Code::Aes192(keyed(key)?),
            Suite::Aes256 => Code::Aes256(keyed(key)?),
        }))
    }

    /// The suite of the key.
    pub fn suite(&self) -> Suite {
        match self.0 {
            Code::Tdes(_) => Suite::Tdes,
            Code::Aes128(_) => Suite::Aes128,
            Code::Aes192(_) => Suite::Aes192,
            Code::Aes256(_) => Suite::Aes256,
        }
    }

    /// Computes the authentication code of a message.
    ///
    /// Triple DES: ISO/IEC 9797-1 MAC algorithm 3 over the message, which the caller has padded (method 2, see
    /// [`pad`]); an incomplete last block is filled up with zeros (method 1). AES: CMAC of NIST SP 800-38B over the
    /// message as it is, the first eight bytes.
    pub fn mac8(&self, message: &[u8]) -> [u8; MAC_LEN] {
        dispatch!(Code, &self.0, code => first_bytes(code.as_ref().clone(), message))
    }

    /// Computes the whole CMAC of NIST SP 800-38B: what key derivation and the chaining of SCP03 are made of.
    ///
    /// # Errors
    /// [`Error::BadLength`] for triple DES, whose code is eight bytes long.
    pub fn cmac(&self, message: &[u8]) -> Result<[u8; CMAC_LEN], Error> {
        match &self.0 {
            Code::Tdes(_) => Err(Error::BadLength {
                what: "authentication code",
                found: MAC_LEN,
            }),
            Code::Aes128(code) => Ok(first_bytes(code.as_ref().clone(), message)),
            Code::Aes192(code) => Ok(first_bytes(code.as_ref().clone(), message)),
            Code::Aes256(code) => Ok(first_bytes(code.as_ref().clone(), message)),
        }
    }

    /// Checks an authentication code in constant time.
    ///
    /// # Errors
    /// [`Error::BadMac`] if it is wrong or not exactly [`MAC_LEN`] bytes long.
    pub fn verify8(&self, message: &[u8], mac: &[u8]) -> Result<(), Error> {
        if !ct_eq(&self.mac8(message), mac) {
            return Err(Error::BadMac);
        }
        Ok(())
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MacKey({})", self.suite().name())
    }
}

/// Pads to whole blocks by ISO/IEC 9797-1 method 2: a byte `80`, then zeros as needed, always at least one byte.
///
/// # Panics
/// If `block_len` is zero.
pub fn pad(message: &[u8], block_len: usize) -> Vec<u8> {
    let mut padded = Vec::with_capacity(message.len() + block_len);
    padded.extend_from_slice(message);
    padded.push(PAD_MARK);
    padded.resize(padded.len().next_multiple_of(block_len), 0);
    padded
}

/// Takes the padding of method 2 off; `None` if there is none.
///
/// Call it on authenticated data only: whether padding is right must not become known for a forged cryptogram.
pub fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let mark = padded.iter().rposition(|byte| *byte != 0)?;
    let (message, padding) = padded.split_at_checked(mark)?;
    (padding.first() == Some(&PAD_MARK)).then_some(message)
}

fn keyed<K: KeyInit>(key: &SecretBytes) -> Result<Box<K>, Error> {
    let schedule = K::new_from_slice(key.expose());
    schedule.map(Box::new).map_err(|_| Error::BadLength {
        what: "key",
        found: key.len(),
    })
}

fn first_bytes<M: Mac, const LEN: usize>(mut code: M, message: &[u8]) -> [u8; LEN] {
    code.update(message);
    let full = code.finalize().into_bytes();
    let mut mac = [0; LEN];
    mac.iter_mut().zip(full).for_each(|(out, byte)| *out = byte);
    mac
}

fn encrypt_in_place<C: BlockCipherEncrypt>(cipher: &C, iv: &[u8], data: &mut [u8]) -> Result<(), Error> {
    let mut mode = cbc::Encryptor::<&C>::inner_iv_slice_init(cipher, iv).map_err(|_| bad_iv(iv))?;
    mode.encrypt_blocks(whole_blocks::<C>(data)?);
    Ok(())
}

fn decrypt_in_place<C: BlockCipherDecrypt>(cipher: &C, iv: &[u8], data: &mut [u8]) -> Result<(), Error> {
    let mut mode = cbc::Decryptor::<&C>::inner_iv_slice_init(cipher, iv).map_err(|_| bad_iv(iv))?;
    mode.decrypt_blocks(whole_blocks::<C>(data)?);
    Ok(())
}

fn whole_blocks<C: cipher::BlockSizeUser>(data: &mut [u8]) -> Result<&mut [Block<C>], Error> {
    let found = data.len();
    let (blocks, rest) = Block::<C>::slice_as_chunks_mut(data);
    if !rest.is_empty() {
        return Err(Error::BadLength {
            what: "cipher blocks",
            found,
        });
    }
    Ok(blocks)
}

fn bad_iv(iv: &[u8]) -> Error {
    Error::BadLength {
        what: "initialisation vector",
        found: iv.len(),
    }
}

/// The first byte of padding method 2.
const PAD_MARK: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(suite: Suite) -> SecretBytes {
        SecretBytes::new((1..).take(suite.key_len()).collect())
    }

    #[test]
    fn what_is_encrypted_can_be_decrypted() {
        for suite in Suite::ALL {
            let cipher = BlockKey::new(suite, &key(suite)).unwrap();
            assert_eq!(cipher.suite(), suite);
            let iv = vec![9; suite.block_len()];
            for len in [0, 1, 7, 8, 15, 16, 17, 100] {
                let message = vec![0x80; len];
                let cryptogram = cipher
                    .encrypt_cbc(&iv, &pad(&message, suite.block_len()))
                    .unwrap();
                let padded = cipher.decrypt_cbc(&iv, &cryptogram).unwrap();
                assert_eq!(unpad(&padded), Some(message.as_slice()));
            }
        }
    }

    #[test]
    fn wrong_lengths_are_refused() {
        for suite in Suite::ALL {
            let cipher = BlockKey::new(suite, &key(suite)).unwrap();
            let block = vec![0; suite.block_len()];
            let short = &block[1..];
            assert!(matches!(
                cipher.encrypt_cbc(short, &block),
                Err(Error::BadLength { .. })
            ));
            assert!(matches!(
                cipher.decrypt_cbc(&block, short),
                Err(Error::BadLength { .. })
            ));
            assert!(matches!(
                cipher.encrypt_block(short),
                Err(Error::BadLength { .. })
            ));
            assert_eq!(cipher.encrypt_block(&block).unwrap().len(), block.len());
            for wrong in [0, 8, 15, 17, 31, 33] {
                let wrong_key = SecretBytes::new(vec![0; wrong]);
                assert_eq!(
                    BlockKey::new(suite, &wrong_key).unwrap_err(),
                    Error::BadLength {
                        what: "key",
                        found: wrong
                    }
                );
                assert!(MacKey::new(suite, &wrong_key).is_err());
            }
        }
    }

    #[test]
    fn a_code_with_one_wrong_bit_or_byte_too_few_is_refused() {
        for suite in Suite::ALL {
            let code = MacKey::new(suite, &key(suite)).unwrap();
            assert_eq!(code.suite(), suite);
            let mac = code.mac8(b"message");
            assert_eq!(code.verify8(b"message", &mac), Ok(()));
            assert_eq!(code.verify8(b"massage", &mac), Err(Error::BadMac));
            assert_eq!(code.verify8(b"message", &mac[..7]), Err(Error::BadMac));
            for bit in 0..64 {
                let mut wrong = mac;
                wrong[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(code.verify8(b"message", &wrong), Err(Error::BadMac));
            }
        }
    }

    #[test]
    fn the_code_of_secure_messaging_is_the_beginning_of_the_whole_one() {
        for suite in Suite::ALL {
            let code = MacKey::new(suite, &key(suite)).unwrap();
            match code.cmac(b"message") {
                Ok(whole) => assert_eq!(whole[..MAC_LEN], code.mac8(b"message")),
                Err(error) => assert_eq!(
                    (suite, error.to_string().as_str()),
                    (Suite::Tdes, "authentication code of 8 bytes")
                ),
            }
        }
    }

    #[test]
    fn padding_needs_its_mark() {
        assert_eq!(pad(&[1, 2, 3], 4), [1, 2, 3, 0x80]);
        assert_eq!(pad(&[1, 2, 3, 4], 4), [1, 2, 3, 4, 0x80, 0, 0, 0]);
        assert_eq!(unpad(&[1, 2, 0x80, 0]), Some(&[1, 2][..]));
        assert_eq!(unpad(&[1, 0x80, 0x80]), Some(&[1, 0x80][..]));
        assert_eq!(unpad(&[1, 2, 0x81, 0]), None);
        assert_eq!(unpad(&[0, 0]), None);
        assert_eq!(unpad(&[]), None);
    }

    #[test]
    fn debug_shows_the_cipher_and_no_key() {
        assert_eq!(
            format!("{:?}", BlockKey::new(Suite::Tdes, &key(Suite::Tdes)).unwrap()),
            "BlockKey(3DES)"
        );
        assert_eq!(
            format!("{:?}", MacKey::new(Suite::Aes192, &key(Suite::Aes192)).unwrap()),
            "MacKey(AES-192)"
        );
    }
}
