# The same commands that CI runs, and a few more.

# everything that CI runs
ci:
    .ci/run

# the tests, with what they need
test *args:
    tests/run {{args}}

fmt:
    cargo fmt --all

lint:
    cargo clippy --locked --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

# licences, bans and sources of all dependencies (cargo install cargo-deny)
deny:
    cargo deny check licenses bans sources

# docs/schema.md from the code
schema:
    cargo run --quiet -- schema > docs/schema.md

# the README's first command
compare:
    cargo run --release -- compare models/havenkwartier
