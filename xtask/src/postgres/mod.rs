//! A throw-away PostgreSQL cluster for tests and measurements: its own folder, its own port, durability on.
//!
//! Finding the server's programs is in `find`, installing them in `install`.

mod find;
mod install;

use std::fs::{self, Permissions};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

pub(crate) use find::Programs;
pub(crate) use install::find_or_install;

const KEEPER: &str = include_str!("keeper.sh");

/// How often another program may take the free port before we get it.
const PORT_ATTEMPTS: usize = 5;

const POLL: Duration = Duration::from_millis(50);
const POLLS_UNTIL_READY: usize = 2400;

/// Longest folder whose socket path still fits into the address of a socket on every platform.
const SOCKET_FOLDER_MAX: usize = 80;

/// A running server. Dropping it stops the server and removes everything it wrote; so does the end of xtask.
pub(crate) struct Cluster {
    pub(crate) url: String,
    pub(crate) port: u16,
    /// Process id of the postmaster.
    pub(crate) pid: u32,
    pub(crate) programs: Programs,
    keeper: Child,
}

impl Cluster {
    /// Makes and starts a cluster; each setting is `name=value` as in `postgresql.conf`.
    pub(crate) fn start(programs: &Programs, settings: &[String]) -> Result<Cluster> {
        for _ in 0..PORT_ATTEMPTS {
            let port = free_port()?;
            let folder = Folder::make()?;
            let mut keeper = start_keeper(programs, &folder, port, settings)?;
            if let Some(pid) = wait_until_ready(&mut keeper, &folder)? {
                let url = format!("postgres://loam@127.0.0.1:{port}/postgres");
                return Ok(Cluster { url, port, pid, programs: programs.clone(), keeper });
            }
            // The keeper has done this, unless it could not even begin.
            let _ = fs::remove_dir_all(&folder.path);
            // Only a port that somebody took in between is worth another try.
            ensure!(!is_free(port), "PostgreSQL does not start; its last words are above");
        }
        bail!("PostgreSQL did not start on any of {PORT_ATTEMPTS} ports; its last words are above")
    }

    /// Tells the program where the cluster is, in the words our tests know.
    pub(crate) fn introduce_to(&self, command: &mut Command) {
        command.env("LOAM_TEST_POSTGRES", &self.url);
        command.env("LOAM_TEST_POSTGRES_BIN", &self.programs.folder);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            eprintln!("cannot wait for PostgreSQL to stop: {error}");
        }
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// The keeper has its own process group, so Ctrl-C reaches xtask and its tests but not the server under them.
fn start_keeper(programs: &Programs, folder: &Folder, port: u16, settings: &[String]) -> Result<Child> {
    let script = folder.path.join("keeper.sh");
    fs::write(&script, KEEPER).with_context(|| format!("cannot write {}", script.display()))?;
    fs::set_permissions(&script, Permissions::from_mode(0o644))?;
    let mut command = Command::new("/bin/sh");
    command.arg(&script).arg(&programs.folder).arg(&folder.path);
    command.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
    let is_short = folder.path.as_os_str().len() <= SOCKET_FOLDER_MAX;
    let sockets = if is_short { folder.path.display().to_string() } else { String::new() };
    command.arg("-c").arg(format!("unix_socket_directories={sockets}"));
    command.args(["-c", "max_connections=200", "-c", "log_min_messages=warning"]);
    for setting in settings {
        ensure!(setting.contains('='), "a setting is name=value, not {setting}");
        command.arg("-c").arg(setting);
    }
    command.env("LC_ALL", "C").current_dir(&folder.path).stdin(Stdio::piped()).process_group(0);
    if let Some(owner) = &folder.owner {
        command.uid(owner.uid).gid(owner.gid);
    }
    command.spawn().context("cannot start /bin/sh")
}

/// The postmaster's id, or nothing when the server gave up, as it does when the port was taken meanwhile.
fn wait_until_ready(keeper: &mut Child, folder: &Folder) -> Result<Option<u32>> {
    for _ in 0..POLLS_UNTIL_READY {
        if keeper.try_wait()?.is_some() {
            return Ok(None);
        }
        let notes = fs::read_to_string(folder.path.join("data/postmaster.pid")).unwrap_or_default();
        if let Some(pid) = pid_when_ready(&notes) {
            return Ok(Some(pid));
        }
        thread::sleep(POLL);
    }
    drop(keeper.stdin.take());
    keeper.wait()?;
    bail!("PostgreSQL was not ready after two minutes")
}

/// `postmaster.pid` holds the process id in its first line and the state in its eighth.
fn pid_when_ready(notes: &str) -> Option<u32> {
    let is_ready = notes.lines().nth(7)?.trim() == "ready";
    let pid = notes.lines().next()?.trim().parse().ok()?;
    is_ready.then_some(pid)
}

/// The account that owns the cluster when we are root, because the server refuses to run as root.
#[derive(Debug, Clone, Copy)]
struct Owner {
    uid: u32,
    gid: u32,
}

struct Folder {
    path: PathBuf,
    owner: Option<Owner>,
}

impl Folder {
    /// A new folder that the server's account can reach. The keeper removes it.
    fn make() -> Result<Folder> {
        let mut reasons = Vec::new();
        for parent in [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")] {
            match Folder::make_in(&parent) {
                Ok(folder) => return Ok(folder),
                Err(error) => reasons.push(format!("{error:#}")),
            }
        }
        bail!("no folder for the cluster, set TMPDIR: {}", reasons.join("; "))
    }

    fn make_in(parent: &Path) -> Result<Folder> {
        let path = unused_name(parent);
        fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let folder = Folder::hand_over(&path);
        if folder.is_err() {
            // Best effort: the reason for giving up is the message that counts.
            let _ = fs::remove_dir(&path);
        }
        folder
    }

    fn hand_over(path: &Path) -> Result<Folder> {
        fs::set_permissions(path, Permissions::from_mode(0o700))?;
        let owner = if fs::metadata(path)?.uid() == 0 { Some(server_account()?) } else { None };
        if let Some(owner) = &owner {
            chown(path, Some(owner.uid), Some(owner.gid))?;
            let mut probe = Command::new("/bin/sh");
            probe.args(["-c", "cd \"$1\" && : >probe && rm probe", "probe"]).arg(path).current_dir("/");
            let reached = probe.uid(owner.uid).gid(owner.gid).stderr(Stdio::null()).status()?;
            ensure!(reached.success(), "{} is out of reach for the server's account", path.display());
        }
        Ok(Folder { path: path.to_owned(), owner })
    }
}

fn unused_name(parent: &Path) -> PathBuf {
    let name = |number: u32| parent.join(format!("loam-pg-{}-{number}", std::process::id()));
    let unused = (0..u32::MAX).map(name).find(|path| !path.exists());
    unused.unwrap_or_else(|| name(u32::MAX))
}

fn server_account() -> Result<Owner> {
    let accounts = ["postgres", "_postgres", "nobody"];
    let owner = accounts.iter().find_map(|name| Some(Owner { uid: id("-u", name)?, gid: id("-g", name)? }));
    owner.context(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as",
    )
}

fn id(which: &str, account: &str) -> Option<u32> {
    let output = Command::new("id").args([which, account]).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Says on standard error what is going on, apart from what the tests print on standard output.
pub(crate) fn say(message: &str) {
    // A closed terminal must not stop the clean-up.
    let _ = writeln!(std::io::stderr(), "xtask: {message}");
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = "4711\n/tmp/a/data\n1700000000\n5432\n/tmp/a\n127.0.0.1\n 1 2\nready   \n";

    #[test]
    fn the_server_is_ready_when_its_notes_say_so() {
        assert_eq!(pid_when_ready(NOTES), Some(4711));
        assert_eq!(pid_when_ready(&NOTES.replace("ready   ", "starting")), None);
        assert_eq!(pid_when_ready("4711\n"), None);
        assert_eq!(pid_when_ready(""), None);
    }

    #[test]
    fn a_new_folder_has_a_new_name() {
        let first = Folder::make().unwrap();
        let second = Folder::make().unwrap();
        assert_ne!(first.path, second.path);
        fs::remove_dir(first.path).unwrap();
        fs::remove_dir(second.path).unwrap();
    }

    #[test]
    fn a_folder_out_of_reach_is_not_taken() {
        let hidden = unused_name(&std::env::temp_dir()).with_extension("hidden");
        assert!(Folder::make_in(&hidden).is_err(), "the parent does not exist");
    }
}
