"""Writes models/benchmark-w: the benchmark workload W of benches/peer/w/model.json in polder's own tables.

    python3 benches/benchmark_w.py                                      # writes models/benchmark-w
    python3 benches/benchmark_w.py --check                              # compares the files there with what it would write
    python3 benches/benchmark_w.py --to FOLDER --extra-lines 3000       # a variant with cost lines that are certain

The same input gives the same bytes. Needs Python alone, no packages.
"""
import argparse, csv, io, json, math, sys
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "benches/peer/w/model.json"
TO = ROOT / "models/benchmark-w"
YEAR = 2026  # year of t = 0
AREAS = ["Noord", "Oost", "Zuid", "West"]
GROUPS = ["Slopen", "Grondwerk", "Riolering", "Inrichting", "Woningbouw", "Bedrijven"]  # four of costs, two of revenue

MODEL = """\
# Een verzonnen rekenvoorbeeld voor snelheidsmeting: geen bedrag, kans of datum gaat over een echt gebied.
# Gemaakt door benches/benchmark_w.py uit benches/peer/w/model.json; wijzig het daar. De metingen staan in docs/benchmarks.md.
#
# {kosten} kostenregels en {opbrengsten} opbrengstregels in {deelgebieden} deelgebieden, elk met een eigen fasering; {indexen} indexgroepen die elk jaar bewegen
# en samenhangen; een factor op elke regel; uitstel per deelgebied; een getrokken rente en creditrente; {risicos} risico's; een
# gebiedsfonds dat aan deelgebieden leent tot hun leenplafond.

{bronnen}
[gebied]
naam = "Benchmark W"
peildatum = {jaar}-01-01
prijspeil = {jaar}-01-01
eindjaar = {eind}
horizon = {eind}
tijdstap = "jaar"
rente = {rente}                        # de creditrente volgt de rente
rentemethode = "GEMIDDELD"
rente_over = "deelgebied"
ncw_methode = "ncw_kasstroom_rente"
kasstroommoment = "midden"
"""


def number(x):
    """Plain decimal notation of a number, as short as it can be."""
    text = f"{Decimal(repr(x)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def line_name(i, line):
    """Id of a line: K001 to K200, O201 to O300."""
    return f"{'K' if line['cost'] else 'O'}{i + 1:03d}"


def driver_names(w):
    """Names of the 332 drivers of W in the order of the peers: lines, index levels, delays, two rates, risks."""
    return (
        [f"raming {line_name(i, line)}" for i, line in enumerate(w["lines"])]
        + [f"prijzen {g}" for g in GROUPS]
        + [f"uitstel {a}" for a in AREAS]
        + ["rente", "creditrente"]
        + [f"R{j + 1:02d}" for j in range(len(w["risks"]))]
    )


def tables(w, extra):
    """All tables as name: (headings, rows)."""
    assert len(AREAS) == w["K"] and len(GROUPS) == w["G"]
    lines = [(line_name(i, line), line) for i, line in enumerate(w["lines"])]
    drivers = driver_names(w)
    out = {}
    out["partijen"] = (["partij", "rol"], [["gemeente", "gemeente"], ["gebiedsorganisatie", "gebiedsorganisatie"]])
    out["deelgebieden"] = (["deelgebied", "leenplafond"], [[a, number(c)] for a, c in zip(AREAS, w["cap"])])
    out["fonds"] = (
        ["partij", "beginsaldo", "rente", "minimum", "aandeel_organisatie", "bron"],
        [["gebiedsorganisatie", number(w["fund0"]), "0", "0", "0", "verzonnen rekenvoorbeeld voor snelheidsmeting"]],
    )
    out["indexen"] = (["index", "vanaf", "groei"], [[g, YEAR + 1, number(mu)] for g, mu in zip(GROUPS, w["mu"])])

    row = lambda name, line: [name, AREAS[line["area"]], number(line["amount"]), GROUPS[line["group"]]]
    headings = ["id", "deelgebied", "bedrag", "index"]
    out["kosten"] = (headings, [row(n, x) for n, x in lines if x["cost"]])
    out["opbrengsten"] = (headings, [row(n, x) for n, x in lines if not x["cost"]])
    phasing = []
    for name, line in lines:
        assert sum(line["bp"]) == 10_000, name
        phasing += [[name, YEAR + line["start"] + t, number(b / 10_000)] for t, b in enumerate(line["bp"])]
    out["fasering"] = (["fasering", "periode", "aandeel"], phasing)
    if extra:
        # Certain lines over all deelgebieden and cost groups, phased as one of the first lines is. Together 3 million euro, however many.
        amount = number(round(3_000_000 / extra, 2))
        costs = [[*r, ""] for r in out["kosten"][1]]
        costs += [[f"V{i + 1:05d}", AREAS[i // 4 % 4], amount, GROUPS[i % 4], f"K{i % 50 + 1:03d}"] for i in range(extra)]
        out["kosten"] = (headings + ["fasering"], costs)

    uncertain = []

    def driver(doel, verdeling, als="", numbers=(), mean=(), values="", phi=""):
        """numbers: laag, modus, hoog; mean: gemiddelde, spreiding."""
        low = [number(x) if x != "" else "" for x in numbers] or ["", "", ""]
        middle = [number(x) for x in mean] or ["", ""]
        uncertain.append([drivers[len(uncertain)], doel, verdeling, als, *low, *middle, values, "ja" if phi else "", phi])

    for name, line in lines:
        table = "kosten" if line["cost"] else "opbrengsten"
        driver(f"{table}[{name}].bedrag", "driehoek" if line["dist"] == "tri" else "pert", "factor", [line["lo"], line["mode"], line["hi"]])
    for g, sigma, phi in zip(GROUPS, w["sigma"], w["phi"]):
        driver(f"index[{g}].groei", "normaal", "verschuiving", mean=[0, sigma], phi=number(phi))
    chances = "; ".join(f"{d}: {number(round(100 * p, 6))}%" for d, p in enumerate(w["delay_p"]))
    for a in AREAS:
        driver(f"deelgebied[{a}].uitstel", "discreet", "verschuiving", values=chances)
    driver("gebied.rente", "driehoek", "waarde", w["rd"])
    low, high = w["spread"]
    driver("gebied.creditrente", "uniform", "verschuiving", [-high, "", -low])
    out["onzekerheden"] = (
        ["id", "doel", "verdeling", "als", "laag", "modus", "hoog", "gemiddelde", "spreiding", "waarden", "per_jaar", "persistentie"],
        uncertain,
    )
    # W gives the correlation of normals; polder asks Spearman's, which for normals is 6/pi asin(r/2).
    pairs = [(a, b) for a in range(w["G"]) for b in range(a)]
    rho = lambda r: number(round(6 / math.pi * math.asin(r / 2), 10))
    out["correlaties"] = (["a", "b", "rho"], [[f"prijzen {GROUPS[b]}", f"prijzen {GROUPS[a]}", rho(w["corr"][a][b])] for a, b in pairs])
    out["risicos"] = (
        ["risico", "deelgebied", "kans", "laag", "modus", "hoog", "periode", "index"],
        [
            [f"R{j + 1:02d}", AREAS[r["area"]], *(number(r[k]) for k in ("p", "lo", "mode", "hi")), YEAR + r["year"], GROUPS[r["group"]]]
            for j, r in enumerate(w["risks"])
        ],
    )
    return out


def files(w, extra=0):
    """All files of the folder as name: text."""
    made = tables(w, extra)
    out = {}
    for name, (headings, rows) in made.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([headings, *rows])
        out[f"{name}.csv"] = text.getvalue()
    out["model.toml"] = MODEL.format(
        kosten=len(made["kosten"][1]),
        opbrengsten=len(made["opbrengsten"][1]),
        deelgebieden=w["K"],
        indexen=w["G"],
        risicos=len(w["risks"]),
        bronnen="".join(f'[[bron]]\nbestand = "{name}.csv"\n\n' for name in made),
        jaar=YEAR,
        eind=YEAR + w["T"] - 1,
        rente=number(w["rd"][1]),
    )
    return out


def workload():
    """The data of W."""
    return json.loads(DATA.read_text())


def differences(folder, wanted):
    """Names of files in a folder that are not as they should be, not there, or too many."""
    there = {f.name: f.read_text() for f in folder.iterdir()} if folder.is_dir() else {}
    return sorted(n for n in wanted.keys() | there.keys() if wanted.get(n) != there.get(n))


def store(folder, wanted):
    """Writes the files, and leaves no other csv files there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in differences(folder, wanted):
        if name in wanted:
            (folder / name).write_text(wanted[name])
        elif name.endswith(".csv"):
            (folder / name).unlink()


def main():
    p = argparse.ArgumentParser(description="W in polder's tables")
    p.add_argument("--check", action="store_true", help="compare, write nothing")
    p.add_argument("--to", type=Path, default=TO, help="folder to write (default models/benchmark-w)")
    p.add_argument("--extra-lines", type=int, default=0, help="so many certain cost lines more")
    a = p.parse_args()
    if a.extra_lines and a.to.resolve() == TO:
        p.error("--extra-lines needs --to: models/benchmark-w is W itself")
    wanted = files(workload(), a.extra_lines)
    if not a.check:
        store(a.to, wanted)
    elif differ := differences(a.to, wanted):
        sys.exit(f"{a.to} differs from what benches/benchmark_w.py writes: {', '.join(differ)}; run it again")


if __name__ == "__main__":
    main()
