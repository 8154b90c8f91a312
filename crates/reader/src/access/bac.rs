//! BAC, for chips that announce nothing better or where the policy allows it; and chips that protect nothing.

use antin_lds::ElementaryFile;
use antin_protocol::bac;
use antin_protocol::files as commands;
use antin_protocol::sm::terminal::Channel;
use antin_wire::Transport;
use antin_wire::apdu::StatusWord;
use antin_wire::ids::Aid;
use rand_core::CryptoRng;

use super::master_file::carried_on;
use super::{AccessFacts, AccessPolicy, Method, Probe, begin, done, password_refused};
use crate::dialect::SHORT_LE;
use crate::error::Error;
use crate::event::{Event, Phase};
use crate::key::AccessKey;
use crate::link::Link;
use crate::session::Opened;

/// SELECT of the application in plain, then BAC; a chip that gives its files without is not asked for more.
pub(super) fn open_bac<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    policy: AccessPolicy,
    facts: &mut AccessFacts,
    on_event: &mut dyn FnMut(&Event),
    rng: &mut dyn CryptoRng,
) -> Result<Opened, Error> {
    let keys = bac_keys(key);
    if facts.downgrade {
        // PACE was announced, so the chip protects something, and there is nothing to find out.
        keys.as_ref().map_err(Clone::clone)?;
    }
    on_event(&begin(Phase::Access, Some("bac")));
    select_application(link)?;
    if !facts.downgrade && is_unprotected(link, policy.extended, facts)? {
        facts.method = Some(Method::Unprotected);
        facts.password = None;
        on_event(&done(Phase::Access, Some("plain")));
        return Ok(Opened::Unprotected);
    }
    let keys = keys?;
    facts.method = Some(Method::Bac);
    let channel = bac_with(link, key, &keys, rng)?;
    on_event(&done(Phase::Access, Some("bac")));
    Ok(channel.into())
}

pub(super) fn bac_keys(key: &AccessKey) -> Result<bac::Keys, Error> {
    key.bac_keys().ok_or(Error::KeyNotUsable {
        given: key.kind(),
        offered: "BAC",
    })
}

pub(super) fn select_application<T: Transport>(link: &mut Link<T>) -> Result<(), Error> {
    let selected = link.exchange(Phase::Access, &commands::select_application(&Aid::EMRTD))?;
    if selected.sw.is_ok() {
        Ok(())
    } else {
        Err(Error::NotIcao { sw: selected.sw })
    }
}

/// BAC, ICAO 9303-11 §4.3.
pub(super) fn bac_with<T: Transport>(
    link: &mut Link<T>,
    key: &AccessKey,
    keys: &bac::Keys,
    rng: &mut dyn CryptoRng,
) -> Result<Channel, Error> {
    let (command, state) = bac::terminal::start();
    let answer = link.exchange(Phase::Access, &command)?;
    let (command, state) = state.accept(&answer, keys, rng).map_err(Error::from_protocol)?;
    let answer = link.exchange(Phase::Access, &command)?;
    state
        .accept(&answer)
        .map_err(|error| password_refused(error, key.kind()))
}

/// Asks for the file that access control protects first of all. A chip that gives it protects nothing.
///
/// The Le is extended where that is not known to fail: a chip that understands the length objects to the missing rights,
/// one that does not objects to the length.
fn is_unprotected<T: Transport>(
    link: &mut Link<T>,
    probe: Probe,
    facts: &mut AccessFacts,
) -> Result<bool, Error> {
    let dg1 = ElementaryFile::DG1.short_id();
    let le = match facts.dialect.extended() {
        Some(le) if probe == Probe::Try && !facts.extended => le,
        _ => SHORT_LE,
    };
    let answer = match link.exchange(Phase::Access, &commands::read_binary_sfi(dg1, le)) {
        Ok(answer) => answer,
        Err(error) if le > SHORT_LE => {
            carried_on(error)?;
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    if le > SHORT_LE {
        facts.extended = answer.sw == StatusWord::SECURITY_NOT_SATISFIED || answer.sw.is_ok();
        facts.dialect.extended_le = Some(if facts.extended { le } else { 0 });
    }
    Ok(answer.sw.is_ok() && !answer.data.is_empty())
}
