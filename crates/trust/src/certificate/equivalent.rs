//! The other ways to write the unsigned parts of a certificate: whoever looks for a certificate by a hash over all its bytes
//! must look for these too, because anybody can make one out of another.

use antin_crypto::{Curve, Hash};

use super::Certificate;
use crate::asn1::read::Der;
use crate::asn1::write;

impl Certificate {
    /// Whether the hash is that of this certificate, or of the same certificate with its frame and its signature written in
    /// another way: the frame in DER, the signed statement of the algorithm in the place of the unsigned one, and the other
    /// of the two numbers that an ECDSA signature may hold.
    #[must_use]
    pub fn has_digest(&self, hash: Hash, digest: &[u8]) -> bool {
        hash.output_len() == digest.len()
            && (hash.digest(self.as_der()) == digest
                || self
                    .equivalents()
                    .iter()
                    .any(|equivalent| hash.digest(equivalent) == digest))
    }

    /// The certificate with its unsigned parts written anew, in every way that DER allows.
    pub(crate) fn equivalents(&self) -> Vec<Vec<u8>> {
        let framed = |signature: &[u8]| {
            write::sequence(&[
                self.tbs_der(),
                &self.fields.algorithm_der,
                &write::bits(signature),
            ])
        };
        let Some((r, s)) = pair(self.signature()) else {
            return vec![framed(self.signature())];
        };
        let signed = |s: &[u8]| framed(&write::sequence(&[&write::unsigned(r), &write::unsigned(s)]));
        let mut found = vec![signed(s)];
        let longest = r.len().max(s.len());
        let fitting = Curve::ALL
            .iter()
            .map(|curve| curve.domain().n)
            // A number is seldom shorter than its order by more than a few octets.
            .filter(|order| (longest..=longest.saturating_add(4)).contains(&order.len()));
        found.extend(fitting.filter_map(|order| Some(signed(&difference(order, s)?))));
        found
    }
}

/// The two numbers of an ECDSA signature, leading zeros removed.
fn pair(signature: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut parts = Der::sequence("signature", signature).ok()?;
    let numbers = (parts.unsigned().ok()?, parts.unsigned().ok()?);
    parts.finish().ok()?;
    Some(numbers)
}

/// `order - number`, big-endian; `None` when the number is the larger.
fn difference(order: &[u8], number: &[u8]) -> Option<Vec<u8>> {
    let mut out = order.to_vec();
    let mut borrow = 0_u16;
    let mut digits = number.iter().rev();
    for place in out.iter_mut().rev() {
        let taken = u16::from(digits.next().copied().unwrap_or(0)) + borrow;
        let place_value = u16::from(*place);
        borrow = u16::from(place_value < taken);
        *place = u8::try_from((place_value + borrow * 256).checked_sub(taken)?).ok()?;
    }
    (borrow == 0 && digits.next().is_none()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_borrow_and_never_go_below_zero() {
        assert_eq!(
            difference(&[1, 0, 0], &[1]).as_deref(),
            Some(&[0, 0xFF, 0xFF][..])
        );
        assert_eq!(difference(&[5], &[5]).as_deref(), Some(&[0][..]));
        assert_eq!(difference(&[5], &[6]), None);
        assert_eq!(difference(&[5], &[1, 0]), None);
    }
}
