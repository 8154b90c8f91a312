//! Which card, what opens it, what to show of it.

use std::path::PathBuf;

use clap::Args;

/// Which card to talk to.
#[derive(Debug, Clone, Args)]
pub struct CardSource {
    /// The reader: part of its name, or its number in `antin readers`.
    #[arg(short, long, env = "ANTIN_READER", value_name = "NAME|NUMBER")]
    pub reader: Option<String>,
    /// A card file instead of a reader: the software chip answers in memory.
    #[arg(long, value_name = "CARD.chip", conflicts_with = "reader")]
    pub card: Option<PathBuf>,
    /// Be a virtual reader on this port instead: a card emulator that speaks the vpcd protocol connects to it.
    #[arg(long, value_name = "PORT", conflicts_with_all = ["reader", "card"])]
    pub vpcd_listen: Option<String>,
    /// How long to wait for a card.
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    pub wait: u64,
    /// How long to wait for a card that slipped to be put back.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    pub wait_return: u64,
    /// Neither use nor keep what is remembered about how this kind of card wants to be read.
    #[arg(long)]
    pub no_cache: bool,
}

/// What opens the card. Never a value: a command line is visible to every user of the machine.
#[derive(Debug, Clone, Args)]
pub struct KeySource {
    /// A file that holds the card access number (6 digits); `-` reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "mrz_file")]
    pub can_file: Option<PathBuf>,
    /// A file that holds the machine readable zone; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub mrz_file: Option<PathBuf>,
    /// A file that holds the holder's own number; `-` reads standard input. With --can-file beside it, the last try
    /// of a suspended PIN is allowed.
    #[arg(long, value_name = "FILE", conflicts_with = "mrz_file")]
    pub pin_file: Option<PathBuf>,
    /// A file that holds the number that unblocks the PIN; `-` reads standard input. With --pin-file beside it, a
    /// suspended or blocked PIN gets its tries back, then the PIN opens the card; alone it opens few files, or none.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["can_file", "mrz_file"])]
    pub puk_file: Option<PathBuf>,
    /// Ask for the holder's own number at a hidden prompt. With --can-file beside it, the last try of a suspended PIN is
    /// allowed.
    #[arg(long, conflicts_with_all = ["mrz_file", "pin_file"])]
    pub ask_pin: bool,
    /// Ask for the number that unblocks the PIN at a hidden prompt, beside a PIN or alone as with --puk-file.
    #[arg(long, conflicts_with_all = ["can_file", "mrz_file", "puk_file"])]
    pub ask_puk: bool,
    /// Refused: see --can-file.
    #[arg(long, hide = true, value_name = "VALUE", num_args = 0..=1, default_missing_value = "")]
    pub can: Option<String>,
    /// Refused: see --mrz-file.
    #[arg(long, hide = true, value_name = "VALUE", num_args = 0..=1, default_missing_value = "")]
    pub mrz: Option<String>,
    /// Refused: see --pin-file.
    #[arg(long, hide = true, value_name = "VALUE", num_args = 0..=1, default_missing_value = "")]
    pub pin: Option<String>,
    /// Refused: see --puk-file.
    #[arg(long, hide = true, value_name = "VALUE", num_args = 0..=1, default_missing_value = "")]
    pub puk: Option<String>,
    /// Allow BAC when the chip announces PACE but PACE fails (the report says `downgrade`).
    #[arg(long)]
    pub allow_bac_fallback: bool,
}

/// What opens a blank to personalization. Keys are never given as values.
#[derive(Debug, Clone, Args)]
pub struct DoorArgs {
    /// The blank's SCP03 keys: a file `antin.scp03-keys/1` that only its owner may read, or the keys NAME-enc and
    /// NAME-mac in a token: pkcs11:token=LABEL;object=NAME?module-path=DRIVER&pin-source=file:FILE.
    #[arg(long, value_name = "FILE|URI")]
    pub perso_keys: Option<PathBuf>,
    /// Use the test keys that everybody knows (40 41 .. 4F) where no others are given: never for real cards.
    #[arg(long)]
    pub allow_test_keys: bool,
    /// Make or write a blank without a secure channel, which everybody can write.
    #[arg(long, conflicts_with_all = ["perso_keys", "allow_test_keys"])]
    pub development_blank: bool,
}

/// What to show of the conversation with the card.
#[derive(Debug, Clone, Copy, Args)]
pub struct TraceArgs {
    /// Show header, lengths and status word of every exchange on standard error.
    #[arg(long)]
    pub trace: bool,
    /// Show every byte too: personal data, and while issuing the card's private keys.
    #[arg(long)]
    pub trace_secrets: bool,
}
