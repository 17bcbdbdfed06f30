"""The entries percentielen, waarnemingen and those with a minimum or maximum of scipy.toml.

    python tests/cases/verdelingen/scipy_meer.py >> tests/cases/verdelingen/scipy.toml    (scipy 1.17.1, numpy 2.4.6)

Nothing here is polder's: scipy's quantile and distribution functions, numpy's quantiles, and moments by scipy's quad.
"""

import math

import numpy as np
from scipy import integrate, stats

KANSEN = [0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999]
INF = math.inf


def pert(low, mode, high):
    a = 1 + 4 * (mode - low) / (high - low)
    return stats.beta(a, 6 - a, low, high - low)


def driehoek(low, mode, high):
    return stats.triang((mode - low) / (high - low), low, high - low)


def lognormaal(mean, sd):
    sigma = math.sqrt(math.log1p((sd / mean) ** 2))
    return stats.lognorm(sigma, scale=mean * math.exp(-(sigma**2) / 2))


class Percentielen:
    """Half a normal on each side of the median."""

    def __init__(self, p10, p50, p90):
        z90 = stats.norm.ppf(0.9)
        self.below = stats.norm(p50, (p50 - p10) / z90) if p10 < p50 else None
        self.above = stats.norm(p50, (p90 - p50) / z90) if p50 < p90 else None
        self.p50 = p50

    def ppf(self, p):
        half = self.below if p < 0.5 else self.above
        return self.p50 if half is None else half.ppf(p)

    def cdf(self, x):
        half = self.below if x < self.p50 else self.above
        return (0.0 if x < self.p50 else 1.0) if half is None else half.cdf(x)

    def breaks(self):
        return [0.5]


class Waarnemingen:
    """numpy's default quantile (type 7)."""

    def __init__(self, *values):
        self.values = np.sort(values)

    def ppf(self, p):
        return float(np.quantile(self.values, p))

    def cdf(self, x):
        return float(np.interp(x, self.values, np.linspace(0, 1, len(self.values))))

    def breaks(self):
        return list(np.linspace(0, 1, len(self.values))[1:-1])


def figures(soort, getallen, low=-INF, high=INF):
    make = {"pert": pert, "driehoek": driehoek, "lognormaal": lognormaal, "percentielen": Percentielen,
            "waarnemingen": Waarnemingen, "normaal": stats.norm, "uniform": lambda a, b: stats.uniform(a, b - a)}
    free = make[soort](*getallen)
    from_, to = free.cdf(low), free.cdf(high)
    # In the upper tail by the survival function, which keeps its digits.
    tail = hasattr(free, "isf") and from_ > 0.5

    def ppf(p):
        if tail:
            return free.isf(free.sf(high) * p + free.sf(low) * (1 - p))
        return free.ppf(from_ + p * (to - from_))

    breaks = sorted({(b - from_) / (to - from_) for b in getattr(free, "breaks", list)() if from_ < b < to})
    if soort == "driehoek":
        kink = (free.cdf(getallen[1]) - from_) / (to - from_)
        breaks = [kink] if 0 < kink < 1 else []
    edges = [0.0, *breaks, 1.0]

    def moment(f):
        # Substituting p = Phi(z) takes the infinite slopes at the ends away.
        def at(z):
            return f(ppf(stats.norm.cdf(z))) * stats.norm.pdf(z)
        total = 0.0
        for a, b in zip(edges, edges[1:]):
            ends = np.clip(stats.norm.ppf([a, b]), -8.2, 8.2)
            cuts = [ends[0], *[c for c in (-4, -2, 0, 2, 4) if ends[0] < c < ends[1]], ends[1]]
            for c, d in zip(cuts, cuts[1:]):
                total += integrate.quad(at, c, d, epsabs=0, epsrel=1e-13, limit=400)[0]
        return total

    centre = ppf(0.5)
    mean = centre + moment(lambda x: x - centre)
    print("\n[[verdeling]]")
    print(f'soort = "{soort}"')
    print(f"getallen = {[float(g) for g in getallen]}")
    if (low, high) != (-INF, INF):
        print(f"minimum = {low}\nmaximum = {high}")
    print(f"kwantielen = {[float(ppf(p)) for p in KANSEN]}")
    print(f"gemiddelde = {float(mean)}")
    print(f"variantie = {float(moment(lambda x: (x - mean) ** 2))}")


figures("percentielen", [0.9, 1.0, 1.3])
figures("percentielen", [-0.02, 0.0, 0.005])
figures("percentielen", [100.0, 100.0, 160.0])
figures("waarnemingen", [0.92, 1.05, 1.01, 0.97, 1.31])
figures("waarnemingen", [3.0, 1.0])
figures("waarnemingen", [2.0, 2.0, 2.0, 5.0, 7.0])
figures("normaal", [1.0, 0.1], 0.9, INF)
figures("normaal", [1.0, 0.1], 0.85, 1.25)
figures("normaal", [0.0, 1.0], 4.0, INF)
figures("normaal", [0.02, 0.01], -INF, 0.0)
figures("lognormaal", [1.0, 0.3], -INF, 1.5)
figures("lognormaal", [100.0, 60.0], 20.0, 400.0)
figures("pert", [80.0, 100.0, 150.0], 90.0, 120.0)
figures("pert", [0.0, 1.0, 1.0], 0.95, INF)
figures("driehoek", [80.0, 100.0, 150.0], 90.0, 140.0)
figures("uniform", [1.0, 4.0], 2.0, 9.0)
figures("percentielen", [0.9, 1.0, 1.3], 0.85, 1.6)
figures("waarnemingen", [0.92, 1.05, 1.01, 0.97, 1.31], 0.95, 1.2)
