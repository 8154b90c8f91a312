//! Another card product is data, not code: a profile in TOML. This one is the passport with another name and only the
//! MRZ as password; a mistake is named with its line.
#![allow(clippy::print_stdout)]

use antin::Profile;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let passport = Profile::builtin("icao-passport").ok_or("no such profile")?;
    let text = passport
        .text()
        .replace(r#"name = "icao-passport""#, r#"name = "my-passport""#)
        .replace(r#"passwords = ["mrz", "can"]"#, r#"passwords = ["mrz"]"#)
        .replace(r#"can = "random""#, r#"can = "none""#);

    let mine = Profile::parse(&text, "my-passport.toml")?;
    println!("{}: {} files", mine.name, mine.files.len());
    assert_eq!(mine.name, "my-passport");

    let wrong = text.replace(r#"mapping = "generic""#, r#"mapping = "telepathic""#);
    let error = Profile::parse(&wrong, "my-passport.toml").expect_err("there is no such mapping");
    println!("{error}");
    assert!(error.line > 1, "the error names its line");
    Ok(())
}
