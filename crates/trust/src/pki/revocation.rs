//! A certificate revocation list before it is signed, after ICAO 9303-12 §7.1.4.

use antin_crypto::{PureRust, Signer};
use antin_wire::oids::{AUTHORITY_KEY_IDENTIFIER, CRL_NUMBER, ISSUER_ALT_NAME};

use super::profile::identifier_of;
use crate::asn1::{explicit, implicit, write};
use crate::certificate::{Certificate, Name};
use crate::crl::CertificateList;
use crate::error::Error;
use crate::time::UnixTime;

/// The longest CRL number and serial number, in octets (ICAO 9303-12 tables 5 and 10).
const MAX_NUMBER_BYTES: usize = 20;

/// One revoked certificate. No reason is stated: the profile forbids it (table 10).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RevokedCertificate {
    /// The serial number, big-endian, without leading zeros.
    pub serial: Vec<u8>,
    /// When it was revoked.
    pub at: UnixTime,
}

/// What a CRL states. A CSCA issues one list for all its certificates, signed with its newest key (§4.1.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlTemplate {
    /// The number of the list, big-endian; each list has a greater one than the last.
    pub number: Vec<u8>,
    /// When the list is made.
    pub this_update: UnixTime,
    /// When the next one is there at the latest.
    pub next_update: UnixTime,
    /// The revoked certificates; none is allowed.
    pub revoked: Vec<RevokedCertificate>,
    /// The names that the authority had before, for certificates that still carry them (table 10, note 1).
    pub former_names: Vec<Name>,
}

impl CrlTemplate {
    /// The list, signed by the authority. What is returned has been read back and verified.
    ///
    /// # Errors
    /// [`Error::Misuse`] if the certificate is no authority's or not the signer's, a number is zero-length or over 20
    /// octets, the next update is not after this one, or a serial number stands twice; the signer's; [`Error::SelfCheck`].
    pub fn sign(&self, csca: &Certificate, signer: &dyn Signer) -> Result<Vec<u8>, Error> {
        self.check(csca, signer)?;
        let algorithm = signer.algorithm().to_der();
        let tbs = self.tbs(csca, &algorithm);
        let signature = signer.sign(&tbs)?;
        let list = write::sequence(&[&tbs, &algorithm, &write::bits(&signature)]);
        self.read_back(&list, csca)?;
        Ok(list)
    }

    /// Reads the list as a stranger would: a broken signer must not publish anything.
    fn read_back(&self, list: &[u8], csca: &Certificate) -> Result<(), Error> {
        let broken = |what| Error::SelfCheck { what };
        let read = CertificateList::parse(list).map_err(|_| broken("CRL form"))?;
        let here = |one: &RevokedCertificate| {
            let serial: Vec<u8> = one.serial.iter().copied().skip_while(|byte| *byte == 0).collect();
            read.revoked(&serial).is_some_and(|found| found.date == one.at)
        };
        if read.len() != self.revoked.len() || !self.revoked.iter().all(here) {
            return Err(broken("CRL entries"));
        }
        read.judge(csca, &PureRust).map_err(|_| broken("CRL signature"))
    }

    fn check(&self, csca: &Certificate, signer: &dyn Signer) -> Result<(), Error> {
        let misuse = |what, found: String| Err(Error::Misuse { what, found });
        if !csca.is_ca() || !csca.public_key()?.is_same_key(signer.public_key()) {
            return misuse("certificate of the authority's key", csca.subject().to_string());
        }
        if self.next_update <= self.this_update {
            return misuse("next update after this one", self.next_update.to_string());
        }
        let length = |number: &[u8]| number.iter().skip_while(|byte| **byte == 0).count();
        if length(&self.number) > MAX_NUMBER_BYTES {
            return misuse(
                "CRL number of at most 20 octets",
                length(&self.number).to_string(),
            );
        }
        let mut serials: Vec<&[u8]> = self.revoked.iter().map(|one| one.serial.as_slice()).collect();
        serials.sort_unstable();
        let twice = serials.windows(2).any(|pair| pair.first() == pair.last());
        let unfit = serials
            .iter()
            .any(|serial| !(1..=MAX_NUMBER_BYTES).contains(&length(serial)));
        if twice || unfit {
            return misuse(
                "serial numbers of 1 to 20 octets, each once",
                serials.len().to_string(),
            );
        }
        Ok(())
    }

    fn tbs(&self, csca: &Certificate, algorithm: &[u8]) -> Vec<u8> {
        let entries: Vec<Vec<u8>> = self
            .revoked
            .iter()
            .map(|one| write::sequence(&[&write::unsigned(&one.serial), &write::time(one.at)]))
            .collect();
        let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        // Absent where nothing is revoked, never empty (table 9).
        let revoked = match entries.is_empty() {
            true => Vec::new(),
            false => write::sequence(&entries),
        };
        let authority = write::sequence(&[&write::object(implicit(0), &[&identifier_of(csca)])]);
        let mut extensions = vec![extension(&AUTHORITY_KEY_IDENTIFIER, &authority)];
        if !self.former_names.is_empty() {
            let names: Vec<Vec<u8>> = self
                .former_names
                .iter()
                .map(|name| write::object(explicit(4), &[name.as_der()]))
                .collect();
            let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
            extensions.push(extension(&ISSUER_ALT_NAME, &write::sequence(&names)));
        }
        extensions.push(extension(&CRL_NUMBER, &write::unsigned(&self.number)));
        let extensions: Vec<&[u8]> = extensions.iter().map(Vec::as_slice).collect();
        write::sequence(&[
            &write::unsigned(&[1]),
            algorithm,
            csca.subject().as_der(),
            &write::time(self.this_update),
            &write::time(self.next_update),
            &revoked,
            &write::object(explicit(0), &[&write::sequence(&extensions)]),
        ])
    }
}

fn extension(id: &antin_crypto::ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(id), &write::octets(value)])
}

/// The number that follows a CRL number, both big-endian.
#[must_use]
pub fn next_number(number: &[u8]) -> Vec<u8> {
    let mut next: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
    for byte in next.iter_mut().rev() {
        let (sum, carried) = byte.overflowing_add(1);
        *byte = sum;
        if !carried {
            return next;
        }
    }
    next.insert(0, 1);
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_each_other() {
        for (number, next) in [
            (&[][..], &[1][..]),
            (&[0], &[1]),
            (&[1], &[2]),
            (&[0xFF], &[1, 0]),
            (&[1, 0xFF, 0xFF], &[2, 0, 0]),
        ] {
            assert_eq!(next_number(number), next);
        }
    }
}
