//! A book that a server has open, asked over its native door.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use loam_server::shapes::Shapes;
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

use crate::apply::file::Members;
use crate::args::Apply;

/// What all paths of the native door begin with.
const PREFIX: &str = "/loam/v1/";

/// What the server makes of a change that is only tried.
pub(super) enum Trial {
    Becomes(Members),
    /// With what it says against the change.
    Refused(String),
}

/// The book behind a server.
pub(super) struct RemoteBook {
    agent: Agent,
    base: String,
    authorization: (&'static str, String),
    /// Path and methods of every route that takes records, as the server describes itself.
    routes: BTreeMap<String, Vec<String>>,
    shapes: Shapes,
}

impl RemoteBook {
    /// Asks the server what it serves.
    ///
    /// # Errors
    /// When it cannot be reached, or is no Loam.
    pub(super) fn open(arguments: &Apply) -> anyhow::Result<RemoteBook> {
        let config = Agent::config_builder().http_status_as_error(false).build();
        let authorization = match (&arguments.api_key, &arguments.password) {
            (Some(key), _) => ("apikey", key.clone()),
            (None, Some(password)) => {
                let credentials = STANDARD.encode(format!("{}:{password}", arguments.user));
                ("authorization", format!("Basic {credentials}"))
            }
            (None, None) => {
                bail!("who are you? give --password (or LOAM_PASSWORD), or --api-key (or LOAM_API_KEY)")
            }
        };
        let base = arguments.server.trim_end_matches('/').to_owned();
        let shapes = Shapes::of(&Value::Null);
        let mut book =
            RemoteBook { agent: config.into(), base, authorization, routes: BTreeMap::new(), shapes };
        let described =
            book.ask("GET", "/openapi.json", None)?.context("the server does not describe itself")?;
        let paths = described["paths"].as_object().context("the server does not describe itself")?;
        book.routes = paths
            .iter()
            .filter_map(|(path, methods)| {
                let kind = path.strip_prefix(PREFIX)?;
                let methods = methods.as_object()?.keys().map(|method| method.to_uppercase()).collect();
                Some((kind.to_owned(), methods))
            })
            .collect();
        book.shapes = Shapes::of(&described);
        Ok(book)
    }

    /// Refuses a record with a member that records at its place do not have: nothing is sent while one is misspelt.
    ///
    /// # Errors
    /// Names the member.
    pub(super) fn check_members(&self, place: &str, members: &Members) -> anyhow::Result<()> {
        let mut own = members.clone();
        // Those of an object inside the record may stand on the record itself.
        own.retain(|name, _| !self.shapes.has_inside(place, name));
        let Some(unknown) = self.shapes.unknown_member(place, &own) else { return Ok(()) };
        let meant = unknown.nearest.map(|nearest| format!(": did you mean {nearest}?")).unwrap_or_default();
        bail!("{} is no member of {place}{meant}", unknown.path)
    }

    /// The place of a kind that has many records, or of one that has a single one.
    ///
    /// # Errors
    /// When the server has no such kind; the ones that it has are named.
    pub(super) fn place(&self, kind: &str, is_list: bool) -> anyhow::Result<String> {
        let takes = |method: &str| {
            self.routes.get(kind).is_some_and(|methods| methods.iter().any(|served| served == method))
        };
        let by_id = format!("{kind}/{{");
        let has_records = || self.routes.keys().any(|path| path.starts_with(&by_id));
        if is_list && takes("POST") && takes("GET") && has_records() || !is_list && takes("PATCH") {
            return Ok(format!("/loam/v1/{kind}"));
        }
        bail!("{kind} is no kind of record; there are {}", self.kinds().join(", "))
    }

    /// Kinds with lists that take new records, and single ones that can be changed.
    fn kinds(&self) -> Vec<&str> {
        let is_kind = |(path, methods): &(&String, &Vec<String>)| {
            let served = |method: &str| methods.iter().any(|served| served == method);
            !path.contains('{') && (served("POST") && served("GET") || served("PATCH"))
        };
        self.routes.iter().filter(is_kind).map(|(path, _)| path.as_str()).collect()
    }

    /// Every record of a list.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn list(&self, place: &str) -> anyhow::Result<Vec<Members>> {
        let listed = self.ask("GET", place, None)?.ok_or_else(|| anyhow!("the server has no {place}"))?;
        let Value::Array(records) = listed else { bail!("{place} is no list of records") };
        Ok(records
            .into_iter()
            .filter_map(|record| if let Value::Object(members) = record { Some(members) } else { None })
            .collect())
    }

    /// The one record of a kind that has no others.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn single(&self, place: &str) -> anyhow::Result<Members> {
        match self.ask("GET", place, None)? {
            Some(Value::Object(members)) => Ok(members),
            Some(_) | None => bail!("{place} is no record"),
        }
    }

    /// What a record would become with these members.
    ///
    /// # Errors
    /// When there is no answer, or the server does not let the caller ask.
    pub(super) fn would_be(&self, path: &str, members: &Members) -> anyhow::Result<Trial> {
        let path = format!("{path}?dryRun=true");
        let (status, text) = self.exchange("PATCH", &path, Some(members))?;
        match status {
            200..300 => {
                let Value::Object(members) = read(&path, &text)? else { bail!("{path} is no record") };
                Ok(Trial::Becomes(members))
            }
            400 | 404 | 409 => Ok(Trial::Refused(said(&text))),
            _ => bail!("the server answered {status}: {}", said(&text)),
        }
    }

    /// Sends members of a record; gives the record.
    ///
    /// # Errors
    /// What the server says against it.
    pub(super) fn send(&self, method: &str, path: &str, members: &Members) -> anyhow::Result<Members> {
        match self.ask(method, path, Some(members))? {
            Some(Value::Object(members)) => Ok(members),
            Some(_) | None => bail!("{path} is no record"),
        }
    }

    /// `None`: there is nothing at this path.
    fn ask(&self, method: &str, path: &str, members: Option<&Members>) -> anyhow::Result<Option<Value>> {
        let (status, text) = self.exchange(method, path, members)?;
        match status {
            200..300 => read(path, &text).map(Some),
            404 if members.is_none() => Ok(None),
            _ => bail!("the server answered {status}: {}", said(&text)),
        }
    }

    /// The status and the body of an answer.
    fn exchange(&self, method: &str, path: &str, members: Option<&Members>) -> anyhow::Result<(u16, String)> {
        let (name, value) = &self.authorization;
        let request =
            Request::builder().method(method).uri(format!("{}{path}", self.base)).header(*name, value);
        let body = members.map(serde_json::to_string).transpose()?.unwrap_or_default();
        let answer = self.agent.run(request.header("content-type", "application/json").body(body)?);
        let mut answer = answer.with_context(|| format!("no answer from {}", self.base))?;
        let status = answer.status().as_u16();
        Ok((status, answer.body_mut().read_to_string()?))
    }
}

fn read(path: &str, text: &str) -> anyhow::Result<Value> {
    serde_json::from_str(text).with_context(|| format!("{path} is no JSON"))
}

/// What an error of the native door says, or the whole answer.
fn said(text: &str) -> String {
    let message = serde_json::from_str::<Value>(text)
        .ok()
        .and_then(|value| value["error"]["message"].as_str().map(str::to_owned));
    message.unwrap_or_else(|| text.to_owned())
}
