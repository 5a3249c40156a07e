//! The contract's names for the book's enums, spelled out variant by variant.

use loam_app::views::LoanStatus;
use loam_book::loan::event::charge::LockCause;
use loam_book::loan::{Closure, HolderKind, Loan, LoanState};
use loam_book::organization::{OfficeState, UserState};
use loam_book::party::{ClientState, Gender};
use loam_book::product::{
    AccountingMethod, GracePeriodType, InitialState, InterestApplication, PrepaymentAcceptance,
};
use loam_calc::allocation::Component;
use loam_calc::calendar::PeriodUnit;
use loam_calc::day_count::{DayCount, DaysMethod};
use loam_calc::due_dates::{NonWorkingDays, ShortMonth};
use loam_calc::schedule::{ChargeFrequency, InstallmentRounding, InterestMethod, Remainder};

/// State and sub-state of an account (§2.3).
pub(crate) fn account_state(loan: &Loan) -> (&'static str, Option<&'static str>) {
    match loan.state() {
        LoanState::PartialApplication => ("PARTIAL_APPLICATION", None),
        LoanState::PendingApproval => ("PENDING_APPROVAL", None),
        LoanState::Approved { .. } => ("APPROVED", None),
        LoanState::Active { is_locked, lock_cause, .. } => {
            let state = if loan.servicing.arrears_since.is_some() { "ACTIVE_IN_ARREARS" } else { "ACTIVE" };
            let sub_state = match (is_locked, lock_cause) {
                (true, LockCause::Request | LockCause::Arrears) => Some("LOCKED"),
                (true, LockCause::Capping) => Some("LOCKED_CAPPING"),
                (false, _) => loan.servicing.course.has_tranches_left().then_some("PARTIALLY_DISBURSED"),
            };
            (state, sub_state)
        }
        LoanState::Closed { closure, .. } => match closure {
            // A deleted account is not served; if one were, it would look closed.
            Closure::Repaid | Closure::Deleted => ("CLOSED", None),
            Closure::Withdrawn => ("CLOSED", Some("WITHDRAWN")),
            Closure::Rejected => ("CLOSED_REJECTED", None),
            Closure::WrittenOff => ("CLOSED_WRITTEN_OFF", None),
            Closure::Refinanced => ("CLOSED", Some("REFINANCED")),
            Closure::Rescheduled => ("CLOSED", Some("RESCHEDULED")),
        },
    }
}

/// What a filter by account state looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateFilter {
    Status(LoanStatus),
    /// A state of the contract that no account of this version is ever in.
    Never,
}

/// The filter values of §2.3. Our choice: `CLOSED` finds only accounts without a sub-state.
pub(crate) fn state_filter(name: &str) -> Option<StateFilter> {
    let status = match name.to_ascii_uppercase().as_str() {
        "PARTIAL_APPLICATION" => LoanStatus::PartialApplication,
        "PENDING_APPROVAL" => LoanStatus::PendingApproval,
        "APPROVED" => LoanStatus::Approved,
        "ACTIVE" => LoanStatus::Active,
        "ACTIVE_IN_ARREARS" => LoanStatus::ActiveInArrears,
        "CLOSED" => LoanStatus::Closed,
        "CLOSED_WRITTEN_OFF" => LoanStatus::WrittenOff,
        "CLOSED_WITHDRAWN" | "WITHDRAWN" => LoanStatus::Withdrawn,
        "CLOSED_REJECTED" => LoanStatus::Rejected,
        "CLOSED_RESCHEDULED" | "RESCHEDULED" => LoanStatus::Rescheduled,
        "REFINANCED" => LoanStatus::Refinanced,
        "PARTIALLY_DISBURSED" | "MATURED" | "LOCKED" | "LOCKED_CAPPING" | "DORMANT" => {
            return Some(StateFilter::Never);
        }
        _ => return None,
    };
    Some(StateFilter::Status(status))
}

pub(crate) fn holder_kind(kind: HolderKind) -> &'static str {
    match kind {
        HolderKind::Client => "CLIENT",
        HolderKind::Group => "GROUP",
    }
}

pub(crate) fn period_unit(unit: PeriodUnit) -> &'static str {
    match unit {
        PeriodUnit::Days => "DAYS",
        PeriodUnit::Weeks => "WEEKS",
        PeriodUnit::Months => "MONTHS",
        PeriodUnit::Years => "YEARS",
    }
}

pub(crate) fn read_period_unit(name: &str) -> Option<PeriodUnit> {
    [PeriodUnit::Days, PeriodUnit::Weeks, PeriodUnit::Months, PeriodUnit::Years]
        .into_iter()
        .find(|unit| period_unit(*unit).eq_ignore_ascii_case(name))
}

pub(crate) fn interest_method(method: InterestMethod) -> &'static str {
    match method {
        InterestMethod::Flat => "FLAT",
        InterestMethod::DecliningBalance => "DECLINING_BALANCE",
        InterestMethod::DecliningBalanceDiscounted => "DECLINING_BALANCE_DISCOUNTED",
    }
}

/// The frequency, and how many days where it counts days.
pub(crate) fn charge_frequency(frequency: ChargeFrequency) -> (&'static str, Option<u32>) {
    match frequency {
        ChargeFrequency::Annualized => ("ANNUALIZED", None),
        ChargeFrequency::EveryMonth => ("EVERY_MONTH", None),
        ChargeFrequency::EveryFourWeeks => ("EVERY_FOUR_WEEKS", None),
        ChargeFrequency::EveryWeek => ("EVERY_WEEK", None),
        ChargeFrequency::EveryDay => ("EVERY_DAY", None),
        ChargeFrequency::EveryXDays(days) => ("EVERY_X_DAYS", Some(days)),
    }
}

/// `None` for a day count for which the contract has no name.
pub(crate) fn day_count(day_count: DayCount) -> Option<&'static str> {
    match day_count {
        DayCount::Actual365Fixed => Some("ACTUAL_365_FIXED"),
        DayCount::Actual364 => Some("ACTUAL_364"),
        DayCount::Actual360 => Some("ACTUAL_360"),
        DayCount::ThirtyE360 => Some("E30_360"),
        DayCount::ThirtyUs360
        | DayCount::ActualActualIsda
        | DayCount::ActualActualYearOfEnd
        | DayCount::ActualActualLeapDay => None,
    }
}

pub(crate) fn days_method(method: DaysMethod) -> &'static str {
    match method {
        DaysMethod::ActualDays => "USING_ACTUAL_DAYS_COUNT",
        DaysMethod::RepaymentPeriodicity => "USING_REPAYMENT_PERIODICITY",
    }
}

pub(crate) fn interest_application(application: InterestApplication) -> &'static str {
    match application {
        InterestApplication::OnDisbursement => "ON_DISBURSEMENT",
        InterestApplication::OnRepayment => "ON_REPAYMENT",
    }
}

pub(crate) fn short_month(short_month: ShortMonth) -> &'static str {
    match short_month {
        ShortMonth::LastDayInMonth => "LAST_DAY_IN_MONTH",
        ShortMonth::FirstDayOfNextMonth => "FIRST_DAY_OF_NEXT_MONTH",
    }
}

pub(crate) fn grace_period_type(kind: GracePeriodType) -> &'static str {
    match kind {
        GracePeriodType::None => "NONE",
        GracePeriodType::PayInterestOnly => "PAY_INTEREST_ONLY",
        GracePeriodType::InterestForgiveness => "INTEREST_FORGIVENESS",
    }
}

pub(crate) fn prepayment(acceptance: PrepaymentAcceptance) -> &'static str {
    match acceptance {
        PrepaymentAcceptance::AcceptPrepayments => "ACCEPT_PREPAYMENTS",
        PrepaymentAcceptance::NoPrepayments => "NO_PREPAYMENTS",
    }
}

pub(crate) fn initial_state(state: InitialState) -> &'static str {
    match state {
        InitialState::PendingApproval => "PENDING_APPROVAL",
        InitialState::PartialApplication => "PARTIAL_APPLICATION",
    }
}

pub(crate) fn non_working_days(method: NonWorkingDays) -> &'static str {
    match method {
        NonWorkingDays::None => "NONE",
        NonWorkingDays::NextWorkingDay => "NEXT_WORKING_DAY",
        NonWorkingDays::PreviousWorkingDay => "PREVIOUS_WORKING_DAY",
        NonWorkingDays::ExtendSchedule => "EXTEND_SCHEDULE",
    }
}

pub(crate) fn remainder(remainder: Remainder) -> &'static str {
    match remainder {
        Remainder::None => "NO_ROUNDING",
        Remainder::First => "ROUND_REMAINDER_INTO_FIRST_REPAYMENT",
        Remainder::Last => "ROUND_REMAINDER_INTO_LAST_REPAYMENT",
        Remainder::PrincipalAndInterestIntoLast => {
            "ROUND_PRINCIPAL_AND_INTEREST_REMAINDER_INTO_LAST_REPAYMENT"
        }
    }
}

/// How totals are rounded, and which elements that touches.
pub(crate) fn installment_rounding(rounding: InstallmentRounding) -> (&'static str, &'static str) {
    match rounding {
        InstallmentRounding::None => ("NO_ROUNDING", "NO_ROUNDING"),
        InstallmentRounding::ToNearest(_) => ("ROUND_TO_NEAREST_WHOLE_UNIT", "PAYMENT_DUE"),
        InstallmentRounding::UpTo(_) => ("ROUND_UP_TO_NEAREST_WHOLE_UNIT", "PAYMENT_DUE"),
    }
}

pub(crate) fn component(component: Component) -> &'static str {
    match component {
        Component::Fee => "FEE",
        Component::Penalty => "PENALTY",
        Component::Interest => "INTEREST",
        Component::Principal => "PRINCIPAL",
    }
}

pub(crate) fn accounting(method: AccountingMethod) -> &'static str {
    match method {
        AccountingMethod::None => "NONE",
        AccountingMethod::Cash => "CASH",
        AccountingMethod::Accrual => "ACCRUAL",
    }
}

pub(crate) fn client_state(state: ClientState) -> &'static str {
    match state {
        ClientState::PendingApproval => "PENDING_APPROVAL",
        ClientState::Inactive => "INACTIVE",
        ClientState::Exited => "EXITED",
        ClientState::Blacklisted => "BLACKLISTED",
        ClientState::Rejected => "REJECTED",
    }
}

pub(crate) fn read_client_state(name: &str) -> Option<ClientState> {
    [
        ClientState::PendingApproval,
        ClientState::Inactive,
        ClientState::Exited,
        ClientState::Blacklisted,
        ClientState::Rejected,
    ]
    .into_iter()
    .find(|state| client_state(*state).eq_ignore_ascii_case(name))
}

pub(crate) fn gender(gender: Gender) -> &'static str {
    match gender {
        Gender::Male => "MALE",
        Gender::Female => "FEMALE",
    }
}

pub(crate) fn read_gender(name: &str) -> Option<Gender> {
    [Gender::Male, Gender::Female].into_iter().find(|which| gender(*which).eq_ignore_ascii_case(name))
}

pub(crate) fn office_state(state: OfficeState) -> &'static str {
    match state {
        OfficeState::Active => "ACTIVE",
        OfficeState::Inactive => "INACTIVE",
    }
}

pub(crate) fn user_state(state: UserState) -> &'static str {
    match state {
        UserState::Active => "ACTIVE",
        UserState::Inactive => "INACTIVE",
        UserState::Locked => "LOCKED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_find_the_states_of_the_contract_in_any_case() {
        let check = |name: &str, status: LoanStatus| {
            assert_eq!(state_filter(name), Some(StateFilter::Status(status)), "{name}");
        };
        check("ACTIVE", LoanStatus::Active);
        check("active_in_arrears", LoanStatus::ActiveInArrears);
        check("CLOSED_WITHDRAWN", LoanStatus::Withdrawn);
        check("CLOSED_REJECTED", LoanStatus::Rejected);
        check("CLOSED_RESCHEDULED", LoanStatus::Rescheduled);
        assert_eq!(state_filter("LOCKED"), Some(StateFilter::Never));
        assert_eq!(state_filter("SLEEPING"), None);
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        assert_eq!(read_period_unit("months"), Some(PeriodUnit::Months));
        assert_eq!(read_client_state("BLACKLISTED"), Some(ClientState::Blacklisted));
        assert_eq!(read_client_state("ACTIVE"), None);
        assert_eq!(read_gender("FEMALE"), Some(Gender::Female));
    }
}
