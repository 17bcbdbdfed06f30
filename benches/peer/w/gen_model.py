"""Writes model.json: the fixed data of benchmark workload W, invented. Deterministic (seed 20260101). benches/benchmark_w.py makes a model of it."""
import json, os, sys
import numpy as np

def build(seed=20260101):
    r = np.random.default_rng(seed)
    T, S, G, K, NL, NR = 30, 25, 6, 4, 300, 20
    lines = []
    for i in range(NL):
        cost = i < 200
        g = int(r.integers(0, 4)) if cost else 4 + int(r.integers(0, 2))
        k = int(r.integers(0, K))
        start = int(r.integers(0, 12)) if cost else int(r.integers(4, 16))
        dur = int(r.integers(3, 14)) if cost else int(r.integers(3, 10))
        dur = min(dur, S - start)
        w = r.dirichlet(np.full(dur, 3.0))
        bp = np.floor(w * 10000).astype(int); bp[0] += 10000 - bp.sum()      # weights in 1/10000, sum exactly 1
        amount = float(np.exp(r.normal(np.log(200_000.0), 0.8)))
        lo = 1 - (r.uniform(.05, .25) if cost else r.uniform(.05, .35))
        hi = 1 + (r.uniform(.05, .45) if cost else r.uniform(.05, .20))
        mode = lo + (hi - lo) * r.uniform(.25, .60)
        lines.append(dict(cost=cost, group=g, area=k, start=start, bp=[int(x) for x in bp], amount=amount,
                          dist="tri" if i % 2 == 0 else "pert", lo=round(lo, 4), mode=round(mode, 4), hi=round(hi, 4)))
    cs = sum(l["amount"] for l in lines if l["cost"]); rs = sum(l["amount"] for l in lines if not l["cost"])
    for l in lines:
        if not l["cost"]: l["amount"] *= 1.25 * cs / rs
        l["amount"] = round(l["amount"], 2)                                   # euro, cents
    corr = np.full((G, G), .3)
    corr[:4, :4] = .6; corr[4:, 4:] = .5; np.fill_diagonal(corr, 1.)
    risks = []
    for j in range(NR):
        m = float(r.uniform(100_000, 800_000))
        risks.append(dict(p=round(float(r.uniform(.05, .5)), 3), lo=round(.3 * m, 2), mode=round(m, 2), hi=round(3 * m, 2),
                          year=int(r.integers(0, S)), area=int(r.integers(0, K)), group=int(r.integers(0, 4))))
    return dict(T=T, S=S, G=G, K=K, lines=lines, risks=risks,
                mu=[.025, .030, .028, .022, .030, .020], phi=[.4, .5, .3, .6, .5, .4],
                sigma=[.020, .025, .020, .010, .040, .030], corr=corr.tolist(), chol=np.linalg.cholesky(corr).tolist(),
                delay_p=[.40, .25, .15, .10, .06, .04], rd=[.015, .030, .055], spread=[.005, .015],
                fund0=12_000_000.0, cap=[4_000_000.0, 4_000_000.0, 3_000_000.0, 3_000_000.0])

if __name__ == "__main__":
    m = build(); json.dump(m, open(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "model.json"), "w"))
    L = m["lines"]; nz = sum(len(l["bp"]) for l in L)
    print("nonzero line-years", nz, "cost", sum(l["amount"] for l in L if l["cost"]), "cells", len({(l["area"], l["group"]) for l in L}))
