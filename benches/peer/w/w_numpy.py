"""W in numpy. Variants: naive3d = (draws, lines, years) arrays; strong = per-cell BLAS GEMM, delay shift per mask, year-major recursion.
python3 w_numpy.py [--n 100000] [--variant strong|naive3d] [--chunk 4000] [--procs 2] [--no-tornado] [--seed 1] [--out x.json]
Two processes share the outputs and the drivers in memory, so nothing is pickled. Started processes, imports and the model are there before the clock starts."""
import argparse, json, mmap, os, resource, time
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")     # two OpenBLAS threads only spin here (measured)
import numpy as np
HERE = os.path.dirname(os.path.abspath(__file__))

class Model:
    def __init__(s, path=None, pert="beta"):
        s.pert = pert
        M = json.load(open(path or os.path.join(HERE, "model.json"))); s.M = M
        s.T, s.S, s.G, s.K = M["T"], M["S"], M["G"], M["K"]; L = M["lines"]
        s.NL = len(L); s.R = len(M["risks"])
        a = lambda key: np.array([l[key] for l in L])
        s.lo, s.mode, s.hi = a("lo"), a("mode"), a("hi"); s.g, s.k = a("group"), a("area")
        s.tri = np.array([l["dist"] == "tri" for l in L]); s.sa = np.where(a("cost"), -1., 1.) * a("amount")
        s.ph = np.zeros((s.NL, s.S))
        for i, l in enumerate(L): s.ph[i, l["start"]:l["start"] + len(l["bp"])] = np.array(l["bp"]) / 10000
        r = M["risks"]; b = lambda key: np.array([j[key] for j in r])
        s.rp, s.rlo, s.rmode, s.rhi, s.ry, s.rg, s.rk = map(b, ("p", "lo", "mode", "hi", "year", "group", "area"))
        s.mu, s.phi, s.sig, s.chol = (np.array(M[x]) for x in ("mu", "phi", "sigma", "chol")); s.dcum = np.cumsum(M["delay_p"])[:-1]
        # strong: per area a matrix (lines of the area + risks of the area) x (G*S)
        s.sel = []; s.rsel = []; s.mat = []
        for k in range(s.K):
            li = np.flatnonzero(s.k == k); ri = np.flatnonzero(s.rk == k); A = np.zeros((len(li) + len(ri), s.G, s.S))
            for q, i in enumerate(li): A[q, s.g[i]] = s.sa[i] * s.ph[i]
            for q, j in enumerate(ri): A[len(li) + q, s.rg[j], s.ry[j]] = -1.
            s.sel.append(li); s.rsel.append(ri); s.mat.append(A.reshape(len(li) + len(ri), -1))
        if pert == "table": pert_tables(s)

KN = 1024
def pert_tables(m):
    """inverse-CDF tables (1025 knots) of the PERT lines and risks; used with pert="table" (about as fast overall as Generator.beta)"""
    from scipy.special import betaincinv
    u = np.arange(KN + 1) / KN
    def tb(lo, mo, hi): al = 1 + 4 * (mo - lo) / (hi - lo); return lo + (hi - lo) * betaincinv(al, 6 - al, u)
    p = np.flatnonzero(~m.tri); m.ptab = np.stack([tb(m.lo[i], m.mode[i], m.hi[i]) for i in p]); m.rtab = np.stack([tb(*a) for a in zip(m.rlo, m.rmode, m.rhi)])

def look(tab, u):                                                            # u: (n, rows) in [0, 1)
    q = u * KN; j = q.astype(np.int32); q -= j; j += np.arange(len(tab), dtype=np.int32) * (KN + 1); f = tab.ravel(); a = f[j]
    return a + q * (f[j + 1] - a)

def tri_inv(u, a, m, b):
    f = (m - a) / (b - a)
    return np.where(u < f, a + np.sqrt(u * (b - a) * (m - a)), b - np.sqrt((1 - u) * (b - a) * (b - m)))

def sample(m, n, r):
    fac = np.empty((n, m.NL)); t, p = m.tri, ~m.tri
    fac[:, t] = tri_inv(r.random((n, t.sum())), m.lo[t], m.mode[t], m.hi[t])
    al = 1 + 4 * (m.mode[p] - m.lo[p]) / (m.hi[p] - m.lo[p])
    if m.pert == "table": fac[:, p] = look(m.ptab, r.random((n, p.sum())))
    else: fac[:, p] = m.lo[p] + (m.hi[p] - m.lo[p]) * r.beta(al, 6 - al, (n, p.sum()))
    z = r.standard_normal((m.T - 1, m.G, n))
    delay = np.searchsorted(m.dcum, r.random((n, m.K)), side="right")
    rd = tri_inv(r.random(n), *m.M["rd"]); rc = rd - r.uniform(*m.M["spread"], n)
    al = 1 + 4 * (m.rmode - m.rlo) / (m.rhi - m.rlo)
    risk = np.where(r.random((n, m.R)) < m.rp, look(m.rtab, r.random((n, m.R))) if m.pert == "table" else m.rlo + (m.rhi - m.rlo) * r.beta(al, 6 - al, (n, m.R)), 0.)
    return fac, z, delay, rd, rc, risk

def index_paths(m, z):
    n = z.shape[2]; I = np.empty((m.T, m.G, n)); I[0] = 1; x = np.repeat(m.mu[:, None], n, 1)
    e = (m.sig[:, None] * m.chol) @ z.transpose(0, 1, 2)                     # (T-1, G, n)
    for t in range(1, m.T):
        x = m.mu[:, None] + m.phi[:, None] * (x - m.mu[:, None]) + e[t - 1]; I[t] = I[t - 1] * (1 + x)
    return I

def cf_strong(m, fac, I, delay, risk):
    n = fac.shape[0]; cf = np.zeros((m.T, m.K, n)); It = np.ascontiguousarray(I.transpose(2, 1, 0))   # (n, G, T)
    for k in range(m.K):
        X = np.concatenate([fac[:, m.sel[k]], risk[:, m.rsel[k]]], 1)
        C = (X @ m.mat[k]).reshape(n, m.G, m.S)
        for d in range(6):
            w = np.flatnonzero(delay[:, k] == d)
            cf[d:d + m.S, k, w] = np.einsum("ngs,ngs->sn", C[w], It[w, :, d:d + m.S])
    return cf

def cf_naive3d(m, fac, I, delay, risk):
    n = fac.shape[0]; It = np.ascontiguousarray(I.transpose(2, 1, 0)); t = np.arange(m.T)
    php = np.zeros((m.NL, m.T + 5)); php[:, 5:5 + m.S] = m.ph
    ix = t[None, None, :] - delay[:, m.k][:, :, None] + 5                     # (n, NL, T)
    flow = (m.sa * fac)[:, :, None] * php[np.arange(m.NL)[None, :, None], ix] * It[:, m.g, :]
    cf = np.zeros((m.T, m.K, n))
    for k in range(m.K): cf[:, k] = flow[:, m.k == k].sum(1).T
    for j in range(m.R):
        y = m.ry[j] + delay[:, m.rk[j]]; cf[y, m.rk[j], np.arange(n)] -= risk[:, j] * It[np.arange(n), m.rg[j], y]
    return cf

def recursion(m, cf, rd, rc):
    n = rd.size; B = np.zeros((m.K, n)); L = np.zeros((m.K, n)); F = np.full(n, m.M["fund0"]); minF = F.copy()
    minS = np.full(n, np.inf); minY = np.zeros(n); v = 1 / (1 + rd); D = np.sqrt(v); nom = np.zeros(n); ncw = np.zeros(n); rc1 = 1 + rc
    for t in range(m.T):
        tot = cf[t].sum(0); nom += tot; ncw += tot * D; D = D * v
        for k in range(m.K):
            c = cf[t, k]; base = B[k] + .5 * c; b = B[k] + c + base * np.where(base < 0, rd, rc); Lk = L[k] * rc1
            neg = b < 0
            net = np.where(neg, np.maximum(0., np.minimum(np.minimum(-b, m.M["cap"][k] - Lk), F)), -np.minimum(b, Lk))
            B[k] = b + net; L[k] = Lk + net; F = F - net
        s = B.sum(0) - L.sum(0); lt = s < minS; minS[lt] = s[lt]; minY[lt] = t; minF = np.minimum(minF, F)
    return np.stack([nom, s, ncw, minS, minY, minF])

def simulate(m, n, seed, chunk, variant, drivers=True, out=None, drv=None):
    ss = np.random.SeedSequence(seed).spawn((n + chunk - 1) // chunk); ND = m.NL + m.G + m.K + 2 + m.R
    if out is None: out = np.empty((6, n)); drv = np.empty((ND, n), np.float32) if drivers else None
    for c, q in enumerate(ss):
        a = c * chunk; b = min(n, a + chunk); r = np.random.Generator(np.random.SFC64(q))
        fac, z, delay, rd, rc, risk = sample(m, b - a, r); I = index_paths(m, z)
        cf = (cf_strong if variant == "strong" else cf_naive3d)(m, fac, I, delay, risk)
        out[:, a:b] = recursion(m, cf, rd, rc)
        if drivers:
            o = 0
            for blk in (fac.T, I[-1], delay.T, rd[None], rc[None], risk.T): drv[o:o + len(blk), a:b] = blk; o += len(blk)
    return out, drv

NAMES = ["nominal", "eindwaarde", "ncw", "min_balance", "min_year", "fund_min"]
def stats(out):
    q = np.quantile(out, [.05, .5, .95], axis=1)
    return {nm: dict(mean=float(out[j].mean()), sd=float(out[j].std()), p5=float(q[0, j]), p50=float(q[1, j]), p95=float(q[2, j]),
                     p_neg=float((out[j] < 0).mean())) for j, nm in enumerate(NAMES)}

def rank_avg(x):
    o = np.argsort(x, kind="stable" if x.dtype.kind == "i" else None); xs = x[o]; n = x.size
    new = np.flatnonzero(np.concatenate(([True], xs[1:] != xs[:-1], [True]))); r = np.empty(n)
    r[o] = np.repeat((new[:-1] + new[1:] - 1) * .5, np.diff(new)); return r

def spearman(drv, y):
    ry = rank_avg(y); ry -= ry.mean(); ry /= np.sqrt(ry @ ry); rho = np.empty(len(drv))
    for j, x in enumerate(drv):
        r = rank_avg(x); r -= r.mean(); s = np.sqrt(r @ r); rho[j] = r @ ry / s if s > 0 else 0.
    return rho

PS = [.05, .5, .95]
def details(out, drv):
    """For checks, outside the clock: per output the fourth central moment, per percentile its standard error and the values between which that
    percentile of as many other draws lies within 4 standard errors (both from order statistics, so that they hold for outcomes that jump);
    rho of the credit spread, which is what polder draws."""
    n = out.shape[1]; rank = lambda s, p, z: s[int(np.clip(round(n * p + z * np.sqrt(n * p * (1 - p))), 0, n - 1))]
    res = {}
    for nm, x in zip(NAMES, out):
        s = np.sort(x); z = 4 * np.sqrt(2)
        res[nm] = dict(m4=float(((x - x.mean()) ** 4).mean()), se=[float(rank(s, p, 1) - rank(s, p, -1)) / 2 for p in PS], within=[[float(rank(s, p, -z)), float(rank(s, p, z))] for p in PS])
    o = 300 + 6 + 4
    return res, None if drv is None else float(spearman((drv[o + 1].astype(float) - drv[o])[None], out[2])[0])

def shared(shape, dtype):
    """An array that processes share."""
    return np.frombuffer(mmap.mmap(-1, int(np.prod(shape)) * np.dtype(dtype).itemsize), dtype).reshape(shape)

def _sim(a):
    n, o, seed, chunk, variant = a; c = time.process_time()
    simulate(m, n, seed, chunk, variant, drv is not None, out[:, o:o + n], None if drv is None else drv[:, o:o + n])
    return time.process_time() - c, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def _spear(a):
    c = time.process_time(); r = spearman(drv[a[0]:a[1]], out[2])
    return r, time.process_time() - c, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=100_000); p.add_argument("--variant", default="strong"); p.add_argument("--chunk", type=int, default=0)
    p.add_argument("--procs", type=int, default=1); p.add_argument("--no-tornado", action="store_true"); p.add_argument("--seed", type=int, default=1); p.add_argument("--out"); p.add_argument("--pert", default="beta", choices=["table", "beta"])
    A = p.parse_args(); chunk = A.chunk or (1000 if A.variant == "strong" else 100); m = Model(pert=A.pert); dr = not A.no_tornado; n = A.n; P = A.procs
    out = drv = None; worker_cpu = [0., 0.]; rss = 0
    if P > 1:
        import multiprocessing as mp
        out = shared((6, n), float); drv = shared((m.NL + m.G + m.K + 2 + m.R, n), np.float32) if dr else None
        h = [n * i // P for i in range(P + 1)]; pool = mp.get_context("fork").Pool(P); pool.map(abs, range(P))
    t0, c0 = time.perf_counter(), time.process_time()
    if P > 1: rs = pool.map(_sim, [(h[i + 1] - h[i], h[i], A.seed * 1000 + i, chunk, A.variant) for i in range(P)], 1); worker_cpu[0] = sum(r[0] for r in rs); rss = [r[1] for r in rs]
    else: out, drv = simulate(m, n, A.seed, chunk, A.variant, dr)
    t1, c1 = time.perf_counter(), time.process_time(); st = stats(out); t2 = time.perf_counter(); rho = None
    if dr and P > 1:
        h = [len(drv) * i // P for i in range(P + 1)]; rs = pool.map(_spear, list(zip(h, h[1:])), 1); rho = np.concatenate([r[0] for r in rs]); worker_cpu[1] = sum(r[1] for r in rs); rss = [r[2] for r in rs]
    elif dr: rho = spearman(drv, out[2])
    t3, c3 = time.perf_counter(), time.process_time(); peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + (sum(rss) if rss else 0)
    sim_cpu = c1 - c0 + worker_cpu[0]; cpu = c3 - c0 + sum(worker_cpu); more, spread_rho = details(out, drv)
    res = dict(variant=A.variant, n=n, procs=P, sim_s=t1 - t0, sim_cpu_s=sim_cpu, stats_s=t2 - t1, tornado_s=t3 - t2, total_s=t3 - t0, cpu_s=cpu, peak_mib=peak / 1024, stats={k: st[k] | more[k] for k in st}, rho=None if rho is None else rho.tolist(), spread_rho=spread_rho)
    if A.out: json.dump(res, open(A.out, "w"))
    print(f"numpy {A.variant} n={n} procs={P} chunk={chunk}: sim {t1-t0:.3f}s ({n/(t1-t0):.0f}/s) stats {t2-t1:.3f}s tornado {t3-t2:.3f}s total {t3-t0:.3f}s peak {peak/1024:.0f} MiB cpu {cpu:.2f}")
    for k, v in st.items(): print("  %-12s" % k, " ".join(f"{a}={b:.4g}" if a == "p_neg" else f"{a}={b:.0f}" for a, b in v.items()))
    if rho is not None: o = np.argsort(-abs(rho))[:8]; print("  top", [(int(i), round(float(rho[i]), 4)) for i in o])
