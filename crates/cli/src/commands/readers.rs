//! `antin readers`: the readers and what lies on them.

use antin::transport::pcsc::{Occupancy, Readers};
use serde_json::json;

use super::Outcome;
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;

/// Lists the readers; no reader is an error, because somebody is looking for one.
pub fn run(out: &Output) -> Outcome {
    let readers = Readers::open()?.list()?;
    for (number, reader) in readers.iter().enumerate() {
        let what = match &reader.occupancy {
            Occupancy::Empty => out.texts.text("reader-empty"),
            Occupancy::Card { atr } => format!(
                "{}  ATR {}",
                out.texts.text("reader-card"),
                hex::encode_upper(atr)
            ),
            Occupancy::Mute => out.texts.text("reader-mute"),
        };
        out.line(format!("{:>2}  {:40} {what}", number + 1, reader.name));
    }
    if readers.is_empty() {
        return Err(Failure::new(Id::E102));
    }
    if !out.is_text() {
        let rows: Vec<_> = readers
            .iter()
            .map(|reader| row(&reader.name, &reader.occupancy))
            .collect();
        out.object(&json!({"schema": "antin.readers/1", "readers": rows}));
    }
    Ok(Exit::Done as u8)
}

fn row(name: &str, occupancy: &Occupancy) -> serde_json::Value {
    let (state, atr) = match occupancy {
        Occupancy::Empty => ("empty", None),
        Occupancy::Card { atr } => ("card", Some(hex::encode(atr))),
        Occupancy::Mute => ("mute", None),
    };
    json!({"name": name, "state": state, "atr": atr})
}
