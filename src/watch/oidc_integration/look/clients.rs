//! What is wrong with the settings of clients.

use std::collections::BTreeSet;

use crate::{
    keycloak::ClientSettings,
    model::Cause,
    watch::oidc_integration::config::{Application, Flow},
};

/// What the guide of 3scale asks of the client of the service account, first things first. The implicit flow, of which it says
/// nothing because it is off from the start, is as needless as the standard one.
pub(super) fn flaw_of_account(settings: &ClientSettings) -> Option<Cause> {
    let asked = [
        (settings.public_client, false, Cause::NotConfidential),
        (settings.bearer_only, false, Cause::NotConfidential),
        (
            settings.service_accounts_enabled,
            true,
            Cause::ServiceAccountOff,
        ),
        (settings.standard_flow_enabled, false, Cause::StandardFlowOn),
        (
            settings.direct_access_grants_enabled,
            false,
            Cause::DirectAccessOn,
        ),
        (settings.implicit_flow_enabled, false, Cause::ImplicitFlowOn),
    ];
    asked
        .into_iter()
        .find_map(|(is, should_be, cause)| match is {
            Some(is) if is == should_be => None,
            Some(_) => Some(cause),
            None => Some(Cause::Unreadable),
        })
}

/// In what the client of an application differs from what 3scale has.
pub(super) fn flaw_of_application(
    wanted: &Application,
    settings: &ClientSettings,
) -> Option<Cause> {
    match settings.enabled {
        Some(true) => {}
        Some(false) => return Some(Cause::ApplicationDisabled),
        None => return Some(Cause::Unreadable),
    }
    let has = |url: &String| {
        let registered = settings.redirect_uris.as_ref();
        registered.is_some_and(|registered| registered.contains(url))
    };
    if wanted.redirect_url.as_ref().is_some_and(|url| !has(url)) {
        return Some(Cause::RedirectMissing);
    }
    let wanted: BTreeSet<Flow> = wanted.flows.as_ref()?.iter().copied().collect();
    match flows(settings) {
        Some(flows) if flows == wanted => None,
        Some(_) => Some(Cause::OtherFlows),
        None => Some(Cause::Unreadable),
    }
}

/// The flows that a client has; `None` if the answer does not say it of each.
fn flows(settings: &ClientSettings) -> Option<BTreeSet<Flow>> {
    let switches = [
        (Flow::Standard, settings.standard_flow_enabled?),
        (Flow::Implicit, settings.implicit_flow_enabled?),
        (Flow::ServiceAccounts, settings.service_accounts_enabled?),
        (Flow::DirectAccess, settings.direct_access_grants_enabled?),
    ];
    let on = switches.into_iter().filter(|(_, on)| *on);
    Some(on.map(|(flow, _)| flow).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Edit = fn(&mut ClientSettings);

    fn good() -> ClientSettings {
        ClientSettings {
            enabled: Some(true),
            public_client: Some(false),
            bearer_only: Some(false),
            standard_flow_enabled: Some(false),
            implicit_flow_enabled: Some(false),
            service_accounts_enabled: Some(true),
            direct_access_grants_enabled: Some(false),
            redirect_uris: Some(vec!["https://app.example.com".to_owned()]),
        }
    }

    #[test]
    fn each_switch_of_the_account_that_stands_wrong_has_its_cause() {
        assert_eq!(flaw_of_account(&good()), None);
        let edits: [(Edit, Cause); 8] = [
            (|of| of.public_client = Some(true), Cause::NotConfidential),
            (|of| of.bearer_only = Some(true), Cause::NotConfidential),
            (
                |of| of.service_accounts_enabled = Some(false),
                Cause::ServiceAccountOff,
            ),
            (
                |of| of.standard_flow_enabled = Some(true),
                Cause::StandardFlowOn,
            ),
            (
                |of| of.direct_access_grants_enabled = Some(true),
                Cause::DirectAccessOn,
            ),
            (
                |of| of.implicit_flow_enabled = Some(true),
                Cause::ImplicitFlowOn,
            ),
            (|of| of.standard_flow_enabled = None, Cause::Unreadable),
            (|of| *of = ClientSettings::default(), Cause::Unreadable),
        ];
        for (edit, cause) in edits {
            let mut settings = good();
            edit(&mut settings);
            assert_eq!(flaw_of_account(&settings), Some(cause), "{settings:?}");
        }
    }

    #[test]
    fn an_application_is_compared_with_what_is_expected_of_it_and_no_more() {
        let said = |redirect_url: Option<&str>, flows: Option<Vec<Flow>>, settings| {
            let wanted = Application {
                client_id: "app".to_owned(),
                redirect_url: redirect_url.map(str::to_owned),
                flows,
            };
            flaw_of_application(&wanted, &settings)
        };
        let off = ClientSettings {
            enabled: Some(false),
            ..good()
        };
        assert_eq!(said(None, None, good()), None);
        assert_eq!(said(None, None, off), Some(Cause::ApplicationDisabled));
        assert_eq!(
            said(None, None, ClientSettings::default()),
            Some(Cause::Unreadable)
        );
        let redirect = |url| said(Some(url), None, good());
        assert_eq!(redirect("https://app.example.com"), None);
        assert_eq!(
            redirect("https://app.example.com/"),
            Some(Cause::RedirectMissing)
        );
        let flows = |flows: &[Flow]| said(None, Some(flows.to_vec()), good());
        assert_eq!(flows(&[Flow::ServiceAccounts]), None);
        assert_eq!(flows(&[]), Some(Cause::OtherFlows));
        let more = [Flow::ServiceAccounts, Flow::Standard];
        assert_eq!(flows(&more), Some(Cause::OtherFlows));
    }
}
