//! The profiles that come with the library.

use crate::Profile;

/// Name and text of each built-in profile.
const TEXTS: [(&str, &str); 4] = [
    (
        "vn-cccd-2021",
        include_str!("../../../card-profiles/vn-cccd-2021.toml"),
    ),
    (
        "icao-passport",
        include_str!("../../../card-profiles/icao-passport.toml"),
    ),
    (
        "eac-passport",
        include_str!("../../../card-profiles/eac-passport.toml"),
    ),
    (
        "jmrtd-applet",
        include_str!("../../../card-profiles/jmrtd-applet.toml"),
    ),
];

pub(crate) fn find(name: &str) -> Option<Profile> {
    TEXTS.iter().find(|(known, _)| *known == name).map(parse)
}

pub(crate) fn all() -> Vec<Profile> {
    TEXTS.iter().map(parse).collect()
}

fn parse((name, text): &(&str, &str)) -> Profile {
    Profile::parse(text, &format!("{name}.toml")).expect("a test parses every built-in profile")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_profile_parses_and_bears_its_own_name() {
        for (name, text) in TEXTS {
            let profile = Profile::parse(text, name).unwrap_or_else(|fault| panic!("{fault}"));
            assert_eq!(profile.name, name);
        }
    }
}
