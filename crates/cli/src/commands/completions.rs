//! `antin completions SHELL`: the completion script on standard output.

use clap::CommandFactory;

use super::Outcome;
use crate::args::{Cli, CompletionsArgs};
use crate::failure::Exit;

/// Prints the script.
pub fn run(args: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "antin", &mut script);
    // A closed pipe (`antin completions bash | head`) is no error of ours.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), &script);
    Ok(Exit::Done as u8)
}
