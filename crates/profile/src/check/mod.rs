//! From the TOML text to a checked [`Profile`]: every fault is collected, none is guessed around.

mod access;
mod files;
mod lengths;
mod parts;
mod perso;
mod proof;
mod values;

use antin_lds::ElementaryFile;
use toml::Spanned;

use crate::checker::Checker;
use crate::error::{Problem, ProfileError};
use crate::model::{
    ApplicationRule, ChipAuthentication, DocumentKind, FileRule, Mapping, PasswordKind, PersoRule, Profile,
    ReadRule,
};
use crate::source::{FileSource, Source};
use crate::{CanRule, DocumentNumberRule, SCHEMA};

/// Reads and checks a profile.
///
/// # Errors
/// Every fault, in the order of the text; at least one.
pub(crate) fn parse(text: &str, origin: &str) -> Result<Profile, Vec<ProfileError>> {
    let (mut checker, source) = Checker::read::<Source>(text, origin)?;
    let profile = checker.profile(source);
    checker.finish(profile)
}

impl Checker<'_> {
    fn profile(&mut self, source: Source) -> Option<Profile> {
        self.heading(&source);
        self.passwords(&source);
        let atr = self.atr(&source.chip.atr);
        let aid = self.aid(&source.chip.application);
        self.distinct(&source.chip.quirks, "chip.quirks");
        let com = self.com(&source.com);
        let hash = self.hash(&source.sod.hash, "sod.hash");
        let limits = self.limits(&source.limits);
        let wrong_password = self.wrong_password(&source.wrong_password);
        let access = self.access(&source.access);
        let pin = source.pin.as_ref().map(|part| self.pin(part.get_ref()));
        let puk = source.puk.as_ref().map(|part| self.puk(part.get_ref()));
        self.secrets_fit(&source);
        let chip_authentication = self.chip_authentication(&source.chip_authentication);
        let active_authentication = source
            .active_authentication
            .as_ref()
            .map(|part| self.active_authentication(part));
        let secure_channel = self.secure_channel(&source.perso);
        self.dialect(&source);
        let terminal_authentication = source
            .terminal_authentication
            .as_ref()
            .map(|part| self.terminal_authentication(part, source.country.get_ref()));
        let mut files = self.files(&source.file);
        if source.terminal_authentication.is_none() {
            // Where rights cannot be proved, none is asked for: nobody gets in.
            files.iter_mut().for_each(|rule| rule.right = None);
        }
        self.needed_files(&source);
        if let Some(access) = &access {
            self.access_needs_files(&source, access, &files);
            if let Some(chip_authentication) = &chip_authentication {
                self.card_access_agrees(&source, access, chip_authentication, &files);
            }
        }
        if let (Some(chip), None | Some(Some(_))) = (&chip_authentication, &terminal_authentication) {
            let terminal = terminal_authentication.as_ref().and_then(Option::as_ref);
            self.versions_fit(&source, chip, terminal, &files);
        }
        self.rights_fit(&source, &files);
        if let (Some(limits), Some(access), Some(chip)) = (&limits, &access, &chip_authentication) {
            let active = active_authentication.as_ref().and_then(Option::as_ref);
            self.lengths_fit(&source, limits, access, chip, active);
            self.lone_keys_are_understood(&source, access, chip);
        }
        Some(Profile {
            name: source.name.into_inner(),
            title: source.title.into_inner(),
            country: source.country.into_inner(),
            status: source.status,
            source: source.source,
            document: source.document.into_inner(),
            atr: atr?,
            application: ApplicationRule { aid: aid? },
            files,
            com: com?,
            sod: crate::SodRule { hash: hash? },
            access: access?,
            passwords: crate::PasswordRules {
                can: source.passwords.can.into_inner(),
                document_number: source.passwords.document_number.into_inner(),
            },
            wrong_password: wrong_password?,
            pin: pin.flatten(),
            puk: puk.flatten(),
            chip_authentication: chip_authentication?,
            active_authentication: active_authentication.flatten(),
            terminal_authentication: terminal_authentication.flatten(),
            limits: limits?,
            quirks: source.chip.quirks.into_iter().map(Spanned::into_inner).collect(),
            perso: PersoRule {
                dialect: source.perso.dialect,
                secure_channel: secure_channel?,
            },
            text: self.text().to_owned(),
        })
    }

    fn heading(&mut self, source: &Source) {
        let schema = &source.schema;
        if schema.get_ref() != SCHEMA {
            self.value(&schema.span(), "schema", schema.get_ref(), SCHEMA);
        }
        let name = &source.name;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.get_ref().is_empty() || !name.get_ref().chars().all(plain) {
            self.value(
                &name.span(),
                "name",
                name.get_ref(),
                "lower case letters, digits and hyphens",
            );
        }
        if source.title.get_ref().trim().is_empty() {
            self.value(
                &source.title.span(),
                "title",
                source.title.get_ref(),
                "a name for people",
            );
        }
        let country = &source.country;
        if !(1..=3).contains(&country.get_ref().len())
            || !country.get_ref().chars().all(|c| c.is_ascii_uppercase())
        {
            self.value(
                &country.span(),
                "country",
                country.get_ref(),
                "one to three capital letters",
            );
        }
        if *source.document.get_ref() == DocumentKind::Td1Vietnam && country.get_ref() != "VNM" {
            let text = "td1-vietnam is the format of VNM alone";
            self.conflict(&source.document.span(), "document", text);
        }
    }

    /// Rules that speak of the personal number need a document that has one; PACE with CAN needs a CAN.
    fn passwords(&mut self, source: &Source) {
        let numbered = *source.document.get_ref() == DocumentKind::Td1Vietnam;
        let (can, number) = (&source.passwords.can, &source.passwords.document_number);
        if !numbered && *can.get_ref() == CanRule::LastSixOfNumber {
            self.conflict(
                &can.span(),
                "passwords.can",
                "only td1-vietnam has a personal number",
            );
        }
        if !numbered && *number.get_ref() == DocumentNumberRule::LastNineOfNumber {
            self.conflict(
                &number.span(),
                "passwords.document-number",
                "only td1-vietnam has a personal number",
            );
        }
        for pace in &source.access.get_ref().pace {
            let passwords = &pace.get_ref().passwords;
            if *can.get_ref() == CanRule::None && passwords.get_ref().contains(&PasswordKind::Can) {
                self.conflict(
                    &passwords.span(),
                    "access.pace.passwords",
                    "the card has no CAN (passwords.can)",
                );
            }
        }
    }

    /// The files without which no reader can work, and those that the mechanisms need.
    fn needed_files(&mut self, source: &Source) {
        // By name, so that another fault of a file does not look like its absence.
        let has = |file: ElementaryFile| {
            let named = |part: &Spanned<FileSource>| ElementaryFile::from_name(part.get_ref().name.get_ref());
            source.file.get_ref().iter().any(|part| named(part) == Some(file))
        };
        let end = source.file.span();
        for name in ["EF.COM", "EF.SOD", "DG1"] {
            if ElementaryFile::from_name(name).is_some_and(|file| !has(file)) {
                self.fault(&end, "file", Problem::Missing(format!("the file {name}")));
            }
        }
        for number in source.com.data_groups.get_ref() {
            let name = format!("DG{}", number.get_ref());
            if ElementaryFile::from_name(&name).is_some_and(|file| !has(file)) {
                self.conflict(
                    &number.span(),
                    "com.data-groups",
                    format!("there is no [[file]] named {name}"),
                );
            }
        }
        for file in source.file.get_ref() {
            let name = &file.get_ref().name;
            let number = ElementaryFile::from_name(name.get_ref()).and_then(ElementaryFile::number);
            let listed = |number| {
                source
                    .com
                    .data_groups
                    .get_ref()
                    .iter()
                    .any(|n| *n.get_ref() == u64::from(number))
            };
            if number.is_some_and(|number| !listed(number)) {
                self.conflict(&name.span(), "file.name", "com.data-groups does not list it");
            }
        }
        let first_key = source.chip_authentication.0.first();
        // DG14 names the algorithm of ECDSA alone; a signature by RSA says it itself.
        let active_files = match &source.active_authentication {
            Some(part) if part.get_ref().is_rsa() => &["DG15"][..],
            _ => &["DG14", "DG15"][..],
        };
        let proofs = [
            (first_key.map(Spanned::span), "chip-authentication", &["DG14"][..]),
            (
                source.active_authentication.as_ref().map(Spanned::span),
                "active-authentication",
                active_files,
            ),
        ];
        for (span, field, needed) in proofs {
            for name in needed {
                if let Some(span) = &span
                    && ElementaryFile::from_name(name).is_some_and(|file| !has(file))
                {
                    self.conflict(span, field, format!("there is no [[file]] named {name}"));
                }
            }
        }
    }

    fn access_needs_files(&mut self, source: &Source, access: &crate::Access, files: &[FileRule]) {
        let span = source.access.span();
        let card_access = files.iter().find(|rule| rule.file == ElementaryFile::CardAccess);
        if !access.pace.is_empty() && card_access.is_none_or(|rule| rule.read != ReadRule::Always) {
            self.conflict(
                &span,
                "access.pace",
                "PACE is announced in EF.CardAccess, which everybody must be able to read",
            );
        }
        let pace_only = |rule: &&FileRule| rule.read == ReadRule::Pace;
        if let (true, Some(rule)) = (access.pace.is_empty(), files.iter().find(pace_only)) {
            let text = format!("{} asks for PACE, which the card does not offer", rule.file);
            self.conflict(&span, "access.pace", text);
        }
        let mapped = source
            .access
            .get_ref()
            .pace
            .iter()
            .find(|variant| *variant.get_ref().mapping.get_ref() == Mapping::ChipAuthentication);
        if let Some(variant) = mapped
            && !files.iter().any(|rule| rule.file == ElementaryFile::CardSecurity)
        {
            let text =
                "chip-authentication mapping has its key in EF.CardSecurity: there is no [[file]] named so";
            self.conflict(&variant.get_ref().mapping.span(), "access.pace.mapping", text);
        }
        let opens = access.bac || !access.pace.is_empty();
        if !opens && files.iter().any(|rule| rule.read == ReadRule::AccessControl) {
            self.conflict(
                &span,
                "access",
                "files ask for access control, and the card offers neither BAC nor PACE",
            );
        }
    }

    /// EF.CardAccess, where its content is given, must announce what the profile says.
    fn card_access_agrees(
        &mut self,
        source: &Source,
        access: &crate::Access,
        chip_authentication: &[ChipAuthentication],
        files: &[FileRule],
    ) {
        let Some(rule) = files.iter().find(|rule| rule.file == ElementaryFile::CardAccess) else {
            return;
        };
        let Some(content) = &rule.content else { return };
        let span = source
            .file
            .get_ref()
            .iter()
            .filter(|file| file.get_ref().name.get_ref() == "EF.CardAccess")
            .find_map(|file| file.get_ref().content.as_ref())
            .map_or(source.file.span(), Spanned::span);
        if let Err(text) = files::announces(content, access, chip_authentication) {
            self.conflict(&span, "file.content", text);
        }
    }
}
