//! Many callers at once, and more than one server: one loan, every report counted once.

use loam_tests::database::{BOTH, Kind};
use serde_json::{Value, json};

use super::lender::{CUSTOMERS, Lender, caller, customer, lender, loan, on_both, payment, serve, with};

/// How many of the answers have this status.
fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|other| **other == status).count()
}

fn a_hundred_times(lender: &Lender, path: &str, body: &Value) -> Vec<u16> {
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| (0..5).map(|_| lender.send(path, body).status).collect::<Vec<_>>()))
            .collect();
        callers.into_iter().flat_map(|caller| caller.join().expect("a caller ends")).collect()
    })
}

#[test]
fn two_identical_upserts_a_hundred_times_at_once_leave_one_loan() {
    on_both(|lender| {
        let opened = a_hundred_times(lender, "", &customer("1", "A"));
        assert_eq!((count(&opened, 201), count(&opened, 200)), (1, 99));
        let lent = a_hundred_times(lender, "/1/loans", &loan("B"));
        assert_eq!((count(&lent, 201), count(&lent, 200)), (1, 99));
        let paid = a_hundred_times(lender, "/1/payments", &payment("P", "B"));
        assert_eq!((count(&paid, 201), count(&paid, 200)), (1, 99));
        assert_eq!([lender.count("subject"), lender.count("reported_loan"), lender.count("lead")], [1, 2, 1]);
        assert_eq!(lender.shown("/1/loans/B")["payment_count"], 1);
        assert_eq!(lender.count("loan_report"), 300, "each of them was a report");
        assert_eq!(lender.database.number("select cast(sum(version) as bigint) from reported_loan"), 300);
    });
}

#[test]
fn one_loan_id_that_many_customers_ask_for_goes_to_one() {
    on_both(|lender| {
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let ask = |number: usize| lender.send("", &customer(&number.to_string(), "A")).status;
            let callers: Vec<_> = (0..16).map(|number| scope.spawn(move || ask(number))).collect();
            callers.into_iter().map(|caller| caller.join().expect("a caller ends")).collect()
        });
        assert_eq!((count(&statuses, 201), count(&statuses, 409)), (1, 15));
        assert_eq!([lender.count("subject"), lender.count("reported_loan")], [1, 1]);
    });
}

#[test]
fn payments_of_one_loan_from_many_callers_are_all_there() {
    on_both(|lender| {
        lender.open();
        std::thread::scope(|scope| {
            for caller in 0..10 {
                scope.spawn(move || {
                    for number in 0..10 {
                        let body =
                            with(payment(&format!("P{caller}-{number}"), "A"), json!({"payment_amount": 1}));
                        lender.report("/1/payments", &body, 201);
                    }
                });
            }
        });
        assert_eq!(lender.shown("/1/loans/A")["payment_count"], 100);
    });
}

/// Two servers over one PostgreSQL do not know of each other: what one makes, the other changes. Each
/// has so few reports in hand that it wins before the desk gives a batch up.
#[test]
fn one_loan_that_two_servers_are_told_of_at_once_is_one_loan() {
    let lender = lender(Kind::Postgres);
    let second = serve(&lender.database, |_| {});
    let callers = [lender.caller.clone(), caller(&second, &lender.client)];
    for round in 0..10 {
        let (id, loan_id) = (format!("C{round}"), format!("L{round}"));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tell =
                |caller: &loam_tests::http::Caller| caller.post(CUSTOMERS, &customer(&id, &loan_id)).status;
            let callers: Vec<_> =
                callers.iter().cycle().take(4).map(|caller| scope.spawn(move || tell(caller))).collect();
            callers.into_iter().map(|caller| caller.join().expect("a caller ends")).collect()
        });
        assert_eq!((count(&statuses, 201), count(&statuses, 200)), (1, 3), "{statuses:?}");
    }
    assert_eq!([lender.count("subject"), lender.count("reported_loan")], [10, 10]);
    drop(second);
    lender.assert_proven();
}

#[test]
fn what_was_answered_is_there_after_a_kill() {
    for kind in BOTH {
        let lender = lender(kind);
        lender.open();
        let before = lender.shown("/1/loans/A");
        let Lender { server, database, client, .. } = lender;
        server.kill();
        let server = serve(&database, |_| {});
        let shown = caller(&server, &client).get(&format!("{CUSTOMERS}/1/loans/A")).expect(200).json();
        assert_eq!(shown["data"], before);
    }
}
