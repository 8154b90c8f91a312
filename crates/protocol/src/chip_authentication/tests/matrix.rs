//! The whole matrix: every family, cipher, group, form of the key, version and command that can be written down. What a
//! standard defines agrees in both roles; everything else is refused by name, or never said.

use super::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Template {
    /// MSE:Set KAT, everything in one command.
    KeyAgreement,
    /// MSE:Set AT, then GENERAL AUTHENTICATE.
    Authentication,
}

#[derive(Clone, Debug)]
struct Combination {
    oid: ObjectIdentifier,
    suite: Suite,
    /// Whether the protocol is about points, as the key may be or not.
    over_points: bool,
    group: Group,
    form: KeyForm,
    version: Version,
    template: Template,
    key_id: Option<u32>,
}

impl std::fmt::Display for Combination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let family = if self.over_points { "ECDH" } else { "DH" };
        let (suite, group, form) = (self.suite, self.group.name(), self.form);
        let (version, template) = (self.version, self.template);
        write!(
            f,
            "{family} {suite:?} with a key of {group} ({form:?}), version {version:?}, {template:?}"
        )
    }
}

/// Why a combination does not exist.
#[derive(Debug, PartialEq)]
enum Illegal {
    /// The protocol and the key are of different kinds.
    OtherKind,
    /// MSE:Set KAT names no cipher: it means 3DES, and version 1 (TR-03110-3 §B.2).
    NoSuchTemplate,
}

impl Combination {
    /// What the standards say of it, written down independently of the code that reads offers.
    fn illegal(&self) -> Option<Illegal> {
        let key_of_points = matches!(self.group, Group::Ec(_));
        match (self.template, self.version, self.suite) {
            _ if self.over_points != key_of_points => Some(Illegal::OtherKind),
            (Template::Authentication, ..) | (_, Version::One, Suite::Tdes) => None,
            (Template::KeyAgreement, ..) => Some(Illegal::NoSuchTemplate),
        }
    }

    /// One key a group, so that drawing keys costs nothing.
    fn private(&self) -> PrivateKey {
        PrivateKey::from_be_bytes(self.group, &[7; 19]).unwrap()
    }

    fn infos(&self) -> SecurityInfos {
        SecurityInfos::from_infos([
            SecurityInfo::chip_authentication(self.oid, self.version.number(), self.key_id),
            key_info(&self.private(), self.form, self.key_id),
        ])
    }

    fn offer(&self) -> Result<Option<Offer>, Unsupported> {
        match self.version {
            Version::One => Offer::from_infos(&self.infos()),
            Version::Two => Offer::version_2(&self.infos()),
        }
    }

    fn static_key(&self) -> StaticKey {
        StaticKey {
            key_id: self.key_id,
            version: self.version,
            suites: vec![self.suite],
            private: self.private(),
        }
    }
}

fn matrix() -> Vec<Combination> {
    let groups = Curve::STANDARDIZED.map(Group::Ec).into_iter();
    let groups: Vec<Group> = groups.chain(DhGroup::ALL.map(Group::Dh)).collect();
    let mut all = Vec::new();
    for (over_points, protocols) in [(true, PROTOCOLS), (false, DH_PROTOCOLS)] {
        for (oid, suite) in protocols {
            for group in &groups {
                let forms = match group {
                    Group::Ec(_) => [NAMED, EXPLICIT, KeyForm::Standardized],
                    Group::Dh(_) => [
                        KeyForm::Dh(DhForm::Pkcs3),
                        KeyForm::Dh(DhForm::X942),
                        KeyForm::Standardized,
                    ],
                };
                for (form, key_id) in forms.into_iter().zip([None, Some(1), Some(0x0102)]) {
                    for version in [Version::One, Version::Two] {
                        for template in [Template::KeyAgreement, Template::Authentication] {
                            all.push(Combination {
                                oid,
                                suite,
                                over_points,
                                group: *group,
                                form,
                                version,
                                template,
                                key_id,
                            });
                        }
                    }
                }
            }
        }
    }
    all
}

/// Lets the two roles agree with the command that the combination says.
fn agree(combination: &Combination) {
    let offer = combination
        .offer()
        .unwrap_or_else(|why| panic!("{combination}: {why}"))
        .unwrap_or_else(|| panic!("{combination}: nothing on offer"));
    let expected = Offer {
        oid: combination.oid,
        suite: combination.suite,
        version: combination.version,
        key: combination.private().public(),
        key_id: combination.key_id,
    };
    assert_eq!(offer, expected, "{combination}");
    let keys = [combination.static_key()];
    let usual = match (combination.version, combination.suite) {
        (Version::One, Suite::Tdes) => Template::KeyAgreement,
        _ => Template::Authentication,
    };
    let (mut terminal, mut chip) = if combination.template == usual {
        talk(&offer, &keys, &|_, bytes| bytes).unwrap_or_else(|| panic!("{combination}"))
    } else {
        let (sent, ifd) = terminal::start_with_authentication_template(&offer, &mut random(1)).unwrap();
        let (told, ic) = chip::select(&sent, &keys).unwrap_or_else(|sw| panic!("{combination}: {sw}"));
        let (sent, ifd) = ifd.accept(&told).unwrap();
        let (told, ic, _) = ic
            .agree(&sent, None, &mut random(2))
            .unwrap_or_else(|sw| panic!("{combination}: {sw}"));
        (ifd.accept(&told).unwrap(), ic)
    };
    assert_eq!(terminal.keys().suite(), combination.suite, "{combination}");
    assert!(proves(&mut terminal, &mut chip), "{combination}");
}

fn agrees_in_every_legal_combination(over_points: bool, legal: usize) {
    let wanted =
        |combination: &Combination| combination.over_points == over_points && combination.illegal().is_none();
    let combinations: Vec<_> = matrix().into_iter().filter(wanted).collect();
    assert_eq!(combinations.len(), legal);
    for combination in combinations {
        agree(&combination);
    }
}

#[test]
fn the_two_roles_agree_in_every_legal_combination_over_curves() {
    // Every cipher, form and version with MSE:Set AT, and MSE:Set KAT for 3DES in version 1.
    agrees_in_every_legal_combination(true, 11 * 3 * (4 * 2 + 1));
}

#[test]
fn the_two_roles_agree_in_every_legal_combination_over_groups_of_numbers() {
    agrees_in_every_legal_combination(false, 3 * 3 * (4 * 2 + 1));
}

#[test]
fn every_illegal_combination_is_refused_by_name_or_never_said() {
    let (mut legal, mut other_kind, mut no_such_template) = (0, 0, 0);
    for combination in matrix() {
        let keys = [combination.static_key()];
        match combination.illegal() {
            None => legal += 1,
            Some(Illegal::OtherKind) => {
                other_kind += 1;
                assert_eq!(combination.offer(), Err(Unsupported::KeyMissing), "{combination}");
                let body = tlv::object(tlv::tags::mse::MECHANISM, combination.oid.as_bytes());
                let asked = Command::new(0x00, 0x22, 0x41, 0xA4).with_data(body);
                let told = chip::select(&asked, &keys).map(|_| ());
                assert_eq!(told, Err(StatusWord::INCORRECT_PARAMETERS), "{combination}");
            }
            Some(Illegal::NoSuchTemplate) => {
                no_such_template += 1;
                let offer = combination.offer().unwrap().unwrap();
                let start = terminal::start(&offer, &mut random(1)).unwrap();
                assert!(
                    matches!(start, Start::AuthenticationTemplate(..)),
                    "{combination}"
                );
                let public = combination.private().public();
                let body = tlv::object(tlv::tags::mse::EPHEMERAL_PUBLIC_KEY, public.as_wire());
                let asked = Command::new(0x00, 0x22, 0x41, 0xA6).with_data(body);
                let told = chip::key_agreement(&asked, &keys).map(|_| ());
                assert_eq!(told, Err(StatusWord::INCORRECT_PARAMETERS), "{combination}");
            }
        }
    }
    assert_eq!((legal, other_kind, no_such_template), (297 + 81, 672, 294));
    assert_eq!(legal + other_kind + no_such_template, 2 * 4 * 14 * 3 * 2 * 2);
}

#[test]
fn a_key_announced_as_the_other_kind_is_named_with_its_group() {
    for combination in matrix() {
        let (public, kind) = (combination.private().public(), combination.over_points);
        if kind == matches!(combination.group, Group::Ec(_)) {
            continue;
        }
        let announced = if kind { oids::ID_PK_ECDH } else { oids::ID_PK_DH };
        let key = SecurityInfo::chip_authentication_public_key(
            announced,
            spki(&public, combination.form),
            combination.key_id,
        );
        let version = combination.version.number();
        let protocol = SecurityInfo::chip_authentication(combination.oid, version, combination.key_id);
        let infos = SecurityInfos::from_infos([protocol, key]);
        let read = match combination.version {
            Version::One => Offer::from_infos(&infos),
            Version::Two => Offer::version_2(&infos),
        };
        let reason = Unsupported::KeyOfOtherKind {
            oid: announced,
            group: combination.group.name(),
        };
        assert!(
            reason.to_string().contains(combination.group.name()),
            "{combination}"
        );
        assert_eq!(read, Err(reason), "{combination}");
    }
}
