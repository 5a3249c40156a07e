//! What happens to a contract, in the words of the cash flow engine. What it has no words for is
//! found here too, by terms alone.

use jiff::civil::Date;
use loam_calc::cash_flow::{Act, CashFlowTerms, Occurrence, Position, RateReview, YearRate, cash_flows};
use loam_calc::day_count::DayCount;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rounding::Rounding;

use super::days::{Days, day_before, parse_period};
use super::read::{Case, day, rate};
use crate::text;

/// A contract as occurrences.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) terms: CashFlowTerms,
    pub(super) start: Position,
    pub(super) occurrences: Vec<Occurrence>,
    /// What lies before this day concerns somebody else.
    pub(super) shown_from: Date,
    /// The day on which the loan leaves the book by a sale.
    pub(super) sold_on: Option<Date>,
    /// The loan is owed by the one who looks at it.
    pub(super) is_owed: bool,
}

/// Where an act stands among those of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    PayOut,
    Principal,
    Sale,
    Interest,
    Review,
    Payment,
    Rest,
    Look,
    End,
}

type Placed = (Date, Place, Act);

/// The course of a contract.
///
/// # Errors
/// The reason why it cannot be expressed.
pub(super) fn course(case: &Case) -> Result<Course, String> {
    if case.has("scalingEffect") {
        return Err("principal and interest that are scaled by a price index".to_owned());
    }
    if case.has("purchaseDate") && case.text("contractRole") == Some("RPL") {
        return Err("a debt that is taken over with its accrued interest taken off the price".to_owned());
    }
    let days = Days::of(case)?;
    let lent = case.day("initialExchangeDate").ok_or("no day on which it is lent")?;
    let status = case.day("statusDate").ok_or("no day on which it is looked at")?;
    let builder = Builder { case, days, lent, status };
    let end = builder.end()?;
    builder.course(end)
}

struct Builder<'a> {
    case: &'a Case,
    days: Days,
    lent: Date,
    /// What was before this day is told by the terms.
    status: Date,
}

impl Builder<'_> {
    fn course(&self, end: Date) -> Result<Course, String> {
        let mut placed = self.principal(end)?;
        placed.extend(self.interest(end));
        placed.extend(self.reviews(end)?);
        placed.extend(self.payments(end, &placed));
        placed.extend(self.rests(end));
        placed.extend(self.sales());
        placed.extend(self.case.called_on.map(|on| (on, Place::Look, Act::RepayPrincipal(Amount::ZERO))));
        placed.push((self.days.worked(end), Place::End, Act::RepayAll));
        placed.retain(|(on, _, _)| *on > self.status);
        placed.sort_by_key(|(on, place, _)| (*on, *place));
        let sold_on = self.case.day("terminationDate");
        placed.retain(|(on, _, _)| sold_on.is_none_or(|sold_on| *on <= sold_on));
        placed.pop_if(|(on, place, _)| *place == Place::End && Some(*on) == sold_on);
        Ok(Course {
            terms: self.terms()?,
            start: self.start(),
            occurrences: placed.into_iter().map(|(on, _, act)| Occurrence { on, act }).collect(),
            shown_from: self.case.day("purchaseDate").unwrap_or(Date::MIN),
            sold_on,
            is_owed: self.case.text("contractRole") == Some("RPL"),
        })
    }

    fn terms(&self) -> Result<CashFlowTerms, String> {
        let day_count = match self.case.text("dayCountConvention") {
            Some("A365") => DayCount::Actual365Fixed,
            Some("AA") => DayCount::ActualActualIsda,
            Some("30E360") => DayCount::ThirtyE360,
            Some("A360") => DayCount::Actual360,
            other => return Err(format!("day count {other:?}")),
        };
        Ok(CashFlowTerms { day_count, rounding: Rounding::HalfEven })
    }

    /// As the terms tell it on the day of the status, or nothing when it is lent later.
    fn start(&self) -> Position {
        let case = self.case;
        let rate = case.rate("nominalInterestRate").unwrap_or(YearRate::ZERO);
        let is_lent = self.lent <= self.status;
        let accrued = case.amount("accruedInterest");
        Position {
            balance: if is_lent { self.principal_lent() } else { Amount::ZERO },
            accrued: accrued.map_or(Exact::ZERO, Exact::from_amount),
            payment: case.amount("nextPrincipalRedemptionPayment").unwrap_or(Amount::ZERO),
            ..Position::empty(self.status, rate)
        }
    }

    fn principal_lent(&self) -> Amount {
        self.case.amount("notionalPrincipal").unwrap_or(Amount::ZERO)
    }

    fn has_rests(&self) -> bool {
        self.case.text("interestCalculationBase") == Some("NTL")
    }

    fn pays_installments(&self) -> bool {
        matches!(self.case.kind(), "NAM" | "ANN")
    }

    /// The payout and every payment of principal but the last.
    fn principal(&self, end: Date) -> Result<Vec<Placed>, String> {
        let discount = self.case.amount("premiumDiscountAtIED").unwrap_or(Amount::ZERO);
        let lent = Act::PayOut { principal: self.principal_lent(), kept: -discount };
        let mut placed = vec![(self.days.worked(self.lent), Place::PayOut, lent)];
        if self.case.kind() == "LAX" {
            placed.extend(self.changing_payments(Some(end)));
            return Ok(placed);
        }
        let Some(cycle) = self.days.cycle(self.case, "PrincipalRedemption") else { return Ok(placed) };
        let due = self.days.before(cycle, end);
        let act = if self.pays_installments() {
            Act::PayInstallment
        } else {
            let count = i64::try_from(due.len() + 1).expect("a list is short");
            let equal = Exact::from_amount(self.principal_lent()).divided_by(i128::from(count));
            let named = self.case.amount("nextPrincipalRedemptionPayment");
            Act::RepayPrincipal(named.unwrap_or_else(|| equal.round(Rounding::HalfEven)))
        };
        placed.extend(due.into_iter().map(|on| (on, Place::Principal, act.clone())));
        Ok(placed)
    }

    /// Payments of principal that change their rhythm and amount, and drawings among them.
    fn changing_payments(&self, end: Option<Date>) -> Vec<Placed> {
        let list = |term: &str| self.case.list(term);
        let firsts = list("arrayCycleAnchorDateOfPrincipalRedemption");
        let (cycles, amounts) =
            (list("arrayCycleOfPrincipalRedemption"), list("arrayNextPrincipalRedemptionPayment"));
        let directions = list("arrayIncreaseDecrease");
        let first = |index: usize| firsts.get(index).and_then(|first| day(first.as_str()?).ok());
        let far = Date::MAX;
        let mut placed = Vec::new();
        for index in 0..firsts.len() {
            let every = cycles.get(index).and_then(|every| every.as_str());
            let cycle = self.days.cycle_of(first(index), every, self.lent);
            let amount = amounts.get(index).and_then(|amount| text::amount(amount).ok());
            let (Some(cycle), Some(amount)) = (cycle, amount) else { continue };
            let until = first(index + 1).or(end).unwrap_or(far).min(end.unwrap_or(far));
            let is_drawn = directions.get(index).and_then(|way| way.as_str()) == Some("INC");
            let act = if is_drawn { Act::Draw(amount) } else { Act::RepayPrincipal(amount) };
            let days = cycle.days().take(MANY).take_while(|day| *day < until);
            placed.extend(days.map(|on| (self.days.worked(on), Place::Principal, act.clone())));
        }
        placed
    }

    /// Interest that is paid, and before the day on which that begins, capitalized. Installments pay
    /// theirs themselves; money on call pays it when it is repaid.
    fn interest(&self, end: Date) -> Vec<Placed> {
        let days = self.interest_days(end);
        let on_call = self.case.kind() == "CLM";
        let capitalized_until = self.case.day("capitalizationEndDate");
        let is_capitalized = |on: Date| on_call || capitalized_until.is_some_and(|until| on <= until);
        let act = |on| if is_capitalized(on) { Act::CapitalizeInterest } else { Act::PayInterest };
        days.into_iter().chain(capitalized_until).map(|on| (on, Place::Interest, act(on))).collect()
    }

    fn interest_days(&self, end: Date) -> Vec<Date> {
        if self.case.kind() != "LAX" {
            let cycle = self.days.cycle(self.case, "InterestPayment");
            return cycle.map(|cycle| self.days.before(cycle, end)).unwrap_or_default();
        }
        let firsts = self.case.list("arrayCycleAnchorDateOfInterestPayment");
        let cycles = self.case.list("arrayCycleOfInterestPayment");
        let first = |index: usize| firsts.get(index).and_then(|first| day(first.as_str()?).ok());
        let segment = |index: usize| {
            let every = cycles.get(index).and_then(|every| every.as_str());
            let cycle = self.days.cycle_of(first(index), every, self.lent);
            let until = first(index + 1).map_or(end, |next| next.min(end));
            let days = cycle
                .into_iter()
                .flat_map(|cycle| cycle.days().take(MANY))
                .take_while(move |day| *day < until);
            days.map(|day| self.days.worked(day)).collect::<Vec<Date>>()
        };
        (0..firsts.len()).flat_map(segment).collect()
    }

    fn reviews(&self, end: Date) -> Result<Vec<Placed>, String> {
        let case = self.case;
        let firsts = case.list("arrayCycleAnchorDateOfRateReset");
        let fixed = firsts.iter().zip(case.list("arrayRate")).filter_map(|(first, fixed)| {
            let on = day(first.as_str()?).ok()?;
            Some((self.days.worked(on), Place::Review, Act::SetRate(rate(&fixed).ok()?)))
        });
        let mut placed: Vec<Placed> = fixed.collect();
        if !case.has("cycleOfRateReset") && !case.has("cycleAnchorDateOfRateReset") {
            return Ok(placed);
        }
        let Some(cycle) = self.days.cycle(case, "RateReset") else { return Ok(placed) };
        let review = RateReview {
            multiplier: case.rate("rateMultiplier").unwrap_or(YearRate::ONE),
            spread: case.rate("rateSpread").unwrap_or(YearRate::ZERO),
            floor: case.rate("lifeFloor"),
            ceiling: case.rate("lifeCap"),
        };
        let mut told = case.rate("nextResetRate");
        for on in self.days.before(cycle, end).into_iter().filter(|on| *on > self.status) {
            let act = match told.take() {
                Some(told) => Act::SetRate(told),
                None => Act::ReviewRate { index: case.index(on).ok_or(NO_INDEX)?, review },
            };
            placed.push((on, Place::Review, act));
        }
        Ok(placed)
    }

    /// Where the payment is not agreed, it is found the day before the first one; and again with each
    /// new rate.
    fn payments(&self, end: Date, placed: &[Placed]) -> Vec<Placed> {
        if self.case.kind() != "ANN" {
            return Vec::new();
        }
        let repaid = self.case.day("amortizationDate").unwrap_or(end);
        let cycle = self.days.cycle(self.case, "PrincipalRedemption");
        let due = cycle.map(|cycle| self.days.before(cycle, repaid)).unwrap_or_default();
        let is_agreed = self.case.has("nextPrincipalRedemptionPayment");
        let first = due.first().filter(|_| !is_agreed).map(|first| day_before(*first).max(self.lent));
        let reviews = placed.iter().filter(|(_, place, _)| *place == Place::Review).map(|(on, _, _)| *on);
        let equalize = |(on, place): (Date, Place)| {
            // Found before the payment of its own day, a payment on that day is one of them.
            let counts = |day: &Date| if place == Place::PayOut { *day >= on } else { *day > on };
            let mut due_dates: Vec<Date> = due.iter().copied().filter(counts).collect();
            due_dates.push(self.days.worked(repaid));
            (on, place, Act::EqualizePayment { due_dates })
        };
        let first = first.map(|on| (on, if on == self.lent { Place::PayOut } else { Place::Payment }));
        let found = first.into_iter().chain(reviews.map(|on| (on, Place::Payment)));
        found.map(equalize).collect()
    }

    fn rests(&self, end: Date) -> Vec<Placed> {
        let cycle = self.days.cycle(self.case, "InterestCalculationBase").filter(|_| self.has_rests());
        let days = cycle.map(|cycle| self.days.before(cycle, end)).unwrap_or_default();
        let lent = self.has_rests().then_some((self.lent, Place::Sale, Act::Rest));
        lent.into_iter().chain(days.into_iter().map(|on| (on, Place::Rest, Act::Rest))).collect()
    }

    fn sales(&self) -> Vec<Placed> {
        let sale = |day: &str, price: &str| {
            let price = self.case.amount(price)?;
            Some((self.case.day(day)?, Place::Sale, Act::Sell { price }))
        };
        let bought = sale("purchaseDate", "priceAtPurchaseDate");
        bought.into_iter().chain(sale("terminationDate", "priceAtTerminationDate")).collect()
    }

    /// The agreed end, the end of the notice of a call, or the day on which everything is repaid.
    fn end(&self) -> Result<Date, String> {
        let agreed = self.case.day("maturityDate").or_else(|| {
            let amortizes = self.case.kind() == "ANN";
            self.case.day("amortizationDate").filter(|_| amortizes)
        });
        if let Some(end) = agreed {
            return Ok(end);
        }
        if let Some(called_on) = self.case.called_on {
            let notice =
                self.case.text("xDayNotice").and_then(parse_period).ok_or("a call without notice")?;
            let end = notice.add_times(called_on, 1).map_err(|error| error.to_string())?;
            let is_at_once = end == called_on;
            return is_at_once.then_some(end).ok_or_else(|| "a notice that bears no interest".to_owned());
        }
        self.day_of_the_last_payment()
    }

    /// Where no end is agreed: as many payments as the principal has payments less the interest of a
    /// first period in it, or the day on which changing payments have repaid everything.
    fn day_of_the_last_payment(&self) -> Result<Date, String> {
        let Some(cycle) = self.days.cycle(self.case, "PrincipalRedemption") else {
            return self.day_of_the_last_changing_payment();
        };
        let payment = self.case.amount("nextPrincipalRedemptionPayment").ok_or(ENDLESS)?;
        let mut days = cycle.days();
        let (first, second) = (cycle.first, cycle.days().nth(1).ok_or(ENDLESS)?);
        let interest =
            if self.pays_installments() { self.interest_between(first, second)? } else { Amount::ZERO };
        let part = payment - interest;
        if !part.is_positive() {
            return Err(ENDLESS.to_owned());
        }
        let count = Rounding::Up.divide(self.principal_lent().minor().into(), part.minor().into());
        let count = usize::try_from(count).map_err(|error| error.to_string())?;
        days.nth(count.saturating_sub(1)).ok_or_else(|| ENDLESS.to_owned())
    }

    fn interest_between(&self, from: Date, to: Date) -> Result<Amount, String> {
        let start = Position { balance: self.principal_lent(), accrued_until: from, ..self.start() };
        let paid = [Occurrence { on: to, act: Act::PayInterest }];
        let flows = cash_flows(&self.terms()?, start, paid).map_err(|error| error.to_string())?;
        Ok(flows.iter().map(|flow| flow.interest).sum())
    }

    fn day_of_the_last_changing_payment(&self) -> Result<Date, String> {
        let mut left = self.principal_lent();
        for (on, _, act) in self.changing_payments(None) {
            if let Act::Draw(amount) = act {
                left += amount;
            } else if let Act::RepayPrincipal(amount) = act {
                left -= amount;
            }
            if !left.is_positive() {
                return Ok(on);
            }
        }
        Err(ENDLESS.to_owned())
    }
}

const ENDLESS: &str = "no last day, and none follows from the payments";
const NO_INDEX: &str = "a review of the rate without an index";
/// More days than any contract has.
const MANY: usize = 1200;
