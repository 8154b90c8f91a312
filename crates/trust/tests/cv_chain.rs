//! What a chip believes: every rule of TR-03110-3 §2.5 and §2.7 with certificates that keep it and such that break it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod cv_support;

use antin_crypto::Curve;
use antin_trust::Error;
use antin_trust::cv::{
    CvCertificate, Presented, Refusal, Role, Sha1, TaAlgorithm, Terminal, TerminalType, TrustPoint,
    TrustPoints,
};
use cv_support::{Party, chip, day, name, rights, rng};

struct Country {
    authority: Party,
    verifier: Party,
    foreigner: Party,
    terminal: Party,
    root: CvCertificate,
}

fn country() -> Country {
    let authority = Party::new("VNCVCATEST00001");
    let root = authority.root("260101", "281231");
    Country {
        verifier: Party::new("VNDVTEST00001"),
        foreigner: Party::new("DEDVTEST00001"),
        terminal: Party::new("VNISTEST00001"),
        authority,
        root,
    }
}

impl Country {
    fn dv(&self) -> CvCertificate {
        self.authority
            .certify(&self.verifier, Role::DvDomestic, "260201", "260731")
    }

    fn foreign_dv(&self) -> CvCertificate {
        self.authority
            .certify(&self.foreigner, Role::DvForeign, "260201", "260731")
    }

    fn is(&self) -> CvCertificate {
        self.verifier
            .certify(&self.terminal, Role::Terminal, "260301", "260331")
    }

    fn foreign_is(&self) -> CvCertificate {
        self.foreigner
            .certify(&self.terminal, Role::Terminal, "260301", "260331")
    }
}

fn present(trust: &mut TrustPoints, chain: &[&CvCertificate]) -> Result<Presented, Error> {
    let mut session = Presented::default();
    for certificate in chain {
        trust.import(&mut session, certificate.authority(), certificate)?;
    }
    Ok(session)
}

fn reason(result: Result<Presented, Error>) -> Refusal {
    match result {
        Err(Error::CvRefused { reason, .. }) => reason,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_chain_of_three_is_believed_and_moves_the_date() {
    let c = country();
    let mut trust = chip(&c.root);
    let session = present(&mut trust, &[&c.dv(), &c.is()]).unwrap();
    let terminal = session.terminal(&c.terminal.name).unwrap();
    assert_eq!(terminal.authorization().rights(), ["read-dg3", "read-dg4"]);
    assert_eq!(trust.current_date(), day("260301"));
    let signature = c.terminal.key.sign(b"challenge", &mut rng(3)).unwrap();
    assert_eq!(terminal.key().verify(b"challenge", &signature), Ok(()));
}

#[test]
fn the_terminal_of_a_foreign_verifier_is_believed_but_not_its_date() {
    let c = country();
    let mut trust = chip(&c.root);
    let session = present(&mut trust, &[&c.foreign_dv(), &c.foreign_is()]).unwrap();
    assert!(session.terminal(&c.terminal.name).is_some());
    assert_eq!(trust.current_date(), day("260201"));
}

#[test]
fn only_what_the_whole_chain_grants_is_granted() {
    let c = country();
    let cases: [(&[&str], &[&str], &[&str]); 5] = [
        (&["read-dg3", "read-dg4"], &["read-dg3"], &["read-dg3"]),
        (&["read-dg3"], &["read-dg3", "read-dg4"], &["read-dg3"]),
        (&["read-dg3"], &["read-dg4"], &[]),
        (&[], &["read-dg3", "read-dg4"], &[]),
        (&["read-dg4"], &["read-dg4"], &["read-dg4"]),
    ];
    for (of_verifier, of_terminal, expected) in cases {
        let mut dv = c
            .authority
            .template(&c.verifier, Role::DvDomestic, "260201", "260731");
        dv.authorization = rights(Role::DvDomestic, of_verifier);
        let mut is = c
            .verifier
            .template(&c.terminal, Role::Terminal, "260301", "260331");
        is.authorization = rights(Role::Terminal, of_terminal);
        let dv = dv.sign(&c.authority.key, &mut rng(1)).unwrap();
        let is = is.sign(&c.verifier.key, &mut rng(1)).unwrap();
        let session = present(&mut chip(&c.root), &[&dv, &is]).unwrap();
        let terminal = session.terminal(&c.terminal.name).unwrap();
        assert_eq!(terminal.authorization().rights(), expected);
    }
    // The authority's own certificate limits them all.
    let mut root = c.authority.template(&c.authority, Role::Cvca, "260101", "281231");
    root.authorization = rights(Role::Cvca, &["read-dg4"]);
    let root = root.sign(&c.authority.key, &mut rng(1)).unwrap();
    let session = present(&mut chip(&root), &[&c.dv(), &c.is()]).unwrap();
    assert_eq!(session.last().unwrap().authorization().rights(), ["read-dg4"]);
}

#[test]
fn nobody_signs_but_authorities_for_verifiers_and_verifiers_for_terminals() {
    let c = country();
    let other = Party::new("VNOTHER00001");
    let chains: [(Vec<CvCertificate>, Role, &Party); 4] = [
        (vec![], Role::Cvca, &c.authority),
        (vec![c.dv()], Role::DvDomestic, &c.verifier),
        (vec![c.foreign_dv()], Role::DvForeign, &c.foreigner),
        (vec![c.dv(), c.is()], Role::Terminal, &c.terminal),
    ];
    let all = [Role::Cvca, Role::DvDomestic, Role::DvForeign, Role::Terminal];
    for (before, signer_role, signer) in &chains {
        for role in all {
            let last = signer.certify(&other, role, "260301", "260331");
            let mut chain: Vec<&CvCertificate> = before.iter().collect();
            chain.push(&last);
            let mut trust = chip(&c.root);
            let result = present(&mut trust, &chain);
            let allowed = matches!(
                (signer_role, role),
                (Role::Cvca, Role::Cvca | Role::DvDomestic | Role::DvForeign)
                    | (Role::DvDomestic | Role::DvForeign, Role::Terminal)
            );
            if allowed {
                assert!(result.is_ok(), "{signer_role:?} signs {role:?}");
            } else {
                let expected = Refusal::Pairing {
                    authority: signer_role.name(),
                    holder: role.name(),
                };
                assert_eq!(reason(result), expected);
                assert_eq!(trust.points().len(), 1);
            }
        }
    }
}

#[test]
fn a_refused_certificate_changes_nothing() {
    let c = country();
    let later = c
        .authority
        .certify(&c.verifier, Role::DvDomestic, "270101", "270601");
    let content = later.to_content();
    for at in [content.len() - 1, content.len() - 64] {
        let mut damaged = content.clone();
        damaged[at] ^= 1;
        let damaged = CvCertificate::parse_content(&damaged).unwrap();
        let mut trust = chip(&c.root);
        assert_eq!(reason(present(&mut trust, &[&damaged])), Refusal::Signature);
        assert_eq!(trust, chip(&c.root));
    }
    let mut trust = chip(&c.root);
    let mut session = Presented::default();
    let unknown = name("VNCVCATEST00009");
    let result = trust.import(&mut session, &unknown, &later);
    assert!(matches!(
        result,
        Err(Error::CvRefused {
            reason: Refusal::UnknownAuthority { .. },
            ..
        })
    ));
    trust.import(&mut session, c.dv().authority(), &c.dv()).unwrap();
    let other = trust.import(&mut session, &c.authority.name, &c.is());
    assert!(matches!(
        other,
        Err(Error::CvRefused {
            reason: Refusal::OtherAuthority { .. },
            ..
        })
    ));
    assert_eq!(session.last().unwrap().reference(), &c.verifier.name);
}

#[test]
fn signatures_of_zeros_or_another_length_are_refused() {
    let c = country();
    let content = c.dv().to_content();
    let (body, signature) = content.split_at(content.len() - 64 - 3);
    assert_eq!(&signature[..3], [0x5F, 0x37, 64]);
    let with = |value: &[u8]| {
        let object = antin_wire::tlv::object(antin_wire::tlv::tags::CV_SIGNATURE, value);
        CvCertificate::parse_content(&[body, &object].concat()).unwrap()
    };
    let (r, s) = signature[3..].split_at(32);
    assert!(present(&mut chip(&c.root), &[&with(&signature[3..])]).is_ok());
    for wrong in [
        &[&[0; 32], s].concat()[..],
        &[r, &[0; 32]].concat(),
        &signature[3..66],
        &[&signature[3..], &[0]].concat(),
        &[0xFF; 64],
        &[],
    ] {
        assert_eq!(
            reason(present(&mut chip(&c.root), &[&with(wrong)])),
            Refusal::Signature
        );
    }
}

#[test]
fn expired_verifiers_and_terminals_are_refused_at_the_date_that_the_chip_has_learnt() {
    let c = country();
    let mut trust = chip(&c.root);
    let second = Party::new("VNDVTEST00002");
    let later = c.authority.certify(&second, Role::DvDomestic, "260901", "261231");
    assert!(present(&mut trust, &[&c.dv(), &c.is()]).is_ok());
    assert!(present(&mut trust, &[&later]).is_ok());
    let expected = Refusal::Expired {
        expiration: day("260731"),
        current: day("260901"),
    };
    assert_eq!(reason(present(&mut trust, &[&c.dv()])), expected);
    // The last day itself is still good.
    let mut trust = chip(&c.root);
    let until = c.authority.certify(&second, Role::DvForeign, "260301", "260301");
    assert!(present(&mut trust, &[&until]).is_ok());
    assert!(present(&mut trust, &[&until]).is_ok());
}

#[test]
fn a_certificate_that_ends_before_it_begins_is_neither_made_nor_believed() {
    let c = country();
    let template = c
        .authority
        .template(&c.verifier, Role::DvDomestic, "260301", "260228");
    assert!(matches!(
        template.sign(&c.authority.key, &mut rng(1)),
        Err(Error::Misuse { .. })
    ));
}

#[test]
fn a_link_certificate_becomes_a_trust_point_and_the_third_one_drops_the_first() {
    let c = country();
    let (second, third) = (Party::new("VNCVCATEST00002"), Party::new("VNCVCATEST00003"));
    let to_second = c.authority.certify(&second, Role::Cvca, "270601", "300531");
    let to_third = second.certify(&third, Role::Cvca, "280601", "310531");
    let mut trust = chip(&c.root);
    present(&mut trust, &[&to_second]).unwrap();
    assert_eq!(
        trust.references(),
        [second.name.clone(), c.authority.name.clone()]
    );
    assert_eq!(trust.current_date(), day("270601"));
    // The old one still signs verifiers.
    let old = c
        .authority
        .certify(&c.verifier, Role::DvDomestic, "280101", "280601");
    assert!(present(&mut trust, &[&old]).is_ok());
    assert!(matches!(
        reason(present(&mut trust, &[&to_second])),
        Refusal::KnownHolder
    ));
    present(&mut trust, &[&to_third]).unwrap();
    assert_eq!(trust.references(), [third.name.clone(), second.name.clone()]);
    let expected = [third.name.as_bytes(), second.name.as_bytes()];
    assert_eq!(trust.ef_cvca().references(), expected);
    assert_eq!(trust.ef_cvca().as_bytes().len(), 36);
    // And a terminal under the newest.
    let dv = third.certify(&c.verifier, Role::DvDomestic, "280701", "281001");
    let is = c
        .verifier
        .certify(&c.terminal, Role::Terminal, "280801", "280901");
    assert!(present(&mut trust, &[&dv, &is]).is_ok());
}

#[test]
fn an_expired_trust_point_signs_its_successor_and_nothing_else() {
    let c = country();
    let second = Party::new("VNCVCATEST00002");
    let point = TrustPoint::new(&c.root).unwrap();
    let mut trust = TrustPoints::new(day("290101"), Sha1::Refused, vec![point]).unwrap();
    let dv = c
        .authority
        .certify(&c.verifier, Role::DvDomestic, "281201", "290601");
    let expected = Refusal::AuthorityExpired {
        expiration: day("281231"),
        current: day("290101"),
    };
    assert_eq!(reason(present(&mut trust, &[&dv])), expected);
    assert_eq!(
        trust.references(),
        std::slice::from_ref(&c.authority.name),
        "it is still announced, for want of another"
    );
    let link = c.authority.certify(&second, Role::Cvca, "281101", "311031");
    present(&mut trust, &[&link]).unwrap();
    assert_eq!(trust.references(), std::slice::from_ref(&second.name));
    assert_eq!(trust.points().len(), 1);
    assert_eq!(trust.current_date(), day("290101"), "the date never moves back");
}

#[test]
fn expired_link_certificates_are_still_a_way_to_the_present() {
    let c = country();
    let (second, third) = (Party::new("VNCVCATEST00002"), Party::new("VNCVCATEST00003"));
    let mut trust = chip(&c.root);
    let far = c
        .authority
        .certify(&c.verifier, Role::DvForeign, "281230", "320101");
    present(&mut trust, &[&far]).unwrap();
    let short = c.authority.certify(&second, Role::Cvca, "280101", "280601");
    let last = second.certify(&third, Role::Cvca, "280501", "330101");
    present(&mut trust, &[&short, &last]).unwrap();
    assert_eq!(trust.references()[0], third.name);
}

#[test]
fn a_verifier_under_a_link_may_have_the_new_key_type_and_nobody_else() {
    let c = country();
    let second = Party::on("VNCVCATEST00002", Curve::P384, TaAlgorithm::EcdsaSha384);
    let link = c.authority.certify(&second, Role::Cvca, "260601", "300531");
    let verifier = Party::on("VNDVTEST00002", Curve::P384, TaAlgorithm::EcdsaSha384);
    let dv = second.certify(&verifier, Role::DvDomestic, "260701", "261001");
    let mut trust = chip(&c.root);
    assert!(present(&mut trust, &[&link, &dv]).is_ok());
    let same_curve_other_hash = Party::on("VNDVTEST00003", Curve::P384, TaAlgorithm::EcdsaSha256);
    let dv = second.certify(&same_curve_other_hash, Role::DvDomestic, "260701", "261001");
    assert!(matches!(
        reason(present(&mut trust, &[&dv])),
        Refusal::KeyDiffers { .. }
    ));
    // A point that is not on the inherited curve is no key at all.
    let dv = second.certify(&c.verifier, Role::DvDomestic, "260701", "261001");
    assert!(matches!(present(&mut trust, &[&dv]), Err(Error::Crypto(_))));
}

#[test]
fn another_kind_of_terminal_is_refused() {
    let c = country();
    let mut dv = c
        .authority
        .template(&c.verifier, Role::DvDomestic, "260201", "260731");
    dv.authorization = antin_trust::cv::Authorization::new(TerminalType::At, Role::DvDomestic).unwrap();
    let dv = dv.sign(&c.authority.key, &mut rng(1)).unwrap();
    let expected = Refusal::TerminalType {
        authority: "IS".to_owned(),
        holder: "AT".to_owned(),
    };
    assert_eq!(reason(present(&mut chip(&c.root), &[&dv])), expected);
}

#[test]
fn sha_1_is_for_legacy_chips_only() {
    let old = |text| Party::on(text, Curve::BrainpoolP224r1, TaAlgorithm::EcdsaSha1);
    let (authority, verifier) = (old("VNCVCAOLD00001"), old("VNDVOLD00001"));
    let root = authority.root("260101", "281231");
    let dv = authority.certify(&verifier, Role::DvDomestic, "260201", "260731");
    let trust = |sha1| {
        let point = TrustPoint::new(&root).unwrap();
        TrustPoints::new(root.effective(), sha1, vec![point]).unwrap()
    };
    assert_eq!(reason(present(&mut trust(Sha1::Refused), &[&dv])), Refusal::Sha1);
    assert!(present(&mut trust(Sha1::Allowed), &[&dv]).is_ok());
}

#[test]
fn the_key_of_a_verifier_or_of_an_earlier_terminal_is_no_terminals_key() {
    let c = country();
    let mut trust = chip(&c.root);
    let mut session = present(&mut trust, &[&c.dv()]).unwrap();
    assert!(session.terminal(&c.verifier.name).is_none());
    assert!(session.terminal(&c.authority.name).is_none());
    trust.import(&mut session, &c.verifier.name, &c.is()).unwrap();
    assert!(session.terminal(&c.terminal.name).is_some());
    assert!(session.terminal(&c.verifier.name).is_none());
    // The verifier's key is gone once the terminal's is there.
    assert!(!trust.knows(&session, &c.verifier.name));
    assert!(trust.knows(&session, &c.authority.name));
}

#[test]
fn the_memory_of_a_chip_comes_back_from_its_bytes() {
    let c = country();
    let second = Party::on("VNCVCATEST00002", Curve::P384, TaAlgorithm::EcdsaSha384);
    let link = c.authority.certify(&second, Role::Cvca, "260601", "300531");
    let mut trust = chip(&c.root);
    for _ in 0..2 {
        let bytes = trust.to_bytes();
        assert_eq!(TrustPoints::from_bytes(&bytes).as_ref(), Ok(&trust));
        for len in 0..bytes.len() {
            assert!(TrustPoints::from_bytes(&bytes[..len]).is_err());
        }
        assert!(TrustPoints::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_err());
        let _ = present(&mut trust, &[&link]);
    }
}

#[test]
fn a_chip_has_one_or_two_trust_points_of_one_kind() {
    let c = country();
    let point = || TrustPoint::new(&c.root).unwrap();
    let second = TrustPoint::new(&Party::new("VNCVCATEST00002").root("270101", "301231")).unwrap();
    let third = TrustPoint::new(&Party::new("VNCVCATEST00003").root("280101", "311231")).unwrap();
    let make = |points| TrustPoints::new(day("260101"), Sha1::Refused, points);
    assert_eq!(
        make(vec![point(), second.clone()]).unwrap().points()[0],
        second,
        "the most recent comes first"
    );
    for wrong in [vec![], vec![point(), point()], vec![point(), second, third]] {
        assert!(matches!(make(wrong), Err(Error::Misuse { .. })));
    }
    assert!(matches!(TrustPoint::new(&c.dv()), Err(Error::CvRefused { .. })));
}

#[test]
fn a_terminal_finds_the_shortest_way_from_what_the_chip_announces() {
    let c = country();
    let (second, third) = (Party::new("VNCVCATEST00002"), Party::new("VNCVCATEST00003"));
    let links = [
        c.authority.certify(&second, Role::Cvca, "260201", "300531"),
        second.certify(&third, Role::Cvca, "260301", "310531"),
        third.root("260301", "310531"),
    ];
    let dv = third.certify(&c.verifier, Role::DvDomestic, "260301", "260731");
    let pool: Vec<CvCertificate> = links
        .iter()
        .cloned()
        .chain([c.is(), dv.clone(), c.root.clone()])
        .collect();
    let keys = [c.authority.key.clone(), c.terminal.key.clone()];
    let find = |announced: &[_], certificates: &[CvCertificate], today: &str| {
        Terminal::find(announced, TerminalType::Is, day(today), certificates, &keys)
    };
    let from_first = find(std::slice::from_ref(&c.authority.name), &pool, "260315").unwrap();
    assert_eq!(
        from_first.chain(),
        [links[0].clone(), links[1].clone(), dv.clone(), c.is()]
    );
    assert_eq!(from_first.holder(), &c.terminal.name);
    let mut trust = chip(&c.root);
    let chain: Vec<&CvCertificate> = from_first.chain().iter().collect();
    assert!(present(&mut trust, &chain).is_ok());
    let both = [third.name.clone(), second.name.clone()];
    assert_eq!(
        find(&both, &pool, "260315").unwrap().chain(),
        [dv.clone(), c.is()]
    );

    let lacks = |result: Result<Terminal, Error>| match result {
        Err(Error::NoTerminal { missing, .. }) => missing.to_string(),
        other => panic!("{other:?}"),
    };
    let stranger = name("DECVCAXX00001");
    assert_eq!(
        lacks(find(&[stranger], &pool, "260315")),
        "link from a trust point of the chip"
    );
    assert_eq!(
        lacks(find(&both, &[c.is()], "260315")),
        "certificate of the document verifier"
    );
    assert_eq!(lacks(find(&both, &pool, "260401")), "valid terminal certificate");
    let keyless = Terminal::find(&both, TerminalType::Is, day("260315"), &pool, &[]);
    assert_eq!(lacks(keyless), "private key of a terminal certificate");
}
