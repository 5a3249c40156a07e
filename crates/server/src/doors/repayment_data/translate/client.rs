//! Clients, their loans and scores as this door shows them. Loans are shown from the values of a
//! report, so whatever makes such values can be shown like one.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use loam_book::ids::{Key, Part};
use loam_book::partner::{Business, Realm};
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::repayment_data::{RepaidInstallment, RepaymentLoan};
use loam_book::reporting::score::{Evolution, Score};
use loam_book::reporting::subject::Subject;

use crate::object_id::ObjectId;

use super::super::person::{Person, Serviced};
use super::super::wire::{
    Client, CreditInfo, CreditReason, Decimal, DerivedInstallment, DerivedLoan, Installment, Instant, Loan,
    Local, Money, Tenure,
};

/// For whom things are shown: the business, and which of its two sets of data.
#[derive(Debug, Clone)]
pub(in super::super) struct Audience<'a> {
    business: &'a Business,
    realm: Realm,
    zone: TimeZone,
    /// The day on which derived values are shown too, if they are.
    derived_on: Option<Date>,
}

/// A loan to be shown: the values of a report, and when and as what they are kept.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Shown<'a> {
    pub(in super::super) told: &'a RepaymentLoan,
    pub(in super::super) part: Part,
    pub(in super::super) account_no: i64,
    /// How many reports there were.
    pub(in super::super) version: i64,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) last_modified_at: Timestamp,
}

impl<'a> Shown<'a> {
    /// A reported loan; none when it was told in other words.
    pub(in super::super) fn of(loan: &'a ReportedLoan) -> Option<Shown<'a>> {
        loan.repayment_data().map(|told| Shown {
            told,
            part: loan.part,
            account_no: loan.account_no,
            version: loan.reports(),
            created_at: loan.created_at,
            last_modified_at: loan.last_modified_at,
        })
    }

    /// A loan of the book.
    fn of_book(loan: &'a Serviced) -> Shown<'a> {
        Shown {
            told: &loan.told,
            part: loan.part,
            account_no: loan.account_no,
            version: loan.version,
            created_at: loan.created_at,
            last_modified_at: loan.last_modified_at,
        }
    }

    /// The id of something in the loan, by its position; of the loan itself, 0.
    fn object_id(&self, position: usize) -> ObjectId {
        let position = u16::try_from(position).unwrap_or(u16::MAX);
        ObjectId::of_account(self.created_at, (self.part, self.account_no), position)
    }
}

impl<'a> Audience<'a> {
    pub(in super::super) fn new(business: &'a Business, realm: Realm) -> Audience<'a> {
        Audience { business, realm, zone: zone_of(business), derived_on: None }
    }

    /// The same audience, to which values that follow from dates and amounts are shown as well.
    pub(in super::super) fn with_derived(self, on: Date) -> Audience<'a> {
        Audience { derived_on: Some(on), ..self }
    }

    /// A client with its loans.
    pub(in super::super) fn client(&self, subject: &'a Subject, loans: &'a [ReportedLoan]) -> Client<'a> {
        let loans = loans.iter().filter_map(Shown::of).map(|loan| self.loan(loan, &subject.id));
        Client { loans: Some(loans.collect()), ..self.card(subject) }
    }

    /// A client with the loans that were reported, and after them those of the book.
    pub(in super::super) fn person(&self, person: &'a Person) -> Client<'a> {
        let reported = person.reported.iter().filter_map(Shown::of);
        let loans = reported.chain(person.serviced.iter().map(Shown::of_book));
        let loans = loans.map(|loan| self.loan(loan, &person.id)).collect();
        let unscored = self.unscored(
            (&person.id, person.reference.as_deref()),
            (person.created_at, person.last_modified_at),
        );
        let card = person.subject.as_ref().map_or(unscored, |subject| self.card(subject));
        Client { loans: Some(loans), ..card }
    }

    /// A client without a word about loans.
    pub(in super::super) fn card(&self, subject: &'a Subject) -> Client<'a> {
        let info = |score| credit_info(subject.key, score);
        let names = (subject.id.as_str(), subject.reference.as_deref());
        Client {
            latest_digital_credit_info: subject.latest_score().map(info),
            digital_credit_info_history: subject.scores.iter().map(info).collect(),
            digital_credit_score_evolution: subject.evolution().map(Evolution::name),
            ..self.unscored(names, (subject.created_at, subject.last_modified_at))
        }
    }

    fn unscored(
        &self,
        (id, reference): (&'a str, Option<&'a str>),
        (created_at, last_modified_at): (Timestamp, Timestamp),
    ) -> Client<'a> {
        Client {
            loans: None,
            latest_digital_credit_info: None,
            digital_credit_info_history: Vec::new(),
            digital_credit_score_evolution: None,
            phones: Vec::new(),
            datasets_count_all_from_ip: 0,
            data_type: data_type(self.realm),
            external_reference_id: reference,
            business_id: &self.business.id,
            created_at: created_at.into(),
            last_modified_at: last_modified_at.into(),
            local_created_at: self.local(created_at),
            local_last_modified_at: self.local(last_modified_at),
            client_id: id,
            id,
        }
    }

    /// A loan of a client.
    pub(in super::super) fn loan(&self, shown: Shown<'a>, client_id: &'a str) -> Loan<'a> {
        let told = shown.told;
        let id = shown.object_id(0);
        let times = (Instant::from(shown.created_at), Instant::from(shown.last_modified_at));
        let installments = told.installment_repayments.iter().enumerate();
        let installments = installments.map(|row| self.installment(&shown, &times, row)).collect();
        Loan {
            tenure: Tenure { value: told.tenure_value, interval: told.tenure_interval.name() },
            date_loan_is_settled: told.date_loan_is_settled,
            object_id: id,
            loan_reference_id: &told.loan_reference_id,
            application_date: told.application_date,
            date_loan_was_granted: told.date_loan_was_granted,
            application_status: told.application_status.name(),
            amount: Decimal(told.amount, told.currency),
            currency: told.currency.code(),
            total_installments: told.total_installments,
            installment_repayments: installments,
            loan_repayment_status: told.loan_repayment_status.name(),
            date_last_installment_is_due: told.date_last_installment_is_due,
            client: client_id,
            business_id: &self.business.id,
            created_at: times.0,
            last_modified_at: times.1,
            version: shown.version - 1,
            local_created_at: self.local(shown.created_at),
            local_last_modified_at: self.local(shown.last_modified_at),
            id,
            derived: self
                .derived_on
                .map(|on| DerivedLoan { loan_repayment_status: told.derived_status(on).name() }),
        }
    }

    fn installment(
        &self,
        shown: &Shown<'_>,
        (added, modified): &(Instant, Instant),
        (position, installment): (usize, &RepaidInstallment),
    ) -> Installment {
        let first = 3 * position + 1;
        let currency = shown.told.currency;
        let money = |place: usize, amount| Money {
            object_id: shown.object_id(first + place),
            amount: Decimal(amount, currency),
            currency: currency.code(),
        };
        Installment {
            amount_paid: installment.amount_paid.map(|amount| money(2, amount)),
            object_id: shown.object_id(first),
            due_date: installment.due_date,
            date_paid: installment.date_paid,
            amount_due: money(1, installment.amount_due),
            status: installment.status.name(),
            date_added: added.clone(),
            last_modified_at: modified.clone(),
            derived: self
                .derived_on
                .map(|_| DerivedInstallment { status: installment.derived_status().name() }),
        }
    }

    fn local(&self, at: Timestamp) -> Local {
        Local { at, zone: self.zone.clone(), doubles_seconds: self.business.doubles_seconds }
    }
}

/// The time zone of a business; UTC should it no longer be known.
pub(in super::super) fn zone_of(business: &Business) -> TimeZone {
    TimeZone::get(&business.time_zone).unwrap_or(TimeZone::UTC)
}

fn data_type(realm: Realm) -> &'static str {
    match realm {
        Realm::Live => "production",
        Realm::Test => "sandbox",
    }
}

fn credit_info(subject: Key, score: &Score) -> CreditInfo {
    // Numbers go on when old scores go; only their last sixteen bits stand in an id.
    let number = u16::try_from(score.number % (u32::from(u16::MAX) + 1)).expect("sixteen bits");
    let reasons = score.reasons.iter().map(|reason| CreditReason {
        code: reason.code.name(),
        points: reason.points,
        figures: reason.figures(),
    });
    CreditInfo {
        credit_score_rating: score.rating().name(),
        object_id: ObjectId::of_named(score.created_at, subject, number),
        credit_score: score.value,
        recommendation: score.recommendation().name(),
        created_at: score.created_at.into(),
        last_modified_at: score.created_at.into(),
        reasons: reasons.collect(),
    }
}

#[cfg(test)]
mod tests;
