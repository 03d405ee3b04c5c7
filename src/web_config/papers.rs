//! What the file says, and what lies in the files that it names: read together, compared by content.

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::{config::yaml, model::Fingerprint};

/// The largest file that is read.
const LARGEST: u64 = 1 << 20;

/// The table and its keys that name files.
const TABLE: &str = "tls_server_config";
const FILE_KEYS: [&str; 3] = ["cert_file", "key_file", "client_ca_file"];

/// What a file holds, or why it cannot be read.
pub(super) type Content = Result<Vec<u8>, String>;

/// The file and those it names, as they were at one moment. Private keys are among them.
#[derive(Hash)]
pub struct Papers {
    name: String,
    file: Content,
    named: BTreeMap<&'static str, Content>,
}

impl Papers {
    /// Reads them. Takes its time.
    pub fn read(path: &Path) -> Self {
        let file = content(path);
        let folder = path.parent().unwrap_or(Path::new(""));
        let named = file.as_deref().map_or_else(|_| Vec::new(), files_named_in);
        let read = |(key, name): (_, PathBuf)| (key, content(&folder.join(name)));
        Self {
            name: path.display().to_string(),
            named: named.into_iter().map(read).collect(),
            file,
        }
    }

    /// By what the messages call the file.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The text of the file itself.
    pub(super) fn text(&self) -> Result<&str, String> {
        let bytes = self.file.as_ref().map_err(Clone::clone)?;
        std::str::from_utf8(bytes).map_err(|_| "must be text in UTF-8".to_owned())
    }

    /// What lies in the file that this key names; `None` if it names none.
    pub(super) fn named(&self, key: &str) -> Option<&Content> {
        self.named.get(key)
    }

    /// What to compare them by.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }
}

impl fmt::Debug for Papers {
    /// The name alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Papers")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The files that a text names, as far as it can be understood. What cannot will be refused when it is checked.
fn files_named_in(bytes: &[u8]) -> Vec<(&'static str, PathBuf)> {
    let text = String::from_utf8_lossy(bytes);
    let Ok(tree) = yaml::parsed(&text) else {
        return Vec::new();
    };
    let name = |key| tree.get(TABLE)?.get(key)?.as_str();
    let named = |key| {
        Some((
            key,
            PathBuf::from(name(key).filter(|name| !name.is_empty())?),
        ))
    };
    FILE_KEYS.into_iter().filter_map(named).collect()
}

fn content(path: &Path) -> Content {
    whole(path).map_err(|error| format!("cannot be read: {error}"))
}

fn whole(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe would wait for somebody who writes into it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= LARGEST) {
        Ok(bytes)
    } else {
        Err(io::Error::other("it is larger than 1 MiB"))
    }
}
