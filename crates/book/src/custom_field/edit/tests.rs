use super::super::owner::OwnerKind;
use super::super::samples::{catalog, field, grouped, key, option, selection};
use super::super::{FieldSetting, Rights};
use super::*;
use crate::ids::{Address, Part};

fn stated(field: &str, value: &str) -> StatedValue {
    StatedValue { field: field.to_owned(), value: Some(value.to_owned()), ..StatedValue::default() }
}

fn in_group(field: &str, value: &str, group: &str) -> StatedValue {
    StatedValue { group: Some(group.to_owned()), ..stated(field, value) }
}

fn somebody() -> Actor {
    Actor {
        user_key: key(900),
        username: "ana".to_owned(),
        is_administrator: false,
        permissions: Vec::new(),
        only_own_clients: false,
        role: None,
        bounds: crate::rights::Bounds::default(),
    }
}

fn loan() -> Owner {
    let address = Address { part: Part::new(3), key: Key::entity(Part::new(3), 1, 1) };
    Owner { kind: OwnerKind::Loan, address, setting: Some(key(500)) }
}

/// An owner's values and the fields that there are.
struct Scene {
    catalog: Catalog,
    owner: Owner,
    present: CustomValues,
}

impl Scene {
    fn new(fields: Vec<CustomField>) -> Scene {
        let owner = loan();
        let present = CustomValues::none(owner.kind, owner.address);
        Scene { catalog: catalog(fields), owner, present }
    }

    fn decide(&self, wanted: &CustomEdit) -> Result<Decided, Refusal> {
        let actor = somebody();
        let find_link = &|_, _: &super::super::value::StatedLink| None;
        let Scene { catalog, owner, present } = self;
        edit(wanted, &Ground { catalog, actor: &actor, owner: *owner, present, find_link })
    }

    fn done(&mut self, wanted: &CustomEdit) -> Vec<String> {
        self.present = self.decide(wanted).expect("it is allowed").values;
        self.shown()
    }

    fn put(&mut self, stated: Vec<StatedValue>) -> Vec<String> {
        self.done(&CustomEdit::Put(stated))
    }

    fn refused(&self, wanted: &CustomEdit) -> Refusal {
        self.decide(wanted).expect_err("it is not allowed")
    }

    fn shown(&self) -> Vec<String> {
        let one = |value: &CustomValue| {
            let id = id_of(&self.catalog, value.field);
            let group = value.group.map(|group| format!("[{group}]")).unwrap_or_default();
            format!("{id}{group}={}", value.content)
        };
        self.present.values.iter().map(one).collect()
    }
}

fn id(field: &str) -> String {
    field.to_owned()
}

#[test]
fn what_is_put_stands_beside_what_was_there() {
    let mut scene = Scene::new(vec![field("A", 1), field("B", 2)]);
    assert_eq!(scene.put(vec![stated("B", "1")]), ["B=1"]);
    let first = scene.present.values[0].key;
    assert_eq!(scene.put(vec![stated("A", "2"), stated("B", "3")]), ["A=2", "B=3"]);
    assert_eq!(scene.present.values[1].key, first, "it is the same value, changed");
    assert_eq!(scene.present.version, 2);
    let by_key = scene.catalog.custom_fields.find("A").expect("it is there").key.to_string();
    assert_eq!(scene.put(vec![stated(&by_key, "4")]), ["A=4", "B=3"]);
}

#[test]
fn what_is_replaced_is_the_whole() {
    let mut scene = Scene::new(vec![field("A", 1), field("B", 2), field("C", 3)]);
    scene.put(vec![stated("A", "1"), stated("B", "2"), stated("C", "3")]);
    let kept = scene.present.values[1].key;
    assert_eq!(scene.done(&CustomEdit::Replace(vec![stated("B", "5")])), ["B=5"]);
    assert_eq!(scene.present.values[0].key, kept);
    assert!(scene.done(&CustomEdit::Replace(vec![])).is_empty());
}

#[test]
fn a_field_must_be_known_and_be_for_the_owner() {
    let elsewhere = FieldSetting { of: key(501), is_default: false, is_required: false };
    let other_product = CustomField { settings: vec![elsewhere], ..field("Other", 1) };
    let off = CustomField { state: FieldState::Deactivated, ..field("Off", 2) };
    let nobody = Rights { key: key(1), is_for_all: false, roles: vec![] };
    let closed = CustomField { edit_rights: nobody, ..field("Closed", 3) };
    let mut scene = Scene::new(vec![other_product, off, closed]);
    let refused = |scene: &Scene, name| scene.refused(&CustomEdit::Put(vec![stated(name, "1")]));
    assert_eq!(refused(&scene, "None"), Refusal::Unknown { field: id("None") });
    assert_eq!(refused(&scene, "Other"), Refusal::NotForOwner { field: id("Other") });
    assert_eq!(refused(&scene, "Off"), Refusal::Deactivated { field: id("Off") });
    assert_eq!(refused(&scene, "Closed"), Refusal::NotEditable { field: id("Closed") });
    scene.owner.kind = OwnerKind::Client;
    assert_eq!(refused(&scene, "Off"), Refusal::NotForOwner { field: id("Off") });
}

#[test]
fn a_required_field_is_asked_for_when_all_are_given_and_stays() {
    let of_product = FieldSetting { of: key(500), is_default: false, is_required: true };
    let needed = CustomField { settings: vec![of_product], ..field("Needed", 1) };
    let mut scene = Scene::new(vec![needed, field("B", 2)]);
    let missing = Refusal::Missing { field: id("Needed") };
    assert_eq!(scene.refused(&CustomEdit::Replace(vec![stated("B", "1")])), missing);
    assert_eq!(scene.refused(&CustomEdit::Put(vec![stated("Needed", "")])), missing);
    assert_eq!(scene.put(vec![stated("B", "1")]), ["B=1"], "a patch is asked for nothing");
    scene.put(vec![stated("Needed", "2")]);
    let gone = CustomEdit::Remove { field: id("Needed"), group: None };
    assert_eq!(scene.refused(&gone), Refusal::Stays { field: id("Needed") });
    assert_eq!(scene.done(&CustomEdit::Remove { field: id("B"), group: None }), ["Needed=2"]);
}

#[test]
fn a_group_that_is_not_named_is_a_new_one() {
    let mut scene = Scene::new(vec![grouped("IBAN", 1), grouped("BIC", 2), field("A", 3)]);
    scene.put(vec![stated("IBAN", "x"), stated("BIC", "y"), stated("IBAN", "z")]);
    assert_eq!(scene.shown(), ["IBAN[0]=x", "BIC[0]=y", "IBAN[1]=z"]);
    scene.put(vec![stated("IBAN", "w"), in_group("BIC", "v", "0"), in_group("BIC", "u", "1")]);
    assert_eq!(scene.shown(), ["IBAN[0]=x", "BIC[0]=v", "IBAN[1]=z", "BIC[1]=u", "IBAN[2]=w"]);
    let unknown = Refusal::UnknownGroup { field: id("BIC"), group: id("3") };
    assert_eq!(scene.refused(&CustomEdit::Put(vec![in_group("BIC", "1", "3")])), unknown);
    let twice = vec![in_group("BIC", "1", "1"), in_group("BIC", "2", "1")];
    assert_eq!(scene.refused(&CustomEdit::Put(twice)), Refusal::TwiceInGroup { field: id("BIC") });
    let single = CustomEdit::Put(vec![in_group("A", "1", "0")]);
    assert_eq!(scene.refused(&single), Refusal::OtherUsage { field: id("A") });
    let twice = CustomEdit::Put(vec![stated("A", "1"), in_group("A", "2", "-1")]);
    assert_eq!(scene.refused(&twice), Refusal::NamedTwice { field: id("A") });
}

#[test]
fn groups_have_no_gaps() {
    let mut scene = Scene::new(vec![grouped("IBAN", 1), grouped("BIC", 2)]);
    let gap = vec![in_group("IBAN", "x", "0"), in_group("BIC", "y", "2")];
    let refused = scene.refused(&CustomEdit::Replace(gap));
    assert_eq!(refused, Refusal::GroupsHaveGaps { field: id("BIC") });
    scene.put(vec![stated("IBAN", "0"), stated("IBAN", "1"), stated("IBAN", "2")]);
    let gone = CustomEdit::Remove { field: id("IBAN"), group: Some(id("1")) };
    assert_eq!(scene.done(&gone), ["IBAN[0]=0", "IBAN[1]=2"]);
    let unknown = Refusal::UnknownGroup { field: id("IBAN"), group: id("2") };
    let gone = CustomEdit::Remove { field: id("IBAN"), group: Some(id("2")) };
    assert_eq!(scene.refused(&gone), unknown);
    let all = vec![stated("IBAN", "a"), stated("BIC", "b"), stated("BIC", "c")];
    assert_eq!(scene.done(&CustomEdit::Replace(all)), ["IBAN[0]=a", "BIC[0]=b", "BIC[1]=c"]);
    assert!(scene.done(&CustomEdit::Remove { field: id("BIC"), group: None }).len() == 1);
}

#[test]
fn unique_values_are_taken_and_freed() {
    let mut scene = Scene::new(vec![CustomField { is_unique: true, ..grouped("No", 1) }]);
    let decided = scene.decide(&CustomEdit::Put(vec![stated("No", "1")])).expect("it is allowed");
    assert_eq!(decided.taken[0].content, "1");
    assert!(decided.freed.is_empty());
    scene.present = decided.values;
    let decided = scene.decide(&CustomEdit::Put(vec![in_group("No", "2", "0")])).expect("it is allowed");
    assert_eq!((decided.taken[0].id(), decided.freed[0].id()), (id("2"), id("1")));
    let twice = scene.refused(&CustomEdit::Put(vec![stated("No", "1")]));
    assert_eq!(twice, Refusal::NotUnique { field: id("No") });
    let all = scene.decide(&CustomEdit::RemoveAll).expect("it is allowed");
    assert_eq!(all.freed.len(), 1);
}

#[test]
fn a_choice_goes_with_another() {
    let goes = |value: &str, with: &str| super::super::SelectionOption {
        goes_with: Some(with.to_owned()),
        ..option(value)
    };
    let country = selection("Country", 1, &["IT", "DE"]);
    let city = CustomField {
        depends_on: Some(country.key),
        options: vec![goes("Rome", "IT"), goes("Bonn", "DE")],
        ..selection("City", 2, &[])
    };
    let mut scene = Scene::new(vec![country, city]);
    let alone = scene.refused(&CustomEdit::Put(vec![stated("City", "Rome")]));
    assert_eq!(alone, Refusal::DependsOnMissing { field: id("City") });
    scene.put(vec![stated("City", "Rome"), stated("Country", "IT")]);
    let other = scene.refused(&CustomEdit::Put(vec![stated("Country", "DE")]));
    assert_eq!(other, Refusal::OtherType { field: id("City") });
}

#[test]
fn fields_of_a_channel_need_one() {
    let mut scene = Scene::new(vec![field("A", 1)]);
    let mut set = catalog(vec![]).custom_field_sets.iter().next().expect("there are two").as_ref().clone();
    set.applies_to = crate::custom_field::CustomFieldType::TransactionChannelInfo;
    let records = vec![
        crate::record::Record::CustomFieldSet(set),
        crate::record::Record::CustomField(Box::new(field("A", 1))),
    ];
    scene.catalog = Catalog::new(1, records);
    scene.owner.kind = OwnerKind::LoanTransaction;
    assert_eq!(scene.put(vec![stated("A", "1")]), ["A=1"]);
    scene.owner.setting = None;
    let refused = scene.refused(&CustomEdit::Put(vec![stated("A", "1")]));
    assert_eq!(refused, Refusal::NeedsChannel { field: id("A") });
}

#[test]
fn what_a_caller_cannot_name_survives_a_replacement() {
    let mut scene = Scene::new(vec![field("A", 1), field("B", 2)]);
    scene.put(vec![stated("A", "1"), stated("B", "2")]);
    let off = CustomField { state: FieldState::Deactivated, ..field("A", 1) };
    scene.catalog = catalog(vec![off, field("B", 2)]);
    assert_eq!(scene.done(&CustomEdit::Replace(vec![])), ["A=1"]);
}
