//! `antin trust list`, `show`, `why`, `diff`.

use std::path::Path;

use antin::UnixTime;
use antin::store::trust::{
    BundleState, Chain, Comparison, CountryRow, EntryView, Realm, SourceView, compare,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::Outcome;
use super::bundle::print_state;
use super::{day, load, load_authorities, short};
use crate::args::StoreArgs;
use crate::failure::Exit;
use crate::output::{Output, Tone, paint};
use crate::shown::shown;

/// What each country has: `antin.trust-list/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listing {
    schema: &'static str,
    /// The folder of the store.
    store: String,
    /// How often it was changed.
    generation: u64,
    /// How many files came in.
    imports: usize,
    /// When the last one came in.
    last_import: Option<UnixTime>,
    /// How many entries there are.
    entries: usize,
    /// How many certificates are known to be bad.
    distrusted: usize,
    /// The trust bundle that the store follows.
    bundle: Option<BundleState>,
    /// The countries, in the order of their letters.
    countries: Vec<CountryRow>,
}

impl Listing {
    /// The name of its JSON form.
    pub const SCHEMA: &'static str = "antin.trust-list/1";
}

/// Entries in full: `antin.trust-entries/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Entries {
    schema: &'static str,
    /// What was asked for.
    wanted: String,
    /// The entries.
    entries: Vec<EntryView>,
}

impl Entries {
    /// The name of its JSON form.
    pub const SCHEMA: &'static str = "antin.trust-entries/1";
}

/// Why entries are believed: `antin.trust-why/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reasons {
    schema: &'static str,
    /// What was asked for.
    wanted: String,
    /// One chain for each authority.
    chains: Vec<Chain>,
}

impl Reasons {
    /// The name of its JSON form.
    pub const SCHEMA: &'static str = "antin.trust-why/1";
}

/// Two sides compared: `antin.trust-diff/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Compared {
    schema: &'static str,
    /// The first one.
    first: String,
    /// The second one.
    second: String,
    /// What they have.
    #[serde(flatten)]
    comparison: Comparison,
}

impl Compared {
    /// The name of its JSON form.
    pub const SCHEMA: &'static str = "antin.trust-diff/1";
}

pub fn list(args: &StoreArgs, out: &Output) -> Outcome {
    let (folder, contents) = load(args)?;
    let listing = Listing {
        schema: Listing::SCHEMA,
        store: folder.path().display().to_string(),
        generation: contents.generation,
        imports: contents.imports.len(),
        last_import: contents.imports.iter().map(|import| import.at).max(),
        entries: contents.entries.len(),
        distrusted: contents.distrusted.len(),
        bundle: contents.bundle_state(antin::now()),
        countries: contents.countries(antin::now()),
    };
    let head = ["country", "csca", "until", "links", "signers", "crl"]
        .map(|column| out.texts.text(&format!("trust-column-{column}")));
    let [country, csca, until, links, signers, crl] = &head;
    let line = format!("{country:6} {csca:>12} {until:>12} {links:>6} {signers:>8} {crl:>12}");
    out.line(paint(Tone::Strong, &line));
    for row in &listing.countries {
        out.line(country_line(row, out));
    }
    if listing.distrusted > 0 {
        let number = listing.distrusted.to_string();
        out.line(out.texts.with("trust-distrusted-count", &[("number", &number)]));
    }
    if let Some(bundle) = &listing.bundle {
        print_state(bundle, out);
    }
    let generation = listing.generation.to_string();
    out.note(out.texts.with(
        "trust-store-at",
        &[("store", &listing.store), ("generation", &generation)],
    ));
    if !out.is_text() {
        out.object(&listing);
    }
    Ok(Exit::Done as u8)
}

fn country_line(row: &CountryRow, out: &Output) -> String {
    let country = row.country.as_deref().unwrap_or("--");
    let csca = format!("{} ({})", row.csca, row.valid);
    let signers = row.document_signers + row.list_signers;
    let crl = match row.crls {
        0 => "-".to_owned(),
        _ => day(row.crl_until),
    };
    let mut line = format!(
        "{country:6} {csca:>12} {:>12} {:>6} {signers:>8} {crl:>12}",
        day(row.until),
        row.links
    );
    if row.test > 0 {
        line += &format!("  {} TEST", row.test);
    }
    if row.distrusted > 0 {
        line += &format!("  {}", paint(Tone::Bad, &out.texts.text("trust-distrusted")));
    }
    line
}

pub fn show(wanted: &str, args: &StoreArgs, out: &Output) -> Outcome {
    let (_, contents) = load(args)?;
    let found = contents.find(wanted)?;
    let entries: Vec<EntryView> = found.iter().filter_map(|sha256| contents.view(sha256)).collect();
    for entry in &entries {
        print_entry(entry, out);
        for source in &entry.sources {
            out.line(format!("    {}", came(source, out)));
        }
    }
    if !out.is_text() {
        out.object(&Entries {
            schema: Entries::SCHEMA,
            wanted: wanted.to_owned(),
            entries,
        });
    }
    Ok(Exit::Done as u8)
}

fn print_entry(entry: &EntryView, out: &Output) {
    let kind = out.texts.text(&format!("trust-kind-{}", entry.kind.as_str()));
    let country = entry.country.as_deref().unwrap_or("--");
    let mut line = format!(
        "{country}  {kind}  {}",
        paint(Tone::Strong, &shown(&entry.subject))
    );
    if entry.realm == Realm::Test {
        line += &format!("  {}", paint(Tone::Doubt, "TEST"));
    }
    if entry.distrusted {
        line += &format!("  {}", paint(Tone::Bad, &out.texts.text("trust-distrusted")));
    }
    out.line(line);
    out.line(format!("    SHA-256 {}", entry.sha256));
    let valid = out.texts.with(
        "trust-valid",
        &[("from", &day(entry.from)), ("until", &day(entry.until))],
    );
    let revoked = entry.revoked.map(|number| {
        let number = number.to_string();
        format!("; {}", out.texts.with("trust-revoked", &[("number", &number)]))
    });
    out.line(format!("    {valid}{}", revoked.unwrap_or_default()));
}

/// Where an entry comes from, in one line.
fn came(source: &SourceView, out: &Output) -> String {
    let texts = &out.texts;
    let index = source.index.to_string();
    let at = source.at.to_string();
    let facts = [
        ("file", shown(&source.file).into_owned()),
        ("index", index),
        ("at", at),
        ("by", shown(&source.by).into_owned()),
        ("sha256", short(&source.file_sha256)),
    ];
    let facts: Vec<(&str, &str)> = facts
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut line = texts.with("trust-came", &facts);
    let voucher = source.voucher.as_ref().map(short).unwrap_or_default();
    let bundle = source.bundle.map(|serial| serial.to_string()).unwrap_or_default();
    let signer = source.bundle_signer.as_deref().map(shown).unwrap_or_default();
    let vouched = texts.with(
        &format!("trust-vouched-{}", source.vouched_by),
        &[("voucher", &voucher), ("bundle", &bundle), ("signer", &signer)],
    );
    line += &format!("; {vouched}");
    if !source.forced.is_empty() {
        line += &format!("  {}", paint(Tone::Bad, &source.forced.join(" ")));
    }
    line
}

pub fn why(wanted: &str, args: &StoreArgs, out: &Output) -> Outcome {
    let whole_country = wanted.len() == 2;
    let contents = match whole_country {
        true => load_authorities(args)?,
        false => load(args)?.1,
    };
    let found = contents.find(wanted)?;
    let asked = found.iter().filter(|sha256| {
        let kind = contents.entries.get(sha256).map(|entry| entry.kind);
        !whole_country || kind.is_some_and(|kind| EXPLAINED.contains(&kind))
    });
    let chains: Vec<Chain> = asked.filter_map(|sha256| contents.why(sha256)).collect();
    for chain in &chains {
        print_chain(chain, out);
    }
    if !out.is_text() {
        out.object(&Reasons {
            schema: Reasons::SCHEMA,
            wanted: wanted.to_owned(),
            chains,
        });
    }
    Ok(Exit::Done as u8)
}

/// Document signers are many and prove nothing by themselves: they are explained when named.
const EXPLAINED: [antin::store::trust::Kind; 3] = [
    antin::store::trust::Kind::Csca,
    antin::store::trust::Kind::Link,
    antin::store::trust::Kind::Crl,
];

fn print_chain(chain: &Chain, out: &Output) {
    for (number, step) in chain.steps.iter().enumerate() {
        if number > 0 {
            out.line(format!("  {}", out.texts.text("trust-vouched-for-by")));
        }
        print_entry(step, out);
        for source in &step.sources {
            out.line(format!("    {}", came(source, out)));
        }
    }
    let tone = match chain.end {
        "operator" | "bundle" => Tone::Good,
        _ => Tone::Bad,
    };
    let end = out.texts.text(&format!("trust-end-{}", chain.end));
    out.line(format!("  = {}", paint(tone, &end)));
    out.line("");
}

pub fn diff(first: &Path, second: &Path, out: &Output) -> Outcome {
    let comparison = compare(first, second)?;
    for (sign, tone, these) in [
        ("-", Tone::Bad, &comparison.only_first),
        ("+", Tone::Good, &comparison.only_second),
    ] {
        for difference in these {
            let country = difference.country.as_deref().unwrap_or("--");
            let subject = shown(&difference.subject);
            out.line(format!(
                "{} {country}  {}  {subject}",
                paint(tone, sign),
                short(&difference.sha256)
            ));
        }
    }
    let numbers = [
        ("first", comparison.only_first.len().to_string()),
        ("second", comparison.only_second.len().to_string()),
        ("both", comparison.both.to_string()),
    ];
    let numbers: Vec<(&str, &str)> = numbers
        .iter()
        .map(|(name, number)| (*name, number.as_str()))
        .collect();
    out.line(out.texts.with("trust-compared", &numbers));
    if let Some(cards) = &comparison.revoked_cards {
        let numbers = [cards.only_first, cards.only_second, cards.both].map(|number| number.to_string());
        let [first, second, both] = &numbers;
        let numbers = [
            ("first", first.as_str()),
            ("second", second.as_str()),
            ("both", both.as_str()),
        ];
        out.line(out.texts.with("bundle-cards-compared", &numbers));
    }
    if !out.is_text() {
        out.object(&Compared {
            schema: Compared::SCHEMA,
            first: first.display().to_string(),
            second: second.display().to_string(),
            comparison,
        });
    }
    Ok(Exit::Done as u8)
}
