//! `deploy/container/Containerfile`. It cannot be built here; what it takes, where from, and what it says can be looked at.

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::{config::text_of, yaml};

const FILE: &str = "deploy/container/Containerfile";

/// Its instructions in order, comments left out and continued lines joined: the word and what follows it.
fn instructions() -> Vec<(String, String)> {
    let text = text_of(FILE).replace("\\\n", " ");
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (word, rest) = line.split_once(' ').expect("an instruction");
            (word.to_owned(), rest.trim().to_owned())
        })
        .collect()
}

/// What follows a word, each time.
fn all(word: &str) -> Vec<String> {
    let found = instructions().into_iter().filter(|(one, _)| one == word);
    found.map(|(_, rest)| rest).collect()
}

/// What is started.
pub(super) fn entrypoint() -> Vec<String> {
    let stated = all("ENTRYPOINT");
    assert_eq!(stated.len(), 1);
    serde_json::from_str(&stated[0]).expect("no shell")
}

/// The name of the image in all that is shipped, without its tag.
pub(super) fn repository_of() -> String {
    let values = yaml::tree(&text_of("deploy/helm/kcwatch/values.yaml"));
    values["image"]["repository"].as_str().unwrap().to_owned()
}

fn git(arguments: &[&str]) -> Output {
    let root = env!("CARGO_MANIFEST_DIR");
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root)
        .output();
    output.expect("git runs")
}

#[test]
fn both_bases_are_arguments_with_a_default_that_is_not_the_latest() {
    let arguments = all("ARG");
    for (name, from) in [
        ("BUILDER", "${BUILDER} AS builder"),
        ("RUNTIME", "${RUNTIME}"),
    ] {
        let prefix = format!("{name}=");
        let stated = arguments.iter().find_map(|one| one.strip_prefix(&prefix));
        let (base, tag) = stated.expect("a default").rsplit_once(':').expect("a tag");
        assert!(base.contains("/ubi9/") && tag != "latest", "{base}:{tag}");
        assert!(all("FROM").contains(&from.to_owned()), "{from}");
    }
    assert_eq!(all("FROM")[1], "builder AS test");
}

#[test]
fn it_runs_as_any_user_and_needs_no_shell() {
    assert_eq!(entrypoint(), ["/usr/bin/kcwatch"]);
    assert_eq!(all("CMD"), ["[\"serve\"]"]);
    // A number other than 0, so that Kubernetes can see that it is not root; group 0, as OpenShift has it.
    let users = all("USER");
    let (user, group) = users[0].split_once(':').unwrap();
    assert!(
        user.parse::<u32>().unwrap() > 0 && group == "0",
        "{users:?}"
    );
    let last = instructions();
    let begin = last.iter().rposition(|(word, _)| word == "FROM").unwrap();
    let runs = last[begin..].iter().filter(|(word, _)| word == "RUN");
    assert_eq!(runs.count(), 0, "the last stage may have no shell");
    assert_eq!(all("EXPOSE"), ["10037"]);
}

#[test]
fn licences_are_inside_and_the_version_is_ours() {
    let copied = all("COPY");
    let licences = "--from=builder /build/LICENSE /build/LICENCES /licenses/";
    assert!(copied.contains(&licences.to_owned()), "{copied:?}");
    let version = format!("VERSION={}", env!("CARGO_PKG_VERSION"));
    assert!(all("ARG").contains(&version), "{version}");
}

#[test]
fn what_is_copied_between_stages_was_made_there() {
    let made: Vec<String> = all("RUN");
    for line in all("COPY") {
        let Some(rest) = line.strip_prefix("--from=builder ") else {
            assert_eq!(line, ". .");
            continue;
        };
        let sources = rest
            .split(' ')
            .filter_map(|one| one.strip_prefix("/build/"));
        for source in sources {
            let name = source.rsplit('/').next().unwrap();
            let stands = Path::new(env!("CARGO_MANIFEST_DIR")).join(source).exists();
            let is_made = made
                .iter()
                .any(|run| run.contains(name) || run.contains("cargo build"));
            assert!(stands || is_made, "{source}");
        }
    }
    let licences = "scripts/licences";
    assert!(made.iter().any(|run| run.contains(licences)));
    let stands = Path::new(env!("CARGO_MANIFEST_DIR")).join(licences);
    assert!(stands.is_file());
}

#[test]
fn nothing_that_is_kept_in_git_is_kept_from_the_builder() {
    let listed = git(&[
        "ls-files",
        "--cached",
        "--ignored",
        "--exclude-from=.containerignore",
    ]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    let left_out: Vec<&str> = listed.lines().collect();
    assert!(
        left_out.iter().all(|path| path.starts_with(".ci/")),
        "{left_out:?}"
    );
}

#[test]
fn all_that_is_shipped_names_the_same_image() {
    let repository = repository_of();
    for (file, said) in [
        ("deploy/openshift/kcwatch.yaml", "  value: IMAGE\n"),
        ("deploy/openshift/acceptance-job.yaml", "  value: IMAGE\n"),
        ("docs/deployment.md", "-t IMAGE:0.1.0 ."),
    ] {
        let said = said.replace("IMAGE", &repository);
        assert!(text_of(file).contains(&said), "{file}: {said}");
    }
}

#[test]
fn every_crate_that_it_is_built_from_is_among_the_licences() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(root.join("scripts/licences"))
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    let (list, texts) = text.split_once("=====").expect("a list, then texts");
    let crates = list.lines().filter(|line| line.contains(": ")).count();
    assert!(crates > 100, "{crates} crates");
    for name in [
        "tokio ",
        "aws-lc-sys ",
        "tikv-jemalloc-sys ",
        "rustls ",
        "serde ",
    ] {
        assert!(list.contains(&format!("\n{name}")), "{name}");
        assert!(texts.contains(name), "{name}has no text");
    }
    assert!(!list.contains("\nkcwatch "), "our own is LICENSE");
    assert!(texts.contains("Permission is hereby granted"));
}
