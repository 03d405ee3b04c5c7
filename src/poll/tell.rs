//! What changed, in the log: one line a change, none while all stays the same.

use crate::{
    model::{ProviderName, Reason},
    snapshot::{ProviderState, TargetState},
    watch::News,
};

/// One line for each change of what is known, none while it stays the same.
pub(super) fn change(before: &TargetState, after: &TargetState) {
    let name = &after.target.name;
    match (before.outcome == after.outcome, after.failed()) {
        (false, Some(reason)) => tracing::warn!(
            target.name = %name, reason = reason.label(),
            "target `{name}` cannot be read ({reason}): {}", after.target.watch.advice_on(reason)
        ),
        (false, None) if before.outcome.is_some() => {
            tracing::info!(target.name = %name, "target `{name}` can be read again");
        }
        _ => {}
    }
    match after.facts.news_since(&before.facts) {
        Some(News { text, is_bad: true }) => {
            tracing::warn!(target.name = %name, "target `{name}`: {text}");
        }
        Some(News { text, .. }) => tracing::info!(target.name = %name, "target `{name}`: {text}"),
        None => {}
    }
}

/// One line when the list of an identity provider cannot be read any more, or can again.
pub(super) fn change_of_list(
    name: &ProviderName,
    before: Option<&ProviderState>,
    after: Option<&ProviderState>,
) {
    let outcome = |state: Option<&ProviderState>| state.and_then(|state| state.outcome);
    let failed = |state| -> Option<Reason> { outcome(state)?.err() };
    match (failed(before), failed(after)) {
        (before, after) if before == after => {}
        (_, Some(reason)) => tracing::warn!(
            identity_provider = %name, reason = reason.label(),
            "the list of tokens of identity provider `{name}` cannot be read ({reason}): {}",
            reason.advice_on_provider()
        ),
        (_, None) => tracing::info!(
            identity_provider = %name,
            "the list of tokens of identity provider `{name}` can be read again"
        ),
    }
}
