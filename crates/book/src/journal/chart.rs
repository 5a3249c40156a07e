//! The chart of accounts: the accounts of the general ledger, by codes that people know.
//!
//! Every account that the journal posts to by itself is carried by one of them. Sums are not kept here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{Key, Part, is_possible_id};
use crate::journal::GlAccount;
use crate::journal::refusal::JournalRefusal;
use crate::loan::refusal::Refusal;
use crate::record::Record;

/// What stands on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerType {
    Asset,
    Liability,
    Equity,
    Income,
    Expense,
}

impl LedgerType {
    /// All of them, in the order of a balance sheet.
    pub const ALL: [LedgerType; 5] = [
        LedgerType::Asset,
        LedgerType::Liability,
        LedgerType::Equity,
        LedgerType::Income,
        LedgerType::Expense,
    ];

    /// What it is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            LedgerType::Asset => "asset",
            LedgerType::Liability => "liability",
            LedgerType::Equity => "equity",
            LedgerType::Income => "income",
            LedgerType::Expense => "expense",
        }
    }

    /// Whether debits make the balance grow.
    pub fn grows_by_debits(self) -> bool {
        match self {
            LedgerType::Asset | LedgerType::Expense => true,
            LedgerType::Liability | LedgerType::Equity | LedgerType::Income => false,
        }
    }
}

/// Whether an account is booked on, or adds others up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerUsage {
    Detail,
    Header,
}

/// An account of the general ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerAccount {
    pub key: Key,
    /// What people call it by; it never changes.
    pub code: String,
    pub name: String,
    pub ledger_type: LedgerType,
    pub usage: LedgerUsage,
    pub is_active: bool,
    pub allows_manual_entries: bool,
    pub description: Option<String>,
    /// Whether zeros at the end of a header's code stand for any digits.
    pub strips_zeros: bool,
    /// The account of the journal that it carries: what the book posts there by itself stands here.
    pub carries: Option<GlAccount>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// What the journal and its sums call an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerName {
    /// One that the book posts to by itself.
    Carried(GlAccount),
    /// What the book posts by itself, where a product's rule books it on another account.
    Ruled(GlAccount, Key),
    /// An account on which somebody books by hand, by its key.
    Own(Key),
}

/// Between what is booked and where, in the text that is stored.
const RULED: char = '@';

impl LedgerName {
    /// What the book posts by itself, on the account that a rule names or on the one that carries it.
    pub fn of(carried: GlAccount, ruled: Option<Key>) -> LedgerName {
        ruled.map_or(LedgerName::Carried(carried), |key| LedgerName::Ruled(carried, key))
    }

    /// The text that is stored.
    pub fn text(self) -> String {
        match self {
            LedgerName::Carried(account) => account.name().to_owned(),
            LedgerName::Ruled(account, key) => format!("{}{RULED}{key}", account.name()),
            LedgerName::Own(key) => key.to_string(),
        }
    }

    /// What the book posts by itself under this name.
    pub fn resource(self) -> Option<GlAccount> {
        match self {
            LedgerName::Carried(account) | LedgerName::Ruled(account, _) => Some(account),
            LedgerName::Own(_) => None,
        }
    }

    /// The account that is stored under this text.
    pub fn from_text(text: &str) -> Option<LedgerName> {
        if let Some((resource, key)) = text.split_once(RULED) {
            return Some(LedgerName::Ruled(GlAccount::from_name(resource)?, key.parse().ok()?));
        }
        let carried = GlAccount::from_name(text).map(LedgerName::Carried);
        carried.or_else(|| text.parse().ok().map(LedgerName::Own))
    }
}

impl LedgerAccount {
    /// What the journal calls it where somebody books on it by hand.
    pub fn ledger_name(&self) -> LedgerName {
        self.carries.map_or(LedgerName::Own(self.key), LedgerName::Carried)
    }

    /// Everything that the journal calls it: by hand, and for each thing that a product may book here. A header has
    /// none, for nothing is booked on it.
    pub fn ledger_names(&self) -> Vec<LedgerName> {
        if self.usage == LedgerUsage::Header {
            return Vec::new();
        }
        let ruled = GlAccount::ALL.iter().filter(|resource| !resource.is_clearing());
        let ruled = ruled.map(|resource| LedgerName::Ruled(*resource, self.key));
        std::iter::once(self.ledger_name()).chain(ruled).collect()
    }

    /// Whether this header adds up the other account.
    pub fn adds_up(&self, other: &LedgerAccount) -> bool {
        if self.usage == LedgerUsage::Detail || other.usage == LedgerUsage::Header {
            return false;
        }
        let stem = if self.strips_zeros { self.code.trim_end_matches('0') } else { &self.code };
        self.ledger_type == other.ledger_type && other.code.starts_with(stem)
    }

    /// The name of the first member that contradicts another.
    pub fn contradiction(&self) -> Option<&'static str> {
        let carries = self.carries.is_some();
        if !is_possible_id(&self.code) {
            return Some("glCode");
        }
        if carries && self.usage == LedgerUsage::Header {
            return Some("usage");
        }
        (carries && !self.is_active).then_some("activated")
    }

    /// Refuses a change of what the bookings on the account rest on.
    ///
    /// # Errors
    /// `StaysAsItIs` with the member.
    pub fn check_change(&self, before: &LedgerAccount) -> Result<(), JournalRefusal> {
        let stays = [
            (self.ledger_type == before.ledger_type, "type"),
            (self.usage == before.usage, "usage"),
            (self.carries == before.carries, "carries"),
        ];
        match stays.into_iter().find(|(stays, _)| !stays) {
            Some((_, member)) => Err(JournalRefusal::StaysAsItIs { member, code: before.code.clone() }),
            None => Ok(()),
        }
    }
}

/// Refuses an account that would carry one of the journal besides the one that does, and a change of what bookings
/// rest on.
///
/// # Errors
/// `CarriesNothingNew`, `StaysAsItIs`.
pub fn check_chart(record: &Record, before: Option<&Record>) -> Result<(), Refusal> {
    let Record::LedgerAccount(account) = record else { return Ok(()) };
    if let Some(Record::LedgerAccount(before)) = before {
        return Ok(account.check_change(before)?);
    }
    if account.carries.is_some() {
        return Err(JournalRefusal::CarriesNothingNew.into());
    }
    Ok(())
}

/// The chart that a new book begins with: an account for each that the journal posts to, and headers over them.
pub fn default_chart(created_at: Timestamp) -> Vec<LedgerAccount> {
    let headers = HEADERS.iter().map(|(code, name, ledger_type)| Row {
        code,
        name,
        ledger_type: *ledger_type,
        usage: LedgerUsage::Header,
        carries: None,
    });
    let details = GlAccount::ALL.iter().map(|account| row_of(*account));
    (1..).zip(headers.chain(details)).map(|(number, row)| row.into_account(number, created_at)).collect()
}

/// The account of the default chart that carries one of the journal.
pub fn default_account(carried: GlAccount) -> LedgerAccount {
    let found = default_chart(Timestamp::UNIX_EPOCH).into_iter().find(|row| row.carries == Some(carried));
    found.expect("the default chart carries every account of the journal")
}

const HEADERS: [(&str, &str, LedgerType); 5] = [
    ("1000", "Assets", LedgerType::Asset),
    ("2000", "Liabilities", LedgerType::Liability),
    ("3000", "Equity", LedgerType::Equity),
    ("4000", "Income", LedgerType::Income),
    ("5000", "Expenses", LedgerType::Expense),
];

struct Row {
    code: &'static str,
    name: &'static str,
    ledger_type: LedgerType,
    usage: LedgerUsage,
    carries: Option<GlAccount>,
}

impl Row {
    fn into_account(self, number: u64, created_at: Timestamp) -> LedgerAccount {
        LedgerAccount {
            key: Key::entity(Part::new(0), 0, number),
            code: self.code.to_owned(),
            name: self.name.to_owned(),
            ledger_type: self.ledger_type,
            usage: self.usage,
            is_active: true,
            allows_manual_entries: self.carries.is_some_and(takes_manual_entries),
            description: None,
            strips_zeros: self.usage == LedgerUsage::Header,
            carries: self.carries,
            created_at,
            last_modified_at: created_at,
        }
    }
}

fn row_of(account: GlAccount) -> Row {
    let (code, name, ledger_type) = match account {
        GlAccount::LoanPortfolio => ("1100", "Loan portfolio", LedgerType::Asset),
        GlAccount::InterestReceivable => ("1210", "Interest receivable", LedgerType::Asset),
        GlAccount::FeeReceivable => ("1220", "Fees receivable", LedgerType::Asset),
        GlAccount::PenaltyReceivable => ("1230", "Penalties receivable", LedgerType::Asset),
        GlAccount::OverdraftPortfolio => ("1300", "Overdraft portfolio", LedgerType::Asset),
        GlAccount::FundSource => ("1400", "Fund source", LedgerType::Asset),
        GlAccount::DepositReference => ("1410", "Deposit reference", LedgerType::Asset),
        GlAccount::AccountTransfers => ("1910", "Transfers between accounts", LedgerType::Asset),
        GlAccount::Restructuring => ("1920", "Restructuring", LedgerType::Asset),
        GlAccount::SavingsControl => ("2100", "Savings control", LedgerType::Liability),
        GlAccount::InvestorFunds => ("2150", "Investor funds", LedgerType::Liability),
        GlAccount::Overpayments => ("2200", "Overpayments", LedgerType::Liability),
        GlAccount::DeferredFeeIncome => ("2300", "Deferred fee income", LedgerType::Liability),
        GlAccount::TaxesPayable => ("2400", "Taxes payable", LedgerType::Liability),
        GlAccount::InterestIncome => ("4100", "Interest income", LedgerType::Income),
        GlAccount::FeeIncome => ("4200", "Fee income", LedgerType::Income),
        GlAccount::PenaltyIncome => ("4300", "Penalty income", LedgerType::Income),
        GlAccount::RecoveryIncome => ("4400", "Recovery income", LedgerType::Income),
        GlAccount::WriteOffExpense => ("5100", "Write-off expense", LedgerType::Expense),
        GlAccount::InterestExpense => ("5200", "Interest expense", LedgerType::Expense),
        GlAccount::WaiverExpense => ("5300", "Waiver expense", LedgerType::Expense),
        GlAccount::InterBranch => ("1930", "Between branches", LedgerType::Asset),
        GlAccount::AccruedInterest => ("1240", "Accrued interest", LedgerType::Asset),
        GlAccount::InterestSuspense => ("2310", "Interest in suspense", LedgerType::Liability),
        GlAccount::ProtectFeeExpense => ("5400", "Protect fee expense", LedgerType::Expense),
        // It stands on the other side of what it is taken off: an asset that credits make grow.
        GlAccount::LoanLossAllowance => ("1190", "Loan loss allowance", LedgerType::Asset),
        GlAccount::ProvisionExpense => ("5500", "Provision expense", LedgerType::Expense),
        GlAccount::InvestorInterestPayable => ("2160", "Investor interest payable", LedgerType::Liability),
        GlAccount::InterestPayable => ("2110", "Interest payable", LedgerType::Liability),
    };
    Row { code, name, ledger_type, usage: LedgerUsage::Detail, carries: Some(account) }
}

/// What accounts owe and are owed is the book's own doing: entries by hand would part the ledger from the accounts.
fn takes_manual_entries(account: GlAccount) -> bool {
    match account {
        GlAccount::FundSource
        | GlAccount::DepositReference
        | GlAccount::TaxesPayable
        | GlAccount::InterestIncome
        | GlAccount::FeeIncome
        | GlAccount::PenaltyIncome
        | GlAccount::RecoveryIncome
        | GlAccount::WriteOffExpense
        | GlAccount::WaiverExpense
        | GlAccount::ProtectFeeExpense
        | GlAccount::ProvisionExpense
        // Who pays it out says so by hand.
        | GlAccount::InvestorInterestPayable
        | GlAccount::InterestExpense => true,
        GlAccount::LoanPortfolio
        | GlAccount::InterestReceivable
        | GlAccount::FeeReceivable
        | GlAccount::PenaltyReceivable
        | GlAccount::OverdraftPortfolio
        | GlAccount::AccountTransfers
        | GlAccount::Restructuring
        | GlAccount::SavingsControl
        | GlAccount::InvestorFunds
        | GlAccount::Overpayments
        | GlAccount::InterBranch
        | GlAccount::AccruedInterest
        | GlAccount::InterestSuspense
        | GlAccount::LoanLossAllowance
        | GlAccount::InterestPayable
        | GlAccount::DeferredFeeIncome => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(code: &str) -> LedgerAccount {
        let chart = default_chart(Timestamp::UNIX_EPOCH);
        chart.into_iter().find(|account| account.code == code).expect("the chart has it")
    }

    #[test]
    fn the_default_chart_carries_every_account_of_the_journal_once() {
        let chart = default_chart(Timestamp::UNIX_EPOCH);
        for carried in GlAccount::ALL {
            assert_eq!(chart.iter().filter(|row| row.carries == Some(*carried)).count(), 1, "{carried:?}");
            assert_eq!(default_account(*carried).carries, Some(*carried));
        }
        let mut codes: Vec<&str> = chart.iter().map(|row| row.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), chart.len());
        assert!(chart.iter().all(|row| row.contradiction().is_none()));
    }

    #[test]
    fn a_header_adds_up_what_begins_with_its_code() {
        let assets = account("1000");
        assert!(assets.adds_up(&account("1100")) && assets.adds_up(&account("1920")));
        assert!(!assets.adds_up(&account("2100")));
        assert!(!assets.adds_up(&assets) && !account("1100").adds_up(&account("1100")));
        let whole = LedgerAccount { strips_zeros: false, ..assets };
        assert!(!whole.adds_up(&account("1100")));
    }

    #[test]
    fn a_name_leads_back_to_its_account() {
        let own = LedgerAccount { carries: None, ..account("1400") };
        let ruled = own.ledger_names();
        assert_eq!(ruled[1], LedgerName::Ruled(GlAccount::LoanPortfolio, own.key));
        for name in ruled.into_iter().chain([account("1400").ledger_name()]) {
            assert_eq!(LedgerName::from_text(&name.text()), Some(name));
        }
        assert_eq!(LedgerName::from_text("cash"), None);
    }

    #[test]
    fn an_account_of_the_book_stays_open_and_what_bookings_rest_on_stays() {
        let portfolio = account("1100");
        let closed = LedgerAccount { is_active: false, ..portfolio.clone() };
        assert_eq!(closed.contradiction(), Some("activated"));
        let header = LedgerAccount { usage: LedgerUsage::Header, ..portfolio.clone() };
        assert_eq!(header.contradiction(), Some("usage"));
        let other = LedgerAccount { ledger_type: LedgerType::Equity, ..portfolio.clone() };
        let refused = JournalRefusal::StaysAsItIs { member: "type", code: "1100".to_owned() };
        assert_eq!(other.check_change(&portfolio), Err(refused));
        let renamed = LedgerAccount { name: "Loans".to_owned(), ..portfolio.clone() };
        assert_eq!(renamed.check_change(&portfolio), Ok(()));
        let odd = LedgerAccount { code: "1/1".to_owned(), ..portfolio };
        assert_eq!(odd.contradiction(), Some("glCode"));
    }
}
