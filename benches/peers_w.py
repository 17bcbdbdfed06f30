"""polder against numpy and numba on workload W (models/benchmark-w), in one interleaved run: writes its part of docs/benchmarks.md.

    just bench-peers
    .venv/bin/python benches/peers_w.py [--rounds 5] [--draws 100000] [--once] [--no-10m] [--polder PROGRAM]

Every round runs every program once, in another order, two threads or processes each. Reported are the median and range over the
rounds, and the median and range of the ratios within a round; CPU time beside wall time, as a machine that others use too stretches
the second. Checked, before anything is written: all six outputs and the tornado against each peer, and against the reference values
of ten million draws by an engine that is not here, within 4 standard errors. --once is one small round that writes nothing, to test this script.
"""
import argparse, json, os, random, statistics, subprocess, sys, tempfile
from pathlib import Path

import numba, numpy, scipy

import benchmark_w
from document import ROOT, machine, spread, write

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PEERS = ROOT / "benches/peer/w"
ROUTE = ["--route", "cofinanciering", "--area-only"]
W = benchmark_w.workload()
LINE_YEARS = len(W["lines"]) * W["T"]

# Output of the peers: figure of polder and what its value is more.
FIGURES = {
    "nominal": ("reeel_saldo", 0),
    "eindwaarde": ("eindwaarde", 0),
    "ncw": ("ncw", 0),
    "min_balance": ("laagste_stand", 0),
    "min_year": ("laagste_stand_jaar", benchmark_w.YEAR),
    "fund_min": ("fonds_laagste", 0),
}
PERCENTILES = ["p5", "p50", "p95"]

# Reference: 10 million draws by an independent engine, for P to 4 digits and for rho to 3. The risk is the fifteenth.
REFERENCE_DRAWS = 10_000_000
REFERENCE = {
    "ncw": dict(mean=4_118_916, sd=10_564_968, p5=-11_042_713, p50=2_983_901, p95=23_138_981, p_neg=0.3784),
    "nominal": dict(p_neg=0.1792),
    "eindwaarde": dict(mean=10_483_945),
    "min_balance": dict(mean=-22_940_672, p5=-32_857_323, p50=-22_149_948),
    "fund_min": dict(mean=150_694),
}
NAMES = benchmark_w.driver_names(W)
INDEX, RATES, RISKS = len(W["lines"]), len(NAMES) - len(W["risks"]) - 2, len(NAMES) - len(W["risks"])
REFERENCE_RHO = {INDEX + 4: 0.661, INDEX + 5: 0.458, RATES: -0.168, RATES + 1: -0.159, INDEX + 3: 0.053, INDEX + 2: 0.045, RISKS + 14: -0.044, INDEX: 0.043}


def command(arguments, threads):
    """Runs a program with so many threads; nothing of the surroundings may slow a peer."""
    slow = ("OPENBLAS_", "OMP_", "MKL_", "NPY_", "NUMBA_", "RAYON_")
    env = {k: v for k, v in os.environ.items() if not k.startswith(slow)}
    env |= {"RAYON_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    if arguments[1].endswith("w_numba.py"):
        del env["OMP_NUM_THREADS"]
    done = subprocess.run(arguments, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout.strip():
        sys.exit(f"{' '.join(arguments)} gave status {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


class Programs:
    """All that a round runs: name to a function of the seed that gives times, memory and results in one shape."""

    def __init__(self, program, draws, folder):
        self.program, self.folder = program, folder
        self.all = {
            "polder": lambda s: self.polder("models/benchmark-w", draws),
            "polder 1 thread": lambda s: self.polder("models/benchmark-w", draws, threads=1),
            "polder whole": lambda s: self.polder("models/benchmark-w", draws, "--tornado"),
            "polder 1M": lambda s: self.polder("models/benchmark-w", 10 * draws, "--tornado"),
            "polder prepares": lambda s: self.polder("models/benchmark-w", 64),
            "polder 300 more": lambda s: self.polder(f"{folder}/w300", draws),
            "polder 3000 more": lambda s: self.polder(f"{folder}/w3000", draws),
            "python": lambda s: self.python(max(draws // 250, 20)),
            "numpy 3-D": lambda s: self.peer("w_numpy.py", max(draws // 25, 100), s, "--variant", "naive3d", "--no-tornado"),
        }
        for tornado, name in ((["--no-tornado"], ""), ([], " whole")):
            for procs in (1, 2):
                self.all[f"numpy {procs}{name}"] = lambda s, p=procs, t=tornado: self.peer(
                    "w_numpy.py", draws, s, "--pert", "table", "--chunk", "1000", "--procs", str(p), *t
                )
            # numpy's own beta draws, in the chunks that were fastest where the goals were set.
            self.all[f"numpy beta{name}"] = lambda s, t=tornado: self.peer(
                "w_numpy.py", draws, s, "--pert", "beta", "--chunk", "4000", "--procs", "2", *t
            )
            self.all[f"numba{name}"] = lambda s, t=tornado: self.peer("w_numba.py", draws, s, *t)
        self.all["numba, numpy ranks whole"] = lambda s: self.peer("w_numba.py", draws, s, "--ranks", "numpy")

    def polder(self, model, draws, *more, threads=2):
        r = json.loads(command([*self.program, model, str(draws), *ROUTE, *more, "--json"], threads))
        return r | dict(sim_s=r["simulate_s"], sim_cpu_s=r["simulate_cpu_s"], total_s=r["whole_s"])

    def peer(self, script, draws, seed, *more):
        out = f"{self.folder}/peer.json"
        command([sys.executable, str(PEERS / script), "--n", str(draws), "--seed", str(seed), "--out", out, *more], 2)
        return json.loads(Path(out).read_text()) | dict(draws=draws)

    def python(self, draws):
        out = f"{self.folder}/peer.json"
        command([sys.executable, str(PEERS / "ref_python.py"), str(draws), out], 1)
        return json.loads(Path(out).read_text()) | dict(draws=draws)


class Check:
    """Differences in standard errors; more than 4 is a failure, told at the end with all others."""

    def __init__(self):
        self.failures, self.worst = [], {}

    def __call__(self, against, what, ours, theirs, se, rounding=0.0):
        apart = max(abs(ours - theirs) - rounding, 0.0)
        z = apart / se if se > 0 else 0.0 if apart <= 1e-6 * max(1.0, abs(theirs)) else float("inf")
        self.note(against, what, ours, theirs, z, z <= 4)

    def note(self, against, what, ours, theirs, z, fine):
        self.worst[against] = max(self.worst.get(against, 0.0), z)
        if not fine:
            self.failures.append(f"{what}: polder {ours:.6g}, {against} {theirs:.6g}: {z:.1f} standard errors apart")

    def outputs(self, against, polder, peer):
        """polder and a peer of as many draws, independent."""
        n, m = polder["draws"], peer["draws"]
        assert n == m, (against, n, m)
        for output, theirs in peer["stats"].items():
            ours, more = figure(polder, output)
            both = (1 / n + 1 / m) ** 0.5
            sd = theirs["sd"]
            kurtosis = theirs["m4"] / sd**4 if sd else 1.0
            self(against, f"mean of {output}", ours["mean"] - more, theirs["mean"], sd * both)
            self(against, f"sd of {output}", ours["sd"], theirs["sd"], sd / 2 * max(kurtosis - 1, 0) ** 0.5 * both)
            for p, se, (low, high) in zip(PERCENTILES, theirs["se"], theirs["within"]):
                # Not by z alone: an output that jumps (a year, an empty fund) has percentiles without a density.
                value = ours[p] - more
                fine = low - 0.005 <= value <= high + 0.005
                z = abs(value - theirs[p]) / (se * 2**0.5) if se > 0 else 0.0
                self.note(against, f"{p} of {output}", value, theirs[p], min(z, 4.0) if fine else max(z, 4.1), fine)
            if not more:
                p = (n * ours["p_neg"] + m * theirs["p_neg"]) / (n + m)
                self(against, f"P(< 0) of {output}", ours["p_neg"], theirs["p_neg"], (p * (1 - p)) ** 0.5 * both)

    def tornado(self, against, polder, peer):
        """All 332 drivers. Gives what polder's creditrente is: the rate, or the spread below the rente that it draws."""
        n = polder["draws"]
        ours = {d["driver"]: d["rho"] for d in polder["tornado"]}
        if missing := [x for x in NAMES if x not in ours]:
            sys.exit(f"the tornado misses {len(missing)} of {len(NAMES)} drivers: {', '.join(missing[:5])}...; it has {', '.join(list(ours)[:5])}...")
        credit = RATES + 1
        spread_is_nearer = abs(ours[NAMES[credit]] - peer["spread_rho"]) < abs(ours[NAMES[credit]] - peer["rho"][credit])
        for i, name in enumerate(NAMES):
            theirs = peer["spread_rho"] if i == credit and spread_is_nearer else peer["rho"][i]
            self(against, f"rho of {name}", ours[name], theirs, (2 / n) ** 0.5)
        return "spread" if spread_is_nearer else "rate"

    def reference(self, against, polder, peer, credit):
        """polder against the reference values, with the standard errors that a peer tells."""
        n, m = polder["draws"], peer["draws"]
        both = (1 / n + 1 / REFERENCE_DRAWS) ** 0.5
        for output, figures in REFERENCE.items():
            ours, more = figure(polder, output)
            theirs = peer["stats"][output]
            se = dict(zip(PERCENTILES, (s * m**0.5 for s in theirs["se"])))
            se["mean"], se["sd"] = theirs["sd"], theirs["sd"] / 2 * (theirs["m4"] / theirs["sd"] ** 4 - 1) ** 0.5
            se["p_neg"] = (theirs["p_neg"] * (1 - theirs["p_neg"])) ** 0.5
            for key, value in figures.items():
                self(against, f"{key} of {output}", ours[key] - (more if key != "p_neg" else 0), value, se[key] * both, 5e-5 if key == "p_neg" else 0.5)
        ours = {d["driver"]: d["rho"] for d in polder["tornado"]}
        for i, rho in REFERENCE_RHO.items():
            if i != RATES + 1 or credit == "rate":
                self(against, f"rho of {NAMES[i]}", ours[NAMES[i]], rho, both, 5e-4)


def figure(polder, output):
    name, more = FIGURES[output]
    found = [f for f in polder["figures"] if f["route"] == ROUTE[1] and f["figuur"] == name]
    if len(found) != 1:
        sys.exit(f"polder gives {len(found)} figures {name} of route {ROUTE[1]}; it has {sorted({f['figuur'] for f in polder['figures']})}")
    return found[0], more


def ratios(peer, own, key):
    """Times as long as polder, within each round. A list of peers is the fastest of them in each round."""
    peers = [peer] if isinstance(peer[0], dict) else peer
    return [min(p[i][key] for p in peers) / own[i][key] for i in range(len(own))]


def per_draw(runs, key):
    return spread([r[key] / r["draws"] * 1e6 for r in runs], 1, 2)


def main():
    p = argparse.ArgumentParser(description="polder against its peers on W")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--draws", type=int, default=100_000)
    p.add_argument("--once", action="store_true", help="one round of 4,000 draws; writes nothing")
    p.add_argument("--no-10m", action="store_true", help="without the run of 100 times the draws, for its memory")
    p.add_argument("--polder", help="program instead of target/release/examples/simulate")
    a = p.parse_args()
    rounds, draws = (1, 4_000) if a.once else (a.rounds, a.draws)
    program = [a.polder or str(TARGET / "release/examples/simulate")]
    load_before = os.getloadavg()[0]
    if differ := benchmark_w.differences(benchmark_w.TO, benchmark_w.files(W)):
        sys.exit(f"models/benchmark-w is not W: {', '.join(differ)}; run benches/benchmark_w.py")
    with tempfile.TemporaryDirectory() as folder:
        for n in (300, 3000):
            benchmark_w.store(Path(folder) / f"w{n}", benchmark_w.files(W, n))
        programs = Programs(program, draws, folder)
        r = {name: [] for name in programs.all}
        for i in range(rounds):
            names = list(programs.all)
            random.Random(i).shuffle(names)
            for name in names:
                r[name].append(programs.all[name](i + 1))
            shown = ("polder", "polder whole", "numpy 1 whole", "numpy 2 whole", "numba whole")
            print(f"round {i + 1} of {rounds}: " + ", ".join(f"{n} {r[n][-1]['total_s']:.3f} s" for n in shown), flush=True)
        many = None if a.once or a.no_10m else programs.polder("models/benchmark-w", 100 * draws, "--tornado")

    check = Check()
    whole = r["polder whole"]
    for runs in (r["polder"], whole, r["polder 1 thread"]):
        if len({x["checksum"] for x in runs} | {r["polder"][0]["checksum"]}) != 1:
            check.failures.append("the checksum of polder's outputs differs between runs, threads or with the tornado")
    for name in ("numpy 1", "numpy 2", "numba"):
        check.outputs(name, whole[0], r[f"{name} whole"][0])
        credit = check.tornado(name, whole[0], r[f"{name} whole"][0])
    witness = r["numpy 1 whole"][0]
    reference = f"reference at {whole[0]['draws']:,} draws", f"reference at {r['polder 1M'][0]['draws']:,} draws"
    check.reference(reference[0], whole[0], witness, credit)
    check.reference(reference[1], r["polder 1M"][0], witness, credit)
    print("largest difference in standard errors: " + ", ".join(f"{k} {z:.1f}" for k, z in check.worst.items()))
    if check.failures:
        sys.exit("the results do not agree:\n" + "\n".join(check.failures))

    text = document(r, rounds, draws, load_before, check, reference, credit, many)
    print(text)
    if not a.once:
        write("w", text)


def document(r, rounds, draws, load_before, check, reference, credit, many):
    whole, own = r["polder whole"], r["polder"]
    numpys, numpys_whole = [r["numpy 1"], r["numpy 2"]], [r["numpy 1 whole"], r["numpy 2 whole"]]
    best = lambda pair: min(pair, key=lambda runs: statistics.median(x["total_s"] for x in runs))
    median = lambda values: statistics.median(values)

    simulation = [
        f"| {title} | {per_draw(r[name], 'sim_cpu_s')} | {per_draw(r[name], 'sim_s')} | {1 / median([x['sim_s'] / x['draws'] for x in r[name]]):,.0f} | "
        + ("1 | 1 |" if name == "polder" else f"{per_draw_ratio(r[name], own, 'sim_cpu_s')} | {per_draw_ratio(r[name], own, 'sim_s')} |")
        for name, title in (
            ("polder", "polder, 2 threads"),
            ("polder 1 thread", "polder, 1 thread"),
            ("numba", "numba, 2 threads"),
            ("numpy 2", "numpy strong, 2 processes"),
            ("numpy 1", "numpy strong, 1 process"),
            ("numpy beta", "numpy strong with Generator.beta, chunks of 4,000, 2 processes"),
            ("numpy 3-D", f"numpy 3-D, 1 process ({r['numpy 3-D'][0]['draws']:,} draws)"),
            ("python", f"Python alone, 1 process ({r['python'][0]['draws']:,} draws)"),
        )
    ]
    wholes = [
        f"| {title} | {spread([x['cpu_s'] for x in r[name]], 1, 3)} | {spread([x['total_s'] for x in r[name]], 1, 3)} | {spread([x['peak_mib'] for x in r[name]], 1, 0)} | "
        + ("1 | 1 |" if name == "polder whole" else f"{spread(ratios(r[name], whole, 'cpu_s'))} | {spread(ratios(r[name], whole, 'total_s'))} |")
        for name, title in (
            ("polder whole", "polder, 2 threads"),
            ("numba whole", "numba, 2 threads"),
            ("numba, numpy ranks whole", "numba, ranks by numpy in 2 threads"),
            ("numpy 2 whole", "numpy strong, 2 processes"),
            ("numpy 1 whole", "numpy strong, 1 process"),
            ("numpy beta whole", "numpy strong with Generator.beta, chunks of 4,000, 2 processes"),
        )
    ]
    stages = [(stage, spread([x[f"{key}_s"] for x in whole], 1e3)) for stage, key in (("load", "load"), ("compile", "compile"), ("simulate", "simulate"), ("quantiles", "statistics"), ("tornado", "tornado"))]
    loading = [x["load_s"] + x["compile_s"] for x in whole]
    million = r["polder 1M"]
    lines = ratios(r["polder 3000 more"], r["polder 300 more"], "sim_cpu_s")
    lines_wall = ratios(r["polder 3000 more"], r["polder 300 more"], "sim_s")
    threads = ratios(r["polder 1 thread"], own, "sim_s")

    def goal(what, values, floor, target, at_least=True, unit="", digits=1):
        value = median(values)
        reached = lambda bound: value >= bound if at_least else value <= bound
        sign = "≥" if at_least else "≤"
        short = f"{(target - value) / target:.0%} short of" if at_least else f"{(value - target) / target:.0%} over"
        verdict = "reached" if reached(target) else f"{short} the target" + ("" if floor is None else ", above the floor" if reached(floor) else ", **below the floor**")
        bound = lambda b: "" if b is None else f"{sign} {b:g}{unit}"
        return f"| {what} | {bound(floor)} | {bound(target)} | {spread(values, 1, digits)}{unit} | {verdict} |"

    goals = [
        goal("simulation against numpy, the faster of 1 and 2 processes", ratios(numpys, own, "sim_s"), 15, 22, unit="×"),
        goal("whole job against numpy, the faster of 1 and 2 processes", ratios(numpys_whole, whole, "total_s"), 12, 20, unit="×"),
        goal("simulation against numpy with Generator.beta, for which the goals were set", ratios(r["numpy beta"], own, "sim_s"), 15, 22, unit="×"),
        goal("whole job against numpy with Generator.beta", ratios(r["numpy beta whole"], whole, "total_s"), 12, 20, unit="×"),
        goal("simulation against numba", ratios(r["numba"], own, "sim_s"), 6, 10, unit="×"),
        goal("whole job against numba", ratios(r["numba whole"], whole, "total_s"), 10, 20, unit="×"),
        goal("load and compile, ms", [x * 1e3 for x in loading], None, 20, at_least=False),
        # Memory is asked at these numbers of draws alone.
        *[
            goal(f"peak memory with tornado at {n:,} draws, MiB", [x["peak_mib"] for x in runs], None, most, at_least=False, digits=0)
            for n, most, runs in ((100_000, 60, whole), (10_000_000, 2560, [many] if many else []))
            if runs and runs[0]["draws"] == n
        ],
        goal("2 threads against 1, wall", threads, None, 1.8, unit="×", digits=2),
        goal("cost per draw, 3,000 certain lines more against 300 more, CPU", lines, None, 1.1, at_least=False, unit="×", digits=2),
    ]
    agreement = ", ".join(f"{name} {z:.1f}" for name, z in check.worst.items() if name not in reference)
    creditrente = "the rate itself" if credit == "rate" else "the spread below the rente, which polder draws"
    ten_million = "" if many is None else (
        f"\n{many['draws']:,} draws with quantiles and tornado, once: wall {many['total_s']:.1f} s, CPU {many['cpu_s']:.1f} s, peak {many['peak_mib']:,.0f} MiB."
    )
    method = f" polder: {whole[0]['tornado_method']}." if "tornado_method" in whole[0] else ""
    return f"""## Workload W against numpy and numba

W is `models/benchmark-w`: {len(W['lines'])} lines of which each has a factor of its own (triangular or PERT), {W['T']} years, {W['G']} index groups with mean reversion and correlated
shocks, {W['K']} deelgebieden with uitstel, interest and a loan account each, a drawn rente and creditrente, {len(W['risks'])} risks, a fund that lends up to a
cap. Six outputs (and three more that polder calculates along: rente, prefinancing, één portemonnee): reëel saldo, eindwaarde, NCW, lowest stand and its year, lowest balance of the fund.

One run of `benches/peers_w.py`: {rounds} interleaved round{'s' if rounds > 1 else ''}, {draws:,} draws, other seeds for the peers and another order each round, two threads or processes each side.
{machine(load_before, {'numpy': numpy.__version__, 'scipy': scipy.__version__, 'numba': numba.__version__})}
A ratio is how many times as long as polder, within a round.

### Goals

| | floor | target | measured | |
|---|---|---|---|---|
{chr(10).join(goals)}

Ratios are of wall time. Of CPU time: simulation {spread(ratios(best(numpys), own, 'sim_cpu_s'))}× (numpy) and {spread(ratios(r['numba'], own, 'sim_cpu_s'))}× (numba), whole job {spread(ratios(best(numpys_whole), whole, 'cpu_s'))}× and {spread(ratios(r['numba whole'], whole, 'cpu_s'))}×.

### Simulation alone

| | CPU, µs per draw | wall, µs per draw | draws per second | CPU ratio | wall ratio |
|---|---|---|---|---|---|
{chr(10).join(simulation)}

polder: {median([x['sim_cpu_s'] / x['draws'] for x in own]) / LINE_YEARS * 1e9:.2f} ns of CPU per line and year ({LINE_YEARS:,} of them in a draw). Drivers are not kept.

What bounds it: {spread([x['sim_s'] for x in r['polder prepares']], 1e3)} ms of the {spread([x['sim_s'] for x in own], 1e3)} ms is what a run of 64 draws takes, with almost nothing to share between threads: preparing the
plan and the tables of its distributions. It weighs less with more draws: at {million[0]['draws']:,} a draw takes {per_draw(million, 'sim_s')} µs. The numpy that the goals were set for draws its factors by Generator.beta in chunks of
4,000; tables and chunks of 1,000 made it faster, and this page shows both.

### Whole job

Simulation, mean, spread and percentiles of six outputs, and the rank correlation of {len(NAMES)} drivers with the NCW.

| | CPU, s | wall, s | peak, MiB | CPU ratio | wall ratio |
|---|---|---|---|---|---|
{chr(10).join(wholes)}

polder's whole job, ms of wall time: {'; '.join(f'{stage} {value}' for stage, value in stages)}.

{million[0]['draws']:,} draws with quantiles and tornado: wall {spread([x['total_s'] for x in million], 1, 2)} s, CPU {spread([x['cpu_s'] for x in million], 1, 2)} s, simulation {per_draw(million, 'sim_s')} µs per draw, peak {spread([x['peak_mib'] for x in million], 1, 0)} MiB.{ten_million}

### More lines that are certain

| cost lines without uncertainty | CPU, µs per draw | wall, µs per draw | load and compile, ms |
|---|---|---|---|
| 300 more | {per_draw(r['polder 300 more'], 'sim_cpu_s')} | {per_draw(r['polder 300 more'], 'sim_s')} | {spread([x['load_s'] + x['compile_s'] for x in r['polder 300 more']], 1e3)} |
| 3,000 more | {per_draw(r['polder 3000 more'], 'sim_cpu_s')} | {per_draw(r['polder 3000 more'], 'sim_s')} | {spread([x['load_s'] + x['compile_s'] for x in r['polder 3000 more']], 1e3)} |
| ratio | {spread(lines, 1, 3)} | {spread(lines_wall, 1, 3)} | |

### Whether they calculate the same

- Peers draw with generators of their own, so results agree statistically. Largest difference over mean, spread, P5, P50, P95 and P(< 0) of six outputs and {len(NAMES)} rank
  correlations, in standard errors of the difference: {agreement}. Above 4 this page would not have been written.
- Against reference values of {REFERENCE_DRAWS:,} draws by another engine, which is not in this repository: {check.worst[reference[0]]:.1f} standard errors at {whole[0]['draws']:,} draws, {check.worst[reference[1]]:.1f} at {million[0]['draws']:,}.
- polder's outputs have the same bits in every round, with 1 and 2 threads, with and without the tornado ({own[0]['checksum']}).
- The creditrente of the tornado is {creditrente}.

### Small print

- Counted for polder: in the whole job reading the model from csv, validating and compiling it. Its CPU time there is that of the whole process. Not counted for the peers: starting Python, imports, reading their json, making
  tables and matrices, numba's compilation, starting the second process, the first touch of numba's arrays.
- Strong numpy: lines into cells by matrix product per deelgebied, PERT by tables, chunks of 1,000 draws, one BLAS thread per process; two processes
  share outputs and drivers in memory. Their peak memory is the sum of the processes', so what they share is counted more than once: an upper bound.
- numba keeps all drivers for its tornado and ranks them by its own argsort; the row with numpy's argsort shows what that is worth. The goal is counted against the first.
- numpy 3-D is what one writes first, arrays of (draws, lines, years). Python alone loops over lines and years. Both are measured on fewer draws, one process.
- The peers rank all drivers by sorting them.{method}
"""


def per_draw_ratio(peer, own, key):
    return spread([a[key] / a["draws"] / (b[key] / b["draws"]) for a, b in zip(peer, own)])


if __name__ == "__main__":
    main()
