//! A PostgreSQL of a test's own, which it may kill without warning and start again.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A cluster in a folder of its own. Durability is left as PostgreSQL has it.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
    /// What the server said since it was ready.
    log: Arc<Mutex<String>>,
    child: Option<Child>,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub fn start(name: &str) -> Postgres {
        Postgres::start_with(name, &[])
    }

    /// The same with settings of its own, such as `log_statement=all`.
    pub fn start_with(name: &str, settings: &[&str]) -> Postgres {
        let mut cluster = Postgres::without_data(name);
        cluster.settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let mut initdb = cluster.program("initdb");
        initdb.args(["--auth=trust", "--username=loam", "--encoding=UTF8", "--pgdata"]).arg(cluster.data());
        let made = initdb.output().expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster.start_again();
        cluster
    }

    /// Copies the cluster to a streaming replica of it, and starts that.
    pub fn replica(&self, name: &str) -> Postgres {
        let mut replica = Postgres::without_data(name);
        let mut copy = replica.program("pg_basebackup");
        copy.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "loam", "-R", "-X", "stream"]);
        let copied =
            copy.args(["-c", "fast", "-D"]).arg(replica.data()).output().expect("pg_basebackup runs");
        assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
        replica.start_again();
        replica
    }

    /// A folder and a port for a cluster.
    #[expect(clippy::disallowed_methods, reason = "the test command says where PostgreSQL is")]
    fn without_data(name: &str) -> Postgres {
        let programs = std::env::var_os("LOAM_TEST_POSTGRES_BIN").map(PathBuf::from);
        let programs = programs.expect("run `cargo xtask test`: it says where PostgreSQL's programs are");
        let folder = std::env::temp_dir().join(format!("loam_postgres_{name}_{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder takes a new one");
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        if let Some(owner) = owner() {
            chown(&folder, Some(owner), Some(owner)).expect("root may give the folder away");
        }
        Postgres { programs, folder, port, settings: Vec::new(), log: Arc::default(), child: None }
    }

    /// The address of the cluster's own database.
    pub fn url(&self) -> String {
        format!("postgres://loam@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts the server on what is in its folder, and waits until it has recovered.
    pub fn start_again(&mut self) {
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.data()).args(["-p", &self.port.to_string(), "-h", "127.0.0.1", "-k"]);
        server.arg(&self.folder);
        for setting in &self.settings {
            server.args(["-c", setting]);
        }
        let mut child = server.stderr(Stdio::piped()).spawn().expect("postgres starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log is piped"));
        let mut log = String::new();
        // A replica says that it accepts read-only connections.
        while !log.contains("database system is ready to accept") {
            let read = lines.read_line(&mut log).expect("its log can be read");
            assert!(read > 0, "PostgreSQL ended before it was ready: {log}");
        }
        let log = Arc::clone(&self.log);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let mut log = log.lock().expect("whoever reads the log does not panic");
                log.push_str(&line);
                log.push('\n');
            }
        });
        self.child = Some(child);
    }

    /// What the server has said since it was ready.
    pub fn log(&self) -> String {
        self.log.lock().expect("whoever writes the log does not panic").clone()
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
