"""Writes w.toml beside itself: outcomes of workload W for drivers that are given, in decimals of 60 digits.

    python3 tests/cases/benchmark-w/w_exact.py            # writes w.toml
    python3 tests/cases/benchmark-w/w_exact.py --check    # compares

A second reading of the definition of W (points 6 to 8 of the workload; benches/peer/w/ref_python.py is the first, in floats), with the
data of benches/peer/w/model.json. It knows nothing of polder but the names of drivers, and every figure is calculated here.
"""
import json, random, sys
from decimal import Decimal as D, getcontext
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "benches"))
from benchmark_w import AREAS, GROUPS, YEAR, line_name, number, workload  # noqa: E402

getcontext().prec = 60
dec = lambda x: D(number(x))


def outcomes(w, factors, deviations, delays, debit, credit, impacts):
    """nominal, eindwaarde, NCW, badkuip and its year, lowest balance of the fund."""
    years, areas = range(w["T"]), range(w["K"])
    # Price levels: growth is the expected one plus the deviation of the year.
    level = []
    for g, mu in enumerate(w["mu"]):
        row = [D(1)]
        for t in years[1:]:
            row.append(row[-1] * (1 + dec(mu) + deviations[g][t - 1]))
        level.append(row)
    # Flows by deelgebied: every part of a line in its year, its delay later.
    flow = [[D(0)] * w["T"] for _ in areas]
    for line, factor in zip(w["lines"], factors):
        k, sign = line["area"], -1 if line["cost"] else 1
        for i, weight in enumerate(line["bp"]):
            t = line["start"] + i + delays[k]
            flow[k][t] += sign * dec(line["amount"]) * factor * D(weight) / 10_000 * level[line["group"]][t]
    for risk, impact in zip(w["risks"], impacts):
        k = risk["area"]
        t = risk["year"] + delays[k]
        flow[k][t] -= impact * level[risk["group"]][t]
    # The deelgebieden hold money or lack it; the fund lends what they lack as far as it can, in their order.
    balance, debt, fund = [D(0)] * w["K"], [D(0)] * w["K"], dec(w["fund0"])
    lowest_fund, standing, present = fund, [], D(0)
    for t in years:
        for k in areas:
            base = balance[k] + flow[k][t] / 2
            rate = debit if base < 0 else credit
            balance[k] += flow[k][t] + base * rate
            debt[k] *= 1 + credit
            if balance[k] < 0:
                loan = max(D(0), min(-balance[k], dec(w["cap"][k]) - debt[k], fund))
            else:
                loan = -min(balance[k], debt[k])
            balance[k], debt[k], fund = balance[k] + loan, debt[k] + loan, fund - loan
        standing.append(sum(balance) - sum(debt))
        lowest_fund = min(lowest_fund, fund)
        present += sum(f[t] for f in flow) / (1 + debit) ** t / (1 + debit).sqrt()
    lowest = min(standing)
    return {
        "reeel_saldo": sum(sum(f) for f in flow),
        "eindwaarde": standing[-1],
        "ncw": present,
        "laagste_stand": lowest,
        "laagste_stand_jaar": D(YEAR + standing.index(lowest)),
        "fonds_laagste": lowest_fund,
    }


def cases(w):
    """Name and drivers: the modes, and the best factors, without shocks or risks; then drivers from a list of random numbers."""
    zero = [[D(0)] * (w["T"] - 1) for _ in GROUPS]
    modes = [dec(line["mode"]) for line in w["lines"]]
    none = [D(0)] * len(w["risks"])
    yield "modes, delays 0 1 2 0, no risks", modes, zero, [0, 1, 2, 0], D("0.03"), D("0.02"), none
    edges = [dec(line["lo" if line["cost"] else "hi"]) for line in w["lines"]]
    yield "costs low, revenue high, no delay", edges, zero, [0] * 4, D("0.015"), D("0.01"), none
    rng = random.Random(20261125)
    within = lambda low, high, digits: round(D(str(rng.uniform(float(low), float(high)))), digits)
    for n in range(1, 4):
        factors = [within(line["lo"], line["hi"], 6) for line in w["lines"]]
        deviations = [[within(-2.5 * s, 2.5 * s, 6) for _ in range(w["T"] - 1)] for s in w["sigma"]]
        delays = [rng.randrange(6) for _ in AREAS]
        debit = within(w["rd"][0], w["rd"][2], 6)
        credit = debit - within(*w["spread"], 6)
        impacts = [within(r["lo"], r["hi"], 2) if rng.random() < 0.5 else D(0) for r in w["risks"]]
        yield f"drivers from random numbers, {n}", factors, deviations, delays, debit, credit, impacts


HEAD = """\
# Workload W for drivers that are given: 300 factors, the yearly deviations of six growth rates, four delays, two rates, twenty risks.
# Written by w_exact.py, which calculates all figures by itself; change them there.
soort = "trekking"
tolerantie = "0.005"
map = "models/benchmark-w"

[bron]
titel = "Workload W, calculated in decimals of 60 digits by w_exact.py from the data of the benchmark"
adres = "tests/cases/benchmark-w/w_exact.py; benches/peer/w/model.json"
"""


def text(w):
    """The whole file."""
    out = [HEAD]
    plain = lambda x: f"{x:f}"
    for name, factors, deviations, delays, debit, credit, impacts in cases(w):
        scalars = [(f"raming {line_name(i, line)}", f) for i, (line, f) in enumerate(zip(w["lines"], factors))]
        scalars += [("rente", debit), ("creditrente", credit - debit)]
        scalars += [(f"R{j + 1:02d}", x) for j, x in enumerate(impacts)]
        out.append(f'[[geval]]\nnaam = "{name}"\nroute = "cofinanciering"\n')
        out.append("[geval.drijvers]")
        out += [f'"{n}" = "{plain(x)}"' for n, x in scalars]
        out += [f'"uitstel {a}" = "{d}"' for a, d in zip(AREAS, delays)]
        out.append(f"\n[geval.schokken]  # from {YEAR + 1} on")
        out += [f'"prijzen {g}" = [{", ".join(chr(34) + plain(x) + chr(34) for x in row)}]' for g, row in zip(GROUPS, deviations)]
        out.append("\n[geval.verwacht]")
        result = outcomes(w, factors, deviations, delays, debit, credit, impacts)
        out += [f'{n} = "{plain(round(x, 8))}"' for n, x in result.items()]
        out.append("")
    return "\n".join(out)


if __name__ == "__main__":
    to, wanted = HERE / "w.toml", text(workload())
    if "--check" in sys.argv[1:]:
        if not to.exists() or to.read_text() != wanted:
            sys.exit(f"{to} differs from what {Path(__file__).name} writes; run it again")
    else:
        to.write_text(wanted)
