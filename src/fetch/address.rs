//! Which addresses a feed may reach, and the name resolution that holds connections to it.
//!
//! A name is checked where it is resolved, and the connection is made to what
//! was checked: a second look-up that answers differently (DNS rebinding) has
//! nothing to bite on. A literal address never passes through a resolver, so
//! [`refuse_literal`] looks at every URL as well.

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// An address that feeds may not reach, and the kind of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    address: IpAddr,
    kind: &'static str,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is a {} address", self.address, self.kind)
    }
}

impl Error for Refused {}

/// Refuses a URL whose host is written as an address that feeds may not reach.
pub(super) fn refuse_literal(url: &Url) -> Result<(), Refused> {
    match url.host() {
        Some(Host::Ipv4(address)) => check(address.into()),
        Some(Host::Ipv6(address)) => check(address.into()),
        Some(Host::Domain(_)) | None => Ok(()),
    }
}

/// Resolves names and passes on only addresses that feeds may reach.
#[derive(Debug)]
pub(super) struct PublicResolver {
    /// The proxy's host, which the administrator named and may be private.
    exempt: Option<String>,
}

impl PublicResolver {
    pub(super) fn new(exempt: Option<String>) -> Self {
        Self { exempt }
    }
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let exempt = self.exempt.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(name.as_str()));
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed = if exempt { found } else { only_public(found)? };
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The addresses that may be reached; an error where there are some and none of them may.
fn only_public(found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refused> {
    let (mut allowed, mut refused) = (Vec::new(), None);
    for address in found {
        match check(address.ip()) {
            Ok(()) => allowed.push(address),
            Err(reason) => refused = Some(reason),
        }
    }
    match refused {
        Some(reason) if allowed.is_empty() => Err(reason),
        _ => Ok(allowed),
    }
}

fn check(address: IpAddr) -> Result<(), Refused> {
    let kind = match address {
        IpAddr::V4(v4) => kind_v4(v4),
        IpAddr::V6(v6) => kind_v6(v6),
    };
    kind.map_or(Ok(()), |kind| Err(Refused { address, kind }))
}

/// What keeps an IPv4 address from being public (IANA's special-purpose registry); `None` for a public one.
fn kind_v4(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        [0, ..] => Some("unspecified"),
        [127, ..] => Some("loopback"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some("private"),
        [100, 64..=127, ..] => Some("carrier-grade NAT"),
        [169, 254, ..] => Some("link-local"),
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => Some("reserved"),
        [198, 51, 100, _] | [203, 0, 113, _] => Some("reserved"),
        [224..=239, ..] => Some("multicast"),
        [240..=255, ..] => Some("reserved"),
        _ => None,
    }
}

/// The same for IPv6, looking through every form that carries an IPv4 address.
fn kind_v6(address: Ipv6Addr) -> Option<&'static str> {
    if address.is_unspecified() {
        return Some("unspecified");
    }
    if address.is_loopback() {
        return Some("loopback");
    }
    match address.segments() {
        // IPv4-mapped, and NAT64's well-known prefix (RFC 6052): the last 32 bits are where it leads.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => kind_v4(embedded(high, low)),
        // 6to4 (RFC 3056) carries it behind the prefix.
        [0x2002, high, low, ..] => kind_v4(embedded(high, low)),
        // Teredo hides the address it leads to.
        [0x2001, 0, ..] => Some("tunnel"),
        [0x2001, 0xdb8, ..] => Some("reserved"),
        [0xfe80..=0xfebf, ..] => Some("link-local"),
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => Some("private"),
        [0xff00..=0xffff, ..] => Some("multicast"),
        [0x2000..=0x3fff, ..] => None,
        // All public unicast is allotted from 2000::/3.
        _ => Some("reserved"),
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_url(url: &str, expected: Option<&str>) {
        let found = refuse_literal(&Url::parse(url).unwrap()).err();
        assert_eq!(found.map(|refused| refused.kind), expected, "{url}");
    }

    #[test]
    fn literal_hosts_are_judged_in_every_spelling() {
        for public in
            ["http://1.1.1.1/", "http://[2606:4700::1111]/", "http://example.org/", "http://[2002:101:101::]/"]
        {
            check_url(public, None);
        }
        let refused = [
            ("127.0.0.1", "loopback"),
            ("2130706433", "loopback"),
            ("0x7f.1", "loopback"),
            ("0177.0.0.1", "loopback"),
            ("127.1", "loopback"),
            ("[::1]", "loopback"),
            ("[::ffff:127.0.0.1]", "loopback"),
            ("[64:ff9b::7f00:1]", "loopback"),
            ("[2002:7f00:1::]", "loopback"),
            ("0", "unspecified"),
            ("[::]", "unspecified"),
            ("10.1.2.3", "private"),
            ("172.31.0.1", "private"),
            ("192.168.1.1", "private"),
            ("[fd00::1]", "private"),
            ("[2002:a00:1::]", "private"),
            ("[64:ff9b::a00:1]", "private"),
            ("100.64.0.1", "carrier-grade NAT"),
            ("169.254.169.254", "link-local"),
            ("[fe80::1]", "link-local"),
            ("[::ffff:169.254.169.254]", "link-local"),
            ("224.0.0.1", "multicast"),
            ("[ff02::1]", "multicast"),
            ("255.255.255.255", "reserved"),
            ("198.18.0.1", "reserved"),
            ("[64:ff9b:1::a00:1]", "reserved"),
            ("[::7f00:1]", "reserved"),
            ("[2001::1]", "tunnel"),
        ];
        for (host, kind) in refused {
            check_url(&format!("http://{host}/"), Some(kind));
        }
    }

    #[test]
    fn limits_of_the_private_ranges() {
        for public in ["172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "9.255.255.255", "11.0.0.0"] {
            check_url(&format!("http://{public}/"), None);
        }
    }

    #[test]
    fn of_a_mixed_answer_only_the_public_part_is_used() {
        let address = |text: &str| SocketAddr::new(text.parse().unwrap(), 0);
        let mixed = vec![address("127.0.0.1"), address("1.1.1.1")];
        assert_eq!(only_public(mixed), Ok(vec![address("1.1.1.1")]));
        assert!(only_public(vec![address("127.0.0.1"), address("10.0.0.1")]).is_err());
        assert_eq!(only_public(Vec::new()), Ok(Vec::new()));
    }
}
