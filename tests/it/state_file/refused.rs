//! What the system refuses: the old file stays whole, nothing lies beside it, and the words say what to do.

use std::{fs, path::Path, process::Command};

use kcwatch::state_file::{Loaded, StateFile};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{Content, Home};

/// What is said about a file at this path that cannot be written, without the path.
fn said(path: &Path) -> String {
    let refused = StateFile::new(path).write(&Content::small(2)).unwrap_err();
    let said = refused.to_string();
    let begin = format!("the state file {} cannot be written: ", path.display());
    said.strip_prefix(&begin)
        .expect("the path is named")
        .to_owned()
}

#[test]
fn a_place_where_no_file_can_be_is_told() {
    let home = Home::new();
    assert_eq!(
        said(&home.0.path().join("missing/state.json")),
        "its directory does not exist: create it, writable for the user that kcwatch runs as"
    );
    assert_eq!(
        said(home.0.path()),
        "it is a directory: let state_file name a file in it"
    );
    fs::write(home.path(), "{}").unwrap();
    assert_eq!(
        said(&home.path().join("state.json")),
        "part of its path is no directory: let state_file name another"
    );
}

/// Not even root may write to `/sys`, which is read-only in some containers and forbidden elsewhere.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_cannot_be_written_is_told() {
    let said = said(Path::new("/sys/kcwatch-state.json"));
    assert!(
        said.starts_with("its directory is not writable: ")
            || said.starts_with("its file system is read-only: "),
        "{said}"
    );
}

/// In a process of its own, because the limit is one of the process. The shell ignores the signal that the limit sends, so
/// that writing fails instead, as it does on a full disk.
#[test]
fn running_out_of_room_leaves_the_old_file() {
    let shell = "trap '' XFSZ; exec \"$0\" \"$@\"";
    let mut child = Command::new("sh");
    child
        .args(["-c", shell])
        .arg(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "state_file::refused::with_little_room",
        "--ignored",
    ]);
    let ran = child.env(ROOM, "1").output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

/// Set for the child; whoever runs all ignored tests has no signal ignored, and would be killed by it.
const ROOM: &str = "KCWATCH_TEST_LITTLE_ROOM";

#[test]
#[ignore = "run by another test, with a signal ignored"]
#[expect(
    clippy::disallowed_methods,
    reason = "a message of one test to another"
)]
fn with_little_room() {
    if std::env::var_os(ROOM).is_none() {
        return;
    }
    let home = Home::new();
    home.file().write(&Content::small(1)).unwrap();
    let old = getrlimit(Resource::Fsize);
    for room in [0, 1, 4_096, 65_536] {
        let current = Some(room);
        setrlimit(Resource::Fsize, Rlimit { current, ..old }).unwrap();
        let refused = home.file().write(&Content::of(2, 100_000)).unwrap_err();
        setrlimit(Resource::Fsize, old).unwrap();
        assert!(
            refused.to_string().contains("there is no room for it"),
            "{refused}"
        );
        assert_eq!(home.file().look(), Loaded::Content(Content::small(1)));
        assert_eq!(home.names(), ["state.json"]);
    }
    home.file().write(&Content::of(2, 100_000)).unwrap();
}
