//! A process that is killed while it writes.

use std::{
    fs,
    io::{BufRead as _, BufReader, Lines, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use kcwatch::state_file::{Loaded, StateFile};

use super::{Content, Home};

/// Tells the child where to write, and so that it is one.
const PATH: &str = "KCWATCH_TEST_STATE_FILE";
/// How large each content is.
const COPIES: usize = 30_000;

/// A process that writes one content after the other, and says the number of each that is written. Of no file it can write
/// more than `blocks`; it is killed by who wants more.
fn writer(path: &Path, blocks: &str) -> Child {
    let mut child = Command::new("sh");
    let shell = format!("ulimit -c 0; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    child
        .args(["-c", &shell])
        .arg(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "state_file::killed::writes_for_ever",
        "--ignored",
        "--nocapture",
    ]);
    child
        .env(PATH, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    child.spawn().unwrap()
}

#[test]
#[ignore = "run by other tests, which kill it"]
#[expect(
    clippy::disallowed_methods,
    reason = "a message of one test to another"
)]
fn writes_for_ever() {
    let Some(path) = std::env::var_os(PATH) else {
        return;
    };
    let file = StateFile::new(PathBuf::from(path));
    for number in 10_000.. {
        file.write(&Content::of(number, COPIES)).unwrap();
        // Past the buffer of the test harness, and the end if nobody listens any more.
        writeln!(std::io::stdout(), "\nwritten {number}").unwrap();
    }
}

/// The number of the last of at most `most` contents that the child said it had written. As long as the lines are not
/// dropped, it goes on writing.
fn hear(lines: &mut Lines<BufReader<ChildStdout>>, most: usize) -> Option<u64> {
    let numbers = lines.map_while(Result::ok).filter_map(|line| {
        let number = line.strip_prefix("written ")?;
        number.parse().ok()
    });
    numbers.take(most).last()
}

fn lines_of(child: &mut Child) -> Lines<BufReader<ChildStdout>> {
    BufReader::new(child.stdout.take().unwrap()).lines()
}

#[test]
fn a_killed_process_leaves_the_old_content_or_the_new_one() {
    let home = Home::new();
    for round in 0..12 {
        let mut child = writer(&home.path(), "unlimited");
        let mut lines = lines_of(&mut child);
        // It goes on writing while this is heard, so it is killed anywhere.
        let heard = hear(&mut lines, 1 + round).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let Loaded::Content(found) = home.file().read::<Content>() else {
            panic!("there must be one")
        };
        assert!(found.is_whole() && found.copies.len() == COPIES);
        assert!(found.number >= heard, "what was written stays written");
        assert_eq!(home.names(), ["state.json"], "what it left is cleaned up");
    }
}

/// The kernel kills it at the first byte that is too much, so this is in the middle of a write, each time.
#[test]
fn a_process_that_is_killed_within_a_write_leaves_the_old_content() {
    let home = Home::new();
    home.file().write(&Content::small(1)).unwrap();
    for blocks in ["0", "1", "8", "64", "128"] {
        let mut child = writer(&home.path(), blocks);
        assert_eq!(hear(&mut lines_of(&mut child), 1), None, "{blocks}");
        assert!(!child.wait().unwrap().success());
        let names = home.names();
        assert_eq!(names.len(), 2, "it leaves what it has written: {names:?}");
        assert!(names[0].starts_with(".state.json.new-"), "{names:?}");
        assert_eq!(home.file().look(), Loaded::Content(Content::small(1)));
        assert_eq!(home.names(), names, "to look is to change nothing");
        assert_eq!(home.file().read(), Loaded::Content(Content::small(1)));
        assert_eq!(home.names(), ["state.json"], "the next start cleans up");
    }
}

#[test]
fn cleaning_up_spares_the_files_of_others() {
    let home = Home::new();
    let others = [
        ".other.json.new-abc",
        ".state.json",
        "state.json.new-abc",
        "state.json.orig",
    ];
    for name in others.iter().chain(&[".state.json.new-abc"]) {
        fs::write(home.0.path().join(name), "x").unwrap();
    }
    home.file().read::<Content>();
    assert_eq!(home.names(), others);
}
