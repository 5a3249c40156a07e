//! What has to be done to make a book as a file wants it. The server is asked what each record would
//! become: only the server knows defaults, other ways to write a member, and what records are called.

use std::fmt;

use anyhow::{Context, bail};
use serde_json::{Map, Value};

use crate::apply::book::{RemoteBook, Trial};
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
    shown: Vec<Shown>,
    /// Why the server would not take the step as the book is now: it may rest on an earlier step.
    refusal: Option<String>,
}

/// A member as it will be, and as it is now where it is something else.
struct Shown {
    name: String,
    was: Option<Value>,
    becomes: Value,
}

/// Members by which records are known, the first that a record has. Of a user the user name comes
/// first: the book gives users a number as their id.
const IDS: [&str; 4] = ["username", "id", "clientId", "glCode"];
/// Kinds whose ids the book may draw: without one, a record is known by its name.
const NAMED: [&str; 2] = ["api-clients", "businesses"];
/// Members that go in and never come out: they are set when a record is created.
const SECRETS: [&str; 1] = ["password"];
/// Members that the server tells when it makes them, and never again.
pub(super) const SHOWN_ONCE: [&str; 5] =
    ["clientSecret", "liveKeys", "testKeys", "webhookSecret", "testWebhookSecret"];
/// What the book gives by itself, whatever is sent.
const STAMPS: [&str; 3] = ["encodedKey", "lastModifiedDate", "version"];

impl Plan {
    /// Compares a file with a book.
    ///
    /// # Errors
    /// When the file names a kind or a member that the server does not have, or a record without an id; when the server
    /// cannot be asked.
    pub(super) fn make(wanted: &Wanted, book: &RemoteBook) -> anyhow::Result<Plan> {
        let mut plan = Plan { steps: Vec::new(), unchanged: 0 };
        for (kind, records) in &wanted.kinds {
            match records {
                Records::One(members) => {
                    let place = book.place(kind, false)?;
                    book.check_members(&place, members)?;
                    let present = book.single(&place)?;
                    plan.change((kind, kind), (book, &place), members, &present)?;
                }
                Records::Many(all) => {
                    let place = book.place(kind, true)?;
                    let present = book.list(&place)?;
                    for members in all {
                        book.check_members(&place, members)?;
                        plan.compare(kind, (book, &place), members, &present)?;
                    }
                }
            }
        }
        Ok(plan)
    }

    fn compare(
        &mut self,
        kind: &str,
        (book, place): (&RemoteBook, &str),
        members: &Members,
        present: &[Members],
    ) -> anyhow::Result<()> {
        let (name, id) = identity(kind, members).with_context(|| format!("a record of {kind} has no id"))?;
        let has_it = |record: &&Members| record.get(name).and_then(text).as_deref() == Some(id.as_str());
        let found: Vec<&Members> = present.iter().filter(has_it).collect();
        match found.as_slice() {
            [] if name == "clientId" => bail!("there is no client {id}, and the book draws such ids"),
            [] => self.steps.push(Step::creation((kind, &id), place, members)),
            [record] => {
                let key = record.get("encodedKey").and_then(text).unwrap_or_else(|| id.clone());
                self.change((kind, &id), (book, &format!("{place}/{key}")), members, record)?;
            }
            _ => bail!("several {kind} are called {id}: say which by its id"),
        }
        Ok(())
    }

    /// Adds what a record that is there needs, if it needs anything.
    fn change(
        &mut self,
        (kind, id): (&str, &str),
        (book, path): (&RemoteBook, &str),
        members: &Members,
        present: &Members,
    ) -> anyhow::Result<()> {
        let mut members = members.clone();
        members.retain(|name, _| !SECRETS.contains(&name.as_str()));
        let (shown, refusal) = match book.would_be(path, &members).with_context(|| format!("{kind} {id}"))? {
            Trial::Becomes(becomes) => (differences(present, &becomes), None),
            // Shown as it is written: members that are not named are not known to change.
            Trial::Refused(message) => {
                let mut becomes = present.clone();
                becomes.extend(members.clone());
                (differences(present, &becomes), Some(message))
            }
        };
        if shown.is_empty() {
            self.unchanged += 1;
            return Ok(());
        }
        let differs = |name: &str| shown.iter().any(|shown| shown.name == name);
        members.retain(|name, _| differs(name) || !present.contains_key(name));
        let (kind, id, path) = (kind.to_owned(), id.to_owned(), path.to_owned());
        self.steps.push(Step { method: "PATCH", path, members, kind, id, shown, refusal });
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Step {
    fn creation((kind, id): (&str, &str), place: &str, members: &Members) -> Step {
        let shown = members.iter().map(|(name, value)| {
            let is_secret = SECRETS.contains(&name.as_str());
            let becomes = if is_secret { Value::from("(not shown)") } else { value.clone() };
            Shown { name: name.clone(), was: None, becomes }
        });
        Step {
            method: "POST",
            path: place.to_owned(),
            members: members.clone(),
            kind: kind.to_owned(),
            id: id.to_owned(),
            shown: shown.collect(),
            refusal: None,
        }
    }

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
            for Shown { name, was, becomes } in &step.shown {
                match was {
                    Some(was) => writeln!(f, "    {name}: {was} becomes {becomes}")?,
                    None => writeln!(f, "    {name}: {becomes}")?,
                }
            }
            if let Some(refusal) = &step.refusal {
                writeln!(f, "    the server would refuse it now: {refusal}")?;
            }
        }
        let (created, changed) = self.steps.iter().fold((0, 0), |(created, changed), step| {
            if step.method == "POST" { (created + 1, changed) } else { (created, changed + 1) }
        });
        writeln!(f, "{created} to create, {changed} to change, {} as they should be", self.unchanged)
    }
}

/// The member by which a record is known, and what it says there.
fn identity(kind: &str, members: &Members) -> Option<(&'static str, String)> {
    let by_name = NAMED.contains(&kind).then_some("name");
    let mut names = IDS.into_iter().chain(by_name);
    names.find_map(|name| members.get(name).and_then(text).map(|id| (name, id)))
}

/// The members that will not be what they are.
fn differences(present: &Members, becomes: &Members) -> Vec<Shown> {
    let is_told = |name: &str| !STAMPS.contains(&name) && !SHOWN_ONCE.contains(&name);
    let gone = present.keys().filter(|name| !becomes.contains_key(*name)).map(|name| (name, &Value::Null));
    let differ = becomes.iter().chain(gone).filter(|(name, value)| {
        is_told(name) && unstamped(value) != unstamped(present.get(*name).unwrap_or(&Value::Null))
    });
    let shown = differ.map(|(name, value)| Shown {
        name: name.clone(),
        was: Some(present.get(name).cloned().unwrap_or(Value::Null)),
        becomes: value.clone(),
    });
    shown.collect()
}

/// A value without what the book gives by itself: what is sent anew gets a new key.
fn unstamped(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !STAMPS.contains(&name.as_str()));
            Value::Object(kept.map(|(name, value)| (name.clone(), unstamped(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(unstamped).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(value: Value) -> Members {
        if let Value::Object(members) = value { members } else { Members::new() }
    }

    #[test]
    fn what_the_book_stamps_is_no_difference() {
        let present =
            members(json!({"encodedKey": "1", "name": "A", "fees": [{"encodedKey": "2", "amount": "5"}]}));
        let becomes = members(
            json!({"encodedKey": "1", "name": "A", "lastModifiedDate": "now", "fees": [{"encodedKey": "3", "amount": "5"}]}),
        );
        assert!(differences(&present, &becomes).is_empty());
    }

    #[test]
    fn what_differs_is_named_with_what_it_was() {
        let present = members(json!({"name": "South", "days": [1], "phone": "1"}));
        let becomes = members(json!({"name": "North", "days": [1]}));
        let shown: Vec<_> = differences(&present, &becomes)
            .into_iter()
            .map(|shown| json!([shown.name, shown.was, shown.becomes]))
            .collect();
        assert_eq!(Value::Array(shown), json!([["name", "South", "North"], ["phone", "1", null]]));
    }

    #[test]
    fn a_user_is_known_by_name_and_a_partner_where_the_book_draws_the_id() {
        let tom = members(json!({"id": 7, "username": "tom"}));
        assert_eq!(identity("users", &tom), Some(("username", "tom".to_owned())));
        let lender = members(json!({"name": "Lender"}));
        assert_eq!(identity("api-clients", &lender), Some(("name", "Lender".to_owned())));
        assert_eq!(identity("branches", &lender), None);
    }
}
