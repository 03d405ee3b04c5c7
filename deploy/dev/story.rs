//! What happens while everybody watches: clients are registered until the token is used up, it expires, and it is renewed.

use std::{io::BufRead as _, time::Duration};

use tokio::{
    sync::oneshot,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    arguments::Arguments,
    scene::Scene,
    screen::Screen,
    servers::{Issued, Sink},
};

/// How often something is looked at.
const GLANCE: Duration = Duration::from_millis(250);
/// What the token that comes after is good for.
const NEXT: (u32, Duration) = (100, Duration::from_secs(30 * 86_400));

/// Shows each message as it arrives, for ever.
pub(crate) async fn messages(sink: &Sink, screen: Screen) {
    let mut shown = 0;
    loop {
        for message in sink.messages().iter().skip(shown) {
            screen.message(message);
            shown += 1;
        }
        sleep(GLANCE).await;
    }
}

/// Plays it through, and then goes on for ever.
pub(crate) async fn tell(
    scene: &Scene<'_>,
    (token, end): (Issued, Instant),
    arguments: &Arguments,
    screen: Screen,
) {
    tokio::join!(
        register(scene, &token, arguments, screen),
        count_down(arguments, end, screen)
    );
    wait_for_renewal(scene, &token, arguments, screen).await;
    screen.note("the new token is in its place; what follows says that it is over");
    sleep(Duration::from_secs(30)).await;
    screen.note("that was all; everything goes on running. Ctrl-C ends it");
    std::future::pending::<()>().await;
}

/// Registers one client after another, until no more can be.
async fn register(scene: &Scene<'_>, token: &Issued, arguments: &Arguments, screen: Screen) {
    let pause = arguments.part(48) / arguments.clients;
    for number in 1..=arguments.clients {
        sleep(pause).await;
        let (status, _) = scene.realm.register(&token.token).await;
        let clients = arguments.clients;
        screen.note(&match status {
            201 => format!("· client {number} of {clients} is registered"),
            _ => format!("· client {number} of {clients} is refused, with status {status}"),
        });
    }
    screen.note("· the token is used up: no client can be registered any more");
}

async fn count_down(arguments: &Arguments, end: Instant, screen: Screen) {
    for left in [60, 40, 20, 5] {
        let left = arguments.part(left);
        let at = end.checked_sub(left).unwrap_or(end);
        if at > Instant::now() {
            sleep_until(at).await;
            screen.note(&format!("· the token expires in {} s", left.as_secs()));
        }
    }
    sleep_until(end).await;
    screen.note("· the token has expired");
}

/// Until somebody has renewed the token: by hand, by Enter, or we after a while.
async fn wait_for_renewal(
    scene: &Scene<'_>,
    token: &Issued,
    arguments: &Arguments,
    screen: Screen,
) {
    let seconds = arguments.renew_after.as_secs();
    screen.note(
        "Renew it as an administrator does: create one in Keycloak's console (Clients, Initial access token), and put it",
    );
    Screen::line(
        "         into the field initial-access-token of secret/sso/prod in OpenBao. Or press Enter.",
    );
    Screen::line(&format!(
        "         If nobody does, a new one is put in its place in {seconds} s."
    ));
    let by_hand = async {
        while !scene.is_renewed(token).await {
            sleep(GLANCE * 4).await;
        }
    };
    tokio::select! {
        () = by_hand => return,
        () = enter() => {}
        () = sleep(arguments.renew_after) => {}
    }
    let (clients, lifetime) = NEXT;
    scene.renew(clients, lifetime).await;
}

/// Ready when somebody presses Enter; never, if nobody can.
async fn enter() {
    let (pressed, waiting) = oneshot::channel();
    // Nothing ends a read from a terminal but the end of the process.
    std::thread::spawn(move || {
        let read = std::io::stdin().lock().read_line(&mut String::new());
        if read.is_ok_and(|bytes| bytes > 0) {
            // Who waited may have gone.
            pressed.send(()).unwrap_or_default();
        }
    });
    if waiting.await.is_err() {
        std::future::pending::<()>().await;
    }
}
