//! Plain or compressed.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;
use kcwatch::page::Document;

use super::client::Heard;
use super::rig::{Rig, TEXT, site};

async fn asked(rig: &Rig, method: &str, wish: &str) -> Heard {
    let mut client = rig.client().await;
    let request =
        format!("{method} /metrics HTTP/1.1\r\nHost: kcwatch\r\nAccept-Encoding: {wish}\r\n\r\n");
    client.say(request).await.expect("sent");
    let mut heard = client.head().await.expect("a response");
    if method != "HEAD" {
        heard.body = client.body(&heard).await;
    }
    heard
}

fn unpacked(heard: &Heard) -> Vec<u8> {
    let mut plain = Vec::new();
    GzDecoder::new(heard.body.as_slice())
        .read_to_end(&mut plain)
        .expect("gzip");
    plain
}

#[tokio::test]
async fn gzip_goes_only_to_whoever_takes_it() {
    let rig = Rig::open().await;
    let rows = [
        ("gzip", true),
        ("deflate, gzip;q=1.0, *;q=0.5", true),
        ("br;q=1.0, gzip;q=0.8, identity;q=0.1", true),
        ("*", true),
        ("gzip;q=0", false),
        ("identity", false),
        ("br", false),
        ("*;q=0", false),
        ("identity;q=1, gzip;q=0.5", false),
    ];
    for (wish, gzip) in rows {
        let heard = asked(&rig, "GET", wish).await;
        assert_eq!(
            heard.header("content-encoding"),
            if gzip { "gzip" } else { "" },
            "{wish}"
        );
        assert_eq!(heard.header("vary"), "accept-encoding", "{wish}");
        let text = if gzip { unpacked(&heard) } else { heard.body };
        assert_eq!(text, TEXT.as_bytes(), "{wish}");
    }
}

#[tokio::test]
async fn a_big_page_is_compressed_whole() {
    let rig = Rig::open().await;
    let lines: Vec<String> = (0..200_000)
        .map(|n| format!("kcwatch_example {n}\n"))
        .collect();
    let pieces: Vec<Bytes> = lines
        .chunks(1_000)
        .map(|some| Bytes::from(some.concat()))
        .collect();
    let plain = pieces.concat();
    rig.sites.send_replace(site(Document::new(pieces)));
    for _first_and_kept in 0..2 {
        let heard = asked(&rig, "GET", "gzip").await;
        assert!(heard.body.len() < plain.len() / 2);
        assert!(unpacked(&heard) == plain, "the page came out different");
    }
    let head = asked(&rig, "HEAD", "gzip").await;
    assert_eq!(head.header("content-encoding"), "gzip");
    assert!(
        rig.ask("GET", "/metrics").await.body == plain,
        "plain as before"
    );
}
