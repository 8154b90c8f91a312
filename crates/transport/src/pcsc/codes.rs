//! The service's return codes in our own words.

use antin_wire::LinkError;
use pcsc::Error;

/// What a code means before a connection stands.
pub(super) fn opening(error: Error) -> LinkError {
    match error {
        Error::NoSmartcard | Error::RemovedCard => LinkError::NoCard,
        Error::UnknownReader | Error::ReaderUnavailable | Error::NoReadersAvailable => LinkError::NoReader,
        Error::UnresponsiveCard | Error::UnpoweredCard | Error::UnsupportedCard => LinkError::Protocol {
            what: "the card does not answer to reset",
        },
        Error::ProtoMismatch => LinkError::Protocol {
            what: "the card speaks neither T=0 nor T=1",
        },
        Error::SharingViolation => other("the reader is used by another program", error),
        _ => service(error),
    }
}

/// What a code means in mid-conversation, when nobody knows whether the card has acted.
pub(super) fn talking(error: Error) -> LinkError {
    match error {
        Error::RemovedCard
        | Error::ResetCard
        | Error::NoSmartcard
        | Error::NotTransacted
        | Error::CommError
        | Error::CommDataLost
        | Error::ReaderUnavailable
        | Error::UnknownReader
        | Error::InvalidHandle
        | Error::UnresponsiveCard
        | Error::UnpoweredCard => LinkError::CardLost,
        _ => service(error),
    }
}

/// What a code means at any time.
fn service(error: Error) -> LinkError {
    match error {
        Error::NoService | Error::ServiceStopped | Error::Shutdown => LinkError::NoService,
        Error::NoAccess | Error::SecurityViolation => LinkError::NotAllowed,
        Error::Cancelled | Error::CancelledByUser | Error::SystemCancelled => LinkError::Interrupted,
        Error::InsufficientBuffer | Error::PciTooSmall => LinkError::Protocol {
            what: "command or answer longer than the reader takes",
        },
        Error::CommError => LinkError::NoService,
        _ => other("smart card service", error),
    }
}

fn other(what: &'static str, error: Error) -> LinkError {
    // The crate numbers its errors with the service's own codes.
    LinkError::Other {
        what,
        code: i64::from(error as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_code_means_no_card_before_and_a_lost_card_during_the_conversation() {
        assert_eq!(opening(Error::RemovedCard), LinkError::NoCard);
        assert_eq!(talking(Error::RemovedCard), LinkError::CardLost);
        assert_eq!(opening(Error::NoService), LinkError::NoService);
        assert_eq!(talking(Error::NoService), LinkError::NoService);
        assert_eq!(opening(Error::SecurityViolation), LinkError::NotAllowed);
    }

    #[test]
    fn an_unknown_trouble_keeps_its_code() {
        let trouble = talking(Error::InternalError);
        assert_eq!(
            trouble,
            LinkError::Other {
                what: "smart card service",
                code: 0x8010_0001
            }
        );
    }
}
