//! A store as one number.

use antin_crypto::Hash;

use super::{Exception, SignerRef, TrustStore};

impl TrustStore {
    /// SHA-256 over everything that may count in a verdict. Two stores with the same digest judge every document alike; the
    /// order in which things were added plays no part.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let Self {
            official,
            tests,
            asked,
            own_test_set: _,
            links,
            signers,
            sources,
            crls,
            lists,
            distrust,
            exceptions,
            cards,
            freshness,
        } = self;
        let mut facts = Facts::default();
        for anchor in official.iter() {
            facts.add("official", [anchor.certificate().as_der()]);
        }
        for (set, pool) in tests {
            for anchor in pool.iter() {
                facts.add("test", [set.as_bytes(), anchor.certificate().as_der()]);
            }
        }
        for set in asked {
            facts.add("asked", [set.as_bytes()]);
        }
        for link in links.iter() {
            facts.add("link", [link.as_der()]);
        }
        for signer in signers.iter() {
            facts.add("signer", [signer.as_der()]);
        }
        for source in sources {
            facts.add("source", [source.digest().as_slice()]);
        }
        for list in crls.iter() {
            facts.add("crl", [list.as_der()]);
        }
        for (country, list) in lists.deviations() {
            let content = list.signed_data().content().unwrap_or_default();
            facts.add("deviations", [country.as_bytes(), content]);
        }
        for list in lists.defects() {
            facts.add("defects", [list.signed_data().content().unwrap_or_default()]);
        }
        for certificate in distrust.certificates() {
            facts.add("bad certificate", [certificate.as_slice()]);
        }
        for key in distrust.keys() {
            facts.add("bad key", [key.as_slice()]);
        }
        for exception in exceptions {
            // Derived: a field that is added some day is in it. A name shows less than it holds.
            let words = format!("{exception:?}");
            facts.add("exception", [words.as_bytes(), named_issuer(exception)]);
        }
        for cards in cards {
            facts.add("cards", [cards.as_bytes()]);
        }
        if let Some(freshness) = freshness {
            facts.add("freshness", [format!("{freshness:?}").as_bytes()]);
        }
        facts.digest()
    }
}

fn named_issuer(exception: &Exception) -> &[u8] {
    match &exception.documents.signer {
        Some(SignerRef::IssuerAndSerial { issuer, .. }) => issuer.as_der(),
        Some(SignerRef::SubjectKey(_) | SignerRef::Digest(_)) | None => &[],
    }
}

/// The facts, each by its hash: of any size, and to be put in order.
#[derive(Default)]
struct Facts(Vec<[u8; 32]>);

impl Facts {
    fn add<const N: usize>(&mut self, kind: &str, parts: [&[u8]; N]) {
        let mut text = kind.as_bytes().to_vec();
        // Hashes of one length: where a part ends is no question.
        text.extend(parts.iter().flat_map(|part| sha256(part)));
        self.0.push(sha256(&text));
    }

    fn digest(mut self) -> [u8; 32] {
        self.0.sort_unstable();
        sha256(&self.0.concat())
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = Hash::Sha256.digest(bytes);
    digest.as_slice().try_into().expect("SHA-256 has 32 bytes")
}
