//! A loan account for a funded application that has none yet.

use crate::actor::Permission;
use crate::application::apply::{holder_of, loan_of};
use crate::application::{Application, EodAccrual, Stage, loan_id};
use crate::loan::command::{LoanFigures, NewLoan};
use crate::loan::context::Context;
use crate::loan::protection::Protection;
use crate::loan::refusal::{MarketRefusal, Refusal};
use crate::party::Assignment;
use crate::product::ProtectRules;
use crate::stated::{StatedAmount, StatedPercent};

/// By the product as it is by now; one that is gone sets no bound.
fn protection_of(application: &Application, context: &Context<'_>) -> Option<Box<Protection>> {
    let product = context.catalog.products.by_key(application.product);
    let rules = product.map(|product| product.marketplace.protect).unwrap_or_default();
    // Whether the fee is part of the amount was decided with the application.
    let kept = application.requested_amount - application.amount;
    let rules = ProtectRules { is_charged: kept == application.capitalized_fee, ..rules };
    let what = (application.protect_type, application.protect_waiver_type);
    Protection::agreed(what, application.protect_fee, rules)
}

/// Decides the loan of a funded application: on the terms that were agreed, with the id `LAI-…` of its number.
///
/// # Errors
/// `NotPermitted`; `HasLoan`; `WrongApplicationStage` for one that is not funded.
pub fn convert(application: &Application, context: &Context<'_>) -> Result<(Application, NewLoan), Refusal> {
    context.require(Permission::CreateLoanAccount)?;
    if let Some(loan) = &application.loan {
        return Err(MarketRefusal::HasLoan { id: loan.id.clone() }.into());
    }
    if application.stage != Stage::Funded {
        let stage = application.stage.name();
        return Err(Refusal::WrongApplicationStage { command: "convert", stage });
    }
    let currency = application.currency;
    let kept = application.requested_amount - application.amount;
    let figures = LoanFigures {
        amount: Some(StatedAmount(application.requested_amount.to_fixed_text(currency))),
        interest_rate: Some(StatedPercent(application.interest_rate.to_percent_text())),
        installments: Some(application.term),
        due_day: application.due_day,
        expected_disbursement_on: Some(Some(application.disbursal_date)),
        first_due_date: Some(Some(application.first_payment_date)),
        last_due_date: Some(Some(application.maturity_date)),
        capitalized_fee: Some(StatedAmount(kept.to_fixed_text(currency))),
        protection: protection_of(application, context),
        accrual_through: application.eod_accrual_type == Some(EodAccrual::ThroughDate),
        ..LoanFigures::default()
    };
    let loan = NewLoan {
        id: Some(loan_id(application.number)),
        holder: holder_of(application.borrower),
        product: application.product,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        figures,
    };
    let loan_account = Some(loan_of(context, application.number));
    let application = Application { loan: loan_account, ..application.moved_to(Stage::Funded, context) };
    Ok((application, loan))
}
