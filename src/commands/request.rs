//! `kcwatch request`: the ticket that asks for another token.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use super::{
    complain, configuration,
    look::{look, only},
    quiet, runtime, say,
};
use crate::{
    config::Config,
    model::{Field, Filling, NoRequest, UnixTime},
    snapshot::TargetState,
};

/// Print the ticket: for another token, for new client secrets, or for an integration to be mended.
#[derive(Debug, clap::Args)]
pub(super) struct Request {
    /// The target whose token or client secrets are to be renewed, or whose integration is to be mended
    #[arg(value_name = "TARGET")]
    target: String,
}

impl Request {
    pub(super) fn run(&self, files: &[PathBuf]) -> ExitCode {
        let targets = std::slice::from_ref(&self.target);
        let config = match configuration(files).and_then(|config| only(config, targets)) {
            Ok(config) => config,
            Err(code) => return code,
        };
        quiet(&config);
        let asked = runtime()
            .map_err(|error| error.to_string())
            .and_then(|runtime| runtime.block_on(self.filling(&config)));
        match asked {
            Ok((state, filling)) => {
                let letter = state.target.watch.letter(&config.request);
                say(&letter.whole().filled(&filling));
                complain(&next(&config, &state, &filling));
                ExitCode::SUCCESS
            }
            Err(problem) => {
                complain(&format_args!("no request for {}: {problem}", self.target));
                ExitCode::FAILURE
            }
        }
    }

    async fn filling(&self, config: &Config) -> Result<(Arc<TargetState>, Filling), String> {
        let (snapshot, now) = look(config).await?;
        let state = snapshot.targets().next();
        let state = state.ok_or("it is not watched")?;
        let filling = filling(state, now)?;
        Ok((Arc::clone(state), filling))
    }
}

fn filling(state: &TargetState, now: UnixTime) -> Result<Filling, String> {
    let (target, failed) = (&state.target, state.failed());
    let filling = state.facts.request(target, now).map_err(|why| match why {
        NoRequest::NeverExpires => {
            "its token never expires and has registrations left, so there is nothing to ask for; kcwatch check shows it".to_owned()
        }
        NoRequest::NothingDue => "no secret of a client expires soon, so there is nothing to ask for; kcwatch check shows it".to_owned(),
        NoRequest::NothingBroken => "no link is broken, so there is nothing to ask for; kcwatch check shows it".to_owned(),
        NoRequest::NeverRead => {
            let (reason, advice) = failed.map_or(("unknown", ""), |reason| (reason.label(), target.watch.advice_on(reason)));
            format!("it was never read ({reason}), so nothing is known about {}: {advice}", target.watch.subject())
        }
    })?;
    if let Some(reason) = failed {
        complain(&format_args!(
            "cannot be read now ({reason}); what follows is what was known before"
        ));
    }
    Ok(filling)
}

/// What to do with it, which goes to standard error: what is printed can be sent as it is.
fn next(config: &Config, state: &TargetState, filling: &Filling) -> String {
    let request = &config.request;
    let form = request.form.as_ref();
    let form = form.map_or_else(
        || "1. Send it.".to_owned(),
        |form| format!("1. Send it: {form}"),
    );
    let link = request.secret_link.as_ref();
    let link = link.map_or_else(String::new, |link| format!(": {}", link.filled(filling)));
    let then = state.target.watch.once_answered(&link);
    let target = said(filling, Field::Target);
    format!("\n{form}\n2. {then}\n3. See that it is good: kcwatch check {target}")
}

fn said(filling: &Filling, field: Field) -> String {
    filling.get(&field).cloned().unwrap_or_default()
}
