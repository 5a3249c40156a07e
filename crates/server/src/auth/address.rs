//! Where a caller comes from: the other end of the connection, or whom a proxy that we trust names.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, HeaderName};
use loam_book::security::is_let_in;

use crate::entrance::Peer;

/// Each proxy adds behind a comma who called it.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of the connection of a request.
pub fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<Peer>>().map(|info| info.0.0)
}

/// Networks of proxies whose word about their callers is taken.
#[derive(Debug, Clone, Default)]
pub struct Proxies(pub Vec<String>);

impl Proxies {
    fn contain(&self, address: IpAddr) -> bool {
        !self.0.is_empty() && is_let_in(address, &self.0)
    }

    /// The caller of a request that came from `peer`: from the right, the first that is no proxy of
    /// ours. What stands further left, anybody may have written.
    pub(super) fn caller(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
        let mut caller = peer?;
        let listed = headers.get_all(&FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = listed.flat_map(|value| value.split(',')).map(str::trim).collect();
        for name in named.into_iter().rev() {
            if !self.contain(caller) {
                return Some(caller);
            }
            let Some(before) = address(name) else { return Some(caller) };
            caller = before;
        }
        Some(caller)
    }
}

/// An address, alone or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, forwarded: &[&'static str]) -> String {
        let proxies = Proxies(vec!["10.0.0.0/8".to_owned()]);
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        proxies.caller(&headers, Some(peer.parse().unwrap())).unwrap().to_string()
    }

    #[test]
    fn only_a_proxy_that_is_trusted_is_believed() {
        assert_eq!(caller("203.0.113.9", &["192.0.2.1"]), "203.0.113.9");
        assert_eq!(caller("10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(caller("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(caller("10.0.0.1", &["198.51.100.7, 192.0.2.1:8080, 10.0.0.2"]), "192.0.2.1");
        assert_eq!(caller("10.0.0.1", &["198.51.100.7", "192.0.2.1"]), "192.0.2.1");
        assert_eq!(caller("10.0.0.1", &["unknown"]), "10.0.0.1");
    }

    #[test]
    fn without_trusted_proxies_nobody_is_believed() {
        let headers = HeaderMap::from_iter([(FORWARDED_FOR, "192.0.2.1".parse().unwrap())]);
        let peer = "10.0.0.1".parse().unwrap();
        assert_eq!(Proxies::default().caller(&headers, Some(peer)), Some(peer));
    }
}
