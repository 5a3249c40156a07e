//! Commands on a loan and payments, as they are sent. They are read as members; this is what the reference tells, and
//! what it does not tell is refused. Which command takes which members stands in `docs/native-door.md`.

use utoipa::ToSchema;

/// A command on a loan.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanCommand)]
pub(crate) struct LoanCommand {
    #[schema(example = "repay")]
    command: String,
    #[schema(example = "100.00")]
    amount: Option<String>,
    /// Otherwise the business date.
    #[schema(format = Date)]
    value_date: Option<String>,
    #[serde(flatten)]
    details: PaymentDetails,
    /// Of `repay`.
    custom_payment_amounts: Option<Vec<StatedPart>>,
    /// Of `chargeFee` and `disburse`: fees of the product.
    fees: Option<Vec<StatedFee>>,
    /// Of a charge, and of `deleteInstallment`: the number of an installment.
    installment: Option<u32>,
    /// Of `waiveCharge`: `FEES` or `PENALTIES`.
    charge: Option<String>,
    /// Of `reverse`: the type of the transaction that is taken back, as `REPAYMENT`.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Of `reverse`: the number or the key of that transaction; of `undoDisbursement` and `undoWriteOff` it may be named.
    original_transaction_id: Option<String>,
    /// Of `pauseInterest` and `claimProtection`.
    #[schema(format = Date)]
    from: Option<String>,
    /// Of `pauseInterest` and `claimProtection`.
    #[schema(format = Date)]
    until: Option<String>,
    /// Of `claimProtection`: `PARTIAL` or `FULL`.
    claim_type: Option<String>,
    /// Of `claimProtection`.
    number_of_installments: Option<u32>,
    /// Of `editSchedule`.
    repayments: Option<Vec<StatedRow>>,
    #[serde(flatten)]
    figures: LoanFigures,
}

/// The figures of a loan that `edit` changes; some of them are also taken by `changeInterestRate`, `reAge` and `disburse`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanFigures)]
pub(crate) struct LoanFigures {
    loan_name: Option<String>,
    loan_amount: Option<String>,
    interest_rate: Option<String>,
    interest_spread: Option<String>,
    repayment_installments: Option<u32>,
    repayment_period_count: Option<u32>,
    /// `DAYS`, `WEEKS`, `MONTHS` or `YEARS`.
    repayment_period_unit: Option<String>,
    grace_period: Option<u32>,
    principal_repayment_interval: Option<u32>,
    arrears_tolerance_period: Option<u32>,
    fixed_days_of_month: Option<Vec<u8>>,
    due_day: Option<u8>,
    /// Null takes it away.
    #[schema(format = Date)]
    expected_disbursement_date: Option<String>,
    /// Null takes it away.
    #[schema(format = Date)]
    first_repayment_date: Option<String>,
    /// Null takes it away.
    #[schema(format = Date)]
    maturity_date: Option<String>,
    capitalized_fee: Option<String>,
    penalty_rate: Option<String>,
    accrual_through: Option<bool>,
    periodic_payment: Option<String>,
    /// The whole plan.
    payment_plan: Option<Vec<StatedPayment>>,
    /// All tranches.
    tranches: Option<Vec<StatedTranche>>,
    /// Of revolving credit.
    principal_payment_settings: Option<StatedPrincipalPayment>,
}

/// What is noted about money that moves.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::PaymentDetails)]
pub(crate) struct PaymentDetails {
    notes: Option<String>,
    external_id: Option<String>,
    /// The id or key of the channel; what follows is what a channel takes.
    transaction_channel: Option<String>,
    identifier: Option<String>,
    account_name: Option<String>,
    receipt_number: Option<String>,
    bank_number: Option<String>,
    check_number: Option<String>,
    bank_account_number: Option<String>,
    bank_routing_number: Option<String>,
}

/// A part of a repayment that says itself what it pays.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::StatedPart)]
pub(crate) struct StatedPart {
    #[schema(example = "PRINCIPAL")]
    custom_payment_amount_type: String,
    #[schema(example = "100.00")]
    amount: String,
}

/// A fee of the product.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::StatedFee)]
pub(crate) struct StatedFee {
    /// The key of the fee.
    encoded_key: String,
    /// Left out: what the product says.
    amount: Option<String>,
}

/// An installment as `editSchedule` wants it. What is left out stays; without `index` the row is a new one.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::StatedRow)]
pub(crate) struct StatedRow {
    index: Option<u32>,
    #[schema(format = Date)]
    due_date: Option<String>,
    principal_due: Option<String>,
    interest_due: Option<String>,
    fees_due: Option<String>,
    penalty_due: Option<String>,
    is_payment_holiday: Option<bool>,
}

/// A payment of a plan, up to and with an installment.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::StatedPayment)]
pub(crate) struct StatedPayment {
    ending_installment_position: u32,
    #[schema(example = "100.00")]
    pmt: String,
}

/// A tranche that is still to be paid out.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::StatedTranche)]
pub(crate) struct StatedTranche {
    /// Of one that is there.
    encoded_key: Option<String>,
    #[schema(example = "100.00")]
    amount: String,
    #[schema(format = Date)]
    expected_disbursement_date: Option<String>,
}

/// What a bill of revolving credit asks for.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::StatedPrincipalPayment)]
pub(crate) struct StatedPrincipalPayment {
    amount: Option<String>,
    percentage: Option<String>,
}

/// One payment among many.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanPayment)]
pub(crate) struct LoanPayment {
    /// The id or key of the loan.
    loan: String,
    /// `repay` or `recover`; otherwise `repay`.
    #[schema(example = "repay")]
    command: Option<String>,
    #[schema(example = "100.00")]
    amount: String,
    /// Otherwise the business date.
    #[schema(format = Date)]
    value_date: Option<String>,
    #[serde(flatten)]
    details: PaymentDetails,
    /// Of `repay`.
    custom_payment_amounts: Option<Vec<StatedPart>>,
}
