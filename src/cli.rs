//! The command line: words to calls, results to terminal and files, problems to messages and exit codes.
//!
//! Exit codes: 0 ok, 1 findings (a check did not hold), 2 input or usage, 3 reading or writing failed. No arithmetic here.

mod delen;
mod diagnostics;
mod formules;
mod inspect;
mod lint;
mod output;
mod simulatie;
mod verschil;

use crate::explain::{DIEPTE_MAX, Opname};
use crate::model::Model;
use crate::model::table::Tables;
use crate::plan::{Drijvers, Plan, Route};
use crate::problem::{Problem, Severity, has_errors};
use crate::read::scenario::read_scenarios;
use crate::read::{self, IoFailure, Read};
use crate::report::risico::{self, Simulatieverslag};
use crate::report::{Report, grex, grondwaarde, invoer, oorzaken, routes, verevening, verhaal};
use crate::risk::opzet::Opzet;
use crate::risk::sampling::Methode;
use crate::risk::simulation::{trekbaar, verdacht};
use crate::route::{self, Routeresultaat};
use crate::scenario::{self, Scenario, ScenarioBestand};
use crate::sweep;
use crate::write::terminal;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use output::Herkomst;
use simulatie::{DRAWS_MAX, DrawArgs, Raw, Sampling};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Calculates Dutch area development: gebiedsbegroting, grondexploitatie, gebiedsfonds, risk and scenarios.
#[derive(Debug, Parser)]
#[command(
    name = "polder",
    version,
    about,
    max_term_width = 100,
    after_help = "MODEL is a folder with model.toml, a workbook in polder's own form, or a folder of csv files.\nStart with: polder compare models/havenkwartier"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Calculate the grondexploitatie: results, cash flow and boekwaarde per year
    Run(RunArgs),
    /// Compare the GREX route with co-financiering by baathouders, per party, with Monte Carlo bands
    Compare(CompareArgs),
    /// Join parts of the draws that run and compare wrote with --shard, and report as one run would
    Merge(MergeArgs),
    /// Look at a workbook that somebody made, propose a mapping, and compare with its own figures
    Inspect(inspect::InspectArgs),
    /// Show what was read, what was passed over, and whether it agrees with the source's own figures
    Check(CheckArgs),
    /// Show what is wrong with a workbook itself: errors, old values, figures typed over formulas, sums that miss a row
    Lint(lint::LintArgs),
    /// Print the formula behind a number, down to the cells it comes from
    Explain(ExplainArgs),
    /// Run named scenarios and grids, one row per scenario
    Sweep(SweepArgs),
    /// Split the difference of two models, or a model and a scenario, over what changed
    Diff(verschil::DiffArgs),
    /// Write a filled example model to start from
    Init(InitArgs),
    /// Convert a model to another carrier without loss
    Convert(ConvertArgs),
    /// Print the tables, columns and settings of a model (docs/schema.md)
    Schema,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
struct Simulation {
    /// Number of draws; 0 calculates exactly only [default: 10000 for compare, 0 otherwise]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    draws: Option<usize>,
    /// Seed of the draws; the same seed gives the same figures
    #[arg(
        long,
        default_value_t = 1,
        value_name = "SEED",
        allow_negative_numbers = true
    )]
    seed: u64,
    /// Threads [default: all]; the figures do not depend on it
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    threads: Option<usize>,
}

#[derive(Debug, Args)]
struct Output {
    /// Folder for the workbook and csv files
    #[arg(long, default_value = "uitkomst", value_name = "DIR")]
    out: PathBuf,
    /// csv as Dutch Excel expects it (nl: ; and decimal comma) or plain (en)
    #[arg(long, value_enum, default_value_t = Notatie::Nl, value_name = "nl|en")]
    csv: Notatie,
    /// Print the results as json and write no files
    #[arg(long)]
    json: bool,
    /// Write over a workbook of an earlier run that was changed since
    #[arg(long, conflicts_with = "json")]
    force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Notatie {
    /// Dutch
    Nl,
    /// Plain
    En,
}

#[derive(Debug, Args)]
struct RunArgs {
    /// The model
    model: PathBuf,
    #[command(flatten)]
    draws: DrawArgs,
    /// Routes that are simulated; the table of results is that of the grex, unless it is left out
    #[arg(long, value_enum, default_value_t = RoutesArg::Beide, value_name = "ROUTE")]
    route: RoutesArg,
    /// Also write a workbook per route in which every result is a formula down to the input cells
    #[arg(long)]
    formulas: bool,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
struct CompareArgs {
    /// The model
    model: PathBuf,
    #[command(flatten)]
    draws: DrawArgs,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
struct MergeArgs {
    /// The model that the parts were made with
    model: PathBuf,
    /// Folders that hold the parts
    #[arg(required = true, value_name = "DIR")]
    parts: Vec<PathBuf>,
    /// Also write every draw
    #[arg(long, value_enum, value_name = "csv|parquet")]
    raw: Option<Raw>,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoutesArg {
    /// GREX route
    Grex,
    /// Co-financiering
    Cofinanciering,
    /// Both
    Beide,
}

impl RoutesArg {
    fn routes(self) -> Vec<Route> {
        match self {
            RoutesArg::Grex => vec![Route::Grex],
            RoutesArg::Cofinanciering => vec![Route::Cofinanciering],
            RoutesArg::Beide => Route::BEIDE.to_vec(),
        }
    }
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The model
    model: PathBuf,
    /// Also list headings, subtotals and other rows that were passed over and hardly matter
    #[arg(long)]
    all: bool,
    /// Print as json
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ExplainArgs {
    /// The model
    model: PathBuf,
    /// What: ncw, boekwaarde.2030, "stroom[3.2].2030", "partij[corporatie].saldo"; a beginning or last part that fits one address is completed
    #[arg(required_unless_present = "list")]
    address: Option<String>,
    /// List the addresses that can be explained, all or those that hold a text (* stands for any)
    #[arg(long, value_name = "TEXT", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["address", "dot"])]
    list: Option<String>,
    /// Route
    #[arg(long, value_enum, default_value_t = RouteArg::Grex, value_name = "ROUTE")]
    route: RouteArg,
    /// Number of levels, 1 to 12
    #[arg(
        long,
        default_value_t = 3,
        value_name = "N",
        allow_negative_numbers = true
    )]
    depth: usize,
    /// Explain a draw of the simulation instead of the exact result
    #[arg(long, value_name = "I", allow_negative_numbers = true)]
    draw: Option<u64>,
    /// Seed of that draw
    #[arg(
        long,
        default_value_t = 1,
        value_name = "SEED",
        allow_negative_numbers = true
    )]
    seed: u64,
    /// How the draws of that run were spread [default: plain]
    #[arg(long, value_enum, value_name = "plain|antithetic|latin|sobol")]
    sampling: Option<Sampling>,
    /// Number of draws of that run; latin and sobol spread their draws over that number
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    draws: Option<u64>,
    /// Drivers that were held in that run
    #[arg(long, value_name = "DRIVER=VALUE; ...", requires = "draw")]
    fix: Option<String>,
    /// Print as json
    #[arg(long)]
    json: bool,
    /// Print as a graph for Graphviz: polder explain MODEL ncw --dot | dot -Tsvg
    #[arg(long, conflicts_with = "json")]
    dot: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RouteArg {
    /// GREX route
    Grex,
    /// Co-financiering
    Cofinanciering,
}

impl RouteArg {
    fn route(self) -> Route {
        match self {
            RouteArg::Grex => Route::Grex,
            RouteArg::Cofinanciering => Route::Cofinanciering,
        }
    }
}

#[derive(Debug, Args)]
struct SweepArgs {
    /// The model
    model: PathBuf,
    /// Scenario files
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    simulation: Simulation,
    /// How draws are spread [default: plain]
    #[arg(long, value_enum, value_name = "plain|antithetic|latin|sobol")]
    sampling: Option<Sampling>,
    /// The figure that is compared: ncw, eindwaarde, portemonnee, "partij[NAAM].saldo", ...
    #[arg(long, default_value = "ncw", value_name = "FIGUUR")]
    figure: String,
    /// The route whose figure it is
    #[arg(long, value_enum, default_value_t = RouteArg::Grex, value_name = "ROUTE")]
    route: RouteArg,
    /// The route of the scenario that is compared with [default: that of --route]
    #[arg(long, value_enum, value_name = "ROUTE")]
    against_route: Option<RouteArg>,
    /// Without the draws of parties, deelgebieden and owners (faster, and room for more draws)
    #[arg(long)]
    area_only: bool,
    /// The scenario that differences and chances of being better are against
    #[arg(long, default_value = "basis", value_name = "NAAM")]
    against: String,
    /// Do part i of N of the scenarios (1/4, 2/4, ...); the parts together are the whole
    #[arg(long, value_name = "i/N")]
    shard: Option<String>,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Drager {
    /// One text file
    Toml,
    /// A folder of csv files
    Csv,
    /// A workbook
    Xlsx,
}

#[derive(Debug, Args)]
struct InitArgs {
    /// Folder to write; must not exist yet
    folder: PathBuf,
    /// Carrier
    #[arg(long, value_enum, default_value_t = Drager::Toml, value_name = "CARRIER")]
    to: Drager,
}

#[derive(Debug, Args)]
struct ConvertArgs {
    /// The model
    model: PathBuf,
    /// Carrier
    #[arg(long, value_enum, value_name = "CARRIER")]
    to: Drager,
    /// Folder to write; must not exist yet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// csv as Dutch Excel expects it (nl) or plain (en)
    #[arg(long, value_enum, default_value_t = Notatie::Nl, value_name = "nl|en")]
    csv: Notatie,
}

/// How a command ended badly.
enum Failure {
    /// Exit code 2: the input must be mended first. The problems were not shown yet.
    Input(Vec<Problem>),
    /// Exit code 2: a flag holds something it can't.
    Usage(String),
    /// Exit code 3.
    Io(IoFailure),
}

impl From<IoFailure> for Failure {
    fn from(failure: IoFailure) -> Self {
        Failure::Io(failure)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure::Input(vec![problem])
    }
}

/// Whether a command found something that the user must look at.
enum Outcome {
    Ok,
    Findings,
}

/// Runs the command line and gives the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let (folder, result) = match &cli.command {
        Command::Run(a) => (a.model.clone(), run(a)),
        Command::Compare(a) => (a.model.clone(), compare(a)),
        Command::Merge(a) => (a.model.clone(), merge(a)),
        Command::Inspect(a) => (PathBuf::new(), inspect::inspect(a)),
        Command::Check(a) => (a.model.clone(), check(a)),
        Command::Lint(a) => (a.file.clone(), lint::run(a)),
        Command::Explain(a) => (a.model.clone(), explain(a)),
        Command::Sweep(a) => (a.model.clone(), sweep(a)),
        Command::Diff(a) => (a.model(), verschil::diff(a)),
        Command::Init(a) => (a.folder.clone(), init(a)),
        Command::Convert(a) => (a.model.clone(), convert(a)),
        Command::Schema => {
            output::say(crate::write::schema::markdown().trim_end());
            (PathBuf::new(), Ok(Outcome::Ok))
        }
        Command::Completions { shell } => {
            completions(*shell);
            (PathBuf::new(), Ok(Outcome::Ok))
        }
        Command::Man => (PathBuf::new(), man()),
    };
    match result {
        Ok(Outcome::Ok) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(Failure::Input(problems)) => {
            diagnostics::show(&problems, &folder);
            ExitCode::from(2)
        }
        Err(Failure::Usage(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
        Err(Failure::Io(failure)) => {
            eprintln!("error: {failure}");
            ExitCode::from(3)
        }
    }
}

/// A model that was read and holds, with the warnings that came along.
struct Loaded {
    read: Read,
    model: Model,
    drijvers: Drijvers,
}

/// Reads and validates; warnings are shown, errors stop.
fn load(path: &Path) -> Result<Loaded, Failure> {
    let read = read::read_model(path)?;
    let (sources, skipped) = (read.sources.clone(), read.skipped.clone());
    let (model, mut problems) = read.into_model();
    let Some(mut model) = model else {
        return Err(Failure::Input(problems));
    };
    if model.gebied.naam.is_empty() {
        model.gebied.naam = output::model_name(path);
    }
    let (drijvers, wrong) = Drijvers::resolve(&model);
    problems.extend(wrong);
    problems.extend(verdacht(&model));
    if has_errors(&problems) {
        return Err(Failure::Input(problems));
    }
    diagnostics::show(&problems, path);
    Ok(Loaded {
        read: Read {
            tables: Tables::default(),
            sources,
            skipped,
            problems,
            ..Read::default()
        },
        model,
        drijvers,
    })
}

fn threads(n: Option<usize>) -> Result<(), Failure> {
    match n {
        Some(0) => Err(Failure::Usage(
            "--threads 0: give at least one thread".into(),
        )),
        Some(n) if n > 1024 => Err(Failure::Usage(format!("--threads {n}: at most 1024"))),
        Some(n) => rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build_global()
            .map_err(|e| Failure::Usage(format!("--threads {n}: {e}"))),
        None => Ok(()),
    }
}

fn draws(args: &Simulation, default: usize) -> Result<usize, Failure> {
    let n = args.draws.unwrap_or(default);
    if n > DRAWS_MAX {
        Err(Failure::Usage(format!("--draws {n}: at most {DRAWS_MAX}")))
    } else {
        Ok(n)
    }
}

/// Routes, exact: the GREX always, as the source's figures are held against it.
fn exact(model: &Model, routes: &[Route]) -> Result<Vec<Routeresultaat>, Failure> {
    Route::BEIDE
        .iter()
        .filter(|route| **route == Route::Grex || routes.contains(route))
        .map(|route| route::calculate(model, *route).map_err(Failure::from))
        .collect()
}

/// Checks with the source's figures; those that do not hold are findings.
fn findings(
    loaded: &Loaded,
    grex: &Routeresultaat,
    path: &Path,
) -> (Vec<route::Gecontroleerd>, bool) {
    let (checks, problems) = route::controles(&loaded.model, grex);
    show_first(&problems, path);
    show_first(&route::bevindingen(&loaded.model, grex), path);
    (checks, !problems.is_empty())
}

/// Shows the first few of many like problems: the first difference is where to look.
fn show_first(problems: &[Problem], path: &Path) {
    const MOST: usize = 5;
    diagnostics::show(&problems[..problems.len().min(MOST)], path);
    if problems.len() > MOST {
        eprintln!(
            "and {} more like these; the first difference is where to look",
            problems.len() - MOST
        );
    }
}

fn outcome(found: bool) -> Outcome {
    if found {
        Outcome::Findings
    } else {
        Outcome::Ok
    }
}

/// A command that reports on routes and their draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opdracht {
    Run,
    Compare,
}

impl Opdracht {
    /// Its word on the command line.
    fn woord(self) -> &'static str {
        match self {
            Opdracht::Run => "run",
            Opdracht::Compare => "compare",
        }
    }

    /// What its files are called: of a run by its route, which is the grex when it has both.
    fn naam(self, model: &Path, routes: &[Route]) -> String {
        let name = output::model_name(model);
        match (self, routes) {
            (Opdracht::Run, [route]) => format!("{name} {}", route.naam()),
            (Opdracht::Run, _) => format!("{name} {}", Route::Grex.naam()),
            (Opdracht::Compare, _) => name,
        }
    }
}

fn run(args: &RunArgs) -> Result<Outcome, Failure> {
    let routes = args.route.routes();
    command(
        Opdracht::Run,
        &args.model,
        &routes,
        &args.draws,
        0,
        args.formulas,
        &args.output,
    )
}

fn compare(args: &CompareArgs) -> Result<Outcome, Failure> {
    let (model, draws) = (&args.model, &args.draws);
    command(
        Opdracht::Compare,
        model,
        &Route::BEIDE,
        draws,
        10_000,
        false,
        &args.output,
    )
}

/// Draws what is asked, whole or a part, and reports.
fn command(
    opdracht: Opdracht,
    path: &Path,
    routes: &[Route],
    args: &DrawArgs,
    default: usize,
    formulas: bool,
    output: &Output,
) -> Result<Outcome, Failure> {
    if formulas && output.json {
        return Err(Failure::Usage(
            "--formulas writes a workbook and --json writes no files: give one of the two".into(),
        ));
    }
    threads(args.simulation.threads)?;
    let vraag = args.vraag(default, output.json)?;
    let loaded = load(path)?;
    if !output.json && vraag.as_ref().is_none_or(|v| v.deel.is_none()) {
        // Before anything is drawn: what can't be written need not be calculated.
        output::vrij(&output.out, output.force, &opdracht.naam(path, routes))?;
        for route in routes.iter().filter(|_| formulas) {
            output::vrij(&output.out, output.force, &formules::naam(path, *route))?;
        }
    }
    if let Some(vraag) = vraag.as_ref().filter(|v| v.deel.is_some()) {
        delen::schrijf(&loaded, opdracht, path, routes, vraag, &output.out)?;
        return Ok(Outcome::Ok);
    }
    let results = exact(&loaded.model, routes)?;
    let v = vraag
        .as_ref()
        .map(|vraag| simulatie::simulatie(&loaded, routes, vraag))
        .transpose()?;
    let done = report(
        opdracht,
        &loaded,
        path,
        (routes, &results),
        v.as_ref(),
        args.raw,
        output,
    )?;
    if formulas {
        let v = v.as_ref();
        let routes = een_route(&loaded.model, routes, "one workbook is written");
        let asked: Vec<&Routeresultaat> = results
            .iter()
            .filter(|r| routes.contains(&r.route))
            .collect();
        let vraag = formules::Vraag {
            model: path,
            routes,
            out: &output.out,
            force: output.force,
            simulatie: v.map_or_else(Vec::new, |v| Herkomst::van(opdracht, path, v).regels()),
            rapporten: v.map_or_else(Vec::new, |v| drawn_reports(&loaded, v, &asked)),
        };
        formules::schrijf(&loaded, &vraag)?;
    }
    Ok(done)
}

/// The routes that there is something to tell of: the first alone, with a note, when the second is the same by construction.
fn een_route<'r>(model: &Model, routes: &'r [Route], dus: &str) -> &'r [Route] {
    if routes.len() > 1 && Plan::routes_gelijk(model) {
        eprintln!(
            "note: the model has no fonds, bijdrage or maatregel of one route, so {} is the same as {}; {dus}",
            routes[1].naam(),
            routes[0].naam()
        );
        return &routes[..1];
    }
    routes
}

/// The reports on draws that a workbook of formulas holds, as values.
fn drawn_reports(loaded: &Loaded, v: &Simulatieverslag, exact: &[&Routeresultaat]) -> Vec<Report> {
    let mut reports = vec![risico::banden(&loaded.model, v, exact)];
    reports.extend(risico::precisie(v));
    reports.push(risico::buffertabel(v, exact));
    reports.push(risico::badkuip(v));
    reports.extend(risico::waaiers(v, exact));
    reports
}

fn merge(args: &MergeArgs) -> Result<Outcome, Failure> {
    simulatie::check_raw(args.raw, args.output.json)?;
    let loaded = load(&args.model)?;
    let (opdracht, v) = delen::lees(&loaded, &args.model, &args.parts)?;
    let results = exact(&loaded.model, &v.routes)?;
    let routes = (v.routes.as_slice(), results.as_slice());
    report(
        opdracht,
        &loaded,
        &args.model,
        routes,
        Some(&v),
        args.raw,
        &args.output,
    )
}

/// Shows and writes what a command gives. `routes`: those asked, and their exact results.
fn report(
    opdracht: Opdracht,
    loaded: &Loaded,
    path: &Path,
    (routes, results): (&[Route], &[Routeresultaat]),
    v: Option<&Simulatieverslag>,
    raw: Option<Raw>,
    output: &Output,
) -> Result<Outcome, Failure> {
    let (checks, found) = findings(loaded, &results[0], path);
    let asked: Vec<&Routeresultaat> = results
        .iter()
        .filter(|r| routes.contains(&r.route))
        .collect();
    let herkomst = v.map(|v| Herkomst::van(opdracht, path, v));
    if output.json {
        output::print_json(&output::json(loaded, &asked, v, herkomst.as_ref()));
        return Ok(outcome(found));
    }
    let reports = match opdracht {
        Opdracht::Run => run_reports(loaded, &asked, v, &checks),
        Opdracht::Compare => compare_reports(loaded, results, v, &checks),
    };
    output::write(
        loaded,
        &reports,
        output,
        &opdracht.naam(path, routes),
        herkomst.as_ref(),
        raw.zip(v),
    )?;
    Ok(outcome(found))
}

/// Columns of the bands that a terminal shows.
const BANDEN: usize = 8;
/// The same of what owners pay.
const EIGENAREN: usize = 7;

/// Shows the short reports on draws on the terminal, and gives all of them.
fn risk_reports(
    loaded: &Loaded,
    v: &Simulatieverslag,
    exact: &[&Routeresultaat],
    opdracht: Opdracht,
) -> Vec<Report> {
    let model = &loaded.model;
    let bands = risico::banden(model, v, exact);
    let buffer = risico::buffertabel(v, exact);
    let precision = risico::precisie(v);
    let mut reports = vec![bands];
    match opdracht {
        Opdracht::Run => {
            output::print(&risico::kort(&risico::eerste_kop(&reports[0]), BANDEN));
            // Of the route that is shown only.
            let shown = risico::buffertabel(v, &exact[..1]);
            output::print(&risico::kort(&shown, 4));
        }
        Opdracht::Compare => {
            let per_party = risico::partijen(model, v);
            output::print(&risico::kort(&reports[0], BANDEN));
            // Without figures of parties there is nothing to tell of them.
            if !per_party.rows.is_empty() {
                output::print(&risico::kort(&per_party, 6));
                reports.push(per_party);
            }
            if let Some(differences) = risico::verschillen(model, v) {
                output::print(&risico::kort(&risico::eerste_kop(&differences), 6));
                reports.push(differences);
            }
            output::print(&risico::kort(&risico::eerste_kop(&buffer), 4));
        }
    }
    let settled = risico::verdeling_verrekening(model, v, exact);
    if let Some(settled) = &settled {
        output::print(&risico::kort(&risico::eerste_kop(settled), EIGENAREN));
    }
    if let Some(precision) = &precision {
        output::print(precision);
    }
    reports.extend(precision);
    reports.extend(cause_reports(v, opdracht));
    reports.push(buffer);
    reports.push(risico::badkuip(v));
    reports.extend(risico::waaiers(v, exact));
    reports.extend(Some(risico::verdeling_partijen(model, v)).filter(|r| !r.rows.is_empty()));
    reports.extend(risico::verdeling_delen(v));
    reports.extend(settled);
    reports
}

/// What drives a figure: of a run the first of it on the terminal, and what was asked of a loss.
fn cause_reports(v: &Simulatieverslag, opdracht: Opdracht) -> Vec<Report> {
    if v.oorzaken.is_empty() {
        return Vec::new();
    }
    let causes = &v.oorzaken;
    let (tornado, worst) = (oorzaken::tornado(causes), oorzaken::slechtste(causes));
    if matches!(opdracht, Opdracht::Run) {
        output::print(&oorzaken::kort(&tornado, 10));
        output::print(&oorzaken::kort(&worst, 5));
    }
    let reverse = oorzaken::omgekeerd(causes);
    if let Some(reverse) = &reverse {
        output::print(&risico::eerste_kop(reverse));
    }
    let mut out = vec![tornado, oorzaken::zwaai(causes), worst];
    out.extend(reverse);
    out
}

fn run_reports(
    loaded: &Loaded,
    asked: &[&Routeresultaat],
    v: Option<&Simulatieverslag>,
    checks: &[route::Gecontroleerd],
) -> Vec<Report> {
    let (model, shown) = (&loaded.model, asked[0]);
    let key = grex::kerncijfers(model, &[shown]);
    let flow = grex::kasstroom(model, shown);
    output::print(&key);
    output::print(&flow);
    let mut reports = vec![key, flow];
    if let Some(delen) = grex::deelgebieden(model, &[shown]) {
        output::print(&delen);
        reports.push(delen);
    }
    if let Some(short) = verhaal::eigenaren_kort(model, shown) {
        output::print(&short);
    }
    reports.extend(verhaal::verhaal(model, shown));
    if !shown.verevening.is_empty() {
        output::print(&verevening::wie_betaalt_wie(model, shown));
    }
    if let Some(report) = verevening::normen(model) {
        output::print(&report);
    }
    reports.extend(verevening::verevening(model, shown));
    reports.extend(grondwaarde::grondwaarde(model));
    if let Some(v) = v {
        reports.extend(risk_reports(loaded, v, asked, Opdracht::Run));
    }
    let lends = |r: &&&Routeresultaat| r.fonds.as_ref().is_some_and(|f| f.leningen.is_some());
    reports.extend(
        asked
            .iter()
            .find(lends)
            .and_then(|r| routes::fonds(model, r)),
    );
    reports.extend(grex::levensduur(model));
    reports.push(grex::uitgangspunten(model));
    reports.extend(invoer::onzekerheden(model, &loaded.drijvers));
    reports.extend(invoer::controles(checks));
    reports
}

fn compare_reports(
    loaded: &Loaded,
    results: &[Routeresultaat],
    v: Option<&Simulatieverslag>,
    checks: &[route::Gecontroleerd],
) -> Vec<Report> {
    let model = &loaded.model;
    let (grex_result, cofin) = (&results[0], &results[1]);
    let key = grex::kerncijfers(model, &[grex_result, cofin]);
    let parties = routes::partijen(model, grex_result, cofin);
    output::print(&key);
    output::print(&routes::begroting_kort(model, cofin));
    output::print(&parties);
    let mut reports: Vec<Report> = vec![
        key,
        parties,
        routes::begroting(model, grex_result),
        routes::begroting(model, cofin),
    ];
    if let Some(v) = v {
        reports.extend(risk_reports(
            loaded,
            v,
            &[grex_result, cofin],
            Opdracht::Compare,
        ));
    }
    reports.push(grex::kasstroom(model, grex_result));
    reports.extend(grex::deelgebieden(model, &[grex_result, cofin]));
    reports.extend(verhaal::verhaal(model, grex_result));
    reports.extend(verevening::verevening(model, grex_result));
    reports.extend(grondwaarde::grondwaarde(model));
    reports.extend(routes::fonds(model, cofin));
    for r in results {
        reports.extend([
            routes::matrix(model, r, false),
            routes::matrix(model, r, true),
            routes::matrix_per_jaar(model, r),
            routes::kasstromen(model, r),
        ]);
    }
    reports.push(routes::rekeningen(model, &[grex_result, cofin]));
    reports.push(routes::wie(model));
    reports.extend(invoer::onzekerheden(model, &loaded.drijvers));
    reports.extend(routes::baten(model));
    reports.extend(grex::levensduur(model));
    reports.push(grex::uitgangspunten(model));
    reports.extend(invoer::controles(checks));
    reports
}

fn check(args: &CheckArgs) -> Result<Outcome, Failure> {
    let loaded = load(&args.model)?;
    let model = &loaded.model;
    let grex_result = route::calculate(model, Route::Grex)?;
    route::calculate(model, Route::Cofinanciering)?;
    // Drivers that can't be drawn together are told here as a run would.
    let plannen = simulatie::plannen(&loaded, &[Route::Grex], "")?;
    for plan in &plannen {
        trekbaar(plan)?;
    }
    let (checks, control_problems) = route::controles(model, &grex_result);
    show_first(&route::bevindingen(model, &grex_result), &args.model);
    let (compared, raming_problems) = route::ramingen(model)?;
    // What may matter most goes first.
    let mut passed: Vec<&read::Skipped> = loaded.read.skipped.iter().collect();
    passed.sort_by_key(|s| s.gewicht().unwrap_or(u8::MAX));
    let matters = passed.iter().filter(|s| s.gewicht().is_some()).count();
    let skipped: Vec<(String, String, String)> = passed
        .into_iter()
        .map(|s| (s.place.to_string(), s.what.clone(), s.why.clone()))
        .collect();
    let mut reports = vec![invoer::tabellen(model), invoer::totalen(model)?];
    reports.extend(invoer::onzekerheden(model, &loaded.drijvers));
    reports.extend(invoer::controles(&checks));
    if args.json {
        reports.extend(invoer::overgeslagen(&skipped));
    }
    let found = !control_problems.is_empty() || !raming_problems.is_empty();
    if args.json {
        output::print_json(&serde_json::Value::Array(
            reports.iter().map(crate::write::json::json).collect(),
        ));
    } else {
        let held = checks.iter().filter(|c| c.klopt()).count();
        for report in &reports {
            // A long list of checks that hold says less than their number.
            if report.name == "Controles" && held == checks.len() {
                output::say(&format!(
                    "{held} of {held} figures of the source agree (table controles)"
                ));
            } else {
                output::print(report);
            }
        }
        if !skipped.is_empty() {
            // A list, not a table: the cell must stay readable.
            let told = if args.all { skipped.len() } else { matters };
            if told > 0 {
                output::say("Niet gelezen:");
            }
            for (place, what, why) in &skipped[..told] {
                output::say(&format!("  {place}: {what} ({why})"));
            }
            let rest = skipped.len() - told;
            if rest > 0 {
                output::say(&format!(
                    "{}{rest} kopjes, subtotalen en wat verder wordt overgeslagen (polder check --all noemt ze)",
                    if told > 0 {
                        "  en nog "
                    } else {
                        "Niet gelezen: "
                    }
                ));
            }
            output::say("");
        }
        if compared > 0 {
            output::say(&format!(
                "{} of {compared} line amounts agree with the source's own (column raming)",
                compared - raming_problems.len()
            ));
        }
    }
    let warnings = loaded
        .read
        .problems
        .iter()
        .filter(|p| p.severity == Severity::Warning)
        .count();
    show_first(&control_problems, &args.model);
    show_first(&raming_problems, &args.model);
    if !args.json {
        let uncompared = checks.is_empty() && compared == 0 && loaded.read.sources.len() > 1;
        output::say(match (found, warnings > 0, uncompared) {
            (true, _, _) => "there are findings: see the warnings",
            (false, true, _) => "ok, with warnings",
            (false, false, true) => {
                "ok, but nothing was compared with the source: fill table controles, or [[controle]] in the mapping"
            }
            (false, false, false) => "ok",
        });
    }
    Ok(outcome(found))
}

fn explain(args: &ExplainArgs) -> Result<Outcome, Failure> {
    if !(1..=DIEPTE_MAX).contains(&args.depth) {
        return Err(Failure::Usage(format!(
            "--depth {}: give 1 to {DIEPTE_MAX}",
            args.depth
        )));
    }
    let sampling = args.sampling.unwrap_or(Sampling::Plain);
    let trekking = args
        .draw
        .map(|draw| simulatie::trekking(draw, args.seed, sampling, args.draws))
        .transpose()?;
    let loaded = load(&args.model)?;
    let route = args.route.route();
    let opname =
        Opname::met(&loaded.model, route, trekking, args.fix.as_deref()).map_err(Failure::Input)?;
    if let Some(pattern) = &args.list {
        return Ok(list_addresses(&opname, pattern, args.json));
    }
    let address = args.address.as_deref().unwrap_or_default();
    let uitleg = opname
        .explain(address, args.depth)
        .map_err(Failure::Input)?;
    if args.json {
        output::print_json(&uitleg.json());
    } else if args.dot {
        output::say(uitleg.dot().trim_end());
    } else {
        output::say(uitleg.tekst().trim_end());
    }
    Ok(Outcome::Ok)
}

/// Lists what can be explained; finding nothing is a finding.
fn list_addresses(opname: &Opname<'_>, pattern: &str, json: bool) -> Outcome {
    let found = opname.adressen(Some(pattern).filter(|p| !p.is_empty()));
    if json {
        let rows = found.iter().map(|a| {
            let (first, last) = a.perioden.clone().unzip();
            serde_json::json!({"adres": a.adres, "van": first, "tot_en_met": last})
        });
        output::print_json(&rows.collect());
    } else {
        let lines: Vec<String> = found
            .iter()
            .map(|a| match &a.perioden {
                Some((first, last)) => format!("{}.{first} … {last}", a.adres),
                None => a.adres.clone(),
            })
            .collect();
        output::say(&lines.join("\n"));
    }
    if found.is_empty() {
        eprintln!("no address holds \"{pattern}\"");
    }
    outcome(found.is_empty())
}

/// Reads `2/4` as (2, 4).
fn shard(text: &str) -> Result<(usize, usize), Failure> {
    let parts = text
        .split_once('/')
        .and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((i, n)) if (1..=n).contains(&i) => Ok((i, n)),
        _ => Err(Failure::Usage(format!(
            "--shard {text}: write i/N with i from 1 to N, such as 1/4"
        ))),
    }
}

fn sweep(args: &SweepArgs) -> Result<Outcome, Failure> {
    threads(args.simulation.threads)?;
    let draws = draws(&args.simulation, 0)?;
    let shard = args.shard.as_deref().map(shard).transpose()?;
    let mut loaded = load(&args.model)?;
    let (files, sources, problems) = read_scenarios(&args.scenarios)?;
    if has_errors(&problems) {
        return Err(Failure::Input(problems));
    }
    diagnostics::show(&problems, Path::new("."));
    let mut scenarios = vec![Scenario::basis()];
    scenarios.extend(scenario::model_scenarios(&loaded.model));
    scenarios.extend(files.iter().flat_map(ScenarioBestand::scenarios));
    if scenarios.len() == 1 {
        return Err(Failure::Usage("no scenarios: name scenario files, such as scenarios/*.toml, or fill table scenarios of the model".into()));
    }
    diagnostics::show(&sweep::overstemd(&loaded.model, &scenarios), Path::new("."));
    simulatie::figuur(&loaded, &args.figure, args.area_only && draws > 0)?;
    let methode = args
        .sampling
        .map_or(Methode::Willekeurig, Sampling::methode);
    // Without draws every method has none; latin and sobol would round up.
    let methode = if draws == 0 {
        Methode::Willekeurig
    } else {
        methode
    };
    let opzet = Opzet::new(methode, args.simulation.seed, draws as u64);
    if draws > 0 {
        simulatie::afgerond(&opzet, draws as u64);
        simulatie::check(&loaded, &Route::BEIDE, &opzet, &args.figure, args.area_only)?;
    }
    let opdracht = sweep::Opdracht {
        opzet,
        shard,
        figuur: args.figure.clone(),
        route: args.route.route(),
        tegen: args.against.clone(),
        tegen_route: args.against_route.unwrap_or(args.route).route(),
        alleen_gebied: args.area_only,
    };
    let bar = output::progress(opdracht.werk(&scenarios));
    let tables = &loaded.model.tables;
    let (rows, problems) = sweep::sweep(tables, &scenarios, &opdracht, &|done| bar.inc(done));
    bar.finish_and_clear();
    if has_errors(&problems) {
        return Err(Failure::Input(problems));
    }
    diagnostics::show(&problems, Path::new("."));
    loaded.read.sources.extend(sources);
    let reports = crate::report::sweep::sweep(&rows, &opdracht);
    if args.output.json {
        output::print_json(&serde_json::Value::Array(
            reports.iter().map(crate::write::json::json).collect(),
        ));
    } else {
        for report in &reports {
            output::print(report);
        }
        let part = shard.map_or_else(|| "sweep".to_owned(), |(i, n)| format!("sweep {i} van {n}"));
        let name = format!("{} {part}", output::model_name(&args.model));
        output::write(
            &loaded,
            &reports,
            &args.output,
            &name,
            (draws > 0)
                .then(|| Herkomst::sweep(&args.model, &opdracht))
                .as_ref(),
            None,
        )?;
    }
    Ok(Outcome::Ok)
}

/// The example that `init` writes.
const EXAMPLE: &str = include_str!("../models/voorbeeld/model.toml");

fn init(args: &InitArgs) -> Result<Outcome, Failure> {
    let example = read::read_text("model.toml", EXAMPLE);
    if has_errors(&example.problems) {
        return Err(Failure::Input(example.problems));
    }
    if args.to == Drager::Toml {
        // The text itself, with its comments.
        output::write_new(
            &args.folder,
            &[("model.toml".to_owned(), EXAMPLE.as_bytes().to_vec())],
        )?;
    } else {
        output::write_tables(&example.tables, args.to == Drager::Xlsx, true, &args.folder)?;
    }
    output::say(&format!(
        "written: {}\nnext: polder check {0}",
        args.folder.display()
    ));
    Ok(Outcome::Ok)
}

fn convert(args: &ConvertArgs) -> Result<Outcome, Failure> {
    let mut read = read::read_model(&args.model)?;
    if has_errors(&read.problems) {
        return Err(Failure::Input(std::mem::take(&mut read.problems)));
    }
    diagnostics::show(&read.problems, &args.model);
    let tables: Tables = std::mem::take(&mut read.tables);
    match args.to {
        Drager::Toml => output::write_new(
            &args.out,
            &[(
                "model.toml".to_owned(),
                crate::write::carriers::to_toml(&tables).into_bytes(),
            )],
        )?,
        Drager::Csv => output::write_tables(&tables, false, args.csv == Notatie::Nl, &args.out)?,
        Drager::Xlsx => output::write_tables(&tables, true, true, &args.out)?,
    }
    output::say(&format!("written: {}", args.out.display()));
    Ok(Outcome::Ok)
}

fn completions(shell: clap_complete::Shell) {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "polder", &mut script);
    output::say(String::from_utf8_lossy(&script).trim_end());
}

fn man() -> Result<Outcome, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|e| {
            Failure::Io(IoFailure {
                path: "the manual page".into(),
                doing: "write",
                reason: e.to_string(),
            })
        })?;
    output::say(String::from_utf8_lossy(&page).trim_end());
    Ok(Outcome::Ok)
}

/// Prints a report at the terminal's width.
fn width() -> usize {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|c| c.parse().ok())
        .filter(|c| (60..=400).contains(c))
        .unwrap_or(80)
}

fn table_text(report: &Report) -> String {
    terminal::table(report, width())
}
