//! The yardstick for a scrape: nginx with the page as a static file.

use std::fs::{self, Permissions};
use std::io;
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
        Self::start_with("", |_folder| Ok(())).await
    }

    /// The same over TLS 1.3 with this certificate and key, for this user. nginx looks the password up at each request, so it is
    /// kept in clear: anything else would make it slower than it needs to be.
    pub(crate) async fn protected(
        (certificate, key): (&str, &str),
        (user, password): (&str, &str),
    ) -> Result<Self, Problem> {
        let settings =
            "ssl_certificate tls.crt; ssl_certificate_key tls.key; ssl_protocols TLSv1.3;
    auth_basic kcwatch; auth_basic_user_file users;";
        let nginx = Self::start_with(settings, |folder| {
            fs::write(folder.join("tls.crt"), certificate)?;
            fs::write(folder.join("tls.key"), key)?;
            fs::write(
                folder.join("users"),
                format!("{user}:{{PLAIN}}{password}\n"),
            )
        });
        nginx.await
    }

    async fn start_with(
        settings: &str,
        prepare: impl FnOnce(&Path) -> io::Result<()>,
    ) -> Result<Self, Problem> {
        let program = tools::nginx()?;
        let folder = tempfile::tempdir()?;
        // Its workers may be somebody else, who must be able to read the page.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let gzip = can_serve_gzip(&program)?;
        let address = free_address()?;
        prepare(folder.path())?;
        let (scheme, listen) = if settings.is_empty() {
            ("http", address.to_string())
        } else {
            ("https", format!("{address} ssl"))
        };
        fs::write(
            folder.path().join("nginx.conf"),
            configuration(&listen, gzip, settings),
        )?;
        let mut command = Command::new(program);
        command
            .arg("-p")
            .arg(folder.path())
            .args(["-e", "stderr", "-c", "nginx.conf"]);
        let mut process = Process::start(&mut command, &folder.path().join("log"))?;
        process.until_open(address).await?;
        let url = format!("{scheme}://{address}/metrics");
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

fn configuration(listen: &str, gzip: bool, settings: &str) -> String {
    let workers = machine::cores();
    let gzip = if gzip { "gzip_static on;" } else { "" };
    format!(
        "worker_processes {workers}; daemon off; pid nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000000;
  default_type 'text/plain; version=0.0.4; charset=utf-8';
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
  server {{ listen {listen}; root .; {gzip} {settings} }}
}}
"
    )
}
