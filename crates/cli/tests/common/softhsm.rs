//! A software token, SoftHSM of Debian, in a test's own folder.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use super::{Place, finish};

/// Where Debian puts the driver.
const DRIVERS: [&str; 2] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
];
/// Of these tests alone; it stands in the file `pin`.
pub const PIN: &str = "271828";
/// The security officer's.
pub const SO_PIN: &str = "31415926";

/// The driver's path; `None`, said loudly, where SoftHSM is not installed; `ANTIN_STRICT=1` makes that a failure.
pub fn driver() -> Option<&'static str> {
    let driver = DRIVERS.into_iter().find(|path| Path::new(path).exists());
    if driver.is_none() {
        let missing = "SoftHSM is not installed: apt install softhsm2";
        assert!(
            std::env::var("ANTIN_STRICT").as_deref() != Ok("1"),
            "ANTIN_STRICT: {missing}"
        );
        println!("SKIPPED: {missing}");
    }
    driver
}

/// Settings for tokens of this folder alone, and none in it yet.
pub fn settle(place: &Place) {
    std::fs::create_dir(place.path("tokens")).unwrap();
    let tokens = place.path("tokens");
    place.write(
        "softhsm2.conf",
        format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display()),
    );
}

/// A token with a label in this folder.
pub fn make_token(place: &Place, label: &str) {
    settle(place);
    let pins = ["--so-pin", SO_PIN, "--pin", PIN];
    manage(
        place,
        ["--init-token", "--free", "--label", label]
            .into_iter()
            .chain(pins),
    );
    place.secret("pin", PIN);
}

/// Runs the token's own program.
pub fn manage<I: IntoIterator<Item: AsRef<OsStr>>>(place: &Place, arguments: I) {
    let mut command = Command::new("softhsm2-util");
    finish(with_tokens(place, command.args(arguments))).exits(0);
}

/// Makes a command see the tokens of this folder.
pub fn with_tokens<'c>(place: &Place, command: &'c mut Command) -> &'c mut Command {
    command.env("SOFTHSM2_CONF", place.path("softhsm2.conf"))
}
