//! Where in a secret the tokens stand.
//!
//! Two shapes lie in real installations side by side, both are detected; any other is named by JSON pointers.

use std::sync::Arc;

use url::Url;

use crate::{
    model::Reason,
    secret::{SecretDocument, SecretText},
};

use super::config::Pointers;

/// What a secret of any shape gives.
#[derive(Debug)]
pub(super) struct Found {
    /// The token in use.
    pub(super) current: SecretText,
    /// The token before it, if the secret keeps one.
    pub(super) previous: Option<SecretText>,
    /// The realm's address, which the older shape carries; without what else stood in that field.
    pub(super) url: Option<Arc<str>>,
}

/// Finds the tokens: by the pointers, if there are any, otherwise by the known shapes.
///
/// # Errors
///
/// [`Reason::ShapeUnknown`] if this is no object or none of the shapes, [`Reason::FieldMissing`] if the field is there
/// but holds no text or an empty one.
pub(super) fn find(content: &SecretDocument, pointers: Option<&Pointers>) -> Result<Found, Reason> {
    if !content.is_object() {
        return Err(Reason::ShapeUnknown);
    }
    if let Some(pointers) = pointers {
        let previous = pointers
            .previous
            .as_deref()
            .and_then(|pointer| filled(content, pointer));
        return found(filled(content, &pointers.token), previous, None);
    }
    if content.has("/initial-access-token") {
        let url = content.public_text("/url").and_then(address);
        return found(filled(content, "/initial-access-token"), None, url);
    }
    if content.has("/current_iat") {
        // Without a previous token the field is null or the empty string (observed): both give nothing here.
        let previous = filled(content, "/previous_iat/token");
        return found(filled(content, "/current_iat/token"), previous, None);
    }
    Err(
        if content.knows_field("initial-access-token") || content.knows_field("current_iat") {
            Reason::FieldMissing
        } else {
            Reason::ShapeUnknown
        },
    )
}

fn found(
    current: Option<SecretText>,
    previous: Option<SecretText>,
    url: Option<Arc<str>>,
) -> Result<Found, Reason> {
    let current = current.ok_or(Reason::FieldMissing)?;
    Ok(Found {
        current,
        previous,
        url,
    })
}

/// An address without the password that it may carry, exactly as it is written if it carries none. Anything that is no
/// address may be a secret in the wrong field, and is dropped.
fn address(text: &str) -> Option<Arc<str>> {
    let mut url = Url::parse(text).ok()?;
    if !matches!(url.scheme(), "https" | "http") {
        return None;
    }
    let before = url.clone();
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    let address = if url == before { text } else { url.as_str() };
    // It is the base of addresses, so a slash at its end is nobody's mistake; an issuer has none.
    Some(Arc::from(address.trim_end_matches('/')))
}

fn filled(content: &SecretDocument, pointer: &str) -> Option<SecretText> {
    content.text(pointer).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn outcome(
        content: Value,
        pointers: Option<&Pointers>,
    ) -> Result<(bool, Option<String>), Reason> {
        find(&SecretDocument::new(content), pointers).map(|found| {
            (
                found.previous.is_some(),
                found.url.map(|url| url.to_string()),
            )
        })
    }

    #[test]
    fn both_live_shapes_are_known() {
        let url = Some("https://sso/realms/r".to_owned());
        assert_eq!(
            outcome(json!({"url": url, "initial-access-token": "t"}), None),
            Ok((false, url))
        );
        for previous in [json!(null), json!(""), json!({})] {
            let content =
                json!({"current_iat": {"id": "1", "token": "t"}, "previous_iat": previous});
            assert_eq!(outcome(content, None), Ok((false, None)), "{previous}");
        }
        let content = json!({"current_iat": {"id": "1", "token": "t"}, "previous_iat": {"id": "0", "token": "s"}});
        assert_eq!(outcome(content, None), Ok((true, None)));
    }

    #[test]
    fn an_address_loses_its_password_and_what_is_no_address_is_dropped() {
        for (text, kept) in [
            ("https://sso/realms/r", Some("https://sso/realms/r")),
            (
                "HTTPS://SSO:443/realms/r/",
                Some("HTTPS://SSO:443/realms/r"),
            ),
            ("https://u:p@sso/realms/r", Some("https://sso/realms/r")),
            (
                "https://sso/realms/r?token=t#u",
                Some("https://sso/realms/r"),
            ),
            ("sso/realms/r", None),
            ("hvs.CAESI", None),
            ("mailto:a@b", None),
            ("", None),
        ] {
            assert_eq!(address(text).as_deref(), kept, "{text}");
        }
    }

    #[test]
    fn a_field_without_a_token_is_told_from_an_unknown_shape() {
        for content in [
            json!({"initial-access-token": ""}),
            json!({"initial-access-token": " \n"}),
            json!({"initial-access-token": 7}),
            json!({"initial-access-token": null}),
            json!({"current_iat": {"id": "1"}}),
            json!({"current_iat": "t"}),
        ] {
            assert_eq!(
                outcome(content.clone(), None),
                Err(Reason::FieldMissing),
                "{content}"
            );
        }
        for content in [
            json!({}),
            json!(null),
            json!([]),
            json!("t"),
            json!({"token": "t"}),
        ] {
            assert_eq!(
                outcome(content.clone(), None),
                Err(Reason::ShapeUnknown),
                "{content}"
            );
        }
    }

    #[test]
    fn pointers_reach_any_other_shape() {
        let pointers = Pointers {
            token: "/sso/0/jwt".into(),
            previous: Some("/old".into()),
        };
        let content =
            json!({"sso": [{"jwt": "t"}], "old": "s", "initial-access-token": "not this one"});
        assert_eq!(outcome(content, Some(&pointers)), Ok((true, None)));
        assert_eq!(
            outcome(json!({"sso": []}), Some(&pointers)),
            Err(Reason::FieldMissing)
        );
    }
}
