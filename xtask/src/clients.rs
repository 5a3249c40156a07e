//! `cargo xtask test --clients`: foreign clients against the doors that report loans. schemathesis reads the API reference
//! and sends what it allows and what it does not; every answer must be one that the reference describes.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::postgres::say;
use crate::workspace;

const PASSWORD: &str = "correct horse battery staple";
/// What holds for every answer. Whether bad input is refused is tested elsewhere, with the contract at hand.
const CHECKS: &str = "status_code_conformance,content_type_conformance,response_schema_conformance";

/// A door, the paths that belong to it, and how it knows a caller.
struct Door {
    name: &'static str,
    paths: &'static str,
    header: String,
    /// The check of server errors.
    server_errors: &'static str,
}

/// Installs schemathesis beside the build, starts a server with everything that the doors need, and sends.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let python = environment(root)?;
    let built = workspace::cargo(root).args(["build", "-p", "loam"]).status()?;
    ensure!(built.success(), "the program does not build");
    let folder = root.join("target/clients/book");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let server = Server::start(&workspace::loam_binary(root)?, &folder)?;
    let doors = prepare(&server.base)?;
    let mut failed = Vec::new();
    for door in &doors {
        say(&format!("schemathesis on {}", door.name));
        if !send(root, &python, &server.base, door)? {
            failed.push(door.name);
        }
    }
    ensure!(failed.is_empty(), "schemathesis found something on {}", failed.join(", "));
    say(&format!("schemathesis found nothing on {} doors", doors.len()));
    Ok(ExitCode::SUCCESS)
}

/// A Python environment with what `requirements.txt` names; made once.
fn environment(root: &Path) -> Result<PathBuf> {
    let venv = root.join("target/clients/venv");
    let requirements = root.join("xtask/clients/requirements.txt");
    let program = venv.join("bin/schemathesis");
    let wanted = std::fs::read_to_string(&requirements)?;
    let stamp = venv.join("installed.txt");
    if program.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(program);
    }
    say("installing schemathesis from PyPI");
    let made = Command::new("python3").args(["-m", "venv"]).arg(&venv).status();
    ensure!(made.context("python3 is needed for --clients")?.success(), "python3 -m venv failed");
    let mut pip = Command::new(venv.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&requirements);
    ensure!(pip.status()?.success(), "pip could not install schemathesis");
    std::fs::write(stamp, wanted)?;
    Ok(program)
}

/// Makes credentials of every kind, a client with an account, and a product.
fn prepare(base: &str) -> Result<Vec<Door>> {
    let admin = Admin { base, agent: ureq::Agent::new_with_defaults() };
    let scopes = ["loan-performance", "lead-data", "dry-run", "marketplace", "book"];
    let everything = json!({ "name": "schemathesis", "scopes": scopes });
    let client = admin.post("/loam/v1/api-clients", &everything)?;
    let (id, secret) = (text(&client, "clientId")?, text(&client, "clientSecret")?);
    let form = [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret)];
    let token: Value = admin
        .agent
        .post(format!("{base}/oauth/token"))
        .send_form(form)?
        .body_mut()
        .read_json()
        .context("the token endpoint answers JSON")?;
    let bearer = format!("Authorization: Bearer {}", text(&token, "access_token")?);
    prepare_market(&admin)?;
    let business = admin.post("/loam/v1/businesses", &json!({ "name": "schemathesis" }))?;
    let key = text(&business["liveKeys"], "secretKey")?;
    Ok(vec![
        Door {
            name: "loan performance",
            paths: "^/(oauth|api/v1)/",
            header: bearer.clone(),
            server_errors: "not_a_server_error",
        },
        Door {
            name: "repayment data",
            paths: "^/v1/",
            header: format!("x-api-key: {key}"),
            server_errors: "not_a_server_error",
        },
        Door {
            name: "marketplace",
            paths: "^/services/",
            header: bearer,
            server_errors: "refusals_are_the_contracts_own",
        },
    ])
}

/// What the examples of the marketplace name: the account of a borrower, a purpose, a product.
fn prepare_market(admin: &Admin<'_>) -> Result<()> {
    let product = json!({
        "id": "Default",
        "productName": "Default",
        "interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED",
        "defaultRepaymentPeriodCount": 1,
        "repaymentPeriodUnit": "MONTHS",
        "arrearsSettings": { "defaultTolerancePeriod": 0 },
        "marketplace": { "capitalizedFeePercent": "2" },
    });
    admin.post("/loam/v1/loan-products", &product)?;
    admin.post("/loam/v1/loan-purposes", &json!({ "name": "Family" }))?;
    let client = json!({ "client": { "id": "8", "firstName": "Ana", "lastName": "Lima" } });
    admin.post("/api/clients", &client)?;
    let account = json!({ "client": "8", "id": "001G000001KY8by" });
    admin.post("/loam/v1/borrower-accounts", &account).map(|_| ())
}

fn send(root: &Path, program: &Path, base: &str, door: &Door) -> Result<bool> {
    let mut schemathesis = Command::new(program);
    schemathesis
        .current_dir(root.join("target/clients"))
        .env("SCHEMATHESIS_HOOKS", root.join("xtask/clients/hooks.py"))
        .args(["run", &format!("{base}/openapi.json"), "--url", base])
        .args(["--include-path-regex", door.paths, "--header", &door.header])
        .args(["--checks", &format!("{},{CHECKS}", door.server_errors)])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", "40", "--seed", "20140923"])
        .args(["--suppress-health-check", "all", "--warnings", "off", "--no-color"]);
    Ok(schemathesis.status().context("schemathesis cannot be run")?.success())
}

fn text(value: &Value, member: &str) -> Result<String> {
    let found = value.get(member).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("{member} is missing in the answer {value}"))
}

/// The administrator of the server under test.
struct Admin<'a> {
    base: &'a str,
    agent: ureq::Agent,
}

impl Admin<'_> {
    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request =
            self.agent.post(format!("{}{path}", self.base)).header("authorization", authorization());
        let mut answer = request.send_json(body).with_context(|| format!("POST {path}"))?;
        Ok(answer.body_mut().read_json()?)
    }
}

/// Basic authentication of the first user.
fn authorization() -> String {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("admin:{PASSWORD}"));
    format!("Basic {encoded}")
}

/// The real binary, serving a book of its own.
struct Server {
    child: Child,
    base: String,
}

impl Server {
    fn start(binary: &Path, folder: &Path) -> Result<Server> {
        let database = format!("sqlite:{}", folder.join("loam.db").display());
        let mut child = Command::new(binary)
            .args(["--database", &database, "--log", "error", "serve", "--listen", "127.0.0.1:0"])
            .args(["--end-of-day", "manual", "--admin-password", PASSWORD])
            .stdout(Stdio::piped())
            .spawn()
            .context("the program cannot be started")?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?);
        let base = loop {
            let mut line = String::new();
            ensure!(lines.read_line(&mut line)? > 0, "the server ended before it was ready");
            if let Some(address) = line.trim().strip_prefix("API ") {
                break address.trim().trim_end_matches("/api").to_owned();
            }
        };
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        Ok(Server { child, base })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}
