//! Where readers are led from what they see.

use super::{Request, Runbook};

/// Where readers are led from what they see: to a page that says what to do, and to the ticket that asks somebody else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guide {
    /// The URL below which the runbooks lie, without a `/` at its end.
    pub runbooks: Option<String>,
    /// How others are asked for what is needed.
    pub request: Option<Request>,
}

impl Guide {
    /// Where that runbook lies, if it is known where they are.
    pub fn runbook(&self, runbook: Runbook) -> Option<String> {
        let base = self.runbooks.as_ref()?;
        Some(format!("{base}/{}.md", runbook.name()))
    }
}
