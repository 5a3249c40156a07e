use loam_calc::money::Amount;

use super::*;
use crate::ids::Part;
use crate::organization::{Branch, OfficeState, UserState};
use crate::record::Record;

fn key(number: u64) -> Key {
    Key::entity(Part::new(0), 0, number)
}

fn user(number: u64) -> User {
    User {
        key: key(number),
        number: 1,
        username: format!("user{number}"),
        first_name: "Tom".to_owned(),
        last_name: "Lee".to_owned(),
        title: None,
        email_address: None,
        home_phone: None,
        mobile_phone: None,
        language: None,
        notes: None,
        state: UserState::Active,
        is_administrator: false,
        is_teller: false,
        is_credit_officer: false,
        has_api_access: true,
        sees_other_officers_clients: false,
        branch: None,
        permissions: Vec::new(),
        reach: Reach::default(),
        password_hash: None,
        api_key_hash: None,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn branch(number: u64) -> Record {
    Record::Branch(Branch {
        key: key(number),
        id: number.to_string(),
        name: "A branch".to_owned(),
        state: OfficeState::Active,
        phone_number: None,
        email_address: None,
        notes: None,
        address: None,
        holidays: Vec::new(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    })
}

fn role(rights: Rights) -> Role {
    let at = Timestamp::UNIX_EPOCH;
    let name = "Tellers".to_owned();
    Role { key: key(50), id: "T".to_owned(), name, notes: None, rights, created_at: at, last_modified_at: at }
}

fn catalog(rights: Rights) -> Catalog {
    let named = User { email_address: Some("ida@example.org".to_owned()), ..user(9) };
    Catalog::new(1, vec![branch(101), branch(102), Record::Role(role(rights)), Record::User(named)])
}

fn with_permissions(permissions: &[Permission]) -> Rights {
    Rights { permissions: permissions.to_vec(), ..Rights::default() }
}

fn of(branch: Option<u64>, officer: u64) -> Assignment {
    Assignment { branch: branch.map(key), centre: None, user: Some(key(officer)) }
}

#[test]
fn a_user_may_do_what_the_role_says_and_what_is_the_users_own() {
    let catalog = catalog(with_permissions(&[Permission::EnterRepayment]));
    let reach = Reach { role: Some(key(50)), ..Reach::default() };
    let own = vec![Permission::ApproveLoans, Permission::EnterRepayment];
    let actor = User { permissions: own, reach, ..user(1) }.to_actor(&catalog);
    assert_eq!(actor.permissions, [Permission::ApproveLoans, Permission::EnterRepayment]);
    assert!(!actor.may(Permission::DisburseLoans));
}

#[test]
fn who_belongs_to_branches_reaches_those_and_nothing_that_belongs_to_none() {
    let catalog = catalog(Rights::default());
    let reach = Reach { managed_branches: vec![key(102)], ..Reach::default() };
    let bound = User { branch: Some(key(101)), reach, ..user(1) }.to_actor(&catalog);
    for branch in [101, 102] {
        assert_eq!(bound.check_reach(&of(Some(branch), 7)), Ok(()));
    }
    assert_eq!(bound.check_reach(&of(Some(103), 7)), Err(AccessRefusal::AnotherBranch));
    assert_eq!(bound.check_reach(&of(None, 7)), Err(AccessRefusal::AnotherBranch));
    let free = user(1).to_actor(&catalog);
    assert_eq!(free.check_reach(&of(Some(103), 7)), Ok(()), "of no branch, bound by none");
    let all = Reach { manages_all_branches: true, ..Reach::default() };
    let all = User { branch: Some(key(101)), reach: all, ..user(1) }.to_actor(&catalog);
    assert_eq!(all.check_reach(&of(Some(103), 7)), Ok(()));
}

#[test]
fn an_officer_reaches_the_own_clients_unless_the_role_says_more() {
    let rights = Rights { sees_other_officers_clients: true, ..Rights::default() };
    let catalog = catalog(rights);
    let officer = User { is_credit_officer: true, ..user(1) };
    let alone = officer.to_actor(&catalog);
    assert_eq!(alone.check_reach(&of(None, 1)), Ok(()));
    assert_eq!(alone.check_reach(&of(None, 2)), Err(AccessRefusal::AnotherOfficer));
    let reach = Reach { role: Some(key(50)), ..Reach::default() };
    assert_eq!(User { reach, ..officer }.to_actor(&catalog).check_reach(&of(None, 2)), Ok(()));
}

#[test]
fn what_nobody_names_is_assigned_to_whoever_is_bound() {
    let catalog = catalog(Rights::default());
    let officer = User { is_credit_officer: true, branch: Some(key(101)), ..user(1) }.to_actor(&catalog);
    let assigned = Assignment::default().entered_by(&officer);
    assert_eq!((assigned.branch, assigned.user), (Some(key(101)), Some(key(1))));
    let named = of(Some(102), 7);
    assert_eq!(named.entered_by(&officer), named);
    let free = User { is_administrator: true, branch: Some(key(101)), ..user(1) }.to_actor(&catalog);
    assert_eq!(Assignment::default().entered_by(&free), Assignment::default());
}

#[test]
fn a_limit_counts_in_the_units_of_the_currency() {
    let limits = Limits(BTreeMap::from([(Limited::DisburseLoan, "1000.5".to_owned())]));
    let check = |minor, currency| limits.check(Limited::DisburseLoan, Amount::from_minor(minor), currency);
    let yen = Currency::from_code("JPY").unwrap();
    assert_eq!(check(1_000_50, Currency::EUR), Ok(()));
    assert!(matches!(check(1_000_51, Currency::EUR), Err(AccessRefusal::LimitExceeded { .. })));
    assert_eq!(check(1_000, yen), Ok(()));
    assert!(check(1_001, yen).is_err());
    assert_eq!(limits.check(Limited::ApplyFee, Amount::from_minor(9_999_00), Currency::EUR), Ok(()));
    assert_eq!(limits.check_possible(), Ok(()));
    for impossible in ["-1", "many"] {
        let limits = Limits(BTreeMap::from([(Limited::ApplyFee, impossible.to_owned())]));
        assert!(limits.check_possible().is_err(), "{impossible}");
    }
}

#[test]
fn rights_must_not_contradict_each_other() {
    let administrator = Rights { is_administrator: true, ..Rights::default() };
    assert_eq!(administrator.check(), Err(AccessRefusal::AdministratorOfSomeBranches));
    let everywhere = Rights { manages_all_branches: true, ..administrator };
    assert_eq!(everywhere.check(), Ok(()));
    let officer = Rights { is_credit_officer: true, ..everywhere };
    assert_eq!(officer.check(), Err(AccessRefusal::AdministratorOfOwnClients));
    let no_administrator = Rights { is_administrator: false, ..officer };
    assert_eq!(no_administrator.check(), Err(AccessRefusal::AllBranchesOwnClients));
}

#[test]
fn nobody_makes_a_user_who_may_do_more() {
    let catalog = catalog(Rights::default());
    let own = vec![Permission::CreateUser, Permission::EnterRepayment];
    let maker = User { permissions: own, branch: Some(key(101)), ..user(1) }.to_actor(&catalog);
    let check = |user: &User| check_user(user, None, &maker, &catalog);
    let teller = User { permissions: vec![Permission::EnterRepayment], branch: Some(key(101)), ..user(2) };
    assert_eq!(check(&teller), Ok(()));
    let elsewhere = User { branch: Some(key(102)), ..teller.clone() };
    assert_eq!(check(&elsewhere), Err(AccessRefusal::AnotherBranchOfUser));
    let more = User { permissions: vec![Permission::ApproveLoans], ..teller.clone() };
    assert_eq!(check(&more), Err(AccessRefusal::MoreThanOwnRights));
    let reach = Reach { manages_all_branches: true, ..Reach::default() };
    let administrator = User { is_administrator: true, reach, ..teller.clone() };
    assert_eq!(check(&administrator), Err(AccessRefusal::NeedsAdministrator));
    let lowered = check_user(&teller, Some(&administrator), &maker, &catalog);
    assert_eq!(lowered, Err(AccessRefusal::MoreThanOwnRights), "nor takes an administrator's rights away");
    let wide = Reach { managed_branches: vec![key(102)], ..Reach::default() };
    let wide = User { reach: wide, ..teller };
    assert_eq!(check(&wide), Err(AccessRefusal::AnotherBranchOfUser), "nor lets anybody reach further");
}

#[test]
fn nobody_makes_or_changes_a_user_who_reaches_further() {
    let networks = vec!["10.1.0.0/16".to_owned()];
    let limits = |amount: &str| Limits(BTreeMap::from([(Limited::DisburseLoan, amount.to_owned())]));
    let own = Reach { limits: limits("1000"), networks: networks.clone(), ..Reach::default() };
    let permissions = vec![Permission::CreateUser, Permission::EditUser];
    let maker = User { permissions, is_credit_officer: true, reach: own.clone(), ..user(1) };
    let catalog = Catalog::new(1, vec![Record::User(maker.clone())]);
    let actor = maker.to_actor(&catalog);
    let like = User { is_credit_officer: true, reach: own.clone(), ..user(2) };
    let check = |user: &User, before| check_user(user, before, &actor, &catalog);
    assert_eq!(check(&like, None), Ok(()));
    let lower = Reach { limits: limits("999.5"), networks: vec!["10.1.2.3".to_owned()], ..Reach::default() };
    assert_eq!(check(&User { reach: lower, ..like.clone() }, Some(&like)), Ok(()));
    let reach = |reach: Reach| User { reach, ..like.clone() };
    let wider = [
        reach(Reach { limits: limits("1000.01"), ..own.clone() }),
        reach(Reach { limits: Limits::default(), ..own.clone() }),
        reach(Reach { networks: Vec::new(), ..own.clone() }),
        reach(Reach { networks: vec!["10.0.0.0/8".to_owned()], ..own.clone() }),
        User { is_credit_officer: false, ..like.clone() },
        User { sees_other_officers_clients: true, ..like.clone() },
    ];
    for user in &wider {
        assert_eq!(check(user, None), Err(AccessRefusal::MoreThanOwnRights), "{user:?}");
        assert_eq!(check(user, Some(&like)), Err(AccessRefusal::MoreThanOwnRights), "{user:?}");
        assert_eq!(check(&like, Some(user)), Err(AccessRefusal::MoreThanOwnRights), "{user:?}");
        let permissions = vec![Permission::Administration];
        let free = User { permissions, ..maker.clone() }.to_actor(&catalog);
        assert_eq!(check_user(user, None, &free, &catalog), Ok(()));
        let oneself = User { key: maker.key, permissions: maker.permissions.clone(), ..user.clone() };
        assert_eq!(check(&oneself, Some(&maker)), Err(AccessRefusal::MoreThanOwnRights), "not even oneself");
    }
}

#[test]
fn nobody_changes_a_user_who_works_in_another_branch_too() {
    let catalog = catalog(Rights::default());
    let permissions = vec![Permission::EditUser];
    let bound = User { permissions, branch: Some(key(101)), ..user(1) }.to_actor(&catalog);
    let after = User { branch: Some(key(101)), ..user(2) };
    for reach in [
        Reach { managed_branches: vec![key(102)], ..Reach::default() },
        Reach { manages_all_branches: true, ..Reach::default() },
    ] {
        let before = User { reach, ..after.clone() };
        let refused = check_user(&after, Some(&before), &bound, &catalog);
        assert_eq!(refused, Err(AccessRefusal::AnotherBranchOfUser));
    }
    assert_eq!(check_user(&after, Some(&after.clone()), &bound, &catalog), Ok(()));
}

#[test]
fn an_address_looks_like_one_and_is_one_persons() {
    let catalog = catalog(Rights::default());
    let admin = Actor { is_administrator: true, ..user(1).to_actor(&catalog) };
    let check = |address: &str| {
        let named = User { email_address: Some(address.to_owned()), ..user(2) };
        check_user(&named, None, &admin, &catalog)
    };
    assert_eq!(check("tom@example.org"), Ok(()));
    assert_eq!(check("IDA@example.org"), Err(AccessRefusal::EmailAddressInUse));
    for wrong in ["tom", "tom@", "@example.org", "tom@example", "tom@exa mple.org", "a@b@c.org", "a@b..c"] {
        assert!(matches!(check(wrong), Err(AccessRefusal::NoEmailAddress { .. })), "{wrong}");
    }
}

#[test]
fn a_password_is_neither_short_nor_endless() {
    assert_eq!(check_password("1234567"), Err(AccessRefusal::PasswordTooShort));
    assert_eq!(check_password("пароль12"), Ok(()));
    assert_eq!(check_password(&"x".repeat(129)), Err(AccessRefusal::PasswordTooLong));
}
