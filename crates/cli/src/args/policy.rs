//! Whoever decides what is accepted.

use std::path::PathBuf;

use clap::Subcommand;

/// Actions on policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// List the built-in policies
    List,
    /// Show a policy
    Show {
        /// A built-in policy's name, or a policy file.
        #[arg(value_name = "NAME|FILE")]
        policy: String,
    },
    /// Check a policy file; a fault is named with its line
    Check {
        /// The policy file.
        #[arg(value_name = "FILE")]
        policy_file: PathBuf,
    },
}
