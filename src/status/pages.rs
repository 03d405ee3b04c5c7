//! Where in a long list one is.

/// How many entries one page shows.
pub(super) const PART: usize = 100;

/// Where in a long list one is, and the links that lead elsewhere.
pub(super) struct Pages {
    pub(super) words: String,
    pub(super) links: Vec<(&'static str, Option<String>)>,
}

/// The last page of a list of so many, from 0 on.
pub(super) fn last_page(count: usize) -> usize {
    count.saturating_sub(1) / PART
}

impl Pages {
    /// Where page `page` of a list of `count` is.
    pub(super) fn of(page: usize, count: usize, link: impl Fn(usize) -> String) -> Self {
        let last = last_page(count);
        if last == 0 {
            return Self {
                words: String::new(),
                links: Vec::new(),
            };
        }
        let to = |there: usize, is_elsewhere: bool| is_elsewhere.then(|| link(there));
        Self {
            words: format!(
                "Page {} of {}",
                page.saturating_add(1),
                last.saturating_add(1)
            ),
            links: vec![
                ("First", to(0, page > 0)),
                ("Previous", to(page.saturating_sub(1), page > 0)),
                ("Next", to(page.saturating_add(1), page < last)),
                ("Last", to(last, page < last)),
            ],
        }
    }
}
