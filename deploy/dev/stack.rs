//! Everything that runs: started in order, watched, ended together.

use std::{path::Path, process::Command, time::Duration};

use tokio::time::{Instant, sleep};

use crate::{
    arguments::Arguments,
    ports::Ports,
    scene::{REALM, Scene, write},
    screen::Screen,
    servers::{
        Alertmanager, Keycloak, OpenBao, Process, Prometheus, Sink, Version, compressed,
        eventually, get,
    },
    story,
};

/// What is there before kcwatch.
struct Ground {
    sink: Sink,
    openbao: OpenBao,
    keycloak: Keycloak,
    alertmanager: Alertmanager,
}

/// kcwatch, and who watches it.
struct Watch {
    kcwatch: Process,
    prometheus: Prometheus,
}

/// Starts everything and plays until a server ends, which is a failure; whoever drops this ends all.
pub(crate) async fn play(arguments: &Arguments) -> Result<String, String> {
    let program = arguments.kcwatch()?;
    let folder = tempfile::Builder::new()
        .prefix("kcwatch-stack-")
        .tempdir()
        .map_err(|error| format!("no folder for it: {error}"))?;
    // All that the servers write lies in there.
    drop(tempfile::env::override_temp_dir(folder.path()));
    let ports = if arguments.free_ports {
        Ports::free()
    } else {
        Ports::usual()
    };
    let begun = Instant::now();
    let ground = Ground::start(&ports).await?;
    let scene = Scene::set(&ground.keycloak, &ground.openbao, folder.path()).await?;
    Screen::line("the realm is made: accounts, an application, tokens");
    let config = write(
        folder.path(),
        "kcwatch.yaml",
        &scene.config(arguments, &ports, folder.path()),
    )?;
    let screen = Screen::new();
    let token = scene.renew(arguments.clients, arguments.lifetime).await;
    let end = Instant::now() + arguments.lifetime;
    let watch = Watch::start(&program, &config, (&ports, &ground), folder.path()).await?;
    let seconds = begun.elapsed().as_secs();
    Screen::line(&format!("everything runs, after {seconds} s\n"));
    Screen::line(&where_to_look(&ports, &ground, arguments));
    let processes = [
        ("OpenBao", &ground.openbao.process),
        ("Keycloak", &ground.keycloak.process),
        ("Alertmanager", &ground.alertmanager.process),
        ("kcwatch", &watch.kcwatch),
        ("Prometheus", &watch.prometheus.process),
    ];
    tokio::select! {
        end = first_end(&processes) => Err(end),
        () = story::messages(&ground.sink, screen) => Err("no messages come any more".to_owned()),
        () = story::tell(&scene, (token, end), arguments, screen) => Err("the story is over".to_owned()),
    }
}

/// Says how long something takes.
async fn timed<T>(name: &str, starting: impl Future<Output = T>) -> T {
    Screen::line(&format!("{name}: starting …"));
    let begun = Instant::now();
    let started = starting.await;
    let seconds = begun.elapsed().as_secs_f64();
    Screen::line(&format!("{name}: ready in {seconds:.1} s"));
    started
}

impl Ground {
    async fn start(ports: &Ports) -> Result<Self, String> {
        let sink = Sink::start("").await;
        let url = format!("http://127.0.0.1:{}", ports.alertmanager);
        let alertmanager =
            Alertmanager::start_at(ports.alertmanager, &url, Version::Current, &sink);
        let keycloak = Keycloak::start(ports.keycloak, &Keycloak::CURRENT, &[]);
        let (openbao, alertmanager, keycloak) = tokio::join!(
            timed("OpenBao", OpenBao::try_dev(ports.openbao)),
            timed("Alertmanager", alertmanager),
            timed("Keycloak", keycloak),
        );
        Ok(Self {
            openbao: openbao.map_err(|log| format!("OpenBao does not start: {log}"))?,
            sink,
            keycloak,
            alertmanager,
        })
    }
}

impl Watch {
    async fn start(
        program: &Path,
        config: &Path,
        (ports, ground): (&Ports, &Ground),
        folder: &Path,
    ) -> Result<Self, String> {
        let address = format!("127.0.0.1:{}", ports.kcwatch);
        let kcwatch = timed("kcwatch", serve(program, config, &address, folder)).await;
        let rules = compressed(&rules(program, config)?);
        let scraping = Prometheus::watching(&[&address], &ground.alertmanager.address());
        let folder = folder.join("prometheus");
        std::fs::create_dir(&folder).map_err(|error| error.to_string())?;
        let prometheus = Prometheus::with_rules_at(
            ports.prometheus,
            Version::Current,
            &folder,
            (&scraping, &rules),
        );
        Ok(Self {
            kcwatch,
            prometheus: timed("Prometheus", prometheus).await,
        })
    }
}

/// Starts kcwatch with nothing in its environment that could change its configuration.
async fn serve(program: &Path, config: &Path, address: &str, folder: &Path) -> Process {
    let arguments = ["-i", &text(program), "--config", &text(config), "serve"];
    let log = folder.join("kcwatch.log");
    let process = Process::start(Path::new("env"), &arguments.map(str::to_owned), &log);
    let ready = format!("http://{address}/-/ready");
    eventually("kcwatch is ready", async || {
        process.must_run("kcwatch");
        get(&ready).await.ok()
    })
    .await;
    process
}

/// What `kcwatch rules` prints.
fn rules(program: &Path, config: &Path) -> Result<String, String> {
    let printed = Command::new(program)
        .args(["--config", &text(config), "rules"])
        .env_clear()
        .output()
        .map_err(|error| format!("kcwatch rules: {error}"))?;
    if printed.status.success() {
        Ok(String::from_utf8_lossy(&printed.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&printed.stderr);
        Err(format!("kcwatch rules: {said}"))
    }
}

/// Waits until one of them ends by itself; says which, and what it said last.
async fn first_end(processes: &[(&str, &Process)]) -> String {
    loop {
        for (name, process) in processes {
            if let Some(end) = process.end() {
                return format!("{name} ended by itself: {end}");
            }
        }
        sleep(Duration::from_millis(500)).await;
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn where_to_look(ports: &Ports, ground: &Ground, arguments: &Arguments) -> String {
    let (name, password) = Keycloak::ADMINISTRATOR;
    let at = |port: u16| format!("http://127.0.0.1:{port}");
    format!(
        "Look at, on this machine only:
  kcwatch       {}/
  Prometheus    {}/alerts
  Alertmanager  {}/#/alerts
  Keycloak      {}/admin/master/console/#/{REALM}   as {name}, with the password {password}
  OpenBao       {}/ui   with the token {}

Rules and Alertmanager's configuration are those that are shipped, with a second for five minutes. The token of prod lives {} s and
registers {} clients. Ctrl-C ends it all.
",
        at(ports.kcwatch),
        at(ports.prometheus),
        at(ports.alertmanager),
        ground.keycloak.address(),
        ground.openbao.address(),
        ground.openbao.root_token(),
        arguments.lifetime.as_secs(),
        arguments.clients,
    )
}
