//! Where the file lies, and what is done there.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

/// How many files that were set aside for the same reason are kept.
const KEPT: u32 = 3;

/// How many symbolic links may point to each other, as on Linux.
const LINKS: u32 = 40;

/// How much of a file is read to find out whose it is, in bytes.
const BEGINNING: u64 = 256;

/// A file with the directory it lies in, all links to the file itself followed.
#[derive(Debug)]
pub(super) struct Place {
    directory: PathBuf,
    name: OsString,
}

impl Place {
    /// The place that `path` leads to, whether something is there or not.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..LINKS {
            let parent = parent(&path);
            match fs::read_link(&path) {
                // What a link says is relative to where it lies; an absolute path replaces that.
                Ok(target) => path = parent.join(target),
                // Not a link, or nothing at all.
                Err(_) => return Self::named(parent, path.file_name()),
            }
        }
        Err(io::Error::other("a circle of symbolic links"))
    }

    fn named(directory: PathBuf, name: Option<&OsStr>) -> io::Result<Self> {
        let name = name.ok_or(ErrorKind::IsADirectory)?.to_owned();
        Ok(Self { directory, name })
    }

    fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// The path of a file beside this one, whose name is longer by `suffix`.
    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.name.clone();
        name.push(suffix);
        self.directory.join(name)
    }

    /// What the names of files begin with that are still being written.
    fn unfinished(&self) -> OsString {
        let mut name = OsString::from(".");
        name.push(&self.name);
        name.push(".new-");
        name
    }

    /// The whole file; `None` if it is larger than `most` bytes.
    pub(super) fn bytes(&self, most: u64) -> io::Result<Option<Vec<u8>>> {
        let bytes = self.first(most.saturating_add(1))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok((length <= most).then_some(bytes))
    }

    /// The beginning of the file, enough to know whose it is.
    pub(super) fn beginning(&self) -> io::Result<Vec<u8>> {
        self.first(BEGINNING)
    }

    fn first(&self, most: u64) -> io::Result<Vec<u8>> {
        // Before it is opened, because opening a pipe waits for a writer.
        let found = fs::metadata(self.path())?;
        if found.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        if !found.is_file() {
            return Err(ErrorKind::InvalidInput.into());
        }
        let mut bytes = Vec::new();
        File::open(self.path())?
            .take(most)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Gives the file another name, such as `state.json.damaged-1`. If all such names are taken, the last of them is given
    /// to this file, unless what was set aside must be kept.
    pub(super) fn set_aside(&self, word: &str, may_drop: bool) -> io::Result<PathBuf> {
        let names: Vec<PathBuf> = (1..=KEPT)
            .map(|number| self.beside(&format!(".{word}-{number}")))
            .collect();
        let free = names.iter().find(|name| is_free(name));
        let last = names.last().filter(|_| may_drop);
        let name = free.or(last).ok_or(ErrorKind::AlreadyExists)?;
        fs::rename(self.path(), name)?;
        Ok(name.clone())
    }

    /// Puts a file with this text in the place of what is there, if anything: at no moment is there less than one of both.
    pub(super) fn replace(&self, text: &[u8]) -> io::Result<()> {
        // Its mode is 0600, its name one that no other process takes, and it goes when this function fails.
        let mut file = tempfile::Builder::new()
            .prefix(&self.unfinished())
            .tempfile_in(&self.directory)?;
        file.write_all(text)?;
        file.as_file().sync_all()?;
        file.persist(self.path()).map_err(|error| error.error)?;
        self.sync_directory()
    }

    /// Makes sure that the name of the file is on the disk too, where the file system can do that.
    fn sync_directory(&self) -> io::Result<()> {
        let synced = File::open(&self.directory).and_then(|directory| directory.sync_all());
        match synced.as_ref().map_err(io::Error::kind) {
            // A directory that may be written and not be read, or a file system that does not know this: as good as it gets.
            Err(ErrorKind::PermissionDenied | ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
                Ok(())
            }
            _ => synced,
        }
    }

    /// Removes what processes left behind that were killed while they wrote. Should one of them be alive after all, its write
    /// fails, and the file stays as it was.
    pub(super) fn remove_leftovers(&self) {
        let unfinished = self.unfinished();
        let Ok(entries) = fs::read_dir(&self.directory) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let begin = unfinished.as_encoded_bytes();
            if name.as_encoded_bytes().starts_with(begin) {
                // It is in nobody's way; the next start tries again.
                fs::remove_file(entry.path()).ok();
            }
        }
    }
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn is_free(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}
