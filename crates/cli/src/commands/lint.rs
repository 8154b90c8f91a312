//! `antin inspect FILE --lint`: which rules of ICAO 9303-12 a certificate or a signed list breaks. No verdict: genuine ones
//! break some.

use antin::trust::lint::{self, Finding, Lint, Weight};
use schemars::JsonSchema;
use serde::Serialize;

use super::Outcome;
use crate::failure::{Exit, Failure, Id};
use crate::output::{Output, Tone, paint};
use crate::shown::shown;

/// The schema of [`Linted`].
pub const SCHEMA: &str = "antin.lint/1";

/// What is printed as JSON.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Linted {
    /// `antin.lint/1`.
    schema: String,
    /// The size of the file.
    bytes: usize,
    /// Every object of the file, held against its profile.
    objects: Vec<Lint>,
    /// How many rules that say MUST are broken.
    must: usize,
    /// How many rules that say SHOULD are broken.
    should: usize,
}

/// Holds the bytes of a file against the profiles.
pub fn run(bytes: &[u8], file: &std::path::Path, out: &Output) -> Outcome {
    let objects = lint::file(bytes).ok_or_else(|| {
        Failure::new(Id::M403)
            .fact("file", file.display())
            .fact("detail", out.texts.text("lint-no-profile"))
    })?;
    let count = |weight: Weight| {
        let findings = objects.iter().flat_map(|object| &object.findings);
        findings.filter(|finding| finding.weight == weight).count()
    };
    let (must, should) = (count(Weight::Must), count(Weight::Should));
    // In a long list only what is to be said of is shown.
    let few = objects.len() <= FEW;
    for object in objects.iter().filter(|object| few || !object.findings.is_empty()) {
        tell(object, out);
    }
    let clean = objects.iter().filter(|object| object.findings.is_empty()).count();
    out.line(out.texts.with(
        "lint-summary",
        &[
            ("objects", &objects.len().to_string()),
            ("clean", &clean.to_string()),
            ("must", &must.to_string()),
            ("should", &should.to_string()),
        ],
    ));
    out.note(out.texts.text("lint-about"));
    if !out.is_text() {
        out.object(&Linted {
            schema: SCHEMA.to_owned(),
            bytes: bytes.len(),
            objects,
            must,
            should,
        });
    }
    Ok(Exit::Done as u8)
}

/// Files with more objects are lists.
const FEW: usize = 8;

fn tell(object: &Lint, out: &Output) {
    let profile = out.texts.text(&format!("lint-profile-{}", object.profile));
    let member = object.index.map(|index| {
        let text = out.texts.with("lint-member", &[("index", &index.to_string())]);
        format!(" ({text})")
    });
    let name = object.name.as_deref().unwrap_or_default();
    out.line(format!(
        "{}{}  {}",
        paint(Tone::Strong, &profile),
        member.unwrap_or_default(),
        shown(name)
    ));
    if object.findings.is_empty() {
        out.line(format!("  {}", out.texts.text("lint-follows")));
    }
    for finding in &object.findings {
        out.line(format!("  {}", sentence(finding, out)));
    }
}

fn sentence(finding: &Finding, out: &Output) -> String {
    let weight = out.texts.text(match finding.weight {
        Weight::Must => "lint-must",
        Weight::Should => "lint-should",
    });
    let text = out.texts.text(&format!("lint-{}", finding.rule));
    let detail = finding
        .detail
        .as_deref()
        .map(|detail| format!(": {}", shown(detail)));
    format!(
        "{weight:8}  {text}{}  [{}; {}]",
        detail.unwrap_or_default(),
        finding.rule,
        finding.clause
    )
}

#[cfg(test)]
mod tests {
    use antin::trust::lint::{Profile, Rule};

    use crate::i18n::{Lang, Texts};

    #[test]
    fn every_rule_and_every_profile_has_its_text_in_both_languages() {
        for lang in [Lang::En, Lang::Vi] {
            let texts = Texts::new(lang);
            for rule in Rule::ALL {
                let text = texts.find(&format!("lint-{rule}"), &[]);
                assert!(text.is_some(), "{rule}");
                if lang == Lang::En {
                    assert_eq!(text.as_deref(), Some(rule.meaning()), "{rule}");
                }
            }
            for profile in Profile::ALL {
                assert!(
                    texts.find(&format!("lint-profile-{profile}"), &[]).is_some(),
                    "{profile}"
                );
            }
        }
    }
}
