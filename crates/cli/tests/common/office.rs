//! The office of a country's signing authority.

use std::process::Command;

use super::{Place, Ran, finish};

/// A folder with an authority of Utopia, its passwords, and a citizen.
pub struct Office {
    /// Where it all lies.
    pub place: Place,
}

/// The command that makes the authority.
pub const CSCA: &str = "csca create --out authority --country UT --mrz-code UTO --mail csca@example.org \
                    --crl https://example.org/UTO.crl --password-file csca.pw";

impl Office {
    /// Passwords alone.
    pub fn open() -> Self {
        let place = Place::empty();
        let office = Self { place };
        office.place.secret("csca.pw", "the authority's long password\n");
        office.place.secret("ds.pw", "the signer's long password\n");
        office
    }

    /// With an authority of a real name.
    pub fn with_an_authority() -> Self {
        let office = Self::open();
        office.real("").exits(0);
        office
    }

    /// An authority with a real name.
    pub fn real(&self, more: &str) -> Ran {
        let mut arguments: Vec<&str> = CSCA.split_whitespace().collect();
        arguments.extend([
            "--organization",
            "Utopia Passport Office",
            "--name",
            "CSCA Utopia",
        ]);
        arguments.extend(more.split_whitespace());
        self.place.run(arguments)
    }

    /// Runs a line.
    pub fn run(&self, line: &str) -> Ran {
        self.place.run(line.split_whitespace())
    }

    /// A maker of document signers.
    pub fn ds(&self, line: &str) -> Ran {
        self.run(&format!(
            "{line} --password-file csca.pw --signer-password-file ds.pw --types P"
        ))
    }

    /// Runs openssl; `None`, said loudly, where it is missing.
    pub fn openssl(&self, line: &str) -> Option<Ran> {
        let mut command = Command::new("openssl");
        self.place.settle(command.args(line.split_whitespace()));
        match command.output() {
            Ok(_) => Some(finish(&mut command)),
            Err(_) => {
                assert!(
                    std::env::var("ANTIN_STRICT").as_deref() != Ok("1"),
                    "openssl is missing"
                );
                println!("SKIPPED: openssl is missing");
                None
            }
        }
    }

    /// openssl does it.
    #[track_caller]
    pub fn accepts(&self, line: &str) {
        if let Some(ran) = self.openssl(line) {
            ran.exits(0);
        }
    }

    /// Issues a passport.
    pub fn issue(&self, signer: &str, more: &str) -> Ran {
        if !self.place.path("rec").exists() {
            let demo = ["record", "demo", "--seed", "1", "--out", "rec"];
            self.place.run(demo).exits(0);
        }
        let record = self.place.record_name();
        let mut arguments = vec![
            "issue",
            "--allow-test-keys",
            "--profile",
            "icao-passport",
            "--record",
            &record,
            "--signer",
            signer,
        ];
        arguments.extend(more.split_whitespace());
        self.place.run(arguments)
    }
}
