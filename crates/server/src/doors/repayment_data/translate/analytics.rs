//! Figures for a dashboard.

use jiff::civil::Date;
use loam_app::analytics::{ByPeriod, Change, Direction, Opened, PeriodLength, Settled};
use loam_app::views::SubjectTotals;

use super::super::wire::{
    ClientsOfPeriod, LoanStats, PercentageChange, PercentageChanges, SettlementStats, SettlementsOfPeriod,
    Stats,
};

/// What there is, beside what there was.
pub(in super::super) fn stats(before: &SubjectTotals, now: &SubjectTotals) -> Stats {
    let change = |figure: fn(&SubjectTotals) -> i64| percentage(figure(before), figure(now));
    Stats {
        total_clients: now.subjects,
        total_phone_data: 0,
        total_loan_data: now.loans,
        average_credit_score: now.average_score(),
        highest_credit_score: now.highest_score,
        percentage_change: PercentageChanges {
            total_clients: change(|totals| totals.subjects),
            total_phone_data: percentage(0, 0),
            total_loan_data: change(|totals| totals.loans),
            average_credit_score: change(SubjectTotals::average_score),
            highest_credit_score: change(|totals| totals.highest_score),
        },
    }
}

/// New clients by periods.
pub(in super::super) fn loan_stats(opened: &ByPeriod<Opened>) -> LoanStats {
    let of_period = |(start, count): &(Date, Opened)| ClientsOfPeriod {
        time_unit: time_unit(opened.length, *start),
        clients_with_loans: count.with_loans,
        clients_without_loans: count.without_loans,
    };
    let stats = opened.periods.iter().map(of_period).collect();
    LoanStats { time_format: time_format(opened.length), stats }
}

/// Settled loans by periods.
pub(in super::super) fn settlement_stats(settled: &ByPeriod<Settled>) -> SettlementStats {
    let of_period = |(start, count): &(Date, Settled)| SettlementsOfPeriod {
        time_unit: time_unit(settled.length, *start),
        settled_on_time: count.on_time,
        settled_less_than_30_days_late: count.up_to_30_days_late,
        settled_more_than_30_days_late: count.up_to_60_days_late,
        settled_more_than_60_days_late: count.up_to_90_days_late,
        settled_more_than_90_days_late: count.later,
    };
    let stats = settled.periods.iter().map(of_period).collect();
    SettlementStats { time_format: time_format(settled.length), stats }
}

fn percentage(before: i64, now: i64) -> PercentageChange {
    let Change { percent, direction } = Change::between(before, now);
    let direction = match direction {
        Direction::Increase => "increase",
        Direction::Decrease => "decrease",
        Direction::None => "none",
    };
    PercentageChange { change: percent, direction }
}

fn time_format(length: PeriodLength) -> &'static str {
    match length {
        PeriodLength::Day => "day",
        PeriodLength::Week => "week",
        PeriodLength::Month => "month",
        PeriodLength::Year => "year",
    }
}

/// The name of a period that begins on a day.
fn time_unit(length: PeriodLength, start: Date) -> String {
    let pattern = match length {
        PeriodLength::Day => "%Y-%m-%d",
        PeriodLength::Week => "%G-W%V",
        PeriodLength::Month => "%Y-%m",
        PeriodLength::Year => "%Y",
    };
    start.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn periods_have_the_names_of_iso_8601() {
        let unit = |length| time_unit(length, date(2024, 12, 30));
        assert_eq!(unit(PeriodLength::Day), "2024-12-30");
        assert_eq!(unit(PeriodLength::Week), "2025-W01");
        assert_eq!(unit(PeriodLength::Month), "2024-12");
        assert_eq!(unit(PeriodLength::Year), "2024");
    }

    #[test]
    fn figures_stand_beside_their_changes() {
        let before =
            SubjectTotals { subjects: 4, loans: 10, scored: 2, score_sum: 1_000, highest_score: 600 };
        let now = SubjectTotals { subjects: 5, loans: 10, scored: 3, score_sum: 1_200, highest_score: 600 };
        let shown = serde_json::to_value(stats(&before, &now)).unwrap();
        let expected = serde_json::json!({
            "totalClients": 5,
            "totalPhoneData": 0,
            "totalLoanData": 10,
            "averageCreditScore": 400,
            "highestCreditScore": 600,
            "percentageChange": {
                "totalClients": {"change": 25, "direction": "increase"},
                "totalPhoneData": {"change": 0, "direction": "none"},
                "totalLoanData": {"change": 0, "direction": "none"},
                "averageCreditScore": {"change": 20, "direction": "decrease"},
                "highestCreditScore": {"change": 0, "direction": "none"},
            },
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn settled_loans_have_the_names_of_the_contract() {
        let settled = Settled {
            on_time: 1,
            up_to_30_days_late: 2,
            up_to_60_days_late: 3,
            up_to_90_days_late: 4,
            later: 5,
        };
        let periods = vec![(date(2024, 7, 1), settled)];
        let shown = settlement_stats(&ByPeriod { length: PeriodLength::Month, periods });
        let expected = serde_json::json!({"timeFormat": "month", "stats": [{
            "timeUnit": "2024-07",
            "settledOnTime": 1,
            "settledLessThan30DaysLate": 2,
            "settledMoreThan30DaysLate": 3,
            "settledMoreThan60DaysLate": 4,
            "settledMoreThan90DaysLate": 5,
        }]});
        assert_eq!(serde_json::to_value(shown).unwrap(), expected);
    }
}
