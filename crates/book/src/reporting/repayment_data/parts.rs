//! A report as far as it could be read, and what in it cannot be true. Whoever reads a report fills
//! the parts in; what is missing or malformed is for the reader to tell.

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use super::{
    ApplicationStatus, InstallmentStatus, LoanRepaymentStatus, RepaidInstallment, RepaymentLoan,
    TenureInterval,
};

/// The parts of a loan's report; `None` was not given, or not readable.
#[derive(Debug, Clone, Default)]
pub struct LoanParts {
    pub loan_reference_id: Option<String>,
    pub application_date: Option<Date>,
    pub date_loan_was_granted: Option<Date>,
    pub application_status: Option<ApplicationStatus>,
    pub amount: Option<Amount>,
    pub currency: Option<Currency>,
    pub tenure_value: Option<u32>,
    pub tenure_interval: Option<TenureInterval>,
    pub total_installments: Option<u32>,
    pub installment_repayments: Option<Vec<InstallmentParts>>,
    pub loan_repayment_status: Option<LoanRepaymentStatus>,
    pub date_last_installment_is_due: Option<Date>,
    pub date_loan_is_settled: Option<Date>,
}

/// The parts of an installment; `None` was not given, or not readable.
#[derive(Debug, Clone, Default)]
pub struct InstallmentParts {
    pub due_date: Option<Date>,
    pub date_paid: Option<Date>,
    pub amount_due: Option<Amount>,
    pub amount_paid: Option<Amount>,
    pub status: Option<InstallmentStatus>,
}

/// Two parts that cannot both be true, or one without which another means nothing. Each is said as
/// what follows the name of the part that is at fault. Installments are named by their position,
/// from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    #[error("of {granted_on} is before the application on {applied_on}")]
    GrantedBeforeApplication { granted_on: Date, applied_on: Date },
    #[error("has {given} installments, more than the {total} of the loan")]
    TooManyInstallments { given: usize, total: u32 },
    #[error("is required unless the status is not_paid")]
    NoDayOfPayment { installment: usize },
    #[error("is required unless the status is not_paid")]
    NoAmountPaid { installment: usize },
    #[error("must be 0 or absent while the status is not_paid")]
    PaidAndNotPaid { installment: usize },
    #[error("of {settled_on} contradicts the status {}", status.name())]
    SettledAndNotSettled { settled_on: Date, status: LoanRepaymentStatus },
    #[error("is required while the status is {} and no installment says when it was paid", status.name())]
    NoDayOfSettlement { status: LoanRepaymentStatus },
}

impl LoanParts {
    /// Everything in the parts that cannot be true. Sums and status words are not looked at:
    /// interest and rounding break the one, and the other is kept as it was said.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        if let (Some(granted_on), Some(applied_on)) = (self.date_loan_was_granted, self.application_date)
            && granted_on < applied_on
        {
            found.push(Contradiction::GrantedBeforeApplication { granted_on, applied_on });
        }
        let installments = self.installment_repayments.as_deref().unwrap_or_default();
        if let Some(total) = self.total_installments
            && u32::try_from(installments.len()).map_or(true, |given| given > total)
        {
            found.push(Contradiction::TooManyInstallments { given: installments.len(), total });
        }
        for (position, installment) in installments.iter().enumerate() {
            found.extend(installment.contradictions(position));
        }
        found.extend(self.loan_repayment_status.and_then(|status| self.settlement_contradiction(status)));
        found
    }

    fn settlement_contradiction(&self, status: LoanRepaymentStatus) -> Option<Contradiction> {
        let installments = self.installment_repayments.as_deref().unwrap_or_default();
        let is_payment = |installment: &InstallmentParts| {
            installment.date_paid.is_some() && installment.amount_paid.is_some_and(Amount::is_positive)
        };
        let has_payment = installments.iter().any(is_payment);
        match (self.date_loan_is_settled, status.is_settled()) {
            (Some(settled_on), false) => Some(Contradiction::SettledAndNotSettled { settled_on, status }),
            (None, true) if !has_payment => Some(Contradiction::NoDayOfSettlement { status }),
            (Some(_), true) | (None, _) => None,
        }
    }

    /// The loan, when every part that must be there is.
    pub fn complete(self) -> Option<RepaymentLoan> {
        let installments = self.installment_repayments?.into_iter();
        Some(RepaymentLoan {
            loan_reference_id: self.loan_reference_id?,
            application_date: self.application_date?,
            date_loan_was_granted: self.date_loan_was_granted,
            application_status: self.application_status?,
            amount: self.amount?,
            currency: self.currency?,
            tenure_value: self.tenure_value?,
            tenure_interval: self.tenure_interval?,
            total_installments: self.total_installments?,
            installment_repayments: installments.map(InstallmentParts::complete).collect::<Option<_>>()?,
            loan_repayment_status: self.loan_repayment_status?,
            date_last_installment_is_due: self.date_last_installment_is_due?,
            date_loan_is_settled: self.date_loan_is_settled,
        })
    }
}

impl InstallmentParts {
    fn contradictions(&self, installment: usize) -> Vec<Contradiction> {
        let Some(status) = self.status else { return Vec::new() };
        let mut found = Vec::new();
        if status == InstallmentStatus::NotPaid {
            let something_paid = self.amount_paid.is_some_and(Amount::is_positive);
            found.extend(something_paid.then_some(Contradiction::PaidAndNotPaid { installment }));
            return found;
        }
        if self.date_paid.is_none() {
            found.push(Contradiction::NoDayOfPayment { installment });
        }
        if self.amount_paid.is_none() {
            found.push(Contradiction::NoAmountPaid { installment });
        }
        found
    }

    fn complete(self) -> Option<RepaidInstallment> {
        Some(RepaidInstallment {
            due_date: self.due_date?,
            date_paid: self.date_paid,
            amount_due: self.amount_due?,
            amount_paid: self.amount_paid,
            status: self.status?,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::samples::{loan, unpaid};
    use super::*;

    fn parts_of(loan: RepaymentLoan) -> LoanParts {
        let installments = loan.installment_repayments.into_iter().map(|installment| InstallmentParts {
            due_date: Some(installment.due_date),
            date_paid: installment.date_paid,
            amount_due: Some(installment.amount_due),
            amount_paid: installment.amount_paid,
            status: Some(installment.status),
        });
        LoanParts {
            loan_reference_id: Some(loan.loan_reference_id),
            application_date: Some(loan.application_date),
            date_loan_was_granted: loan.date_loan_was_granted,
            application_status: Some(loan.application_status),
            amount: Some(loan.amount),
            currency: Some(loan.currency),
            tenure_value: Some(loan.tenure_value),
            tenure_interval: Some(loan.tenure_interval),
            total_installments: Some(loan.total_installments),
            installment_repayments: Some(installments.collect()),
            loan_repayment_status: Some(loan.loan_repayment_status),
            date_last_installment_is_due: Some(loan.date_last_installment_is_due),
            date_loan_is_settled: loan.date_loan_is_settled,
        }
    }

    fn found(change: impl FnOnce(&mut RepaymentLoan)) -> Vec<Contradiction> {
        let mut told = loan();
        change(&mut told);
        parts_of(told).contradictions()
    }

    #[test]
    fn the_sample_contradicts_itself_nowhere_and_is_complete() {
        assert_eq!(parts_of(loan()).contradictions(), []);
        assert_eq!(parts_of(loan()).complete(), Some(loan()));
        assert_eq!(LoanParts { currency: None, ..parts_of(loan()) }.complete(), None);
    }

    #[test]
    fn a_loan_is_not_granted_before_it_was_asked_for() {
        let day_before = date(2022, 12, 31);
        let expected =
            Contradiction::GrantedBeforeApplication { granted_on: day_before, applied_on: date(2023, 1, 1) };
        assert_eq!(found(|loan| loan.date_loan_was_granted = Some(day_before)), [expected]);
        assert_eq!(found(|loan| loan.date_loan_was_granted = Some(date(2023, 1, 1))), []);
    }

    #[test]
    fn fewer_installments_than_the_loan_has_are_fine_and_more_are_not() {
        let expected = Contradiction::TooManyInstallments { given: 2, total: 1 };
        let twice = |loan: &mut RepaymentLoan| {
            loan.total_installments = 1;
            loan.installment_repayments.push(unpaid(2));
        };
        assert_eq!(found(twice), [expected]);
        assert_eq!(found(|loan| loan.installment_repayments.clear()), []);
    }

    #[test]
    fn only_an_unpaid_installment_may_be_silent_about_its_payment() {
        let silent = |status: InstallmentStatus| {
            found(|loan| loan.installment_repayments = vec![RepaidInstallment { status, ..unpaid(1) }])
        };
        assert_eq!(silent(InstallmentStatus::NotPaid), []);
        for status in InstallmentStatus::ALL.iter().filter(|status| **status != InstallmentStatus::NotPaid) {
            let expected = [
                Contradiction::NoDayOfPayment { installment: 0 },
                Contradiction::NoAmountPaid { installment: 0 },
            ];
            assert_eq!(silent(*status), expected, "{status:?}");
        }
    }

    #[test]
    fn nothing_was_paid_for_an_installment_that_is_not_paid() {
        let with = |minor: i64| {
            let amount_paid = Some(Amount::from_minor(minor));
            found(|loan| loan.installment_repayments = vec![RepaidInstallment { amount_paid, ..unpaid(1) }])
        };
        assert_eq!(with(1), [Contradiction::PaidAndNotPaid { installment: 0 }]);
        assert_eq!(with(0), []);
    }

    #[test]
    fn a_day_of_settlement_and_the_status_belong_together() {
        let day = date(2023, 6, 1);
        for status in LoanRepaymentStatus::ALL.iter().copied() {
            let dated = found(|loan| {
                loan.loan_repayment_status = status;
                loan.date_loan_is_settled = Some(day);
            });
            let undated = found(|loan| {
                loan.loan_repayment_status = status;
                loan.installment_repayments = vec![unpaid(1)];
            });
            if status.is_settled() {
                assert_eq!(dated, []);
                assert_eq!(undated, [Contradiction::NoDayOfSettlement { status }]);
            } else {
                assert_eq!(dated, [Contradiction::SettledAndNotSettled { settled_on: day, status }]);
                assert_eq!(undated, []);
            }
        }
    }

    #[test]
    fn sums_need_not_agree_with_the_loan() {
        assert_eq!(found(|loan| loan.amount = Amount::from_minor(1)), []);
    }

    #[test]
    fn everything_that_is_wrong_is_found_at_once() {
        let all = found(|loan| {
            loan.date_loan_was_granted = Some(date(2000, 1, 1));
            loan.total_installments = 0;
            loan.installment_repayments[0].date_paid = None;
            loan.date_loan_is_settled = Some(date(2024, 1, 1));
        });
        assert_eq!(all.len(), 4, "{all:?}");
    }
}
