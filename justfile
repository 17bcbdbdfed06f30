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

# times: the rule loops, and polder against numpy in one interleaved run; writes docs/benchmarks.md
bench rounds="7" draws="10000":
    cargo build --release --example simulate --example export_plan --bench rule_loop
    test -d .venv || (python3 -m venv .venv && .venv/bin/pip -q install numpy scipy)
    .venv/bin/python benches/peers.py {{rounds}} {{draws}}
