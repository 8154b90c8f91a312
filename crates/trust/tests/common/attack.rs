//! Cards whose signer or security object was changed by somebody who can sign.

use antin_crypto::{ParameterForm, VerifyingKey};
use antin_trust::pki::{self, DemoPki, DsOptions, Template};
use antin_trust::{Certificate, Report};

use super::forge::Forge;
use super::{Card, counter, now, rng, trusting};

/// A card signed by hand.
pub fn forged(pki: &DemoPki, change: impl FnOnce(&mut Forge)) -> Report {
    let card = Card::new();
    let mut forge = Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
    change(&mut forge);
    counter(&card.files(forge.file()), &trusting(pki))
}

/// A card whose signer's certificate was changed and signed again by its CSCA.
pub fn with_signer(pki: &DemoPki, change: impl FnOnce(&mut Template)) -> Report {
    let certificate = reissue(pki, change);
    let card = Card::new();
    let sod = Forge::honest(&card.slices(), &pki.ds_signer(), &certificate).file();
    counter(&card.files(sod), &trusting(pki))
}

pub fn reissue(pki: &DemoPki, change: impl FnOnce(&mut Template)) -> Certificate {
    let options = DsOptions::new("TEST DS 02", now().plus_days(-1));
    let mut template = pki::document_signer_template(
        &options,
        &VerifyingKey::ec(pki.ds_key.public(), ParameterForm::Named),
        &pki.csca,
        &mut rng(9),
    )
    .unwrap();
    change(&mut template);
    template.sign(&pki.csca_signer()).unwrap()
}

/// The same with the bytes of the signed part changed before the CSCA signs them.
pub fn reissue_der(pki: &DemoPki, change: impl FnOnce(&mut Vec<u8>)) -> Certificate {
    use antin_crypto::Signer;
    use antin_wire::tlv::{Tag, constructed, object};
    let mut tbs = reissue(pki, |_| {}).tbs_der().to_vec();
    change(&mut tbs);
    let signer = pki.csca_signer();
    let signature = [&[0], signer.sign(&tbs).unwrap().as_slice()].concat();
    let parts = [tbs, signer.algorithm().to_der(), object(Tag(0x03), &signature)];
    Certificate::parse(&constructed(Tag(0x30), &parts)).unwrap()
}
