//! Which drivers get the first dimensions of Sobol points: those that matter most, as far as a glance at the flows tells.
//!
//! The first dimensions of Sobol points are spread best, so they go to the directions in which yearly index shocks move the flows
//! together (principal components), then to delays and rates, then to risks and lines by how much money moves with them. A
//! wrong order costs precision, never correctness. Knows plans; not words or values.

use super::dependence::Dependence;
use super::sampling::{SOBOL_DIMENSIES, componenten};
use crate::model::HOOFD;
use crate::model::address::Als;
use crate::number::to_f64;
use crate::plan::{Plan, Slot, verhaal};

/// Directions of the index shocks that get a dimension. Of workload W, six keep nearly all that 24 give.
const COMPONENTEN: usize = 8;
/// Most normals of which directions are sought: past it the later years keep words of their own.
const NORMALEN: usize = 400;

/// A yearly driver as far as its order is concerned: the place of its normal, how far it spreads, how much stays.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jaardrijver {
    pub(super) plaats: usize,
    pub(super) spreiding: f64,
    pub(super) phi: f64,
}

/// The main directions of the index shocks.
#[derive(Debug)]
pub(super) struct Richtingen {
    /// The normals: position of the year and place, in the order of the columns.
    pub(super) kolommen: Vec<(usize, usize)>,
    /// By direction: a weight per column; of length one and at right angles.
    pub(super) componenten: Vec<Vec<f64>>,
}

/// The flows of the main account by index group and position, as they are expected: terms at the middle of their draws.
fn stromen(plan: &Plan<'_>, midden: &dyn Fn(usize) -> f64) -> Vec<Vec<f64>> {
    let mut out = vec![vec![0.0; plan.timeline.len]; plan.model.indexen.len()];
    for cel in &plan.cellen {
        let (Some(index), true) = (cel.index, cel.van == HOOFD || cel.naar == HOOFD) else {
            continue;
        };
        let sign = if cel.van == HOOFD { -1.0 } else { 1.0 };
        for (t, amount) in cel.vast.iter().enumerate() {
            out[index][t] += sign * to_f64(*amount);
        }
        for term in &cel.termen {
            let by: f64 = term
                .maal
                .iter()
                .map(|(slot, plus)| midden(*slot) + to_f64(*plus))
                .product();
            for (i, weight) in term.gewichten.iter().enumerate() {
                out[index][term.eerste + i] += sign * by * to_f64(*weight);
            }
        }
    }
    out
}

/// The main directions of yearly drivers; nothing when there are none.
///
/// `jaren`: number of years from `eerste_jaar`; shocks begin after year `bekend`. The weights of a normal on a flow: how much it
/// moves the logarithm of the index by then, times the flow.
pub(super) fn richtingen(
    plan: &Plan<'_>,
    drijvers: &[Option<Jaardrijver>],
    samenhang: &Dependence,
    (eerste_jaar, jaren, bekend): (i32, usize, i32),
    midden: &dyn Fn(usize) -> f64,
) -> Option<Richtingen> {
    let mut places: Vec<usize> = drijvers.iter().flatten().map(|d| d.plaats).collect();
    places.sort_unstable();
    places.dedup();
    if places.is_empty() {
        return None;
    }
    let kolommen: Vec<(usize, usize)> = (0..jaren)
        .filter(|i| eerste_jaar + *i as i32 > bekend)
        .flat_map(|i| places.iter().map(move |p| (i, *p)))
        .take(NORMALEN)
        .collect();
    // How every driver takes part in the normal of every place.
    let share: Vec<Vec<f64>> = places
        .iter()
        .map(|place| {
            let mut z = vec![[0.0_f64; 1]; drijvers.len()];
            z[*place] = [1.0];
            samenhang.correlate(&mut z);
            z.into_iter().map(|[x]| x).collect()
        })
        .collect();
    let flows = stromen(plan, midden);
    let tl = &plan.timeline;
    let mut rows = Vec::new();
    for (group, flows) in flows.iter().enumerate() {
        let shocks = &plan.drijvers.groei_schok[group];
        for (t, flow) in flows.iter().enumerate().skip(tl.peil) {
            if *flow == 0.0 || shocks.is_empty() {
                continue;
            }
            let by = tl.year(t) - eerste_jaar;
            let moved = |&(i, place): &(usize, usize)| -> f64 {
                let years = by - i as i32 + 1;
                if years <= 0 {
                    return 0.0;
                }
                let place = places.binary_search(&place).unwrap_or(0);
                let each = shocks.iter().filter_map(|s| {
                    let d = drijvers[*s]?;
                    // 1 + phi + phi^2 + ...: what is left of a shock, added up until then.
                    let mut stays = 0.0;
                    let mut left = 1.0;
                    for _ in 0..years {
                        stays += left;
                        left *= d.phi;
                    }
                    Some(d.spreiding * share[place][d.plaats] * stays)
                });
                flow * each.sum::<f64>()
            };
            rows.push(kolommen.iter().map(moved).collect::<Vec<f64>>());
        }
    }
    if rows.is_empty() {
        return None;
    }
    let componenten = componenten(&rows, COMPONENTEN);
    Some(Richtingen {
        kolommen,
        componenten,
    })
}

/// The dimension of every slot, and of the size of every risk; `vanaf` is the first that is free.
pub(super) fn dimensies(
    plan: &Plan<'_>,
    spreiding: &dyn Fn(usize) -> f64,
    vanaf: u32,
) -> (Vec<Option<u32>>, Vec<Option<u32>>) {
    let slots = plan.drijvers.slots.len();
    let mut matters = vec![0.0_f64; slots];
    for cel in &plan.cellen {
        for term in &cel.termen {
            let weight: f64 = term.gewichten.iter().map(|w| to_f64(w.abs())).sum();
            for (slot, _) in &term.maal {
                matters[*slot] += weight;
            }
        }
    }
    for (invoer, uses) in &plan.drijvers.verhaal {
        for gebruik in uses {
            matters[gebruik.slot] += match gebruik.als {
                Als::Factor => to_f64(verhaal::bedrag(plan.model, *invoer)),
                Als::Waarde | Als::Verschuiving => 1.0,
            };
        }
    }
    for (slot, weight) in matters.iter_mut().enumerate() {
        *weight *= spreiding(slot);
    }
    let moves_all = |slot: usize| {
        let d = &plan.drijvers;
        d.uitstel.iter().flatten().any(|u| u.slot == slot)
            || d.rente.iter().chain(&d.creditrente).any(|u| u.slot == slot)
            || d.groei.iter().flatten().any(|(_, s)| *s == slot)
    };
    let mut order: Vec<usize> = (0..slots).collect();
    order.sort_by(|a, b| {
        let first = moves_all(*b).cmp(&moves_all(*a));
        first
            .then(matters[*b].total_cmp(&matters[*a]))
            .then(a.cmp(b))
    });
    let mut next = vanaf;
    let mut take = || {
        next += 1;
        (next <= SOBOL_DIMENSIES).then_some(next - 1)
    };
    let (mut own, mut sizes) = (vec![None; slots], vec![None; slots]);
    for slot in order {
        own[slot] = take();
        if matches!(plan.drijvers.slots[slot], Slot::Risico(_)) {
            sizes[slot] = take();
        }
    }
    (own, sizes)
}
