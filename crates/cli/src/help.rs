//! `--help` in Vietnamese: the definitions of `args` with the texts of `locales/vi/help.ftl`.

use clap::{Command, CommandFactory};

use crate::args::Cli;
use crate::i18n::{Lang, Texts};

/// The command line's definition, its help in the language that the arguments or the environment ask for.
pub fn command() -> Command {
    match language() {
        Lang::En => Cli::command(),
        Lang::Vi => translate(Cli::command(), &Texts::new(Lang::Vi), "help"),
    }
}

/// The language that the arguments or the environment ask for.
pub fn language() -> Lang {
    let named = || std::env::var("ANTIN_LANG").ok().and_then(|value| parse(&value));
    asked_for(std::env::args())
        .or_else(named)
        .unwrap_or_else(Lang::from_environment)
}

/// The language in `--lang vi` or `--lang=vi`, before the arguments are parsed: `--help` ends the parsing early.
fn asked_for(arguments: impl Iterator<Item = String>) -> Option<Lang> {
    let mut after_flag = false;
    for argument in arguments {
        if after_flag {
            return parse(&argument);
        }
        if let Some(value) = argument.strip_prefix("--lang=") {
            return parse(value);
        }
        after_flag = argument == "--lang";
    }
    None
}

fn parse(value: &str) -> Option<Lang> {
    match value {
        "en" => Some(Lang::En),
        "vi" => Some(Lang::Vi),
        _ => None,
    }
}

/// Replaces what has a text: `help-COMMAND`, `help-COMMAND-SUBCOMMAND`; arguments `arg-NAME`, the same everywhere.
fn translate(command: Command, texts: &Texts, key: &str) -> Command {
    let about = texts.find(key, &[]);
    let after = texts.find(&format!("{key}-after"), &[]);
    let mut command = match about {
        Some(about) => command.about(about),
        None => command,
    };
    if let Some(after) = after {
        command = command.after_help(after);
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    command = command.mut_args(
        |argument| match texts.find(&format!("arg-{}", argument.get_id()), &[]) {
            Some(help) => argument.help(help),
            None => argument,
        },
    );
    for name in names {
        let key = format!("{key}-{name}");
        command = command.mut_subcommand(name, |sub| translate(sub, texts, &key));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn untranslated(command: &Command, texts: &Texts, key: &str, missing: &mut Vec<String>) {
        if texts.find(key, &[]).is_none() {
            missing.push(key.to_owned());
        }
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            let key = format!("arg-{}", argument.get_id());
            if !["help", "version"].contains(&argument.get_id().as_str()) && texts.find(&key, &[]).is_none() {
                missing.push(key);
            }
        }
        for sub in command.get_subcommands() {
            untranslated(sub, texts, &format!("{key}-{}", sub.get_name()), missing);
        }
    }

    #[test]
    fn every_command_and_option_has_a_vietnamese_text() {
        let mut missing = Vec::new();
        untranslated(&Cli::command(), &Texts::new(Lang::Vi), "help", &mut missing);
        assert!(missing.is_empty(), "locales/vi/help.ftl lacks {missing:?}");
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
        translate(Cli::command(), &Texts::new(Lang::Vi), "help").debug_assert();
    }

    #[test]
    fn the_language_is_found_before_parsing() {
        let arguments = |list: &[&str]| {
            list.iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
                .into_iter()
        };
        assert_eq!(
            asked_for(arguments(&["antin", "--lang", "vi", "--help"])),
            Some(Lang::Vi)
        );
        assert_eq!(asked_for(arguments(&["antin", "--lang=en"])), Some(Lang::En));
        assert_eq!(asked_for(arguments(&["antin", "--lang"])), None);
    }
}
