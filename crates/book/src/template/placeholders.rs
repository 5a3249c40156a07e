//! What can be put into a document: each placeholder with its meaning and where it is taken from.
//! Everything is text, amounts with all decimals of their currency; what is not there is empty.

use std::collections::BTreeMap;

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::calendar::PeriodUnit;
use loam_calc::money::Amount;
use minijinja::Value;

use super::TemplateType;
use crate::catalog::Catalog;
use crate::ids::Key;
use crate::loan::transaction::{LoanTransaction, TransactionKind};
use crate::loan::{Holder, HolderKind, Installment, Loan};
use crate::party::Client;
use crate::vocabulary::Facts;

pub(super) type Variables = BTreeMap<&'static str, Value>;

/// What a document is made about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub loan: &'a Loan,
    /// The holder, where a client holds the loan.
    pub client: Option<&'a Client>,
    pub holder_id: &'a str,
    pub holder_name: &'a str,
    pub catalog: &'a Catalog,
    pub business_date: Date,
    /// The schedule as it is shown on the business date.
    pub schedule: &'a [Installment],
    /// In the order of their ids.
    pub transactions: &'a [LoanTransaction],
    /// Of a document about one transaction.
    pub transaction: Option<&'a LoanTransaction>,
    /// The first and the last day of the transactions, where they were asked for.
    pub start_date: Option<Date>,
    pub end_date: Option<Date>,
}

/// A placeholder: its name, what it stands for, and how it is found.
pub struct Placeholder<T> {
    pub name: &'static str,
    pub meaning: &'static str,
    of: fn(T) -> String,
}

const fn named<T>(name: &'static str, meaning: &'static str, of: fn(T) -> String) -> Placeholder<T> {
    Placeholder { name, meaning, of }
}

type OfSubject<'a> = &'a Subject<'a>;
type OfRow<'a> = (&'a Subject<'a>, &'a Installment);
type OfTransaction<'a> = (&'a Subject<'a>, &'a LoanTransaction);

/// Placeholders that stand alone.
pub fn alone<'a>() -> [Placeholder<OfSubject<'a>>; 4] {
    [
        named("businessDate", "the business date", |s| s.business_date.to_string()),
        named("startDate", "the first day of the transactions, as it was asked for", |s| day(s.start_date)),
        named("endDate", "the last day of the transactions, as it was asked for", |s| day(s.end_date)),
        named("organizationName", "the name of the organization", |s| {
            s.catalog.settings.as_ref().map_or_else(String::new, |settings| settings.name.clone())
        }),
    ]
}

/// Members of `loan`.
pub fn of_loan<'a>() -> Vec<Placeholder<OfSubject<'a>>> {
    let mut all = loan_terms();
    all.extend(loan_balances());
    all
}

fn loan_terms<'a>() -> Vec<Placeholder<OfSubject<'a>>> {
    vec![
        named("id", "its id", |s| s.loan.id.clone()),
        named("encodedKey", "its key", |s| s.loan.key.to_string()),
        named("loanName", "its name", |s| s.loan.name.clone()),
        named("notes", "what was noted of it", |s| text(s.loan.notes.as_ref())),
        named("accountState", "its state on the business date", state_of),
        named("productId", "the id of its product", |s| {
            s.catalog.products.by_key(s.loan.terms.product).map_or_else(String::new, |found| found.id.clone())
        }),
        named("productName", "the name of its product", |s| {
            s.catalog
                .products
                .by_key(s.loan.terms.product)
                .map_or_else(String::new, |found| found.name.clone())
        }),
        named("currencyCode", "its currency, such as USD", |s| s.loan.terms.currency.code().to_owned()),
        named("loanAmount", "the agreed amount", |s| money(s, s.loan.terms.amount)),
        named("interestRate", "the rate on the business date, in percent", |s| {
            s.loan.rate_on(s.business_date).to_percent_text()
        }),
        named("repaymentInstallments", "the agreed number of installments", |s| {
            s.loan.terms.installment_count.to_string()
        }),
        named("repaymentPeriodCount", "every how many units it is repaid", |s| {
            s.loan.terms.period.count.to_string()
        }),
        named("repaymentPeriodUnit", "DAYS, WEEKS, MONTHS or YEARS", |s| unit(s.loan.terms.period.unit)),
        named("gracePeriod", "how many installments are without principal at first", |s| {
            s.loan.terms.grace_period.to_string()
        }),
        named("creationDate", "the day on which it was entered (UTC)", |s| instant(Some(s.loan.created_at))),
        named("approvedDate", "the day on which it was approved (UTC)", |s| instant(s.loan.approved_at)),
        named("closedDate", "the day on which it was closed (UTC)", |s| instant(s.loan.closed_at)),
        named("expectedDisbursementDate", "when it is to be paid out", |s| {
            day(s.loan.terms.expected_disbursement_on)
        }),
        named("disbursementDate", "when it was paid out", |s| day(s.loan.state().disbursed_on())),
        named("firstRepaymentDate", "the first due date", |s| {
            day(s.schedule.first().map(|row| row.due_date))
        }),
        named("maturityDate", "the last due date", |s| day(s.schedule.last().map(|row| row.due_date))),
        named("branchName", "the name of its branch", |s| branch(s, s.loan.assignment.branch)),
        named("centreName", "the name of its centre", |s| centre(s, s.loan.assignment.centre)),
        named("officerName", "the name of its credit officer", |s| user(s, s.loan.assignment.user)),
    ]
}

fn loan_balances<'a>() -> Vec<Placeholder<OfSubject<'a>>> {
    vec![
        named("principalBalance", "principal that is outstanding", |s| {
            money(s, s.loan.servicing.outstanding.principal)
        }),
        named("interestBalance", "interest that is outstanding", |s| {
            money(s, s.loan.servicing.outstanding.interest)
        }),
        named("feesBalance", "fees that are outstanding", |s| money(s, s.loan.servicing.outstanding.fees)),
        named("penaltyBalance", "penalties that are outstanding", |s| {
            money(s, s.loan.servicing.outstanding.penalties)
        }),
        named("totalBalance", "all that is outstanding", |s| money(s, s.loan.servicing.outstanding.total())),
        named("principalPaid", "principal paid so far", |s| money(s, s.loan.servicing.paid.principal)),
        named("interestPaid", "interest paid so far", |s| money(s, s.loan.servicing.paid.interest)),
        named("feesPaid", "fees paid so far", |s| money(s, s.loan.servicing.paid.fees)),
        named("penaltyPaid", "penalties paid so far", |s| money(s, s.loan.servicing.paid.penalties)),
        named("totalPaid", "all that was paid so far", |s| money(s, s.loan.servicing.paid.total())),
        named("principalDue", "principal that is due by the business date", |s| money(s, due(s).principal)),
        named("interestDue", "interest that is due by the business date", |s| money(s, due(s).interest)),
        named("feesDue", "fees that are due by the business date", |s| money(s, due(s).fees)),
        named("penaltyDue", "penalties that are due by the business date", |s| money(s, due(s).penalties)),
        named("totalDue", "all that is due by the business date", |s| money(s, due(s).total())),
        named("daysLate", "days since the oldest late installment fell due", |s| {
            s.loan.days_late(s.business_date).to_string()
        }),
        named("daysInArrears", "days in arrears", |s| s.loan.days_in_arrears(s.business_date).to_string()),
    ]
}

/// Members of `holder`: the client or the group that holds the loan.
pub fn of_holder<'a>() -> [Placeholder<OfSubject<'a>>; 4] {
    [
        named("id", "its id", |s| s.holder_id.to_owned()),
        named("encodedKey", "its key", |s| s.loan.holder.key.to_string()),
        named("name", "its name", |s| s.holder_name.to_owned()),
        named("type", "CLIENT or GROUP", |s| kind_of(s.loan.holder)),
    ]
}

/// Members of `client`: the client who holds the loan; empty where a group does.
pub fn of_client<'a>() -> Vec<Placeholder<OfSubject<'a>>> {
    vec![
        named("id", "the id", |s| s.client.map_or_else(String::new, |client| client.id.clone())),
        named("firstName", "the first name", |s| profile(s, |client| Some(&client.profile.first_name))),
        named("middleName", "the middle name", |s| profile(s, |client| client.profile.middle_name.as_ref())),
        named("lastName", "the last name", |s| profile(s, |client| Some(&client.profile.last_name))),
        named("birthDate", "the date of birth", |s| {
            day(s.client.and_then(|client| client.profile.birth_date))
        }),
        named("homePhone", "the telephone at home", |s| {
            profile(s, |client| client.profile.home_phone.as_ref())
        }),
        named("mobilePhone1", "the mobile telephone", |s| {
            profile(s, |client| client.profile.mobile_phone.as_ref())
        }),
        named("mobilePhone2", "another mobile telephone", |s| {
            profile(s, |client| client.profile.mobile_phone_2.as_ref())
        }),
        named("emailAddress", "the e-mail address", |s| {
            profile(s, |client| client.profile.email_address.as_ref())
        }),
        named("line1", "the first line of the first address", |s| address(s, |at| at.line1.as_ref())),
        named("line2", "the second line of it", |s| address(s, |at| at.line2.as_ref())),
        named("city", "the city of it", |s| address(s, |at| at.city.as_ref())),
        named("region", "the region of it", |s| address(s, |at| at.region.as_ref())),
        named("postcode", "the postcode of it", |s| address(s, |at| at.postcode.as_ref())),
        named("country", "the country of it", |s| address(s, |at| at.country.as_ref())),
        named("documentType", "the type of the first identification document", |s| {
            profile(s, |client| client.documents.first().map(|document| &document.document_type))
        }),
        named("documentId", "its id", |s| {
            profile(s, |client| client.documents.first().map(|document| &document.document_id))
        }),
    ]
}

/// Members of each row of `schedule`.
pub fn of_installment<'a>() -> [Placeholder<OfRow<'a>>; 14] {
    [
        named("number", "counted from 1", |(_, row)| row.number.to_string()),
        named("dueDate", "when it falls due", |(_, row)| row.due_date.to_string()),
        named("principalDue", "principal, the whole of it", |(s, row)| money(s, row.expected.principal)),
        named("interestDue", "interest, the whole of it", |(s, row)| money(s, row.expected.interest)),
        named("feesDue", "fees, the whole of them", |(s, row)| money(s, row.expected.fees)),
        named("penaltyDue", "penalties, the whole of them", |(s, row)| money(s, row.expected.penalties)),
        named("totalDue", "the whole installment", |(s, row)| money(s, row.expected.total())),
        named("principalPaid", "principal that was paid of it", |(s, row)| money(s, row.paid.principal)),
        named("interestPaid", "interest that was paid of it", |(s, row)| money(s, row.paid.interest)),
        named("feesPaid", "fees that were paid of it", |(s, row)| money(s, row.paid.fees)),
        named("penaltyPaid", "penalties that were paid of it", |(s, row)| money(s, row.paid.penalties)),
        named("totalPaid", "all that was paid of it", |(s, row)| money(s, row.paid.total())),
        named("totalUnpaid", "what is still to be paid of it", |(s, row)| money(s, row.unpaid().total())),
        named("repaidDate", "when the last of it was paid", |(_, row)| day(row.repaid_on)),
    ]
}

/// Members of each row of `transactions`, and of `transaction`.
pub fn of_transaction<'a>() -> [Placeholder<OfTransaction<'a>>; 12] {
    [
        named("transactionId", "its number", |(_, row)| row.id.to_string()),
        named("type", "what it was, such as REPAYMENT", |(_, row)| word(row.kind)),
        named("entryDate", "when it counts", |(_, row)| row.value_date.to_string()),
        named("bookingDate", "the business date on which it was entered", |(_, row)| {
            row.stamp.booking_date.to_string()
        }),
        named("amount", "its amount; that of a reversal is negative", |(s, row)| money(s, row.amount)),
        named("principalPaid", "how much of it is principal", |(s, row)| money(s, row.split.principal)),
        named("interestPaid", "how much of it is interest", |(s, row)| money(s, row.split.interest)),
        named("feesPaid", "how much of it is fees", |(s, row)| money(s, row.split.fees)),
        named("penaltyPaid", "how much of it is penalties", |(s, row)| money(s, row.split.penalties)),
        named("principalBalance", "outstanding principal after it", |(s, row)| {
            money(s, row.principal_balance)
        }),
        named("notes", "what was noted of it", |(_, row)| text(row.details.notes.as_ref())),
        named("isReversed", "yes, if another transaction took it back", |(_, row)| {
            if row.reversed_by.is_some() { "yes".to_owned() } else { String::new() }
        }),
    ]
}

/// All that a document about this subject can show.
pub fn variables(subject: &Subject<'_>) -> Variables {
    let mut all: Variables = Variables::new();
    for placeholder in alone() {
        all.insert(placeholder.name, Value::from((placeholder.of)(subject)));
    }
    all.insert("loan", object(&of_loan(), subject));
    all.insert("holder", object(&of_holder(), subject));
    all.insert("client", object(&of_client(), subject));
    let rows = subject.schedule.iter();
    all.insert("schedule", rows.map(|row| object(&of_installment(), (subject, row))).collect());
    let rows = subject.transactions.iter();
    all.insert("transactions", rows.map(|row| object(&of_transaction(), (subject, row))).collect());
    if let Some(row) = subject.transaction {
        all.insert("transaction", object(&of_transaction(), (subject, row)));
    }
    all
}

/// Every placeholder with a value, one row in each list.
pub(super) fn samples(template_type: TemplateType) -> Variables {
    let mut all: Variables = Variables::new();
    all.extend(alone().iter().map(|placeholder| (placeholder.name, Value::from("x"))));
    all.insert("loan", sample(&of_loan()));
    all.insert("holder", sample(&of_holder()));
    all.insert("client", sample(&of_client()));
    all.insert("schedule", [sample(&of_installment())].into_iter().collect());
    all.insert("transactions", [sample(&of_transaction())].into_iter().collect());
    if template_type == TemplateType::Transaction {
        all.insert("transaction", sample(&of_transaction()));
    }
    all
}

/// Whether a template may name this.
pub(super) fn is_known(name: &str, template_type: TemplateType) -> bool {
    let Some((object, member)) = name.split_once('.') else {
        return ["schedule", "transactions", "loop"].contains(&name)
            || alone().iter().any(|placeholder| placeholder.name == name);
    };
    match object {
        "loan" => of_loan().iter().any(|placeholder| placeholder.name == member),
        "holder" => of_holder().iter().any(|placeholder| placeholder.name == member),
        "client" => of_client().iter().any(|placeholder| placeholder.name == member),
        "transaction" => {
            template_type == TemplateType::Transaction
                && of_transaction().iter().any(|placeholder| placeholder.name == member)
        }
        _ => object == "loop",
    }
}

fn object<T: Copy>(placeholders: &[Placeholder<T>], of: T) -> Value {
    let members = placeholders.iter().map(|each| (each.name, Value::from((each.of)(of))));
    Value::from_object(members.collect::<Variables>())
}

fn sample<T>(placeholders: &[Placeholder<T>]) -> Value {
    Value::from_object(placeholders.iter().map(|each| (each.name, Value::from("x"))).collect::<Variables>())
}

fn money(subject: &Subject<'_>, amount: Amount) -> String {
    amount.to_fixed_text(subject.loan.terms.currency)
}

fn due(subject: &Subject<'_>) -> Components {
    subject.loan.due_by(subject.business_date)
}

fn day(date: Option<Date>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}

fn instant(at: Option<jiff::Timestamp>) -> String {
    at.map_or_else(String::new, |at| jiff::tz::Offset::UTC.to_datetime(at).date().to_string())
}

fn text(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

fn profile(subject: &Subject<'_>, of: impl Fn(&Client) -> Option<&String>) -> String {
    text(subject.client.and_then(of))
}

fn address(subject: &Subject<'_>, of: impl Fn(&crate::party::Address) -> Option<&String>) -> String {
    text(subject.client.and_then(|client| client.addresses.first()).and_then(of))
}

fn state_of(subject: &Subject<'_>) -> String {
    Facts::of(subject.loan, false, subject.business_date).standing().words().account_state.to_owned()
}

fn kind_of(holder: Holder) -> String {
    match holder.kind {
        HolderKind::Client => "CLIENT".to_owned(),
        HolderKind::Group => "GROUP".to_owned(),
    }
}

fn unit(unit: PeriodUnit) -> String {
    match unit {
        PeriodUnit::Days => "DAYS",
        PeriodUnit::Weeks => "WEEKS",
        PeriodUnit::Months => "MONTHS",
        PeriodUnit::Years => "YEARS",
    }
    .to_owned()
}

/// The name of a kind of transaction, in capitals.
fn word(kind: TransactionKind) -> String {
    let name = serde_json::to_value(kind).ok();
    name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_ascii_uppercase()
}

fn branch(subject: &Subject<'_>, key: Option<Key>) -> String {
    let found = key.and_then(|key| subject.catalog.branches.by_key(key));
    found.map_or_else(String::new, |branch| branch.name.clone())
}

fn centre(subject: &Subject<'_>, key: Option<Key>) -> String {
    let found = key.and_then(|key| subject.catalog.centres.by_key(key));
    found.map_or_else(String::new, |centre| centre.name.clone())
}

fn user(subject: &Subject<'_>, key: Option<Key>) -> String {
    let found = key.and_then(|key| subject.catalog.users.by_key(key));
    found.map_or_else(String::new, |user| format!("{} {}", user.first_name, user.last_name).trim().to_owned())
}
