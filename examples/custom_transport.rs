//! A link of one's own is one method: bytes of a command in, bytes of an answer out. This one counts, and could just
//! as well speak to a phone, a socket or a test rig.
#![allow(clippy::print_stdout)]

use antin::chip::Chip;
use antin::{AccessKey, LinkError, OpenCard, Profile, SystemRng, Transport};

struct Rig {
    chip: Chip,
    commands: usize,
}

impl Transport for Rig {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        self.commands += 1;
        Ok(self.chip.process(command))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let profile = Profile::builtin("icao-passport").ok_or("no such profile")?;
    let blank = Chip::development_blank(&profile, *b"RIG-0001", Box::new(SystemRng));
    let mut rig = Rig {
        chip: blank,
        commands: 0,
    };

    let refused = OpenCard::open(&mut rig, &AccessKey::can("123456")?).err();

    println!("{} commands; a blank cannot be opened: {refused:?}", rig.commands);
    assert!(refused.is_some() && rig.commands > 0);
    Ok(())
}
