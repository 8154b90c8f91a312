//! Key agreement in the groups of RFC 5114, judged by OpenSSL and by a key of somebody else.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use antin_crypto::agreement::{
    DhForm, DhGroup, DhPrivateKey, DhPublicKey, Generator, Group, PrivateKey, PublicKey,
};
use antin_crypto::scripted::ScriptedRng;
use antin_crypto::{Error, pace};
use support::Bench;

fn key(group: DhGroup) -> DhPrivateKey {
    DhPrivateKey::from_be_bytes(group, &vec![0x2A; group.order_len()]).unwrap()
}

fn openssl_name(group: DhGroup) -> &'static str {
    match group {
        DhGroup::Modp1024Sub160 => "dh_1024_160",
        DhGroup::Modp2048Sub224 => "dh_2048_224",
        DhGroup::Modp2048Sub256 => "dh_2048_256",
    }
}

#[test]
fn openssl_agrees_on_the_same_secret() {
    let Some(bench) = Bench::open() else { return };
    for group in DhGroup::ALL {
        bench.file("own.der", key(group).to_pkcs8_der(DhForm::X942).expose());
        bench.run(&format!(
            "genpkey -algorithm DHX -pkeyopt group:{} -out their.pem",
            openssl_name(group)
        ));
        bench.run("pkey -in their.pem -pubout -outform DER -out their-public.der");
        bench.run(
            "pkeyutl -derive -inkey own.der -keyform DER -peerkey their-public.der -peerform DER -out shared",
        );
        let (their, form) = DhPublicKey::from_spki_der(&bench.read("their-public.der")).unwrap();
        assert_eq!((their.group(), form), (group, DhForm::X942));
        let shared = key(group).agree(&their).unwrap();
        // OpenSSL strips the leading zeros of the secret that RFC 2631 keeps.
        let theirs = bench.read("shared");
        let zeros = vec![0; group.prime_len() - theirs.len()];
        assert!(shared.ct_eq(&[zeros, theirs].concat()), "{group:?}");
    }
}

#[test]
fn openssl_reads_our_keys_and_we_read_theirs() {
    let Some(bench) = Bench::open() else { return };
    for group in DhGroup::ALL {
        for form in DhForm::ALL {
            let public = key(group).public().to_spki_der(form);
            bench.file("ours.der", &public);
            bench.run("pkey -pubin -inform DER -in ours.der -outform DER -out again.der");
            assert_eq!(bench.read("again.der"), public, "{group:?} {form:?}");
            bench.file("private.der", key(group).to_pkcs8_der(form).expose());
            bench.run("pkey -inform DER -in private.der -pubout -outform DER -out public.der");
            assert_eq!(bench.read("public.der"), public, "{group:?} {form:?}");
        }
        bench.run(&format!(
            "genpkey -algorithm DHX -pkeyopt group:{} -outform DER -out their.der",
            openssl_name(group)
        ));
        bench.run("pkey -in their.der -inform DER -pubout -outform DER -out their-public.der");
        let (private, _) = DhPrivateKey::from_pkcs8_der(&bench.read("their.der")).unwrap();
        let (public, _) = DhPublicKey::from_spki_der(&bench.read("their-public.der")).unwrap();
        assert_eq!(private.public(), public);
    }
}

#[test]
fn groups_of_others_are_refused_by_name() {
    let Some(bench) = Bench::open() else { return };
    for group in ["ffdhe2048", "modp_2048"] {
        bench.run(&format!(
            "genpkey -algorithm DH -pkeyopt group:{group} -out key.pem"
        ));
        bench.run("pkey -in key.pem -pubout -outform DER -out public.der");
        let refused = PublicKey::from_spki_der(&bench.read("public.der"));
        assert_eq!(refused, Err(Error::GroupUnknown), "{group}");
    }
}

#[test]
fn the_sample_of_the_specification_is_in_none_of_our_groups() {
    let Some(dg14) = support::foreign_bytes("lds/DG14_9303_sample_DH.bin") else {
        return;
    };
    // The key information of ChipAuthenticationPublicKeyInfo.
    let spki = &dg14[23..448];
    assert_eq!(PublicKey::from_spki_der(spki), Err(Error::GroupUnknown));
}

#[test]
fn every_group_agrees_with_itself_and_with_no_other() {
    let mut groups = Vec::new();
    for id in 0..=255 {
        groups.extend(Group::from_standardized_id(id));
    }
    assert!(groups.len() > DhGroup::ALL.len());
    let mut rng = ScriptedRng::dangerous_new(vec![0x17; 8192]);
    for group in &groups {
        let own = PrivateKey::generate(*group, &mut rng);
        for other in &groups {
            let their = PrivateKey::from_be_bytes(*other, &[9]).unwrap();
            let agreed = own.agree(&their.public());
            if group == other {
                assert!(
                    agreed
                        .unwrap()
                        .ct_eq(their.agree(&own.public()).unwrap().expose())
                );
                let wire = own.public().as_wire().to_vec();
                assert!(wire.len() <= group.public_len());
                assert_eq!(PublicKey::decode(*group, &wire), Ok(own.public()));
            } else {
                let (left, right) = (group.name(), other.name());
                assert_eq!(agreed.unwrap_err(), Error::CurveMismatch { left, right });
            }
        }
    }
}

#[test]
fn the_worked_example_of_generic_mapping_comes_out_as_printed() {
    let case = &support::cases("pace-mapping-dh.toml")[0];
    let group = DhGroup::Modp1024Sub160;
    let private = |field| DhPrivateKey::from_be_bytes(group, &case.bytes(field)).unwrap();
    let (terminal, chip) = (private("map_terminal_private"), private("map_chip_private"));
    assert_eq!(terminal.public().as_be_bytes(), case.bytes("map_terminal_public"));
    assert_eq!(chip.public().as_be_bytes(), case.bytes("map_chip_public"));
    let shared = terminal.agree(&chip.public()).unwrap();
    assert!(shared.ct_eq(&case.bytes("map_shared")));
    for (own, their) in [(&terminal, &chip), (&chip, &terminal)] {
        let (own, their) = (own.clone().into(), their.public().into());
        let mapped = Generator::generic(&own, &their, &case.secret("nonce")).unwrap();
        let Generator::Dh(mapped) = mapped else {
            panic!("{mapped:?}")
        };
        assert!(mapped.to_be_bytes().ct_eq(&case.bytes("generator")));
    }
}

#[test]
fn the_worked_example_of_integrated_mapping_comes_out_as_printed() {
    let case = &support::cases("pace-mapping-dh.toml")[1];
    let group = DhGroup::Modp1024Sub160;
    let (suite, s, t) = (case.suite(), case.secret("nonce_s"), case.bytes("nonce_t"));
    let number = pace::integrated::pseudo_random(suite, &s, &t, 1024).unwrap();
    assert!(number.ct_eq(&case.bytes("pseudo_random")));
    let generator = Generator::integrated(Group::Dh(group), suite, &s, &t).unwrap();
    let Generator::Dh(mapped) = &generator else {
        panic!("{generator:?}")
    };
    assert!(mapped.to_be_bytes().ct_eq(&case.bytes("generator")));
    let key = |field: &str| PrivateKey::from_be_bytes(Group::Dh(group), &case.bytes(field)).unwrap();
    let public = |field: &str| PublicKey::decode(Group::Dh(group), &case.bytes(field)).unwrap();
    for (own, their) in [("chip", "terminal"), ("terminal", "chip")] {
        let private = key(&format!("{own}_private"));
        assert_eq!(generator.public(&private), Ok(public(&format!("{own}_public"))));
        let shared = private.agree(&public(&format!("{their}_public"))).unwrap();
        assert!(shared.ct_eq(&case.bytes("shared")));
    }
}
