//! Why the figures of a loan are what they are.

use serde::Serialize;
use utoipa::ToSchema;

/// The figures of a loan, each with the parts that multiply out to it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanExplained)]
pub(crate) struct LoanExplained {
    #[schema(format = Date)]
    pub(crate) as_of: String,
    #[schema(format = Date)]
    pub(crate) known_on: String,
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) currency_code: &'static str,
    pub(crate) figures: Vec<Explanation>,
}

/// Why a figure is what it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Explanation)]
pub(crate) struct Explanation {
    /// `EQUAL_TOTAL`, `INSTALLMENT_INTEREST`, `INTEREST_APPLIED`, `ACCRUED_INTEREST`,
    /// `CAPITALIZED_FEE`, `DISBURSEMENT_FEE`, `FEE`, `PENALTY`, `ACCRUED_PENALTY`, `CHARGE_GIVEN_UP`,
    /// `TAX`, `TAX_GIVEN_UP`.
    pub(crate) figure: &'static str,
    /// The installment that it belongs to, where it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) installment: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_id: Option<i64>,
    /// The day on which it falls due, counts, or is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) date: Option<String>,
    /// The figure, as exact as the book has it.
    pub(crate) amount: String,
    /// The working with its numbers filled in, for people.
    #[schema(example = "950.00 × 2.5 % × 30/28 = 25.44642857142857142857, rounded half up to 25.45")]
    pub(crate) formula: String,
    /// `SUM`: the parts are added, rounded, and what is taken off is taken off; never negative.
    /// `ANNUITY`: the equal total. `STATED`: somebody named the amount.
    pub(crate) working: &'static str,
    pub(crate) parts: Vec<ExplainedPart>,
    /// `HALF_UP`, `HALF_EVEN`, `UP`, `DOWN`; left out: it is not rounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rounding: Option<&'static str>,
    /// Taken off after rounding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) less: Vec<TakenOff>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) annuity: Option<ExplainedAnnuity>,
    /// What became of it after it was worked out, added to what came out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) changes: Vec<ChangedFigure>,
    /// How time was counted, where interest at a rate was worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) counting: Option<Counting>,
    /// Numbers of the entries of the loan's log that the figure rests on.
    pub(crate) entries: Vec<i64>,
}

/// One product of a sum: amount × rate × share. What is left out is one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ExplainedPart)]
pub(crate) struct ExplainedPart {
    /// `ORIGINAL_PRINCIPAL`, `OUTSTANDING_PRINCIPAL`, `BEARING_PRINCIPAL`: what bears interest on those
    /// days, `EXPECTED_INTEREST`, `CARRIED_INTEREST`: what an installment carries for others, taken off,
    /// `OVERDUE_BALANCE`, `NOTED_PENALTY`, `LOAN_AMOUNT`, `INSTALLMENT_PRINCIPAL`,
    /// `INSTALLMENT_INTEREST`, `INSTALLMENT_TOTAL`, `TAXED_AMOUNT`: what is charged with its tax.
    pub(crate) base: &'static str,
    /// The installment whose interest is the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) installment: Option<u32>,
    pub(crate) amount: String,
    /// In percent, for each time of the charge frequency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<String>,
    /// The same as a ratio of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rate_ratio: Option<Ratio>,
    /// The first day that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) from: Option<String>,
    /// The first day that does not count any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) to: Option<String>,
    /// Calendar days from the one to the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days: Option<i64>,
    /// How often the charge frequency fits, by the day count; of a part of a figure, its days of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share: Option<Ratio>,
    /// The product, with up to 20 decimals of a minor unit.
    pub(crate) value: String,
}

/// An exact ratio, as texts: it may be larger than numbers of JSON are in most languages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::Ratio)]
pub(crate) struct Ratio {
    pub(crate) numerator: String,
    pub(crate) denominator: String,
}

/// What is taken off.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::TakenOff)]
pub(crate) struct TakenOff {
    /// `APPLIED_BEFORE`, `OTHER_INSTALLMENTS`, `TAX_OF_REST`: tax in what the installment carries besides.
    pub(crate) what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) installment: Option<u32>,
    pub(crate) amount: String,
}

/// What became of a figure.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ChangedFigure)]
pub(crate) struct ChangedFigure {
    /// `LATE_INTEREST`: interest of overdue principal that an overdue installment asks for.
    /// `TAKEN_OFF`: it was overdue and spread anew. `SHARE_OF_OVERDUE`: its share of that. `JOINED`:
    /// what an installment that was taken away expected. `APPLIED_AHEAD`: applied before its due date,
    /// and part of it still. `CARRIED`: from the time before, or to the time after. `AFTER_MATURITY`:
    /// grown after the last due date. `NOT_TAKEN`: not paid and so not applied. `WAIVED`: by a
    /// claim of the protection. `HELD_BACK`: of an
    /// installment that was due. `PART_OF_INSTALLMENTS`: only the part of one of them. `TAX_ON_TOP`.
    pub(crate) what: &'static str,
    /// All that was spread, the whole of which it is a part, or what a tax comes on top of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<String>,
    /// Of what was overdue, the place among the shares: base × place ÷ count, rounded down, less the
    /// same of the place before. Of a fee by installments, its place. Of a tax, the rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) share: Option<Ratio>,
    /// Negative where it was taken off.
    pub(crate) amount: String,
}

/// Principal × Π(1+r) ÷ Σ Π(1+r of the periods after), r being rate × time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ExplainedAnnuity)]
pub(crate) struct ExplainedAnnuity {
    pub(crate) principal: String,
    /// In percent.
    pub(crate) rate: String,
    /// The time of each period that repays principal, as often as the charge frequency fits.
    pub(crate) times: Vec<Ratio>,
    pub(crate) unrounded: String,
    /// The amount of which the total is a multiple; left out: the minor unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) multiple: Option<String>,
    pub(crate) total: String,
}

/// How time was counted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Counting)]
pub(crate) struct Counting {
    pub(crate) days_in_year: &'static str,
    pub(crate) schedule_interest_days_count_method: &'static str,
    pub(crate) interest_charge_frequency: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_charge_frequency_count: Option<u32>,
    pub(crate) interest_calculation_method: &'static str,
}
