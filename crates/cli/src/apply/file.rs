//! What a file wants: kinds of record in the order written, and of each kind its records.

use std::fmt;

use anyhow::{anyhow, bail};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

/// The members of a record.
pub(super) type Members = Map<String, Value>;

/// Everything that a file wants, in the order in which it says so: what others rest on comes first.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) kinds: Vec<(String, Records)>,
}

/// The records of one kind.
#[derive(Debug)]
pub(super) enum Records {
    /// Known by their ids.
    Many(Vec<Members>),
    /// There is only one, such as the settings.
    One(Members),
}

impl Wanted {
    /// Reads YAML, or JSON, which is YAML too.
    ///
    /// # Errors
    /// When the text is no YAML, or says something else than records by kind.
    pub(super) fn read(text: &str) -> anyhow::Result<Wanted> {
        let Sections(sections) = serde_saphyr::from_str(text).map_err(|error| anyhow!("{error}"))?;
        let kinds = sections.into_iter().map(|(kind, value)| {
            let records = records(&kind, value)?;
            Ok((kind, records))
        });
        Ok(Wanted { kinds: kinds.collect::<anyhow::Result<_>>()? })
    }
}

fn records(kind: &str, value: Value) -> anyhow::Result<Records> {
    if let Value::Object(members) = value {
        return Ok(Records::One(members));
    }
    let Value::Array(items) = value else {
        bail!("{kind}: {value} is neither a list of records nor one record");
    };
    let members = items.into_iter().map(|item| {
        let Value::Object(members) = item else { bail!("{kind}: {item} is no record") };
        Ok(members)
    });
    Ok(Records::Many(members.collect::<anyhow::Result<_>>()?))
}

/// A map whose order is kept.
struct Sections(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Sections {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sections, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Sections;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("kinds of record, each with its records")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sections, A::Error> {
                let mut sections = Vec::new();
                while let Some(section) = map.next_entry()? {
                    sections.push(section);
                }
                Ok(Sections(sections))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_keep_the_order_in_which_they_are_written() {
        let text = "settings: {nonWorkingDays: [SUNDAY]}\nbranches:\n  - {id: N, name: North}\n  - {id: S}\n";
        let wanted = Wanted::read(text).expect("it is YAML");
        let names: Vec<&str> = wanted.kinds.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(names, ["settings", "branches"]);
        assert!(matches!(&wanted.kinds[0].1, Records::One(members) if members.len() == 1));
        assert!(matches!(&wanted.kinds[1].1, Records::Many(records) if records.len() == 2));
    }

    #[test]
    fn what_is_no_record_is_named() {
        let error = Wanted::read("branches:\n  - 7\n").expect_err("7 is no branch");
        assert_eq!(error.to_string(), "branches: 7 is no record");
        let error = Wanted::read("branches: HQ\n").expect_err("a text is no list");
        assert_eq!(error.to_string(), "branches: \"HQ\" is neither a list of records nor one record");
    }
}
