//! Every call of kcwatch in a runbook is one that kcwatch understands.

use std::process::{Command, Stdio};

use super::pages::{all, blocks, text_of};

/// What a command line that is not understood ends with.
const BAD_USAGE: i32 = 64;

#[test]
fn every_call_of_kcwatch_is_understood() {
    let mut pages: Vec<(String, String)> = all().into_iter().map(|p| (p.name, p.text)).collect();
    pages.extend(["docs/alerts.md", "docs/procedure.md"].map(|at| (at.to_owned(), text_of(at))));
    let mut count = 0;
    for (name, text) in pages {
        for arguments in calls(&text) {
            let code = run(&arguments);
            assert_ne!(code, Some(BAD_USAGE), "{name}: kcwatch {arguments:?}");
            count += 1;
        }
    }
    assert!(count > 50, "only {count}");
}

/// The arguments of each call, in blocks for a shell and in the text.
fn calls(text: &str) -> Vec<Vec<String>> {
    let prose: String = text.split("```").step_by(2).collect();
    let in_text = prose.split('`').skip(1).step_by(2).map(str::to_owned);
    blocks(text, "sh")
        .into_iter()
        .chain(in_text)
        .flat_map(|block| in_shell(&block))
        .collect()
}

/// Calls stand where a command can begin, and end where another does or its output goes elsewhere.
fn in_shell(block: &str) -> Vec<Vec<String>> {
    let one_line = block.replace("\\\n", " ").replace("$(", "\n");
    let commands = one_line.split(['\n', '|', ';', '&', ')', '>', '<', '#']);
    let calls = commands.filter_map(|command| command.trim().strip_prefix("kcwatch "));
    let words = |call: &str| {
        call.split_whitespace()
            .map(|word| word.trim_matches('"').to_owned())
            // What redirects standard error begins with its number.
            .filter(|word| word != "2")
            .collect()
    };
    calls.map(words).collect()
}

/// The code with which kcwatch ends when it has neither a configuration nor anything on standard input.
fn run(arguments: &[String]) -> Option<i32> {
    let status = Command::new(env!("CARGO_BIN_EXE_kcwatch"))
        .args(arguments)
        .env("KCWATCH_CONFIG", "/nonexistent/kcwatch.yaml")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.expect("kcwatch starts").code()
}

#[test]
fn calls_are_found_and_bad_ones_are_not_understood() {
    let text = "Run `kcwatch check prod`.\n```sh\nx=$(kcwatch check --output json \"$target\" | jq .)\nkcwatch() { y; }\n\
                a | kcwatch decode 2> /dev/null; kubectl exec deploy/kcwatch -- kcwatch z\n```\n";
    let found: Vec<String> = calls(text).iter().map(|call| call.join(" ")).collect();
    assert_eq!(
        found,
        ["check --output json $target", "decode", "check prod"]
    );
    for bad in ["chek prod", "check --outptu json", "rules --format nice"] {
        let arguments: Vec<String> = bad.split(' ').map(str::to_owned).collect();
        assert_eq!(run(&arguments), Some(BAD_USAGE), "{bad}");
    }
}
