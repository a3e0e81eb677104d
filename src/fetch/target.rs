//! What one feed asks for, and what follows from it: the same at a time, its next page, a page that it links to.

use std::borrow::Cow;
use std::path::PathBuf;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::auth::Auth;
use super::secret::Secrets;
use super::{HARMLESS, template, trail};

/// What one feed asks for.
#[derive(Debug, Clone)]
pub struct Target {
    /// The address with its secrets filled in.
    pub url: SecretString,
    /// The address as configured, secrets unfilled: for logs, errors and pages.
    pub shown: String,
    /// `GET` unless the configuration says otherwise.
    pub method: String,
    /// Extra headers with their secrets filled in.
    pub headers: Vec<(String, SecretString)>,
    /// The request's body.
    pub body: Option<SecretString>,
    /// How it shows who asks.
    pub auth: Option<Auth>,
    /// `file:` only: the file or folder, absolute.
    pub path: Option<PathBuf>,
}

impl Target {
    /// A plain GET of an address, which is shown so.
    pub fn get(url: SecretString, shown: String) -> Self {
        Self { url, shown, method: "GET".to_owned(), headers: Vec::new(), body: None, auth: None, path: None }
    }

    /// The request as it is at `now`, its times filled in (see [`template`]).
    ///
    /// # Errors
    /// A time that cannot be written so, as a sentence.
    pub fn at(&self, now: Timestamp) -> Result<Cow<'_, Self>, String> {
        let texts = self.headers.iter().map(|(_, value)| value).chain(&self.body);
        if !template::is_timed(&self.shown) && !texts.into_iter().any(|text| template::is_timed(text.expose_secret())) {
            return Ok(Cow::Borrowed(self));
        }
        let secret = |text: &SecretString| template::fill(text.expose_secret(), now).map(SecretString::from);
        let header = |(name, value): &(String, SecretString)| Ok((name.clone(), secret(value)?));
        Ok(Cow::Owned(Self {
            url: secret(&self.url)?,
            shown: template::fill(&self.shown, now)?,
            headers: self.headers.iter().map(header).collect::<Result<_, String>>()?,
            body: self.body.as_ref().map(secret).transpose()?,
            ..self.clone()
        }))
    }

    /// The same request for another page: a link, relative ones to the target's own address.
    ///
    /// # Errors
    /// A link that is none or leads to another host, as a sentence: what is meant for one is not told to another.
    pub fn page(&self, link: &str) -> Result<Self, String> {
        let own = self.parsed()?;
        let mut next = own.join(link.trim()).map_err(|error| format!("`{link}` is not an address: {error}"))?;
        next.set_fragment(None);
        if !trail::same_site(&own, &next) {
            let origin = next.origin().ascii_serialization();
            return Err(format!("the next page would be on another host, {origin}; only the feed's own host is asked"));
        }
        Ok(self.moved(&next))
    }

    /// The same request with one parameter of its query set; of a target [`at`](Self::at) a moment, since a time in
    /// braces would become part of the query as it is written.
    ///
    /// # Errors
    /// The target's own address is none.
    pub fn with_parameter(&self, name: &str, value: &str) -> Result<Self, String> {
        let own = self.parsed()?;
        let kept: Vec<(String, String)> = own
            .query_pairs()
            .filter(|(known, _)| known != name)
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        let mut next = own;
        next.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, value);
        Ok(self.moved(&next))
    }

    /// A GET of a page that the feed names. What is meant for the feed's host goes to no other.
    ///
    /// # Errors
    /// A link that is no address of a page, as a sentence.
    pub fn linked(&self, link: &str) -> Result<Self, String> {
        let own = self.parsed().ok();
        let parsed = match &own {
            Some(own) => own.join(link.trim()),
            None => Url::parse(link.trim()),
        };
        let mut page = parsed.map_err(|error| format!("`{link}` is not an address: {error}"))?;
        page.set_fragment(None);
        let is_own = own.is_some_and(|own| trail::same_site(&own, &page));
        let goes_along = |(name, _): &&(String, SecretString)| {
            is_own || HARMLESS.iter().any(|known| name.eq_ignore_ascii_case(known))
        };
        Ok(Self {
            headers: self.headers.iter().filter(goes_along).cloned().collect(),
            auth: self.auth.clone().filter(|_| is_own),
            method: "GET".to_owned(),
            body: None,
            ..self.moved(&page)
        })
    }

    fn parsed(&self) -> Result<Url, String> {
        Url::parse(self.url.expose_secret()).map_err(|error| format!("{} is not an address: {error}", self.shown))
    }

    fn moved(&self, url: &Url) -> Self {
        let shown = Secrets::of(self, None).hide(url);
        Self { url: SecretString::from(url.as_str()), shown, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed() -> Target {
        let mut target = Target::get(
            "https://a.example/s3cr3t/list?a=1".to_owned().into(),
            "https://a.example/{secret:key}/list?a=1".to_owned(),
        );
        target.headers = vec![
            ("X-Api-Key".to_owned(), "k3y-value".to_owned().into()),
            ("Accept".to_owned(), "text/html".to_owned().into()),
        ];
        target.auth = Some(Auth::Bearer("t0k3n".to_owned().into()));
        target
    }

    fn shown(target: &Target) -> (&str, &str) {
        (target.url.expose_secret(), &target.shown)
    }

    #[test]
    fn a_next_page_keeps_its_secrets_and_stays_at_home() {
        let next = keyed().page("?a=2#top").unwrap();
        let (filled, hidden) =
            ("https://a.example/s3cr3t/list?a=2", "https://a.example/{secret:key}/list?a=2".to_owned());
        assert_eq!(shown(&next), (filled, hidden.as_str()));
        assert!(next.auth.is_some() && next.headers.len() == 2);
        let further = next.page("/s3cr3t/more").unwrap();
        assert_eq!(further.shown, "https://a.example/{secret:key}/more");
        assert!(keyed().page("https://b.example/").unwrap_err().contains("another host, https://b.example"));
        assert!(keyed().page("http://a.example/").unwrap_err().contains("another host"));
        assert!(keyed().page("https://").unwrap_err().contains("not an address"));
    }

    #[test]
    fn a_parameter_is_set_once() {
        let second = keyed().with_parameter("page", "2").unwrap();
        assert_eq!(second.url.expose_secret(), "https://a.example/s3cr3t/list?a=1&page=2");
        let third = second.with_parameter("page", "3").unwrap();
        assert_eq!(third.url.expose_secret(), "https://a.example/s3cr3t/list?a=1&page=3");
    }

    #[test]
    fn a_page_elsewhere_is_told_no_secrets() {
        let own = keyed().linked("/article").unwrap();
        assert!(own.auth.is_some() && own.headers.len() == 2);
        let other = keyed().linked("https://b.example/article#part").unwrap();
        assert_eq!(shown(&other), ("https://b.example/article", "https://b.example/article"));
        assert!(other.auth.is_none());
        assert_eq!(other.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["Accept"]);
    }

    #[test]
    fn times_are_filled_in_everywhere() {
        let mut target = Target::get(
            "https://a.example/{utc-1d:%Y/%m/%d}".to_owned().into(),
            "https://a.example/{utc-1d:%Y/%m/%d}".to_owned(),
        );
        target.body = Some("{\"from\":\"{utc-7d:%Y-%m-%d}\"}".to_owned().into());
        let at = target.at("2026-01-01T00:30:00Z".parse().unwrap()).unwrap();
        assert_eq!(shown(&at), ("https://a.example/2025/12/31", "https://a.example/2025/12/31"));
        assert_eq!(at.body.as_ref().unwrap().expose_secret(), "{\"from\":\"2025-12-25\"}");
        assert!(matches!(keyed().at(Timestamp::UNIX_EPOCH), Ok(Cow::Borrowed(_))));
        let mut paged = Target::get(
            "https://a.example/list?d={utc:%Y-%m-%d}".to_owned().into(),
            "https://a.example/list?d={utc:%Y-%m-%d}".to_owned(),
        );
        paged.body = Some("{utc:%Y}".to_owned().into());
        let second = paged.at("2026-01-01T00:30:00Z".parse().unwrap()).unwrap().with_parameter("page", "2").unwrap();
        assert_eq!(second.url.expose_secret(), "https://a.example/list?d=2026-01-01&page=2");
        assert_eq!(second.body.as_ref().unwrap().expose_secret(), "2026");
    }
}
