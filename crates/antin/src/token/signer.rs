//! A signing key that never leaves its token: RSA, or on an elliptic curve.

use std::cell::RefCell;

use antin_crypto::rsa::Scheme;
use antin_crypto::{
    Curve, Error as CryptoError, Hash, ParameterForm, SecretBytes, SignatureAlgorithm, Signer, VerifyingKey,
    ecdsa_plain_to_der, rsa,
};
use antin_wire::oids;
use antin_wire::tlv::{Tag, object};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::types::Ulong;

use super::keys::{Sessions, Token, told};
use super::{TokenError, TokenUri};

const SEQUENCE: Tag = Tag(0x30);
const BIT_STRING: Tag = Tag(0x03);
const OCTET_STRING: Tag = Tag(0x04);
const OBJECT_IDENTIFIER: Tag = Tag(0x06);
const NULL: Tag = Tag(0x05);
/// 65537.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// Whether a key was in the token before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was there.
    There,
    /// The token made it.
    New,
}

impl Token {
    /// Opens a session with the PIN, which is sent once, and finds the pair of keys with the URI's label.
    ///
    /// # Errors
    ///
    /// [`TokenError::WrongPin`], [`TokenError::PinLocked`], [`TokenError::KeyAbsent`], [`TokenError::KeyUnfit`],
    /// [`TokenError::Lost`], [`TokenError::Refused`].
    pub fn open_signer(
        self,
        pin: Option<&SecretBytes>,
        algorithm: SignatureAlgorithm,
        form: ParameterForm,
    ) -> Result<TokenSigner, TokenError> {
        let session = self.log_in(pin, Sessions::ThatRead)?;
        TokenSigner::of(self.uri, session, pin.cloned(), algorithm, form)
    }

    /// The same; a pair that is not there yet is made in the token: sensitive, not extractable, on a curve or, without one,
    /// an RSA key of so many bits. A pair that is there is taken only if it is the very one that was meant.
    ///
    /// # Errors
    ///
    /// [`TokenError::KeyTaken`]; [`TokenError::KeyUnfit`] for a key of another kind; as
    /// [`open_signer`](Self::open_signer).
    pub fn open_or_make_signer(
        self,
        pin: Option<&SecretBytes>,
        kind: KeyKind,
        existing: Existing<'_>,
        algorithm: SignatureAlgorithm,
        form: ParameterForm,
    ) -> Result<(TokenSigner, Found), TokenError> {
        let session = self.log_in(pin, Sessions::ThatWrite)?;
        let label = self.uri.object().to_owned();
        let there = objects(&session, ObjectClass::PRIVATE_KEY, &label)?.len();
        let found = match (there, existing) {
            (0, Existing::Refused) => {
                make(&session, kind, &label)?;
                Found::New
            }
            (0, Existing::Meant(_)) => return Err(TokenError::KeyAbsent { label, found: 0 }),
            (_, existing) => {
                let public = public_key(&session, &label, form)?;
                let sha256 = fingerprint(&public);
                if !matches!(existing, Existing::Meant(meant) if meant.eq_ignore_ascii_case(&sha256)) {
                    return Err(TokenError::KeyTaken { label, sha256 });
                }
                if !kind.is_of(&public) {
                    let what = format!("{}, which is not what was asked for", public.name());
                    return Err(TokenError::KeyUnfit { label, what });
                }
                Found::There
            }
        };
        let signer = TokenSigner::of(self.uri, session, pin.cloned(), algorithm, form)?;
        Ok((signer, found))
    }
}

/// What is done with a key that lies under the label of a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing<'a> {
    /// It is refused: it may be anybody's, and another certificate's.
    Refused,
    /// It is taken if SHA-256 of its public key, in hex, is this ([`TokenError::KeyTaken`]).
    Meant(&'a str),
}

/// SHA-256 of the SubjectPublicKeyInfo, the curve by its name whatever certificates say.
fn fingerprint(public: &VerifyingKey) -> String {
    let named = public
        .as_ec()
        .map(|point| VerifyingKey::ec(point.clone(), ParameterForm::Named));
    hex::encode(Hash::Sha256.digest(&named.as_ref().unwrap_or(public).to_spki_der()))
}

/// What kind of key a token makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// On a curve.
    Ec(Curve),
    /// RSA of so many bits.
    Rsa(u32),
}

impl KeyKind {
    fn is_of(self, public: &VerifyingKey) -> bool {
        match (self, public) {
            (Self::Ec(curve), _) => public.curve() == Some(curve),
            (Self::Rsa(bits), VerifyingKey::Rsa(key)) => key.bits() == bits,
            (Self::Rsa(_), _) => false,
        }
    }
}

/// A key in a token that signs.
///
/// A session that was lost is opened again, once for each signature, with the PIN that the token took before.
pub struct TokenSigner {
    uri: TokenUri,
    pin: Option<SecretBytes>,
    algorithm: SignatureAlgorithm,
    public: VerifyingKey,
    session: RefCell<Session>,
    handle: RefCell<ObjectHandle>,
    failure: RefCell<Option<TokenError>>,
}

impl core::fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TokenSigner({}, {})", self.uri.object(), self.public.name())
    }
}

impl TokenSigner {
    fn of(
        uri: TokenUri,
        session: Session,
        pin: Option<SecretBytes>,
        algorithm: SignatureAlgorithm,
        form: ParameterForm,
    ) -> Result<Self, TokenError> {
        let handle = private_key(&session, uri.object())?;
        let public = public_key(&session, uri.object(), form)?;
        if !public.fits(algorithm) {
            return Err(TokenError::KeyUnfit {
                label: uri.object().to_owned(),
                what: format!("{} does not sign with {}", public.name(), algorithm.name()),
            });
        }
        Ok(Self {
            uri,
            pin,
            algorithm,
            public,
            session: RefCell::new(session),
            handle: RefCell::new(handle),
            failure: RefCell::new(None),
        })
    }

    /// Takes why the token failed, if it did: whoever asked for a signature knows only that there is none.
    #[must_use]
    pub fn take_failure(&self) -> Option<TokenError> {
        self.failure.take()
    }

    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let (mechanism, input) = asked_for(self.algorithm, &self.public, message);
        let session = self.session.borrow();
        let made = session
            .sign(&mechanism, *self.handle.borrow(), &input)
            .map_err(told)?;
        match self.public.curve() {
            None => Ok(made),
            Some(curve) => ecdsa_plain_to_der(&made, curve).map_err(|_| TokenError::KeyUnfit {
                label: self.uri.object().to_owned(),
                what: "a signature of another length than its curve's".to_owned(),
            }),
        }
    }

    /// Finds the token again, which may lie in another slot now, and its key, which must be the same.
    fn reopen(&self) -> Result<(), TokenError> {
        let token = Token::find(&self.uri)?;
        let session = token.log_in(self.pin.as_ref(), Sessions::ThatRead)?;
        let handle = private_key(&session, self.uri.object())?;
        let form = self.public.parameter_form().unwrap_or(ParameterForm::Explicit);
        if !public_key(&session, self.uri.object(), form)?.is_same_key(&self.public) {
            return Err(TokenError::KeyUnfit {
                label: self.uri.object().to_owned(),
                what: "another key than before".to_owned(),
            });
        }
        self.handle.replace(handle);
        self.session.replace(session);
        Ok(())
    }
}

impl Signer for TokenSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let made = match self.try_sign(message) {
            Err(TokenError::Lost { .. }) => self.reopen().and_then(|()| self.try_sign(message)),
            made => made,
        };
        made.map_err(|error| {
            let what = error.to_string();
            self.failure.replace(Some(error));
            CryptoError::SignerUnavailable { what }
        })
    }
}

/// The mechanism, and what the token is given: the hash value, as this process computes it.
fn asked_for<'m>(
    algorithm: SignatureAlgorithm,
    public: &VerifyingKey,
    message: &[u8],
) -> (Mechanism<'m>, Vec<u8>) {
    let digest = algorithm.hash().digest(message);
    match algorithm {
        SignatureAlgorithm::Ecdsa(_) => {
            // A hash value longer than the order: its leftmost bits count (FIPS 186-5 §6.4.1); every order here ends on an octet
            // or is longer than any hash value.
            let len = public.curve().map_or(digest.len(), Curve::order_len);
            (Mechanism::Ecdsa, digest.into_iter().take(len).collect())
        }
        SignatureAlgorithm::Rsa(Scheme::Pkcs1v15(hash)) => (Mechanism::RsaPkcs, digest_info(hash, &digest)),
        SignatureAlgorithm::Rsa(Scheme::Pss { hash, mgf, salt_len }) => {
            let parameters = PkcsPssParams {
                hash_alg: mechanism_of(hash),
                mgf: mask_of(mgf),
                s_len: Ulong::from(u64::try_from(salt_len).unwrap_or(0)),
            };
            (Mechanism::RsaPkcsPss(parameters), digest)
        }
    }
}

/// `DigestInfo ::= SEQUENCE { digestAlgorithm, digest }`, RFC 8017 §9.2.
fn digest_info(hash: Hash, digest: &[u8]) -> Vec<u8> {
    let identifier = [
        object(OBJECT_IDENTIFIER, hash.oid().as_bytes()),
        object(NULL, &[]),
    ]
    .concat();
    object(
        SEQUENCE,
        &[object(SEQUENCE, &identifier), object(OCTET_STRING, digest)].concat(),
    )
}

const fn mechanism_of(hash: Hash) -> MechanismType {
    match hash {
        Hash::Sha1 => MechanismType::SHA1,
        Hash::Sha224 => MechanismType::SHA224,
        Hash::Sha256 => MechanismType::SHA256,
        Hash::Sha384 => MechanismType::SHA384,
        Hash::Sha512 => MechanismType::SHA512,
    }
}

const fn mask_of(hash: Hash) -> PkcsMgfType {
    match hash {
        Hash::Sha1 => PkcsMgfType::MGF1_SHA1,
        Hash::Sha224 => PkcsMgfType::MGF1_SHA224,
        Hash::Sha256 => PkcsMgfType::MGF1_SHA256,
        Hash::Sha384 => PkcsMgfType::MGF1_SHA384,
        Hash::Sha512 => PkcsMgfType::MGF1_SHA512,
    }
}

fn objects(session: &Session, class: ObjectClass, label: &str) -> Result<Vec<ObjectHandle>, TokenError> {
    let wanted = [
        Attribute::Class(class),
        Attribute::Label(label.as_bytes().to_vec()),
    ];
    session.find_objects(&wanted).map_err(told)
}

fn only(session: &Session, class: ObjectClass, label: &str) -> Result<ObjectHandle, TokenError> {
    let found = objects(session, class, label)?;
    match found.as_slice() {
        [handle] => Ok(*handle),
        _ => Err(TokenError::KeyAbsent {
            label: label.to_owned(),
            found: found.len(),
        }),
    }
}

fn private_key(session: &Session, label: &str) -> Result<ObjectHandle, TokenError> {
    only(session, ObjectClass::PRIVATE_KEY, label)
}

/// The public key beside the private one.
fn public_key(session: &Session, label: &str, form: ParameterForm) -> Result<VerifyingKey, TokenError> {
    let handle = only(session, ObjectClass::PUBLIC_KEY, label)?;
    let unfit = |what: &str| TokenError::KeyUnfit {
        label: label.to_owned(),
        what: what.to_owned(),
    };
    let kinds = [
        AttributeType::KeyType,
        AttributeType::EcParams,
        AttributeType::EcPoint,
        AttributeType::Modulus,
        AttributeType::PublicExponent,
    ];
    let (mut kind, mut curve, mut point, mut modulus, mut exponent) = (None, None, None, None, None);
    for attribute in session.get_attributes(handle, &kinds).map_err(told)? {
        match attribute {
            Attribute::KeyType(found) => kind = Some(found),
            Attribute::EcParams(found) => curve = Some(found),
            Attribute::EcPoint(found) => point = Some(found),
            Attribute::Modulus(found) => modulus = Some(found),
            Attribute::PublicExponent(found) => exponent = Some(found),
            _ => {}
        }
    }
    match (kind, curve.zip(point), modulus.zip(exponent)) {
        (Some(KeyType::EC), Some((curve, point)), _) => {
            let found = ec_key(&curve, &point).ok_or_else(|| unfit("a public key that cannot be read"))?;
            let point = found.as_ec().ok_or_else(|| unfit("not a key on a curve"))?;
            Ok(VerifyingKey::ec(point.clone(), form))
        }
        (Some(KeyType::RSA), _, Some((modulus, exponent))) => {
            rsa::PublicKey::from_components(&modulus, &exponent)
                .map(VerifyingKey::Rsa)
                .map_err(|error| unfit(&error.to_string()))
        }
        _ => Err(unfit("neither RSA nor a key on a curve")),
    }
}

/// The point comes wrapped in an OCTET STRING (PKCS #11 §2.3.3, CKA_EC_POINT); some drivers leave the wrapper out.
fn ec_key(parameters: &[u8], point: &[u8]) -> Option<VerifyingKey> {
    const UNCOMPRESSED: u8 = 0x04;
    let bare = |point: &[u8]| {
        let algorithm = [
            &object(OBJECT_IDENTIFIER, oids::EC_PUBLIC_KEY.as_bytes()),
            parameters,
        ]
        .concat();
        let key = [&[0], point].concat();
        let spki = [object(SEQUENCE, &algorithm), object(BIT_STRING, &key)].concat();
        VerifyingKey::from_spki_der(&object(SEQUENCE, &spki)).ok()
    };
    let mut wrapped = antin_wire::tlv::Reader::new(point);
    let inner = wrapped.expect(OCTET_STRING).ok().filter(|_| wrapped.is_empty());
    inner
        .filter(|inner| inner.value.first() == Some(&UNCOMPRESSED))
        .and_then(|inner| bare(inner.value))
        .or_else(|| bare(point))
}

/// Makes a pair of keys under a label.
fn make(session: &Session, kind: KeyKind, label: &str) -> Result<(), TokenError> {
    let name = || Attribute::Label(label.as_bytes().to_vec());
    let id = || Attribute::Id(Hash::Sha1.digest(label.as_bytes()));
    let mut public = vec![Attribute::Token(true), Attribute::Verify(true), name(), id()];
    let private = vec![
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        name(),
        id(),
    ];
    let mechanism = match kind {
        KeyKind::Ec(curve) => {
            public.push(Attribute::EcParams(object(
                OBJECT_IDENTIFIER,
                curve.oid().as_bytes(),
            )));
            Mechanism::EccKeyPairGen
        }
        KeyKind::Rsa(bits) => {
            public.push(Attribute::ModulusBits(Ulong::from(u64::from(bits))));
            public.push(Attribute::PublicExponent(EXPONENT.to_vec()));
            Mechanism::RsaPkcsKeyPairGen
        }
    };
    session
        .generate_key_pair(&mechanism, &public, &private)
        .map(|_| ())
        .map_err(told)
}

#[cfg(test)]
mod tests {
    use antin_crypto::PrivateKey;

    use super::*;

    #[test]
    fn a_point_is_read_with_its_wrapper_and_without() {
        for curve in [Curve::P256, Curve::P521, Curve::BrainpoolP384r1] {
            let key = PrivateKey::from_be_bytes(curve, &[7; 20])
                .expect("a key")
                .public();
            let parameters = object(OBJECT_IDENTIFIER, curve.oid().as_bytes());
            let wanted = VerifyingKey::ec(key.clone(), ParameterForm::Named);
            for point in [object(OCTET_STRING, key.as_sec1()), key.as_sec1().to_vec()] {
                assert_eq!(ec_key(&parameters, &point), Some(wanted.clone()));
            }
            assert_eq!(ec_key(&parameters, &[4, 1, 2]), None);
            assert_eq!(ec_key(&parameters, &[]), None);
            assert_eq!(ec_key(&[], key.as_sec1()), None);
        }
    }

    #[test]
    fn a_token_is_given_what_the_standards_ask_for() {
        let key = PrivateKey::from_be_bytes(Curve::P256, &[7; 20])
            .expect("a key")
            .public();
        let key = VerifyingKey::ec(key, ParameterForm::Named);
        let (_, input) = asked_for(SignatureAlgorithm::ecdsa(Hash::Sha512), &key, b"message");
        assert_eq!(input, Hash::Sha512.digest(b"message")[..32]);
        let (_, input) = asked_for(SignatureAlgorithm::rsa_pkcs1(Hash::Sha256), &key, b"message");
        // RFC 8017 §9.2, note 1.
        let head = hex::decode("3031300d060960864801650304020105000420").expect("hex");
        assert_eq!(input, [head, Hash::Sha256.digest(b"message")].concat());
    }
}
