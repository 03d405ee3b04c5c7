//! Which running kcwatch is asked.

use std::{path::PathBuf, process::ExitCode};

use super::super::{BAD_USAGE, complain};
use crate::{
    config::address,
    service::{Credentials, Service},
};

/// A running kcwatch.
#[derive(Debug, clap::Args)]
pub(super) struct Elsewhere {
    /// Ask the kcwatch that runs there instead; needs no configuration
    #[arg(long, value_name = "URL")]
    service: Option<String>,
    /// PEM file with the only certificate authorities trusted for it
    #[arg(long, value_name = "FILE", requires = "service")]
    ca_file: Option<PathBuf>,
    /// File that holds user:password, if it asks for them
    #[arg(long, value_name = "FILE", requires = "service")]
    credentials_file: Option<PathBuf>,
    /// Let the password go to an http:// address, unencrypted
    #[arg(long, requires = "credentials_file")]
    allow_http: bool,
}

impl Elsewhere {
    /// The one that is meant, if any, or the exit code after it was told why not.
    pub(super) fn service(&self) -> Option<Result<Service, ExitCode>> {
        let text = self.service.as_deref()?;
        let service = self.read(text).map_err(|problem| {
            complain(&problem);
            ExitCode::from(BAD_USAGE)
        });
        Some(service)
    }

    fn read(&self, text: &str) -> Result<Service, String> {
        let address = address::base(text.trim_end_matches('/')).map_err(|why| {
            format!("--service: {why}; expected the like of http://kcwatch:10037")
        })?;
        let credentials = self.credentials_file.as_deref();
        let credentials = credentials.map(Credentials::read).transpose();
        Ok(Service {
            address,
            ca_file: self.ca_file.clone(),
            credentials: credentials.map_err(|trouble| trouble.to_string())?,
            allow_http: self.allow_http,
        })
    }
}
