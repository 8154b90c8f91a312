//! `antin pki demo`: a TEST country authority and document signer.

use antin::crypto::{Curve, Hash, ParameterForm};
use antin::{DemoOptions, DemoPki, SystemRng, store};
use serde_json::json;

use super::Outcome;
use crate::args::{PkiCommand, PkiCurve};
use crate::failure::{Exit, Failure, Id};
use crate::output::Output;

/// Makes the test keys and certificates.
pub fn run(command: &PkiCommand, out: &Output) -> Outcome {
    let PkiCommand::Demo {
        out: folder,
        curve,
        explicit,
        country,
    } = command;
    let (curve, hash) = match curve {
        PkiCurve::P256 => (Curve::P256, Hash::Sha256),
        PkiCurve::P384 => (Curve::P384, Hash::Sha384),
    };
    let options = DemoOptions {
        csca_curve: curve,
        csca_hash: hash,
        ds_curve: curve,
        ds_hash: hash,
        form: if *explicit {
            ParameterForm::Explicit
        } else {
            ParameterForm::Named
        },
        ..DemoOptions::default()
    };
    let pki = DemoPki::generate(country, antin::now(), &options, &mut SystemRng).map_err(|error| {
        Failure::new(Id::U103)
            .fact("value", country)
            .fact("detail", error)
    })?;
    let written = store::write_demo_pki(folder, &pki)?;
    for path in &written {
        out.line(path.display().to_string());
    }
    out.note(out.texts.text("pki-test-only"));
    if !out.is_text() {
        out.object(&json!({"schema": "antin.pki/1", "files": written, "signer": folder, "trust": folder.join("trust")}));
    }
    Ok(Exit::Done as u8)
}
