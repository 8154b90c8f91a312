//! The error catalogue: every error a user can meet has a stable id, an exit code, and texts in both languages.

use crate::i18n::Texts;
use crate::shown::shown;

/// Exit codes, a contract with scripts. Verdicts have theirs in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done; for `verify`: accepted under the policy.
    Done = 0,
    /// Unexpected error.
    Unexpected = 1,
    /// Wrong use of the command line.
    Usage = 2,
    /// No service, reader or card.
    Environment = 3,
    /// Access refused (CAN, MRZ).
    AccessRefused = 4,
    /// Card lost or timed out: try again.
    CardLost = 5,
    /// Malformed input.
    Malformed = 6,
    /// Issuance failed, the card is blank.
    Blank = 20,
    /// Issuance failed, the card is half-written.
    HalfWritten = 21,
    /// The signer is unavailable.
    Signer = 22,
    /// Interrupted.
    Interrupted = 130,
}

macro_rules! catalogue {
    ($($id:ident $exit:ident $doc:literal;)*) => {
        /// The id of an error: a letter for the area, three digits.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Id { $(#[doc = $doc] $id,)* }

        impl Id {
            /// All ids, in the order of the catalogue.
            pub const ALL: &'static [Id] = &[$(Id::$id,)*];

            /// The id as printed.
            pub fn code(self) -> &'static str {
                match self { $(Id::$id => stringify!($id),)* }
            }

            /// The exit code of the process.
            pub fn exit(self) -> Exit {
                match self { $(Id::$id => Exit::$exit,)* }
            }
        }
    };
}

catalogue! {
    X001 Unexpected "Unexpected error.";
    X002 Unexpected "A file could not be written.";
    X130 Interrupted "Interrupted by the user.";
    U100 Usage "The command line cannot be understood.";
    U101 Usage "A secret was given on the command line.";
    U102 Usage "A file or folder does not exist or cannot be read.";
    U103 Usage "A value on the command line is wrong.";
    U104 Usage "The output exists already and would be lost.";
    U105 Usage "A secret is needed and nobody can be asked.";
    U106 Usage "The blank asks for keys and none were given.";
    U107 Usage "Test keys were not allowed.";
    U108 Usage "The URI of a token cannot be used.";
    U110 Usage "A signed list needs its root.";
    U111 Usage "Nothing in the trust store is called so.";
    U112 Usage "Several entries of the trust store begin so.";
    U113 Usage "Another process changes the trust store.";
    U114 Usage "A root is no certificate of an authority.";
    U115 Usage "There is no trust store.";
    U116 Usage "Everything of a country would be taken out.";
    U117 Usage "A trust bundle needs the certificate of its signer.";
    U118 Usage "The store follows the bundles of somebody else.";
    U119 Usage "A trust bundle would not follow the one before.";
    U130 Usage "A challenge was given for files without a chip's answer.";
    U131 Usage "Nothing under the folder of a batch can be verified.";
    U132 Usage "Files were given what opens a card.";
    U120 Usage "A password for a new key will not do.";
    U121 Usage "The folder holds no authority, or not the signer that is needed.";
    U122 Usage "A TEST signer was not allowed.";
    U123 Usage "Another ceremony is under way in the authority's folder.";
    E101 Environment "The PC/SC service does not run.";
    E102 Environment "No reader.";
    E103 Environment "No card in time.";
    E104 Environment "Not allowed to use the reader.";
    E105 Environment "The virtual reader cannot be reached.";
    E106 Environment "A program for the private PC/SC service is missing.";
    E107 Environment "The address for a card emulator cannot be listened at.";
    E108 Environment "No card emulator connected in time.";
    E109 Environment "The driver of a token does not serve.";
    E110 Environment "The token is not there.";
    E111 Environment "The session with the token was lost.";
    A201 AccessRefused "The chip refused the CAN.";
    A202 AccessRefused "The chip refused the MRZ.";
    A203 AccessRefused "The chip does not offer a way in for this kind of secret.";
    A204 Malformed "The CAN, MRZ, PIN or PUK given is not well formed.";
    A205 AccessRefused "The chip offers a way in that is not supported.";
    A206 AccessRefused "The chip refused the PIN or PUK.";
    A207 AccessRefused "The PIN is suspended, blocked or deactivated.";
    A208 AccessRefused "The chip refused the PIN, and it is blocked now.";
    A209 AccessRefused "The card is no travel document.";
    A210 AccessRefused "The token refused its PIN.";
    A211 AccessRefused "The PIN of the token is locked.";
    L301 CardLost "The card was lost.";
    L302 CardLost "The card did not answer in time.";
    M401 Malformed "The citizen's record has faults.";
    M402 Malformed "The profile or the fault patch has a fault.";
    M403 Malformed "A file cannot be understood.";
    M404 Malformed "The card file is damaged or in use.";
    M405 Malformed "The trust folder holds something that is no certificate.";
    M406 Malformed "The journal belongs to another card or record, or is damaged.";
    M407 Malformed "A file with secret keys cannot be used.";
    M408 Malformed "The folder of a terminal holds no certificate, or a file that is none.";
    M409 Malformed "The token lacks a key, or the key does not serve.";
    M410 Malformed "The trust store is damaged.";
    M411 Malformed "A file holds nothing for a trust store.";
    M412 Malformed "A signed list is not believed.";
    M413 Malformed "A signed list is older than one before.";
    M414 Malformed "A file for the trust store is too large.";
    M415 Malformed "A file is no trust bundle.";
    M416 Malformed "A trust bundle is not believed.";
    M417 Malformed "The time of a trust bundle is over.";
    M418 Malformed "A trust bundle may not take the place of what is there.";
    M419 Malformed "A line of a list of revoked cards cannot be kept.";
    M430 Malformed "A policy file has a fault.";
    M431 Malformed "An evidence file was altered.";
    M432 Malformed "The station did not sign the evidence file.";
    M433 Malformed "A file names no station.";
    M420 Malformed "A file of an authority's folder cannot be used.";
    M421 Malformed "A certificate does not belong on the list.";
    M422 Malformed "The description of deviations or defects has a fault.";
    M440 Malformed "What should be signed breaks the standard.";
    M424 Malformed "A file that should be a certificate is none.";
    M423 Malformed "The records of an authority's ceremonies are damaged.";
    M434 Malformed "The results file of a batch cannot be continued.";
    I501 Blank "Issuance failed, the card is blank.";
    I502 HalfWritten "Issuance failed, the card is half-written.";
    I503 HalfWritten "The finished card does not verify when read back.";
    I504 Blank "The card is no blank.";
    I505 CardLost "The finished card was lost before it was read back.";
    I506 Blank "The secure channel to the blank was not opened.";
    S601 Signer "The signer is unavailable.";
    S602 Signer "The signer's key and certificate do not belong together, or may not sign now.";
    S603 Signer "The session with the signer's token was lost.";
    S604 Signer "The signer's token is not there.";
    S605 Signer "The PIN of the signer's token is locked.";
    S606 Signer "The signer's token refused its PIN.";
    S607 Signer "The signer has signed as many documents as it may.";
    S608 Signer "The signer's certificate is not valid now.";
    S609 Signer "The private key usage period excludes now.";
    S610 Signer "The password does not open the signer's key.";
    S611 Signer "The token lacks the signer's key, or the key does not fit.";
    S612 Signer "An RSA key of an authority or signer outside of a token.";
    S613 Signer "An approval is missing or not good.";
    S614 Signer "What was signed does not verify.";
    S615 Signer "No document signer of the authority may sign now.";
    S616 Signer "The description of a key names a driver that is not allowed.";
    S617 Signer "Who must approve is not what it was at the authority's last ceremony.";
    S618 Signer "The plan was carried out already.";
    S619 Signer "The key for a new certificate is in use already.";
}

/// The name of an error's JSON form.
pub const SCHEMA: &str = "antin.error/1";

/// An error as JSON, `antin.error/1`.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Told {
    schema: &'static str,
    /// The stable id, for example `A201`.
    id: &'static str,
    /// The exit code of the process.
    exit: u8,
    /// What happened, in the language asked for.
    message: String,
    /// What to do now.
    hint: String,
    /// The facts of this case by their names.
    facts: std::collections::BTreeMap<String, String>,
    /// Every fault of a malformed input.
    faults: Vec<String>,
}

/// An error on its way to the user: which one, and the facts of this case. No secrets, no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which error.
    pub id: Id,
    /// Facts shown under the message: a fact's name (a text key `fact-…`) and its value.
    pub facts: Vec<(&'static str, String)>,
    /// Facts in words of the catalogue: a fact's name, and the key of its text.
    pub words: Vec<(&'static str, &'static str)>,
    /// Every fault of a malformed input, one an entry.
    pub faults: Vec<String>,
}

impl Failure {
    /// An error without facts.
    pub fn new(id: Id) -> Self {
        Self {
            id,
            facts: Vec::new(),
            words: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// Adds a fact in words of the catalogue, named by their key.
    #[must_use]
    pub fn said(mut self, name: &'static str, key: &'static str) -> Self {
        self.words.push((name, key));
        self
    }

    /// Every fact with its value in the language of `texts`.
    fn told(&self, texts: &Texts) -> Vec<(&'static str, String)> {
        let words = self.words.iter().map(|(name, key)| (*name, texts.text(key)));
        self.facts.iter().cloned().chain(words).collect()
    }

    /// Adds every fault of a malformed input, one a line of `text`.
    #[must_use]
    pub fn faults(mut self, text: &str) -> Self {
        self.faults.extend(text.lines().map(ToOwned::to_owned));
        self
    }

    /// The message for people, several lines, in the language of `texts`.
    pub fn render(&self, texts: &Texts) -> String {
        let code = self.id.code();
        let mut lines = vec![format!(
            "{}[{code}]: {}",
            texts.text("error"),
            texts.text(&format!("{code}-title"))
        )];
        for (name, value) in self.told(texts) {
            let label = texts.text(&format!("fact-{name}"));
            let mut rows = value.lines();
            lines.push(format!("  {label}: {}", shown(rows.next().unwrap_or_default())));
            lines.extend(rows.map(|row| format!("    {}", shown(row))));
        }
        if !self.faults.is_empty() {
            lines.push(format!("  {}:", texts.text("fact-faults")));
            lines.extend(self.faults.iter().map(|fault| format!("    {}", shown(fault))));
        }
        for hint in texts.text(&format!("{code}-hint")).lines() {
            lines.push(format!("{}: {hint}", texts.text("hint")));
        }
        lines.push(format!("{}: antin explain {code}", texts.text("more")));
        lines.join("\n")
    }

    /// The same as a JSON object `antin.error/1`.
    pub fn to_json(&self, texts: &Texts) -> serde_json::Value {
        let code = self.id.code();
        let facts = self
            .told(texts)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        serde_json::json!(Told {
            schema: SCHEMA,
            id: code,
            exit: self.id.exit() as u8,
            message: texts.text(&format!("{code}-title")),
            hint: texts.text(&format!("{code}-hint")),
            facts,
            faults: self.faults.clone(),
        })
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.id.code())
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn every_error_has_title_cause_remedy_and_hint_in_both_languages() {
        for lang in [Lang::En, Lang::Vi] {
            let texts = Texts::new(lang);
            for id in Id::ALL {
                for part in ["title", "hint", "cause", "remedy"] {
                    let key = format!("{}-{part}", id.code());
                    assert!(texts.find(&key, &[]).is_some(), "{lang:?} lacks {key}");
                }
            }
        }
    }

    /// The sources of this crate, tests and all.
    fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// What stands in quotes at the head of a call of that method, wherever a line was broken.
    fn first_words_of(source: &str, method: &str) -> Vec<String> {
        let call = format!(".{method}(");
        let rest = source.split(&call).skip(1);
        let text = rest.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
        text.map(ToOwned::to_owned).collect()
    }

    #[test]
    fn every_fact_in_the_sources_has_a_label_and_every_word_a_text() {
        let mut all = Vec::new();
        sources(
            std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
            &mut all,
        );
        let facts: Vec<String> = all
            .iter()
            .flat_map(|source| ["fact", "said"].map(|method| first_words_of(source, method)))
            .flatten()
            .collect();
        assert!(facts.len() > 50, "the sources are found");
        for lang in [Lang::En, Lang::Vi] {
            let texts = Texts::new(lang);
            for name in facts.iter().map(String::as_str).chain(["faults"]) {
                assert!(
                    texts.find(&format!("fact-{name}"), &[]).is_some(),
                    "{lang:?} lacks fact-{name}"
                );
            }
        }
    }

    fn catalogue() -> String {
        let texts = Texts::new(Lang::En);
        let mut page = String::from(
            "# Errors\n\nEvery error has a stable id. `antin explain ID --lang vi|en` prints the same texts.\n\
             This page is made from the catalogue; `ANTIN_BLESS=1 cargo test -p antin-cli catalogue` renews it.\n\n\
             | id | exit | message | cause | remedy |\n|---|---|---|---|---|\n",
        );
        for id in Id::ALL {
            let part = |name: &str| texts.text(&format!("{}-{name}", id.code())).replace('|', "\\|");
            let (title, cause, remedy) = (part("title"), part("cause"), part("remedy"));
            page += &format!(
                "| {} | {} | {title} | {cause} | {remedy} |\n",
                id.code(),
                id.exit() as u8
            );
        }
        page
    }

    #[test]
    fn the_page_of_errors_is_made_from_the_catalogue() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
        if std::env::var_os("ANTIN_BLESS").is_some() {
            std::fs::write(path, catalogue()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            catalogue(),
            "renew docs/errors.md"
        );
    }
}
