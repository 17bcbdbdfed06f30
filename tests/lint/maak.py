"""Makes the workbooks of tests/lint: one per kind of finding, each with what must be found and what must not.

    python tests/lint/maak.py          (openpyxl 3.1; LibreOffice for the ods and the xls)

Formulas get their stored values here, since openpyxl writes none: `waarde` holds them per cell.
"""

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
