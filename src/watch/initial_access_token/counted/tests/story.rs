//! Random stories: clients come and go, tokens are rotated, the process is restarted, and the count stands.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Event {
    /// A client is registered under one of a few names; over one that lies there, if there is one.
    Register(usize),
    /// A client and its secret are deleted, for good.
    Delete(usize),
    /// Another token takes effect.
    Rotate,
    /// A look, with time to read so many secrets.
    Look(usize),
    /// A look that fails.
    Failure,
    /// What is remembered goes through a file.
    Restart,
    Wait(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..5_usize).prop_map(Event::Register),
        2 => (0..5_usize).prop_map(Event::Delete),
        1 => Just(Event::Rotate),
        4 => prop_oneof![Just(usize::MAX), 0..3_usize].prop_map(Event::Look),
        1 => Just(Event::Failure),
        2 => Just(Event::Restart),
        4 => (0..20_i64).prop_map(Event::Wait),
    ]
}

/// A registration that happened.
#[derive(Clone, Copy, Debug)]
struct Happened {
    number: usize,
    at: i64,
}

/// A registration that could be seen.
#[derive(Clone, Copy, Debug)]
struct Observed {
    slot: usize,
    at: i64,
    /// When it was first listed.
    listed: i64,
    /// Whether all that could be known of it is that it was there before the first listing.
    before: bool,
    was_read: bool,
    /// Whether its name was no longer listed since.
    vanished: bool,
}

struct World {
    read: Read,
    tells_dates: bool,
    now: i64,
    /// What lies under each name, version by version.
    lying: BTreeMap<usize, Vec<Happened>>,
    /// The latest of each name in the listing before.
    listed: BTreeMap<usize, usize>,
    observed: BTreeMap<usize, Observed>,
    happened: usize,
    looks: usize,
    effective: i64,
    before_that: i64,
    kept: Option<Counted>,
    restarted: Option<Counted>,
}

impl World {
    fn new(read: Read, tells_dates: bool) -> Self {
        Self {
            read,
            tells_dates,
            now: 1_000,
            lying: BTreeMap::new(),
            listed: BTreeMap::new(),
            observed: BTreeMap::new(),
            happened: 0,
            looks: 0,
            effective: 1_000,
            before_that: 1_000,
            kept: None,
            restarted: None,
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Register(slot) => {
                self.happened += 1;
                let one = Happened {
                    number: self.happened,
                    at: self.now,
                };
                self.lying.entry(slot).or_default().push(one);
            }
            Event::Delete(slot) => drop(self.lying.remove(&slot)),
            Event::Rotate => {
                self.now += 1;
                (self.before_that, self.effective) = (self.effective, self.now);
            }
            Event::Look(budget) => self.look(budget),
            // Nothing is folded, as of a look that could not list.
            Event::Failure => {}
            Event::Restart => {
                let text = serde_json::to_string(&self.restarted).unwrap();
                self.restarted = serde_json::from_str(&text).unwrap();
            }
            Event::Wait(seconds) => self.now += seconds,
        }
    }

    fn look(&mut self, budget: usize) {
        // No two moments share a second with a look: then what came later could not be told apart by anybody.
        self.now += 1;
        let wanted = wanted(self.read);
        let mut tally = Tally::new(self.listing(), None);
        self.observe();
        let (mut left, mut read) = (budget, Vec::new());
        for (slot, versions) in &self.lying {
            let listed = self.listed_as(*slot, versions);
            let latest = *versions.last().unwrap();
            let is_read = self
                .restarted
                .as_ref()
                .is_some_and(|known| known.has_read(&listed));
            if self.read == Read::Secrets && !is_read && left > 0 {
                left -= 1;
                tally.note(
                    listed.key(),
                    registered(&latest.number.to_string(), latest.at, &[]),
                );
                read.push((*slot, latest));
            }
        }
        for (slot, latest) in read {
            self.note_read(slot, latest);
        }
        let effective = Some(at(self.effective));
        for counted in [&mut self.kept, &mut self.restarted] {
            *counted = Some(Counted::after(
                counted.as_ref(),
                &wanted,
                &tally,
                effective,
                at(self.now),
            ));
        }
        self.looks += 1;
        self.now += 1;
    }

    /// What is read is known for good. Without dates, what lay there before, unread, was overwritten unseen.
    fn note_read(&mut self, slot: usize, latest: Happened) {
        if !self.tells_dates {
            self.observed.retain(|number, one| {
                *number == latest.number || one.slot != slot || one.was_read || one.vanished
            });
        }
        let seen = Observed {
            slot,
            at: latest.at,
            listed: self.now,
            before: false,
            was_read: true,
            vanished: false,
        };
        self.observed
            .entry(latest.number)
            .and_modify(|one| one.was_read = true)
            .or_insert(seen);
    }

    fn listing(&self) -> Vec<Listed> {
        self.lying
            .iter()
            .map(|(slot, versions)| self.listed_as(*slot, versions))
            .collect()
    }

    fn listed_as(&self, slot: usize, versions: &[Happened]) -> Listed {
        let told = versions
            .iter()
            .zip(1..)
            .map(|(one, number)| (number, one.at));
        let told: Vec<(u64, i64)> = told.filter(|_| self.tells_dates).collect();
        dated(&format!("client-{slot}"), &told)
    }

    /// What a listing shows of what happened. Without dates, a name that was there before is no news.
    fn observe(&mut self) {
        let now: BTreeMap<usize, usize> = self
            .lying
            .iter()
            .map(|(slot, all)| (*slot, all.last().unwrap().number))
            .collect();
        for one in self.observed.values_mut() {
            one.vanished |= !now.contains_key(&one.slot);
        }
        for (slot, versions) in &self.lying {
            let shown = if self.tells_dates {
                &versions[..]
            } else {
                &versions[versions.len() - 1..]
            };
            if !self.tells_dates && self.listed.contains_key(slot) {
                continue;
            }
            for one in shown {
                self.observed.entry(one.number).or_insert(Observed {
                    slot: *slot,
                    at: one.at,
                    listed: self.now,
                    before: self.looks == 0 && !self.tells_dates,
                    was_read: false,
                    vanished: false,
                });
            }
        }
        self.listed = now;
    }

    /// At least so many, and at most so many.
    fn bounds(&self, effective: i64) -> (u64, u64) {
        let observed = self.observed.values();
        let knowable = observed.filter(|one| !one.before || one.was_read);
        let (mut least, mut most) = (0, 0);
        for one in knowable {
            let latest = if self.tells_dates { one.at } else { one.listed };
            least += u64::from(one.at >= effective);
            most += u64::from(latest >= effective);
        }
        (least, most)
    }

    fn is_judged(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(&self.kept, &self.restarted);
        let Some(counted) = &self.kept else {
            return Ok(());
        };
        for effective in [self.effective, self.before_that] {
            if let Used::Known(used) = counted.used(at(effective)) {
                let (least, most) = self.bounds(effective);
                prop_assert!(
                    (least..=most).contains(&used),
                    "{least} <= {used} <= {most}"
                );
            }
        }
        Ok(())
    }
}

fn told(events: &[Event], read: Read, tells_dates: bool) -> Result<World, TestCaseError> {
    let mut world = World::new(read, tells_dates);
    for event in events {
        world.happen(*event);
        world.is_judged()?;
    }
    Ok(world)
}

proptest! {
    #[test]
    fn restarts_change_nothing_and_no_registration_that_could_be_seen_is_missed(
        events in prop::collection::vec(event(), 0..60),
        reads in any::<bool>(),
        tells_dates in any::<bool>(),
    ) {
        let read = if reads { Read::Secrets } else { Read::Names };
        told(&events, read, tells_dates)?;
    }

    #[test]
    fn with_dates_the_number_is_exact_from_the_first_look_on(
        mut events in prop::collection::vec(event(), 0..60),
    ) {
        events.push(Event::Look(0));
        let world = told(&events, Read::Names, true)?;
        let (least, most) = world.bounds(world.effective);
        prop_assert_eq!(least, most);
        prop_assert_eq!(world.kept.unwrap().used(at(world.effective)), Used::Known(least));
    }
}
