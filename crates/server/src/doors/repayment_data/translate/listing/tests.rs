use jiff::civil::date;
use loam_book::ids::{Key, Part};
use loam_book::partner::{AllowedNotification, KeyPair};

use super::*;

const BUSINESS: &str = "667d38938450ddf0f7ea2468";

fn business() -> Business {
    let keys = KeyPair { secret_hash: String::new(), public_hash: String::new() };
    Business {
        key: Key::entity(Part::new(0), 0, 0),
        id: BUSINESS.to_owned(),
        name: "A lender".to_owned(),
        live_keys: keys.clone(),
        test_keys: keys,
        live_webhook: None,
        test_webhook: None,
        allowed_notification: AllowedNotification::All,
        time_zone: "Africa/Lagos".to_owned(),
        doubles_seconds: false,
        reads_book: false,
        is_active: true,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn listing(query: &str) -> Result<Listing, DoorError> {
    Query::parse(query).and_then(|query| query.listing(&business()))
}

fn filter(query: &str) -> SubjectFilter {
    listing(query).expect(query).filter.expect(query)
}

#[test]
fn without_parameters_the_first_twenty_clients_are_asked_for() {
    let listing = listing("").expect("nothing is wrong");
    assert_eq!(listing.page(), Page { offset: 0, limit: 20 });
    assert_eq!(listing.filter, Some(clients_of(&business())));
}

#[test]
fn every_parameter_narrows_the_list() {
    let query = "clientId=60D21B4667D0D8992E610C85&externalClientId=A-7&digitalCreditScoreEvolution=stable\
                 &startDate=2024-07-20&endDate=2024-07-20&dcsFrom=300&dcsTo=300&phoneDataCountFrom=0\
                 &phoneDataCountTo=5&limit=5&page=3";
    let expected = SubjectFilter {
        id: Some("60d21b4667d0d8992e610c85".to_owned()),
        reference: Some("A-7".to_owned()),
        created_from: "2024-07-19T23:00:00Z".parse().ok(),
        created_before: "2024-07-20T23:00:00Z".parse().ok(),
        score_from: Some(300),
        score_to: Some(300),
        evolution: Some("stable".to_owned()),
        ..clients_of(&business())
    };
    assert_eq!(filter(query), expected);
    assert_eq!(listing(query).expect("fine").page(), Page { offset: 10, limit: 5 });
}

#[test]
fn a_sort_is_json_in_the_query() {
    let order = |text: &str| filter(&format!("sort={text}")).order;
    assert_eq!(order("%7B%22item%22%3A%22dcs%22%2C%22order%22%3A1%7D"), SubjectOrder::LowestScoreFirst);
    assert_eq!(order("{\"item\":\"dcs\",\"order\":-1}"), SubjectOrder::HighestScoreFirst);
    assert_eq!(order("{\"item\":\"createdAt\",\"order\":1}"), SubjectOrder::OldestFirst);
    assert_eq!(order("{\"item\":\"createdAt\",\"order\":-1}"), SubjectOrder::NewestFirst);
    for wrong in ["dcs", "{}", "{\"item\":\"name\",\"order\":1}", "{\"item\":\"dcs\",\"order\":2}"] {
        assert_eq!(listing(&format!("sort={wrong}")).expect_err(wrong).fields(), ["sort"]);
    }
}

#[test]
fn other_businesses_and_phones_have_no_clients_here() {
    assert!(listing(&format!("businessId={BUSINESS}")).expect("fine").filter.is_some());
    assert_eq!(listing("businessId=667d38938450ddf0f7ea2469").expect("fine").filter, None);
    assert_eq!(listing("phoneDataCountFrom=1").expect("fine").filter, None);
}

#[test]
fn all_wrong_parameters_are_told() {
    let query = "page=0&limit=101&digitalCreditScoreEvolution=up&startDate=2024-07-20&endDate=2024-07-19\
                 &dcsFrom=5&dcsTo=4&phoneDataCountFrom=-1&sort=x";
    let expected =
        ["page", "limit", "digitalCreditScoreEvolution", "endDate", "dcsTo", "phoneDataCountFrom", "sort"];
    assert_eq!(listing(query).expect_err("all of it").fields(), expected);
    assert_eq!(listing("dcsTo=1001").expect_err("too high").fields(), ["dcsTo"]);
    let control = listing("externalClientId=a%00&clientId=%07").expect_err("no name has them");
    assert_eq!(control.fields(), ["externalClientId", "clientId"]);
    assert_eq!(listing("startDate=yesterday").expect_err("no date").fields(), ["startDate"]);
}

#[test]
fn the_last_day_there_is_can_be_asked_for() {
    assert!(filter("endDate=9999-12-31").created_before.is_some());
    assert!(listing("page=92233720368547758&limit=100").is_ok());
}

#[test]
fn a_page_knows_where_it_stands() {
    let at = |number, total| {
        let listing = Listing { filter: None, number, per_page: 20 };
        serde_json::to_value(listing.pagination(total)).unwrap()
    };
    let expected = serde_json::json!({
        "totalDocs": 41, "perPage": 20, "totalPages": 3, "currentPage": 2, "serialNo": 21,
        "hasPrevPage": true, "hasNextPage": true, "prevPage": 1, "nextPage": 3,
    });
    assert_eq!(at(2, 41), expected);
    let nothing = serde_json::json!({
        "totalDocs": 0, "perPage": 20, "totalPages": 1, "currentPage": 1, "serialNo": 1,
        "hasPrevPage": false, "hasNextPage": false, "prevPage": null, "nextPage": null,
    });
    assert_eq!(at(1, 0), nothing);
    assert_eq!(at(2, 40)["hasNextPage"], false);
}

#[test]
fn figures_are_those_of_a_year_unless_days_are_given() {
    let today = date(2024, 7, 20);
    let days = |query: &str| Query::parse(query).and_then(|query| query.days_until(today));
    assert_eq!(days("").ok(), Some(Days { from: date(2023, 8, 1), to: today }));
    assert_eq!(days("startDate=2024-07-01").ok(), Some(Days { from: date(2024, 7, 1), to: today }));
    let ahead = date(2025, 1, 1);
    assert_eq!(days("startDate=2025-01-01").ok(), Some(Days { from: ahead, to: ahead }));
    let june = Days { from: date(2023, 7, 1), to: date(2024, 6, 30) };
    assert_eq!(days("endDate=2024-06-30").ok(), Some(june));
    assert!(days("startDate=2024-07-02&endDate=2024-07-01").is_err());
}
