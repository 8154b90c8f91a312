//! The command `antin`: issue, emulate and verify chip ID cards.
//!
//! `args` says what may be typed, `commands` has one file a verb, `output` decides where words go, `failure` is the
//! catalogue of errors, `i18n` holds the texts of both languages.

mod args;
mod card;
mod commands;
mod convert;
mod failure;
mod help;
mod i18n;
mod interrupt;
mod key;
mod output;
mod progress;
mod report_text;
mod today;

use std::process::ExitCode;

use clap::FromArgMatches;

use args::{Cli, Command};
use output::Output;

fn main() -> ExitCode {
    let matches = help::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let out = Output::new(&cli.global);
    interrupt::watch();
    match dispatch(&cli.command, &out) {
        Ok(exit) => ExitCode::from(exit),
        Err(failure) => {
            out.failure(&failure);
            ExitCode::from(failure.id.exit() as u8)
        }
    }
}

fn dispatch(command: &Command, out: &Output) -> commands::Outcome {
    match command {
        Command::Demo(args) => commands::demo::run(args, out),
        Command::Verify(args) => commands::verify::run(args, out),
        Command::Read(args) => commands::read::run(args, out),
        Command::Readers => commands::readers::run(out),
        Command::Issue(args) => commands::issue::run(args, out),
        Command::Record(args) => commands::record::run(args, out),
        Command::Profile(args) => commands::profile::run(args, out),
        Command::Emulate(args) => commands::emulate::run(args, out),
        Command::Inspect(args) => commands::inspect::run(args, out),
        Command::Pki(args) => commands::pki::run(args, out),
        Command::Doctor(args) => commands::doctor::run(args, out),
        Command::Explain(args) => commands::explain::run(args, out),
        Command::Bench(args) => commands::bench::run(args, out),
        Command::Schema(args) => commands::schema::run(args, out),
        Command::Completions(args) => commands::completions::run(args),
        Command::Man(args) => commands::man::run(args, out),
    }
}
