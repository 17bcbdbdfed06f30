//! What an evaluation adds up to for reports: what every party pays and receives, the matrix of opgaven and parties, the fund's
//! totals and the flows of a deelgebied. Once for the exact record and for the recorder; knows no files and no rules.

use super::{Voorbereid, Werk};
use crate::model::schema::OPGAVEN;
use crate::model::{BUITEN, HOOFD, Model};
use crate::number::{At, Number, Of, at};

/// The opgave under which the fund's own running is told: programming of the area.
const OPGAVE_FONDS: usize = 1;

/// A flow between two accounts in one period.
struct Beweging<N> {
    van: usize,
    naar: usize,
    opgave: usize,
    bijdrage: bool,
    t: usize,
    bedrag: N,
}

/// Every flow of money and in natura that an evaluation with details kept; loans are no part of it.
fn bewegingen<N: Number>(
    v: &Voorbereid<'_, N>,
    werk: &Werk<N>,
    mut each: impl FnMut(&Beweging<N>),
) {
    let plan = v.plan;
    let (model, len) = (plan.model, plan.timeline.len);
    let fonds = model.fonds.as_ref().filter(|_| plan.fonds);
    let cellen = plan.cellen.iter().zip(werk.cellen.iter().flatten());
    for (c, (cel, (_, lopend))) in cellen
        .enumerate()
        .filter(|(_, (cel, _))| cel.soort.in_saldo())
    {
        for (t, bedrag) in lopend.iter().enumerate().filter(|(t, _)| v.doet(c, *t)) {
            each(&Beweging {
                van: cel.van,
                naar: cel.naar,
                opgave: cel.opgave.unwrap_or(0),
                bijdrage: cel.bijdrage || fonds.is_some_and(|f| f.rekening == cel.naar),
                t,
                bedrag: *bedrag,
            });
        }
    }
    let Some(f) = fonds else { return };
    let mut own = |van: usize, naar: usize, opgave: usize, series: &[N]| {
        for (t, bedrag) in series.iter().enumerate().skip(plan.timeline.peil) {
            each(&Beweging {
                van,
                naar,
                opgave,
                bijdrage: false,
                t,
                bedrag: *bedrag,
            });
        }
    };
    own(BUITEN, f.rekening, OPGAVE_FONDS, &werk.fonds.rendement);
    own(
        f.rekening,
        f.organisatie,
        OPGAVE_FONDS,
        &werk.fonds.organisatie,
    );
    for (m, vraag) in plan.vraag.iter().enumerate() {
        own(
            f.rekening,
            vraag.drager,
            model.maatregelen[vraag.maatregel].opgave,
            &werk.fonds.betaald[m * len..(m + 1) * len],
        );
    }
}

/// A series of which a period holds nothing until something is added.
struct Reeks<N>(Vec<Option<N>>);

impl<N: Number> Reeks<N> {
    fn new(len: usize) -> Self {
        Reeks(vec![None; len])
    }

    fn bij(&mut self, t: usize, amount: N) {
        self.0[t] = Some(self.0[t].map_or(amount, |sum| sum + amount));
    }

    /// Nothing less an amount is the amount with its sign turned, and no sum.
    fn af(&mut self, t: usize, amount: N) {
        self.0[t] = Some(self.0[t].map_or_else(|| -amount, |sum| sum - amount));
    }

    /// Names every period, and gives those that hold something.
    fn genoemd(self, word: &'static str, of: Of) -> Vec<(usize, N)> {
        let held = self.0.into_iter().enumerate();
        held.filter_map(|(t, amount)| Some((t, amount?.named(word, of, at(t)))))
            .collect()
    }
}

fn som<N: Number>(series: &[(usize, N)]) -> N {
    N::sum(&series.iter().map(|(_, amount)| *amount).collect::<Vec<_>>())
}

/// What a party pays and receives, at current prices.
#[derive(Debug, Clone, Copy)]
pub struct Partijkas<N> {
    /// Paid, other than contributions.
    pub investering: N,
    /// Contributed: to the fund or to a drager, money or in natura.
    pub bijdragen: N,
    /// Received.
    pub ontvangen: N,
}

/// What every party pays and receives. What moves between a party's own accounts is neither.
pub fn partijkas<N: Number>(v: &Voorbereid<'_, N>, werk: &Werk<N>) -> Vec<Partijkas<N>> {
    let plan = v.plan;
    let (model, len) = (plan.model, plan.timeline.len);
    let mut sums: Vec<[Reeks<N>; 3]> = (0..model.partijen.len())
        .map(|_| [(); 3].map(|()| Reeks::new(len)))
        .collect();
    bewegingen(v, werk, |b| {
        let (van, naar) = (
            model.rekeningen[b.van].partij,
            model.rekeningen[b.naar].partij,
        );
        if van == naar {
            return;
        }
        if let Some(p) = van {
            sums[p][usize::from(b.bijdrage)].bij(b.t, b.bedrag);
        }
        if let Some(p) = naar {
            sums[p][2].bij(b.t, b.bedrag);
        }
    });
    sums.into_iter()
        .enumerate()
        .map(|(p, [betaald, bijdragen, ontvangen])| {
            let of = Of::Partij(p as u16);
            let total =
                |series: Reeks<N>, word| som(&series.genoemd(word, of)).named(word, of, At::Once);
            Partijkas {
                investering: total(betaald, "betaald"),
                bijdragen: total(bijdragen, "bijdragen"),
                ontvangen: total(ontvangen, "ontvangen"),
            }
        })
        .collect()
}

/// A cell of the matrix: received less paid.
#[derive(Debug, Clone)]
pub struct Cel<N> {
    /// By position, at current prices.
    pub per_periode: Vec<N>,
    /// Sum of it.
    pub nominaal: N,
    /// Present value at the rate of the matrix; what happened before peildatum at its own value.
    pub ncw: N,
}

/// Position of an account in a row of the matrix: its party, or just after the last.
fn kolom(model: &Model, rekening: usize) -> usize {
    model.rekeningen[rekening]
        .partij
        .unwrap_or(model.partijen.len())
}

/// By opgave, then by party, the outside world last.
pub fn matrix<N: Number>(v: &Voorbereid<'_, N>, werk: &Werk<N>) -> Vec<Vec<Cel<N>>> {
    let plan = v.plan;
    let (model, tl) = (plan.model, &plan.timeline);
    let columns = model.partijen.len() + 1;
    let mut sums: Vec<Reeks<N>> = (0..OPGAVEN.len() * columns)
        .map(|_| Reeks::new(tl.len))
        .collect();
    bewegingen(v, werk, |b| {
        sums[b.opgave * columns + kolom(model, b.van)].af(b.t, b.bedrag);
        sums[b.opgave * columns + kolom(model, b.naar)].bij(b.t, b.bedrag);
    });
    let factors = v.disconto_matrix();
    let mut cells = sums.into_iter().enumerate().map(|(i, series)| {
        let of = Of::Cel((i / columns) as u16, (i % columns) as u16);
        let series = series.genoemd("matrix", of);
        let mut per_periode = vec![N::number(0); tl.len];
        let mut ncw = Vec::with_capacity(series.len());
        for (t, amount) in &series {
            per_periode[*t] = *amount;
            ncw.push(if *t < tl.peil {
                *amount
            } else {
                *amount * factors[*t]
            });
        }
        Cel {
            per_periode,
            nominaal: som(&series).named("matrix nominaal", of, At::Once),
            ncw: N::sum(&ncw).named("matrix ncw", of, At::Once),
        }
    });
    (0..OPGAVEN.len())
        .map(|_| cells.by_ref().take(columns).collect())
        .collect()
}

/// What the fund is asked and what it pays, over all maatregelen.
pub fn fondstotalen<N: Number>(v: &Voorbereid<'_, N>, werk: &Werk<N>) -> [Vec<N>; 2] {
    let tl = &v.plan.timeline;
    let total = |all: &[N], word: &'static str| {
        let mut out = vec![N::number(0); tl.len];
        for (t, out) in out.iter_mut().enumerate().skip(tl.peil) {
            let parts: Vec<N> = all.iter().skip(t).step_by(tl.len).copied().collect();
            *out = N::sum(&parts).named(word, Of::Geheel, at(t));
        }
        out
    };
    [
        total(&werk.fonds.vraag, "fonds gevraagd"),
        total(&werk.fonds.betaald, "fonds betaald"),
    ]
}

/// Flows at current prices of a part of the main account, less the boekwaarde that was given.
pub fn deelsaldo<N: Number>(v: &Voorbereid<'_, N>, deel: usize, werk: &Werk<N>) -> N {
    let of = Of::Deel(deel as u16);
    let flows: Vec<N> = (v.plan.begin..v.plan.timeline.len)
        .map(|t| werk.delen[deel][t].named("kasstroom", of, at(t)))
        .collect();
    let opening = v.deel_opening[deel].map_or_else(|| N::number(0), N::of);
    (N::sum(&flows) - opening).named("reëel saldo", of, At::Once)
}

/// By party: cash of all its accounts and benefits by position, and their running sum from what was invested before.
#[derive(Debug, Clone)]
pub struct Partijreeks<N> {
    /// What stood invested before the first flow.
    pub begin: N,
    /// Net cash, loans included.
    pub kasstroom: Vec<N>,
    /// Benefits.
    pub baten: Vec<N>,
}

/// The series of every party.
pub fn partijreeksen<N: Number>(v: &Voorbereid<'_, N>, werk: &Werk<N>) -> Vec<Partijreeks<N>> {
    let plan = v.plan;
    let (model, tl) = (plan.model, &plan.timeline);
    (0..model.partijen.len())
        .map(|p| {
            let of = Of::Partij(p as u16);
            let mine: Vec<usize> = (0..model.rekeningen.len())
                .filter(|r| model.rekeningen[*r].partij == Some(p))
                .collect();
            let given: Vec<N> = mine
                .iter()
                .filter_map(|r| v.opening[*r].map(N::of))
                .collect();
            let begin = (-N::sum(&given)).named("lopende som", of, At::Opening);
            let mut som = begin;
            let (mut kasstroom, mut baten) = (Vec::new(), Vec::new());
            for t in 0..tl.len {
                let parts: Vec<N> = mine.iter().map(|r| werk.kasstroom[*r][t]).collect();
                let kas = N::sum(&parts).named("kasstroom", of, at(t));
                let [money, social] = [0, 1].map(|kind| werk.baten[p][kind][t]);
                let baat = money + social;
                som = (som + kas + baat).named("lopende som", of, at(t));
                kasstroom.push(kas);
                baten.push(baat);
            }
            Partijreeks {
                begin,
                kasstroom,
                baten,
            }
        })
        .collect()
}

/// The main account and that of the fund with their loans, which are cash but neither costs nor revenue: names their flows.
pub fn met_leningen<N: Number>(v: &Voorbereid<'_, N>, werk: &Werk<N>) {
    let plan = v.plan;
    let Some(fonds) = plan.model.fonds.as_ref().filter(|_| plan.leningen) else {
        return;
    };
    for r in [HOOFD, fonds.rekening] {
        for (t, flow) in werk.kasstroom[r].iter().enumerate() {
            let _ = flow.named("kasstroom met leningen", Of::Rekening(r as u16), at(t));
        }
    }
}
