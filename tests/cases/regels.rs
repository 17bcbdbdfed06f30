//! Cases of rules that stand by themselves: verevening, inbreng, bijdragen and normen.

use crate::{Bron, Uitslag, exact, value};
use polder::evaluate::verhaal::drempels;
use polder::number::{Exact, Of};
use polder::parameters;
use polder::rules::{bijdragen, inbreng, kostenverhaal, normen, verevening};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Figures by name.
type Figuren = BTreeMap<String, Decimal>;

fn exacts(values: &[Decimal]) -> Vec<Exact> {
    values.iter().map(|v| exact(*v)).collect()
}

/// Whose the numbers are: parties in the order of the list.
fn partijen(aantal: usize) -> Vec<Of> {
    (0..aantal).map(|p| Of::Partij(p as u16)).collect()
}

fn lijst(uitslag: &mut Uitslag, wat: &str, berekend: &[Exact], verwacht: &[Decimal], tol: Decimal) {
    if berekend.len() != verwacht.len() {
        uitslag.fout(format!(
            "{wat}: {} figures, the source has {}",
            berekend.len(),
            verwacht.len()
        ));
    }
    for (i, (b, v)) in berekend.iter().zip(verwacht).enumerate() {
        uitslag.vergelijk(&format!("{wat} {}", i + 1), value(*b), *v, tol);
    }
}

fn figuren(
    uitslag: &mut Uitslag,
    wat: &str,
    berekend: &[(&str, Exact)],
    verwacht: &Figuren,
    tol: Decimal,
) {
    for (naam, verwacht) in verwacht {
        match berekend.iter().find(|(n, _)| n == naam) {
            Some((_, b)) => uitslag.vergelijk(&format!("{wat}, {naam}"), value(*b), *verwacht, tol),
            None => uitslag.fout(format!("{wat}: no figure \"{naam}\"")),
        }
    }
}

/// A sum that must be exactly nothing.
fn sluit(uitslag: &mut Uitslag, wat: &str, delen: &[Exact]) {
    let som = delen.iter().map(|d| value(*d)).sum();
    uitslag.vergelijk(
        &format!("{wat}, sum of settlements"),
        som,
        Decimal::ZERO,
        Decimal::ZERO,
    );
}

// -------------------------------------------------------------------------------------------------- vereveningsfonds

/// Payments to and from a vereveningsfonds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vereveningsgeval {
    pub(crate) bron: Bron,
    tolerantie: Decimal,
    #[serde(default)]
    afkoop: Vec<Afkoop>,
    #[serde(default)]
    vlak: Vec<Vlak>,
    #[serde(default)]
    segmenten: Vec<Segmenten>,
    #[serde(default)]
    uitkering: Vec<Uitkering>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Afkoop {
    naam: String,
    woningen: Decimal,
    sociaal: Decimal,
    #[serde(default)]
    elders: Decimal,
    aandeel: Decimal,
    vanaf: Decimal,
    /// omhoog, half or geen.
    afronding: Afronding,
    vrij: Decimal,
    sociale_grond: Decimal,
    verwacht: Figuren,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Afronding {
    Omhoog,
    Half,
    Geen,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vlak {
    naam: String,
    woningen: Decimal,
    vanaf: Decimal,
    tarief: Decimal,
    verwacht: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Segmenten {
    naam: String,
    telling: Telling,
    segment: Vec<Segment>,
    verwacht: Decimal,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Telling {
    Boven,
    Beide,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Segment {
    aantal: Decimal,
    grens: Decimal,
    tarief: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Uitkering {
    naam: String,
    saldo: Decimal,
    per_woning: Option<Decimal>,
    per_project: Option<Decimal>,
    extra: Vec<Extra>,
    verwacht: Vec<Decimal>,
    over: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    woningen: Decimal,
    bedrag: Decimal,
}

impl Vereveningsgeval {
    pub(crate) fn run(&self, uitslag: &mut Uitslag) {
        let tol = self.tolerantie;
        for g in &self.afkoop {
            let norm = verevening::Norm {
                aandeel: exact(g.aandeel),
                vanaf: exact(g.vanaf),
                afronding: match g.afronding {
                    Afronding::Omhoog => verevening::Afronding::Omhoog,
                    Afronding::Half => verevening::Afronding::Half,
                    Afronding::Geen => verevening::Afronding::Geen,
                },
            };
            let project = verevening::Project {
                woningen: exact(g.woningen),
                sociaal: exact(g.sociaal),
                elders: exact(g.elders),
            };
            let waarde = verevening::Grondwaarden {
                vrij: exact(g.vrij),
                sociaal: exact(g.sociale_grond),
            };
            let a = verevening::afkoopsom(&norm, &project, &waarde, Of::Geheel);
            let berekend = [
                ("vereist", a.vereist),
                ("tekort", a.tekort),
                ("overschot", a.overschot),
                ("per_woning", a.per_woning),
                ("bedrag", a.bedrag),
            ];
            figuren(uitslag, &g.naam, &berekend, &g.verwacht, tol);
        }
        for g in &self.vlak {
            let (woningen, vanaf) = (exact(g.woningen), exact(g.vanaf));
            let bedrag =
                verevening::afdracht_per_woning(woningen, vanaf, exact(g.tarief), Of::Geheel);
            uitslag.vergelijk(&g.naam, value(bedrag), g.verwacht, tol);
        }
        for g in &self.segmenten {
            let segmenten: Vec<_> = g
                .segment
                .iter()
                .map(|s| verevening::Segment {
                    aantal: exact(s.aantal),
                    grens: exact(s.grens),
                    tarief: exact(s.tarief),
                })
                .collect();
            let telling = match g.telling {
                Telling::Boven => verevening::Telling::Boven,
                Telling::Beide => verevening::Telling::Beide,
            };
            let van = partijen(segmenten.len());
            let bedrag = verevening::segmentafdracht(&segmenten, telling, &van, Of::Geheel);
            uitslag.vergelijk(&g.naam, value(bedrag), g.verwacht, tol);
        }
        for g in &self.uitkering {
            let plafond = match (g.per_woning, g.per_project) {
                (None, None) => verevening::Plafond::Geen,
                (Some(p), None) => verevening::Plafond::PerWoning(exact(p)),
                (None, Some(p)) => verevening::Plafond::PerProject(exact(p)),
                _ => return uitslag.fout(format!("{}: one cap at most", g.naam)),
            };
            let extra: Vec<_> = g
                .extra
                .iter()
                .map(|e| verevening::Extra {
                    woningen: exact(e.woningen),
                    bedrag: exact(e.bedrag),
                })
                .collect();
            let mut uit = vec![Exact::ZERO; extra.len()];
            let over = verevening::uitkeringen(
                exact(g.saldo),
                &extra,
                &plafond,
                verevening::DECIMALEN,
                &partijen(extra.len()),
                Of::Geheel,
                &mut uit,
            );
            lijst(uitslag, &g.naam, &uit, &g.verwacht, tol);
            uitslag.vergelijk(&format!("{}, over", g.naam), value(over), g.over, tol);
        }
    }
}

// ------------------------------------------------------------------------------------------------------ kostendeling

/// Costs or land value settled between parties.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delinggeval {
    pub(crate) bron: Bron,
    tolerantie: Decimal,
    geval: Vec<Deling>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deling {
    naam: String,
    vorm: Vorm,
    decimalen: Option<u32>,
    /// The key; of doel the targets.
    sleutel: Vec<Decimal>,
    /// Of tekorten and saldi.
    #[serde(default)]
    referentie: Vec<Decimal>,
    /// Costs made, or land value; of collectief one amount.
    eigen: Vec<Decimal>,
    /// What the costs add up to.
    totaal: Option<Decimal>,
    verwacht: Vec<Decimal>,
    na: Option<Vec<Decimal>>,
    /// Of doel what is missing and what is above; of collectief what is uncovered.
    rest: Option<Vec<Decimal>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Vorm {
    Kosten,
    Tekorten,
    Saldi,
    GelijkeGrondwaarde,
    Doel,
    Collectief,
}

impl Delinggeval {
    pub(crate) fn run(&self, uitslag: &mut Uitslag) {
        let tol = self.tolerantie;
        for g in &self.geval {
            let (sleutel, eigen) = (exacts(&g.sleutel), exacts(&g.eigen));
            let decimalen = g.decimalen.unwrap_or(verevening::DECIMALEN);
            let van = partijen(sleutel.len());
            let mut bedrag = vec![Exact::ZERO; sleutel.len()];
            let mut na = bedrag.clone();
            let mut uit = verevening::Verrekening {
                bedrag: &mut bedrag,
                na: &mut na,
            };
            let mut rest = Vec::new();
            let meetellen = match g.vorm {
                Vorm::Tekorten => verevening::Meetellen::Tekorten,
                _ => verevening::Meetellen::Saldi,
            };
            match g.vorm {
                Vorm::Kosten => {
                    verevening::kostendeling(&sleutel, &eigen, decimalen, &van, &mut uit);
                }
                Vorm::Tekorten | Vorm::Saldi => {
                    let mut gemis = vec![Exact::ZERO; sleutel.len()];
                    verevening::compensatie(
                        &sleutel,
                        &exacts(&g.referentie),
                        &eigen,
                        meetellen,
                        decimalen,
                        &van,
                        &mut gemis,
                        &mut uit,
                    );
                }
                Vorm::GelijkeGrondwaarde => {
                    verevening::gelijke_grondwaarde(&sleutel, &eigen, decimalen, &van, &mut uit);
                }
                Vorm::Doel => {
                    let r = verevening::doelgrondwaarde(
                        &sleutel,
                        &eigen,
                        decimalen,
                        &van,
                        Of::Geheel,
                        &mut uit,
                    );
                    rest = vec![r.onvervuld, r.over];
                }
                Vorm::Collectief => {
                    let ongedekt = verevening::collectieve_kosten(
                        eigen[0],
                        &sleutel,
                        decimalen,
                        &van,
                        Of::Geheel,
                        uit.bedrag,
                    );
                    rest = vec![ongedekt];
                }
            }
            if let Some(totaal) = g.totaal {
                let som = g.eigen.iter().sum();
                uitslag.vergelijk(&format!("{}, totaal", g.naam), som, totaal, tol);
            }
            lijst(uitslag, &g.naam, &bedrag, &g.verwacht, tol);
            if !matches!(g.vorm, Vorm::Collectief) {
                sluit(uitslag, &g.naam, &bedrag);
            }
            if let Some(verwacht) = &g.na {
                lijst(uitslag, &format!("{}, na", g.naam), &na, verwacht, tol);
            }
            if let Some(verwacht) = &g.rest {
                lijst(uitslag, &format!("{}, rest", g.naam), &rest, verwacht, tol);
            }
        }
    }
}

// ----------------------------------------------------------------------------------------------------------- inbreng

/// Normative inbrengwaarde, rights and their settlement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grondbankgeval {
    pub(crate) bron: Bron,
    tolerantie: Decimal,
    geval: Vec<Grondbank>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grondbank {
    naam: String,
    /// Per party, per kind of land.
    m2: Vec<Vec<Decimal>>,
    normwaarde: Vec<Vec<Decimal>>,
    feitelijk: Vec<Decimal>,
    waarde: Decimal,
    inbrengwaarde: Vec<Decimal>,
    aandeel: Vec<Decimal>,
    aandeel_tolerantie: Option<Decimal>,
    rechten: Vec<Decimal>,
    verwacht: Vec<Decimal>,
}

impl Grondbankgeval {
    pub(crate) fn run(&self, uitslag: &mut Uitslag) {
        let tol = self.tolerantie;
        for g in &self.geval {
            let van = partijen(g.m2.len());
            let inbrengen: Vec<Exact> =
                g.m2.iter()
                    .zip(&g.normwaarde)
                    .zip(&van)
                    .map(|((m2, norm), van)| {
                        inbreng::normatieve_inbrengwaarde(&exacts(m2), &exacts(norm), *van)
                    })
                    .collect();
            let mut aandeel = vec![Exact::ZERO; van.len()];
            inbreng::aandelen(&inbrengen, &van, &mut aandeel);
            let (mut rechten, mut verrekening) = (aandeel.clone(), aandeel.clone());
            inbreng::grondbank(
                &inbrengen,
                &exacts(&g.feitelijk),
                exact(g.waarde),
                verevening::DECIMALEN,
                &van,
                &mut inbreng::Grondbank {
                    rechten: &mut rechten,
                    verrekening: &mut verrekening,
                },
            );
            let wat = |deel: &str| format!("{}, {deel}", g.naam);
            lijst(
                uitslag,
                &wat("inbrengwaarde"),
                &inbrengen,
                &g.inbrengwaarde,
                tol,
            );
            let fijn = g.aandeel_tolerantie.unwrap_or(tol);
            lijst(uitslag, &wat("aandeel"), &aandeel, &g.aandeel, fijn);
            lijst(uitslag, &wat("rechten"), &rechten, &g.rechten, tol);
            lijst(uitslag, &wat("verrekening"), &verrekening, &g.verwacht, tol);
            sluit(uitslag, &g.naam, &verrekening);
        }
    }
}

/// Land sold and plots bought back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bouwclaimgeval {
    pub(crate) bron: Bron,
    tolerantie: Decimal,
    kosten: Decimal,
    claim: Vec<Claim>,
    saldo: Vec<Decimal>,
    verwacht: Figuren,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    m2: Decimal,
    inkoopprijs: Decimal,
    kavels: Decimal,
    kavelprijs: Decimal,
}

impl Bouwclaimgeval {
    pub(crate) fn run(&self, uitslag: &mut Uitslag) {
        let claims: Vec<_> = self
            .claim
            .iter()
            .map(|c| inbreng::Claim {
                m2: exact(c.m2),
                inkoopprijs: exact(c.inkoopprijs),
                kavels: exact(c.kavels),
                kavelprijs: exact(c.kavelprijs),
            })
            .collect();
        let van = partijen(claims.len());
        let mut saldo = vec![Exact::ZERO; claims.len()];
        let b = inbreng::bouwclaim(&claims, exact(self.kosten), &van, Of::Geheel, &mut saldo);
        lijst(uitslag, "saldo", &saldo, &self.saldo, self.tolerantie);
        let berekend = [
            ("inkoop", b.inkoop),
            ("verkoop", b.verkoop),
            ("resultaat", b.resultaat),
        ];
        figuren(
            uitslag,
            "gemeente",
            &berekend,
            &self.verwacht,
            self.tolerantie,
        );
    }
}

/// A result split by equity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gemgeval {
    pub(crate) bron: Bron,
    tolerantie: Decimal,
    geval: Vec<Gem>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gem {
    naam: String,
    resultaat: Decimal,
    inleg: Vec<Decimal>,
    verwacht: Vec<Decimal>,
    onverdeeld: Decimal,
}

impl Gemgeval {
    pub(crate) fn run(&self, uitslag: &mut Uitslag) {
        for g in &self.geval {
            let inleg = exacts(&g.inleg);
            let mut deel = vec![Exact::ZERO; inleg.len()];
            let onverdeeld = inbreng::gem(
                exact(g.resultaat),
                &inleg,
                verevening::DECIMALEN,
                &partijen(inleg.len()),
                Of::Geheel,
                &mut deel,
            );
            lijst(uitslag, &g.naam, &deel, &g.verwacht, self.tolerantie);
            let wat = format!("{}, onverdeeld", g.naam);
            uitslag.vergelijk(&wat, value(onverdeeld), g.onverdeeld, self.tolerantie);
        }
    }
}

// --------------------------------------------------------------------------------------------------------- bijdragen

/// Financiële bijdragen and their eindafrekening.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bijdragegeval {
    pub(crate) bron: Bron,
    tolerantie: Decimal,
    #[serde(default)]
    geval: Vec<Bijdrage>,
    #[serde(default)]
    eindafrekening: Vec<Eindafrekening>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bijdrage {
    naam: String,
    gevraagd: Decimal,
    opbrengst: Decimal,
    inbrengwaarde: Decimal,
    geldsom: Decimal,
    verwacht: Figuren,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Eindafrekening {
    naam: String,
    betaald: Decimal,
    nodig: Decimal,
    rente: Decimal,
    jaren: Decimal,
    verwacht: Figuren,
}

impl Bijdragegeval {
    pub(crate) fn run(&self, uitslag: &mut Uitslag) {
        use bijdragen::{Begrenzing, Grondslag, Rentewijze};
        for g in &self.geval {
            let bijdrage = |grondslag, begrenzing| {
                bijdragen::financiele_bijdrage(
                    exact(g.gevraagd),
                    exact(g.opbrengst),
                    exact(g.inbrengwaarde),
                    exact(g.geldsom),
                    grondslag,
                    begrenzing,
                    Of::Geheel,
                )
            };
            let wet = bijdrage(Grondslag::Omgevingsplan, Begrenzing::Wettelijk);
            let berekend = [
                ("maximum", wet.maximum),
                ("ruimte", wet.ruimte),
                ("wettelijk", wet.bedrag),
                (
                    "economisch",
                    bijdrage(Grondslag::Omgevingsplan, Begrenzing::Economisch).bedrag,
                ),
                (
                    "overeenkomst",
                    bijdrage(Grondslag::Overeenkomst, Begrenzing::Wettelijk).bedrag,
                ),
            ];
            figuren(uitslag, &g.naam, &berekend, &g.verwacht, self.tolerantie);
        }
        for g in &self.eindafrekening {
            let terug = |wijze| {
                bijdragen::eindafrekening(
                    exact(g.betaald),
                    exact(g.nodig),
                    exact(g.rente),
                    g.jaren,
                    wijze,
                    Of::Geheel,
                )
            };
            let berekend = [
                ("bedrag", terug(Rentewijze::Samengesteld).bedrag),
                ("samengesteld", terug(Rentewijze::Samengesteld).met_rente),
                ("enkelvoudig", terug(Rentewijze::Enkelvoudig).met_rente),
            ];
            figuren(uitslag, &g.naam, &berekend, &g.verwacht, self.tolerantie);
        }
    }
}

/// A fonds bovenwijks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tariefgeval {
    pub(crate) bron: Bron,
    tolerantie: Decimal,
    geval: Vec<Bovenwijks>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bovenwijks {
    naam: String,
    werken: Vec<Werk>,
    woningequivalenten: Decimal,
    tarief: Decimal,
    aantal: Option<Decimal>,
    weq: Option<Decimal>,
    bijdrage: Option<Decimal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Werk {
    kosten: Decimal,
    aandeel: Decimal,
    #[serde(default)]
    subsidie: Decimal,
}

impl Tariefgeval {
    pub(crate) fn run(&self, uitslag: &mut Uitslag) {
        for g in &self.geval {
            let werken: Vec<_> = g
                .werken
                .iter()
                .map(|w| bijdragen::Bovenwijks {
                    kosten: exact(w.kosten),
                    aandeel: exact(w.aandeel),
                    subsidie: exact(w.subsidie),
                })
                .collect();
            let tarief =
                bijdragen::tarief_bovenwijks(&werken, exact(g.woningequivalenten), Of::Geheel);
            uitslag.vergelijk(&g.naam, value(tarief), g.tarief, self.tolerantie);
            if let (Some(aantal), Some(weq), Some(verwacht)) = (g.aantal, g.weq, g.bijdrage) {
                let bijdrage = bijdragen::bijdrage_bovenwijks(
                    exact(aantal),
                    exact(weq),
                    tarief,
                    Of::Partij(0),
                );
                let wat = format!("{}, bijdrage", g.naam);
                uitslag.vergelijk(&wat, value(bijdrage), verwacht, self.tolerantie);
            }
        }
    }
}

// ------------------------------------------------------------------------------------------------------------ normen

/// Norms for a programme and their effect.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Normgeval {
    pub(crate) bron: Bron,
    tolerantie: Decimal,
    #[serde(default)]
    aandeel: Vec<Aandeel>,
    #[serde(default)]
    grens: Vec<Grenstoets>,
    #[serde(default)]
    ruimte: Vec<Ruimte>,
    #[serde(default)]
    effect: Vec<Effect>,
    #[serde(default)]
    uitplaatsing: Vec<Uitplaatsing>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Aandeel {
    naam: String,
    deel: Decimal,
    geheel: Decimal,
    norm: Decimal,
    richting: Richting,
    tolerantie: Option<Decimal>,
    verwacht: Figuren,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Richting {
    Minstens,
    Hoogstens,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grenstoets {
    naam: String,
    soort: Grenssoort,
    aantal: Decimal,
    waarde: Decimal,
    grens: Decimal,
    /// Per home, and homes.
    verwacht: Vec<Decimal>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Grenssoort {
    Prijs,
    Maat,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ruimte {
    naam: String,
    woningen: Decimal,
    norm: Vec<Ruimtenorm>,
    tekort: Vec<Decimal>,
    claim: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ruimtenorm {
    per_woning: Decimal,
    aanwezig: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Effect {
    naam: String,
    aantal: Decimal,
    van: Decimal,
    naar: Decimal,
    verwacht: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Uitplaatsing {
    naam: String,
    aantal: Decimal,
    prijs: Decimal,
    verwacht: Decimal,
}

impl Normgeval {
    pub(crate) fn run(&self, uitslag: &mut Uitslag) {
        let tol = self.tolerantie;
        for g in &self.aandeel {
            let richting = match g.richting {
                Richting::Minstens => normen::Richting::Minstens,
                Richting::Hoogstens => normen::Richting::Hoogstens,
            };
            let (deel, geheel) = (exact(g.deel), exact(g.geheel));
            let t = normen::aandeelnorm(deel, geheel, exact(g.norm), richting, Of::Geheel);
            let berekend = [
                ("aandeel", t.aandeel),
                ("norm", t.norm),
                ("afwijking", t.afwijking),
            ];
            let fijn = g.tolerantie.unwrap_or(tol);
            figuren(uitslag, &g.naam, &berekend, &g.verwacht, fijn);
        }
        for g in &self.grens {
            let (aantal, waarde, grens) = (exact(g.aantal), exact(g.waarde), exact(g.grens));
            let t = match g.soort {
                Grenssoort::Prijs => normen::prijsgrens(aantal, waarde, grens, Of::Geheel),
                Grenssoort::Maat => normen::minimummaat(aantal, waarde, grens, Of::Geheel),
            };
            let berekend = [t.per_woning, t.woningen];
            lijst(uitslag, &g.naam, &berekend, &g.verwacht, tol);
        }
        for g in &self.ruimte {
            let norm: Vec<_> = g
                .norm
                .iter()
                .map(|n| normen::Ruimtenorm {
                    per_woning: exact(n.per_woning),
                    aanwezig: exact(n.aanwezig),
                })
                .collect();
            let mut tekort = vec![Exact::ZERO; norm.len()];
            let claim = normen::ruimteclaims(
                exact(g.woningen),
                &norm,
                &partijen(norm.len()),
                Of::Geheel,
                &mut tekort,
            );
            lijst(uitslag, &g.naam, &tekort, &g.tekort, tol);
            uitslag.vergelijk(&format!("{}, claim", g.naam), value(claim), g.claim, tol);
        }
        for g in &self.effect {
            let effect =
                normen::effect_norm(exact(g.aantal), exact(g.van), exact(g.naar), Of::Geheel);
            uitslag.vergelijk(&g.naam, value(effect), g.verwacht, tol);
        }
        for g in &self.uitplaatsing {
            let kosten = normen::uitplaatsing(exact(g.aantal), exact(g.prijs), Of::Geheel);
            uitslag.vergelijk(&g.naam, value(kosten), g.verwacht, tol);
        }
    }
}

// ------------------------------------------------------------------------------------------------------ kostenverhaal

/// Rules of kostenverhaal without an area.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verhaalgeval {
    pub(crate) bron: Bron,
    #[serde(default)]
    tolerantie: Decimal,
    #[serde(default)]
    plichtig: Vec<Plicht>,
    #[serde(default)]
    afzien: Vec<Afzien>,
    #[serde(default)]
    plankosten: Vec<Plankosten>,
    #[serde(default)]
    klein: Vec<Klein>,
    #[serde(default)]
    zelfrealisatie: Vec<Zelf>,
    #[serde(default)]
    eindafrekening_zonder: Vec<Eind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plicht {
    naam: String,
    activiteit: String,
    omvang: Option<Decimal>,
    verwacht: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Afzien {
    geldsommen: Decimal,
    verwacht: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plankosten {
    naam: String,
    basis: Vec<Decimal>,
    invloed: Vec<Vec<Decimal>>,
    verwacht: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Klein {
    naam: String,
    soort: String,
    #[serde(default)]
    m2: Decimal,
    #[serde(default)]
    producten: Decimal,
    /// Nothing: no small work.
    verwacht: Option<Decimal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Zelf {
    naam: String,
    parameter: String,
    maximum: Decimal,
    eigen: Decimal,
    verwacht: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Eind {
    naam: String,
    betaald: Decimal,
    herrekend: Decimal,
    andere_kosten: Decimal,
    verwacht: Decimal,
}

impl Verhaalgeval {
    pub(crate) fn run(&self, uitslag: &mut Uitslag) {
        let date = jiff::civil::date(2026, 7, 1);
        let parameter = |key: &str| {
            parameters::on(key, date)
                .unwrap_or_else(|| panic!("no parameter {key}"))
                .waarde
        };
        let model = crate::support::model(crate::support::tables_in("models/kostenverhaal"))
            .unwrap_or_else(|e| panic!("{e}"));
        for p in &self.plichtig {
            let activiteit = kostenverhaal::Activiteit::van(&p.activiteit);
            if kostenverhaal::plichtig(activiteit, p.omvang, &drempels(&model)) == p.verwacht {
                uitslag.vergeleken += 1;
            } else {
                uitslag.fout(format!("{}: the source says {}", p.naam, p.verwacht));
            }
        }
        for a in &self.afzien {
            let grens = parameter("kostenverhaal.afzien");
            if kostenverhaal::mag_afzien(a.geldsommen, grens) == a.verwacht {
                uitslag.vergeleken += 1;
            } else {
                uitslag.fout(format!("{}: the source says {}", a.geldsommen, a.verwacht));
            }
        }
        for p in &self.plankosten {
            let invloed: Vec<Vec<Exact>> = p.invloed.iter().map(|v| exacts(v)).collect();
            let producten: Vec<(Exact, &[Exact])> = p
                .basis
                .iter()
                .zip(&invloed)
                .map(|(b, v)| (exact(*b), v.as_slice()))
                .collect();
            let berekend = kostenverhaal::plankosten_maximum(&producten);
            uitslag.vergelijk(&p.naam, value(berekend), p.verwacht, self.tolerantie);
        }
        let grenzen = kostenverhaal::Kleingrenzen {
            kas: [3_000, 10_000, 30_000].map(Decimal::from),
            bedrijfsgebouw: Decimal::from(1_500),
            uitbreiding: Decimal::from(2_000),
        };
        for k in &self.klein {
            let werk = match k.soort.as_str() {
                "kas" => kostenverhaal::Kleinwerk::Kas(k.m2),
                "bedrijfsgebouw" => kostenverhaal::Kleinwerk::Bedrijfsgebouw(k.m2),
                "industrie" => kostenverhaal::Kleinwerk::Industrie(k.m2),
                "uitbreiding" => kostenverhaal::Kleinwerk::Uitbreiding(k.m2),
                _ => kostenverhaal::Kleinwerk::Woonfunctie,
            };
            let klasse = kostenverhaal::kleine_klasse(werk, &grenzen);
            match (klasse, k.verwacht) {
                (None, None) => uitslag.vergeleken += 1,
                (Some(klasse), Some(verwacht)) => {
                    let most = parameter(&format!("plankosten.klein_{}", klasse + 1));
                    let berekend = kostenverhaal::plankosten_klein(exact(most), exact(k.producten));
                    uitslag.vergelijk(&k.naam, value(berekend), verwacht, self.tolerantie);
                }
                (found, wanted) => {
                    uitslag.fout(format!(
                        "{}: class {found:?}, the source says {wanted:?}",
                        k.naam
                    ));
                }
            }
        }
        for z in &self.zelfrealisatie {
            let berekend = kostenverhaal::plankosten_zelfrealisatie(
                exact(z.eigen),
                exact(z.maximum),
                exact(parameter(&z.parameter)),
            );
            uitslag.vergelijk(&z.naam, value(berekend), z.verwacht, self.tolerantie);
        }
        for e in &self.eindafrekening_zonder {
            let berekend = kostenverhaal::eindafrekening_zonder(
                exact(e.betaald),
                exact(e.herrekend),
                exact(parameter("kostenverhaal.drempel_eindafrekening")),
                exact(e.andere_kosten),
                Of::Geheel,
            );
            uitslag.vergelijk(&e.naam, value(berekend), e.verwacht, self.tolerantie);
        }
    }
}
