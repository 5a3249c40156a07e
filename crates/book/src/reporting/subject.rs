//! A subject: a person under the name that an outside organization gave. Two subjects are one
//! person when both are linked to one client, and never otherwise.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{Address, Key, Name, Part};
use crate::reporting::repayment_data::RepaymentLoan;
use crate::reporting::score::{self, Behavior, Evolution, Score};

/// Whose kind of name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// The `customer_id` of the loan performance contract.
    PerformanceCustomer,
    /// The `clientId` of the repayment data contract: 24 hexadecimal digits.
    RepaymentClient,
    /// The borrower account of the marketplace contract: its first fifteen characters.
    MarketplaceAccount,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Scheme; 3] =
        [Scheme::PerformanceCustomer, Scheme::RepaymentClient, Scheme::MarketplaceAccount];

    /// The name stored in the database.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::PerformanceCustomer => "performance_customer",
            Scheme::RepaymentClient => "repayment_client",
            Scheme::MarketplaceAccount => "marketplace_account",
        }
    }
}

/// How a subject is called by an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectName {
    pub scheme: Scheme,
    pub organization: String,
    pub id: String,
    /// A second name, unique in the organization: the `externalReferenceId`.
    pub reference: Option<String>,
}

impl SubjectName {
    /// Where the subject of this name is kept, whether it is known or not.
    ///
    /// The last three digits of a client id of the repayment data contract are the part, so that
    /// whoever draws an id can choose the part and a retry meets the answer that was kept there.
    pub fn address(&self) -> Address {
        let name = Name::of(&[self.scheme.name(), &self.organization, &self.id]);
        let Some(part) = self.part_in_id() else { return name.address() };
        Address { part, key: Key::named(part, &name) }
    }

    fn part_in_id(&self) -> Option<Part> {
        match self.scheme {
            Scheme::RepaymentClient => {
                let digits = self.id.get(self.id.len().checked_sub(3)?..)?;
                u16::from_str_radix(digits, 16).ok().map(Part::new)
            }
            Scheme::PerformanceCustomer | Scheme::MarketplaceAccount => None,
        }
    }

    /// The key of a reported loan of this subject.
    pub fn loan_key(&self, part: Part, loan_id: &str) -> Key {
        let (scheme, organization) = (self.scheme.name(), self.organization.as_str());
        Key::named(
            part,
            &match self.scheme {
                Scheme::RepaymentClient => Name::of(&["loan", scheme, organization, &self.id, loan_id]),
                Scheme::PerformanceCustomer | Scheme::MarketplaceAccount => {
                    Name::of(&["loan", scheme, organization, loan_id])
                }
            },
        )
    }

    /// Where the ids of this subject's loans must be unique, whoever the subject is. None for the
    /// repayment data contract: there the id is unique among the loans of the client, and the key,
    /// which is made from both, sees to that.
    pub fn loan_scope(&self) -> Option<String> {
        match self.scheme {
            Scheme::RepaymentClient => None,
            Scheme::PerformanceCustomer | Scheme::MarketplaceAccount => {
                Some(format!("{}/{}", self.scheme.name(), self.organization))
            }
        }
    }
}

/// A person as an outside organization knows him or her. No personal data: names and numbers that
/// the organization gave, and what follows from its reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub key: Key,
    pub part: Part,
    pub version: i64,
    pub scheme: Scheme,
    pub organization: String,
    pub id: String,
    pub reference: Option<String>,
    /// The client of the book that this is, by an explicit link.
    pub client: Option<Address>,
    /// What was reported of each granted loan, as far as scores need it; by the loan's outside id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub behavior: BTreeMap<String, Behavior>,
    /// Repayment-behavior scores, oldest first: [`score::MOST_SCORES`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    /// How many loans were reported.
    pub loan_count: u32,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl Subject {
    /// A subject that nothing was reported about yet.
    pub fn new(name: &SubjectName, address: Address, at: Timestamp) -> Subject {
        Subject {
            key: address.key,
            part: address.part,
            version: 1,
            scheme: name.scheme,
            organization: name.organization.clone(),
            id: name.id.clone(),
            reference: name.reference.clone(),
            client: None,
            behavior: BTreeMap::new(),
            scores: Vec::new(),
            loan_count: 0,
            created_at: at,
            last_modified_at: at,
        }
    }

    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    /// The score that counts: none while no loan was granted, whatever was said before.
    pub fn latest_score(&self) -> Option<&Score> {
        self.scores.last().filter(|_| !self.behavior.is_empty())
    }

    /// Where the score has moved; nothing without a score.
    pub fn evolution(&self) -> Option<Evolution> {
        self.latest_score().and_then(|_| Evolution::of(&self.scores))
    }

    /// Takes in what a report of a loan shows on `business_date`, and scores the subject anew.
    pub(crate) fn observe(&mut self, loan: &RepaymentLoan, business_date: Date, at: Timestamp) {
        match Behavior::of(loan, business_date) {
            Some(behavior) => self.behavior.insert(loan.loan_reference_id.clone(), behavior),
            None => self.behavior.remove(&loan.loan_reference_id),
        };
        if let Some(reasons) = score::reasons(self.behavior.values()) {
            score::append(&mut self.scores, reasons, at);
        }
    }

    /// The name under which it was opened.
    pub fn name(&self) -> SubjectName {
        SubjectName {
            scheme: self.scheme,
            organization: self.organization.clone(),
            id: self.id.clone(),
            reference: self.reference.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::reporting::repayment_data::ApplicationStatus;
    use crate::reporting::repayment_data::samples::{loan, repaid};

    fn name() -> SubjectName {
        SubjectName {
            scheme: Scheme::RepaymentClient,
            organization: "667d38938450ddf0f7ea2468".to_owned(),
            id: "60d21b4667d0d8992e610c85".to_owned(),
            reference: None,
        }
    }

    fn subject() -> Subject {
        Subject::new(&name(), name().address(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn the_last_digits_of_a_client_id_are_the_part() {
        let address = name().address();
        assert_eq!((address.part, address.key.part()), (Part::new(0xc85), Some(Part::new(0xc85))));
        let other = SubjectName { organization: "another".to_owned(), ..name() };
        assert_eq!(other.address().part, address.part);
        assert_ne!(other.address().key, address.key);
        let plain = SubjectName { scheme: Scheme::PerformanceCustomer, ..name() };
        assert_eq!(plain.address().key.part(), Some(plain.address().part));
        let short = SubjectName { id: "x".to_owned(), ..name() };
        assert_eq!(short.address().key.part(), Some(short.address().part));
    }

    #[test]
    fn two_clients_may_have_loans_of_the_same_reference_and_two_customers_may_not() {
        let part = Part::new(7);
        let other = SubjectName { id: "60d21b4667d0d8992e610c86".to_owned(), ..name() };
        assert_ne!(name().loan_key(part, "L"), other.loan_key(part, "L"));
        let customer = |name: SubjectName| SubjectName { scheme: Scheme::PerformanceCustomer, ..name };
        assert_eq!(customer(name()).loan_key(part, "L"), customer(other).loan_key(part, "L"));
    }

    #[test]
    fn a_subject_has_a_score_while_something_is_granted() {
        let mut subject = subject();
        let today = date(2023, 2, 2);
        let pending = RepaymentLoan { application_status: ApplicationStatus::Pending, ..loan() };
        subject.observe(&pending, today, Timestamp::UNIX_EPOCH);
        assert_eq!((subject.latest_score(), subject.evolution()), (None, None));

        subject.observe(&loan(), today, Timestamp::UNIX_EPOCH);
        assert_eq!(subject.latest_score().map(|score| score.number), Some(1));
        assert_eq!(subject.evolution(), Some(Evolution::Stable));

        subject.observe(&pending, today, Timestamp::UNIX_EPOCH);
        assert_eq!((subject.latest_score(), subject.evolution()), (None, None));
        assert_eq!(subject.scores.len(), 1, "what was said stays said");
    }

    #[test]
    fn a_report_replaces_what_the_loan_showed_before() {
        let mut subject = subject();
        subject.observe(&loan(), date(2023, 2, 2), Timestamp::UNIX_EPOCH);
        subject.observe(&loan(), date(2023, 2, 2), Timestamp::UNIX_EPOCH);
        assert_eq!((subject.behavior.len(), subject.scores.len()), (1, 1));
        subject.observe(&repaid(), date(2024, 1, 2), Timestamp::UNIX_EPOCH);
        assert_eq!((subject.behavior.len(), subject.scores.len()), (1, 2));
        assert_eq!(subject.evolution(), Some(Evolution::Improving));
    }
}
