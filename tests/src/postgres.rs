//! A PostgreSQL of a test's own, which it may kill without warning and start again.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A cluster in a folder of its own. Durability is left as PostgreSQL has it.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Postgres {
    /// Makes a cluster and starts it.
    #[expect(clippy::disallowed_methods, reason = "the test command says where PostgreSQL is")]
    pub fn start(name: &str) -> Postgres {
        let programs = std::env::var_os("LOAM_TEST_POSTGRES_BIN").map(PathBuf::from);
        let programs = programs.expect("run `cargo xtask test`: it says where PostgreSQL's programs are");
        let folder = std::env::temp_dir().join(format!("loam_postgres_{name}_{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder takes a new one");
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        let mut cluster = Postgres { programs, folder, port, child: None };
        if let Some(owner) = owner() {
            chown(&cluster.folder, Some(owner), Some(owner)).expect("root may give the folder away");
        }
        let mut initdb = cluster.program("initdb");
        initdb.args(["--auth=trust", "--username=loam", "--encoding=UTF8", "--pgdata"]).arg(cluster.data());
        let made = initdb.output().expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster.start_again();
        cluster
    }

    /// The address of the cluster's own database.
    pub fn url(&self) -> String {
        format!("postgres://loam@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts the server on what is in its folder, and waits until it has recovered.
    pub fn start_again(&mut self) {
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.data()).args(["-p", &self.port.to_string(), "-h", "127.0.0.1", "-k"]);
        let mut child = server.arg(&self.folder).stderr(Stdio::piped()).spawn().expect("postgres starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log is piped"));
        let mut log = String::new();
        while !log.contains("database system is ready to accept connections") {
            let read = lines.read_line(&mut log).expect("its log can be read");
            assert!(read > 0, "PostgreSQL ended before it was ready: {log}");
        }
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        self.child = Some(child);
    }

    /// Kills the server and all its processes at once, as a power cut would. Each of them leads a
    /// session of its own, so they are killed one by one, the parent held so that it starts no more.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        let parent = child.id().to_string();
        signal("-STOP", &[&parent]);
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        let children = children.expect("the kernel tells the children of a process");
        let mut all: Vec<&str> = children.split_whitespace().collect();
        all.push(&parent);
        signal("-KILL", &all);
        child.wait().expect("it ends");
        // They are gone only when the kernel has taken their memory back; until then the server
        // does not start again.
        while all.iter().any(|process| is_running(process)) {
            std::thread::yield_now();
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// One of PostgreSQL's programs, which refuse to run as root.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.folder).stdout(Stdio::null());
        if let Some(owner) = owner() {
            command.uid(owner).gid(owner);
        }
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
        // What is left in the temporary folder harms nobody.
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}

/// Whether a process lives: a zombie holds nothing any more.
fn is_running(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = status.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

fn signal(name: &str, processes: &[&str]) {
    // A process that has just ended by itself is dead enough.
    let _sent = Command::new("kill").arg(name).args(processes).stderr(Stdio::null()).status();
}

/// The user under whom PostgreSQL runs when the tests run as root; any other than root will do.
fn owner() -> Option<u32> {
    const NOBODY: u32 = 65_534;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let is_root = status.lines().any(|line| line.starts_with("Uid:\t0\t"));
    is_root.then(|| user_id("postgres", Path::new("/etc/passwd")).unwrap_or(NOBODY))
}

fn user_id(name: &str, passwd: &Path) -> Option<u32> {
    let users = std::fs::read_to_string(passwd).ok()?;
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    line.split(':').nth(2)?.parse().ok()
}
