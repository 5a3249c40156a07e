//! What came of one check.

/// One comparison of the engine with published figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    /// The oracle that has the figures.
    pub(crate) oracle: &'static str,
    /// Names the check inside its oracle.
    pub(crate) id: String,
    /// The row of the page that counts it: a tier, or a kind of contract.
    pub(crate) group: String,
    /// Further rows that count it.
    pub(crate) tags: Vec<String>,
    pub(crate) verdict: Verdict,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    /// With the first difference.
    Failed(String),
    /// Not judged, with the reason, which rests on the terms alone.
    Excluded(String),
}

impl Check {
    /// The line of the check in the list of those that pass.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.oracle, self.id)
    }

    pub(crate) fn is_passed(&self) -> bool {
        self.verdict == Verdict::Passed
    }
}
