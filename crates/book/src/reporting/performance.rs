//! Loans and payments in the words of the loan performance contract. Amounts are cents.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::partner::SealedText;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every word, in the order of the contract.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// The word on the wire.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }

            /// The value of this word; words are case-sensitive.
            pub fn from_name(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|value| value.name() == word)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Where a loan stands.
    LoanStatus {
        Pending = "Pending", Expired = "Expired", Withdrawn = "Withdrawn", Denied = "Denied",
        Approved = "Approved", Originated = "Originated", Reversed = "Reversed", PastDue = "Past Due",
        WrittenOff = "Written Off", Current = "Current", PaidInFull = "Paid In Full",
    }
}
words! {
    /// Whether the customer had loans before.
    ApplicationType { New = "New", Returning = "Returning", Refinanced = "Refinanced" }
}
words! {
    LoanType { Payday = "Payday", Installment = "Installment", LineOfCredit = "Line Of Credit" }
}
words! {
    PaymentType {
        FundingPayment = "Funding Payment", FirstPayment = "First Payment", Payment = "Payment",
        AdditionalPayment = "Additional Payment", MakeupPayment = "Makeup Payment", Payoff = "Payoff",
        Other = "Other",
    }
}
words! {
    PaymentMode {
        Ach = "ACH", AchCollection = "ACH Collection", CashierCheck = "Cashier Check",
        PersonalCheck = "Personal Check", Cash = "Cash", CreditCard = "Credit Card",
        DebitCard = "Debit Card", MoneyOrder = "Money Order", MoneyGram = "Money Gram",
        LoanTransfer = "Loan Transfer", WireTransfer = "Wire Transfer", WesternUnion = "Western Union",
        Other = "Other",
    }
}
words! {
    PaymentStatus {
        Pending = "Pending", Paid = "Paid", PartiallyPaid = "Partially Paid", Late = "Late",
        Returned = "Returned", Failed = "Failed", Other = "Other",
    }
}
words! {
    /// What follows from the status and dates of a loan.
    Origination { Originated = "Originated", NotOriginated = "Not Originated" }
}

/// What a report says about an optional member: nothing (keep), null (clear), or a value.
pub type Said<T> = Option<Option<T>>;

/// A report about a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PerformanceLoanReport {
    pub loan_id: String,
    pub lead_id: Said<i64>,
    pub management_system_id: Said<i64>,
    pub application_type: Said<ApplicationType>,
    pub loan_type: Said<LoanType>,
    pub loan_status: Said<LoanStatus>,
    pub loan_amount: i64,
    pub funded_amount: Said<i64>,
    pub first_payment_date: Said<Date>,
    pub applied_at: Timestamp,
    pub esigned_at: Said<Timestamp>,
    pub withdrawn_at: Said<Timestamp>,
    pub originated_at: Said<Timestamp>,
    /// Whether the loan is the one for which the lead was bought; `None` keeps what is known.
    pub is_lead_loan: Option<bool>,
}

/// A loan as it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceLoan {
    pub lead_id: Option<i64>,
    pub management_system_id: Option<i64>,
    pub application_type: Option<ApplicationType>,
    pub loan_type: Option<LoanType>,
    pub status: LoanStatus,
    pub loan_amount: i64,
    pub funded_amount: Option<i64>,
    pub first_payment_date: Option<Date>,
    pub applied_at: Timestamp,
    pub esigned_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    pub originated_at: Option<Timestamp>,
    pub is_lead_loan: bool,
    pub payments: Vec<PerformancePayment>,
    /// What was odd about reports and was accepted all the same, oldest first.
    pub anomalies: Vec<Anomaly>,
}

/// A payment as it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformancePayment {
    pub payment_id: String,
    pub amount: Option<i64>,
    pub payment_type: Option<PaymentType>,
    pub payment_mode: Option<PaymentMode>,
    pub payment_status: Option<PaymentStatus>,
    pub principal: Option<i64>,
    pub interest: Option<i64>,
    pub fees: Option<i64>,
    pub bank_routing_number: Option<String>,
    pub bank_account_number: Option<SealedText>,
    pub return_code: Option<String>,
    pub returned_at: Option<Timestamp>,
    pub fail_code: Option<String>,
    pub failed_at: Option<Timestamp>,
    pub payment_at: Option<Timestamp>,
}

impl PerformancePayment {
    /// The payment with what is sealed left out and only its mask kept.
    pub fn without_sealed(&self) -> PerformancePayment {
        let mut payment = self.clone();
        if let Some(number) = &mut payment.bank_account_number {
            number.sealed.clear();
        }
        payment
    }
}

/// Something odd about a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anomaly {
    pub at: Timestamp,
    pub note: String,
}

impl PerformanceLoan {
    /// A loan as its first report tells it.
    pub fn first(report: &PerformanceLoanReport) -> PerformanceLoan {
        let mut loan = PerformanceLoan {
            lead_id: None,
            management_system_id: None,
            application_type: None,
            loan_type: None,
            status: LoanStatus::Pending,
            loan_amount: report.loan_amount,
            funded_amount: None,
            first_payment_date: None,
            applied_at: report.applied_at,
            esigned_at: None,
            withdrawn_at: None,
            originated_at: None,
            is_lead_loan: false,
            payments: Vec::new(),
            anomalies: Vec::new(),
        };
        loan.take(report);
        loan
    }

    /// Takes in a later report; what is odd about it is noted.
    pub fn update(&mut self, report: &PerformanceLoanReport, at: Timestamp) {
        let before = self.status;
        self.take(report);
        if !may_follow(before, self.status) {
            let note = format!("{} was reported after {}", self.status.name(), before.name());
            self.note(at, note);
        }
    }

    fn take(&mut self, report: &PerformanceLoanReport) {
        set(&mut self.lead_id, &report.lead_id);
        set(&mut self.management_system_id, &report.management_system_id);
        set(&mut self.application_type, &report.application_type);
        set(&mut self.loan_type, &report.loan_type);
        if let Some(status) = report.loan_status {
            self.status = status.unwrap_or(LoanStatus::Pending);
        }
        self.loan_amount = report.loan_amount;
        set(&mut self.funded_amount, &report.funded_amount);
        set(&mut self.first_payment_date, &report.first_payment_date);
        self.applied_at = report.applied_at;
        set(&mut self.esigned_at, &report.esigned_at);
        set(&mut self.withdrawn_at, &report.withdrawn_at);
        set(&mut self.originated_at, &report.originated_at);
        self.is_lead_loan = report.is_lead_loan.unwrap_or(self.is_lead_loan);
    }

    /// Puts a payment where the one with its id stands, or behind the others. True when it is new.
    pub fn put_payment(&mut self, payment: PerformancePayment) -> bool {
        let known = self.payments.iter_mut().find(|known| known.payment_id == payment.payment_id);
        match known {
            Some(known) => {
                *known = payment;
                false
            }
            None => {
                self.payments.push(payment);
                true
            }
        }
    }

    fn note(&mut self, at: Timestamp, note: String) {
        self.anomalies.push(Anomaly { at, note });
        let surplus = self.anomalies.len().saturating_sub(MOST_ANOMALIES);
        self.anomalies.drain(..surplus);
    }

    /// Whether the lead counts as originated. The more particular rows of the contract's table win.
    pub fn origination(&self) -> Origination {
        let is_undone = self.withdrawn_at.is_some() || self.status == LoanStatus::Reversed;
        match self.originated_at {
            Some(_) if !is_undone => Origination::Originated,
            Some(_) | None => Origination::NotOriginated,
        }
    }
}

/// A loan keeps the latest of its oddities.
const MOST_ANOMALIES: usize = 50;
/// The most payments that are kept with one loan.
pub const MOST_PAYMENTS: usize = 5_000;

fn set<T: Copy>(kept: &mut Option<T>, said: &Said<T>) {
    if let Some(value) = said {
        *kept = *value;
    }
}

/// Whether a report of `next` is to be expected after `before`. Reporters may skip steps, so what
/// can be reached over several is expected too.
pub fn may_follow(before: LoanStatus, next: LoanStatus) -> bool {
    use LoanStatus::{
        Approved, Current, Denied, Expired, Originated, PaidInFull, PastDue, Pending, Reversed, Withdrawn,
        WrittenOff,
    };
    let from_originated = [Originated, Current, PastDue, PaidInFull, WrittenOff, Reversed];
    if before == next {
        return true;
    }
    match before {
        Pending => true,
        Approved => next != Pending,
        Originated => from_originated.contains(&next),
        Current | PastDue => from_originated[1..].contains(&next),
        WrittenOff => next == PaidInFull,
        Expired | Withdrawn | Denied | Reversed | PaidInFull => false,
    }
}
