//! The end of day: what is to be done, and who does it.

use jiff::civil::date;
use loam_app::changes::{Changes, RecordChange};
use loam_app::ports::{ActionPlace, CalendarWork, Lease};
use loam_book::ids::{Address, Key, Part};
use loam_book::working_days::DaysOff;

use crate::places::Place;
use crate::samples::{branch, changed, client, instant, loan, new_client, new_loan};

on_both_and_spread!(
    loans_with_work_are_found_in_the_order_of_their_parts,
    a_part_has_one_worker_until_the_lease_runs_out,
    parts_whose_loans_are_to_follow_days_off_are_found_until_they_did,
);

async fn loans_with_work_are_found_in_the_order_of_their_parts(place: Place) {
    let mut open = place.book().await;
    for (part, numbers) in [(9, vec![1, 2, 3]), (2, vec![4])] {
        let holder = client(part, 1);
        open.lane.save(&new_client(&holder)).await.unwrap();
        for n in numbers {
            open.lane.save(&new_loan(&loan(&holder, n))).await.unwrap();
        }
    }
    let work = open.store.end_of_day().unwrap();
    let beginning = (0, i64::MIN, Vec::new());
    assert_eq!(work.count_loans_with_work(date(2026, 2, 27)).await.unwrap(), 0);
    assert_eq!(work.loans_with_work(date(2026, 2, 27), beginning.clone(), 10).await.unwrap().rows, []);
    assert_eq!(work.count_loans_with_work(date(2026, 2, 28)).await.unwrap(), 4);
    let list = async |after: &ActionPlace, limit| {
        let found = work.loans_with_work(date(2026, 2, 28), after.clone(), limit).await.unwrap();
        (found.rows.into_iter().map(Result::unwrap).collect::<Vec<Address>>(), found.last)
    };
    let address = |part, n| Address { part: Part::new(part), key: loan(&client(part, 1), n).key };
    let all = [address(2, 4), address(9, 1), address(9, 2), address(9, 3)];
    assert_eq!(list(&beginning, 10).await.0, all);
    let (first, last) = list(&beginning, 2).await;
    assert_eq!(first, all[..2]);
    let last = last.expect("a page that is not empty has a last place");
    assert_eq!((last.0, &last.2), (9, &address(9, 1).key.to_string().into_bytes()));
    assert_eq!(list(&last, 10).await.0, all[2..]);
    assert_eq!(list(&(3, i64::MIN, Vec::new()), 1).await.0, all[1..2]);
    assert_eq!(list(&(10, i64::MIN, Vec::new()), 1).await, (vec![], None));
    // A loan whose next action moved on is no work any more.
    let mut moved = loan(&client(9, 1), 2);
    moved.version = 2;
    open.lane.save(&changed(&moved, Some(vec![]))).await.unwrap();
    assert_eq!(list(&beginning, 10).await.0, [all[0], all[1], all[3]]);
}

async fn a_part_has_one_worker_until_the_lease_runs_out(place: Place) {
    let open = place.book().await;
    let work = open.store.end_of_day().unwrap();
    let lease =
        |worker: &str, until| Lease { part: Part::new(3), worker: worker.to_owned(), until: instant(until) };
    let claim = async |worker, now, until| work.claim(&lease(worker, until), instant(now)).await.unwrap();
    assert!(claim("one", 0, 100).await);
    assert!(!claim("two", 50, 150).await);
    assert!(claim("one", 60, 160).await, "a worker keeps its part longer");
    assert!(!claim("two", 159, 300).await);
    assert!(claim("two", 160, 300).await, "the lease ran out");
    work.release(&lease("one", 160)).await.unwrap();
    assert!(!claim("one", 200, 400).await, "a lost lease is not given back");
    work.release(&lease("two", 300)).await.unwrap();
    assert!(claim("one", 200, 400).await);
}

/// A record with other days off, written on a catalog.
pub(crate) fn days_off(days_off: Option<DaysOff>, catalog_version: i64) -> Changes {
    let (record, is_new) = (branch(1, "north"), catalog_version == 0);
    let change = RecordChange { record, is_new, catalog_version, days_off };
    Changes { records: vec![change], ..Changes::default() }
}

async fn parts_whose_loans_are_to_follow_days_off_are_found_until_they_did(place: Place) {
    let mut open = place.book().await;
    let north = loan(&client(9, 1), 1).assignment.branch.expect("the sample has a branch");
    for (part, numbers) in [(9, vec![1, 2, 3]), (2, vec![4])] {
        let holder = client(part, 1);
        open.lane.save(&new_client(&holder)).await.unwrap();
        for n in numbers {
            let mut loan = loan(&holder, n);
            loan.closed_at = (n == 3).then(|| instant(1));
            loan.assignment.branch = (n != 4).then_some(north);
            open.lane.save(&new_loan(&loan)).await.unwrap();
        }
    }
    let work = open.store.end_of_day().unwrap();
    let of = |part: u16, days_off, catalog_version| CalendarWork {
        part: Part::new(part),
        days_off,
        catalog_version,
    };
    let to_do = async || {
        let rows = work.calendar_work().await.unwrap().into_iter();
        rows.map(|row| row.expect("it can be read")).collect::<Vec<_>>()
    };
    open.lane.save(&days_off(None, 0)).await.unwrap();
    assert_eq!(to_do().await, []);
    open.lane.save(&days_off(Some(DaysOff::OfBranch(north)), 1)).await.unwrap();
    let of_branch = of(9, DaysOff::OfBranch(north), 2);
    assert_eq!(to_do().await, std::slice::from_ref(&of_branch));
    let list = async |work_to_do: &CalendarWork, after: Option<Key>, limit| {
        let after = after.map(|key| key.to_string().into_bytes());
        let found = work.accounts_to_follow(work_to_do, after, limit).await.unwrap();
        found.rows.into_iter().map(|row| row.unwrap().key).collect::<Vec<_>>()
    };
    let all = [1, 2].map(|n| loan(&client(9, 1), n).key);
    assert_eq!(list(&of_branch, None, 10).await, all, "the third loan is closed");
    assert_eq!(list(&of_branch, Some(all[0]), 10).await, all[1..]);
    assert_eq!(list(&of_branch, None, 1).await, all[..1]);
    // Raised again while somebody works: what he finishes is not all of it.
    open.lane.save(&days_off(Some(DaysOff::OfBranch(north)), 2)).await.unwrap();
    work.followed(&of_branch).await.unwrap();
    let again = of(9, DaysOff::OfBranch(north), 3);
    assert_eq!(to_do().await, std::slice::from_ref(&again));
    work.followed(&again).await.unwrap();
    assert_eq!(to_do().await, []);
    open.lane.save(&days_off(Some(DaysOff::OfOrganization), 3)).await.unwrap();
    let both = [of(2, DaysOff::OfOrganization, 4), of(9, DaysOff::OfOrganization, 4)];
    assert_eq!(to_do().await, both);
    assert_eq!(list(&both[0], None, 10).await, [loan(&client(2, 1), 4).key]);
}
