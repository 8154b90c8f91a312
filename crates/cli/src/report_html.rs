//! A report as one self-contained page: no script, nothing fetched, printable on A4.
//!
//! Every text that came from a card, a file or the command line goes through [`escaped`].

use antin::trust::tr03135::{Leaf, Mode, Node, tree};
use antin::{Check, CheckResult, Report, Verdict};

use crate::i18n::{Lang, Texts};
use crate::report_text::{because, headline, only_agrees, verdict_mark};
use crate::shown::shown;

/// The page in the language of `texts`.
pub fn page(report: &Report, texts: &Texts, lang: Lang) -> String {
    let tree = tree(report);
    let title = texts.text("html-title");
    let mut page = String::from("<!DOCTYPE html>\n");
    page += &format!(
        "<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n",
        code(lang)
    );
    // Whatever slipped through could neither run nor fetch anything.
    page += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";
    page += "<meta name=\"viewport\" content=\"width=device-width\">\n";
    page += &format!(
        "<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escaped(&title)
    );
    page += &format!("<h1>{}</h1>\n", escaped(&title));
    page += &verdict(report, texts);
    page += &holder(report, texts);
    page += &facts(report, texts);
    page += &checks(&tree, report.verdict, texts);
    page += &files(report, texts);
    page += &format!(
        "<footer>{}</footer>\n</body>\n</html>\n",
        escaped(&texts.text("html-footer"))
    );
    page
}

const fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Vi => "vi",
    }
}

fn verdict(report: &Report, texts: &Texts) -> String {
    let code = report.verdict.as_str();
    let (mark, _) = verdict_mark(report.verdict);
    let accepted = if report.accepted {
        "accepted"
    } else {
        "not-accepted"
    };
    let because = because(report, texts)
        .map(|because| format!("<p>{}</p>", escaped(&because)))
        .unwrap_or_default();
    format!(
        "<section class=\"verdict {}\"><p class=\"word\"><span aria-hidden=\"true\">{mark}</span> {}</p>\n<p>{}</p>\n\
         <p>{}</p>{because}</section>\n",
        light_of(report),
        escaped(&texts.text(&format!("verdict-{code}"))),
        escaped(&texts.text(&format!("verdict-{code}-about"))),
        escaped(&texts.with(accepted, &[("policy", report.policy.as_str())])),
    )
}

fn light_of(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Authentic if report.accepted => "green",
        Verdict::Failed => "red",
        Verdict::Authentic | Verdict::UnknownIssuer | Verdict::Inconclusive | Verdict::ChipUnproven => {
            "yellow"
        }
    }
}

fn holder(report: &Report, texts: &Texts) -> String {
    let Some(holder) = &report.holder else {
        return String::new();
    };
    let name = holder
        .full_name
        .clone()
        .unwrap_or_else(|| format!("{} {}", holder.surname, holder.given_names));
    let number = holder.personal_number.as_ref().unwrap_or(&holder.document_number);
    let rows = [
        ("html-name", name.trim()),
        ("html-number", number),
        ("html-birth", &holder.birth),
        ("html-sex", &holder.sex),
        ("html-nationality", &holder.nationality),
        ("html-expiry", &holder.expiry),
    ];
    table(&rows.map(|(key, value)| (texts.text(key), value.to_owned())))
}

fn facts(report: &Report, texts: &Texts) -> String {
    table(&[
        (texts.text("html-at"), report.at.to_string()),
        (texts.text("html-policy"), report.policy.clone()),
        (texts.text("html-access"), headline(report)),
        (texts.text("html-tool"), report.tool.clone()),
        (texts.text("html-exit"), report.exit.to_string()),
    ])
}

fn table(rows: &[(String, String)]) -> String {
    let rows: String = rows
        .iter()
        .map(|(name, value)| format!("<tr><th>{}</th><td>{}</td></tr>\n", escaped(name), escaped(value)))
        .collect();
    format!("<table class=\"facts\">\n{rows}</table>\n")
}

fn checks(tree: &Node<'_>, verdict: Verdict, texts: &Texts) -> String {
    let mut rows = String::new();
    add(tree, 0, verdict, texts, &mut rows);
    format!(
        "<h2>{}</h2>\n<table class=\"checks\">\n{rows}</table>\n",
        escaped(&texts.text("html-checks"))
    )
}

fn add(node: &Node<'_>, depth: usize, verdict: Verdict, texts: &Texts, rows: &mut String) {
    let unproven = node.result == CheckResult::Successful && any_only_agrees(node, verdict);
    *rows += &format!(
        "<tr class=\"group d{depth}\"><td class=\"light {}\">{}</td><th colspan=\"2\">{}</th><td>{}</td><td>§{}</td></tr>\n",
        light(node.result, unproven),
        mark(node.result, unproven),
        escaped(&texts.text(&format!("group-{}", node.group.as_str()))),
        escaped(&word(node.result, unproven, texts)),
        escaped(node.group.section()),
    );
    for leaf in &node.checks {
        *rows += &row(leaf, verdict, texts);
    }
    for below in &node.nodes {
        add(below, depth + 1, verdict, texts, rows);
    }
}

/// A group is as green as the palest check below it.
fn any_only_agrees(node: &Node<'_>, verdict: Verdict) -> bool {
    let own = node.checks.iter().any(|leaf| only_agrees(leaf.check, verdict));
    own || node.nodes.iter().any(|below| any_only_agrees(below, verdict))
}

fn row(leaf: &Leaf<'_>, verdict: Verdict, texts: &Texts) -> String {
    let check = leaf.check;
    let unproven = only_agrees(check, verdict);
    let class = match leaf.mode {
        Mode::Counted => "check",
        Mode::Evaluatory => "check noted",
    };
    let mut name = texts.text(&format!("check-{}", check.id.as_str()));
    if let Some(subject) = &check.subject {
        name = format!("{name} {subject}");
    }
    format!(
        "<tr class=\"{class}\"><td class=\"light {}\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        light(check.result, unproven),
        mark(check.result, unproven),
        escaped(&name),
        escaped(&details(check, texts)),
        escaped(&word(check.result, unproven, texts)),
        escaped(&check.clause),
    )
}

fn details(check: &Check, texts: &Texts) -> String {
    let reason = check
        .reason
        .map(|reason| texts.text(&format!("reason-{}-about", reason.as_str())));
    let parts = [reason, check.evidence.clone(), check.remark.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn files(report: &Report, texts: &Texts) -> String {
    let rows: String = report
        .files
        .iter()
        .map(|file| {
            format!(
                "<tr><td>{}</td><td class=\"number\">{}</td><td class=\"hash\">{}</td><td>{}</td></tr>\n",
                escaped(&file.name),
                file.bytes,
                escaped(&file.sha256),
                escaped(file.protected_by.as_deref().unwrap_or("-")),
            )
        })
        .collect();
    let heads = ["html-file", "html-bytes", "html-sha256", "html-protected"];
    let heads: String = heads
        .iter()
        .map(|key| format!("<th>{}</th>", escaped(&texts.text(key))))
        .collect();
    format!(
        "<h2>{}</h2>\n<table class=\"files\">\n<tr>{heads}</tr>\n{rows}</table>\n",
        escaped(&texts.text("html-files"))
    )
}

fn word(result: CheckResult, unproven: bool, texts: &Texts) -> String {
    let key = if unproven { "agrees" } else { result.as_str() };
    texts.text(&format!("result-{key}"))
}

/// Never the colour alone: pages are printed in black, too.
const fn mark(result: CheckResult, unproven: bool) -> &'static str {
    match result {
        CheckResult::Successful if unproven => "~",
        CheckResult::Successful => "✓",
        CheckResult::Failed => "✗",
        CheckResult::Undetermined => "?",
        CheckResult::NotSupported => "·",
        CheckResult::Aborted => "…",
    }
}

/// BSI TR-03135-1 §5.2, table 5.1.
const fn light(result: CheckResult, unproven: bool) -> &'static str {
    match result {
        CheckResult::Successful if unproven => "grey",
        CheckResult::Successful => "green",
        CheckResult::Failed => "red",
        CheckResult::Undetermined => "yellow",
        CheckResult::NotSupported | CheckResult::Aborted => "grey",
    }
}

/// The text as it can stand in HTML and XML, between tags and in quotes: what deceives a reader is spelt out, what means
/// something to a parser is named.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in shown(text).chars() {
        match letter {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            // No characters of XML 1.0 (§2.2).
            '\u{FFFE}' | '\u{FFFF}' => safe += "\u{FFFD}",
            other => safe.push(other),
        }
    }
    safe
}

const STYLE: &str = "
@page { size: A4; margin: 15mm }
body { font: 10pt/1.35 system-ui, sans-serif; color: #000; background: #fff; max-width: 180mm; margin: 8mm auto }
h1 { font-size: 14pt } h2 { font-size: 11pt; margin: 5mm 0 1mm }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .6mm 1.5mm; overflow-wrap: anywhere }
tr { break-inside: avoid }
.facts th { width: 35mm; font-weight: normal; color: #444 }
.verdict { border: 1mm solid #888; padding: 2mm 4mm; margin: 3mm 0 } .verdict p { margin: 1mm 0 }
.verdict .word { font-size: 18pt; font-weight: bold }
.verdict.green { border-color: #0a7d33 } .verdict.red { border-color: #c00 } .verdict.yellow { border-color: #b58900 }
.checks td, .checks th { border-top: .1mm solid #ccc } .group th { font-weight: 600 } .group { background: #f3f3f3 }
.noted { color: #555 }
.light { width: 6mm; text-align: center; font-weight: bold }
.green { color: #0a7d33 } .red { color: #c00 } .yellow { color: #8a6500 } .grey { color: #666 }
.verdict.green, .verdict.red, .verdict.yellow { color: #000 }
.hash { font: 7pt monospace } .number { text-align: right }
footer { margin-top: 5mm; font-size: 8pt; color: #444 }
";

#[cfg(test)]
mod tests {
    use super::*;
    use antin::trust::tr03135::Group;

    #[test]
    fn whatever_a_card_says_is_text() {
        let hostile = "</td><script>alert('1')</script>\" onload=\"x\u{202e}\u{0}&amp;\u{FFFF}";
        let safe = escaped(hostile);
        assert_eq!(
            safe,
            "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x\\u{202e}\\u{0}&amp;amp;\u{FFFD}"
        );
        assert_eq!(escaped("Nguyễn Thị Mẫu"), "Nguyễn Thị Mẫu");
    }

    const REPORT: &str = include_str!("../tests/golden/report.json");

    fn kept(name: &str, text: &str) {
        let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("ANTIN_BLESS").is_some() {
            std::fs::write(&path, text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            text, kept,
            "{name} differs; if it should, ANTIN_BLESS=1 renews it"
        );
    }

    /// The tags of a page in their order, without their attributes; whatever a text brought would be among them.
    fn tags(page: &str) -> Vec<&str> {
        let inside = page
            .split('<')
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap());
        inside.map(|tag| tag.split([' ', '\n']).next().unwrap()).collect()
    }

    #[test]
    fn a_report_full_of_hostile_texts_is_a_page_with_our_tags_alone() {
        let report: Report = serde_json::from_str(REPORT).unwrap();
        for (lang, name) in [(Lang::En, "report-en.html"), (Lang::Vi, "report-vi.html")] {
            let page = page(&report, &Texts::new(lang), lang);
            kept(name, &page);
            const OURS: [&str; 18] = [
                "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "h1", "h2", "section", "p",
                "span", "table", "tr", "th", "td", "footer", "/",
            ];
            let mut open = Vec::new();
            for tag in tags(&page) {
                assert!(OURS.contains(&tag.trim_start_matches('/')), "<{tag}>");
                match tag.strip_prefix('/') {
                    Some(end) => assert_eq!(open.pop(), Some(end)),
                    None if ["!DOCTYPE", "meta"].contains(&tag) => {}
                    None => open.push(tag),
                }
            }
            assert!(open.is_empty(), "{open:?}");
            assert!(!page.contains("http://") && !page.contains("https://"));
        }
    }

    /// Page and text follow one rule: what a home-made card passes too agrees, what the reader saw itself is green.
    #[test]
    fn under_an_unknown_issuer_only_what_rests_on_him_is_not_green() {
        let mut report: Report = serde_json::from_str(REPORT).unwrap();
        report.verdict = Verdict::UnknownIssuer;
        for check in &mut report.checks {
            check.result = CheckResult::Successful;
            check.evidence = None;
        }
        let texts = Texts::new(Lang::En);
        let page = page(&report, &texts, Lang::En);
        let rows: Vec<&str> = page
            .split("<tr class=\"")
            .filter(|row| row.starts_with("check"))
            .collect();
        assert_eq!(rows.len(), report.checks.len());
        let (mut agreeing, mut green) = (0, 0);
        for check in &report.checks {
            let name = escaped(&texts.text(&format!("check-{}", check.id.as_str())));
            let row = rows
                .iter()
                .find(|row| row.contains(&format!("<td>{name}")))
                .unwrap();
            match check.id.rests_on_the_issuer() {
                true => agreeing += 1,
                false => green += 1,
            }
            assert_eq!(
                row.contains("light green"),
                !check.id.rests_on_the_issuer(),
                "{row}"
            );
        }
        assert!(agreeing > 0 && green > 0, "{agreeing} {green}");
        let group = |name: &str| {
            let name = escaped(&texts.text(&format!("group-{name}")));
            let rows = page.split("<tr class=\"group");
            rows.filter(|row| row.contains(&name)).any(|row| {
                row.split("</tr>")
                    .next()
                    .is_some_and(|row| row.contains("light green"))
            })
        };
        assert!(!group(Group::Document.as_str()));
        assert!(!group(Group::SecurityObjects.as_str()));
        assert!(group(Group::BacOrPace.as_str()) || report.rows(antin::CheckId::CardAccess).count() > 0);
    }

    #[test]
    fn every_group_has_a_name_in_both_languages() {
        for lang in [Lang::En, Lang::Vi] {
            let texts = Texts::new(lang);
            for group in Group::ALL {
                assert!(
                    texts.find(&format!("group-{}", group.as_str()), &[]).is_some(),
                    "{lang:?} {group:?}"
                );
            }
        }
    }
}
