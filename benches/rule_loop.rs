//! A rule read through the trait on lanes, against the same loop written by hand on arrays of f64: what the trait costs.
//!
//! Both run under dispatch to the processor's vector unit, in turns, so that a busy machine hits both; the ratio is the median
//! of the ratios of the rounds. Results must be equal to the bit. More than 1.1 means that something fell out of line.

#![allow(
    clippy::inline_always,
    reason = "a body left out of line under dispatch falls back to SSE2"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "the hand-written loops are written as one would by hand"
)]

use polder::ledger::{Delen, Leningen, Looptijd, Rentes, Tarieven, boekwaarde};
use polder::model::Rentemethode;
use polder::number::{LaneDelay, Lanes, Number, Of};
use polder::rules::gebiedsfonds::{
    Niemand, Stromen, Tekortregel, Verloop, Voorwaarden, gebiedsfonds,
};
use polder::timeline::{Periode, Tijdstap, Timeline};
use std::hint::black_box;
use std::time::Instant;

const W: usize = 16;
const LEN: usize = 43;
const MAATREGELEN: usize = 8;
const REPEATS: usize = 400;
const ROUNDS: usize = 41;

type Row = [f64; W];
type L = Lanes<W>;

/// Numbers that look like flows: both signs, other in every lane and period.
fn flows(n: usize, seed: u64) -> Vec<Row> {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as f64 / 2f64.powi(31) - 0.55) * 1e6
    };
    (0..n).map(|_| std::array::from_fn(|_| next())).collect()
}

fn lanes(rows: &[Row]) -> Vec<L> {
    rows.iter().map(|r| Lanes(*r)).collect()
}

fn rows(lanes: &[L]) -> Vec<u64> {
    lanes.iter().flat_map(|l| l.0).map(f64::to_bits).collect()
}

fn bits(rows: &[Row]) -> Vec<u64> {
    rows.iter().flatten().map(|v| v.to_bits()).collect()
}

/// Something that runs once and leaves its results in itself. A struct, as only a method can be marked always inlined.
trait Work {
    fn run(&mut self);
    fn result(&self) -> Vec<u64>;
}

struct Repeat<'a, T>(&'a mut T);

impl<T: Work> pulp::NullaryFnOnce for Repeat<'_, T> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        for _ in 0..REPEATS {
            black_box(&mut *self.0).run();
        }
    }
}

fn compare(name: &str, mut rule: impl Work, mut hand: impl Work) -> f64 {
    let arch = pulp::Arch::new();
    let (mut rule_ns, mut hand_ns, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let time = |f: &mut dyn FnMut()| {
            let start = Instant::now();
            f();
            start.elapsed().as_secs_f64() * 1e9 / (REPEATS * W) as f64
        };
        let (a, b);
        if round % 2 == 0 {
            a = time(&mut || arch.dispatch(Repeat(&mut rule)));
            b = time(&mut || arch.dispatch(Repeat(&mut hand)));
        } else {
            b = time(&mut || arch.dispatch(Repeat(&mut hand)));
            a = time(&mut || arch.dispatch(Repeat(&mut rule)));
        }
        rule_ns.push(a);
        hand_ns.push(b);
        ratios.push(a / b);
    }
    // Not assert_eq: thousands of words of bits tell nobody anything.
    assert!(rule.result() == hand.result(), "{name}: the results differ");
    let middle = |v: &mut Vec<f64>| {
        v.sort_by(f64::total_cmp);
        v[v.len() / 2]
    };
    let (a, b, ratio) = (
        middle(&mut rule_ns),
        middle(&mut hand_ns),
        middle(&mut ratios),
    );
    println!(
        "{name:<28} rule {a:8.2} ns/draw (least {:.2})   by hand {b:8.2} ns/draw (least {:.2})   ratio {ratio:.3}",
        rule_ns[0], hand_ns[0]
    );
    ratio
}

fn timeline() -> Timeline {
    Timeline {
        stap: Tijdstap::Jaar,
        first: Periode(2026),
        peil: 0,
        grex_end: LEN,
        horizon_end: LEN,
        len: LEN,
    }
}

// ---------------------------------------------------------------------------------------------------- boekwaarde

struct Boekwaarde {
    methode: Rentemethode,
    timeline: Timeline,
    mutatie: Vec<L>,
    rentes: Rentes<L>,
    stand: Vec<L>,
    rente: Vec<L>,
}

impl Work for Boekwaarde {
    #[inline(always)]
    fn run(&mut self) {
        let tijd = Looptijd {
            begin: 0,
            eind: LEN,
            uiterst: LEN,
            loopt: &[],
        };
        boekwaarde(
            self.methode,
            Lanes([0.0; W]),
            &self.mutatie,
            self.rentes,
            &self.timeline,
            &tijd,
            Of::Geheel,
            (&mut self.stand, &mut self.rente),
        );
    }
    fn result(&self) -> Vec<u64> {
        [rows(&self.stand), rows(&self.rente)].concat()
    }
}

struct BoekwaardeByHand<const GEMIDDELD: bool> {
    mutatie: Vec<Row>,
    debet: Row,
    credit: Row,
    stand: Vec<Row>,
    rente: Vec<Row>,
}

impl<const GEMIDDELD: bool> Work for BoekwaardeByHand<GEMIDDELD> {
    #[inline(always)]
    fn run(&mut self) {
        let mut stand = [0.0; W];
        let (debet, credit) = (self.debet, self.credit);
        for ((m, out), rente_uit) in self
            .mutatie
            .iter()
            .zip(&mut self.stand)
            .zip(&mut self.rente)
        {
            let mut rente = [0.0; W];
            for l in 0..W {
                let base = if GEMIDDELD {
                    stand[l] + m[l] * 0.5
                } else {
                    stand[l]
                };
                rente[l] = base * if base < 0.0 { credit[l] } else { debet[l] };
                stand[l] = stand[l] + m[l] + rente[l];
            }
            *rente_uit = rente;
            *out = stand;
        }
    }
    fn result(&self) -> Vec<u64> {
        [bits(&self.stand), bits(&self.rente)].concat()
    }
}

// -------------------------------------------------------------------------------------------------- gebiedsfonds

const AANDEEL: f64 = 0.1;
const FONDSRENTE: f64 = 0.01;

struct Fonds {
    regel: Tekortregel,
    inleg: Vec<L>,
    bijdragen: Vec<L>,
    uitgaven: Vec<L>,
    vraag: Vec<L>,
    saldo: Vec<L>,
    rendement: Vec<L>,
    organisatie: Vec<L>,
    betaald: Vec<L>,
    open: Vec<L>,
    need: L,
}

impl Work for Fonds {
    #[inline(always)]
    fn run(&mut self) {
        let zero = Lanes([0.0; W]);
        let v = Voorwaarden {
            beginsaldo: zero,
            rente: Lanes::all(FONDSRENTE),
            minimum: zero,
            aandeel_organisatie: Lanes::all(AANDEEL),
            regel: self.regel,
        };
        let laagste = gebiedsfonds(
            &v,
            0,
            &Stromen {
                inleg: &self.inleg,
                bijdragen: &self.bijdragen,
                uitgaven: &self.uitgaven,
                vraag: &self.vraag,
            },
            &mut Verloop {
                saldo: &mut self.saldo,
                rendement: &mut self.rendement,
                organisatie: &mut self.organisatie,
                betaald: &mut self.betaald,
            },
            &mut self.open,
            &mut Niemand,
        );
        self.need = laagste.voorfinanciering;
    }
    fn result(&self) -> Vec<u64> {
        [
            rows(&self.saldo),
            rows(&self.rendement),
            rows(&self.organisatie),
            rows(&self.betaald),
            rows(&[self.need]),
        ]
        .concat()
    }
}

struct FondsByHand<const DOORSCHUIVEN: bool> {
    inleg: Vec<Row>,
    bijdragen: Vec<Row>,
    uitgaven: Vec<Row>,
    vraag: Vec<Row>,
    saldo: Vec<Row>,
    rendement: Vec<Row>,
    organisatie: Vec<Row>,
    betaald: Vec<Row>,
    open: Vec<Row>,
    need: Row,
}

impl<const DOORSCHUIVEN: bool> Work for FondsByHand<DOORSCHUIVEN> {
    #[inline(always)]
    fn run(&mut self) {
        // Eight lanes at a time, so that what goes from period to period stays in registers: two or three times as fast as all
        // sixteen inside.
        const H: usize = 8;
        self.need = [0.0; W];
        for half in (0..W).step_by(H) {
            let (mut saldo, mut low) = ([0.0; H], [0.0; H]);
            for open in &mut self.open {
                open[half..half + H].fill(0.0);
            }
            for t in 0..LEN {
                let row =
                    |series: &[Row]| -> [f64; H] { std::array::from_fn(|l| series[t][half + l]) };
                let (inleg, bijdragen, uitgaven) =
                    (row(&self.inleg), row(&self.bijdragen), row(&self.uitgaven));
                let (mut rendement, mut organisatie) = ([0.0; H], [0.0; H]);
                for l in 0..H {
                    rendement[l] = (if saldo[l] < 0.0 { 0.0 } else { saldo[l] }) * FONDSRENTE;
                    organisatie[l] = bijdragen[l] * AANDEEL;
                    saldo[l] = saldo[l] + rendement[l] + inleg[l] - organisatie[l] - uitgaven[l];
                }
                for m in 0..MAATREGELEN {
                    let vraag: [f64; H] =
                        std::array::from_fn(|l| self.vraag[m * LEN + t][half + l]);
                    let mut paid = vraag;
                    if DOORSCHUIVEN {
                        let open = &mut self.open[m][half..half + H];
                        for l in 0..H {
                            let all = open[l] + vraag[l];
                            let room = if saldo[l] < 0.0 { 0.0 } else { saldo[l] };
                            paid[l] = if room < all { room } else { all };
                            open[l] = all - paid[l];
                        }
                    }
                    self.betaald[m * LEN + t][half..half + H].copy_from_slice(&paid);
                    for l in 0..H {
                        saldo[l] -= paid[l];
                    }
                }
                for l in 0..H {
                    low[l] = if saldo[l] < low[l] { saldo[l] } else { low[l] };
                }
                self.saldo[t][half..half + H].copy_from_slice(&saldo);
                self.rendement[t][half..half + H].copy_from_slice(&rendement);
                self.organisatie[t][half..half + H].copy_from_slice(&organisatie);
            }
            for l in 0..H {
                self.need[half + l] = -low[l];
            }
        }
    }
    fn result(&self) -> Vec<u64> {
        [
            bits(&self.saldo),
            bits(&self.rendement),
            bits(&self.organisatie),
            bits(&self.betaald),
            bits(&[self.need]),
        ]
        .concat()
    }
}

fn fonds<const DOORSCHUIVEN: bool>(name: &str, regel: Tekortregel) -> f64 {
    let positive = |seed| {
        flows(LEN, seed)
            .into_iter()
            .map(|r| r.map(f64::abs))
            .collect::<Vec<_>>()
    };
    let (inleg, bijdragen, uitgaven) = (positive(3), positive(4), positive(5));
    let vraag: Vec<Row> = flows(LEN * MAATREGELEN, 6)
        .into_iter()
        .map(|r| r.map(|v| v.abs() / 4.0))
        .collect();
    let zero = vec![[0.0; W]; LEN];
    let (paid, open) = (
        vec![[0.0; W]; LEN * MAATREGELEN],
        vec![[0.0; W]; MAATREGELEN],
    );
    let rule = Fonds {
        regel,
        inleg: lanes(&inleg),
        bijdragen: lanes(&bijdragen),
        uitgaven: lanes(&uitgaven),
        vraag: lanes(&vraag),
        saldo: lanes(&zero),
        rendement: lanes(&zero),
        organisatie: lanes(&zero),
        betaald: lanes(&paid),
        open: lanes(&open),
        need: Lanes([0.0; W]),
    };
    let (saldo, rendement, organisatie) = (zero.clone(), zero.clone(), zero);
    let hand = FondsByHand::<DOORSCHUIVEN> {
        inleg,
        bijdragen,
        uitgaven,
        vraag,
        saldo,
        rendement,
        organisatie,
        betaald: paid,
        open,
        need: [0.0; W],
    };
    compare(name, rule, hand)
}

// ------------------------------------------------------------------------------------- loans to deelgebieden

const DEELGEBIEDEN: usize = 4;
const PLAFOND: f64 = 4e6;
const BEGIN: f64 = 1.2e7;

/// Four deelgebieden with interest of their own, and what a fund lends them.
struct Lenen {
    of: Vec<Of>,
    kasstroom: Vec<Vec<L>>,
    rentes: Rentes<L>,
    stand: [Vec<L>; 2],
    series: [Vec<L>; 5],
}

impl Work for Lenen {
    #[inline(always)]
    fn run(&mut self) {
        let [eigen, schuld] = &mut self.stand;
        let [boekwaarde, rente, netto, owed, saldo] = &mut self.series;
        eigen.fill(Lanes([0.0; W]));
        let plafond = [Lanes::all(PLAFOND); DEELGEBIEDEN];
        let mut delen = Delen {
            methode: Rentemethode::Gemiddeld,
            tarieven: Tarieven::new(Rentemethode::Gemiddeld, self.rentes, Of::Geheel),
            tijd: Looptijd {
                begin: 0,
                eind: LEN,
                uiterst: LEN,
                loopt: &[],
            },
            peil: 0,
            of: &self.of,
            kasstroom: &mut self.kasstroom,
            eigen,
            schuld,
            leningen: Some(Leningen {
                plafond: &plafond,
                rente: self.rentes.credit,
                netto,
                schuld: owed,
            }),
            totaal: Some((boekwaarde, rente)),
        };
        delen.openen();
        let mut fonds = Lanes::all(BEGIN);
        for t in 0..LEN {
            fonds = delen.periode(t, fonds);
            saldo[t] = fonds;
        }
    }
    fn result(&self) -> Vec<u64> {
        self.series.iter().flat_map(|s| rows(s)).collect()
    }
}

struct LenenByHand {
    kasstroom: Vec<Vec<Row>>,
    debet: Row,
    credit: Row,
    series: [Vec<Row>; 5],
}

impl Work for LenenByHand {
    #[inline(always)]
    fn run(&mut self) {
        let [boekwaarde, rente, netto, owed, saldo] = &mut self.series;
        let (debet, credit) = (self.debet, self.credit);
        let mut eigen = [[0.0; W]; DEELGEBIEDEN];
        let mut schuld = [[0.0; W]; DEELGEBIEDEN];
        let mut fonds = [BEGIN; W];
        for t in 0..LEN {
            let zero = [0.0; W];
            let (mut all, mut interest, mut net, mut debt) = (zero, zero, zero, zero);
            for d in 0..DEELGEBIEDEN {
                let flow = self.kasstroom[d][t];
                let (g, s) = (&mut eigen[d], &mut schuld[d]);
                for l in 0..W {
                    let m = -flow[l];
                    let base = g[l] + m * 0.5;
                    let own = base * if base < 0.0 { credit[l] } else { debet[l] };
                    let need = g[l] + m + own;
                    let on_loan = s[l] * credit[l];
                    let due = s[l] + on_loan;
                    let room = PLAFOND - due;
                    let room = if fonds[l] < room { fonds[l] } else { room };
                    let lent = if room < need { room } else { need };
                    let lent = if lent < 0.0 { 0.0 } else { lent };
                    let repaid = if due < -need { due } else { -need };
                    let repaid = if repaid < 0.0 { 0.0 } else { repaid };
                    let loan = lent - repaid;
                    g[l] = need - loan;
                    s[l] = due + loan;
                    fonds[l] -= loan;
                    net[l] += loan;
                    debt[l] += s[l];
                    interest[l] = interest[l] + own + on_loan;
                    all[l] += g[l] + s[l];
                }
            }
            boekwaarde[t] = all;
            rente[t] = interest;
            netto[t] = net;
            owed[t] = debt;
            saldo[t] = fonds;
        }
    }
    fn result(&self) -> Vec<u64> {
        self.series.iter().flat_map(|s| bits(s)).collect()
    }
}

fn lenen() -> f64 {
    let kasstroom: Vec<Vec<Row>> = (0..DEELGEBIEDEN as u64)
        .map(|d| flows(LEN, 60 + d))
        .collect();
    let (debet, credit) = ([0.03; W], [0.01; W]);
    let zero = vec![[0.0; W]; LEN];
    let rule = Lenen {
        of: (0..DEELGEBIEDEN as u16).map(Of::Deel).collect(),
        kasstroom: kasstroom.iter().map(|k| lanes(k)).collect(),
        rentes: Rentes {
            debet: Lanes(debet),
            credit: Lanes(credit),
        },
        stand: [(); 2].map(|()| vec![Lanes([0.0; W]); DEELGEBIEDEN]),
        series: [(); 5].map(|()| lanes(&zero)),
    };
    let hand = LenenByHand {
        kasstroom,
        debet,
        credit,
        series: [(); 5].map(|()| zero.clone()),
    };
    compare("leningen, 4 deelgebieden", rule, hand)
}

// ------------------------------------------------------------------------------------------- shift and add_scaled

struct Shift {
    from: Vec<L>,
    series: Vec<L>,
    delay: LaneDelay<W>,
}

impl Work for Shift {
    #[inline(always)]
    fn run(&mut self) {
        self.series.copy_from_slice(&self.from);
        L::shift(&mut self.series, self.delay);
    }
    fn result(&self) -> Vec<u64> {
        rows(&self.series)
    }
}

struct ShiftByHand {
    from: Vec<Row>,
    series: Vec<Row>,
    /// One mask of all ones or zeros per bit of the delay.
    masks: [[u64; W]; 3],
}

impl Work for ShiftByHand {
    #[inline(always)]
    fn run(&mut self) {
        self.series.copy_from_slice(&self.from);
        for (bit, mask) in self.masks.iter().enumerate() {
            let step = 1 << bit;
            for t in (step..LEN).rev() {
                let (earlier, mut now) = (self.series[t - step], self.series[t]);
                for l in 0..W {
                    let (a, b) = (now[l].to_bits(), earlier[l].to_bits());
                    now[l] = f64::from_bits(a ^ ((a ^ b) & mask[l]));
                }
                self.series[t] = now;
            }
            for t in 0..step {
                let mut now = self.series[t];
                for l in 0..W {
                    now[l] = f64::from_bits(now[l].to_bits() & !mask[l]);
                }
                self.series[t] = now;
            }
        }
    }
    fn result(&self) -> Vec<u64> {
        bits(&self.series)
    }
}

struct Scaled {
    into: Vec<L>,
    weights: Vec<Vec<f64>>,
    by: Vec<L>,
}

impl Work for Scaled {
    #[inline(always)]
    fn run(&mut self) {
        self.into.fill(Lanes([0.0; W]));
        for (weights, by) in self.weights.iter().zip(&self.by) {
            L::add_scaled(&mut self.into, weights, *by);
        }
    }
    fn result(&self) -> Vec<u64> {
        rows(&self.into)
    }
}

struct ScaledByHand {
    into: Vec<Row>,
    weights: Vec<Vec<f64>>,
    by: Vec<Row>,
}

impl Work for ScaledByHand {
    #[inline(always)]
    fn run(&mut self) {
        self.into.fill([0.0; W]);
        for (weights, by) in self.weights.iter().zip(&self.by) {
            let by = *by;
            for (into, w) in self.into.iter_mut().zip(weights) {
                let (w, mut sum) = (*w, *into);
                for l in 0..W {
                    sum[l] += w * by[l];
                }
                *into = sum;
            }
        }
    }
    fn result(&self) -> Vec<u64> {
        bits(&self.into)
    }
}

fn main() {
    let mut worst = 0f64;
    let mutatie = flows(LEN, 1);
    let (debet, credit) = ([0.03; W], [0.01; W]);
    let zero = vec![[0.0; W]; LEN];
    let rule = |methode| Boekwaarde {
        methode,
        timeline: timeline(),
        mutatie: lanes(&mutatie),
        rentes: Rentes {
            debet: Lanes(debet),
            credit: Lanes(credit),
        },
        stand: lanes(&zero),
        rente: lanes(&zero),
    };
    let (stand, rente) = (zero.clone(), zero.clone());
    worst = worst.max(compare(
        "boekwaarde GEMIDDELD",
        rule(Rentemethode::Gemiddeld),
        BoekwaardeByHand::<true> {
            mutatie: mutatie.clone(),
            debet,
            credit,
            stand: stand.clone(),
            rente: rente.clone(),
        },
    ));
    worst = worst.max(compare(
        "boekwaarde JAN1",
        rule(Rentemethode::Jan1),
        BoekwaardeByHand::<false> {
            mutatie: mutatie.clone(),
            debet,
            credit,
            stand,
            rente,
        },
    ));
    worst = worst.max(fonds::<false>(
        "gebiedsfonds VOORFINANCIEREN",
        Tekortregel::Voorfinancieren,
    ));
    worst = worst.max(fonds::<true>(
        "gebiedsfonds DOORSCHUIVEN",
        Tekortregel::Doorschuiven,
    ));
    worst = worst.max(lenen());
    let steps: [u32; W] = std::array::from_fn(|l| (l as u32 * 5) % 8);
    let masks =
        std::array::from_fn(|bit| steps.map(|s| if s >> bit & 1 == 1 { u64::MAX } else { 0 }));
    worst = worst.max(compare(
        "shift",
        Shift {
            from: lanes(&mutatie),
            series: lanes(&zero),
            delay: LaneDelay::new(steps),
        },
        ShiftByHand {
            from: mutatie.clone(),
            series: zero.clone(),
            masks,
        },
    ));
    let weights: Vec<Vec<f64>> = (0..12)
        .map(|i| flows(LEN, 20 + i).iter().map(|r| r[0]).collect())
        .collect();
    let by = flows(12, 40);
    worst = worst.max(compare(
        "add_scaled",
        Scaled {
            into: lanes(&zero),
            weights: weights.clone(),
            by: lanes(&by),
        },
        ScaledByHand {
            into: zero,
            weights,
            by,
        },
    ));
    println!("worst ratio {worst:.3} (at most 1.1 is asked)");
}
