//! A report as text for people: one line a group of checks, then the verdict.

use std::collections::BTreeMap;

use antin::trust::{AccessMethod, PasswordKind};
use antin::{Check, CheckId, CheckResult, Report, Verdict};

use crate::i18n::Texts;
use crate::output::{Output, Tone, paint};
use crate::shown::shown;

/// Prints the report.
pub fn print(report: &Report, out: &Output) {
    out.line(headline(report));
    if let Some(holder) = &report.holder {
        out.line("");
        let name = holder
            .full_name
            .clone()
            .unwrap_or_else(|| format!("{} {}", holder.surname, holder.given_names));
        out.line(format!(" {}", paint(Tone::Strong, &shown(name.trim()))));
        let number = holder.personal_number.as_ref().unwrap_or(&holder.document_number);
        let line = format!(
            "{number}   {}   {}   {}",
            holder.birth, holder.sex, holder.nationality
        );
        out.line(format!(" {}", shown(&line)));
    }
    out.line("");
    for row in rows(report, &out.texts, |_| true) {
        out.line(row);
    }
    out.line("");
    verdict(report, out);
}

/// How the chip was opened, in one line.
pub fn headline(report: &Report) -> String {
    let access = &report.access;
    let method = match access.method {
        AccessMethod::None => "files".to_owned(),
        AccessMethod::Open => "plain".to_owned(),
        AccessMethod::Bac => "BAC".to_owned(),
        AccessMethod::Pace => format!("PACE-{}", access.mapping.as_deref().unwrap_or("?").to_uppercase()),
    };
    let password = match access.password {
        Some(PasswordKind::Can) => " (CAN)",
        Some(PasswordKind::Mrz) => " (MRZ)",
        Some(PasswordKind::Pin) => " (PIN)",
        Some(PasswordKind::Puk) => " (PUK)",
        None => "",
    };
    let mut parts = vec![format!("{method}{password}")];
    parts.extend(access.cipher.clone());
    parts.extend(report.apdus.map(|apdus| format!("{apdus} APDUs")));
    let total: f64 = report.timing.values().sum();
    if total > 0.0 {
        parts.push(format!("{total:.0} ms"));
    }
    parts.push(report.at.to_string());
    shown(&parts.join(" · ")).into_owned()
}

/// The verdict with what it means, and whether the policy accepts it.
pub fn verdict(report: &Report, out: &Output) {
    let code = report.verdict.as_str();
    let (mark, tone) = verdict_mark(report.verdict);
    let word = out.texts.text(&format!("verdict-{code}"));
    out.line(format!(" {}", paint(tone, &format!("{mark} {word}"))));
    out.line(format!("   {}", out.texts.text(&format!("verdict-{code}-about"))));
    let key = if report.accepted {
        "accepted"
    } else {
        "not-accepted"
    };
    out.line(format!(
        "   {}",
        out.texts.with(key, &[("policy", report.policy.as_str())])
    ));
    if let Some(because) = because(report, &out.texts) {
        out.line(format!("   {because}"));
    }
    if report.access.downgrade && !report.accepted {
        out.line(format!("   {}", out.texts.text("refused-downgrade")));
    }
}

/// Why the policy refuses a document whose data are genuine: the findings, as policies name them.
pub fn because(report: &Report, texts: &Texts) -> Option<String> {
    let findings: Vec<&str> = report.refused_by.iter().map(|it| it.as_str()).collect();
    (!findings.is_empty()).then(|| texts.with("because", &[("findings", &findings.join(", "))]))
}

/// Mark and tone of a verdict.
pub fn verdict_mark(verdict: Verdict) -> (&'static str, Tone) {
    match verdict {
        Verdict::Authentic => ("✓", Tone::Good),
        Verdict::Failed => ("✗", Tone::Bad),
        Verdict::UnknownIssuer | Verdict::Inconclusive | Verdict::ChipUnproven => ("?", Tone::Doubt),
    }
}

/// Whether a success is only an agreement: under an unknown issuer nothing that rests on him is green.
pub fn only_agrees(check: &Check, verdict: Verdict) -> bool {
    verdict == Verdict::UnknownIssuer
        && check.result == CheckResult::Successful
        && check.id.rests_on_the_issuer()
}

/// The rows that tell the story, for the demo: the proofs and nothing that could not be decided.
pub fn highlights(report: &Report, texts: &Texts) -> Vec<String> {
    const TOLD: [CheckId; 8] = [
        CheckId::Access,
        CheckId::DgHash,
        CheckId::SodSignature,
        CheckId::Chain,
        CheckId::CscaTrust,
        CheckId::ChipAuthentication,
        CheckId::ActiveAuthentication,
        CheckId::Dg1Dg13,
    ];
    let told = |check: &Check| TOLD.contains(&check.id) && check.result != CheckResult::Undetermined;
    rows(report, texts, told)
        .into_iter()
        .map(|row| cut(&row))
        .collect()
}

/// A row that fits a terminal of 80 columns beside its indent; escape sequences take no column.
fn cut(row: &str) -> String {
    let mut columns = 0;
    let mut escape = false;
    let mut short = String::new();
    for letter in row.chars() {
        escape = escape || letter == '\u{1b}';
        if !escape {
            columns += 1;
        }
        if columns > 76 {
            return short + "…";
        }
        short.push(letter);
        escape = escape && letter != 'm';
    }
    short
}

/// Rows with the same check, result and reason share a line; their subjects are listed.
fn rows(report: &Report, texts: &Texts, wanted: impl Fn(&Check) -> bool) -> Vec<String> {
    let mut groups: BTreeMap<usize, Vec<&Check>> = BTreeMap::new();
    for check in report.checks.iter().filter(|check| wanted(check)) {
        let place = groups
            .values()
            .position(|group| group.first().is_some_and(|first| alike(first, check)));
        let place = place.unwrap_or(groups.len());
        groups.entry(place).or_default().push(check);
    }
    groups
        .values()
        .filter_map(|group| row(group, report.verdict, texts))
        .collect()
}

fn alike(one: &Check, other: &Check) -> bool {
    one.id == other.id
        && one.result == other.result
        && one.reason == other.reason
        && one.remark == other.remark
}

fn row(group: &[&Check], verdict: Verdict, texts: &Texts) -> Option<String> {
    let check = *group.first()?;
    let (mark, tone, key) = match check.result {
        CheckResult::Successful if only_agrees(check, verdict) => ("~", Tone::Dim, "agrees"),
        CheckResult::Successful => ("✓", Tone::Good, "successful"),
        CheckResult::Failed => ("✗", Tone::Bad, "failed"),
        CheckResult::Undetermined => ("?", Tone::Doubt, "undetermined"),
        CheckResult::NotSupported => ("·", Tone::Dim, "not-supported"),
        CheckResult::Aborted => ("…", Tone::Doubt, "aborted"),
    };
    let subjects: Vec<&str> = group
        .iter()
        .filter_map(|check| check.subject.as_deref())
        .collect();
    let mut details = vec![texts.text(&format!("result-{key}"))];
    if !subjects.is_empty() {
        details.push(subjects.join(" "));
    }
    details.extend(
        check
            .reason
            .map(|reason| texts.text(&format!("reason-{}-about", reason.as_str()))),
    );
    if let [only] = group {
        details.extend(only.evidence.clone());
    }
    details.extend(check.remark.clone());
    let name = texts.text(&format!("check-{}", check.id.as_str()));
    let pad = 26usize.saturating_sub(name.chars().count());
    Some(format!(
        " {} {name}{:pad$} {}",
        paint(tone, mark),
        "",
        shown(&details.join(" · "))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use antin::Reason;

    #[test]
    fn every_check_result_reason_and_verdict_has_texts_in_both_languages() {
        for lang in [Lang::En, Lang::Vi] {
            let texts = Texts::new(lang);
            let mut keys: Vec<String> = Reason::ALL
                .iter()
                .map(|it| format!("reason-{}-about", it.as_str()))
                .collect();
            for check in CheckId::ALL {
                keys.extend([
                    format!("check-{}", check.as_str()),
                    format!("check-{}-about", check.as_str()),
                ]);
            }
            for verdict in Verdict::ALL {
                keys.extend([
                    format!("verdict-{}", verdict.as_str()),
                    format!("verdict-{}-about", verdict.as_str()),
                ]);
            }
            keys.extend(
                CheckResult::ALL
                    .iter()
                    .map(|it| format!("result-{}", it.as_str())),
            );
            let missing: Vec<String> = keys
                .into_iter()
                .filter(|key| texts.find(key, &[]).is_none())
                .collect();
            assert!(missing.is_empty(), "{lang:?} lacks {missing:?}");
        }
    }
}
