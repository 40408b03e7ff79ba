//! Whose address it is: that of the connection, or what a proxy of ours says.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

/// Most hops that are followed through proxies of ours.
const HOPS_MAX: usize = 16;
/// The header in which each proxy writes behind the others whom it was asked by.
const FORWARDED: &str = "x-forwarded-for";

/// A network: an address and how many of its bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// A text that is no address and no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotANetwork(pub String);

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}”不是地址或网段", self.0)
    }
}

impl std::error::Error for NotANetwork {}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.trim().parse().map_err(|_| wrong())?,
            None => all,
        };
        if bits > all {
            return Err(wrong());
        }
        Ok(Self { address, bits })
    }
}

impl Network {
    /// Whether an address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(asked)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                ours.to_bits() & mask == asked.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(asked)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                ours.to_bits() & mask == asked.to_bits() & mask
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// The proxies that the operator named. Nobody else is believed about who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(pub Vec<Network>);

impl Proxies {
    /// Whether an address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Who asks: read from the right, the first address that is no proxy of ours. What stands left
    /// of it was written by whoever asked, and anybody can write anything.
    pub(crate) fn visitor(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>()?;
        let mut at = peer.0.ip().to_canonical();
        if !self.contains(at) {
            return Some(at);
        }
        let all = headers.get_all(FORWARDED);
        let lines: Vec<&str> = all.iter().filter_map(|line| line.to_str().ok()).collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for hop in hops.take(HOPS_MAX) {
            let Some(named) = hop_address(hop.trim()) else {
                break;
            };
            at = named;
            if !self.contains(at) {
                break;
            }
        }
        Some(at)
    }
}

/// An address as proxies write it: with a port or without, IPv6 in brackets or not.
fn hop_address(text: &str) -> Option<IpAddr> {
    let plain: Option<IpAddr> = text.parse().ok();
    let ported = || text.parse::<SocketAddr>().ok().map(|at| at.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    plain
        .or_else(ported)
        .or_else(bracketed)
        .map(|at| at.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn proxies(all: &[&str]) -> Proxies {
        Proxies(all.iter().map(|one| one.parse().unwrap()).collect())
    }

    fn asked(by: &Proxies, peer: &str, forwarded: &[&str]) -> String {
        let mut extensions = Extensions::new();
        let peer: SocketAddr = peer.parse().unwrap();
        extensions.insert(ConnectInfo(peer));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED, HeaderValue::from_str(line).unwrap());
        }
        by.visitor(&extensions, &headers).unwrap().to_string()
    }

    #[test]
    fn a_stranger_is_not_believed_about_their_address() {
        let none = Proxies::default();
        assert_eq!(asked(&none, "192.0.2.7:9", &["10.0.0.1"]), "192.0.2.7");
        let ours = proxies(&["127.0.0.1"]);
        assert_eq!(asked(&ours, "192.0.2.7:9", &["10.0.0.1"]), "192.0.2.7");
    }

    #[test]
    fn of_what_a_proxy_of_ours_says_the_last_that_is_not_ours_counts() {
        let ours = proxies(&["127.0.0.1", "10.1.0.0/16", "::1"]);
        let cases: [(&[&str], &str); 8] = [
            (&["198.51.100.4"], "198.51.100.4"),
            (&["6.6.6.6, 198.51.100.4"], "198.51.100.4"),
            (&["6.6.6.6, 198.51.100.4, 10.1.2.3"], "198.51.100.4"),
            (&["6.6.6.6", "198.51.100.4, 10.1.2.3"], "198.51.100.4"),
            (&["198.51.100.4:5123"], "198.51.100.4"),
            (&["[2001:db8::1]:443"], "2001:db8::1"),
            (&["6.6.6.6, nonsense, 10.1.2.3"], "10.1.2.3"),
            (&[], "127.0.0.1"),
        ];
        for (forwarded, who) in cases {
            assert_eq!(asked(&ours, "127.0.0.1:9", forwarded), who, "{forwarded:?}");
        }
        assert_eq!(
            asked(&ours, "[::ffff:127.0.0.1]:9", &["9.9.9.9"]),
            "9.9.9.9"
        );
    }

    #[test]
    fn a_network_is_read_with_its_bits() {
        let contains = |network: &str, at: &str| {
            let network: Network = network.parse().unwrap();
            network.contains(at.parse().unwrap())
        };
        assert!(contains("10.1.0.0/16", "10.1.255.3") && !contains("10.1.0.0/16", "10.2.0.1"));
        assert!(contains("0.0.0.0/0", "8.8.8.8") && !contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("fd00::/8", "fd12::1") && !contains("::1", "::2"));
        for wrong in [
            "",
            "10.0.0.0/33",
            "example.org",
            "10.0.0.0/",
            "::/129",
            "10.0.0.1/-1",
        ] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
