"""Kostenverhaal (Omgevingswet afd. 13.6): exact calculation of the geldsommen per area.

Reads a JSON list of areas from stdin and writes a JSON list of results in the same order.
All amounts are decimal strings; the calculation is in fractions, the output is rounded
(half away from zero) to 6 decimals.

One area:
  gebied          {"peiljaar", "prijspeil", "eindjaar", "rente"}
  indexen         [{"index", "vanaf", "groei"}]
  kostenverhaal   [{"id", "regime", "deelgebieden", "rente", "moment", "beschikking", "methode",
                    "aftrek", "vloer", "rente_tot_betaling", "raming", "maximum",
                    "maximum_aftopt", "plankosten_in", "plankosten_maximum"}]
  eigendom        [{"id", "partij", "perceel", "aandeel", "kostenverhaal", "deelgebied", "m2",
                    "grond_m2", "opstallen", "vrijmaken", "slopen", "saneren", "inbrengwaarde",
                    "activiteit", "omvang", "maximum", "betaling", "overeenkomst"}]
  profijt         [{"sleutel", "begunstigde", "bestaand", "waarde"}]
  kosten          [{"id", "bedrag", "index", "fasering", "deelgebied", "kostensoort",
                    "toerekenbaar", "profijt", "eigendom", "raming_verhaal",
                    "plankosten_product"}]
  opbrengsten     [{"id", "bedrag", "index", "fasering", "deelgebied", "in_mindering"}]
  programma       [{"id", "aantal", "grondprijs", "index", "fasering", "deelgebied", "perceel",
                    "categorie"}]

One result:
  {"gebieden": [{"id", "kosten", "bijdragen", "netto_kosten", "opbrengst", "omslag", "tekort",
                 "afzien", "boven_maximum",
                 "eigendom": [{"id", "opbrengst", "inbrengwaarde", "aftrek", "bruto",
                               "bruto_opbrengst", "bruto_gewicht", "netto", "geldsom", "plichtig",
                               "gemeente", "overeenkomst", "betaling"}]}]}

boven_maximum is the running check of 1.8 (the sum of the geldsommen is above Kmax); betaling
gives the geldsom per year of payment, with rente when rente_tot_betaling = ja.
"""

import json
import math
import sys
from fractions import Fraction

NUL = Fraction(0)
EEN = Fraction(1)
WORTEL_DECIMALEN = 60
REGIMES = ("OW_TIJDVAK", "OW_ZONDER", "WRO")
MOMENTEN = {"begin": Fraction(0), "midden": Fraction(1, 2), "eind": Fraction(1)}


# ---------------------------------------------------------------- reading and writing

def leeg(waarde):
    return waarde is None or waarde == ""


def getal(waarde, anders=NUL):
    """The number in a field, or the default when the field is empty."""
    if leeg(waarde):
        return anders
    return Fraction(str(waarde))


def keuze(rij, kolom, toegestaan):
    """A choice column; the first allowed value is the default."""
    waarde = rij.get(kolom)
    if waarde is True:
        waarde = "ja"
    if waarde is False:
        waarde = "nee"
    if leeg(waarde):
        return toegestaan[0]
    if waarde not in toegestaan:
        raise ValueError(f"{kolom}: {waarde!r} is not one of {', '.join(toegestaan)}")
    return waarde


def lijst(waarde):
    if leeg(waarde):
        return []
    if isinstance(waarde, list):
        return waarde
    return [deel.strip() for deel in waarde.split(";") if deel.strip()]


def tekst(waarde, decimalen=6):
    """A fraction as a decimal string, rounded half away from zero."""
    schaal = 10 ** decimalen
    heel = math.floor(abs(waarde) * schaal + Fraction(1, 2))
    teken = "-" if waarde < 0 and heel else ""
    return f"{teken}{heel // schaal}.{heel % schaal:0{decimalen}d}"


# ---------------------------------------------------------------- index and contante waarde

def indexgroei(indexen, index, jaar):
    """Growth from 1 January jaar-1 to 1 January jaar: the last row that has begun."""
    groei, sinds = NUL, None
    for rij in indexen:
        vanaf = int(rij["vanaf"])
        if rij["index"] == index and vanaf <= jaar and (sinds is None or vanaf >= sinds):
            groei, sinds = getal(rij.get("groei")), vanaf
    return groei


def indexfactor(indexen, index, prijspeil, jaar):
    """Rules 0.1: product of (1 + i) over prijspeil+1..jaar; backwards it divides."""
    factor = EEN
    if leeg(index):
        return factor
    for k in range(prijspeil + 1, jaar + 1):
        factor *= 1 + indexgroei(indexen, index, k)
    for k in range(jaar + 1, prijspeil + 1):
        factor /= 1 + indexgroei(indexen, index, k)
    return factor


def wortel(x):
    """The square root as a fraction, cut off after 60 decimals."""
    schaal = 10 ** WORTEL_DECIMALEN
    binnen = x.numerator * x.denominator * schaal * schaal
    return Fraction(math.isqrt(binnen), x.denominator * schaal)


def rentefactor(rente, jaren):
    """(1 + rente) ^ jaren, with jaren in whole or half years."""
    heel = math.floor(jaren)
    factor = (1 + rente) ** heel
    if jaren != heel:
        factor *= wortel(1 + rente)
    return factor


class Rekening:
    """The fixed frame of one area of the plan: time, index, rente, moment."""

    def __init__(self, plan, rij):
        gebied = plan["gebied"]
        self.peiljaar = int(gebied["peiljaar"])
        self.prijspeil = self.peiljaar if leeg(gebied.get("prijspeil")) else int(gebied["prijspeil"])
        self.indexen = plan.get("indexen") or []
        self.rente = getal(rij.get("rente"), getal(gebied.get("rente")))
        self.moment = MOMENTEN[keuze(rij, "moment", ("begin", "midden", "eind"))]

    def opgerent(self, bedrag, jaar):
        return bedrag * rentefactor(self.rente, jaar - self.peiljaar + self.moment)

    def contante_waarde(self, bedrag, regel, alles_in=None):
        """Rules 1.9: sum of flow * index / (1 + r) ^ (year - peiljaar + moment); alles_in is the
        year in which all of it falls, whatever its phasing."""
        fasering = regel.get("fasering") or {str(self.peiljaar): "1"}
        if alles_in is not None:
            fasering = {str(alles_in): sum((getal(deel) for deel in fasering.values()), NUL)}
        som = NUL
        for jaar, deel in fasering.items():
            jaar = int(jaar)
            stroom = bedrag * getal(deel)
            stroom *= indexfactor(self.indexen, regel.get("index"), self.prijspeil, jaar)
            som += stroom / rentefactor(self.rente, jaar - self.peiljaar + self.moment)
        return som


# ---------------------------------------------------------------- the separate rules

def kostenverhaalplichtig(activiteit, omvang):
    """Ob 8.13: is the activity liable? omvang in m2 bvo, for e in woonfuncties; None = unknown."""
    if activiteit in ("a", "b"):
        return True
    if activiteit == "c":
        return omvang is None or omvang >= 1000
    grens = {"d": 1000, "e": 10, "f": 1500}[activiteit]
    return omvang is not None and omvang >= grens


def mag_afzien_grond_a(totaal):
    """Ob 8.14 ground a: total of the geldsommen below 10.000. Only a flag."""
    return totaal < 10000


def verhaalbaar_volgens_kostensoort(kostensoort, regime):
    """Ob 8.15, bijlage IV: with tijdvak tables A and B, without tijdvak table A only."""
    if leeg(kostensoort):
        return False
    return regime != "OW_ZONDER" or str(kostensoort).startswith("A")


def profijtaandeel(profijt, sleutel, begunstigde, toerekenbaar):
    """Ow 13.11(1): share v of one beneficiary in a key.

    With toerekenbaar = 1 the existing city is in the key; with a fraction it is not, because the
    fraction has already taken it off.
    """
    teller = noemer = NUL
    for rij in profijt:
        if rij.get("sleutel") != sleutel:
            continue
        if toerekenbaar != 1 and keuze(rij, "bestaand", ("nee", "ja")) == "ja":
            continue
        waarde = getal(rij.get("waarde"))
        noemer += waarde
        if rij.get("begunstigde") == begunstigde:
            teller += waarde
    return teller / noemer if noemer else NUL


def fonds_bovenwijks_tarief(posten, subsidies, woningequivalenten):
    """Rules 1.5: tariff per woningequivalent; posten are (costs, share of the new development)."""
    return (sum((k * aandeel for k, aandeel in posten), NUL) - subsidies) / woningequivalenten


def inbrengwaarde(rij):
    """Ob 8.17: land + opstallen to be demolished + B2 + B3 + B4, or the given value."""
    if not leeg(rij.get("inbrengwaarde")):
        return getal(rij["inbrengwaarde"])
    return getal(rij.get("m2")) * getal(rij.get("grond_m2")) + sum(
        getal(rij.get(kolom)) for kolom in ("opstallen", "vrijmaken", "slopen", "saneren"))


def in_inbrengwaarde_begrepen(rij, kostensoort):
    """Rules 1.7: B2-B4 costs inside an inbrengwaarde are not deducted a second time."""
    kolom = {"B2": "vrijmaken", "B3": "slopen", "B4": "saneren"}.get(kostensoort)
    if kolom is None:
        return False
    return not leeg(rij.get("inbrengwaarde")) or getal(rij.get(kolom)) != 0


def macro_aftopping(netto_kosten, opbrengst):
    """Ow 13.14(2): the amount that is distributed, and the shortfall of the municipality."""
    return max(NUL, min(netto_kosten, opbrengst)), max(NUL, netto_kosten - opbrengst)


def aftrek_eigen_kosten(posten, wijze):
    """Ow 13.18(2)(b): own costs as far as not above the raming; posten are (own, raming)."""
    if wijze == "totaal":
        return min(sum((eigen for eigen, _ in posten), NUL), sum((raming for _, raming in posten), NUL))
    return sum((min(eigen, raming) for eigen, raming in posten), NUL)


def geldsom_met_tijdvak(bruto, inbreng, aftrek, vloer):
    """Ow 13.18(2): netto and geldsom."""
    netto = bruto - inbreng - aftrek
    return netto, (netto if vloer == "geen" else max(NUL, netto))


def geldsom_zonder_tijdvak(aandeel, maximum, waardevermeerdering):
    """Ow 13.15, 13.18(3): the lowest of share, maximum of the activity and waardevermeerdering."""
    netto = min(aandeel, waardevermeerdering)
    if maximum is not None:
        netto = min(netto, maximum)
    return netto, max(NUL, netto)


def eindafrekening(betaald, herrekend):
    """Ow 13.20(1)-(2): repayment of what is more than 5% below the paid geldsom."""
    return max(NUL, betaald * Fraction(95, 100) - herrekend)


def eindafrekening_zonder_tijdvak(terug, andere_kosten):
    """Ow 13.20(3): other designated costs within Kmax come off the repayment."""
    return max(NUL, terug - andere_kosten)


def terugbetaling_met_rente(terug, rente, jaren, samengesteld=True):
    """Ow 13.20(2): plus rente; simple or compound is a parameter."""
    if samengesteld:
        return terug * (1 + rente) ** jaren
    return terug * (1 + rente * jaren)


def maximum_plankosten(producten):
    """Or 13.2: sum of base * (1 + added percentages); producten are (base, [percentages])."""
    return sum((basis * (1 + sum(pct, NUL)) for basis, pct in producten), NUL)


def terugkijktermijn(som_percentages):
    """Or 13.3: years of look-back for earlier costs."""
    if som_percentages <= Fraction(30, 100):
        return 2
    return 3 if som_percentages < Fraction(50, 100) else 4


def maximum_kleine_werken_kassen(m2):
    """Or 13.5 for kassen; the limits themselves fall in the lower class. None: not a small work."""
    for grens, bedrag in ((3000, 8220), (10000, 10919), (30000, 12989)):
        if m2 <= grens:
            return Fraction(bedrag)
    return None


def maximum_kleine_werken(bedrag, kosten_2_3):
    """Or 13.5: the cap, plus the costs of products 2.3a-d."""
    return bedrag + kosten_2_3


def aftrek_plankosten_zelfrealisatie(eigen, maximum, groep):
    """Or 13.8: at most 60% (1.1a, 1.1b), 80% (2.3a-d) or 90% (the rest) of the maximum."""
    deel = {"1.1": Fraction(60, 100), "2.3": Fraction(80, 100), "rest": Fraction(90, 100)}[groep]
    return min(eigen, maximum * deel)


def plafond_financiele_bijdrage(opbrengst, inbreng):
    """Ow 13.23(3): the legal cap, with or without tijdvak."""
    return opbrengst - inbreng


def ruimte_financiele_bijdrage(plafond, geldsom):
    """Rules 1.12 and 8.4: room after the kostenverhaal."""
    return max(NUL, plafond - geldsom)


def eindafrekening_financiele_bijdrage(betaald, nodig):
    """Ob 8.22: the full difference, no threshold."""
    return max(NUL, betaald - nodig)


# ---------------------------------------------------------------- which line belongs where

def hoort_bij_gebied(regel, deelgebieden):
    """A line belongs by its deelgebied; without a list the area is everything."""
    return not deelgebieden or regel.get("deelgebied") in deelgebieden


def gebied_van_eigendom(rij, gebieden):
    """The id of the area of an eigendom row: given, by its deelgebied, or the only one."""
    if not leeg(rij.get("kostenverhaal")):
        return rij["kostenverhaal"]
    if not leeg(rij.get("deelgebied")):
        for gebied in gebieden:
            if hoort_bij_gebied(rij, lijst(gebied.get("deelgebieden"))):
                return gebied["id"]
    return gebieden[0]["id"] if len(gebieden) == 1 else None


def aandeel_van_gebied(regel, plan, gebied, toerekenbaar):
    """The share of a cost line that counts for the area: v, or all or nothing by deelgebied."""
    if not leeg(regel.get("profijt")):
        return profijtaandeel(plan.get("profijt") or [], regel["profijt"], gebied["id"], toerekenbaar)
    return EEN if hoort_bij_gebied(regel, lijst(gebied.get("deelgebieden"))) else NUL


# ---------------------------------------------------------------- one area

def kosten_van_gebied(plan, gebied, regime, rekening):
    """Rules 1.5, 1.7 step 1: recoverable costs, and own costs (soort, own, raming) per eigendom."""
    kosten = plankosten = NUL
    eigen_kosten = {}
    for regel in plan.get("kosten") or []:
        soort = regel.get("kostensoort")
        if not verhaalbaar_volgens_kostensoort(soort, regime):
            continue
        toerekenbaar = getal(regel.get("toerekenbaar"), EEN)
        deel = toerekenbaar * aandeel_van_gebied(regel, plan, gebied, toerekenbaar)
        if deel == 0:
            continue
        bedrag = getal(regel.get("bedrag"))
        # Or 13.6: plankosten fall in the year of the beschikking
        in_jaar = None
        if soort in ("A1", "A10") and keuze(gebied, "plankosten_in", ("beschikking", "fasering")) == "beschikking":
            in_jaar = rekening.peiljaar if leeg(gebied.get("beschikking")) else int(gebied["beschikking"])
        raming = rekening.contante_waarde(
            getal(regel.get("raming_verhaal"), bedrag), regel, in_jaar) * deel
        if soort in ("A1", "A10"):
            plankosten += raming
        else:
            kosten += raming
        if not leeg(regel.get("eigendom")):
            eigen = rekening.contante_waarde(bedrag, regel, in_jaar) * deel
            # Or 13.8, with tijdvak under the Omgevingswet
            groep = {"1.1a-b": "1.1", "2.3a-d": "2.3", "rest": "rest"}.get(regel.get("plankosten_product"))
            if groep and soort in ("A1", "A10") and regime == "OW_TIJDVAK":
                eigen = aftrek_plankosten_zelfrealisatie(eigen, raming, groep)
            eigen_kosten.setdefault(regel["eigendom"], []).append((soort, eigen, raming))
    # Ow 13.21: A1 and A10 together at most the maximum plankosten
    if not leeg(gebied.get("plankosten_maximum")):
        plankosten = min(plankosten, getal(gebied["plankosten_maximum"]))
    return kosten + plankosten, eigen_kosten


def bruto_naar_opbrengst(omslag, opbrengst, totaal):
    """Ow 13.16: pro rata opbrengsten."""
    return omslag * opbrengst / totaal if totaal else NUL


def bruto_naar_gewicht(omslag, eenheden, per_categorie, totaal):
    """Rules 1.7: tarief per weighted unit; per_categorie gives (units, opbrengst)."""
    if not totaal:
        return NUL
    gewogen = NUL
    for categorie, aantal in eenheden.items():
        aantal_totaal, opbrengst = per_categorie[categorie]
        if aantal_totaal:
            gewogen += aantal / aantal_totaal * opbrengst
    return omslag * gewogen / totaal


def betaling_geldsom(geldsom, rij, gebied, rekening):
    """Rules 8.2: the geldsom per year of payment; as a setting with rente from the peildatum."""
    met_rente = keuze(gebied, "rente_tot_betaling", ("nee", "ja")) == "ja"
    beschikking = gebied.get("beschikking")
    jaar = rekening.peiljaar if leeg(beschikking) else int(beschikking)
    fasering = rij.get("betaling")
    if leeg(fasering):
        fasering = {jaar: EEN}
    elif not isinstance(fasering, dict):
        fasering = {int(fasering): EEN}
    uit = {}
    for jaar, deel in fasering.items():
        bedrag = geldsom * getal(deel)
        uit[str(jaar)] = rekening.opgerent(bedrag, int(jaar)) if met_rente else bedrag
    return uit


def kostenverhaalsgebied(plan, gebied):
    """Ow 13.14 (met tijdvak; the Wro the same) and Ow 13.15 (zonder tijdvak)."""
    rekening = Rekening(plan, gebied)
    regime = keuze(gebied, "regime", REGIMES)
    zonder = regime == "OW_ZONDER"
    methode = keuze(gebied, "methode", ("opbrengsten", "gewichtsfactor"))
    wijze = keuze(gebied, "aftrek", ("per_post", "totaal"))
    vloer = keuze(gebied, "vloer", ("nul", "geen"))
    deelgebieden = lijst(gebied.get("deelgebieden"))
    gebieden = plan.get("kostenverhaal") or []
    eigendommen = [rij for rij in plan.get("eigendom") or []
                   if gebied_van_eigendom(rij, gebieden) == gebied["id"]]

    # K, bijdragen, Knet; the inbrengwaarden are not discounted (rules 8.2)
    kosten, eigen_kosten = kosten_van_gebied(plan, gebied, regime, rekening)
    if not zonder:
        kosten += sum((inbrengwaarde(rij) for rij in eigendommen), NUL)
    bijdragen = sum((rekening.contante_waarde(getal(regel.get("bedrag")), regel)
                     * getal(regel.get("in_mindering"))
                     for regel in plan.get("opbrengsten") or []
                     if hoort_bij_gebied(regel, deelgebieden)), NUL)
    netto_kosten = kosten - bijdragen

    # O of all land, also the municipality's own
    programma = []
    per_categorie = {}
    for regel in plan.get("programma") or []:
        if not hoort_bij_gebied(regel, deelgebieden):
            continue
        aantal = getal(regel.get("aantal"))
        waarde = rekening.contante_waarde(aantal * getal(regel.get("grondprijs")), regel)
        categorie = ("id", regel["id"]) if leeg(regel.get("categorie")) else ("categorie", regel["categorie"])
        programma.append((regel.get("perceel"), categorie, aantal, waarde))
        oud_aantal, oude_waarde = per_categorie.get(categorie, (NUL, NUL))
        per_categorie[categorie] = (oud_aantal + aantal, oude_waarde + waarde)
    opbrengst = sum((waarde for _, _, _, waarde in programma), NUL)

    # V
    if zonder:
        omslag, tekort = getal(gebied.get("raming"), netto_kosten), NUL
        # Ow 13.15(1)(a): as a setting, no more than Kmax is spread
        if not leeg(gebied.get("maximum")) and keuze(gebied, "maximum_aftopt", ("nee", "ja")) == "ja":
            omslag = min(omslag, getal(gebied["maximum"]))
    else:
        omslag, tekort = macro_aftopping(netto_kosten, opbrengst)

    rijen = []
    for rij in eigendommen:
        perceel = rij["id"] if leeg(rij.get("perceel")) else rij["perceel"]
        aandeel = getal(rij.get("aandeel"), EEN)
        eigen_opbrengst, eenheden = NUL, {}
        for op_perceel, categorie, aantal, waarde in programma:
            if op_perceel == perceel:
                eigen_opbrengst += aandeel * waarde
                eenheden[categorie] = eenheden.get(categorie, NUL) + aandeel * aantal
        inbreng = inbrengwaarde(rij)
        bruto_opbrengst = bruto_naar_opbrengst(omslag, eigen_opbrengst, opbrengst)
        bruto_gewicht = bruto_naar_gewicht(omslag, eenheden, per_categorie, opbrengst)
        bruto = bruto_gewicht if methode == "gewichtsfactor" else bruto_opbrengst

        if zonder:
            aftrek = NUL
            maximum = None if leeg(rij.get("maximum")) else getal(rij["maximum"])
            waardevermeerdering = eigen_opbrengst - inbreng     # Ob 8.18
            netto, geldsom = geldsom_zonder_tijdvak(bruto, maximum, waardevermeerdering)
        else:
            posten = [(eigen, raming) for soort, eigen, raming in eigen_kosten.get(rij["id"], [])
                      if not in_inbrengwaarde_begrepen(rij, soort)]
            aftrek = aftrek_eigen_kosten(posten, wijze)
            netto, geldsom = geldsom_met_tijdvak(bruto, inbreng, aftrek, vloer)

        omvang = None if leeg(rij.get("omvang")) else getal(rij["omvang"])
        plichtig = kostenverhaalplichtig(keuze(rij, "activiteit", tuple("abcdef")), omvang)
        gemeente = rij.get("partij") == "gemeente"
        overeenkomst = None if leeg(rij.get("overeenkomst")) else getal(rij["overeenkomst"])
        # Ow 13.13: an agreement is off the public route; the municipality does not pay itself
        if not plichtig or gemeente or overeenkomst is not None:
            geldsom = NUL
        rijen.append({"rij": rij, "id": rij["id"], "opbrengst": eigen_opbrengst,
                      "inbrengwaarde": inbreng, "aftrek": aftrek, "bruto": bruto,
                      "bruto_opbrengst": bruto_opbrengst, "bruto_gewicht": bruto_gewicht,
                      "netto": netto, "geldsom": geldsom, "plichtig": plichtig,
                      "gemeente": gemeente, "overeenkomst": overeenkomst})

    # Ow 13.15(1)(a): Kmax is watched
    totaal = sum((rij["geldsom"] for rij in rijen), NUL)
    boven_maximum = zonder and not leeg(gebied.get("maximum")) and totaal > getal(gebied["maximum"])

    for rij in rijen:
        rij["betaling"] = betaling_geldsom(rij["geldsom"], rij.pop("rij"), gebied, rekening)

    return {"id": gebied["id"], "kosten": kosten, "bijdragen": bijdragen,
            "netto_kosten": netto_kosten, "opbrengst": opbrengst, "omslag": omslag,
            "tekort": tekort, "afzien": mag_afzien_grond_a(totaal),
            "boven_maximum": boven_maximum, "eigendom": rijen}


def kostenverhaal(plan):
    return {"gebieden": [kostenverhaalsgebied(plan, gebied) for gebied in plan.get("kostenverhaal") or []]}


def als_tekst(waarde):
    """The same structure with every fraction written as a decimal string."""
    if isinstance(waarde, Fraction):
        return tekst(waarde)
    if isinstance(waarde, dict):
        return {sleutel: als_tekst(deel) for sleutel, deel in waarde.items()}
    if isinstance(waarde, list):
        return [als_tekst(deel) for deel in waarde]
    return waarde


def main():
    plannen = json.load(sys.stdin, parse_float=str)
    json.dump([als_tekst(kostenverhaal(plan)) for plan in plannen], sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
