//! `kcwatch serve`: the daemon.

use std::{path::PathBuf, process::ExitCode};

use tokio_util::sync::CancellationToken;

use super::{NO_ADDRESS, complain, counted, refuse_config, runtime};
use crate::{
    app::{App, Source, Stopped, telemetry},
    build, clock,
    config::Config,
};

/// Runs the daemon until it is told to stop.
pub(super) fn serve(files: &[PathBuf]) -> ExitCode {
    let (config, source) = match Source::load(files) {
        Ok(loaded) => loaded,
        Err(problems) => return refuse_config(&problems),
    };
    telemetry::init(&config.log);
    tracing::info!(
        version = build::VERSION,
        revision = build::REVISION,
        "kcwatch {} watches {} in {}",
        build::VERSION,
        counted(config.targets.len(), "target"),
        counted(config.stores.len(), "store")
    );
    match runtime()
        .map_err(Stopped::from)
        .and_then(|runtime| runtime.block_on(watch(config, source)))
    {
        Ok(()) => {
            tracing::info!("stopped");
            ExitCode::SUCCESS
        }
        Err(Stopped::BadWebConfig(problems)) => refuse_config(&problems),
        Err(stopped) => {
            tell(&stopped);
            match stopped {
                Stopped::CannotListen(_) => ExitCode::from(NO_ADDRESS),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

/// Says once why it ended: in the log, where somebody looks for it, and beside it if nothing is logged.
fn tell(stopped: &Stopped) {
    if tracing::enabled!(tracing::Level::ERROR) {
        tracing::error!("{stopped}");
    } else {
        complain(&format_args!("kcwatch: {stopped}"));
    }
}

async fn watch(config: Config, source: Source) -> Result<(), Stopped> {
    let app = App::build(config, source, clock::system()).await?;
    app.run(CancellationToken::new()).await
}
