//! The closing of days is killed and goes on where it was: nothing twice, nothing left out.

use loam_tests::database::{BOTH, Database};
use loam_tests::http::Caller;
use loam_tests::server::Server;
use serde_json::json;

use crate::book::{assert_sound, fill, start};

/// Loans are paid out on the last of January: eleven installments fall due by then.
const THROUGH: &str = "2024-12-31";
const DUE: usize = 11;

fn close_days(admin: &Caller) -> bool {
    close_through(admin, THROUGH)
}

/// Whether days were closed through one; not when the server is gone.
pub(crate) fn close_through(admin: &Caller, through: &str) -> bool {
    let body = json!({ "through": through }).to_string();
    let answer = admin.try_send("POST", "/loam/v1/end-of-day", Some("application/json"), &body);
    answer.is_ok_and(|answer| answer.status == 200)
}

pub(crate) fn business_date(admin: &Caller) -> String {
    let answer = admin.get("/loam/v1/business-date").expect(200).json();
    answer["businessDate"].as_str().expect("a date").to_owned()
}

/// Closes days and kills the server once the business date has come so far.
fn kill_while_closing(server: Server, day: &str) {
    let admin = server.admin();
    std::thread::scope(|scope| {
        let closing = scope.spawn(|| close_days(&server.admin()));
        while business_date(&admin).as_str() < day && !closing.is_finished() {}
        let killed = std::process::Command::new("kill").args(["-KILL", &server.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
    });
}

#[test]
fn a_killed_end_of_day_goes_on_where_it_was() {
    for kind in BOTH {
        let database = Database::fresh(kind);
        let server = start(&database);
        let book = fill(&server);
        drop(server);
        for day in ["2024-02-15", "2024-05-31", "2024-06-01", "2024-10-31"] {
            kill_while_closing(start(&database), day);
        }
        let server = start(&database);
        assert!(close_days(&server.admin()), "the days are closed to their end");
        assert_eq!(business_date(&server.admin()), THROUGH);
        let again =
            server.admin().post("/loam/v1/end-of-day", &json!({ "through": THROUGH })).expect(200).json();
        assert_eq!(again["days"], json!([]), "run twice, it changes nothing");
        for loan in &book.loans {
            let path = format!("/api/loans/{loan}/transactions?limit=1000");
            let transactions = server.admin().get(&path).expect(200).json();
            let applied = transactions.as_array().expect("a list").iter();
            let applied = applied.filter(|transaction| transaction["type"] == "INTEREST_APPLIED").count();
            assert_eq!(applied, DUE, "interest of each installment, once");
        }
        assert_sound(&database);
    }
}
