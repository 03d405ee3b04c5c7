//! The release binary, running.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::{Client, header};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::fleet::Fleet;
use crate::machine::field;
use crate::plan::Plan;
use crate::process::{Process, free_address};
use crate::{Problem, fleet};

/// A running kcwatch.
#[derive(Debug)]
pub(crate) struct Daemon {
    process: Process,
    client: Client,
    /// When it was started.
    pub(crate) started: Instant,
    /// Scheme, host and port.
    pub(crate) url: String,
    _folder: TempDir,
}

impl Daemon {
    /// Starts kcwatch with that configuration (but for the address to listen on), and does not wait for anything.
    pub(crate) fn start(plan: &Plan, configuration: &str) -> Result<Self, Problem> {
        let folder = tempfile::tempdir()?;
        let address = free_address()?;
        let file = folder.path().join("kcwatch.yaml");
        fs::write(&file, format!("listen: \"{address}\"\n{configuration}"))?;
        let mut command = Command::new(&plan.binary);
        command.arg("serve").arg("--config").arg(file);
        // Made first: it reads the certificates of the system, which must not count as the daemon's time.
        let client = Client::new();
        let started = Instant::now();
        let process = Process::start(&mut command, &folder.path().join("log"))?;
        let url = format!("http://{address}");
        Ok(Self {
            process,
            client,
            started,
            url,
            _folder: folder,
        })
    }

    /// Starts kcwatch with so many targets in files, and waits until it has tried each once.
    pub(crate) async fn with_files(
        plan: &Plan,
        targets: usize,
        interval: &str,
    ) -> Result<(Self, TempDir), Problem> {
        let secrets = tempfile::tempdir()?;
        fleet::write(secrets.path(), targets)?;
        let store = fleet::store(secrets.path());
        let fleet = Fleet {
            targets,
            store: &store,
            path: ("", ".json"),
            interval,
        };
        let mut daemon = Self::start(plan, &fleet.configuration())?;
        daemon.until_ready().await?;
        Ok((daemon, secrets))
    }

    /// The same with two targets behind this web-config file, asked by this client from then on.
    pub(crate) async fn protected(
        plan: &Plan,
        file: &Path,
        client: Client,
    ) -> Result<(Self, TempDir), Problem> {
        let secrets = tempfile::tempdir()?;
        fleet::write(secrets.path(), 2)?;
        let store = fleet::store(secrets.path());
        let fleet = Fleet {
            targets: 2,
            store: &store,
            path: ("", ".json"),
            interval: "60s",
        };
        let configuration = fleet.configuration();
        let web = format!("web_config_file: {}\n", file.display());
        let mut daemon = Self::start(plan, &format!("{web}{configuration}"))?;
        daemon.client = client;
        daemon.url = daemon.url.replace("http://", "https://");
        daemon.until_ready().await?;
        Ok((daemon, secrets))
    }

    /// Waits until it answers at all.
    pub(crate) async fn until_alive(&mut self) -> Result<(), Problem> {
        self.until_served("/-/healthy").await
    }

    /// Waits until it has tried every target once.
    pub(crate) async fn until_ready(&mut self) -> Result<(), Problem> {
        self.until_served("/-/ready").await
    }

    async fn until_served(&mut self, path: &str) -> Result<(), Problem> {
        let Self {
            process,
            client,
            url,
            ..
        } = self;
        let url = format!("{url}{path}");
        let every = Duration::from_millis(1);
        process
            .until(&format!("{path} was well"), every, async || {
                get(client, &url, "identity").await.ok()
            })
            .await
            .map(drop)
    }

    /// Waits until the samples of that metric on the page sum up to at least so much.
    pub(crate) async fn until_sum(
        &mut self,
        metric: &str,
        least: f64,
        every: Duration,
    ) -> Result<(), Problem> {
        let Self {
            process,
            client,
            url,
            ..
        } = self;
        let url = format!("{url}/metrics");
        let enough = async || {
            let page = get(client, &url, "identity").await.ok()?;
            (sum(&String::from_utf8_lossy(&page), metric) >= least).then_some(())
        };
        process
            .until(&format!("{metric} reached {least}"), every, enough)
            .await
    }

    /// The sum of the samples of that metric.
    pub(crate) async fn sum(&self, metric: &str) -> Result<f64, Problem> {
        Ok(sum(
            &String::from_utf8(self.page("identity").await?)?,
            metric,
        ))
    }

    /// The page in that encoding, as it comes.
    pub(crate) async fn page(&self, encoding: &str) -> Result<Vec<u8>, Problem> {
        get(&self.client, &format!("{}/metrics", self.url), encoding).await
    }

    /// What it has in memory, in MiB.
    pub(crate) fn resident(&self) -> Result<f64, Problem> {
        let status = format!("/proc/{}/status", self.process.id());
        let size = field(&status, "VmRSS").ok_or("the kernel does not say VmRSS")?;
        let kibibytes: u32 = size.trim_end_matches(" kB").parse()?;
        Ok(f64::from(kibibytes) / 1024.0)
    }

    /// The processor time it has used, in seconds; the kernel counts it in ticks of 10 ms.
    pub(crate) fn seconds_used(&self) -> Result<f64, Problem> {
        Ok(f64::from(self.ticks()?) / 100.0)
    }

    fn ticks(&self) -> Result<u32, Problem> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name in parentheses may hold anything; the state comes first after it, then user time as the twelfth.
        let (_, fields) = stat
            .rsplit_once(')')
            .ok_or("the kernel's stat has no name")?;
        let times = fields.split_whitespace().skip(11).take(2);
        times.map(|ticks| Ok(ticks.parse::<u32>()?)).sum()
    }
}

async fn get(client: &Client, url: &str, encoding: &str) -> Result<Vec<u8>, Problem> {
    let answer = client
        .get(url)
        .header(header::ACCEPT_ENCODING, encoding)
        .send()
        .await?;
    Ok(answer.error_for_status()?.bytes().await?.to_vec())
}

fn sum(page: &str, metric: &str) -> f64 {
    let samples = page
        .lines()
        .filter_map(|line| line.strip_prefix(metric)?.rsplit_once(' '));
    samples
        .filter(|(labels, _)| labels.is_empty() || labels.starts_with('{'))
        .filter_map(|(_, value)| value.parse::<f64>().ok())
        .sum()
}
