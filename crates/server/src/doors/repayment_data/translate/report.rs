//! A report of a loan, and the creation of a client, from the wire (contract §2.3, §2.4).

use loam_book::reporting::repayment_data::{
    ApplicationStatus, Contradiction, InstallmentParts, InstallmentStatus, LoanParts, LoanRepaymentStatus,
    RepaymentLoan, TenureInterval,
};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::object_id::ObjectId;

use super::super::error::DoorError;
use super::super::wire::{AmountReport, ClientReport, InstallmentReport, LoanReport, TenureReport};
use super::fields::{Field, Member, Reading, read_body};

/// More installments than any loan has; thirty years of daily ones are fewer.
const MOST_INSTALLMENTS: u32 = 10_000;
const LONGEST_TENURE: u32 = 100_000;

/// Whom a report names. At least one of the two is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Named {
    pub(in super::super) client_id: Option<String>,
    pub(in super::super) external_client_id: Option<String>,
}

/// A client to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct NewClient {
    pub(in super::super) external_client_id: String,
    /// The id that the client has already.
    pub(in super::super) client_id: Option<ObjectId>,
}

/// The loan of a body, and whose it is.
///
/// # Errors
/// Everything that is missing, malformed or cannot be true.
pub(in super::super) fn loan_report(body: &[u8]) -> Result<(Named, RepaymentLoan), DoorError> {
    let sent: LoanReport<'_> = read_body(body)?;
    let mut reading = Reading::default();
    let named = named(&mut reading, &sent);
    let parts = loan_parts(&mut reading, &sent);
    for contradiction in parts.contradictions() {
        let field = field_of(&contradiction);
        let follows_from_another = match contradiction {
            Contradiction::NoDayOfSettlement { .. } => reading.has_objected_to_installments(),
            Contradiction::GrantedBeforeApplication { .. }
            | Contradiction::TooManyInstallments { .. }
            | Contradiction::NoDayOfPayment { .. }
            | Contradiction::NoAmountPaid { .. }
            | Contradiction::PaidAndNotPaid { .. }
            | Contradiction::SettledAndNotSettled { .. } => false,
        };
        if !follows_from_another && !reading.has_objected_to(field) {
            reading.object_to(field, contradiction.to_string());
        }
    }
    let loan = reading.finish(parts.complete())?;
    Ok((named, loan))
}

/// The client that a body creates.
///
/// # Errors
/// A missing or malformed id.
pub(in super::super) fn new_client(body: &[u8]) -> Result<NewClient, DoorError> {
    const CLIENT_ID: Field = Field::new("clientId");
    let sent: ClientReport<'_> = read_body(body)?;
    let mut reading = Reading::default();
    let given = reading.optional_name(CLIENT_ID, sent.client_id);
    let client_id = given.as_deref().and_then(ObjectId::parse);
    if given.is_some() && client_id.is_none() {
        reading.object_to(CLIENT_ID, "must be 24 hexadecimal digits");
    }
    let external_client_id = reading.name(Field::new("externalClientId"), sent.external_client_id);
    reading.finish(external_client_id.map(|external_client_id| NewClient { external_client_id, client_id }))
}

/// The table asks for at least one of the two names.
fn named(reading: &mut Reading, sent: &LoanReport<'_>) -> Named {
    const CLIENT_ID: Field = Field::new("clientId");
    const EXTERNAL_ID: Field = Field::new("externalClientId");
    let named = Named {
        client_id: reading.optional_name(CLIENT_ID, sent.client_id),
        external_client_id: reading.optional_name(EXTERNAL_ID, sent.external_client_id),
    };
    let has_name = named.client_id.is_some() || named.external_client_id.is_some();
    if !has_name && !reading.has_objected_to(CLIENT_ID) && !reading.has_objected_to(EXTERNAL_ID) {
        reading.object_to(CLIENT_ID, "is required if externalClientId is not given");
    }
    named
}

fn loan_parts(reading: &mut Reading, sent: &LoanReport<'_>) -> LoanParts {
    const AMOUNT: Field = Field::new("amount");
    let currency = reading.currency(Field::new("currency"), sent.currency);
    let amount = reading.amount(AMOUNT, sent.amount, currency);
    if amount.is_some_and(Amount::is_zero) {
        reading.object_to(AMOUNT, "must be more than 0");
    }
    let (tenure_value, tenure_interval) = tenure(reading, sent.tenure);
    LoanParts {
        loan_reference_id: reading.name(Field::new("loanReferenceId"), sent.loan_reference_id),
        application_date: reading.date(Field::new("applicationDate"), sent.application_date),
        date_loan_was_granted: reading
            .optional_date(Field::new("dateLoanWasGranted"), sent.date_loan_was_granted),
        application_status: reading.word(
            Field::new("applicationStatus"),
            sent.application_status,
            ApplicationStatus::ALL,
            ApplicationStatus::name,
        ),
        amount,
        currency,
        tenure_value,
        tenure_interval,
        total_installments: reading.count(
            Field::new("totalInstallments"),
            sent.total_installments,
            MOST_INSTALLMENTS,
        ),
        installment_repayments: installments(reading, sent.installment_repayments, currency),
        loan_repayment_status: reading.word(
            Field::new("loanRepaymentStatus"),
            sent.loan_repayment_status,
            LoanRepaymentStatus::ALL,
            LoanRepaymentStatus::name,
        ),
        date_last_installment_is_due: reading
            .date(Field::new("dateLastInstallmentIsDue"), sent.date_last_installment_is_due),
        date_loan_is_settled: reading
            .optional_date(Field::new("dateLoanIsSettled"), sent.date_loan_is_settled),
    }
}

fn tenure(reading: &mut Reading, sent: Member<'_>) -> (Option<u32>, Option<TenureInterval>) {
    let Some(tenure) = reading.object::<TenureReport<'_>>(Field::new("tenure"), sent) else {
        return (None, None);
    };
    let value = reading.count(Field::new("tenure.value"), tenure.value, LONGEST_TENURE);
    let interval = Field::new("tenure.interval");
    (value, reading.word(interval, tenure.interval, TenureInterval::ALL, TenureInterval::name))
}

fn installments(
    reading: &mut Reading,
    sent: Member<'_>,
    currency: Option<Currency>,
) -> Option<Vec<InstallmentParts>> {
    const INSTALLMENTS: Field = Field::new("installmentRepayments");
    let list = reading.list(INSTALLMENTS, sent)?;
    if u32::try_from(list.len()).map_or(true, |given| given > MOST_INSTALLMENTS) {
        reading.object_to(INSTALLMENTS, format!("must have at most {MOST_INSTALLMENTS} installments"));
        return None;
    }
    let one = |(position, sent)| installment(reading, position, (sent, currency));
    Some(list.into_iter().enumerate().map(one).collect())
}

fn installment(
    reading: &mut Reading,
    position: usize,
    (sent, currency): (&serde_json::value::RawValue, Option<Currency>),
) -> InstallmentParts {
    let field = |name| Field::in_installment(position, name);
    let Some(sent) = reading.object::<InstallmentReport<'_>>(field(""), Some(sent)) else {
        return InstallmentParts::default();
    };
    let due = ["amountDue", "amountDue.amount", "amountDue.currency"].map(field);
    let paid = ["amountPaid", "amountPaid.amount", "amountPaid.currency"].map(field);
    InstallmentParts {
        due_date: reading.date(field("dueDate"), sent.due_date),
        date_paid: reading.optional_date(field("datePaid"), sent.date_paid),
        amount_due: money(reading, due, sent.amount_due, currency),
        // Whether it may be left out depends on the status.
        amount_paid: sent.amount_paid.and_then(|sent| money(reading, paid, Some(sent), currency)),
        status: reading.word(field("status"), sent.status, InstallmentStatus::ALL, InstallmentStatus::name),
    }
}

/// An amount in the currency of the loan.
fn money(
    reading: &mut Reading,
    [whole, amount, currency]: [Field; 3],
    sent: Member<'_>,
    of_loan: Option<Currency>,
) -> Option<Amount> {
    let sent = reading.object::<AmountReport<'_>>(whole, sent)?;
    let read = reading.amount(amount, sent.amount, of_loan);
    let given = reading.currency(currency, sent.currency);
    if let (Some(given), Some(of_loan)) = (given, of_loan)
        && given != of_loan
    {
        reading.object_to(currency, format!("must be {of_loan}, the currency of the loan"));
    }
    read
}

/// The member that a contradiction is about.
fn field_of(contradiction: &Contradiction) -> Field {
    match contradiction {
        Contradiction::GrantedBeforeApplication { .. } => Field::new("dateLoanWasGranted"),
        Contradiction::TooManyInstallments { .. } => Field::new("installmentRepayments"),
        Contradiction::NoDayOfPayment { installment } => Field::in_installment(*installment, "datePaid"),
        Contradiction::NoAmountPaid { installment } => Field::in_installment(*installment, "amountPaid"),
        Contradiction::PaidAndNotPaid { installment } => {
            Field::in_installment(*installment, "amountPaid.amount")
        }
        Contradiction::SettledAndNotSettled { .. } | Contradiction::NoDayOfSettlement { .. } => {
            Field::new("dateLoanIsSettled")
        }
    }
}

#[cfg(test)]
mod tests;
