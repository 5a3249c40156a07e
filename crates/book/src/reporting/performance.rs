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
    /// What is odd about a report: its status after the one before, its dates beside its status, its
    /// amounts, or the lead that a payment names.
    AnomalyKind {
        Status = "status_anomaly", Dates = "date_anomaly", Amounts = "amount_anomaly",
        Lead = "lead_anomaly",
    }
}
words! {
    /// What follows from the status and dates of a loan.
    Origination { Originated = "Originated", NotOriginated = "Not Originated" }
}

/// A loan as it was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceLoan {
    pub lead_id: Option<i64>,
    pub management_system_id: Option<i64>,
    pub application_type: Option<ApplicationType>,
    pub loan_type: Option<LoanType>,
    /// Pending as long as nobody said a status.
    pub status: LoanStatus,
    /// Whether the status was said; not known of loans that were kept before this was.
    #[serde(default = "yes")]
    pub status_said: bool,
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

/// Something odd about a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anomaly {
    pub at: Timestamp,
    pub kind: AnomalyKind,
    /// A lowercase sentence with the words and figures.
    pub note: String,
}

fn yes() -> bool {
    true
}

impl PerformanceLoan {
    /// Leaves out texts that are sealed; their masks stay.
    pub fn forget_sealed(&mut self) {
        for number in self.payments.iter_mut().filter_map(|payment| payment.bank_account_number.as_mut()) {
            number.sealed.clear();
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reporting::performance_report::tests::report;

    #[test]
    fn words_are_read_as_they_are_written_and_no_other_way() {
        assert_eq!(LoanType::from_name("Line Of Credit"), Some(LoanType::LineOfCredit));
        assert_eq!(LoanType::from_name("Line of Credit"), None);
        assert!(LoanStatus::ALL.iter().all(|status| LoanStatus::from_name(status.name()) == Some(*status)));
        assert_eq!([LoanStatus::ALL.len(), PaymentMode::ALL.len(), PaymentType::ALL.len()], [11, 13, 7]);
    }

    /// The contract's table, row by row: status, withdrawn, originated, result.
    #[test]
    fn the_more_particular_row_of_the_origination_table_wins() {
        let rows = [
            (LoanStatus::Current, false, true, Origination::Originated),
            (LoanStatus::Pending, false, true, Origination::Originated),
            (LoanStatus::Current, false, false, Origination::NotOriginated),
            (LoanStatus::Pending, true, true, Origination::NotOriginated),
            (LoanStatus::Reversed, false, true, Origination::NotOriginated),
        ];
        for (status, is_withdrawn, is_originated, expected) in rows {
            let at = Timestamp::UNIX_EPOCH;
            let mut loan = PerformanceLoan::first(&report(), at);
            loan.status = status;
            loan.withdrawn_at = is_withdrawn.then_some(at);
            loan.originated_at = is_originated.then_some(at);
            assert_eq!(loan.origination(), expected, "{status:?} {is_withdrawn} {is_originated}");
        }
    }
}
