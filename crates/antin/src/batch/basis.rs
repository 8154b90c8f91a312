//! By what documents were judged, as one number: a verdict of before stands only as long as nothing of it has changed.

use super::Options;
use super::stored::sha256;

impl Options<'_> {
    /// SHA-256 over everything beside the document that its verdict depends on: this program's version, the policy, whom it
    /// believes, the station and the moment.
    #[must_use]
    pub fn basis(&self) -> [u8; 32] {
        let station = self.station.map(|key| key.to_spki_der()).unwrap_or_default();
        let parts = [
            env!("CARGO_PKG_VERSION").as_bytes().to_vec(),
            // Derived: a field that is added to policies some day is in it.
            format!("{:?}", self.policy).into_bytes(),
            self.trust.digest().to_vec(),
            station,
            self.at.to_string().into_bytes(),
        ];
        let text: String = parts
            .iter()
            .map(|part| format!("{}\n", hex::encode(part)))
            .collect();
        sha256(text.as_bytes())
    }
}
