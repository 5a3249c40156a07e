//! Single figures of how the lender stands today (contract §5.7).

use std::collections::BTreeMap;

use loam_app::indicators::work_out;
use loam_book::actor::Permission;
use loam_book::indicator::Indicator;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;

/// The names; only that of the number of clients is the contract's for certain.
const NAMES: [(&str, Indicator); 18] = [
    ("NUM_CLIENTS", Indicator::Clients),
    ("NUM_ACTIVE_CLIENTS", Indicator::ActiveClients),
    ("NUM_GROUPS", Indicator::Groups),
    ("NUM_ACTIVE_LOANS", Indicator::ActiveLoans),
    ("NUM_LOANS_IN_ARREARS", Indicator::LoansInArrears),
    ("NUM_LOANS_PENDING_APPROVAL", Indicator::LoansPending),
    ("NUM_LOANS_APPROVED", Indicator::LoansApproved),
    ("NUM_ACTIVE_DEPOSITS", Indicator::ActiveDeposits),
    ("GROSS_LOAN_PORTFOLIO", Indicator::Portfolio),
    ("TOTAL_INTEREST_BALANCE", Indicator::InterestOwed),
    ("TOTAL_FEES_BALANCE", Indicator::FeesOwed),
    ("TOTAL_PENALTY_BALANCE", Indicator::PenaltiesOwed),
    ("TOTAL_DEPOSITS", Indicator::Deposits),
    ("PORTFOLIO_AT_RISK", Indicator::PortfolioAtRisk { days: 0 }),
    ("PORTFOLIO_AT_RISK_30", Indicator::PortfolioAtRisk { days: 30 }),
    ("PORTFOLIO_AT_RISK_60", Indicator::PortfolioAtRisk { days: 60 }),
    ("PORTFOLIO_AT_RISK_90", Indicator::PortfolioAtRisk { days: 90 }),
    ("PORTFOLIO_AT_RISK_180", Indicator::PortfolioAtRisk { days: 180 }),
];

/// `GET /api/indicators/{NAME}`: the name with its value.
pub(super) async fn show(At(name): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewIntelligence)?;
    asked.require_all_officers()?;
    let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
    let (name, indicator) = known.ok_or_else(|| DoorError::new(ReturnCode::InvalidIndicators))?;
    let within = asked.branches_of_list(None)?;
    let now = (&asked.now.state, asked.catalog());
    let value = work_out(asked.services.reading.store(), *indicator, now, &within).await?;
    reply::ok(&BTreeMap::from([(name, value)]))
}
