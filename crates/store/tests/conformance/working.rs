//! The end of day: what is to be done, and who does it.

use jiff::civil::date;
use loam_app::ports::Lease;
use loam_book::ids::Part;

use crate::places::Place;
use crate::reading::keys;
use crate::samples::{changed, client, instant, loan, new_client, new_loan};

on_both!(parts_and_accounts_with_work_are_found, a_part_has_one_worker_until_the_lease_runs_out,);

async fn parts_and_accounts_with_work_are_found(place: Place) {
    let mut open = place.book().await;
    for (part, numbers) in [(9, vec![1, 2, 3]), (2, vec![4])] {
        let holder = client(part, 1);
        open.lane.save(&new_client(&holder)).await.unwrap();
        for n in numbers {
            open.lane.save(&new_loan(&loan(&holder, n))).await.unwrap();
        }
    }
    let work = open.store.end_of_day().unwrap();
    assert_eq!(work.parts_with_work(date(2026, 2, 27)).await.unwrap(), []);
    assert_eq!(work.parts_with_work(date(2026, 2, 28)).await.unwrap(), [Part::new(2), Part::new(9)]);
    let list = async |after, limit| {
        keys(&work.accounts_with_work(Part::new(9), date(2026, 2, 28), after, limit).await.unwrap())
    };
    let all = list(None, 10).await;
    assert_eq!(all, [1, 2, 3].map(|n| loan(&client(9, 1), n).key));
    assert_eq!(list(None, 2).await, all[..2]);
    assert_eq!(list(Some(all[1]), 2).await, all[2..]);
    // A loan whose next action moved on is no work any more.
    let mut moved = loan(&client(9, 1), 2);
    moved.version = 2;
    open.lane.save(&changed(&moved, Some(vec![]))).await.unwrap();
    assert_eq!(list(None, 10).await, [all[0], all[2]]);
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
