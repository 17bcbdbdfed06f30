"""The model of havenkwartier in numpy: the peer that polder's draws are timed against, and an independent second calculation.

    cargo run --release --example export_plan models/havenkwartier target/havenkwartier.json
    python3 benches/peer/havenkwartier.py target/havenkwartier.json [--variant straightforward|strong] [--draws 10000] [--check]

straightforward: arrays of (draws, lines, periods), as one writes it. strong: lines gathered into cells by a matrix product, cells
settled by present values where nothing asks for their series. Both draw with numpy's own generator and calculate both routes on
the same draws. --check runs on driver values that polder exported and compares every figure of every draw.
"""
import os
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import argparse, json, resource, sys, time
import numpy as np
from scipy import stats
from scipy.special import ndtr

FIGURES = 8  # before the parties: see polder's UITKOMSTEN


class Model:
    def __init__(s, path):
        d = s.d = json.load(open(path))
        s.T, s.y0, s.ys = d["jaren"], d["eerste_jaar"], d["eerste_schokjaar"]
        L = d["lijnen"]
        s.NL = len(L)
        s.base = np.array([l["basis"] for l in L])
        s.w = np.array([l["gewichten"] for l in L])
        s.index = np.array([-1 if l["index"] is None else l["index"] for l in L])
        s.area = np.array([-1 if l["deelgebied"] is None else l["deelgebied"] for l in L])
        s.van, s.naar = np.array([l["van"] for l in L]), np.array([l["naar"] for l in L])
        s.cash = np.array([l["soort"] in ("geld", "natura") for l in L])
        s.social = np.array([l["soort"] == "maatschappelijk" for l in L])
        s.bijdrage = np.array([l["bijdrage"] for l in L])
        s.vraag = np.array([-1 if l["vraag"] is None else l["vraag"] for l in L])
        s.counts = np.array([l["routes"] for l in L])
        s.growth = np.array(d["groei"])                       # (groups, years)
        s.G, s.years = s.growth.shape
        s.party = np.array([-1 if p is None else p for p in d["rekeningen"]])
        s.A, s.P = len(s.party), len(d["partijen"])
        s.disc = np.array([p["disconto"] for p in d["partijen"]])
        s.discm = np.array(d["disconto_matrix"])
        s.share = np.array([q["dekking"] for q in d["vraag"]])
        s.drager = np.array([q["drager"] for q in d["vraag"]])
        s.fund = d["fonds"]
        s.S, s.K = len(d["slots"]), len(d["deelgebied_slots"])
        # Per account the discount factors of its party; the outside world at the rate of the matrix.
        s.adisc = np.where((s.party < 0)[:, None], s.discm, s.disc[s.party])

    def distributions(s):
        """scipy distributions, for drivers that are correlated and therefore drawn by ppf."""
        out = []
        for x in s.d["slots"]:
            v = x["verdeling"]
            out.append(v)
        return out


def pert(v):
    a, m, b = v["p"]
    alpha = 1 + 4 * (m - a) / (b - a)
    return a, b - a, alpha, 6 - alpha


def cholesky(names, pairs):
    """Cholesky factor of the rank correlations among names, as those of normals."""
    c = np.eye(len(names))
    for a, b, rho in pairs:
        if a in names and b in names:
            i, j = names.index(a), names.index(b)
            c[i, j] = c[j, i] = 2 * np.sin(np.pi * rho / 6)
    return np.linalg.cholesky(c)


def quantile(v, z):
    """The value of a distribution at standard normals, for correlated drivers."""
    kind = v["soort"]
    if kind == "normaal":
        return v["p"][0] + v["p"][1] * z
    if kind == "lognormaal":
        mean, sd = v["p"]
        s2 = np.log1p((sd / mean) ** 2)
        return np.exp(np.log(mean) - s2 / 2 + np.sqrt(s2) * z)
    u = ndtr(z)
    if kind == "pert":
        lo, width, a, b = pert(v)
        return lo + width * stats.beta.ppf(u, a, b)
    if kind == "driehoek":
        a, m, b = v["p"]
        return stats.triang.ppf(u, (m - a) / (b - a), a, b - a)
    if kind == "uniform":
        return v["p"][0] + (v["p"][1] - v["p"][0]) * u
    order = np.argsort(v["waarden"])
    return np.array(v["waarden"])[order][np.searchsorted(np.cumsum(np.array(v["kansen"])[order])[:-1], u, side="right")]


def table(v, knots=4096):
    """Inverse distribution function on a grid of chances, for the strong variant."""
    u = (np.arange(knots + 1) / knots).clip(1e-7, 1 - 1e-7)
    return quantile(v, stats.norm.ppf(u))


def look(t, u):
    x = u * (len(t) - 1)
    j = x.astype(np.int64)
    return t[j] + (x - j) * (t[j + 1] - t[j])


def draw(m, n, rng, tables=None):
    """Driver values: scalars (n, slots), shocks (n, drivers, years), delays (n, deelgebieden)."""
    d = m.d
    ids = [x["id"] for x in d["slots"]]
    linked = [i for i in ids if any(i in c[:2] for c in d["correlaties"])]
    slots = np.empty((n, m.S))
    if linked:
        z = rng.standard_normal((n, len(linked))) @ cholesky(linked, d["correlaties"]).T
        for j, name in enumerate(linked):
            i = ids.index(name)
            v = d["slots"][i]["verdeling"]
            slots[:, i] = look(tables[i], ndtr(z[:, j])) if tables is not None and v["soort"] in ("pert", "driehoek") else quantile(v, z[:, j])
    for i, x in enumerate(d["slots"]):
        if x["id"] in linked:
            continue
        v = x["verdeling"]
        kind = v["soort"]
        if kind == "pert":
            lo, width, a, b = pert(v)
            slots[:, i] = look(tables[i], rng.random(n)) if tables is not None else lo + width * rng.beta(a, b, n)
        elif kind == "driehoek":
            slots[:, i] = rng.triangular(*v["p"], n)
        elif kind == "uniform":
            slots[:, i] = rng.uniform(*v["p"], n)
        elif kind == "discreet":
            slots[:, i] = rng.choice(v["waarden"], n, p=v["kansen"])
        else:
            slots[:, i] = quantile(v, rng.standard_normal(n))
        if "kans" in x:
            slots[:, i] *= rng.random(n) < x["kans"]
    names = [x["id"] for x in d["schokken"]]
    known = m.y0 - m.ys  # shocks begin after the year of peildatum
    z = rng.standard_normal((n, m.years, len(names))) @ cholesky(names, d["correlaties"]).T
    shocks = np.zeros((n, len(names), m.years))
    for j, x in enumerate(d["schokken"]):
        mean, sd = x["verdeling"]["p"]
        for t in range(known + 1, m.years):
            shocks[:, j, t] = shocks[:, j, t - 1] * x["persistentie"] + mean + sd * z[:, t, j]
    delay = np.zeros((n, m.K), int)
    for k, i in enumerate(d["deelgebied_slots"]):
        if i is not None:
            delay[:, k] = np.rint(slots[:, i])
    return slots, shocks, delay


def index_factors(m, shocks):
    """(n, groups, periods), from 1 at the start; the growth of a year with its shocks, never below -90 %."""
    growth = np.repeat(m.growth[None], len(shocks), 0)
    for g, drivers in enumerate(m.d["groei_schok"]):
        for j in drivers:
            growth[:, g] += shocks[:, j]
    growth = np.maximum(growth, -0.9)
    first = m.y0 - m.ys
    out = np.ones((len(shocks), m.G, m.T))
    np.cumprod(1 + growth[:, :, first + 1 : first + m.T], axis=2, out=out[:, :, 1:])
    return out


def amounts(m, slots):
    """(n, lines) at prijspeil."""
    out = np.repeat(m.base[None], len(slots), 0)
    late = []
    for i, l in enumerate(m.d["lijnen"]):
        if l["opslag_over"] is not None:
            late.append((i, l))
            continue
        for s in l["slots"]:
            out[:, i] *= slots[:, s]
    for i, l in late:
        out[:, i] *= out[:, l["opslag_over"]].sum(1)
        for s in l["slots"]:
            out[:, i] *= slots[:, s]
    return out


def rate(base, uses, slots):
    r = np.full(len(slots), base)
    for s, how in uses:
        r = slots[:, s] if how == "waarde" else r * slots[:, s] if how == "factor" else r + slots[:, s]
    return r


def main_account(m, route, flow, slots, delay):
    """Boekwaarde with interest on 1 January, and its figures. flow: (n, periods)."""
    d = m.d
    n, debit, credit = len(flow), rate(d["rente"], d["rente_slots"], slots), rate(d["creditrente"], d["creditrente_slots"], slots)
    last = np.full(n, route["eind"] - 1.0)
    for k, t in route["eind_met"]:
        last = np.maximum(last, t + delay[:, k])
    stand = np.full(n, d["opening"])
    low, when, total, factor = np.full(n, np.inf), np.zeros(n), np.zeros(n), np.full(n, (1 + d["bbv"]) ** route["exponent"])
    for t in range(route["uiterst"]):
        interest = stand * np.where(stand < 0, credit, debit)
        if t >= route["eind"]:
            runs = last >= t
            interest = interest * runs
            factor = np.where(runs, factor * (1 + d["bbv"]), factor)
        stand = stand - flow[:, t] + interest
        total += interest
        lower = -stand < low
        low, when = np.where(lower, -stand, low), np.where(lower, t, when)
    end = -stand
    real = flow[:, : route["uiterst"]].sum(1) - d["opening"]
    return [real, end, end / factor, low, m.y0 + when, total]


def fund(m, income, given, costs, asked):
    """Balance, share of the organisation, need. All (n, periods); asked (n, maatregelen, periods)."""
    f = m.fund
    balance = np.full(len(income), f["beginsaldo"])
    low = np.minimum(balance, 0)
    organisation, interest = given * f["aandeel"], np.zeros_like(income)
    out = asked.sum(1)
    for t in range(m.T):
        interest[:, t] = np.maximum(balance, 0) * f["rente"]
        balance = balance + interest[:, t] + income[:, t] - organisation[:, t] - costs[:, t] - out[:, t]
        low = np.minimum(low, balance)
    return organisation, interest, -low


def openings(m, saldo):
    """The given boekwaarde of the main account counts as paid."""
    saldo[:, m.party[1]] -= m.d["opening"]
    return saldo


def straightforward(m, drivers, tables=None):
    slots, shocks, delay = drivers
    n = len(slots)
    index = np.concatenate([index_factors(m, shocks), np.ones((n, 1, m.T))], 1)          # group -1: not indexed
    delays = np.concatenate([delay, np.zeros((n, 1), int)], 1)[:, m.area]                # area -1: no delay
    where = np.arange(m.T) - delays[:, :, None]
    weights = np.where(where >= 0, m.w[np.arange(m.NL)[None, :, None], np.maximum(where, 0)], 0.0)
    flows = amounts(m, slots)[:, :, None] * weights * index[:, m.index]
    out = []
    for r, route in enumerate(m.d["routes"]):
        counts = m.counts[:, r]
        account = np.zeros((n, m.A, m.T))
        for a in range(m.A):
            account[:, a] = flows[:, counts & m.cash & (m.naar == a)].sum(1) - flows[:, counts & m.cash & (m.van == a)].sum(1)
        need = np.zeros(n)
        if route["fonds"]:
            f = m.fund["rekening"]
            into, own = counts & m.cash & (m.naar == f), counts & m.cash & (m.van == f)
            asked = np.stack([flows[:, counts & (m.vraag == q)].sum(1) * m.share[q] for q in range(len(m.share))], 1)
            organisation, interest, need = fund(m, flows[:, into].sum(1), flows[:, into & m.bijdrage].sum(1), flows[:, own].sum(1), asked)
            account[:, 0] -= interest
            account[:, f] += interest - organisation - asked.sum(1)
            account[:, m.fund["organisatie"]] += organisation
            for q, a in enumerate(m.drager):
                account[:, a] += asked[:, q]
        saldo = np.zeros((n, m.P))
        for a in range(m.A):
            if m.party[a] >= 0:
                saldo[:, m.party[a]] += account[:, a] @ m.disc[m.party[a]]
        saldo = openings(m, saldo)
        gain = np.zeros((n, m.P))
        for p in range(m.P):
            gain[:, p] = flows[:, counts & ~m.cash & (m.party[m.naar] == p)].sum(1) @ m.disc[p]
        purse = -(account[:, 0] @ m.discm) - m.d["opening"]
        parties = np.stack([saldo, saldo + gain], 2).reshape(n, -1)
        out.append(np.column_stack(main_account(m, route, account[:, 1], slots, delay) + [need, purse, parties]))
    return np.stack(out)


class Gathered:
    """The strong variant's plan: lines in cells of (deelgebied, index, payer, receiver, use), one matrix of factors per cell."""

    def __init__(s, m):
        s.m = m
        d = m.d
        # What a line's amount is multiplied by: distinct products of drivers, percentages written out over their lines.
        s.factors, rows = [()], []
        for i, l in enumerate(d["lijnen"]):
            parts = [(m.base[i], tuple(l["slots"]))]
            if l["opslag_over"] is not None:
                parts = [(m.base[i] * m.base[j], tuple(sorted(d["lijnen"][j]["slots"] + l["slots"]))) for j in l["opslag_over"]]
            for amount, key in parts:
                if key not in s.factors:
                    s.factors.append(key)
                rows.append((i, s.factors.index(key), amount))
        s.tables = {i: table(x["verdeling"]) for i, x in enumerate(d["slots"]) if x["verdeling"]["soort"] in ("pert", "driehoek")}
        s.moving = [g for g, x in enumerate(d["groei_schok"]) if x]
        sure = np.ones((m.G + 1, m.T))
        first = m.y0 - m.ys
        sure[:-1, 1:] = np.cumprod(1 + m.growth[:, first + 1 : first + m.T], 1)
        s.most = {}
        for k, i in enumerate(d["deelgebied_slots"]):
            if i is not None:
                s.most[k] = int(max(d["slots"][i]["verdeling"]["waarden"]))
        # A figure is linear in (factor x index path), so for every deelgebied and delay one matrix gives the main account, the
        # fund and all present values at once: rows (factor, moving index and period), columns the outcomes.
        s.routes = []
        F, M = len(s.factors), len(s.moving)
        for r, route in enumerate(d["routes"]):
            U, Q = route["uiterst"], len(m.share) if route["fonds"] else 0
            fonds = m.fund["rekening"] if route["fonds"] else -1
            # Columns: main account by period; fund in, given, own costs net by period; value per account; per benefit.
            cols = U + (2 * m.T if route["fonds"] else 0) + m.A + m.P
            per = {}
            for i, f, amount in rows:
                if not m.counts[i, r]:
                    continue
                k = m.area[i]
                for delay in range(s.most.get(k, 0) + 1):
                    sure_key, moving = (k, delay), m.index[i] in s.moving
                    mat = per.setdefault((k, delay, m.index[i] if moving else -1), {})
                    w = np.zeros(m.T)
                    w[delay:] = m.w[i, : m.T - delay] * amount
                    for t in np.flatnonzero(w):
                        v = w[t] if moving else w[t] * sure[m.index[i], t]
                        row = mat.setdefault((f, t if moving else 0), np.zeros(cols))
                        o = U + (2 * m.T if route["fonds"] else 0)
                        if m.cash[i]:
                            for a, sign in ((m.van[i], -1.0), (m.naar[i], 1.0)):
                                if a == 1 and t < U:
                                    row[t] += sign * v
                                if a == fonds:
                                    row[U + t] += sign * v
                                    if sign > 0 and m.bijdrage[i]:
                                        row[U + m.T + t] += v
                                row[o + a] += sign * v * m.adisc[a, t]
                        else:
                            p = m.party[m.naar[i]]
                            row[o + m.A + p] += v * m.disc[p, t]
                        if Q and m.vraag[i] >= 0:
                            q = m.vraag[i]
                            paid = v * m.share[q]
                            a = m.drager[q]
                            row[U + t] -= paid
                            row[o + a] += paid * m.adisc[a, t]
                            row[o + fonds] -= paid * m.adisc[fonds, t]
                            if a == 1 and t < U:
                                row[t] += paid
            # Per deelgebied and delay one matrix over (factor, moving index, period).
            mats = {}
            for (k, delay, g), mat in per.items():
                keys = list(mat)
                mats.setdefault((k, delay), []).append((g, np.array([q[0] for q in keys]), np.array([q[1] for q in keys]), np.array([mat[q] for q in keys])))
            s.routes.append((route, cols, mats))


def strong(g, drivers):
    m = g.m
    slots, shocks, delay = drivers
    n = len(slots)
    index = index_factors(m, shocks)
    factor = np.ones((n, len(g.factors)))
    for f, key in enumerate(g.factors):
        for q in key:
            factor[:, f] *= slots[:, q]
    out = []
    for route, cols, mats in g.routes:
        total = np.zeros((n, cols))
        for (k, d), parts in mats.items():
            rows = slice(None) if k < 0 or k not in g.most else np.flatnonzero(delay[:, k] == d)
            x = [factor[rows][:, f] if i < 0 else factor[rows][:, f] * index[rows, i][:, t] for i, f, t, _ in parts]
            total[rows] += np.concatenate(x, 1) @ np.concatenate([p[3] for p in parts])
        U = route["uiterst"]
        o, need = U, np.zeros(n)
        if route["fonds"]:
            o = U + 2 * m.T
            f = m.fund
            organisation, interest, need = fund(m, total[:, U : U + m.T], total[:, U + m.T : o], np.zeros((n, m.T)), np.zeros((n, 1, m.T)))
        value = total[:, o : o + m.A].copy()
        if route["fonds"]:
            value[:, 0] -= interest @ m.discm
            value[:, f["rekening"]] += (interest - organisation) @ m.adisc[f["rekening"]]
            value[:, f["organisatie"]] += organisation @ m.adisc[f["organisatie"]]
        saldo = np.zeros((n, m.P))
        for a in range(m.A):
            if m.party[a] >= 0:
                saldo[:, m.party[a]] += value[:, a]
        saldo = openings(m, saldo)
        parties = np.stack([saldo, saldo + total[:, o + m.A :]], 2).reshape(n, -1)
        out.append(np.column_stack(main_account(m, route, total[:, :U], slots, delay) + [need, -value[:, 0] - m.d["opening"], parties]))
    return np.stack(out)


def simulate(m, variant, n, chunk, seed):
    plan = Gathered(m) if variant == "strong" else None
    rng = np.random.Generator(np.random.SFC64(seed))
    out = np.empty((len(m.d["routes"]), n, FIGURES + 2 * m.P))
    for a in range(0, n, chunk):
        b = min(n, a + chunk)
        drivers = draw(m, b - a, rng, plan.tables if plan else None)
        out[:, a:b] = strong(plan, drivers) if plan else straightforward(m, drivers)
    return out


def calculated(m):
    """Positions and names of polder's figures that this program has too: not those per deelgebied, nor the lowest balance of the fund."""
    names = m.d["controle"]["namen"]
    kept = [i for i, x in enumerate(names) if not x.startswith("deelgebied[") and x != "fonds_laagste"]
    return kept, [names[i] for i in kept]


def check(m):
    """The same drivers as polder's: the largest difference of every figure."""
    c = m.d["controle"]
    slots = np.array([x["slots"] for x in c["trekkingen"]])
    shocks = np.array([x["schokken"] for x in c["trekkingen"]])
    delay = np.array([x["uitstel"] for x in c["trekkingen"]]).astype(int)
    kept, names = calculated(m)
    theirs = np.array(c["waarden"]).transpose(0, 2, 1)[:, :, kept]
    worst = 0.0
    for variant in ("straightforward", "strong"):
        ours = straightforward(m, (slots, shocks, delay)) if variant == "straightforward" else strong(Gathered(m), (slots, shocks, delay))
        apart = np.abs(ours - theirs).max(axis=(0, 1))
        worst = max(worst, apart.max())
        print(f"{variant}: {len(slots)} draws, {apart.size} figures, both routes: largest difference {apart.max():.2e} ({names[apart.argmax()]})")
    return worst


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("plan")
    p.add_argument("--variant", default="straightforward", choices=["straightforward", "strong"])
    p.add_argument("--draws", type=int, default=10_000)
    p.add_argument("--chunk", type=int, default=0)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--check", action="store_true")
    p.add_argument("--json", action="store_true")
    a = p.parse_args()
    start = time.perf_counter()
    m = Model(a.plan)
    load = time.perf_counter() - start
    if a.check:
        sys.exit(int(check(m) > 1e-6))
    start, cpu = time.perf_counter(), time.process_time()
    out = simulate(m, a.variant, a.draws, a.chunk or (100 if a.variant == "straightforward" else 1000), a.seed)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    q = np.quantile(out, [0.05, 0.5, 0.95], axis=1)
    names = calculated(m)[1]
    figures = [dict(route=r["naam"], figuur=x, mean=out[i, :, j].mean(), sd=out[i, :, j].std(ddof=1), p5=q[0, i, j], p50=q[1, i, j], p95=q[2, i, j]) for i, r in enumerate(m.d["routes"]) for j, x in enumerate(names)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if a.json:
        print(json.dumps(dict(variant=a.variant, draws=a.draws, load_s=load, simulate_s=wall, simulate_cpu_s=cpu, peak_mib=peak, figures=figures, numpy=np.__version__)))
    else:
        print(f"{a.variant}: load {load * 1e3:.0f} ms, {a.draws} draws in {wall:.3f} s ({wall * 1e6 / a.draws:.1f} us per draw, cpu {cpu * 1e6 / a.draws:.1f}), peak {peak:.0f} MiB")
        for f in figures:
            if not f["figuur"].startswith("partij"):
                print(f"{f['route']:<15} {f['figuur']:<20} mean {f['mean']:>15.2f} sd {f['sd']:>15.2f} p5 {f['p5']:>15.2f} p50 {f['p50']:>15.2f} p95 {f['p95']:>15.2f}")
