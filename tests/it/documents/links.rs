//! Every link from one document to another leads somewhere.

use super::{documents, repository, text_of};

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = text_of(&document);
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => document.clone(),
                _ => document.parent().expect("it lies in a folder").join(path),
            };
            let leads = target.exists()
                && (heading.is_empty() || anchors(&text_of(&target)).iter().any(|a| a == heading));
            if !leads {
                let name = document.strip_prefix(repository()).expect("it is ours");
                broken.push(format!("{}: {link}", name.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The targets of all `[text](target)` outside of blocks of code.
fn links(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|part| part.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
        .collect()
}

/// What headings are called in links: lower case, hyphens for spaces, nothing else but letters, digits and `_`.
fn anchors(text: &str) -> Vec<String> {
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(str::lines)
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().to_lowercase())
        .map(|heading| {
            let kept = heading
                .chars()
                .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
            kept.collect::<String>().replace(' ', "-")
        })
        .collect()
}

#[test]
fn links_and_headings_are_found() {
    let text = "# A `b_c`, d\n[x](y.md#z) and [u](v)\n```sh\n# no [link](here)\n```\n";
    assert_eq!(links(text), ["y.md#z", "v"]);
    assert_eq!(anchors(text), ["a-b_c-d"]);
}
