//! `antin doctor`: is this machine ready? Safe to paste into a ticket: no personal data, no secrets.

use antin::transport::lab::Lab;
use antin::transport::pcsc::{Occupancy, Readers};
use antin::trust::store::Age;
use antin::trust::time::DAY;
use antin::{LinkError, store};
use serde_json::json;

use super::Outcome;
use super::verify::one_place;
use crate::args::DoctorArgs;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Tone, paint};

/// How a check of the machine ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Warning,
    Problem,
}

/// One line of the examination.
struct Finding {
    what: &'static str,
    state: State,
    detail: String,
    advice: Option<String>,
}

/// Examines the machine. Problems give exit code 3, warnings none.
pub fn run(args: &DoctorArgs, out: &Output) -> Outcome {
    one_place(args.store.as_deref(), args.trust.as_deref())?;
    let findings = [
        tool(),
        service(out),
        lab(out),
        trust(args, out),
        clock(out),
        terminal(out),
    ];
    for finding in &findings {
        print(finding, out);
    }
    let count = |state| findings.iter().filter(|finding| finding.state == state).count();
    let (problems, warnings) = (count(State::Problem), count(State::Warning));
    let summary = [
        ("problems", problems.to_string()),
        ("warnings", warnings.to_string()),
    ];
    let summary: Vec<(&str, &str)> = summary
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    out.line("");
    out.line(out.texts.with("doctor-summary", &summary));
    if !out.is_text() {
        let rows: Vec<_> = findings
            .iter()
            .map(|it| json!({"what": it.what, "state": word(it.state), "detail": it.detail, "advice": it.advice}))
            .collect();
        out.object(&json!({
            "schema": "antin.doctor/1", "problems": problems, "warnings": warnings, "findings": rows,
        }));
    }
    Ok(if problems > 0 {
        Exit::Environment as u8
    } else {
        Exit::Done as u8
    })
}

fn word(state: State) -> &'static str {
    match state {
        State::Good => "good",
        State::Warning => "warning",
        State::Problem => "problem",
    }
}

fn print(finding: &Finding, out: &Output) {
    let (mark, tone) = match finding.state {
        State::Good => ("[✓]", Tone::Good),
        State::Warning => ("[!]", Tone::Doubt),
        State::Problem => ("[✗]", Tone::Bad),
    };
    let what = out.texts.text(&format!("doctor-{}", finding.what));
    out.line(format!("{} {what:18} {}", paint(tone, mark), finding.detail));
    if let Some(advice) = &finding.advice {
        out.line(format!("      -> {advice}"));
    }
}

fn tool() -> Finding {
    let system = format!("{} {}", std::env::consts::ARCH, std::env::consts::OS);
    let detail = format!("antin {} ({system})", env!("CARGO_PKG_VERSION"));
    Finding {
        what: "tool",
        state: State::Good,
        detail,
        advice: None,
    }
}

/// The service, the permission to use it and its readers: one can only be seen through the other.
fn service(out: &Output) -> Finding {
    let found = Readers::open().and_then(|readers| readers.list());
    let finding = |state, detail: String, advice: Option<&str>| Finding {
        what: "reader",
        state,
        detail,
        advice: advice.map(|key| out.texts.text(key)),
    };
    match found {
        Ok(readers) if readers.is_empty() => finding(
            State::Warning,
            out.texts.text("doctor-no-reader"),
            Some("E102-hint"),
        ),
        Ok(readers) => {
            let cards = readers
                .iter()
                .filter(|reader| matches!(reader.occupancy, Occupancy::Card { .. }))
                .count();
            let names: Vec<&str> = readers.iter().map(|reader| reader.name.as_str()).collect();
            let cards = cards.to_string();
            let cards = out.texts.with("doctor-cards", &[("cards", &cards)]);
            finding(State::Good, format!("{}; {cards}", names.join(", ")), None)
        }
        Err(LinkError::NoService) => finding(
            State::Problem,
            LinkError::NoService.to_string(),
            Some("E101-hint"),
        ),
        Err(LinkError::NotAllowed) => finding(
            State::Problem,
            LinkError::NotAllowed.to_string(),
            Some("E104-hint"),
        ),
        Err(error) => finding(State::Problem, error.to_string(), Some("E101-hint")),
    }
}

fn lab(out: &Output) -> Finding {
    match Lab::availability() {
        Ok(()) => Finding {
            what: "lab",
            state: State::Good,
            detail: "pcscd, vpcd".to_owned(),
            advice: None,
        },
        Err(missing) => Finding {
            what: "lab",
            state: State::Warning,
            detail: missing.to_string(),
            advice: Some(out.texts.text("E106-hint")),
        },
    }
}

/// In words, that what rests on the store's bundle is undetermined, if it is.
fn too_old(trust: &antin::TrustStore, out: &Output) -> Option<String> {
    let (freshness, now) = (trust.freshness()?, antin::now());
    let word = match freshness.age(now) {
        Age::Fresh | Age::Aging { .. } => return None,
        Age::Stale => "stale",
        Age::Expired => "expired",
        Age::Future => "future",
    };
    let days = now.0.saturating_sub(freshness.created.0).max(0) / DAY;
    let days = days.to_string();
    Some(out.texts.with(&format!("bundle-age-{word}"), &[("days", &days)]))
}

/// What `antin verify` would believe with the same options.
fn trust(args: &DoctorArgs, out: &Output) -> Finding {
    let loaded = match (&args.store, &args.trust) {
        (Some(folder), _) => store::load_trust_store(folder),
        (None, Some(folder)) => store::load_trust(folder),
        (None, None) => store::system_trust(),
    };
    if let Some(detail) = loaded.as_ref().ok().and_then(|trust| too_old(trust, out)) {
        return Finding {
            what: "trust",
            state: State::Warning,
            detail,
            advice: Some(out.texts.text("bundle-doctor")),
        };
    }
    match loaded {
        Ok(trust) if trust.is_empty() => Finding {
            what: "trust",
            state: State::Warning,
            detail: out.texts.text("doctor-no-anchor"),
            advice: Some(out.texts.text("doctor-trust-advice")),
        },
        Ok(trust) => {
            let mut countries: Vec<String> = trust
                .anchors()
                .map(|anchor| anchor.certificate())
                .filter_map(|anchor| anchor.subject().country().letters())
                .collect();
            countries.sort();
            countries.dedup();
            let detail = format!("{} CSCA: {}", trust.len(), countries.join(" "));
            Finding {
                what: "trust",
                state: State::Good,
                detail,
                advice: None,
            }
        }
        Err(error) => Finding {
            what: "trust",
            state: State::Problem,
            detail: error.to_string(),
            advice: Some(
                out.texts
                    .text(&format!("{}-hint", Failure::from(error).id.code())),
            ),
        },
    }
}

/// A clock before the program's own year makes every certificate look wrong.
fn clock(out: &Output) -> Finding {
    let now = antin::now();
    let wrong = now.to_parts().0 < 2026;
    Finding {
        what: "clock",
        state: if wrong { State::Problem } else { State::Good },
        detail: now.to_string(),
        advice: wrong.then(|| out.texts.text("doctor-clock-advice")),
    }
}

fn terminal(out: &Output) -> Finding {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_default();
    let utf8 = locale.to_uppercase().replace('-', "").contains("UTF8");
    Finding {
        what: "terminal",
        state: if utf8 { State::Good } else { State::Warning },
        detail: if locale.is_empty() {
            "LANG=?".to_owned()
        } else {
            locale
        },
        advice: (!utf8).then(|| out.texts.text("doctor-locale-advice")),
    }
}
