//! `kcwatch demo`: the whole product on sample tokens made on the spot.
//!
//! The real daemon, the same code path: only the configuration and a directory of files are made here.

mod clients;
mod realm;
mod samples;

use std::{net::SocketAddr, process::ExitCode};

use tokio_util::sync::CancellationToken;

use super::{
    complain,
    look::look,
    runtime, say,
    table::{Row, Table},
};
use crate::{
    app::{App, Source, Stopped, telemetry},
    clock,
    config::Config,
    http::BindError,
    status::status,
};
use samples::Samples;

/// Run the whole product on sample tokens.
#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Where to listen; another free port of this machine is taken if this one is in use
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:10037")]
    listen: SocketAddr,
}

impl Demo {
    pub(super) fn run(&self) -> ExitCode {
        let ended = runtime()
            .map_err(|error| error.to_string())
            .and_then(|runtime| runtime.block_on(self.play()));
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => {
                complain(&format_args!("kcwatch demo: {problem}"));
                ExitCode::FAILURE
            }
        }
    }

    async fn play(&self) -> Result<(), String> {
        let realm = realm::open(clock::system()).await?;
        let samples = Samples::make(clock::system()(), &realm.issuer)
            .map_err(|error| format!("no sample tokens: {error}"))?;
        let config = samples
            .config(self.listen)
            .map_err(|problems| problems.to_string())?;
        // Looked at before logs begin: what cannot be read is in the table, and need not be said twice.
        let (snapshot, now) = look(&config).await?;
        let status = status(&snapshot, now);
        let rows: Vec<Row<'_>> = status.targets().iter().map(Row::from).collect();
        let table = Table(&rows).to_string();
        telemetry::init(&config.log);
        let app = self
            .built(config)
            .await
            .map_err(|stopped| stopped.to_string())?;
        say(&introduction(app.local_addr(), &samples));
        say(&format_args!("{table}\n"));
        app.run(CancellationToken::new())
            .await
            .map_err(|stopped| stopped.to_string())
    }

    async fn built(&self, config: Config) -> Result<App, Stopped> {
        match App::build(config.clone(), Source::Fixed, clock::system()).await {
            Err(Stopped::CannotListen(BindError::InUse(_))) => {
                complain(&format_args!(
                    "{} is in use, so another port is taken",
                    self.listen
                ));
                let listen = SocketAddr::new(self.listen.ip(), 0);
                App::build(Config { listen, ..config }, Source::Fixed, clock::system()).await
            }
            built => built,
        }
    }
}

/// What to look at and where.
fn introduction(address: SocketAddr, samples: &Samples) -> String {
    format!(
        "kcwatch runs on sample tokens in {directory}

  prod                      ends within days: urgent; 13 of 100 registrations left, by the clients in clients/prod
  stage                     has time; its identity provider cannot be asked, so the number beside the token counts
  stage-forever             never expires; how many registrations are left, nobody is asked
  prod-with-a-stage-token   the token of another issuer: would be refused though it has not expired
  prod-wrong-kind-of-token  a JWT, but not an Initial Access Token
  prod-behind-a-dead-vault  cannot be read: nothing is known, and nothing is claimed
  realm-clients             clients of a sample realm: one secret has expired, one ends within days, two have no end
  registered-client         the secret of one client, as the answer to its registration tells when it ends
  3scale                    the integration of a 3scale product: every link holds
  3scale-with-a-lost-application  the same, but the client of an application is not there

Look at
  curl -s http://{address}/metrics | grep kcwatch_iat_expiration
  curl -s http://{address}/metrics | grep -E 'kcwatch_(target_up|iat_state|iat_check)'
  curl -s http://{address}/metrics | grep -E 'kcwatch_iat_clients_(remaining|source)'
  curl -s http://{address}/metrics | grep -E 'kcwatch_(client_secret|oidc)_'
  curl -s http://{address}/api/v1/status
  http://{address}/ in a browser
Change a file in the directory and see it on /metrics within ten seconds; delete one below clients/prod, and see that this
gives no registration back. Ctrl-C ends it all.
",
        directory = samples.path().display()
    )
}
