use antin_crypto::{
    Curve, Hash, ParameterForm, PublicKey, PureRust, SignatureAlgorithm, Verifier, VerifyingKey,
    ecdsa_plain_to_der,
};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::oids::{self, ObjectIdentifier};
use proptest::prelude::*;

use super::chip::{Judge, Session, Surroundings};
use super::terminal::{self, Credentials, Link};
use super::{Binding, ChipIdentifier};
use crate::Error;
use crate::testing::{Vector, command, random, script, truncations};

/// A judge who believes certificates that read `NAME<SIGNER` or, of terminals, `NAME<SIGNER!`, and signatures that
/// repeat the message behind the name.
#[derive(Default)]
struct Believer {
    last: Vec<u8>,
}

impl Judge for Believer {
    fn knows(&self, reference: &[u8]) -> bool {
        reference == b"ROOT" || self.last.strip_suffix(b"!").unwrap_or(&self.last) == reference
    }

    fn import(&mut self, issuer: &[u8], content: &[u8]) -> Result<(), StatusWord> {
        let at = content.iter().position(|byte| *byte == b'<');
        let (name, signer) = content.split_at(at.ok_or(StatusWord::INCORRECT_PARAMETERS)?);
        let terminal = signer.ends_with(b"!");
        if signer[1..].strip_suffix(b"!").unwrap_or(&signer[1..]) != issuer {
            return Err(StatusWord::AUTH_FAILED);
        }
        self.last = [name, if terminal { b"!" } else { b"" }].concat();
        Ok(())
    }

    fn is_terminal(&self, holder: &[u8], algorithm: Option<&ObjectIdentifier>) -> bool {
        self.last.strip_suffix(b"!") == Some(holder)
            && algorithm.is_none_or(|oid| *oid == oids::ID_TA_ECDSA_SHA_256)
    }

    fn has_signed(&self, holder: &[u8], message: &[u8], signature: &[u8]) -> bool {
        signature == [holder, message].concat()
    }
}

fn credentials() -> Credentials {
    let link = |authority: &[u8], content: &[u8]| Link {
        authority: authority.to_vec(),
        content: content.to_vec(),
    };
    Credentials {
        chain: vec![link(b"ROOT", b"DV<ROOT"), link(b"DV", b"IS<DV!")],
        holder: b"IS".to_vec(),
        algorithm: oids::ID_TA_ECDSA_SHA_256,
    }
}

fn bac() -> ChipIdentifier {
    ChipIdentifier::document_number("L898902C<3")
}

fn bindings() -> [Binding; 3] {
    let ephemeral = vec![0xEE; 32];
    [
        Binding::V1 {
            ephemeral: ephemeral.clone(),
        },
        Binding::V2 {
            ephemeral: ephemeral.clone(),
            auxiliary: None,
        },
        Binding::V2 {
            ephemeral,
            auxiliary: Some(vec![0x73, 0x00]),
        },
    ]
}

fn sign(message: &[u8]) -> Result<Vec<u8>, Error> {
    Ok([b"IS", message].concat())
}

/// A chip in a session that was opened with a document number and has the ephemeral key of Chip Authentication.
struct Chip {
    session: Session,
    judge: Believer,
    around: Surroundings,
}

impl Chip {
    fn new() -> Self {
        Self {
            session: Session::default(),
            judge: Believer::default(),
            around: Surroundings {
                chip: bac(),
                authenticated_key: Some(vec![0xEE; 32]),
            },
        }
    }

    fn answer(&mut self, command: &Command) -> Response {
        let Self {
            session,
            judge,
            around,
        } = self;
        let answer = match command.header() {
            [_, 0x22, _, 0xB6] => session.set_reference(command, judge),
            [_, 0x2A, ..] => session.verify_certificate(command, judge),
            [_, 0x22, ..] => session.select(command, judge),
            [_, 0x84, ..] => session.challenge(command, &mut random(5)),
            _ => session.authenticate(command, around, judge),
        };
        answer.unwrap_or_else(Response::status)
    }
}

fn meet(chip: &mut Chip, credentials: &Credentials, binding: &Binding) -> Result<(), Error> {
    terminal::authenticate(credentials, &bac(), binding, &mut sign, &mut |command| {
        Ok(chip.answer(command))
    })
}

fn refused_with(result: Result<(), Error>) -> StatusWord {
    match result {
        Err(Error::Refused { sw, .. }) => sw,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_two_roles_meet_in_both_versions() {
    for binding in bindings() {
        let mut chip = Chip::new();
        assert_eq!(meet(&mut chip, &credentials(), &binding), Ok(()));
        let done = chip.session.authenticated().unwrap();
        assert_eq!((done.holder.as_slice(), &done.binding), (&b"IS"[..], &binding));
    }
}

#[test]
fn the_worked_example_is_said_byte_by_byte_by_the_terminal() {
    let vector = Vector::load("ta2-bsi-eac2.toml");
    let exchanges = vector.exchanges("exchange");
    let content = |at: usize| command(&exchanges[at].0).data().to_vec();
    let name = |at: usize| content(at)[2..].to_vec();
    let credentials = Credentials {
        chain: [0, 2]
            .map(|at| Link {
                authority: name(at),
                content: content(at + 1),
            })
            .to_vec(),
        holder: vector.bytes("holder"),
        algorithm: ObjectIdentifier::from_bytes(&vector.bytes("algorithm")).unwrap(),
    };
    let binding = Binding::V2 {
        ephemeral: vector.bytes("ephemeral"),
        auxiliary: None,
    };
    let chip = ChipIdentifier::pace_key(&vector.bytes("chip_identifier"));
    let mut signed = Vec::new();
    let mut sign = |message: &[u8]| {
        signed = message.to_vec();
        Ok(vector.bytes("signature"))
    };
    let mut steps = exchanges.iter();
    let result: Result<(), Error> =
        terminal::authenticate(&credentials, &chip, &binding, &mut sign, &mut |said| {
            let (expected, answer) = steps.next().unwrap();
            assert_eq!(&said.to_bytes().unwrap(), expected);
            Ok(answer.clone())
        });
    assert_eq!((result, steps.next().is_none()), (Ok(()), true));
    let key = PublicKey::from_sec1(Curve::BrainpoolP512r1, &vector.bytes("terminal_point")).unwrap();
    let der = ecdsa_plain_to_der(&vector.bytes("signature"), Curve::BrainpoolP512r1).unwrap();
    let algorithm = SignatureAlgorithm::ecdsa(Hash::Sha512);
    let key = VerifyingKey::ec(key, ParameterForm::Named);
    assert_eq!(PureRust.verify(algorithm, &key, &signed, &der), Ok(()));
}

/// Believes the names of the worked example, and its signature by its key.
struct Example<'a>(&'a Vector);

impl Judge for Example<'_> {
    fn knows(&self, reference: &[u8]) -> bool {
        reference.starts_with(b"DE")
    }

    fn import(&mut self, _: &[u8], content: &[u8]) -> Result<(), StatusWord> {
        assert!(content.starts_with(&[0x7F, 0x4E]));
        Ok(())
    }

    fn is_terminal(&self, holder: &[u8], algorithm: Option<&ObjectIdentifier>) -> bool {
        holder == self.0.bytes("holder") && algorithm == Some(&oids::ID_TA_ECDSA_SHA_512)
    }

    fn has_signed(&self, _: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let curve = Curve::BrainpoolP512r1;
        let key = PublicKey::from_sec1(curve, &self.0.bytes("terminal_point")).unwrap();
        let key = VerifyingKey::ec(key, ParameterForm::Named);
        ecdsa_plain_to_der(signature, curve)
            .and_then(|der| PureRust.verify(SignatureAlgorithm::ecdsa(Hash::Sha512), &key, message, &der))
            .is_ok()
    }
}

#[test]
fn the_worked_example_is_answered_byte_by_byte_by_the_chip() {
    let vector = Vector::load("ta2-bsi-eac2.toml");
    let around = Surroundings {
        chip: ChipIdentifier::pace_key(&vector.bytes("chip_identifier")),
        authenticated_key: None,
    };
    let mut judge = Example(&vector);
    let mut rng = script(&[vector.bytes("challenge")]);
    let mut session = Session::default();
    for (said, expected) in vector.exchanges("exchange") {
        let said = command(&said);
        let answer = match said.header() {
            [_, 0x22, _, 0xB6] => session.set_reference(&said, &judge),
            [_, 0x2A, ..] => session.verify_certificate(&said, &mut judge),
            [_, 0x22, ..] => session.select(&said, &judge),
            [_, 0x84, ..] => session.challenge(&said, &mut rng),
            _ => session.authenticate(&said, &around, &judge),
        };
        assert_eq!(answer, Ok(expected));
    }
    assert_eq!(
        session.authenticated().unwrap().binding.ephemeral(),
        vector.bytes("ephemeral")
    );
}

#[test]
fn a_challenge_of_another_length_is_never_signed() {
    for len in [0, 1, 7, 9, 16, 255] {
        let mut chip = Chip::new();
        let mut never = |_: &[u8]| -> Result<Vec<u8>, Error> { panic!("signed") };
        let result: Result<(), Error> =
            terminal::authenticate(&credentials(), &bac(), &bindings()[0], &mut never, &mut |said| {
                let answer = chip.answer(said);
                Ok(match said.ins() {
                    0x84 => Response::ok(vec![7; len]),
                    _ => answer,
                })
            });
        assert!(matches!(result, Err(Error::Breach { .. })), "{len}");
    }
}

#[test]
fn every_refusal_and_every_surplus_byte_ends_the_terminals_side() {
    for at in 0..7 {
        for bad in [
            Response::status(StatusWord::SECURITY_NOT_SATISFIED),
            Response::ok(vec![1]),
        ] {
            let mut chip = Chip::new();
            let mut count = 0;
            let result: Result<(), Error> =
                terminal::authenticate(&credentials(), &bac(), &bindings()[0], &mut sign, &mut |said| {
                    count += 1;
                    Ok(if count == at + 1 {
                        bad.clone()
                    } else {
                        chip.answer(said)
                    })
                });
            assert!(result.is_err());
            assert_eq!(count, at + 1, "nothing is said after it");
        }
    }
}

#[test]
fn another_document_or_ephemeral_key_fails() {
    let mut chip = Chip::new();
    chip.around.chip = ChipIdentifier::document_number("L898902C<4");
    assert_eq!(
        refused_with(meet(&mut chip, &credentials(), &bindings()[0])),
        StatusWord::AUTH_FAILED
    );
    let mut chip = Chip::new();
    chip.around.authenticated_key = Some(vec![0xEF; 32]);
    assert_eq!(
        refused_with(meet(&mut chip, &credentials(), &bindings()[0])),
        StatusWord::AUTH_FAILED
    );
}

#[test]
fn version_1_needs_chip_authentication_before_and_version_2_does_not() {
    let mut chip = Chip::new();
    chip.around.authenticated_key = None;
    assert_eq!(
        refused_with(meet(&mut chip, &credentials(), &bindings()[0])),
        StatusWord::SECURITY_NOT_SATISFIED
    );
    let mut chip = Chip::new();
    chip.around.authenticated_key = None;
    assert_eq!(meet(&mut chip, &credentials(), &bindings()[1]), Ok(()));
}

#[test]
fn a_session_has_one_terminal() {
    let mut chip = Chip::new();
    assert_eq!(meet(&mut chip, &credentials(), &bindings()[0]), Ok(()));
    assert_eq!(
        refused_with(meet(&mut chip, &credentials(), &bindings()[0])),
        StatusWord::SECURITY_NOT_SATISFIED
    );
}

/// The commands of a good run, as bytes, with a place for the signature.
fn run() -> Vec<Command> {
    let mut chip = Chip::new();
    let mut said = Vec::new();
    let result: Result<(), Error> = terminal::authenticate(
        &credentials(),
        &bac(),
        &bindings()[1],
        &mut sign,
        &mut |command| {
            said.push(command.clone());
            Ok(chip.answer(command))
        },
    );
    assert_eq!((result, said.len()), (Ok(()), 7));
    said
}

#[test]
fn a_step_left_out_or_repeated_opens_nothing() {
    for left_out in 0..7 {
        let mut chip = Chip::new();
        for (at, command) in run().iter().enumerate() {
            if at != left_out {
                chip.answer(command);
            }
        }
        assert_eq!(chip.session.authenticated(), None, "without step {left_out}");
    }
    // A signature over a challenge that was replaced, or used already, is worth nothing.
    let mut chip = Chip::new();
    let said = run();
    said[..6].iter().for_each(|command| drop(chip.answer(command)));
    let wrong = said[6].clone().with_data([1]);
    assert_eq!(chip.answer(&wrong).sw, StatusWord::AUTH_FAILED);
    assert_eq!(chip.answer(&said[6]).sw, StatusWord::CONDITIONS_NOT_SATISFIED);
}

#[test]
fn a_verifier_is_no_terminal() {
    let mut only_verifier = credentials();
    only_verifier.chain.truncate(1);
    only_verifier.holder = b"DV".to_vec();
    let mut chip = Chip::new();
    assert_eq!(
        refused_with(meet(&mut chip, &only_verifier, &bindings()[0])),
        StatusWord::REF_DATA_NOT_FOUND
    );
}

#[test]
fn a_verified_certificate_uses_up_the_name_of_its_signer() {
    let said = run();
    let mut chip = Chip::new();
    assert_eq!(chip.answer(&said[0]).sw, StatusWord::OK);
    assert_eq!(chip.answer(&said[1]).sw, StatusWord::OK);
    assert_eq!(chip.answer(&said[1]).sw, StatusWord::CONDITIONS_NOT_SATISFIED);
}

#[test]
fn challenges_have_eight_bytes() {
    let mut session = Session::default();
    for le in [1, 7, 9, 256] {
        let wrong = Command::new(0, 0x84, 0, 0).with_le(le);
        assert_eq!(
            session.challenge(&wrong, &mut random(1)),
            Err(StatusWord::WRONG_LENGTH)
        );
    }
}

#[test]
fn objects_may_come_in_any_order_but_once_and_no_others() {
    let before = |chip: &mut Chip| run()[..4].iter().for_each(|command| drop(chip.answer(command)));
    let said = run()[4].clone();
    let (first, rest) = said.data().split_at(12);
    let with = |data: Vec<u8>| {
        let mut chip = Chip::new();
        before(&mut chip);
        chip.answer(&Command::new(0, 0x22, 0x81, 0xA4).with_data(data)).sw
    };
    assert_eq!(with([rest, first].concat()), StatusWord::OK);
    assert_eq!(
        with([first, rest, first].concat()),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        with([first, rest, &[0x84, 0]].concat()),
        StatusWord::INCORRECT_PARAMETERS
    );
    assert_eq!(
        with(rest.to_vec()),
        StatusWord::INCORRECT_PARAMETERS,
        "no algorithm"
    );
    assert_eq!(
        with(vec![0x84, 0x02, b'I', b'S']),
        StatusWord::INCORRECT_PARAMETERS
    );
    for cut in truncations(said.data()) {
        // The algorithm and the name alone are a whole command of version 1.
        let whole = cut.len() == first.len() + 4;
        assert_eq!(with(cut.clone()) == StatusWord::OK, whole, "{cut:02x?}");
    }
}

proptest! {
    #[test]
    fn no_command_makes_the_chip_panic(
        header in prop_oneof![Just([0x00, 0x22, 0x81, 0xB6]), Just([0x00, 0x2A, 0x00, 0xBE]), Just([0x00, 0x22, 0x81, 0xA4]),
            Just([0x00, 0x84, 0x00, 0x00]), Just([0x00, 0x82, 0x00, 0x00]), any::<[u8; 4]>()],
        data in proptest::collection::vec(any::<u8>(), 0..80),
        steps in 0..6_usize,
    ) {
        let mut chip = Chip::new();
        run()[..steps].iter().for_each(|command| drop(chip.answer(command)));
        let [cla, ins, p1, p2] = header;
        chip.answer(&Command::new(cla, ins, p1, p2).with_data(data));
        prop_assert_eq!(chip.session.authenticated(), None);
    }
}
