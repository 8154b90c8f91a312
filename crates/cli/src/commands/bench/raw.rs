//! The cryptography of the same card by aws-lc-rs alone: the floor that nobody gets below with this library.

use std::hint::black_box;

use antin::ElementaryFile;
use antin::trust::sod::SignedSod;
use aws_lc_rs::digest::{self, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, UnparsedPublicKey,
};

use super::unexpected;
use super::work::Work;
use crate::failure::Failure;

/// A message, the signature over it, and the signer's public key.
struct Signed {
    message: Vec<u8>,
    signature: Vec<u8>,
    key: Vec<u8>,
}

/// The bytes that the card's cryptography works on.
pub struct Raw {
    /// What is hashed: the data groups, and the list of their hashes.
    hashed: Vec<Vec<u8>>,
    sod: Signed,
    certificate: Signed,
    signing_key: EcdsaKeyPair,
    rng: SystemRandom,
}

impl Raw {
    /// Takes the bytes of a card.
    ///
    /// # Errors
    /// Only by a fault of ours.
    pub fn of(work: &Work) -> Result<Self, Failure> {
        let files = work.image.files();
        let groups = files.iter().filter(|(file, _)| file.number().is_some());
        let sod = files.iter().find(|(file, _)| *file == ElementaryFile::Sod);
        let (_, sod) = sod.ok_or_else(|| unexpected("no EF.SOD"))?;
        let sod = SignedSod::parse(sod).map_err(unexpected)?;
        let list = sod.content().unwrap_or_default().to_vec();
        let attributes = sod
            .signers()
            .first()
            .and_then(|signer| signer.signed_attributes.clone());
        let mut message = attributes.ok_or_else(|| unexpected("no signed attributes"))?;
        if let Some(tag) = message.first_mut() {
            *tag = SET_OF;
        }
        let ds = &work.pki.ds;
        let key = work.pki.ds_key.public().as_sec1().to_vec();
        let scalar = work.pki.ds_key.to_be_bytes();
        let signing_key = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            scalar.expose(),
            &key,
        );
        Ok(Self {
            hashed: groups.map(|(_, bytes)| bytes.clone()).chain([list]).collect(),
            sod: Signed {
                message,
                signature: sod.signature().to_vec(),
                key,
            },
            certificate: Signed {
                message: ds.tbs_der().to_vec(),
                signature: ds.signature().to_vec(),
                key: work.pki.csca_key.public().as_sec1().to_vec(),
            },
            signing_key: signing_key.map_err(unexpected)?,
            rng: SystemRandom::new(),
        })
    }

    /// Hashes, signs, and verifies what was signed.
    ///
    /// # Errors
    /// Only by a fault of ours.
    pub fn issue(&self) -> Result<(), Failure> {
        self.hash();
        let Signed { message, key, .. } = &self.sod;
        let signature = self.signing_key.sign(&self.rng, message).map_err(unexpected)?;
        verify(message, signature.as_ref(), key)
    }

    /// Hashes, and verifies both signatures.
    ///
    /// # Errors
    /// Only by a fault of ours.
    pub fn verify(&self) -> Result<(), Failure> {
        self.hash();
        for Signed {
            message,
            signature,
            key,
        } in [&self.sod, &self.certificate]
        {
            verify(message, signature, key)?;
        }
        Ok(())
    }

    fn hash(&self) {
        for bytes in &self.hashed {
            black_box(digest(&digest::SHA256, bytes));
        }
    }
}

fn verify(message: &[u8], signature: &[u8], key: &[u8]) -> Result<(), Failure> {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key)
        .verify(message, signature)
        .map_err(unexpected)
}

/// Signed attributes are stored under `[0]` and signed under the tag of their type.
const SET_OF: u8 = 0x31;
