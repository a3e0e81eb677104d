//! Which addresses may be reached: no private, loopback or link-local ones unless the user says so.
//!
//! Names are resolved here, so that what was checked is what is connected to;
//! literal addresses never reach a resolver and are checked by themselves.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Whether an address belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => embedded_v4(v6).map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol = a == 192 && b == 0 && c == 0;
    let is_benchmark = a == 198 && (b == 18 || b == 19);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || is_shared
        || is_protocol
        || is_benchmark
        || a == 0
        || a >= 240)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // 2000::/3 is all of global unicast; documentation and Teredo lie within it.
    let segments = address.segments();
    let is_global = segments[0] & 0xe000 == 0x2000;
    let is_special = segments[0] == 0x2001 && (segments[1] == 0 || segments[1] == 0x0db8);
    is_global && !is_special
}

/// The IPv4 address within a mapped, NAT64 or 6to4 one.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let from = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match (a, b) {
        (0, 0) if c == 0 && d == 0 && e == 0 && (f == 0xffff || f == 0) => Some(from(g, h)),
        (0x0064, 0xff9b) => Some(from(g, h)),
        (0x2002, _) => Some(from(b, c)),
        _ => None,
    }
}

/// What is wrong with an address of a request, before any name is resolved.
pub fn refusal(url: &url::Url, allow_private: bool) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Some(format!("the scheme `{}` is not followed, only http and https", url.scheme()));
    }
    let literal = match url.host() {
        Some(url::Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
        Some(url::Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
        Some(url::Host::Domain(_)) => None,
        None => return Some("the address names no host".to_owned()),
    };
    let is_refused = !allow_private && literal.is_some_and(|address| !is_public(address));
    is_refused.then(|| "a private, loopback or link-local address is refused (`[http] allow_private`)".to_owned())
}

/// Resolves names and leaves out addresses that may not be reached.
#[derive(Debug, Clone, Copy)]
pub struct Resolver {
    /// Whether every address may be reached.
    pub allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str().to_owned(), 0)).await?;
            let all: Vec<SocketAddr> = found.collect();
            let allowed: Vec<SocketAddr> =
                all.iter().copied().filter(|address| allow_private || is_public(address.ip())).collect();
            if allowed.is_empty() && !all.is_empty() {
                let why = "its name leads to a private, loopback or link-local address, which is refused (`[http] allow_private`)";
                return Err(why.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_in_every_disguise() {
        let private = [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[fd00::1]/",
            "http://100.64.0.1/",
            "http://0/",
            "http://169.254.169.254/",
            "http://10.1.2.3/",
            "http://[::1]/",
            "http://[2002:7f00:1::]/",
            "http://224.0.0.1/",
            "ftp://example.org/",
            "file:///etc/passwd",
        ];
        for address in private {
            let url = url::Url::parse(address).unwrap();
            assert!(refusal(&url, false).is_some(), "{address}");
        }
        for address in ["http://93.184.216.34/", "https://[2606:2800:220:1::1]/", "https://example.org/"] {
            let url = url::Url::parse(address).unwrap();
            assert_eq!(refusal(&url, false), None, "{address}");
        }
    }
}
