//! `antin explain WHAT`: cause and remedy of an error id; what a check, a result or a verdict means.

use serde_json::json;

use super::Outcome;
use crate::args::ExplainArgs;
use crate::failure::{Exit, Failure, Id};
use crate::output::{Output, Tone, paint};

/// Explains one word, or lists the error ids.
pub fn run(args: &ExplainArgs, out: &Output) -> Outcome {
    match &args.what {
        None => list(out),
        Some(what) => explain(what, out)?,
    }
    Ok(Exit::Done as u8)
}

fn list(out: &Output) {
    let title = |id: &Id| out.texts.text(&format!("{}-title", id.code()));
    for id in Id::ALL {
        out.line(format!("{}  {:>3}  {}", id.code(), id.exit() as u8, title(id)));
    }
    if !out.is_text() {
        let errors: Vec<_> = Id::ALL
            .iter()
            .map(|id| json!({"id": id.code(), "exit": id.exit() as u8, "title": title(id)}))
            .collect();
        out.object(&json!({"schema": "antin.explain/1", "errors": errors}));
    }
}

fn explain(what: &str, out: &Output) -> Result<(), Failure> {
    let code = what.to_ascii_uppercase();
    if let Some(id) = Id::ALL.iter().find(|id| id.code() == code) {
        explain_error(*id, out);
        return Ok(());
    }
    let word = what.to_ascii_lowercase();
    let found = ["check", "verdict", "reason"].iter().find_map(|kind| {
        let about = out.texts.find(&format!("{kind}-{word}-about"), &[])?;
        Some((
            *kind,
            out.texts
                .find(&format!("{kind}-{word}"), &[])
                .unwrap_or_else(|| word.clone()),
            about,
        ))
    });
    let (kind, title, about) = found.ok_or_else(|| {
        Failure::new(Id::U103)
            .fact("value", what)
            .fact("detail", out.texts.text("explain-unknown"))
    })?;
    let heading = paint(Tone::Strong, &title);
    out.line(if title == word {
        heading
    } else {
        format!("{heading} ({word})")
    });
    out.line(format!("  {about}"));
    if !out.is_text() {
        out.object(
            &json!({"schema": "antin.explain/1", "kind": kind, "id": word, "title": title, "about": about}),
        );
    }
    Ok(())
}

fn explain_error(id: Id, out: &Output) {
    let part = |name: &str| out.texts.text(&format!("{}-{name}", id.code()));
    let exit = id.exit() as u8;
    out.line(format!("{}  {}", paint(Tone::Strong, id.code()), part("title")));
    out.line(format!(
        "  {}: {}",
        out.texts.text("explain-cause"),
        part("cause")
    ));
    out.line(format!(
        "  {}: {}",
        out.texts.text("explain-remedy"),
        part("remedy")
    ));
    out.line(format!("  {}: {exit}", out.texts.text("explain-exit")));
    if !out.is_text() {
        out.object(&json!({
            "schema": "antin.explain/1", "kind": "error", "id": id.code(), "exit": exit,
            "title": part("title"), "cause": part("cause"), "remedy": part("remedy"), "hint": part("hint"),
        }));
    }
}
