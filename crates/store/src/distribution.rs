//! How the tables lie when the book is spread over machines by Citus: the calls that spread them, made from the
//! catalogue of tables, so that a new table is spread as its migration says.

use crate::schema::{Kind, catalogue};

/// The distribution column of the ledger: tables of one part lie together.
const PART: &str = "part";
/// The distribution column of the registry, which is looked up by what it registers.
const ID: &str = "id";

/// A table and where its rows go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub table: String,
    pub kind: Kind,
    /// The call of Citus; none for a table that stays on the coordinator.
    pub call: Option<String>,
}

/// Every table, in an order in which it can be spread: what is copied everywhere comes first, and what is referred to
/// before what refers to it. `shards` is how many pieces the ledger is cut into, at most one for each part.
#[must_use]
pub fn plan(shards: u16) -> Vec<Placement> {
    let tables = catalogue();
    let in_order = [Kind::Reference, Kind::Distributed, Kind::Registry, Kind::Local];
    let first = tables.iter().find(|table| table.kind == Kind::Distributed).map(|table| table.name.as_str());
    let placed = |kind: Kind| tables.iter().filter(move |table| table.kind == kind);
    in_order
        .into_iter()
        .flat_map(placed)
        .map(|table| {
            let name = &table.name;
            let call = match table.kind {
                Kind::Reference => Some(format!("select create_reference_table('{name}')")),
                Kind::Distributed if first == Some(name) => Some(format!(
                    "select create_distributed_table('{name}', '{PART}', shard_count => {shards}, colocate_with => 'none')"
                )),
                Kind::Distributed => first.map(|first| {
                    format!("select create_distributed_table('{name}', '{PART}', colocate_with => '{first}')")
                }),
                Kind::Registry => Some(format!(
                    "select create_distributed_table('{name}', '{ID}', shard_count => {shards}, colocate_with => 'none')"
                )),
                Kind::Local => None,
            };
            Placement { table: name.clone(), kind: table.kind, call }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of(plan: &[Placement], table: &str) -> usize {
        plan.iter().position(|placement| placement.table == table).unwrap()
    }

    #[test]
    fn every_table_has_a_place() {
        let plan = plan(128);
        assert_eq!(plan.len(), catalogue().len());
        for placement in &plan {
            assert_eq!(placement.call.is_none(), placement.kind == Kind::Local, "{placement:?}");
        }
    }

    #[test]
    fn what_is_referred_to_is_spread_before_what_refers_to_it() {
        let plan = plan(128);
        for (parent, child) in [
            ("client", "client_document"),
            ("loan_account", "installment"),
            ("custom_owner", "custom_value"),
            ("manual_entry", "manual_line"),
        ] {
            assert!(place_of(&plan, parent) < place_of(&plan, child), "{parent} before {child}");
        }
        assert_eq!(plan[0].kind, Kind::Reference);
    }

    #[test]
    fn the_ledger_lies_together_and_the_registry_apart() {
        let plan = plan(64);
        let call = |table: &str| plan[place_of(&plan, table)].call.clone().unwrap();
        assert_eq!(
            call("client"),
            "select create_distributed_table('client', 'part', shard_count => 64, colocate_with => 'none')"
        );
        assert_eq!(
            call("loan_account"),
            "select create_distributed_table('loan_account', 'part', colocate_with => 'client')"
        );
        assert_eq!(
            call("id_registry"),
            "select create_distributed_table('id_registry', 'id', shard_count => 64, colocate_with => 'none')"
        );
        assert_eq!(call("record"), "select create_reference_table('record')");
    }
}
