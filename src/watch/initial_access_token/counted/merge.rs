//! One listing after another: what is new, what is gone, what was written anew.

use std::sync::Arc;

use super::{
    super::config::Read,
    Counted,
    entry::{Date, Entry, What},
    gone::Gone,
    tally::Listed,
};

/// A listing on its way in.
struct Merge {
    present: Vec<Entry>,
    gone: Gone,
    /// What a name is that was not there before.
    fresh: What,
    /// How a name is dated that has no date of its own.
    undated: Date,
    /// When the listing ended, in seconds since 1970.
    at: i64,
}

impl Counted {
    /// Takes in a listing that ended `at` that second.
    pub(super) fn list(&mut self, listed: &[Listed], read: Read, at: i64) {
        if is_the_same(&self.present, listed) {
            return;
        }
        let mut merge = Merge {
            present: Vec::with_capacity(listed.len()),
            gone: self.gone.clone(),
            fresh: match read {
                Read::Names => What::Name,
                Read::Secrets => What::Unread,
            },
            undated: match self.first {
                None => Date::Before,
                Some(_) => Date::Listed,
            },
            at,
        };
        merge.run(&self.present, listed);
        self.present = Arc::new(merge.present);
        self.gone = merge.gone;
    }
}

fn is_the_same(present: &[Entry], listed: &[Listed]) -> bool {
    let mut pairs = present.iter().zip(listed);
    present.len() == listed.len()
        && pairs.all(|(entry, one)| entry.key == one.key() && entry.is_still(one))
}

impl Merge {
    fn run(&mut self, before: &[Entry], listed: &[Listed]) {
        let mut before = before.iter().peekable();
        for one in listed {
            while let Some(vanished) = before.next_if(|entry| entry.key < one.key()) {
                self.retire(vanished);
            }
            match before.next_if(|entry| entry.key == one.key()) {
                Some(entry) => self.again(entry, one),
                None => self.add(one, |_| true),
            }
        }
        before.for_each(|vanished| self.retire(vanished));
    }

    /// A name that stood in the listing before.
    fn again(&mut self, entry: &Entry, one: &Listed) {
        let latest = one.latest();
        match latest {
            Some((version, written)) if entry.version == 0 => {
                self.learn(entry, one, version, written);
            }
            Some(_) if !entry.is_still(one) => {
                let continues = continues(entry, one.earlier());
                self.retire(entry);
                self.add(one, |(number, _)| !continues || number > entry.version);
            }
            _ => self.present.push(entry.clone()),
        }
    }

    /// A name without versions so far, and now the store tells them.
    fn learn(&mut self, entry: &Entry, one: &Listed, version: u32, written: i64) {
        let is_newer = written > entry.by;
        match entry.date {
            Date::Before => {
                // What it is told now dates everything that was there before the first listing.
                self.add(one, |_| true);
                if let Some(added) = self.present.last_mut().filter(|_| !is_newer) {
                    added.what = entry.what;
                }
            }
            _ if is_newer => {
                self.retire(entry);
                self.add(one, |(_, at)| at > entry.by);
            }
            _ => self.present.push(Entry {
                version,
                ..entry.clone()
            }),
        }
    }

    /// A name with registrations of its own: its latest version, and earlier ones as far as they are new.
    fn add(&mut self, one: &Listed, is_new: impl Fn((u32, i64)) -> bool) {
        for earlier in one.earlier().iter().filter(|earlier| is_new(**earlier)) {
            self.gone.add(earlier.1);
        }
        let (version, by, date) = match one.latest() {
            Some((version, written)) => (version, written, Date::Told),
            None => (0, self.at, self.undated),
        };
        self.present.push(Entry {
            key: one.key(),
            by,
            version,
            date,
            what: self.fresh,
        });
    }

    /// A name that is no longer listed, or a version that another took the place of. What it counted stays counted; one
    /// that was never read counts by its name.
    fn retire(&mut self, entry: &Entry) {
        match (entry.what, entry.date) {
            (What::Name, Date::Before) => self.gone.add_undated(),
            // Counted by its token, or not at all.
            (What::Registered, _) | (_, Date::Before) => {}
            (_, Date::Told | Date::Listed) => self.gone.add(entry.by),
        }
    }
}

/// Whether the versions of a name continue those before; otherwise all of it was deleted, and the name begun anew. The store
/// drops the oldest versions of a long row.
fn continues(entry: &Entry, earlier: &[(u32, i64)]) -> bool {
    let known = |(number, at): &(u32, i64)| *number == entry.version && entry.may_be_of(*at);
    let dropped = |(oldest, _): &(u32, i64)| *oldest > entry.version;
    earlier.iter().any(known) || earlier.first().is_none_or(dropped)
}
