//! All rules that no table uses yet, run on one set of figures in any arithmetic.

use polder::number::{Number, Of};
use polder::rules::{bijdragen, inbreng, normen, verevening};
use rust_decimal::Decimal;

/// Figures for those rules: lists by party, all as long.
#[derive(Debug, Clone)]
pub(crate) struct Spel {
    /// Keys, some of them zero or below.
    pub(crate) sleutel: Vec<Decimal>,
    /// Amounts with any sign.
    pub(crate) eigen: Vec<Decimal>,
    /// Targets, and other amounts above zero.
    pub(crate) doel: Vec<Decimal>,
    /// Homes.
    pub(crate) aantal: Vec<Decimal>,
    /// A share.
    pub(crate) aandeel: Decimal,
    /// An amount with any sign.
    pub(crate) bedrag: Decimal,
    /// A subsidy, ≥ 0.
    pub(crate) subsidie: Decimal,
    /// A rate per year.
    pub(crate) rente: Decimal,
}

/// A list as numbers.
pub(crate) fn getallen<N: Number>(values: &[Decimal]) -> Vec<N> {
    values.iter().map(|v| N::constant(*v)).collect()
}

impl Spel {
    /// One set of figures.
    pub(crate) fn voorbeeld() -> Self {
        let lijst = |values: [i64; 3]| values.map(Decimal::from).to_vec();
        Spel {
            sleutel: lijst([50, 30, 20]),
            eigen: lijst([7_000_000, 3_000_000, 2_000_000]),
            doel: lijst([5_000_000, 4_000_000, 1_000_000]),
            aantal: lijst([150, 250, 100]),
            aandeel: Decimal::new(3, 1),
            bedrag: Decimal::from(-900_000),
            subsidie: Decimal::from(1_000),
            rente: Decimal::new(4, 2),
        }
    }

    /// Every outcome of every rule.
    pub(crate) fn alles<N: Number>(&self) -> Vec<N> {
        use verevening::{
            Afronding, DECIMALEN, Extra, Grondwaarden, Meetellen, Norm, Plafond, Project, Segment,
            Telling, Verrekening,
        };
        let len = self.sleutel.len();
        let (sleutel, eigen) = (getallen::<N>(&self.sleutel), getallen::<N>(&self.eigen));
        let (doel, aantal) = (getallen::<N>(&self.doel), getallen::<N>(&self.aantal));
        let (aandeel, bedrag) = (N::constant(self.aandeel), N::constant(self.bedrag));
        let (subsidie, rente) = (N::constant(self.subsidie), N::constant(self.rente));
        let zero = N::number(0);
        let mut uit = Vec::new();
        // Every run of a rule has numbers of its own.
        let mut run = 0;
        let mut van = || {
            run += 1;
            let geheel = Of::Cel(run, u16::MAX);
            let van: Vec<Of> = (0..len).map(|p| Of::Cel(run, p as u16)).collect();
            (geheel, van)
        };
        let (mut a, mut b, mut gemis) = (vec![zero; len], vec![zero; len], vec![zero; len]);

        for afronding in [Afronding::Omhoog, Afronding::Half, Afronding::Geen] {
            let norm = Norm {
                aandeel,
                vanaf: N::number(4),
                afronding,
            };
            let project = Project {
                woningen: aantal[0],
                sociaal: aantal[len - 1],
                elders: N::number(1),
            };
            let waarde = Grondwaarden {
                vrij: doel[0],
                sociaal: doel[len - 1],
            };
            let x = verevening::afkoopsom(&norm, &project, &waarde, van().0);
            uit.extend([x.vereist, x.tekort, x.overschot, x.per_woning, x.bedrag]);
        }
        uit.push(verevening::afdracht_per_woning(
            aantal[0],
            N::number(3),
            doel[0],
            van().0,
        ));
        let segmenten: Vec<Segment<N>> = (0..len)
            .map(|i| Segment {
                aantal: aantal[i],
                grens: aantal[len - 1],
                tarief: doel[i],
            })
            .collect();
        for telling in [Telling::Boven, Telling::Beide] {
            let (geheel, van) = van();
            uit.push(verevening::segmentafdracht(
                &segmenten, telling, &van, geheel,
            ));
        }
        let extra: Vec<Extra<N>> = (0..len)
            .map(|i| Extra {
                woningen: aantal[i],
                bedrag: doel[i],
            })
            .collect();
        for plafond in [
            Plafond::Geen,
            Plafond::PerWoning(doel[0]),
            Plafond::PerProject(doel[0]),
        ] {
            let (geheel, van) = van();
            uit.push(verevening::uitkeringen(
                bedrag, &extra, &plafond, DECIMALEN, &van, geheel, &mut a,
            ));
            uit.extend(&a);
        }

        let mut v = Verrekening {
            bedrag: &mut a,
            na: &mut b,
        };
        verevening::kostendeling(&sleutel, &eigen, DECIMALEN, &van().1, &mut v);
        uit.extend(v.bedrag.iter().chain(v.na.iter()));
        for meetellen in [Meetellen::Tekorten, Meetellen::Saldi] {
            verevening::compensatie(
                &sleutel,
                &doel,
                &eigen,
                meetellen,
                DECIMALEN,
                &van().1,
                &mut gemis,
                &mut v,
            );
            uit.extend(gemis.iter().chain(v.bedrag.iter()).chain(v.na.iter()));
        }
        verevening::gelijke_grondwaarde(&sleutel, &eigen, DECIMALEN, &van().1, &mut v);
        uit.extend(v.bedrag.iter().chain(v.na.iter()));
        let (geheel, wie) = van();
        let rest = verevening::doelgrondwaarde(&doel, &eigen, DECIMALEN, &wie, geheel, &mut v);
        uit.extend([rest.onvervuld, rest.over]);
        uit.extend(v.bedrag.iter().chain(v.na.iter()));
        let (geheel, wie) = van();
        uit.push(verevening::collectieve_kosten(
            bedrag, &sleutel, DECIMALEN, &wie, geheel, &mut a,
        ));
        uit.extend(&a);

        uit.push(inbreng::normatieve_inbrengwaarde(&sleutel, &doel, van().0));
        inbreng::aandelen(&sleutel, &van().1, &mut a);
        uit.extend(&a);
        let mut bank = inbreng::Grondbank {
            rechten: &mut a,
            verrekening: &mut b,
        };
        inbreng::grondbank(&sleutel, &aantal, doel[0], DECIMALEN, &van().1, &mut bank);
        uit.extend(bank.rechten.iter().chain(bank.verrekening.iter()));
        let claims: Vec<inbreng::Claim<N>> = (0..len)
            .map(|i| inbreng::Claim {
                m2: sleutel[i],
                inkoopprijs: doel[i],
                kavels: aantal[i],
                kavelprijs: doel[len - 1],
            })
            .collect();
        let (geheel, wie) = van();
        let x = inbreng::bouwclaim(&claims, subsidie, &wie, geheel, &mut a);
        uit.extend([x.inkoop, x.verkoop, x.resultaat]);
        uit.extend(&a);
        let (geheel, wie) = van();
        uit.push(inbreng::gem(bedrag, &doel, DECIMALEN, &wie, geheel, &mut a));
        uit.extend(&a);

        for (grondslag, begrenzing) in [
            (
                bijdragen::Grondslag::Overeenkomst,
                bijdragen::Begrenzing::Wettelijk,
            ),
            (
                bijdragen::Grondslag::Omgevingsplan,
                bijdragen::Begrenzing::Wettelijk,
            ),
            (
                bijdragen::Grondslag::Omgevingsplan,
                bijdragen::Begrenzing::Economisch,
            ),
        ] {
            let x = bijdragen::financiele_bijdrage(
                doel[0],
                doel[len - 1],
                subsidie,
                subsidie,
                grondslag,
                begrenzing,
                van().0,
            );
            uit.extend([x.maximum, x.ruimte, x.bedrag]);
        }
        for wijze in [
            bijdragen::Rentewijze::Samengesteld,
            bijdragen::Rentewijze::Enkelvoudig,
        ] {
            let jaren = Decimal::from(6);
            let x = bijdragen::eindafrekening(doel[0], doel[len - 1], rente, jaren, wijze, van().0);
            uit.extend([x.bedrag, x.met_rente]);
        }
        let werken: Vec<_> = doel
            .iter()
            .map(|kosten| bijdragen::Bovenwijks {
                kosten: *kosten,
                aandeel,
                subsidie,
            })
            .collect();
        let tarief = bijdragen::tarief_bovenwijks(&werken, aantal[0], van().0);
        let per = bijdragen::bijdrage_bovenwijks(aantal[0], aandeel, tarief, van().0);
        uit.extend([tarief, per]);

        for richting in [normen::Richting::Minstens, normen::Richting::Hoogstens] {
            let x = normen::aandeelnorm(aantal[0], N::sum(&aantal), aandeel, richting, van().0);
            uit.extend([x.aandeel, x.norm, x.afwijking]);
        }
        let x = normen::prijsgrens(aantal[0], doel[0], doel[len - 1], van().0);
        uit.extend([x.per_woning, x.woningen]);
        let x = normen::minimummaat(aantal[0], doel[0], doel[len - 1], van().0);
        uit.extend([x.per_woning, x.woningen]);
        let ruimte: Vec<_> = sleutel
            .iter()
            .map(|aanwezig| normen::Ruimtenorm {
                per_woning: aandeel,
                aanwezig: *aanwezig,
            })
            .collect();
        let (geheel, wie) = van();
        uit.push(normen::ruimteclaims(
            aantal[0], &ruimte, &wie, geheel, &mut a,
        ));
        uit.extend(&a);
        uit.push(normen::effect_norm(
            aantal[0],
            doel[0],
            doel[len - 1],
            van().0,
        ));
        uit.push(normen::uitplaatsing(sleutel[0], doel[0], van().0));
        uit
    }
}
