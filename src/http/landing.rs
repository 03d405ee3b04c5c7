//! The page at `/`, which says where everything is.

/// What the browser may load for it: nothing.
pub(super) const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page.
pub(super) const PAGE: &str = concat!(
    r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kcwatch</title>
</head>
<body>
<main>
<h1>kcwatch "#,
    env!("CARGO_PKG_VERSION"),
    r#"</h1>
<p>Watches what fails silently around Keycloak: Initial Access Tokens, client secrets, the integration of 3scale.</p>
<ul>
<li><a href="/metrics">Metrics</a> for Prometheus</li>
<li><a href="/api/v1/status">Status</a> of every target, as JSON</li>
<li><a href="/-/healthy">Healthy</a>: whether the daemon is alive</li>
<li><a href="/-/ready">Ready</a>: whether every target was tried once</li>
</ul>
</main>
</body>
</html>
"#
);
