//! One small file that outlives the process: text in, text out, whole or not at all.
//!
//! What it means is the business of who calls. Here is decided how it gets onto the disk and back: never half written,
//! never over something that is not understood, and without filling the disk.

mod cannot_write;
mod envelope;
mod place;

use std::{
    fmt,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use cannot_write::Problem;
use envelope::Head;
use place::Place;

pub use cannot_write::CannotWrite;
pub use envelope::{Senseless, VERSION};

/// The largest state file, in bytes: 64 MiB.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// One small file that outlives the process: a JSON object whose first entry is the version of its form,
/// `{"kcwatch_state":1,…}`.
///
/// Everything here blocks on the disk. Several processes may use the same file: who reads sees the whole of what one of them
/// wrote, and who writes last wins. Symbolic links are followed, so that a link stays and its target is replaced.
#[derive(Clone, Debug)]
pub struct StateFile {
    path: PathBuf,
}

/// What a state file was found to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded<T> {
    /// There is none yet.
    Nothing,
    /// This.
    Content(T),
    /// Nothing that this version of kcwatch understands.
    Senseless {
        /// What is wrong with it.
        why: Senseless,
        /// Where it was set aside; `None`: it lies where it was.
        aside: Option<PathBuf>,
    },
    /// It may hold something, but cannot be read. It lies where it was.
    Unreadable(ErrorKind),
}

impl<T> Loaded<T> {
    /// What a person should be told about it, in one line; `None` if all is well. Quotes nothing of the file.
    pub fn complaint(&self) -> Option<String> {
        match self {
            Self::Nothing | Self::Content(_) => None,
            Self::Senseless { why, aside } => Some(complaint(*why, aside.as_deref())),
            Self::Unreadable(kind) => Some(format!("the state file cannot be read: {kind}")),
        }
    }
}

fn complaint(why: Senseless, aside: Option<&Path>) -> String {
    match aside {
        Some(aside) => format!(
            "the state file {why}; it was set aside as {}",
            aside.display()
        ),
        None => format!("the state file {why}; it was left where it is"),
    }
}

impl StateFile {
    /// The state file at `path`, whether there is one or not.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it lies, as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds, for who will write it: cleans up after a process that was killed while it wrote, and sets a file
    /// aside that makes no sense, under a name such as `state.json.damaged-1`.
    ///
    /// Of damaged files the first two and the latest are kept; of files of one later version the first three, and the next
    /// one stays where it is. `T` must not refuse unknown fields, as the version is one.
    pub fn read<T: DeserializeOwned>(&self) -> Loaded<T> {
        let Ok(place) = Place::of(&self.path) else {
            return self.look();
        };
        place.remove_leftovers();
        match self.look() {
            Loaded::Senseless { why, aside: None } => {
                let aside = place.set_aside(&why.word(), why.may_be_dropped()).ok();
                Loaded::Senseless { why, aside }
            }
            looked => looked,
        }
    }

    /// What it holds, for who will not write it: changes nothing.
    pub fn look<T: DeserializeOwned>(&self) -> Loaded<T> {
        let bytes = Place::of(&self.path).and_then(|place| place.bytes(MOST_BYTES));
        match bytes.map_err(|error| error.kind()) {
            Ok(bytes) => match envelope::opened(bytes.as_deref()) {
                Ok(content) => Loaded::Content(content),
                Err(why) => Loaded::Senseless { why, aside: None },
            },
            Err(ErrorKind::NotFound) => Loaded::Nothing,
            Err(kind) => Loaded::Unreadable(kind),
        }
    }

    /// Replaces what it holds by `content`, which must be an object: writes all of it beside the old file, with mode 0600,
    /// makes sure that it is on the disk, and puts it in the old one's place. What is not understood is never replaced, but
    /// set aside as [`read`](Self::read) does, or left.
    ///
    /// # Errors
    ///
    /// [`CannotWrite`] says what to do about it. The old file is whole then, and nothing lies beside it.
    pub fn write<T: Serialize>(&self, content: &T) -> Result<(), CannotWrite> {
        self.try_to_write(content)
            .map_err(|problem| CannotWrite::new(&self.path, problem))
    }

    fn try_to_write<T: Serialize>(&self, content: &T) -> Result<(), Problem> {
        let text = envelope::closed(content).ok_or(Problem::NoObject)?;
        if u64::try_from(text.len()).unwrap_or(u64::MAX) > MOST_BYTES {
            return Err(Problem::TooLarge);
        }
        let place = Place::of(&self.path)?;
        make_way(&place)?;
        Ok(place.replace(&text)?)
    }
}

/// Makes sure that what is there may be replaced.
fn make_way(place: &Place) -> Result<(), Problem> {
    match place.beginning() {
        Ok(beginning) => match envelope::head(&beginning) {
            Head::Ours => Ok(()),
            Head::Later(version) => Err(Problem::LaterVersion(version)),
            Head::Foreign => {
                place.set_aside(&Senseless::Damaged.word(), true)?;
                Ok(())
            }
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Problem::InTheWay(error.kind())),
    }
}

impl fmt::Display for StateFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}
