//! The runbooks, taken apart.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Pages in the folder of the runbooks that are about no alert.
const OTHERS: [&str; 2] = ["README", "new-token"];

/// One page.
pub(super) struct Page {
    pub(super) name: String,
    pub(super) text: String,
}

/// A file of the repository.
pub(super) fn text_of(path: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), path].iter().collect();
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The runbooks in the order of their names.
pub(super) fn runbooks() -> Vec<Page> {
    all()
        .into_iter()
        .filter(|page| !OTHERS.contains(&page.name.as_str()))
        .collect()
}

/// Every page of their folder.
pub(super) fn all() -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("alerts/runbooks");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.strip_suffix(".md").expect("a page").to_owned())
        .collect();
    names.sort();
    names.into_iter().map(Page::named).collect()
}

impl Page {
    pub(super) fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        let text = text_of(&format!("alerts/runbooks/{name}.md"));
        Self { name, text }
    }

    /// The headings of its sections.
    pub(super) fn headings(&self) -> Vec<&str> {
        let lines = self.text.lines();
        lines.filter_map(|line| line.strip_prefix("## ")).collect()
    }

    /// What stands below a heading.
    pub(super) fn section(&self, heading: &str) -> &str {
        let begin = format!("\n## {heading}\n");
        let (_, rest) = self
            .text
            .split_once(&begin)
            .unwrap_or_else(|| panic!("{}: no section {heading}", self.name));
        rest.split("\n## ").next().unwrap()
    }
}

/// The blocks of a language, whether or not they belong to an item of a list.
pub(super) fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}");
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        if line.trim() == fence {
            let block = lines.by_ref().take_while(|line| line.trim() != "```");
            let block = block.map(|line| format!("{}\n", line.get(indent..).unwrap_or_default()));
            found.push(block.collect());
        }
    }
    found
}

/// The rows of all tables whose first cell is a link to one of the runbooks: its name, the other cells.
pub(super) fn rows(text: &str) -> Vec<(&str, Vec<&str>)> {
    let rows = text.lines().filter_map(|line| {
        let inner = line.strip_prefix("| [")?.strip_suffix(" |")?;
        let (name, rest) = inner.split_once("](")?;
        let (link, cells) = rest.split_once(") | ")?;
        assert!(link.ends_with(&format!("{name}.md")), "{name}: {link}");
        Some((name, cells.split(" | ").collect()))
    });
    rows.collect()
}

#[test]
fn blocks_rows_and_sections_are_found() {
    let text = "# A\n\n## B\n1. x\n\n   ```sh\n   a \\\n     b\n   ```\n| [N](d/N.md) | y | `z` |\n\n## C\n```promql\nup\n```\n";
    let page = Page {
        name: "A".to_owned(),
        text: text.to_owned(),
    };
    assert_eq!(page.headings(), ["B", "C"]);
    assert_eq!(blocks(page.section("B"), "sh"), ["a \\\n  b\n"]);
    assert_eq!(blocks(page.section("C"), "promql"), ["up\n"]);
    assert_eq!(rows(text), [("N", vec!["y", "`z`"])]);
}
