//! What becomes of a store into which somebody imports what he was given.

use std::path::Path;

use antin::store::trust::{Contents, Force, ImportOptions, ImportReport, TrustFolder, TrustProblem, import};
use antin::{Certificate, Error as AntinError};

use super::{Scene, demand, text};
use crate::attacks::place::Place;

fn store(place: &Place) -> TrustFolder {
    TrustFolder::at(place.folder().join("store"))
}

fn contents(place: &Place) -> Result<Contents, String> {
    let store = store(place);
    if store.exists() {
        store.load().map_err(text)
    } else {
        Ok(Contents::default())
    }
}

fn material<'s>(scene: &Scene<'s>, name: &str) -> Result<&'s [u8], String> {
    let found = scene.attack.material.get(name);
    Ok(found.ok_or_else(|| format!("no file {name}"))?.0.as_slice())
}

/// Imports one file of the case under the root of the case.
fn take(scene: &Scene<'_>, place: &Place, name: &str, force: &[Force]) -> Result<ImportReport, AntinError> {
    let bytes = material(scene, name).unwrap_or_default();
    let path = place.folder().join(name);
    std::fs::write(&path, bytes).map_err(|error| AntinError::Io {
        action: "write",
        path: path.clone(),
        kind: error.kind(),
    })?;
    let at = scene
        .usual_day()
        .map_err(|_| TrustProblem::NoStore { path: path.clone() })?;
    let mut options = ImportOptions::new("attacks", at);
    let root = material(scene, "root.der")
        .ok()
        .and_then(|der| Certificate::parse(der).ok());
    options.roots.extend(root);
    options.force = force.to_vec();
    import(&store(place), &[path], &options)
}

fn refused(result: Result<ImportReport, AntinError>) -> Result<TrustProblem, String> {
    match result {
        Err(AntinError::TrustStore(problem)) => Ok(*problem),
        Err(other) => Err(text(other)),
        Ok(report) => Err(format!("{} certificates were imported", report.certificates)),
    }
}

/// PKI-23.
pub(super) fn bad_signature(scene: &Scene<'_>) -> Result<(), String> {
    for name in ["changed.ml", "unsigned.ml"] {
        let place = Place::new()?;
        let problem = refused(take(scene, &place, name, &[]))?;
        demand(matches!(problem, TrustProblem::ListRefused { .. }), || {
            format!("{name}: {problem}")
        })?;
        demand(contents(&place)?.entries.is_empty(), || {
            format!("{name} has left something behind")
        })?;
        let forced = take(scene, &place, name, &[Force::UnverifiedList]).map_err(text)?;
        demand(forced.certificates > 0, || {
            format!("{name} is not imported where the operator insists")
        })?;
        let recorded = contents(&place)?
            .imports
            .iter()
            .any(|import| !import.forced.is_empty());
        demand(recorded, || {
            "that the operator insisted is not recorded".to_owned()
        })?;
    }
    let place = Place::new()?;
    let good = take(scene, &place, "good.ml", &[]).map_err(text)?;
    demand(good.certificates == 2, || {
        format!("{} of 2 certificates were imported", good.certificates)
    })
}

/// PKI-25.
pub(super) fn broken_certificate(scene: &Scene<'_>) -> Result<(), String> {
    let place = Place::new()?;
    let report = take(scene, &place, "broken.ml", &[]).map_err(text)?;
    demand(report.certificates == 2, || {
        format!("{} of 2 certificates were imported", report.certificates)
    })?;
    let named = report.skipped_objects.iter().any(|skipped| skipped.index == 1);
    demand(report.skipped == 1 && named, || {
        format!("{:?}", report.skipped_objects)
    })
}

/// PKI-26.
pub(super) fn older(scene: &Scene<'_>) -> Result<(), String> {
    let place = Place::new()?;
    take(scene, &place, "new.ml", &[]).map_err(text)?;
    let before = contents(&place)?;
    let problem = refused(take(scene, &place, "old.ml", &[]))?;
    demand(matches!(problem, TrustProblem::Older { .. }), || text(&problem))?;
    demand(contents(&place)? == before, || {
        "the older list has left something behind".to_owned()
    })?;
    take(scene, &place, "old.ml", &[Force::OlderList]).map_err(text)?;
    let recorded = contents(&place)?
        .imports
        .iter()
        .any(|import| !import.forced.is_empty());
    demand(recorded, || {
        "that the operator insisted is not recorded".to_owned()
    })
}

/// PRS-18.
pub(super) fn names_of_files(scene: &Scene<'_>) -> Result<(), String> {
    let place = Place::new()?;
    let report = take(scene, &place, "climber.der", &[]).map_err(text)?;
    demand(report.certificates == 1, || {
        "the certificate was not imported".to_owned()
    })?;
    let mut outside: Vec<String> = names(place.folder())?;
    outside.sort();
    demand(outside == ["climber.der", "store"], || format!("{outside:?}"))?;
    let inside = everything(&place.folder().join("store"))?;
    let told = inside
        .iter()
        .any(|name| name.contains("climb") || name.contains(".."));
    demand(!told, || format!("{inside:?}"))
}

fn names(folder: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(text)?;
    entries
        .map(|entry| Ok(entry.map_err(text)?.file_name().to_string_lossy().into_owned()))
        .collect()
}

fn everything(folder: &Path) -> Result<Vec<String>, String> {
    let mut found = names(folder)?;
    for name in found.clone() {
        let path = folder.join(&name);
        if path.is_dir() {
            found.extend(everything(&path)?);
        }
    }
    Ok(found)
}
