//! The pages that say what to do, as they are called below `alerts/runbooks`.

macro_rules! runbooks {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A page that says what to do. It is called as the alert that links it, too.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Runbook {
            $($(#[$doc])* $name,)*
        }

        impl Runbook {
            /// Those that a reader of a target is led to.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What it is called, without its ending.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

runbooks! {
    /// A token has expired.
    InitialAccessTokenExpired,
    /// A token expires.
    InitialAccessTokenExpiring,
    /// No registration is left.
    InitialAccessTokenClientsExhausted,
    /// Few registrations are left.
    InitialAccessTokenClientsLow,
    /// Nobody knows how many registrations are left.
    InitialAccessTokenClientsUnknown,
    /// A registration would be refused.
    InitialAccessTokenRejected,
    /// Something that must be true of a token is not.
    InitialAccessTokenCheckFailed,
    /// A token was issued for less than asked.
    InitialAccessTokenLifetimeShort,
    /// Whoever knows how many registrations are left cannot be asked.
    InitialAccessTokenSourceFailing,
    /// A client secret has expired.
    ClientSecretExpired,
    /// A client secret expires.
    ClientSecretExpiring,
    /// A rotated client secret stops working.
    RotatedSecretExpiring,
    /// An update may replace a secret.
    ClientSecretReplaceable,
    /// A client is not under the rotation policy.
    ClientSecretUnmanaged,
    /// What cannot be judged.
    ClientSecretsUnclear,
    /// A link of an integration is broken.
    OidcIntegrationBroken,
    /// A certificate ends.
    OidcCertificateExpiring,
    /// Two clocks differ.
    OidcClockSkew,
    /// Other keys sign.
    OidcKeysChanged,
    /// A target cannot be read.
    TargetUnreadable,
    /// Our access to a store fails.
    StoreAccessFailing,
    /// A configuration was refused.
    ConfigReloadFailed,
    /// Nobody watches.
    KcwatchDown,
}
