//! Failures to sign in: counted by whoever counts, forgotten when they are old, and not by a restart.

use jiff::Timestamp;
use loam_book::security::{Counting, Failures};

use crate::places::Place;
use crate::samples::key;

on_both!(
    failures_are_counted_and_forgotten,
    old_failures_and_a_lock_that_is_over_count_from_one,
    failures_outlive_a_restart,
    failures_that_are_counted_at_once_are_all_counted,
    the_last_time_somebody_signed_in_is_kept,
);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn counting(now: i64) -> Counting {
    Counting { now: at(now), forgotten_until: at(now - 1_000), full: 3, lock_over_until: at(now - 100) }
}

async fn failures_are_counted_and_forgotten(place: Place) {
    let sign_ins = place.book().await.store.sign_ins().unwrap();
    assert_eq!(sign_ins.failures("tom").await, Ok(None));
    assert_eq!(sign_ins.failed("tom", &counting(2_000)).await, Ok(1));
    assert_eq!(sign_ins.failed("tom", &counting(2_001)).await, Ok(2));
    assert_eq!(sign_ins.failed("ida", &counting(2_002)).await, Ok(1));
    assert_eq!(sign_ins.failures("tom").await, Ok(Some(Failures { count: 2, last_at: at(2_001) })));
    sign_ins.forget("tom").await.unwrap();
    assert_eq!(sign_ins.failures("tom").await, Ok(None));
    assert_eq!(sign_ins.failures("ida").await, Ok(Some(Failures { count: 1, last_at: at(2_002) })));
}

async fn old_failures_and_a_lock_that_is_over_count_from_one(place: Place) {
    let sign_ins = place.book().await.store.sign_ins().unwrap();
    // The same steps as by the book's own rule.
    let mut kept = None;
    for now in [2_000, 2_001, 2_002, 2_050, 2_149, 2_249, 2_300, 3_300, 3_301] {
        let expected = counting(now).after(kept);
        assert_eq!(sign_ins.failed("tom", &counting(now)).await, Ok(expected), "{now}");
        kept = Some(Failures { count: expected, last_at: at(now) });
        assert_eq!(sign_ins.failures("tom").await, Ok(kept));
    }
    sign_ins.failed("ida", &counting(4_302)).await.unwrap();
    assert_eq!(place.count("sign_in_failure").await, 1, "what is old is gone");
}

async fn failures_outlive_a_restart(place: Place) {
    let open = place.book().await;
    open.store.sign_ins().unwrap().failed("tom", &counting(2_000)).await.unwrap();
    drop(open);
    let sign_ins = place.open().await.store.sign_ins().unwrap();
    assert_eq!(sign_ins.failures("tom").await, Ok(Some(Failures { count: 1, last_at: at(2_000) })));
}

async fn failures_that_are_counted_at_once_are_all_counted(place: Place) {
    let open = place.book().await;
    let (one, two) = (open.store.sign_ins().unwrap(), open.store.sign_ins().unwrap());
    let counting = Counting { full: u32::MAX, ..counting(2_000) };
    for _ in 0..5 {
        let (mine, yours) = tokio::join!(one.failed("tom", &counting), two.failed("tom", &counting));
        assert_ne!(mine.unwrap(), yours.unwrap());
    }
    assert_eq!(one.failures("tom").await.unwrap().unwrap().count, 10);
}

async fn the_last_time_somebody_signed_in_is_kept(place: Place) {
    let sign_ins = place.book().await.store.sign_ins().unwrap();
    let (tom, ida) = (key(0, 1), key(0, 2));
    assert_eq!(sign_ins.last_sign_ins(&[tom, ida]).await, Ok(vec![]));
    sign_ins.signed_in(tom, at(2_000)).await.unwrap();
    sign_ins.signed_in(tom, at(2_100)).await.unwrap();
    sign_ins.signed_in(tom, at(2_050)).await.unwrap();
    assert_eq!(sign_ins.last_sign_ins(&[ida, tom]).await, Ok(vec![(tom, at(2_100))]));
    sign_ins.signed_in(ida, at(1)).await.unwrap();
    assert_eq!(sign_ins.last_sign_ins(&[ida, tom]).await.unwrap().len(), 2);
    assert_eq!(sign_ins.last_sign_ins(&[]).await, Ok(vec![]));
}
