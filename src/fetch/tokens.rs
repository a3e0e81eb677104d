//! Tokens that are given out for a while (OAuth 2.0, RFC 6749): asked for, kept, renewed in time, and never shown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex as TurnMutex;
use url::form_urlencoded::Serializer;

use super::Target;
use super::auth::Grant;
use super::http::Http;
use crate::model::feed::{Failure, Fetched, Health};
use crate::model::time::after;

/// A token is renewed so long before it ends, or when nine tenths of its time are over.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// The tokens that were given out, by what they were asked for with.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<HashMap<String, Arc<TurnMutex<Option<Token>>>>>);

/// A token.
#[derive(Debug, Clone)]
struct Token {
    access: SecretString,
    refresh: Option<SecretString>,
    /// When it has to be renewed; `None` where nobody said.
    until: Option<Timestamp>,
}

impl Token {
    fn serves(&self, now: Timestamp, refused: Option<&SecretString>) -> bool {
        let is_refused = refused.is_some_and(|refused| refused.expose_secret() == self.access.expose_secret());
        !is_refused && self.until.is_none_or(|until| now < until)
    }
}

impl Tokens {
    /// A token that is good at `now` and is not the refused one.
    ///
    /// Who comes while one is being asked for waits for it instead of asking again.
    ///
    /// # Errors
    /// None was given out.
    pub(super) async fn get(
        &self,
        http: &Http,
        grant: &Grant,
        now: Timestamp,
        refused: Option<&SecretString>,
    ) -> Result<SecretString, Failure> {
        let place = self.place(grant);
        let mut kept = place.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| token.serves(now, refused)) {
            return Ok(token.access.clone());
        }
        let refresh = kept.take().and_then(|token| token.refresh);
        let renewed = match &refresh {
            Some(refresh) => ask(http, grant, &renewal(grant, refresh), now).await.ok(),
            None => None,
        };
        let mut token = match renewed {
            Some(token) => token,
            None => ask(http, grant, &first(grant), now).await?,
        };
        // Who renews may keep the right to renew (RFC 6749, 6).
        token.refresh = token.refresh.or(refresh);
        let access = token.access.clone();
        *kept = Some(token);
        Ok(access)
    }

    fn place(&self, grant: &Grant) -> Arc<TurnMutex<Option<Token>>> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry(key(grant)).or_default())
    }
}

/// What tells one grant from another, without its secrets.
fn key(grant: &Grant) -> String {
    let mut digest = Sha256::new();
    digest.update(grant.url.expose_secret());
    digest.update(first(grant).expose_secret());
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

type Form = Vec<(&'static str, String)>;

/// The form of a first request.
fn first(grant: &Grant) -> SecretString {
    let mut form: Form = Vec::new();
    match &grant.login {
        Some(login) => {
            form.push(("grant_type", "password".to_owned()));
            form.push(("username", login.username.expose_secret().to_owned()));
            form.push(("password", login.password.expose_secret().to_owned()));
        }
        None => form.push(("grant_type", "client_credentials".to_owned())),
    }
    form.extend(grant.scope.iter().map(|scope| ("scope", scope.clone())));
    encoded(grant, form)
}

/// The form of a renewal.
fn renewal(grant: &Grant, refresh: &SecretString) -> SecretString {
    let refresh = refresh.expose_secret().to_owned();
    encoded(grant, vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", refresh)])
}

/// The form with who we are. In the body (RFC 6749, 2.3.1), which is how the sources at hand document it.
fn encoded(grant: &Grant, mut form: Form) -> SecretString {
    form.push(("client_id", grant.client_id.expose_secret().to_owned()));
    form.extend(grant.client_secret.iter().map(|secret| ("client_secret", secret.expose_secret().to_owned())));
    SecretString::from(Serializer::new(String::new()).extend_pairs(form).finish())
}

async fn ask(http: &Http, grant: &Grant, form: &SecretString, now: Timestamp) -> Result<Token, Failure> {
    let header = |name: &str, value: &str| (name.to_owned(), SecretString::from(value));
    let target = Target {
        method: "POST".to_owned(),
        headers: vec![
            header("content-type", "application/x-www-form-urlencoded"),
            header("accept", "application/json"),
        ],
        body: Some(form.clone()),
        ..Target::get(grant.url.clone(), grant.shown.clone())
    };
    match http.attempt(&target, &grant.secrets(), now).await {
        Fetched::Document { document, .. } => token(&document.body, now).ok_or_else(|| {
            Failure::error(format!(
                "{} gave out no `access_token`; check `token_url` of the feed's `auth`",
                grant.shown
            ))
        }),
        Fetched::Unchanged { .. } => Err(Failure::error(format!("{} gave out no token", grant.shown))),
        Fetched::Failed(failure) => Err(refused(failure)),
    }
}

/// A 400 is how a token is refused (RFC 6749, 5.2).
fn refused(failure: Failure) -> Failure {
    let health = if failure.status == Some(400) { Health::Blocked } else { failure.health };
    let message = format!("no token was given out: {}; check the feed's `auth`", failure.message);
    Failure { health, message, ..failure }
}

fn token(body: &[u8], now: Timestamp) -> Option<Token> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let seconds = answer.get("expires_in").and_then(|given| given.as_i64().or_else(|| given.as_str()?.parse().ok()));
    let until = seconds.filter(|seconds| *seconds >= 0).map(|seconds| {
        let whole = SignedDuration::from_secs(seconds);
        after(now, whole - MARGIN.min(whole / 10))
    });
    Some(Token { access: text("access_token")?.into(), refresh: text("refresh_token").map(SecretString::from), until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_token_endpoints() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let read = |body: &str| {
            token(body.as_bytes(), now)
                .map(|token| (token.access.expose_secret().to_owned(), token.until.map(|at| at.to_string())))
        };
        let day = Some("2026-01-01T23:59:00Z".to_owned());
        assert_eq!(read(r#"{"access_token":"a","expires_in":86400}"#), Some(("a".to_owned(), day.clone())));
        assert_eq!(read(r#"{"access_token":"a","expires_in":"86400"}"#), Some(("a".to_owned(), day)));
        let short = Some("2026-01-01T00:00:09Z".to_owned());
        assert_eq!(read(r#"{"access_token":"a","expires_in":10}"#), Some(("a".to_owned(), short)));
        assert_eq!(read(r#"{"access_token":"a"}"#), Some(("a".to_owned(), None)));
        for none in [r#"{"error":"invalid_grant"}"#, r#"{"access_token":""}"#, "<html>", ""] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
