//! Pages of lists: `offset` and `limit` (contract §1.7).

use loam_app::views::Page;

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;

const DEFAULT_LIMIT: i64 = 50;
const LARGEST_LIMIT: i64 = 1_000;

/// The page that a list was asked for.
pub(crate) fn page(query: &Fields<'_>) -> Result<Page, DoorError> {
    let offset = number(query, "offset", ReturnCode::InvalidPaginationOffsetValue)?.unwrap_or(0);
    if offset < 0 {
        return Err(DoorError::at(ReturnCode::OutOfBoundsPaginationOffsetValue, "offset"));
    }
    let limit = number(query, "limit", ReturnCode::InvalidPaginationLimitValue)?.unwrap_or(DEFAULT_LIMIT);
    if !(0..=LARGEST_LIMIT).contains(&limit) {
        return Err(DoorError::at(ReturnCode::OutOfBoundsPaginationLimitValue, "limit"));
    }
    Ok(Page { offset, limit })
}

fn number(query: &Fields<'_>, name: &'static str, code: ReturnCode) -> Result<Option<i64>, DoorError> {
    let text = query.text(name)?;
    text.map(|text| text.trim().parse().map_err(|_| DoorError::at(code, name))).transpose()
}

/// The part of a list in memory that a page shows.
pub(crate) fn slice<T>(all: impl Iterator<Item = T>, page: Page) -> impl Iterator<Item = T> {
    let whole = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    all.skip(whole(page.offset)).take(whole(page.limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Result<Page, ReturnCode> {
        page(&Fields::of_form(query.as_bytes()).unwrap()).map_err(|error| error.code())
    }

    #[test]
    fn a_page_has_fifty_rows_from_the_first_unless_the_caller_says_otherwise() {
        assert_eq!(of(""), Ok(Page { offset: 0, limit: 50 }));
        assert_eq!(of("Limit=5&OFFSET=10"), Ok(Page { offset: 10, limit: 5 }));
        assert_eq!(of("limit=1000"), Ok(Page { offset: 0, limit: 1_000 }));
    }

    #[test]
    fn each_mistake_has_its_own_code() {
        assert_eq!(of("offset=x"), Err(ReturnCode::InvalidPaginationOffsetValue));
        assert_eq!(of("offset=-1"), Err(ReturnCode::OutOfBoundsPaginationOffsetValue));
        assert_eq!(of("limit=1.5"), Err(ReturnCode::InvalidPaginationLimitValue));
        assert_eq!(of("limit=-1"), Err(ReturnCode::OutOfBoundsPaginationLimitValue));
        assert_eq!(of("limit=1001"), Err(ReturnCode::OutOfBoundsPaginationLimitValue));
    }

    #[test]
    fn a_list_in_memory_is_cut_the_same_way() {
        let cut = |offset, limit| slice(0..5, Page { offset, limit }).collect::<Vec<i32>>();
        assert_eq!(cut(0, 2), [0, 1]);
        assert_eq!(cut(4, 2), [4]);
        assert!(cut(9, 2).is_empty());
    }
}
