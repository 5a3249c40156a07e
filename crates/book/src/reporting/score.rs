//! A score of repayment behavior, from what was reported and nothing else: whole points from 100
//! to 1000, each with its reason. It is our own; `docs/repayment-score.md` has it in words, with an
//! example. How far back or how often a lender reports is no part of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::behavior::{Behavior, Standing};
pub use self::reasons::{Reason, ReasonCode, reasons};

mod behavior;
mod reasons;

/// No score is lower.
pub const LOWEST: i64 = 100;
/// No score is higher.
pub const HIGHEST: i64 = 1_000;
/// How many scores a subject keeps; the oldest go.
pub const MOST_SCORES: usize = 24;
/// From how many points on two scores differ.
pub const NOTABLE_CHANGE: i64 = 10;

/// A score and what it rests on: the points of its reasons add up to its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// 1 for the first score of a subject; numbers are not used again.
    pub number: u32,
    /// 100 to 1000.
    pub value: i64,
    pub reasons: Vec<Reason>,
    pub created_at: Timestamp,
}

/// A fifth of the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rating {
    VeryPoor,
    Poor,
    Fair,
    Good,
    Excellent,
}

impl Rating {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Rating::VeryPoor => "very_poor",
            Rating::Poor => "poor",
            Rating::Fair => "fair",
            Rating::Good => "good",
            Rating::Excellent => "excellent",
        }
    }
}

/// What the score alone speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recommendation {
    Accept,
    Review,
    Reject,
}

impl Recommendation {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Recommendation::Accept => "accept",
            Recommendation::Review => "review",
            Recommendation::Reject => "reject",
        }
    }
}

/// Where a score has moved since the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evolution {
    Improving,
    Stable,
    Declining,
}

impl Evolution {
    /// Every evolution.
    pub const ALL: [Evolution; 3] = [Evolution::Improving, Evolution::Stable, Evolution::Declining];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Evolution::Improving => "improving",
            Evolution::Stable => "stable",
            Evolution::Declining => "declining",
        }
    }

    /// How the last of these scores, oldest first, stands to the one before it. A single score is
    /// stable; without scores there is no evolution.
    pub fn of(scores: &[Score]) -> Option<Evolution> {
        let [.., before, last] = scores else { return scores.first().map(|_| Evolution::Stable) };
        let change = last.value - before.value;
        Some(match change {
            NOTABLE_CHANGE.. => Evolution::Improving,
            _ if change <= -NOTABLE_CHANGE => Evolution::Declining,
            _ => Evolution::Stable,
        })
    }
}

impl Score {
    /// Five bands of 180 points.
    pub fn rating(&self) -> Rating {
        match self.value {
            ..=280 => Rating::VeryPoor,
            281..=460 => Rating::Poor,
            461..=640 => Rating::Fair,
            641..=820 => Rating::Good,
            821.. => Rating::Excellent,
        }
    }

    /// Good and excellent scores speak for the borrower, poor and very poor ones against.
    pub fn recommendation(&self) -> Recommendation {
        match self.rating() {
            Rating::VeryPoor | Rating::Poor => Recommendation::Reject,
            Rating::Fair => Recommendation::Review,
            Rating::Good | Rating::Excellent => Recommendation::Accept,
        }
    }
}

/// Puts a score behind the others, oldest first, unless it says the same as the last one.
pub fn append(scores: &mut Vec<Score>, reasons: Vec<Reason>, at: Timestamp) {
    let last = scores.last();
    if last.is_some_and(|last| last.reasons == reasons) {
        return;
    }
    let number = last.map_or(1, |last| last.number + 1);
    let value = reasons.iter().map(|reason| reason.points).sum();
    scores.push(Score { number, value, reasons, created_at: at });
    let surplus = scores.len().saturating_sub(MOST_SCORES);
    scores.drain(..surplus);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(value: i64) -> Score {
        Score { number: 1, value, reasons: vec![], created_at: Timestamp::UNIX_EPOCH }
    }

    fn evolution(values: &[i64]) -> Option<Evolution> {
        Evolution::of(&values.iter().map(|value| score(*value)).collect::<Vec<_>>())
    }

    #[test]
    fn the_five_bands_are_equally_wide() {
        let words = [100, 280, 281, 460, 461, 640, 641, 820, 821, 1_000].map(|value| {
            let score = score(value);
            (score.rating().name(), score.recommendation().name())
        });
        let (poor, good) = ("reject", "accept");
        assert_eq!(words[..4], [("very_poor", poor), ("very_poor", poor), ("poor", poor), ("poor", poor)]);
        assert_eq!(words[4..6], [("fair", "review"), ("fair", "review")]);
        assert_eq!(words[6..], [("good", good), ("good", good), ("excellent", good), ("excellent", good)]);
    }

    #[test]
    fn ten_points_make_an_evolution() {
        assert_eq!(evolution(&[]), None);
        assert_eq!(evolution(&[400]), Some(Evolution::Stable));
        assert_eq!(evolution(&[900, 400, 409]), Some(Evolution::Stable));
        assert_eq!(evolution(&[900, 400, 410]), Some(Evolution::Improving));
        assert_eq!(evolution(&[100, 400, 391]), Some(Evolution::Stable));
        assert_eq!(evolution(&[100, 400, 390]), Some(Evolution::Declining));
    }

    #[test]
    fn a_score_that_says_nothing_new_is_not_kept_again() {
        let reason = |points| Reason { code: ReasonCode::Base, points, count: 0, of: 0 };
        let mut scores = Vec::new();
        for points in [100, 100, 200] {
            append(&mut scores, vec![reason(points)], Timestamp::UNIX_EPOCH);
        }
        let kept: Vec<_> = scores.iter().map(|score| (score.number, score.value)).collect();
        assert_eq!(kept, [(1, 100), (2, 200)]);
    }

    #[test]
    fn only_the_last_scores_are_kept_and_numbers_go_on() {
        let mut scores = Vec::new();
        for points in 1..=40 {
            let reason = Reason { code: ReasonCode::Base, points, count: 0, of: 0 };
            append(&mut scores, vec![reason], Timestamp::UNIX_EPOCH);
        }
        let numbers: Vec<u32> = scores.iter().map(|score| score.number).collect();
        assert_eq!(numbers, (17..=40).collect::<Vec<_>>());
    }
}
