//! What a chip believes: its trust points, its date, and how certificates change both.

use antin_crypto::Hash;
use antin_lds::EfCvca;

use super::authorization::{Authorization, Role, TerminalType};
use super::certificate::CvCertificate;
use super::date::Date;
use super::key::{CvKey, DomainParameters};
use super::reference::Reference;
use super::refusal::Refusal;
use super::stored;
use crate::error::Error;

/// What becomes of signatures with SHA-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sha1 {
    /// Refused, as it should be.
    Refused,
    /// Taken, as chips of the first years did.
    Allowed,
}

/// A key of an authority that a chip trusts, with what is kept of its certificate (TR-03110-3 §A.7.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustPoint {
    pub(super) reference: Reference,
    pub(super) key: CvKey,
    pub(super) authorization: Authorization,
    pub(super) effective: Date,
    pub(super) expiration: Date,
}

impl TrustPoint {
    /// Takes the certificate of an authority as trusted from now on; its own signature is the caller's to verify.
    ///
    /// # Errors
    /// [`Error::CvRefused`] when it is no authority's; [`Error::Crypto`] when it does not state a usable key.
    pub fn new(certificate: &CvCertificate) -> Result<Self, Error> {
        let role = certificate.authorization().role();
        if role != Role::Cvca {
            let pairing = Refusal::Pairing {
                authority: "chip",
                holder: role.name(),
            };
            return Err(refused(certificate, pairing));
        }
        Ok(Self::imported(
            certificate,
            certificate.public_key().resolve(None)?,
        ))
    }

    fn imported(certificate: &CvCertificate, key: CvKey) -> Self {
        Self {
            reference: certificate.holder().clone(),
            key,
            authorization: certificate.authorization().clone(),
            effective: certificate.effective(),
            expiration: certificate.expiration(),
        }
    }

    /// The name of the key.
    #[must_use]
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &CvKey {
        &self.key
    }

    /// Kind of terminal and rights.
    #[must_use]
    pub const fn authorization(&self) -> &Authorization {
        &self.authorization
    }

    /// Its first day.
    #[must_use]
    pub const fn effective(&self) -> Date {
        self.effective
    }

    /// Its last day.
    #[must_use]
    pub const fn expiration(&self) -> Date {
        self.expiration
    }
}

/// The permanent memory of one application of a chip: up to two trust points and the current date.
///
/// The rules are those of TR-03110-3 §2.5 and §2.7:
///
/// - authorities sign their successors (link certificates) and document verifiers, verifiers sign terminals;
/// - a certificate whose last day lies before the current date is refused, link certificates excepted;
/// - the current date moves forward to the first day of a link certificate, of a verifier's, and of the terminal of a
///   *domestic* verifier;
/// - a link certificate becomes a trust point; an expired trust point may only sign its successor, and is forgotten
///   when it has one; of three, the oldest is forgotten;
/// - a terminal may do what terminal, verifier and authority certificate all grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustPoints {
    pub(super) current: Date,
    pub(super) sha1: Sha1,
    /// The most recent first.
    pub(super) points: Vec<TrustPoint>,
}

impl TrustPoints {
    /// A chip personalized on that day.
    ///
    /// # Errors
    /// [`Error::Misuse`] for none or more than two trust points, for two of one name, or for two kinds of terminal.
    pub fn new(current: Date, sha1: Sha1, points: Vec<TrustPoint>) -> Result<Self, Error> {
        let misuse = |what| Error::Misuse {
            what,
            found: points.len().to_string(),
        };
        match points.as_slice() {
            [_] => {}
            [one, other] if one.reference == other.reference => {
                return Err(misuse("trust points of different names"));
            }
            [one, other] if one.authorization.kind() != other.authorization.kind() => {
                return Err(misuse("trust points for one kind of terminal"));
            }
            [_, _] => {}
            _ => return Err(misuse("trust points, one or two")),
        }
        let mut made = Self {
            current,
            sha1,
            points,
        };
        made.points
            .sort_by_key(|point| core::cmp::Reverse(point.effective));
        Ok(made)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`Error::Malformed`] and its like for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        stored::read(bytes)
    }

    /// The whole memory as bytes, for the file of a software chip.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        stored::write(self)
    }

    /// The chip's date: the latest day of which it knows.
    #[must_use]
    pub const fn current_date(&self) -> Date {
        self.current
    }

    /// The trust points, the most recent first.
    #[must_use]
    pub fn points(&self) -> &[TrustPoint] {
        &self.points
    }

    /// The names to announce, in EF.CVCA or in PACE, the most recent first: those that may still sign verifiers, or
    /// all where none may.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        let name = |point: &TrustPoint| point.reference.clone();
        let fresh = self
            .points
            .iter()
            .filter(|point| point.expiration >= self.current);
        let fresh: Vec<Reference> = fresh.map(name).collect();
        if fresh.is_empty() {
            return self.points.iter().map(name).collect();
        }
        fresh
    }

    /// The file EF.CVCA that announces the trust points (TR-03110-3 §A.7.2.4).
    ///
    /// # Panics
    /// Never: one or two names of up to 16 bytes fit the file.
    #[must_use]
    pub fn ef_cvca(&self) -> EfCvca {
        let names: Vec<Vec<u8>> = self
            .references()
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        EfCvca::build(&names).expect("one or two names fit the file")
    }

    /// Tells whether a certificate may be verified with the key of that name: a trust point, or the one that was
    /// presented last.
    #[must_use]
    pub fn knows(&self, presented: &Presented, reference: &Reference) -> bool {
        self.issuer(presented, reference).is_some()
    }

    /// Verifies a certificate with the key of the given name and imports it: a link certificate for good, another one
    /// into `presented`. On an error nothing has changed.
    ///
    /// # Errors
    /// [`Error::CvRefused`] with the reason; [`Error::Crypto`] for a key that cannot be used.
    pub fn import(
        &mut self,
        presented: &mut Presented,
        selected: &Reference,
        certificate: &CvCertificate,
    ) -> Result<(), Error> {
        let issuer = self.issuer(presented, selected).ok_or_else(|| {
            let authority = selected.clone();
            refused(certificate, Refusal::UnknownAuthority { authority })
        })?;
        let key = self
            .judge(&issuer, certificate)
            .map_err(|fault| fault.of(certificate))?;
        self.take(presented, &issuer, certificate, key);
        Ok(())
    }

    pub(super) fn take(
        &mut self,
        presented: &mut Presented,
        issuer: &Issuer,
        certificate: &CvCertificate,
        key: CvKey,
    ) {
        let role = certificate.authorization().role();
        if role == Role::Cvca || role.is_verifier() || issuer.role == Role::DvDomestic {
            self.current = self.current.max(certificate.effective());
        }
        if role == Role::Cvca {
            self.link(TrustPoint::imported(certificate, key));
            return;
        }
        presented.last = Some(Imported {
            reference: certificate.holder().clone(),
            authorization: certificate.authorization().under(&issuer.authorization),
            key,
        });
    }

    /// What any chip says about a certificate by the one that signs it alone, on the certificate's own first day; what
    /// the signing one is worth is not asked. Gives the rights that both grant.
    ///
    /// # Errors
    /// As [`import`](Self::import).
    pub fn judge_under(
        issuer: &CvCertificate,
        key: &CvKey,
        certificate: &CvCertificate,
        sha1: Sha1,
    ) -> Result<Authorization, Error> {
        let believed = TrustPoint::imported(issuer, key.clone());
        let mut presented = Presented::default();
        let mut chip = Self {
            current: certificate.effective(),
            sha1,
            points: Vec::new(),
        };
        if issuer.authorization().role() == Role::Cvca {
            chip.points.push(believed);
        } else {
            presented.last = Some(Imported {
                reference: believed.reference,
                key: believed.key,
                authorization: believed.authorization,
            });
        }
        chip.import(&mut presented, issuer.holder(), certificate)?;
        Ok(certificate.authorization().under(issuer.authorization()))
    }

    pub(super) fn issuer(&self, presented: &Presented, reference: &Reference) -> Option<Issuer> {
        let point = self.points.iter().find(|point| point.reference == *reference);
        if let Some(point) = point {
            return Some(Issuer {
                reference: reference.clone(),
                role: Role::Cvca,
                key: point.key.clone(),
                authorization: point.authorization.clone(),
                trust_point_until: Some(point.expiration),
            });
        }
        let last = presented.last.as_ref()?;
        (last.reference == *reference).then(|| Issuer {
            reference: reference.clone(),
            role: last.authorization.role(),
            key: last.key.clone(),
            authorization: last.authorization.clone(),
            trust_point_until: None,
        })
    }

    /// Every reason to refuse; the key if there is none.
    fn judge(&self, issuer: &Issuer, certificate: &CvCertificate) -> Result<CvKey, Fault> {
        if certificate.authority() != &issuer.reference {
            return Err(Fault::Refused(Refusal::OtherAuthority {
                named: certificate.authority().clone(),
                selected: issuer.reference.clone(),
            }));
        }
        if issuer.key.algorithm().hash() == Hash::Sha1 && self.sha1 == Sha1::Refused {
            return Err(Fault::Refused(Refusal::Sha1));
        }
        certificate
            .verify(&issuer.key)
            .map_err(|_| Fault::Refused(Refusal::Signature))?;
        pairing(issuer, certificate)?;
        self.period(issuer, certificate)?;
        let key = certificate
            .public_key()
            .resolve(issuer.key.curve())
            .map_err(Fault::Key)?;
        let role = certificate.authorization().role();
        if role != Role::Cvca && !key.is_like(&issuer.key) {
            let describe = |key: &CvKey| format!("{} {}", key.algorithm().name(), key.group());
            return Err(Fault::Refused(Refusal::KeyDiffers {
                authority: describe(&issuer.key),
                holder: describe(&key),
            }));
        }
        if self
            .points
            .iter()
            .any(|point| point.reference == *certificate.holder())
        {
            return Err(Fault::Refused(Refusal::KnownHolder));
        }
        Ok(key)
    }

    fn period(&self, issuer: &Issuer, certificate: &CvCertificate) -> Result<(), Fault> {
        let current = self.current;
        if certificate.expiration() < certificate.effective() {
            return Err(Fault::Refused(Refusal::Period));
        }
        if certificate.authorization().role() == Role::Cvca {
            return Ok(());
        }
        if let Some(expiration) = issuer.trust_point_until.filter(|until| *until < current) {
            return Err(Fault::Refused(Refusal::AuthorityExpired { expiration, current }));
        }
        let expiration = certificate.expiration();
        if expiration < current {
            return Err(Fault::Refused(Refusal::Expired { expiration, current }));
        }
        Ok(())
    }

    fn link(&mut self, new: TrustPoint) {
        let current = self.current;
        self.points.retain(|point| point.expiration >= current);
        // A successor comes first unless another one was made later still.
        let older = self
            .points
            .iter()
            .position(|point| point.effective <= new.effective);
        self.points.insert(older.unwrap_or(self.points.len()), new);
        self.points.truncate(MAX_POINTS);
    }
}

/// What one session has presented: the key that was imported last, gone with the power (TR-03110-3 §A.7.2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    last: Option<Imported>,
}

impl Presented {
    /// The terminal whose certificate was imported last, if that is its name. A verifier's or authority's key is no
    /// terminal's.
    #[must_use]
    pub fn terminal(&self, reference: &Reference) -> Option<&Imported> {
        let last = self.last.as_ref()?;
        let is_terminal = last.authorization.role() == Role::Terminal;
        (is_terminal && last.reference == *reference).then_some(last)
    }

    /// Whatever was imported last.
    #[must_use]
    pub const fn last(&self) -> Option<&Imported> {
        self.last.as_ref()
    }
}

/// A key that a session imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    reference: Reference,
    key: CvKey,
    authorization: Authorization,
}

impl Imported {
    /// The name of the key.
    #[must_use]
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &CvKey {
        &self.key
    }

    /// The effective authorization: what every certificate of the chain grants.
    #[must_use]
    pub const fn authorization(&self) -> &Authorization {
        &self.authorization
    }
}

pub(super) struct Issuer {
    reference: Reference,
    role: Role,
    pub(super) key: CvKey,
    authorization: Authorization,
    /// Its last day, if it is a trust point.
    trust_point_until: Option<Date>,
}

enum Fault {
    Refused(Refusal),
    Key(Error),
}

impl Fault {
    fn of(self, certificate: &CvCertificate) -> Error {
        match self {
            Self::Refused(reason) => refused(certificate, reason),
            Self::Key(error) => error,
        }
    }
}

fn pairing(issuer: &Issuer, certificate: &CvCertificate) -> Result<(), Fault> {
    let (own, role) = (issuer.role, certificate.authorization().role());
    let allowed = match own {
        Role::Cvca => role != Role::Terminal,
        Role::DvDomestic | Role::DvForeign => role == Role::Terminal,
        Role::Terminal => false,
    };
    if !allowed {
        return Err(Fault::Refused(Refusal::Pairing {
            authority: own.name(),
            holder: role.name(),
        }));
    }
    let (its, kind) = (issuer.authorization.kind(), certificate.authorization().kind());
    if its != kind || matches!(kind, TerminalType::Unknown(_)) {
        return Err(Fault::Refused(Refusal::TerminalType {
            authority: its.name(),
            holder: kind.name(),
        }));
    }
    // What a verifier or terminal states must be what it would inherit; a curve that nobody knows is nobody's.
    if role != Role::Cvca && certificate.public_key().domain() == DomainParameters::Unknown {
        return Err(Fault::Key(Error::Crypto(antin_crypto::Error::CurveUnknown {
            oid: None,
        })));
    }
    Ok(())
}

pub(super) fn refused(certificate: &CvCertificate, reason: Refusal) -> Error {
    Error::CvRefused {
        holder: certificate.holder().to_string(),
        reason,
    }
}

/// TR-03110-3 §2.5: at most two per application.
const MAX_POINTS: usize = 2;
