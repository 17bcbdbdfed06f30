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

# times: polder against numpy and numba on workload W and on havenkwartier, the rule loops; sets up .venv, checks that all agree, writes docs/benchmarks.md
bench-peers rounds="5" draws="100000":
    cargo build --release --example simulate --example export_plan --bench rule_loop
    test -d .venv || python3 -m venv .venv
    .venv/bin/python -c "import numpy, scipy, numba" 2>/dev/null || .venv/bin/pip -q install numpy scipy numba
    .venv/bin/python benches/peers_w.py --rounds {{rounds}} --draws {{draws}}
    .venv/bin/python benches/peers.py

# times: what owners cost in a draw of Havenkwartier, and an area of 500 owners; writes its part of docs/benchmarks.md
bench-kostenverhaal:
    python3 benches/kostenverhaal.py

# more draws replayed and compared than the tests do, what each way of spreading draws saves, and 200 random models as workbooks of
# formulas recalculated by LibreOffice; writes docs/deep.md
deep:
    POLDER_DEEP=1 cargo test --locked --release --test replay
    POLDER_DEEP=1 cargo test --locked --release --test levend -- --nocapture | tee target/levend.txt
    printf '# Last deep run\n\n%s\n\n```text\n%s\n```\n' "$(git rev-parse --short HEAD)" "$(grep -E 'compared|changed|test result' target/levend.txt)" > docs/deep.md
    cargo run --locked --release --example variance

# models/benchmark-w from benches/peer/w/model.json
benchmark-w:
    python3 benches/benchmark_w.py

# tests/cases/benchmark-w/w.toml from its script
cases:
    python3 tests/cases/benchmark-w/w_exact.py
