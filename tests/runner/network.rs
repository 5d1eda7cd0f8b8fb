//! What a program can reach.

use std::fs;
use std::net::TcpListener;

use blog::cells::{Exit, Job, Net, Program};

use crate::programs::{end, job, outcome, sh, words};
use crate::{Check, Machine};

pub(crate) const CHECKS: &[Check] = &[
    ("network::each_program_reaches_what_it_may", each_program_reaches_what_it_may),
    ("network::a_program_reaches_itself_unless_its_author_says_otherwise", a_program_reaches_itself),
    ("network::a_loopback_of_its_own_has_all_ports_free", a_loopback_of_its_own_has_all_ports_free),
];

/// Ends with the sum of what it reaches: 1 for a service of this machine, 2 for itself, 4 for itself by IPv6.
const REACH: &str = r#"
import socket, sys
def reaches(family, address, listen):
    try:
        server = socket.create_server((address, 0), family=family) if listen else None
        port = server.getsockname()[1] if server else int(sys.argv[1])
        socket.create_connection((address, port), 5).close()
        return 1
    except OSError:
        return 0
v4, v6 = (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")
sys.exit(reaches(*v4, False) + 2 * reaches(*v4, True) + 4 * reaches(*v6, True))
"#;

fn each_program_reaches_what_it_may(machine: &Machine) {
    assert!(machine.launcher.can_isolate(), "these checks need namespaces");
    let service = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = service.local_addr().expect("it has one").port().to_string();
    let v6 = if fs::exists("/proc/net/if_inet6").expect("there is /proc") { 4 } else { 0 };
    for (net, reached) in [(Net::Host, 3 + v6), (Net::Loopback, 2 + v6), (Net::None, 0)] {
        let job = Job { net, ..job("", &["/usr/bin/python3", "-c", REACH, &port]) };
        assert_eq!(machine.launcher.run(&job).expect("it starts").exit, Exit::Code(reached), "{net:?}");
    }
}

fn a_program_reaches_itself(machine: &Machine) {
    let service = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = service.local_addr().expect("it has one").port().to_string();
    let v6 = if fs::exists("/proc/net/if_inet6").expect("there is /proc") { 4 } else { 0 };
    let python = Program { run: Some(words("/usr/bin/python3 {file}")), args: vec![port], ..sh(REACH) };
    for (net, reached) in
        [(None, 2 + v6), (Some(Net::Loopback), 2 + v6), (Some(Net::Host), 3 + v6), (Some(Net::None), 0)]
    {
        let outcome = outcome(machine, &Program { net, ..python.clone() });
        assert_eq!(end(&outcome).exit, Exit::Code(reached), "{net:?}");
    }
}

fn a_loopback_of_its_own_has_all_ports_free(machine: &Machine) {
    let service = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = service.local_addr().expect("it has one").port().to_string();
    let bind = "import socket, sys; socket.create_server(('127.0.0.1', int(sys.argv[1])))";
    for (net, exit) in [(Net::Host, Exit::Code(1)), (Net::Loopback, Exit::Code(0))] {
        let job = Job { net, ..job("", &["/usr/bin/python3", "-c", bind, &port]) };
        assert_eq!(machine.launcher.run(&job).expect("it starts").exit, exit, "{net:?}");
    }
}
