//! Searching lines of credit. There are few of them beside loans: every one that the caller may see is looked at, in
//! the order in which they were entered.

use jiff::Timestamp;
use loam_book::line_of_credit::LineOfCredit;
use loam_book::loan::HolderKind;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use super::items::{ItemSearch, Picker};
use super::{Choice, LARGEST_CHUNK, Value};
use crate::error::StoreError;
use crate::ports::ReadStore;
use crate::views::{LineFilter, Page};

/// What lines of credit are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFact {
    Key,
    Id,
    /// Client or group.
    Holder,
    Client,
    Group,
    Amount,
    Available,
    Consumed,
    State,
    Limit,
    StartOn,
    ExpireOn,
    CreatedAt,
    LastModifiedAt,
    ApprovedAt,
    ClosedAt,
    Notes,
    Branch,
    Centre,
    CreditOfficer,
}

/// Finds the lines of a page.
///
/// # Errors
/// What the store answers.
pub async fn search_lines(
    store: &dyn ReadStore,
    search: &ItemSearch<LineFact>,
    page: Page,
) -> Result<Vec<LineOfCredit>, StoreError> {
    let filter = LineFilter {
        credit_officer: search.credit_officer,
        within: search.within.clone(),
        ..LineFilter::default()
    };
    let mut picker = Picker::new(search.order.map(|(_, direction)| direction), page);
    let mut chunk = Page { offset: 0, limit: LARGEST_CHUNK };
    while !picker.is_full() {
        let lines = store.lines_of_credit(&filter, chunk).await?;
        let is_last = i64::try_from(lines.len()).is_ok_and(|found| found < LARGEST_CHUNK);
        chunk.offset += LARGEST_CHUNK;
        for line in lines {
            let mut asked = search.constraints.iter();
            if asked.all(|asked| asked.test.holds(value_of(asked.fact, &line).as_ref())) {
                let place = search.order.and_then(|(fact, _)| value_of(fact, &line));
                picker.add(place, line);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(picker.finish())
}

fn value_of(fact: LineFact, line: &LineOfCredit) -> Option<Value> {
    let instant = |instant: Option<Timestamp>| instant.map(Value::Instant);
    let holder = |kind| (line.holder.kind == kind).then_some(Value::Key(line.holder.key));
    match fact {
        LineFact::Key => Some(Value::Key(line.key)),
        LineFact::Id => Some(Value::Text(line.id.clone())),
        LineFact::Holder => Some(Value::Key(line.holder.key)),
        LineFact::Client => holder(HolderKind::Client),
        LineFact::Group => holder(HolderKind::Group),
        LineFact::Amount => Some(units(line.amount, line)),
        LineFact::Available => Some(units(line.available(), line)),
        LineFact::Consumed => Some(units(line.consumed(), line)),
        LineFact::State => Some(Value::Choice(Choice::Line(line.state))),
        LineFact::Limit => Some(Value::Choice(Choice::ExposureLimit(line.limit))),
        LineFact::StartOn => Some(Value::Date(line.start_on)),
        LineFact::ExpireOn => Some(Value::Date(line.expire_on)),
        LineFact::CreatedAt => instant(Some(line.created_at)),
        LineFact::LastModifiedAt => instant(Some(line.last_modified_at)),
        LineFact::ApprovedAt => instant(line.approved_at),
        LineFact::ClosedAt => instant(line.closed_at),
        LineFact::Notes => line.notes.clone().map(Value::Text),
        LineFact::Branch => line.assignment.branch.map(Value::Key),
        LineFact::Centre => line.assignment.centre.map(Value::Key),
        LineFact::CreditOfficer => line.assignment.user.map(Value::Key),
    }
}

/// In units of the line's currency.
fn units(amount: Amount, line: &LineOfCredit) -> Value {
    let digits = u32::from(line.currency.digits());
    Value::Decimal(Exact::from_amount(amount).divided_by(10_i128.pow(digits)))
}
