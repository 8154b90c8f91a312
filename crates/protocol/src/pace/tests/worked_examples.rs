//! Each role alone replays the worked examples, byte for byte.

use super::*;

const EXAMPLES: [&str; 6] = [
    "pace-gm-appendix-g1.toml",
    "pace-gm-appendix-g2.toml",
    "pace-gm-bsi-eac2.toml",
    "pace-im-appendix-h1.toml",
    "pace-im-appendix-h2.toml",
    "pace-cam-appendix-i.toml",
];

/// What one side draws, in the order in which it does: fields that an example does not have are not drawn.
fn drawn(vector: &Vector, fields: &[&str]) -> Vec<Vec<u8>> {
    let present = fields.iter().filter(|field| vector.has(field));
    present.map(|field| vector.bytes(field)).collect()
}

#[test]
fn the_terminal_alone_reproduces_the_worked_examples() {
    for name in EXAMPLES {
        let vector = Vector::load(name);
        let (offered, password) = setting(&vector);
        let parameters = offered
            .iter()
            .find_map(|info| Parameters::from_info(info).ok())
            .unwrap();
        assert_eq!(password.pace_key(parameters.suite).expose(), vector.bytes("k_pi"));
        let [mse, nonce, mapping, agreement, token] = vector.exchanges("exchange").try_into().unwrap();
        let fields = ["mapping_key_terminal", "nonce_terminal", "ephemeral_key_terminal"];
        let mut rng = script(&drawn(&vector, &fields));

        let (command, state) = terminal::start(&parameters, &password, DomainReference::Omit).unwrap();
        assert_eq!(command.to_bytes().unwrap(), mse.0);
        let (command, state) = state.accept(&mse.1).unwrap();
        assert_eq!(command.to_bytes().unwrap(), nonce.0);
        let (command, state) = state.accept(&nonce.1, &mut rng).unwrap();
        assert_eq!(command.to_bytes().unwrap(), mapping.0);
        let (command, state) = state.accept(&mapping.1, &mut rng).unwrap();
        assert_eq!(command.to_bytes().unwrap(), agreement.0);
        let (command, state) = state.accept(&agreement.1).unwrap();
        assert_eq!(command.to_bytes().unwrap(), token.0);
        let (channel, outcome) = state.accept(&token.1).unwrap();
        assert_session(&vector, channel.keys(), channel.ssc());
        assert_eq!(rng.remaining(), 0);
        assert_eq!(outcome.car, drawn(&vector, &["reference"]));
        let data = outcome.cam.as_ref().map(|cam| cam.chip_data.expose().to_vec());
        assert_eq!(data, drawn(&vector, &["chip_data"]).pop());
        if let Some(evidence) = outcome.cam {
            let static_key = vector.bytes("static_key_chip");
            let static_key = PrivateKey::from_be_bytes(Curve::BrainpoolP256r1, &static_key).unwrap();
            let PublicKey::Ec(mapping_key) = evidence.mapping_key else {
                panic!("{name}");
            };
            cam::verify(&static_key.public(), &mapping_key, evidence.chip_data.expose()).unwrap();
            let published = vector.bytes("chip_authentication_public_key_info");
            let point = static_key.public().as_sec1().to_vec();
            assert!(published.windows(point.len()).any(|window| window == point));
        }
    }
}

#[test]
fn the_chip_alone_reproduces_the_worked_examples() {
    for name in EXAMPLES {
        let vector = Vector::load(name);
        let (offered, password) = setting(&vector);
        let [mse, nonce, mapping, agreement, token] = vector.exchanges("exchange").try_into().unwrap();
        let mut rng = script(&drawn(
            &vector,
            &["nonce", "mapping_key_chip", "ephemeral_key_chip"],
        ));
        let known = |reference| {
            (reference == password.reference())
                .then(|| password.clone())
                .into()
        };
        let static_keys: Vec<PrivateKey> = drawn(&vector, &["static_key_chip"])
            .iter()
            .map(|key| PrivateKey::from_be_bytes(Curve::BrainpoolP256r1, key).unwrap())
            .collect();
        let card = Card {
            offered: &offered,
            passwords: &known,
            static_keys: &static_keys,
            trust_points: &|_| Ok(drawn(&vector, &["reference"])),
        };

        let (told, state) = chip::Ready::select(&card, &command(&mse.0)).unwrap();
        assert_eq!(told, mse.1);
        let (told, state) = state.step(&command(&nonce.0), &mut rng).unwrap();
        assert_eq!(told, nonce.1);
        let (told, state) = state.step(&command(&mapping.0), &mut rng).unwrap();
        assert_eq!(told, mapping.1);
        let (told, state) = state.step(&command(&agreement.0), &mut rng).unwrap();
        assert_eq!(told, agreement.1);
        assert_eq!(state.reference(), password.reference());
        let (told, channel, outcome) = state.step(&command(&token.0)).unwrap();
        assert_eq!(told, token.1);
        assert_eq!(outcome.reference, password.reference());
        assert_eq!(rng.remaining(), 0);
        assert_session(&vector, channel.keys(), channel.ssc());
    }
}
