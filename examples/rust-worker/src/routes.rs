//! The routes.

use std::cell::OnceCell;

use plaid_edge_client::{Client, Config};
use serde::Deserialize;
use worker::{Context, Env, Request, Response, console_error, console_log, event};

use crate::bank;

thread_local! {
    /// One client for the isolate's lifetime: it caches the keys that webhooks are verified with.
    static PLAID: OnceCell<Client> = const { OnceCell::new() };
}

enum Failure {
    Plaid(plaid_edge_client::Error),
    Worker(worker::Error),
}

impl From<plaid_edge_client::Error> for Failure {
    fn from(error: plaid_edge_client::Error) -> Self {
        Self::Plaid(error)
    }
}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        Self::Worker(error)
    }
}

#[derive(Deserialize)]
struct Exchange {
    public_token: String,
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    match route(request, &env).await {
        Ok(response) => Ok(response),
        Err(Failure::Worker(error)) => Err(error),
        Err(Failure::Plaid(error)) => {
            // An error shows no secret.
            console_error!("{error}");
            let (status, problem) = bank::failure(&error);
            Ok(Response::from_json(&problem)?.with_status(status))
        }
    }
}

async fn route(mut request: Request, env: &Env) -> Result<Response, Failure> {
    let plaid = client(env)?;
    let user = "user-1"; // from your login
    // Encrypt access tokens before you store them for real.
    let tokens = env.kv("TOKENS")?;
    match format!("{} {}", request.method(), request.path()).as_str() {
        "POST /link-token" => {
            let webhook = request.url()?.join("/webhook").map_err(worker::Error::from)?;
            let link = bank::link_token(&plaid, user, webhook.as_str()).await?;
            Ok(Response::from_json(&link)?)
        }
        "POST /exchange" => {
            let Exchange { public_token } = request.json().await?;
            let access_token = bank::exchange(&plaid, &public_token).await?;
            let put = tokens
                .put(user, access_token.expose())
                .map_err(worker::Error::from)?;
            put.execute().await.map_err(worker::Error::from)?;
            Ok(Response::builder().with_status(204).empty())
        }
        "GET /accounts" => {
            let token = tokens.get(user).text().await.map_err(worker::Error::from)?;
            match token {
                Some(token) => Ok(Response::from_json(&bank::accounts(&plaid, &token).await?)?),
                None => Ok(Response::error("Link an account first", 404)?),
            }
        }
        "POST /webhook" => {
            let header = request.headers().get("plaid-verification")?;
            let body = request.bytes().await?; // as it came, byte for byte
            let webhook = plaid.verify_webhook(&body, header.as_deref()).await?;
            console_log!("{} {}", webhook.webhook_type, webhook.webhook_code);
            Ok(Response::empty()?.with_status(200))
        }
        _ => Ok(Response::error("Not found", 404)?),
    }
}

fn client(env: &Env) -> Result<Client, plaid_edge_client::Error> {
    PLAID.with(|plaid| match plaid.get() {
        Some(plaid) => Ok(plaid.clone()),
        None => {
            let created = Client::new(Config::from_js(env)?);
            Ok(plaid.get_or_init(|| created).clone())
        }
    })
}
