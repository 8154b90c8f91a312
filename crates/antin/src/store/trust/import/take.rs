//! Taking objects into the store: entries, their sources, and the words about them.

use antin_trust::store::Distrust;
use antin_trust::{Certificate, UnixTime};

use super::super::input::Input;
use super::super::model::{Contents, Entry, Fingerprint, Format, Import, Kind, Realm, Source, Voucher};
use super::report::{
    EntryRow, FileRow, ImportReport, Note, NoteCode, SCHEMA, SkipReason, Skipped, VerifiedBy,
};
use super::signatures::Authorities;
use super::{Force, ImportOptions};

/// The first source of an entry is kept, and the last ones.
const MAX_SOURCES: usize = 8;
/// Every object is counted; this many are named.
const MAX_NAMED: usize = 5_000;

/// What is known of an object that is about to be taken.
pub(super) struct Taken<'o> {
    pub(super) index: u32,
    pub(super) kind: Kind,
    pub(super) realm: Realm,
    pub(super) der: &'o [u8],
    pub(super) by: Voucher,
    pub(super) country: Option<String>,
    pub(super) subject: String,
    pub(super) verified_by: VerifiedBy,
    pub(super) issuer: Option<Fingerprint>,
}

/// Where an object comes from: a row of the report, and the import once it is recorded.
#[derive(Debug)]
struct FileState {
    import: Import,
    recorded: Option<u32>,
    known_before: Option<(UnixTime, String)>,
    new: usize,
}

/// An import in progress.
pub(super) struct Taking<'c> {
    pub(super) contents: &'c mut Contents,
    pub(super) options: &'c ImportOptions,
    pub(super) authorities: Authorities,
    /// What is known to be bad: an import neither adds to it nor takes from it.
    distrust: Distrust,
    report: ImportReport,
    files: Vec<FileState>,
}

impl<'c> Taking<'c> {
    pub(super) fn new(contents: &'c mut Contents, options: &'c ImportOptions) -> Self {
        let mut authorities = Authorities::default();
        let distrust = contents.distrust();
        for entry in contents.entries.values() {
            // A link whose older key nobody has seen speaks for nobody.
            let proven = |source: &Source| !matches!(source.by, Voucher::Operator | Voucher::Nobody);
            let authority = match entry.kind {
                Kind::Csca => true,
                Kind::Link => entry.sources.iter().any(proven),
                _ => false,
            };
            // What the store holds was read when it came in.
            let certificate = authority.then(|| Certificate::parse(&entry.der).ok()).flatten();
            if let Some(certificate) = certificate.filter(|certificate| !distrust.covers(certificate)) {
                authorities.add(&certificate);
            }
        }
        Self {
            contents,
            options,
            authorities,
            distrust,
            report: ImportReport {
                schema: SCHEMA,
                certificates: 0,
                crls: 0,
                lists: 0,
                skipped: 0,
                added: 0,
                known: 0,
                removed: 0,
                notes: Vec::new(),
                files: Vec::new(),
                entries: Vec::new(),
                skipped_objects: Vec::new(),
                generation: 0,
            },
            files: Vec::new(),
        }
    }

    /// Whether a certificate is known to be bad, itself or by its key.
    pub(super) fn distrusts(&self, certificate: &Certificate) -> bool {
        self.distrust.covers(certificate)
    }

    pub(super) fn forces(&self, force: Force) -> bool {
        self.options.force.contains(&force)
    }

    /// The number of a file in the report.
    pub(super) fn file(&mut self, input: &Input) -> usize {
        let import = Import {
            id: 0,
            at: self.options.at,
            by: self.options.by.clone(),
            file: input.name.clone(),
            sha256: input.sha256,
            bytes: input.bytes,
            format: input.format,
            realm: self.options.realm,
            country: None,
            signed_at: None,
            root: None,
            forced: match self.forces(Force::CollectionAnchors) && input.format == Format::Ldif {
                true => vec![Force::CollectionAnchors.as_str().to_owned()],
                false => Vec::new(),
            },
        };
        self.source(import)
    }

    /// The number of a file, or of a list in one, in the report.
    pub(super) fn source(&mut self, import: Import) -> usize {
        let same = |row: &FileRow| row.sha256 == import.sha256 && row.format == import.format;
        if let Some(known) = self.report.files.iter().position(same) {
            return known;
        }
        let earlier = self
            .contents
            .imports
            .iter()
            .find(|earlier| earlier.sha256 == import.sha256 && earlier.realm == import.realm);
        self.report.files.push(FileRow {
            file: import.file.clone(),
            sha256: import.sha256,
            format: import.format,
            country: import.country.clone(),
            signed_at: import.signed_at,
            root: import.root,
        });
        self.files.push(FileState {
            known_before: earlier.map(|earlier| (earlier.at, earlier.by.clone())),
            import,
            recorded: None,
            new: 0,
        });
        self.files.len() - 1
    }

    /// Takes an object; says whether the store did not have it.
    pub(super) fn put(&mut self, file: usize, taken: Taken<'_>) -> bool {
        let sha256 = Fingerprint::of(taken.der);
        let new = !self.contents.entries.contains_key(&sha256);
        if new || !self.came_from(&sha256, file, taken.by) {
            let import = self.import_id(file);
            let source = Source {
                import,
                index: taken.index,
                by: taken.by,
                realm: taken.realm,
            };
            let entry = self.contents.entries.entry(sha256).or_insert_with(|| Entry {
                kind: taken.kind,
                realm: taken.realm,
                der: taken.der.to_vec(),
                sources: Vec::new(),
            });
            // What somebody vouches for as real is no test any more; the other way round it stays real.
            if taken.realm == Realm::Live {
                entry.realm = Realm::Live;
            }
            if entry.sources.len() >= MAX_SOURCES {
                // The first one stays, and so does what an operator decided.
                let oldest = entry
                    .sources
                    .iter()
                    .skip(1)
                    .position(|source| source.by != Voucher::Operator);
                entry.sources.remove(oldest.map_or(1, |at| at + 1));
            }
            entry.sources.push(source);
        }
        let count = match taken.kind {
            Kind::Crl => &mut self.report.crls,
            Kind::DefectList | Kind::DeviationList => &mut self.report.lists,
            _ => &mut self.report.certificates,
        };
        *count += 1;
        self.count(new);
        if let (true, Some(file)) = (new, self.files.get_mut(file)) {
            file.new += 1;
        }
        self.report.entries.push(EntryRow {
            file,
            index: taken.index,
            sha256,
            kind: taken.kind,
            realm: taken.realm,
            country: taken.country,
            subject: taken.subject,
            verified_by: taken.verified_by,
            issuer: taken.issuer,
            new,
        });
        new
    }

    /// Takes a certificate that came along with a list: its signer or its root. It is not counted among the listed ones.
    pub(super) fn put_beside(
        &mut self,
        file: usize,
        kind: Kind,
        certificate: &Certificate,
        by: Voucher,
    ) -> bool {
        let (certificates, entries) = (self.report.certificates, self.report.entries.len());
        let realm = self.options.realm;
        let new = self.put(
            file,
            Taken {
                index: 0,
                kind,
                realm,
                der: certificate.as_der(),
                by,
                country: certificate.subject().country().letters(),
                subject: certificate.subject().to_string(),
                verified_by: VerifiedBy::NotChecked,
                issuer: None,
            },
        );
        self.report.certificates = certificates;
        self.report.entries.truncate(entries);
        new
    }

    /// Takes a root that is given now; where it came from a file of its own, that file is named and not the list's.
    pub(super) fn put_root(&mut self, file: usize, root: &Certificate) -> bool {
        let sha256 = Fingerprint::from(root.fingerprint());
        let options = self.options;
        let given = options
            .root_files
            .iter()
            .find(|given| given.certificate == sha256);
        let Some(given) = given else {
            return self.put_beside(file, Kind::Csca, root, Voucher::Operator);
        };
        if self.is_operators(&sha256, |import| import.sha256 == given.sha256) {
            self.count(false);
            return false;
        }
        let new = self.put_beside(file, Kind::Csca, root, Voucher::Operator);
        let of_list = self.import_id(file);
        if self.is_operators(&sha256, |import| import.id == of_list) {
            let own = self.contents.record(Import {
                id: 0,
                at: self.options.at,
                by: self.options.by.clone(),
                file: given.name.clone(),
                sha256: given.sha256,
                bytes: given.bytes,
                format: given.format,
                realm: self.options.realm,
                country: None,
                signed_at: None,
                root: None,
                forced: Vec::new(),
            });
            let sources = self
                .contents
                .entries
                .get_mut(&sha256)
                .map(|entry| entry.sources.iter_mut());
            for source in sources.into_iter().flatten() {
                if source.by == Voucher::Operator && source.import == of_list {
                    source.import = own;
                }
            }
        }
        new
    }

    /// Whether an operator vouches for an entry by such an import of this realm.
    fn is_operators(&self, sha256: &Fingerprint, wanted: impl Fn(&Import) -> bool) -> bool {
        let entry = self.contents.entries.get(sha256);
        entry.is_some_and(|entry| {
            entry
                .sources
                .iter()
                .filter(|source| source.by == Voucher::Operator)
                .filter_map(|source| self.contents.import(source.import))
                .any(|import| import.realm == self.options.realm && wanted(import))
        })
    }

    fn count(&mut self, new: bool) {
        match new {
            true => self.report.added += 1,
            false => self.report.known += 1,
        }
    }

    fn came_from(&self, sha256: &Fingerprint, file: usize, by: Voucher) -> bool {
        let Some(state) = self.files.get(file) else {
            return false;
        };
        let entry = self.contents.entries.get(sha256);
        entry.is_some_and(|entry| {
            entry.sources.iter().any(|source| {
                source.by == by
                    && self.contents.import(source.import).is_some_and(|import| {
                        let given = &state.import;
                        // The same file may have been taken for a test before.
                        (import.sha256, import.realm) == (given.sha256, given.realm)
                    })
            })
        })
    }

    /// The number of the import in the store; it is recorded with the first thing that comes from it.
    pub(super) fn import_id(&mut self, file: usize) -> u32 {
        let Some(state) = self.files.get_mut(file) else {
            return 0;
        };
        match state.recorded {
            Some(id) => id,
            None => {
                let id = self.contents.record(state.import.clone());
                state.recorded = Some(id);
                id
            }
        }
    }

    /// The number of the import, if anything came from it.
    pub(super) fn import_if_recorded(&self, file: usize) -> Option<u32> {
        self.files.get(file)?.recorded
    }

    pub(super) fn remove(&mut self, sha256: &Fingerprint) {
        if self.contents.entries.remove(sha256).is_some() {
            self.report.removed += 1;
        }
    }

    pub(super) fn skip(
        &mut self,
        file: &str,
        index: u32,
        der: Option<&[u8]>,
        reason: SkipReason,
        detail: impl Into<String>,
    ) {
        self.report.skipped += 1;
        if self.report.skipped_objects.len() < MAX_NAMED {
            self.report.skipped_objects.push(Skipped {
                file: file.to_owned(),
                index,
                sha256: der.map(Fingerprint::of),
                reason,
                detail: detail.into(),
            });
        }
    }

    pub(super) fn note(
        &mut self,
        code: NoteCode,
        file: &str,
        object: Option<(u32, Fingerprint)>,
        detail: impl Into<String>,
    ) {
        if self.report.notes.len() < MAX_NAMED {
            self.report.notes.push(Note {
                code,
                file: file.to_owned(),
                index: object.map(|(index, _)| index),
                sha256: object.map(|(_, sha256)| sha256),
                detail: detail.into(),
            });
        }
    }

    pub(super) fn finish(mut self) -> ImportReport {
        let known: Vec<(String, String)> = self
            .files
            .iter()
            .filter(|file| file.new == 0)
            .filter_map(|file| {
                let (at, by) = file.known_before.as_ref()?;
                Some((file.import.file.clone(), format!("{at} {by}")))
            })
            .collect();
        for (file, detail) in known {
            self.note(NoteCode::SameFile, &file, None, detail);
        }
        self.report
    }
}
