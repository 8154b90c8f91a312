//! Texts for people in English and Vietnamese (Fluent); JSON and error ids are the same in both.

use std::collections::HashMap;

use clap::ValueEnum;
use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

/// A language of the texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// Tiếng Việt.
    Vi,
}

impl Lang {
    /// The language of the environment: `LC_ALL`, `LC_MESSAGES`, then `LANG`; English unless it starts with `vi`.
    pub fn from_environment() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        match locale {
            Some(value) if value.starts_with("vi") => Self::Vi,
            _ => Self::En,
        }
    }

    /// The Fluent sources of this language, embedded at build time.
    pub fn sources(self) -> [(&'static str, &'static str); 10] {
        match self {
            Self::En => [
                ("ui.ftl", include_str!("../locales/en/ui.ftl")),
                ("errors.ftl", include_str!("../locales/en/errors.ftl")),
                ("checks.ftl", include_str!("../locales/en/checks.ftl")),
                ("demo.ftl", include_str!("../locales/en/demo.ftl")),
                ("authority.ftl", include_str!("../locales/en/authority.ftl")),
                ("trust.ftl", include_str!("../locales/en/trust.ftl")),
                ("attacks.ftl", include_str!("../locales/en/attacks.ftl")),
                ("lint.ftl", include_str!("../locales/en/lint.ftl")),
                ("report.ftl", include_str!("../locales/en/report.ftl")),
                ("bundle.ftl", include_str!("../locales/en/bundle.ftl")),
            ],
            Self::Vi => [
                ("ui.ftl", include_str!("../locales/vi/ui.ftl")),
                ("errors.ftl", include_str!("../locales/vi/errors.ftl")),
                ("checks.ftl", include_str!("../locales/vi/checks.ftl")),
                ("demo.ftl", include_str!("../locales/vi/demo.ftl")),
                ("authority.ftl", include_str!("../locales/vi/authority.ftl")),
                ("trust.ftl", include_str!("../locales/vi/trust.ftl")),
                ("attacks.ftl", include_str!("../locales/vi/attacks.ftl")),
                ("lint.ftl", include_str!("../locales/vi/lint.ftl")),
                ("report.ftl", include_str!("../locales/vi/report.ftl")),
                ("bundle.ftl", include_str!("../locales/vi/bundle.ftl")),
            ],
        }
    }
}

/// The texts of one language.
pub struct Texts {
    bundle: FluentBundle<FluentResource>,
    lang: Lang,
}

impl Texts {
    /// Loads the embedded texts of `lang`.
    pub fn new(lang: Lang) -> Self {
        let id = match lang {
            Lang::En => langid!("en"),
            Lang::Vi => langid!("vi"),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks would show as rubbish in terminals and break copy and paste of file names.
        bundle.set_use_isolating(false);
        // `--help` has its English texts in `args`, its Vietnamese ones in a file of their own.
        let help = [(
            "help.ftl",
            if lang == Lang::Vi {
                include_str!("../locales/vi/help.ftl")
            } else {
                ""
            },
        )];
        for (_, source) in lang.sources().into_iter().chain(help) {
            let resource = match FluentResource::try_new(source.to_owned()) {
                Ok(resource) => resource,
                // A test parses every source without error; at run time what could be parsed is used.
                Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { bundle, lang }
    }

    /// The language.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// The text `key`, without arguments.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The text `key` with its arguments. A missing key shows itself, so that a person can report it.
    pub fn with(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        self.find(key, arguments).unwrap_or_else(|| key.to_owned())
    }

    /// The text `key` if there is one.
    pub fn find(&self, key: &str, arguments: &[(&str, &str)]) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let map: HashMap<&str, &str> = arguments.iter().copied().collect();
        let fluent: FluentArgs = map
            .into_iter()
            .map(|(name, value)| (name, FluentValue::from(value)))
            .collect();
        let mut errors = Vec::new();
        Some(
            self.bundle
                .format_pattern(pattern, Some(&fluent), &mut errors)
                .into_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(source: &str) -> BTreeSet<String> {
        source
            .lines()
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key.trim().to_owned())
            .filter(|key| !key.starts_with(['#', '.', ' ', '-']) && !key.contains(' '))
            .collect()
    }

    #[test]
    fn every_source_parses_without_error() {
        for lang in [Lang::En, Lang::Vi] {
            for (name, source) in lang.sources() {
                if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
                    panic!("{lang:?} {name}: {errors:?}");
                }
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        for ((name, en), (_, vi)) in Lang::En.sources().into_iter().zip(Lang::Vi.sources()) {
            assert_eq!(keys(en), keys(vi), "{name}");
        }
    }

    #[test]
    fn a_missing_text_shows_its_key() {
        assert_eq!(Texts::new(Lang::En).text("no-such-text"), "no-such-text");
    }
}
