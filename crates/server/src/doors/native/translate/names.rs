//! What the values of a product are called on the wire (contract §4.2). Every value is spelled out,
//! so that a new one does not get by unnamed.

use loam_book::product::{
    AccountingMethod, DailyAccrual, GracePeriodType, InitialState, InterestApplication, PrepaymentAcceptance,
};
use loam_calc::allocation::Component;
use loam_calc::calendar::PeriodUnit;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::{NonWorkingDays, ShortMonth};
use loam_calc::rounding::Rounding;
use loam_calc::schedule::{InterestMethod, Remainder};

use super::super::members::Names;

pub(super) const INITIAL_STATE: Names<'_, InitialState> = Names {
    values: &[InitialState::PendingApproval, InitialState::PartialApplication],
    name_of: initial_state,
};

pub(super) fn initial_state(value: InitialState) -> &'static str {
    match value {
        InitialState::PendingApproval => "PENDING_APPROVAL",
        InitialState::PartialApplication => "PARTIAL_APPLICATION",
    }
}

pub(super) const INTEREST_METHOD: Names<'_, InterestMethod> = Names {
    values: &[
        InterestMethod::Flat,
        InterestMethod::DecliningBalance,
        InterestMethod::DecliningBalanceDiscounted,
    ],
    name_of: interest_method,
};

pub(super) fn interest_method(value: InterestMethod) -> &'static str {
    match value {
        InterestMethod::Flat => "FLAT",
        InterestMethod::DecliningBalance => "DECLINING_BALANCE",
        InterestMethod::DecliningBalanceDiscounted => "DECLINING_BALANCE_DISCOUNTED",
    }
}

pub(super) const INTEREST_APPLICATION: Names<'_, InterestApplication> = Names {
    values: &[InterestApplication::OnDisbursement, InterestApplication::OnRepayment],
    name_of: interest_application,
};

pub(super) fn interest_application(value: InterestApplication) -> &'static str {
    match value {
        InterestApplication::OnDisbursement => "ON_DISBURSEMENT",
        InterestApplication::OnRepayment => "ON_REPAYMENT",
    }
}

pub(super) const DAY_COUNT: Names<'_, DayCount> = Names {
    values: &[
        DayCount::Actual365Fixed,
        DayCount::Actual364,
        DayCount::Actual360,
        DayCount::ThirtyE360,
        DayCount::ThirtyUs360,
        DayCount::ActualActualIsda,
        DayCount::ActualActualYearOfEnd,
        DayCount::ActualActualLeapDay,
    ],
    name_of: day_count,
};

pub(super) fn day_count(value: DayCount) -> &'static str {
    match value {
        DayCount::Actual365Fixed => "ACTUAL_365_FIXED",
        DayCount::Actual364 => "ACTUAL_364",
        DayCount::Actual360 => "ACTUAL_360",
        DayCount::ThirtyE360 => "E30_360",
        DayCount::ThirtyUs360 => "US30_360",
        DayCount::ActualActualIsda => "ACTUAL_ACTUAL_ISDA",
        DayCount::ActualActualYearOfEnd => "ACTUAL_ACTUAL_YEAR_OF_END",
        DayCount::ActualActualLeapDay => "ACTUAL_ACTUAL_LEAP_DAY",
    }
}

pub(super) const DAYS_METHOD: Names<'_, DaysMethod> =
    Names { values: &[DaysMethod::ActualDays, DaysMethod::RepaymentPeriodicity], name_of: days_method };

pub(super) fn days_method(value: DaysMethod) -> &'static str {
    match value {
        DaysMethod::ActualDays => "USING_ACTUAL_DAYS_COUNT",
        DaysMethod::RepaymentPeriodicity => "USING_REPAYMENT_PERIODICITY",
    }
}

pub(super) const PERIOD_UNIT: Names<'_, PeriodUnit> = Names {
    values: &[PeriodUnit::Days, PeriodUnit::Weeks, PeriodUnit::Months, PeriodUnit::Years],
    name_of: period_unit,
};

pub(super) fn period_unit(value: PeriodUnit) -> &'static str {
    match value {
        PeriodUnit::Days => "DAYS",
        PeriodUnit::Weeks => "WEEKS",
        PeriodUnit::Months => "MONTHS",
        PeriodUnit::Years => "YEARS",
    }
}

pub(super) const SHORT_MONTH: Names<'_, ShortMonth> =
    Names { values: &[ShortMonth::LastDayInMonth, ShortMonth::FirstDayOfNextMonth], name_of: short_month };

pub(super) fn short_month(value: ShortMonth) -> &'static str {
    match value {
        ShortMonth::LastDayInMonth => "LAST_DAY_IN_MONTH",
        ShortMonth::FirstDayOfNextMonth => "FIRST_DAY_OF_NEXT_MONTH",
    }
}

pub(super) const NON_WORKING_DAYS: Names<'_, NonWorkingDays> = Names {
    values: &[
        NonWorkingDays::None,
        NonWorkingDays::NextWorkingDay,
        NonWorkingDays::PreviousWorkingDay,
        NonWorkingDays::ExtendSchedule,
    ],
    name_of: non_working_days,
};

pub(super) fn non_working_days(value: NonWorkingDays) -> &'static str {
    match value {
        NonWorkingDays::None => "NONE",
        NonWorkingDays::NextWorkingDay => "NEXT_WORKING_DAY",
        NonWorkingDays::PreviousWorkingDay => "PREVIOUS_WORKING_DAY",
        NonWorkingDays::ExtendSchedule => "EXTEND_SCHEDULE",
    }
}

pub(super) const GRACE_PERIOD_TYPE: Names<'_, GracePeriodType> = Names {
    values: &[GracePeriodType::None, GracePeriodType::PayInterestOnly, GracePeriodType::InterestForgiveness],
    name_of: grace_period_type,
};

pub(super) fn grace_period_type(value: GracePeriodType) -> &'static str {
    match value {
        GracePeriodType::None => "NONE",
        GracePeriodType::PayInterestOnly => "PAY_INTEREST_ONLY",
        GracePeriodType::InterestForgiveness => "INTEREST_FORGIVENESS",
    }
}

pub(super) const REMAINDER: Names<'_, Remainder> = Names {
    values: &[Remainder::None, Remainder::First, Remainder::Last, Remainder::PrincipalAndInterestIntoLast],
    name_of: remainder,
};

pub(super) fn remainder(value: Remainder) -> &'static str {
    match value {
        Remainder::None => "NO_ROUNDING",
        Remainder::First => "ROUND_REMAINDER_INTO_FIRST_REPAYMENT",
        Remainder::Last => "ROUND_REMAINDER_INTO_LAST_REPAYMENT",
        Remainder::PrincipalAndInterestIntoLast => {
            "ROUND_PRINCIPAL_AND_INTEREST_REMAINDER_INTO_LAST_REPAYMENT"
        }
    }
}

pub(super) const ROUNDING: Names<'_, Rounding> = Names {
    values: &[Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down],
    name_of: rounding,
};

pub(super) fn rounding(value: Rounding) -> &'static str {
    match value {
        Rounding::HalfUp => "HALF_UP",
        Rounding::HalfEven => "HALF_EVEN",
        Rounding::Up => "UP",
        Rounding::Down => "DOWN",
    }
}

pub(super) const COMPONENT: Names<'_, Component> = Names { values: &Component::ALL, name_of: component };

pub(super) fn component(value: Component) -> &'static str {
    match value {
        Component::Fee => "FEE",
        Component::Penalty => "PENALTY",
        Component::Interest => "INTEREST",
        Component::Principal => "PRINCIPAL",
    }
}

pub(super) const PREPAYMENT: Names<'_, PrepaymentAcceptance> = Names {
    values: &[PrepaymentAcceptance::AcceptPrepayments, PrepaymentAcceptance::NoPrepayments],
    name_of: prepayment,
};

pub(super) fn prepayment(value: PrepaymentAcceptance) -> &'static str {
    match value {
        PrepaymentAcceptance::AcceptPrepayments => "ACCEPT_PREPAYMENTS",
        PrepaymentAcceptance::NoPrepayments => "NO_PREPAYMENTS",
    }
}

pub(super) const ACCOUNTING: Names<'_, AccountingMethod> = Names {
    values: &[AccountingMethod::None, AccountingMethod::Cash, AccountingMethod::Accrual],
    name_of: accounting,
};

pub(super) fn accounting(value: AccountingMethod) -> &'static str {
    match value {
        AccountingMethod::None => "NONE",
        AccountingMethod::Cash => "CASH",
        AccountingMethod::Accrual => "ACCRUAL",
    }
}

pub(super) const DAILY_ACCRUAL: Names<'_, DailyAccrual> =
    Names { values: &[DailyAccrual::StartOfDay, DailyAccrual::EndOfDay], name_of: daily_accrual };

pub(super) fn daily_accrual(value: DailyAccrual) -> &'static str {
    match value {
        DailyAccrual::StartOfDay => "START_OF_DAY",
        DailyAccrual::EndOfDay => "END_OF_DAY",
    }
}
