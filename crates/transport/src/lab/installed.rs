//! What the lab finds on this machine.

use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::Missing;

/// The program and the driver that make a lab.
#[derive(Debug)]
pub(super) struct Installed {
    pub(super) pcscd: PathBuf,
    pub(super) driver: PathBuf,
    pub(super) polkit: Polkit,
    pub(super) way: Way,
}

/// As whom, and in which surroundings, the service runs. It insists on the folder `/run/pcscd`, and if it may write
/// there, on a pid file that a system service may own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// As we are: the folder is there, and we may not write into it.
    AsWeAre,
    /// We are root: make the folder, then run as nobody.
    AsNobody,
    /// The folder is not there and we may not make it: with a `/run` of its own.
    WithItsOwnRun,
}

/// Whether the service asks a policy daemon who may use it. Newer distributions build it so, and then it refuses
/// everybody in a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Polkit {
    Absent,
    CanBeDisabled,
}

impl Installed {
    pub(super) fn find() -> Result<Self, Missing> {
        let pcscd = find_program("pcscd").ok_or(Missing {
            what: "the smart card service pcscd",
            debian_package: "pcscd",
        })?;
        let driver = DRIVERS
            .iter()
            .map(PathBuf::from)
            .find(|path| path.is_file())
            .ok_or(Missing {
                what: "the virtual reader's driver",
                debian_package: "vsmartcard-vpcd",
            })?;
        let polkit = polkit(&pcscd);
        let way = way().ok_or(Missing {
            what: "the folder /run/pcscd, which root makes by starting the smart card service once,",
            debian_package: "pcscd",
        })?;
        Ok(Self {
            pcscd,
            driver,
            polkit,
            way,
        })
    }
}

/// Looks where the shell looks, and where system programs are: a user's path often lacks those.
fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(system)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn polkit(pcscd: &Path) -> Polkit {
    let help = Command::new(pcscd).arg("--help").output();
    let lists_it = help.is_ok_and(|help| {
        let text = [help.stdout, help.stderr].concat();
        String::from_utf8_lossy(&text).contains("disable-polkit")
    });
    if lists_it {
        Polkit::CanBeDisabled
    } else {
        Polkit::Absent
    }
}

/// `None` when there is no way.
fn way() -> Option<Way> {
    if we_are_root() {
        return Some(Way::AsNobody);
    }
    if Path::new(RUN_FOLDER).is_dir() {
        return Some(Way::AsWeAre);
    }
    let unshare = Command::new("unshare")
        .args(["-r", "-m", "true"])
        .stderr(Stdio::null())
        .status();
    unshare
        .is_ok_and(|status| status.success())
        .then_some(Way::WithItsOwnRun)
}

fn we_are_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// The folder that the service insists on, though it needs nothing in it.
pub(super) const RUN_FOLDER: &str = "/run/pcscd";
/// Where distributions put the driver.
const DRIVERS: [&str; 4] = [
    "/usr/lib/pcsc/drivers/serial/libifdvpcd.so",
    "/usr/lib64/pcsc/drivers/serial/libifdvpcd.so",
    "/usr/lib/x86_64-linux-gnu/pcsc/drivers/serial/libifdvpcd.so",
    "/usr/local/lib/pcsc/drivers/serial/libifdvpcd.so",
];
