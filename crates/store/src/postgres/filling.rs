//! A book that is being filled: nobody opens one whose filling was broken off.

use deadpool_postgres::ClientWrapper;
use loam_app::error::StoreError;

use super::failed;
use super::properties::select_property;
use crate::error::OpenError;

/// The property of a book that is not whole yet.
const BEING_FILLED: &str = "being_filled";

pub(crate) async fn mark(client: &ClientWrapper) -> Result<(), StoreError> {
    let sql = "insert into book_property (name, value) values ($1, 'true')";
    client.execute(sql, &[&BEING_FILLED]).await.map_err(failed).map(|_| ())
}

pub(crate) async fn unmark(client: &ClientWrapper) -> Result<(), StoreError> {
    let sql = "delete from book_property where name = $1";
    client.execute(sql, &[&BEING_FILLED]).await.map_err(failed).map(|_| ())
}

/// # Errors
/// When somebody is filling the book, or stopped before it was whole.
pub(super) async fn must_be_whole(client: &ClientWrapper, address: &str) -> Result<(), OpenError> {
    let is_being_filled = select_property(client, BEING_FILLED).await?.is_some();
    if is_being_filled { Err(OpenError::NotWhole(address.to_owned())) } else { Ok(()) }
}
