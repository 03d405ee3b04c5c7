//! Files that make no sense, and things that are no files.

use std::{fs, io::ErrorKind};

use kcwatch::state_file::{Loaded, Senseless, StateFile};

use super::{Content, Home};

#[test]
fn what_makes_no_sense_is_set_aside_untouched() {
    let cut = &br#"{"kcwatch_state":1,"number":3,"copies":[3,3"#[..];
    let cases = [
        (&b""[..], Senseless::Empty),
        (cut, Senseless::Damaged),
        (b"\0\0\0\0\0\0\0\0", Senseless::Damaged),
        (b"\xff\xfe garbage", Senseless::Damaged),
        (b"[1, 2, [3]]", Senseless::Damaged),
        (b"{\"targets\": []}", Senseless::Damaged),
        (
            br#"{"kcwatch_state":1,"number":"three"}"#,
            Senseless::Damaged,
        ),
        (br#"{"kcwatch_state":1}"#, Senseless::Damaged),
    ];
    for (text, why) in cases {
        let home = Home::new();
        fs::write(home.path(), text).unwrap();
        let left = Loaded::Senseless { why, aside: None };
        assert_eq!(
            home.file().look::<Content>(),
            left,
            "to look is to change nothing"
        );
        let aside = home.path().with_extension("json.damaged-1");
        let found = home.file().read::<Content>();
        let set_aside = Loaded::Senseless {
            why,
            aside: Some(aside.clone()),
        };
        assert_eq!(found, set_aside);
        assert_eq!(fs::read(aside).unwrap(), text);
        home.file().write(&Content::small(1)).unwrap();
        assert_eq!(home.names(), ["state.json", "state.json.damaged-1"]);
    }
}

#[test]
fn a_person_is_told_in_one_line_and_nothing_is_quoted() {
    let home = Home::new();
    fs::write(home.path(), "CANARY\nCANARY").unwrap();
    let directory = home.0.path().display().to_string();
    let said = |found: Loaded<Content>| found.complaint().map(|line| line.replace(&directory, ""));
    assert_eq!(
        said(home.file().look()).as_deref(),
        Some("the state file is damaged or no state file at all; it was left where it is")
    );
    assert_eq!(
        said(home.file().read()).as_deref(),
        Some(
            "the state file is damaged or no state file at all; it was set aside as /state.json.damaged-1"
        )
    );
    assert_eq!(said(home.file().read()), None);
    fs::write(home.path(), r#"{"kcwatch_state":2}"#).unwrap();
    assert_eq!(
        said(home.file().read()).as_deref(),
        Some(
            "the state file has the form of version 2 of a later kcwatch, and this one knows version 1; \
             it was set aside as /state.json.version-2-1"
        )
    );
    fs::create_dir(home.path()).unwrap();
    assert_eq!(
        said(home.file().read()).as_deref(),
        Some("the state file cannot be read: is a directory")
    );
}

#[test]
fn a_crash_loop_keeps_the_first_two_damaged_files_and_the_latest() {
    let home = Home::new();
    for time in 1..=9 {
        fs::write(home.path(), format!("garbage {time}")).unwrap();
        home.file().read::<Content>();
    }
    let names = [1, 2, 3].map(|number| format!("state.json.damaged-{number}"));
    assert_eq!(home.names(), names);
    let kept = names.map(|name| fs::read_to_string(home.0.path().join(name)).unwrap());
    assert_eq!(kept, ["garbage 1", "garbage 2", "garbage 9"]);
}

#[test]
fn a_file_of_a_later_version_is_never_lost() {
    let home = Home::new();
    let text = |time| format!(r#"{{"kcwatch_state": 7, "time": {time}}}"#);
    for time in 1..=3 {
        fs::write(home.path(), text(time)).unwrap();
        let why = Senseless::LaterVersion(7);
        let aside = home.path().with_extension(format!("json.version-7-{time}"));
        let aside = Some(aside);
        let found = Loaded::Senseless { why, aside };
        assert_eq!(home.file().read::<Content>(), found);
    }
    fs::write(home.path(), text(4)).unwrap();
    let why = Senseless::LaterVersion(7);
    let left = Loaded::Senseless { why, aside: None };
    assert_eq!(home.file().read::<Content>(), left);
    let refused = home
        .file()
        .write(&Content::small(1))
        .unwrap_err()
        .to_string();
    assert!(refused.contains("of version 7"), "{refused}");
    assert_eq!(fs::read_to_string(home.path()).unwrap(), text(4));
    assert_eq!(home.names().len(), 4);
}

/// The process that writes did not read it: another one, of a later version, has put it there.
#[test]
fn what_appeared_since_is_not_overwritten() {
    let home = Home::new();
    home.file().write(&Content::small(1)).unwrap();
    fs::write(home.path(), r#"{"kcwatch_state":2,"x":1}"#).unwrap();
    home.file().write(&Content::small(2)).unwrap_err();
    assert_eq!(home.names(), ["state.json"]);
    fs::write(home.path(), "a letter to somebody").unwrap();
    home.file().write(&Content::small(3)).unwrap();
    assert_eq!(home.file().look(), Loaded::Content(Content::small(3)));
    let aside = home.path().with_extension("json.damaged-1");
    assert_eq!(fs::read_to_string(aside).unwrap(), "a letter to somebody");
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let home = Home::new();
    let file = fs::File::create(home.path()).unwrap();
    file.set_len(64 * 1024 * 1024 + 1).unwrap();
    let why = Senseless::TooLarge;
    let left = Loaded::Senseless { why, aside: None };
    assert_eq!(home.file().look::<Content>(), left);
    file.set_len(64 * 1024 * 1024).unwrap();
    let why = Senseless::Damaged;
    let left = Loaded::Senseless { why, aside: None };
    assert_eq!(home.file().look::<Content>(), left);
}

#[test]
fn directories_and_pipes_are_left_alone() {
    let home = Home::new();
    fs::create_dir(home.path()).unwrap();
    let found = home.file().read::<Content>();
    assert_eq!(found, Loaded::Unreadable(ErrorKind::IsADirectory));
    fs::remove_dir(home.path()).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(home.path())
        .status();
    assert!(made.unwrap().success());
    let found = home.file().read::<Content>();
    assert_eq!(found, Loaded::Unreadable(ErrorKind::InvalidInput));
    home.file().write(&Content::small(1)).unwrap_err();
    assert_eq!(home.names(), ["state.json"]);
    let below = StateFile::new(home.path().join("state.json"));
    let found = below.read::<Content>();
    assert_eq!(found, Loaded::Unreadable(ErrorKind::NotADirectory));
}

#[cfg(unix)]
#[test]
fn a_circle_of_links_ends() {
    use std::os::unix::fs::symlink;
    let home = Home::new();
    symlink("state.json", home.path()).unwrap();
    let found = home.file().read::<Content>();
    assert!(matches!(found, Loaded::Unreadable(_)), "{found:?}");
    home.file().write(&Content::small(1)).unwrap_err();
    assert_eq!(home.names(), ["state.json"]);
}
