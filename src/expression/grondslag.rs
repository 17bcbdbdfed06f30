//! The article of law or the publication that a number follows, with its mark: the one home of articles in explanations and reports.
//!
//! A word of [`super::NAMES`] may follow one article in one case and another in another (with and without a tijdvak), so a row has the
//! case it holds in. Marks are those of the rules: `[V]` read in a primary text, `[P]` in a secondary source, `[O]` own knowledge, `[C]`
//! a convention.

/// What a number rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grondslag {
    /// Article or publication, in Dutch; of a convention what it says.
    pub artikel: &'static str,
    /// Its mark or marks, in brackets.
    pub merk: &'static str,
}

impl Grondslag {
    /// Both in one text.
    pub fn tekst(self) -> String {
        format!("{} {}", self.artikel, self.merk)
    }
}

/// The case of an area of kostenverhaal with a tijdvak (Ow 13.14).
pub const TIJDVAK: &str = "tijdvak";
/// Of one without (Ow 13.15).
pub const ZONDER: &str = "zonder";
/// Of one under the Wro.
pub const WRO: &str = "wro";
/// Of a contribution of others to the costs.
pub const BIJDRAGE: &str = "bijdrage";
/// Of a bijdrage that is agreed, and of one that is enforced, to the bound of the law or to the room after kostenverhaal.
pub const AFGESPROKEN: &str = "overeenkomst";
/// See [`AFGESPROKEN`].
pub const AFGEDWONGEN: &str = "omgevingsplan";
/// See [`AFGESPROKEN`].
pub const ECONOMISCH: &str = "economisch";
/// Of a setting that is set otherwise than the law or practice has it.
pub const ANDERS: &str = "anders";

const V: &str = "[V]";
const O: &str = "[O]";
const C: &str = "[C]";
const NOVEX: &str = "Praktijkhandleiding NOVEX: wie profiteert betaalt";
const ALPHEN: &str = "Ow 13.22-13.24, Ob 8.21 lid 1 onder e; formule als in Alphen aan den Rijn";
const P31: &str = "[V] grond, [P] formule";
const CW: &str = "contante waarde";
const AFGEROND: &str = "wat afronding overlaat gaat naar de grootste sleutel";
const INBRENG: &str = "afspraak van partijen; normatieve inbrengwaarden: Praktijkhandleiding NOVEX";
const REST: &str = "wat niet wordt verhaald";
const RESIDU: &str =
    "residuele methode: opbrengst min stichtingskosten, winst en risico over beide";

/// Word, case (empty: every other), article or publication, and mark.
const GRONDSLAGEN: &[(&str, &str, &str, &str)] = &[
    // Kostenverhaal: what counts.
    ("discontovoet kostenverhaal", "", CW, C),
    ("disconto per periode kostenverhaal", "", CW, C),
    ("discontofactor kostenverhaal", "", CW, C),
    ("contante waarde", "", CW, C),
    (
        "verhaalbaar deel",
        "",
        "Ow 13.11 lid 1, 13.14 lid 1 onder b",
        "[V], formule [C]",
    ),
    ("verhaalbaar deel", WRO, "Wro 6.13 lid 6", O),
    (
        "verhaalbaar deel",
        BIJDRAGE,
        "bijdragen en subsidies van derden: Ow 13.14 lid 2",
        "[V], deel [C]",
    ),
    (
        "kosten zonder plankosten",
        "",
        "Ow 13.11 lid 1, Ob 8.15 en bijlage IV",
        V,
    ),
    (
        "kosten zonder plankosten",
        WRO,
        "Wro 6.13 lid 1 onder c, Bro 6.2.4",
        O,
    ),
    ("plankosten", "", "Or 13.1, Ob bijlage IV A1 en A10", V),
    ("plankosten", WRO, "Bro 6.2.6", O),
    ("plankosten maximum", "", "Ow 13.21, Or 13.2", V),
    ("plankosten maximum", WRO, "Bro 6.2.6", O),
    ("plankosten verhaalbaar", "", "Ow 13.21, Or 13.2", V),
    ("plankosten verhaalbaar", WRO, "Bro 6.2.6", O),
    (
        "kosten per kostensoort",
        "",
        "Ow 13.11 lid 1, Ob 8.15 en bijlage IV",
        V,
    ),
    (
        "kosten per kostensoort",
        WRO,
        "Wro 6.13 lid 1 onder c, Bro 6.2.4",
        O,
    ),
    (
        "inbrengwaarde",
        "",
        "Ow 13.17, 13.18 lid 2 onder a, Ob 8.17",
        V,
    ),
    ("inbrengwaarde", ZONDER, "Ow 13.17, Ob 8.17, 8.18", V),
    ("inbrengwaarde", WRO, "Wro 6.13 lid 1 onder c, Bro 6.2.3", O),
    ("inbrengwaarden", "", "Ob 8.17, bijlage IV B1 t/m B4", V),
    ("inbrengwaarden", WRO, "Bro 6.2.3", O),
    (
        "verhaalbare kosten",
        TIJDVAK,
        "Ow 13.11 lid 1, 13.14 lid 1 onder c",
        V,
    ),
    (
        "verhaalbare kosten",
        ZONDER,
        "Ow 13.11 lid 1, 13.15 lid 1, Ob bijlage IV tabel A",
        V,
    ),
    ("verhaalbare kosten", WRO, "Wro 6.13 lid 1 onder c", O),
    ("bijdragen van derden", TIJDVAK, "Ow 13.14 lid 2", V),
    (
        "bijdragen van derden",
        ZONDER,
        "zonder tijdvak: ook van de raming afgetrokken",
        C,
    ),
    ("bijdragen van derden", WRO, "Wro 6.16", O),
    ("netto verhaalbare kosten", TIJDVAK, "Ow 13.14 lid 2", V),
    (
        "netto verhaalbare kosten",
        ZONDER,
        "zonder tijdvak: ook van de raming afgetrokken",
        C,
    ),
    ("netto verhaalbare kosten", WRO, "Wro 6.16", O),
    (
        "opbrengst gronden",
        "",
        "Ow 13.14 lid 1 onder d, 13.17, Ob 8.16",
        V,
    ),
    ("opbrengst gronden", WRO, "Wro 6.13 lid 1 onder c", O),
    ("opbrengst eigendom", "", "Ow 13.16, 13.17, Ob 8.16", V),
    ("opbrengst eigendom", WRO, "Wro 6.18", O),
    ("omslag", TIJDVAK, "Ow 13.14 lid 2: macro-aftopping", V),
    (
        "omslag",
        ZONDER,
        "Ow 13.18 lid 3: de raming van de beschikking",
        V,
    ),
    ("omslag", WRO, "Wro 6.16: macro-aftopping", O),
    (
        "tekort na aftopping",
        TIJDVAK,
        "Ow 13.14 lid 2: macro-aftopping",
        V,
    ),
    ("tekort na aftopping", WRO, "Wro 6.16: macro-aftopping", O),
    ("maximum kostenverhaal", "", "Ow 13.15 lid 1 onder a", V),
    ("geldsommen", "", "Ow 13.18 lid 1", V),
    ("geldsommen", WRO, "Wro 6.17", O),
    // What an owner pays.
    (
        "aandeel perceel",
        "",
        "eigenaren van een perceel naar hun aandeel",
        C,
    ),
    ("bruto bijdrage", "", "Ow 13.16", V),
    ("bruto bijdrage", WRO, "Wro 6.18", O),
    ("bruto bijdrage opbrengsten", "", "Ow 13.16", V),
    (
        "bruto bijdrage opbrengsten",
        WRO,
        "naar rato van de opbrengst; Wro 6.18 rekent met gewogen eenheden",
        O,
    ),
    (
        "bruto bijdrage gewichtsfactor",
        "",
        "Ow 13.16, in de techniek van Wro 6.18",
        "[V], techniek [O]",
    ),
    ("bruto bijdrage gewichtsfactor", WRO, "Wro 6.18", O),
    (
        "aftrek eigen kosten",
        "",
        "Ow 13.18 lid 2 onder b",
        "[V], per post [C]",
    ),
    (
        "aftrek eigen kosten",
        ANDERS,
        "Ow 13.18 lid 2 onder b",
        "[V], in totaal [C]",
    ),
    ("aftrek eigen kosten", WRO, "Wro 6.19", O),
    (
        "waardevermeerdering",
        "",
        "Ow 13.15 lid 2 onder b, Ob 8.18",
        V,
    ),
    ("maximum activiteit", "", "Ow 13.15 lid 2 onder a", V),
    ("netto bijdrage", TIJDVAK, "Ow 13.18 lid 2", V),
    ("netto bijdrage", ZONDER, "Ow 13.15 lid 2, 13.16", V),
    ("netto bijdrage", WRO, "Wro 6.19", O),
    (
        "geldsom",
        TIJDVAK,
        "Ow 13.18 lid 1 en 2",
        "[V], vloer op nul [O]",
    ),
    (
        "geldsom",
        ANDERS,
        "Ow 13.18 lid 1 en 2",
        "[V], zonder vloer [O]",
    ),
    (
        "geldsom",
        ZONDER,
        "Ow 13.15 lid 2, 13.16, 13.18 lid 1 en 3",
        V,
    ),
    ("geldsom", WRO, "Wro 6.17, 6.19", O),
    ("terugbetaling", "", "Ow 13.20 lid 1 en 2, Ob 8.19", V),
    (
        "terugbetaling",
        ZONDER,
        "Ow 13.20, Ob 8.19; andere kosten lid 3",
        "[V], formule [C]",
    ),
    ("terugbetaling", WRO, "Wro 6.20", O),
    ("overeenkomst", "", "Ow 13.13", V),
    ("overeenkomst", WRO, "Wro 6.17", O),
    ("overeenkomsten", "", "Ow 13.13", V),
    ("overeenkomsten", WRO, "Wro 6.17", O),
    // What stays with the municipality.
    ("kosten van de ontvanger", "", CW, C),
    ("rest kostenverhaal", "", REST, C),
    (
        "rest zonder kostensoort",
        "",
        "staat niet in Ob bijlage IV",
        V,
    ),
    (
        "rest elders",
        "",
        "Ow 13.11 lid 1: niet toerekenbaar, of profijt van anderen",
        "[V], formule [C]",
    ),
    ("rest elders", WRO, "Wro 6.13 lid 6", O),
    ("rest plankosten", "", "Ow 13.21, Or 13.2", V),
    ("rest plankosten", WRO, "Bro 6.2.6", O),
    (
        "rest plankosten in het jaar van de beschikking",
        "",
        "Or 13.6",
        V,
    ),
    ("rest bijdragen", "", REST, C),
    ("rest raming", "", "Ow 13.18 lid 3", V),
    ("rest aftopping", "", "Ow 13.14 lid 2: macro-aftopping", V),
    ("rest aftopping", WRO, "Wro 6.16: macro-aftopping", O),
    (
        "rest eigen grond",
        "",
        "Ow 13.16: ook eigen grond draagt",
        V,
    ),
    (
        "rest eigen grond",
        WRO,
        "Wro 6.18: ook eigen grond draagt",
        O,
    ),
    ("rest zonder eigendom", "", REST, C),
    ("rest niet plichtig", "", "Ob 8.13", V),
    ("rest niet plichtig", WRO, REST, O),
    ("rest overeenkomsten", "", "Ow 13.13", V),
    ("rest overeenkomsten", WRO, "Wro 6.17", O),
    (
        "rest vloer en maxima",
        "",
        "vloer op nul, of Ow 13.15 lid 2",
        "[O], maxima [V]",
    ),
    ("rest vloer en maxima", WRO, "vloer op nul", O),
    ("rest eigen werken", "", "Ow 13.18 lid 2 onder b", V),
    ("rest eigen werken", WRO, "Wro 6.19", O),
    ("rest beschikt", "", "Ow 13.20 lid 1 en 2", V),
    ("rest beschikt", WRO, "Wro 6.20", O),
    ("rest betaalmoment", "", CW, C),
    ("rest anderen", "", REST, C),
    // Financiële bijdragen.
    (
        "maximum financiële bijdrage",
        "",
        "Ow 13.23 lid 3 onder a",
        V,
    ),
    (
        "maximum financiële bijdrage",
        ZONDER,
        "Ow 13.23 lid 3 onder b, Ob 8.18",
        V,
    ),
    (
        "ruimte financiële bijdrage",
        "",
        "maximum min geldsom; staat niet in de wet",
        C,
    ),
    ("financiële bijdrage", AFGESPROKEN, "Ow 13.22", V),
    (
        "financiële bijdrage",
        AFGEDWONGEN,
        "Ow 13.23 lid 1 en 3, 13.24, Ob 8.21",
        V,
    ),
    (
        "financiële bijdrage",
        ECONOMISCH,
        "Ow 13.23 lid 1, 13.24, Ob 8.21; ten hoogste de ruimte na de geldsom",
        "[V], ruimte [C]",
    ),
    ("terugbetaling bijdrage", "", "Ow 13.23 lid 4, Ob 8.22", V),
    (
        "terugbetaling bijdrage met rente",
        "",
        "Ob 8.22",
        "[V], rentevoet en -wijze [C]",
    ),
    (
        "lasten bovenwijks",
        "",
        "gangbare formule fonds bovenwijks",
        "[O], aftrek van subsidie [C]",
    ),
    (
        "tarief bovenwijks",
        "",
        "gangbare formule fonds bovenwijks",
        O,
    ),
    (
        "bijdrage bovenwijks",
        "",
        "gangbare formule fonds bovenwijks",
        O,
    ),
    // Verevening.
    ("discontovoet verevening", "", CW, C),
    ("disconto per periode verevening", "", CW, C),
    ("discontofactor verevening", "", CW, C),
    ("sleutel verevening", "", NOVEX, "[P], formule [C]"),
    (
        "sleutel verevening",
        "grondbank",
        INBRENG,
        "[P], formule [O]",
    ),
    (
        "sleutel verevening",
        "gem",
        "afspraak van partijen: kapitaalinleg",
        O,
    ),
    ("eigen kosten verevening", "", NOVEX, "[P], formule [C]"),
    ("feitelijk verevening", "", NOVEX, "[P], formule [C]"),
    (
        "feitelijk verevening",
        "grondbank",
        INBRENG,
        "[P], formule [O]",
    ),
    ("woningen verevening", "", "Platform31", "[P]"),
    (
        "woningen verevening",
        "bovenwijks",
        "gangbare formule fonds bovenwijks",
        O,
    ),
    ("verevening vereist", "", ALPHEN, P31),
    ("verevening tekort", "", ALPHEN, P31),
    ("verevening overschot", "", ALPHEN, P31),
    ("afkoopsom per woning", "", ALPHEN, P31),
    ("afkoopsom", "", ALPHEN, P31),
    (
        "afdracht",
        "",
        "vast bedrag per woning, als in Hilversum",
        "[P]",
    ),
    (
        "afdracht",
        "segment",
        "bedrag per segment (Platform31)",
        "[P]",
    ),
    (
        "segmentafdracht",
        "",
        "bedrag per segment (Platform31)",
        "[P]",
    ),
    (
        "uitkering verevening",
        "",
        "in de volgorde van de rijen tot het saldo op is",
        C,
    ),
    (
        "saldo vereveningsfonds",
        "",
        "in de volgorde van de rijen tot het saldo op is",
        C,
    ),
    ("verevening betaald", "", "som van wat betaald wordt", C),
    (
        "moment in periode",
        "",
        "een GEM verdeelt bij de rente van de rekening zelf",
        C,
    ),
    (
        "kosten buiten verevening",
        "",
        "kosten van wie niet meedoet: geen afspraak bindt hem",
        C,
    ),
    ("verevening saldo", "", "betaald min ontvangen", C),
    (
        "verrekening naar sleutel",
        "doel",
        "verevening naar een doel",
        C,
    ),
    ("verrekening", "doel", "verevening naar een doel", C),
    ("verrekening naar sleutel", "", NOVEX, "[P], formule [C]"),
    (
        "verrekening naar sleutel",
        "grondbank",
        INBRENG,
        "[P], formule [O]",
    ),
    ("deel naar sleutel", "", NOVEX, "[P], formule [C]"),
    (
        "deel naar sleutel",
        "grondbank",
        INBRENG,
        "[P], formule [O]",
    ),
    (
        "deel naar sleutel",
        "gem",
        "afspraak van partijen: naar kapitaalinleg",
        O,
    ),
    ("afrondingsverschil", "", AFGEROND, C),
    ("afrondingsverschil deel", "", AFGEROND, C),
    ("verrekening", "", NOVEX, "[P], formule [C]"),
    ("verrekening", "grondbank", INBRENG, "[P], formule [O]"),
    ("verrekening", "bouwclaim", INBRENG, "[P], formule [O]"),
    (
        "verrekening",
        "gem",
        "afspraak van partijen: naar kapitaalinleg",
        O,
    ),
    ("verrekening", "vereveningsfonds", ALPHEN, P31),
    (
        "verrekening",
        "vlak",
        "vast bedrag per woning, als in Hilversum",
        "[P]",
    ),
    (
        "verrekening",
        "segment",
        "bedrag per segment (Platform31)",
        "[P]",
    ),
    (
        "verrekening",
        "bovenwijks",
        "gangbare formule fonds bovenwijks",
        O,
    ),
    ("kosten na verrekening", "", NOVEX, "[P], formule [C]"),
    ("gemis", "", NOVEX, "[P], formule [C]"),
    ("grondwaarde na verrekening", "", NOVEX, "[P], formule [C]"),
    ("ruimte boven doel", "", "verevening naar een doel", C),
    ("gemis onder doel", "", "verevening naar een doel", C),
    ("wat omgaat", "", "verevening naar een doel", C),
    ("doel onvervuld", "", "verevening naar een doel", C),
    ("boven doel", "", "verevening naar een doel", C),
    ("collectieve bijdrage", "", NOVEX, "[P], formule [C]"),
    ("collectief ongedekt", "", NOVEX, "[P], formule [C]"),
    ("normatieve inbrengwaarde", "", INBRENG, "[P], formule [O]"),
    ("aandeel inbreng", "", INBRENG, "[P], formule [O]"),
    ("ontwikkelrecht", "", INBRENG, "[P], formule [O]"),
    ("verrekening grondbank", "", INBRENG, "[P], formule [O]"),
    ("bouwclaim saldo", "", INBRENG, "[P], formule [O]"),
    ("bouwclaim inkoop", "", INBRENG, "[P], formule [O]"),
    ("bouwclaim verkoop", "", INBRENG, "[P], formule [O]"),
    ("bouwclaim resultaat", "", INBRENG, "[P], formule [O]"),
    (
        "aandeel resultaat GEM",
        "",
        "afspraak van partijen: naar kapitaalinleg",
        O,
    ),
    (
        "resultaat GEM",
        "",
        "afspraak van partijen: naar kapitaalinleg",
        O,
    ),
    (
        "resultaat GEM onverdeeld",
        "",
        "afspraak van partijen: niemand verliest meer dan zijn inleg",
        O,
    ),
    // Norms for the programme.
    ("telt voor norm", "", "lokaal beleid", C),
    ("geheel voor norm", "", "lokaal beleid", C),
    ("gevraagd door norm", "", "lokaal beleid", C),
    ("afwijking", "", "lokaal beleid", C),
    ("grondwaarde die gaat", "", "lokaal beleid", C),
    ("grondwaarde die komt", "", "lokaal beleid", C),
    ("effect op grondwaarde", "", "lokaal beleid", C),
    ("aandeel in programma", "", "lokaal beleid", C),
    ("norm", "", "lokaal beleid", C),
    ("afwijking van norm", "", "lokaal beleid", C),
    ("prijs boven grens", "", "lokaal beleid", C),
    ("woningen boven grens", "", "lokaal beleid", C),
    ("m2 onder maat", "", "lokaal beleid", C),
    ("woningen onder maat", "", "lokaal beleid", C),
    ("ruimteclaim", "", "lokaal beleid", C),
    ("ruimteclaim tekort", "", "lokaal beleid", C),
    ("ruimteclaim totaal", "", "lokaal beleid", C),
    ("effect norm", "", "lokaal beleid", C),
    ("kosten uitplaatsing", "", "lokaal beleid", C),
    // Land values, by the method of the valuation and by what the line is of it.
    ("bedrag", "residueel", RESIDU, C),
    (
        "bedrag",
        "grondquote",
        "gemeentelijke praktijk: grondquote",
        O,
    ),
    (
        "bedrag",
        "vast",
        "vaste of sociale grondprijs: beleid of afspraak",
        O,
    ),
    ("bedrag", "opbrengst", "praktijk van taxateurs", O),
    ("kosten buiten de grond", "", RESIDU, C),
    ("kosten per euro grond", "", RESIDU, C),
    ("residu", "", RESIDU, C),
    // Objects, and the provision for a loss.
    (
        "kapitaallast lineair",
        "",
        "BBV 59 en 64: afschrijven naar verwachte levensduur",
        V,
    ),
    (
        "kapitaallast annuïtair",
        "",
        "BBV 59 en 64: afschrijven naar verwachte levensduur",
        V,
    ),
    (
        "voorziening eindwaarde",
        "",
        "voorziening voor het hele verwachte verlies (BBV-praktijk)",
        "[P]",
    ),
    (
        "voorziening contant",
        "",
        "BBV 63 lid 7: voorziening tegen contante waarde",
        V,
    ),
];

/// The same of settings, which are no words of the record: what follows from law, and what was chosen.
const INSTELLINGEN: &[(&str, &str, &str, &str)] = &[
    ("regime", TIJDVAK, "Ow 13.14", V),
    ("regime", ZONDER, "Ow 13.15", V),
    ("regime", WRO, "Wro 6.13, overgangsrecht", O),
    ("peildatum", "", CW, C),
    ("prijspeil", "", "index van prijspeil naar de periode", C),
    ("rente", "", CW, C),
    ("moment", "", "moment van een bedrag in zijn periode", C),
    ("btw", "", "bedragen zoals ingevoerd", C),
    ("beschikking", "", "Ob 8.16: opbrengst in dat jaar", V),
    ("beschikking", WRO, "Wro 6.17", O),
    ("methode", "", "Ow 13.16", V),
    (
        "methode",
        ANDERS,
        "Ow 13.16, techniek van Wro 6.18",
        "[V], techniek [O]",
    ),
    ("methode", WRO, "Wro 6.18", O),
    ("vloer", "", "staat niet in de wet", O),
    ("rente_tot_betaling", "", "staat niet in de wet", C),
    ("plankosten_in", "", "Or 13.6", V),
    ("plankosten_in", WRO, "Bro 6.2.6", O),
    ("plankosten_in", ANDERS, "eigen fasering; Or 13.6 anders", C),
    ("waardering_per", "", "Ob 8.16, 8.17", C),
    ("plankosten_maximum", "", "Ow 13.21, Or 13.2", V),
    ("plankosten_maximum", WRO, "Bro 6.2.6", O),
    ("maximum_aftopt", "", "staat niet in de wet", C),
    (
        "eindafrekening",
        "",
        "Ow 13.20, Ob 8.19",
        "[V], rentevoet [C]",
    ),
    ("eindafrekening", WRO, "Wro 6.20", O),
];

/// The row of a table that holds in a case.
fn rij(
    tabel: &'static [(&str, &str, &'static str, &'static str)],
    word: &str,
    geval: &str,
) -> Option<Grondslag> {
    let of = |wanted: &str| tabel.iter().find(|(w, g, ..)| *w == word && *g == wanted);
    let (_, _, artikel, merk) = of(geval).or_else(|| of(""))?;
    Some(Grondslag { artikel, merk })
}

/// What a setting rests on in a case; nothing when it has no article or mark.
pub fn instelling(naam: &str, geval: &str) -> Option<Grondslag> {
    rij(INSTELLINGEN, naam, geval)
}

/// What a word rests on in a case; nothing when it has no article or mark of its own.
pub fn grondslag(word: &str, geval: &str) -> Option<Grondslag> {
    rij(GRONDSLAGEN, word, geval)
}

/// The section of the rules that a word of [`super::NAMES`] names, in Dutch; nothing when it names none.
pub fn rekenregel(regel: &str) -> Option<String> {
    let section = regel.split(':').next()?;
    if let Some(rest) = section.strip_prefix("rules ") {
        let rest = rest
            .replace("chapter", "hoofdstuk")
            .replace("point", "punt");
        return Some(format!("rekenregels {rest}"));
    }
    section
        .strip_prefix("design ")
        .map(|rest| format!("ontwerp {rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::NAMES;

    #[test]
    fn every_word_of_a_chapter_with_articles_has_one() {
        for (word, _, rule) in NAMES {
            let chapters = [
                "rules 1.",
                "rules 2.3",
                "rules 3.1",
                "rules 3.2",
                "rules 3.5",
                "rules 3.8",
                "rules 4.2",
                "rules chapter 8",
            ];
            if chapters.iter().any(|chapter| rule.starts_with(chapter)) {
                let found = GRONDSLAGEN.iter().any(|(w, ..)| w == word);
                assert!(found, "{word} ({rule}) has no grondslag");
            }
        }
    }

    #[test]
    fn every_row_has_a_known_word_a_mark_and_no_twin() {
        for (i, (word, geval, artikel, merk)) in GRONDSLAGEN.iter().enumerate() {
            assert!(NAMES.iter().any(|(w, ..)| w == word), "{word}");
            assert!(!artikel.is_empty() && merk.starts_with('['), "{word}");
            let twin = |row: &(&str, &str, &str, &str)| row.0 == *word && row.1 == *geval;
            assert!(!GRONDSLAGEN[..i].iter().any(twin), "{word} {geval}");
        }
        for law in [TIJDVAK, ZONDER, WRO] {
            for word in ["geldsom", "netto bijdrage", "omslag", "verhaalbare kosten"] {
                assert!(grondslag(word, law).is_some(), "{word} {law}");
            }
        }
    }

    #[test]
    fn rules_are_told_in_dutch() {
        let told = |rule: &str| rekenregel(rule);
        assert_eq!(
            told("rules 0.3: minus boekwaarde").as_deref(),
            Some("rekenregels 0.3")
        );
        assert_eq!(
            told("rules chapter 8, point 10").as_deref(),
            Some("rekenregels hoofdstuk 8, punt 10")
        );
        assert_eq!(
            told("design 6: saldo + baten").as_deref(),
            Some("ontwerp 6")
        );
        assert_eq!(told("input"), None);
    }
}
