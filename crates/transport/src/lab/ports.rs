//! Free ports for virtual readers, and who listens at them.

use std::{fs, net::TcpListener};

use crate::Error;

/// The first of two free ports each, for so many drivers. A driver listens at an even port and the next.
pub(super) fn free_pairs(count: usize) -> Result<Vec<u16>, Error> {
    let mut held = Vec::new();
    let mut bases = Vec::new();
    for _ in 0..MAX_PROBES {
        if bases.len() == count {
            return Ok(bases);
        }
        if let Some((base, pair)) = free_pair() {
            bases.push(base);
            held.push(pair); // so that the next probe finds another
        }
    }
    Err(Error::Service {
        what: "no two free ports side by side",
        log: String::new(),
    })
}

/// The driver listens on all interfaces, so the probe does.
fn free_pair() -> Option<(u16, [TcpListener; 2])> {
    let probe = TcpListener::bind(("0.0.0.0", 0)).ok()?;
    let base = probe.local_addr().ok()?.port() & !1;
    drop(probe);
    let first = TcpListener::bind(("0.0.0.0", base)).ok()?;
    let second = TcpListener::bind(("0.0.0.0", base | 1)).ok()?;
    Some((base, [first, second]))
}

/// Tells whether the process `pid` itself listens at `port`, without connecting: a probe would be taken for a card.
pub(super) fn listens(pid: u32, port: u16) -> bool {
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let Some(inode) = table.lines().find_map(|line| listening_inode(line, port)) else {
        return false;
    };
    let wanted = format!("socket:[{inode}]");
    let files = fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten()
        .flatten();
    files
        .filter_map(|file| fs::read_link(file.path()).ok())
        .any(|target| target.as_os_str() == wanted.as_str())
}

/// The inode of the socket that listens at `port`, from a line of `/proc/net/tcp`.
fn listening_inode(line: &str, port: u16) -> Option<&str> {
    let mut columns = line.split_ascii_whitespace();
    let local = columns.nth(1)?;
    let state = columns.nth(1)?;
    let inode = columns.nth(5)?;
    let (_, hex) = local.split_once(':')?;
    (state == LISTENING && u16::from_str_radix(hex, 16) == Ok(port)).then_some(inode)
}

/// The state column of a socket that listens.
const LISTENING: &str = "0A";
/// Far more than the 8 pairs that are ever needed.
const MAX_PROBES: usize = 200;

#[cfg(test)]
mod tests {
    use std::process;

    use super::*;

    #[test]
    fn pairs_are_even_and_differ() {
        let bases = free_pairs(8).unwrap();
        let distinct: std::collections::HashSet<_> = bases.iter().collect();
        assert_eq!(distinct.len(), 8);
        assert!(bases.iter().all(|base| base % 2 == 0));
    }

    #[test]
    fn a_listener_is_found_in_its_own_process_only() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(listens(process::id(), port));
        assert!(!listens(1_000_000_000, port));
        drop(listener);
        assert!(!listens(process::id(), port));
    }
}
