//! schemathesis reads the API reference of each door and sends what it allows and what it does not; every answer must be
//! one that the reference describes.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::postgres::say;

use super::environment::Environment;
use super::server::{Admin, Server, basic, text};
use super::{loan_accounts, market};

/// What holds for every answer. Left out are, of the checks:
///
/// - `negative_data_rejection`, `positive_data_acceptance`: the contracts ask for tolerance (numbers and flags as texts,
///   members that nobody knows) and refuse by rules of the book that no schema tells. Tests of each contract do this.
/// - `missing_required_header`, `unsupported_method`, `ignored_auth`: every route is walked without credentials and with
///   every role by a test that is made from the router.
/// - `use_after_free`, `ensure_resource_availability`, `response_headers_conformance`, and the stateful phase: the
///   reference has neither links nor headers to follow.
///
/// Of the operations none is left out. The native door belongs to no contract and has no clients but our own.
const CHECKS: &str = "status_code_conformance,content_type_conformance,response_schema_conformance";

/// A door, the paths that belong to it, and how it knows a caller.
struct Door {
    name: &'static str,
    paths: &'static str,
    header: String,
    /// The check of server errors.
    server_errors: &'static str,
    /// How often each operation is called with what chance brings.
    calls: &'static str,
    /// What no example names, for the hooks.
    there: Value,
}

/// The names of the doors on which something was found.
pub(super) fn finds(root: &Path, environment: &Environment) -> Result<Vec<&'static str>> {
    let server = Server::start(root, "schemathesis")?;
    let mut found = Vec::new();
    for door in prepare(&Admin::of(&server))? {
        say(&format!("schemathesis on {}", door.name));
        if !send(root, environment, &server.base, &door)? {
            found.push(door.name);
        }
    }
    Ok(found)
}

/// Makes credentials of every kind, a client with an account, and a product.
fn prepare(admin: &Admin<'_>) -> Result<Vec<Door>> {
    let scopes = ["loan-performance", "lead-data", "dry-run", "marketplace", "book"];
    let everything = json!({ "name": "schemathesis", "scopes": scopes });
    let client = admin.post("/loam/v1/api-clients", &everything)?;
    let token = admin.token(&text(&client, "clientId")?, &text(&client, "clientSecret")?)?;
    let bearer = format!("Authorization: Bearer {token}");
    let there = market::prepare(admin, &format!("Bearer {token}"))?;
    loan_accounts::prepare(admin)?;
    let business = admin.post("/loam/v1/businesses", &json!({ "name": "schemathesis" }))?;
    let key = text(&business["liveKeys"], "secretKey")?;
    Ok(vec![
        Door {
            name: "loan performance",
            paths: "^/(oauth|api/v1)/",
            header: bearer.clone(),
            server_errors: "not_a_server_error",
            calls: "40",
            there: Value::Null,
        },
        Door {
            name: "repayment data",
            paths: "^/v1/",
            header: format!("x-api-key: {key}"),
            server_errors: "not_a_server_error",
            calls: "40",
            there: Value::Null,
        },
        Door {
            name: "marketplace",
            paths: "^/services/",
            header: bearer,
            server_errors: "refusals_are_the_contracts_own",
            calls: "40",
            there,
        },
        Door {
            name: "loan accounts",
            paths: "^/api/(?!v1/)",
            header: format!("Authorization: {}", basic()),
            server_errors: "not_a_server_error",
            calls: "4",
            there: Value::Null,
        },
    ])
}

fn send(root: &Path, environment: &Environment, base: &str, door: &Door) -> Result<bool> {
    let mut schemathesis = Command::new(environment.program("schemathesis"));
    schemathesis
        .current_dir(root.join("target/clients"))
        .env("SCHEMATHESIS_HOOKS", root.join("xtask/clients/hooks.py"))
        .env("LOAM_THERE", door.there.to_string())
        .args(["run", &format!("{base}/openapi.json"), "--url", base])
        .args(["--include-path-regex", door.paths, "--header", &door.header])
        .args(["--checks", &format!("{},{CHECKS}", door.server_errors)])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", door.calls, "--seed", "20140923"])
        .args(["--suppress-health-check", "all", "--warnings", "off", "--no-color"]);
    Ok(schemathesis.status().context("schemathesis cannot be run")?.success())
}
