use std::net::{IpAddr, SocketAddr};

/// The names by which the server may be asked.
///
/// A page elsewhere can have its own name resolve to this machine (DNS rebinding) and then read what the server says as
/// if it were its own. Such a request carries the page's name in `Host`, so only the server's own names are answered.
#[derive(Debug)]
pub(super) struct Hosts {
    /// Each with the port, where it is not the default one.
    names: Vec<String>,
    /// Whether any address in figures will do: the server listens on all of them, and a figure is never rebound.
    any_address: bool,
    port: u16,
}

/// The port that a URL without one means (RFC 9110, section 4.2.1).
const DEFAULT_PORT: u16 = 80;

impl Hosts {
    /// The names of a server that was asked to listen on `host` and listens on `address`.
    pub(super) fn new(host: Option<&str>, address: SocketAddr) -> Self {
        let port = address.port();
        let any_address = address.ip().is_unspecified();
        let with_port = |name: &str| if port == DEFAULT_PORT { name.to_owned() } else { format!("{name}:{port}") };
        let given = host.filter(|_| !any_address).map(|host| match host.parse() {
            Ok(IpAddr::V6(address)) => format!("[{address}]"),
            _ => host.to_owned(),
        });
        let local = ["127.0.0.1", "localhost", "[::1]"].map(str::to_owned);
        let names = given.into_iter().chain(local).map(|name| with_port(&name)).collect();
        Hosts { names, any_address, port }
    }

    /// Where an author opens the site.
    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.names[0])
    }

    /// Whether a `Host` or an authority names this server.
    pub(super) fn accept(&self, host: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(host)) || self.any_address && self.is_address(host)
    }

    fn is_address(&self, host: &str) -> bool {
        match host.parse::<SocketAddr>() {
            Ok(address) => address.port() == self.port,
            Err(_) => self.port == DEFAULT_PORT && host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_servers_own_names_are_accepted() {
        for (host, address, accepted, refused) in [
            (
                None,
                "127.0.0.1:4000",
                &["127.0.0.1:4000", "localhost:4000", "LocalHost:4000", "[::1]:4000"][..],
                &["", "localhost", "127.0.0.1", "127.0.0.1:4001", "evil.example:4000", "localhost.evil.example:4000"][..],
            ),
            (None, "127.0.0.1:80", &["localhost", "127.0.0.1"], &["localhost:81", "evil.example"]),
            (Some("192.168.1.5"), "192.168.1.5:4000", &["192.168.1.5:4000", "localhost:4000"], &["192.168.1.6:4000"]),
            (Some("::1"), "[::1]:4000", &["[::1]:4000"], &["::1:4000"]),
            (Some("box.local"), "192.168.1.5:4000", &["box.local:4000"], &["192.168.1.5:4000"]),
            (
                Some("0.0.0.0"),
                "0.0.0.0:4000",
                &["192.168.1.5:4000", "[fe80::1]:4000", "localhost:4000"],
                &["evil.example:4000", "192.168.1.5:80", "192.168.1.5", "user@192.168.1.5:4000"],
            ),
        ] {
            let hosts = Hosts::new(host, address.parse().unwrap());
            assert!(accepted.iter().all(|name| hosts.accept(name)), "{hosts:?}");
            for name in refused {
                assert!(!hosts.accept(name), "{name} by {hosts:?}");
            }
        }
    }

    #[test]
    fn the_url_is_one_that_opens() {
        let url = |host, address: &str| Hosts::new(host, address.parse().unwrap()).url();
        assert_eq!(url(None, "127.0.0.1:4003"), "http://127.0.0.1:4003/");
        assert_eq!(url(Some("0.0.0.0"), "0.0.0.0:4000"), "http://127.0.0.1:4000/");
        assert_eq!(url(Some("box.local"), "10.0.0.1:80"), "http://box.local/");
    }
}
