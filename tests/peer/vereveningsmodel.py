"""Verevening through whole models: a second opinion on every kind of rule, with what the rule takes from other tables.

Written from docs/rules/verevening.md, inbreng.md and bijdragen.md, docs/schema.md and the rules (3.1, 3.2, 3.5, 1.5), without the text that it is held to.
Reads a JSON list of areas from stdin and writes a JSON list of results in the same order. Amounts are decimal strings; the calculation is in
fractions, the output is rounded (half away from zero) to 6 decimals.

One area:
  gebied            {"peiljaar", "prijspeil", "eindjaar", "rente"}
  groei             rate per year of the one index, from prijspeil on
  boekwaarde        {account: invested at peildatum}
  eigendom          [{"partij", "deelgebied", "m2", "grond_m2"}]
  programma         [{"rekening", "deelgebied", "functie", "segment", "aantal", "grondprijs", "fasering": {year: share},
                      ["geen_index": "ja"]}]
  kosten            [{"rekening", "deelgebied", "soort", "maatregel", "bedrag", "fasering": {year: share}, ["geen_index"]}]
  verevening        [{"regel", "soort", "rekening", "betaling": {year: share}, and its other columns}]
  verevening_delen  [{"id", "regel", "rekening" (empty: the grondexploitatie), "deelgebied", "segment", and its numbers}]

One result:
  {"regels": [{"regel", "betaald", "saldo", "cijfers": {..}, "delen": [{"id", "verrekening", "cijfers": {..}}]}],
   "kasstroom": {account: {year: income less expense}}}
"""

import json
import sys
from fractions import Fraction
from math import floor

from kostenverhaal import als_tekst, getal, leeg

NUL = Fraction(0)
GREX = "gemeente/grex"


def som(waarden):
    return sum(waarden, NUL)


def afgerond(waarde, decimalen):
    """Half away from zero."""
    schaal = 10 ** decimalen
    hele = floor(abs(waarde) * schaal + Fraction(1, 2))
    return Fraction(hele if waarde >= 0 else -hele, schaal)


def verdeeld(sleutels, bedrag, decimalen):
    """Parts by key that add up to the rounded amount; nothing for anybody when nobody has a key."""
    bedrag = afgerond(bedrag, decimalen)
    sleutels = [max(NUL, s) for s in sleutels]
    totaal = som(sleutels)
    if totaal == 0:
        return None
    delen = [afgerond(bedrag * s / totaal, decimalen) for s in sleutels]
    grootste = sleutels.index(max(sleutels))
    delen[grootste] += bedrag - som(delen)
    return delen


class Gebied:
    def __init__(self, invoer):
        g = invoer["gebied"]
        self.peil, self.prijspeil = g["peiljaar"], g["prijspeil"]
        self.rente = getal(g["rente"])
        self.groei = getal(invoer.get("groei"))
        self.invoer = invoer

    def stroom(self, rij, bedrag):
        """A line by year, indexed."""
        uit = {}
        for jaar, deel in rij["fasering"].items():
            jaar = int(jaar)
            groei = NUL if rij.get("geen_index") == "ja" else self.groei
            uit[jaar] = bedrag * getal(deel) * (1 + groei) ** (jaar - self.prijspeil)
        return uit

    def contant(self, stroom, rente):
        """Per peildatum, a flow at the begin of its year."""
        return som(bedrag / (1 + rente) ** (jaar - self.peil) for jaar, bedrag in stroom.items())

    def van_programma(self, rij):
        return self.stroom(rij, getal(rij["aantal"]) * getal(rij["grondprijs"]))

    def van_kosten(self, rij):
        return self.stroom(rij, getal(rij["bedrag"]))


class Deelnemer:
    """One row of verevening_delen: its own numbers, and what the other tables give when a number is empty."""

    def __init__(self, gebied, regel, rij):
        self.gebied, self.regel, self.rij = gebied, regel, rij
        self.rekening = rij.get("rekening") or GREX
        self.rente = getal(regel.get("rente"), gebied.rente)

    def hoort(self, rij, rekening):
        """Who takes part is a party, with all its accounts; without a party it is the grondexploitatie. In its deelgebied, when it names one."""
        if not leeg(self.rij.get("deelgebied")) and rij.get("deelgebied") != self.rij["deelgebied"]:
            return False
        if leeg(self.rij.get("rekening")):
            return rekening in (GREX, GREX.split("/")[0])
        return rekening.split("/")[0] == self.rekening.split("/")[0]

    def programma(self, segmenten=None):
        for rij in self.gebied.invoer["programma"]:
            if not self.hoort(rij, rij["rekening"]):
                continue
            if not leeg(self.regel.get("functie")) and rij.get("functie") != self.regel["functie"]:
                continue
            if not leeg(self.rij.get("segment")) and rij.get("segment") != self.rij["segment"]:
                continue
            if segmenten is not None and rij.get("segment") not in segmenten:
                continue
            yield rij

    def woningen(self, segmenten=None):
        return som(getal(rij["aantal"]) for rij in self.programma(segmenten))

    def grondwaarde(self):
        g = self.gebied
        return som(g.contant(g.van_programma(rij), self.rente) for rij in self.programma())

    def kosten(self):
        g = self.gebied
        return som(g.contant(g.van_kosten(rij), self.rente)
                   for rij in kostenregels(g, self.regel) if self.hoort(rij, rij["rekening"]))

    def eigendom(self, per):
        rijen = [rij for rij in self.gebied.invoer["eigendom"] if self.hoort(rij, rij["partij"])]
        return som(getal(rij["m2"]) * (getal(rij["grond_m2"]) if per else 1) for rij in rijen)

    def getal(self, kolom):
        if not leeg(self.rij.get(kolom)):
            return getal(self.rij[kolom])
        if kolom == "sleutel":
            hoe = self.regel["sleutel"]
            return {"m2": lambda: self.eigendom(False), "inbrengwaarde": lambda: self.eigendom(True),
                    "aantal": self.woningen, "grondwaarde": self.grondwaarde, "kosten": self.kosten,
                    "gelijk": lambda: Fraction(1)}[hoe]()
        if kolom == "eigen":
            return self.kosten()
        if kolom == "feitelijk":
            return self.grondwaarde() if leeg(self.regel.get("waarde")) else self.woningen()
        if kolom == "aantal":
            return self.woningen()
        if kolom == "sociaal":
            return self.woningen(self.regel["segmenten"].split("; "))
        if kolom in ("grondwaarde_vrij", "grondwaarde_sociaal"):
            return getal(self.regel[kolom])
        if kolom == "weq":
            return Fraction(1)
        if kolom == "elders":
            return NUL
        raise KeyError(kolom)


def kostenregels(gebied, regel):
    for rij in gebied.invoer["kosten"]:
        if any(not leeg(regel.get(eigen)) and rij.get(kolom) != regel[eigen]
               for eigen, kolom in (("kosten_soort", "soort"), ("maatregel", "maatregel"))):
            continue
        yield rij


# ---------------------------------------------------------------- kinds: per row (verrekening, figures), and figures of the whole

def omslag(sleutels, eigen, decimalen):
    """3.2: everyone carries its share of what all have; what is settled is rounded, and Σ = 0."""
    sleutels = [max(NUL, s) for s in sleutels]
    if som(sleutels) == 0:
        return [NUL for _ in eigen]
    v = [afgerond(s / som(sleutels) * som(eigen) - e, decimalen) for s, e in zip(sleutels, eigen)]
    v[sleutels.index(max(sleutels))] -= som(v)
    return v


def kostendeling(regel, d, decimalen):
    eigen = [x.getal("eigen") for x in d]
    gebied = d[0].gebied
    niemand = [rij for rij in kostenregels(gebied, regel) if not any(x.hoort(rij, rij["rekening"]) for x in d)]
    buiten = som(gebied.contant(gebied.van_kosten(rij), d[0].rente) for rij in niemand)
    sleutels = [x.getal("sleutel") for x in d]
    v = omslag(sleutels, eigen, decimalen)
    return [(w, {"sleutel": s, "eigen": e, "kosten_na": e + w})
            for s, e, w in zip(sleutels, eigen, v)], {"buiten": buiten}


def specials(regel, d, decimalen):
    gemis = [x.getal("referentie") - x.getal("feitelijk") for x in d]
    if regel.get("meetellen") != "saldi":
        gemis = [max(NUL, g) for g in gemis]
    sleutels = [x.getal("sleutel") for x in d]
    v = omslag(sleutels, gemis, decimalen)
    return [(w, {"sleutel": s, "feitelijk": x.getal("feitelijk"), "gemis": g, "kosten_na": g + w})
            for x, s, g, w in zip(d, sleutels, gemis, v)], {}


def gelijke_grondwaarde(regel, d, decimalen):
    waarde = [x.getal("feitelijk") for x in d]
    sleutels = [x.getal("sleutel") for x in d]
    v = omslag(sleutels, waarde, decimalen)
    return [(-w, {"sleutel": s, "feitelijk": e, "grondwaarde_na": e + w}) for s, e, w in zip(sleutels, waarde, v)], {}


def doel(regel, d, decimalen):
    boven = [x.getal("feitelijk") - x.getal("referentie") for x in d]
    te_veel, te_weinig = [max(NUL, b) for b in boven], [max(NUL, -b) for b in boven]
    om, hoe_veel = min(som(te_veel), som(te_weinig)), [abs(b) for b in boven]
    v = [om * (a / som(te_veel) if a else 0) - om * (b / som(te_weinig) if b else 0)
         for a, b in zip(te_veel, te_weinig)]
    v = [afgerond(w, decimalen) for w in v]
    v[hoe_veel.index(max(hoe_veel))] -= som(v)
    uit = [(w, {"feitelijk": x.getal("feitelijk"), "grondwaarde_na": x.getal("feitelijk") - w}) for x, w in zip(d, v)]
    return uit, {"onvervuld": som(te_weinig) - om, "over": som(te_veel) - om}


def collectief(regel, d, decimalen):
    gebied = d[0].gebied
    if leeg(regel.get("bedrag")):
        bedrag = som(gebied.contant(gebied.van_kosten(rij), d[0].rente) for rij in kostenregels(gebied, regel))
    else:
        bedrag = getal(regel["bedrag"])
    sleutels = [x.getal("sleutel") for x in d]
    delen = verdeeld(sleutels, bedrag, decimalen)
    ongedekt = bedrag if delen is None else NUL
    delen = delen or [NUL for _ in d]
    return [(w, {"sleutel": s}) for s, w in zip(sleutels, delen)], {"ongedekt": ongedekt}


def grondbank(regel, d, decimalen):
    feitelijk = [x.getal("feitelijk") for x in d]
    waarde = getal(regel.get("waarde"), Fraction(1))
    sleutels = [x.getal("sleutel") for x in d]
    inbreng = [max(NUL, s) for s in sleutels]
    totaal = som(inbreng)
    rechten = [i / totaal * som(feitelijk) for i in inbreng] if totaal else feitelijk
    v = [-w for w in omslag(inbreng, [f * waarde for f in feitelijk], decimalen)]
    return [(w, {"sleutel": s, "feitelijk": f, "ontwikkelrecht": r})
            for s, f, r, w in zip(sleutels, feitelijk, rechten, v)], {}


def vereist(regel, woningen):
    if woningen < getal(regel.get("vanaf")):
        return NUL
    norm = getal(regel["aandeel"]) * woningen
    heel = floor(norm)
    if regel.get("afronding") == "geen":
        return norm
    if regel.get("afronding") == "half":
        return Fraction(floor(norm + Fraction(1, 2)))
    return Fraction(heel if norm - heel < Fraction(1, 10 ** 9) else heel + 1)


def vereveningsfonds(regel, d, decimalen):
    uit = []
    for x in d:
        woningen, sociaal = x.getal("aantal"), x.getal("sociaal")
        norm = vereist(regel, woningen)
        tekort = max(NUL, norm - sociaal - x.getal("elders"))
        per = max(NUL, x.getal("grondwaarde_vrij") - x.getal("grondwaarde_sociaal"))
        uit.append({"woningen": woningen, "vereist": norm, "tekort": tekort, "overschot": max(NUL, sociaal - norm),
                    "afkoopsom": afgerond(tekort * per, decimalen), "uitkering": NUL})
    saldo = getal(regel.get("beginsaldo")) + som(c["afkoopsom"] for c in uit)
    for c in uit:
        if leeg(regel.get("uitkering")):
            break
        wens = c["overschot"] * getal(regel["uitkering"])
        if not leeg(regel.get("plafond")):
            per = Fraction(1) if regel.get("plafond_per") == "project" else c["overschot"]
            wens = min(wens, getal(regel["plafond"]) * per)
        c["uitkering"] = afgerond(min(wens, max(NUL, saldo)), decimalen)
        saldo -= c["uitkering"]
    return [(c["afkoopsom"] - c["uitkering"], c) for c in uit], {"fonds": saldo}


def vlak(regel, d, decimalen):
    uit = []
    for x in d:
        woningen = x.getal("aantal")
        telt = woningen if woningen >= getal(regel.get("vanaf")) else NUL
        uit.append((afgerond(telt * getal(regel["tarief"]), decimalen), {"woningen": woningen}))
    return uit, {}


def segment(regel, d, decimalen):
    uit = []
    for x in d:
        boven = x.getal("aantal") - x.getal("grens")
        if regel.get("meetellen") != "saldi":
            boven = max(NUL, boven)
        uit.append((afgerond(boven * x.getal("tarief"), decimalen), {"woningen": x.getal("aantal")}))
    return uit, {}


def bouwclaim(regel, d, decimalen):
    koop = [afgerond(x.getal("aantal") * x.getal("tarief"), decimalen) for x in d]
    grond = [afgerond(x.getal("m2") * x.getal("inkoopprijs"), decimalen) for x in d]
    geheel = {"inkoop": som(grond), "verkoop": som(koop),
              "resultaat": som(koop) - som(grond) - getal(regel.get("bedrag"))}
    return [(k - g, {}) for k, g in zip(koop, grond)], geheel


def gem(regel, d, decimalen):
    gebied, rekening = d[0].gebied, regel["rekening"]
    if leeg(regel.get("bedrag")):
        # Flows of the grondexploitatie bear interest from the end of their year (rentemethode JAN1), what it had invested from peildatum on.
        eind = 1 + d[0].rente if rekening == GREX else 1
        inn = (gebied.van_programma(r) for r in gebied.invoer["programma"] if r["rekening"] == rekening)
        uit = (gebied.van_kosten(r) for r in gebied.invoer["kosten"] if r["rekening"] == rekening)
        resultaat = som(gebied.contant(s, d[0].rente) for s in inn) - som(gebied.contant(s, d[0].rente) for s in uit)
        resultaat = resultaat / eind - getal(gebied.invoer["boekwaarde"].get(rekening))
    else:
        resultaat = getal(regel["bedrag"])
    inleg = [x.getal("sleutel") for x in d]
    delen = verdeeld(inleg, max(resultaat, -som(max(NUL, i) for i in inleg)), decimalen) or [NUL for _ in d]
    return ([(-w, {"sleutel": i, "deel": w}) for i, w in zip(inleg, delen)],
            {"resultaat": resultaat, "onverdeeld": resultaat - som(delen)})


def bovenwijks(regel, d, decimalen):
    weq = [x.getal("aantal") * x.getal("weq") for x in d]
    geheel = getal(regel.get("woningequivalenten"), som(weq))
    kosten = max(NUL, getal(regel["bedrag"]) * getal(regel["aandeel"]) - getal(regel.get("subsidie")))
    tarief = kosten / geheel if geheel > 0 else NUL
    return [(afgerond(w * tarief, decimalen), {"woningen": x.getal("aantal")}) for x, w in zip(d, weq)], {"tarief": tarief}


SOORTEN = {f.__name__: f for f in (kostendeling, specials, gelijke_grondwaarde, doel, collectief, grondbank,
                                   vereveningsfonds, vlak, segment, bouwclaim, gem, bovenwijks)}


def boek(kasstroom, rekening, jaar, bedrag):
    eigen = kasstroom.setdefault(rekening, {})
    eigen[jaar] = eigen.get(jaar, NUL) + bedrag


def area(invoer):
    g = Gebied(invoer)
    kasstroom, regels = {}, []
    for tabel, stroom, teken in (("programma", g.van_programma, 1), ("kosten", g.van_kosten, -1)):
        for rij in invoer[tabel]:
            for jaar, bedrag in stroom(rij).items():
                boek(kasstroom, rij["rekening"], jaar, teken * bedrag)
    for regel in invoer["verevening"]:
        d = [Deelnemer(g, regel, rij) for rij in invoer["verevening_delen"] if rij["regel"] == regel["regel"]]
        decimalen = int(regel.get("decimalen") or 8)
        delen, geheel = SOORTEN[regel["soort"]](regel, d, decimalen)
        rente = getal(regel.get("rente"), g.rente)
        geheel_van_grex = regel["soort"] == "gem" and regel["rekening"] == GREX and leeg(regel.get("bedrag"))
        for x, (v, _) in zip(d, delen):
            for jaar, deel in regel["betaling"].items():
                jaren = int(jaar) - g.peil + (1 if geheel_van_grex else 0)
                groei = (1 + rente) ** jaren if regel.get("rente_tot_betaling") == "ja" else 1
                bedrag = v * getal(deel) * groei
                boek(kasstroom, x.rekening, int(jaar), -bedrag)
                boek(kasstroom, regel["rekening"], int(jaar), bedrag)
        regels.append({"regel": regel["regel"], "betaald": som(max(NUL, v) for v, _ in delen),
                       "saldo": som(v for v, _ in delen), "cijfers": geheel,
                       "delen": [{"id": x.rij["id"], "verrekening": v, "cijfers": c} for x, (v, c) in zip(d, delen)]})
    return {"regels": regels, "kasstroom": kasstroom}


def main():
    gebieden = json.load(sys.stdin, parse_float=str)
    json.dump([als_tekst(area(g)) for g in gebieden], sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
