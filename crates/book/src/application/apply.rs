//! A new loan application: works out what is requested, on which terms, and what it costs a month.
//!
//! Checks, in this order: permission, borrower, purpose, amount, term, what is not served, due day,
//! product, loans to be refinanced, fees, dates; then what the creation of its loan checks.

use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;

use crate::actor::Permission;
use crate::application::order_book::OrderBook;
use crate::application::refinance::{self, Found, NewRefinancing, Refinancing};
use crate::application::{
    Application, ApplicationLoan, EodAccrual, ProtectType, ProtectWaiver, Stage, loan_id,
};
use crate::ids::{Address, Key};
use crate::loan::command::{LoanFigures, NewLoan};
use crate::loan::commands::create;
use crate::loan::context::Context;
use crate::loan::protection::Protection;
use crate::loan::refusal::Refusal;
use crate::loan::{Holder, HolderKind, Terms};
use crate::party::holder::Party;
use crate::party::{Assignment, Client};
use crate::product::Product;
use crate::stated::{StatedAmount, StatedPercent};

/// A record as a caller named it, and what a door found under that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    pub value: String,
    pub key: Option<Key>,
}

/// An application as a door understood it. What is `None` was not stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApplication {
    /// The borrower's id in 15 characters; the client stands in the context.
    pub borrower_account: String,
    pub purpose: Resolved,
    pub product: Resolved,
    /// Not needed where loans are refinanced and it is said what is lent on top.
    pub amount: Option<StatedAmount>,
    pub refinancing: Option<NewRefinancing>,
    pub interest_rate: Option<StatedPercent>,
    /// How many installments.
    pub term: Option<i64>,
    pub maturity_date: Option<Date>,
    pub due_day: Option<i64>,
    pub disbursal_date: Option<Date>,
    pub first_installment_date: Option<Date>,
    pub expiry_date: Option<Date>,
    pub protect_type: Option<ProtectType>,
    /// Charged whenever it is stated, whatever else is said about the protection.
    pub protect_fee_percent: Option<StatedPercent>,
    pub protect_waiver_type: Option<ProtectWaiver>,
    pub eod_accrual_type: Option<EodAccrual>,
    pub eod_fee_accrual: Option<bool>,
    /// Whether the loan account is to be made at once, with its schedule.
    pub create_schedule: bool,
    /// What was asked for and this version does not serve, in words. It is refused in its place: after
    /// the faults that the contract has a message for.
    pub not_served: Option<String>,
}

impl NewApplication {
    /// The loans that it names to be refinanced, as far as a door found them.
    pub fn loans_named(&self) -> impl Iterator<Item = Address> {
        self.refinancing.iter().flat_map(|asked| &asked.loans).filter_map(|stated| stated.loan)
    }
}

/// What is added to the amount applied for.
struct Fees {
    capitalized: Amount,
    protect: Amount,
    /// What of the protect fee is added to the amount: all of it, or nothing where it is charged apart.
    protect_added: Amount,
    protect_percent: Option<Rate>,
}

/// Decides a new application. With `create_schedule` it comes with the loan to be created for it, in
/// the same transaction and under the same context: the account gets the key and number of
/// [`crate::loan::context::NewIds`] and the id `LAI-…` with the application's number. `found` is what the
/// application refinances.
///
/// # Errors
/// A `Refusal` that names the field and its value. Missing and impossible figures of the contract's
/// table are `UnknownHolder`, `UnknownPurpose`, `InvalidAmount` or `MissingField` of `amount`, and
/// `InvalidTerm` or `MissingField` of `term`.
pub fn apply(
    new: &NewApplication,
    found: Found<'_>,
    context: &Context<'_>,
    number: i64,
    key: Key,
) -> Result<(Application, Option<NewLoan>), Refusal> {
    context.require(Permission::CreateLoanAccount)?;
    let unknown_borrower = || Refusal::UnknownHolder { value: new.borrower_account.clone() };
    let borrower = context.holder.and_then(Party::client).ok_or_else(unknown_borrower)?;
    let unknown_purpose = || Refusal::UnknownPurpose { value: new.purpose.value.clone() };
    let purpose = new.purpose.key.ok_or_else(unknown_purpose)?;
    let product = new.product.key.and_then(|key| context.catalog.products.by_key(key));
    check_amount(new, product.map(|product| product.currency))?;
    let installments = installments(new)?;
    if let Some(what) = &new.not_served {
        return Err(Refusal::NotSupported(what.clone()));
    }
    let due_day = due_day(new)?;

    let product = product.ok_or_else(|| Refusal::UnknownProduct { value: new.product.value.clone() })?;
    let refinancing = refinance::agree(new, found, (borrower.key, product.currency), context)?;
    let amount = match &refinancing {
        Some(refinancing) => refinancing.amount(),
        None => stated_amount(new)?.positive_in(product.currency)?,
    };
    let fees = fees(new, amount, product)?;
    let figures = LoanFigures {
        amount: Some(requested(amount, &fees, product.currency)?),
        installments,
        due_day,
        ..figures(new, &fees, product, context.business_date)
    };
    let loan = new_loan(new, borrower, product, number, figures);
    let (terms, _) = create::agreed(&loan, context)?;
    let asked = Asked { new, borrower, purpose, amount, refinancing, fees, terms };
    let application = asked.application(context, number, key)?;
    Ok((application, new.create_schedule.then_some(loan)))
}

fn stated_amount(new: &NewApplication) -> Result<&StatedAmount, Refusal> {
    new.amount.as_ref().ok_or(Refusal::MissingField { field: "amount" })
}

/// Without a product there is no currency yet, but an amount is more than zero in any. What is lent on top of loans
/// that are refinanced stands in its place.
fn check_amount(new: &NewApplication, currency: Option<Currency>) -> Result<(), Refusal> {
    let additional = new.refinancing.as_ref().and_then(|refinancing| refinancing.additional.as_ref());
    additional.map_or(Ok(()), |stated| refinance::check_additional(stated, currency))?;
    if additional.is_some() && new.amount.is_none() {
        return Ok(());
    }
    let stated = stated_amount(new)?;
    if let Some(currency) = currency {
        return stated.positive_in(currency).map(|_| ());
    }
    let invalid = |reason: String| Refusal::InvalidAmount { value: stated.0.clone(), reason };
    let exact = Exact::parse_decimal_text(&stated.0).map_err(|error| invalid(error.to_string()))?;
    if exact > Exact::ZERO { Ok(()) } else { Err(invalid("it must be more than zero".to_owned())) }
}

/// The number of installments, if it was stated; without a maturity date it must be.
fn installments(new: &NewApplication) -> Result<Option<u32>, Refusal> {
    let Some(value) = new.term else {
        let has_maturity = new.maturity_date.is_some();
        return if has_maturity { Ok(None) } else { Err(Refusal::MissingField { field: "term" }) };
    };
    let invalid = |reason: &str| Refusal::InvalidTerm { value, reason: reason.to_owned() };
    if value <= 0 {
        return Err(invalid("it must be more than zero"));
    }
    u32::try_from(value).map(Some).map_err(|_| invalid("no loan has so many installments"))
}

fn due_day(new: &NewApplication) -> Result<Option<u8>, Refusal> {
    let Some(value) = new.due_day else { return Ok(None) };
    let reason = || "a month has the days 1 to 31".to_owned();
    let day = u8::try_from(value).ok().filter(|day| (1..=31).contains(day));
    day.map(Some).ok_or_else(|| Refusal::InvalidDueDay { value, reason: reason() })
}

/// Both fees together are rounded half-up once, so that the requested amount is the rounded product
/// of amount and percentages. The product's fee is rounded half-up too, and the other is the rest.
fn fees(new: &NewApplication, amount: Amount, product: &Product) -> Result<Fees, Refusal> {
    let protect_percent = new.protect_fee_percent.as_ref().map(protect_percent).transpose()?;
    let share = |percent: Rate| {
        Exact::from_amount(amount).times(percent.numerator()).divided_by(percent.denominator())
    };
    let capitalized = share(product.marketplace.capitalized_fee_percent);
    let whole = share(protect_percent.unwrap_or_default());
    let both = (capitalized + whole).round(Rounding::HalfUp);
    let capitalized = capitalized.round(Rounding::HalfUp);
    if product.marketplace.protect.is_charged {
        let (protect, protect_added) = (whole.round(Rounding::HalfUp), Amount::ZERO);
        return Ok(Fees { capitalized, protect, protect_added, protect_percent });
    }
    let protect = both - capitalized;
    Ok(Fees { capitalized, protect, protect_added: protect, protect_percent })
}

/// A premium above the loan itself is taken for a mistake.
fn protect_percent(stated: &StatedPercent) -> Result<Rate, Refusal> {
    let invalid = |reason: String| Refusal::InvalidProtectFee { value: stated.0.clone(), reason };
    let percent = Rate::parse_percent(&stated.0).map_err(|error| invalid(error.to_string()))?;
    if percent > Rate::from_ratio(1, 1) {
        return Err(invalid("it is more than 100 percent".to_owned()));
    }
    Ok(percent)
}

/// amount × (1 + (fee + protect fee) ÷ 100), half-up: what investors are asked for.
fn requested(amount: Amount, fees: &Fees, currency: Currency) -> Result<StatedAmount, Refusal> {
    let requested = amount + fees.capitalized + fees.protect_added;
    if requested > Amount::MAX {
        let reason = "with its fees it is beyond the largest amount".to_owned();
        return Err(Refusal::InvalidAmount { value: amount.to_text(currency), reason });
    }
    Ok(StatedAmount(requested.to_fixed_text(currency)))
}

/// The figures that need no check of their own.
fn figures(new: &NewApplication, fees: &Fees, product: &Product, business_date: Date) -> LoanFigures {
    let currency = product.currency;
    LoanFigures {
        interest_rate: new.interest_rate.clone(),
        expected_disbursement_on: Some(Some(new.disbursal_date.unwrap_or(business_date))),
        first_due_date: new.first_installment_date.map(Some),
        last_due_date: new.maturity_date.map(Some),
        capitalized_fee: Some(StatedAmount((fees.capitalized + fees.protect_added).to_fixed_text(currency))),
        accrual_through: new.eod_accrual_type == Some(EodAccrual::ThroughDate),
        protection: Protection::agreed(
            (new.protect_type, new.protect_waiver_type),
            fees.protect,
            product.marketplace.protect,
        ),
        ..LoanFigures::default()
    }
}

fn new_loan(
    new: &NewApplication,
    borrower: &Client,
    product: &Product,
    number: i64,
    figures: LoanFigures,
) -> NewLoan {
    NewLoan {
        id: new.create_schedule.then(|| loan_id(number)),
        holder: holder_of(borrower.key),
        product: product.key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        figures,
    }
}

/// An application that was checked, and the terms its loan would have.
struct Asked<'a> {
    new: &'a NewApplication,
    borrower: &'a Client,
    purpose: Key,
    amount: Amount,
    refinancing: Option<Refinancing>,
    fees: Fees,
    terms: Terms,
}

impl Asked<'_> {
    fn application(&self, context: &Context<'_>, number: i64, key: Key) -> Result<Application, Refusal> {
        let (new, terms) = (self.new, &self.terms);
        let disbursal_date = new.disbursal_date.unwrap_or(context.business_date);
        let rows = terms.schedule(disbursal_date, context.calendar);
        let rows = rows.map_err(|error| terms.impossible(&error))?;
        let (first, last) = rows.first().zip(rows.last()).expect("a schedule has installments");
        // The ends may differ from the level payment: days before the first, cents in the last.
        let regular = &rows[(rows.len() - 1) / 2];
        Ok(Application {
            key,
            part: self.borrower.part,
            number,
            version: 1,
            borrower: self.borrower.key,
            borrower_account: new.borrower_account.clone(),
            product: terms.product,
            purpose: self.purpose,
            stage: Stage::New,
            application_date: context.business_date,
            currency: terms.currency,
            amount: self.amount,
            requested_amount: terms.amount,
            capitalized_fee: self.fees.capitalized,
            protect_fee: self.fees.protect,
            interest_rate: terms.interest.rate,
            term: terms.installment_count,
            monthly_payment: regular.expected.total(),
            first_payment_date: first.due_date,
            disbursal_date,
            expiry_date: new.expiry_date.unwrap_or(disbursal_date),
            maturity_date: last.due_date,
            due_day: terms.due_day,
            protect_type: new.protect_type,
            protect_fee_percent: self.fees.protect_percent,
            protect_waiver_type: new.protect_waiver_type,
            eod_accrual_type: new.eod_accrual_type,
            eod_fee_accrual: new.eod_fee_accrual,
            refinancing: self.refinancing.clone(),
            order_book: OrderBook::default(),
            amount_in_funding: Amount::ZERO,
            amount_funded: Amount::ZERO,
            loan: new.create_schedule.then(|| loan_of(context, number)),
            created_at: context.recorded_at,
            last_modified_at: context.recorded_at,
            created_by: context.actor.user_key,
            last_modified_by: context.actor.user_key,
        })
    }
}

/// Who holds the loan of an application.
pub(super) fn holder_of(borrower: Key) -> Holder {
    Holder { kind: HolderKind::Client, key: borrower }
}

pub(super) fn loan_of(context: &Context<'_>, number: i64) -> ApplicationLoan {
    ApplicationLoan { key: context.ids.key, account_no: context.ids.account_no, id: loan_id(number) }
}
