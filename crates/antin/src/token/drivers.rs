//! Which drivers are loaded because a file says so.

use std::path::{Path, PathBuf};

use super::TokenError;

/// Folders that only whoever runs the machine writes to.
const SYSTEM: [&str; 6] = [
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib32",
    "/lib",
    "/lib64",
    "/usr/local/lib",
];
/// Names further drivers, divided as in `PATH`.
const VARIABLE: &str = "ANTIN_PKCS11_MODULES";

/// Whether a driver may be loaded that a data file names, such as the description of a key: loading it runs its code. It is
/// allowed where it lies in a folder of the system, or is named in `ANTIN_PKCS11_MODULES`; links are followed first.
///
/// # Errors
/// [`TokenError::DriverNotAllowed`].
pub fn driver_of_file(module: &Path) -> Result<(), TokenError> {
    let named = std::env::var_os(VARIABLE).unwrap_or_default();
    let named: Vec<PathBuf> = std::env::split_paths(&named).collect();
    judge(module, &named)
}

fn judge(module: &Path, named: &[PathBuf]) -> Result<(), TokenError> {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let meant = real(module);
    let by_user = named.iter().any(|path| path.is_absolute() && real(path) == meant);
    // What cannot be followed to its place, and may go anywhere, is in no folder.
    let plain = meant.is_absolute() && !meant.components().any(|part| part.as_os_str() == "..");
    let by_system = plain
        && SYSTEM
            .iter()
            .any(|folder| meant.starts_with(real(Path::new(folder))));
    match by_user || by_system {
        true => Ok(()),
        false => Err(TokenError::DriverNotAllowed {
            path: module.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_of_the_system_and_those_that_the_user_names_are_loaded() {
        let here = tempfile::tempdir().expect("a folder");
        let own = here.path().join("driver.so");
        std::fs::write(&own, "").expect("it is written");
        assert_eq!(judge(Path::new("/usr/lib/softhsm/libsofthsm2.so"), &[]), Ok(()));
        let refused = Err(TokenError::DriverNotAllowed { path: own.clone() });
        assert_eq!(judge(&own, &[]), refused);
        assert_eq!(
            judge(&own, &[PathBuf::from("driver.so"), PathBuf::from("/")]),
            refused
        );
        assert_eq!(judge(&own, &[PathBuf::from("/x.so"), own.clone()]), Ok(()));
    }

    #[cfg(unix)]
    #[test]
    fn a_detour_through_a_folder_of_the_system_is_followed() {
        let here = tempfile::tempdir().expect("a folder");
        let own = here.path().join("driver.so");
        std::fs::write(&own, "").expect("it is written");
        let detour = format!("/usr/lib/../..{}", own.display());
        assert!(judge(Path::new(&detour), &[]).is_err());
        assert!(judge(Path::new("/usr/lib/../../nowhere/driver.so"), &[]).is_err());
        let link = here.path().join("link.so");
        std::os::unix::fs::symlink(&own, &link).expect("a link");
        assert_eq!(judge(&link, std::slice::from_ref(&own)), Ok(()));
    }
}
