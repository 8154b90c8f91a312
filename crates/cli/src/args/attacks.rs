//! What `antin attacks` takes.

use clap::{Args, Subcommand};

/// Actions on the catalogue of attacks.
#[derive(Debug, Subcommand)]
pub enum AttacksCommand {
    /// Try the attacks out and print the table of answers
    Run(AttacksRunArgs),
    /// List the attacks
    List,
    /// Show an attack: what must be answered, and what the attacker made
    Show {
        /// The id of the attack, as the catalogue has it.
        id: String,
    },
}

/// Arguments of `attacks run`.
#[derive(Debug, Args)]
pub struct AttacksRunArgs {
    /// Only the attack of this id; may be given again.
    #[arg(long, value_name = "ID")]
    pub case: Vec<String>,
    /// Only the attacks of this layer: pki, sod, chip, access, sm, parse, semantics, issuance.
    #[arg(long, value_name = "LAYER")]
    pub layer: Option<String>,
}
