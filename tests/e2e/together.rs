//! Many callers at once: every repayment that was acknowledged is there once.

use serde_json::json;

use crate::book::{book, on_both, text};
use loam_tests::database::BOTH;

#[test]
fn repayments_of_one_loan_from_many_callers_all_count() {
    on_both(|book| {
        book.lend("L");
        std::thread::scope(|scope| {
            for caller in 0..8 {
                let admin = book.admin.clone();
                scope.spawn(move || {
                    for turn in 0..5 {
                        // Each key is used twice: by this caller and by its neighbour.
                        let key = format!("{}-{turn}", caller / 2);
                        let admin = admin.clone().with_header("idempotency-key", &key);
                        admin.form("/api/loans/L/transactions", "type=REPAYMENT&amount=1.5").expect(201);
                    }
                });
            }
        });
        let transactions = book.list("/api/loans/L/transactions?limit=1000");
        let repaid = transactions.iter().filter(|transaction| transaction["type"] == "REPAYMENT").count();
        assert_eq!(repaid, 20);
        // 30 in all: 25.45 of interest and the rest of principal.
        assert_eq!(book.loan("L")["principalPaid"], "4.55");
        assert_eq!(book.loan("L")["interestPaid"], "25.45");
    });
}

#[test]
fn the_last_cent_is_taken_from_one_caller_only() {
    on_both(|book| {
        book.lend("L");
        let taken: usize = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..6)
                .map(|_| scope.spawn(|| book.try_act("L", "type=REPAYMENT&amount=1079.77").status))
                .collect();
            let statuses = callers.into_iter().map(|caller| caller.join().expect("a caller ends"));
            statuses.filter(|status| *status == 201).count()
        });
        assert_eq!(taken, 1);
        assert_eq!(book.loan("L")["accountState"], "CLOSED");
    });
}

#[test]
fn one_id_is_given_to_one_of_many_who_ask_for_it() {
    on_both(|book| {
        let made: usize = std::thread::scope(|scope| {
            let ask = |number: usize| {
                let client =
                    json!({"client": {"id": "SAME", "firstName": "N", "lastName": number.to_string()}});
                book.admin.post("/api/clients", &client)
            };
            let callers: Vec<_> = (0..6).map(|number| scope.spawn(move || ask(number))).collect();
            let answers: Vec<_> =
                callers.into_iter().map(|caller| caller.join().expect("a caller ends")).collect();
            for answer in answers.iter().filter(|answer| answer.status != 201) {
                answer.expect_refusal(400, 316, "CLIENT_ID_ALREADY_IN_USE");
            }
            answers.iter().filter(|answer| answer.status == 201).count()
        });
        assert_eq!(made, 1);
        assert_eq!(book.list("/api/clients").len(), 2);
    });
}

#[test]
fn days_close_while_callers_repay() {
    on_both(|book| {
        for number in 0..10 {
            book.lend(&format!("L{number}"));
        }
        std::thread::scope(|scope| {
            scope.spawn(|| book.close_days("2012-08-05"));
            for number in 0..10 {
                scope.spawn(move || {
                    for _ in 0..5 {
                        book.act(&format!("L{number}"), "type=REPAYMENT&amount=43.09");
                    }
                });
            }
        });
        for number in 0..10 {
            let loan = book.loan(&format!("L{number}"));
            assert_eq!(text(&loan["principalPaid"]), "190", "{loan}");
            assert_eq!(loan["accountState"], "ACTIVE");
        }
    });
}

#[test]
fn a_server_that_is_asked_to_end_loses_nothing_that_it_acknowledged() {
    for kind in BOTH {
        println!("on {kind:?}");
        let book = book(kind);
        book.lend("L");
        let admin = book.admin.clone();
        let (under_way, is_under_way) = std::sync::mpsc::channel();
        let stream = std::thread::spawn(move || {
            let mut acknowledged = 0;
            let repay = || {
                let form = Some("application/x-www-form-urlencoded");
                admin.try_send("POST", "/api/loans/L/transactions", form, "type=REPAYMENT&amount=0.01")
            };
            while let Ok(answer) = repay() {
                if answer.status != 201 {
                    break;
                }
                acknowledged += 1;
                if acknowledged == 10 {
                    under_way.send(()).expect("the test waits for it");
                }
            }
            acknowledged
        });
        is_under_way.recv().expect("ten repayments are taken");
        let book = book.restarted(loam_tests::server::command);
        let acknowledged: usize = stream.join().expect("the stream ends");
        let cents = book.database.number("select count(*) from loan_transaction where amount_minor = 1");
        let cents = usize::try_from(cents).expect("a count");
        assert!(
            cents == acknowledged || cents == acknowledged + 1,
            "{acknowledged} acknowledged, {cents} kept"
        );
        book.assert_proven();
    }
}

#[test]
fn what_one_caller_sends_fails_no_other_caller() {
    on_both(|book| {
        for number in 0..6 {
            book.lend(&format!("L{number}"));
        }
        book.apply("STRANGE");
        std::thread::scope(|scope| {
            for number in 0..6 {
                scope.spawn(move || {
                    for _ in 0..20 {
                        book.act(&format!("L{number}"), "type=REPAYMENT&amount=1");
                    }
                });
            }
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let strange = json!({"loanAccount": {"notes": "a\u{0}b"}});
                        book.admin.patch("/api/loans/STRANGE", &strange);
                    }
                });
            }
        });
    });
}
