//! The service's process.

use std::{
    fs::{self, File},
    io,
    os::{
        fd::OwnedFd,
        unix::{net::UnixListener, process::CommandExt},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{
    Slot,
    installed::{Installed, Polkit, RUN_FOLDER, Way},
    ports,
};
use crate::Error;

/// The service, and a shell that ends it when we are killed.
#[derive(Debug)]
pub(super) struct Daemon {
    service: Child,
    guard: Option<Child>,
    log: PathBuf,
}

impl Daemon {
    /// Starts the service on `listener`, as a service manager would hand it over.
    pub(super) fn start(
        installed: &Installed,
        listener: &UnixListener,
        configuration: &Path,
        directory: &Path,
    ) -> Result<Self, Error> {
        let log = directory.join("pcscd.log");
        let prepare = |way| prepare(installed, way, listener, configuration, &log);
        let service = match installed.way {
            Way::AsNobody => {
                // One that exists already serves as well.
                let _made = fs::create_dir(RUN_FOLDER).is_ok();
                // Some containers cannot change users.
                prepare(Way::AsNobody)
                    .and_then(spawn)
                    .or_else(|_| prepare(Way::AsWeAre).and_then(spawn))
            }
            way => prepare(way).and_then(spawn),
        };
        let service = service.map_err(Error::io("starting the smart card service"))?;
        let guard = guard(service.id(), directory);
        Ok(Self { service, guard, log })
    }

    /// Waits until every reader's port is the service's own. The service answers clients only after that.
    pub(super) fn wait_until_listening(&mut self, slots: &[Slot]) -> Result<(), Error> {
        let pid = self.service.id();
        let started = Instant::now();
        while !slots.iter().all(|slot| ports::listens(pid, slot.port)) {
            if !self.is_running() {
                return Err(Error::Service {
                    what: "it ended at once",
                    log: self.log(),
                });
            }
            if started.elapsed() > START_TIMEOUT {
                return Err(Error::Service {
                    what: "it does not come up",
                    log: self.log(),
                });
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.service.try_wait(), Ok(None))
    }

    /// What the service wrote, its last bytes.
    pub(super) fn log(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        let tail = bytes.split_at(bytes.len().saturating_sub(MAX_LOG)).1;
        String::from_utf8_lossy(tail).trim().to_owned()
    }

    /// Ends guard and service. Both may be gone already: that is what we want.
    pub(super) fn kill(&mut self) {
        for child in self.guard.iter_mut().chain([&mut self.service]) {
            let _gone = child.kill().and_then(|()| child.wait()).is_ok();
        }
        self.guard = None;
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The command that becomes the service.
fn prepare(
    installed: &Installed,
    way: Way,
    listener: &UnixListener,
    configuration: &Path,
    log: &Path,
) -> io::Result<Command> {
    let output = File::options().create(true).append(true).open(log)?;
    let mut command = match way {
        Way::AsWeAre | Way::AsNobody => Command::new("sh"),
        Way::WithItsOwnRun => {
            let mut unshare = Command::new("unshare");
            unshare.args(["-r", "-m", "sh"]);
            unshare
        }
    };
    let script = match way {
        Way::AsWeAre | Way::AsNobody => ON_OUR_SOCKET.to_owned(),
        Way::WithItsOwnRun => format!("{OWN_RUN}; {ON_OUR_SOCKET}"),
    };
    command
        .args(["-c", &script])
        .arg(&installed.pcscd)
        .args(["--foreground", "--error", "--config"])
        .arg(configuration)
        .args((installed.polkit == Polkit::CanBeDisabled).then_some("--disable-polkit"))
        .stdin(OwnedFd::from(listener.try_clone()?))
        .stdout(output.try_clone()?)
        .stderr(output)
        .current_dir("/")
        .process_group(0); // the terminal's interrupt is for us, not for the service
    if way == Way::AsNobody {
        command.uid(NOBODY).gid(NOBODY);
    }
    Ok(command)
}

fn spawn(mut command: Command) -> io::Result<Child> {
    command.spawn()
}

/// Starts the shell that waits for our end: when we die in any way, its input closes. Without it the lab works all
/// the same.
fn guard(service: u32, directory: &Path) -> Option<Child> {
    Command::new("sh")
        .args(["-c", WHEN_WE_ARE_GONE, "sh"])
        .arg(service.to_string())
        .arg(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/")
        .process_group(0)
        .spawn()
        .ok()
}

/// Moves the listening socket from input to descriptor 3, where the service looks for it when these variables say
/// so. `$0` is the service, `$@` its arguments.
const ON_OUR_SOCKET: &str = r#"export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" "$@" 3<&0 0</dev/null"#;
/// Hides the machine's `/run` from the service.
const OWN_RUN: &str = "mount -t tmpfs antin /run && mkdir /run/pcscd || exit 1";
/// Ends the service and removes its files. `$1` is the service's process, `$2` the directory.
const WHEN_WE_ARE_GONE: &str = r#"read -r _; kill -9 "$1"; rm -rf "$2""#;
/// The user that owns nothing.
const NOBODY: u32 = 65_534;
/// Starting takes about 50 ms; a busy machine takes longer.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// How often we look whether it is up.
const POLL: Duration = Duration::from_millis(5);
/// As much of the log as an error shows.
const MAX_LOG: usize = 600;
