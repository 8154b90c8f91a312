//! Instruction codes (ISO 7816-4, ISO 7816-8, ISO 7816-9).

/// DEACTIVATE FILE.
pub const DEACTIVATE_FILE: u8 = 0x04;
/// ERASE BINARY.
pub const ERASE_BINARY: u8 = 0x0E;
/// VERIFY.
pub const VERIFY: u8 = 0x20;
/// MANAGE SECURITY ENVIRONMENT.
pub const MANAGE_SECURITY_ENVIRONMENT: u8 = 0x22;
/// CHANGE REFERENCE DATA.
pub const CHANGE_REFERENCE_DATA: u8 = 0x24;
/// PERFORM SECURITY OPERATION.
pub const PERFORM_SECURITY_OPERATION: u8 = 0x2A;
/// RESET RETRY COUNTER.
pub const RESET_RETRY_COUNTER: u8 = 0x2C;
/// ACTIVATE FILE.
pub const ACTIVATE_FILE: u8 = 0x44;
/// MANAGE CHANNEL.
pub const MANAGE_CHANNEL: u8 = 0x70;
/// EXTERNAL AUTHENTICATE; MUTUAL AUTHENTICATE in Basic Access Control.
pub const EXTERNAL_AUTHENTICATE: u8 = 0x82;
/// GET CHALLENGE.
pub const GET_CHALLENGE: u8 = 0x84;
/// GENERAL AUTHENTICATE.
pub const GENERAL_AUTHENTICATE: u8 = 0x86;
/// INTERNAL AUTHENTICATE.
pub const INTERNAL_AUTHENTICATE: u8 = 0x88;
/// SELECT.
pub const SELECT: u8 = 0xA4;
/// READ BINARY, offset in P1-P2.
pub const READ_BINARY: u8 = 0xB0;
/// READ BINARY, offset in a data object.
pub const READ_BINARY_ODD: u8 = 0xB1;
/// READ RECORD.
pub const READ_RECORD: u8 = 0xB2;
/// GET RESPONSE.
pub const GET_RESPONSE: u8 = 0xC0;
/// GET DATA.
pub const GET_DATA: u8 = 0xCA;
/// UPDATE BINARY, offset in P1-P2.
pub const UPDATE_BINARY: u8 = 0xD6;
/// UPDATE BINARY, offset in a data object.
pub const UPDATE_BINARY_ODD: u8 = 0xD7;
/// PUT DATA, tag in P1-P2.
pub const PUT_DATA: u8 = 0xDA;
/// PUT DATA, with a data object in the body.
pub const PUT_DATA_ODD: u8 = 0xDB;
/// CREATE FILE.
pub const CREATE_FILE: u8 = 0xE0;
/// DELETE FILE.
pub const DELETE_FILE: u8 = 0xE4;

/// The name of an instruction, as the standards spell it.
#[must_use]
pub const fn name(ins: u8) -> Option<&'static str> {
    Some(match ins {
        DEACTIVATE_FILE => "DEACTIVATE FILE",
        ERASE_BINARY => "ERASE BINARY",
        VERIFY => "VERIFY",
        MANAGE_SECURITY_ENVIRONMENT => "MANAGE SECURITY ENVIRONMENT",
        CHANGE_REFERENCE_DATA => "CHANGE REFERENCE DATA",
        PERFORM_SECURITY_OPERATION => "PERFORM SECURITY OPERATION",
        RESET_RETRY_COUNTER => "RESET RETRY COUNTER",
        ACTIVATE_FILE => "ACTIVATE FILE",
        MANAGE_CHANNEL => "MANAGE CHANNEL",
        EXTERNAL_AUTHENTICATE => "EXTERNAL AUTHENTICATE",
        GET_CHALLENGE => "GET CHALLENGE",
        GENERAL_AUTHENTICATE => "GENERAL AUTHENTICATE",
        INTERNAL_AUTHENTICATE => "INTERNAL AUTHENTICATE",
        SELECT => "SELECT",
        READ_BINARY | READ_BINARY_ODD => "READ BINARY",
        READ_RECORD => "READ RECORD",
        GET_RESPONSE => "GET RESPONSE",
        GET_DATA => "GET DATA",
        UPDATE_BINARY | UPDATE_BINARY_ODD => "UPDATE BINARY",
        PUT_DATA | PUT_DATA_ODD => "PUT DATA",
        CREATE_FILE => "CREATE FILE",
        DELETE_FILE => "DELETE FILE",
        _ => return None,
    })
}
