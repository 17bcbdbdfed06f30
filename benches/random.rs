//! Time of the sampling core, in nanoseconds per number on one thread: random words, normals, samples.
//!
//! Median of 15 repeats of 2^20 numbers, 16 lanes, under dispatch to the processor's vector unit. A checksum is
//! printed so that nothing is left out and results can be compared between machines.

#![allow(
    clippy::inline_always,
    reason = "a body left out of line under dispatch falls back to SSE2"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "indexed loops over lanes are the form that vectorises"
)]

use std::time::Instant;

use polder::risk::distribution::{Sampler, Verdeling};
use polder::risk::random::{normals, uniforms};

const W: usize = 16;
const NUMBERS: usize = 1 << 20;

fn report(name: &str, mut run: impl FnMut() -> u64) {
    let mut times = Vec::new();
    let mut check = 0;
    for _ in 0..15 {
        let start = Instant::now();
        check = run();
        times.push(start.elapsed().as_secs_f64() * 1e9 / NUMBERS as f64);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{name:<24} {:7.3} ns (least {:.3})  check {check:016x}",
        times[7], times[0]
    );
}

/// Folds lanes into a checksum, outside the dependency chain of what is measured.
#[inline(always)]
fn fold(sum: &mut [u64; W], x: &[f64; W]) {
    for l in 0..W {
        sum[l] = sum[l].wrapping_add(x[l].to_bits());
    }
}

#[inline(always)]
fn total(sum: [u64; W]) -> u64 {
    sum.into_iter().fold(0, |a, b| a.rotate_left(5) ^ b)
}

// Structs instead of closures: only a method can be marked as always inlined, and a body left out of line falls back
// to the oldest vector unit.

struct Words;

impl pulp::NullaryFnOnce for Words {
    type Output = u64;

    #[inline(always)]
    fn call(self) -> u64 {
        let mut sum = [0_u32; W];
        for first in (0..NUMBERS / 4).step_by(W) {
            for k in uniforms::<W>(1, first as u64, 42, 0) {
                for l in 0..W {
                    sum[l] = sum[l].wrapping_add(k[l]);
                }
            }
        }
        total(sum.map(u64::from))
    }
}

struct Normals<'a>(&'a [[u32; W]]);

impl pulp::NullaryFnOnce for Normals<'_> {
    type Output = u64;

    #[inline(always)]
    fn call(self) -> u64 {
        let mut sum = [0; W];
        for _ in 0..NUMBERS / (self.0.len() * W) {
            for k in std::hint::black_box(self.0) {
                fold(&mut sum, &normals(k));
            }
        }
        total(sum)
    }
}

struct Samples<'a>(&'a [[f64; W]], &'a Sampler);

impl pulp::NullaryFnOnce for Samples<'_> {
    type Output = u64;

    #[inline(always)]
    fn call(self) -> u64 {
        let mut sum = [0; W];
        for _ in 0..NUMBERS / (self.0.len() * W) {
            for z in std::hint::black_box(self.0) {
                fold(&mut sum, &self.1.sample_lanes(z));
            }
        }
        total(sum)
    }
}

fn main() {
    let arch = pulp::Arch::new();
    report("u32", || arch.dispatch(Words));
    // A block that stays in the first cache: 4096 words.
    let words: Vec<[u32; W]> = (0..64)
        .flat_map(|b| uniforms::<W>(1, b * W as u64, 42, 0))
        .collect();
    let z: Vec<[f64; W]> = words.iter().map(normals).collect();
    report("normal", || arch.dispatch(Normals(&words)));
    for (name, verdeling) in [
        (
            "pert",
            Verdeling::Pert {
                laag: 80.0,
                modus: 95.0,
                hoog: 150.0,
            },
        ),
        (
            "driehoek",
            Verdeling::Driehoek {
                laag: 80.0,
                modus: 95.0,
                hoog: 150.0,
            },
        ),
        (
            "uniform",
            Verdeling::Uniform {
                laag: 80.0,
                hoog: 150.0,
            },
        ),
        (
            "lognormaal",
            Verdeling::Lognormaal {
                gemiddelde: 100.0,
                spreiding: 20.0,
            },
        ),
        (
            "normaal",
            Verdeling::Normaal {
                gemiddelde: 100.0,
                spreiding: 20.0,
            },
        ),
        (
            "discreet (4)",
            Verdeling::Discreet(vec![(0.0, 0.4), (1.0, 0.3), (2.0, 0.2), (3.0, 0.1)]),
        ),
    ] {
        let Ok(sampler) = Sampler::new(&verdeling) else {
            continue;
        };
        report(&format!("{name} from z"), || {
            arch.dispatch(Samples(&z, &sampler))
        });
    }
    let mut times: Vec<f64> = (0..101)
        .map(|j| {
            let verdeling = Verdeling::Pert {
                laag: 0.0,
                modus: f64::from(j) / 100.0,
                hoog: 1.0,
            };
            let start = Instant::now();
            std::hint::black_box(Sampler::new(&verdeling).is_ok());
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "building a PERT sampler  {:7.1} us (largest {:.1})",
        times[50], times[100]
    );
}
