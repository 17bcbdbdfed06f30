use polder::*;
fn main() {
    for m in ["models/havenkwartier", "models/spoorzone-oost", "models/rekenvoorbeeld"] {
        let t = std::time::Instant::now();
        let read = read::read_model(std::path::Path::new(m)).unwrap();
        println!("== {m} read {:?} problems {}", t.elapsed(), read.problems.len());
        for p in &read.problems { println!("{p}"); }
        let (model, problems) = model::Model::new(read.tables);
        for p in problems.iter().take(30) { println!("{p}"); }
        let Some(model) = model else { println!("NO MODEL {}", problems.len()); continue };
        println!("model {:?} lijnen {}", t.elapsed(), model.lijnen.len());
        for r in plan::Route::BEIDE {
            match route::calculate(&model, r) {
                Ok(res) => {
                    println!("{} {:?}", r.naam(), t.elapsed());
                    for (n, v) in res.kerncijfers() { println!("  {n} {}", v.round_dp(2)); }
                    for (p, x) in model.partijen.iter().zip(&res.partijen) { println!("   {:20} inv {:>16} bij {:>14} ontv {:>16} saldo {:>16} netto {:>16} tv {:?} worst {:?}", p.partij, x.investering.round_dp(0), x.bijdragen.round_dp(0), x.ontvangen.round_dp(0), x.saldo.round_dp(0), x.netto_baat.round_dp(0), x.terugverdienjaar, x.slechtste_jaar.map(|s|(s.0,s.1.round_dp(0)))); }
                    let (c, p) = route::controles(&model, &res);
                    println!("  controles {} fout {}", c.len(), p.len());
                    for p in p.iter().take(5) { println!("{p}"); }
                }
                Err(p) => println!("{p}"),
            }
        }
        match route::ramingen(&model) { Ok((n,p)) => { println!("ramingen {n} {}", p.len()); for p in p.iter().take(4){println!("{p}");} }, Err(p)=>println!("{p}") }
    }
}
