//! Keeps secrets out of what is shown: learns them from a target and writes their names in their place.
//!
//! A target carries its address twice, filled in and as configured. Where the
//! configured one holds `{secret:name}`, the filled one holds the value; what
//! is learned there is replaced wherever a server repeats it.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::Target;
use super::auth::Auth;

/// A shorter value is no secret worth the name, and replacing it would garble ordinary text.
const SHORTEST: usize = 4;

/// Headers whose values are ordinary text; replacing them would tear up addresses that contain them.
const ORDINARY: [&str; 9] = [
    "accept",
    "accept-language",
    "cache-control",
    "content-type",
    "host",
    "origin",
    "referer",
    "user-agent",
    "x-requested-with",
];

/// The secrets of one target, each with the placeholder that stands for it.
pub(super) struct Secrets {
    values: Vec<(String, String)>,
    /// The two forms of the address could not be matched: nothing of a path or query may be shown.
    unknown: bool,
}

impl Secrets {
    /// Learns them from a target, and beside it a token that was given out for it.
    pub(super) fn of<'a>(target: &'a Target, given: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let learned = match_up(&target.shown, target.url.expose_secret());
        let unknown = learned.is_none() && target.shown != target.url.expose_secret();
        let mut values: Vec<(String, String)> = learned.unwrap_or_default();
        let ordinary = |name: &str| ORDINARY.iter().any(|ordinary| ordinary.eq_ignore_ascii_case(name));
        for (name, value) in target.headers.iter().filter(|(name, _)| !ordinary(name)) {
            // Of `Bearer abc` the last word is the secret.
            let words = [Some(value.expose_secret()), value.expose_secret().rsplit(' ').next()];
            values.extend(words.into_iter().flatten().map(|word| (word.to_owned(), format!("{{header:{name}}}"))));
        }
        values.extend(target.body.iter().map(|body| (body.expose_secret().to_owned(), "{body}".to_owned())));
        let asking = target.auth.iter().flat_map(Auth::secrets).chain(given);
        values.extend(asking.map(|secret| (secret.expose_secret().to_owned(), "{auth}".to_owned())));
        values.retain(|(value, _)| value.len() >= SHORTEST);
        // Percent-encoding is undone by some servers and added by others.
        let encoded: Vec<(String, String)> =
            values.iter().map(|(value, name)| (percent_encoded(value), name.clone())).collect();
        values.extend(encoded);
        // The longest first, so that a value within another does not tear it apart.
        values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        Self { values, unknown }
    }

    /// A URL fit to be shown and stored: no user name, password or fragment, and secrets by name.
    pub(super) fn hide(&self, url: &Url) -> String {
        let mut shown = url.clone();
        shown.set_fragment(None);
        // Neither can fail for a URL that has a host, and one without has no credentials.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        if self.unknown {
            return shown.origin().ascii_serialization();
        }
        self.hide_in(shown.as_str())
    }

    /// A text with the secrets replaced by their names.
    pub(super) fn hide_in(&self, text: &str) -> String {
        self.values.iter().fold(text.to_owned(), |text, (value, name)| text.replace(value.as_str(), name))
    }
}

/// The values that stand where `shown` holds `{secret:…}`; `None` where the two texts do not fit each other.
fn match_up(shown: &str, filled: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let (mut shown, mut filled) = (shown, filled);
    while let Some((before, rest)) = shown.split_once("{secret:") {
        let (name, after) = rest.split_once('}')?;
        filled = filled.strip_prefix(before)?;
        let literal = after.split("{secret:").next().unwrap_or(after);
        // A placeholder at the end takes all that is left; else the value ends where the next literal begins.
        let end = if literal.is_empty() { filled.len() } else { filled.find(literal)? };
        let (value, left) = filled.split_at_checked(end)?;
        found.push((value.to_owned(), format!("{{secret:{name}}}")));
        (shown, filled) = (after, left);
    }
    (shown == filled || shown.is_empty()).then_some(found)
}

fn percent_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(shown: &str, url: &str, headers: &[(&str, &str)]) -> Target {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into()));
        Target { headers: headers.collect(), ..Target::get(url.to_owned().into(), shown.to_owned()) }
    }

    fn check(target: &Target, url: &str, expected: &str) {
        assert_eq!(Secrets::of(target, None).hide(&Url::parse(url).unwrap()), expected);
    }

    #[test]
    fn secrets_are_shown_by_name() {
        let keyed = target("https://a.example/{secret:key}/x.csv", "https://a.example/s3cr3t/x.csv", &[]);
        check(&keyed, "https://b.example/new/s3cr3t/y", "https://b.example/new/{secret:key}/y");
        check(&keyed, "https://user:pw@b.example/x#part", "https://b.example/x");
        let two =
            target("https://a.example/?a={secret:one}&b={secret:two}", "https://a.example/?a=first&b=se cond", &[]);
        check(&two, "https://b.example/?q=first&r=se+cond", "https://b.example/?q={secret:one}&r={secret:two}");
        let header = target("https://a.example/", "https://a.example/", &[("Authorization", "Bearer t0k3n-value")]);
        check(&header, "https://b.example/?t=t0k3n-value", "https://b.example/?t={header:Authorization}");
        let plain = target("https://a.example/", "https://a.example/", &[("Referer", "https://a.example/")]);
        check(&plain, "https://a.example/en/feed", "https://a.example/en/feed");
    }

    #[test]
    fn what_cannot_be_matched_shows_only_the_origin() {
        let odd = target("https://a.example/{secret:key}/x", "https://a.example/elsewhere", &[]);
        check(&odd, "https://b.example/elsewhere?k=v", "https://b.example");
    }
}
