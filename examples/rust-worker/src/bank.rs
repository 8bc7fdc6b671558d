//! What the Worker does with Plaid, over any transport: `fetch` in the Worker, the sandbox in the tests.

use plaid_edge_client::types::LinkToken;
use plaid_edge_client::{Client, Error, LinkTokenRequest, Secret, Transport};
use serde::Serialize;

/// An account, as the page sees it.
#[derive(Debug, PartialEq, Serialize)]
pub struct Account {
    pub name: String,
    pub mask: Option<String>,
    pub subtype: Option<String>,
}

/// What the page learns of a failure.
#[derive(Debug, PartialEq, Serialize)]
pub struct Problem {
    pub code: Option<String>,
    pub message: Option<String>,
}

pub async fn link_token<T: Transport>(
    plaid: &Client<T>,
    user: &str,
    webhook: &str,
) -> Result<LinkToken, Error> {
    let request = LinkTokenRequest::new(user)
        .client_name("My app")
        .field("webhook", webhook);
    plaid.create_link_token(request).await
}

pub async fn exchange<T: Transport>(plaid: &Client<T>, public_token: &str) -> Result<Secret, Error> {
    Ok(plaid.exchange_public_token(public_token).await?.access_token)
}

pub async fn accounts<T: Transport>(plaid: &Client<T>, access_token: &str) -> Result<Vec<Account>, Error> {
    let auth = plaid.auth(access_token).await?;
    let accounts = auth.accounts.into_iter();
    Ok(accounts
        .map(|account| Account {
            name: account.name,
            mask: account.mask,
            subtype: account.subtype,
        })
        .collect())
}

/// The HTTP status and body for a failure.
pub fn failure(error: &Error) -> (u16, Problem) {
    let status = match error {
        Error::Webhook(_) | Error::InvalidArgument { .. } => 400,
        Error::Api(_) => 422,
        Error::RateLimit(_) => 429,
        // Plaid sends a webhook again after this.
        _ => 503,
    };
    let details = error.details();
    let problem = Problem {
        code: details.and_then(|details| details.error_code.clone()),
        message: details.and_then(|details| details.display_message.clone()),
    };
    (status, problem)
}

#[cfg(test)]
mod tests {
    use plaid_edge_client::sandbox::{Fault, Sandbox};
    use pollster::block_on;

    use super::*;

    #[test]
    fn links_an_account_and_shows_it() -> Result<(), Error> {
        block_on(async {
            let sandbox = Sandbox::new();
            let plaid = sandbox.client();
            let link = link_token(&plaid, "user-1", "https://example.com/webhook").await?;
            assert_eq!(
                sandbox.requests()[0].body["webhook"],
                "https://example.com/webhook"
            );
            let public_token = sandbox.complete_link(&link.link_token).await?;
            let access_token = exchange(&plaid, public_token.expose()).await?;

            // A failure that passes is not noticed.
            sandbox.fail("/auth/get", Fault::status(503).times(2));
            let accounts = accounts(&plaid, access_token.expose()).await?;
            assert_eq!(accounts[0].name, "Plaid Checking");
            assert_eq!(accounts[0].mask.as_deref(), Some("0000"));
            Ok(())
        })
    }

    #[test]
    fn tells_the_page_no_more_than_it_may_know() {
        block_on(async {
            let plaid = Sandbox::new().client();
            let error = exchange(&plaid, "public-sandbox-unknown").await.unwrap_err();
            let problem = Problem {
                code: Some("INVALID_PUBLIC_TOKEN".to_owned()),
                message: None,
            };
            assert_eq!(failure(&error), (422, problem));
        });
    }

    #[test]
    fn has_a_webhook_sent_again_while_plaid_is_out_of_reach() {
        block_on(async {
            let sandbox = Sandbox::new();
            let payload = serde_json::json!({ "webhook_type": "ITEM", "webhook_code": "ERROR" });
            let sent = sandbox.sign_webhook(&payload);
            sandbox.fail("/webhook_verification_key/get", Fault::status(503).times(3));
            let plaid = sandbox.client();
            let verify = || plaid.verify_webhook(&sent.body, sent.verification.as_str());
            assert_eq!(failure(&verify().await.unwrap_err()).0, 503);
            assert!(verify().await.is_ok());
            let forged = plaid.verify_webhook("{}", sent.verification.as_str()).await;
            assert_eq!(failure(&forged.unwrap_err()).0, 400);
        });
    }
}
