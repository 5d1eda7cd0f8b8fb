use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use crate::source::system_says;

/// How many ports are tried, the wanted one among them.
const PORTS: u16 = 50;

/// Why a site could not be served.
#[derive(Debug)]
pub struct ServeError {
    message: String,
    cause: io::Error,
    help: Option<&'static str>,
}

impl ServeError {
    pub(super) fn server(cause: io::Error) -> Self {
        ServeError { message: "the server failed".to_owned(), cause, help: None }
    }

    fn bind(host: &str, port: u16, cause: io::Error) -> Self {
        let help = match cause.kind() {
            io::ErrorKind::AddrInUse => Some("the ports after it are taken too; choose another by `--port`"),
            io::ErrorKind::PermissionDenied => Some("choose a port above 1023 by `--port`"),
            io::ErrorKind::AddrNotAvailable => Some("`--host` takes an address of this machine"),
            _ => None,
        };
        ServeError { message: format!("cannot listen on {host}, port {port}"), cause, help }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.message, system_says(&self.cause))?;
        self.help.map_or(Ok(()), |help| write!(f, "\nhelp: {help}"))
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// Listens on a port of a host, or on the next one that is free.
pub(super) fn bind(host: Option<&str>, port: u16) -> Result<(TcpListener, SocketAddr), ServeError> {
    let host = host.unwrap_or("127.0.0.1");
    let last = if port == 0 { 0 } else { port.saturating_add(PORTS - 1) };
    for candidate in port..=last {
        match TcpListener::bind((host, candidate)).and_then(|listener| Ok((listener.local_addr()?, listener))) {
            Ok((address, listener)) => return Ok((listener, address)),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && candidate < last => {}
            Err(error) => return Err(ServeError::bind(host, port, error)),
        }
    }
    unreachable!("the last candidate returns")
}

/// Where other machines of the network find a server that listens on every address of this one.
pub(super) fn network_url(address: SocketAddr) -> Option<String> {
    // Nothing is sent: the system only chooses the address that it would send from (192.0.2.0/24 is for documentation, RFC 5737).
    let probe = UdpSocket::bind(("0.0.0.0", 0)).and_then(|socket| {
        socket.connect(("192.0.2.1", 9))?;
        socket.local_addr()
    });
    let own = probe.ok().map(|probe| probe.ip()).filter(|own| !own.is_loopback())?;
    address.ip().is_unspecified().then(|| format!("http://{own}:{}/", address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_is_told_of_a_server_on_every_address_alone() {
        assert_eq!(network_url(([127, 0, 0, 1], 4000).into()), None);
        // A machine may have no network.
        let url = network_url(([0, 0, 0, 0], 4000).into());
        assert!(url.is_none_or(|url| url.ends_with(":4000/") && !url.contains("0.0.0.0") && !url.contains("127.")));
    }

    #[test]
    fn a_port_that_is_taken_gives_way_to_a_later_one() {
        let (_first, taken) = bind(None, 0).unwrap();
        let (_second, address) = bind(None, taken.port()).unwrap();
        assert!(address.ip().is_loopback());
        assert!((taken.port() + 1..taken.port() + PORTS).contains(&address.port()), "{address} after {taken}");
    }

    #[test]
    fn an_address_of_another_machine_is_an_error_with_a_remedy() {
        let error = bind(Some("192.0.2.1"), 0).unwrap_err();
        assert!(error.to_string().starts_with("cannot listen on 192.0.2.1, port 0: "), "{error}");
        assert!(error.to_string().ends_with("\nhelp: `--host` takes an address of this machine"), "{error}");
    }
}
