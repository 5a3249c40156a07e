//! What a request names: a borrower by account, a purpose by name, a product, an application.

use loam_app::command::Address;
use loam_app::error::StoreError;
use loam_app::reading::Reading;
use loam_app::views::{Page, SubjectFilter};
use loam_book::application::foreign_id::{self, ForeignId, ForeignKind};
use loam_book::application::refinance::{self, StatedLoan};
use loam_book::application::{Application, Resolved};
use loam_book::catalog::Catalog;
use loam_book::ids::Part;
use loam_book::loan::refusal::IdKind;
use loam_book::loan::{Closure, Loan, LoanState};
use loam_book::reporting::subject::{Scheme, SubjectName};
use loam_book::savings::Savings;

use crate::borrower_accounts::ORGANIZATION;

use super::error::{DoorError, Named, Row};

/// The product of applications that name none.
const DEFAULT_PRODUCT: &str = "Default";

/// A borrower whose account is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Borrower {
    pub(super) account: ForeignId,
    pub(super) client: Address,
}

/// The borrower behind an account id of 15 or 18 characters.
///
/// # Errors
/// Account Id is null; Unable to find the Account, also for what is no such id.
pub(super) async fn borrower(reading: &Reading, id: Option<&str>) -> Result<Borrower, DoorError> {
    let id = id.filter(|id| !id.trim().is_empty()).ok_or_else(|| DoorError::row(Row::AccountIdNull))?;
    let unknown = || DoorError::row(Row::AccountNotFound);
    let account = ForeignId::parse(id).map_err(|_| unknown())?;
    let name = SubjectName {
        scheme: Scheme::MarketplaceAccount,
        organization: ORGANIZATION.to_owned(),
        id: account.to_string(),
        reference: None,
    };
    let subject = reading.store().subject(name.address()).await?;
    let client = subject.and_then(|subject| subject.client).ok_or_else(unknown)?;
    Ok(Borrower { account, client })
}

const FIRST: Page = Page { offset: 0, limit: 1 };

/// The account by which the marketplace knows the borrower of a loan: the one that applied for it, else the one that was
/// registered first. Whoever has none is shown under the id that would be made.
///
/// # Errors
/// What the store answers.
pub(super) async fn account_of(
    reading: &Reading,
    loan: &Loan,
    application: Option<&Application>,
) -> Result<ForeignId, StoreError> {
    let made = ForeignId::of_key(ForeignKind::Account, loan.part, loan.holder.key);
    let known = match application {
        Some(application) => Some(application.borrower_account.clone()),
        None => {
            let filter = SubjectFilter {
                scheme: Some(Scheme::MarketplaceAccount),
                organization: Some(ORGANIZATION.to_owned()),
                client: Some(Address { part: loan.part, key: loan.holder.key }),
                ..SubjectFilter::default()
            };
            reading.store().subjects(&filter, FIRST).await?.pop().map(|subject| subject.id)
        }
    };
    Ok(known.and_then(|id| ForeignId::parse(&id).ok()).unwrap_or(made))
}

/// An investor whose account is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Investor {
    pub(super) id: ForeignId,
    pub(super) account: Address,
}

/// The investor behind an account id: the id of a deposit account where that has the form of 15 characters, else one
/// that is made of its part and number; the deposit account's own id and key are taken too.
///
/// # Errors
/// INVESTOR_ID_NULL, INVESTOR_ACCOUNT_NOT_FOUND.
pub(super) async fn investor(reading: &Reading, id: Option<&str>) -> Result<Investor, DoorError> {
    let named = |named: Named| DoorError::Named(named);
    let id = id.filter(|id| !id.trim().is_empty()).ok_or_else(|| named(Named::InvestorIdNull))?;
    let unknown = || named(Named::InvestorAccountNotFound);
    let parsed = ForeignId::parse(id).ok();
    if let Some(parsed) = parsed
        && let Some(account) = reading.find_savings(&parsed.to_string()).await?
    {
        return Ok(Investor { id: parsed, account });
    }
    let address = deposit_account(reading, (id, parsed)).await?.ok_or_else(unknown)?;
    let account = reading.store().savings(address).await?.ok_or_else(unknown)?;
    Ok(Investor { id: investor_id(&account), account: address })
}

/// The id by which the marketplace knows a deposit account.
pub(super) fn investor_id(account: &Savings) -> ForeignId {
    let made =
        foreign_id::Named { kind: ForeignKind::Account, part: account.part, number: account.account_no };
    ForeignId::parse(&account.id).unwrap_or_else(|_| ForeignId::new(made))
}

/// The loan with this id of 15 or 18 characters, this name (`LAI-…`) or this key.
///
/// # Errors
/// LOAN_ACCOUNT_NOT_FOUND.
pub(super) async fn loan(reading: &Reading, id: &str) -> Result<Loan, DoorError> {
    let unknown = || DoorError::Named(Named::LoanNotFound);
    let named = ForeignId::parse(id).ok().and_then(ForeignId::named);
    let named = named.filter(|named| matches!(named.kind, ForeignKind::Loan | ForeignKind::LoanDisbursement));
    let address = match named {
        Some(named) => reading.store().account_numbered(IdKind::Loan, named.part, named.number).await?,
        None => reading.find_loan(id).await?,
    };
    let loan = reading.store().loan(address.ok_or_else(unknown)?).await?.ok_or_else(unknown)?;
    let is_deleted = matches!(loan.state(), LoanState::Closed { closure: Closure::Deleted, .. });
    if is_deleted { Err(unknown()) } else { Ok(loan) }
}

/// Finds the loans that are named; those that are not there stay as they are, and the book says which in its place.
/// Of more than are refinanced at once the book needs no more than the count.
///
/// # Errors
/// What the store answers.
pub(super) async fn loans_to_refinance(reading: &Reading, named: &mut [StatedLoan]) -> Result<(), DoorError> {
    if named.len() > refinance::MOST {
        return Ok(());
    }
    for stated in named {
        stated.loan = match loan(reading, &stated.value).await {
            Ok(found) => Some(Address { part: found.part, key: found.key }),
            Err(DoorError::Named(Named::LoanNotFound)) => None,
            Err(error) => return Err(error),
        };
    }
    Ok(())
}

/// An account by what is not its own id of 15 or 18 characters.
async fn deposit_account(
    reading: &Reading,
    (id, parsed): (&str, Option<ForeignId>),
) -> Result<Option<Address>, DoorError> {
    let Some(parsed) = parsed else { return Ok(reading.find_savings(id).await?) };
    let made = parsed.named().filter(|named| named.kind == ForeignKind::Account);
    let Some(made) = made else { return Ok(None) };
    Ok(reading.store().account_numbered(IdKind::Savings, made.part, made.number).await?)
}

/// The purpose of this name, or with this id of 15 or 18 characters.
pub(super) fn purpose(catalog: &Catalog, name: Option<String>) -> Resolved {
    let value = name.unwrap_or_default();
    let by_name = catalog.purposes.iter().find(|purpose| purpose.name == value);
    let by_id = || ForeignId::parse(&value).ok().and_then(|id| catalog.purposes.find(&id.to_string()));
    let key = by_name.or_else(by_id).map(|purpose| purpose.key);
    Resolved { value, key }
}

/// The product with this id or key, or this id of 15 or 18 characters; if none is named, the one with
/// the id `Default`, or else the only active one.
pub(super) fn product(catalog: &Catalog, id: Option<String>) -> Resolved {
    let Some(value) = id else { return default_product(catalog) };
    let short = || ForeignId::parse(&value).ok().and_then(|id| catalog.products.find(&id.to_string()));
    let key = catalog.products.find(&value).or_else(short).map(|product| product.key);
    Resolved { value, key }
}

fn default_product(catalog: &Catalog) -> Resolved {
    let mut active = catalog.products.iter().filter(|product| product.is_active);
    let only = active.next().filter(|_| active.next().is_none());
    let found = catalog.products.find(DEFAULT_PRODUCT).or(only);
    Resolved { value: DEFAULT_PRODUCT.to_owned(), key: found.map(|product| product.key) }
}

/// The application with this id of 15 or 18 characters, or this name.
///
/// # Errors
/// What the store answers.
pub(super) async fn application(reading: &Reading, id: &str) -> Result<Option<Application>, StoreError> {
    let Some((part, number)) = application_number(id) else { return Ok(None) };
    reading.store().application_by_number(part, number).await
}

/// Where it is, for whoever needs no more.
///
/// # Errors
/// What the store answers.
pub(super) async fn application_place(reading: &Reading, id: &str) -> Result<Option<Address>, StoreError> {
    let Some((part, number)) = application_number(id) else { return Ok(None) };
    reading.store().application_place(part, number).await
}

/// The number of an application, and its part where the id tells it.
fn application_number(id: &str) -> Option<(Option<Part>, i64)> {
    if let Some(number) = number_of_name(id) {
        return Some((None, number));
    }
    let named = ForeignId::parse(id).ok().and_then(ForeignId::named)?;
    (named.kind == ForeignKind::Application).then_some((Some(named.part), named.number))
}

/// `APP-00038502` is 38502.
fn number_of_name(name: &str) -> Option<i64> {
    let digits = name.strip_prefix("APP-")?;
    let is_number = digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use loam_book::ids::Key;
    use loam_book::partner::LoanPurpose;
    use loam_book::product::Product;
    use loam_book::record::Record;

    use super::*;

    fn key(n: u64) -> Key {
        Key::entity(Part::new(0), 0, n)
    }

    fn products(ids: &[(&str, bool)]) -> Catalog {
        let text = include_str!("../../../../app/tests/app/product.json");
        let product: Product = serde_json::from_str(text).expect("the product is complete");
        let record = |(n, (id, is_active)): (u64, &(&str, bool))| {
            Record::Product(Box::new(Product {
                key: key(n),
                id: (*id).to_owned(),
                is_active: *is_active,
                ..product.clone()
            }))
        };
        Catalog::new(1, (1..).zip(ids).map(record).collect())
    }

    fn found(catalog: &Catalog, id: Option<&str>) -> Option<Key> {
        product(catalog, id.map(str::to_owned)).key
    }

    #[test]
    fn a_product_is_named_by_id_key_and_both_forms_of_a_foreign_id() {
        let catalog = products(&[("a8B6g000000gKyS", true), ("Default", true)]);
        let long = ForeignId::parse("a8B6g000000gKyS").expect("15 characters").to_18();
        for id in ["a8B6g000000gKyS", &long, &key(1).to_string()] {
            assert_eq!(found(&catalog, Some(id)), Some(key(1)), "{id}");
        }
        assert_eq!(found(&catalog, Some("a8B6g000000gKySAAA")), None, "the checksum is wrong");
        assert_eq!(found(&catalog, Some("Other")), None);
    }

    #[test]
    fn the_default_product_is_called_so_or_the_only_active_one() {
        assert_eq!(found(&products(&[("A", true), ("Default", true)]), None), Some(key(2)));
        assert_eq!(found(&products(&[("A", true), ("B", false)]), None), Some(key(1)));
        assert_eq!(found(&products(&[("A", true), ("B", true)]), None), None);
        assert_eq!(found(&products(&[]), None), None);
    }

    #[test]
    fn a_purpose_is_named_by_its_name_or_id() {
        let at = Timestamp::UNIX_EPOCH;
        let family = LoanPurpose {
            key: key(7),
            id: "a1hG0000000JR1t".to_owned(),
            name: "Family".to_owned(),
            created_at: at,
            last_modified_at: at,
        };
        let catalog = Catalog::new(1, vec![Record::Purpose(family)]);
        for name in ["Family", "a1hG0000000JR1t", "a1hG0000000JR1tIAG"] {
            assert_eq!(purpose(&catalog, Some(name.to_owned())).key, Some(key(7)), "{name}");
        }
        for name in [None, Some("family"), Some("a1hG0000000JR1tIAA"), Some("Yacht")] {
            assert_eq!(purpose(&catalog, name.map(str::to_owned)).key, None, "{name:?}");
        }
    }

    #[test]
    fn a_name_has_eight_digits_or_more() {
        assert_eq!(number_of_name("APP-00038502"), Some(38_502));
        assert_eq!(number_of_name("APP-123456789"), Some(123_456_789));
        for other in
            ["APP-1", "APP-", "APP--0000001", "app-00038502", "LAI-00038502", "APP-99999999999999999999"]
        {
            assert_eq!(number_of_name(other), None, "{other}");
        }
    }
}
