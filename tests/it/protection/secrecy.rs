//! No key, hash or password comes out: planted ones are looked for in everything that is said, at the loudest level.

use std::net::SocketAddr;

use serde_json::json;

use super::{
    daemon::home,
    scene::{Caller, Folder, basic, get, hash},
};
use crate::daemon::{canaries::Canaries, secrecy::nothing_came_out};
use crate::servers::Authority;

const PASSWORD: &str = "kaNarieNvogel-password";
const WRONG: &str = "kaNarieNvogel-wrong-password";

#[tokio::test]
async fn no_key_no_hash_and_no_password_comes_out() {
    let (folder, mut canaries) = (Folder::new(), Canaries::default());
    canaries.plant("mark", "kaNarieNvogel");
    let hash = hash(PASSWORD);
    canaries.plant("hash", &hash);
    canaries.plant("the digest in the hash", &hash[29..]);
    let key = std::fs::read_to_string(&folder.server.key).unwrap();
    canaries.plant("key", key.lines().nth(1).unwrap());
    let certificate = std::fs::read_to_string(&folder.server.certificate).unwrap();
    let block = |text: &str| text.trim_end().replace('\n', "\n    ");
    let users = format!("basic_auth_users: {{prometheus: '{hash}'}}\n");
    let text = format!(
        "tls_server_config:\n  cert: |\n    {}\n  key: |\n    {}\n{users}",
        block(&certificate),
        block(&key)
    );
    folder.write("web.yaml", &text);
    let (home, settings) = home(&folder);
    let settings = settings
        .with("/log/level", "trace")
        .with("/reload/watch", json!(null))
        .with("/reload/http", true);
    home.configure(&settings);
    let daemon = home.start().await;
    let address: SocketAddr = daemon.address().parse().unwrap();
    let caller = Caller::trusting(&folder.authority);
    let (words, wrong) = (basic("prometheus", PASSWORD), basic("prometheus", WRONG));
    let mut said = home.run(&["check-config"]).said();
    // The good one, one that is broken in each place, and one that is pasted into the wrong one.
    for file in [
        text.clone(),
        text.replace("BEGIN", "BEGUN"),
        text.replace("$04$", "$99$"),
        text.replace("prometheus:", "prometheus: ["),
        text.replace("  cert: |", "  client_auth_type: |"),
        format!("{hash}: {key}"),
    ] {
        folder.write("web.yaml", &file);
        let mut client = caller.call(address).await.unwrap();
        let request = format!("POST /-/reload HTTP/1.1\r\nHost: k\r\n{words}\r\n");
        client.say(request).await.unwrap();
        said += &client.hear().await.text();
        for (path, words) in [
            ("/metrics", &words),
            ("/metrics", &wrong),
            ("/", &words),
            ("/api/v1/status", &words),
        ] {
            said += &get(&mut client, path, words).await.unwrap().text();
        }
        if !file.starts_with(&hash) {
            said += &home.run(&["check-config"]).said();
        }
    }
    // Somebody who is refused is told of only where everything is.
    drop(Caller::trusting(&Authority::new()).call(address).await);
    daemon.says("a connection was not taken").await;
    nothing_came_out(daemon, said, "web.yaml", &canaries).await;
}
