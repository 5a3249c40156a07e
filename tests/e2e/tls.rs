//! TLS of the server itself, with a client that checks certificates.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use loam_tests::database::{Database, Kind};
use loam_tests::http::Caller;
use loam_tests::server::{PASSWORD, Server, command, run};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

fn serve(database: &Database, arguments: &[&str]) -> Server {
    let mut command = command(database);
    command.args(["serve", "--end-of-day", "manual", "--tls-listen", "127.0.0.1:0"]).args(arguments);
    Server::spawn(command)
}

/// The certificate that a server has made.
fn certificate(database: &Database) -> Vec<u8> {
    std::fs::read(database.folder().join("loam.tls-cert.pem")).expect("it was made beside the book")
}

fn trusting(base: &str, certificate: &[u8]) -> Caller {
    Caller::basic_trusting(base, ("admin", PASSWORD), certificate)
}

#[test]
fn a_caller_who_was_given_the_certificate_calls_over_tls_alone() {
    let database = Database::fresh(Kind::Sqlite);
    let server = serve(&database, &["--tls-self-signed"]);
    assert!(server.base.starts_with("https://127.0.0.1:"), "{}", server.base);
    let told = database.folder().join("loam.tls-cert.pem").display().to_string();
    assert!(server.greeting.contains(&told), "{}", server.greeting);
    let certificate = certificate(&database);
    trusting(&server.base, &certificate).get("/api/settings/general").expect(200);
    let by_name = server.base.replace("127.0.0.1", "localhost");
    trusting(&by_name, &certificate).get("/api/settings/general").expect(200);
    let stranger = Caller::basic(&server.base, "admin", PASSWORD);
    assert!(stranger.try_send("GET", "/healthz", None, "").is_err(), "nobody vouches for it");
    let plain = Caller::anonymous(&server.base.replace("https", "http"));
    assert!(plain.try_send("GET", "/healthz", None, "").is_err(), "nothing is served outside TLS");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = std::fs::metadata(database.folder().join("loam.tls-key.pem")).expect("it was made");
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(server.stop(), Some(0));
    let again = serve(&database, &["--tls-self-signed"]);
    trusting(&again.base, &certificate).get("/api/settings/general").expect(200);
}

#[test]
fn plain_and_tls_are_served_at_once_and_stop_at_once() {
    let database = Database::fresh(Kind::Sqlite);
    let server = serve(&database, &["--listen", "127.0.0.1:0", "--tls-self-signed"]);
    assert!(server.base.starts_with("http://"), "{}", server.base);
    server.admin().get("/api/settings/general").expect(200);
    let line = server.greeting.lines().find_map(|line| line.trim().strip_prefix("with TLS"));
    let tls = line.expect("it is told").trim().trim_end_matches("/api").to_owned();
    let caller = trusting(&tls, &certificate(&database));
    caller.get("/api/settings/general").expect(200);
    // Neither a caller who is silent nor one who keeps the connection holds up the end.
    let address = tls.trim_start_matches("https://").to_owned();
    let silent = TcpStream::connect(&address).expect("it listens");
    assert_eq!(server.stop(), Some(0));
    drop((caller, silent));
    assert!(TcpStream::connect(&address).is_err(), "nobody listens any more");
}

#[test]
fn http_two_is_spoken_where_the_caller_asks_for_it() {
    let database = Database::fresh(Kind::Sqlite);
    let server = serve(&database, &["--tls-self-signed"]);
    for protocol in ["h2", "http/1.1"] {
        let mut stream = connect(&server.base, &certificate(&database), protocol);
        stream.flush().expect("TLS is agreed on");
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).expect("TLS is agreed on");
        }
        assert_eq!(stream.conn.alpn_protocol(), Some(protocol.as_bytes()));
        if protocol == "h2" {
            // The preface, and settings without any; the answer begins with the server's own.
            stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").expect("it is taken");
            let mut frame = [0; 9];
            stream.read_exact(&mut frame).expect("a frame");
            assert_eq!(frame[3], 4, "a frame of settings: {frame:?}");
        } else {
            stream
                .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                .expect("it is taken");
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).expect("an answer");
            assert_eq!(&answer, b"HTTP/1.1 200");
        }
    }
}

fn connect(base: &str, certificate: &[u8], protocol: &str) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate).expect("PEM")).expect("a certificate");
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("TLS");
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let name = "localhost".try_into().expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("TLS");
    let address = base.trim_start_matches("https://");
    StreamOwned::new(connection, TcpStream::connect(address).expect("it listens"))
}

#[test]
fn a_certificate_that_is_given_must_go_with_its_key() {
    let (one, two) = (Database::fresh(Kind::Sqlite), Database::fresh(Kind::Sqlite));
    for database in [&one, &two] {
        drop(serve(database, &["--tls-self-signed"]));
    }
    let file = |database: &Database, name: &str| database.folder().join(name).display().to_string();
    let (certificate_file, key) = (file(&one, "loam.tls-cert.pem"), file(&one, "loam.tls-key.pem"));
    let own = Database::fresh(Kind::Sqlite);
    let server = serve(&own, &["--tls-cert", &certificate_file, "--tls-key", &key]);
    trusting(&server.base, &certificate(&one)).get("/api/settings/general").expect(200);

    let nothing = Database::fresh(Kind::Sqlite);
    let tried = |certificate: &str, key: &str| {
        run(&nothing, &["serve", "--tls-listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key])
    };
    let other = file(&two, "loam.tls-key.pem");
    for (certificate, key) in [
        (certificate_file.as_str(), other.as_str()),
        (key.as_str(), key.as_str()),
        (certificate_file.as_str(), certificate_file.as_str()),
        ("nowhere.pem", key.as_str()),
    ] {
        let output = tried(certificate, key);
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.starts_with("loam: ") && said.contains(certificate) && said.lines().count() == 1,
            "{said}"
        );
    }
    assert!(!nothing.folder().join("loam.db").exists(), "no book is made before the server can serve");
    let half = run(&nothing, &["serve", "--tls-cert", &certificate_file]);
    assert_eq!(half.status.code(), Some(2), "a certificate alone is not enough");
}
