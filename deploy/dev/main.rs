//! `make demo`: the real stack on one machine, from a token that runs out within minutes to the messages that people get.
//!
//! OpenBao, Keycloak, Prometheus, Alertmanager and kcwatch are real, and so are rules and configuration; the servers are started as the
//! tests start them. Only times are others, and Slack and `PagerDuty` are played by a [`Sink`](servers::Sink). Everything ends with this
//! process, and nothing of it stays: a folder for all, and a leash for each process.

mod arguments;
mod ports;
mod scene;
mod screen;
mod signals;
mod stack;
mod story;

/// What the tests start their servers with.
#[expect(
    dead_code,
    unused_imports,
    reason = "the tests use all of it, this a part"
)]
#[path = "../../tests/it"]
mod shared {
    pub(crate) mod servers;
}

use std::{
    any::Any,
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook},
    process::ExitCode,
};

use clap::Parser as _;

use arguments::Arguments;
use screen::{Screen, complain};
use shared::servers;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // What the servers of the tests panic with says what to do.
    set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        complain(&said(info.payload()));
    }));
    let played = catch_unwind(AssertUnwindSafe(|| play(&arguments)));
    match played {
        Ok(Ok(why)) => {
            Screen::line(&format!(
                "{why}: everything is ended, and nothing is left of it"
            ));
            ExitCode::SUCCESS
        }
        Ok(Err(problem)) => {
            complain(&problem);
            ExitCode::FAILURE
        }
        Err(_told) => ExitCode::FAILURE,
    }
}

/// Until somebody wants it to end; says who.
fn play(arguments: &Arguments) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| format!("it cannot be run: {error}"))?;
    runtime.block_on(async {
        let stopped = signals::asked_to_stop()?;
        tokio::select! {
            why = stopped => Ok(why),
            ended = stack::play(arguments) => ended,
        }
    })
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("something failed").to_owned()
}
