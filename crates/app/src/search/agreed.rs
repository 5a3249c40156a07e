//! What a loan agreed to that is one of a few: methods, types and units.

use loam_book::loan::Terms;
use loam_book::product::interest::InterestType;
use loam_book::product::payments::{FuturePayments, PrincipalPaidStatus};
use loam_book::product::{GracePeriodType, InterestApplication, PaymentMethod, PrepaymentAcceptance};
use loam_calc::calendar::PeriodUnit;
use loam_calc::due_dates::DueDateMethod;
use loam_calc::schedule::{ChargeFrequency, InterestMethod};

/// Which of them is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AgreedFact {
    Schedule,
    DueDates,
    ChargeFrequency,
    InterestMethod,
    InterestType,
    InterestApplication,
    PaymentMethod,
    PeriodUnit,
    GracePeriodType,
    Prepayment,
    FuturePayments,
    PrincipalPaidStatus,
}

/// What was agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreed {
    /// The schedule stays as it was made.
    FixedSchedule,
    /// The schedule follows what happens.
    DynamicSchedule,
    DueByInterval,
    DueOnFixedDays,
    /// But for so many days, which are all alike.
    Charged(ChargeFrequency),
    ChargedEveryFewDays,
    Interest(InterestMethod),
    InterestType(InterestType),
    InterestApplied(InterestApplication),
    Payment(PaymentMethod),
    Period(PeriodUnit),
    Grace(GracePeriodType),
    Prepayment(PrepaymentAcceptance),
    FuturePayments(FuturePayments),
    PrincipalPaid(PrincipalPaidStatus),
}

/// What these terms say of it.
pub(super) fn agreed(fact: AgreedFact, terms: &Terms) -> Agreed {
    match fact {
        AgreedFact::Schedule if terms.is_dynamic() => Agreed::DynamicSchedule,
        AgreedFact::Schedule => Agreed::FixedSchedule,
        AgreedFact::DueDates => match &terms.due_dates {
            DueDateMethod::Interval(_) | DueDateMethod::Meeting { .. } => Agreed::DueByInterval,
            DueDateMethod::FixedDaysOfMonth { .. } => Agreed::DueOnFixedDays,
        },
        AgreedFact::ChargeFrequency => match terms.interest.charge_frequency {
            ChargeFrequency::EveryXDays(_) => Agreed::ChargedEveryFewDays,
            frequency @ (ChargeFrequency::Annualized
            | ChargeFrequency::EveryMonth
            | ChargeFrequency::EveryFourWeeks
            | ChargeFrequency::EveryWeek
            | ChargeFrequency::EveryDay) => Agreed::Charged(frequency),
        },
        AgreedFact::InterestMethod => Agreed::Interest(terms.interest.method),
        AgreedFact::InterestType => Agreed::InterestType(terms.interest_rules.interest_type),
        AgreedFact::InterestApplication => Agreed::InterestApplied(terms.interest_application),
        AgreedFact::PaymentMethod => Agreed::Payment(terms.payment_method),
        AgreedFact::PeriodUnit => Agreed::Period(terms.period.unit),
        AgreedFact::GracePeriodType => Agreed::Grace(terms.grace_period_type),
        AgreedFact::Prepayment => Agreed::Prepayment(terms.prepayment),
        AgreedFact::FuturePayments => Agreed::FuturePayments(terms.payment_rules.future_payments),
        AgreedFact::PrincipalPaidStatus => Agreed::PrincipalPaid(terms.payment_rules.principal_paid_status),
    }
}
