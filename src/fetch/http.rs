//! One poll over HTTP: hop by hop, each checked, within one budget of time and bytes.

use std::sync::OnceLock;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue};
use reqwest::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};
use reqwest::{Method, Proxy, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::address::{self, PublicResolver};
use super::auth::Auth;
use super::gate::Gate;
use super::moves::Moves;
use super::room::{LARGE, Room};
use super::secret::Secrets;
use super::tokens::Tokens;
use super::trail::{Stopped, Trail};
use super::{HARMLESS, Settings, Target, answer, trouble};
use crate::model::feed::{Failure, Fetched, Validators, Wishes};
use crate::model::item::Document;

/// Idle connections serve the next feed of the same host, not the next poll.
const IDLE_CONNECTION: Duration = Duration::from_secs(30);
/// Beyond a day, a limit is none; and adding it to an instant must not overflow.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// So much is reserved for a large body at once, in bytes.
const MOST_RESERVED: usize = 64 << 20;

/// Polls over HTTP.
#[derive(Debug)]
pub(super) struct Http {
    settings: Settings,
    gate: Gate,
    tokens: Tokens,
    /// Made at the first request: reading the system's certificates takes time that `file:` feeds need not spend.
    client: OnceLock<Result<reqwest::Client, String>>,
    moves: Moves,
}

/// What one poll asks for.
struct Ask<'a> {
    target: &'a Target,
    validators: &'a Validators,
    /// What shows who asks, where it was given out.
    token: Option<&'a SecretString>,
    secrets: Secrets,
    /// Where a large document may be; without, the answer has to be small.
    room: Option<&'a Room>,
    now: Timestamp,
}

/// Where one hop led.
enum Hop {
    Redirect(u16, HeaderMap),
    End(Fetched),
}

impl Ask<'_> {
    /// The target as messages name it, with where a redirect has led.
    fn place(&self, trail: &Trail) -> String {
        let shown = &self.target.shown;
        if trail.is_at_start() {
            shown.clone()
        } else {
            format!("{shown}, redirected to {},", self.secrets.hide(&trail.url))
        }
    }
}

impl Http {
    /// # Errors
    /// A proxy or user agent that cannot be used, as a sentence.
    pub(super) fn new(settings: Settings) -> Result<Self, String> {
        HeaderValue::from_str(&settings.user_agent).map_err(|_| {
            format!("[http] user_agent {:?} holds characters that no header may hold", settings.user_agent)
        })?;
        proxy(&settings)?;
        let gate = Gate::new(settings.concurrency, std_duration(settings.per_host_interval));
        Ok(Self { settings, gate, tokens: Tokens::default(), client: OnceLock::new(), moves: Moves::default() })
    }

    pub(super) async fn fetch(&self, target: &Target, validators: &Validators, room: &Room, now: Timestamp) -> Fetched {
        let ask = |token| {
            self.ask(Ask { target, validators, token, secrets: Secrets::of(target, token), room: Some(room), now })
        };
        let Some(Auth::OAuth(grant)) = &target.auth else { return ask(None).await };
        let token = match self.tokens.get(self, grant, now, None).await {
            Ok(token) => token,
            Err(failure) => return without_token(target, failure),
        };
        let fetched = ask(Some(&token)).await;
        // A token can end before its time; a second refusal is one.
        if !matches!(&fetched, Fetched::Failed(Failure { status: Some(401), .. })) {
            return fetched;
        }
        match self.tokens.get(self, grant, now, Some(&token)).await {
            Ok(token) => ask(Some(&token)).await,
            Err(failure) => without_token(target, failure),
        }
    }

    /// One request that shows nobody who asks, for a token; what it sends is hidden as well.
    pub(super) async fn attempt(&self, target: &Target, hidden: &[&SecretString], now: Timestamp) -> Fetched {
        let secrets = Secrets::of(target, hidden.iter().copied());
        self.ask(Ask { target, validators: &Validators::default(), token: None, secrets, room: None, now }).await
    }

    async fn ask(&self, ask: Ask<'_>) -> Fetched {
        self.follow(&ask).await.unwrap_or_else(|mut failure| {
            failure.message = ask.secrets.hide_in(&failure.message);
            Fetched::Failed(failure)
        })
    }

    /// Goes where the address leads, and remembers where it has moved for good (RFC 9110, 15.4.2).
    async fn follow(&self, ask: &Ask<'_>) -> Result<Fetched, Failure> {
        let start = start(ask.target)?;
        let asked = start.url.clone();
        let mut trail = self.moves.applied(start);
        let fetched = self.walk(ask, &mut trail).await;
        // What is no longer there is asked for at its own address next time.
        self.moves.keep(asked, trail.moved_to.filter(|_| fetched.is_ok()));
        fetched
    }

    /// Goes from hop to hop. Waiting for a host's turn costs no time of the budget: a crowded host is no slow host.
    async fn walk(&self, ask: &Ask<'_>, trail: &mut Trail) -> Result<Fetched, Failure> {
        let client = self.client()?;
        let mut budget = std_duration(self.settings.timeout);
        loop {
            self.check(trail, ask)?;
            // Whoever has the host's turn may be waiting for this room.
            if let Some(room) = ask.room {
                room.give_back().await;
            }
            let turn = self.gate.enter(trail.host()).await;
            let begin = Instant::now();
            let request = request(client, ask, trail)?;
            let hop = self.hop(ask, trail, request, begin + budget).await?;
            budget = budget.saturating_sub(begin.elapsed());
            // Another host's turn may only be waited for with empty hands (see `Gate::enter`).
            drop(turn);
            match hop {
                Hop::End(fetched) => return Ok(fetched),
                Hop::Redirect(status, headers) => {
                    trail.follow(status, &headers).map_err(|stopped| refused_redirect(stopped, ask))?;
                }
            }
        }
    }

    /// A literal address passes through no resolver, so every hop's URL is looked at.
    fn check(&self, trail: &Trail, ask: &Ask<'_>) -> Result<(), Failure> {
        if self.settings.allow_private {
            return Ok(());
        }
        address::refuse_literal(&trail.url).map_err(|refused| trouble::refused_address(refused, &ask.place(trail)))
    }

    async fn hop(
        &self,
        ask: &Ask<'_>,
        trail: &Trail,
        request: RequestBuilder,
        deadline: Instant,
    ) -> Result<Hop, Failure> {
        let shown = &ask.place(trail);
        let Ok(sent) = timeout_at(deadline, request.send()).await else {
            return Err(trouble::no_answer(shown, self.settings.timeout));
        };
        let response = sent.map_err(|error| trouble::transport(&error, shown))?;
        match response.status().as_u16() {
            200 | 203 => self.document(ask, trail, response, deadline).await.map(Hop::End),
            304 if asks_conditionally(ask, trail) => {
                Ok(Hop::End(Fetched::Unchanged { wishes: wishes(ask, trail, response.headers()) }))
            }
            status @ (301 | 302 | 303 | 307 | 308) if response.headers().contains_key("location") => {
                Ok(Hop::Redirect(status, response.headers().clone()))
            }
            status => Err(answer::refusal(status, shown, answer::retry_after(response.headers(), ask.now))),
        }
    }

    async fn document(
        &self,
        ask: &Ask<'_>,
        trail: &Trail,
        response: Response,
        deadline: Instant,
    ) -> Result<Fetched, Failure> {
        let wishes = wishes(ask, trail, response.headers());
        let validators = answer::validators(response.headers());
        let content_type =
            response.headers().get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let body = self.body(ask, &ask.place(trail), response, deadline).await?;
        let document = Document { body, content_type, url: Some(ask.secrets.hide(&trail.url)) };
        Ok(Fetched::Document { document, validators, wishes })
    }

    /// Reads the body up to the limit. The limit is on what comes out of decompression, and nothing is read ahead, so
    /// a bomb costs no more than the limit. A body that turns out large waits for room, which costs none of its time.
    async fn body(
        &self,
        ask: &Ask<'_>,
        shown: &str,
        mut response: Response,
        mut deadline: Instant,
    ) -> Result<Vec<u8>, Failure> {
        let small = u64::try_from(LARGE).unwrap_or(u64::MAX);
        let limit = if ask.room.is_some() { self.settings.max_body } else { self.settings.max_body.min(small) };
        refuse_unknown_encoding(response.headers(), shown)?;
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(answer::too_large(shown, limit));
        }
        let mut body = Vec::new();
        loop {
            let Ok(read) = timeout_at(deadline, response.chunk()).await else {
                return Err(trouble::too_slow(shown, self.settings.timeout, body.len()));
            };
            let Some(chunk) = read.map_err(|error| trouble::transport(&error, shown))? else { return Ok(body) };
            let length = body.len().saturating_add(chunk.len());
            if u64::try_from(length).unwrap_or(u64::MAX) > limit {
                return Err(answer::too_large(shown, limit));
            }
            let mut capacity = body.capacity().saturating_mul(2).clamp(length, length.max(LARGE));
            if let Some(room) = ask.room.filter(|_| length > LARGE) {
                let begin = Instant::now();
                room.take().await;
                deadline += begin.elapsed();
                // At once, and not in steps: a vector that grows leaves behind what it was, several times its size.
                // What of it is never filled takes no memory.
                let most = usize::try_from(limit).unwrap_or(usize::MAX).min(body.len().saturating_add(MOST_RESERVED));
                capacity = length.max(most);
            }
            if length > body.capacity() {
                // Exactly: those that wait for room hold no more than a small document.
                body.reserve_exact(capacity - body.len());
            }
            body.extend_from_slice(&chunk);
        }
    }

    fn client(&self) -> Result<&reqwest::Client, Failure> {
        let client = self.client.get_or_init(|| build(&self.settings));
        client.as_ref().map_err(|reason| Failure::error(reason.clone()))
    }
}

fn start(target: &Target) -> Result<Trail, Failure> {
    let shown = target.shown.as_str();
    let url = Url::parse(target.url.expose_secret())
        .map_err(|error| Failure::error(format!("{shown} is not an address that can be fetched: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Failure::error(format!("{shown} cannot be fetched: expected an http, https or file address")));
    }
    let method = Method::from_bytes(target.method.as_bytes()).map_err(|_| {
        Failure::error(format!("{shown} cannot be fetched: {:?} is not a method such as GET or POST", target.method))
    })?;
    Ok(Trail::new(url, method, target.body.is_some()))
}

fn request(client: &reqwest::Client, ask: &Ask<'_>, trail: &Trail) -> Result<RequestBuilder, Failure> {
    let request = client.request(trail.method.clone(), trail.url.clone()).headers(headers(ask, trail)?);
    let request = if trail.trusted { authorized(request, ask) } else { request };
    let body = ask.target.body.as_ref().filter(|_| trail.with_body);
    Ok(match body {
        Some(body) => request.body(body.expose_secret().to_owned()),
        None => request,
    })
}

/// The request with who asks.
fn authorized(request: RequestBuilder, ask: &Ask<'_>) -> RequestBuilder {
    match (&ask.target.auth, ask.token) {
        (Some(Auth::Basic(login)), _) => {
            request.basic_auth(login.username.expose_secret(), Some(login.password.expose_secret()))
        }
        (Some(Auth::Bearer(token)), _) | (Some(Auth::OAuth(_)), Some(token)) => {
            request.bearer_auth(token.expose_secret())
        }
        (Some(Auth::OAuth(_)) | None, _) => request,
    }
}

fn without_token(target: &Target, failure: Failure) -> Fetched {
    Fetched::Failed(Failure { message: format!("{} cannot be asked: {}", target.shown, failure.message), ..failure })
}

fn headers(ask: &Ask<'_>, trail: &Trail) -> Result<HeaderMap, Failure> {
    let mut map = HeaderMap::new();
    for (name, value) in &ask.target.headers {
        if trail.trusted || HARMLESS.iter().any(|harmless| name.eq_ignore_ascii_case(harmless)) {
            let (name, value) = header(name, value.expose_secret(), &ask.target.shown)?;
            map.append(name, value);
        }
    }
    if let Some(cookies) = trail.cookie_header().and_then(|cookies| HeaderValue::from_str(&cookies).ok()) {
        map.append(COOKIE, cookies);
    }
    if asks_conditionally(ask, trail) {
        let known = [(IF_NONE_MATCH, &ask.validators.etag), (IF_MODIFIED_SINCE, &ask.validators.last_modified)];
        for (name, value) in known {
            // What a header brought, a header can take back.
            if let Some(value) = value.as_ref().and_then(|value| HeaderValue::from_bytes(value.as_bytes()).ok()) {
                map.insert(name, value);
            }
        }
    }
    Ok(map)
}

fn header(name: &str, value: &str, shown: &str) -> Result<(HeaderName, HeaderValue), Failure> {
    let problem = |what: &str| Failure::error(format!("{shown} cannot be fetched: the header {name:?} has {what}"));
    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| problem("a name that no header may have"))?;
    let mut value = HeaderValue::from_str(value).map_err(|_| problem("characters that no header may hold"))?;
    value.set_sensitive(true);
    Ok((header, value))
}

/// Only a GET or HEAD can be answered with "unchanged" (RFC 9110, 13.1).
fn asks_conditionally(ask: &Ask<'_>, trail: &Trail) -> bool {
    let known = ask.validators.etag.is_some() || ask.validators.last_modified.is_some();
    known && matches!(trail.method, Method::GET | Method::HEAD)
}

fn wishes(ask: &Ask<'_>, trail: &Trail, headers: &HeaderMap) -> Wishes {
    let moved_to = trail.moved_to.as_ref().map(|url| ask.secrets.hide(url));
    Wishes { wait: answer::wait(headers, ask.now), moved_to, links: answer::links(headers) }
}

/// An encoding that was undone leaves no header behind; what is left is a body that nobody here can read.
fn refuse_unknown_encoding(headers: &HeaderMap, shown: &str) -> Result<(), Failure> {
    match answer::text(headers, &CONTENT_ENCODING) {
        Some(left) if !left.trim().eq_ignore_ascii_case("identity") => Err(Failure::error(format!(
            "{shown} sends a body encoded as {left:?}, which was not asked for; expected gzip, deflate or br, once"
        ))),
        _ => Ok(()),
    }
}

fn refused_redirect(stopped: Stopped, ask: &Ask<'_>) -> Failure {
    let there = stopped.there.map(|url| format!(" to {}", ask.secrets.hide(&url))).unwrap_or_default();
    let (shown, why) = (&ask.target.shown, stopped.why);
    Failure::error(format!("{shown} was redirected{there}, {why}; it is not followed, give the feed's own address"))
}

/// The client behind all requests.
fn build(settings: &Settings) -> Result<reqwest::Client, String> {
    // Another part of the process may have installed a provider; then that one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(&settings.user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        // A connection gets less time than the whole, so that "never reached" can be told from "never answered".
        .connect_timeout(std_duration(settings.timeout) * 2 / 3)
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(1)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true);
    let proxy = proxy(settings)?;
    if !settings.allow_private {
        builder = builder.dns_resolver(PublicResolver::new(proxy.as_ref().map(|(_, host)| host.clone())));
    }
    if let Some((proxy, _)) = proxy {
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| {
        let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        format!("HTTP cannot be used: {cause}; check that the system's CA certificates are installed")
    })
}

/// The proxy and its host. The messages do not repeat the URL, which may hold a password.
fn proxy(settings: &Settings) -> Result<Option<(Proxy, String)>, String> {
    let Some(secret) = &settings.proxy else { return Ok(None) };
    let expected = "expected an address such as http://127.0.0.1:3128 or socks5h://127.0.0.1:9050";
    let url = Url::parse(secret.expose_secret())
        .map_err(|error| format!("[http] proxy is not an address ({error}); {expected}"))?;
    let known = matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h");
    let Some(host) = url.host_str().filter(|_| known) else {
        return Err(format!("[http] proxy has the scheme `{}`; {expected}", url.scheme()));
    };
    let proxy = Proxy::all(secret.expose_secret()).map_err(|_| format!("[http] proxy cannot be used; {expected}"))?;
    Ok(Some((proxy, host.to_owned())))
}

fn std_duration(duration: SignedDuration) -> Duration {
    duration.clamp(SignedDuration::ZERO, LONGEST).unsigned_abs()
}
