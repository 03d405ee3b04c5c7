//! The state file: whole or not at all, whatever happens to the process, the disk or the file.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod killed;
mod refused;
mod strange;

use std::{
    fs,
    path::{Path, PathBuf},
    thread::{self, ScopedJoinHandle},
};

use kcwatch::state_file::{Loaded, StateFile};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// What the tests keep: whether it is whole shows by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    number: u64,
    copies: Vec<u64>,
}

impl Content {
    fn small(number: u64) -> Self {
        Self::of(number, 3)
    }

    /// About four bytes for each copy.
    fn of(number: u64, copies: usize) -> Self {
        let copies = vec![number; copies];
        Self { number, copies }
    }

    fn is_whole(&self) -> bool {
        self.copies.iter().all(|copy| *copy == self.number)
    }
}

/// A directory with a state file, or the place for one.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("state.json")
    }

    fn file(&self) -> StateFile {
        StateFile::new(self.path())
    }

    /// The names of everything that lies there, in order.
    fn names(&self) -> Vec<String> {
        names(self.0.path())
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_written_is_read() {
    let home = Home::new();
    let file = home.file();
    assert_eq!(file.read::<Content>(), Loaded::Nothing);
    for number in 1..=3 {
        file.write(&Content::small(number)).unwrap();
        let found = Loaded::Content(Content::small(number));
        assert_eq!(file.read(), found);
        assert_eq!(file.look(), found);
    }
    assert_eq!(home.names(), ["state.json"]);
    let text = fs::read_to_string(home.path()).unwrap();
    assert_eq!(text, r#"{"kcwatch_state":1,"number":3,"copies":[3,3,3]}"#);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let mode = || fs::metadata(home.path()).unwrap().permissions().mode() & 0o777;
    home.file().write(&Content::small(1)).unwrap();
    assert_eq!(mode(), 0o600);
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o644)).unwrap();
    home.file().write(&Content::small(2)).unwrap();
    assert_eq!(mode(), 0o600, "a wider mode is not kept");
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_its_target_is_replaced() {
    use std::os::unix::fs::symlink;
    let (home, elsewhere) = (Home::new(), Home::new());
    let link = home.0.path().join("link");
    symlink("middle", &link).unwrap();
    symlink(elsewhere.path(), home.0.path().join("middle")).unwrap();
    let file = StateFile::new(&link);
    assert_eq!(file.read::<Content>(), Loaded::Nothing, "it dangles");
    file.write(&Content::small(1)).unwrap();
    file.write(&Content::small(2)).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(elsewhere.file().read(), Loaded::Content(Content::small(2)));
    fs::write(elsewhere.path(), "garbage").unwrap();
    file.read::<Content>();
    assert_eq!(home.names(), ["link", "middle"]);
    assert_eq!(elsewhere.names(), ["state.json.damaged-1"]);
}

/// Two processes with one file: readers never see half, and who writes last wins.
#[test]
fn who_reads_while_others_write_sees_one_of_both() {
    const WRITES: u64 = 40;
    let home = Home::new();
    home.file().write(&Content::of(0, 20_000)).unwrap();
    thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let write = |number| home.file().write(&Content::of(number, 20_000)).unwrap();
                    (1..=WRITES).for_each(write);
                })
            })
            .collect();
        while !writers.iter().all(ScopedJoinHandle::is_finished) {
            let Loaded::Content(found) = home.file().look::<Content>() else {
                panic!("there is always one")
            };
            assert!(found.is_whole());
        }
    });
    assert_eq!(
        home.file().look(),
        Loaded::Content(Content::of(WRITES, 20_000))
    );
    assert_eq!(home.names(), ["state.json"]);
}
