//! Many at once: the same report a hundred times leaves one loan.

use serde_json::json;

use super::lender::{on_both, put, report};

#[test]
fn a_hundred_reports_of_one_loan_at_once_leave_one() {
    on_both(|lender| {
        let client = lender.client("A");
        let body = report(&client);
        std::thread::scope(|scope| {
            for _ in 0..20 {
                let (caller, body) = (lender.secret.clone(), body.clone());
                scope.spawn(move || {
                    for _ in 0..5 {
                        let shown = put(&caller, &body).expect(200).json();
                        assert_eq!(shown["data"]["loans"].as_array().map(Vec::len), Some(1));
                    }
                });
            }
        });
        let shown = lender.read("/v1/api/clients/A");
        assert_eq!(
            (shown["loans"].as_array().map(Vec::len), &shown["loans"][0]["__v"]),
            (Some(1), &json!(99))
        );
        assert_eq!(lender.database.number("select count(*) from reported_loan"), 1);
        assert_eq!(lender.database.number("select count(*) from loan_report"), 100);
    });
}

#[test]
fn of_many_who_create_the_same_client_one_does() {
    on_both(|lender| {
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let body = json!({"externalClientId": "A"});
            let callers: Vec<_> = (0..20)
                .map(|_| {
                    let (caller, body) = (lender.secret.clone(), body.clone());
                    scope.spawn(move || caller.post("/v1/api/clients", &body).status)
                })
                .collect();
            callers.into_iter().map(|caller| caller.join().expect("a caller ends")).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 19, "{statuses:?}");
        assert_eq!(lender.database.number("select count(*) from subject"), 1);
    });
}
