//! What is sent. Members stay the text that the caller wrote until they are read one by one: all
//! problems are told at once, and no number goes through a float.

use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::Decimal;

type Member<'a> = Option<&'a RawValue>;

/// The body of a report.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct LoanReport<'a> {
    #[serde(borrow)]
    pub(in super::super) client_id: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) external_client_id: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) loan_reference_id: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) application_date: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) date_loan_was_granted: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) application_status: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) amount: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) currency: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) tenure: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) total_installments: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) installment_repayments: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) loan_repayment_status: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) date_last_installment_is_due: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) date_loan_is_settled: Member<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct TenureReport<'a> {
    #[serde(borrow)]
    pub(in super::super) value: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) interval: Member<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct InstallmentReport<'a> {
    #[serde(borrow)]
    pub(in super::super) due_date: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) date_paid: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) amount_due: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) amount_paid: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) status: Member<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct AmountReport<'a> {
    #[serde(borrow)]
    pub(in super::super) amount: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) currency: Member<'a>,
}

/// The body that creates a client.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct ClientReport<'a> {
    #[serde(borrow)]
    pub(in super::super) client_id: Member<'a>,
    #[serde(borrow)]
    pub(in super::super) external_client_id: Member<'a>,
}

/// Creates a client.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read member by member")]
#[schema(as = repayment_data::NewClient)]
pub(in super::super) struct NewClient {
    /// The id that the business uses; unique among its clients.
    #[schema(rename = "externalClientId", max_length = 128)]
    external_client_id: String,
    /// Keeps the id that the client had elsewhere: 24 hexadecimal digits. Needs the secret key.
    #[schema(rename = "clientId", pattern = "^[0-9a-fA-F]{24}$")]
    client_id: Option<String>,
}

pub(in super::super) mod described {
    //! The body of a report, for the API reference.

    use super::{Decimal, ToSchema};

    /// A loan with its repayments. It replaces what was reported under the same reference before.
    #[derive(Debug, ToSchema)]
    #[expect(dead_code, reason = "only described: the body is read member by member")]
    #[schema(as = repayment_data::LoanReport, rename_all = "camelCase")]
    pub(in super::super::super) struct LoanReport {
        /// Required if `externalClientId` is not given.
        client_id: Option<String>,
        /// Required if `clientId` is not given. With both, they must name the same client.
        external_client_id: Option<String>,
        #[schema(max_length = 128)]
        loan_reference_id: String,
        #[schema(format = Date)]
        application_date: String,
        #[schema(format = Date)]
        date_loan_was_granted: Option<String>,
        /// `approved`, `rejected`, `pending` or `in_review`.
        application_status: String,
        amount: Decimal,
        #[schema(pattern = "^[A-Z]{3}$")]
        currency: String,
        tenure: Tenure,
        #[schema(minimum = 1, maximum = 10000)]
        total_installments: u32,
        /// At most `totalInstallments`; may be empty.
        installment_repayments: Vec<Installment>,
        /// `settled`, `not_settled`, `in_progress`, `settled_early` or `settled_late`.
        loan_repayment_status: String,
        #[schema(format = Date)]
        date_last_installment_is_due: String,
        #[schema(format = Date)]
        date_loan_is_settled: Option<String>,
    }

    /// How long the loan is meant to run.
    #[derive(Debug, ToSchema)]
    #[expect(dead_code, reason = "only described: the body is read member by member")]
    #[schema(as = repayment_data::TenureReport)]
    pub(in super::super::super) struct Tenure {
        #[schema(minimum = 1)]
        value: u32,
        /// `days`, `weeks` or `months`.
        interval: String,
    }

    /// An installment.
    #[derive(Debug, ToSchema)]
    #[expect(dead_code, reason = "only described: the body is read member by member")]
    #[schema(as = repayment_data::InstallmentReport, rename_all = "camelCase")]
    pub(in super::super::super) struct Installment {
        #[schema(format = Date)]
        due_date: String,
        /// Required unless the status is `not_paid`.
        #[schema(format = Date)]
        date_paid: Option<String>,
        amount_due: Money,
        /// Required unless the status is `not_paid`.
        amount_paid: Option<Money>,
        /// `fully_paid`, `not_paid`, `incomplete_payment`, `paid_early` or `paid_late`.
        status: String,
    }

    /// An amount in the currency of the loan.
    #[derive(Debug, ToSchema)]
    #[expect(dead_code, reason = "only described: the body is read member by member")]
    #[schema(as = repayment_data::MoneyReport)]
    pub(in super::super::super) struct Money {
        amount: Decimal,
        #[schema(pattern = "^[A-Z]{3}$")]
        currency: String,
    }
}
