//! The account of a group of loans as it is kept: in one text, in which what its kind adds stands among the rest.

use serde::{Deserialize, Serialize};

use super::EveningKind;
use crate::ids::{Key, Part};
use crate::loan::Loan;

/// Loans for which something is posted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(bound = "K: EveningKind")]
pub struct EveningGroup<K> {
    pub product: Key,
    pub branch: Option<Key>,
    /// ISO 4217.
    pub currency: String,
    #[serde(flatten)]
    pub kind: K,
}

/// What is posted for a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "K: EveningKind")]
pub struct EveningAccount<K: EveningKind> {
    pub part: Part,
    /// Names its transfers; unique among accounts.
    pub account_no: i64,
    /// Counts what was posted.
    pub version: i64,
    pub group: EveningGroup<K>,
    #[serde(flatten)]
    pub amounts: K::Amounts,
}

impl<K> EveningGroup<K> {
    /// The group of a loan.
    pub(in crate::journal) fn of(loan: &Loan, kind: K) -> EveningGroup<K> {
        EveningGroup {
            product: loan.terms.product,
            branch: loan.assignment.branch,
            currency: loan.terms.currency.code().to_owned(),
            kind,
        }
    }
}

impl<K: EveningKind> EveningGroup<K> {
    /// The text by which the group is unique.
    pub fn name(&self) -> String {
        let or_none = |key: Option<Key>| key.map_or_else(|| "-".to_owned(), |key| key.to_string());
        let (word, accounts) = self.kind.told_apart_by();
        let mut words = vec![self.product.to_string(), self.currency.clone()];
        words.extend(word.map(str::to_owned));
        words.push(or_none(self.branch));
        words.extend(accounts.into_iter().map(or_none));
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use crate::journal::income::IncomeAccount;
    use crate::journal::provisions::ProvisionAccount;

    /// Accounts are kept as they were when each kind had a type of its own, and groups are unique by the same names.
    #[test]
    fn what_was_kept_before_is_read_and_written_alike() {
        let (product, branch) = ("00010a0000000000000000000000003c", "00010a0000000000000000000000003d");
        let income = format!(
            r#"{{"part":0,"account_no":900,"version":2,"group":{{"product":"{product}","branch":null,"currency":"EUR","posting":"DAILY","accrued_on":null,"income_on":"{branch}","suspense_on":null}},"accrued":10,"suspended":-3}}"#
        );
        let account: IncomeAccount = serde_json::from_str(&income).expect("it is one");
        assert_eq!(serde_json::to_string(&account).expect("it is text"), income);
        assert_eq!(account.group.name(), format!("{product} EUR DAILY - - {branch} -"));
        let provision = format!(
            r#"{{"part":0,"account_no":901,"version":1,"group":{{"product":"{product}","branch":"{branch}","currency":"EUR","allowance_on":null,"expense_on":null}},"allowance":10}}"#
        );
        let account: ProvisionAccount = serde_json::from_str(&provision).expect("it is one");
        assert_eq!(serde_json::to_string(&account).expect("it is text"), provision);
        assert_eq!(account.group.name(), format!("{product} EUR {branch} - -"));
    }
}
