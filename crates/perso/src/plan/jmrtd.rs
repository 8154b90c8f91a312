//! The plan in the dialect `jmrtd`: write, read back through Basic Access Control, lock.
//!
//! The applet has no serial number, so an exchanged card is found when it is read back and not before. It has no DELETE
//! FILE either, and the first CREATE FILE fixes the most bytes of a file: EF.SOD, whose signature is longer or shorter each
//! time, is created with room to spare, so that a torn card can be written with a new signature.

use antin_crypto::Suite;
use antin_lds::ElementaryFile;
use antin_profile::{Dialect, Profile};
use antin_protocol::password::MrzKey;
use antin_protocol::personalization::iso7816_9::ActiveKey;
use antin_protocol::personalization::jmrtd::{self, MrzData, PutData};
use antin_protocol::sm;
use antin_wire::apdu::StatusWord;

use super::{
    Error, Exchange, Expected, KeyName, KeySet, Pieces, Placed, Plan, Step, StepKind, iso7816_9, plain,
    read_back, secrets::secret_text, select_application, step,
};

/// Room of EF.SOD: its size is a multiple of this.
const SOD_ROOM: usize = 256;

pub(super) fn plan(
    profile: &Profile,
    files: &[Placed<'_>],
    pieces: &Pieces,
    keys: &KeySet,
) -> Result<Plan, Error> {
    let read = Pieces {
        write: pieces.write,
        whole: pieces.whole,
        read: sm::max_plain(Suite::Tdes, pieces.read),
    };
    let mut steps = vec![select_application(profile)];
    for f in files {
        let size = match f.rule.file {
            ElementaryFile::Sod => f.content.len().next_multiple_of(SOD_ROOM),
            _ => f.content.len(),
        };
        let small = u16::try_from(size).map_err(|_| too_large(f))?;
        let kind = StepKind::CreateFile {
            file: f.rule.file,
            size,
        };
        steps.push(step(kind, vec![plain(jmrtd::create_file(f.rule.fid, small))]));
    }
    for f in files {
        let select = plain(iso7816_9::select_file(f.rule.fid));
        steps.push(step(StepKind::SelectFile { file: f.rule.file }, vec![select]));
        for (i, piece) in f.content.chunks(pieces.write).enumerate() {
            let offset = i * pieces.write;
            let near = u16::try_from(offset)
                .ok()
                .and_then(|offset| iso7816_9::update_binary(offset, piece));
            let kind = StepKind::WriteFile {
                file: f.rule.file,
                offset,
                len: piece.len(),
            };
            steps.push(step(kind, vec![plain(near.ok_or_else(|| too_large(f))?)]));
        }
    }
    steps.extend(active_authentication(profile, keys)?);
    let information = secret_text(&keys.mrz_information, "MRZ information")?;
    let mrz = MrzData::from_information(information).ok_or(Error::KeyMissing {
        key: "MRZ information",
    })?;
    let put = PutData::Mrz(mrz).encode();
    let key = KeyName::MrzInformation;
    steps.push(step(StepKind::PutKey { key }, vec![plain(put)]));
    steps.push(step(StepKind::OpenAccess, Vec::new()));
    steps.extend(files.iter().map(|f| read_back(f, &read)));
    // In plain again, which ends the session.
    steps.push(select_application(profile));
    // A lock whose answer was lost has locked: then it says so.
    const LOCKED: &[StatusWord] = &[StatusWord::OK, StatusWord::CONDITIONS_NOT_SATISFIED];
    let lock = Exchange {
        command: jmrtd::lock(),
        expected: Expected::Status(LOCKED),
    };
    steps.push(step(StepKind::Activate, vec![lock]));
    Ok(Plan {
        profile: profile.name.clone(),
        secure_channel: profile.perso.secure_channel,
        dialect: Dialect::Jmrtd,
        mrz: Some(MrzKey::from_information(information)),
        files: files.iter().map(Placed::planned).collect(),
        steps,
    })
}

/// The key of Active Authentication, both halves in one step: the chip makes a key of them only together.
fn active_authentication(profile: &Profile, keys: &KeySet) -> Result<Option<Step>, Error> {
    if profile.active_authentication.is_none() {
        return Ok(None);
    }
    let Some(ActiveKey::Rsa(key)) = &keys.active_authentication else {
        return Err(Error::KeyMissing {
            key: "Active Authentication key",
        });
    };
    let modulus = PutData::Modulus(key.public().modulus().to_vec());
    let exponent = PutData::Exponent(key.private_exponent().clone());
    let put = vec![plain(modulus.encode()), plain(exponent.encode())];
    let key = KeyName::ActiveAuthentication;
    Ok(Some(step(StepKind::PutKey { key }, put)))
}

fn too_large(f: &Placed<'_>) -> Error {
    Error::FileTooLarge {
        file: f.rule.file.to_string(),
        len: f.content.len(),
        limit: MAX_FILE,
    }
}

/// Largest file: the offset of UPDATE BINARY has 15 bits.
const MAX_FILE: usize = 32_767;
