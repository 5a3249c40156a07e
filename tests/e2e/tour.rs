//! The tour of the README, executed by bash command by command against a demo server.

use std::process::{Command, Stdio};

use loam_tests::database::{BOTH, Database};
use loam_tests::server::{PASSWORD, Server};

use crate::book::printed;

/// A fenced block of the tour.
struct Block {
    /// The return codes other than 0 that the prose before the block announces.
    announced: Vec<i64>,
    commands: Vec<String>,
}

/// What stands between the marks of the README.
fn tour() -> Vec<Block> {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("the README");
    let (_, rest) = readme.split_once("<!-- tour:begin -->").expect("the README begins a tour");
    let (tour, _) = rest.split_once("<!-- tour:end -->").expect("the README ends its tour");
    let mut blocks = Vec::new();
    let mut rest = tour;
    while let Some((prose, after)) = rest.split_once("```bash\n") {
        let (code, after) = after.split_once("\n```").expect("a block ends");
        blocks.push(Block { announced: announced(prose), commands: commands(code) });
        rest = after;
    }
    assert!(!rest.contains("```"), "a block of another language is not executed: {rest}");
    blocks
}

/// The numbers behind the word "code".
fn announced(prose: &str) -> Vec<i64> {
    let words: Vec<&str> = prose.split_whitespace().collect();
    let codes = words.windows(2).filter(|pair| pair[0] == "code");
    codes.filter_map(|pair| pair[1].trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()).collect()
}

/// Takes a block apart: a command ends with the first line after which bash finds it whole.
fn commands(code: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut begun = String::new();
    for line in code.lines() {
        begun.push_str(line);
        begun.push('\n');
        if !line.ends_with('\\') && is_whole(&begun) {
            commands.push(std::mem::take(&mut begun));
        }
    }
    assert!(begun.trim().is_empty(), "a block ends within a command: {begun}");
    commands.retain(|command| !command.trim().is_empty());
    commands
}

fn is_whole(command: &str) -> bool {
    let check = Command::new("bash").args(["-n", "-c", command]).stderr(Stdio::null()).status();
    check.expect("bash runs").success()
}

/// Runs the commands in one shell, and gives exit code and output of each.
fn run(commands: &[&str], server: &Server) -> Vec<(i64, String)> {
    let mut script = "set -o pipefail\n".to_owned();
    for command in commands {
        script.push_str(command);
        script.push_str("printf '\\n::exit:%s::\\n' \"$?\"\n");
    }
    let mut bash = Command::new("bash");
    bash.args(["-c", &script]).env("PASSWORD", PASSWORD).env("LOAM", &server.base);
    let output = bash.output().expect("bash runs");
    let said = String::from_utf8(output.stdout).expect("text");
    let mut parts = said.split("\n::exit:");
    let mut results = Vec::new();
    let mut before = parts.next().expect("a split has a part").to_owned();
    for part in parts {
        let (code, after) = part.split_once("::\n").expect("a mark ends");
        results.push((code.parse().expect("an exit code"), before));
        before = after.to_owned();
    }
    assert_eq!(results.len(), commands.len(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    results
}

/// The return codes in an answer.
fn return_codes(output: &str) -> Vec<i64> {
    let codes = output.split("\"returnCode\":").skip(1);
    codes
        .map(|rest| {
            rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a code")
        })
        .collect()
}

fn is_assignment(command: &str) -> bool {
    let name = command.trim_start_matches("export ").split('=').next().unwrap_or_default();
    command.contains('=') && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

#[test]
fn every_command_of_the_readmes_tour_does_what_it_says() {
    let blocks = tour();
    let all: Vec<&str> = blocks.iter().flat_map(|block| block.commands.iter().map(String::as_str)).collect();
    assert!(all.len() >= 8, "a tour has more than {} steps", all.len());
    for kind in BOTH {
        println!("on {kind:?}");
        let database = Database::fresh(kind);
        let server = Server::start(&database, &["--demo"]);
        let mut results = run(&all, &server).into_iter();
        for block in &blocks {
            let mut met = Vec::new();
            for command in &block.commands {
                let (code, output) = results.next().expect("each command has a result");
                assert_eq!(code, 0, "{command}{output}");
                assert!(is_assignment(command) || !output.trim().is_empty(), "{command} says nothing");
                assert!(!output.contains("\"error\""), "{command}{output}");
                met.extend(return_codes(&output).into_iter().filter(|code| *code != 0));
            }
            assert_eq!(met, block.announced, "{:?}", block.commands);
        }
        let checked = printed(&database, &["check"]);
        assert!(checked.contains("everything holds"), "{checked}");
    }
}

#[test]
fn the_tour_shows_the_figures_that_it_promises() {
    let blocks = tour();
    let all: Vec<&str> = blocks.iter().flat_map(|block| block.commands.iter().map(String::as_str)).collect();
    for kind in BOTH {
        println!("on {kind:?}");
        let database = Database::fresh(kind);
        let server = Server::start(&database, &["--demo"]);
        let results = run(&all, &server);
        let said = |part: &str| -> Vec<&str> {
            let pairs = all.iter().zip(&results).filter(|(command, _)| command.contains(part));
            pairs.map(|(_, (_, output))| output.as_str()).collect()
        };
        let schedule = said("/schedule?")[0];
        assert!(schedule.contains("\"25.45\"") && schedule.contains("\"26.29\""), "{schedule}");
        let twice = said("Idempotency-Key")[0];
        let ids: Vec<&str> = twice
            .split("\"transactionId\":")
            .skip(1)
            .map(|rest| rest.split(',').next().unwrap_or(""))
            .collect();
        assert!(ids.len() == 2 && ids[0] == ids[1], "one repayment: {twice}");
    }
}
