//! Flags of a simulation to draws: what is asked, checked before anything is read; then drawn until there is enough.

use super::{Failure, Loaded, output};
use crate::plan::{Diepte, Plan, Route};
use crate::problem::Place;
use crate::report::oorzaken::{OMGEKEERD_AANTAL, Routeoorzaken, SLECHTSTE, SLECHTSTE_AANTAL};
use crate::report::risico::Simulatieverslag;
use crate::risk::draden;
use crate::risk::oorzaken::{self, Oorzaken};
use crate::risk::opzet::{Oordeel, Opzet, Wens, oordeel};
use crate::risk::sampling::{Methode, Steekproef};
use crate::risk::simulation::{
    Simulatie, Trekkingen, UITKOMSTEN, Vastgezet, gevraagd, simuleer, uitkomst_namen,
};
use clap::{Args, ValueEnum};
use std::fmt::Write as _;
use std::ops::Range;

/// Most draws.
pub(super) const DRAWS_MAX: usize = 10_000_000;
/// Most figures (draws × figures per draw × routes) that are kept: 1.6 GB, and as much again while they are sorted.
const FIGURES_MAX: usize = 200_000_000;
/// Draws at which plain sampling begins when only a precision is asked.
const FIRST: usize = 1_000;
/// First draws of which the stand per period is kept, for the fan.
pub(super) const WAAIER: usize = 16_384;

/// How draws are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Sampling {
    /// Every draw by itself
    Plain,
    /// In opposite pairs
    Antithetic,
    /// Latin hypercube, in 16 repetitions
    Latin,
    /// Scrambled Sobol points, in 16 repetitions
    Sobol,
}

impl Sampling {
    pub(super) fn methode(self) -> Methode {
        match self {
            Sampling::Plain => Methode::Willekeurig,
            Sampling::Antithetic => Methode::Antithetisch,
            Sampling::Latin => Methode::Latijns,
            Sampling::Sobol => Methode::Sobol,
        }
    }
}

/// The word of a method on the command line.
pub(super) fn sampling_woord(methode: Methode) -> &'static str {
    match methode {
        Methode::Willekeurig => "plain",
        Methode::Antithetisch => "antithetic",
        Methode::Latijns => "latin",
        Methode::Sobol => "sobol",
    }
}

/// In what form draws are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Raw {
    /// "NAME trekkingen.csv", always with point and comma (en) and all digits
    Csv,
    /// "NAME trekkingen.parquet"; in a polder built with cargo feature parquet
    Parquet,
}

/// Flags of a command that draws.
#[derive(Debug, Args)]
pub(super) struct DrawArgs {
    #[command(flatten)]
    pub(super) simulation: super::Simulation,
    /// How draws are spread [default: plain, or sobol with --precision]; docs/monte-carlo.md says when which helps
    #[arg(long, value_enum, value_name = "plain|antithetic|latin|sobol")]
    pub(super) sampling: Option<Sampling>,
    /// Go on drawing until percentiles of the NCW (or --figure) are this sure: P50=0.5%, or P5=0.5%,P50=0.5% (standard error over the percentile)
    #[arg(long, value_name = "P50=0.5%", allow_hyphen_values = true)]
    pub(super) precision: Option<String>,
    /// Also write every draw
    #[arg(long, value_enum, value_name = "csv|parquet")]
    pub(super) raw: Option<Raw>,
    /// Simulate part i of N of the draws only (1/4, 2/4, ...), for polder merge
    #[arg(long, value_name = "i/N")]
    pub(super) shard: Option<String>,
    /// Stress: hold drivers at a value or percentile, such as "rente=P90; bouwrijp=1.3; index Kosten=0.01"
    #[arg(long, value_name = "DRIVER=VALUE; ...")]
    pub(super) fix: Option<String>,
    /// Reverse stress: where drivers stand when the NCW (or --figure) is this many euro
    #[arg(long, value_name = "EURO", allow_hyphen_values = true)]
    pub(super) reach: Option<f64>,
    /// The figure of --precision, --reach and the tornado: ncw, eindwaarde, portemonnee, "partij[NAAM].saldo", "eigendom[ID].geldsom", ...
    #[arg(long, default_value = "ncw", value_name = "FIGUUR")]
    pub(super) figure: String,
    /// Exact ranks for every driver of the tornado, instead of the fast grade method
    #[arg(long)]
    pub(super) exact_ranks: bool,
    /// Only the figures of the area: not those of parties, deelgebieden and owners (faster, and room for more draws)
    #[arg(long)]
    pub(super) area_only: bool,
}

/// Says so when a method takes another number of draws than was asked.
pub(super) fn afgerond(opzet: &Opzet, asked: u64) {
    if asked != opzet.aantal {
        eprintln!(
            "note: {} draws instead of {asked}: --sampling {} takes {}",
            opzet.aantal,
            sampling_woord(opzet.methode),
            match opzet.methode {
                Methode::Antithetisch => "pairs",
                Methode::Latijns => "16 repetitions of a multiple of 64 draws",
                _ => "16 repetitions of 64, 128, 256, ... draws",
            }
        );
    }
}

/// What is asked of a simulation.
#[derive(Debug, Clone)]
pub(super) struct Vraag {
    pub(super) opzet: Opzet,
    pub(super) wensen: Vec<Wens>,
    /// The precision as the user wrote it.
    pub(super) precision: Option<String>,
    pub(super) deel: Option<(u64, u64)>,
    pub(super) stress: Stress,
}

/// What is asked beside plain draws.
#[derive(Debug, Clone, Default)]
pub(super) struct Stress {
    /// Drivers that are held, as the user wrote it.
    pub(super) vast: Option<String>,
    /// The amount of a reverse stress.
    pub(super) reach: Option<f64>,
    /// The figure of precision, reverse stress and tornado; the NCW when empty.
    pub(super) figuur: String,
    pub(super) exact_ranks: bool,
    /// Without the figures of parties and deelgebieden.
    pub(super) alleen_gebied: bool,
}

impl Stress {
    /// The figure of precision, reverse stress and tornado.
    pub(super) fn figuur(&self) -> &str {
        if self.figuur.is_empty() {
            "ncw"
        } else {
            &self.figuur
        }
    }

    /// The drivers that are held.
    pub(super) fn vastgezet(&self, plan: &Plan<'_>) -> Result<Vec<Vastgezet>, Failure> {
        let held = self
            .vast
            .as_deref()
            .map(|text| oorzaken::vastgezet(plan, text));
        Ok(held.transpose()?.unwrap_or_default())
    }
}

/// Reads `P5=0.5%,P50=0.5%`.
fn precision(text: &str) -> Result<Vec<Wens>, String> {
    let wrong = || format!("--precision {text}: write P50=0.5%, or several as P5=0.5%,P50=0.5%");
    let wensen: Vec<Wens> = text
        .split(',')
        .map(|part| {
            let (p, share) = part.split_once('=').ok_or_else(wrong)?;
            let p: f64 = p
                .trim()
                .strip_prefix(['P', 'p'])
                .and_then(|p| p.parse().ok())
                .ok_or_else(wrong)?;
            let notation = crate::model::table::Notation::Plain;
            let share = crate::model::table::parse_number(share, notation).map_err(|_| wrong())?;
            let aandeel = crate::number::to_f64(share);
            if p > 0.0 && p < 100.0 && aandeel > 0.0 {
                Ok(Wens {
                    kans: p / 100.0,
                    aandeel,
                })
            } else {
                Err(wrong())
            }
        })
        .collect::<Result<_, String>>()?;
    for (i, wens) in wensen.iter().enumerate() {
        let same = |other: &&Wens| other.naam() == wens.naam();
        if let Some(other) = wensen[..i].iter().find(same) {
            let percent = |w: &Wens| format!("{}%", (w.aandeel * 1e8).round() / 1e6);
            return Err(format!(
                "--precision {text}: {} is there twice, with {} and {}; every percentile can be asked once: keep the smaller",
                wens.naam(),
                percent(other),
                percent(wens)
            ));
        }
    }
    Ok(wensen)
}

/// Why a wish was not reached.
fn niet_gehaald(o: &Oordeel, spreiding: f64, aantal: u64) -> String {
    let (value, error) = (o.schatting.value, o.schatting.standard_error);
    let limit = if aantal >= DRAWS_MAX as u64 / 2 {
        format!("more than {DRAWS_MAX} draws are not made")
    } else {
        "more draws of this model don't fit in memory; --area-only or a single --route keeps fewer figures".to_owned()
    };
    let near = if value.abs() < 0.1 * spreiding {
        format!(
            "; {} of this figure is {value:.0}, near zero beside a spread of {spreiding:.0}, so a share of it is tiny: ask another percentile or a larger share",
            o.wens.naam()
        )
    } else {
        String::new()
    };
    format!(
        "note: {} has an error of {error:.0}, where {:.0} was asked; {limit}{near}",
        o.wens.naam(),
        o.wens.aandeel * value.abs()
    )
}

/// Refuses `--raw parquet` in a polder that can't write it.
pub(super) fn check_raw(raw: Option<Raw>, json: bool) -> Result<(), Failure> {
    if raw.is_some() && json {
        return Err(Failure::Usage(
            "--json writes no files: leave out --raw, or leave out --json".into(),
        ));
    }
    if raw == Some(Raw::Parquet) && !cfg!(feature = "parquet") {
        return Err(Failure::Usage("--raw parquet: this polder was built without it; build with cargo build --release --features parquet, or take --raw csv".into()));
    }
    Ok(())
}

impl DrawArgs {
    /// What is asked; nothing when there is nothing to draw. `default` is the number of draws without `--draws`.
    pub(super) fn vraag(&self, default: usize, json: bool) -> Result<Option<Vraag>, Failure> {
        let usage = |text: &str| Err(Failure::Usage(text.to_owned()));
        let wensen = self.precision.as_deref().map(precision).transpose();
        let wensen = wensen.map_err(Failure::Usage)?.unwrap_or_default();
        let deel = self.shard.as_deref().map(super::shard).transpose()?;
        let deel = deel.map(|(i, n)| (i as u64, n as u64));
        let n = super::draws(&self.simulation, default)?;
        check_raw(self.raw, json)?;
        if self.reach.is_some_and(|x| !x.is_finite()) {
            return usage("--reach: give an amount in euro, such as --reach -10000000");
        }
        if deel.is_some() && self.area_only {
            return usage(
                "--shard with --area-only: parts hold every figure; leave out one of the two",
            );
        }
        if deel.is_some() && self.figure != "ncw" {
            return usage(
                "--shard with --figure: merge tells of the NCW; leave out one of the two",
            );
        }
        if deel.is_some() && self.reach.is_some() {
            return usage(
                "--shard with --reach: a reverse stress is of all draws; leave out one of the two",
            );
        }
        if deel.is_some() && !wensen.is_empty() {
            return usage(
                "--shard with --precision: parts need a number of draws that is known beforehand; give --draws N",
            );
        }
        if deel.is_some() && json {
            return usage(
                "--json writes no files, and --shard writes nothing else: leave out one of the two",
            );
        }
        if deel.is_some() && self.raw.is_some() {
            return usage("--shard writes its draws already; give --raw to polder merge");
        }
        if n == 0 && wensen.is_empty() {
            if deel.is_some() || self.raw.is_some() {
                return usage("there are no draws to write: give --draws N");
            }
            if self.fix.is_some() || self.reach.is_some() {
                return usage("--fix and --reach are about draws: give --draws N");
            }
            return Ok(None);
        }
        let methode = match self.sampling {
            Some(sampling) => sampling.methode(),
            None if wensen.is_empty() => Methode::Willekeurig,
            None => {
                eprintln!("note: --precision draws by sobol; another way with --sampling");
                Methode::Sobol
            }
        };
        // A wish for precision starts somewhere: with what is asked of draws, or little.
        let first = match (self.simulation.draws, wensen.is_empty()) {
            (Some(n), _) if n > 0 => n,
            (_, true) => n,
            (_, false) => FIRST,
        };
        let opzet = Opzet::new(methode, self.simulation.seed, first as u64);
        if wensen.is_empty() {
            afgerond(&opzet, first as u64);
        }
        if let Some((i, n)) = deel
            && opzet.deel(i, n).is_none()
        {
            let groups = opzet.aantal.div_ceil(crate::risk::sampling::GROEP);
            return Err(Failure::Usage(format!(
                "--shard {i}/{n}: {} draws make {groups} groups of 64, so at most {groups} parts",
                opzet.aantal
            )));
        }
        Ok(Some(Vraag {
            opzet,
            wensen,
            precision: self.precision.clone(),
            deel,
            stress: Stress {
                vast: self.fix.clone(),
                reach: self.reach,
                figuur: self.figure.clone(),
                exact_ranks: self.exact_ranks,
                alleen_gebied: self.area_only,
            },
        }))
    }
}

/// One draw of a run that was spread so, to be explained.
pub(super) fn trekking(
    draw: u64,
    seed: u64,
    sampling: Sampling,
    draws: Option<u64>,
) -> Result<(u64, Steekproef), Failure> {
    let wrong = |text: String| Err(Failure::Usage(text));
    let methode = sampling.methode();
    let spread = matches!(methode, Methode::Latijns | Methode::Sobol);
    if let Some(n) = draws.filter(|n| *n > DRAWS_MAX as u64) {
        return wrong(format!("--draws {n}: at most {DRAWS_MAX}"));
    }
    match draws.map(|n| Opzet::new(methode, seed, n)) {
        None if spread => wrong(format!(
            "--sampling {}: which draw {draw} is depends on the number of draws of its run; give --draws N",
            sampling_woord(methode)
        )),
        None => Ok((draw, Opzet::new(methode, seed, 1).steekproef())),
        Some(opzet) if draw >= opzet.aantal => wrong(format!(
            "--draw {draw}: the draws of that run are 0 to {}",
            opzet.aantal.saturating_sub(1)
        )),
        Some(opzet) => Ok((draw, opzet.steekproef())),
    }
}

/// Plans of the routes with their drivers, that keep the figure asked.
pub(super) fn plannen<'m>(
    loaded: &'m Loaded,
    routes: &[Route],
    figuur: &str,
) -> Result<Vec<Plan<'m>>, Failure> {
    routes
        .iter()
        .map(|route| {
            let plan = Plan::new(
                &loaded.model,
                *route,
                Diepte::Rekening,
                loaded.drijvers.clone(),
            );
            let mut plan = plan.map_err(Failure::from)?;
            plan.bewaar(figuur);
            Ok(plan)
        })
        .collect()
}

/// Draws a range of a run, with a progress bar. `eerste`: of so many of the first draws the stand per period and the index levels
/// are kept.
pub(super) fn trek(
    loaded: &Loaded,
    routes: &[Route],
    opzet: &Opzet,
    stress: &Stress,
    bereik: Range<u64>,
    (waaier, niveaus): (usize, usize),
) -> Result<(Trekkingen, Simulatie), Failure> {
    let plannen = plannen(loaded, routes, stress.figuur())?;
    let bar = output::progress(bereik.end - bereik.start);
    let simulatie = Simulatie {
        steekproef: opzet.steekproef(),
        bereik,
        vast: stress.vastgezet(&plannen[0])?,
        alleen_gebied: stress.alleen_gebied,
        waaier,
        niveaus,
    };
    let t = simuleer(&plannen, &simulatie, &|done| bar.inc(done))?;
    bar.finish_and_clear();
    Ok((t, simulatie))
}

/// What drives the figure asked, in every route; nothing without drivers, or with too few draws to rank.
pub(super) fn oorzaken(
    loaded: &Loaded,
    routes: &[Route],
    simulatie: &Simulatie,
    t: &Trekkingen,
    stress: &Stress,
) -> Result<Vec<Routeoorzaken>, Failure> {
    if loaded.drijvers.is_empty() || t.aantal < 2 {
        return Ok(Vec::new());
    }
    let plannen = plannen(loaded, routes, stress.figuur())?;
    draden::ruim(|| per_route(&plannen, routes, simulatie, t, stress))
}

fn per_route(
    plannen: &[Plan<'_>],
    routes: &[Route],
    simulatie: &Simulatie,
    t: &Trekkingen,
    stress: &Stress,
) -> Result<Vec<Routeoorzaken>, Failure> {
    let found = Oorzaken::new(plannen, simulatie, t)?;
    let method = if stress.exact_ranks {
        oorzaken::Methode::Exact
    } else {
        oorzaken::Methode::Graad
    };
    let all: Vec<usize> = (0..routes.len()).collect();
    let figuur = stress.figuur();
    let tornado = found.tornado(&all, figuur, method)?;
    let namen: Vec<String> = found.lijst().iter().map(|o| o.naam.clone()).collect();
    let euro: Vec<bool> = found.lijst().iter().map(|o| o.euro).collect();
    let each = tornado.into_iter().zip(plannen).zip(routes).enumerate();
    each.map(|(r, ((tornado, plan), route))| {
        let omgekeerd = stress
            .reach
            .map(|x| found.omgekeerd(r, figuur, x, OMGEKEERD_AANTAL))
            .transpose()?;
        Ok(Routeoorzaken {
            route: *route,
            tornado,
            zwaai: oorzaken::zwaai(plan, figuur, &simulatie.vast)?,
            drijvers: plan
                .drijver_namen()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            slechtste: found.slechtste(r, figuur, SLECHTSTE, SLECHTSTE_AANTAL)?,
            omgekeerd,
            namen: namen.clone(),
            euro: euro.clone(),
            drijvers_euro: (0..plan.drijver_namen().len())
                .map(|d| oorzaken::in_euro(plan, d))
                .collect(),
        })
    })
    .collect()
}

/// Most draws of a model whose figures fit in memory.
fn grens(
    loaded: &Loaded,
    routes: &[Route],
    figuur: &str,
    area: bool,
) -> Result<(u64, usize), Failure> {
    let plannen = plannen(loaded, routes, figuur)?;
    let figures = if area {
        UITKOMSTEN.len()
    } else {
        plannen.first().map_or(0, |p| uitkomst_namen(p).len())
    };
    let width = figures * routes.len();
    Ok((DRAWS_MAX.min(FIGURES_MAX / width.max(1)) as u64, width))
}

/// Refuses a figure that can't be asked about.
pub(super) fn figuur(loaded: &Loaded, figuur: &str, area: bool) -> Result<(), Failure> {
    let plannen = plannen(loaded, &[Route::Grex], figuur)?;
    let mut namen = plannen.first().map_or_else(Vec::new, uitkomst_namen);
    let found = gevraagd(figuur, &namen).map_err(|p| p.at(&Place::file("--figure")));
    namen.truncate(UITKOMSTEN.len());
    if area && found.is_ok() && gevraagd(figuur, &namen).is_err() {
        return Err(Failure::Usage(format!(
            "--area-only with --figure {figuur}: figures of parties, deelgebieden and settlements are not kept; leave out one of the two"
        )));
    }
    Ok(found?)
}

/// Tells when there is nothing to draw, and refuses more draws than fit.
pub(super) fn check(
    loaded: &Loaded,
    routes: &[Route],
    opzet: &Opzet,
    figuur: &str,
    area: bool,
) -> Result<u64, Failure> {
    if loaded.drijvers.is_empty() {
        eprintln!(
            "note: the model has no onzekerheden and no risicos, so every draw is the exact result"
        );
    }
    let (most, width) = grens(loaded, routes, figuur, area)?;
    if opzet.aantal > most {
        let mend = if area {
            ""
        } else {
            "; --area-only or a single --route keeps fewer"
        };
        return Err(Failure::Usage(format!(
            "--draws {}: at most {most} for this model, which keeps {width} figures of every draw{mend}",
            opzet.aantal
        )));
    }
    Ok(most)
}

/// All draws, until there are as many as asked or the percentiles are sure enough.
pub(super) fn simulatie(
    loaded: &Loaded,
    routes: &[Route],
    vraag: &Vraag,
) -> Result<Simulatieverslag, Failure> {
    let figure = vraag.stress.figuur();
    figuur(loaded, figure, vraag.stress.alleen_gebied)?;
    let most = check(
        loaded,
        routes,
        &vraag.opzet,
        figure,
        vraag.stress.alleen_gebied,
    )?;
    let mut opzet = vraag.opzet;
    loop {
        let kept = (WAAIER, oorzaken::TORNADO_MAX);
        let (t, drawn) = trek(loaded, routes, &opzet, &vraag.stress, 0..opzet.aantal, kept)?;
        let oordelen = t
            .figuur(0, figure)
            .and_then(|draws| oordeel(&opzet, draws, &vraag.wensen))
            .unwrap_or_default();
        let sure = oordelen.iter().all(|o| o.gehaald);
        let next = Opzet::new(opzet.methode, opzet.seed, (opzet.aantal * 2).min(most));
        let last = next.aantal > most || next.aantal <= opzet.aantal;
        if !sure && !last {
            opzet = next;
            continue;
        }
        if let Some(asked) = &vraag.precision {
            let plain = oordelen.iter().map(|o| o.gewoon).max().unwrap_or(0);
            let mut text = format!(
                "note: {} draws{} --precision {asked}",
                opzet.aantal,
                if sure { " for" } else { " did not reach" }
            );
            let _ = match plain {
                u64::MAX => write!(text, "; how many plain draws it takes can't be told"),
                _ => write!(text, "; plain sampling needs about {plain}"),
            };
            eprintln!("{text}");
            let spread = t
                .figuur(0, figure)
                .and_then(crate::risk::statistics::summary)
                .map_or(f64::NAN, |s| s.sd);
            for o in oordelen.iter().filter(|o| !o.gehaald) {
                eprintln!("{}", niet_gehaald(o, spread, opzet.aantal));
            }
        }
        let causes = oorzaken(loaded, routes, &drawn, &t, &vraag.stress)?;
        let mut v = Simulatieverslag::new(routes.to_vec(), opzet, t, oordelen);
        v.vastgezet.clone_from(&vraag.stress.vast);
        v.alleen_gebied = vraag.stress.alleen_gebied;
        figure.clone_into(&mut v.figuur);
        v.oorzaken = causes;
        for o in v
            .oorzaken
            .iter()
            .filter_map(|r| Some((r.route, r.omgekeerd.as_ref()?)))
        {
            let (route, found) = o;
            let (low, high) = found.bereik;
            if !(low..=high).contains(&found.x) {
                eprintln!(
                    "note: --reach {}: no draw of route {} comes there; they run from {low:.0} to {high:.0}",
                    found.x,
                    route.naam()
                );
            }
        }
        return Ok(v);
    }
}
