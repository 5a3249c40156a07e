//! Searching loans by what is known of them: constraints on facts, all of which must hold.
//!
//! The store narrows the loans by what its columns say; what no column says is looked at here, loan
//! by loan. A constraint that a column answers in full costs nothing here.

use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_book::loan::course::Tranche;
use loam_calc::currency::Currency;

use crate::command::Address;
use crate::error::StoreError;
use crate::ports::ReadStore;
use crate::views::Page;

pub mod accounts;
pub mod agreed;
pub mod clients;
pub mod columns;
pub mod custom;
pub mod entries;
pub mod facts;
pub mod groups;
mod holders;
pub mod items;
pub mod lines_of_credit;
pub mod named;
mod narrow;
mod of_groups;
pub mod savings;
pub mod savings_transactions;
pub mod transactions;
mod value;

use columns::{Bound, Column, Condition, LoanQuery, Order, sequence};
pub use facts::{LoanFact, TrancheFact};
use narrow::Measure;
pub use value::{Choice, Test, Value};

/// The most loans that are looked at in one go.
const LARGEST_CHUNK: i64 = 500;

/// A fact and what must hold of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint<F> {
    pub fact: F,
    pub test: Test,
}

/// Which loans a search finds, and in which order; without one, in that which costs least.
#[derive(Debug, Clone, Default)]
pub struct LoanSearch {
    pub constraints: Vec<Constraint<LoanFact>>,
    /// One and the same tranche must meet all of these.
    pub of_a_tranche: Vec<Constraint<TrancheFact>>,
    /// Only loans whose installments fall due on all of these fixed days of the month.
    pub fixed_days: Vec<u8>,
    /// Only loans of these branches; empty: of all, and of none.
    pub within: Vec<Key>,
    /// Only loans of this officer.
    pub credit_officer: Option<Key>,
    pub order: Option<(LoanFact, Direction)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// What the answer to a search depends on besides loans.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub business_date: Date,
    /// Of the book.
    pub currency: Currency,
    pub catalog: &'a Catalog,
}

/// Finds the loans of a page.
///
/// # Errors
/// What the store answers.
pub async fn search_loans(
    store: &dyn ReadStore,
    search: &LoanSearch,
    seen: Seen<'_>,
    page: Page,
) -> Result<Vec<Loan>, StoreError> {
    let by_holder = of_groups::by_holder(store, search).await?;
    let plan = Plan::new(by_holder.as_ref().unwrap_or(search), seen);
    if let Some((fact, direction)) = plan.computed_order() {
        return plan.sort_all(store, fact, direction, page).await;
    }
    if plan.left.is_empty() && search.of_a_tranche.is_empty() && search.fixed_days.is_empty() {
        return store.search_loans(&plan.query, page).await;
    }
    plan.look_at_each(store, page).await
}

/// What the store is asked, and what is left to look at.
struct Plan<'a> {
    search: &'a LoanSearch,
    today: Date,
    catalog: &'a Catalog,
    query: LoanQuery,
    left: Vec<&'a Constraint<LoanFact>>,
}

impl<'a> Plan<'a> {
    fn new(search: &'a LoanSearch, seen: Seen<'a>) -> Plan<'a> {
        let (digits, scales) = money_units(seen);
        let measure = Measure { today: seen.business_date, digits, catalog: seen.catalog };
        let mut conditions: Vec<Condition> =
            search.credit_officer.map(narrow::of_officer).into_iter().collect();
        conditions.extend(narrow::within(&search.within));
        conditions.extend((!search.of_a_tranche.is_empty()).then(narrow::with_course));
        conditions.extend((!search.fixed_days.is_empty()).then(narrow::with_fixed_days));
        let mut left = Vec::new();
        for constraint in &search.constraints {
            let narrowed = narrow::narrow(constraint, measure);
            conditions.extend(narrowed.condition);
            if !narrowed.is_exact {
                left.push(constraint);
            }
        }
        let order = match search.order {
            Some((fact, direction)) => narrow::sorting(fact, direction).unwrap_or(Order::OPENING),
            None => narrow::easiest(&conditions, !scales.is_empty()),
        };
        let query = LoanQuery { conditions, order, after: None, scales };
        Plan { search, today: seen.business_date, catalog: seen.catalog, query, left }
    }

    /// The order, where no column gives it.
    fn computed_order(&self) -> Option<(LoanFact, Direction)> {
        self.search.order.filter(|(fact, direction)| narrow::sorting(*fact, *direction).is_none())
    }

    /// Of an order by a custom field: what its values are asked for.
    fn placing(&self) -> Option<&'a Test> {
        let (custom, condition) = self.query.custom_order()?;
        condition?;
        let is_meant = |asked: &&Constraint<LoanFact>| {
            asked.fact == LoanFact::Column(Column::Custom(custom)) && asked.test.wants_a_value()
        };
        self.search.constraints.iter().find(is_meant).map(|asked| &asked.test)
    }

    /// Chunk by chunk, until the page is full.
    async fn look_at_each(&self, store: &dyn ReadStore, page: Page) -> Result<Vec<Loan>, StoreError> {
        let (mut to_skip, wanted) = (count(page.offset), count(page.limit));
        let mut found = Vec::new();
        let mut chunks = Chunks::new(self.query.clone(), self.placing(), page.limit);
        while found.len() < wanted
            && let Some(chunk) = chunks.next(store).await?
        {
            let related = self.related(store, &chunk).await?;
            for loan in chunk.into_iter().filter(|loan| self.holds(loan, &related)) {
                if to_skip > 0 {
                    to_skip -= 1;
                } else {
                    found.push(loan);
                }
            }
        }
        found.truncate(wanted);
        Ok(found)
    }

    /// Every loan that is found is given its place, then those of the page are read again.
    async fn sort_all(
        &self,
        store: &dyn ReadStore,
        fact: LoanFact,
        direction: Direction,
        page: Page,
    ) -> Result<Vec<Loan>, StoreError> {
        let mut places: Vec<(Option<Value>, Address)> = Vec::new();
        let mut chunks = Chunks::new(self.query.clone(), self.placing(), LARGEST_CHUNK);
        while let Some(chunk) = chunks.next(store).await? {
            let related = self.related(store, &chunk).await?;
            places.extend(chunk.iter().filter(|loan| self.holds(loan, &related)).map(|loan| {
                let address = Address { part: loan.part, key: loan.key };
                (facts::value_of(fact, loan, self.today, &related).map(without_case), address)
            }));
        }
        // Those in the same place stay as they were opened.
        places.sort_by(|(left, _), (right, _)| in_direction(left.as_ref(), right.as_ref(), direction));
        let mut loans = Vec::new();
        for (_, address) in places.into_iter().skip(count(page.offset)).take(count(page.limit)) {
            loans.extend(store.loan(address).await?);
        }
        Ok(loans)
    }

    fn holds(&self, loan: &Loan, related: &Related<'_>) -> bool {
        let of_loan = |constraint: &&Constraint<LoanFact>| {
            if constraint.fact == LoanFact::Group {
                let groups: Vec<Value> = related.groups_of(loan).iter().copied().map(Value::Key).collect();
                return items::holds_of_any(&constraint.test, &groups);
            }
            let value = facts::value_of(constraint.fact, loan, self.today, related);
            constraint.test.holds(value.as_ref())
        };
        self.left.iter().all(of_loan) && self.has_tranche(loan) && self.has_fixed_days(loan)
    }

    fn has_fixed_days(&self, loan: &Loan) -> bool {
        let wanted = &self.search.fixed_days;
        wanted.is_empty()
            || facts::fixed_days(loan).is_some_and(|days| wanted.iter().all(|day| days.contains(day)))
    }

    fn has_tranche(&self, loan: &Loan) -> bool {
        let wanted = &self.search.of_a_tranche;
        let holds = |tranche: &Tranche, constraint: &Constraint<TrancheFact>| {
            constraint.test.holds(facts::value_of_tranche(constraint.fact, tranche, loan).as_ref())
        };
        let mut tranches = loan.servicing.course.tranches.iter();
        wanted.is_empty()
            || tranches.any(|tranche| wanted.iter().all(|constraint| holds(tranche, constraint)))
    }

    /// Ids of the loans before and after those of a chunk, and groups of their holders, where somebody asks.
    async fn related(&self, store: &dyn ReadStore, chunk: &[Loan]) -> Result<Related<'a>, StoreError> {
        let mut related = Related { ids: HashMap::new(), groups: HashMap::new(), catalog: self.catalog };
        let facts = self.left.iter().map(|constraint| constraint.fact);
        let facts: Vec<LoanFact> = facts.chain(self.search.order.map(|(fact, _)| fact)).collect();
        if facts.contains(&LoanFact::Group) {
            related.groups = of_groups::of_holders(store, chunk).await?;
        }
        if !facts.iter().any(|fact| matches!(fact, LoanFact::OtherLoan(_))) {
            return Ok(related);
        }
        for loan in chunk {
            for other in [loan.origin(), loan.successor()].into_iter().flatten() {
                // Both loans of a restructuring have the same holder, and so the same part.
                let address = Address { part: loan.part, key: other.loan };
                if let Some(other) = store.loan(address).await? {
                    related.ids.insert(other.key, other.id);
                }
            }
        }
        Ok(related)
    }
}

/// What is known besides the loans themselves.
struct Related<'a> {
    /// Ids of other loans, by their keys.
    ids: HashMap<Key, String>,
    /// Groups of holders, by the holders.
    groups: HashMap<Key, Vec<Key>>,
    catalog: &'a Catalog,
}

impl Related<'_> {
    fn groups_of(&self, loan: &Loan) -> &[Key] {
        self.groups.get(&loan.holder.key).map_or(&[], Vec::as_slice)
    }
}

/// Loans that columns let through, one chunk after the other.
struct Chunks<'a> {
    query: LoanQuery,
    /// What the values of a custom field are asked for that gives the order.
    placing: Option<&'a Test>,
    offset: i64,
    limit: i64,
    is_over: bool,
}

impl<'a> Chunks<'a> {
    fn new(query: LoanQuery, placing: Option<&'a Test>, limit: i64) -> Chunks<'a> {
        Chunks { query, placing, offset: 0, limit: limit.clamp(50, LARGEST_CHUNK), is_over: false }
    }

    async fn next(&mut self, store: &dyn ReadStore) -> Result<Option<Vec<Loan>>, StoreError> {
        if self.is_over {
            return Ok(None);
        }
        let page = Page { offset: self.offset, limit: self.limit };
        let chunk = store.search_loans(&self.query, page).await?;
        self.is_over = chunk.len() < count(self.limit);
        let place = match chunk.last() {
            Some(loan) => self.place_of(loan, store).await?,
            None => None,
        };
        // Where the last one stood is enough to go on, however many came before.
        match place {
            Some(place) => self.query.after = Some(place),
            None => self.offset += self.limit,
        }
        self.limit = LARGEST_CHUNK;
        Ok(Some(chunk))
    }

    async fn place_of(
        &self,
        loan: &Loan,
        store: &dyn ReadStore,
    ) -> Result<Option<(Bound, Bound)>, StoreError> {
        if !self.query.is_order_full() {
            return Ok(None);
        }
        let Some(custom) = self.query.order.column.custom() else {
            let value = self.query.order.column.of(loan);
            return Ok(value.map(|value| (value, Bound::Int(loan.account_no))));
        };
        let kept = store.custom_values(&[Address { part: loan.part, key: loan.key }]).await?;
        let holds = |content: &str| self.placing.is_none_or(|test| test.holds(Some(&custom.value(content))));
        let first = custom.of(kept.first()).into_iter().find(|value| holds(&value.content));
        let place = first.map(|value| Bound::Sorting(custom.sorting(&value.content)));
        Ok(place.map(|place| (place, Bound::Sorting(sequence(loan.key)))))
    }
}

/// How many decimals the smallest unit of money has, and what the money of products with larger
/// ones is multiplied by.
fn money_units(seen: Seen<'_>) -> (u8, Vec<(Key, i64)>) {
    let products = || seen.catalog.products.iter().map(|product| (product.key, product.currency.digits()));
    let most = products().map(|(_, digits)| digits).chain([seen.currency.digits()]).max().unwrap_or(0);
    let larger = products().filter(|(_, digits)| *digits < most);
    (most, larger.map(|(key, digits)| (key, 10_i64.pow(u32::from(most - digits)))).collect())
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Texts are sorted without regard to the case of the letters A to Z.
fn without_case(value: Value) -> Value {
    if let Value::Text(text) = value { Value::Text(text.to_ascii_lowercase()) } else { value }
}

/// Loans without a value stand last in either direction.
fn in_direction(left: Option<&Value>, right: Option<&Value>, direction: Direction) -> Ordering {
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => {
            let order = left.partial_cmp(right).unwrap_or(Ordering::Equal);
            match direction {
                Direction::Ascending => order,
                Direction::Descending => order.reverse(),
            }
        }
    }
}
