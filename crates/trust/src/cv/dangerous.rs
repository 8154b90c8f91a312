//! What no honest chip does with certificates: for chips that leave a check out.

use super::certificate::CvCertificate;
use super::date::Date;
use super::refusal::Refusal;
use super::trust_points::{Presented, TrustPoint, TrustPoints, refused};
use crate::error::Error;

impl TrustPoints {
    /// Imports a certificate whatever is wrong with it, for a chip that leaves a check out. Who is not known to have
    /// signed it is taken for the first trust point.
    ///
    /// # Errors
    /// [`Error::Crypto`] for a key that cannot be used.
    pub fn dangerous_import(
        &mut self,
        presented: &mut Presented,
        certificate: &CvCertificate,
    ) -> Result<(), Error> {
        let known = self.issuer(presented, certificate.authority());
        let first = self.points.first().map(TrustPoint::reference).cloned();
        let issuer = known.or_else(|| self.issuer(presented, &first?));
        let issuer = issuer.ok_or_else(|| {
            let authority = certificate.authority().clone();
            refused(certificate, Refusal::UnknownAuthority { authority })
        })?;
        let key = certificate.public_key().resolve(issuer.key.curve())?;
        self.take(presented, &issuer, certificate, key);
        Ok(())
    }

    /// Moves the current date, for a chip that believes what it should not.
    pub const fn dangerous_set_current_date(&mut self, date: Date) {
        self.current = date;
    }
}
