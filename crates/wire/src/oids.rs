//! The one table of object identifiers, each constant under the name that its standard gives it.

pub use const_oid::ObjectIdentifier;

macro_rules! oids {
    ($($(#[doc = $doc:literal])* $constant:ident = $dotted:literal, $name:literal;)+) => {
        $(
            #[doc = concat!("`", $name, "`, ", $dotted, ".")]
            $(#[doc = ""] #[doc = $doc])*
            pub const $constant: ObjectIdentifier = ObjectIdentifier::new_unwrap($dotted);
        )+
        const TABLE: &[(ObjectIdentifier, &str)] = &[$(($constant, $name),)+];
    };
}

/// The standard's own name; `None` for an identifier that is not in the table.
///
/// ```
/// use antin_wire::oids;
/// assert_eq!(oids::name(&oids::ID_AA), Some("id-AA"));
/// ```
#[must_use]
pub fn name(oid: &ObjectIdentifier) -> Option<&'static str> {
    TABLE
        .iter()
        .find(|(known, _)| known == oid)
        .map(|(_, name)| *name)
}

oids! {
    // ICAO 9303-10, 9303-11, 9303-12
    LDS_SECURITY_OBJECT = "2.23.136.1.1.1", "id-icao-mrtd-security-ldsSecurityObject";
    CSCA_MASTER_LIST = "2.23.136.1.1.2", "id-icao-cscaMasterList";
    CSCA_MASTER_LIST_SIGNING_KEY = "2.23.136.1.1.3", "id-icao-cscaMasterListSigningKey";
    ID_AA = "2.23.136.1.1.5", "id-AA";
    NAME_CHANGE = "2.23.136.1.1.6.1", "id-icao-mrtd-security-extensions-nameChange";
    DOCUMENT_TYPE_LIST = "2.23.136.1.1.6.2", "id-icao-mrtd-security-extensions-documentTypeList";
    DEVIATION_LIST = "2.23.136.1.1.7", "id-icao-DeviationList";
    DEVIATION_LIST_SIGNING_KEY = "2.23.136.1.1.8", "id-icao-DeviationListSigningKey";
    VDS_SIGNER = "2.23.136.1.1.11.1", "id-icao-vdsSigner";
    DEVIATION_DS_SIGNATURE = "2.23.136.1.1.7.1.1", "id-Deviation-CertOrKey-DSSignature";
    DEVIATION_DS_ENCODING = "2.23.136.1.1.7.1.2", "id-Deviation-CertOrKey-DSEncoding";
    DEVIATION_CSCA_ENCODING = "2.23.136.1.1.7.1.3", "id-Deviation-CertOrKey-CSCAEncoding";
    DEVIATION_AA_KEY_COMPROMISED = "2.23.136.1.1.7.1.4", "id-Deviation-CertOrKey-AAKeyCompromised";
    DEVIATION_DG_MALFORMED = "2.23.136.1.1.7.2.1", "id-Deviation-LDS-DGMalformed";
    DEVIATION_DG_HASH_WRONG = "2.23.136.1.1.7.2.2", "id-Deviation-LDS-DGHashWrong";
    DEVIATION_SOD_SIGNATURE_WRONG = "2.23.136.1.1.7.2.3", "id-Deviation-LDS-SODSignatureWrong";
    DEVIATION_COM_INCONSISTENT = "2.23.136.1.1.7.2.4", "id-Deviation-LDS-COMInconsistent";
    DEVIATION_MRZ_WRONG_DATA = "2.23.136.1.1.7.3.1", "id-Deviation-MRZ-WrongData";
    DEVIATION_MRZ_WRONG_CHECK_DIGIT = "2.23.136.1.1.7.3.2", "id-Deviation-MRZ-WrongCheckDigit";
    DEVIATION_CHIP = "2.23.136.1.1.7.4", "id-Deviation-Chip";
    DEVIATION_NATIONAL_USE = "2.23.136.1.1.7.5", "id-Deviation-NationalUse";

    // TR-03129-2 §7: defect lists
    DEFECT_LIST = "0.4.0.127.0.7.3.1.5", "id-DefectList";
    DEFECT_LIST_SIGNING_KEY = "0.4.0.127.0.7.3.11.2.1.2", "id-electronicDefectListSigningKey";
    DOCUMENT_DEFECT = "0.4.0.127.0.7.3.1.5.4", "id-DocumentDefect";
    CERT_REVOKED = "0.4.0.127.0.7.3.1.5.1.1", "id-CertRevoked";
    CERT_REPLACED = "0.4.0.127.0.7.3.1.5.1.2", "id-CertReplaced";
    CHIP_AUTH_KEY_REVOKED = "0.4.0.127.0.7.3.1.5.1.3", "id-ChipAuthKeyRevoked";
    ACTIVE_AUTH_KEY_REVOKED = "0.4.0.127.0.7.3.1.5.1.4", "id-ActiveAuthKeyRevoked";
    AUTHENTICATION_PROTOCOL_FAILURE = "0.4.0.127.0.7.3.1.5.1.5", "id-AuthenticationProtocolFailure";
    VALIDITY_PERIOD_INCORRECT = "0.4.0.127.0.7.3.1.5.1.6", "id-ValidityPeriodIncorrect";
    EPASSPORT_DG_MALFORMED = "0.4.0.127.0.7.3.1.5.2.1", "id-ePassportDGMalformed";
    SOD_INVALID = "0.4.0.127.0.7.3.1.5.2.2", "id-SODInvalid";
    COM_SOD_DISCREPANCY = "0.4.0.127.0.7.3.1.5.2.3", "id-COMSODDiscrepancy";
    SOD_WRONG_SIGNER_IDENTIFIER = "0.4.0.127.0.7.3.1.5.2.4", "id-sodWrongSignerIdentifier";
    ISSUING_COUNTRY_DEFECT = "0.4.0.127.0.7.3.1.5.2.5", "id-IssuingCountryDefect";
    CARD_SECURITY_MALFORMED = "0.4.0.127.0.7.3.1.5.4.1", "id-CardSecurityMalformed";
    CHIP_SECURITY_MALFORMED = "0.4.0.127.0.7.3.1.5.4.2", "id-ChipSecurityMalformed";
    POWER_DOWN_REQ = "0.4.0.127.0.7.3.1.5.4.3", "id-PowerDownReq";
    DS_MALFORMED = "0.4.0.127.0.7.3.1.5.4.4", "id-DSMalformed";

    // TR-03110-3, ICAO 9303-11: PACE
    ID_PACE_DH_GM_3DES_CBC_CBC = "0.4.0.127.0.7.2.2.4.1.1", "id-PACE-DH-GM-3DES-CBC-CBC";
    ID_PACE_DH_GM_AES_CBC_CMAC_128 = "0.4.0.127.0.7.2.2.4.1.2", "id-PACE-DH-GM-AES-CBC-CMAC-128";
    ID_PACE_DH_GM_AES_CBC_CMAC_192 = "0.4.0.127.0.7.2.2.4.1.3", "id-PACE-DH-GM-AES-CBC-CMAC-192";
    ID_PACE_DH_GM_AES_CBC_CMAC_256 = "0.4.0.127.0.7.2.2.4.1.4", "id-PACE-DH-GM-AES-CBC-CMAC-256";
    ID_PACE_ECDH_GM_3DES_CBC_CBC = "0.4.0.127.0.7.2.2.4.2.1", "id-PACE-ECDH-GM-3DES-CBC-CBC";
    ID_PACE_ECDH_GM_AES_CBC_CMAC_128 = "0.4.0.127.0.7.2.2.4.2.2", "id-PACE-ECDH-GM-AES-CBC-CMAC-128";
    ID_PACE_ECDH_GM_AES_CBC_CMAC_192 = "0.4.0.127.0.7.2.2.4.2.3", "id-PACE-ECDH-GM-AES-CBC-CMAC-192";
    ID_PACE_ECDH_GM_AES_CBC_CMAC_256 = "0.4.0.127.0.7.2.2.4.2.4", "id-PACE-ECDH-GM-AES-CBC-CMAC-256";
    ID_PACE_DH_IM_3DES_CBC_CBC = "0.4.0.127.0.7.2.2.4.3.1", "id-PACE-DH-IM-3DES-CBC-CBC";
    ID_PACE_DH_IM_AES_CBC_CMAC_128 = "0.4.0.127.0.7.2.2.4.3.2", "id-PACE-DH-IM-AES-CBC-CMAC-128";
    ID_PACE_DH_IM_AES_CBC_CMAC_192 = "0.4.0.127.0.7.2.2.4.3.3", "id-PACE-DH-IM-AES-CBC-CMAC-192";
    ID_PACE_DH_IM_AES_CBC_CMAC_256 = "0.4.0.127.0.7.2.2.4.3.4", "id-PACE-DH-IM-AES-CBC-CMAC-256";
    ID_PACE_ECDH_IM_3DES_CBC_CBC = "0.4.0.127.0.7.2.2.4.4.1", "id-PACE-ECDH-IM-3DES-CBC-CBC";
    ID_PACE_ECDH_IM_AES_CBC_CMAC_128 = "0.4.0.127.0.7.2.2.4.4.2", "id-PACE-ECDH-IM-AES-CBC-CMAC-128";
    ID_PACE_ECDH_IM_AES_CBC_CMAC_192 = "0.4.0.127.0.7.2.2.4.4.3", "id-PACE-ECDH-IM-AES-CBC-CMAC-192";
    ID_PACE_ECDH_IM_AES_CBC_CMAC_256 = "0.4.0.127.0.7.2.2.4.4.4", "id-PACE-ECDH-IM-AES-CBC-CMAC-256";
    ID_PACE_ECDH_CAM_AES_CBC_CMAC_128 = "0.4.0.127.0.7.2.2.4.6.2", "id-PACE-ECDH-CAM-AES-CBC-CMAC-128";
    ID_PACE_ECDH_CAM_AES_CBC_CMAC_192 = "0.4.0.127.0.7.2.2.4.6.3", "id-PACE-ECDH-CAM-AES-CBC-CMAC-192";
    ID_PACE_ECDH_CAM_AES_CBC_CMAC_256 = "0.4.0.127.0.7.2.2.4.6.4", "id-PACE-ECDH-CAM-AES-CBC-CMAC-256";

    // TR-03110-3, ICAO 9303-11: Chip Authentication
    ID_PK_DH = "0.4.0.127.0.7.2.2.1.1", "id-PK-DH";
    ID_PK_ECDH = "0.4.0.127.0.7.2.2.1.2", "id-PK-ECDH";
    ID_CA_DH_3DES_CBC_CBC = "0.4.0.127.0.7.2.2.3.1.1", "id-CA-DH-3DES-CBC-CBC";
    ID_CA_DH_AES_CBC_CMAC_128 = "0.4.0.127.0.7.2.2.3.1.2", "id-CA-DH-AES-CBC-CMAC-128";
    ID_CA_DH_AES_CBC_CMAC_192 = "0.4.0.127.0.7.2.2.3.1.3", "id-CA-DH-AES-CBC-CMAC-192";
    ID_CA_DH_AES_CBC_CMAC_256 = "0.4.0.127.0.7.2.2.3.1.4", "id-CA-DH-AES-CBC-CMAC-256";
    ID_CA_ECDH_3DES_CBC_CBC = "0.4.0.127.0.7.2.2.3.2.1", "id-CA-ECDH-3DES-CBC-CBC";
    ID_CA_ECDH_AES_CBC_CMAC_128 = "0.4.0.127.0.7.2.2.3.2.2", "id-CA-ECDH-AES-CBC-CMAC-128";
    ID_CA_ECDH_AES_CBC_CMAC_192 = "0.4.0.127.0.7.2.2.3.2.3", "id-CA-ECDH-AES-CBC-CMAC-192";
    ID_CA_ECDH_AES_CBC_CMAC_256 = "0.4.0.127.0.7.2.2.3.2.4", "id-CA-ECDH-AES-CBC-CMAC-256";

    // TR-03110-3: Terminal Authentication and what announces it
    ID_TA = "0.4.0.127.0.7.2.2.2", "id-TA";
    ID_TA_RSA_V1_5_SHA_1 = "0.4.0.127.0.7.2.2.2.1.1", "id-TA-RSA-v1-5-SHA-1";
    ID_TA_RSA_V1_5_SHA_256 = "0.4.0.127.0.7.2.2.2.1.2", "id-TA-RSA-v1-5-SHA-256";
    ID_TA_RSA_PSS_SHA_1 = "0.4.0.127.0.7.2.2.2.1.3", "id-TA-RSA-PSS-SHA-1";
    ID_TA_RSA_PSS_SHA_256 = "0.4.0.127.0.7.2.2.2.1.4", "id-TA-RSA-PSS-SHA-256";
    ID_TA_RSA_V1_5_SHA_512 = "0.4.0.127.0.7.2.2.2.1.5", "id-TA-RSA-v1-5-SHA-512";
    ID_TA_RSA_PSS_SHA_512 = "0.4.0.127.0.7.2.2.2.1.6", "id-TA-RSA-PSS-SHA-512";
    ID_TA_ECDSA_SHA_1 = "0.4.0.127.0.7.2.2.2.2.1", "id-TA-ECDSA-SHA-1";
    ID_TA_ECDSA_SHA_224 = "0.4.0.127.0.7.2.2.2.2.2", "id-TA-ECDSA-SHA-224";
    ID_TA_ECDSA_SHA_256 = "0.4.0.127.0.7.2.2.2.2.3", "id-TA-ECDSA-SHA-256";
    ID_TA_ECDSA_SHA_384 = "0.4.0.127.0.7.2.2.2.2.4", "id-TA-ECDSA-SHA-384";
    ID_TA_ECDSA_SHA_512 = "0.4.0.127.0.7.2.2.2.2.5", "id-TA-ECDSA-SHA-512";
    ID_CI = "0.4.0.127.0.7.2.2.6", "id-CI";
    ID_PT = "0.4.0.127.0.7.2.2.8", "id-PT";
    /// Content of EF.CardSecurity.
    ID_SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1", "id-SecurityObject";

    // TR-03110-3: key agreement without a cipher, beside domain parameters
    ID_PACE_DH_GM = "0.4.0.127.0.7.2.2.4.1", "id-PACE-DH-GM";
    ID_PACE_ECDH_GM = "0.4.0.127.0.7.2.2.4.2", "id-PACE-ECDH-GM";
    ID_PACE_DH_IM = "0.4.0.127.0.7.2.2.4.3", "id-PACE-DH-IM";
    ID_PACE_ECDH_IM = "0.4.0.127.0.7.2.2.4.4", "id-PACE-ECDH-IM";
    ID_PACE_ECDH_CAM = "0.4.0.127.0.7.2.2.4.6", "id-PACE-ECDH-CAM";
    ID_CA_DH = "0.4.0.127.0.7.2.2.3.1", "id-CA-DH";
    ID_CA_ECDH = "0.4.0.127.0.7.2.2.3.2", "id-CA-ECDH";
    STANDARDIZED_DOMAIN_PARAMETERS = "0.4.0.127.0.7.1.2", "standardizedDomainParameters";

    // TR-03110-3, TR-03110-4: roles of terminals, extensions of CV certificates, auxiliary data
    ID_IS = "0.4.0.127.0.7.3.1.2.1", "id-IS";
    ID_AT = "0.4.0.127.0.7.3.1.2.2", "id-AT";
    ID_ST = "0.4.0.127.0.7.3.1.2.3", "id-ST";
    ID_DESCRIPTION = "0.4.0.127.0.7.3.1.3.1", "id-description";
    ID_SECTOR = "0.4.0.127.0.7.3.1.3.2", "id-sector";
    ID_PS_SECTOR = "0.4.0.127.0.7.3.1.3.3", "id-PS-Sector";
    ID_DATE_OF_BIRTH = "0.4.0.127.0.7.3.1.4.1", "id-DateOfBirth";
    ID_DATE_OF_EXPIRY = "0.4.0.127.0.7.3.1.4.2", "id-DateOfExpiry";
    ID_MUNICIPALITY_ID = "0.4.0.127.0.7.3.1.4.3", "id-MunicipalityID";

    // TR-03111: signatures as plain r and s
    ECDSA_PLAIN_SHA1 = "0.4.0.127.0.7.1.1.4.1.1", "ecdsa-plain-SHA1";
    ECDSA_PLAIN_SHA224 = "0.4.0.127.0.7.1.1.4.1.2", "ecdsa-plain-SHA224";
    ECDSA_PLAIN_SHA256 = "0.4.0.127.0.7.1.1.4.1.3", "ecdsa-plain-SHA256";
    ECDSA_PLAIN_SHA384 = "0.4.0.127.0.7.1.1.4.1.4", "ecdsa-plain-SHA384";
    ECDSA_PLAIN_SHA512 = "0.4.0.127.0.7.1.1.4.1.5", "ecdsa-plain-SHA512";

    // RFC 3279, RFC 5758: ECDSA as DER
    EC_PUBLIC_KEY = "1.2.840.10045.2.1", "id-ecPublicKey";
    PRIME_FIELD = "1.2.840.10045.1.1", "prime-field";
    ECDSA_WITH_SHA1 = "1.2.840.10045.4.1", "ecdsa-with-SHA1";
    ECDSA_WITH_SHA224 = "1.2.840.10045.4.3.1", "ecdsa-with-SHA224";
    ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2", "ecdsa-with-SHA256";
    ECDSA_WITH_SHA384 = "1.2.840.10045.4.3.3", "ecdsa-with-SHA384";
    ECDSA_WITH_SHA512 = "1.2.840.10045.4.3.4", "ecdsa-with-SHA512";

    // SEC 2, RFC 5639: curves
    SECP192R1 = "1.2.840.10045.3.1.1", "secp192r1";
    SECP224R1 = "1.3.132.0.33", "secp224r1";
    SECP256R1 = "1.2.840.10045.3.1.7", "secp256r1";
    SECP384R1 = "1.3.132.0.34", "secp384r1";
    SECP521R1 = "1.3.132.0.35", "secp521r1";
    BRAINPOOL_P160R1 = "1.3.36.3.3.2.8.1.1.1", "brainpoolP160r1";
    BRAINPOOL_P192R1 = "1.3.36.3.3.2.8.1.1.3", "brainpoolP192r1";
    BRAINPOOL_P224R1 = "1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1";
    BRAINPOOL_P256R1 = "1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1";
    BRAINPOOL_P320R1 = "1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1";
    BRAINPOOL_P384R1 = "1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1";
    BRAINPOOL_P512R1 = "1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1";
    BRAINPOOL_P160T1 = "1.3.36.3.3.2.8.1.1.2", "brainpoolP160t1";
    BRAINPOOL_P192T1 = "1.3.36.3.3.2.8.1.1.4", "brainpoolP192t1";
    BRAINPOOL_P224T1 = "1.3.36.3.3.2.8.1.1.6", "brainpoolP224t1";
    BRAINPOOL_P256T1 = "1.3.36.3.3.2.8.1.1.8", "brainpoolP256t1";
    BRAINPOOL_P320T1 = "1.3.36.3.3.2.8.1.1.10", "brainpoolP320t1";
    BRAINPOOL_P384T1 = "1.3.36.3.3.2.8.1.1.12", "brainpoolP384t1";
    BRAINPOOL_P512T1 = "1.3.36.3.3.2.8.1.1.14", "brainpoolP512t1";

    // PKCS #3, RFC 3279: Diffie-Hellman
    DH_KEY_AGREEMENT = "1.2.840.113549.1.3.1", "dhKeyAgreement";
    DH_PUBLIC_NUMBER = "1.2.840.10046.2.1", "dhpublicnumber";

    // RFC 8017: RSA
    RSA_ENCRYPTION = "1.2.840.113549.1.1.1", "rsaEncryption";
    SHA1_WITH_RSA_ENCRYPTION = "1.2.840.113549.1.1.5", "sha1WithRSAEncryption";
    ID_MGF1 = "1.2.840.113549.1.1.8", "id-mgf1";
    RSASSA_PSS = "1.2.840.113549.1.1.10", "id-RSASSA-PSS";
    SHA256_WITH_RSA_ENCRYPTION = "1.2.840.113549.1.1.11", "sha256WithRSAEncryption";
    SHA384_WITH_RSA_ENCRYPTION = "1.2.840.113549.1.1.12", "sha384WithRSAEncryption";
    SHA512_WITH_RSA_ENCRYPTION = "1.2.840.113549.1.1.13", "sha512WithRSAEncryption";
    SHA224_WITH_RSA_ENCRYPTION = "1.2.840.113549.1.1.14", "sha224WithRSAEncryption";

    // FIPS 180-4: hashes
    SHA1 = "1.3.14.3.2.26", "id-sha1";
    SHA256 = "2.16.840.1.101.3.4.2.1", "id-sha256";
    SHA384 = "2.16.840.1.101.3.4.2.2", "id-sha384";
    SHA512 = "2.16.840.1.101.3.4.2.3", "id-sha512";
    SHA224 = "2.16.840.1.101.3.4.2.4", "id-sha224";

    // RFC 5652: cryptographic message syntax
    ID_DATA = "1.2.840.113549.1.7.1", "id-data";
    ID_SIGNED_DATA = "1.2.840.113549.1.7.2", "id-signedData";
    CONTENT_TYPE = "1.2.840.113549.1.9.3", "id-contentType";
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4", "id-messageDigest";
    SIGNING_TIME = "1.2.840.113549.1.9.5", "id-signingTime";

    // RFC 5280: names and extensions
    COMMON_NAME = "2.5.4.3", "id-at-commonName";
    SERIAL_NUMBER = "2.5.4.5", "id-at-serialNumber";
    COUNTRY_NAME = "2.5.4.6", "id-at-countryName";
    LOCALITY_NAME = "2.5.4.7", "id-at-localityName";
    STATE_OR_PROVINCE_NAME = "2.5.4.8", "id-at-stateOrProvinceName";
    ORGANIZATION_NAME = "2.5.4.10", "id-at-organizationName";
    ORGANIZATIONAL_UNIT_NAME = "2.5.4.11", "id-at-organizationalUnitName";
    SUBJECT_KEY_IDENTIFIER = "2.5.29.14", "id-ce-subjectKeyIdentifier";
    KEY_USAGE = "2.5.29.15", "id-ce-keyUsage";
    PRIVATE_KEY_USAGE_PERIOD = "2.5.29.16", "id-ce-privateKeyUsagePeriod";
    SUBJECT_ALT_NAME = "2.5.29.17", "id-ce-subjectAltName";
    ISSUER_ALT_NAME = "2.5.29.18", "id-ce-issuerAltName";
    BASIC_CONSTRAINTS = "2.5.29.19", "id-ce-basicConstraints";
    CRL_NUMBER = "2.5.29.20", "id-ce-cRLNumber";
    CRL_REASONS = "2.5.29.21", "id-ce-cRLReasons";
    INVALIDITY_DATE = "2.5.29.24", "id-ce-invalidityDate";
    DELTA_CRL_INDICATOR = "2.5.29.27", "id-ce-deltaCRLIndicator";
    ISSUING_DISTRIBUTION_POINT = "2.5.29.28", "id-ce-issuingDistributionPoint";
    CERTIFICATE_ISSUER = "2.5.29.29", "id-ce-certificateIssuer";
    CRL_DISTRIBUTION_POINTS = "2.5.29.31", "id-ce-cRLDistributionPoints";
    CERTIFICATE_POLICIES = "2.5.29.32", "id-ce-certificatePolicies";
    AUTHORITY_KEY_IDENTIFIER = "2.5.29.35", "id-ce-authorityKeyIdentifier";
    EXT_KEY_USAGE = "2.5.29.37", "id-ce-extKeyUsage";
    SUBJECT_DIRECTORY_ATTRIBUTES = "2.5.29.9", "id-ce-subjectDirectoryAttributes";
    HOLD_INSTRUCTION_CODE = "2.5.29.23", "id-ce-holdInstructionCode";
    NAME_CONSTRAINTS = "2.5.29.30", "id-ce-nameConstraints";
    POLICY_MAPPINGS = "2.5.29.33", "id-ce-policyMappings";
    POLICY_CONSTRAINTS = "2.5.29.36", "id-ce-policyConstraints";
    FRESHEST_CRL = "2.5.29.46", "id-ce-freshestCRL";
    INHIBIT_ANY_POLICY = "2.5.29.54", "id-ce-inhibitAnyPolicy";
    AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1", "id-pe-authorityInfoAccess";
    NETSCAPE_CERT_TYPE = "2.16.840.1.113730.1.1", "netscape-cert-type";

    /// Stands at the head of DG13 of the Vietnamese citizen card and says that its strings are UTF-8.
    VIETNAM_DG13 = "1.0.10646.1.0.8", "utf-8";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_identifier_and_no_name_stands_in_the_table_twice() {
        let oids: HashSet<_> = TABLE.iter().map(|(oid, _)| oid).collect();
        let names: HashSet<_> = TABLE.iter().map(|(_, name)| name).collect();
        assert_eq!((oids.len(), names.len()), (TABLE.len(), TABLE.len()));
    }

    #[test]
    fn the_table_spells_identifiers_as_they_stand_in_real_files() {
        assert_eq!(VIETNAM_DG13.as_bytes(), [0x28, 0xD3, 0x16, 0x01, 0x00, 0x08]);
        let pace = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02];
        assert_eq!(ID_PACE_ECDH_GM_AES_CBC_CMAC_128.as_bytes(), pace);
        assert_eq!(
            BRAINPOOL_P256R1.as_bytes(),
            [0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07]
        );
        assert_eq!(
            name(&LDS_SECURITY_OBJECT),
            Some("id-icao-mrtd-security-ldsSecurityObject")
        );
        assert_eq!(name(&ObjectIdentifier::new_unwrap("1.2.3.4")), None);
    }
}
