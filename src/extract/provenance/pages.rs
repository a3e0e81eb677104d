//! Addresses made comparable: two spellings of one page are one page.

/// Parameters that say how a reader came, and not what is shown.
const TRACKING: [&str; 3] = ["utm_", "fbclid", "traffic_source"];

/// Endings of pictures and films.
const MEDIA: [&str; 9] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".mp4", ".mov", ".webm", ".m4v"];

/// Hosts on which each account is a site of its own.
const PLATFORMS: [&str; 7] = ["t.me", "twitter.com", "x.com", "facebook.com", "vk.com", "youtube.com", "bsky.app"];

/// A link without what does not change the page: scheme, `www.`, fragment, tracking parameters, a slash at the end;
/// the preview of a channel is the channel.
pub(super) fn canonical(link: &str) -> String {
    let rest = link.trim().split_once("://").map_or(link, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    let (page, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = page.split_once('/').unwrap_or((page, ""));
    let host = host.to_lowercase();
    let host = ["www.", "m.", "mobile."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(&host);
    let path = if host == "t.me" { path.strip_prefix("s/").unwrap_or(path) } else { path };
    let is_tracking = |part: &&str| TRACKING.iter().any(|known| part.starts_with(known));
    let kept: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !is_tracking(part)).collect();
    let path = path.trim_end_matches('/');
    let page = if path.is_empty() { host.to_owned() } else { format!("{host}/{path}") };
    if kept.is_empty() { page } else { format!("{page}?{}", kept.join("&")) }
}

/// Whose page a comparable address is: its host, and on a platform the account.
pub fn site(page: &str) -> &str {
    let (host, path) = page.split_once(['/', '?']).unwrap_or((page, ""));
    let account = path.split(['/', '?']).next().unwrap_or_default();
    if PLATFORMS.contains(&host) && !account.is_empty() {
        return page.get(..host.len() + 1 + account.len()).unwrap_or(page);
    }
    host
}

/// Whether a link is of a picture or a film.
pub(super) fn is_media(link: &str) -> bool {
    let page = link.split(['?', '#']).next().unwrap_or(link).to_lowercase();
    MEDIA.iter().any(|ending| page.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_page() {
        for link in [
            "https://www.example.org/a/b/?utm_source=x&fbclid=y#z",
            "http://m.example.org/a/b",
            "https://EXAMPLE.org/a/b?traffic_source=app",
        ] {
            assert_eq!(canonical(link), "example.org/a/b", "{link}");
        }
        assert_eq!(canonical("https://example.org/?id=7&utm_medium=m"), "example.org?id=7");
        assert_eq!(canonical("https://t.me/s/channel/12"), canonical("https://t.me/channel/12"));
        assert_ne!(canonical("https://example.org/A"), canonical("https://example.org/a"));
    }

    #[test]
    fn an_account_is_a_site() {
        assert_eq!(site("example.org/a/b"), "example.org");
        assert_eq!(site("t.me/channel/12"), "t.me/channel");
        assert_eq!(site("x.com"), "x.com");
    }
}
