//! URLs in the configuration. No message quotes one: somebody may have put a password into it.

use url::Url;

/// The address of a server: scheme, host and port, nothing else.
pub(super) fn server(text: &str) -> Result<Url, &'static str> {
    let url = web(text)?;
    if url.path() != "/" {
        return Err(
            "must not have a path: kcwatch adds /v1/… itself, and a server behind a path prefix is not supported",
        );
    }
    Ok(url)
}

/// An issuer, which is kept as it is written.
pub(super) fn issuer(text: &str) -> Result<(), &'static str> {
    web(text)?;
    if text.ends_with('/') {
        return Err("must not end in /: Keycloak's issuers never do, and the comparison is exact");
    }
    Ok(())
}

/// What the paths of a server are appended to: scheme, host, port, and perhaps a path such as `/auth`.
pub(crate) fn base(text: &str) -> Result<Url, &'static str> {
    let url = web(text)?;
    if text.ends_with('/') {
        return Err("must not end in /");
    }
    Ok(url)
}

/// The two halves of an issuer: what stands before `/realms/`, and the name of the realm, percent-encoded.
pub(super) fn realm(issuer: &str) -> Result<(Url, String), &'static str> {
    const FORM: &str = "needs an issuer that ends in /realms/ and the name of the realm";
    let mut url = web(issuer)?;
    let (base, realm) = url.path().rsplit_once("/realms/").ok_or(FORM)?;
    if realm.is_empty() || realm.contains('/') {
        return Err(FORM);
    }
    let (base, realm) = (base.to_owned(), realm.to_owned());
    url.set_path(&base);
    Ok((url, realm))
}

/// What people open in a browser: query and fragment included, kept as it is written.
pub(super) fn link(text: &str) -> Result<(), &'static str> {
    browsed(text).map(drop)
}

/// An absolute http(s) URL without user-info, query and fragment.
fn web(text: &str) -> Result<Url, &'static str> {
    let url = browsed(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query (?) or a fragment (#)");
    }
    Ok(url)
}

/// An absolute http(s) URL without user-info.
fn browsed(text: &str) -> Result<Url, &'static str> {
    const FORM: &str = "must be a URL that begins with https:// or http:// and names a host";
    // The parser drops blanks and line breaks, and forgives missing or reversed slashes.
    let begins = ["https://", "http://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    });
    if !begins || text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(FORM);
    }
    let url = Url::parse(text).map_err(|_may_quote_it| FORM)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password: credentials belong into files");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_scheme_host_and_port() {
        for good in [
            "https://vault.devshift.net",
            "http://127.0.0.1:8200/",
            "HTTPS://[::1]:8200",
        ] {
            assert!(server(good).is_ok(), "{good}");
        }
        let bad = [
            "",
            "vault",
            "vault:8200",
            "ftp://a",
            "https://",
            "https:a",
            "https:\\\\a",
            "https://a b",
            "https://a/v1",
            "https://u:p@a",
            "https://u@a",
            "https://a?b",
            "https://a#b",
            " https://a",
            "https://a\n",
            "https://a:99999",
            "https://ü",
        ];
        for bad in &bad[..bad.len() - 1] {
            assert!(server(bad).is_err(), "{bad}");
        }
        assert!(
            server("https://ü").is_ok(),
            "names in other scripts are names"
        );
    }

    #[test]
    fn an_issuer_has_a_path_and_no_slash_at_its_end() {
        assert!(issuer("https://auth.redhat.com/auth/realms/EmployeeIDP").is_ok());
        for bad in [
            "https://a/realms/b/",
            "https://a/",
            "/realms/b",
            "https://u:p@a/realms/b",
            "https://a/b?c",
        ] {
            assert!(issuer(bad).is_err(), "{bad}");
        }
    }
}
