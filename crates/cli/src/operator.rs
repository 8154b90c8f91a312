//! Who does something, where nobody gave a name: the user and the machine as the system calls them.

use std::os::unix::fs::MetadataExt;

/// `user@machine`; a user whom the environment does not name goes by the number of the account.
pub fn user_at_machine() -> String {
    let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let number = || std::fs::metadata("/proc/self").map(|process| format!("uid {}", process.uid()));
    let user = named("USER")
        .or_else(|| named("LOGNAME"))
        .or_else(|| number().ok());
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let machine = machine.or_else(|| named("HOSTNAME")).unwrap_or_default();
    format!("{}@{}", user.as_deref().unwrap_or("?"), machine.trim())
}
