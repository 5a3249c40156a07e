//! Opens a deposit account from a product and the figures agreed.
//!
//! Checks, in this order: permission, product, holder, branch, currency, figures, id.

use loam_calc::money::Amount;

use crate::actor::Permission;
use crate::ids::is_possible_id;
use crate::loan::HolderKind;
use crate::loan::commands::create::{check_assignment, fill_pattern};
use crate::loan::context::Context;
use crate::loan::refusal::{Refusal, SavingsRefusal};
use crate::party::holder::Party;
use crate::product::IdPattern;
use crate::savings::SavingsTerms;
use crate::savings::command::{NewSavings, SavingsFigures};
use crate::savings::commands::agree_interest::agree_interest;
use crate::savings::commands::{SavingsDecision, opened, refused};
use crate::savings::event::{SavingsEvent, SavingsOpening};
use crate::savings::product::{AccountType, SavingsProduct};
use crate::stated::StatedAmount;

/// Decides a new deposit account.
///
/// # Errors
/// A `Refusal` that says what was wrong, with the value.
pub fn create(new: &NewSavings, context: &Context<'_>) -> Result<SavingsDecision, Refusal> {
    context.require(Permission::CreateSavingsAccount)?;
    if new.line_of_credit.is_some() {
        context.require(Permission::AddAccountsToLineOfCredit)?;
    }
    let unknown = || Refusal::UnknownProduct { value: new.product.to_string() };
    let product = context.catalog.savings_products.by_key(new.product).ok_or_else(unknown)?;
    if !product.is_active {
        return Err(Refusal::InactiveProduct { id: product.id.clone() });
    }
    let holder = holder_of(new, product, context)?;
    let assignment = new.assignment.completed_by(holder.assignment());
    check_assignment(&assignment, context)?;
    let is_offered = product.branches.is_empty()
        || assignment.branch.is_some_and(|branch| product.branches.contains(&branch));
    if !is_offered {
        return Err(Refusal::ProductNotInBranch { id: product.id.clone() });
    }
    if new.currency.is_some_and(|currency| currency != product.currency) {
        return refused(SavingsRefusal::ProductMismatch { id: product.id.clone() });
    }
    let mut terms = agree(&new.figures, product, of_product(product))?;
    terms.interest = agree_interest(&new.figures, product, None, context)?;
    let opening = SavingsOpening {
        key: context.ids.key,
        part: context.ids.part,
        account_no: context.ids.account_no,
        id: id_of(new, product, context)?,
        holder: new.holder,
        name: new.name.clone().unwrap_or_else(|| product.name.clone()),
        notes: new.notes.clone(),
        assignment,
        terms,
        line_of_credit: new.line_of_credit,
    };
    Ok(opened(SavingsEvent::Created { opening: Box::new(opening) }, context))
}

/// Who opens the account.
fn holder_of<'a>(
    new: &NewSavings,
    product: &SavingsProduct,
    context: &Context<'a>,
) -> Result<Party<'a>, Refusal> {
    let unknown = || Refusal::UnknownHolder { value: new.holder.key.to_string() };
    let holder = context.holder.filter(|holder| holder.kind() == new.holder.kind).ok_or_else(unknown)?;
    let is_offered = match new.holder.kind {
        HolderKind::Client => product.for_individuals,
        HolderKind::Group => product.for_groups,
    };
    if !is_offered {
        let holder = new.holder.kind.plural();
        return Err(Refusal::ProductNotForHolder { id: product.id.clone(), holder });
    }
    holder.check_state()?;
    holder.check_type(&context.catalog.client_roles)?;
    assert_eq!(holder.part(), context.ids.part, "an account lives in its holder's part");
    Ok(holder)
}

fn of_product(product: &SavingsProduct) -> SavingsTerms {
    SavingsTerms {
        product: product.key,
        currency: product.currency,
        account_type: product.account_type,
        overdraft_limit: product
            .allows_overdraft
            .then(|| product.max_overdraft_limit.unwrap_or(Amount::ZERO)),
        max_withdrawal: product.max_withdrawal,
        recommended_deposit: product.recommended_deposit,
        target: None,
        minimum_opening_balance: product.minimum_opening_balance,
        allows_arbitrary_fees: product.allows_arbitrary_fees,
        interest: None,
        dormancy_days: product.dormancy_days,
        term: product.term,
        accounting: product.accounting.clone(),
    }
}

/// The terms with what is named put in their place.
pub(super) fn agree(
    figures: &SavingsFigures,
    product: &SavingsProduct,
    mut terms: SavingsTerms,
) -> Result<SavingsTerms, Refusal> {
    let amount = |stated: &StatedAmount| stated.in_currency(product.currency);
    let text = |amount: Amount| amount.to_fixed_text(product.currency);
    let limit = figures.overdraft_limit.as_ref().map(amount).transpose()?;
    let names_limit = limit.is_some_and(|limit| !limit.is_zero());
    let wants_overdraft = figures.allows_overdraft == Some(true) || names_limit;
    let wants_none = figures.allows_overdraft == Some(false);
    if wants_overdraft && !product.allows_overdraft || wants_none && names_limit {
        return refused(SavingsRefusal::OverdraftNotAllowed);
    }
    if wants_none {
        terms.overdraft_limit = None;
    } else if let Some(limit) = limit.filter(|_| product.allows_overdraft) {
        let max = product.max_overdraft_limit.unwrap_or(Amount::MAX);
        if limit > max || limit < Amount::ZERO {
            let (value, max) = (text(limit), text(max));
            return refused(SavingsRefusal::OverdraftLimitOutsideProduct { value, max });
        }
        terms.overdraft_limit = Some(limit);
    }
    if let Some(max) = figures.max_withdrawal.as_ref().map(amount).transpose()? {
        if !max.is_positive() {
            let (value, is_zero) = (text(max), max.is_zero());
            return refused(SavingsRefusal::InvalidMaxWithdrawal { value, is_zero });
        }
        terms.max_withdrawal = Some(max);
    }
    if let Some(recommended) = figures.recommended_deposit.as_ref().map(amount).transpose()? {
        if recommended < Amount::ZERO {
            return refused(SavingsRefusal::InvalidRecommendedDeposit { value: text(recommended) });
        }
        terms.recommended_deposit = Some(recommended);
    }
    if let Some(target) = figures.target.as_ref().map(amount).transpose()? {
        set_target(&mut terms, target)?;
    }
    Ok(terms)
}

/// Only who saves by a plan saves for something; nothing is what others may say.
fn set_target(terms: &mut SavingsTerms, target: Amount) -> Result<(), Refusal> {
    if terms.account_type != AccountType::SavingsPlan {
        let says_nothing = target.is_zero();
        let refusal = SavingsRefusal::FieldNotOfType { field: "targetAmount" };
        return if says_nothing { Ok(()) } else { refused(refusal) };
    }
    if target < Amount::ZERO {
        let value = target.to_fixed_text(terms.currency);
        let reason = "it must not be negative".to_owned();
        return refused(SavingsRefusal::InvalidAmount { value, reason });
    }
    terms.target = Some(target);
    Ok(())
}

fn id_of(new: &NewSavings, product: &SavingsProduct, context: &Context<'_>) -> Result<String, Refusal> {
    if let Some(id) = &new.id {
        let refusal = || Refusal::InvalidId { value: id.clone() };
        return is_possible_id(id).then(|| id.clone()).ok_or_else(refusal);
    }
    Ok(match &product.id_pattern {
        IdPattern::Random(pattern) => fill_pattern(pattern, context.ids.random),
        IdPattern::Incremental => context.ids.account_no.to_string(),
    })
}
