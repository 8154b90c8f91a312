//! The files of a profile.

use antin_lds::ElementaryFile;
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_wire::ids::{FileId, ShortFileId};
use antin_wire::tlv;
use toml::Spanned;

use crate::checker::Checker;
use crate::model::{Access, ChipAuthentication, FileRule, ReadRule};
use crate::source::FileSource;

/// READ BINARY with an even instruction byte has 15 bits of offset; larger files are not offered.
const MAX_FILE_BYTES: usize = 262_144;

/// Says whether the content of EF.CardAccess announces exactly the PACE variants of the profile, and no other
/// cipher for Chip Authentication.
pub(super) fn announces(
    content: &[u8],
    access: &Access,
    chip_authentication: &[ChipAuthentication],
) -> Result<(), String> {
    let infos =
        SecurityInfos::parse(content).map_err(|error| format!("not a SET OF SecurityInfo: {error}"))?;
    let announced: Vec<_> = infos
        .iter()
        .filter(|info| matches!(info, SecurityInfo::Pace { .. }))
        .collect();
    for rule in &access.pace {
        if !announced.iter().any(|info| **info == rule.info()) {
            return Err(match rule.parameter.id() {
                Some(id) => format!("does not announce PACE with parameter {id} as access.pace says"),
                None => "does not announce PACE without a parameter as access.pace says".to_owned(),
            });
        }
        if rule
            .domain_parameters()
            .is_some_and(|wanted| !infos.iter().any(|info| *info == wanted))
        {
            return Err("does not spell out the domain parameters as access.pace says".to_owned());
        }
    }
    if announced.len() > access.pace.len() {
        return Err("announces a PACE variant that access.pace lacks".to_owned());
    }
    for info in infos.iter() {
        if let SecurityInfo::ChipAuthentication { oid, .. } = info
            && chip_authentication.iter().all(|rule| rule.oid() != *oid)
        {
            return Err("announces a Chip Authentication that chip-authentication lacks".to_owned());
        }
    }
    Ok(())
}

impl Checker<'_> {
    pub(super) fn files(&mut self, sources: &Spanned<Vec<Spanned<FileSource>>>) -> Vec<FileRule> {
        let mut rules: Vec<FileRule> = Vec::new();
        for source in sources.get_ref() {
            let part = source.get_ref();
            let Some(rule) = self.file(part) else { continue };
            self.overlap(part, &rule, &rules);
            rules.push(rule);
        }
        rules
    }

    fn file(&mut self, part: &FileSource) -> Option<FileRule> {
        let file = ElementaryFile::from_name(part.name.get_ref());
        if file.is_none() {
            let allowed =
                "EF.CardAccess, EF.CardSecurity, EF.ATR/INFO, EF.DIR, EF.COM, EF.SOD, EF.CVCA, DG1 to DG16";
            self.value(&part.name.span(), "file.name", part.name.get_ref(), allowed);
        }
        let fid = self.fid(&part.fid);
        let sfi = part.sfi.as_ref().map(|number| self.sfi(number));
        let max_size = *part.max_size.get_ref();
        if !(1..=MAX_FILE_BYTES).contains(&max_size) {
            self.value(
                &part.max_size.span(),
                "file.max-size",
                max_size,
                "1 to 262144 bytes",
            );
        }
        let content = part
            .content
            .as_ref()
            .map(|text| self.content(text, file, max_size));
        Some(FileRule {
            file: file?,
            fid: fid?,
            sfi: match sfi {
                Some(checked) => Some(checked?),
                None => None,
            },
            read: *part.read.get_ref(),
            mandatory: part.mandatory,
            content: match content {
                Some(checked) => Some(checked?),
                None => None,
            },
            max_size,
            right: part
                .right
                .as_ref()
                .map(|right| *right.get_ref())
                .or_else(|| super::proof::usual_right(file?))
                .filter(|_| *part.read.get_ref() == ReadRule::ExtendedAccess),
        })
    }

    fn fid(&mut self, text: &Spanned<String>) -> Option<FileId> {
        let value = self.hex_u16(text, "file.fid")?;
        // ISO 7816-4: 3F00 is the master file, 3FFF the current directory, FFFF reserved.
        if matches!(value, 0x3F00 | 0x3FFF | 0xFFFF | 0x0000) {
            self.value(
                &text.span(),
                "file.fid",
                text.get_ref(),
                "an identifier that is not reserved",
            );
        }
        Some(FileId(value))
    }

    fn sfi(&mut self, number: &Spanned<u64>) -> Option<ShortFileId> {
        let sfi = u8::try_from(*number.get_ref()).ok().and_then(ShortFileId::new);
        if sfi.is_none() {
            self.value(&number.span(), "file.sfi", number.get_ref(), "1 to 30");
        }
        sfi
    }

    fn content(
        &mut self,
        text: &Spanned<String>,
        file: Option<ElementaryFile>,
        max_size: usize,
    ) -> Option<Vec<u8>> {
        let bytes = self.hex(text, "file.content")?;
        if bytes.len() > max_size {
            let problem = format!("{} bytes, more than max-size", bytes.len());
            self.conflict(&text.span(), "file.content", problem);
        }
        if matches!(file, Some(ElementaryFile::CardSecurity | ElementaryFile::Cvca)) {
            let problem = "is made for each card: it cannot be given";
            self.conflict(&text.span(), "file.content", problem);
        }
        if matches!(file, Some(ElementaryFile::AtrInfo | ElementaryFile::Dir)) {
            // A sequence of data objects, not one.
            return Some(bytes);
        }
        match tlv::parse_one(&bytes) {
            Ok(object)
                if file
                    .and_then(ElementaryFile::tag)
                    .is_none_or(|tag| object.tag.0 == u32::from(tag)) => {}
            Ok(object) => {
                let problem = format!(
                    "starts with tag {:X}, which is not that of the file",
                    object.tag.0
                );
                self.conflict(&text.span(), "file.content", problem);
            }
            Err(error) => self.conflict(
                &text.span(),
                "file.content",
                format!("not one data object: {error}"),
            ),
        }
        Some(bytes)
    }

    fn overlap(&mut self, part: &FileSource, rule: &FileRule, earlier: &[FileRule]) {
        for other in earlier {
            let together = other.file.place() == rule.file.place();
            if other.file == rule.file {
                self.conflict(
                    &part.name.span(),
                    "file.name",
                    format!("{} is there twice", part.name.get_ref()),
                );
            } else if together && other.fid == rule.fid {
                self.conflict(
                    &part.fid.span(),
                    "file.fid",
                    format!("{} has the same", other.file),
                );
            } else if together && rule.sfi.is_some() && other.sfi == rule.sfi {
                let span = part.sfi.as_ref().map_or(part.name.span(), Spanned::span);
                self.conflict(&span, "file.sfi", format!("{} has the same", other.file));
            }
        }
    }
}
