//! How many draws a run takes, in how many repetitions, and when it has drawn enough.
//!
//! Pure arithmetic on counts and columns: the draws themselves are made by [`simulation`](super::simulation).

use super::sampling::{GROEP, Methode, Steekproef};
use super::statistics::{Estimate, Sorted, benodigd, herhalingen, quantile};
use std::ops::Range;

/// Independent repetitions from which errors come when draws are not independent of each other.
///
/// Sixteen: the error itself is then known to 18 % (one over the root of twice fifteen).
pub const HERHALINGEN: u64 = 16;

/// The name of a method in reports and manifests.
pub fn methode_naam(methode: Methode) -> &'static str {
    match methode {
        Methode::Willekeurig => "willekeurig",
        Methode::Antithetisch => "antithetisch",
        Methode::Latijns => "latijns",
        Methode::Sobol => "sobol",
    }
}

/// The draws of a run: method, seed, number, and how they are divided in repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opzet {
    /// How draws are spread.
    pub methode: Methode,
    /// The seed.
    pub seed: u64,
    /// Number of draws.
    pub aantal: u64,
    /// Draws per repetition; all draws when there are no repetitions (plain).
    pub per_herhaling: u64,
}

impl Opzet {
    /// The smallest run of at least `gevraagd` draws.
    ///
    /// Plain: so many. Antithetic: pairs, so an even number, at least 2. Latin: [`HERHALINGEN`] times a multiple of 64. Sobol:
    /// [`HERHALINGEN`] times 64, 128, 256, ..., as points are even in blocks of a power of two.
    pub fn new(methode: Methode, seed: u64, gevraagd: u64) -> Self {
        let part = gevraagd.div_ceil(HERHALINGEN).max(GROEP);
        let (aantal, per_herhaling) = match methode {
            Methode::Willekeurig => (gevraagd, gevraagd.max(1)),
            Methode::Antithetisch => {
                let aantal = gevraagd.max(2).next_multiple_of(2);
                (aantal, (aantal / HERHALINGEN / 2 * 2).max(2))
            }
            Methode::Latijns => {
                let per = part.next_multiple_of(GROEP);
                (per * HERHALINGEN, per)
            }
            Methode::Sobol => {
                let per = part.next_power_of_two();
                (per * HERHALINGEN, per)
            }
        };
        Self {
            methode,
            seed,
            aantal,
            per_herhaling,
        }
    }

    /// What the draws are drawn with.
    pub fn steekproef(&self) -> Steekproef {
        Steekproef {
            methode: self.methode,
            seed: self.seed,
            // Plain draws and pairs know no repetitions: the same draws whatever their number.
            per_herhaling: match self.methode {
                Methode::Willekeurig | Methode::Antithetisch => GROEP,
                Methode::Latijns | Methode::Sobol => self.per_herhaling,
            },
        }
    }

    /// Draws per repetition when errors come from repetitions; nothing for plain draws, which have closed forms.
    pub fn per_herhaling_voor_fouten(&self) -> Option<usize> {
        (self.methode != Methode::Willekeurig).then_some(self.per_herhaling as usize)
    }

    /// The draws of part `i` (from one) of `n`, cut between groups of 64; nothing when there are fewer groups than parts.
    pub fn deel(&self, i: u64, n: u64) -> Option<Range<u64>> {
        let groups = self.aantal.div_ceil(GROEP);
        if i == 0 || i > n || n > groups {
            return None;
        }
        // Up to 10 million draws, so far from overflow.
        let cut = |part: u64| (groups * part / n * GROEP).min(self.aantal);
        Some(cut(i - 1)..cut(i))
    }
}

/// A wish: the standard error of a percentile is at most a share of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wens {
    /// Chance of the percentile, in (0, 1).
    pub kans: f64,
    /// Largest standard error as a share of the size of the percentile, above 0.
    pub aandeel: f64,
}

impl Wens {
    /// The percentile as a user writes it: P50, P2.5.
    pub fn naam(&self) -> String {
        format!("P{}", (self.kans * 1e8).round() / 1e6)
    }
}

/// What became of a wish.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Oordeel {
    /// The wish.
    pub wens: Wens,
    /// The percentile with its error.
    pub schatting: Estimate,
    /// Whether it is as sure as asked.
    pub gehaald: bool,
    /// Plain draws that would be needed; `u64::MAX` when it can't be told (a percentile of zero).
    pub gewoon: u64,
}

/// Holds a column of draws against wishes; `None` without draws.
///
/// Plain draws that would be needed follow from the error by order statistics ([`Sorted::quantile_estimate`]), which needs only
/// that the draws have the right distribution, not that they are independent.
pub fn oordeel(opzet: &Opzet, draws: &[f64], wensen: &[Wens]) -> Option<Vec<Oordeel>> {
    let sorted = Sorted::new(draws);
    wensen
        .iter()
        .map(|wens| {
            let plain = sorted.quantile_estimate(wens.kans)?;
            let schatting = match opzet.per_herhaling_voor_fouten() {
                None => plain,
                Some(per) => {
                    let spread = herhalingen(draws, per, |part| quantile(part, wens.kans))?;
                    Estimate {
                        value: plain.value,
                        ..spread
                    }
                }
            };
            let most = wens.aandeel * schatting.value.abs();
            Some(Oordeel {
                wens: *wens,
                schatting,
                gehaald: schatting.standard_error <= most,
                gewoon: benodigd(plain.standard_error, draws.len() as u64, most),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::distribution::normal_quantile;
    use crate::risk::random::driver_key;

    fn sizes(methode: Methode, n: u64) -> (u64, u64) {
        let o = Opzet::new(methode, 1, n);
        (o.aantal, o.per_herhaling)
    }

    #[test]
    fn runs_are_rounded_up() {
        use Methode::{Antithetisch, Latijns, Sobol, Willekeurig};
        assert_eq!(sizes(Willekeurig, 1001), (1001, 1001));
        assert_eq!(sizes(Antithetisch, 1001), (1002, 62));
        assert_eq!(sizes(Antithetisch, 1), (2, 2));
        assert_eq!(sizes(Latijns, 1), (1024, 64));
        assert_eq!(sizes(Latijns, 1025), (2048, 128));
        assert_eq!(sizes(Latijns, 100_000), (100_352, 6272));
        assert_eq!(sizes(Sobol, 3000), (4096, 256));
        assert_eq!(sizes(Sobol, 100_000), (131_072, 8192));
    }

    #[test]
    fn parts_are_whole_groups_and_make_the_whole() {
        let o = Opzet::new(Methode::Willekeurig, 1, 1000);
        for n in 1..=16 {
            let mut at = 0;
            for i in 1..=n {
                let part = o.deel(i, n).unwrap();
                assert!(part.start == at && part.start.is_multiple_of(GROEP) && part.end > at);
                at = part.end;
            }
            assert_eq!(at, 1000);
        }
        assert_eq!(o.deel(1, 17), None);
        assert_eq!(o.deel(0, 2), None);
        assert_eq!(o.deel(3, 2), None);
    }

    #[test]
    fn a_wish_is_judged_by_the_error_of_its_method() {
        let column = |o: &Opzet| -> Vec<f64> {
            let key = driver_key("x");
            let draws = (0..o.aantal).map(|i| o.steekproef().woord(i, key, 0, Some(0)));
            draws
                .map(|k| 10.0 + normal_quantile((f64::from(k) + 0.5) / 4_294_967_296.0))
                .collect()
        };
        let wens = Wens {
            kans: 0.5,
            aandeel: 0.001,
        };
        let plain = Opzet::new(Methode::Willekeurig, 1, 16_384);
        let found = oordeel(&plain, &column(&plain), &[wens]).unwrap()[0];
        // sqrt(pi / 2) / sqrt n = 0.0098 against 0.01; the plain draws needed are 1.5708 / 0.01^2 = 15,708.
        assert!((found.schatting.standard_error / 0.0098 - 1.0).abs() < 0.15);
        assert!(
            (found.gewoon as f64 / 15_708.0 - 1.0).abs() < 0.3,
            "{}",
            found.gewoon
        );
        // One driver by Sobol points: far surer, and the same number of plain draws.
        let sobol = Opzet::new(Methode::Sobol, 1, 4096);
        let found = oordeel(&sobol, &column(&sobol), &[wens]).unwrap()[0];
        assert!(found.gehaald && found.schatting.standard_error < 0.002);
        assert!(
            (found.gewoon as f64 / 15_708.0 - 1.0).abs() < 0.3,
            "{}",
            found.gewoon
        );
    }

    #[test]
    fn wishes_that_cannot_be_judged() {
        let o = Opzet::new(Methode::Willekeurig, 1, 4);
        let wens = Wens {
            kans: 0.5,
            aandeel: 0.01,
        };
        // All the same: sure, unless of zero, of which no share can be told.
        let same = oordeel(&o, &[3.0; 4], &[wens]).unwrap()[0];
        assert!(same.gehaald && same.gewoon == 0);
        let zero = oordeel(&o, &[0.0; 4], &[wens]).unwrap()[0];
        assert!(zero.gehaald && zero.gewoon == u64::MAX);
        let one = oordeel(&o, &[3.0], &[wens]).unwrap()[0];
        assert!(!one.gehaald);
        assert_eq!(oordeel(&o, &[], &[wens]), None);
    }
}
