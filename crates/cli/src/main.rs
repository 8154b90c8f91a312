//! The command `antin`: issue, emulate and verify chip ID cards.
//!
//! `args` says what may be typed, `commands` has one file a verb, `output` decides where words go, `failure` is the
//! catalogue of errors, `i18n` holds the texts of both languages.

mod args;
mod card;
mod commands;
mod convert;
mod desk;
mod door;
mod failure;
mod help;
mod i18n;
mod interrupt;
mod key;
mod operator;
mod output;
mod progress;
mod report_html;
mod report_text;
mod report_xml;
mod shown;
mod today;

use std::process::ExitCode;

use clap::FromArgMatches;

use args::{Cli, Command};
use failure::{Failure, Id};
use output::Output;

fn main() -> ExitCode {
    let parsed = help::command().try_get_matches();
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return misunderstood(&error),
    };
    let out = Output::new(&cli.global);
    // A prompt has no safe point to stop at: these two start to watch when the secret is typed.
    if !matches!(
        cli.command,
        Command::Verify(_) | Command::Read(_) | Command::Inspect(_)
    ) {
        interrupt::watch();
    }
    match dispatch(&cli.command, &out) {
        Ok(exit) => ExitCode::from(exit),
        Err(failure) => {
            out.failure(&failure);
            ExitCode::from(failure.id.exit() as u8)
        }
    }
}

/// Help, or a command line that cannot be understood; who asked for JSON gets the error as JSON too.
fn misunderstood(error: &clap::Error) -> ExitCode {
    // A closed pipe (`antin --help | head`) is no error of ours.
    let _ = error.print();
    if error.use_stderr() && std::env::args().any(|argument| argument == "--json" || argument == "--jsonl") {
        let text = error.render().to_string();
        let said = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        let failure = Failure::new(Id::U100).fact("detail", said);
        output::json_line(&failure.to_json(&i18n::Texts::new(help::language())));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::Exit::Usage as u8))
}

fn dispatch(command: &Command, out: &Output) -> commands::Outcome {
    match command {
        Command::Demo(args) => commands::demo::run(args, out),
        Command::Verify(args) => commands::verify::run(args, out),
        Command::Read(args) => commands::read::run(args, out),
        Command::Policy(args) => commands::policy::run(args, out),
        Command::Readers => commands::readers::run(out),
        Command::Issue(args) => commands::issue::run(args, out),
        Command::Record(args) => commands::record::run(args, out),
        Command::Profile(args) => commands::profile::run(args, out),
        Command::Emulate(args) => commands::emulate::run(args, out),
        Command::Inspect(args) => commands::inspect::run(args, out),
        Command::Trust(command) => commands::trust::run(command, out),
        Command::Pki(args) => commands::pki::run(args, out),
        Command::Csca(command) => commands::authority::csca(command, out),
        Command::Ds(command) => commands::authority::ds(command, out),
        Command::Crl(command) => commands::authority::crl(command, out),
        Command::Ml(command) => commands::authority::ml(command, out),
        Command::Defects(command) => commands::authority::defects(command, out),
        Command::SealSigner(command) => commands::authority::seal_signer(command, out),
        Command::Cvca(command) => commands::cv::run(commands::cv::Noun::Cvca, command, out),
        Command::Dv(command) => commands::cv::run(commands::cv::Noun::Dv, command, out),
        Command::Is(command) => commands::cv::run(commands::cv::Noun::Is, command, out),
        Command::Doctor(args) => commands::doctor::run(args, out),
        Command::Explain(args) => commands::explain::run(args, out),
        Command::Conformance(args) => commands::conformance::run(args, out),
        Command::Attacks(args) => commands::attacks::run(args, out),
        Command::Bench(args) => commands::bench::run(args, out),
        Command::Schema(args) => commands::schema::run(args, out),
        Command::Completions(args) => commands::completions::run(args),
        Command::Man(args) => commands::man::run(args, out),
    }
}
