//! The real binary, started and stopped by tests.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use crate::database::Database;
use crate::http::Caller;

/// The password of admin in every test book.
pub const PASSWORD: &str = "correct horse battery staple";

/// A server of the real binary on a free port.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pub base: String,
    /// What it printed before it was ready.
    pub greeting: String,
}

/// The binary under test.
#[expect(clippy::disallowed_methods, reason = "the test command says where the binary is")]
pub fn binary() -> PathBuf {
    match std::env::var_os("LOAM_TEST_BINARY") {
        Some(path) => PathBuf::from(path),
        None => {
            let test = std::env::current_exe().expect("a test knows where it is");
            test.ancestors().nth(2).expect("target/debug/deps").join("loam")
        }
    }
}

/// A command of the binary with a clean environment.
pub fn command(database: &Database) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().env("LOAM_ADMIN_PASSWORD", PASSWORD).env("LOAM_LOG", "warn");
    command.env("LOAM_KEY_FILE", database.folder().join("loam.key"));
    command.env("LOAM_BACKUPS", database.folder().join("backups"));
    // Tests that want a book for tests say so.
    command.env("LOAM_TEST_BOOK", "none");
    command.env("RUST_BACKTRACE", "0").args(["--database", &database.url]);
    command
}

/// Runs a command of the binary to its end.
pub fn run(database: &Database, arguments: &[&str]) -> Output {
    command(database).args(arguments).output().expect("the binary runs")
}

impl Server {
    /// Starts a server that closes no days by itself.
    pub fn start(database: &Database, arguments: &[&str]) -> Server {
        let mut command = command(database);
        command.args(["serve", "--listen", "127.0.0.1:0", "--end-of-day", "manual"]).args(arguments);
        Server::spawn(command)
    }

    /// Starts any command that serves.
    pub fn spawn(mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut greeting = String::new();
        let base = loop {
            let mut line = String::new();
            let read = lines.read_line(&mut line).expect("its output can be read");
            assert!(read > 0, "the server ended before it was ready: {greeting}");
            greeting.push_str(&line);
            if let Some(address) = line.trim().strip_prefix("API ").map(str::trim) {
                break address.trim_end_matches("/api").to_owned();
            }
        };
        // The rest of the output is drained, so that the server never waits for a reader.
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        Server { child, base, greeting }
    }

    /// The administrator of the test book.
    pub fn admin(&self) -> Caller {
        Caller::basic(&self.base, "admin", PASSWORD)
    }

    /// Kills it without warning, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Waits until it ends by itself, and gives its exit code.
    pub fn ended(mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }

    /// The process id, for signals and for looking at its memory.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, as Ctrl-C does, and gives its exit code.
    pub fn stop(mut self) -> Option<i32> {
        let status = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}
