//! A private PC/SC service with virtual readers, for any user: for the demo and for tests.
//!
//! The service is Debian's `pcscd` with the driver of `vsmartcard-vpcd`, started as a child on a socket of its own
//! in a temporary directory. It needs no root, shares nothing with a system service and never touches one.
//!
//! Clients find it through an environment variable, so it serves child processes: [`Lab::command`] prepares one,
//! and inside it [`surrounding`] tells which readers there are. A program that wants the lab for itself runs itself
//! again:
//!
//! ```no_run
//! use antin_transport::lab::{self, Lab};
//! if let Some(slots) = lab::surrounding() {
//!     println!("inside, with {} readers", slots.len());
//! } else {
//!     let lab = Lab::start(2)?;
//!     lab.command(std::env::current_exe()?).status()?;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The daemon ends with the [`Lab`], and also when the process that holds it is killed.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs::{self, Permissions},
    os::unix::{fs::PermissionsExt, net::UnixListener},
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::Error;
pub use crate::error::Missing;
use daemon::Daemon;
use installed::Installed;
pub use slot::{Slot, surrounding};

mod daemon;
mod installed;
mod ports;
mod slot;

/// A private PC/SC service. Dropping it ends the service and removes its files.
#[derive(Debug)]
pub struct Lab {
    // Dropped in this order: the service before its files.
    daemon: Daemon,
    slots: Vec<Slot>,
    socket: PathBuf,
    _directory: TempDir,
}

impl Lab {
    /// Tells whether everything that the lab needs is installed.
    ///
    /// # Errors
    /// The first [`Missing`] thing.
    pub fn availability() -> Result<(), Missing> {
        Installed::find().map(|_| ())
    }

    /// Starts a service with this many virtual readers, 1 to 16 (an odd number gets one more that stays empty), and
    /// waits until it is ready.
    ///
    /// # Errors
    /// [`Error::Missing`] when something is not installed, [`Error::Service`] when the service does not come up,
    /// [`Error::Io`] when the system refuses files or sockets.
    pub fn start(readers: usize) -> Result<Self, Error> {
        let installed = Installed::find()?;
        if !(1..=MAX_READERS).contains(&readers) {
            return Err(Error::Service {
                what: "one service holds 1 to 16 readers",
                log: String::new(),
            });
        }
        // Between our choice of ports and the driver's listening somebody else may take one.
        let mut attempts_left = ATTEMPTS;
        loop {
            attempts_left -= 1;
            match Self::start_once(&installed, readers) {
                Err(Error::Service { .. }) if attempts_left > 0 => {}
                result => return result,
            }
        }
    }

    fn start_once(installed: &Installed, readers: usize) -> Result<Self, Error> {
        let directory = directory()?;
        let socket = directory.path().join("pcscd.comm");
        let listener = UnixListener::bind(&socket).map_err(Error::io("socket of the smart card service"))?;
        set_mode(&socket, 0o600)?;
        let slots = slot::name_readers(ports::free_pairs(readers.div_ceil(2))?);
        let configuration = configure(installed, directory.path(), &slots)?;
        let mut daemon = Daemon::start(installed, &listener, &configuration, directory.path())?;
        daemon.wait_until_listening(&slots)?;
        let slots = slots.into_iter().take(readers).collect();
        Ok(Self {
            daemon,
            slots,
            socket,
            _directory: directory,
        })
    }

    /// The virtual readers: their names for PC/SC, their ports for cards.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The environment in which a process finds this service and [`surrounding`] its readers.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, OsString); 2] {
        [
            (SOCKET_VARIABLE, self.socket.clone().into_os_string()),
            (slot::VARIABLE, slot::emit(&self.slots).into()),
        ]
    }

    /// A command to run `program` in this environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.environment());
        command
    }

    /// Tells whether the service still runs; drivers can crash it.
    pub fn is_running(&mut self) -> bool {
        self.daemon.is_running()
    }

    /// What the service has written so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.daemon.log()
    }

    /// Ends the service at once, as a crash would.
    pub fn dangerous_crash(&mut self) {
        self.daemon.kill();
    }
}

/// A directory with a short path without odd characters: a socket's path has 108 bytes at most, and the reader
/// configuration knows no quoting.
fn directory() -> Result<TempDir, Error> {
    let wished = env::temp_dir();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let usable =
        wished.as_os_str().len() <= MAX_TEMP_PATH && wished.as_os_str().as_encoded_bytes().iter().all(plain);
    let parent = if usable { wished } else { PathBuf::from("/tmp") };
    let directory = tempfile::Builder::new()
        .prefix("antin-")
        .tempdir_in(parent)
        .map_err(Error::io("temporary directory"))?;
    // The service may run as another user, who must be able to read its configuration.
    set_mode(directory.path(), 0o755)?;
    Ok(directory)
}

/// Writes the reader configuration and copies the driver, once for each pair of readers: it keeps its sockets in a
/// table that all readers with the same file share.
fn configure(installed: &Installed, directory: &Path, slots: &[Slot]) -> Result<PathBuf, Error> {
    let configuration = directory.join("conf");
    fs::create_dir(&configuration).map_err(Error::io("reader configuration"))?;
    let mut text = String::new();
    for (index, first) in slots.iter().step_by(2).enumerate() {
        let driver = directory.join(format!("ifd{index}.so"));
        fs::copy(&installed.driver, &driver).map_err(Error::io("copy of the virtual reader's driver"))?;
        set_mode(&driver, 0o644)?;
        text += &slot::configuration(index, first.port, &driver);
    }
    fs::write(configuration.join("vpcd"), text).map_err(Error::io("reader configuration"))?;
    set_mode(&configuration.join("vpcd"), 0o644)?;
    set_mode(&configuration, 0o755)?;
    Ok(configuration)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), Error> {
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(Error::io("access rights of a file"))
}

/// Where clients look for the service's socket.
const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";
/// Compiled into the service.
const MAX_READERS: usize = 16;
/// How often a start is tried.
const ATTEMPTS: u32 = 3;
/// Leaves room for our own names below 108 bytes.
const MAX_TEMP_PATH: usize = 70;
