//! The reasons of a score: what was counted, and how many points it gave. Integers only; every
//! division is rounded down.

use serde::{Deserialize, Serialize};

use super::behavior::{Behavior, MOST_DAYS_LATE, Standing};
use super::{HIGHEST, LOWEST};

/// The most points of each reason; with the base they add up to the highest score.
const PUNCTUALITY: i64 = 300;
const LATENESS: i64 = 200;
const EXPERIENCE: i64 = 100;
const UTILIZATION: i64 = 100;
const SETTLED: i64 = 100;
const NO_DEFAULT: i64 = 100;
const _: () = assert!(
    LOWEST + PUNCTUALITY + LATENESS + EXPERIENCE + UTILIZATION + SETTLED + NO_DEFAULT == HIGHEST,
    "the reasons add up to the scale"
);

/// How many judged installments are experience enough.
const ENOUGH: i64 = 10;
const FOR_SETTLED_IN_TIME: i64 = 50;
const FOR_SETTLED_LATE: i64 = 25;
const FOR_A_DEFAULT: i64 = -200;
/// Two defaults say all that defaults can say.
const WORST_DEFAULTS: i64 = -300;

/// What a reason is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// Where every score begins.
    Base,
    /// The share of judged installments that were paid by their due date.
    Punctuality,
    /// How many days late the judged installments were, on average.
    Lateness,
    /// How many installments there were to judge.
    Experience,
    /// How much of the credit of open loans is still used.
    Utilization,
    /// Loans that were settled.
    Settled,
    /// Loans that were not.
    Defaults,
    /// What is missing to the lowest score.
    Limit,
}

impl ReasonCode {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            ReasonCode::Base => "base",
            ReasonCode::Punctuality => "punctuality",
            ReasonCode::Lateness => "lateness",
            ReasonCode::Experience => "experience",
            ReasonCode::Utilization => "utilization",
            ReasonCode::Settled => "settled",
            ReasonCode::Defaults => "defaults",
            ReasonCode::Limit => "limit",
        }
    }
}

/// A part of a score. What `count` counts, and of what, depends on the code; see [`Reason::figures`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub code: ReasonCode,
    pub points: i64,
    pub count: i64,
    pub of: i64,
}

impl Reason {
    /// What was counted, as a sentence with its figures.
    pub fn figures(&self) -> String {
        let Reason { count, of, .. } = self;
        match self.code {
            ReasonCode::Base => "every score begins here".to_owned(),
            ReasonCode::Punctuality if *of == 0 => "no installment has fallen due yet".to_owned(),
            ReasonCode::Punctuality => {
                format!("{count} of {of} installments were paid in full by their due date")
            }
            ReasonCode::Lateness => {
                format!("{of} installments were {count} days late in all, {MOST_DAYS_LATE} at most for each")
            }
            ReasonCode::Experience => format!("{count} installments were paid or fell due; {of} are enough"),
            ReasonCode::Utilization if *of == 0 => "no loan is open".to_owned(),
            ReasonCode::Utilization => {
                format!(
                    "{}.{} % of the credit is still used, on average of the open loans: {of}",
                    count / 10,
                    count % 10
                )
            }
            ReasonCode::Settled => format!("settled loans: {of}, of them late: {count}"),
            ReasonCode::Defaults => format!("loans in default: {count} of {of}"),
            ReasonCode::Limit => format!("no score is lower than {LOWEST}"),
        }
    }
}

/// What the behavior of all loans of a subject adds up to.
#[derive(Default)]
struct Facts {
    loans: i64,
    judged: i64,
    on_time: i64,
    days_late: i64,
    /// Loans that are running or in default, and the thousandths of each that are paid back.
    open: i64,
    repaid_permille: i64,
    settled: i64,
    settled_late: i64,
    defaulted: i64,
}

/// The reasons of a score; none without a loan.
pub fn reasons<'a>(behaviors: impl IntoIterator<Item = &'a Behavior>) -> Option<Vec<Reason>> {
    let facts = behaviors.into_iter().fold(Facts::default(), Facts::with);
    if facts.loans == 0 {
        return None;
    }
    let mut reasons = vec![
        Reason { code: ReasonCode::Base, points: LOWEST, count: 0, of: 0 },
        facts.punctuality(),
        facts.lateness(),
        facts.experience(),
        facts.utilization(),
        facts.settled(),
        facts.defaults(),
    ];
    let sum: i64 = reasons.iter().map(|reason| reason.points).sum();
    if sum < LOWEST {
        reasons.push(Reason { code: ReasonCode::Limit, points: LOWEST - sum, count: 0, of: 0 });
    }
    Some(reasons)
}

impl Facts {
    fn with(mut self, behavior: &Behavior) -> Facts {
        self.loans += 1;
        self.judged += i64::from(behavior.judged);
        self.on_time += i64::from(behavior.on_time);
        self.days_late += i64::from(behavior.days_late);
        match behavior.standing {
            Standing::Running => self.opened(behavior),
            Standing::Settled => self.settled += 1,
            Standing::SettledLate => {
                self.settled += 1;
                self.settled_late += 1;
            }
            Standing::Defaulted => {
                self.defaulted += 1;
                self.opened(behavior);
            }
        }
        self
    }

    fn opened(&mut self, behavior: &Behavior) {
        self.open += 1;
        self.repaid_permille += i64::from(behavior.repaid_permille);
    }

    /// 300 × on time ÷ judged; half while there is nothing to judge.
    fn punctuality(&self) -> Reason {
        let points = share(PUNCTUALITY, self.on_time, self.judged).unwrap_or(PUNCTUALITY / 2);
        Reason { code: ReasonCode::Punctuality, points, count: self.on_time, of: self.judged }
    }

    /// 200 × (90 × judged − days late) ÷ (90 × judged); all while there is nothing to judge.
    fn lateness(&self) -> Reason {
        let most = i64::from(MOST_DAYS_LATE) * self.judged;
        let points = share(LATENESS, most - self.days_late, most).unwrap_or(LATENESS);
        Reason { code: ReasonCode::Lateness, points, count: self.days_late, of: self.judged }
    }

    /// 10 for each judged installment, up to ten of them.
    fn experience(&self) -> Reason {
        let points = EXPERIENCE / ENOUGH * self.judged.min(ENOUGH);
        Reason { code: ReasonCode::Experience, points, count: self.judged, of: ENOUGH }
    }

    /// 100 × repaid ÷ all, in thousandths of each open loan, so that a large loan counts like a small one
    /// and currencies need not be compared; all while no loan is open.
    fn utilization(&self) -> Reason {
        let all = 1_000 * self.open;
        let points = share(UTILIZATION, self.repaid_permille, all).unwrap_or(UTILIZATION);
        let used = (all - self.repaid_permille).checked_div(self.open).unwrap_or(0);
        Reason { code: ReasonCode::Utilization, points, count: used, of: self.open }
    }

    /// 50 for each loan that was settled by its last due date and 25 for each later one, up to 100.
    fn settled(&self) -> Reason {
        let in_time = self.settled - self.settled_late;
        let points = (FOR_SETTLED_IN_TIME * in_time + FOR_SETTLED_LATE * self.settled_late).min(SETTLED);
        Reason { code: ReasonCode::Settled, points, count: self.settled_late, of: self.settled }
    }

    /// 100 without a default, less 200 for each, down to -300.
    fn defaults(&self) -> Reason {
        let points = (NO_DEFAULT + FOR_A_DEFAULT * self.defaulted).max(WORST_DEFAULTS);
        Reason { code: ReasonCode::Defaults, points, count: self.defaulted, of: self.loans }
    }
}

/// `points` × `count` ÷ `of`, rounded down; nothing of nothing.
fn share(points: i64, count: i64, of: i64) -> Option<i64> {
    (points * count).checked_div(of)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The example of `docs/repayment-score.md`.
    fn example() -> Vec<Behavior> {
        let running = Behavior {
            standing: Standing::Running,
            judged: 7,
            on_time: 5,
            days_late: 21,
            repaid_permille: 583,
        };
        let repaid = Behavior {
            standing: Standing::Settled,
            judged: 6,
            on_time: 6,
            days_late: 0,
            repaid_permille: 1_000,
        };
        vec![running, repaid]
    }

    #[test]
    fn the_example_of_the_documentation_comes_out() {
        let document = include_str!("../../../../../docs/repayment-score.md");
        let reasons = reasons(&example()).expect("there are loans");
        let mut table = String::new();
        for reason in &reasons {
            table += &format!("| `{}` | {} | {} |\n", reason.code.name(), reason.figures(), reason.points);
        }
        assert!(document.contains(&table), "{table}");
        let value: i64 = reasons.iter().map(|reason| reason.points).sum();
        assert!(document.contains(&format!("The score is **{value}**")), "{value}");
    }

    #[test]
    fn a_loan_of_which_nothing_fell_due_gives_a_score_in_the_middle() {
        let fresh =
            Behavior { standing: Standing::Running, judged: 0, on_time: 0, days_late: 0, repaid_permille: 0 };
        let points: Vec<i64> = reasons([&fresh]).expect("a loan").iter().map(|r| r.points).collect();
        assert_eq!(points, [100, 150, 200, 0, 0, 0, 100]);
    }

    #[test]
    fn the_best_borrower_has_the_highest_score_and_the_worst_the_lowest() {
        let best = Behavior {
            standing: Standing::Settled,
            judged: 12,
            on_time: 12,
            days_late: 0,
            repaid_permille: 1_000,
        };
        let sum = |reasons: &[Reason]| reasons.iter().map(|reason| reason.points).sum::<i64>();
        assert_eq!(sum(&reasons([&best, &best]).expect("loans")), HIGHEST);
        let worst = Behavior {
            standing: Standing::Defaulted,
            judged: 1,
            on_time: 0,
            days_late: 90,
            repaid_permille: 0,
        };
        let reasons = reasons([&worst, &worst, &worst]).expect("loans");
        assert_eq!(sum(&reasons), LOWEST);
        let limit = reasons.last().map(|reason| (reason.code, reason.points));
        // 100 + 0 + 0 + 30 + 0 + 0 - 300 is 170 less than nothing.
        assert_eq!(limit, Some((ReasonCode::Limit, 270)));
    }

    #[test]
    fn without_a_loan_there_is_no_score() {
        assert_eq!(reasons([]), None);
    }

    fn behaviors() -> impl Strategy<Value = Vec<Behavior>> {
        let standing = prop_oneof![
            Just(Standing::Running),
            Just(Standing::Settled),
            Just(Standing::SettledLate),
            Just(Standing::Defaulted),
        ];
        let counts = (0..10_000u32, 0..10_000u32, 0..=1_000u32, 0..=90u32);
        let one = (standing, counts).prop_map(|(standing, (judged, on_time, repaid_permille, mean))| {
            let on_time = on_time.min(judged);
            let days_late = (judged - on_time) * mean;
            Behavior { standing, judged, on_time, days_late, repaid_permille }
        });
        proptest::collection::vec(one, 1..20)
    }

    proptest! {
        #[test]
        fn every_score_is_the_sum_of_its_reasons_and_on_the_scale(behaviors in behaviors()) {
            let reasons = reasons(&behaviors).expect("there are loans");
            let mut scores = Vec::new();
            super::super::append(&mut scores, reasons, jiff::Timestamp::UNIX_EPOCH);
            let value: i64 = scores[0].reasons.iter().map(|reason| reason.points).sum();
            prop_assert_eq!(scores[0].value, value);
            prop_assert!((LOWEST..=HIGHEST).contains(&value), "{}", value);
        }

        #[test]
        fn a_payment_in_time_never_lowers_a_score(behaviors in behaviors()) {
            let sum = |behaviors: &[Behavior]| -> i64 {
                reasons(behaviors).expect("there are loans").iter().map(|reason| reason.points).sum()
            };
            let mut better = behaviors.clone();
            let first = &mut better[0];
            first.judged += 1;
            first.on_time += 1;
            first.repaid_permille = 1_000.min(first.repaid_permille + 50);
            prop_assert!(sum(&better) >= sum(&behaviors));
        }
    }
}
