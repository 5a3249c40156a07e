//! Lists and counts of what was reported: filters, order and pages.

use jiff::Timestamp;
use jiff::civil::date;
use loam_app::views::{
    DailyCount, LeadFilter, Page, ReportedLoanFilter, SettlementCount, SubjectFilter, SubjectOrder,
    SubjectTotals,
};
use loam_book::ids::Part;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::subject::{Scheme, Subject};

use crate::places::{Open, Place};
use crate::reported::{
    full_subject, lead, leads, name, new_reported_loan, new_subject, repayment_loan, scored, settled, subject,
};
use crate::samples::{address, instant, key};

on_both_and_spread!(
    subjects_are_filtered_and_counted,
    subjects_are_listed_by_time_or_score,
    subjects_add_up,
    reported_loans_are_filtered_and_counted,
    reported_loans_are_listed_as_they_were_first_reported,
    leads_are_filtered,
    leads_are_listed_by_number,
    subjects_are_counted_by_the_day_of_utc,
    settlements_are_counted_by_day_and_delay,
    nothing_is_counted_as_nothing,
);

const ALL: Page = Page { offset: 0, limit: 100 };

/// Of the lender, in the order of opening: no score, 300 down from 400, 500, 700 up from 600, 500 again. Of a bank:
/// one with everything.
async fn with_subjects(place: &Place) -> Open {
    let mut open = place.book().await;
    let scores: [&[u32]; 5] = [&[], &[400, 300], &[500], &[600, 700], &[500, 500]];
    for (n, values) in (1..).zip(scores) {
        let new = scored(&subject("lender", &format!("s{n}"), n), values);
        open.lane.save(&new_subject(&new)).await.unwrap();
    }
    open.lane.save(&new_subject(&full_subject("bank", "s1"))).await.unwrap();
    let customer = Subject { scheme: Scheme::PerformanceCustomer, ..subject("bank", "c1", 9) };
    open.lane.save(&new_subject(&customer)).await.unwrap();
    open
}

fn lender() -> SubjectFilter {
    SubjectFilter { organization: Some("lender".to_owned()), ..SubjectFilter::default() }
}

async fn ids(open: &Open, filter: &SubjectFilter, page: Page) -> Vec<String> {
    open.reader.subjects(filter, page).await.unwrap().into_iter().map(|subject| subject.id).collect()
}

async fn subjects_are_filtered_and_counted(place: Place) {
    let open = with_subjects(&place).await;
    let check = async |filter: SubjectFilter, expected: &[&str]| {
        assert_eq!(ids(&open, &filter, ALL).await, expected, "{filter:?}");
        let count = open.reader.count_subjects(&filter).await.unwrap();
        assert_eq!(count, i64::try_from(expected.len()).unwrap(), "{filter:?}");
    };
    let none = SubjectFilter::default();
    let bank = SubjectFilter { organization: Some("bank".to_owned()), ..none.clone() };
    check(lender(), &["s1", "s2", "s3", "s4", "s5"]).await;
    check(bank.clone(), &["s1", "c1"]).await;
    check(SubjectFilter { scheme: Some(Scheme::PerformanceCustomer), ..none.clone() }, &["c1"]).await;
    check(SubjectFilter { scheme: Some(Scheme::RepaymentClient), ..bank.clone() }, &["s1"]).await;
    check(SubjectFilter { id: Some("s4".to_owned()), ..none.clone() }, &["s4"]).await;
    check(SubjectFilter { reference: Some("ref-s1".to_owned()), ..none.clone() }, &["s1"]).await;
    check(SubjectFilter { reference: Some("ref-s1".to_owned()), ..lender() }, &[]).await;
    check(SubjectFilter { client: Some(address(Part::new(5), key(5, 1))), ..none.clone() }, &["s1"]).await;
    check(SubjectFilter { client: Some(address(Part::new(5), key(5, 2))), ..none.clone() }, &[]).await;
    check(SubjectFilter { client: Some(address(Part::new(5), key(5, 1))), ..bank.clone() }, &["s1"]).await;
    check(SubjectFilter { client: Some(address(Part::new(5), key(5, 1))), ..lender() }, &[]).await;
    check(SubjectFilter { reference: Some("ref-s1".to_owned()), ..bank }, &["s1"]).await;
    check(SubjectFilter { created_from: Some(instant(4)), ..lender() }, &["s4", "s5"]).await;
    check(SubjectFilter { created_before: Some(instant(3)), ..lender() }, &["s1", "s2"]).await;
    check(SubjectFilter { score_from: Some(500), ..lender() }, &["s3", "s4", "s5"]).await;
    check(SubjectFilter { score_to: Some(500), ..lender() }, &["s2", "s3", "s5"]).await;
    check(SubjectFilter { score_from: Some(301), score_to: Some(699), ..lender() }, &["s3", "s5"]).await;
    for (word, expected) in
        [("stable", vec!["s3", "s5"]), ("improving", vec!["s4"]), ("declining", vec!["s2"])]
    {
        check(SubjectFilter { evolution: Some(word.to_owned()), ..lender() }, &expected).await;
    }
}

async fn subjects_add_up(place: Place) {
    let open = with_subjects(&place).await;
    let expected = SubjectTotals { subjects: 5, loans: 0, scored: 4, score_sum: 2_000, highest_score: 700 };
    assert_eq!(open.reader.subject_totals(&lender()).await.unwrap(), expected);
    let earlier = SubjectFilter { created_before: Some(instant(4)), ..lender() };
    let expected = SubjectTotals { subjects: 3, loans: 0, scored: 2, score_sum: 800, highest_score: 500 };
    assert_eq!(open.reader.subject_totals(&earlier).await.unwrap(), expected);
    let bank = SubjectFilter { organization: Some("bank".to_owned()), ..SubjectFilter::default() };
    let expected = SubjectTotals { subjects: 2, loans: 2, scored: 1, score_sum: 500, highest_score: 500 };
    assert_eq!(open.reader.subject_totals(&bank).await.unwrap(), expected);
}

async fn subjects_are_listed_by_time_or_score(place: Place) {
    let mut open = with_subjects(&place).await;
    // Two that were opened at the same moment follow in the order of their keys.
    let mut twins = ["t1", "t2"].map(|id| subject("lender", id, 5));
    for twin in &twins {
        open.lane.save(&new_subject(twin)).await.unwrap();
    }
    twins.sort_by_key(|twin| twin.key);
    let [one, two] = twins.each_ref().map(|twin| twin.id.as_str());
    let fifth = name("lender", "s5").address().key;
    let mut newest = vec![(twins[0].key, one), (twins[1].key, two), (fifth, "s5")];
    newest.sort_unstable();
    let newest: Vec<&str> = newest.into_iter().map(|(_, id)| id).collect();
    let mut same_score = [(name("lender", "s3").address().key, "s3"), (fifth, "s5")];
    same_score.sort_unstable();
    let mut unscored =
        vec![(name("lender", "s1").address().key, "s1"), (twins[0].key, one), (twins[1].key, two)];
    unscored.sort_unstable();
    let unscored: Vec<&str> = unscored.into_iter().map(|(_, id)| id).collect();
    let middle = same_score.map(|(_, id)| id);
    for (order, expected) in [
        (SubjectOrder::OldestFirst, [&["s1", "s2", "s3", "s4"], newest.as_slice()].concat()),
        (SubjectOrder::NewestFirst, [newest.as_slice(), &["s4", "s3", "s2", "s1"]].concat()),
        (SubjectOrder::LowestScoreFirst, [&["s2"], middle.as_slice(), &["s4"], &unscored].concat()),
        (SubjectOrder::HighestScoreFirst, [&["s4"], middle.as_slice(), &["s2"], &unscored].concat()),
    ] {
        let filter = SubjectFilter { order, ..lender() };
        assert_eq!(ids(&open, &filter, ALL).await, expected, "{order:?}");
        assert_eq!(ids(&open, &filter, Page { offset: 2, limit: 3 }).await, expected[2..5], "{order:?}");
        assert_eq!(ids(&open, &filter, Page { offset: 7, limit: 3 }).await, Vec::<String>::new());
    }
}

/// Of the lender's two subjects: 1 and 3 of the first, 2 of the second; 2 settled and linked to 1. Of a bank: 4.
async fn with_loans(place: &Place) -> Open {
    let mut open = place.book().await;
    let first = repayment_loan("lender", "s1", 1);
    let second = settled(&repayment_loan("lender", "s2", 2), date(2026, 2, 3));
    let second = ReportedLoan { same_as: Some(first.address()), ..second };
    let third = settled(&repayment_loan("lender", "s1", 3), date(2026, 1, 31));
    for loan in [third, second, first, repayment_loan("bank", "s1", 4)] {
        open.lane.save(&new_reported_loan(&loan)).await.unwrap();
    }
    open
}

async fn numbers(open: &Open, filter: &ReportedLoanFilter, page: Page) -> Vec<i64> {
    open.reader.reported_loans(filter, page).await.unwrap().iter().map(|loan| loan.account_no).collect()
}

async fn reported_loans_are_filtered_and_counted(place: Place) {
    let open = with_loans(&place).await;
    let check = async |filter: ReportedLoanFilter, expected: &[i64]| {
        assert_eq!(numbers(&open, &filter, ALL).await, expected, "{filter:?}");
        let count = open.reader.count_reported_loans(&filter).await.unwrap();
        assert_eq!(count, i64::try_from(expected.len()).unwrap(), "{filter:?}");
    };
    let none = ReportedLoanFilter::default();
    check(none.clone(), &[1, 2, 3, 4]).await;
    let organization = Some("lender".to_owned());
    check(ReportedLoanFilter { organization: organization.clone(), ..none.clone() }, &[1, 2, 3]).await;
    check(ReportedLoanFilter { scheme: Some(Scheme::RepaymentClient), ..none.clone() }, &[1, 2, 3, 4]).await;
    check(ReportedLoanFilter { scheme: Some(Scheme::PerformanceCustomer), ..none.clone() }, &[]).await;
    let subject = Some(name("lender", "s1").address());
    check(ReportedLoanFilter { subject, ..none.clone() }, &[1, 3]).await;
    check(ReportedLoanFilter { subject, organization, ..none.clone() }, &[1, 3]).await;
    let strange = Some("bank".to_owned());
    check(ReportedLoanFilter { subject, organization: strange, ..none.clone() }, &[]).await;
    check(ReportedLoanFilter { only_linked: true, ..none.clone() }, &[2]).await;
    let same_as = Some(repayment_loan("lender", "s1", 1).address());
    check(ReportedLoanFilter { same_as, ..none.clone() }, &[2]).await;
    check(ReportedLoanFilter { same_as: subject, ..none.clone() }, &[]).await;
    let from = |day| ReportedLoanFilter { settled_from: Some(day), ..none.clone() };
    check(from(date(2026, 1, 31)), &[2, 3]).await;
    check(from(date(2026, 2, 1)), &[2]).await;
    let to = |day| ReportedLoanFilter { settled_to: Some(day), ..none.clone() };
    check(to(date(2026, 1, 31)), &[3]).await;
    check(ReportedLoanFilter { settled_from: Some(date(2026, 2, 4)), ..none }, &[]).await;
}

async fn reported_loans_are_listed_as_they_were_first_reported(place: Place) {
    let mut open = with_loans(&place).await;
    let late = |n| ReportedLoan { created_at: instant(2), ..repayment_loan("lender", "s3", n) };
    for n in [6, 5] {
        open.lane.save(&new_reported_loan(&late(n))).await.unwrap();
    }
    let all = ReportedLoanFilter::default();
    assert_eq!(numbers(&open, &all, ALL).await, [1, 2, 5, 6, 3, 4]);
    assert_eq!(numbers(&open, &all, Page { offset: 1, limit: 3 }).await, [2, 5, 6]);
    assert_eq!(numbers(&open, &all, Page { offset: 6, limit: 3 }).await, Vec::<i64>::new());
    let listed = open.reader.reported_loans(&all, Page { offset: 0, limit: 1 }).await.unwrap();
    assert_eq!(listed, [repayment_loan("lender", "s1", 1)]);
}

async fn with_leads(place: &Place) -> Open {
    let mut open = place.book().await;
    let mut all: Vec<_> = [9, 7, 8].map(|n| lead("lender", n)).into();
    all.push(lead("bank", 8));
    open.lane.save(&leads(all, true)).await.unwrap();
    open
}

async fn named_leads(open: &Open, filter: &LeadFilter, page: Page) -> Vec<(String, i64)> {
    let leads = open.reader.leads(filter, page).await.unwrap();
    leads.into_iter().map(|lead| (lead.organization, lead.lead_id)).collect()
}

async fn leads_are_filtered(place: Place) {
    let open = with_leads(&place).await;
    let check = async |filter: LeadFilter, expected: &[(&str, i64)]| {
        let expected: Vec<_> = expected.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect();
        assert_eq!(named_leads(&open, &filter, ALL).await, expected, "{filter:?}");
    };
    let none = LeadFilter::default();
    let lender = LeadFilter { organization: Some("lender".to_owned()), ..none.clone() };
    check(lender.clone(), &[("lender", 7), ("lender", 8), ("lender", 9)]).await;
    check(LeadFilter { lead_id: Some(8), ..none.clone() }, &[("bank", 8), ("lender", 8)]).await;
    check(LeadFilter { lead_id: Some(8), ..lender.clone() }, &[("lender", 8)]).await;
    check(LeadFilter { lead_id: Some(10), ..lender.clone() }, &[]).await;
    check(LeadFilter { after: Some(7), ..lender.clone() }, &[("lender", 8), ("lender", 9)]).await;
    check(LeadFilter { received_from: Some(instant(9)), ..none.clone() }, &[("lender", 9)]).await;
    check(LeadFilter { received_before: Some(instant(8)), ..none.clone() }, &[("lender", 7)]).await;
    check(LeadFilter { ssn_hash: Some("ssn7".to_owned()), ..none.clone() }, &[("lender", 7)]).await;
    check(LeadFilter { email_hash: Some("mail9".to_owned()), ..none.clone() }, &[("lender", 9)]).await;
    check(LeadFilter { email_hash: Some("ssn7".to_owned()), ..none.clone() }, &[]).await;
    check(LeadFilter { ssn_hash: Some("ssn8".to_owned()), ..none }, &[("bank", 8), ("lender", 8)]).await;
    check(LeadFilter { ssn_hash: Some("ssn8".to_owned()), ..lender.clone() }, &[("lender", 8)]).await;
    check(LeadFilter { lead_id: Some(9), ssn_hash: Some("ssn8".to_owned()), ..lender }, &[]).await;
}

async fn leads_are_listed_by_number(place: Place) {
    let open = with_leads(&place).await;
    let page = async |offset, limit| {
        let all = named_leads(&open, &LeadFilter::default(), Page { offset, limit }).await;
        all.into_iter().map(|(organization, id)| format!("{organization} {id}")).collect::<Vec<_>>()
    };
    assert_eq!(page(0, 10).await, ["lender 7", "bank 8", "lender 8", "lender 9"]);
    assert_eq!(page(1, 2).await, ["bank 8", "lender 8"]);
    assert_eq!(page(4, 2).await, Vec::<String>::new());
}

async fn subjects_are_counted_by_the_day_of_utc(place: Place) {
    let mut open = place.book().await;
    for (id, at, loan_count) in [
        ("a", "2026-01-21T00:00:00Z", 0),
        ("b", "2026-01-21T23:59:59.999999Z", 2),
        ("c", "2026-01-22T00:00:00Z", 1),
        ("d", "2026-02-28T12:00:00Z", 0),
    ] {
        let created_at: Timestamp = at.parse().unwrap();
        let new = Subject { created_at, loan_count, ..subject("lender", id, 1) };
        open.lane.save(&new_subject(&new)).await.unwrap();
    }
    open.lane.save(&new_subject(&subject("bank", "a", 1))).await.unwrap();
    let day = |day, subjects, with_loans| DailyCount { day, subjects, with_loans };
    let counts = open.reader.subjects_by_day(&lender()).await.unwrap();
    let expected = [day(date(2026, 1, 21), 2, 1), day(date(2026, 1, 22), 1, 1), day(date(2026, 2, 28), 1, 0)];
    assert_eq!(counts, expected);
    let from = SubjectFilter { created_from: Some("2026-01-21T12:00:00Z".parse().unwrap()), ..lender() };
    let counts = open.reader.subjects_by_day(&from).await.unwrap();
    assert_eq!(counts, [day(date(2026, 1, 21), 1, 1), expected[1], expected[2]]);
}

async fn settlements_are_counted_by_day_and_delay(place: Place) {
    let mut open = with_loans(&place).await;
    for (n, on) in [(5, date(2026, 2, 3)), (6, date(2026, 1, 30))] {
        let loan = settled(&repayment_loan("lender", "s4", n), on);
        open.lane.save(&new_reported_loan(&loan)).await.unwrap();
    }
    let all = ReportedLoanFilter::default();
    let day = |settled_on, days_late, loans| SettlementCount { settled_on, days_late, loans };
    let expected = [day(date(2026, 1, 30), -1, 1), day(date(2026, 1, 31), 0, 1), day(date(2026, 2, 3), 3, 2)];
    assert_eq!(open.reader.settlements_by_day(&all).await.unwrap(), expected);
    let later = ReportedLoanFilter { settled_from: Some(date(2026, 1, 31)), ..all.clone() };
    assert_eq!(open.reader.settlements_by_day(&later).await.unwrap(), expected[1..]);
    let of_bank = ReportedLoanFilter { organization: Some("bank".to_owned()), ..all };
    assert_eq!(open.reader.settlements_by_day(&of_bank).await.unwrap(), []);
}

async fn nothing_is_counted_as_nothing(place: Place) {
    let open = place.book().await;
    let (subjects, loans) = (SubjectFilter::default(), ReportedLoanFilter::default());
    assert_eq!(open.reader.subjects(&subjects, ALL).await.unwrap(), []);
    assert_eq!(open.reader.count_subjects(&subjects).await.unwrap(), 0);
    assert_eq!(open.reader.subject_totals(&subjects).await.unwrap(), SubjectTotals::default());
    assert_eq!(open.reader.subjects_by_day(&subjects).await.unwrap(), []);
    assert_eq!(open.reader.reported_loans(&loans, ALL).await.unwrap(), []);
    assert_eq!(open.reader.count_reported_loans(&loans).await.unwrap(), 0);
    assert_eq!(open.reader.settlements_by_day(&loans).await.unwrap(), []);
    assert_eq!(open.reader.reports(Part::new(1), 1, ALL).await.unwrap(), []);
    assert_eq!(open.reader.leads(&LeadFilter::default(), ALL).await.unwrap(), []);
}
