//! Loan products, read-only: they are set up through the native door.

use loam_book::actor::Permission;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::page::{page, slice};
use super::translate::product::with_others;

/// `GET /api/loanproducts`.
pub(super) async fn list(asked: Asked) -> Answer {
    asked.require(Permission::ViewLoanProductDetails)?;
    let page = page(&asked.query()?)?;
    let products = slice(asked.catalog().products.iter(), page);
    reply::ok(&products.map(|row| with_others(row, asked.catalog())).collect::<Vec<_>>())
}

/// `GET /api/loanproducts/{product}`.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    asked.require(Permission::ViewLoanProductDetails)?;
    let found = asked.catalog().products.find(&id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidProductId))?;
    reply::ok(&with_others(found, asked.catalog()))
}
