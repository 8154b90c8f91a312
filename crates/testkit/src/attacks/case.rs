//! A case as it is written to `test-vectors/attacks/cases`.

use std::fmt::Write as _;

use antin_lds::ElementaryFile;

/// The case of one row of the catalogue.
pub struct Case {
    pub id: &'static str,
    readings: Vec<Reading>,
    body: String,
}

/// One reading of one card.
pub struct Reading {
    name: String,
    twin: bool,
    card: &'static str,
    settings: Vec<(&'static str, String)>,
    removed: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
    kept: Vec<(String, Vec<u8>)>,
    anchors: Option<Vec<Vec<u8>>>,
    trust: Vec<(&'static str, Vec<Vec<u8>>)>,
    exceptions: String,
    rules: &'static str,
    patch: String,
}

impl Case {
    pub fn new(id: &'static str) -> Self {
        Self {
            id,
            readings: Vec::new(),
            body: String::new(),
        }
    }

    /// A case without readings: assertions of the runner, by name.
    pub fn assertions(id: &'static str, names: &[&str]) -> Self {
        Self {
            body: format!("assertions = [{}]\n", quoted(names.iter().copied())),
            ..Self::new(id)
        }
    }

    /// A file for the assertions.
    pub fn material(mut self, name: &str, bytes: &[u8]) -> Self {
        if !self.body.contains("[material]") {
            self.body.push_str("\n[material]\n");
        }
        let _ = writeln!(self.body, "{name:?} = {}", hexadecimal(bytes));
        self
    }

    /// Cases of public test plans that this case consists of, `side/suite/id`.
    pub fn conformance(mut self, names: &[&str]) -> Self {
        let _ = writeln!(self.body, "conformance = [{}]", quoted(names.iter().copied()));
        self
    }

    /// What is not attacked, and must be authentic.
    pub fn twin(mut self, reading: Reading) -> Self {
        self.readings.push(Reading {
            twin: true,
            ..reading
        });
        self
    }

    pub fn attack(mut self, reading: Reading) -> Self {
        self.readings.push(reading);
        self
    }

    pub fn to_toml(&self) -> String {
        let mut text = String::from(HEAD);
        text += &self.body;
        for reading in &self.readings {
            reading.write(&mut text);
        }
        text
    }
}

pub const HEAD: &str = "# Made by `ANTIN_BLESS=1 cargo test -p antin-testkit --test attacks`; the README says how. Never edit.\n";

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("{name:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl Reading {
    /// A reading of this card, as it was issued unless something is changed.
    pub fn of(card: &'static str, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            twin: false,
            card,
            settings: Vec::new(),
            removed: Vec::new(),
            files: Vec::new(),
            kept: Vec::new(),
            anchors: None,
            trust: Vec::new(),
            exceptions: String::new(),
            rules: "",
            patch: String::new(),
        }
    }

    /// Other content of a file.
    pub fn file(mut self, file: ElementaryFile, bytes: Vec<u8>) -> Self {
        self.files.push((file.to_string(), bytes));
        self
    }

    /// A file as somebody kept it after the reading.
    pub fn kept(mut self, file: ElementaryFile, bytes: Vec<u8>) -> Self {
        self.kept.push((file.to_string(), bytes));
        self
    }

    pub fn remove(mut self, file: ElementaryFile) -> Self {
        self.removed.push(file.to_string());
        self
    }

    /// The CSCA certificates that are trusted, in the place of the usual one.
    pub fn trusting(mut self, anchors: &[&[u8]]) -> Self {
        self.anchors = Some(anchors.iter().map(|anchor| anchor.to_vec()).collect());
        self
    }

    /// Something else that the store knows: `crls`, `distrusted`, ...
    pub fn store(mut self, kind: &'static str, what: &[&[u8]]) -> Self {
        self.trust
            .push((kind, what.iter().map(|one| one.to_vec()).collect()));
        self
    }

    /// A setting of the reader, as a TOML value.
    pub fn set(mut self, key: &'static str, value: &str) -> Self {
        self.settings.push((key, value.to_owned()));
        self
    }

    /// What issuers have owned up to, as lines of TOML.
    pub fn exceptions(mut self, lines: &str) -> Self {
        self.exceptions = lines.to_owned();
        self
    }

    /// A policy of its own, as lines of TOML inside `[reading.rules]`.
    pub fn rules(mut self, lines: &'static str) -> Self {
        self.rules = lines;
        self
    }

    /// A fault patch, as lines of TOML inside `[reading.patch]`.
    pub fn patch(mut self, lines: &str) -> Self {
        self.patch = lines.to_owned();
        self
    }

    fn write(&self, text: &mut String) {
        let _ = writeln!(
            text,
            "\n[[reading]]\nname = {:?}\ncard = {:?}",
            self.name, self.card
        );
        if self.twin {
            text.push_str("twin = true\n");
        }
        for (key, value) in &self.settings {
            let _ = writeln!(text, "{key} = {value}");
        }
        if !self.removed.is_empty() {
            let _ = writeln!(
                text,
                "remove = [{}]",
                quoted(self.removed.iter().map(String::as_str))
            );
        }
        for (table, files) in [("files", &self.files), ("kept", &self.kept)] {
            if !files.is_empty() {
                let _ = writeln!(text, "[reading.{table}]");
            }
            for (name, bytes) in files {
                let _ = writeln!(text, "{name:?} = {}", hexadecimal(bytes));
            }
        }
        if self.anchors.is_some() || !self.trust.is_empty() {
            text.push_str("[reading.trust]\n");
            let anchors = self.anchors.iter().map(|anchors| ("anchors", anchors));
            let others = self.trust.iter().map(|(kind, what)| (*kind, what));
            for (kind, what) in anchors.chain(others) {
                let all: Vec<String> = what.iter().map(|one| hexadecimal(one)).collect();
                let _ = writeln!(text, "{kind} = [{}]", all.join(", "));
            }
        }
        if !self.exceptions.is_empty() {
            let _ = writeln!(text, "{}", self.exceptions);
        }
        for (table, lines) in [("rules", self.rules), ("patch", &self.patch)] {
            if !lines.is_empty() {
                let _ = writeln!(text, "[reading.{table}]\n{}", lines.trim());
            }
        }
    }
}

/// Hex, in lines of 60 bytes where it is long.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const LINE: usize = 60;
    if bytes.len() <= LINE {
        return format!("\"{}\"", hex::encode(bytes));
    }
    let lines: Vec<String> = bytes.chunks(LINE).map(hex::encode).collect();
    format!("'''\n{}'''", lines.join("\n"))
}
