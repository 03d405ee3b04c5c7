//! What this program is.

/// The version, from `Cargo.toml`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The revision of the source, or `unknown`.
pub const REVISION: &str = env!("KCWATCH_BUILD_REVISION");
/// The version of the compiler, or `unknown`.
pub const RUST_VERSION: &str = env!("KCWATCH_BUILD_RUST_VERSION");
