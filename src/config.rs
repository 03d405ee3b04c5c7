//! File and environment → [`Config`]; every mistake at once.

mod settings;

pub use settings::{
    Auth, ClientCertificate, Config, Files, KvVersion, Log, LogFormat, Poll, Reload, Store, Target,
    Vault,
};
