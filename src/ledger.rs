//! An account over time: boekwaarde with interest, end value, present values, badkuip (rules 0.2 to 0.4).
//!
//! Knows series and rates; not where flows come from, nor parties.

use crate::model::Rentemethode;
use crate::number::{At, Number, Of, at};
use crate::timeline::{self, Kasstroommoment, Timeline};
use rust_decimal::{Decimal, dec};

/// The rates of an account, per period.
#[derive(Debug, Clone, Copy)]
pub struct Rentes<N> {
    /// On a debit standing (money invested).
    pub debet: N,
    /// On a credit standing.
    pub credit: N,
}

/// When an account runs.
#[derive(Debug, Clone, Copy)]
pub struct Looptijd<'a, N> {
    /// First position that counts: the first realised period, or peildatum when the boekwaarde is given.
    pub begin: usize,
    /// Position just after the last period that it certainly runs.
    pub eind: usize,
    /// Position just after the last period that it can run, by delays.
    pub uiterst: usize,
    /// 1 while it runs, by position; read from `eind` on.
    pub loopt: &'a [N],
}

impl<N: Number> Looptijd<'_, N> {
    /// An amount of position `t`, or zero where the account ended before it.
    #[inline(always)]
    fn zolang(&self, t: usize, amount: N) -> N {
        if t < self.eind {
            amount
        } else {
            amount * self.loopt[t]
        }
    }

    /// An amount of position `t` if that is the last that the account runs, else zero; `t` is one of which it can be.
    #[inline(always)]
    pub fn aan_het_eind(&self, t: usize, amount: N) -> N {
        let now = self.zolang(t, amount);
        if t + 1 < self.uiterst {
            now - self.zolang(t + 1, amount)
        } else {
            now
        }
    }
}

/// Boekwaarde and interest by position (rules 0.3, T-0.3). `boekwaarde` is positive when money is invested.
///
/// The rate follows the sign of the amount that bears interest; see the rule for each convention. Realised periods bear none.
#[inline(always)]
pub fn boekwaarde<N: Number>(
    methode: Rentemethode,
    opening: N,
    mutatie: &[N],
    rentes: Rentes<N>,
    timeline: &Timeline,
    tijd: &Looptijd<'_, N>,
    of: Of,
    out: (&mut [N], &mut [N]),
) {
    // Named one by one, so that each becomes a loop of its own: a choice inside the loop costs a fifth of its time.
    match methode {
        Rentemethode::Jan1 => oprenten(
            Rentemethode::Jan1,
            opening,
            mutatie,
            rentes,
            timeline,
            tijd,
            of,
            out,
        ),
        Rentemethode::Gemiddeld => oprenten(
            Rentemethode::Gemiddeld,
            opening,
            mutatie,
            rentes,
            timeline,
            tijd,
            of,
            out,
        ),
        Rentemethode::HalfjaarSi => oprenten(
            Rentemethode::HalfjaarSi,
            opening,
            mutatie,
            rentes,
            timeline,
            tijd,
            of,
            out,
        ),
        Rentemethode::Begin => oprenten(
            Rentemethode::Begin,
            opening,
            mutatie,
            rentes,
            timeline,
            tijd,
            of,
            out,
        ),
    }
}

/// The rates of an account with those over half a period, which only `HALFJAAR_SI` asks.
#[derive(Debug, Clone, Copy)]
pub struct Tarieven<N> {
    heel: Rentes<N>,
    half: Rentes<N>,
}

impl<N: Number> Tarieven<N> {
    /// The same over half a period, for where that is not asked.
    #[inline(always)]
    pub fn gelijk(rentes: Rentes<N>) -> Self {
        Tarieven {
            heel: rentes,
            half: rentes,
        }
    }

    /// The rates of a convention.
    #[inline(always)]
    pub fn new(methode: Rentemethode, rentes: Rentes<N>, of: Of) -> Self {
        let halves = |r: N| (N::number(1) + r).power(dec!(0.5)) - N::number(1);
        let half = match methode {
            Rentemethode::HalfjaarSi => Rentes {
                debet: halves(rentes.debet).named("halve rente", of, At::Once),
                credit: halves(rentes.credit).named("halve creditrente", of, At::Once),
            },
            _ => rentes,
        };
        Tarieven { heel: rentes, half }
    }
}

/// Interest of one period on what stood (`stand`, positive when invested) and what came to it (rules 0.3).
#[inline(always)]
fn rente_van<N: Number>(
    methode: Rentemethode,
    stand: N,
    mutatie: N,
    tarieven: &Tarieven<N>,
    of: Of,
    t: usize,
) -> N {
    let zero = N::number(0);
    let Tarieven { heel, half } = tarieven;
    match methode {
        Rentemethode::Jan1 => stand * stand.if_less(zero, heel.credit, heel.debet),
        Rentemethode::Gemiddeld => {
            let grondslag = (stand + mutatie * N::half()).named("rentegrondslag", of, at(t));
            grondslag * grondslag.if_less(zero, heel.credit, heel.debet)
        }
        Rentemethode::HalfjaarSi => {
            let later = (stand + mutatie).named("rentegrondslag", of, at(t));
            stand * stand.if_less(zero, heel.credit, heel.debet)
                + mutatie * later.if_less(zero, half.credit, half.debet)
        }
        Rentemethode::Begin => {
            let grondslag = (stand + mutatie).named("rentegrondslag", of, at(t));
            grondslag * grondslag.if_less(zero, heel.credit, heel.debet)
        }
    }
}

/// The loop of [`boekwaarde`].
#[inline(always)]
fn oprenten<N: Number>(
    methode: Rentemethode,
    opening: N,
    mutatie: &[N],
    rentes: Rentes<N>,
    timeline: &Timeline,
    tijd: &Looptijd<'_, N>,
    of: Of,
    out: (&mut [N], &mut [N]),
) {
    let (boekwaarden, rente_uit) = out;
    let tarieven = Tarieven::new(methode, rentes, of);
    let mut stand = opening.named("boekwaarde", of, At::Opening);
    let span = tijd.begin..tijd.uiterst;
    let series = mutatie[span.clone()]
        .iter()
        .zip(&mut rente_uit[span.clone()])
        .zip(&mut boekwaarden[span.clone()]);
    for (t, ((m, rente_uit), boekwaarde)) in span.zip(series) {
        let m = *m;
        if t < timeline.peil {
            *rente_uit = N::number(0).named("rente", of, at(t));
            stand = (stand + m).named("boekwaarde", of, at(t));
            *boekwaarde = stand;
            continue;
        }
        let rente = rente_van(methode, stand, m, &tarieven, of, t);
        let rente = tijd.zolang(t, rente).named("rente", of, at(t));
        *rente_uit = rente;
        stand = (stand + m + rente).named("boekwaarde", of, at(t));
        *boekwaarde = stand;
        N::volgende();
    }
}

/// An account that is divided over deelgebieden, of which each bears its own interest; a gebiedsfonds may lend to them.
///
/// Of every deel the boekwaarde is what is invested in it, whoever pays for it: the account itself (`eigen`), or the fund by a
/// loan (`schuld`).
#[derive(Debug)]
pub struct Delen<'a, N> {
    /// Interest convention.
    pub methode: Rentemethode,
    /// Its rates.
    pub tarieven: Tarieven<N>,
    /// When the account runs.
    pub tijd: Looptijd<'a, N>,
    /// First position that bears interest.
    pub peil: usize,
    /// By deel: its deelgebied; nothing for what lies in none.
    pub of: &'a [Of],
    /// By deel, then by position: income less costs.
    pub kasstroom: &'a mut [Vec<N>],
    /// By deel: what the account has invested, loans taken off. At first the given boekwaarde.
    pub eigen: &'a mut [N],
    /// By deel: what it owes the fund.
    pub schuld: &'a mut [N],
    /// Loans; nothing when none are given.
    pub leningen: Option<Leningen<'a, N>>,
    /// Boekwaarde and interest (that on loans included) of all delen by position; nothing when they are told apart only.
    pub totaal: Option<(&'a mut [N], &'a mut [N])>,
}

/// What a fund lends at (docs/rules.md, 3.3).
#[derive(Debug)]
pub struct Leningen<'a, N> {
    /// By deel: most that it owes at a time.
    pub plafond: &'a [N],
    /// Rate per period.
    pub rente: N,
    /// By position: lent less repaid; below zero is repaid on balance.
    pub netto: &'a mut [N],
    /// By position: what is owed.
    pub schuld: &'a mut [N],
}

impl<N: Number> Delen<'_, N> {
    /// Names what stands before the first position, and runs what is realised.
    #[inline(always)]
    pub fn openen(&mut self) {
        for (d, of) in self.of.iter().enumerate() {
            self.eigen[d] = self.eigen[d].named("eigen inleg", *of, At::Opening);
            self.schuld[d] = N::number(0);
            if self.leningen.is_some() {
                self.schuld[d] = self.schuld[d].named("schuld", *of, At::Opening);
            }
        }
        if self.totaal.is_some() {
            let _ = N::sum(self.eigen).named("boekwaarde", GEHEEL, At::Opening);
        }
        for t in self.tijd.begin..self.peil {
            self.verleden(t);
        }
    }

    /// A realised position: no interest and no loans.
    #[inline(always)]
    fn verleden(&mut self, t: usize) {
        let mut boekwaarde = N::number(0);
        for d in 0..self.of.len() {
            let m = (-self.kasstroom[d][t]).named("mutatie", self.of[d], at(t));
            self.eigen[d] = (self.eigen[d] + m).named("eigen inleg", self.of[d], at(t));
            boekwaarde = boekwaarde + self.eigen[d];
        }
        if let Some((boekwaarden, rentes)) = self.totaal.as_mut() {
            boekwaarden[t] = boekwaarde.named("boekwaarde", GEHEEL, at(t));
            rentes[t] = N::number(0).named("rente", GEHEEL, at(t));
        }
    }

    /// All positions of an account to which no fund lends.
    #[inline(always)]
    pub fn alle(&mut self) {
        self.openen();
        for t in self.tijd.begin.max(self.peil)..self.tijd.uiterst {
            self.periode(t, N::number(0));
        }
    }

    /// One position from peildatum on: interest of every deel, then loans in the order of the delen, each as far as its plafond and what is
    /// left of `beschikbaar` allow; a deel that has money left repays. Gives what is left: nothing at all, and not a rounding
    /// beside it, when all was lent.
    ///
    /// Loan per deel: `max(0, min(eigen, plafond − schuld, beschikbaar))`; repayment: `max(0, min(−eigen, schuld))`.
    #[inline(always)]
    pub fn periode(&mut self, t: usize, beschikbaar: N) -> N {
        let zero = N::number(0);
        let (mut boekwaarde, mut rente, mut netto, mut owed) = (zero, zero, zero, zero);
        let mut over = beschikbaar;
        for d in 0..self.of.len() {
            let of = self.of[d];
            let m = (-self.kasstroom[d][t]).named("mutatie", of, at(t));
            let stand = self.eigen[d];
            let own = rente_van(self.methode, stand, m, &self.tarieven, of, t);
            let own = self.tijd.zolang(t, own).named("rente", of, at(t));
            let need = stand + m + own;
            let Some(l) = self.leningen.as_ref() else {
                self.eigen[d] = need.named("eigen inleg", of, at(t));
                rente = rente + own;
                boekwaarde = boekwaarde + self.eigen[d];
                continue;
            };
            let need = need.named("eigen inleg voor lening", of, at(t));
            let interest = self.tijd.zolang(t, self.schuld[d] * l.rente);
            let interest = interest.named("rente lening", of, at(t));
            let schuld = self.schuld[d] + interest;
            let room = (l.plafond[d] - schuld).min(over);
            let lent = need.min(room).max(zero);
            let repaid = (-need).min(schuld).max(zero);
            let net = self
                .tijd
                .zolang(t, lent - repaid)
                .named("lening", of, at(t));
            self.eigen[d] = (need - net).named("eigen inleg", of, at(t));
            self.schuld[d] = (schuld + net).named("schuld", of, at(t));
            over = over - net;
            netto = netto + net;
            owed = owed + self.schuld[d];
            rente = rente + own + interest;
            boekwaarde = boekwaarde + (self.eigen[d] + self.schuld[d]);
            N::volgende();
        }
        if let Some((boekwaarden, rentes)) = self.totaal.as_mut() {
            boekwaarden[t] = boekwaarde.named("boekwaarde", GEHEEL, at(t));
            rentes[t] = rente.named("rente", GEHEEL, at(t));
        }
        if let Some(l) = self.leningen.as_mut() {
            l.netto[t] = netto.named("leningen", Of::Geheel, at(t));
            l.schuld[t] = owed.named("schuld", Of::Geheel, at(t));
        }
        over
    }
}

/// The main account.
const GEHEEL: Of = Of::Rekening(crate::model::HOOFD as u16);

/// The result of an account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resultaat<N> {
    /// Flows at current prices − opening: index, no interest (rules 0.2).
    pub reeel_saldo: N,
    /// Result at the end, with interest.
    pub eindwaarde: N,
    /// EW discounted at the BBV rate.
    pub ncw_bbv: N,
    /// EW discounted at the interest rate.
    pub ncw_rente: N,
    /// Flows discounted at the BBV rate.
    pub ncw_kasstroom: N,
    /// Flows discounted at the interest rate; nothing when it is not asked.
    pub ncw_kasstroom_rente: Option<N>,
    /// Lowest standing (minus boekwaarde) and the first period (its position) that has it.
    pub laagste_stand: (N, N),
    /// Number of periods with a negative standing.
    pub onder_water: N,
    /// Sum of interest; positive is a cost.
    pub rente_totaal: N,
}

/// What discounts an end value.
#[derive(Debug, Clone, Copy)]
pub struct Disconto<N> {
    /// BBV rate per year.
    pub bbv: N,
    /// Interest rate per year (debit).
    pub rente: N,
    /// Exponent to the end that is certain.
    pub exponent: Decimal,
    /// Periods per year.
    pub per_jaar: i32,
    /// The moment at which flows are discounted at the interest rate; nothing when that is not asked.
    pub kasstroom_rente: Option<Kasstroommoment>,
}

/// What an end value is divided by at a rate, named where a word is given.
#[inline(always)]
pub fn eindfactor<N: Number>(
    rate: N,
    disconto: &Disconto<N>,
    tijd: &Looptijd<'_, N>,
    word: Option<(&'static str, Of)>,
) -> N {
    let one = N::number(1);
    let mut factor = (one + rate).power(disconto.exponent);
    if tijd.uiterst > tijd.eind {
        // Every period that a delay adds discounts one period more.
        let step = (one + rate).power(Decimal::ONE / Decimal::from(disconto.per_jaar));
        for t in tijd.eind..tijd.uiterst {
            factor = tijd.loopt[t].if_less(one, factor, factor * step);
            if let Some((word, of)) = word {
                factor = factor.named(word, of, at(t));
            }
        }
    }
    match word {
        Some((word, of)) => factor.named(word, of, At::Once),
        None => factor,
    }
}

/// The results of an account from its series (rules 0.2 to 0.4).
#[inline(always)]
pub fn resultaat<N: Number>(
    opening: N,
    kasstroom: &[N],
    boekwaarden: &[N],
    rente: &[N],
    disconto: &Disconto<N>,
    factoren: &[N],
    perioden: &[N],
    timeline: &Timeline,
    tijd: &Looptijd<'_, N>,
    of: Of,
    werk: &mut Vec<N>,
) -> Resultaat<N> {
    let (zero, one) = (N::number(0), N::number(1));
    let span = tijd.begin..tijd.uiterst;
    let reeel_saldo =
        (N::sum(&kasstroom[span.clone()]) - opening).named("reëel saldo", of, At::Once);
    let einde = if tijd.uiterst > tijd.begin {
        boekwaarden[tijd.uiterst - 1]
    } else {
        opening
    };
    let eindwaarde = (-einde).named("eindwaarde", of, At::Once);
    // No closures here: one left out of line falls back to the oldest vector unit.
    let word = Some(("verdisconteringsfactor", of));
    let ncw_bbv = eindwaarde
        .per(eindfactor(disconto.bbv, disconto, tijd, word))
        .named("ncw_bbv", of, At::Once);
    let word = Some(("verdisconteringsfactor rente", of));
    let ncw_rente = eindwaarde
        .per(eindfactor(disconto.rente, disconto, tijd, word))
        .named("ncw_rente", of, At::Once);
    let from = timeline.peil.max(tijd.begin);
    werk.clear();
    for t in from..tijd.uiterst {
        werk.push(kasstroom[t] * factoren[t]);
        N::volgende();
    }
    let vooraf = if tijd.begin < timeline.peil {
        zero - N::sum(&kasstroom[tijd.begin..timeline.peil])
    } else {
        zero
    };
    let ncw_kasstroom = (N::sum(werk) - opening - vooraf).named("ncw_kasstroom", of, At::Once);
    let mut ncw_kasstroom_rente = None;
    if let Some(moment) = disconto.kasstroom_rente {
        werk.clear();
        werk.resize(tijd.uiterst, zero);
        let words = Some(&timeline::RENTE);
        timeline::discount_factors(
            timeline,
            disconto.rente,
            moment,
            timeline.peil,
            of,
            words,
            werk,
        );
        for t in from..tijd.uiterst {
            werk[t] = kasstroom[t] * werk[t];
            N::volgende();
        }
        let value = N::sum(&werk[from..]) - opening - vooraf;
        ncw_kasstroom_rente = Some(value.named("ncw_kasstroom_rente", of, At::Once));
    }
    werk.clear();
    for t in span.clone() {
        werk.push((-boekwaarden[t]).named("stand", of, at(t)));
        N::volgende();
    }
    let (laagste, wanneer) = N::lowest(werk, &perioden[span.clone()]);
    let laagste_stand = (
        laagste.named("laagste stand", of, At::Once),
        wanneer.named("laagste stand periode", of, At::Once),
    );
    for stand in werk.iter_mut() {
        *stand = stand.if_less(zero, one, zero);
        N::volgende();
    }
    let onder_water = N::sum(werk).named("perioden onder water", of, At::Once);
    let rente_totaal = N::sum(&rente[span]).named("rente totaal", of, At::Once);
    Resultaat {
        reeel_saldo,
        eindwaarde,
        ncw_bbv,
        ncw_rente,
        ncw_kasstroom,
        ncw_kasstroom_rente,
        laagste_stand,
        onder_water,
        rente_totaal,
    }
}
