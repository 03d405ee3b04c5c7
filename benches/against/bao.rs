//! The yardstick for a poll: an OpenBao in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::plan::Plan;
use crate::process::{Process, free_address};
use crate::{Problem, fleet, tools};

const TOKEN: &str = "root";

/// How many secrets are written at the same time.
const WRITERS: usize = 8;

/// A running OpenBao.
#[derive(Debug)]
pub(crate) struct Bao {
    _process: Process,
    folder: TempDir,
    client: Client,
    /// Scheme, host and port.
    pub(crate) address: String,
}

impl Bao {
    /// Starts a server that holds the secrets of so many targets.
    pub(crate) async fn holding(plan: &Plan, targets: usize) -> Result<Self, Problem> {
        let bao = Self::start(plan, None).await?;
        bao.fill("secret/data/iat", fleet::name, targets, fleet::secret)
            .await?;
        Ok(bao)
    }

    /// The same, and the server writes down each request.
    pub(crate) async fn telling(plan: &Plan, targets: usize) -> Result<Self, Problem> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("bao.hcl");
        fs::write(&file, "log_requests_level = \"error\"")?;
        let bao = Self::start(plan, Some(&file)).await?;
        bao.fill("secret/data/iat", fleet::name, targets, fleet::secret)
            .await?;
        Ok(bao)
    }

    async fn start(plan: &Plan, configuration: Option<&Path>) -> Result<Self, Problem> {
        let folder = tempfile::tempdir()?;
        let address = free_address()?;
        let mut command = Command::new(tools::bao(plan)?);
        command
            .args(["server", "-dev", "-dev-no-store-token", "-log-level=error"])
            .arg(format!("-dev-root-token-id={TOKEN}"))
            .arg(format!("-dev-listen-address={address}"));
        if let Some(file) = configuration {
            command.arg("-config").arg(file);
        }
        let mut process = Process::start(&mut command, &folder.path().join("log"))?;
        process.until_open(address).await?;
        let client = Client::new();
        let address = format!("http://{address}");
        let health = format!("{address}/v1/secret/config");
        let every = Duration::from_millis(50);
        let ready = async || served(&client, &health).await.ok();
        process
            .until("its secrets engine was there", every, ready)
            .await?;
        fs::write(folder.path().join("token"), TOKEN)?;
        Ok(Self {
            _process: process,
            folder,
            client,
            address,
        })
    }

    /// Mounts a key-value engine of version 1.
    pub(crate) async fn mount_version_1(&self, mount: &str) -> Result<(), Problem> {
        let body = json!({ "type": "kv", "options": { "version": "1" } });
        let url = format!("{}/v1/sys/mounts/{mount}", self.address);
        Ok(write(self.client.clone(), url, body.to_string()).await?)
    }

    /// How many lists were asked for, by the log of a [server that writes requests down](Self::telling).
    pub(crate) fn lists(&self) -> Result<usize, Problem> {
        let log = fs::read_to_string(self.folder.path().join("log"))?;
        Ok(log
            .lines()
            .filter(|line| line.ends_with("request_method=LIST"))
            .count())
    }

    /// The file that holds the token.
    pub(crate) fn token_file(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    /// The answer to a read of that path, as a client would get it that does no more than ask.
    pub(crate) async fn read(&self, path: &str) -> Result<String, Problem> {
        served(&self.client, &format!("{}/v1/{path}", self.address)).await
    }

    /// A Lua script for wrk that reads the same secrets, one after the other.
    pub(crate) fn script(&self, targets: usize) -> Result<PathBuf, Problem> {
        let file = self.folder.path().join("read.lua");
        fs::write(&file, script(targets))?;
        Ok(file)
    }

    /// Writes so many secrets below that path of the API.
    pub(crate) async fn fill(
        &self,
        path: &str,
        name: impl Fn(usize) -> String,
        secrets: usize,
        content: impl Fn(usize) -> Result<Value, Problem>,
    ) -> Result<(), Problem> {
        let mut writers = JoinSet::new();
        for number in 0..secrets {
            if writers.len() >= WRITERS {
                finished(&mut writers).await?;
            }
            let url = format!("{}/v1/{path}/{}", self.address, name(number));
            let body = json!({ "data": content(number)? }).to_string();
            writers.spawn(write(self.client.clone(), url, body));
        }
        while !writers.is_empty() {
            finished(&mut writers).await?;
        }
        Ok(())
    }
}

async fn served(client: &Client, url: &str) -> Result<String, Problem> {
    let answer = client
        .get(url)
        .header("X-Vault-Token", TOKEN)
        .send()
        .await?;
    Ok(answer.error_for_status()?.text().await?)
}

async fn write(client: Client, url: String, body: String) -> Result<(), reqwest::Error> {
    let request = client.post(url).header("X-Vault-Token", TOKEN).body(body);
    request.send().await?.error_for_status().map(drop)
}

async fn finished(writers: &mut JoinSet<Result<(), reqwest::Error>>) -> Result<(), Problem> {
    match writers.join_next().await {
        Some(written) => Ok(written??),
        None => Ok(()),
    }
}

fn script(targets: usize) -> String {
    let name = fleet::NAME_IN_LUA;
    format!(
        "local requests, at = {{}}, 0
function init()
  for number = 0, {targets} - 1 do
    local path = string.format('/v1/secret/data/iat/{name}', number)
    requests[number] = wrk.format('GET', path, {{ ['X-Vault-Token'] = '{TOKEN}', ['Host'] = wrk.host }})
  end
end
function request()
  at = (at + 1) % {targets}
  return requests[at]
end
"
    )
}

/// The store of the configuration that reads from it.
pub(crate) fn store(address: &str, token_file: &Path) -> String {
    format!(
        "{{ vault: {{ address: \"{address}\", auth: {{ token: {{ file: \"{}\" }} }} }} }}",
        token_file.display()
    )
}
