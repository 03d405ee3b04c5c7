//! A running daemon: started, asked, told and ended; everything it says is kept.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{
    home::{Ended, program},
    page::Series,
};
use crate::servers::{LEASH, eventually, unique};

/// A running daemon; killed on drop.
pub(crate) struct Daemon {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
    address: Option<String>,
}

/// An answer of the daemon.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) text: String,
}

/// Starts the program; what it says goes to files in `folder`.
pub(crate) fn launch(arguments: &[&str], environment: &[(&str, &str)], folder: &Path) -> Daemon {
    launch_program(&program(), arguments, environment, folder)
}

/// Starts the program from where it was put.
pub(crate) fn launch_program(
    program: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
    folder: &Path,
) -> Daemon {
    let (stdout, stderr) = (folder.join(unique("stdout")), folder.join(unique("stderr")));
    let child = Command::new("/bin/sh")
        .args(["-c", LEASH, "leash"])
        .arg(program)
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(File::create(&stdout).unwrap())
        .stderr(File::create(&stderr).unwrap())
        .spawn()
        .unwrap();
    Daemon {
        child,
        stdout,
        stderr,
        address: None,
    }
}

impl Daemon {
    /// Waits until it says where it listens.
    pub(crate) async fn listens(&mut self) {
        let address = eventually("the daemon listens", async || {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("it ended with {status}:\n{}", self.stderr());
            }
            let said = self.said();
            let rest = said.split("listening on http").nth(1)?;
            let rest = rest.trim_start_matches(['s', ':', '/']);
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':')?;
            Some(rest[..end].to_owned())
        })
        .await;
        self.address = Some(address);
    }

    /// Takes it as listening there.
    pub(crate) fn at(&mut self, address: &str) {
        self.address = Some(address.to_owned());
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> &str {
        self.address.as_deref().expect("it listens")
    }

    pub(crate) fn stdout(&self) -> String {
        std::fs::read_to_string(&self.stdout).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        std::fs::read_to_string(&self.stderr).unwrap()
    }

    /// Everything it has said so far.
    pub(crate) fn said(&self) -> String {
        self.stdout() + &self.stderr()
    }

    /// The log, each line parsed; the last one only if it is complete.
    pub(crate) fn log(&self) -> Vec<Value> {
        let text = self.stderr();
        let lines = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
            .collect()
    }

    /// The messages of the log in which these words stand.
    pub(crate) fn messages(&self, words: &str) -> Vec<String> {
        let log = self.log();
        log.iter()
            .filter_map(|line| line["message"].as_str())
            .filter(|message| message.contains(words))
            .map(str::to_owned)
            .collect()
    }

    /// Waits for a message in the log.
    pub(crate) async fn says(&self, words: &str) {
        eventually(&format!("it says: {words}"), async || {
            self.said().contains(words).then_some(())
        })
        .await;
    }

    /// Asks for something.
    pub(crate) async fn try_ask(&self, method: &str, path: &str) -> Result<Answer, reqwest::Error> {
        let client = reqwest::Client::builder().tls_certs_only([]).build()?;
        let url = format!("http://{}{path}", self.address());
        let response = client.request(method.parse().unwrap(), url).send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers());
        let content_type = headers
            .get("content-type")
            .map(|value| value.to_str().unwrap());
        Ok(Answer {
            status,
            content_type: content_type.unwrap_or_default().to_owned(),
            text: response.text().await?,
        })
    }

    /// Asks for something, and gets an answer.
    pub(crate) async fn ask(&self, method: &str, path: &str) -> Answer {
        self.try_ask(method, path).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).await
    }

    /// The page of metrics.
    pub(crate) async fn page(&self) -> String {
        let answer = self.get("/metrics").await;
        assert_eq!(answer.status, 200, "a scrape cannot fail");
        answer.text
    }

    /// All series of one page.
    pub(crate) async fn series(&self) -> Series {
        Series::of(&self.page().await)
    }

    /// The value of a series, written as on the page.
    pub(crate) async fn metric(&self, series: &str) -> Option<f64> {
        self.series().await.get(series)
    }

    /// Waits until a series has this value.
    pub(crate) async fn wait_for(&self, series: &str, value: f64) {
        eventually(&format!("{series} {value}"), async || {
            (self.metric(series).await == Some(value)).then_some(())
        })
        .await;
    }

    /// Waits until every target was tried.
    pub(crate) async fn ready(&self) {
        eventually("every target was tried", async || {
            (self.get("/-/ready").await.status == 200).then_some(())
        })
        .await;
    }

    /// The most memory that it has had so far, in KiB.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let mut lines = status.lines();
        let peak = lines.find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Waits for its end; gives what it said and its exit code.
    pub(crate) async fn exit(mut self) -> Ended {
        let status = eventually("the daemon ends", async || self.child.try_wait().unwrap()).await;
        self.unleash();
        Ended {
            code: status.code(),
            stdout: self.stdout(),
            stderr: self.stderr(),
        }
    }

    /// Tells whoever holds the leash that there is nothing left to kill.
    fn unleash(&mut self) {
        if let Some(mut leash) = self.child.stdin.take() {
            drop(leash.write_all(b"\n"));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if self.child.stdin.is_some() {
            drop(self.child.kill());
            drop(self.child.wait());
            self.unleash();
        }
    }
}
