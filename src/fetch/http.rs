//! One conditional request, its redirects walked by ourselves so that each step is checked.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use secrecy::ExposeSecret;
use url::Url;

use super::guard::{self, Resolver};
use super::{Client, Settings, Target, classify};
use crate::model::feed::{Failure, Fetched, Validators, Wishes};
use crate::model::item::Document;

/// Redirects followed for one request.
const MAX_REDIRECTS: usize = 10;
/// Connecting is part of the whole time, but a host that does not answer is given up earlier.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The one client behind every request.
///
/// # Errors
/// A proxy or user agent that cannot be used.
pub fn client(settings: &Settings) -> Result<reqwest::Client, String> {
    // A second call finds it installed; both install the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(settings.user_agent.clone())
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(1)
        .no_proxy();
    match &settings.proxy {
        Some(proxy) => {
            // Through a proxy names are resolved there: the address check cannot apply beyond literal ones.
            let proxy = reqwest::Proxy::all(proxy.expose_secret())
                .map_err(|_| "`[http] proxy` is no URL of a proxy".to_owned())?;
            builder = builder.proxy(proxy);
        }
        None => builder = builder.dns_resolver(Resolver { allow_private: settings.allow_private }),
    }
    builder.build().map_err(|error| format!("the HTTP client cannot be set up: {}", causes(&error)))
}

/// One poll over HTTP, under one deadline for all of it.
pub async fn fetch(client: &Client, target: &Target, validators: &Validators, now: Timestamp) -> Fetched {
    let limit = Duration::try_from(client.settings.timeout).unwrap_or(Duration::from_secs(30));
    let host = Url::parse(target.url.expose_secret()).ok().and_then(|url| url.host_str().map(str::to_owned));
    let _pass = client.gate.enter(&host.unwrap_or_default()).await;
    let request = Request { client, target, now };
    match tokio::time::timeout(limit, request.run(validators)).await {
        Ok(Ok(fetched)) => fetched,
        Ok(Err(failure)) => Fetched::Failed(failure),
        Err(_) => {
            let message =
                format!("{} did not answer whole within {} s (`[http] timeout`)", target.shown, limit.as_secs_f32());
            Fetched::Failed(Failure { unreached: true, ..Failure::error(message) })
        }
    }
}

struct Request<'a> {
    client: &'a Client,
    target: &'a Target,
    now: Timestamp,
}

impl Request<'_> {
    async fn run(&self, validators: &Validators) -> Result<Fetched, Failure> {
        let start = Url::parse(self.target.url.expose_secret()).map_err(|_| self.failure("is no address"))?;
        let mut url = start.clone();
        let mut moved_to = None;
        let mut is_permanent = true;
        for _ in 0..=MAX_REDIRECTS {
            if let Some(why) = guard::refusal(&url, self.client.settings.allow_private) {
                return Err(self.failure(&format!("was not asked: {why}")));
            }
            let response = self.send(&url, &start, validators).await?;
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                let wishes = Wishes { wait: wait(response.headers(), self.now), moved_to };
                return self.answer(response, url, wishes).await;
            }
            url = self.next_step(&response, &url)?;
            is_permanent &= matches!(status, 301 | 308);
            if is_permanent {
                moved_to = Some(without_query(&url));
            }
        }
        Err(self.failure(&format!("redirects more than {MAX_REDIRECTS} times: it goes in a circle")))
    }

    async fn send(&self, url: &Url, start: &Url, validators: &Validators) -> Result<reqwest::Response, Failure> {
        let method = reqwest::Method::from_bytes(self.target.method.as_bytes())
            .map_err(|_| self.failure("has a `method` that HTTP does not know"))?;
        let mut request = self.client.http.request(method, url.clone()).headers(conditions(validators));
        // Headers of the configuration may hold secrets: they are for the configured host alone.
        if url.origin() == start.origin() {
            for (name, value) in &self.target.headers {
                request = request.header(name.as_str(), value.expose_secret());
            }
            if let Some(body) = &self.target.body {
                request = request.body(body.expose_secret().to_owned());
            }
        }
        request.send().await.map_err(|error| {
            let message = self.sentence(&format!("could not be reached: {}", causes(&error.without_url())));
            Failure { unreached: true, ..Failure::error(message) }
        })
    }

    fn next_step(&self, response: &reqwest::Response, url: &Url) -> Result<Url, Failure> {
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.ok_or_else(|| self.failure("redirects without saying where to"))?;
        url.join(location).map_err(|_| self.failure("redirects to what is no address"))
    }

    async fn answer(&self, response: reqwest::Response, url: Url, wishes: Wishes) -> Result<Fetched, Failure> {
        let status = response.status().as_u16();
        if status == 304 {
            return Ok(Fetched::Unchanged { wishes });
        }
        if !response.status().is_success() {
            return Err(classify::status(status, &self.target.shown, wishes.wait));
        }
        let text =
            |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        if let Some(encoding) = text(CONTENT_ENCODING) {
            return Err(self.failure(&format!(
                "is packed as `{}`, which is not unpacked",
                crate::model::text::one_line(&encoding, 40)
            )));
        }
        let validators = Validators { etag: text(ETAG), last_modified: text(LAST_MODIFIED) };
        let content_type = text(CONTENT_TYPE);
        let body = self.body(response).await?;
        let document = Document { body, content_type, url: Some(without_query(&url)) };
        Ok(Fetched::Document { document, validators, wishes })
    }

    async fn body(&self, mut response: reqwest::Response) -> Result<Vec<u8>, Failure> {
        let limit = usize::try_from(self.client.settings.max_body).unwrap_or(usize::MAX);
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                    return Err(self.failure(&format!(
                        "is larger than the limit of {} MiB unpacked (`[http] max_body`)",
                        limit >> 20
                    )));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body),
                Err(error) => {
                    return Err(self.failure(&format!("broke off in the middle: {}", causes(&error.without_url()))));
                }
            }
        }
    }

    fn failure(&self, what: &str) -> Failure {
        Failure::error(self.sentence(what))
    }

    fn sentence(&self, what: &str) -> String {
        format!("{} {what}", self.target.shown)
    }
}

/// The server's own validators, byte for byte (RFC 9110, 13.1).
fn conditions(validators: &Validators) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let pairs = [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)];
    for (name, value) in pairs {
        if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn wait(headers: &HeaderMap, now: Timestamp) -> Option<jiff::SignedDuration> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let retry = text(RETRY_AFTER).and_then(|value| classify::retry_after(value, now));
    retry.max(text(CACHE_CONTROL).and_then(classify::max_age))
}

/// An address without its query, in which a key may stand.
fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.to_string()
}

/// The innermost cause, which is the one that says something.
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        innermost = cause.to_string();
        next = cause.source();
    }
    crate::model::text::one_line(&innermost, 200)
}
