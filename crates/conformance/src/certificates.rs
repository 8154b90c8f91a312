//! The certificates that a case describes, made with TEST keys under the authority of its card.

use std::collections::BTreeMap;

use antin::TerminalKeys;
use antin::crypto::{Curve, PrivateKey, rsa};
use antin::profile::patch::{Applied, ContentChange, Edit, ObjectChange};
use antin::trust::cv::{
    Authorization, CertificateTemplate, CvCertificate, CvSigner, Date, Reference, Role, TaAlgorithm,
    TerminalType,
};
use antin::wire::tlv::{self, tags};
use chacha20::ChaCha8Rng;
use rand_core::SeedableRng;
use serde::Deserialize;
use toml::{Table, Value};

use crate::stage::{Issued, patch};

/// The name of the card's own authority among the certificates.
const ROOT: &str = "root";

/// A certificate lasts so many days unless the case says otherwise.
const USUAL_DAYS: u32 = 30;

/// A chain is at most this long; a longer one goes in circles.
const MAX_CHAIN: usize = 8;

/// What a case says of one certificate.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Description {
    #[serde(default)]
    pub role: Place,
    /// The certificate whose key signs.
    pub signer: Option<String>,
    /// The name of the signer, where it is to be another one.
    pub authority: Option<String>,
    /// The name of the key.
    pub holder: Option<String>,
    pub rights: Option<Vec<String>>,
    /// First and last day.
    #[serde(default)]
    pub from: Day,
    pub until: Option<Day>,
    /// A curve by name, where the key lies on another one than its authority's.
    pub curve: Option<String>,
    /// Changes of the body before it is signed.
    pub body: Option<Value>,
    /// Changes of body and signature afterwards.
    pub content: Option<Value>,
}

/// A day: counted from the first day of the card's authority, or by its date.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Day {
    After(u32),
    On(String),
}

impl Default for Day {
    fn default() -> Self {
        Self::After(0)
    }
}

impl Day {
    fn date(&self, first: Date) -> Outcome<Date> {
        let date = match self {
            Self::After(days) => first.plus_days(*days),
            Self::On(text) => Date::from_text(text),
        };
        date.ok_or_else(|| format!("{self:?} is no day of this century"))
    }
}

/// The place of a holder in the chain.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    Cvca,
    DvDomestic,
    DvForeign,
    #[default]
    Terminal,
}

impl Place {
    const fn role(self) -> Role {
        match self {
            Self::Cvca => Role::Cvca,
            Self::DvDomestic => Role::DvDomestic,
            Self::DvForeign => Role::DvForeign,
            Self::Terminal => Role::Terminal,
        }
    }
}

type Outcome<T> = Result<T, String>;

/// A certificate with its key; the authority of the card has no certificate to present.
#[derive(Clone)]
pub(crate) struct Made {
    pub authority: Reference,
    pub holder: Reference,
    pub content: Vec<u8>,
    pub key: CvSigner,
    /// The certificate whose key signed.
    pub signer: Option<String>,
}

/// All certificates of a case, by name.
#[derive(Clone, Default)]
pub(crate) struct Certificates(BTreeMap<String, Made>);

impl Certificates {
    /// Makes what is described; the same in every run.
    pub(crate) fn make(described: &BTreeMap<String, Description>, issued: &Issued) -> Outcome<Self> {
        let Some(trust) = &issued.keys.terminal_authentication else {
            return match described.is_empty() {
                true => Ok(Self::default()),
                false => Err("the card has no Terminal Authentication".to_owned()),
            };
        };
        let Some(key) = trust.signer.clone() else {
            return Err("the authority of the card has no TEST key".to_owned());
        };
        let mut made = BTreeMap::new();
        let root = Made {
            authority: trust.certificate.authority().clone(),
            holder: trust.certificate.holder().clone(),
            content: trust.certificate.to_content(),
            key,
            signer: None,
        };
        made.insert(ROOT.to_owned(), root);
        let mut rest: Vec<_> = described.iter().collect();
        // Signers come before what they sign, in whatever order the case names them.
        while !rest.is_empty() {
            let before = rest.len();
            let mut waiting = Vec::new();
            for (name, description) in rest {
                let signer = description.signer.as_deref().unwrap_or(ROOT);
                match made.get(signer).cloned() {
                    None => waiting.push((name, description)),
                    Some(signer) => {
                        let first = trust.certificate.effective();
                        let one = one(name, description, &signer, first)
                            .map_err(|problem| format!("certificate {name}: {problem}"))?;
                        made.insert(name.clone(), one);
                    }
                }
            }
            if waiting.len() == before {
                return Err("a certificate has no signer".to_owned());
            }
            rest = waiting;
        }
        Ok(Self(made))
    }

    pub(crate) fn get(&self, name: &str) -> Outcome<&Made> {
        self.0.get(name).ok_or_else(|| format!("no certificate {name:?}"))
    }

    /// The name of a key: a certificate's, or the text itself where no certificate is called so.
    pub(crate) fn reference(&self, name: &str) -> Outcome<Reference> {
        match self.0.get(name) {
            Some(made) => Ok(made.holder.clone()),
            None => Reference::from_text(name).map_err(|error| error.to_string()),
        }
    }

    /// The certificates from below the card's authority down to the named one.
    pub(crate) fn chain(&self, name: &str) -> Outcome<Vec<Made>> {
        let mut chain = vec![self.get(name)?.clone()];
        while let Some(signer) = chain.last().and_then(|last| last.signer.clone()) {
            if signer == ROOT || chain.len() > MAX_CHAIN {
                break;
            }
            chain.push(self.get(&signer)?.clone());
        }
        chain.reverse();
        Ok(chain)
    }

    /// What a terminal has that was given the named certificates: their keys, and the chains that lead to them.
    pub(crate) fn terminal(&self, names: &[String], today: Date) -> Outcome<TerminalKeys> {
        let mut certificates = Vec::new();
        let mut keys = Vec::new();
        for name in names {
            keys.push(self.get(name)?.key.clone());
            for made in self.chain(name)? {
                let certificate = CvCertificate::parse_content(&made.content);
                let certificate = certificate.map_err(|error| format!("certificate {name}: {error}"))?;
                if !certificates.contains(&certificate) {
                    certificates.push(certificate);
                }
            }
        }
        Ok(TerminalKeys::new(certificates, keys, today))
    }
}

/// Makes one certificate.
fn one(name: &str, description: &Description, signer: &Made, first: Date) -> Outcome<Made> {
    let text = |error: antin::trust::Error| error.to_string();
    let seed = name.bytes().fold(7, |sum: u64, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let key = key(description, &signer.key, &mut rng)?;
    let holder = match &description.holder {
        Some(holder) => holder.clone(),
        None => usual_name(name),
    };
    let holder = Reference::from_text(&holder).map_err(text)?;
    let authority = match &description.authority {
        Some(authority) => Reference::from_text(authority).map_err(text)?,
        None => signer.holder.clone(),
    };
    let mut authorization = Authorization::new(TerminalType::Is, description.role.role()).map_err(text)?;
    match &description.rights {
        None => authorization = authorization.with_all_rights(),
        Some(rights) => {
            for right in rights {
                authorization = authorization.with_right(right).map_err(text)?;
            }
        }
    }
    let effective = description.from.date(first)?;
    let expiration = match &description.until {
        Some(day) => day.date(first)?,
        None => Day::After(USUAL_DAYS).date(effective)?,
    };
    let template = CertificateTemplate {
        authority: authority.clone(),
        holder: holder.clone(),
        key: key.public(),
        authorization,
        effective,
        expiration: expiration.max(effective),
        extensions: None,
    };
    let regular = template.sign(&signer.key, &mut rng).map_err(text)?.to_content();
    let mut body = tlv::Reader::new(&regular)
        .next()
        .map_err(|error| error.to_string())?
        .ok_or("no body")?
        .raw
        .to_vec();
    if expiration < effective {
        let path = vec![tags::CV_BODY.into(), tags::CV_EXPIRATION_DATE.into()];
        let set = ObjectChange::Value(Box::new(Edit::Set(expiration.to_bytes().to_vec())));
        apply(&Edit::Object(path, set), &mut body)?;
    }
    edit(description.body.as_ref(), &mut body)?;
    let signature = signer.key.sign(&body, &mut rng).map_err(text)?;
    let mut content = [body, tlv::object(tags::CV_SIGNATURE, &signature)].concat();
    edit(description.content.as_ref(), &mut content)?;
    Ok(Made {
        authority,
        holder,
        content,
        key,
        signer: Some(description.signer.clone().unwrap_or_else(|| ROOT.to_owned())),
    })
}

/// A key as its signer's, or on the curve that the case names.
fn key(description: &Description, signer: &CvSigner, rng: &mut ChaCha8Rng) -> Outcome<CvSigner> {
    let algorithm: TaAlgorithm = signer.algorithm();
    let curve = match &description.curve {
        None => signer.public().curve(),
        Some(name) => Some(
            Curve::ALL
                .into_iter()
                .find(|curve| curve.name() == name)
                .ok_or_else(|| format!("no curve {name:?}"))?,
        ),
    };
    let key = match curve {
        Some(curve) => CvSigner::ec(PrivateKey::generate(curve, rng), algorithm),
        None => {
            let bits = signer.public().group();
            let bits = bits.strip_prefix("RSA-").and_then(|bits| bits.parse().ok());
            let bits = bits.ok_or("a key of unknown length")?;
            let key = rsa::PrivateKey::generate(bits, rng).map_err(|error| error.to_string())?;
            CvSigner::rsa(key, algorithm)
        }
    };
    key.map_err(|error| error.to_string())
}

/// `UT`, up to nine letters of the name, `00001`.
fn usual_name(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric).take(9);
    format!("UT{}00001", letters.collect::<String>().to_uppercase())
}

/// Carries out a change, or a list of them, spelled as for a file in a patch.
fn edit(changes: Option<&Value>, bytes: &mut Vec<u8>) -> Outcome<()> {
    let changes = match changes {
        None => return Ok(()),
        Some(Value::Array(list)) => list.clone(),
        Some(one) => vec![one.clone()],
    };
    for change in changes {
        let mut file = Table::new();
        file.insert("name".to_owned(), "DG1".into());
        file.insert("edit".to_owned(), change);
        let mut table = Table::new();
        table.insert("file".to_owned(), Value::Array(vec![Value::Table(file)]));
        for found in patch(&table).map_err(|error| error.to_string())?.files {
            if let ContentChange::Edit(edit) = found.change {
                apply(&edit, bytes)?;
            }
        }
    }
    Ok(())
}

fn apply(edit: &Edit, bytes: &mut Vec<u8>) -> Outcome<()> {
    match edit.apply(bytes) {
        Applied::Done => Ok(()),
        Applied::NotFound => Err("a change has no place".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_keys_have_country_holder_and_number() {
        assert_eq!(usual_name("dv"), "UTDV00001");
        assert_eq!(usual_name("is-without-rights"), "UTISWITHOUT00001");
        assert!(Reference::from_text(&usual_name("is-without-rights")).is_ok());
    }

    #[test]
    fn a_change_without_its_object_is_a_fault_of_the_case() {
        let mut bytes = vec![0x7F, 0x4E, 0x00];
        let change: Table = toml::from_str("one = { object = \"7F4E 7F4C\", remove = true }").unwrap();
        assert!(edit(change.get("one"), &mut bytes).is_err());
        let change: Table = toml::from_str("one = { append = \"00\" }").unwrap();
        edit(change.get("one"), &mut bytes).unwrap();
        assert_eq!(bytes, [0x7F, 0x4E, 0x00, 0x00]);
    }
}
