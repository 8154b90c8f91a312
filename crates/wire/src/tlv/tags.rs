//! The one table of tags. The meaning of a context tag (`80`..`9F`, `A0`..`BF`) depends on its template, so those
//! stand here once per template and have no [`name`].

use super::Tag;

macro_rules! tags {
    ($($(#[doc = $doc:literal])+ $constant:ident = $value:literal, $name:literal;)+) => {
        $($(#[doc = $doc])+ pub const $constant: Tag = Tag($value);)+
        /// The name of a tag that means the same everywhere; `None` for others.
        #[must_use]
        pub const fn name(tag: Tag) -> Option<&'static str> {
            match tag.0 { $($value => Some($name),)+ _ => None }
        }
    };
}

tags! {
    /// EF.COM (ICAO 9303-10).
    EF_COM = 0x60, "EF.COM";
    /// Data group 1: machine readable zone.
    DG1 = 0x61, "DG1";
    /// Data group 2: face.
    DG2 = 0x75, "DG2";
    /// Data group 3: fingers.
    DG3 = 0x63, "DG3";
    /// Data group 4: irises.
    DG4 = 0x76, "DG4";
    /// Data group 5: displayed portrait.
    DG5 = 0x65, "DG5";
    /// Data group 6: reserved.
    DG6 = 0x66, "DG6";
    /// Data group 7: displayed signature.
    DG7 = 0x67, "DG7";
    /// Data group 8: data features.
    DG8 = 0x68, "DG8";
    /// Data group 9: structure features.
    DG9 = 0x69, "DG9";
    /// Data group 10: substance features.
    DG10 = 0x6A, "DG10";
    /// Data group 11: additional personal details.
    DG11 = 0x6B, "DG11";
    /// Data group 12: additional document details.
    DG12 = 0x6C, "DG12";
    /// Data group 13: optional details, national.
    DG13 = 0x6D, "DG13";
    /// Data group 14: security infos.
    DG14 = 0x6E, "DG14";
    /// Data group 15: active authentication key.
    DG15 = 0x6F, "DG15";
    /// Data group 16: persons to notify.
    DG16 = 0x70, "DG16";
    /// EF.SOD: the signed document security object.
    EF_SOD = 0x77, "EF.SOD";

    /// LDS version number, in EF.COM.
    LDS_VERSION = 0x5F01, "LDS version";
    /// Unicode version number, in EF.COM.
    UNICODE_VERSION = 0x5F36, "Unicode version";
    /// Tag list: the data groups that are present, in EF.COM.
    TAG_LIST = 0x5C, "tag list";
    /// Machine readable zone, in DG1.
    MRZ = 0x5F1F, "MRZ";
    /// Biometric information group template, in DG2.
    BIOMETRIC_GROUP = 0x7F61, "biometric information group";
    /// Biometric information template.
    BIOMETRIC_INFORMATION = 0x7F60, "biometric information";
    /// Biometric data block, primitive.
    BIOMETRIC_DATA = 0x5F2E, "biometric data";
    /// Biometric data block, constructed.
    BIOMETRIC_DATA_CONSTRUCTED = 0x7F2E, "biometric data, constructed";
    /// Displayed portrait, in DG5.
    DISPLAYED_PORTRAIT = 0x5F40, "displayed portrait";
    /// Displayed signature, in DG7.
    DISPLAYED_SIGNATURE = 0x5F43, "displayed signature";

    /// Discretionary data, plain; answer of READ BINARY with odd instruction.
    DISCRETIONARY_DATA = 0x53, "discretionary data";
    /// Offset data object of READ BINARY with odd instruction.
    OFFSET = 0x54, "offset";
    /// Dynamic authentication template of GENERAL AUTHENTICATE.
    DYNAMIC_AUTHENTICATION = 0x7C, "dynamic authentication data";
    /// Public key data object.
    PUBLIC_KEY = 0x7F49, "public key";
    /// File control parameters.
    FILE_CONTROL_PARAMETERS = 0x62, "file control parameters";
    /// Extended length information, in EF.ATR/INFO.
    EXTENDED_LENGTH = 0x7F66, "extended length information";
    /// Certificate holder authorization template.
    CHAT = 0x7F4C, "certificate holder authorization template";
    /// Card service data, in EF.ATR/INFO.
    CARD_SERVICE_DATA = 0x43, "card service data";
    /// Card capabilities, in EF.ATR/INFO.
    CARD_CAPABILITIES = 0x47, "card capabilities";
    /// Certification authority reference.
    CERTIFICATION_AUTHORITY_REFERENCE = 0x42, "certification authority reference";
    /// Application identifier, in a template `61` of EF.DIR.
    APPLICATION_IDENTIFIER = 0x4F, "application identifier";
    /// Application label, in a template `61` of EF.DIR.
    APPLICATION_LABEL = 0x50, "application label";
    /// Cardholder certificate: a CV certificate.
    CV_CERTIFICATE = 0x7F21, "CV certificate";
    /// Body of a CV certificate.
    CV_BODY = 0x7F4E, "CV certificate body";
    /// Signature of a CV certificate.
    CV_SIGNATURE = 0x5F37, "CV certificate signature";
    /// Certificate holder reference: the key in a CV certificate.
    CV_HOLDER = 0x5F20, "certificate holder reference";
    /// First day of a CV certificate.
    CV_EFFECTIVE_DATE = 0x5F25, "certificate effective date";
    /// Last day of a CV certificate.
    CV_EXPIRATION_DATE = 0x5F24, "certificate expiration date";
    /// Version of the format of a CV certificate.
    CV_PROFILE = 0x5F29, "certificate profile identifier";
    /// Discretionary data template: one extension of a CV certificate, one item of auxiliary data.
    DISCRETIONARY_TEMPLATE = 0x73, "discretionary data template";

    /// BOOLEAN of ASN.1.
    BOOLEAN = 0x01, "BOOLEAN";
    /// INTEGER of ASN.1.
    INTEGER = 0x02, "INTEGER";
    /// BIT STRING of ASN.1.
    BIT_STRING = 0x03, "BIT STRING";
    /// OCTET STRING of ASN.1.
    OCTET_STRING = 0x04, "OCTET STRING";
    /// NULL of ASN.1.
    NULL = 0x05, "NULL";
    /// OBJECT IDENTIFIER of ASN.1.
    OBJECT_IDENTIFIER = 0x06, "OBJECT IDENTIFIER";
    /// UTF8String of ASN.1.
    UTF8_STRING = 0x0C, "UTF8String";
    /// PrintableString of ASN.1.
    PRINTABLE_STRING = 0x13, "PrintableString";
    /// UTCTime of ASN.1.
    UTC_TIME = 0x17, "UTCTime";
    /// GeneralizedTime of ASN.1.
    GENERALIZED_TIME = 0x18, "GeneralizedTime";
    /// SEQUENCE of ASN.1.
    SEQUENCE = 0x30, "SEQUENCE";
    /// SET of ASN.1.
    SET = 0x31, "SET";
}

/// The object inside [`PUBLIC_KEY`] that holds an elliptic curve point.
pub const EC_POINT: Tag = Tag(0x86);

/// The object inside [`PUBLIC_KEY`] that holds a Diffie-Hellman public value.
pub const DH_PUBLIC_VALUE: Tag = Tag(0x84);

/// The objects of CV certificates whose tags mean a data group elsewhere (TR-03110-3 §D.2), and those inside
/// [`PUBLIC_KEY`] (TR-03110-3 §D.3).
pub mod cv {
    use super::Tag;

    /// Certificate extensions.
    pub const EXTENSIONS: Tag = Tag(0x65);
    /// Authentication: a request with an outer signature.
    pub const AUTHENTICATION: Tag = Tag(0x67);
    /// RSA: modulus.
    pub const RSA_MODULUS: Tag = Tag(0x81);
    /// RSA: public exponent.
    pub const RSA_EXPONENT: Tag = Tag(0x82);
    /// Elliptic curve: prime of the field.
    pub const EC_PRIME: Tag = Tag(0x81);
    /// Elliptic curve: first coefficient.
    pub const EC_A: Tag = Tag(0x82);
    /// Elliptic curve: second coefficient.
    pub const EC_B: Tag = Tag(0x83);
    /// Elliptic curve: base point.
    pub const EC_GENERATOR: Tag = Tag(0x84);
    /// Elliptic curve: order of the base point.
    pub const EC_ORDER: Tag = Tag(0x85);
    /// Elliptic curve: public point.
    pub const EC_POINT: Tag = super::EC_POINT;
    /// Elliptic curve: cofactor.
    pub const EC_COFACTOR: Tag = Tag(0x87);
}

/// The context tags of secure messaging (ICAO 9303-11 §9.8.4).
pub mod sm {
    use super::Tag;

    /// Cryptogram whose plain value is data objects; used with odd instructions, without padding indicator.
    pub const CRYPTOGRAM_TLV: Tag = Tag(0x85);
    /// Padding indicator (`01`) and cryptogram.
    pub const CRYPTOGRAM: Tag = Tag(0x87);
    /// Le of the protected command.
    pub const LE: Tag = Tag(0x97);
    /// Status word.
    pub const STATUS: Tag = Tag(0x99);
    /// Cryptographic checksum.
    pub const MAC: Tag = Tag(0x8E);
}

/// The context tags inside [`DYNAMIC_AUTHENTICATION`] (ICAO 9303-11 §4.4.4.2 and §6.2.4.2, TR-03110-3 §B.1 and §B.2).
pub mod authentication {
    use super::Tag;

    /// PACE: encrypted nonce. Chip Authentication: ephemeral public key of the terminal.
    pub const ENCRYPTED_NONCE: Tag = Tag(0x80);
    /// Chip Authentication: ephemeral public key of the terminal.
    pub const CA_PUBLIC_KEY: Tag = Tag(0x80);
    /// PACE: mapping data of the terminal.
    pub const MAPPING_TERMINAL: Tag = Tag(0x81);
    /// PACE: mapping data of the chip.
    pub const MAPPING_CHIP: Tag = Tag(0x82);
    /// PACE: ephemeral public key of the terminal.
    pub const EPHEMERAL_TERMINAL: Tag = Tag(0x83);
    /// PACE: ephemeral public key of the chip.
    pub const EPHEMERAL_CHIP: Tag = Tag(0x84);
    /// PACE: authentication token of the terminal.
    pub const TOKEN_TERMINAL: Tag = Tag(0x85);
    /// PACE: authentication token of the chip.
    pub const TOKEN_CHIP: Tag = Tag(0x86);
    /// PACE: most recent certification authority reference.
    pub const CAR: Tag = Tag(0x87);
    /// PACE: previous certification authority reference.
    pub const CAR_PREVIOUS: Tag = Tag(0x88);
    /// PACE: encrypted chip authentication data.
    pub const CHIP_AUTHENTICATION_DATA: Tag = Tag(0x8A);
    /// Chip Authentication version 2: nonce.
    pub const CA_NONCE: Tag = Tag(0x81);
    /// Chip Authentication version 2: authentication token.
    pub const CA_TOKEN: Tag = Tag(0x82);
}

/// The context tags of the control reference templates in MSE:SET (ICAO 9303-11 §4.4.4.1 and §6.2.4).
pub mod mse {
    use super::Tag;

    /// Cryptographic mechanism: the value bytes of an object identifier.
    pub const MECHANISM: Tag = Tag(0x80);
    /// Reference of a password (`01` MRZ, `02` CAN) or public key.
    pub const PUBLIC_KEY_REFERENCE: Tag = Tag(0x83);
    /// Reference of a private key, or of the domain parameters in PACE.
    pub const PRIVATE_KEY_REFERENCE: Tag = Tag(0x84);
    /// Ephemeral public key of the terminal, in MSE:SET KAT; compressed in MSE:SET AT of Terminal Authentication.
    pub const EPHEMERAL_PUBLIC_KEY: Tag = Tag(0x91);
    /// Auxiliary data that the terminal signs, in MSE:SET AT of Terminal Authentication version 2.
    pub const AUXILIARY_DATA: Tag = Tag(0x67);
}

/// The context tags inside [`FILE_CONTROL_PARAMETERS`] (ISO 7816-4, file control parameters).
pub mod fcp {
    use super::Tag;

    /// Number of data bytes in the file.
    pub const SIZE: Tag = Tag(0x80);
    /// File descriptor byte.
    pub const DESCRIPTOR: Tag = Tag(0x82);
    /// File identifier.
    pub const FILE_ID: Tag = Tag(0x83);
    /// Name of a dedicated file.
    pub const DF_NAME: Tag = Tag(0x84);
    /// Security attribute, proprietary format.
    pub const SECURITY: Tag = Tag(0x86);
    /// Short file identifier, in the high five bits.
    pub const SHORT_FILE_ID: Tag = Tag(0x88);
    /// Life cycle status byte.
    pub const LIFE_CYCLE: Tag = Tag(0x8A);
}

/// The context tags of the biometric header template (ISO 7816-11, ISO/IEC 19785-3).
pub mod biometric {
    use super::Tag;

    /// Number of templates in the group.
    pub const COUNT: Tag = Tag(0x02);
    /// Biometric header template.
    pub const HEADER: Tag = Tag(0xA1);
    /// Patron header version.
    pub const HEADER_VERSION: Tag = Tag(0x80);
    /// Biometric type: `02` face, `08` finger, `10` iris.
    pub const TYPE: Tag = Tag(0x81);
    /// Biometric subtype.
    pub const SUBTYPE: Tag = Tag(0x82);
    /// Creation date and time.
    pub const CREATED: Tag = Tag(0x83);
    /// Validity period.
    pub const VALIDITY: Tag = Tag(0x85);
    /// Identification of the creator.
    pub const CREATOR: Tag = Tag(0x86);
    /// Format owner.
    pub const FORMAT_OWNER: Tag = Tag(0x87);
    /// Format type.
    pub const FORMAT_TYPE: Tag = Tag(0x88);
}
