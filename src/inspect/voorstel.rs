//! A mapping as it is proposed: wishes with how sure each is, and the toml text that says so. Opens no workbook.

use rust_decimal::Decimal;
use std::fmt::Write as _;

/// What is less sure than this is written as a comment, and listed.
pub const DREMPEL: f64 = 0.5;

/// A key with its value in toml, how sure it is, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Veld {
    /// The key.
    pub sleutel: String,
    /// Its value, as toml.
    pub toml: String,
    /// How sure, 0 to 1.
    pub zekerheid: f64,
    /// What it was taken from.
    pub reden: String,
}

impl Veld {
    /// A key with its value.
    pub(super) fn new(
        sleutel: &str,
        toml: impl Into<String>,
        zekerheid: f64,
        reden: impl Into<String>,
    ) -> Self {
        Veld {
            sleutel: sleutel.to_owned(),
            toml: toml.into(),
            zekerheid,
            reden: reden.into(),
        }
    }
}

/// One row of a table of ours.
#[derive(Debug, Clone)]
pub(super) struct RijWens {
    pub(super) tabel: &'static str,
    pub(super) velden: Vec<Veld>,
}

/// Group headings.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GroepWens {
    pub(super) kolom: String,
    pub(super) leeg: Vec<String>,
    pub(super) naar: &'static str,
}

/// Rows of a sheet.
#[derive(Debug, Clone)]
pub(super) struct TabelWens {
    pub(super) naar: &'static str,
    pub(super) bladen: Vec<String>,
    pub(super) bladnaam: Option<&'static str>,
    pub(super) kopregel: Option<String>,
    pub(super) gekanteld: bool,
    /// Ranges as the mapping writes them.
    pub(super) rijen: String,
    pub(super) factor: Option<Decimal>,
    pub(super) teken: bool,
    pub(super) groepen: Vec<GroepWens>,
    pub(super) vast: Vec<Veld>,
    pub(super) kolommen: Vec<Veld>,
    pub(super) jaren: Option<Veld>,
    pub(super) opslagen: Vec<(String, String, String)>,
    pub(super) zekerheid: f64,
    pub(super) reden: String,
}

/// A figure or series of the workbook to compare with.
#[derive(Debug, Clone)]
pub(super) struct ControleWens {
    pub(super) doel: String,
    /// The keys that say where it stands.
    pub(super) waar: Vec<(&'static str, String)>,
    pub(super) factor: Option<Decimal>,
    pub(super) teken: bool,
    pub(super) tolerantie: Option<Decimal>,
    pub(super) zekerheid: f64,
    pub(super) reden: String,
}

/// A mapping as it is proposed.
#[derive(Debug, Clone, Default)]
pub(super) struct Voorstel {
    pub(super) gebied: Vec<Veld>,
    pub(super) rijen: Vec<RijWens>,
    pub(super) tabellen: Vec<TabelWens>,
    pub(super) controles: Vec<ControleWens>,
}

/// A text as toml.
pub(super) fn tekst(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn teksten(texts: &[String]) -> String {
    let all: Vec<String> = texts.iter().map(|t| tekst(t)).collect();
    format!("[{}]", all.join(", "))
}

/// A comment: one line, no control characters.
fn toelichting(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect()
}

fn regel(out: &mut String, field: &Veld) {
    let mark = if field.zekerheid < DREMPEL { "# " } else { "" };
    let _ = writeln!(
        out,
        "{mark}{} = {}  # {:.2}: {}",
        field.sleutel,
        field.toml,
        field.zekerheid,
        toelichting(&field.reden)
    );
}

impl TabelWens {
    fn schrijf(&self, out: &mut String) {
        let mut text = String::new();
        let _ = writeln!(text, "[[tabel]]");
        let _ = writeln!(text, "naar = {}", tekst(self.naar));
        if let [sheet] = &self.bladen[..] {
            let _ = writeln!(text, "blad = {}", tekst(sheet));
        } else {
            let _ = writeln!(text, "blad = {}", teksten(&self.bladen));
        }
        if let Some(column) = self.bladnaam {
            let _ = writeln!(text, "bladnaam = {}", tekst(column));
        }
        if self.gekanteld {
            let _ = writeln!(text, "gekanteld = true");
        }
        if let Some(row) = &self.kopregel {
            let _ = writeln!(text, "kopregel = {row}");
        }
        let _ = writeln!(text, "rijen = {}", tekst(&self.rijen));
        if let Some(factor) = self.factor {
            let _ = writeln!(text, "factor = {}", factor.normalize());
        }
        if self.teken {
            let _ = writeln!(text, "teken = -1");
        }
        if let Some(field) = &self.jaren {
            regel(&mut text, field);
        }
        for group in &self.groepen {
            let _ = writeln!(
                text,
                "\n[[tabel.groep]]\nkolom = {}\nleeg = {}\nnaar = {}",
                tekst(&group.kolom),
                teksten(&group.leeg),
                tekst(group.naar)
            );
        }
        if !self.vast.is_empty() {
            let _ = writeln!(text, "\n[tabel.vast]");
            for field in &self.vast {
                regel(&mut text, field);
            }
        }
        let _ = writeln!(text, "\n[tabel.kolommen]");
        for field in &self.kolommen {
            regel(&mut text, field);
        }
        for (id, over, why) in &self.opslagen {
            let _ = writeln!(
                text,
                "\n[[tabel.opslag]]  # {}\nid = {}\nover = {}",
                toelichting(why),
                tekst(id),
                tekst(over)
            );
        }
        let _ = writeln!(out, "# {:.2}: {}", self.zekerheid, toelichting(&self.reden));
        uit(out, &text, self.zekerheid);
        out.push('\n');
    }
}

/// Writes text, as comment when it is not sure enough.
fn uit(out: &mut String, text: &str, sure: f64) {
    for line in text.lines() {
        if sure < DREMPEL && !line.is_empty() {
            out.push_str("# ");
        }
        out.push_str(line);
        out.push('\n');
    }
}

impl Voorstel {
    /// The text of the mapping, with a comment per guess.
    pub(super) fn toml(&self, file: &str, notes: &[String]) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "# How {} is read, as polder inspect proposes it. The language is described in docs/mapping.md.",
            toelichting(file)
        );
        let _ = writeln!(
            out,
            "# Behind a guess stands how sure it is, from 0 to 1, and what it was taken from; what is less sure than {DREMPEL:.2} is a comment."
        );
        for note in notes {
            let _ = writeln!(out, "# {}", toelichting(note));
        }
        let _ = writeln!(out, "\n[gebied]");
        for field in &self.gebied {
            regel(&mut out, field);
        }
        out.push('\n');
        for row in &self.rijen {
            let sure = row.velden.iter().map(|f| f.zekerheid).fold(1.0, f64::min);
            let mut text = format!("[[rij]]\ntabel = {}\n", tekst(row.tabel));
            for field in &row.velden {
                let mut field = field.clone();
                field.zekerheid = field
                    .zekerheid
                    .max(if sure < DREMPEL { DREMPEL } else { 0.0 });
                regel(&mut text, &field);
            }
            uit(&mut out, &text, sure);
            out.push('\n');
        }
        for table in &self.tabellen {
            table.schrijf(&mut out);
        }
        if !self.controles.is_empty() {
            let _ = writeln!(out, "# The workbook's own results, to compare with.\n");
        }
        for check in &self.controles {
            let mut text = format!("[[controle]]\ndoel = {}\n", tekst(&check.doel));
            for (key, value) in &check.waar {
                let _ = writeln!(text, "{key} = {value}");
            }
            if let Some(factor) = check.factor {
                let _ = writeln!(text, "factor = {}", factor.normalize());
            }
            if check.teken {
                let _ = writeln!(text, "teken = -1");
            }
            if let Some(tolerance) = check.tolerantie {
                let _ = writeln!(text, "tolerantie = {}", tolerance.normalize());
            }
            let _ = writeln!(
                out,
                "# {:.2}: {}",
                check.zekerheid,
                toelichting(&check.reden)
            );
            uit(&mut out, &text, check.zekerheid);
            out.push('\n');
        }
        out
    }
}
