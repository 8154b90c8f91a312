//! `antin trust bundle make`, `verify`, `apply`.

use std::path::{Path, PathBuf};

use antin::authority::{
    Entry, NewFile, OpenedKey, Settings, Spelling, State, entries_in, next_in, write_new,
};
use antin::crypto::Curve;
use antin::store::trust::{
    Applied, ApplyOptions, BundleRoot, BundleState, BundleView, CardList, Contents, Kind, LeftBehind,
    MissingCards, PartView, apply_bundle, bundle_of, inspect_bundle, load_bundle, load_bundle_root,
    load_card_list,
};
use antin::trust::Freshness;
use antin::trust::bundle::{Bundle, part};
use antin::trust::pki::{ContentSigner, profile};
use antin::trust::store::RevokedCards;
use antin::{Certificate, SystemRng, UnixTime};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::Outcome;
use super::super::authority::{
    Typed, Wanted, open_key, password, period, signing_failure, unusable, years_later,
};
use super::{folder, load, operator};
use crate::args::{BundleApplyArgs, BundleCommand, BundleMakeArgs, StoreArgs};
use crate::failure::{Exit, Failure, Id};
use crate::output::{Output, Tone, paint};
use crate::shown::shown;

/// A bundle that was made: `antin.trust-bundle-make/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MadeBundle {
    schema: &'static str,
    /// The bundle.
    #[serde(flatten)]
    bundle: BundleView,
    /// The file.
    path: String,
    /// Whether its signer was made for it.
    new_signer: bool,
    /// The certificate that stations get to check bundles with.
    root: String,
    /// What of the store is not in it.
    #[serde(flatten)]
    left: LeftBehind,
    /// What was on the list of revoked cards.
    revoked_cards: Option<Cards>,
}

/// A list of revoked cards.
#[derive(Debug, Serialize, JsonSchema)]
struct Cards {
    /// How many cards it names.
    cards: usize,
    /// How many of them by their numbers.
    by_number: usize,
    /// How many of those under one signer, and under no other.
    by_signer: usize,
    /// How many of them by EF.SOD.
    by_sod: usize,
    /// How many keys they became.
    keys: usize,
    /// How many keys of the previous bundle are not there any more: those cards are good again.
    gone: usize,
}

impl MadeBundle {
    /// The name of its JSON form.
    pub const SCHEMA: &'static str = "antin.trust-bundle-make/1";
}

/// A bundle whose signature holds: `antin.trust-bundle-verify/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SeenBundle {
    schema: &'static str,
    /// The bundle.
    #[serde(flatten)]
    bundle: BundleView,
}

impl SeenBundle {
    /// The name of its JSON form.
    pub const SCHEMA: &'static str = "antin.trust-bundle-verify/1";
}

/// A bundle in the store: `antin.trust-bundle-apply/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AppliedBundle {
    schema: &'static str,
    /// The folder of the store.
    store: String,
    /// What became of it.
    #[serde(flatten)]
    applied: Applied,
}

impl AppliedBundle {
    /// The name of its JSON form.
    pub const SCHEMA: &'static str = "antin.trust-bundle-apply/1";
}

pub fn run(command: &BundleCommand, out: &Output) -> Outcome {
    match command {
        BundleCommand::Make(args) => make(args, out),
        BundleCommand::Verify {
            trust_bundle,
            bundle_root,
            store,
        } => verify(trust_bundle, bundle_root, store, out),
        BundleCommand::Apply(args) => apply(args, out),
    }
}

fn roots(paths: &[PathBuf]) -> Result<Vec<Certificate>, Failure> {
    Ok(paths
        .iter()
        .map(|path| load_bundle_root(path))
        .collect::<Result<_, _>>()?)
}

fn verify(file: &Path, root: &[PathBuf], store: &StoreArgs, out: &Output) -> Outcome {
    let roots = roots(root)?;
    let folder = match roots.is_empty() {
        true => Some(folder(store)?),
        false => None,
    };
    let bundle = inspect_bundle(file, &roots, folder.as_ref(), antin::now())?;
    print(&bundle, out);
    if !out.is_text() {
        out.object(&SeenBundle {
            schema: SeenBundle::SCHEMA,
            bundle,
        });
    }
    Ok(Exit::Done as u8)
}

fn apply(args: &BundleApplyArgs, out: &Output) -> Outcome {
    let store = folder(&args.store)?;
    let options = ApplyOptions {
        by: operator(&args.who)?,
        at: antin::now(),
        roots: roots(&args.bundle_root)?,
        root: match args.allow_other_issuer {
            true => BundleRoot::Replaced,
            false => BundleRoot::Followed,
        },
        missing_cards: match args.allow_fewer_revoked_cards {
            true => MissingCards::Take,
            false => MissingCards::Refuse,
        },
    };
    let applied = apply_bundle(&store, &args.trust_bundle, &options)?;
    print(&applied.bundle, out);
    let serial = applied.bundle.serial.to_string();
    let previous = applied.previous.map(|serial| serial.to_string());
    let numbers = [
        ("serial", serial),
        ("previous", previous.clone().unwrap_or_default()),
        ("added", applied.added.to_string()),
        ("removed", applied.removed.to_string()),
        ("gone", applied.revoked_cards_gone.to_string()),
    ];
    let numbers: Vec<(&str, &str)> = numbers
        .iter()
        .map(|(name, number)| (*name, number.as_str()))
        .collect();
    let text = match (applied.known, &previous) {
        (true, _) => "bundle-known",
        (false, None) => "bundle-first",
        (false, Some(_)) => "bundle-replaced",
    };
    out.line(paint(Tone::Strong, &out.texts.with(text, &numbers)));
    if applied.revoked_cards_gone > 0 {
        let words = out.texts.with("bundle-cards-gone", &numbers);
        out.line(format!("  {} {words}", paint(Tone::Doubt, "[!]")));
    }
    for note in &applied.notes {
        let note = shown(note);
        out.line(format!(
            "  {} {}",
            paint(Tone::Doubt, "[!]"),
            out.texts.with("bundle-passed-over", &[("what", &note)])
        ));
    }
    let place = store.path().display().to_string();
    let generation = applied.generation.to_string();
    out.note(out.texts.with(
        "trust-store-at",
        &[("store", &place), ("generation", &generation)],
    ));
    if !out.is_text() {
        out.object(&AppliedBundle {
            schema: AppliedBundle::SCHEMA,
            store: place,
            applied,
        });
    }
    Ok(Exit::Done as u8)
}

fn print(bundle: &BundleView, out: &Output) {
    let texts = &out.texts;
    let serial = bundle.serial.to_string();
    let file = shown(&bundle.file).into_owned();
    let mut head = texts.with("bundle-head", &[("file", &file), ("serial", &serial)]);
    if let Some(base) = bundle.base {
        let base = base.to_string();
        head += &format!(", {}", texts.with("bundle-changes", &[("base", &base)]));
    }
    out.line(paint(Tone::Strong, &head));
    let signer = shown(&bundle.signer.subject).into_owned();
    let sha256 = bundle.signer.sha256.to_string();
    out.line(format!(
        "  {}",
        texts.with("bundle-signer", &[("signer", &signer), ("sha256", &sha256)])
    ));
    let moments = [
        ("created", bundle.created.to_string()),
        ("soft", bundle.soft_refresh.to_string()),
        ("hard", bundle.hard_expiry.to_string()),
    ];
    let moments: Vec<(&str, &str)> = moments.iter().map(|(name, at)| (*name, at.as_str())).collect();
    out.line(format!("  {}", texts.with("bundle-limits", &moments)));
    out.line(format!("  {}", age(bundle.age, bundle.days, out)));
    for part in &bundle.parts {
        out.line(format!("  {}", part_line(part, out)));
    }
}

fn part_line(part: &PartView, out: &Output) -> String {
    let known = [
        part::CSCA,
        part::LINKS,
        part::SIGNERS,
        part::CRLS,
        part::TEST,
        part::DEVIATIONS,
        part::DEFECTS,
        part::DISTRUST,
        part::CARDS,
    ];
    let meaning = match known.contains(&part.name.as_str()) {
        true => out.texts.text(&format!("bundle-part-{}", part.name)),
        false => out.texts.text("bundle-part-unknown"),
    };
    let members = match (part.carried, part.members) {
        (false, _) => out.texts.text("bundle-as-before"),
        (true, Some(members)) => members.to_string(),
        (true, None) => "?".to_owned(),
    };
    format!("{:<18} {members:>8}  {meaning}", part.name)
}

/// How old trust facts are, in words.
fn age(age: &str, days: i64, out: &Output) -> String {
    let (sign, tone) = match age {
        "fresh" | "aging" => ("[ok]", Tone::Good),
        _ => ("[!]", Tone::Doubt),
    };
    let days = days.to_string();
    let words = out.texts.with(&format!("bundle-age-{age}"), &[("days", &days)]);
    format!("{} {words}", paint(tone, sign))
}

/// The bundle that a store follows, in two lines.
pub fn print_state(state: &BundleState, out: &Output) {
    let facts = [
        ("serial", state.serial.to_string()),
        (
            "signer",
            state
                .signer
                .as_deref()
                .map(shown)
                .unwrap_or_default()
                .into_owned(),
        ),
        ("at", state.applied.to_string()),
        ("by", shown(&state.by).into_owned()),
        (
            "cards",
            state
                .revoked_cards
                .map_or_else(|| "-".to_owned(), |cards| cards.to_string()),
        ),
    ];
    let facts: Vec<(&str, &str)> = facts.iter().map(|(name, fact)| (*name, fact.as_str())).collect();
    out.line(out.texts.with("bundle-followed", &facts));
    out.line(format!("  {}", age(state.age, state.days, out)));
}

fn make(args: &BundleMakeArgs, out: &Output) -> Outcome {
    let at = antin::now();
    if args.bundle_previous.is_none() && args.bundle_serial.is_none() {
        return Err(Failure::new(Id::U119)
            .fact("option", "--previous BUNDLE")
            .said("detail", "bundle-needs-previous"));
    }
    if args.bundle_out.exists() {
        return Err(Failure::new(Id::U104).fact("file", args.bundle_out.display()));
    }
    let (_, contents) = load(&args.store)?;
    fresh_enough(&contents, at)?;
    let entries = entries_in(&args.bundle_signer)?;
    let previous = previous(args, &entries, at)?;
    let serial = serial(args, previous.as_ref())?;
    let cards = revoked_cards(args, &contents, previous.as_ref())?;
    let freshness = Freshness {
        serial,
        created: at,
        soft_refresh: at.plus_days(i64::from(args.soft_days)),
        hard_expiry: at.plus_days(i64::from(args.hard_days)),
    };
    if !freshness.is_ordered() {
        return Err(Failure::new(Id::U103)
            .fact("option", "--hard-days")
            .fact("value", args.hard_days)
            .said("detail", "bundle-soft-after-hard"));
    }
    let filter = cards.as_ref().map(|cards| cards.filter.clone());
    let maker = bundle_of(&contents, freshness, filter)?;
    let signer = Signer::of(args, entries, at, out)?;
    let content_signer = ContentSigner {
        signer: signer.key.signer(),
        certificate: &signer.certificate,
        others: &[],
    };
    let signed = match previous.as_ref().filter(|_| args.bundle_delta) {
        Some(base) => maker.sign_delta(base, &content_signer, at),
        None => maker.sign(&content_signer, at),
    };
    let bytes = signed.map_err(|error| signing_failure(&signer.key, error))?;
    // As a station reads it.
    let pinned = core::slice::from_ref(&signer.certificate);
    let bundle = Bundle::verify(&bytes, pinned, at, &antin::crypto::PureRust)
        .map_err(|fault| Failure::new(Id::S614).fact("detail", fault))?;
    let name = args.bundle_out.file_name().unwrap_or_default().to_string_lossy();
    let view = BundleView::of(&name, &bytes, &bundle, &signer.certificate, at);
    let mut files = signer.files;
    files.push(NewFile::shared(args.bundle_out.clone(), bytes));
    write_new(&files)?;
    print(&view, out);
    let completed = match (&previous, bundle.base()) {
        (Some(base), Some(_)) => Some(bundle.clone().complete(base).map_err(antin::Error::Signing)?),
        _ => None,
    };
    let left = LeftBehind::of(&contents, completed.as_ref().unwrap_or(&bundle))?;
    print_left(&left, out);
    let gone = gone(previous.as_ref(), &bundle);
    if let Some(cards) = &cards {
        let numbers = [
            ("cards", cards.cards.to_string()),
            ("country", (cards.by_number - cards.by_signer).to_string()),
            ("signer", cards.by_signer.to_string()),
            ("sod", (cards.cards - cards.by_number).to_string()),
            ("gone", gone.to_string()),
        ];
        let numbers: Vec<(&str, &str)> = numbers
            .iter()
            .map(|(name, number)| (*name, number.as_str()))
            .collect();
        out.line(format!("  {}", out.texts.with("bundle-cards", &numbers)));
        if gone > 0 {
            let words = out.texts.with("bundle-cards-gone", &numbers);
            out.line(format!("  {} {words}", paint(Tone::Doubt, "[!]")));
        }
    }
    let root = signer.root.display().to_string();
    out.note(out.texts.with(
        "bundle-made",
        &[("file", &args.bundle_out.display().to_string()), ("root", &root)],
    ));
    if !out.is_text() {
        out.object(&MadeBundle {
            schema: MadeBundle::SCHEMA,
            bundle: view,
            path: args.bundle_out.display().to_string(),
            new_signer: signer.is_new,
            root,
            left,
            revoked_cards: cards.as_ref().map(|cards| Cards {
                cards: cards.cards,
                by_number: cards.by_number,
                by_signer: cards.by_signer,
                by_sod: cards.by_sod,
                keys: cards.filter.len().unwrap_or_default(),
                gone,
            }),
        });
    }
    Ok(Exit::Done as u8)
}

fn print_left(left: &LeftBehind, out: &Output) {
    if left.left_behind == 0 {
        return;
    }
    let kinds: Vec<String> = left
        .left_behind_kinds
        .iter()
        .map(|(kind, number)| format!("{} {number}", out.texts.text(&format!("trust-kind-{kind}"))))
        .collect();
    let facts = [
        ("left", left.left_behind.to_string()),
        ("all", left.store_entries.to_string()),
        ("kinds", kinds.join(", ")),
    ];
    let facts: Vec<(&str, &str)> = facts.iter().map(|(name, fact)| (*name, fact.as_str())).collect();
    out.line(format!("  {}", out.texts.with("bundle-left-behind", &facts)));
}

/// How many cards of the bundle before are good again.
fn gone(previous: Option<&Bundle>, bundle: &Bundle) -> usize {
    let filter = |bundle: &Bundle| RevokedCards::parse(bundle.part(part::CARDS)?).ok();
    let Some(before) = previous.and_then(filter) else {
        return 0;
    };
    match (before.cards(), filter(bundle)) {
        (Some(cards), Some(now)) => cards.filter(|card| now.contains(card) == Some(false)).count(),
        // Left out because nothing changed, or of a kind that is not known here.
        _ => 0,
    }
}

/// What is made of a stale store would be stale, and look fresh.
fn fresh_enough(contents: &Contents, at: UnixTime) -> Result<(), Failure> {
    match contents.bundle_state(at) {
        Some(state) if !matches!(state.age, "fresh" | "aging") => Err(Failure::new(Id::U119)
            .fact("stored", state.serial)
            .said("detail", "bundle-store-stale")),
        _ => Ok(()),
    }
}

/// The bundle before, as whoever signs these bundles signed it, perhaps with an older key.
fn previous(args: &BundleMakeArgs, entries: &[Entry], at: UnixTime) -> Result<Option<Bundle>, Failure> {
    let Some(path) = &args.bundle_previous else {
        return Ok(None);
    };
    let mut refused = None;
    for Entry { certificate, .. } in entries.iter().rev() {
        // What a signer signed in its time does not become worse when that is over.
        let then = at.min(certificate.not_after());
        match load_bundle(path, core::slice::from_ref(certificate), then) {
            Ok(bundle) => return Ok(Some(bundle)),
            Err(why) => refused = Some(why),
        }
    }
    Err(match refused {
        Some(why) => why.into(),
        None => no_signer(args),
    })
}

fn no_signer(args: &BundleMakeArgs) -> Failure {
    Failure::new(Id::U103)
        .fact("option", "--signer")
        .fact("value", args.bundle_signer.display())
        .said("detail", "bundle-no-signer")
}

/// The serial number only grows.
fn serial(args: &BundleMakeArgs, previous: Option<&Bundle>) -> Result<u64, Failure> {
    let before = previous.map(|previous| previous.freshness().serial);
    let next = before.and_then(|before| before.checked_add(1));
    match (args.bundle_serial.or(next), before) {
        (Some(serial), None) => Ok(serial),
        (Some(serial), Some(before)) if serial > before => Ok(serial),
        (serial, before) => Err(Failure::new(Id::U119)
            .fact("stored", before.unwrap_or_default())
            .fact("offered", serial.unwrap_or_default())
            .said("detail", "bundle-serial-grows")),
    }
}

/// The cards of the list; a bundle that forgot those of the bundle before would make lost cards good again.
fn revoked_cards(
    args: &BundleMakeArgs,
    contents: &Contents,
    previous: Option<&Bundle>,
) -> Result<Option<CardList>, Failure> {
    let Some(path) = &args.revoked_cards else {
        let named_before =
            previous.is_some_and(|previous| previous.parts().iter().any(|one| one.name() == part::CARDS));
        return match named_before && contents.cards.is_none() {
            true => Err(Failure::new(Id::U119)
                .fact("option", "--revoked-cards")
                .said("detail", "bundle-forgets-cards")),
            false => Ok(None),
        };
    };
    let mut signers: Vec<Certificate> = contents
        .of_kind(Kind::DocumentSigner)
        .filter_map(|(_, entry)| Certificate::parse(&entry.der).ok())
        .collect();
    for path in &args.card_signer {
        signers.push(load_bundle_root(path)?);
    }
    Ok(Some(load_card_list(path, &signers)?))
}

/// Whoever signs bundles: there, or made now.
struct Signer {
    certificate: Certificate,
    key: OpenedKey,
    /// Where its certificate lies.
    root: PathBuf,
    files: Vec<NewFile>,
    is_new: bool,
}

impl Signer {
    fn of(args: &BundleMakeArgs, entries: Vec<Entry>, at: UnixTime, out: &Output) -> Result<Self, Failure> {
        let file = args.signer_unlock.signer_password_file.as_deref();
        let active = entries
            .into_iter()
            .rfind(|entry| State::of(&entry.certificate, at) == State::Active);
        if let Some(entry) = active {
            let key = open_key(&entry, file, "prompt-signer-password", out)?;
            return Ok(Self {
                root: args.bundle_signer.join(format!("{:02}.pem", entry.number)),
                certificate: entry.certificate,
                key,
                files: Vec::new(),
                is_new: false,
            });
        }
        let Some(country) = &args.bundle_country else {
            return Err(no_signer(args));
        };
        // Stations get the certificate by hand, and any tool may look at it.
        let mut settings = Settings::new(country, "", Vec::new());
        settings.parameters = Spelling::Named;
        let base = next_in(&args.bundle_signer)?;
        let number = base
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let name = args
            .bundle_name
            .clone()
            .unwrap_or_else(|| format!("Trust Bundle Signer {number}"));
        let subject = settings.subject(&name).map_err(unusable)?;
        let end = years_later(at, args.bundle_years);
        let period = period(at, end, end)?;
        let wanted = Wanted::of(&args.key, Curve::P256)?;
        let secret = || password(file, "prompt-new-password", Typed::Twice, out);
        let (key, mut files) = wanted.make(&base, settings.parameters, None, secret, out)?;
        let template = profile::bundle_signer(&subject, period, key.signer().public_key(), &mut SystemRng);
        let certificate = template
            .sign(key.signer())
            .map_err(|error| signing_failure(&key, error))?;
        let root = base.with_extension("pem");
        files.push(NewFile::shared(root.clone(), certificate.to_pem()));
        Ok(Self {
            certificate,
            key,
            root,
            files,
            is_new: true,
        })
    }
}
