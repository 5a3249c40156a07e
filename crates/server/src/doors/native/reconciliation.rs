//! Where reports about serviced loans differ from the book. The book is never moved by them.

use axum::Json;
use axum::extract::State;
use loam_app::views::ReportedLoanFilter;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::reconcile::differences;

use crate::Services;

use super::call::Call;
use super::error::DoorError;
use super::query::Query;
use super::targets::instant;
use super::wire;

/// Reported loans that are linked to a loan of the book and differ from it.
#[utoipa::path(
    get,
    path = "/loam/v1/reconciliation",
    tag = "outside",
    operation_id = "reconcile",
    params(
        ("organization" = Option<String>, Query, description = "Only reports of this organization"),
        ("offset" = Option<i64>, Query, description = "How many linked loans to skip"),
        ("limit" = Option<i64>, Query, description = "How many to compare: at most 1000, otherwise 50"),
    ),
    responses((status = 200, body = wire::Reconciliation), (status = "4XX", body = wire::ErrorBody)),
)]
pub(super) async fn reconcile(
    State(services): State<Services>,
    query: Query,
    _call: Call,
) -> Result<Json<wire::Reconciliation>, DoorError> {
    let page = query.page()?;
    let organization = query.text("organization").map(str::to_owned);
    let filter = ReportedLoanFilter { organization, only_linked: true, ..ReportedLoanFilter::default() };
    let linked = services.reading.store().reported_loans(&filter, page).await?;
    let count = i64::try_from(linked.len()).unwrap_or(i64::MAX);
    let mut loans = Vec::new();
    let mut compared = 0;
    for reported in &linked {
        let Some(address) = reported.serviced() else { continue };
        let Some(serviced) = services.reading.serviced(address).await? else { continue };
        compared += 1;
        let found = differences(reported, &serviced.told());
        if !found.is_empty() {
            loans.push(shown(reported, serviced.loan.id.clone(), found));
        }
    }
    let next_offset = (count == page.limit).then_some(page.offset + count);
    Ok(Json(wire::Reconciliation { compared, next_offset, loans }))
}

fn shown(
    reported: &ReportedLoan,
    loan: String,
    found: Vec<loam_book::reporting::reconcile::Difference>,
) -> wire::ReconciledLoan {
    let differences = found.into_iter().map(|difference| wire::Difference {
        field: difference.field,
        reported: difference.reported,
        book: difference.book,
    });
    wire::ReconciledLoan {
        scheme: reported.scheme.name(),
        organization: reported.organization.clone(),
        loan_id: reported.id.clone(),
        loan,
        reported_date: instant(reported.last_modified_at),
        differences: differences.collect(),
    }
}
