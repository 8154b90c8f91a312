//! What is remembered about kinds of cards, so that the next one of a kind is read faster.
//!
//! ```json
//! {"schema": "antin.dialects/1", "dialects": {"3B8F8001...": {"master-file": "by-id", "extended-le": 65536}}}
//! ```
//!
//! The key is the answer to reset: what all cards of one kind share. Nothing about a holder is ever in the file.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use antin_reader::Dialect;
use serde::{Deserialize, Serialize};

use super::atomic::{Access, folder_of, read_bounded, write_atomically};
use crate::error::Error;

/// The dialects of this user. A file that cannot be understood is ignored, and replaced at the next save.
#[derive(Clone, Debug)]
pub struct DialectCache {
    path: PathBuf,
    dialects: BTreeMap<String, Dialect>,
    problem: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    schema: String,
    dialects: BTreeMap<String, Dialect>,
}

impl DialectCache {
    /// Opens the cache of this user: `$XDG_CACHE_HOME/antin/dialects.json`, else `~/.cache/antin/dialects.json`; `None`
    /// where neither is known.
    pub fn of_user() -> Option<Self> {
        let folder = env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))?;
        Some(Self::open(&folder.join("antin").join("dialects.json")))
    }

    /// Opens a cache file. One that is not there is empty; one that is damaged is empty too, and
    /// [`problem`](Self::problem) says why.
    pub fn open(path: &Path) -> Self {
        let mut cache = Self {
            path: path.to_owned(),
            dialects: BTreeMap::new(),
            problem: None,
        };
        if path.exists() {
            match load(path) {
                Ok(dialects) => cache.dialects = dialects,
                Err(problem) => cache.problem = Some(problem),
            }
        }
        cache
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why what lay there was ignored.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// What is known about cards with this answer to reset.
    pub fn find(&self, atr: &[u8]) -> Dialect {
        self.dialects.get(&key(atr)).copied().unwrap_or_default()
    }

    /// Keeps what was found out about cards with this answer to reset. Nothing is written where nothing is new.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]; the old file is untouched then.
    pub fn keep(&mut self, atr: &[u8], dialect: Dialect) -> Result<(), Error> {
        if atr.is_empty() || self.dialects.get(&key(atr)) == Some(&dialect) {
            return Ok(());
        }
        // Another process may have learnt something meanwhile.
        if let Ok(current) = load(&self.path) {
            self.dialects = current;
        }
        self.dialects.insert(key(atr), dialect);
        while self.dialects.len() > MAX_DIALECTS {
            self.dialects.pop_first();
        }
        let content = Content {
            schema: SCHEMA.to_owned(),
            dialects: self.dialects.clone(),
        };
        let json = serde_json::to_vec_pretty(&content).map_err(|problem| Error::Evidence {
            path: self.path.clone(),
            problem: problem.to_string(),
        })?;
        fs::create_dir_all(folder_of(&self.path)).map_err(Error::io("create the folder of", &self.path))?;
        write_atomically(&self.path, &json, Access::Owner)
    }
}

fn load(path: &Path) -> Result<BTreeMap<String, Dialect>, String> {
    let bytes = read_bounded(path, MAX_BYTES).map_err(|error| error.to_string())?;
    let content: Content = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    if content.schema != SCHEMA {
        return Err(format!("schema {}", content.schema.escape_default()));
    }
    Ok(content.dialects)
}

fn key(atr: &[u8]) -> String {
    hex::encode_upper(atr)
}

const SCHEMA: &str = "antin.dialects/1";

/// More kinds of cards than any counter sees.
const MAX_DIALECTS: usize = 500;

/// Room for so many, several times over.
const MAX_BYTES: u64 = 512 * 1024;

#[cfg(test)]
mod tests {
    use antin_reader::dialect::{MasterFile, ShortIds};

    use super::*;

    const ATR: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];

    fn dialect() -> Dialect {
        Dialect {
            master_file: Some(MasterFile::ById),
            short_ids: Some(ShortIds::Refused),
            extended_le: Some(0),
            ..Dialect::default()
        }
    }

    #[test]
    fn what_was_kept_is_found_again_under_its_answer_to_reset_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep").join("dialects.json");
        let mut cache = DialectCache::open(&path);
        assert_eq!(cache.find(&ATR), Dialect::default());
        cache.keep(&ATR, dialect()).expect("it is written");
        let again = DialectCache::open(&path);
        assert_eq!(again.problem(), None);
        assert_eq!(again.find(&ATR), dialect());
        assert_eq!(again.find(&[0x3B]), Dialect::default());
        let text = fs::read_to_string(&path).expect("text");
        assert!(text.contains("\"schema\": \"antin.dialects/1\""), "{text}");
        assert!(text.contains("\"3B80800101\""), "{text}");
    }

    #[test]
    fn a_damaged_file_is_ignored_with_a_word_and_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dialects.json");
        for damaged in [
            "",
            "{",
            "[]",
            "{\"schema\": \"antin.dialects/2\", \"dialects\": {}}",
            "{\"schema\": \"antin.dialects/1\", \"dialects\": {\"3B\": {\"holder\": \"X\"}}}",
            "{\"schema\": \"antin.dialects/1\", \"dialects\": {\"3B\": {\"short-le\": -1}}}",
        ] {
            fs::write(&path, damaged).expect("written");
            let mut cache = DialectCache::open(&path);
            assert!(cache.problem().is_some(), "{damaged:?}");
            assert_eq!(cache.find(&ATR), Dialect::default());
            cache.keep(&ATR, dialect()).expect("it is replaced");
            assert_eq!(DialectCache::open(&path).find(&ATR), dialect());
        }
    }

    #[test]
    fn two_processes_lose_nothing_of_each_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dialects.json");
        let (mut one, mut two) = (DialectCache::open(&path), DialectCache::open(&path));
        one.keep(&[1], dialect()).expect("written");
        two.keep(&[2], dialect()).expect("written");
        let both = DialectCache::open(&path);
        assert_eq!((both.find(&[1]), both.find(&[2])), (dialect(), dialect()));
    }

    #[test]
    fn a_card_without_an_answer_to_reset_is_not_remembered() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dialects.json");
        DialectCache::open(&path)
            .keep(&[], dialect())
            .expect("nothing to do");
        assert!(!path.exists());
    }
}
