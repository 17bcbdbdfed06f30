"""Makes the workbooks of tests/lint: one per kind of finding, each with what must be found and what must not.

    python tests/lint/maak.py          (openpyxl 3.1; LibreOffice for the ods and the xls)

Formulas get their stored values here, since openpyxl writes none: `waarde` holds them per cell.
"""

import datetime
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.styles import numbers

HIER = Path(__file__).parent


def schrijf(naam, bladen, na=None, delen=None):
    """bladen: {blad: {cel: inhoud}}; inhoud is a value, or (formula, stored value) or (value, number format)."""
    boek = openpyxl.Workbook()
    boek.remove(boek.active)
    opgeslagen = {}
    for blad, cellen in bladen.items():
        ws = boek.create_sheet(blad)
        opgeslagen[blad] = {}
        for cel, inhoud in cellen.items():
            if isinstance(inhoud, tuple) and isinstance(inhoud[0], str) and inhoud[0].startswith("="):
                ws[cel] = inhoud[0]
                opgeslagen[blad][cel] = inhoud[1]
            elif isinstance(inhoud, tuple):
                ws[cel], ws[cel].number_format = inhoud
            else:
                ws[cel] = inhoud
    if na:
        na(boek)
    bak = io.BytesIO()
    boek.save(bak)
    uit = zipfile.ZipFile(HIER / f"{naam}.xlsx", "w", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(bak) as zin:
        for info in zin.infolist():
            inhoud = zin.read(info.filename)
            treffer = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", info.filename)
            if treffer:
                tekst = inhoud.decode()
                blad = list(bladen)[int(treffer[1]) - 1]
                for cel, waarde in opgeslagen[blad].items():
                    tekst = bewaar(tekst, cel, waarde)
                inhoud = tekst.encode()
            if info.filename == "docProps/core.xml":
                inhoud = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", inhoud)
            uit.writestr(zipfile.ZipInfo(info.filename), inhoud, zipfile.ZIP_DEFLATED)
        for deel, inhoud in (delen or {}).items():
            uit.writestr(zipfile.ZipInfo(deel), inhoud, zipfile.ZIP_DEFLATED)
    uit.close()


def bewaar(tekst, cel, waarde):
    """Puts a stored value beside a formula; None leaves it without."""
    if waarde is None:
        return tekst
    soort = ""
    if isinstance(waarde, bool):
        soort, waarde = ' t="b"', int(waarde)
    elif isinstance(waarde, str):
        soort = ' t="e"' if waarde.startswith("#") else ' t="str"'
    patroon = re.compile(rf'<c r="{cel}"( s="\d+")?>(<f>.*?</f>)<v ?/></c>|<c r="{cel}"( s="\d+")?>(<f>.*?</f>)<v></v></c>')
    nieuw, aantal = patroon.subn(
        lambda m: f'<c r="{cel}"{m[1] or m[3] or ""}{soort}>{m[2] or m[4]}<v>{waarde}</v></c>', tekst
    )
    assert aantal == 1, (cel, tekst)
    return nieuw


JAREN = {f"{k}3": 2026 + i for i, k in enumerate("DEFGH")}


def kosten(bedragen=(100, 200, 300), van=4):
    """A small block of costs with a total."""
    cellen = {"A3": "Code", "B3": "Omschrijving", "C3": "Bedrag"}
    for i, bedrag in enumerate(bedragen):
        cellen |= {f"A{van + i}": f"1.{i + 1}", f"B{van + i}": f"Post {i + 1}", f"C{van + i}": bedrag}
    return cellen


schrijf(
    "goed",
    {
        "Kosten": kosten() | {"B7": "Totaal", "C7": ("=SUM(C4:C6)", 600), "B8": "Onvoorzien 10%", "C8": ("=C7*10%", 60),
                              "B9": "Totaal met onvoorzien", "C9": ("=C7+C8", 660)}
        | JAREN | {f"{k}4": (a, "0%") for k, a in zip("DEFGH", (0.2, 0.2, 0.2, 0.2, 0.2))}
        | {f"{k}5": (a, "0%") for k, a in zip("DEFGH", (0.5, 0.5, 0, 0, 0))}
        | {f"{k}6": (a, "0%") for k, a in zip("DEFGH", (0, 0, 0.3, 0.3, 0.4))},
        "Index": {"B3": "Index per jaar"} | JAREN | {f"{k}4": (0.02, "0.0%") for k in "DEFGH"}
        | {"D5": 1} | {f"{k}5": (f"={v}5*(1+{k}4)", round(1.02 ** (i + 1), 12)) for i, (v, k) in enumerate(zip("DEFG", "EFGH"))},
    },
)
schrijf(
    "fout",
    {
        "Invoer": {"A1": "Aantal", "B1": 0, "A2": "Bedrag", "B2": 500, "A3": "Per stuk", "B3": ("=B2/B1", "#DIV/0!"),
                   "A4": "Dubbel", "B4": ("=B3*2", "#DIV/0!"), "A5": "Los", "B5": ("=B2*2", 1000)},
        "Kas stroom": {"A1": "Totaal", "B1": ("=SUM(Invoer!B3:B5)", "#DIV/0!"), "A2": "Weg", "B2": ("=#REF!+1", "#REF!")},
    },
)
schrijf("zonder-waarde", {"Blad": {"A1": 2, "A2": ("=A1*2", None), "A3": ("=A2*2", None), "A4": ("=A1+1", 3)}})
schrijf(
    "verouderd",
    {
        "Blad": {"A1": 100, "A2": 250, "A3": ("=SUM(A1:A2)", 340), "A4": ("=A3*2", 680), "A5": ("=ROUND(A1/3,2)", 33.33),
                 "A6": ("=IF(A1>50,A2,0)", 250), "A7": ("=A1=100", False), "A8": ("=NOW()", 46000), "A9": ("=A1/3", 33.3333333333)},
    },
)
schrijf(
    "overschreven",
    {
        "Blad": {"A1": "Bedrag", "B1": "Index", "C1": "Geïndexeerd"}
        | {f"A{r}": 100 * r for r in range(2, 9)} | {f"B{r}": 1.02 for r in range(2, 9)}
        | {f"C{r}": (f"=A{r}*B{r}", 102 * r) for r in (2, 3, 4, 6, 7, 8)} | {"C5": 555}
        # The first of a line is often given; that is no slip.
        | {"A11": 10} | {f"{k}11": (f"={v}11*2", 10 * 2 ** (i + 1)) for i, (v, k) in enumerate(zip("ABCD", "BCDE"))},
    },
)
schrijf(
    "subtotaal",
    {
        "Kosten": kosten((100, 200, 300, 400, 500)) | {"B9": "Totaal", "C9": ("=SUM(C4:C7)", 1000)}
        # A row under the sum that is added by itself is meant so.
        | {"B12": "Grond", "C12": 10, "B13": "Water", "C13": 20, "B14": "Wegen", "C14": 30, "B15": "Subtotaal",
           "C15": ("=SUM(C12:C14)", 60), "B16": "Opslag", "C16": 5, "B17": "Totaal", "C17": ("=C15+C16", 65)},
    },
)
schrijf(
    "fasering",
    {
        "Kosten": kosten() | JAREN | {f"{k}4": (a, "0%") for k, a in zip("DEFGH", (0.2, 0.2, 0.2, 0.2, 0.1))}
        | {f"{k}5": (a, "0%") for k, a in zip("DEFGH", (0.5, 0.5, 0, 0, 0))}
        | {f"{k}6": (a, "0%") for k, a in zip("DEFGH", (0.3333, 0.3333, 0.3334, 0, 0))},
    },
)


def verberg(boek):
    boek["Kosten"].row_dimensions[5].hidden = True
    boek["Kosten"].column_dimensions["F"].hidden = True
    boek["Hulp"].sheet_state = "hidden"
    boek["Kosten"].row_dimensions[2].hidden = True


schrijf("verborgen", {"Kosten": kosten() | {"F4": 12, "F5": 13, "A2": "notitie"}, "Hulp": {"A1": 99, "A2": 1}}, verberg)
schrijf(
    "getal-als-tekst",
    {"Kosten": kosten((100, "1.250,00", 300)) | {"C7": ("=SUM(C4:C6)", 400), "E1": "2026", "E2": "012", "E3": "1.2.3", "G4": "12", "G5": "tekst"}},
)
schrijf("datum-als-tekst", {"Blad": {"A1": "Start", "B1": "1-7-2026", "A2": "Eind", "B2": "31 december 2030", "A3": "Versie", "B3": "1.2.3", "B4": "2026-2030"}})
LINK = '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><externalBook r:id="rId1"><sheetNames><sheetName val="Blad1"/></sheetNames></externalBook></externalLink>'
RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" Target="grondprijzen%202026.xlsx" TargetMode="External"/></Relationships>'


def koppel():
    schrijf("koppeling", {"Blad": {"A1": ("=[1]Blad1!B2", 310), "A2": ("=A1*2", 620), "A3": ("='[1]Blad1'!B3+1", 5)}},
            delen={"xl/externalLinks/externalLink1.xml": LINK, "xl/externalLinks/_rels/externalLink1.xml.rels": RELS})
    pad = HIER / "koppeling.xlsx"
    with zipfile.ZipFile(pad) as zin:
        delen = {i.filename: zin.read(i.filename) for i in zin.infolist()}
    boek = delen["xl/workbook.xml"].decode()
    delen["xl/workbook.xml"] = boek.replace(
        "</sheets>", '</sheets><externalReferences><externalReference xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rIdX"/></externalReferences>'
    ).encode()
    rels = delen["xl/_rels/workbook.xml.rels"].decode()
    delen["xl/_rels/workbook.xml.rels"] = rels.replace(
        "</Relationships>", '<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>'
    ).encode()
    with zipfile.ZipFile(pad, "w", zipfile.ZIP_DEFLATED) as uit:
        for naam, inhoud in delen.items():
            uit.writestr(zipfile.ZipInfo(naam), inhoud, zipfile.ZIP_DEFLATED)


koppel()
schrijf("kring", {"Blad": {"A1": ("=B1+1", 0), "B1": ("=C1*2", 0), "C1": ("=SUM(A1:A3)", 0), "E1": ("=E1+1", 0), "F1": ("=SUM(A1:C1)", 0)}})

# --- the common shapes, and what must not be taken for them


def delen_van(naam, wijzig):
    """Changes parts of a workbook that openpyxl has no words for: {part: (old, new)}."""
    pad = HIER / f"{naam}.xlsx"
    with zipfile.ZipFile(pad) as zin:
        delen = {i.filename: zin.read(i.filename).decode() for i in zin.infolist()}
    for deel, (oud, nieuw) in wijzig.items():
        delen[deel], aantal = re.subn(oud, nieuw, delen[deel])
        assert aantal, (deel, oud)
    with zipfile.ZipFile(pad, "w", zipfile.ZIP_DEFLATED) as uit:
        for deel, inhoud in delen.items():
            uit.writestr(zipfile.ZipInfo(deel), inhoud, zipfile.ZIP_DEFLATED)


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ZES = [2026 + i for i in range(6)]


def rij(regel, waarden, van=1, opmaak=None):
    """Cells of a row; None is an empty cell."""
    return {
        f"{LETTERS[van + i]}{regel}": (w, opmaak) if opmaak and not isinstance(w, str) else w
        for i, w in enumerate(waarden)
        if w is not None
    }


# Programs differ in the last digits; none of these is out of date.
schrijf(
    "goed-rekenen",
    {
        "Blad": {
            "A1": 1.4, "A2": ("=A1*2+0", 2.8000000000000003), "A3": 2.8, "A4": ("=A2=A3", True), "A5": ('=IF(A2=A3,"OK","FOUT")', "OK"),
            "A6": ("=AND(B99,TRUE)", True), "A7": ("=INT(4.1*100)", 410), "A8": ("=ROUNDDOWN(2.3*100,0)", 230), "A9": ("=MOD(5.3,0.1)", 0),
            "A10": ("=SUM(A4:A4)+1", 2), "A11": ("=A2-A3", 0), "A12": ("=ROW(A12)", 12), "A13": ("=COLUMNS($A$13:A13)", 1),
            "A14": ("=OFFSET(A14,-1,0)", 1), "A15": ('=CELL("row",A15)', 15), "A16": ("=POWER(-8,1/3)", -2), "A17": ('=""', ""),
        }
    },
)
# Rates under years are no phasing, whatever they are together.
schrijf(
    "goed-tarieven",
    {
        "Parameters": rij(2, [2026 + i for i in range(24)])
        | {"A3": "Kostenstijging", "A4": "Opbrengstenstijging", "A5": "Iets anders"}
        | rij(3, [0.05, 0.05] + [0.035] * 22, opmaak="0.0%") | rij(4, [0.04] * 24, opmaak="0.0%") | rij(5, [0.05] * 18, opmaak="0%"),
        "Gebruik": rij(2, ZES) | {"A3": "Leegstand", "A4": "Bezetting", "A5": "aandeel sociaal"}
        | rij(3, [0.3, 0.25, 0.2, 0.1, 0.05, 0.05], opmaak="0%") | rij(4, [0.1, 0.15, 0.2, 0.15, 0.2, 0.25], opmaak="0%")
        | rij(5, [0.15, 0.15, 0.2, 0.2, 0.2, 0.2], opmaak="0%"),
        "Fasering": {"A2": "Fasering"} | rij(2, ZES) | {"A3": "Wegen", "A4": "Riool", "A5": "Rente", "A6": "tranche cumulatief", "A7": "Gemiddeld"}
        | rij(3, [0.2, 0.3, 0.5], opmaak="0%") | rij(4, [None, 0.5, 0.5], opmaak="0%") | rij(5, [0.15, 0.15, 0.15, 0.15, 0.2, 0.2], opmaak="0%")
        | rij(6, [0.1, 0.2, 0.3, 0.1, 0.1, 0.1], opmaak="0%"),
        "Woningen": {"A2": "Fasering aantal woningen"} | rij(2, ZES) | {"A3": "Rij", "A4": "Hoek", "A5": "Vrij"}
        | rij(3, [20, 30, 50]) | rij(4, [50, 50]) | rij(5, [20, 30, 40]),
    },
)
GOED, GOED2, FOUT = [0.2, 0.3, 0.5], [None, 0.5, 0.5], [0.2, 0.3, 0.4]
KOPPEN = {
    "Aandelen": (ZES, FOUT, None),
    "Honderd": (ZES, [20, 30, 40], None),
    "Woord": ([f"jaar {j}" for j in ZES], FOUT, "0%"),
    "Kwartaal": (["2026-K1", "2026-K2", "2026-K3", "2026-K4", "2027-K1", "2027-K2"], FOUT, "0%"),
    "Begindatum": ([datetime.date(2026 + i // 4, 1 + 3 * (i % 4), 1) for i in range(6)], FOUT, "0%"),
    "Teveel": (ZES, [1.2, 0.3], "0%"),
    "Eenjaar": (ZES, [None, 0.9], "0%"),
    "Ver": (ZES, [0.1, 0.2], None),
    "Helft": (ZES, [0.25, 0.25], "0%"),
    "Negatief": (ZES, [0.6, 0.6, -0.3], "0%"),
}
bladen = {}
for blad, (kop, fout, opmaak) in KOPPEN.items():
    goed = [[100 * (w or 0) or None for w in g] if blad == "Honderd" else g for g in (GOED, GOED2)]
    bladen[blad] = (
        {"A2": "Fasering", "A3": "Wegen", "A4": "Riool", "A5": "Groen"} | rij(2, kop)
        | rij(3, goed[0], opmaak=opmaak) | rij(4, goed[1], opmaak=opmaak) | rij(5, fout, opmaak=opmaak)
    )
bladen["Omlaag"] = {"A2": "jaar", "B2": "Wegen", "C2": "Riool", "D2": "Groen"} | {f"A{3 + i}": j for i, j in enumerate(ZES)}
for kolom, waarden in zip("BCD", (GOED, GOED2, FOUT)):
    bladen["Omlaag"] |= {f"{kolom}{3 + i}": (w, "0%") for i, w in enumerate(waarden) if w is not None}
bladen["Gat"] = {"A2": "Fasering", "A3": "Wegen", "A4": "Riool", "A5": "Groen"}
for i, k in enumerate("BCEFGH"):
    bladen["Gat"][f"{k}2"] = ZES[i]
    for regel, waarden in zip((3, 4, 5), (GOED, GOED2, FOUT)):
        if i < len(waarden) and waarden[i] is not None:
            bladen["Gat"][f"{k}{regel}"] = (waarden[i], "0%")
schrijf("fasering-vormen", bladen)


def blok(regels=6, van=3):
    """Rows of quantity times price, with formulas; and the amounts."""
    cellen = {"A2": "Omschrijving", "B2": "Aantal", "C2": "Prijs", "D2": "Bedrag"}
    bedragen = {}
    for i in range(regels):
        r = van + i
        bedragen[r] = (100 + 7 * i) * (50 + 3 * i)
        cellen |= {f"A{r}": f"Regel {i + 1}", f"B{r}": 100 + 7 * i, f"C{r}": 50 + 3 * i, f"D{r}": (f"=B{r}*C{r}", bedragen[r])}
    return cellen, bedragen


def som(bedragen, regels):
    return sum(bedragen[r] for r in regels)


c, b = blok()
bladen = {
    # A row that was added with its amount typed, below the range of the sum.
    "Getypt": c | {"D8": 9999, "A9": "Totaal", "D9": ("=SUM(D3:D7)", som(b, range(3, 8)))},
    "Plus": c | {"A9": "Totaal", "D9": ("=D3+D4+D6+D7+D8", som(b, (3, 4, 6, 7, 8)))},
    "Twee": c | {"A9": "Totaal", "D9": ("=SUM(D3:D4,D6:D8)", som(b, (3, 4, 6, 7, 8)))},
    "Ander blad": {"A1": "Totaal kosten", "B1": ("=SUM(Posten!D3:D7)", som(b, range(3, 8)))},
    "Posten": c,
    # Another column that does for every row what it does for the row left out says nothing about it.
    "Naast": c | {f"E{r}": (f"=D{r}-F{r}", b[r]) for r in b} | {"A9": "Totaal", "D9": ("=SUM(D3:D7)", som(b, range(3, 8))), "E9": ("=SUM(E3:E8)", som(b, b))},
    # Meant so: another formula takes the row, a row of its own kind, a sum up to a year that is named.
    "Bedoeld": c | {"A9": "Totaal", "D9": ("=SUM(D3:D7)", som(b, range(3, 8))), "A10": "Met regel 6", "D10": ("=D9+D8", som(b, b))},
    "Opslag": c | {"A8": "Opslag", "B8": None, "C8": None, "D8": 500, "A9": "Totaal", "D9": ("=SUM(D3:D7)", som(b, range(3, 8)))},
}
bladen["Opslag"] = {k: v for k, v in bladen["Opslag"].items() if v is not None}
g = {}
subs, r = [], 3
for i in range(3):
    g[f"A{r}"] = f"Groep {i + 1}"
    bedragen = []
    for j in range(4):
        g |= {f"A{r + 1 + j}": "post", f"B{r + 1 + j}": 10 + i * j}
        bedragen.append(10 + i * j)
    g |= {f"A{r + 5}": "Subtotaal", f"B{r + 5}": (f"=SUM(B{r + 1}:B{r + 4})", sum(bedragen))}
    subs.append((r + 5, sum(bedragen)))
    r += 7
bladen["Groepen"] = g | {f"A{r}": "Totaal", f"B{r}": (f"=B{subs[0][0]}+B{subs[2][0]}", subs[0][1] + subs[2][1])}


def jaarrijen(einden, kop="Totaal"):
    """Amounts under years with a sum per row, up to a column that is given for the row."""
    cellen = rij(2, ZES) | {"H2": kop}
    for i, einde in enumerate(einden):
        r = 3 + i
        waarden = [1000 * r + k for k in range(6)]
        cellen |= {f"A{r}": f"post {i + 1}"} | rij(r, waarden)
        cellen[f"H{r}"] = (f"=SUM(B{r}:{einde}{r})", sum(waarden[: LETTERS.index(einde)]))
    return cellen


bladen |= {"Rij": jaarrijen("GGFGG"), "Jaren": jaarrijen("FFF"), "Tot en met": jaarrijen("FFF", "t/m 2030")}
schrijf("subtotaal-vormen", bladen)


def reeks(getypt, n=8, jaren=True):
    """A row of formulas under years, with numbers where it was typed over."""
    cellen = ({"A1": "jaar"} | rij(1, [2026 + k for k in range(n)]) if jaren else {}) | {"A2": "Index", "B2": 1}
    waarde = 1.0
    for k in range(1, n):
        links, hier = LETTERS[k], LETTERS[k + 1]
        waarde = 1.5 if k in getypt else waarde * 1.02
        cellen[f"{hier}2"] = 1.5 if k in getypt else (f"={links}2*1.02", waarde)
    return cellen


c, b = blok(9)
kort = {"A2": "Post", "A6": "Subtotaal", "A11": "Subtotaal"}
for r in (3, 4, 5, 8, 9, 10):
    kort |= {f"A{r}": "p", f"B{r}": 10, f"C{r}": 5, f"D{r}": (f"=B{r}*C{r}", 50)}
kort |= {"D4": 77, "D6": ("=SUM(D3:D5)", 177), "D11": ("=SUM(D8:D10)", 150)}
schrijf(
    "overschreven-vormen",
    {
        "Laatste jaar": reeks({7}),
        "Vier": reeks({2, 3, 4, 5}),
        "Eerste": reeks({1}),
        # Without years above it the last may be anything.
        "Zonder jaren": reeks({7}, jaren=False),
        "Kort": kort,
        "Onderaan": c | {"D11": 77, "A12": "Totaal", "D12": ("=SUM(D3:D11)", som(b, range(3, 11)) + 77)},
        # A lump sum has no quantity and price.
        "Stelpost": {k: v for k, v in c.items() if k not in ("B11", "C11")} | {"D11": 77, "A12": "Totaal", "D12": ("=SUM(D3:D11)", som(b, range(3, 11)) + 77)},
        "Formules": c | {"D6": ("=500", 500), "D8": ("=B8*C8+1000", b[8] + 1000), "D10": ("=250+250", 500)},
    },
)
schrijf(
    "tekst-vormen",
    {
        "Eerste": {"A1": "aantal", "A2": "12", "A3": 13, "A4": 14, "A5": 15, "C1": "Bedrag", "C2": "1200", "C3": 1300, "C4": 1400, "C5": "1500", "C6": "1600", "C7": "Totaal"},
        "Alles": {"A1": "Post", "B1": "Bedrag"} | {f"A{i + 2}": "p" for i in range(6)}
        | {f"B{i + 2}": t for i, t in enumerate(["1.250", "3.000,50", "(900)", "4.000-", "€ 5.000,-", "6000 euro"])},
        "Gebruikt": {"A1": "Index", "B1": "0,02", "B2": ("=ROUND(B1,2)", "#VALUE!"), "A3": "prijs", "B3": "150", "B4": ("=MAX(B3,3)", 3), "A5": "m2", "B5": "1.250",
                     "B6": ("=B5", "1.250"), "B7": ("=B6*2", "#VALUE!")},
        # Codes, headings and years are texts.
        "Posten": {"A1": "Opbrengsten woningen", "B1": "Bedrag"} | {f"A{i + 2}": f"5.{i + 1}" for i in range(4)} | {f"B{i + 2}": 100.5 + i for i in range(4)},
        "Codes": {"A1": "code", "B1": "fase", "A2": "11", "A3": "12", "A4": "13", "C1": "2026", "D1": "2027", "C2": 5, "D2": 6, "C3": 5, "D3": 6,
                  "F1": "Fase", "F2": "1", "G2": "2", "F3": 10, "G3": 20, "F4": 10, "G4": 20, "I1": "vanaf", "I2": "2026-"},
        "Datums": {f"A{i + 1}": "Datum" for i in range(6)} | {f"B{i + 1}": t for i, t in enumerate(["01-07-26", "1-jul-2026", "1-jul-26", "1/1/26", "juli 2026", "31-02-2026"])}
        | {"D1": "RAW-code", "D2": "11-02-26", "D3": "12-02-26"},
    },
)


def verberg_anders(boek):
    ws = boek["Nul"]
    ws.row_dimensions[4].height = 0
    ws.column_dimensions["D"].width = 0
    ws.row_dimensions[6].hidden = True
    ws.row_dimensions[10].hidden = True


schrijf(
    "verborgen-vormen",
    {"Nul": {f"A{r}": "p" for r in range(1, 8)} | {f"B{r}": 1500.5 * r for r in range(1, 8)} | {"D3": 555.5, "B6": 2000}
     | {"A9": "Kosten", "B9": 12.5, "A10": "Startjaar", "B10": 2030, "A11": "Prijs", "B11": 13.5}},
    verberg_anders,
)
delen_van("verborgen-vormen", {"xl/worksheets/sheet1.xml": (r'<row r="4"[^>]*>', '<row r="4" ht="0" customHeight="1">')})
delen_van("verborgen-vormen", {"xl/worksheets/sheet1.xml": (r"(<cols>.*</cols>)?<sheetData>", '<cols><col min="4" max="4" width="0" customWidth="1"/></cols><sheetData>')})
schrijf("kring-herhaald", {"Blad": {"A1": ("=100+B1", 105.263157894737), "B1": ("=A1*0.05", 5.26315789473684), "A2": ("=A1*2", 210.526315789474)}})
delen_van("kring-herhaald", {"xl/workbook.xml": (r"<calcPr[^>]*/>", '<calcPr iterate="1" iterateCount="100"/>')})
schrijf("kring-fout", {"Blad": {"A1": ("=B1+1", "#VALUE!"), "B1": ("=A1*2", "#VALUE!"), "C1": ("=A1+1", "#VALUE!"), "D1": ("=D1+1", 0)}})
schrijf("precisie", {"Blad": {"A1": 10.004, "A2": ("=A1*3", 30.01), "A3": ("=A2*3", 90.03)}})
delen_van("precisie", {"xl/workbook.xml": (r"<calcPr[^>]*/>", '<calcPr fullPrecision="0"/>')})
schrijf(
    "koppeling-naam",
    {"Blad": {"A1": ("=rente*2", 0.04), "A2": ('=INDIRECT("[ander.xlsx]Blad1!A1")', 4), "A3": ("=SUM(Weg!A1)", 3), "A4": ('=INDIRECT("Blad!A1")', 0.04)}},
    lambda boek: boek.defined_names.add(openpyxl.workbook.defined_name.DefinedName("rente", attr_text="[1]Blad1!$A$1")),
)


def soffice(bron, doel, filter_naam):
    with tempfile.TemporaryDirectory() as map_:
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{map_}/profiel", "--headless", "--norestore", "--convert-to",
             f"{doel}:{filter_naam}", "--outdir", map_, str(bron)],
            check=True, capture_output=True,
        )
        inhoud = (Path(map_) / f"{bron.stem}.{doel}").read_bytes()
    return inhoud


if "--alleen-xlsx" not in sys.argv:
    # One workbook with several findings, in the other formats.
    schrijf(
        "formaten",
        {
            "Kosten": kosten((100, 200, 300, 400)) | {"B8": "Totaal", "C8": ("=SUM(C4:C6)", 600), "B9": "Deel", "C9": ("=C8/Hulp!A1", "#DIV/0!")}
            | JAREN | {f"{k}4": (a, "0%") for k, a in zip("DEFGH", (0.2, 0.2, 0.2, 0.2, 0.1))}
            | {f"{k}5": (a, "0%") for k, a in zip("DEFGH", (0.5, 0.5, 0, 0, 0))}
            | {"B10": "Duizendtallen", "C10": (1250000, "#,##0,")},
            "Hulp": {"A1": 0, "A2": "1-7-2026", "B2": 7},
        },
        lambda boek: (setattr(boek["Kosten"].row_dimensions[6], "hidden", True), boek["Kosten"].merge_cells("B1:D1")),
    )
    bron = HIER / "formaten.xlsx"
    (HIER / "formaten.ods").write_bytes(soffice(bron, "ods", "calc8"))
    (HIER / "formaten.xls").write_bytes(soffice(bron, "xls", "MS Excel 97"))
