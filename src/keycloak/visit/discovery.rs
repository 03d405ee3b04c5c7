//! The discovery document (OpenID Connect Discovery 1.0, 4.2; Keycloak's `OIDCWellKnownProvider`).

use reqwest::Url;
use serde_json::{Map, Value};

use crate::model::Cause;

/// What a discovery document says, as far as Zync and APIcast need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// `id_token_signing_alg_values_supported`: the algorithms that APIcast takes.
    pub algorithms: Vec<String>,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
}

/// Understands a document of which `issuer` is expected.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub(super) fn understand(
    said: &Map<String, Value>,
    issuer: &str,
    allow_http: bool,
) -> Result<Document, Cause> {
    if said.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return Err(Cause::OtherIssuer);
    }
    let endpoint = |name: &str| endpoint(said.get(name), allow_http);
    let document = Document {
        token_endpoint: endpoint("token_endpoint")?,
        jwks_uri: endpoint("jwks_uri")?,
        algorithms: texts(said.get("id_token_signing_alg_values_supported")),
    };
    if document.algorithms.is_empty() {
        return Err(Cause::NoAlgorithms);
    }
    Ok(document)
}

fn endpoint(said: Option<&Value>, allow_http: bool) -> Result<Url, Cause> {
    let text = said.and_then(Value::as_str).ok_or(Cause::EndpointMissing)?;
    let url = Url::parse(text).map_err(|_| Cause::EndpointMissing)?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_http => Ok(url),
        "http" => Err(Cause::EndpointWithoutTls),
        _ => Err(Cause::EndpointMissing),
    }
}

fn texts(said: Option<&Value>) -> Vec<String> {
    let listed = said.and_then(Value::as_array).into_iter().flatten();
    let texts = listed.filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://sso.example.com/realms/a";

    /// What is said about a good document with one field changed, or taken away by `null`.
    fn outcome(field: &str, value: Value) -> Result<(), Cause> {
        let mut said = json!({
            "issuer": ISSUER,
            "token_endpoint": "https://sso.example.com/realms/a/token",
            "jwks_uri": "https://sso.example.com/realms/a/certs",
            "id_token_signing_alg_values_supported": ["RS256", "HS256"],
        });
        said[field] = value;
        understand(said.as_object().unwrap(), ISSUER, false).map(drop)
    }

    #[test]
    fn each_flaw_of_a_document_has_its_cause() {
        let (missing, other) = (Cause::EndpointMissing, Cause::OtherIssuer);
        for (field, value, cause) in [
            ("issuer", json!(null), other),
            ("issuer", json!(7), other),
            ("issuer", json!("https://sso.example.com/realms/a/"), other),
            ("issuer", json!("https://SSO.example.com/realms/a"), other),
            (
                "issuer",
                json!("https://sso.example.com:443/realms/a"),
                other,
            ),
            ("token_endpoint", json!(null), missing),
            ("token_endpoint", json!("/token"), missing),
            ("jwks_uri", json!("file:///certs"), missing),
            (
                "jwks_uri",
                json!("http://sso.example.com/certs"),
                Cause::EndpointWithoutTls,
            ),
            (
                "id_token_signing_alg_values_supported",
                json!(null),
                Cause::NoAlgorithms,
            ),
            (
                "id_token_signing_alg_values_supported",
                json!([7]),
                Cause::NoAlgorithms,
            ),
        ] {
            assert_eq!(
                outcome(field, value.clone()),
                Err(cause),
                "{field}: {value}"
            );
        }
        assert_eq!(outcome("other", json!("more")), Ok(()));
    }

    proptest! {
        #[test]
        fn any_document_is_understood_or_not(bytes: Vec<u8>, field in "issuer|token_endpoint|jwks_uri", text in "\\PC{0,40}|https?://[^/]{0,9}") {
            if let Ok(said) = serde_json::from_slice::<Map<String, Value>>(&bytes) {
                drop(understand(&said, ISSUER, true));
            }
            let _any = outcome(&field, json!(text));
        }
    }
}
