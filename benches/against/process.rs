//! Programs that run beside this one, and end with it.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep as pause};

use crate::Problem;

/// How long anything here may take to come up or to come to rest.
const LIMIT: Duration = Duration::from_secs(120);

/// A running program. Dropped it is asked to end, and made to if it does not.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the program; what it says goes to `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self, Problem> {
        let file = File::create(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .map_err(|error| {
                format!(
                    "{} does not start: {error}",
                    command.get_program().display()
                )
            })?;
        let log = log.to_owned();
        Ok(Self { child, log })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks again and again, `every` so often, until there is an answer.
    pub(crate) async fn until<T>(
        &mut self,
        what: &str,
        every: Duration,
        mut asked: impl AsyncFnMut() -> Option<T>,
    ) -> Result<T, Problem> {
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            if let Some(answer) = asked().await {
                return Ok(answer);
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(
                    format!("it ended ({status}) before {what}:\n{}", self.last_words()).into(),
                );
            }
            pause(every).await;
        }
        Err(format!("waited {LIMIT:?} for {what}:\n{}", self.last_words()).into())
    }

    /// Waits until it accepts connections.
    pub(crate) async fn until_open(&mut self, address: SocketAddr) -> Result<(), Problem> {
        let every = Duration::from_millis(5);
        self.until("its port was open", every, async || {
            TcpStream::connect(address).await.ok()
        })
        .await
        .map(drop)
    }

    fn last_words(&self) -> String {
        let said = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = said.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Asked first: nginx, killed at once, would leave its workers behind.
        let asked = kill_process(Pid::from_child(&self.child), Signal::TERM);
        for _ in 0..100 {
            if asked.is_err() || !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address of this machine that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr, Problem> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
