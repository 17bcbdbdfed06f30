"""Verevening: rules 3.1 (vereveningsfonds), 3.2 (kostendeling) and 3.5 (GEM / SOK).

Reads a JSON list of cases from stdin and writes a JSON list of results in the same order.
Numbers are decimal strings, in and out; the calculation is in fractions, the output is rounded
(half away from zero) to 6 decimals. A field between [ ] may be left out.

3.1
  {"soort": "vereveningsfonds", "N", "s", "gerealiseerd_sociaal", "GW_vrij", "GW_sociaal",
   ["N_min": 0], ["mode": "ceil"|"round"|"none"], ["fysiek_elders_verevend": 0]}
    -> {"plicht", "vereist", "tekort", "afkoop", "extra"}
    extra = what is realised above vereist (0 when there is no plicht)
  {"soort": "fondsbijdrage", "extra", "bedrag", "saldo_fonds", ["plafond"],
   ["plafond_wijze": "per_woning"|"totaal"]}
    -> {"bijdrage", "saldo_fonds"}
  {"soort": "fondsbijdragen", "saldo_fonds", "aanvragen": [{"id", "extra", "bedrag", ["plafond"],
   ["plafond_wijze"]}]}
    -> {"bijdragen": [{"id", "bijdrage"}], "saldo_fonds"}        in list order until the fund is empty
  {"soort": "vast_bedrag", "woningen", "bedrag"}
    -> {"bijdrage"}
  {"soort": "segmenten", "segmenten": [{"id", "n", "max", "tarief"}]}
    -> {"bijdrage", "segmenten": [{"id", "bijdrage"}]}
  {"soort": "segmenten_saldo", "segmenten": [{"id", "n", "norm", "waarde"}]}
    -> {"bijdrage", "segmenten": [{"id", "bijdrage"}]}           signed: + pays, - receives

3.2
  {"soort": "kostendeling", "partijen": [{"id", "key", "C_own"}], ["C_total": sum of C_own]}
    -> {"partijen": [{"id", "share", "settlement"}], "som"}      + pays, - receives

3.5
  {"soort": "grondbank", "programma", "GW", ["sleutel": "inbrengwaarde"|"m2"],
   "partijen": [{"id", "grond": [{"m2", "normwaarde"}], "feitelijk"}]}
    -> {"partijen": [{"id", "IW", "share", "rechten", "verrekening"}], "som"}
  {"soort": "bouwclaim", "uitgifte": [{"p_uit", "kavels"}], "inkoop": [{"p_in", "m2"}], "kosten"}
    -> {"resultaat"}
  {"soort": "GEM", "resultaat", "partijen": [{"id", "kapitaal"}]}
    -> {"partijen": [{"id", "aandeel", "resultaat"}], "ongedekt"}
    a loss of a party is at most its kapitaal; ongedekt is the loss above all equity (>= 0)

A case whose check fails (rules 8.6: C_total = sum of own costs; sum of feitelijk = programma; a
key that adds up to 0) gives {"fout": "..."}.
"""

import json
import math
import sys
from fractions import Fraction

from kostenverhaal import NUL, als_tekst, getal, keuze


class Fout(Exception):
    """A case that does not pass its check."""


def som(waarden):
    return sum(waarden, NUL)


def aandelen(sleutels):
    totaal = som(sleutels)
    if totaal == 0:
        raise Fout("the key adds up to 0")
    return [sleutel / totaal for sleutel in sleutels]


# ---------------------------------------------------------------- 3.1 (Ow 13.22-13.24, Ob 8.21(1)(e))

def rond(waarde, mode):
    if mode == "ceil":
        return Fraction(math.ceil(waarde))
    if mode == "round":                                    # a half goes up
        return Fraction(math.floor(waarde + Fraction(1, 2)))
    return waarde


def vereveningsfonds(geval):
    """3.1: required, missing and paid-off homes."""
    aantal = getal(geval["N"])
    plicht = aantal >= getal(geval.get("N_min"))
    vereist = tekort = extra = NUL
    if plicht:
        vereist = rond(getal(geval["s"]) * aantal, keuze(geval, "mode", ("ceil", "round", "none")))
        gerealiseerd = getal(geval.get("gerealiseerd_sociaal"))
        elders = getal(geval.get("fysiek_elders_verevend"))
        tekort = max(NUL, vereist - gerealiseerd - elders)
        extra = max(NUL, gerealiseerd - vereist)
    verschil = max(NUL, getal(geval.get("GW_vrij")) - getal(geval.get("GW_sociaal")))
    return {"plicht": plicht, "vereist": vereist, "tekort": tekort,
            "afkoop": tekort * verschil, "extra": extra}


def bijdrage_uit_fonds(aanvraag, saldo):
    """3.1: min(extra * bedrag, plafond, saldo fonds); the plafond is per home unless set."""
    extra = getal(aanvraag["extra"])
    bijdrage = min(extra * getal(aanvraag["bedrag"]), max(NUL, saldo))
    if aanvraag.get("plafond") not in (None, ""):
        plafond = getal(aanvraag["plafond"])
        if keuze(aanvraag, "plafond_wijze", ("per_woning", "totaal")) == "per_woning":
            plafond *= extra
        bijdrage = min(bijdrage, plafond)
    return bijdrage


def fondsbijdrage(geval):
    saldo = getal(geval["saldo_fonds"])
    bijdrage = bijdrage_uit_fonds(geval, saldo)
    return {"bijdrage": bijdrage, "saldo_fonds": saldo - bijdrage}


def fondsbijdragen(geval):
    """3.1, 8.5: payments in list order until the balance is gone."""
    saldo = getal(geval["saldo_fonds"])
    uit = []
    for aanvraag in geval["aanvragen"]:
        bijdrage = bijdrage_uit_fonds(aanvraag, saldo)
        saldo -= bijdrage
        uit.append({"id": aanvraag["id"], "bijdrage": bijdrage})
    return {"bijdragen": uit, "saldo_fonds": saldo}


def vast_bedrag(geval):
    """3.1 variant: a flat amount per home."""
    return {"bijdrage": getal(geval["woningen"]) * getal(geval["bedrag"])}


def segmenten(geval):
    """3.1 segment table: sum of max(0, n - max) * tarief."""
    uit = [{"id": s["id"], "bijdrage": max(NUL, getal(s["n"]) - getal(s["max"])) * getal(s["tarief"])}
           for s in geval["segmenten"]]
    return {"bijdrage": som(s["bijdrage"] for s in uit), "segmenten": uit}


def segmenten_saldo(geval):
    """3.1 signed target version: sum of (n - norm) * waarde."""
    uit = [{"id": s["id"], "bijdrage": (getal(s["n"]) - getal(s["norm"])) * getal(s["waarde"])}
           for s in geval["segmenten"]]
    return {"bijdrage": som(s["bijdrage"] for s in uit), "segmenten": uit}


# ---------------------------------------------------------------- 3.2

def kostendeling(geval):
    """3.2 wie profiteert betaalt: share of the total minus the own costs."""
    partijen = geval["partijen"]
    eigen = [getal(p.get("C_own")) for p in partijen]
    totaal = getal(geval.get("C_total"), som(eigen))
    if totaal != som(eigen):
        raise Fout("C_total is not the sum of C_own")
    delen = aandelen([getal(p.get("key")) for p in partijen])
    uit = [{"id": p["id"], "share": deel, "settlement": deel * totaal - kosten}
           for p, deel, kosten in zip(partijen, delen, eigen)]
    return {"partijen": uit, "som": som(p["settlement"] for p in uit)}


# ---------------------------------------------------------------- 3.5

def gewogen_inbrengwaarde(partij):
    """3.5: sum of m2 * normwaarde."""
    return som(getal(g["m2"]) * getal(g.get("normwaarde")) for g in partij["grond"])


def grondbank(geval):
    """3.5 virtuele grondbank: development rights by inbreng, settled against the real programme."""
    partijen = geval["partijen"]
    programma, prijs = getal(geval["programma"]), getal(geval["GW"])
    feitelijk = [getal(p.get("feitelijk")) for p in partijen]
    if som(feitelijk) != programma:
        raise Fout("the sum of feitelijk is not the programma")
    inbreng = [gewogen_inbrengwaarde(p) for p in partijen]
    if keuze(geval, "sleutel", ("inbrengwaarde", "m2")) == "m2":
        delen = aandelen([som(getal(g["m2"]) for g in p["grond"]) for p in partijen])
    else:
        delen = aandelen(inbreng)
    uit = [{"id": p["id"], "IW": iw, "share": deel, "rechten": deel * programma,
            "verrekening": (werkelijk - deel * programma) * prijs}
           for p, iw, deel, werkelijk in zip(partijen, inbreng, delen, feitelijk)]
    return {"partijen": uit, "som": som(p["verrekening"] for p in uit)}


def bouwclaim(geval):
    """3.5 bouwclaim: result of the municipality."""
    verkocht = som(getal(u["p_uit"]) * getal(u["kavels"]) for u in geval.get("uitgifte") or [])
    gekocht = som(getal(i["p_in"]) * getal(i["m2"]) for i in geval.get("inkoop") or [])
    return {"resultaat": verkocht - gekocht - getal(geval.get("kosten"))}


def gem(geval):
    """3.5 GEM: result split by kapitaalaandeel, the loss limited to the equity."""
    partijen = geval["partijen"]
    resultaat = getal(geval["resultaat"])
    kapitaal = [getal(p.get("kapitaal")) for p in partijen]
    delen = aandelen(kapitaal)
    uit = [{"id": p["id"], "aandeel": deel, "resultaat": max(deel * resultaat, -inleg)}
           for p, deel, inleg in zip(partijen, delen, kapitaal)]
    return {"partijen": uit, "ongedekt": som(p["resultaat"] for p in uit) - resultaat}


REGELS = {"vereveningsfonds": vereveningsfonds, "fondsbijdrage": fondsbijdrage,
          "fondsbijdragen": fondsbijdragen, "vast_bedrag": vast_bedrag, "segmenten": segmenten,
          "segmenten_saldo": segmenten_saldo, "kostendeling": kostendeling,
          "grondbank": grondbank, "bouwclaim": bouwclaim, "GEM": gem}


def verevening(geval):
    try:
        return REGELS[geval["soort"]](geval)
    except Fout as fout:
        return {"fout": str(fout)}


def main():
    gevallen = json.load(sys.stdin, parse_float=str)
    json.dump([als_tekst(verevening(geval)) for geval in gevallen], sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
