# Shortcuts for what is otherwise typed in full. `just` alone lists them.

_list:
    @just --list --unsorted

# Everything CI checks, in the same order
ci:
    .ci/run

# Formatting, clippy and the house rules: run it before a commit
lint:
    cargo fmt --all -- --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo xtask tidy

# Only the house rules
tidy:
    cargo xtask tidy

# Every test on SQLite and on a throw-away PostgreSQL; arguments go to cargo test
test *arguments:
    cargo xtask test -- {{arguments}}

# The tests through real HTTP against the real program
e2e *arguments:
    cargo xtask test -- -p loam-tests {{arguments}}

# Clients that others wrote, against the doors
clients:
    cargo xtask test --clients

# A command beside a throw-away PostgreSQL: `just postgres psql`
postgres +command:
    cargo xtask postgres -- {{command}}

# Serve a book in ./loam-data; arguments go to `loam serve`
run *arguments:
    cargo run -p loam -- serve {{arguments}}

# Measure
bench *arguments:
    cargo xtask bench {{arguments}}

# The documentation of the code, private items too
docs:
    cargo doc --workspace --no-deps --document-private-items

# Licenses, advisories and sources of the dependencies (needs cargo-deny)
deny:
    cargo deny check
