use std::time::Duration;

use super::*;
use crate::model::{Failure, Reason, StoreName};

mod names;
mod secrets;
mod sizes;
mod story;

const ISSUER: &str = "https://sso.example.com/realms/prod";

fn wanted(read: Read) -> Registrations {
    Registrations {
        store: StoreName::new("vault").unwrap(),
        folders: vec![folder()],
        read,
        ending: None,
        interval: Duration::from_secs(300),
    }
}

fn folder() -> SecretPath {
    SecretPath::new("kv/clients").unwrap()
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

/// A name without a date.
fn name(name: &str) -> Listed {
    Listed::new(&folder(), name, &[])
}

/// A name with the versions that the store tells of.
fn dated(name: &str, versions: &[(u64, i64)]) -> Listed {
    let versions: Vec<_> = versions.iter().map(|(n, t)| (*n, at(*t))).collect();
    Listed::new(&folder(), name, &versions)
}

fn registered(id: &str, seconds: i64, issuers: &[&str]) -> Origin {
    Origin::Registered {
        id: Digest::of(&[id]),
        at: at(seconds),
        issuers: issuers.iter().copied().map(Tally::issuer_digest).collect(),
    }
}

/// A series of looks.
struct Watch {
    wanted: Registrations,
    counted: Option<Counted>,
    effective: Option<UnixTime>,
}

impl Watch {
    fn new(read: Read, effective: Option<i64>) -> Self {
        Self {
            wanted: wanted(read),
            counted: None,
            effective: effective.map(at),
        }
    }

    fn names(effective: i64) -> Self {
        Self::new(Read::Names, Some(effective))
    }

    fn secrets(effective: i64) -> Self {
        Self::new(Read::Secrets, Some(effective))
    }

    fn look(&mut self, now: i64, listed: &[Listed]) -> Used {
        self.tally(now, &Tally::new(listed.to_vec(), None))
    }

    /// A look that reads some of what it lists.
    fn read(&mut self, now: i64, listed: &[Listed], read: &[(&str, Origin)]) -> Used {
        let mut tally = Tally::new(listed.to_vec(), Some(Tally::issuer_digest(ISSUER)));
        for (one, origin) in read {
            tally.note(name(one).key(), origin.clone());
        }
        self.tally(now, &tally)
    }

    fn tally(&mut self, now: i64, tally: &Tally) -> Used {
        let previous = self.counted.as_ref();
        let next = Counted::after(previous, &self.wanted, tally, self.effective, at(now));
        self.counted = Some(next);
        self.used()
    }

    fn known(&self) -> &Counted {
        self.counted.as_ref().unwrap()
    }

    fn used(&self) -> Used {
        self.known().used(self.effective.unwrap_or(at(0)))
    }
}

#[test]
fn a_clock_that_goes_back_neither_loses_nor_doubles() {
    let mut watch = Watch::names(80);
    watch.look(70, &[name("a")]);
    assert_eq!(watch.look(100, &[name("a"), name("b")]), Used::Known(1));
    assert_eq!(
        watch.look(50, &[name("a"), name("b"), name("c")]),
        Used::Known(2)
    );
    assert_eq!(
        watch.known().counted_at(),
        Some(at(50)),
        "by the clock of that moment"
    );
    assert_eq!(
        watch.look(60, &[name("a"), name("b"), name("c")]),
        Used::Known(2)
    );
}

#[test]
fn the_token_before_is_remembered_and_the_one_before_that_is_not() {
    let mut watch = Watch::names(100);
    watch.look(90, &[name("other")]);
    assert_eq!(watch.look(110, &[name("a")]), Used::Known(1));
    watch.look(120, &[name("other")]);
    watch.effective = Some(at(200));
    assert_eq!(watch.look(210, &[name("b")]), Used::Known(1));
    watch.effective = Some(at(100));
    assert_eq!(
        watch.look(220, &[name("b")]),
        Used::Known(3),
        "a stale read showed the old one"
    );
    watch.effective = Some(at(200));
    assert_eq!(watch.look(230, &[name("b")]), Used::Known(1));
    watch.effective = Some(at(300));
    assert_eq!(watch.look(310, &[name("c")]), Used::Known(1));
    assert_eq!(
        watch.known().used(at(100)),
        Used::Undated(0),
        "never a guess"
    );
}

#[test]
fn everything_that_might_count_is_kept_while_the_token_is_unknown() {
    let mut watch = Watch::new(Read::Secrets, None);
    let read = [
        ("a", registered("1", 120, &[ISSUER])),
        ("b", registered("2", 80, &[ISSUER])),
    ];
    watch.read(200, &[name("a"), name("b")], &read);
    watch.read(300, &[], &[]);
    assert_eq!(watch.used(), Used::Known(2));
    watch.effective = Some(at(100));
    assert_eq!(watch.read(400, &[], &[]), Used::Known(1));
}

#[test]
fn what_was_counted_elsewhere_or_otherwise_is_forgotten() {
    let mut watch = Watch::names(100);
    watch.look(200, &[dated("a", &[(1, 120)])]);
    let more = |change: fn(&mut Registrations)| {
        let mut wanted = watch.wanted.clone();
        change(&mut wanted);
        watch.known().belongs_to(&wanted)
    };
    assert!(more(|wanted| wanted.interval = Duration::ZERO));
    assert!(more(|wanted| wanted.folders.push(folder())));
    assert!(!more(|wanted| wanted
        .folders
        .push(SecretPath::new("kv/more").unwrap())));
    assert!(!more(|wanted| wanted.read = Read::Secrets));
    assert!(!more(|wanted| wanted.ending = Some(String::new())));
    assert!(!more(|wanted| wanted.ending = Some("kv/clients".to_owned())));
    assert!(!more(
        |wanted| wanted.store = StoreName::new("other").unwrap()
    ));

    watch.wanted.read = Read::Secrets;
    assert_eq!(watch.look(300, &[name("a")]), Used::Unread(1));
}
