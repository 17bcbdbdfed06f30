"""W in numba, parallel over draws, compiled model (phasing windows -> per (area, group) local-time sums), own counter-seeded RNG per draw
(xoshiro256+ seeded with splitmix64(seed, draw)): reproducible for any thread count. PERT through a 1025-knot inverse-CDF table.
python3 w_numba.py [--n 100000] [--threads 2] [--no-tornado] [--ranks numba|numpy] [--out x.json]
Imports, compilation and the first touch of the arrays come before the clock starts."""
import argparse, json, os, resource, time
import numpy as np, numba as nb
from scipy.special import betaincinv
from concurrent.futures import ThreadPoolExecutor
from w_numpy import Model, details, spearman, stats

KN = 1024
@nb.njit(inline="always")
def rotl(x, k): return (x << nb.uint64(k)) | (x >> nb.uint64(64 - k))

@nb.njit(inline="always")
def nxt(s):
    r = s[0] + s[3]; t = s[1] << nb.uint64(17)
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rotl(s[3], 45)
    return (r >> nb.uint64(11)) * (1.0 / 9007199254740992.0)

@nb.njit(inline="always")
def seed(s, key, i):
    z = nb.uint64(key) * nb.uint64(0xD1342543DE82EF95) + nb.uint64(i) * nb.uint64(0x2545F4914F6CDD1D)
    for j in range(4):
        z += nb.uint64(0x9E3779B97F4A7C15); x = z
        x = (x ^ (x >> nb.uint64(30))) * nb.uint64(0xBF58476D1CE4E5B9); x = (x ^ (x >> nb.uint64(27))) * nb.uint64(0x94D049BB133111EB); s[j] = x ^ (x >> nb.uint64(31))

@nb.njit(parallel=True, fastmath=True, cache=True, error_model="numpy")
def run(n, key, lk, lg, lst, ldur, loff, ph, sa, tri, lo, mode, hi, tab, rp, rlo, rhi, ry, rg, rk, rtab, mu, phi, sc, dcum, rdp, spr, fund0, cap, out, drv, want):
    T, S, G, K = 30, 25, 6, 4; NL = lk.size; R = rp.size
    BL = 256
    for blk in nb.prange((n + BL - 1) // BL):
        s = np.empty(4, np.uint64); C = np.empty((K, G, S)); I = np.ones((T, G)); cf = np.empty((T, K)); z = np.empty(G); x = np.empty(G)
        dl = np.empty(K, np.int64); B = np.empty(K); L = np.empty(K); fa = np.empty(NL); ra = np.empty(R)
        for i in range(blk * BL, min(n, blk * BL + BL)):
            seed(s, key, i); C[:] = 0.0; cf[:] = 0.0
            for l in range(NL):
                u = nxt(s)
                if tri[l]:
                    a, m, b = lo[l], mode[l], hi[l]
                    f = a + np.sqrt(u * (b - a) * (m - a)) if u < (m - a) / (b - a) else b - np.sqrt((1 - u) * (b - a) * (b - m))
                else:
                    q = u * KN; j = int(q); f = tab[l, j] + (q - j) * (tab[l, j + 1] - tab[l, j])
                fa[l] = f; v = f * sa[l]; o = loff[l]; c = C[lk[l], lg[l]]; st = lst[l]
                for d in range(ldur[l]): c[st + d] += v * ph[o + d]
            x[:] = mu
            for t in range(1, T):
                for h in range(0, G, 2):
                    r = np.sqrt(-2.0 * np.log(1.0 - nxt(s))); w = 6.283185307179586 * nxt(s); z[h] = r * np.cos(w); z[h + 1] = r * np.sin(w)
                for g in range(G):
                    e = 0.0
                    for h in range(g + 1): e += sc[g, h] * z[h]
                    x[g] = mu[g] + phi[g] * (x[g] - mu[g]) + e; I[t, g] = I[t - 1, g] * (1 + x[g])
            for k in range(K):
                u = nxt(s); d = 0
                while d < 5 and u >= dcum[d]: d += 1
                dl[k] = d
            a, m, b = rdp[0], rdp[1], rdp[2]; u = nxt(s)
            rd = a + np.sqrt(u * (b - a) * (m - a)) if u < (m - a) / (b - a) else b - np.sqrt((1 - u) * (b - a) * (b - m))
            rc = rd - (spr[0] + (spr[1] - spr[0]) * nxt(s))
            for j in range(R):
                u = nxt(s); w = nxt(s); ra[j] = 0.0
                if u < rp[j]:
                    q = w * KN; jj = int(q); ra[j] = rtab[j, jj] + (q - jj) * (rtab[j, jj + 1] - rtab[j, jj]); C[rk[j], rg[j], ry[j]] -= ra[j]
            for k in range(K):
                d = dl[k]
                for g in range(G):
                    for t in range(S): cf[t + d, k] += C[k, g, t] * I[t + d, g]
            B[:] = 0.0; L[:] = 0.0; F = fund0; minF = F; minS = np.inf; minY = 0; v = 1 / (1 + rd); D = np.sqrt(v); nom = 0.0; ncw = 0.0; st_ = 0.0
            for t in range(T):
                tot = 0.0
                for k in range(K):
                    c_ = cf[t, k]; tot += c_; base = B[k] + .5 * c_; bb = B[k] + c_ + base * (rd if base < 0 else rc); Lk = L[k] * (1 + rc)
                    if bb < 0: net = max(0.0, min(min(-bb, cap[k] - Lk), F))
                    else: net = -min(bb, Lk)
                    B[k] = bb + net; L[k] = Lk + net; F -= net
                st_ = 0.0
                for k in range(K): st_ += B[k] - L[k]
                if st_ < minS: minS = st_; minY = t
                minF = min(minF, F); nom += tot; ncw += tot * D; D *= v
            out[0, i] = nom; out[1, i] = st_; out[2, i] = ncw; out[3, i] = minS; out[4, i] = minY; out[5, i] = minF
            if want:
                for l in range(NL): drv[l, i] = fa[l]
                for g in range(G): drv[NL + g, i] = I[T - 1, g]
                for k in range(K): drv[NL + G + k, i] = dl[k]
                drv[NL + G + K, i] = rd; drv[NL + G + K + 1, i] = rc
                for j in range(R): drv[NL + G + K + 2 + j, i] = ra[j]

@nb.njit(cache=True)
def rank_avg(x):
    o = np.argsort(x); n = x.size; r = np.empty(n); a = 0
    while a < n:
        b = a
        while b + 1 < n and x[o[b + 1]] == x[o[a]]: b += 1
        m = .5 * (a + b)
        for q in range(a, b + 1): r[o[q]] = m
        a = b + 1
    return r

@nb.njit(parallel=True, fastmath=True, cache=True, error_model="numpy")
def spear(drv, y):
    ry = rank_avg(y); ry -= ry.mean(); sy = np.sqrt((ry * ry).sum()); D = drv.shape[0]; rho = np.empty(D)
    for j in nb.prange(D):
        r = rank_avg(drv[j]); r -= r.mean(); s = np.sqrt((r * r).sum()); rho[j] = (r * ry).sum() / (s * sy) if s > 0 else 0.0
    return rho

def pack(m):
    L = m.M["lines"]; order = np.lexsort((np.arange(m.NL), m.g, m.k))
    ld = np.array([len(l["bp"]) for l in L]); ph = np.concatenate([np.array(l["bp"]) / 10000 for l in L]); off = np.concatenate(([0], np.cumsum(ld)[:-1])).astype(np.int64)
    u = np.arange(KN + 1) / KN
    def tb(lo, mo, hi):
        al = 1 + 4 * (mo - lo) / (hi - lo); return lo + (hi - lo) * betaincinv(al, 6 - al, u)
    tab = np.stack([tb(*a) for a in zip(m.lo, m.mode, m.hi)]); rtab = np.stack([tb(*a) for a in zip(m.rlo, m.rmode, m.rhi)])
    return (m.k, m.g, np.array([l["start"] for l in L]), ld, off, ph, m.sa, m.tri, m.lo, m.mode, m.hi, tab, m.rp, m.rlo, m.rhi, m.ry, m.rg, m.rk, rtab,
            m.mu, m.phi, m.sig[:, None] * m.chol, m.dcum, np.array(m.M["rd"]), np.array(m.M["spread"]), m.M["fund0"], np.array(m.M["cap"]))

def spear_numpy(drv, y, threads):
    """The same by numpy's argsort, which is faster than numba's, in threads."""
    h = [len(drv) * i // threads for i in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool: return np.concatenate(list(pool.map(lambda a: spearman(drv[a[0]:a[1]], y), zip(h, h[1:]))))

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--n", type=int, default=100_000); p.add_argument("--threads", type=int, default=2); p.add_argument("--no-tornado", action="store_true")
    p.add_argument("--seed", type=int, default=1); p.add_argument("--out"); p.add_argument("--reps", type=int, default=1); p.add_argument("--ranks", default="numba", choices=["numba", "numpy"]); A = p.parse_args()
    nb.set_num_threads(A.threads); m = Model(); P = pack(m); n = A.n; ND = m.NL + m.G + m.K + 2 + m.R; want = not A.no_tornado
    out = np.zeros((6, n)); out.fill(1); drv = np.empty((ND, n if want else 1), np.float32); drv.fill(1)
    w0 = np.empty((ND, 256), np.float32); run(256, A.seed, *P, np.empty((6, 256)), w0, want)   # compile
    ranks = (lambda: spear(drv, out[2])) if A.ranks == "numba" else (lambda: spear_numpy(drv, out[2], A.threads))
    if want: spear(w0, w0[0].astype(np.float64))
    for rep in range(A.reps):
        t0, c0 = time.perf_counter(), time.process_time(); run(n, A.seed, *P, out, drv, want); t1, c1 = time.perf_counter(), time.process_time(); st = stats(out); t2 = time.perf_counter(); rho = ranks() if want else None; t3, c3 = time.perf_counter(), time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"numba n={n} threads={A.threads} cpu {c3-c0:.2f}: sim {t1-t0:.3f}s ({n/(t1-t0):.0f}/s) stats {t2-t1:.3f}s tornado {t3-t2:.3f}s total {t3-t0:.3f}s peak {peak:.0f} MiB")
    for k, v in st.items(): print("  %-12s" % k, " ".join(f"{a}={b:.4g}" if a == "p_neg" else f"{a}={b:.0f}" for a, b in v.items()))
    if want: o = np.argsort(-abs(rho))[:8]; print("  top", [(int(i), round(float(rho[i]), 4)) for i in o])
    more, spread_rho = details(out, drv if want else None)
    if A.out: json.dump(dict(variant="numba", n=n, threads=A.threads, ranks=A.ranks, sim_s=t1 - t0, sim_cpu_s=c1 - c0, stats_s=t2 - t1, tornado_s=t3 - t2, total_s=t3 - t0, cpu_s=c3 - c0, peak_mib=peak, stats={k: st[k] | more[k] for k in st}, rho=rho.tolist() if want else None, spread_rho=spread_rho), open(A.out, "w"))
