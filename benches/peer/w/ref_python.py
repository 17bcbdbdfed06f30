"""W in pure Python: the literal definition, one draw at a time. python3 ref_python.py [n] [out.json]"""
import json, os, random, sys, time, math
HERE = os.path.dirname(os.path.abspath(__file__))

def tri(u, a, m, b):
    f = (m - a) / (b - a)
    return a + math.sqrt(u * (b - a) * (m - a)) if u < f else b - math.sqrt((1 - u) * (b - a) * (b - m))

def pert(rng, a, m, b):
    al = 1 + 4 * (m - a) / (b - a)
    return a + (b - a) * rng.betavariate(al, 6 - al)

def sample(M, rng):
    fac = [tri(rng.random(), l["lo"], l["mode"], l["hi"]) if l["dist"] == "tri" else pert(rng, l["lo"], l["mode"], l["hi"]) for l in M["lines"]]
    z = [[rng.gauss(0, 1) for _ in range(M["G"])] for _ in range(M["T"] - 1)]
    delay = []
    for _ in range(M["K"]):
        u = rng.random(); d = 0; c = M["delay_p"][0]
        while u >= c and d < 5: d += 1; c += M["delay_p"][d]
        delay.append(d)
    rd = tri(rng.random(), *M["rd"]); rc = rd - (M["spread"][0] + (M["spread"][1] - M["spread"][0]) * rng.random())
    risk = [pert(rng, j["lo"], j["mode"], j["hi"]) if rng.random() < j["p"] else 0.0 for j in M["risks"]]
    return fac, z, delay, rd, rc, risk

def evaluate(M, fac, z, delay, rd, rc, risk):
    T, S, G, K = M["T"], M["S"], M["G"], M["K"]; C = M["chol"]
    idx = [[1.0] * T for _ in range(G)]; x = list(M["mu"])
    for t in range(1, T):
        for g in range(G):
            e = 0.0
            for h in range(g + 1): e += C[g][h] * z[t - 1][h]
            x[g] = M["mu"][g] + M["phi"][g] * (x[g] - M["mu"][g]) + M["sigma"][g] * e
            idx[g][t] = idx[g][t - 1] * (1 + x[g])
    cf = [[0.0] * T for _ in range(K)]
    for i, l in enumerate(M["lines"]):
        amt = (-l["amount"] if l["cost"] else l["amount"]) * fac[i]; k = l["area"]; ix = idx[l["group"]]; row = cf[k]
        ph = l["phase"]; d = delay[k]
        for t in range(d, T):                      # 30 years, weight 0 outside the window: the user's row of 30 cells
            row[t] += amt * ph[t - d] * ix[t]
    for j, r in enumerate(M["risks"]):
        if risk[j] != 0.0:
            t = r["year"] + delay[r["area"]]; cf[r["area"]][t] -= risk[j] * idx[r["group"]][t]
    B = [0.0] * K; L = [0.0] * K; F = M["fund0"]; minF = F; minS = math.inf; minY = -1; nom = 0.0; ncw = 0.0
    v = 1 / (1 + rd); D = math.sqrt(v)
    for t in range(T):
        tot = 0.0
        for k in range(K):
            c = cf[k][t]; tot += c
            base = B[k] + 0.5 * c
            b = B[k] + c + base * (rd if base < 0 else rc)
            Lk = L[k] * (1 + rc); draw = rep = 0.0
            if b < 0: draw = max(0.0, min(-b, M["cap"][k] - Lk, F))
            else: rep = min(b, Lk)
            B[k] = b + draw - rep; L[k] = Lk + draw - rep; F = F - draw + rep
        s = sum(B) - sum(L)
        if s < minS: minS = s; minY = t
        if F < minF: minF = F
        nom += tot; ncw += tot * D; D *= v
    return nom, s, ncw, minS, minY, minF, [ix[-1] for ix in idx]

def load(path=None):
    M = json.load(open(path or os.path.join(HERE, "model.json")))
    for l in M["lines"]:
        ph = [0.0] * M["T"]
        for j, b in enumerate(l["bp"]): ph[l["start"] + j] = b / 10000
        l["phase"] = ph
    return M

if __name__ == "__main__":
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    M = load(); rng = random.Random(1); out = []
    t0, c0 = time.perf_counter(), time.process_time()
    for _ in range(n): out.append(evaluate(M, *sample(M, rng)))
    dt, cpu = time.perf_counter() - t0, time.process_time() - c0
    if len(sys.argv) > 2: json.dump(dict(n=n, sim_s=dt, sim_cpu_s=cpu), open(sys.argv[2], "w"))
    print(f"python: {n} draws {dt:.3f}s = {n/dt:.1f} draws/s; {dt/n/9000*1e9:.1f} ns per line-year")
    import statistics as st
    for j, nm in enumerate(["nominal", "eindwaarde", "ncw", "min_balance", "min_year", "fund_min"]):
        v = [o[j] for o in out]; print(f"  {nm:12s} mean {st.mean(v):14.1f} sd {st.pstdev(v):14.1f}")
