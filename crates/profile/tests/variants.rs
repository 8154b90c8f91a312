//! Every legal variant is a profile, every illegal one is refused by name where it stands.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests

use antin_crypto::agreement::{DhGroup, Group};
use antin_crypto::rsa::iso9796_2::Trailer;
use antin_crypto::{Curve, Suite};
use antin_lds::{ElementaryFile, SecurityInfo, SecurityInfos};
use antin_profile::{
    ActiveAuthentication, ChipAuthenticationVersion, Mapping, ParameterRule, PasswordKind, Profile, ReadRule,
    Right, SecretRule, SuspendRule,
};
use antin_wire::oids;

const CARD_SECURITY: &str = "[[file]]\nname = \"EF.CardSecurity\"\nfid = \"011D\"\nsfi = 0x1D\nread = \"pace\"\nmandatory = true\nmax-size = 8192\n";

const TERMINAL: &str = include_str!("../../../test-vectors/profile/extended-access.toml");

fn base() -> Profile {
    Profile::builtin("icao-passport").unwrap()
}

fn changed(overrides: &str) -> Profile {
    Profile::with_overrides(&base(), overrides).unwrap_or_else(|fault| panic!("{fault}\n{overrides}"))
}

fn refused(overrides: &str) -> String {
    match Profile::with_overrides(&base(), overrides) {
        Ok(_) => panic!("accepted:\n{overrides}"),
        Err(fault) => fault.to_string(),
    }
}

fn pace(mapping: &str, group: &str, cipher: &str) -> String {
    format!(
        "[[access.pace]]\nmapping = \"{mapping}\"\n{group}\ncipher = \"{cipher}\"\npasswords = [\"mrz\", \"can\"]\n"
    )
}

fn groups() -> impl Iterator<Item = (String, Group)> {
    let curves = Curve::STANDARDIZED.map(|curve| (format!("curve = \"{}\"", curve.name()), Group::Ec(curve)));
    let groups = DhGroup::ALL.map(|group| (format!("group = \"{}\"", group.name()), Group::Dh(group)));
    curves.into_iter().chain(groups)
}

const CIPHERS: [(&str, Suite); 4] = [
    ("3des", Suite::Tdes),
    ("aes-128", Suite::Aes128),
    ("aes-192", Suite::Aes192),
    ("aes-256", Suite::Aes256),
];

#[test]
fn every_legal_combination_of_pace_is_a_profile_and_every_other_is_refused_by_name() {
    let mappings = [
        ("generic", Mapping::Generic),
        ("integrated", Mapping::Integrated),
        ("chip-authentication", Mapping::ChipAuthentication),
    ];
    let mut identifiers = Vec::new();
    for (mapping, kind) in mappings {
        for (group_text, group) in groups() {
            for (cipher, suite) in CIPHERS {
                let text = pace(mapping, &group_text, cipher) + CARD_SECURITY;
                let expected = match (kind, group, suite) {
                    (Mapping::ChipAuthentication, Group::Dh(_), _) => Some("not defined for groups"),
                    (Mapping::ChipAuthentication, Group::Ec(_), Suite::Tdes) => Some("not defined for 3des"),
                    (Mapping::Integrated, Group::Ec(Curve::P224), _) => Some("not defined for P-224"),
                    _ => None,
                };
                if let Some(words) = expected {
                    let fault = refused(&text);
                    assert!(
                        fault.contains(words) && fault.contains("access.pace.mapping"),
                        "{fault}"
                    );
                    continue;
                }
                let card = changed(&text);
                let rule = &card.access.pace[0];
                assert_eq!((rule.mapping, rule.group, rule.cipher), (kind, group, suite));
                assert_eq!(rule.parameter.id(), group.standardized_id());
                let oid = rule.info().oid();
                let name = oids::name(&oid).unwrap_or_else(|| panic!("{oid} has no name"));
                assert!(
                    name.contains(if matches!(group, Group::Dh(_)) {
                        "-DH-"
                    } else {
                        "-ECDH-"
                    }),
                    "{name}"
                );
                identifiers.push(oid);
                assert!(SecurityInfos::parse(&card.card_access().unwrap()).is_ok());
            }
        }
    }
    identifiers.sort();
    identifiers.dedup();
    assert_eq!(identifiers.len(), 8 + 8 + 3, "each protocol has its identifier");
}

#[test]
fn explicit_parameters_are_spelled_out_and_need_no_number() {
    for (group_text, group) in groups() {
        let text = pace(
            "generic",
            &format!("{group_text}\ndomain-parameters = \"explicit\""),
            "aes-128",
        );
        let card = changed(&text);
        assert_eq!(card.access.pace[0].parameter, ParameterRule::Explicit(None));
        let infos = card.pace_infos();
        assert_eq!(infos.len(), 2, "{}", group.name());
        assert!(matches!(
            &infos[0],
            SecurityInfo::Pace {
                parameter_id: None,
                ..
            }
        ));
        assert!(matches!(
            &infos[1],
            SecurityInfo::PaceDomainParameter {
                parameter_id: None,
                ..
            }
        ));
    }
    let numbered = pace(
        "generic",
        "curve = \"P-256\"\ndomain-parameters = \"explicit\"\nparameter = 33",
        "aes-128",
    );
    assert_eq!(
        changed(&numbered).access.pace[0].parameter,
        ParameterRule::Explicit(Some(33))
    );
    assert!(refused(&numbered.replace("33", "13")).contains("begin at 32"));
    let two = numbered.clone() + &numbered.replace("parameter = 33", "").replace("P-256", "P-384");
    assert!(refused(&two).contains("need numbers"));
    let same = numbered.clone() + &numbered.replace("P-256", "P-384");
    assert!(refused(&same).contains("have this number"));
}

#[test]
fn several_variants_and_unknown_entries_are_announced_together() {
    let unknown = "300B06052A0304050602020101";
    let text = format!(
        "[access]\nsecurity-infos = [\"{unknown}\"]\n{}{}",
        pace("generic", "curve = \"P-256\"", "aes-128"),
        pace("integrated", "group = \"modp2048-256\"", "aes-256")
    );
    let card = changed(&text);
    let infos = SecurityInfos::parse(&card.card_access().unwrap()).unwrap();
    assert_eq!(infos.iter().count(), 3);
    assert!(
        infos
            .iter()
            .any(|info| hex::encode_upper(info.to_der()) == unknown)
    );
    let known = "[access]\nsecurity-infos = [\"300D060804007F0007020202020101\"]\n";
    assert!(refused(known).contains("section of its own"));
}

#[test]
fn a_secret_number_belongs_to_pace_and_the_other_way_round() {
    let pace =
        pace("generic", "curve = \"P-256\"", "aes-128").replace("\"can\"", "\"can\", \"pin\", \"puk\"");
    let pin = "[pin]\nvalue = \"random\"\ntries = 3\n";
    let puk = "[puk]\nvalue = \"9876543210\"\n";
    let card = changed(&format!("{pace}{pin}{puk}"));
    let rule = card.pin.clone().unwrap();
    assert_eq!((rule.tries, rule.suspend), (3, SuspendRule::AtLastTry));
    assert_eq!(rule.value, SecretRule::Random { digits: 6 });
    assert_eq!(
        card.puk.clone().unwrap().value,
        SecretRule::Fixed("9876543210".to_owned())
    );
    assert!(card.takes(PasswordKind::Pin) && !format!("{card:?}").contains("Fixed(\"9876543210"));
    assert!(refused(&format!("{pace}{pin}")).contains("no [puk]"));
    assert!(refused(&format!("{pace}{puk}")).contains("no [pin]"));
    assert!(refused(pin).contains("no [[access.pace]] takes the PIN"));
    assert!(refused(&format!("{pace}{puk}[pin]\nvalue = \"random\"\ntries = 1\n")).contains("2 to 15"));
}

#[test]
fn keys_of_chip_authentication_are_told_apart_by_their_numbers() {
    let key = |id: &str, group: &str, form: &str| {
        format!("[[chip-authentication]]\n{group}\ncipher = \"aes-128\"\nkey-form = \"{form}\"\n{id}\n")
    };
    let (p256, modp) = ("curve = \"P-256\"", "group = \"modp2048-224\"");
    let card = changed(&(key("key-id = 1", p256, "named") + &key("key-id = 2", modp, "pkcs3")));
    assert_eq!(card.chip_authentication.len(), 2);
    assert_eq!(card.chip_authentication[1].oid(), oids::ID_CA_DH_AES_CBC_CMAC_128);
    assert!(refused(&(key("", p256, "named") + &key("key-id = 2", modp, "x942"))).contains("need numbers"));
    assert!(
        refused(&(key("key-id = 2", p256, "named") + &key("key-id = 2", modp, "x942")))
            .contains("this number")
    );
    assert!(refused(&key("", modp, "named")).contains("pkcs3, x942"));
    assert!(refused(&(key("announcement = \"key-only\"", p256, "named"))).contains("means 3des"));
    assert!(refused(&key("version = 2", p256, "named")).contains("EF.CardSecurity"));
    assert!(
        refused(&(key("version = 2", p256, "named") + CARD_SECURITY))
            .contains("Terminal Authentication version 2")
    );
    assert!(
        refused("[[chip-authentication]]\ncipher = \"3des\"\nkey-form = \"named\"\n")
            .contains("`curve` or `group`")
    );
}

#[test]
fn active_authentication_with_rsa_knows_its_trailers() {
    let rsa = |rest: &str| {
        format!("remove = [\"active-authentication\"]\n[active-authentication]\nalgorithm = \"rsa\"\n{rest}")
    };
    let of = |text: &str| changed(&rsa(text)).active_authentication.unwrap();
    let implicit = "bits = 1024\nhash = \"sha-1\"\ntrailer = \"implicit\"\n";
    assert_eq!(
        of(implicit),
        ActiveAuthentication::Rsa {
            bits: 1024,
            trailer: Trailer::Sha1Implicit
        }
    );
    assert!(refused(&rsa(&implicit.replace("sha-1", "sha-256"))).contains("means sha-1"));
    assert!(refused(&rsa("hash = \"sha-1\"\n")).contains("`bits`"));
    assert!(refused(&rsa("bits = 1000\nhash = \"sha-1\"\n")).contains("1024 to 4096"));
    assert!(refused(&rsa("bits = 1024\nhash = \"sha-1\"\ncurve = \"P-256\"\n")).contains("nothing for rsa"));
    assert!(refused("[active-authentication]\nbits = 1024\n").contains("nothing for ecdsa"));
}

#[test]
fn keys_and_signatures_that_do_not_fit_short_messages_need_extended_length_or_a_way_around_it() {
    let short = |chaining: bool, rest: &str| {
        format!(
            "[limits]\nextended = false\nchaining = {chaining}\nmax-command = 255\nmax-response = 256\n{rest}"
        )
    };
    let pieces = "[chip]\nquirks = [\"get-response\"]\n";
    for group in ["modp2048-224", "modp2048-256"] {
        let opened = pace("generic", &format!("group = \"{group}\""), "aes-128");
        let fault = refused(&short(true, &opened));
        assert!(
            fault.contains(group) && fault.contains("a short answer holds 256"),
            "{fault}"
        );
        let fault = refused(&short(false, &opened));
        assert!(
            fault.contains(group) && fault.contains("a short command holds 255"),
            "{fault}"
        );
        changed(&short(true, &format!("{opened}{pieces}")));
        changed(&opened);
        let key = format!(
            "[[chip-authentication]]\ngroup = \"{group}\"\ncipher = \"3des\"\nkey-form = \"pkcs3\"\n"
        );
        let fault = refused(&short(false, &key));
        assert!(
            fault.contains(group) && fault.contains("a short command holds 255"),
            "{fault}"
        );
        changed(&short(true, &key));
    }
    for (group, _) in groups().filter(|(group, _)| !group.contains("2048")) {
        changed(&short(false, &pace("generic", &group, "aes-128")));
    }
    let rsa = |bits: u32| {
        format!(
            "remove = [\"active-authentication\"]\n{}",
            short(
                true,
                &format!("[active-authentication]\nalgorithm = \"rsa\"\nbits = {bits}\nhash = \"sha-1\"\n")
            )
        )
    };
    changed(&rsa(1792));
    let fault = refused(&rsa(1856));
    assert!(
        fault.contains("1856 bits") && fault.contains("a short answer holds 256"),
        "{fault}"
    );
    changed(&format!("{}{pieces}", rsa(4096)));
}

#[test]
fn terminal_authentication_needs_its_partner_and_gives_files_their_rights() {
    let card = changed(TERMINAL);
    let rule = card.terminal_authentication.clone().unwrap();
    assert_eq!(rule.holder, "UTTESTCVCA00001");
    assert_eq!(rule.algorithm, oids::ID_TA_ECDSA_SHA_256);
    let fingers = card.file(ElementaryFile::DG3).unwrap();
    assert_eq!(
        (fingers.read, fingers.right),
        (ReadRule::ExtendedAccess, Some(Right::Dg3))
    );
    assert_eq!(
        card.terminal_authentication_info(),
        Some(SecurityInfo::terminal_authentication(1))
    );
    let moved = changed(&TERMINAL.replace("fid = \"011C\"\nsfi = 0x1C", "fid = \"0142\""));
    let der = moved.terminal_authentication_info().unwrap().to_der();
    assert!(hex::encode(der).ends_with("300404020142"));
    assert!(
        refused(&format!("remove = [\"chip-authentication\"]\n{TERMINAL}"))
            .contains("[[chip-authentication]] of version 1")
    );
    let without_cvca = TERMINAL.replace(
        "name = \"EF.CVCA\"\nfid = \"011C\"\nsfi = 0x1C",
        "name = \"EF.DIR\"\nfid = \"2F00\"\nsfi = 0x1E",
    );
    assert!(refused(&without_cvca).contains("EF.CVCA"));
    assert!(refused(&TERMINAL.replace("2026-01-31", "2126-01-31")).contains("2000 to 2099"));
    let with_rsa = TERMINAL.replace("ecdsa-sha-256\"", "rsa-pss-sha-256\"\nbits = 2048");
    assert!(refused(&with_rsa).contains("nothing for rsa"));
    assert!(
        refused(
            &TERMINAL
                .replace(
                    "name = \"DG3\"\nfid = \"0103\"\nsfi = 0x03",
                    "name = \"DG11\"\nfid = \"010B\""
                )
                .replace("2, 3,", "2, 11,")
        )
        .contains("right")
    );
    let eleven = TERMINAL
        .replace(
            "name = \"DG3\"\nfid = \"0103\"\nsfi = 0x03",
            "name = \"DG11\"\nfid = \"010B\"\nright = \"dg4\"",
        )
        .replace("2, 3,", "2, 11,");
    let details = ElementaryFile::data_group(11).unwrap();
    assert_eq!(changed(&eleven).file(details).unwrap().right, Some(Right::Dg4));
}

#[test]
fn the_second_versions_come_together() {
    let second = TERMINAL.replace("version = 1", "version = 2")
        + CARD_SECURITY
        + "[[chip-authentication]]\ncurve = \"P-256\"\ncipher = \"aes-128\"\nkey-form = \"named\"\nversion = 2\n";
    let card = changed(&second);
    assert_eq!(
        card.chip_authentication[0].version,
        ChipAuthenticationVersion::Two
    );
    let infos = SecurityInfos::parse(&card.card_access().unwrap()).unwrap();
    assert!(
        infos
            .iter()
            .any(|info| matches!(info, SecurityInfo::ChipAuthenticationDomainParameter { .. }))
    );
    assert!(
        infos
            .iter()
            .any(|info| matches!(info, SecurityInfo::TerminalAuthentication { version: 2, .. }))
    );
    let without = format!(
        "remove = [\"access.pace\"]\n{}",
        second.replace("read = \"pace\"", "read = \"access-control\"")
    );
    assert!(refused(&without).contains("PACE"));
}

#[test]
fn an_open_card_asks_for_nothing() {
    let open = |read: &str| {
        let files = ["DG1", "DG2", "DG14", "DG15", "EF.COM", "EF.SOD"]
            .map(|name| format!("[[file]]\nname = \"{name}\"\nread = \"{read}\"\n"))
            .concat();
        format!("remove = [\"access.pace\", \"file.EF.CardAccess\"]\naccess.bac = false\n{files}")
    };
    let card = changed(&open("always"));
    assert!(card.access.pace.is_empty() && !card.access.bac && card.card_access().is_none());
    assert!(refused(&open("access-control")).contains("neither BAC nor PACE"));
    assert!(refused(&open("pace")).contains("asks for PACE"));
}

#[test]
fn changes_that_change_nothing_are_named() {
    assert!(refused("remove = [\"file.DG9\"]\n").contains("file.DG9"));
    assert!(refused("no-such-key = 1\n").contains("no-such-key"));
    assert!(refused("= 1\n").contains("changes:1:1"));
    assert_eq!(changed("").files, base().files);
}
