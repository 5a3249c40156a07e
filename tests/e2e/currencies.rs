//! Currencies with exchange rates, risk levels, and the branding that nobody has.

use serde_json::{Value, json};

use crate::book::{on_both, record};
use crate::subset::assert_shows;

#[test]
fn a_foreign_currency_has_rates_from_days_on() {
    on_both(|book| {
        assert_eq!(book.list("/api/currencies/EUR/rates"), Vec::<Value>::new());
        let post = |body: Value| book.admin.post("/api/currencies/EUR/rates", &body);
        let first =
            post(json!({"buyRate": "1.25", "sellRate": 1.300, "startDate": "2012-06-01"})).expect(201).json();
        let expected = json!({"buyRate": "1.25", "sellRate": "1.3", "startDate": "2012-06-01T00:00:00+0000"});
        assert_eq!(first, expected);
        let second =
            book.admin.form("/api/currencies/eur/rates", "buyRate=1.26&sellRate=1.26").expect(201).json();
        assert_shows(&second, &json!({"startDate": "2012-06-28T00:00:00+0000"}));
        assert_eq!(book.list("/api/currencies/EUR/rates"), [second.clone(), first.clone()]);
        assert_eq!(book.list("/api/currencies/EUR/rates?offset=1"), [first]);
        assert_eq!(book.list("/api/currencies").len(), 1);
        assert_shows(
            &book.read("/api/currencies?includeForeign=true"),
            &json!([{"code": "USD"}, {"code": "EUR"}]),
        );
        assert_eq!(book.read("/api/currencies/EUR")["isBaseCurrency"], false);
    });
}

#[test]
fn a_rate_that_is_not_possible_is_refused() {
    on_both(|book| {
        let post = |code: &str, buy: &str, sell: &str, start: &str| {
            let body = json!({"buyRate": buy, "sellRate": sell, "startDate": start});
            book.admin.post(&format!("/api/currencies/{code}/rates"), &body)
        };
        post("XYZ", "1", "1", "2012-06-28").expect_refusal(404, 650, "INVALID_CURRENCY_CODE");
        post("EUR", "x", "1", "2012-06-28").expect_refusal(400, 654, "INVALID_EXCHANGE_RATE_VALUE");
        post("EUR", "0", "1", "2012-06-28").expect_refusal(400, 654, "INVALID_EXCHANGE_RATE_VALUE");
        post("EUR", "", "1", "2012-06-28").expect_refusal(400, 654, "INVALID_EXCHANGE_RATE_VALUE");
        post("EUR", "1.1", "1", "2012-06-28").expect_refusal(400, 656, "BUY_RATE_GREATER_THAN_SELL_RATE");
        post("USD", "1", "1", "2012-06-28").expect_refusal(400, 658, "RATE_TO_SAME_CURRENCY");
        post("EUR", "1", "1", "2012-06-29").expect_refusal(400, 660, "START_DATE_IN_FUTURE");
        assert_eq!(book.rows("record where kind = 'exchange_rates'"), 0);
        post("EUR", "1", "1", "2012-06-28").expect(201);
        post("EUR", "1", "1", "2012-06-28").expect_refusal(400, 661, "DATE_ON_LAST_RATE_DATE");
        post("EUR", "1", "1", "2012-06-27").expect_refusal(400, 659, "DATE_BEFORE_LAST_RATE_DATE");
        let viewer = book.user_with("viewer", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        let body = json!({"buyRate": "1", "sellRate": "1"});
        viewer.post("/api/currencies/GBP/rates", &body).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        viewer.get("/api/currencies/EUR/rates").expect(200);
    });
}

#[test]
fn risk_levels_are_bands_of_days_in_arrears() {
    on_both(|book| {
        let level = json!({"id": "A", "name": "Watch", "fromDays": 1, "toDays": "30"});
        record(&book.admin, "risk-levels", &level);
        record(&book.admin, "risk-levels", &json!({"id": "B", "name": "Loss", "fromDays": 31}));
        let shown = book.read("/loam/v1/risk-levels");
        assert_shows(&shown, &json!([{"id": "A", "fromDays": 1, "toDays": 30}, {"id": "B", "toDays": null}]));
        let wrong = book.admin.patch("/loam/v1/risk-levels/A", &json!({"toDays": 0})).expect(400).json();
        assert_eq!(wrong["error"]["field"], "toDays", "{wrong}");
        book.admin.patch("/loam/v1/risk-levels/A", &json!({"toDays": 60})).expect(200);
    });
}

#[test]
fn there_is_no_logo_and_no_icon() {
    on_both(|book| {
        book.admin.get("/api/settings/branding/logo").expect_refusal(404, 1501, "NO_ORGANIZATION_LOGO");
        book.admin.get("/api/settings/branding/icon").expect_refusal(404, 1500, "NO_ORGANIZATION_ICON");
    });
}
