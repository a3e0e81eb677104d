//! The way of one request through redirects: where it goes next, what it may carry there, and when it ends.

use reqwest::Method;
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use url::Url;

use super::answer;

/// A feed needs two or three: to https, to `www`, to where it has moved.
const MOST_REDIRECTS: usize = 5;
/// Cookies are echoed within one fetch only; no honest detour needs more.
const MOST_COOKIES: usize = 20;

/// Where a request stands.
#[derive(Debug)]
pub(super) struct Trail {
    /// What is asked for now.
    pub(super) url: Url,
    /// How it is asked for now.
    pub(super) method: Method,
    /// Whether the target's body is still sent.
    pub(super) with_body: bool,
    /// Whether the target's own headers, which may hold secrets, are still sent.
    pub(super) trusted: bool,
    /// Where the document has moved for good: the end of an unbroken run of permanent redirects at the start.
    pub(super) moved_to: Option<Url>,
    only_permanent: bool,
    cookies: Vec<Cookie>,
    seen: Vec<Step>,
}

/// A cookie set on the way, kept for its host.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cookie {
    host: String,
    name: String,
    value: String,
}

/// One request that was made: the same again would be a loop.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    url: Url,
    method: Method,
    cookies: Option<String>,
}

/// Why a redirect is not followed; `there` is shown by the caller without secrets.
#[derive(Debug)]
pub(super) struct Stopped {
    pub(super) there: Option<Url>,
    pub(super) why: String,
}

impl Stopped {
    fn new(there: Url, why: impl Into<String>) -> Self {
        Self { there: Some(there), why: why.into() }
    }
}

impl Trail {
    pub(super) fn new(url: Url, method: Method, with_body: bool) -> Self {
        Self {
            url,
            method,
            with_body,
            trusted: true,
            moved_to: None,
            only_permanent: true,
            cookies: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// The host that is asked now.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether no redirect has been followed yet.
    pub(super) fn is_at_start(&self) -> bool {
        self.seen.is_empty()
    }

    /// The cookies that this host set on the way here, as a header's value.
    pub(super) fn cookie_header(&self) -> Option<String> {
        let own = self.cookies.iter().filter(|cookie| cookie.host == self.host());
        let pairs: Vec<String> = own.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Takes one redirect.
    pub(super) fn follow(&mut self, status: u16, headers: &HeaderMap) -> Result<(), Stopped> {
        let next = self.destination(headers)?;
        self.seen.push(Step { url: self.url.clone(), method: self.method.clone(), cookies: self.cookie_header() });
        self.keep_cookies(headers);
        self.change_method(status);
        self.forget_secrets(&next)?;
        self.only_permanent &= matches!(status, 301 | 308);
        if self.only_permanent {
            self.moved_to = Some(next.clone());
        }
        self.url = next;
        self.end_loops()
    }

    fn destination(&self, headers: &HeaderMap) -> Result<Url, Stopped> {
        let location = answer::text(headers, &LOCATION).unwrap_or_default();
        let Ok(mut next) = self.url.join(location.trim()) else {
            return Err(Stopped { there: None, why: "to something that is no address".to_owned() });
        };
        next.set_fragment(None);
        if !matches!(next.scheme(), "http" | "https") {
            return Err(Stopped::new(next, "which is neither http nor https"));
        }
        if self.url.scheme() == "https" && next.scheme() == "http" {
            return Err(Stopped::new(next, "from https down to http, where anybody on the way can change it"));
        }
        Ok(next)
    }

    /// Browsers turn every POST into GET at 301 and 302, and RFC 9110 (15.4) allows it; 303 asks for it.
    fn change_method(&mut self, status: u16) {
        let keeps = matches!(status, 307 | 308) || matches!(self.method, Method::GET | Method::HEAD);
        if !keeps {
            self.method = Method::GET;
            self.with_body = false;
        }
    }

    /// What was meant for one host is not told to another; once dropped it stays dropped.
    fn forget_secrets(&mut self, next: &Url) -> Result<(), Stopped> {
        if same_site(&self.url, next) {
            return Ok(());
        }
        if self.with_body {
            return Err(Stopped::new(next.clone(), "another host, which would have to be sent the request's body"));
        }
        self.trusted = false;
        Ok(())
    }

    fn end_loops(&self) -> Result<(), Stopped> {
        let step = Step { url: self.url.clone(), method: self.method.clone(), cookies: self.cookie_header() };
        if self.seen.contains(&step) {
            return Err(Stopped::new(self.url.clone(), "where it has been before: the redirects go round in a loop"));
        }
        if self.seen.len() > MOST_REDIRECTS {
            return Err(Stopped::new(self.url.clone(), format!("after {MOST_REDIRECTS} redirects, the most followed")));
        }
        Ok(())
    }

    /// Some pages only open to a visitor who brings back the cookie they set while redirecting.
    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for value in headers.get_all(SET_COOKIE) {
            let pair = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            let host = self.host().to_owned();
            let cookie = Cookie { host, name: name.trim().to_owned(), value: value.trim().to_owned() };
            self.cookies.retain(|old| (&old.host, &old.name) != (&cookie.host, &cookie.name));
            if self.cookies.len() < MOST_COOKIES {
                self.cookies.push(cookie);
            }
        }
    }
}

/// The same origin, or the same host's step up from http to https.
pub(super) fn same_site(from: &Url, to: &Url) -> bool {
    let upgrade = (from.scheme(), to.scheme()) == ("http", "https") && from.port().is_none() && to.port().is_none();
    from.origin() == to.origin() || (upgrade && from.host() == to.host())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(to: &str) -> HeaderMap {
        HeaderMap::from_iter([(LOCATION, to.parse().unwrap())])
    }

    fn trail(from: &str, method: Method) -> Trail {
        let with_body = method == Method::POST;
        Trail::new(Url::parse(from).unwrap(), method, with_body)
    }

    /// Follows redirects given as `301 https://…`; the last one's result counts.
    fn check(from: &str, steps: &[(u16, &str)], expected: Result<(&str, Option<&str>, bool), &str>) {
        let mut trail = trail(from, Method::GET);
        let mut result = Ok(());
        for (status, to) in steps {
            result = trail.follow(*status, &location(to));
        }
        match (result, expected) {
            (Ok(()), Ok((url, moved_to, trusted))) => {
                let found = (trail.url.as_str(), trail.moved_to.as_ref().map(Url::as_str), trail.trusted);
                assert_eq!(found, (url, moved_to, trusted));
            }
            (Err(stopped), Err(why)) => assert!(stopped.why.contains(why), "{}", stopped.why),
            (result, expected) => panic!("{result:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn redirects_are_followed_or_refused_by_name() {
        let a = "https://a.example/feed";
        check(a, &[(302, "/new")], Ok(("https://a.example/new", None, true)));
        check(a, &[(301, "/new#top")], Ok(("https://a.example/new", Some("https://a.example/new"), true)));
        let (b, c) = ("https://b.example/", "https://c.example/");
        check(a, &[(301, b), (302, c)], Ok((c, Some(b), false)));
        check(a, &[(302, b), (301, c)], Ok((c, None, false)));
        check(a, &[(301, b), (308, c)], Ok((c, Some(c), false)));
        // Secrets that were withheld are not given to the first host again.
        check(a, &[(302, b), (302, "https://a.example/x")], Ok(("https://a.example/x", None, false)));
        check("http://a.example/f", &[(301, a)], Ok((a, Some(a), true)));
        check("http://a.example:81/f", &[(302, a)], Ok((a, None, false)));
        check(a, &[(302, "http://a.example/feed")], Err("down to http"));
        check(a, &[(302, "ftp://a.example/feed")], Err("neither http nor https"));
        check(a, &[(302, "file:///etc/passwd")], Err("neither http nor https"));
        check(a, &[(302, "https://")], Err("no address"));
        check(a, &[(302, a)], Err("loop"));
        check(a, &[(302, b), (302, a)], Err("loop"));
    }

    #[test]
    fn the_sixth_redirect_is_too_many() {
        let mut trail = trail("https://a.example/0", Method::GET);
        for number in 1..=5 {
            assert!(trail.follow(302, &location(&format!("/{number}"))).is_ok());
        }
        assert!(trail.follow(302, &location("/6")).unwrap_err().why.contains("5 redirects"));
    }

    #[test]
    fn a_body_stays_with_its_host() {
        let mut post = trail("https://a.example/api", Method::POST);
        assert!(post.follow(307, &location("/v2")).is_ok());
        assert_eq!((post.method.clone(), post.with_body), (Method::POST, true));
        assert!(post.follow(308, &location("https://b.example/")).unwrap_err().why.contains("body"));
        let mut form = trail("https://a.example/api", Method::POST);
        assert!(form.follow(303, &location("https://b.example/")).is_ok());
        assert_eq!((form.method, form.with_body), (Method::GET, false));
    }

    #[test]
    fn a_cookie_opens_the_same_page() {
        let mut trail = trail("https://a.example/feed", Method::GET);
        let mut headers = location("/feed");
        headers.append(SET_COOKIE, "seen=1; Path=/; Secure".parse().unwrap());
        assert!(trail.follow(302, &headers).is_ok());
        assert_eq!(trail.cookie_header().as_deref(), Some("seen=1"));
        assert!(trail.follow(302, &headers).unwrap_err().why.contains("loop"));
    }
}
