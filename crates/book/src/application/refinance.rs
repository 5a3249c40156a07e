//! An application whose loan pays off other loans of its borrower: which, what that is expected to take, and what is
//! lent on top.
//!
//! Checks, in this order: permission, some loans and not too many; of each loan that it is there, the borrower's, in
//! the money of the new one, named once, asked for by no other application, and can be paid off; then the amount.

use jiff::Span;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::actor::Permission;
use crate::application::{Application, NewApplication, Stage};
use crate::ids::{Address, Key};
use crate::loan::Loan;
use crate::loan::commands::pay_off::payoff;
use crate::loan::context::Context;
use crate::loan::outlook::Outlook;
use crate::loan::refusal::{RefinanceRefusal, Refusal};
use crate::stated::StatedAmount;

/// The most loans that one application refinances.
pub const MOST: usize = 20;
/// How far ahead it is told what paying off will take.
const YEARS_AHEAD: i32 = 10;

/// Loans to be refinanced as a door understood them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRefinancing {
    pub loans: Vec<StatedLoan>,
    /// What is lent on top.
    pub additional: Option<StatedAmount>,
}

/// A loan as a caller named it, and what a door found under that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedLoan {
    pub value: String,
    pub loan: Option<Address>,
}

/// What an application refinances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refinancing {
    pub loans: Vec<ToBeRefinanced>,
    /// What is lent on top.
    pub additional: Amount,
    /// The day for which it was worked out what paying off takes.
    pub expected_on: Date,
}

/// A loan that is to be paid off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToBeRefinanced {
    pub loan: Address,
    pub account_no: i64,
    pub id: String,
    /// What that was expected to take.
    pub payoff: Amount,
}

/// What the desk found of what an application names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found<'a> {
    /// Loans that are there.
    pub loans: &'a [Loan],
    /// The applications of the borrower.
    pub applications: &'a [Application],
}

impl Refinancing {
    /// What paying off was expected to take.
    pub fn payoff(&self) -> Amount {
        self.loans.iter().map(|loan| loan.payoff).sum()
    }

    /// What the borrower asks for: what is owed, and what is lent on top.
    pub fn amount(&self) -> Amount {
        self.payoff() + self.additional
    }
}

impl Application {
    /// Whether it still may come to a loan that pays this one off. One that was paid out has done so.
    fn is_to_refinance(&self, loan: Address) -> bool {
        let is_open = match self.stage {
            Stage::New | Stage::InFunding | Stage::Funded => true,
            Stage::Expired | Stage::Cancelled | Stage::Rejected => false,
        };
        let mut loans = self.refinancing.iter().flat_map(|refinancing| &refinancing.loans);
        is_open && loans.any(|named| named.loan == loan)
    }
}

/// What an application refinances, and with that its amount; `None` where it refinances nothing.
pub(super) fn agree(
    new: &NewApplication,
    found: Found<'_>,
    (borrower, currency): (Key, Currency),
    context: &Context<'_>,
) -> Result<Option<Refinancing>, Refusal> {
    let Some(asked) = &new.refinancing else { return Ok(None) };
    context.require(Permission::RefinanceLoanAccount)?;
    if asked.loans.is_empty() {
        return Err(RefinanceRefusal::NoLoans.into());
    }
    if asked.loans.len() > MOST {
        return Err(RefinanceRefusal::TooManyLoans { most: MOST }.into());
    }
    let expected_on = expected_on(new, context);
    let mut loans: Vec<ToBeRefinanced> = Vec::with_capacity(asked.loans.len());
    for stated in &asked.loans {
        let loan = loan_of(stated, found.loans)?;
        check_loan(loan, &loans, (borrower, currency), context)?;
        check_applications(loan, found.applications)?;
        loans.push(to_be_refinanced(loan, expected_on, context)?);
    }
    let refinancing = Refinancing { loans, additional: Amount::ZERO, expected_on };
    let additional = additional(new, refinancing.payoff(), currency)?;
    Ok(Some(Refinancing { additional, ..refinancing }))
}

/// Refuses what is lent on top where it is no amount, or less than nothing.
pub(super) fn check_additional(stated: &StatedAmount, currency: Option<Currency>) -> Result<(), Refusal> {
    // Without a product there is no currency yet, and the dollar is as good as any for the sign.
    let amount = stated.in_currency(currency.unwrap_or(Currency::USD))?;
    if amount.is_negative() {
        let reason = "it must not be less than zero".to_owned();
        return Err(Refusal::InvalidAmount { value: stated.0.clone(), reason });
    }
    Ok(())
}

/// The expected disbursal; the business date where that is over, or too far away to be told.
fn expected_on(new: &NewApplication, context: &Context<'_>) -> Date {
    let today = context.business_date;
    let last = today.checked_add(Span::new().years(YEARS_AHEAD)).unwrap_or(Date::MAX);
    new.disbursal_date.filter(|date| (today..=last).contains(date)).unwrap_or(today)
}

fn loan_of<'a>(stated: &StatedLoan, loans: &'a [Loan]) -> Result<&'a Loan, Refusal> {
    let is_it = |loan: &&Loan| stated.loan == Some(Address { part: loan.part, key: loan.key });
    let unknown = || RefinanceRefusal::UnknownLoan { value: stated.value.clone() };
    Ok(loans.iter().find(is_it).ok_or_else(unknown)?)
}

fn check_loan(
    loan: &Loan,
    named: &[ToBeRefinanced],
    (borrower, currency): (Key, Currency),
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let id = || loan.id.clone();
    if loan.holder != super::apply::holder_of(borrower) {
        return Err(RefinanceRefusal::OtherBorrower { loan: id() }.into());
    }
    context.require_reach(&loan.assignment)?;
    if loan.terms.currency != currency {
        let (is, new) = (loan.terms.currency.code().to_owned(), currency.code().to_owned());
        return Err(RefinanceRefusal::OtherCurrency { loan: id(), is, new }.into());
    }
    if named.iter().any(|before| before.loan.key == loan.key) {
        return Err(RefinanceRefusal::NamedTwice { loan: id() }.into());
    }
    Ok(())
}

fn check_applications(loan: &Loan, applications: &[Application]) -> Result<(), Refusal> {
    let address = Address { part: loan.part, key: loan.key };
    let Some(other) = applications.iter().find(|other| other.is_to_refinance(address)) else {
        return Ok(());
    };
    let (loan, application) = (loan.id.clone(), other.name());
    Err(RefinanceRefusal::InAnotherApplication { loan, application }.into())
}

/// What paying the loan off takes on a day if nobody does anything until then.
fn to_be_refinanced(loan: &Loan, on: Date, context: &Context<'_>) -> Result<ToBeRefinanced, Refusal> {
    let calendar = context.catalog.calendar_of(loan.assignment.branch);
    let outlook = Outlook { calendar, catalog: context.catalog };
    let payoff = payoff(&outlook.on(loan.clone(), on), on)?.total();
    let (address, id) = (Address { part: loan.part, key: loan.key }, loan.id.clone());
    Ok(ToBeRefinanced { loan: address, account_no: loan.account_no, id, payoff })
}

/// What is lent on top: as it was named, or what the amount leaves. Where both are named they agree.
fn additional(new: &NewApplication, payoff: Amount, currency: Currency) -> Result<Amount, Refusal> {
    let stated = |stated: &StatedAmount| stated.in_currency(currency);
    let amount = new.amount.as_ref().map(stated).transpose()?;
    let named = new.refinancing.as_ref().and_then(|refinancing| refinancing.additional.as_ref());
    let named = named.map(stated).transpose()?;
    let text = |amount: Amount| amount.to_fixed_text(currency);
    match (amount, named) {
        (Some(amount), Some(named)) if amount != payoff + named => {
            let (amount, expected) = (text(amount), text(payoff + named));
            Err(RefinanceRefusal::AmountDiffers { amount, expected }.into())
        }
        (_, Some(named)) => Ok(named),
        (Some(amount), None) if amount < payoff => {
            let (amount, payoff) = (text(amount), text(payoff));
            Err(RefinanceRefusal::AmountTooSmall { amount, payoff }.into())
        }
        (Some(amount), None) => Ok(amount - payoff),
        (None, None) => Err(Refusal::MissingField { field: "amount" }),
    }
}
