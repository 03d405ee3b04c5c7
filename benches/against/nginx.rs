//! The yardstick for a scrape: nginx with the page as a static file.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Process, free_address};
use crate::{Problem, machine, tools};

/// A running nginx that serves `/metrics`.
#[derive(Debug)]
pub(crate) struct Nginx {
    _process: Process,
    folder: TempDir,
    /// Where the page is.
    pub(crate) url: String,
    /// Whether it can serve a file that is compressed already.
    pub(crate) gzip: bool,
}

impl Nginx {
    /// Starts nginx with as many workers as there are cores.
    pub(crate) async fn start() -> Result<Self, Problem> {
        let program = tools::nginx()?;
        let folder = tempfile::tempdir()?;
        // Its workers may be somebody else, who must be able to read the page.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let gzip = can_serve_gzip(&program)?;
        let address = free_address()?;
        fs::write(
            folder.path().join("nginx.conf"),
            configuration(&address.to_string(), gzip),
        )?;
        let mut command = Command::new(program);
        command
            .arg("-p")
            .arg(folder.path())
            .args(["-e", "stderr", "-c", "nginx.conf"]);
        let mut process = Process::start(&mut command, &folder.path().join("log"))?;
        process.until_open(address).await?;
        let url = format!("http://{address}/metrics");
        Ok(Self {
            _process: process,
            folder,
            url,
            gzip,
        })
    }

    /// From now on serves this page, and this compressed copy of it.
    pub(crate) fn publish(&self, page: &[u8], compressed: &[u8]) -> Result<(), Problem> {
        fs::write(self.folder.path().join("metrics"), page)?;
        fs::write(self.folder.path().join("metrics.gz"), compressed)?;
        Ok(())
    }
}

fn can_serve_gzip(program: &Path) -> Result<bool, Problem> {
    let about = Command::new(program).arg("-V").output()?.stderr;
    Ok(String::from_utf8_lossy(&about).contains("http_gzip_static_module"))
}

fn configuration(address: &str, gzip: bool) -> String {
    let workers = machine::cores();
    let gzip = if gzip { "gzip_static on;" } else { "" };
    format!(
        "worker_processes {workers}; daemon off; pid nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000000;
  default_type 'text/plain; version=0.0.4; charset=utf-8';
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
  server {{ listen {address}; root .; {gzip} }}
}}
"
    )
}
