"""polder against numpy on havenkwartier, in one interleaved run, and the rule loops: writes their part of docs/benchmarks.md.

    just bench-peers
    .venv/bin/python benches/peers.py [rounds] [draws]

Every round runs polder, numpy straightforward and numpy strong, in another order; one thread each. Reported are the median and
range over the rounds, and the median and range of the ratios within a round. Both CPU time and wall time, as a machine that others
use too stretches the second.
"""
import json, os, re, statistics, subprocess, sys, time
from pathlib import Path

import scipy

from document import ROOT, machine, spread, write

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
MODEL = "models/havenkwartier"
PEER = "benches/peer/havenkwartier.py"
CHUNKS = {"straightforward": 100, "strong": 1000}  # of those tried the fastest
ONE = {"RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def run(command):
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | ONE, stdout=subprocess.PIPE, text=True) as p:
        out = p.stdout.read()
        _, status, used = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    assert p.returncode == 0, command
    return out, time.perf_counter() - start, used.ru_utime + used.ru_stime


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    draws = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    load_before = os.getloadavg()[0]
    simulate, export = str(TARGET / "release/examples/simulate"), str(TARGET / "release/examples/export_plan")
    plan = str(TARGET / "havenkwartier.json")
    run([export, MODEL, plan, "200"])
    check = run([sys.executable, PEER, plan, "--check"])[0]
    print(check, end="")
    programs = {"polder": [simulate, MODEL, str(draws), "--json"]}
    for variant, chunk in CHUNKS.items():
        programs[variant] = [sys.executable, PEER, plan, "--draws", str(draws), "--json", "--variant", variant, "--chunk", str(chunk)]
    results = {name: [] for name in programs}
    for i in range(rounds):
        names = list(programs)
        for name in names[i % 3 :] + names[: i % 3]:
            seed = ["--seed", str(i + 1)] if name != "polder" else []
            out, wall, cpu = run(programs[name] + seed)
            results[name].append(json.loads(out) | dict(process_s=wall, process_cpu_s=cpu))
        print(f"round {i + 1}: " + ", ".join(f"{n} {results[n][-1]['simulate_cpu_s']:.3f} s" for n in programs), flush=True)

    # Means within 4 standard errors, of both peers and every figure.
    worst = {}
    for name in ("straightforward", "strong"):
        z = 0.0
        ours = {(a["route"], a["figuur"]): a for a in results["polder"][0]["figures"]}
        for b in results[name][0]["figures"]:
            a = ours[b["route"], b["figuur"]]
            se = ((a["sd"] ** 2 + b["sd"] ** 2) / draws) ** 0.5
            if se > 1e-6:
                z = max(z, abs(a["mean"] - b["mean"]) / se)
        worst[name] = z
    figures, theirs = (len(results[name][0]["figures"]) for name in ("polder", "strong"))
    print("largest difference of means, in standard errors:", worst)
    assert max(worst.values()) <= 4, worst

    exact = [run([simulate, MODEL, "--exact"]) for _ in range(15)]
    bench = max((p for p in TARGET.glob("release/deps/rule_loop-*") if p.suffix == ""), key=lambda p: p.stat().st_mtime)
    loops = run([str(bench)])[0]

    def ratio(name, key):
        return [b[key] / a[key] for a, b in zip(results["polder"], results[name])]

    rows = []
    for name, title in (("polder", "polder"), ("straightforward", "numpy, straightforward"), ("strong", "numpy, strong")):
        r = results[name]
        us = 1e6 / draws
        rows.append(f"| {title} | {spread([x['simulate_cpu_s'] for x in r], us, 2)} | {spread([x['simulate_s'] for x in r], us, 2)} | {spread([x['process_cpu_s'] for x in r], 1e3, 0)} | {statistics.median(x['peak_mib'] for x in r):.0f} |")
    ratios = []
    for name, title in (("straightforward", "numpy, straightforward"), ("strong", "numpy, strong")):
        ratios.append(f"| {title} | {spread(ratio(name, 'simulate_cpu_s'))} | {spread(ratio(name, 'simulate_s'))} | {spread(ratio(name, 'process_cpu_s'))} |")
    loop_rows = [f"| {m[1]} | {m[2]} | {m[3]} | {m[4]} |" for m in re.finditer(r"^(.+?) +rule +([\d.]+) .*?by hand +([\d.]+) .*?ratio ([\d.]+)$", loops, re.M)]
    polder = results["polder"]
    text = f"""## Havenkwartier against numpy

One run of `benches/peers.py`, {rounds} interleaved rounds, {draws:,} draws of `{MODEL}`, both routes on the same draws, one thread each.
{machine(load_before, {'numpy': results['strong'][0]['numpy'], 'scipy': scipy.__version__})}

| | CPU, µs per draw | wall, µs per draw | whole process, CPU ms | peak MiB |
|---|---|---|---|---|
{chr(10).join(rows)}

Times as long as polder, within a round:

| | CPU | wall | whole process, CPU |
|---|---|---|---|
{chr(10).join(ratios)}

- A draw is both routes: samples, index paths, flows, fund, interest, present values of every party. polder gives {figures // 2} figures of each
  route, the peers {theirs // 2}: not those per deelgebied, nor the lowest balance of the fund.
- Counted in the first two columns: compiling the plan into numbers (polder's certain values and tables, the strong peer's matrices),
  drawing, calculating. Not counted: reading the model (polder {spread([x['load_s'] for x in polder], 1e3)} ms from toml and xlsx; the peers read an exported json),
  quantiles, starting Python. The last column counts all of it.
- Straightforward is what one writes first: arrays of (draws, lines, periods), in chunks of {CHUNKS['straightforward']:,} draws, correlated
  drivers by `scipy.stats` quantiles. Strong gathers lines by matrix product into the series and present values
  that are asked, with tables for quantiles, in chunks of {CHUNKS['strong']:,}.
- polder uses the widest instructions that it finds when it runs (AVX-512 here where the machine has it), no FMA.
- Same drivers, same figures: on 200 draws exported from polder, {"; ".join(re.sub(": .*difference", ": at most", l).split(" (")[0] for l in check.strip().splitlines())} euro apart in any of the peers' figures.
  With their own generators the means of those figures agree: at most {worst['straightforward']:.1f} and {worst['strong']:.1f} standard errors apart (asked: at most 4).

### Memory and exact

- {draws:,} draws of both routes: peak {spread([x['peak_mib'] for x in polder], 1)} MiB (asked: under 200).
- Read, validate and calculate both routes exactly, as a whole process: wall {spread([x[1] for x in exact], 1e3)} ms, CPU {spread([x[2] for x in exact], 1e3)} ms (asked: under 50).

## A rule through the trait against the same loop by hand

Nanoseconds per draw, 43 periods, 16 draws side by side, equal bits; asked is a ratio of at most 1.1.

| loop | rule | by hand | ratio |
|---|---|---|---|
{chr(10).join(loop_rows)}

Below 1 the loop by hand is the slower one: it is a fair attempt, not the best that can be written.
"""
    write("havenkwartier", text)
    print(text)


if __name__ == "__main__":
    main()
