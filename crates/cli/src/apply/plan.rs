//! What has to be done to make a book as a file wants it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::apply::book::RemoteBook;
use crate::apply::file::{Members, Records, Wanted};

/// Steps, in the order in which they are taken.
pub(super) struct Plan {
    steps: Vec<Step>,
    unchanged: usize,
}

/// One record that is created or changed.
pub(super) struct Step {
    pub(super) method: &'static str,
    pub(super) path: String,
    /// What is sent: all members of a new record, those that differ of another.
    pub(super) members: Members,
    kind: String,
    id: String,
    /// What the members that differ are now.
    was: Members,
}

/// Members by which records are known, the first that a record has.
const IDS: [&str; 4] = ["id", "username", "clientId", "glCode"];
/// Members that go in and never come out: they are set when a record is created.
const SECRETS: [&str; 1] = ["password"];

impl Plan {
    /// Compares a file with a book.
    ///
    /// # Errors
    /// When the file names a kind that the server does not have, or a record without an id.
    pub(super) fn make(wanted: &Wanted, book: &RemoteBook) -> anyhow::Result<Plan> {
        let mut plan = Plan { steps: Vec::new(), unchanged: 0 };
        let mut names = Names::default();
        for (kind, records) in &wanted.kinds {
            match records {
                Records::One(members) => {
                    let place = book.place(kind, false)?;
                    let present = book.single(&place)?;
                    plan.compare((kind, kind, place), members, Some(&present), &names);
                }
                Records::Many(all) => {
                    let place = book.place(kind, true)?;
                    let present = names.learn(book.list(&place)?);
                    for members in all {
                        let id = id_of(members).with_context(|| format!("a record of {kind} has no id"))?;
                        let found = present.get(&id);
                        let path = if found.is_some() { format!("{place}/{id}") } else { place.clone() };
                        plan.compare((kind, &id, path), members, found, &names);
                    }
                }
            }
        }
        Ok(plan)
    }

    fn compare(
        &mut self,
        (kind, id, path): (&str, &str, String),
        members: &Members,
        present: Option<&Members>,
        names: &Names,
    ) {
        let (method, members, was) = match present {
            None => ("POST", members.clone(), Members::new()),
            Some(present) => {
                let (differ, was) = differences(members, present, names);
                ("PATCH", differ, was)
            }
        };
        if method == "PATCH" && members.is_empty() {
            self.unchanged += 1;
            return;
        }
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.steps.push(Step { method, path, members, kind, id, was });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Step {
    /// What is done to which record.
    pub(super) fn heading(&self) -> String {
        let verb = if self.method == "POST" { "create" } else { "change" };
        if self.kind == self.id {
            format!("{verb} {}", self.kind)
        } else {
            format!("{verb} {} {}", self.kind, self.id)
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{}", step.heading())?;
            for (name, value) in &step.members {
                let is_secret = SECRETS.contains(&name.as_str());
                let value = if is_secret { "(not shown)".to_owned() } else { value.to_string() };
                match step.was.get(name) {
                    Some(was) => writeln!(f, "    {name}: {was} becomes {value}")?,
                    None => writeln!(f, "    {name}: {value}")?,
                }
            }
        }
        let (created, changed) = self.steps.iter().fold((0, 0), |(created, changed), step| {
            if step.method == "POST" { (created + 1, changed) } else { (created, changed + 1) }
        });
        writeln!(f, "{created} to create, {changed} to change, {} as they should be", self.unchanged)
    }
}

/// Ids of records by their keys, because a reference is written as an id and shown as a key.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    /// Notes the names of records; gives the records by id.
    fn learn(&mut self, records: Vec<Members>) -> BTreeMap<String, Members> {
        let mut by_id = BTreeMap::new();
        for members in records {
            let Ok(id) = id_of(&members) else { continue };
            if let Some(Value::String(key)) = members.get("encodedKey") {
                self.0.insert(key.clone(), id.clone());
            }
            by_id.insert(id, members);
        }
        by_id
    }

    /// Whether both mean the same: figures as texts or numbers, records by id or key.
    fn same(&self, wanted: &Value, present: &Value) -> bool {
        match (wanted, present) {
            (Value::Object(wanted), Value::Object(present)) => {
                wanted.iter().all(|(name, value)| self.same(value, present.get(name).unwrap_or(&Value::Null)))
            }
            (Value::Array(wanted), Value::Array(present)) => {
                wanted.len() == present.len()
                    && wanted.iter().zip(present).all(|(wanted, present)| self.same(wanted, present))
            }
            (Value::Null, present) => is_empty(present),
            (wanted, Value::Null) => is_empty(wanted),
            (wanted, present) => {
                let (Some(wanted), Some(present)) = (text(wanted), text(present)) else { return false };
                let named = self.0.get(&present);
                plain(&wanted) == plain(&present) || named == Some(&wanted)
            }
        }
    }
}

/// The members that differ, as they should be and as they are.
fn differences(wanted: &Members, present: &Members, names: &Names) -> (Members, Members) {
    let (mut differ, mut was) = (Members::new(), Members::new());
    for (name, value) in wanted {
        let now = present.get(name).unwrap_or(&Value::Null);
        if SECRETS.contains(&name.as_str()) || names.same(value, now) {
            continue;
        }
        differ.insert(name.clone(), value.clone());
        was.insert(name.clone(), now.clone());
    }
    (differ, was)
}

fn id_of(members: &Members) -> anyhow::Result<String> {
    // Of a user the user name comes first: the book gives users a number as their id.
    let name = if members.contains_key("username") { "username" } else { IDS[0] };
    let names = std::iter::once(name).chain(IDS);
    match names.filter_map(|name| members.get(name)).find_map(text) {
        Some(id) => Ok(id),
        None => bail!("there is no id among its members"),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A decimal without zeros at its end; any other text as it is.
fn plain(text: &str) -> &str {
    let is_decimal =
        text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    if is_decimal { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(value: Value) -> Members {
        if let Value::Object(members) = value { members } else { Members::new() }
    }

    #[test]
    fn figures_and_references_are_the_same_however_they_are_written() {
        let mut names = Names::default();
        names.learn(vec![members(json!({"id": "HQ", "encodedKey": "00af"}))]);
        let wanted =
            members(json!({"rate": 2.5, "count": "3", "branch": "HQ", "note": null, "limits": {"min": 10}}));
        let present = members(
            json!({"rate": "2.50", "count": 3, "branch": "00af", "limits": {"min": "10", "max": "9"}}),
        );
        assert!(differences(&wanted, &present, &names).0.is_empty());
    }

    #[test]
    fn what_differs_is_named_with_what_it_was() {
        let wanted = members(json!({"name": "North", "days": [1, 2], "password": "secret"}));
        let present = members(json!({"name": "South", "days": [1], "phone": "1"}));
        let (differ, was) = differences(&wanted, &present, &Names::default());
        assert_eq!(Value::Object(differ), json!({"name": "North", "days": [1, 2]}));
        assert_eq!(Value::Object(was), json!({"name": "South", "days": [1]}));
    }

    #[test]
    fn a_user_is_known_by_name() {
        assert_eq!(id_of(&members(json!({"id": 7, "username": "tom"}))).expect("named"), "tom");
        assert!(id_of(&members(json!({"name": "nobody"}))).is_err());
    }
}
