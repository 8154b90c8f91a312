//! Every command of the two READMEs runs as it stands there.
//!
//! In blocks marked ```` ```console ````, each line that begins with `$ antin`, `$ printf`, `$ echo`, `$ cat`, `$ ls`,
//! `$ rm`, `$ cp`, `$ mkdir`, `$ chmod` or `$ openssl` is run by `sh`, in the order of the file and in one folder for each
//! file; a line that ends in `\` goes on in
//! the next. A line `# exit N` after it names the exit code; without one the command must exit 0. Other lines of a block
//! are output, or commands that set the machine up, and are not run. What needs a reader belongs in a block of another
//! mark. A block with `# needs pcscd and vpcd` is run only where these are installed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use std::path::PathBuf;
use std::process::Command;

use antin::transport::lab::Lab;
use common::Place;

/// One command of a README.
#[derive(Debug, PartialEq)]
struct Step {
    line: usize,
    command: String,
    exit: i32,
    needs_lab: bool,
}

const RUN: [&str; 10] = [
    "antin", "printf", "echo", "cat", "ls", "rm", "cp", "mkdir", "chmod", "openssl",
];

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut inside, mut needs_lab, mut going_on) = (false, false, false);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(mark) = line.strip_prefix("```") {
            inside = mark == "console" && !inside;
            (needs_lab, going_on) = (false, false);
            continue;
        }
        if !inside {
            continue;
        }
        if going_on {
            if let Some(step) = steps.last_mut() {
                step.command.push(' ');
                step.command.push_str(line.trim_end_matches('\\').trim());
            }
            going_on = line.ends_with('\\');
        } else if let Some(command) = line.strip_prefix("$ ") {
            if !command
                .split_whitespace()
                .next()
                .is_some_and(|first| RUN.contains(&first))
            {
                continue;
            }
            going_on = command.ends_with('\\');
            let command = command.trim_end_matches('\\').trim().to_owned();
            steps.push(Step {
                line: number + 1,
                command,
                exit: 0,
                needs_lab,
            });
        } else if let Some(exit) = line.strip_prefix("# exit ") {
            let code = exit.split_whitespace().next().and_then(|code| code.parse().ok());
            if let (Some(step), Some(code)) = (steps.last_mut(), code) {
                step.exit = code;
            }
        } else if line == "# needs pcscd and vpcd" {
            needs_lab = true;
        }
    }
    steps
}

fn every_command_runs(name: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("there is no {name} yet");
        return;
    };
    let place = Place::empty();
    let bin = PathBuf::from(common::ANTIN).parent().unwrap().to_owned();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let steps = steps(&text);
    assert!(!steps.is_empty(), "{name} shows no command");
    for step in steps {
        if step.needs_lab
            && let Err(missing) = Lab::availability()
        {
            assert!(
                std::env::var("ANTIN_STRICT").as_deref() != Ok("1"),
                "{name}:{}: {missing}",
                step.line
            );
            println!("SKIPPED: {name}:{}: {missing}", step.line);
            continue;
        }
        let mut shell = Command::new("sh");
        place.settle(shell.args(["-c", &step.command]));
        let ran = common::finish(shell.env("PATH", &path));
        assert_eq!(
            ran.exit, step.exit,
            "{name}:{}: $ {}\n{}{}",
            step.line, step.command, ran.out, ran.err
        );
    }
}

#[test]
fn every_command_of_the_readme_runs() {
    every_command_runs("README.md");
}

#[test]
fn every_command_of_the_vietnamese_readme_runs() {
    every_command_runs("README.vi.md");
}

#[test]
fn commands_are_found_in_console_blocks_only() {
    let text = "```console\n$ ./try\n$ antin verify dump \\\n    --trust t\n# exit 13\noutput\n```\n```sh\n$ antin demo\n```\n\
                ```console\n# needs pcscd and vpcd\n$ antin demo --pcsc\n```\n";
    let step = |line, command: &str, exit, needs_lab| Step {
        line,
        command: command.to_owned(),
        exit,
        needs_lab,
    };
    assert_eq!(
        steps(text),
        [
            step(3, "antin verify dump --trust t", 13, false),
            step(13, "antin demo --pcsc", 0, true)
        ]
    );
}
