//! Whether an answer is what a step expects.

use antin::wire::apdu::StatusWord;

use super::story::{Data, Length, OneOrMore, Sm, Step};
use super::terminal::{Answer, Protection, hex};

/// How the story goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    GoOn,
    Stop,
}

/// ISO 7816-4: execution and checking errors, 64xx to 6Fxx.
fn is_checking_error(sw: StatusWord) -> bool {
    (0x64..=0x6F).contains(&sw.sw1())
}

/// Says whether a word of a case file can be compared with status words.
pub(super) fn is_expectation(word: &str) -> bool {
    let digits = word.len() == 4 && word.chars().all(|c| c.is_ascii_hexdigit() || c == 'x');
    digits || matches!(word, "ok" | "checking-error" | "refused" | "any")
}

fn is(word: &str, sw: StatusWord) -> bool {
    match word {
        "any" => true,
        "ok" => sw.is_ok(),
        "checking-error" => is_checking_error(sw),
        "refused" => is_checking_error(sw) || sw.sw1() == 0x63,
        digits => {
            let found = format!("{:04X}", sw.0);
            found
                .chars()
                .zip(digits.chars())
                .all(|(found, wanted)| wanted == 'x' || found.eq_ignore_ascii_case(&wanted))
        }
    }
}

fn any(list: &OneOrMore, sw: StatusWord) -> bool {
    list.all().iter().any(|word| is(word, sw))
}

/// Compares an answer with what the step expects.
pub(super) fn judge(step: &Step, answer: &Answer) -> Result<Next, String> {
    let response = &answer.response;
    let found = format!("{:04X} with {} bytes", response.sw.0, response.data.len());
    let stop = step.stop.as_ref().is_some_and(|stop| any(stop, response.sw));
    if !stop && step.sw.as_ref().is_some_and(|wanted| !any(wanted, response.sw)) {
        let wanted = step.sw.as_ref().map(|wanted| wanted.all().join(" or "));
        return Err(format!("{found}, expected {}", wanted.unwrap_or_default()));
    }
    protection(step, answer).map_err(|problem| format!("{found}, {problem}"))?;
    let default = if is_checking_error(response.sw) {
        Data::None
    } else {
        Data::Any
    };
    match step.data.unwrap_or(default) {
        Data::None if !response.data.is_empty() => return Err(format!("{found}, where no data belong")),
        Data::Some if response.data.is_empty() && !stop => {
            return Err(format!("{found}, data were expected"));
        }
        _ => {}
    }
    if stop || step.stop_plain && !answer.came_protected {
        return Ok(Next::Stop);
    }
    if let Some(length) = &step.length
        && !fits(length, response.data.len())?
    {
        return Err(format!("{found}, another length was expected"));
    }
    if let Some(starts) = &step.starts
        && !response.data.starts_with(&hex(starts)?)
    {
        return Err(format!("{found}, which do not begin with {starts}"));
    }
    if let Some(is) = &step.is
        && response.data != hex(is)?
    {
        return Err(format!("{found}, which are not {is}"));
    }
    Ok(Next::GoOn)
}

fn protection(step: &Step, answer: &Answer) -> Result<(), &'static str> {
    let expected = step.sm.unwrap_or(match answer.sent {
        Protection::None => Sm::No,
        Protection::Right => Sm::Yes,
        Protection::Wrong => Sm::Either,
    });
    match (expected, answer.came_protected) {
        (Sm::Yes, false) => Err("not under secure messaging"),
        (Sm::No, true) => Err("under secure messaging, where it belongs in plain"),
        _ => Ok(()),
    }
}

fn fits(length: &Length, found: usize) -> Result<bool, String> {
    match length {
        Length::Exactly(wanted) => Ok(*wanted == found),
        Length::Range(range) => {
            let (from, to) = range.split_once("..").ok_or(format!("{range:?} is no range"))?;
            let number = |text: &str| {
                text.parse::<usize>()
                    .map_err(|_| format!("{range:?} is no range"))
            };
            Ok((number(from)?..=number(to)?).contains(&found))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_patterns_stand_for_status_words() {
        assert!(is("checking-error", StatusWord(0x6A82)));
        assert!(is("checking-error", StatusWord(0x6400)));
        assert!(!is("checking-error", StatusWord(0x6300)));
        assert!(is("refused", StatusWord(0x6300)));
        assert!(!is("refused", StatusWord(0x6282)));
        assert!(is("63Cx", StatusWord(0x63C2)));
        assert!(!is("63Cx", StatusWord(0x6300)));
        assert!(!is_expectation("63C"));
        assert!(!is_expectation("error"));
    }
}
