//! The file of scenarios as it is written.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};

const FILE: &str = "fineract_schedules.json";

#[derive(Debug, Deserialize)]
struct File {
    cases: Vec<Case>,
}

/// A scenario: what was agreed, what happened, and the whole schedule in between.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) tier: String,
    pub(super) tags: Vec<String>,
    pub(super) interest_bearing: bool,
    pub(super) terms: Terms,
    pub(super) actions: Vec<Action>,
    pub(super) checkpoints: Vec<Checkpoint>,
}

/// What was agreed. Amounts and percentages are decimal text.
#[derive(Debug, Deserialize)]
pub(super) struct Terms {
    pub(super) principal: String,
    pub(super) annual_interest_rate_percent: String,
    pub(super) interest_type: String,
    pub(super) interest_calculation_period: String,
    pub(super) amortization: String,
    pub(super) number_of_instalments: u32,
    pub(super) repayment_every: u32,
    pub(super) repayment_frequency: String,
    pub(super) grace_on_principal_instalments: u32,
    pub(super) grace_on_interest_instalments: u32,
    pub(super) interest_free_periods: u32,
    pub(super) day_count: String,
    pub(super) days_in_year_custom_strategy: Option<String>,
    pub(super) schedule_type: String,
    pub(super) schedule_processing: Option<String>,
    pub(super) installment_multiple_of: Option<u32>,
    pub(super) rounding_mode: String,
    pub(super) interest_recalculation: Recalculation,
    pub(super) partial_period_interest: Option<bool>,
    pub(super) expected_tranches: Option<Vec<Tranche>>,
    pub(super) down_payment: DownPayment,
    pub(super) fixed_length: Option<u32>,
    pub(super) interest_recognition_on_disbursement_date: Option<bool>,
    pub(super) payment_strategy: String,
    pub(super) payment_allocation: Option<Vec<PaymentAllocation>>,
    /// Names the kinds of refunds that give back interest as well.
    pub(super) interest_refund_types: Option<String>,
    /// What writing a loan off for the books does to its interest; nothing where it is not named.
    pub(super) charge_off_behaviour: Option<String>,
    pub(super) repayment_start_date_type: Option<String>,
    pub(super) submitted_on: Date,
    pub(super) with_product_charges: Option<String>,
    pub(super) charge_on_create: Option<Value>,
}

impl Terms {
    /// The older kind of schedule.
    pub(super) fn is_cumulative(&self) -> bool {
        self.schedule_type == "CUMULATIVE"
    }
}

/// A part of the loan and the day on which it is expected, such as `01 January 2025`.
#[derive(Debug, Deserialize)]
pub(super) struct Tranche {
    pub(super) date: String,
    pub(super) amount: String,
}

/// A share of the payout that is owed at once.
#[derive(Debug, Deserialize)]
pub(super) struct DownPayment {
    pub(super) enabled: bool,
    /// Such as `new BigDecimal(25)`.
    pub(super) percent: Option<String>,
    /// Whether it is repaid with the payout.
    pub(super) auto_repay: Option<bool>,
}

impl DownPayment {
    /// The figure between the brackets.
    pub(super) fn percent(&self) -> Option<&str> {
        let text = self.percent.as_deref().filter(|_| self.enabled)?;
        text.split_once('(')?.1.strip_suffix(')')
    }
}

/// Whether interest follows what is outstanding, and how.
#[derive(Debug, Deserialize)]
pub(super) struct Recalculation {
    pub(super) enabled: bool,
    pub(super) compounding: Option<String>,
    pub(super) rest_frequency: Option<String>,
    pub(super) reschedule_strategy: Option<String>,
    pub(super) pre_closure_rule: Option<String>,
    pub(super) disallow_interest_calc_on_past_due: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaymentAllocation {
    pub(super) transaction: String,
    pub(super) future_installments: String,
    pub(super) order: Vec<String>,
}

/// Something that was done.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(super) struct Action {
    pub(super) seq: u32,
    pub(super) action: String,
    /// The system's date when it was done.
    pub(super) business_date: Option<Date>,
    /// From when it counts.
    pub(super) date: Option<Date>,
    pub(super) amount: Option<String>,
    /// Everything, by the name of its field.
    fields: Map<String, Value>,
}

impl TryFrom<Map<String, Value>> for Action {
    type Error = String;

    fn try_from(fields: Map<String, Value>) -> Result<Action, String> {
        let text = |field: &str| fields.get(field).and_then(Value::as_str).map(str::to_owned);
        let day = |field: &str| {
            text(field).map(|day| day.parse().map_err(|_| format!("{field} {day}"))).transpose()
        };
        let seq = fields.get("seq").and_then(Value::as_u64).and_then(|seq| u32::try_from(seq).ok());
        Ok(Action {
            seq: seq.ok_or("an action without its place")?,
            action: text("action").ok_or("an action without a name")?,
            business_date: day("business_date")?,
            date: day("date")?,
            amount: text("amount"),
            fields,
        })
    }
}

impl Action {
    /// A count among the further fields.
    pub(super) fn count(&self, field: &str) -> Option<usize> {
        match self.fields.get(field)? {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64().and_then(|count| usize::try_from(count).ok()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A further field that is true or false.
    pub(super) fn flag(&self, field: &str) -> Option<bool> {
        self.fields.get(field).and_then(Value::as_bool)
    }

    /// A further field as text.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(Value::as_str)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Checkpoint {
    pub(super) after_seq: u32,
    pub(super) as_of: Date,
    pub(super) schedule: Vec<Row>,
}

/// A row of the schedule. Amounts are decimal text.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub(super) due_date: Date,
    pub(super) paid_date: Option<Date>,
    pub(super) balance: String,
    pub(super) principal: String,
    pub(super) interest: String,
    pub(super) fees: String,
    pub(super) penalties: String,
    pub(super) total_due: String,
    pub(super) paid: String,
    pub(super) in_advance: String,
    pub(super) late: String,
    pub(super) outstanding: String,
    /// What was given up of it; in the charges and the total still.
    pub(super) waived: Option<String>,
}

pub(super) fn cases(folder: &Path) -> Result<Vec<Case>> {
    let text = fs::read_to_string(folder.join(FILE)).context(FILE)?;
    let file: File = serde_json::from_str(&text).context(FILE)?;
    Ok(file.cases)
}
