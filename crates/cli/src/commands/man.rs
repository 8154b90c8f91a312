//! `antin man [DIR]`: manual pages made from the same definitions as `--help`.

use clap::CommandFactory;

use super::Outcome;
use crate::args::{Cli, ManArgs};
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;

/// Writes one page a command into a folder, or prints the main page.
pub fn run(args: &ManArgs, out: &Output) -> Outcome {
    match &args.dir {
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut page)
                .map_err(|error| Failure::new(Id::X001).fact("detail", error))?;
            let _ = std::io::Write::write_all(&mut std::io::stdout(), &page);
        }
        Some(dir) => {
            std::fs::create_dir_all(dir)
                .and_then(|()| clap_mangen::generate_to(Cli::command(), dir))
                .map_err(|error| {
                    Failure::new(Id::X002)
                        .fact("file", dir.display())
                        .fact("detail", error)
                })?;
            out.note(format!("man -l {}", dir.join("antin.1").display()));
        }
    }
    Ok(Exit::Done as u8)
}
