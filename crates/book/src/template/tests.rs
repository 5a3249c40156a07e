use jiff::Timestamp;

use super::placeholders::samples;
use super::*;
use crate::ids::Part;

fn template(text: &str, template_type: TemplateType) -> Template {
    Template {
        key: Key::entity(Part::new(0), 1, 1),
        id: "CONTRACT".to_owned(),
        name: "Contract".to_owned(),
        template_type,
        products: vec![],
        text: text.to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    }
}

fn checked(text: &str) -> Result<(), (usize, String)> {
    let template = template(text, TemplateType::LoanAccount);
    template.check().map_err(|error| (error.line, error.reason))
}

#[test]
fn every_placeholder_can_be_named() {
    let loan: Vec<String> =
        placeholders::of_loan().iter().map(|each| format!("{{{{ loan.{} }}}}", each.name)).collect();
    assert_eq!(checked(&loan.join("\n")), Ok(()));
    assert_eq!(checked("{% for row in schedule %}{{ loop.index }}. {{ row.dueDate }}{% endfor %}"), Ok(()));
    assert_eq!(checked("{% if loan.notes == 'x' %}a{% elif client.id %}b{% else %}c{% endif %}"), Ok(()));
    assert_eq!(checked("{# a note, with * and ~ in it #}p * q ~ {x} 100 %} }}"), Ok(()));
}

#[test]
fn what_does_not_parse_is_refused_with_its_line() {
    for (text, line) in
        [("a\n{{ loan.id", 2), ("a\n\n{% if loan.id %}b", 3), ("{{ loan. }}", 1), ("{% endif %}", 1)]
    {
        let (at, reason) = checked(text).unwrap_err();
        assert!(at == line && !reason.is_empty(), "{text}: {at} {reason}");
    }
}

#[test]
fn a_placeholder_that_nobody_knows_is_refused() {
    assert_eq!(
        checked("a\n{{ loan.amuont }}"),
        Err((2, "there is no placeholder \"loan.amuont\"".to_owned()))
    );
    assert!(checked("{{ lona.id }}").is_err());
    assert!(checked("{{ loan }}").is_err());
    assert!(checked("{{ transaction.amount }}").is_err());
    assert!(checked("{% for row in schedule %}{{ row.dueDay }}{% endfor %}").is_err());
    assert!(template("{{ transaction.amount }}", TemplateType::Transaction).check().is_ok());
}

#[test]
fn what_makes_much_of_little_or_turns_escaping_off_is_refused() {
    for text in [
        "{{ 'x' * 1000000 }}",
        "{{ loan.id ~ loan.id }}",
        "{{ loan.id + loan.id }}",
        "{{ {'a': {'b': 1}} and 'x' * 9 }}",
        "{{ '}}' * 9 }}",
        "{% set a = 1 %}",
        "{%- set a = 1 %}",
        "{% autoescape false %}{{ loan.id }}{% endautoescape %}",
        "{% include 'x' %}",
        "{% macro a() %}{% endmacro %}",
        "{% with a = 1 %}{% endwith %}",
        "{% raw %}{{ {% endraw %}",
        "{{ loan.id|safe }}",
        "{{ range(9) }}",
    ] {
        assert!(checked(text).is_err(), "{text}");
    }
    assert!(checked(&"x".repeat(TEXT_LIMIT + 1)).is_err());
    assert_eq!(checked(&"x".repeat(TEXT_LIMIT)), Ok(()));
}

fn filled(text: &str, variables: placeholders::Variables) -> Result<String, TooMuch> {
    engine::render(text, variables)
}

#[test]
fn what_is_put_in_is_escaped() {
    let variables = [("businessDate", minijinja::Value::from("<script>\"&'"))].into_iter().collect();
    let document = filled("<b>{{ businessDate }}</b>", variables).unwrap();
    assert_eq!(document, "<b>&lt;script&gt;&quot;&amp;&#x27;</b>");
}

#[test]
fn a_document_has_bounds() {
    let long = minijinja::Value::from("x".repeat(RENDERED_LIMIT));
    let one = [("businessDate", long)].into_iter().collect();
    assert!(filled("{{ businessDate }}", one).is_ok());
    let long = minijinja::Value::from("x".repeat(RENDERED_LIMIT));
    let two = [("businessDate", long)].into_iter().collect();
    assert!(filled("{{ businessDate }}.", two).is_err());

    let rows: minijinja::Value = (0..1_000).collect();
    let many = [("schedule", rows)].into_iter().collect();
    let nested = "{% for a in schedule %}{% for b in schedule %}{% for c in schedule %}{% endfor %}{% endfor %}{% endfor %}";
    let error = filled(nested, many).unwrap_err();
    assert_eq!(error.reason, "it takes too many steps");
}

#[test]
fn what_is_not_there_is_empty() {
    let none = samples(TemplateType::LoanAccount);
    assert_eq!(filled("[{{ nothing.at.all }}]", none).unwrap(), "[]");
}

/// The rows of the tables of the page, heading by heading.
fn page() -> Vec<Vec<(String, String)>> {
    let page = include_str!("../../../../docs/document-templates.md");
    let row = |line: &str| {
        let (name, meaning) = line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | ")?;
        Some((name.to_owned(), meaning.to_owned()))
    };
    page.split("\n### ").skip(1).map(|section| section.lines().filter_map(row).collect()).collect()
}

fn listed<T>(placeholders: &[placeholders::Placeholder<T>]) -> Vec<(String, String)> {
    placeholders.iter().map(|each| (each.name.to_owned(), each.meaning.to_owned())).collect()
}

#[test]
fn the_page_lists_every_placeholder_and_no_other() {
    let expected = [
        listed(&placeholders::alone()),
        listed(&placeholders::of_loan()),
        listed(&placeholders::of_holder()),
        listed(&placeholders::of_client()),
        listed(&placeholders::of_installment()),
        listed(&placeholders::of_transaction()),
    ];
    assert_eq!(page(), expected);
}
