use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn failures(count: u32, seconds: i64) -> Option<Failures> {
    Some(Failures { count, last_at: at(seconds) })
}

#[test]
fn networks_and_single_addresses_are_both_taken() {
    let networks = ["10.1.0.0/16".to_owned(), "2001:db8::/32".to_owned(), "192.0.2.7".to_owned()];
    assert_eq!(check_networks(&networks), Ok(()));
    let is_let_in = |text: &str| is_let_in(text.parse().unwrap(), &networks);
    for inside in ["10.1.255.1", "2001:db8::1", "192.0.2.7", "::ffff:10.1.0.1"] {
        assert!(is_let_in(inside), "{inside}");
    }
    for outside in ["10.2.0.1", "2001:db9::1", "192.0.2.8", "127.0.0.1"] {
        assert!(!is_let_in(outside), "{outside}");
    }
    assert!(super::is_let_in("127.0.0.1".parse().unwrap(), &[]));
    assert!(matches!(check_networks(&["10.0.0.0/33".to_owned()]), Err(AccessRefusal::NoNetwork { .. })));
}

#[test]
fn attempts_slow_down_and_are_never_slower_than_half_a_minute() {
    let security = Security { failures_until_locked: 0, ..Security::default() };
    let attempt = |count, seconds| security.attempt_under_name(failures(count, 1_000), at(1_000 + seconds));
    assert_eq!(attempt(5, 0), Attempt::Open);
    for (count, wait) in [(6, 1), (7, 2), (8, 4), (10, 16), (11, 30), (1_000_000, 30)] {
        assert_eq!(attempt(count, wait - 1), Attempt::TooSoon { until: at(1_000 + wait) }, "{count}");
        assert_eq!(attempt(count, wait), Attempt::Open, "{count}");
    }
    let from_address = |count| security.attempt_from_address(failures(count, 1_000), at(1_000));
    assert_eq!(from_address(20), Attempt::Open);
    assert_eq!(from_address(21), Attempt::TooSoon { until: at(1_001) });
    assert_eq!(security.attempt_under_name(failures(50, 0), at(24 * 3_600)), Attempt::Open, "forgotten");
}

#[test]
fn a_name_is_locked_for_a_while() {
    let security = Security { failures_until_locked: 3, locked_minutes: 2, ..Security::default() };
    let attempt = |seconds| security.attempt_under_name(failures(3, 1_000), at(seconds));
    assert_eq!(attempt(1_119), Attempt::Locked { until: at(1_120) });
    assert_eq!(attempt(1_120), Attempt::Open);
    assert_eq!(security.attempt_under_name(failures(2, 1_000), at(1_000)), Attempt::Open);
}

#[test]
fn after_a_lock_failures_are_counted_anew() {
    let security = Security { failures_until_locked: 3, locked_minutes: 2, ..Security::default() };
    let counting = security.counting(at(1_120));
    assert_eq!(counting.after(failures(3, 1_000)), 1, "the lock is over");
    assert_eq!(counting.after(failures(3, 1_001)), 4, "it is not");
    assert_eq!(counting.after(failures(2, 1_000)), 3);
    assert_eq!(counting.after(None), 1);
    let next_day = security.counting(at(1_000 + 24 * 3_600));
    assert_eq!(next_day.after(failures(2, 1_000)), 1, "forgotten");
}
