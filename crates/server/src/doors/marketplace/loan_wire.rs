//! What goes over the wire about loan accounts, their payments and the investors' parts in them. The contract prints no
//! answer of these in full, so that the order of members is ours.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::additional::Additions;
use super::wire::{Attributes, number};

/// A new loan account.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewLoanAccount, rename_all = "camelCase")]
pub(super) struct NewLoanAccount {
    /// The account of the borrower, 15 or 18 characters.
    borrower_id: String,
    loan_product_id: String,
    #[schema(schema_with = number, example = 10000)]
    loan_amount: String,
    #[schema(example = 10)]
    term: i64,
    #[schema(format = Date)]
    first_installment_date: String,
    #[schema(format = Date)]
    expected_disbursal_date: String,
    /// Percent a year. Left out: the product's default.
    #[schema(schema_with = number)]
    interest_rate: Option<String>,
    /// The name of a loan purpose: it must be one, and is not kept. An application keeps its purpose.
    purpose: Option<String>,
    /// `Monthly`, `Weekly`, `Bi-Weekly`, `Quarterly` or `Annual`. Left out: the product's.
    frequency_of_payment: Option<String>,
    /// How many of the first installments are of interest only: the grace period of a product that has one of this kind.
    interest_only_period: Option<i64>,
    /// Refused unless it is zero.
    #[schema(schema_with = number)]
    balloon_payment: Option<String>,
    /// `Accrual To Date` or `Accrual Through Date`; counts with a product that accrues at the end of the day.
    eod_accrual_type: Option<String>,
    /// Read; no fee of this version accrues.
    eod_fee_accrual: Option<bool>,
    /// A funded application without a loan account: the account is made on its terms, and no other member counts. A
    /// member of ours.
    loan_application: Option<String>,
}

/// How a loan is paid out.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewDisbursement, rename_all = "camelCase")]
pub(super) struct NewDisbursement {
    /// Left out: the business date.
    #[schema(format = Date)]
    disbursement_date: Option<String>,
    /// Of a loan that is paid out in parts.
    #[schema(schema_with = number)]
    disbursed_amount: Option<String>,
    /// Left out: the channel over which the loan is planned to be paid out, or else refused.
    #[schema(example = "ACH")]
    mode_of_payment: Option<String>,
    /// Kept as the outside id of the transaction.
    reference: String,
    /// Read; a disbursement that is made is cleared.
    is_cleared: Option<bool>,
    /// True is refused.
    is_reversed: Option<bool>,
    /// True is refused.
    is_rejected: Option<bool>,
}

/// Which disbursements are taken back.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::DisbursementReversal, rename_all = "camelCase")]
pub(super) struct DisbursementReversal {
    loan_disbursement_txn_ids: Vec<String>,
}

/// Money of a borrower.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as fields")]
#[schema(as = marketplace::NewPayment, rename_all = "camelCase")]
pub(super) struct NewPayment {
    #[schema(schema_with = number, example = 1062.55)]
    amount: String,
    /// Left out: the business date.
    #[schema(format = Date)]
    date: Option<String>,
    /// Left out: `ACH`.
    payment_mode: Option<String>,
}

/// A loan account (`loan__Loan_Account__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::LoanAccount)]
pub(super) struct LoanAccount {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    #[schema(example = "LAI-00000426")]
    pub(super) name: String,
    #[serde(rename = "loan__Loan_Status__c")]
    #[schema(example = "Active - Good Standing")]
    pub(super) loan_status: &'static str,
    #[serde(rename = "loan__Account__c")]
    pub(super) account: String,
    #[serde(rename = "loan__Loan_Product_Name__c")]
    pub(super) loan_product: String,
    #[serde(rename = "loan__Loan_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) loan_amount: Box<RawValue>,
    /// What the borrower gets.
    #[serde(rename = "loan__Disbursed_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) disbursed_amount: Box<RawValue>,
    #[serde(rename = "loan__Interest_Rate__c")]
    #[schema(schema_with = number)]
    pub(super) interest_rate: Box<RawValue>,
    #[serde(rename = "loan__Number_of_Installments__c")]
    pub(super) number_of_installments: u32,
    #[serde(rename = "loan__Payment_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) payment_amount: Box<RawValue>,
    #[serde(rename = "loan__Expected_Disbursal_Date__c")]
    #[schema(format = Date)]
    pub(super) expected_disbursal_date: Option<String>,
    #[serde(rename = "loan__Disbursal_Date__c")]
    #[schema(format = Date)]
    pub(super) disbursal_date: Option<String>,
    #[serde(rename = "loan__First_Installment_Date__c")]
    #[schema(format = Date)]
    pub(super) first_installment_date: Option<String>,
    #[serde(rename = "loan__Last_Installment_Date__c")]
    #[schema(format = Date)]
    pub(super) last_installment_date: Option<String>,
    #[serde(rename = "loan__Next_Installment_Date__c")]
    #[schema(format = Date)]
    pub(super) next_installment_date: Option<String>,
    #[serde(rename = "loan__Principal_Remaining__c")]
    #[schema(schema_with = number)]
    pub(super) principal_remaining: Box<RawValue>,
    #[serde(rename = "loan__Interest_Remaining__c")]
    #[schema(schema_with = number)]
    pub(super) interest_remaining: Box<RawValue>,
    #[serde(rename = "loan__Fees_Remaining__c")]
    #[schema(schema_with = number)]
    pub(super) fees_remaining: Box<RawValue>,
    #[serde(rename = "loan__Principal_Paid__c")]
    #[schema(schema_with = number)]
    pub(super) principal_paid: Box<RawValue>,
    #[serde(rename = "loan__Interest_Paid__c")]
    #[schema(schema_with = number)]
    pub(super) interest_paid: Box<RawValue>,
    #[serde(rename = "loan__Fees_Paid__c")]
    #[schema(schema_with = number)]
    pub(super) fees_paid: Box<RawValue>,
    #[serde(rename = "loan__Payment_Amount_Due__c")]
    #[schema(schema_with = number)]
    pub(super) amount_due: Box<RawValue>,
    #[serde(rename = "loan__Days_Past_Due__c")]
    pub(super) days_past_due: i64,
    /// Names the disbursement where it is taken back.
    #[serde(rename = "loan__Loan_Disbursal_Transaction__c")]
    pub(super) disbursement: Option<String>,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
    #[serde(rename = "LastModifiedDate")]
    pub(super) last_modified_date: String,
    #[serde(rename = "loan__Loan_Payment_Transactions__r")]
    pub(super) payments: Vec<Payment>,
    #[serde(rename = "loan__Charges__r")]
    pub(super) charges: Vec<Charge>,
    /// With details only.
    #[serde(rename = "loan__Repayment_Schedule__r", skip_serializing_if = "Option::is_none")]
    pub(super) schedule: Option<Vec<ScheduleRow>>,
    /// With details only: the sums of the schedule, one row.
    #[serde(rename = "loan__Repayment_Schedule_Summary__r", skip_serializing_if = "Option::is_none")]
    pub(super) summary: Option<Vec<ScheduleSummary>>,
    /// With details only: what moved the loan besides payments and charges.
    #[serde(rename = "loan__Other_Loan_Transactions__r", skip_serializing_if = "Option::is_none")]
    pub(super) other_transactions: Option<Vec<OtherTransaction>>,
    /// What was asked for besides.
    #[serde(flatten)]
    #[schema(ignore)]
    pub(super) additional: Additions,
}

/// A payment of a borrower (`loan__Loan_Payment_Transaction__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::Payment)]
pub(super) struct Payment {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    #[schema(example = "LPT-00000019")]
    pub(super) name: String,
    #[serde(rename = "loan__Loan_Account__c")]
    pub(super) loan_account: String,
    #[serde(rename = "loan__Transaction_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) amount: Box<RawValue>,
    #[serde(rename = "loan__Principal__c")]
    #[schema(schema_with = number)]
    pub(super) principal: Box<RawValue>,
    #[serde(rename = "loan__Interest__c")]
    #[schema(schema_with = number)]
    pub(super) interest: Box<RawValue>,
    #[serde(rename = "loan__Fees__c")]
    #[schema(schema_with = number)]
    pub(super) fees: Box<RawValue>,
    /// Principal left after it.
    #[serde(rename = "loan__Balance__c")]
    #[schema(schema_with = number)]
    pub(super) balance: Box<RawValue>,
    #[serde(rename = "loan__Transaction_Date__c")]
    #[schema(format = Date)]
    pub(super) transaction_date: String,
    #[serde(rename = "loan__Payment_Mode_Name__c")]
    pub(super) payment_mode: Option<String>,
    #[serde(rename = "loan__Cleared__c")]
    pub(super) is_cleared: bool,
    #[serde(rename = "loan__Reversed__c")]
    pub(super) is_reversed: bool,
    #[serde(rename = "loan__Rejected__c")]
    pub(super) is_rejected: bool,
    /// A claim of the protection stands in for the money; the payment mode is `Waived`.
    #[serde(rename = "loan__Waived__c")]
    pub(super) is_waived: bool,
    #[serde(rename = "CreatedDate")]
    pub(super) created_date: String,
    /// What was asked for besides.
    #[serde(flatten)]
    #[schema(ignore)]
    pub(super) additional: Additions,
}

/// A fee or penalty (`loan__Charge__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::Charge)]
pub(super) struct Charge {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "loan__Charge_Type__c")]
    pub(super) charge_type: &'static str,
    #[serde(rename = "loan__Original_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) amount: Box<RawValue>,
    #[serde(rename = "loan__Date__c")]
    #[schema(format = Date)]
    pub(super) date: String,
    #[serde(rename = "loan__Waive__c")]
    pub(super) is_taken_back: bool,
    /// What was asked for besides.
    #[serde(flatten)]
    #[schema(ignore)]
    pub(super) additional: Additions,
}

/// What moved a loan besides payments and charges (`loan__Other_Loan_Transaction__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::OtherTransaction)]
pub(super) struct OtherTransaction {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "loan__Transaction_Type__c")]
    pub(super) transaction_type: String,
    #[serde(rename = "loan__Txn_Amt__c")]
    #[schema(schema_with = number)]
    pub(super) amount: Box<RawValue>,
    #[serde(rename = "loan__Txn_Date__c")]
    #[schema(format = Date)]
    pub(super) date: String,
    #[serde(rename = "loan__Reversed__c")]
    pub(super) is_reversed: bool,
    /// What was asked for besides.
    #[serde(flatten)]
    #[schema(ignore)]
    pub(super) additional: Additions,
}

/// An installment (`loan__Repayment_Schedule__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::ScheduleRow)]
pub(super) struct ScheduleRow {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "loan__Id__c")]
    pub(super) number: u32,
    #[serde(rename = "loan__Due_Date__c")]
    #[schema(format = Date)]
    pub(super) due_date: String,
    #[serde(rename = "loan__Due_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) due_amount: Box<RawValue>,
    #[serde(rename = "loan__Due_Principal__c")]
    #[schema(schema_with = number)]
    pub(super) due_principal: Box<RawValue>,
    #[serde(rename = "loan__Due_Interest__c")]
    #[schema(schema_with = number)]
    pub(super) due_interest: Box<RawValue>,
    #[serde(rename = "loan__Due_Fees__c")]
    #[schema(schema_with = number)]
    pub(super) due_fees: Box<RawValue>,
    #[serde(rename = "loan__Total_Paid_Principal__c")]
    #[schema(schema_with = number)]
    pub(super) paid_principal: Box<RawValue>,
    #[serde(rename = "loan__Total_Paid_Interest__c")]
    #[schema(schema_with = number)]
    pub(super) paid_interest: Box<RawValue>,
    #[serde(rename = "loan__Total_Paid_Fees__c")]
    #[schema(schema_with = number)]
    pub(super) paid_fees: Box<RawValue>,
    /// Of the expected interest, what was not paid.
    #[serde(rename = "loan__Unpaid_Interest__c")]
    #[schema(schema_with = number)]
    pub(super) unpaid_interest: Box<RawValue>,
    /// Of the expected interest, what is no balance of the account yet.
    #[serde(rename = "loan__Interest_Accrued_Not_Due__c")]
    #[schema(schema_with = number)]
    pub(super) interest_not_due: Box<RawValue>,
    #[serde(rename = "loan__Is_Paid__c")]
    pub(super) is_paid: bool,
    #[serde(rename = "loan__Is_Partially_Paid__c")]
    pub(super) is_partially_paid: bool,
    /// What was asked for besides.
    #[serde(flatten)]
    #[schema(ignore)]
    pub(super) additional: Additions,
}

/// The sums of a schedule (`loan__Repayment_Schedule_Summary__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::ScheduleSummary)]
pub(super) struct ScheduleSummary {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "loan__Loan_Account__c")]
    pub(super) loan_account: String,
    #[serde(rename = "loan__Number_of_Installments__c")]
    pub(super) number_of_installments: usize,
    #[serde(rename = "loan__First_Installment_Date__c")]
    #[schema(format = Date)]
    pub(super) first_installment_date: Option<String>,
    #[serde(rename = "loan__Last_Installment_Date__c")]
    #[schema(format = Date)]
    pub(super) last_installment_date: Option<String>,
    /// Of all installments: principal, interest, fees and penalties.
    #[serde(rename = "loan__Total_Due_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) due_amount: Box<RawValue>,
    #[serde(rename = "loan__Total_Paid_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) paid_amount: Box<RawValue>,
    /// What was asked for besides.
    #[serde(flatten)]
    #[schema(ignore)]
    pub(super) additional: Additions,
}

/// What pays a loan off on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::PayoffQuote)]
pub(super) struct PayoffQuote {
    #[serde(rename = "loan__Loan_Account__c")]
    pub(super) loan_account: String,
    #[serde(rename = "loan__Transaction_Date__c")]
    #[schema(format = Date)]
    pub(super) transaction_date: String,
    #[serde(rename = "loan__Payoff_Date__c")]
    #[schema(format = Date)]
    pub(super) payoff_date: String,
    #[serde(rename = "loan__Payoff_Quote_Name__c")]
    pub(super) name: Option<String>,
    #[serde(rename = "loan__Payoff_Amount__c")]
    #[schema(schema_with = number)]
    pub(super) amount: Box<RawValue>,
    #[serde(rename = "loan__Principal__c")]
    #[schema(schema_with = number)]
    pub(super) principal: Box<RawValue>,
    #[serde(rename = "loan__Interest__c")]
    #[schema(schema_with = number)]
    pub(super) interest: Box<RawValue>,
    #[serde(rename = "loan__Fees__c")]
    #[schema(schema_with = number)]
    pub(super) fees: Box<RawValue>,
}

/// What an investor has in a loan (`loan__Investor_Loan__c`).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::InvestmentOrder)]
pub(super) struct InvestmentOrder {
    pub(super) attributes: Attributes,
    #[serde(rename = "Id")]
    pub(super) id: String,
    #[serde(rename = "Name")]
    #[schema(example = "IO-00000018")]
    pub(super) name: String,
    #[serde(rename = "loan__Account__c")]
    pub(super) account: String,
    #[serde(rename = "loan__Loan__c")]
    pub(super) loan: String,
    #[serde(rename = "loan__Loan__r")]
    pub(super) expanded_loan: OrderedLoan,
    /// The booking from which it came; null of one that was bought while the loan ran.
    #[serde(rename = "loan__Booking__c")]
    pub(super) booking: Option<String>,
    /// `Active`, `Closed` with its loan, or `Sold`.
    #[serde(rename = "loan__Status__c")]
    pub(super) status: &'static str,
    #[serde(rename = "loan__Share__c")]
    #[schema(schema_with = number)]
    pub(super) investment: Box<RawValue>,
    #[serde(rename = "loan__Certificate_Rate__c")]
    #[schema(schema_with = number)]
    pub(super) certificate_rate: Box<RawValue>,
    #[serde(rename = "loan__Tot_Principal_Received__c")]
    #[schema(schema_with = number)]
    pub(super) principal_received: Box<RawValue>,
    #[serde(rename = "loan__Tot_Interest_Received__c")]
    #[schema(schema_with = number)]
    pub(super) interest_received: Box<RawValue>,
    #[serde(rename = "loan__Outstanding_Principal__c")]
    #[schema(schema_with = number)]
    pub(super) outstanding_principal: Box<RawValue>,
    #[serde(rename = "loan__Certificate_Order_Date__c")]
    #[schema(format = Date)]
    pub(super) order_date: String,
    /// Money between the loan and the investor's account, of all orders in this loan.
    #[serde(rename = "loan__Investor_Loan_Account_Txns__r")]
    pub(super) payments: Vec<StatementLine>,
}

/// The loan of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::OrderedLoan)]
pub(super) struct OrderedLoan {
    #[serde(rename = "Name")]
    pub(super) name: String,
    #[serde(rename = "loan__Loan_Status__c")]
    pub(super) loan_status: &'static str,
}

/// A line of an investor's statement.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = marketplace::StatementLine, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(super) struct StatementLine {
    /// `Deposit`, `Withdrawal`, `Investment`, `Payment`, `Transfer`, `Fee`, `Interest`,
    /// `Overdraft Interest`, `Withholding Tax`, each also with `Reversal`, or
    /// `Booking`.
    pub(super) txn_type: String,
    #[schema(format = Date)]
    pub(super) txn_date: String,
    /// Below zero: what left the account.
    #[schema(schema_with = number)]
    pub(super) amount: Box<RawValue>,
    /// Of the account after it; null of a booking, and in an investment order.
    #[schema(value_type = Option<f64>)]
    pub(super) balance: Option<Box<RawValue>>,
    /// The loan or application.
    pub(super) loan: Option<String>,
    pub(super) txn_id: String,
}

/// A line as it stands in a statement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::StatementObject, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(super) struct StatementObject {
    pub(super) txn_obj: StatementLine,
}

/// A statement of an investor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = marketplace::LenderStatement, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub(super) struct LenderStatement {
    /// `SUCCESS`.
    pub(super) status: &'static str,
    /// Always -1.
    pub(super) row_number: i64,
    pub(super) response: Vec<StatementObject>,
}
