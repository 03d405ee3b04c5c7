//! What is shown on the terminal: what happens, and each message as it arrives.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use tokio::time::Instant;

use crate::servers::Message;

/// Where the text of a line begins.
const INDENT: usize = 9;
/// How wide the texts of messages are.
const WIDTH: usize = 100;

/// The terminal, and since when something is shown.
#[derive(Clone, Copy)]
pub(crate) struct Screen {
    begun: Instant,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
        }
    }

    /// A line without a time. Nobody is left to tell when the terminal is gone.
    pub(crate) fn line(text: &str) {
        let mut terminal = anstream::stdout();
        drop(writeln!(terminal, "{text}").and_then(|()| terminal.flush()));
    }

    /// What happens, and when.
    pub(crate) fn note(self, text: &str) {
        let seconds = self.begun.elapsed().as_secs();
        Self::line(&format!("{seconds:>5} s  {text}"));
    }

    /// A message as it arrived. What a webhook gets is what Slack gets, and is not shown.
    pub(crate) fn message(self, message: &Message) {
        match message.to.as_str() {
            "webhook" => {}
            "pagerduty" => self.page(message),
            _ => self.slack(message),
        }
    }

    fn page(self, message: &Message) {
        let action = message.text("/event_action");
        let (severity, title) = (
            message.text("/payload/severity"),
            message.text("/payload/summary"),
        );
        let style = style(if action == "resolve" {
            "good"
        } else {
            "danger"
        });
        self.note(&format!(
            "{style}PagerDuty{style:#}  {action}, {severity}: {title}"
        ));
    }

    fn slack(self, message: &Message) {
        let style = style(message.field("color"));
        let channel = message.text("/channel");
        let title = plain(message.field("title"));
        self.note(&format!("{style}Slack {channel}  {title}{style:#}"));
        let mentioned = match message.field("pretext") {
            "" => "nobody",
            group => group,
        };
        let text = plain(message.field("text"));
        let footer = plain(message.field("footer"));
        for line in [format!("mentioned: {mentioned}").as_str(), &text, &footer]
            .iter()
            .flat_map(|text| text.lines())
            .flat_map(folded)
        {
            Self::line(&format!("{:INDENT$}{style}│{style:#} {line}", ""));
        }
    }
}

/// Says on standard error what went wrong.
pub(crate) fn complain(problem: &str) {
    drop(writeln!(anstream::stderr(), "demo: {problem}"));
}

fn style(colour: &str) -> Style {
    let colour = match colour {
        "good" => AnsiColor::Green,
        "warning" => AnsiColor::Yellow,
        "danger" => AnsiColor::Red,
        _ => AnsiColor::Blue,
    };
    colour.on_default().bold()
}

/// A text without Slack's marks: `<URL|words>` becomes the words.
fn plain(text: &str) -> String {
    let mut parts = text.split('<');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('>') {
            Some((link, rest)) => {
                let words = link.split_once('|').map_or(link, |(_, words)| words);
                plain.push_str(words);
                plain.push_str(rest);
            }
            None => plain.push_str(part),
        }
    }
    plain
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// The lines of a paragraph.
fn folded(paragraph: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in paragraph.split(' ') {
        let line = lines.pop().unwrap_or_default();
        let width = line.chars().count() + 1 + word.chars().count();
        if line.is_empty() {
            lines.push(word.to_owned());
        } else if width > WIDTH {
            lines.extend([line, word.to_owned()]);
        } else {
            lines.push(format!("{line} {word}"));
        }
    }
    lines
}
