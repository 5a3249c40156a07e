//! Comments on accounts, clients and records.

use serde_json::{Value, json};

use crate::book::{on_both, text};
use crate::subset::assert_shows;

#[test]
fn comments_are_kept_with_everything_that_has_them() {
    on_both(|book| {
        let loan = book.apply("L");
        let savings_product = crate::savings::savings_product(book, &json!({}));
        let deposit = crate::savings::open_with(book, "S1", &savings_product, &json!({}));
        let entities = [
            ("clients", "8", book.client.clone()),
            ("loans", "L", text(&loan["encodedKey"])),
            ("loanproducts", "AGRL", book.product.clone()),
            ("savings", "S1", text(&deposit["encodedKey"])),
            ("savingsproducts", "DSAV", savings_product),
            ("branches", "2", book.branch.clone()),
            ("centres", "CD", book.centre.clone()),
            ("users", "creditofficer", book.officer.clone()),
        ];
        for (entity, id, key) in &entities {
            for (id, said) in [(*id, "first"), (key.as_str(), "second <b>")] {
                let body = json!({"comment": {"text": said, "encodedKey": null, "other": 1}, "appkey": "x"});
                let posted =
                    book.admin.post(&format!("/api/{entity}/{id}/comments/"), &body).expect(201).json();
                assert_shows(&posted, &json!({"text": said, "parentKey": key}));
            }
            let listed = book.list(&format!("/api/{entity}/{id}/comments?limit=50&offset=0"));
            let texts: Vec<&Value> = listed.iter().map(|comment| &comment["text"]).collect();
            assert_eq!(texts, ["first", "second <b>"]);
            assert!(text(&listed[0]["creationDate"]).ends_with("+0000"), "{listed:?}");
            assert_eq!(book.list(&format!("/api/{entity}/{key}/comments?offset=1")), listed[1..]);
        }
        assert_eq!(book.rows("paper"), 16);
    });
}

#[test]
fn a_comment_without_a_text_or_about_nothing_is_refused() {
    on_both(|book| {
        book.apply("L");
        let post = |path: &str, body: Value| book.admin.post(path, &body);
        let say = |said: &str| json!({"comment": {"text": said}});
        post("/api/loans/L/comments", say("")).expect_refusal(400, 1600, "MISSING_TEXT");
        post("/api/loans/L/comments", say(" \n ")).expect_refusal(400, 1600, "MISSING_TEXT");
        post("/api/loans/L/comments", json!({"comment": {}})).expect_refusal(400, 1600, "MISSING_TEXT");
        post("/api/loans/L/comments", say(&"x".repeat(32_001))).expect_refusal(
            400,
            1601,
            "MAX_TEXT_LENGTH_EXCEEDED",
        );
        post("/api/loans/L/comments", json!({"text": "x"})).expect_refusal(400, 30, "MISSING_ENTITY_JSON");
        post("/api/loans/NONE/comments", say("x")).expect_refusal(404, 100, "INVALID_LOAN_ACCOUNT_ID");
        post("/api/clients/NONE/comments", say("x")).expect_refusal(404, 301, "INVALID_CLIENT_ID");
        post("/api/savings/NONE/comments", say("x")).expect_refusal(404, 400, "INVALID_SAVINGS_ACCOUNT_ID");
        post("/api/branches/NONE/comments", say("x")).expect_refusal(404, 800, "INVALID_BRANCH_ID");
        post("/api/nothing/L/comments", say("x")).expect_refusal(404, 3, "INVALID_API_OPERATION");
        assert_eq!(book.rows("paper"), 0);
        post("/api/loans/L/comments", say(&"ö".repeat(32_000))).expect(201);
    });
}

#[test]
fn who_may_see_a_thing_may_comment_on_it() {
    on_both(|book| {
        book.apply("L");
        let viewer = book.user_with("viewer", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        let body = json!({"comment": {"text": "seen"}});
        viewer.post("/api/loans/L/comments", &body).expect(201);
        viewer.get("/api/loans/L/comments").expect(200);
        viewer.post("/api/clients/8/comments", &body).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        viewer.get("/api/clients/8/comments").expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let retry = book.admin.clone().with_header("idempotency-key", "one");
        let first = retry.post("/api/loans/L/comments", &body).expect(201).json();
        assert_eq!(retry.post("/api/loans/L/comments", &body).expect(201).json(), first);
        assert_eq!(book.list("/api/loans/L/comments").len(), 2);
    });
}
