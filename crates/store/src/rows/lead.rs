//! `lead`.

use std::collections::BTreeMap;

use loam_app::changes::LeadChange;
use loam_app::error::StoreError;
use loam_book::reporting::lead::Lead;

use crate::cells::{Cell, Columns, Cursor, Row};

/// The columns of `lead`.
macro_rules! lead_columns {
    () => {
        "part, organization, lead_id, account_id, ssn_hash, email_hash, received_at, purchased_at, underwritten_at"
    };
}

pub(crate) use lead_columns;

pub(crate) fn lead_row(lead: &Lead) -> Row<'_> {
    vec![
        Cell::part(lead.part),
        Cell::text(&lead.organization),
        Cell::int(lead.lead_id),
        Cell::maybe_text(lead.account_id.as_deref()),
        Cell::maybe_text(lead.ssn_hash.as_deref()),
        Cell::maybe_text(lead.email_hash.as_deref()),
        Cell::instant(lead.received_at),
        Cell::maybe_instant(lead.purchased_at),
        Cell::maybe_instant(lead.underwritten_at),
    ]
}

/// Reads [`lead_columns`].
pub(crate) fn read_lead(row: &impl Columns) -> Result<Lead, StoreError> {
    let mut row = Cursor::new("lead", row);
    Ok(Lead {
        part: row.part()?,
        organization: row.string()?,
        lead_id: row.int()?,
        account_id: row.maybe_string()?,
        ssn_hash: row.maybe_string()?,
        email_hash: row.maybe_string()?,
        received_at: row.instant()?,
        purchased_at: row.maybe_instant()?,
        underwritten_at: row.maybe_instant()?,
    })
}

/// What a batch makes of its leads. A statement may write a row once only, so each lead is here once.
pub(crate) struct LeadWrites<'a> {
    /// Written over what is known.
    pub(crate) replacing: Vec<Row<'a>>,
    /// Written where nothing is known.
    pub(crate) named: Vec<Row<'a>>,
}

impl<'a> LeadWrites<'a> {
    pub(crate) fn new(changes: &'a [LeadChange]) -> LeadWrites<'a> {
        let mut last: BTreeMap<(&str, i64), &LeadChange> = BTreeMap::new();
        for change in changes {
            let known = last.entry((&change.lead.organization, change.lead.lead_id)).or_insert(change);
            if change.replaces {
                *known = change;
            }
        }
        let (replacing, named): (Vec<_>, Vec<_>) = last.into_values().partition(|change| change.replaces);
        let rows =
            |changes: Vec<&'a LeadChange>| changes.iter().map(|change| lead_row(&change.lead)).collect();
        LeadWrites { replacing: rows(replacing), named: rows(named) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn change(lead_id: i64, account_id: &str, replaces: bool) -> LeadChange {
        let mut lead = Lead::named("lender", lead_id, Timestamp::UNIX_EPOCH);
        lead.account_id = Some(account_id.to_owned());
        LeadChange { lead, replaces }
    }

    #[test]
    fn of_several_writes_of_a_lead_the_last_replacement_or_the_first_name_counts() {
        let changes = [
            change(1, "named", false),
            change(1, "replaced", true),
            change(1, "replaced again", true),
            change(1, "named again", false),
            change(2, "named", false),
            change(2, "named again", false),
        ];
        let writes = LeadWrites::new(&changes);
        assert_eq!(writes.replacing, [lead_row(&changes[2].lead)]);
        assert_eq!(writes.named, [lead_row(&changes[4].lead)]);
    }
}
