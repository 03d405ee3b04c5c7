//! What can break a link of an OpenID Connect integration, with what happened and what to do about it: a closed list of words.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Reason;

/// Declares the causes, each with its label, what happened, and one remedy.
macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident, $label:literal, $words:literal, $advice:literal;)*) => {
        /// Why a link is broken. Its [label](Self::label) is the value of the label `cause`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Cause {
            $($(#[$doc])* #[serde(rename = $label)] $name,)*
        }

        impl Cause {
            /// Every cause, in the order of the chain.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The value of the label `cause`.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)* }
            }

            /// What happened, for people, to follow `broken at STEP:`.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }

            /// What to do about it: one remedy, with the setting and where it is found.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)* }
            }
        }
    };
}

causes! {
    /// No connection: refused, reset, or the name does not resolve.
    Unreachable, "unreachable",
        "no connection to the identity provider",
        "check the name of the identity provider, its port and the network policy, and that it runs";
    /// No answer in time.
    Timeout, "timeout",
        "the identity provider did not answer in time",
        "check the load of the identity provider, or raise poll.timeout";
    /// The file of certificate authorities cannot be read, or holds none.
    BundleUnusable, "bundle_unusable",
        "the bundle of certificate authorities cannot be read or holds no certificate",
        "put the bundle back at ca_file: it should be the file that SSL_CERT_FILE of zync-que names";
    /// No authority of the bundle issued the certificate.
    UnknownAuthority, "unknown_authority",
        "no authority in the bundle issued the certificate of the server",
        "append the CA certificate to the bundle of zync-que (configmap zync-ca-bundle, SSL_CERT_FILE), or let the server send its intermediate certificates";
    /// The certificate is for other names.
    WrongName, "wrong_name",
        "the certificate of the server is for another name",
        "let the certificate of the identity provider name the host of the issuer, or correct the host in the field OpenID Connect Issuer";
    /// A certificate is past its end.
    CertificateExpired, "certificate_expired",
        "a certificate that the server presents has expired",
        "renew the certificate of the identity provider, with its chain";
    /// A certificate is before its beginning.
    CertificateNotYetValid, "certificate_not_yet_valid",
        "a certificate that the server presents is not valid yet",
        "compare the clocks of this machine and of whoever issued the certificate, or wait for it to begin";
    /// The certificate of the server is not the first that it sends.
    WrongOrder, "wrong_order",
        "the server presents its chain in the wrong order: its own certificate is not the first",
        "put the certificate of the server first into its file, and the certificate of each issuer after it";
    /// The certificate cannot be used for another reason.
    CertificateInvalid, "certificate_invalid",
        "the certificate of the server is not valid for a server",
        "look at the certificate with openssl s_client -showcerts and have another one issued: purpose, signature or encoding is wrong";
    /// Whoever listens there does not speak TLS.
    NoTls, "no_tls",
        "whoever listens there does not speak TLS",
        "check the port in the field OpenID Connect Issuer: it leads to plain HTTP";
    /// There is no version of TLS or cipher that both take.
    HandshakeFailed, "handshake_failed",
        "the TLS handshake failed: no version or cipher that both take, or a client certificate is wanted",
        "let the identity provider speak TLS 1.2 or 1.3 with usual ciphers and without client certificates";
    /// The page is not there.
    NotFound, "not_found",
        "the page is not there",
        "check the path in the field OpenID Connect Issuer: before RH-SSO 7.6 and its like it begins with /auth, and the realm must exist";
    /// A redirect instead of an answer.
    Redirected, "redirected",
        "the answer is a redirect, which APIcast does not follow",
        "put the address to which it redirects into the field OpenID Connect Issuer, or take the redirect away";
    /// A status that nothing explains.
    UnexpectedStatus, "unexpected_status",
        "the answer has a status that it should not have",
        "ask for the same address with curl: a proxy may be answering instead of the identity provider";
    /// The server failed by itself.
    ServerError, "server_error",
        "the identity provider failed by itself (5xx)",
        "see the log of the identity provider";
    /// An answer that is not HTTP, or breaks off.
    BadResponse, "bad_response",
        "the answer is no HTTP or breaks off",
        "ask for the same address with curl: a proxy may be answering instead of the identity provider";
    /// The answer is larger than what is read.
    TooLarge, "too_large",
        "the answer is larger than it can be",
        "ask for the same address with curl: this is hardly the answer of an identity provider";
    /// The answer is not JSON, or does not say that it is.
    NotJson, "not_json",
        "the answer is not JSON or is not marked as such",
        "let the identity provider, or the proxy before it, answer with JSON as application/json";
    /// The issuer is not, to the letter, the one that is configured.
    OtherIssuer, "other_issuer",
        "the issuer is not to the letter the one that is configured",
        "make the issuer one text everywhere, without a slash at its end: in the field OpenID Connect Issuer, here, and in the hostname (Frontend URL) of the identity provider";
    /// The discovery document lacks an endpoint.
    EndpointMissing, "endpoint_missing",
        "the discovery document lacks token_endpoint or jwks_uri",
        "see what the identity provider, or a proxy before it, does to /.well-known/openid-configuration";
    /// The discovery document sends us to plain HTTP.
    EndpointWithoutTls, "endpoint_without_tls",
        "the discovery document names an endpoint without TLS",
        "set the hostname (Frontend URL) and the proxy headers of the identity provider, so that its endpoints begin with https://";
    /// The discovery document lists no algorithm, and so APIcast takes no token.
    NoAlgorithms, "no_algorithms",
        "the discovery document lists no signature algorithm",
        "let the discovery document list id_token_signing_alg_values_supported";
    /// The key set has no key at all.
    NoKeys, "no_keys",
        "the key set is empty",
        "enable a key with the use SIG in the console: Realm Settings > Keys > Providers";
    /// A key has no `kid`, and APIcast cannot load such a key set.
    KidMissing, "kid_missing",
        "a key of the key set has no kid, so that APIcast cannot load it",
        "let the identity provider give each key its kid";
    /// No key of the set signs.
    NoSigningKey, "no_signing_key",
        "the key set has no key for signatures",
        "enable a key with the use SIG in the console: Realm Settings > Keys > Providers";
    /// Keys sign, but none of a kind that APIcast knows.
    UnsupportedKeys, "unsupported_keys",
        "the key set has no key of a kind that APIcast can use",
        "add an RSA key (rsa-generated) in the console: Realm Settings > Keys > Providers, and make RS256 the signature algorithm";
    /// Two keys have one `kid`.
    DuplicateKid, "duplicate_kid",
        "two keys of the key set have one kid, so that APIcast takes the last",
        "disable one of the two keys in the console: Realm Settings > Keys > Providers";
    /// The secret of the service account is wrong, or has expired.
    SecretRefused, "secret_refused",
        "the secret of the service account is refused",
        "put the secret from the tab Credentials of the client into the field OpenID Connect Issuer, and where kcwatch reads it";
    /// There is no such client, or it is switched off.
    ClientUnknownOrDisabled, "client_unknown_or_disabled",
        "the client of the service account is unknown or switched off",
        "set Enabled to ON at the client in the console, or correct its id in the field OpenID Connect Issuer";
    /// The client has no service account.
    ServiceAccountOff, "service_account_off",
        "the client has no service account",
        "set Service Accounts Enabled to ON at the client in the console";
    /// The realm wants TLS.
    HttpsRequired, "https_required",
        "the realm takes no login without TLS",
        "let the issuer begin with https://, or change Require SSL in the console: Realm Settings > Login";
    /// A refusal that nothing explains.
    Refused, "refused",
        "the identity provider refuses, and does not say why",
        "see the events of the realm in the console (CLIENT_LOGIN_ERROR), or the log of the identity provider";
    /// A login that gives no token.
    NoAccessToken, "no_access_token",
        "the login gives no access token",
        "see what the token endpoint answers: it should be an object with access_token";
    /// The access token is no JWT.
    NotAToken, "not_a_token",
        "the access token is no JWT",
        "let the identity provider issue JWTs as access tokens: APIcast cannot verify others";
    /// The algorithm of the token is not in the discovery document.
    AlgNotListed, "alg_not_listed",
        "the access token is signed with an algorithm that the discovery document does not list",
        "set Access Token Signature Algorithm at the client (Advanced), or Default Signature Algorithm of the realm (Realm Settings > Tokens), to RS256";
    /// The key set does not have the key that signed the token.
    KidUnknown, "kid_unknown",
        "the key set does not have the key that signed the access token",
        "compare the keys in the console (Realm Settings > Keys) with the key set: a cache may be in between, or the realm is another one";
    /// The key is for another algorithm than the token says.
    AlgMismatch, "alg_mismatch",
        "the key is for another algorithm than the access token says",
        "set Access Token Signature Algorithm at the client (Advanced), or Default Signature Algorithm of the realm (Realm Settings > Tokens), to RS256";
    /// The token is signed with an algorithm that cannot be verified here.
    AlgUnsupported, "alg_unsupported",
        "the access token is signed with an algorithm that is not supported",
        "set Access Token Signature Algorithm at the client (Advanced), or Default Signature Algorithm of the realm (Realm Settings > Tokens), to RS256";
    /// The signature is not of that key.
    Signature, "signature",
        "the signature of the access token is not of the key that it names",
        "compare the keys of all nodes of the identity provider, and whether a proxy or cache answers with another key set";
    /// The claim `iss` is missing or another issuer.
    Iss, "iss",
        "the claim iss of the access token is not the issuer of the discovery document",
        "set the hostname (Frontend URL) of the identity provider, so that it names itself alike to everybody";
    /// The claim `sub` is missing.
    Sub, "sub",
        "the access token has no claim sub",
        "give the client the client scope basic as a default in the console (Client scopes), which adds sub from Keycloak 25 on";
    /// The claim `aud` is missing.
    Aud, "aud",
        "the access token has no claim aud",
        "give the client a mapper of the type Audience in the console, or a client role";
    /// The claim `exp` is missing or past.
    Exp, "exp",
        "the access token has no claim exp, or has expired already",
        "compare the clocks of this machine, of APIcast and of the identity provider, which are allowed no difference, and Access Token Lifespan";
    /// The claim `nbf` lies ahead.
    Nbf, "nbf",
        "the access token is not valid yet by its claim nbf",
        "compare the clocks of this machine, of APIcast and of the identity provider, which are allowed no difference";
    /// The claim `iat` is no time.
    Iat, "iat",
        "the claim iat of the access token is no time",
        "see which mapper of the client writes the claim iat, and take it away";
    /// The claim `typ` is another one than `Bearer`.
    Typ, "typ",
        "the claim typ of the access token is not Bearer",
        "see which mapper or client policy changes the claim typ, and take it away";
    /// The claim `azp`, by which APIcast knows the application, is missing.
    Azp, "azp",
        "the access token has no claim azp, by which APIcast knows the application",
        "see which client policy takes the claim azp away, or name another claim in the field ClientID Token Claim";
    /// The service account lacks the role.
    RoleMissing, "role_missing",
        "the service account may not manage clients",
        "assign the role manage-clients of the client realm-management in the console: Clients > the client > Service Account Roles";
    /// The settings of a client cannot be read from the answer.
    Unreadable, "unreadable",
        "the settings of a client cannot be read from the answer",
        "ask for the same address with curl: a proxy may be answering instead of the identity provider";
    /// The client is public or bearer-only.
    NotConfidential, "not_confidential",
        "the client of the service account is not confidential",
        "set Access Type to confidential at the client in the console (Client authentication ON)";
    /// The client has the standard flow.
    StandardFlowOn, "standard_flow_on",
        "the client of the service account has the standard flow",
        "set Standard Flow Enabled to OFF at the client in the console";
    /// The client takes passwords of users.
    DirectAccessOn, "direct_access_on",
        "the client of the service account has direct access grants",
        "set Direct Access Grants Enabled to OFF at the client in the console";
    /// The client has the implicit flow.
    ImplicitFlowOn, "implicit_flow_on",
        "the client of the service account has the implicit flow",
        "set Implicit Flow Enabled to OFF at the client in the console";
    /// The client of an application is not there.
    ApplicationMissing, "application_missing",
        "the client of an application is not there",
        "change the application in the 3scale Admin Portal, so that Zync writes it again, and see the log of zync-que";
    /// The client of an application is switched off.
    ApplicationDisabled, "application_disabled",
        "the client of an application is switched off",
        "set Enabled to ON at the client of the application in the console, or see in 3scale whether the application is suspended";
    /// The client of an application lacks the redirect URL.
    RedirectMissing, "redirect_missing",
        "the client of an application lacks the redirect URL",
        "enter the field REDIRECT URL of the application in the 3scale Admin Portal again, so that Zync writes it to Valid Redirect URIs of the client";
    /// The client of an application has other flows.
    OtherFlows, "other_flows",
        "the client of an application has other flows than 3scale has",
        "see OIDC AUTHORIZATION FLOW of the product in the 3scale Admin Portal (Integration > Settings), and update the product, so that Zync writes it to the client";
}

impl Cause {
    /// The reason of a failed look, if the trouble may pass by itself; a link is called broken only when it lasts.
    pub const fn passing(self) -> Option<Reason> {
        match self {
            Self::Unreachable => Some(Reason::Unreachable),
            Self::Timeout => Some(Reason::Timeout),
            Self::ServerError => Some(Reason::ServerError),
            // A file that is replaced may be halfway.
            Self::BundleUnusable => Some(Reason::Tls),
            _ => None,
        }
    }

    /// Whether it is a matter of TLS.
    pub const fn is_about_tls(self) -> bool {
        matches!(
            self,
            Self::BundleUnusable
                | Self::UnknownAuthority
                | Self::WrongName
                | Self::CertificateExpired
                | Self::CertificateNotYetValid
                | Self::WrongOrder
                | Self::CertificateInvalid
                | Self::NoTls
                | Self::HandshakeFailed
        )
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cause_has_a_label_of_its_own_and_keeps_it_in_a_file() {
        let labels: BTreeSet<&str> = Cause::ALL.iter().map(|cause| cause.label()).collect();
        assert_eq!(labels.len(), Cause::ALL.len());
        for cause in Cause::ALL {
            let written = serde_json::to_string(cause).unwrap();
            assert_eq!(written, format!("{:?}", cause.label()));
            let read: Cause = serde_json::from_str(&written).unwrap();
            assert_eq!(read, *cause);
            assert!(!cause.words().is_empty() && !cause.advice().is_empty());
        }
    }
}
