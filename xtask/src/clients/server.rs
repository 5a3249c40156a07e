//! The real binary, serving a book of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::workspace;

pub(super) const USER: &str = "admin";
pub(super) const PASSWORD: &str = "correct horse battery staple";

/// A server that listens twice: plainly, and with TLS under a certificate that it made itself.
pub(super) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(super) base: String,
    /// `127.0.0.1:PORT`, with TLS.
    pub(super) tls_address: String,
    pub(super) certificate: PathBuf,
}

impl Server {
    /// Starts with an empty book in `target/clients/NAME`.
    pub(super) fn start(root: &Path, name: &str) -> Result<Server> {
        let folder = root.join("target/clients").join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let database = format!("sqlite:{}", folder.join("loam.db").display());
        let mut child = Command::new(workspace::loam_binary(root)?)
            .args(["--database", &database, "--log", "error", "serve", "--listen", "127.0.0.1:0"])
            .args(["--tls-self-signed", "--tls-listen", "127.0.0.1:0"])
            .args(["--end-of-day", "manual", "--admin-password", PASSWORD])
            .stdout(Stdio::piped())
            .spawn()
            .context("the program cannot be started")?;
        let lines = BufReader::new(child.stdout.take().context("its output is piped")?);
        // Whatever goes wrong from here on, the program is stopped with this value.
        let mut server = Server {
            child,
            base: String::new(),
            tls_address: String::new(),
            certificate: folder.join("loam.tls-cert.pem"),
        };
        server.read_addresses(lines)?;
        Ok(server)
    }

    fn read_addresses(&mut self, mut lines: BufReader<impl Read + Send + 'static>) -> Result<()> {
        while self.base.is_empty() {
            let mut line = String::new();
            ensure!(lines.read_line(&mut line)? > 0, "the server ended before it was ready");
            let line = line.trim();
            if let Some(address) = line.strip_prefix("with TLS") {
                let address = address.trim().trim_start_matches("https://");
                self.tls_address = address.trim_end_matches("/api").to_owned();
            } else if let Some(address) = line.strip_prefix("API ") {
                self.base = address.trim().trim_end_matches("/api").to_owned();
            }
        }
        ensure!(!self.tls_address.is_empty(), "the server does not tell where it listens with TLS");
        // What it says later is read and forgotten: a full pipe would stop it.
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// The administrator of a server.
pub(super) struct Admin<'a> {
    base: &'a str,
    agent: ureq::Agent,
}

impl Admin<'_> {
    pub(super) fn of(server: &Server) -> Admin<'_> {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        Admin { base: &server.base, agent: config.into() }
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.post_as(&basic(), path, body)
    }

    /// The same by somebody else.
    pub(super) fn post_as(&self, authorization: &str, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.base);
        let request = self.agent.post(url).header("authorization", authorization);
        let mut answer = request.send_json(body).with_context(|| format!("POST {path}"))?;
        let said = answer.body_mut().read_to_string()?;
        ensure!(answer.status().is_success(), "POST {path}: {} {said}", answer.status());
        Ok(serde_json::from_str(&said)?)
    }

    pub(super) fn get_as(&self, authorization: &str, path: &str) -> Result<Value> {
        let request = self.agent.get(format!("{}{path}", self.base)).header("authorization", authorization);
        let mut answer = request.call().with_context(|| format!("GET {path}"))?;
        let said = answer.body_mut().read_to_string()?;
        ensure!(answer.status().is_success(), "GET {path}: {} {said}", answer.status());
        Ok(serde_json::from_str(&said)?)
    }

    /// Asks for a token as a stranger does.
    pub(super) fn token(&self, id: &str, secret: &str) -> Result<String> {
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let mut answer = self.agent.post(format!("{}/oauth/token", self.base)).send_form(form)?;
        let token: Value = answer.body_mut().read_json().context("the token endpoint answers JSON")?;
        text(&token, "access_token")
    }
}

/// Basic authentication of the first user.
pub(super) fn basic() -> String {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    format!("Basic {encoded}")
}

pub(super) fn text(value: &Value, member: &str) -> Result<String> {
    let found = value.get(member).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("{member} is missing in the answer {value}"))
}
