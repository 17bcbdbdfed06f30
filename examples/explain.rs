//! Explains addresses of a model: `explain FOLDER ROUTE ADDRESS...`, with DIEPTE and TREKKING from the environment.
use polder::explain::{explain, Vraag, DIEPTE};
use polder::{model, plan, read};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let read = read::read_model(std::path::Path::new(&args[0])).expect("a model");
    let model = model::Model::new(read.tables).0.expect("a model without errors");
    let route = if args[1] == "grex" { plan::Route::Grex } else { plan::Route::Cofinanciering };
    let number = |name: &str| std::env::var(name).ok().and_then(|d| d.parse::<u64>().ok());
    for adres in &args[2..] {
        let vraag = Vraag { model: &model, route, adres, diepte: number("DIEPTE").map_or(DIEPTE, |d| d as usize), trekking: number("TREKKING").map(|d| (d, 42)) };
        match explain(&vraag) {
            Ok(uitleg) => println!("{}", uitleg.tekst()),
            Err(problems) => problems.iter().for_each(|p| println!("{p}\n")),
        }
    }
}
