"""Checks kostenverhaal.py and verevening.py against the T- vectors of rules.md.

The vectors of 1.3, 1.5, 1.7, 1.8 and 1.9 go through the whole calculation (JSON in, JSON out);
1.2, 1.5b, 1.10, 1.11 and 1.12 through the separate rules; 3.1, 3.2 and 3.5 through the cases.
Not here: T-0.x (only the index, T-0.1), T-3.3, T-3.4, T-3.6, T-3.7 (outside these two programs).
"""

import copy
import json
import os
import subprocess
import sys
from fractions import Fraction as F

import kostenverhaal as kv

HIER = os.path.dirname(os.path.abspath(__file__))
fouten = []
aantal = 0


def gelijk(naam, uit, verwacht, marge="0.01"):
    """Numbers within the margin of rules.md (0.01); anything else exactly."""
    global aantal
    aantal += 1
    if isinstance(verwacht, (bool, type(None))):
        goed = uit is verwacht
    else:
        goed = abs(F(str(uit)) - F(str(verwacht))) <= F(marge)
    if not goed:
        fouten.append(naam)
    print("ok  " if goed else "FOUT", naam, kv.als_tekst(uit) if goed else f"{uit} != {verwacht}")


def draai(programma, invoer):
    klaar = subprocess.run([sys.executable, os.path.join(HIER, programma)], check=True, text=True,
                           input=json.dumps(invoer), stdout=subprocess.PIPE)
    return json.loads(klaar.stdout)


def plan(**delen):
    basis = {"gebied": {"peiljaar": 2026, "prijspeil": 2026, "eindjaar": 2035, "rente": "0"},
             "indexen": [], "kostenverhaal": [{"id": "G", "regime": "OW_TIJDVAK"}],
             "eigendom": [], "profijt": [], "kosten": [], "opbrengsten": [], "programma": []}
    basis.update(delen)
    return basis


def gebied_van(invoer):
    uit = draai("kostenverhaal.py", [invoer])[0]["gebieden"][0]
    return uit, {rij["id"]: rij for rij in uit["eigendom"]}


JAAR1 = {"2026": "1"}

# ---- 0.1
indexen = [{"index": "Kosten", "vanaf": 2023, "groei": "0.035"},
           {"index": "Kosten", "vanaf": 2024, "groei": "0.03"},
           {"index": "Kosten", "vanaf": 2025, "groei": "0.02"}]
gelijk("T-0.1", 100000 * kv.indexfactor(indexen, "Kosten", 2022, 2025), "108737.10")
gelijk("T-0.1 backwards", kv.indexfactor(indexen, "Kosten", 2025, 2022)
       * kv.indexfactor(indexen, "Kosten", 2022, 2025), 1, "0")

# ---- 1.2
for naam, activiteit, omvang, ja in (("e 9", "e", 9, False), ("e 10", "e", 10, True),
                                     ("f 1499", "f", 1499, False), ("f 1500", "f", 1500, True),
                                     ("c 999", "c", 999, False), ("c 1000", "c", 1000, True),
                                     ("d 999", "d", 999, False), ("a", "a", None, True),
                                     ("b", "b", None, True), ("c unknown", "c", None, True)):
    gelijk("T-1.2 " + naam, kv.kostenverhaalplichtig(activiteit, omvang), ja)

# ---- 1.3, through the whole calculation: one owner pays all costs
for bedrag, vlag in (("9999.99", True), ("10000.00", False)):
    uit, rijen = gebied_van(plan(
        eigendom=[{"id": "x", "partij": "P"}],
        kosten=[{"id": "k", "bedrag": bedrag, "fasering": JAAR1, "kostensoort": "A8"}],
        programma=[{"id": "p", "aantal": "1", "grondprijs": "50000", "fasering": JAAR1, "perceel": "x"}]))
    gelijk("T-1.3 geldsom " + bedrag, rijen["x"]["geldsom"], bedrag)
    gelijk("T-1.3 afzien " + bedrag, uit["afzien"], vlag)

# ---- 1.5: a fraction toerekenbaar leaves the existing city out of the key
brug = plan(
    kosten=[{"id": "brug", "bedrag": "4000000", "fasering": JAAR1, "kostensoort": "A8",
             "toerekenbaar": "0.3", "profijt": "ritten"}],
    profijt=[{"sleutel": "ritten", "begunstigde": "G", "waarde": "250"},
             {"sleutel": "ritten", "begunstigde": "elders", "waarde": "750"},
             {"sleutel": "ritten", "begunstigde": "stad", "waarde": "1000", "bestaand": "ja"}])
gelijk("T-1.5", gebied_van(brug)[0]["kosten"], 300000)
brug["kosten"][0]["toerekenbaar"] = "1"
gelijk("1.5 with the existing city in the key", gebied_van(brug)[0]["kosten"], 500000)
gelijk("T-1.5b", kv.fonds_bovenwijks_tarief([(F(12000000), F("0.45"))], 0, 3000), 1800)

# ---- 1.7
t17 = plan(
    eigendom=[{"id": "x", "partij": "X", "inbrengwaarde": "900000"}],
    kosten=[{"id": "werken", "bedrag": "4900000", "fasering": JAAR1, "kostensoort": "A8"},
            {"id": "eigen", "bedrag": "1200000", "raming_verhaal": "1000000", "fasering": JAAR1,
             "kostensoort": "A6", "eigendom": "x"},
            {"id": "school", "bedrag": "3000000", "fasering": JAAR1}],
    opbrengsten=[{"id": "subsidie", "bedrag": "1000000", "fasering": JAAR1, "in_mindering": "0.5"}],
    programma=[{"id": "sociaal", "aantal": "40", "grondprijs": "20000", "fasering": JAAR1},
               {"id": "vrij X", "aantal": "30", "grondprijs": "90000", "fasering": JAAR1,
                "perceel": "x", "categorie": "vrij"},
               {"id": "vrij", "aantal": "30", "grondprijs": "90000", "fasering": JAAR1,
                "categorie": "vrij"},
               {"id": "kantoor", "aantal": "2000", "grondprijs": "400", "fasering": JAAR1}])
for regime in ("OW_TIJDVAK", "WRO"):
    a = copy.deepcopy(t17)
    a["kostenverhaal"][0]["regime"] = regime
    uit, rijen = gebied_van(a)
    x = rijen["x"]
    for veld, verwacht in (("kosten", 6800000), ("bijdragen", 500000), ("netto_kosten", 6300000),
                           ("opbrengst", 7000000), ("omslag", 6300000), ("tekort", 0)):
        gelijk(f"T-1.7a {regime} {veld}", uit[veld], verwacht)
    for veld, verwacht in (("bruto", 2430000), ("bruto_opbrengst", 2430000),
                           ("bruto_gewicht", 2430000), ("aftrek", 1000000), ("netto", 530000),
                           ("geldsom", 530000)):
        gelijk(f"T-1.7a {regime} X {veld}", x[veld], verwacht)
    gelijk(f"T-1.7a {regime} flag", uit["afzien"], False)
    a["kosten"][0]["bedrag"] = "6100000"
    uit, rijen = gebied_van(a)
    for veld, verwacht in (("kosten", 8000000), ("netto_kosten", 7500000), ("omslag", 7000000),
                           ("tekort", 500000)):
        gelijk(f"T-1.7b {regime} {veld}", uit[veld], verwacht)
    gelijk(f"T-1.7b {regime} X bruto", rijen["x"]["bruto"], 2700000)
    gelijk(f"T-1.7b {regime} X netto", rijen["x"]["netto"], 800000)
# via eenheden: GE and tarief
ge = 40 * F(20000, 90000) + 60 + 2000 * F(400, 90000)
gelijk("T-1.7a GE", ge, "77.7778", "0.0001")
gelijk("T-1.7a tarief", F(6300000) / ge, 81000)

# text of 1.7: 30 x 90.000 in 2026 against 2030 at 3 %. The numbers there are bruto at the factor
# V / O = 0,9 of T-1.7a, so the costs are 0,9 of the contante waarde of the two
kosten_09 = kv.tekst(F("0.9") * (2700000 + 2700000 / F("1.03") ** 4))
twee = plan(
    gebied={"peiljaar": 2026, "prijspeil": 2026, "eindjaar": 2035, "rente": "0.03"},
    eigendom=[{"id": "vroeg", "partij": "A"}, {"id": "laat", "partij": "B"}],
    kosten=[{"id": "k", "bedrag": kosten_09, "fasering": JAAR1, "kostensoort": "A8"}],
    programma=[{"id": "p1", "aantal": "30", "grondprijs": "90000", "fasering": {"2026": "1"},
                "perceel": "vroeg", "categorie": "vrij"},
               {"id": "p2", "aantal": "30", "grondprijs": "90000", "fasering": {"2030": "1"},
                "perceel": "laat", "categorie": "vrij"}])
_, rijen = gebied_van(twee)
gelijk("1.7 text 2026", rijen["vroeg"]["bruto_opbrengst"], "2430000")
gelijk("1.7 text 2030", rijen["laat"]["bruto_opbrengst"], "2159023.53")
for rij in rijen.values():
    gelijk("1.7 text gewicht " + rij["id"], rij["bruto_gewicht"], "2294511.76")

# ---- 1.8
t18 = plan(
    kostenverhaal=[{"id": "G", "regime": "OW_ZONDER", "raming": "3000000", "maximum": "3000000"}],
    eigendom=[{"id": "a", "partij": "A", "m2": "10000", "grond_m2": "135", "maximum": "500000"}],
    kosten=[{"id": "A", "bedrag": "2000000", "fasering": JAAR1, "kostensoort": "A8"},
            {"id": "B", "bedrag": "7000000", "fasering": JAAR1, "kostensoort": "B4"}],
    programma=[{"id": "p", "aantal": "16", "grondprijs": "100000", "fasering": JAAR1, "perceel": "a"},
               {"id": "q", "aantal": "84", "grondprijs": "100000", "fasering": JAAR1}])
uit, rijen = gebied_van(t18)
a = rijen["a"]
gelijk("T-1.8 K table A only", uit["kosten"], 2000000)
gelijk("T-1.8 share", a["bruto"], 480000)
gelijk("T-1.8 WV", F(a["opbrengst"]) - F(a["inbrengwaarde"]), 250000)
gelijk("T-1.8 geldsom", a["geldsom"], 250000)
gelijk("T-1.8 unrecovered", F(a["bruto"]) - F(a["geldsom"]), 230000)
t18["eigendom"][0]["grond_m2"] = "160"
gelijk("T-1.8 W >= O", gebied_van(t18)[1]["a"]["geldsom"], 0)
t18["eigendom"][0]["grond_m2"] = "135"
t18["kostenverhaal"][0].update(maximum="100000", maximum_aftopt="ja")
gelijk("1.8 Kmax caps", gebied_van(t18)[1]["a"]["geldsom"], 16000)  # 16 % of what is spread

# ---- 1.9: phased lines of one amount each, index from the peildatum
t19 = plan(
    gebied={"peiljaar": 2026, "prijspeil": 2026, "eindjaar": 2035, "rente": "0.03"},
    indexen=[{"index": "Kosten", "vanaf": 2027, "groei": "0.025"},
             {"index": "Opbrengsten", "vanaf": 2027, "groei": "0.015"}],
    kosten=[{"id": "k", "bedrag": "4000000", "index": "Kosten", "kostensoort": "A8",
             "fasering": {"2026": "0.5", "2027": "0.375", "2028": "0.125"}}],
    programma=[{"id": "p2027", "aantal": "20", "grondprijs": "100000", "index": "Opbrengsten",
                "fasering": {"2027": "1"}},
               {"id": "p2028", "aantal": "35", "grondprijs": "100000", "index": "Opbrengsten",
                "fasering": {"2028": "1"}}])
uit, _ = gebied_van(t19)
gelijk("T-1.9 CW(K)", uit["kosten"], "3987875.86")
gelijk("T-1.9 CW(O)", uit["opbrengst"], "5369674.33")
t19["kostenverhaal"][0]["moment"] = "midden"
gelijk("T-1.9 CW(K) mid-year", gebied_van(t19)[0]["kosten"], "3929370.84")

# ---- 1.10
for herrekend, terug in ((480000, 23500), (503500, 0), (510000, 0), (600000, 0)):
    gelijk(f"T-1.10 Q={herrekend}", kv.eindafrekening(F(530000), F(herrekend)), terug)
gelijk("T-1.10 rente", kv.terugbetaling_met_rente(F(23500), F("0.04"), 6), "29735.00")

# ---- 1.11
gelijk("T-1.11 sum", kv.maximum_plankosten([(F(10000), [F("0.20"), F("0.15")]), (F(5000), []),
                                            (F(8000), [F("-0.10")])]), 25700)
gelijk("T-1.11 small works", kv.maximum_kleine_werken(10919, 6500), 17419)
gelijk("T-1.11 zelfrealisatie 1.1a", kv.aftrek_plankosten_zelfrealisatie(F(15000), F(20000), "1.1"), 12000)
gelijk("T-1.11 zelfrealisatie rest", kv.aftrek_plankosten_zelfrealisatie(F(44000), F(50000), "rest"), 44000)
for m2, bedrag in ((3000, 8220), (3001, 10919), (10000, 10919), (10001, 12989)):
    gelijk(f"8.8 kassen {m2}", kv.maximum_kleine_werken_kassen(m2), bedrag)

# ---- 1.12
plafond = kv.plafond_financiele_bijdrage(F(2700000), F(900000))
gelijk("T-1.12 cap", plafond, 1800000)
gelijk("T-1.12 room", kv.ruimte_financiele_bijdrage(plafond, F(530000)), 1270000)
gelijk("T-1.12 repay", kv.eindafrekening_financiele_bijdrage(F(100000), F(96000)), 4000)

# ---- not in a vector, from the text of 1.7, 1.11, 8.2, Ow 13.13 and Ob 8.13
a = copy.deepcopy(t17)
a["kosten"].append({"id": "eigen2", "bedrag": "100000", "raming_verhaal": "300000",
                    "fasering": JAAR1, "kostensoort": "A8", "eigendom": "x"})
gelijk("aftrek per post", gebied_van(a)[1]["x"]["aftrek"], 1100000)
a["kostenverhaal"][0]["aftrek"] = "totaal"
gelijk("aftrek totaal", gebied_van(a)[1]["x"]["aftrek"], 1300000)
a["eigendom"][0]["inbrengwaarde"] = "2000000"
gelijk("vloer nul", gebied_van(a)[1]["x"]["geldsom"], 0)
a["kostenverhaal"][0]["vloer"] = "geen"
x = gebied_van(a)[1]["x"]
gelijk("vloer geen", x["geldsom"], x["netto"], "0")
gelijk("vloer geen is negative", F(x["geldsom"]) < 0, True)

a = copy.deepcopy(t17)
a["eigendom"][0]["overeenkomst"] = "400000"
uit, rijen = gebied_van(a)
gelijk("agreement: no geldsom", rijen["x"]["geldsom"], 0)
gelijk("agreement: reported", rijen["x"]["overeenkomst"], 400000)
gelijk("agreement: K unchanged", uit["kosten"], 6800000)
a = copy.deepcopy(t17)
a["eigendom"][0]["partij"] = "gemeente"
uit, rijen = gebied_van(a)
gelijk("own land: in K", uit["kosten"], 6800000)
gelijk("own land: no geldsom", rijen["x"]["geldsom"], 0)
a = copy.deepcopy(t17)
a["eigendom"][0].update(activiteit="e", omvang="9")
_, rijen = gebied_van(a)
gelijk("not liable", rijen["x"]["plichtig"], False)
gelijk("not liable: no geldsom", rijen["x"]["geldsom"], 0)

a = copy.deepcopy(t17)
a["kosten"] += [{"id": "a1", "bedrag": "300000", "fasering": JAAR1, "kostensoort": "A1"},
                {"id": "a10", "bedrag": "500000", "fasering": JAAR1, "kostensoort": "A10"}]
a["kostenverhaal"][0]["plankosten_maximum"] = "600000"
gelijk("plankosten maximum", gebied_van(a)[0]["kosten"], 7400000)

a = copy.deepcopy(t17)
a["eigendom"] = [{"id": "x1", "partij": "X", "perceel": "x", "aandeel": "0.25"},
                 {"id": "x2", "partij": "Y", "perceel": "x", "aandeel": "0.75"}]
_, rijen = gebied_van(a)
gelijk("aandeel", F(rijen["x2"]["opbrengst"]), 3 * F(rijen["x1"]["opbrengst"]), "0")
gelijk("aandeel gewicht", F(rijen["x2"]["bruto_gewicht"]), 3 * F(rijen["x1"]["bruto_gewicht"]), "0.00001")

a = copy.deepcopy(t17)      # 5.1: sum of bruto = V when every programme line has an owner
a["eigendom"].append({"id": "rest", "partij": "gemeente"})
for regel in a["programma"]:
    regel.setdefault("perceel", "rest")
for methode in ("opbrengsten", "gewichtsfactor"):
    a["kostenverhaal"][0]["methode"] = methode
    uit, rijen = gebied_van(a)
    gelijk("5.1 sum of bruto = V, " + methode, sum(F(r["bruto"]) for r in rijen.values()), uit["omslag"],
           "0.00001")

a = copy.deepcopy(t17)
a["programma"] = []
uit, rijen = gebied_van(a)
gelijk("O = 0: bruto", rijen["x"]["bruto"], 0)
gelijk("O = 0: tekort", uit["tekort"], 6300000)

a = copy.deepcopy(t17)
a["gebied"]["rente"] = "0.03"
a["kostenverhaal"][0].update(rente_tot_betaling="ja", beschikking=2028)
_, rijen = gebied_van(a)
gelijk("rente tot betaling", rijen["x"]["betaling"]["2028"], F(530000) * F("1.03") ** 2)

a = copy.deepcopy(t17)      # two areas by deelgebied, one eigendom in each
a["kostenverhaal"] = [{"id": "N", "regime": "OW_TIJDVAK", "deelgebieden": "n1; n2"},
                      {"id": "Z", "regime": "OW_TIJDVAK", "deelgebieden": "z"}]
a["eigendom"] = [{"id": "x", "partij": "X", "deelgebied": "n2", "inbrengwaarde": "900000"},
                 {"id": "y", "partij": "Y", "kostenverhaal": "Z", "inbrengwaarde": "100000"}]
for regel in a["kosten"] + a["opbrengsten"] + a["programma"]:
    regel["deelgebied"] = "n1"
uit = draai("kostenverhaal.py", [a])[0]["gebieden"]
gelijk("two areas: N", uit[0]["eigendom"][0]["geldsom"], 530000)
gelijk("two areas: K of Z", uit[1]["kosten"], 100000)

# ---- 3.1, 3.2, 3.5
t31 = {"soort": "vereveningsfonds", "N": "27", "s": "0.3", "gerealiseerd_sociaal": "5",
       "GW_vrij": "85000", "GW_sociaal": "22000", "N_min": "4"}
cases = [dict(t31, mode="ceil"), dict(t31, mode="none"), dict(t31, N="3", gerealiseerd_sociaal="0"),
         dict(t31, N="25", mode="round", gerealiseerd_sociaal="0"),
         {"soort": "fondsbijdragen", "saldo_fonds": "100000", "aanvragen": [
             {"id": "a", "extra": "3", "bedrag": "30000", "plafond": "25000"},
             {"id": "b", "extra": "3", "bedrag": "30000", "plafond": "25000"}]},
         {"soort": "fondsbijdrage", "saldo_fonds": "100000", "extra": "3", "bedrag": "30000",
          "plafond": "25000", "plafond_wijze": "totaal"},
         {"soort": "segmenten", "segmenten": [
             {"id": "middelduur", "n": "12", "max": "10", "tarief": "35000"},
             {"id": "duur", "n": "8", "max": "10", "tarief": "75000"}]},
         {"soort": "segmenten_saldo", "segmenten": [
             {"id": "middelduur", "n": "12", "norm": "10", "waarde": "35000"},
             {"id": "duur", "n": "8", "norm": "10", "waarde": "75000"}]},
         {"soort": "vast_bedrag", "woningen": "10", "bedrag": "20000"},
         {"soort": "kostendeling", "C_total": "12000000", "partijen": [
             {"id": "a", "key": "50", "C_own": "7000000"}, {"id": "b", "key": "30", "C_own": "3000000"},
             {"id": "c", "key": "20", "C_own": "2000000"}]},
         {"soort": "kostendeling", "C_total": "13000000", "partijen": [
             {"id": "a", "key": "50", "C_own": "7000000"}, {"id": "b", "key": "50", "C_own": "5000000"}]},
         {"soort": "grondbank", "programma": "500", "GW": "50000", "partijen": [
             {"id": "P", "grond": [{"m2": "40000", "normwaarde": "60"}], "feitelijk": "150"},
             {"id": "Q", "grond": [{"m2": "25000", "normwaarde": "100"}], "feitelijk": "250"},
             {"id": "G", "grond": [{"m2": "35000", "normwaarde": "40"}], "feitelijk": "100"}]},
         {"soort": "bouwclaim", "uitgifte": [{"p_uit": "400", "kavels": "5000"}],
          "inkoop": [{"p_in": "60", "m2": "10000"}], "kosten": "1100000"},
         {"soort": "GEM", "resultaat": "-300", "partijen": [{"id": "a", "kapitaal": "100"},
                                                            {"id": "b", "kapitaal": "100"}]}]
(ceil, none, klein, half, rij, totaal, seg, saldo, vast, deling, scheef, bank, claim, gem) = draai("verevening.py", cases)
gelijk("T-3.1 ceil tekort", ceil["tekort"], 4)
gelijk("T-3.1 ceil afkoop", ceil["afkoop"], 252000)
gelijk("T-3.1 none tekort", none["tekort"], "3.1", "0")
gelijk("T-3.1 none afkoop", none["afkoop"], 195300)
gelijk("T-3.1 N=3", klein["afkoop"], 0)
gelijk("T-3.1 N=3 plicht", klein["plicht"], False)
gelijk("8.5 a half goes up (7,5)", half["vereist"], 8)
gelijk("8.5 list order a", rij["bijdragen"][0]["bijdrage"], 75000)
gelijk("8.5 list order b", rij["bijdragen"][1]["bijdrage"], 25000)
gelijk("8.5 cap in total", totaal["bijdrage"], 25000)
gelijk("3.1 segments", seg["bijdrage"], 70000)
gelijk("3.1 segments signed", saldo["bijdrage"], -80000)
gelijk("3.1 flat amount", vast["bijdrage"], 200000)
for partij, bedrag in zip(deling["partijen"], (-1000000, 600000, 400000)):
    gelijk("T-3.2 " + partij["id"], partij["settlement"], bedrag)
gelijk("T-3.2 sum", deling["som"], 0, "0")
gelijk("8.6 check fails", "fout" in scheef, True)
for partij, iw, deel, rechten, bedrag in zip(
        bank["partijen"], (2400000, 2500000, 1400000), ("0.38095", "0.39683", "0.22222"),
        ("190.48", "198.41", "111.11"), ("-2023809.52", "2579365.08", "-555555.56")):
    gelijk(f"T-3.5 {partij['id']} IW", partij["IW"], iw)
    gelijk(f"T-3.5 {partij['id']} share", partij["share"], deel, "0.00001")
    gelijk(f"T-3.5 {partij['id']} rechten", partij["rechten"], rechten)
    gelijk(f"T-3.5 {partij['id']} verrekening", partij["verrekening"], bedrag)
gelijk("T-3.5 sum", bank["som"], 0, "0")
gelijk("3.5 bouwclaim", claim["resultaat"], 300000)
gelijk("3.5 GEM loss limited", gem["partijen"][0]["resultaat"], -100)
gelijk("3.5 GEM uncovered", gem["ongedekt"], 100)

print(f"\n{aantal - len(fouten)} of {aantal} checks pass" + (": FOUT in " + ", ".join(fouten) if fouten else ""))
sys.exit(1 if fouten else 0)
