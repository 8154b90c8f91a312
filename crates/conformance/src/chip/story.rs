//! The steps of a story, as a case file spells them.

use serde::Deserialize;

/// One step: one action, and what is expected of the answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Step {
    pub select: Option<String>,
    pub read: Option<String>,
    pub whole: Option<String>,
    pub send: Option<String>,
    pub secure: Option<String>,
    pub r#do: Option<String>,
    pub pace: Option<String>,
    pub bac: Option<String>,
    pub ca: Option<String>,
    pub aa: Option<String>,
    pub ta: Option<String>,

    pub of: Option<String>,
    pub challenge: Option<usize>,
    /// What the terminal signs, where it is not what it should.
    #[serde(default)]
    pub signs: Signs,
    pub r#in: Option<In>,
    #[serde(default)]
    pub old_keys: bool,
    pub change: Option<String>,
    pub until: Option<String>,
    #[serde(default)]
    pub offset: u32,
    pub le: Option<u32>,
    #[serde(default)]
    pub odd: bool,
    pub by: Option<By>,
    #[serde(default)]
    pub verify: bool,
    pub repeat: Option<usize>,
    #[serde(default)]
    pub keep_old_keys: bool,
    /// Whatever the chip answers, the terminal goes on as if it had agreed.
    #[serde(default)]
    pub presume: bool,

    pub sw: Option<OneOrMore>,
    pub stop: Option<OneOrMore>,
    #[serde(default)]
    pub stop_plain: bool,
    pub data: Option<Data>,
    pub length: Option<Length>,
    pub starts: Option<String>,
    pub is: Option<String>,
    pub sm: Option<Sm>,
    pub trust_points: Option<Vec<String>>,
    /// A rule that a file must follow that was read whole.
    pub holds: Option<String>,
}

/// How a command is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum In {
    Plain,
    Sm,
}

/// What the signature of a terminal is bound to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Signs {
    /// Chip, challenge and key, as it should be.
    #[default]
    Session,
    /// Nothing new: the signature that it sent last, in whatever session that was.
    Earlier,
    /// Chip and challenge alone.
    WithoutKey,
    /// Challenge and key alone.
    WithoutChip,
    /// Chip and key alone.
    WithoutChallenge,
}

/// How READ BINARY names the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum By {
    Sfi,
    Fid,
}

/// Whether there are data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Data {
    None,
    Some,
    Any,
}

/// Whether an answer is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Sm {
    Yes,
    No,
    Either,
}

/// A text, or several of which one fits.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub(crate) fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// A number, or a range `1..6`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Length {
    Exactly(usize),
    Range(String),
}

impl Step {
    fn actions(&self) -> [(&'static str, Option<&str>); 11] {
        [
            ("select", self.select.as_deref()),
            ("read", self.read.as_deref()),
            ("whole", self.whole.as_deref()),
            ("send", self.send.as_deref()),
            ("secure", self.secure.as_deref()),
            ("do", self.r#do.as_deref()),
            ("pace", self.pace.as_deref()),
            ("bac", self.bac.as_deref()),
            ("ca", self.ca.as_deref()),
            ("aa", self.aa.as_deref()),
            ("ta", self.ta.as_deref()),
        ]
    }

    /// The action in words, for reasons.
    pub(crate) fn words(&self) -> String {
        let given = self
            .actions()
            .into_iter()
            .find_map(|(verb, object)| Some((verb, object?)));
        let (verb, object) = given.unwrap_or(("nothing", ""));
        match &self.of {
            Some(of) => format!("{verb} {object} of {of}"),
            None => format!("{verb} {object}"),
        }
    }

    /// A step has one action.
    pub(crate) fn check(&self) -> Result<(), String> {
        let count = self
            .actions()
            .iter()
            .filter(|(_, object)| object.is_some())
            .count();
        if count != 1 {
            return Err(format!("a step has one action, this has {count}: {self:?}"));
        }
        if let Some(rule) = &self.holds
            && (self.whole.is_none() && self.read.is_none() || !super::rules::is_known(rule))
        {
            return Err(format!("{rule:?} is no rule for a file that is read"));
        }
        let words = self.sw.iter().chain(&self.stop).flat_map(|list| list.all());
        for word in words {
            if !super::judge::is_expectation(word) {
                return Err(format!("{word:?} is no status word"));
            }
        }
        Ok(())
    }
}
