//! A second opinion: balances recomputed from the transfers alone, by code that shares nothing
//! with the book but the rows themselves.

use std::collections::HashMap;

use jiff::civil::Date;
use loam_book::journal::{GlAccount, Transfer};
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

/// A naive ledger: account name → balance, debits positive.
#[derive(Default)]
pub(crate) struct Auditor {
    balances: HashMap<&'static str, i64>,
}

impl Auditor {
    /// Reads transfers with a value date up to a day and a booking date up to a day.
    pub(crate) fn read(transfers: &[Transfer], as_of: Date, known_on: Date) -> Auditor {
        let mut auditor = Auditor::default();
        for row in transfers {
            let value = serde_json::to_value(row).expect("a transfer is plain data");
            let day = |field: &str| value[field].as_str().and_then(|text| text.parse::<Date>().ok());
            if day("value_date").expect("a date") > as_of || day("booking_date").expect("a date") > known_on {
                continue;
            }
            let amount = value["amount"].as_i64().expect("minor units");
            assert!(amount > 0, "a transfer moves something: {value}");
            let name = |field: &str| {
                let name = value[field].as_str().expect("an account name");
                GlAccount::from_name(name).expect("an account of the journal").name()
            };
            assert_ne!(name("debit"), name("credit"), "a transfer goes from one account to another");
            *auditor.balances.entry(name("debit")).or_default() += amount;
            *auditor.balances.entry(name("credit")).or_default() -= amount;
        }
        auditor
    }

    /// Reads all transfers, by their members: what many lives are proved with.
    pub(crate) fn read_fast(transfers: &[Transfer]) -> Auditor {
        let mut auditor = Auditor::default();
        for row in transfers {
            assert!(
                row.amount.is_positive() && row.debit != row.credit,
                "a transfer moves something: {row:?}"
            );
            let amount = row.amount.minor();
            *auditor.balances.entry(row.debit.name()).or_default() += amount;
            *auditor.balances.entry(row.credit.name()).or_default() -= amount;
        }
        auditor
    }

    /// What the loan owes, by this ledger.
    pub(crate) fn outstanding(&self) -> Components {
        Components {
            principal: self.of("loan_portfolio"),
            interest: self.of("interest_receivable"),
            fees: self.of("fee_receivable"),
            penalties: self.of("penalty_receivable"),
        }
    }

    /// What a fund source paid out and did not get back; negative when more came in.
    pub(crate) fn paid_out(&self) -> Amount {
        -self.of("fund_source")
    }

    /// What was earned in interest, fees and penalties, and what of the fees is earned later.
    pub(crate) fn income(&self) -> Components {
        Components {
            principal: Amount::ZERO,
            interest: -self.of("interest_income"),
            fees: -self.of("fee_income") - self.of("deferred_fee_income"),
            penalties: -self.of("penalty_income"),
        }
    }

    /// What was earned in fees.
    pub(crate) fn fee_income(&self) -> Amount {
        -self.of("fee_income")
    }

    /// What was paid too much.
    pub(crate) fn overpayments(&self) -> Amount {
        -self.of("overpayments")
    }

    /// What came in after a write-off.
    pub(crate) fn recovered(&self) -> Amount {
        -self.of("recovery_income")
    }

    /// What was waived.
    pub(crate) fn waived(&self) -> Amount {
        self.of("waiver_expense")
    }

    /// What one loan took over of another and that one has not given.
    pub(crate) fn restructuring(&self) -> Amount {
        self.of("restructuring")
    }

    /// What was charged in fees and is not earned yet, in minor units.
    pub(crate) fn deferred_fee_income(&self) -> i64 {
        -self.of("deferred_fee_income").minor()
    }

    /// What is owed in taxes.
    pub(crate) fn taxes_payable(&self) -> Amount {
        -self.of("taxes_payable")
    }

    fn of(&self, name: &str) -> Amount {
        Amount::from_minor(self.balances.get(name).copied().unwrap_or(0))
    }

    /// Whether the accounts add up to nothing, as they must.
    pub(crate) fn is_balanced(&self) -> bool {
        self.balances.values().sum::<i64>() == 0
    }
}
