//! What the numbers of a workbook are called, and how each is made, in the words of the trade. Knows no layout.

use crate::expression::grondslag::rekenregel;

/// Of a word of [`crate::expression::NAMES`]: what it is called when that differs from the word, and how it is made.
type Woord = (&'static str, &'static str, &'static str);

/// Every word of the record.
const WOORDEN: &[Woord] = &[
    ("hoeveelheid", "", "uit de invoer"),
    ("prijs", "prijs per eenheid", "uit de invoer"),
    (
        "bedrag",
        "bedrag (prijspeil)",
        "hoeveelheid × prijs, of percentage van andere regels",
    ),
    ("percentage", "", "uit de invoer"),
    ("volume", "", "uit de invoer: eenheden per jaar"),
    ("zekerheid", "", "uit de invoer: deel waarop gerekend wordt"),
    (
        "bijdrage_aandeel",
        "bijdrage (aandeel)",
        "uit de invoer: deel van de baat dat wordt bijgedragen",
    ),
    ("investering", "", "uit de invoer: nieuwwaarde"),
    ("onderhoud", "", "uit de invoer: per jaar"),
    (
        "gewicht",
        "gewicht (fasering)",
        "deel dat in de periode valt, uit de fasering",
    ),
    (
        "totaal gewicht",
        "totaal gewicht",
        "som van de gewichten, waar door wordt gedeeld",
    ),
    (
        "bedrag in periode",
        "bedrag in periode (prijspeil)",
        "bedrag × gewicht ÷ totaal gewicht",
    ),
    (
        "groei per periode",
        "",
        "uit de invoer: groei per jaar, herleid tot de periode",
    ),
    (
        "indexfactor",
        "",
        "vorige indexfactor × (1 + groei); 1 op prijspeil",
    ),
    (
        "stroom",
        "stroom (lopende prijzen)",
        "bedrag in periode × indexfactor",
    ),
    (
        "rente per periode",
        "rente per periode",
        "rente per jaar, herleid tot de periode",
    ),
    (
        "creditrente per periode",
        "",
        "creditrente per jaar, herleid tot de periode",
    ),
    ("rente per jaar", "", "uit de invoer"),
    ("creditrente per jaar", "", "uit de invoer"),
    (
        "halve rente",
        "rente over een halve periode",
        "(1 + rente)^½ - 1",
    ),
    (
        "halve creditrente",
        "creditrente over een halve periode",
        "(1 + creditrente)^½ - 1",
    ),
    (
        "laatste periode",
        "",
        "laatste periode waarin de rekening loopt",
    ),
    (
        "loopt nog",
        "loopt nog (1 = ja)",
        "1 tot en met de laatste periode, daarna 0",
    ),
    (
        "kosten",
        "kosten (lopende prijzen)",
        "som van de stromen die de rekening betaalt",
    ),
    (
        "opbrengsten",
        "opbrengsten (lopende prijzen)",
        "som van de stromen die de rekening ontvangt",
    ),
    (
        "kosten prijspeil",
        "kosten (prijspeil)",
        "som van de bedragen die de rekening betaalt",
    ),
    (
        "opbrengsten prijspeil",
        "opbrengsten (prijspeil)",
        "som van de bedragen die de rekening ontvangt",
    ),
    ("kasstroom", "", "opbrengsten - kosten"),
    ("mutatie", "mutatie boekwaarde", "kosten - opbrengsten"),
    (
        "rentegrondslag",
        "",
        "bedrag waarover de periode rente draagt",
    ),
    (
        "rente",
        "rente over de boekwaarde",
        "vorige boekwaarde (of rentegrondslag) × rente; min is ontvangen",
    ),
    (
        "boekwaarde",
        "",
        "vorige boekwaarde + mutatie + rente; + is geïnvesteerd",
    ),
    ("stand", "stand (badkuip)", "min de boekwaarde"),
    (
        "laagste stand",
        "laagste stand (badkuip)",
        "laagste van de standen",
    ),
    (
        "laagste stand periode",
        "periode van de laagste stand",
        "positie van de eerste periode met de laagste stand",
    ),
    (
        "perioden onder water",
        "",
        "aantal perioden met een stand onder nul",
    ),
    (
        "jaren onder water",
        "",
        "perioden onder water ÷ perioden per jaar",
    ),
    ("hoogste boekwaarde", "", "min de laagste stand"),
    (
        "rente totaal",
        "rente totaal (+ is kosten)",
        "som van de rente",
    ),
    (
        "nominaal saldo",
        "nominaal saldo (prijspeil)",
        "opbrengsten - kosten - boekwaarde op peildatum, op prijspeil",
    ),
    (
        "reëel saldo",
        "reëel saldo (met index, zonder rente)",
        "opbrengsten - kosten - boekwaarde op peildatum, lopende prijzen",
    ),
    ("eindwaarde", "", "min de boekwaarde aan het eind"),
    (
        "verdisconteringsfactor",
        "",
        "(1 + discontovoet)^n, n = jaren van peildatum tot het eind",
    ),
    (
        "verdisconteringsfactor rente",
        "verdisconteringsfactor (rente)",
        "(1 + rente)^n, n = jaren van peildatum tot het eind",
    ),
    (
        "discontovoet",
        "",
        "uit de invoer, of de parameter op de peildatum",
    ),
    (
        "disconto per periode",
        "",
        "1 ÷ (1 + discontovoet), herleid tot de periode",
    ),
    (
        "ncw_bbv",
        "NCW (BBV)",
        "eindwaarde ÷ verdisconteringsfactor",
    ),
    (
        "ncw_rente",
        "NCW (rente)",
        "eindwaarde ÷ verdisconteringsfactor (rente)",
    ),
    (
        "ncw_kasstroom",
        "NCW (kasstromen)",
        "som van kasstroom × discontofactor, min boekwaarde op peildatum",
    ),
    (
        "ncw_kasstroom_rente",
        "NCW (kasstromen, rente)",
        "als NCW (kasstromen), met de discontofactor (rente)",
    ),
    (
        "discontovoet rente",
        "discontovoet (rente)",
        "de rente als discontovoet",
    ),
    (
        "disconto per periode rente",
        "disconto per periode (rente)",
        "1 ÷ (1 + rente), herleid tot de periode",
    ),
    (
        "discontofactor rente",
        "discontofactor (rente)",
        "vorige discontofactor × disconto per periode; 1 op peildatum",
    ),
    (
        "ncw",
        "NCW",
        "eindwaarde of kasstromen, contant op peildatum",
    ),
    (
        "eigen inleg",
        "eigen inleg in de boekwaarde",
        "vorige eigen inleg + mutatie + rente - lening",
    ),
    (
        "eigen inleg voor lening",
        "eigen inleg voor de lening van de periode",
        "vorige eigen inleg + mutatie + rente",
    ),
    (
        "schuld",
        "schuld aan het fonds",
        "vorige schuld + rente + lening",
    ),
    ("rente lening", "rente over de lening", "schuld × leenrente"),
    (
        "lening",
        "lening van het fonds",
        "wat het fonds in de periode leent; min is aflossing",
    ),
    (
        "leningen",
        "leningen van het fonds",
        "som van de leningen aan de deelgebieden",
    ),
    (
        "leningen met slot",
        "leningen van het fonds, met aflossing aan het eind",
        "leningen, en aan het eind de laatste aflossing",
    ),
    ("leenplafond", "", "uit de invoer"),
    (
        "leenrente per periode",
        "",
        "leenrente per jaar, herleid tot de periode",
    ),
    (
        "discontofactor",
        "",
        "vorige discontofactor × disconto per periode; 1 op peildatum",
    ),
    (
        "voorziening eindwaarde",
        "verliesvoorziening (eindwaarde)",
        "min de eindwaarde, niet onder nul",
    ),
    (
        "voorziening contant",
        "verliesvoorziening (contant)",
        "verliesvoorziening (eindwaarde) ÷ verdisconteringsfactor",
    ),
    (
        "fonds rente per periode",
        "rente van het fonds per periode",
        "rente van het fonds per jaar, herleid tot de periode",
    ),
    (
        "fonds minimum",
        "minimumsaldo van het fonds",
        "uit de invoer: daaronder betaalt en leent het fonds niet",
    ),
    (
        "fonds aandeel organisatie",
        "aandeel van de gebiedsorganisatie",
        "uit de invoer: deel van de bijdragen",
    ),
    (
        "dekking fonds",
        "dekking door het fonds",
        "uit de invoer: deel van de kosten dat het fonds wordt gevraagd",
    ),
    (
        "fonds bijdragen",
        "bijdragen aan het fonds",
        "som van de bijdragen in geld",
    ),
    (
        "fonds inleg",
        "inleg in het fonds",
        "alles wat in het fonds komt: stortingen en bijdragen",
    ),
    (
        "fonds uitgaven",
        "eigen uitgaven van het fonds",
        "som van de eigen kosten van het fonds",
    ),
    (
        "fonds rendement",
        "rendement van het fonds",
        "vorig saldo, als het boven nul is, × rente van het fonds",
    ),
    (
        "fonds organisatie",
        "deel voor de gebiedsorganisatie",
        "bijdragen × aandeel van de gebiedsorganisatie",
    ),
    (
        "fonds vraag",
        "gevraagd aan het fonds",
        "kosten van de maatregel × dekking door het fonds",
    ),
    (
        "fonds betaling",
        "betaald door het fonds",
        "wat gevraagd is, zover de tekortregel het toestaat",
    ),
    (
        "fonds open",
        "nog te betalen door het fonds",
        "vorige openstaande + gevraagd - betaald",
    ),
    (
        "fonds saldo",
        "saldo van het fonds",
        "vorig saldo + rendement + inleg - organisatie - uitgaven - betalingen",
    ),
    (
        "fonds saldo voor slot",
        "saldo van het fonds voor de laatste aflossing",
        "als het saldo, voor aflossing aan het eind",
    ),
    (
        "fonds laagste",
        "laagste saldo van het fonds",
        "laagste van de saldi",
    ),
    (
        "voorfinanciering",
        "",
        "min het laagste saldo van het fonds, niet onder nul",
    ),
    (
        "saldo",
        "saldo (contant, geld en natura)",
        "som van de contante kasstromen, min wat al geïnvesteerd was",
    ),
    (
        "baten",
        "baten (contant)",
        "besparing + maatschappelijke waarde, contant",
    ),
    ("netto baat", "", "saldo + baten"),
    (
        "besparing",
        "besparing per periode",
        "bespaard geld in lopende prijzen",
    ),
    (
        "maatschappelijk",
        "maatschappelijke waarde per periode",
        "maatschappelijke waarde in lopende prijzen",
    ),
    (
        "contante kasstroom",
        "",
        "kasstroom × discontofactor met de eigen voet",
    ),
    (
        "contante besparing",
        "besparing (contant)",
        "besparing × discontofactor met de eigen voet",
    ),
    (
        "contant maatschappelijk",
        "maatschappelijke waarde (contant)",
        "maatschappelijke waarde × discontofactor met de eigen voet",
    ),
    (
        "één portemonnee",
        "",
        "alle partijen als één, contant tegen discontovoet_matrix, zonder baten",
    ),
    (
        "betaald",
        "betaald (zonder bijdragen)",
        "wat de partij betaalt, anders dan bijdragen",
    ),
    ("bijdragen", "", "bijgedragen, in geld of in natura"),
    ("ontvangen", "", "wat de partij ontvangt"),
    (
        "lopende som",
        "lopende som van kasstroom en baten",
        "vorige som + kasstroom + baten van de periode",
    ),
    (
        "matrix",
        "ontvangen min betaald",
        "per opgave en partij, per periode",
    ),
    (
        "matrix nominaal",
        "ontvangen min betaald (nominaal)",
        "som over de perioden, niet contant",
    ),
    (
        "matrix ncw",
        "ontvangen min betaald (NCW)",
        "contant tegen discontovoet_matrix",
    ),
    (
        "kasstroom met leningen",
        "",
        "kasstroom met de leningen van het fonds erbij",
    ),
    (
        "fonds gevraagd",
        "gevraagd aan het fonds, totaal",
        "som van wat maatregelen vragen",
    ),
    (
        "fonds betaald",
        "betaald door het fonds, totaal",
        "som van wat het fonds aan maatregelen betaalt",
    ),
    (
        "levensduurkosten",
        "",
        "investering + onderhoud + vervanging - restwaarde, contant",
    ),
    (
        "levensduurkosten onderhoud",
        "levensduurkosten: onderhoud",
        "contant tegen discontovoet_maatschappelijk",
    ),
    (
        "levensduurkosten vervanging",
        "levensduurkosten: vervanging",
        "contant tegen discontovoet_maatschappelijk",
    ),
    (
        "levensduurkosten restwaarde",
        "levensduurkosten: restwaarde",
        "contant tegen discontovoet_maatschappelijk",
    ),
    (
        "levensduurkosten per jaar",
        "",
        "levensduurkosten als gelijk bedrag per jaar",
    ),
    (
        "kapitaallast lineair",
        "kapitaallast (lineair)",
        "gelijke afschrijving + rente over wat rest",
    ),
    (
        "kapitaallast annuïtair",
        "kapitaallast (annuïtair)",
        "gelijk bedrag per jaar",
    ),
    (
        "discontovoet kostenverhaal",
        "discontovoet van kostenverhaal",
        "uit de invoer: rente van het kostenverhaalsgebied",
    ),
    (
        "disconto per periode kostenverhaal",
        "",
        "1 ÷ (1 + discontovoet), per periode",
    ),
    (
        "discontofactor kostenverhaal",
        "",
        "vorige factor × disconto per periode; 1 op de peildatum",
    ),
    (
        "verhaalbaar deel",
        "",
        "toerekenbaar × profijt van het gebied ÷ profijt van allen",
    ),
    (
        "contante waarde",
        "contante waarde in kostenverhaal",
        "stroom × discontofactor × verhaalbaar deel, opgeteld",
    ),
    (
        "kosten zonder plankosten",
        "verhaalbare kosten zonder plankosten",
        "som van contante waarden van kosten met een kostensoort",
    ),
    (
        "plankosten",
        "plankosten (A1 en A10)",
        "som van contante waarden",
    ),
    (
        "plankosten maximum",
        "maximum van de plankosten",
        "uit de invoer",
    ),
    (
        "plankosten verhaalbaar",
        "verhaalbare plankosten",
        "plankosten, ten hoogste het maximum",
    ),
    (
        "inbrengwaarden",
        "",
        "som van de inbrengwaarden; niet verdisconteerd",
    ),
    (
        "verhaalbare kosten",
        "",
        "kosten + verhaalbare plankosten + inbrengwaarden",
    ),
    (
        "bijdragen van derden",
        "bijdragen en subsidies van derden",
        "som van contante waarden, voor het deel in_mindering",
    ),
    (
        "netto verhaalbare kosten",
        "",
        "verhaalbare kosten - bijdragen van derden",
    ),
    (
        "opbrengst gronden",
        "opbrengst van alle gronden",
        "som van contante waarden van het programma",
    ),
    (
        "omslag",
        "omslag over de gronden",
        "netto kosten, ten hoogste de opbrengst en niet onder nul",
    ),
    (
        "tekort na aftopping",
        "tekort na macro-aftopping",
        "netto kosten - opbrengst, niet onder nul",
    ),
    (
        "maximum kostenverhaal",
        "maximum van het gebied",
        "uit de invoer",
    ),
    (
        "geldsommen",
        "geldsommen van alle eigenaren",
        "som van de geldsommen",
    ),
    ("aandeel perceel", "aandeel in het perceel", "uit de invoer"),
    (
        "inbrengwaarde",
        "",
        "uit de invoer: grond + opstallen + vrijmaken + slopen + saneren",
    ),
    (
        "opbrengst eigendom",
        "opbrengst van de grond",
        "contante waarde van het programma op het perceel × aandeel",
    ),
    (
        "aftrek eigen kosten",
        "aftrek voor eigen werk",
        "eigen kosten, ten hoogste de raming",
    ),
    (
        "bruto bijdrage",
        "",
        "deel in de omslag, volgens de gekozen methode",
    ),
    (
        "bruto bijdrage opbrengsten",
        "bruto bijdrage naar opbrengst",
        "omslag × opbrengst van de grond ÷ opbrengst van alle gronden",
    ),
    (
        "bruto bijdrage gewichtsfactor",
        "bruto bijdrage naar gewogen eenheden",
        "omslag × gewogen eenheden van de eigenaar ÷ die van allen",
    ),
    (
        "waardevermeerdering",
        "",
        "opbrengst van de grond - inbrengwaarde",
    ),
    (
        "maximum activiteit",
        "maximum van de activiteit",
        "uit de invoer",
    ),
    (
        "netto bijdrage",
        "",
        "bruto - inbrengwaarde - aftrek; zonder tijdvak het laagste van aandeel, maximum en waardevermeerdering",
    ),
    ("geldsom", "", "netto bijdrage, niet onder nul"),
    (
        "terugbetaling",
        "terugbetaling bij de eindafrekening",
        "beschikt - herberekend - 5% van beschikt, niet onder nul",
    ),
    (
        "verevening vereist",
        "vereiste sociale woningen",
        "norm × woningen, afgerond zoals de regel zegt",
    ),
    (
        "verevening tekort",
        "tekort aan sociale woningen",
        "vereist - gerealiseerd - elders verevend, niet onder nul",
    ),
    (
        "verevening overschot",
        "sociale woningen boven de norm",
        "gerealiseerd - vereist, niet onder nul",
    ),
    (
        "afkoopsom per woning",
        "",
        "grondwaarde vrij - grondwaarde sociaal, niet onder nul",
    ),
    ("afkoopsom", "", "tekort × afkoopsom per woning"),
    ("afdracht", "afdracht per project", "woningen × tarief"),
    (
        "segmentafdracht",
        "afdracht per segment",
        "woningen boven de grens × tarief, per segment",
    ),
    (
        "uitkering verevening",
        "uitkering uit het vereveningsfonds",
        "extra woningen × bedrag, ten hoogste het plafond en het saldo",
    ),
    (
        "saldo vereveningsfonds",
        "saldo van het vereveningsfonds",
        "vorig saldo - uitkering",
    ),
    (
        "verrekening naar sleutel",
        "verrekening naar sleutel, voor afronding",
        "aandeel in het geheel naar de sleutel, tegenover wat men zelf heeft",
    ),
    (
        "afrondingsverschil",
        "",
        "wat afronding overlaat, bij wie de grootste sleutel heeft",
    ),
    (
        "deel naar sleutel",
        "deel naar sleutel, voor afronding",
        "geheel × sleutel ÷ som van de sleutels",
    ),
    (
        "afrondingsverschil deel",
        "afrondingsverschil van het deel",
        "wat afronding overlaat, bij wie de grootste sleutel heeft",
    ),
    (
        "verrekening",
        "verrekening (+ betaalt, - ontvangt)",
        "deel naar de sleutel - eigen kosten",
    ),
    ("kosten na verrekening", "", "eigen kosten + verrekening"),
    ("gemis", "gemis door een special", "referentie - werkelijk"),
    (
        "grondwaarde na verrekening",
        "",
        "grondwaarde - verrekening",
    ),
    (
        "ruimte boven doel",
        "",
        "grondwaarde - doel, niet onder nul",
    ),
    ("gemis onder doel", "", "doel - grondwaarde, niet onder nul"),
    (
        "wat omgaat",
        "bedrag dat omgaat tussen deelgebieden",
        "kleinste van alle ruimte boven en alle gemis onder de doelen",
    ),
    (
        "doel onvervuld",
        "",
        "doel - grondwaarde na verrekening, niet onder nul",
    ),
    ("boven doel", "", "grondwaarde - doel, niet onder nul"),
    ("collectieve bijdrage", "", "collectieve kosten × sleutel"),
    (
        "kosten buiten verevening",
        "kosten van wie niet meedoet",
        "kosten die de regel kiest en geen deelnemer betaalt, contant",
    ),
    (
        "collectief ongedekt",
        "collectieve kosten zonder drager",
        "collectieve kosten - bijdragen",
    ),
    ("normatieve inbrengwaarde", "", "m2 × normwaarde, opgeteld"),
    (
        "aandeel inbreng",
        "aandeel in de inbreng",
        "inbrengwaarde ÷ som van de inbrengwaarden",
    ),
    ("ontwikkelrecht", "", "aandeel in de inbreng × programma"),
    (
        "verrekening grondbank",
        "verrekening virtuele grondbank (+ betaalt, - ontvangt)",
        "(feitelijk programma - ontwikkelrecht) × grondwaarde per eenheid",
    ),
    (
        "bouwclaim saldo",
        "saldo van de bouwclaim (+ betaalt, - ontvangt)",
        "terugkoop van kavels - verkoop van grond",
    ),
    ("bouwclaim inkoop", "", "m2 × inkoopprijs"),
    ("bouwclaim verkoop", "", "kavels × kavelprijs"),
    (
        "bouwclaim resultaat",
        "resultaat van de gemeente uit bouwclaims",
        "verkoop - inkoop - kosten",
    ),
    (
        "aandeel resultaat GEM",
        "aandeel in het resultaat van de GEM",
        "resultaat × kapitaalaandeel, verlies ten hoogste de inleg",
    ),
    (
        "resultaat GEM onverdeeld",
        "onverdeeld resultaat van de GEM",
        "resultaat - som van de aandelen",
    ),
    (
        "maximum financiële bijdrage",
        "",
        "opbrengst - inbrengwaarde, niet onder nul",
    ),
    (
        "ruimte financiële bijdrage",
        "",
        "maximum - geldsom, niet onder nul",
    ),
    (
        "financiële bijdrage",
        "",
        "gevraagd, ten hoogste het maximum of de ruimte",
    ),
    (
        "terugbetaling bijdrage",
        "terugbetaling van de financiële bijdrage",
        "betaald - nodig, niet onder nul",
    ),
    (
        "terugbetaling bijdrage met rente",
        "terugbetaling van de financiële bijdrage, met rente",
        "terugbetaling × rente over de jaren",
    ),
    (
        "lasten bovenwijks",
        "lasten bovenwijkse voorzieningen",
        "kosten × aandeel nieuwbouw - subsidies",
    ),
    (
        "tarief bovenwijks",
        "tarief per woningequivalent",
        "lasten ÷ woningequivalenten",
    ),
    (
        "bijdrage bovenwijks",
        "bijdrage fonds bovenwijks",
        "eenheden × woningequivalent × tarief",
    ),
    ("aandeel in programma", "", "deel ÷ geheel"),
    ("norm", "", "uit de invoer"),
    ("afwijking van norm", "", "werkelijk aandeel - norm"),
    ("prijs boven grens", "", "prijs - grens, niet onder nul"),
    (
        "woningen boven grens",
        "",
        "woningen waarvan de prijs boven de grens ligt",
    ),
    ("m2 onder maat", "", "minimum - oppervlakte, niet onder nul"),
    (
        "woningen onder maat",
        "",
        "woningen kleiner dan het minimum",
    ),
    (
        "ruimteclaim",
        "ruimteclaim van de woningen",
        "woningen × m2 per woning",
    ),
    (
        "ruimteclaim tekort",
        "tekort aan ruimte",
        "claim - aanwezig, niet onder nul",
    ),
    ("ruimteclaim totaal", "", "som van de claims"),
    (
        "effect norm",
        "effect van de norm op de grondwaarde",
        "eenheden × verschil in grondwaarde; + levert op",
    ),
    ("kosten uitplaatsing", "", "m2 kavel × prijs"),
    ("von", "vrij-op-naamprijs", "uit de invoer"),
    ("huur", "huur per jaar", "uit de invoer"),
    (
        "betaalbare_huur",
        "betaalbare huur per jaar",
        "uit de invoer",
    ),
    ("m2", "oppervlakte", "uit de invoer"),
    ("factor", "kapitalisatiefactor", "uit de invoer, of 1 ÷ BAR"),
    (
        "grondquote",
        "",
        "uit de invoer: deel van de opbrengst dat grond is",
    ),
    ("btw", "btw-tarief", "uit de invoer"),
    ("betaalbaar_aandeel", "aandeel betaalbaar", "uit de invoer"),
    ("bar", "bruto aanvangsrendement (BAR)", "uit de invoer"),
    ("huurvrij", "huurvrije jaren", "uit de invoer"),
    ("kosten_koper", "kosten koper", "uit de invoer"),
    (
        "disconto",
        "discontovoet van de waardering",
        "uit de invoer",
    ),
    (
        "eenheden",
        "eenheden waarop de waardering ziet",
        "uit de invoer",
    ),
    ("jaren", "aantal jaren", "uit de invoer"),
    ("deel", "deel waarover rente loopt", "uit de invoer"),
    ("termijnen", "rentetermijnen per jaar", "uit de invoer"),
    (
        "kosten buiten de grond",
        "stichtingskosten buiten de grond",
        "som van de posten die niet van de grondwaarde afhangen",
    ),
    (
        "kosten per euro grond",
        "",
        "som van wat elke euro grond aan kosten meebrengt",
    ),
    (
        "residu",
        "residu voor de grond",
        "opbrengst - stichtingskosten buiten de grond",
    ),
    (
        "kosten per kostensoort",
        "verhaalbare kosten per kostensoort",
        "som van contante waarden",
    ),
    (
        "overeenkomst",
        "overeenkomst (contant)",
        "contante waarde van wat is afgesproken",
    ),
    (
        "overeenkomsten",
        "overeenkomsten (contant)",
        "som van de overeenkomsten",
    ),
    (
        "kosten van de ontvanger",
        "kosten van de gemeente (contant)",
        "kosten met en zonder kostensoort, zonder werken van eigenaren",
    ),
    (
        "rest kostenverhaal",
        "blijft bij de gemeente",
        "kosten - bijdragen - geldsommen - overeenkomsten",
    ),
    (
        "rest zonder kostensoort",
        "rest: kosten zonder kostensoort",
        "som van contante waarden",
    ),
    (
        "rest elders",
        "rest: profijt elders of niet toerekenbaar",
        "som van wat niet verhaalbaar is",
    ),
    (
        "rest plankosten",
        "rest: boven het maximum van de plankosten",
        "kosten per kostensoort + inbrengwaarden - verhaalbare kosten",
    ),
    (
        "rest plankosten in het jaar van de beschikking",
        "rest: plankosten in eigen jaren tegen het jaar van de beschikking",
        "plankosten in eigen jaren - dezelfde in het jaar van de beschikking",
    ),
    (
        "rest bijdragen",
        "rest: bijdragen van derden boven de kosten",
        "netto kosten - omslag - tekort, of wat netto onder nul is",
    ),
    (
        "rest raming",
        "rest: verschil tussen kosten en raming",
        "netto kosten - raming die wordt verdeeld",
    ),
    (
        "rest aftopping",
        "rest: aftopping op de opbrengst",
        "tekort na aftopping",
    ),
    (
        "rest eigen grond",
        "rest: grond van de gemeente",
        "bruto bijdrage - inbrengwaarde van eigen grond",
    ),
    (
        "rest zonder eigendom",
        "rest: grond zonder rij in eigendom",
        "omslag - som van de bruto bijdragen",
    ),
    (
        "rest niet plichtig",
        "rest: niet plichtig",
        "bijdragen van wie niet plichtig is",
    ),
    (
        "rest overeenkomsten",
        "rest: verschil tussen bijdrage en overeenkomst",
        "bijdrage - overeenkomst",
    ),
    (
        "rest vloer en maxima",
        "rest: vloer op nul, maxima en waardevermeerdering",
        "bijdrage - geldsom",
    ),
    (
        "rest eigen werken",
        "rest: verschil tussen aftrek en eigen werken",
        "aftrek - raming van de werken",
    ),
    (
        "rest beschikt",
        "rest: verschil tussen herberekening en beschikt",
        "geldsom - beschikt + terugbetaling",
    ),
    (
        "rest betaalmoment",
        "rest: later betaald zonder rente",
        "geldsom - geldsom × wat een euro bij betaling waard is",
    ),
    (
        "rest anderen",
        "rest: verhaald, en door een ander gemaakt",
        "kosten van anderen, met een minteken",
    ),
    (
        "discontovoet verevening",
        "discontovoet van de verevening",
        "uit de invoer: rente van de regel, of van het gebied",
    ),
    (
        "disconto per periode verevening",
        "discontering per periode (verevening)",
        "1 + discontovoet; per kwartaal of halfjaar de wortel daarvan",
    ),
    (
        "discontofactor verevening",
        "discontofactor van de verevening",
        "1 ÷ (1 + discontovoet)^jaren vanaf de peildatum",
    ),
    (
        "sleutel verevening",
        "sleutel van de deelnemer",
        "uit de invoer, of wat de regel als sleutel telt",
    ),
    (
        "eigen kosten verevening",
        "eigen kosten van de deelnemer",
        "uit de invoer, of contante waarde van zijn kosten",
    ),
    (
        "feitelijk verevening",
        "feitelijke inbreng of productie",
        "uit de invoer, of wat de regel telt",
    ),
    (
        "woningen verevening",
        "woningen van de deelnemer",
        "uit de invoer, of het programma",
    ),
    (
        "verevening betaald",
        "verevening: betaald aan de rekening",
        "som van wat deelnemers betalen",
    ),
    (
        "verevening saldo",
        "verevening: blijft op de rekening",
        "betaald - ontvangen",
    ),
    (
        "moment in periode",
        "moment van kasstromen in een periode",
        "contante waarde binnen de periode, naar rentemethode en rente",
    ),
    (
        "resultaat GEM",
        "resultaat van de GEM",
        "uit de invoer, of contante waarde van de rekening min de boekwaarde",
    ),
    (
        "telt voor norm",
        "telt mee voor de norm",
        "som van het programma dat de norm noemt",
    ),
    (
        "geheel voor norm",
        "geheel waarover de norm gaat",
        "som van het programma waarvan de norm een deel vraagt",
    ),
    (
        "gevraagd door norm",
        "gevraagd door de norm",
        "norm × geheel",
    ),
    (
        "afwijking",
        "afwijking van de norm",
        "wat telt - wat gevraagd wordt",
    ),
    (
        "grondwaarde die gaat",
        "grondwaarde van een eenheid die vervalt",
        "uit de invoer, of gemiddeld over het programma",
    ),
    (
        "grondwaarde die komt",
        "grondwaarde van een eenheid die erbij komt",
        "uit de invoer, of gemiddeld over het programma",
    ),
    (
        "effect op grondwaarde",
        "effect op de grondwaarde van voldoen aan de norm",
        "tekort × (grondwaarde die komt - grondwaarde die gaat)",
    ),
];

/// What a result is called, by the last part of its address, and what it is.
const UITKOMSTEN: &[Woord] = &[
    (
        "ncw",
        "NCW",
        "netto contante waarde op de peildatum, volgens ncw_methode; + is een overschot",
    ),
    (
        "voorziening",
        "Verliesvoorziening",
        "wat voor een verwacht verlies opzij staat, volgens de gekozen voorziening_basis",
    ),
    (
        "boekwaarde_peildatum",
        "Boekwaarde op peildatum",
        "kosten min opbrengsten tot de peildatum, met geboekte rente; + is geïnvesteerd",
    ),
    (
        "nominaal_saldo",
        "Nominaal saldo (prijspeil)",
        "opbrengsten min kosten min boekwaarde, zonder index en zonder rente",
    ),
    (
        "reeel_saldo",
        "Reëel saldo",
        "opbrengsten min kosten min boekwaarde, met index en zonder rente",
    ),
    (
        "eindwaarde",
        "Eindwaarde",
        "resultaat aan het eind van het eindjaar, met index en rente; + is een overschot",
    ),
    (
        "ncw_bbv",
        "NCW (BBV)",
        "eindwaarde, gedisconteerd van het eind naar de peildatum tegen discontovoet_bbv",
    ),
    (
        "ncw_rente",
        "NCW (rente)",
        "eindwaarde, gedisconteerd van het eind naar de peildatum tegen de rente",
    ),
    (
        "ncw_kasstroom",
        "NCW (kasstromen)",
        "elke kasstroom gedisconteerd tegen discontovoet_bbv, min de boekwaarde op peildatum",
    ),
    (
        "ncw_kasstroom_rente",
        "NCW (kasstromen, rente)",
        "elke kasstroom gedisconteerd tegen de rente, min de boekwaarde op peildatum",
    ),
    (
        "hoogste_boekwaarde",
        "Hoogste boekwaarde",
        "het meeste dat tegelijk geïnvesteerd is",
    ),
    (
        "laagste_stand",
        "Laagste stand (badkuip)",
        "hetzelfde met het andere teken: het diepste punt van de badkuip",
    ),
    (
        "laagste_stand_jaar",
        "Periode van de laagste stand",
        "eerste periode waarin de badkuip het diepst is",
    ),
    (
        "jaren_onder_water",
        "Jaren onder water",
        "aantal jaren waarin er geld geïnvesteerd is (stand onder nul)",
    ),
    (
        "rente_totaal",
        "Rente totaal",
        "alle rente over de boekwaarde samen; + is kosten",
    ),
    (
        "voorziening_eindwaarde",
        "Verliesvoorziening (eindwaarde)",
        "het verlies op eindwaarde; nul bij een overschot",
    ),
    (
        "voorziening_contant",
        "Verliesvoorziening (contant)",
        "het verlies op eindwaarde, contant tegen discontovoet_bbv; nul bij een overschot",
    ),
    (
        "portemonnee",
        "Eén portemonnee",
        "alle partijen als één: contante waarde tegen discontovoet_matrix, zonder baten",
    ),
    (
        "voorfinanciering",
        "Voorfinanciering gebiedsfonds",
        "wat het gebiedsfonds voorgeschoten krijgt: de diepte van het saldo onder nul",
    ),
    (
        "fonds_laagste",
        "Laagste saldo gebiedsfonds",
        "laagste saldo van het gebiedsfonds in alle perioden",
    ),
    (
        "saldo",
        "Saldo",
        "contante waarde van ontvangsten min betalingen (geld en natura), tegen eigen voet",
    ),
    (
        "baten",
        "Baten",
        "contante waarde van besparing en maatschappelijke waarde, tegen eigen voet",
    ),
    ("netto_baat", "Netto baat", "saldo + baten"),
    (
        "besparing",
        "Besparing",
        "contante waarde van bespaard geld",
    ),
    (
        "maatschappelijk",
        "Maatschappelijke waarde",
        "contante waarde van maatschappelijke baten",
    ),
    (
        "investering",
        "Betaald",
        "alles wat de partij betaalt, anders dan bijdragen; niet contant",
    ),
    (
        "bijdragen",
        "Bijdragen",
        "wat de partij bijdraagt in geld of natura; niet contant",
    ),
    (
        "ontvangen",
        "Ontvangen",
        "alles wat de partij ontvangt; niet contant",
    ),
    (
        "geldsom",
        "Geldsom",
        "wat de eigenaar per beschikking betaalt; na een beschikking de herberekening",
    ),
    (
        "netto",
        "Netto bijdrage",
        "bruto min inbrengwaarde en aftrek, voor de vloer",
    ),
    (
        "bruto",
        "Bruto bijdrage",
        "deel van de eigenaar in de omslag",
    ),
    (
        "terugbetaling",
        "Terugbetaling",
        "wat de eigenaar bij de eindafrekening terugkrijgt, zonder rente",
    ),
    (
        "kosten",
        "Verhaalbare kosten",
        "kosten met een kostensoort en inbrengwaarden, contant",
    ),
    (
        "netto_kosten",
        "Netto verhaalbare kosten",
        "verhaalbare kosten min bijdragen van derden",
    ),
    (
        "opbrengst",
        "Opbrengst van de gronden",
        "contante waarde van het programma",
    ),
    (
        "omslag",
        "Omslag",
        "wat over de gronden wordt verdeeld, na macro-aftopping",
    ),
    (
        "tekort",
        "Tekort na aftopping",
        "wat de gronden niet kunnen dragen",
    ),
    (
        "geldsommen",
        "Geldsommen",
        "wat alle eigenaren per beschikking betalen",
    ),
];

/// What a setting means.
const INSTELLINGEN: &[(&str, &str)] = &[
    ("naam", "Naam van het gebied"),
    (
        "peildatum",
        "Eerste dag van de prognose; scheidt geschiedenis van prognose",
    ),
    (
        "prijspeil",
        "Datum van het prijspeil; een datum binnen een jaar telt als 1 januari van dat jaar",
    ),
    (
        "eindjaar",
        "Laatste jaar van de grondexploitatie; de eindwaarde is per 31 december van dat jaar",
    ),
    ("horizon", "Laatste jaar van de gebiedsexploitatie"),
    ("tijdstap", "Lengte van een periode"),
    (
        "periodevoet",
        "Rente of groei per halfjaar of kwartaal: (1+i)^(1/m)-1 (effectief) of i/m (nominaal)",
    ),
    (
        "btw",
        "Of bedragen btw bevatten; alleen getoond, er wordt niet mee gerekend",
    ),
    (
        "rentemethode",
        "Rente over: de beginstand (JAN1); beginstand + halve mutatie, enkelvoudig (GEMIDDELD); hetzelfde, samengesteld (HALFJAAR_SI); beginstand + hele mutatie (BEGIN)",
    ),
    (
        "indexmoment",
        "Prijspeil van een stroom: dat van het begin of van het midden van zijn periode",
    ),
    (
        "dagtelling",
        "Exponent van de NCW: hele jaren, dagen/365,25 of dagen/365",
    ),
    ("ncw_methode", "Welke van de vier NCW's de NCW heet"),
    (
        "kasstroommoment",
        "Moment in de periode waarop ncw_kasstroom en ncw_kasstroom_rente een stroom disconteren",
    ),
    ("rente", "Rente over de boekwaarde (debet)"),
    ("creditrente", "Rente als de boekwaarde negatief is"),
    (
        "rente_over",
        "Rente over de boekwaarde van het geheel, of van elk deelgebied apart (wie rood staat gebruikt het tegoed van een ander niet)",
    ),
    (
        "discontovoet_bbv",
        "Discontovoet van ncw_bbv en van de verliesvoorziening",
    ),
    (
        "discontovoet_maatschappelijk",
        "Reële discontovoet voor levensduurkosten",
    ),
    (
        "discontovoet_matrix",
        "De ene voet van de matrix en van één portemonnee",
    ),
    (
        "voorziening_basis",
        "Of een verlies wordt voorzien tegen contante waarde (discontovoet_bbv) of tegen eindwaarde",
    ),
];

fn gevonden(list: &'static [Woord], word: &str) -> Option<&'static Woord> {
    list.iter().find(|(w, ..)| *w == word)
}

/// What a recorded number is called.
pub(super) fn label(word: &'static str) -> &'static str {
    match gevonden(WOORDEN, word) {
        Some((_, label, _)) if !label.is_empty() => label,
        _ => word,
    }
}

/// How a recorded number is made, with the section of the rules.
pub(super) fn rekenwijze(word: &str, regel: &str) -> String {
    let uitleg = gevonden(WOORDEN, word).map_or("", |(.., uitleg)| uitleg);
    let section = rekenregel(regel);
    match section {
        // A convention by name stands in the rule's reference; it is no section.
        Some(section) => format!("{uitleg} ({})", section.trim_end_matches(", HALFJAAR_SI")),
        None => uitleg.to_owned(),
    }
}

/// Of a result by its address: the part of the model that it is about, what it is called, and what it is.
pub(super) fn uitkomst(adres: &str) -> (String, String, &'static str) {
    let (groep, figuur) = match adres.split_once('[') {
        Some((soort, rest)) => match rest.rsplit_once("].") {
            Some((wie, figuur)) => (format!("{soort} {wie}"), figuur),
            None => (String::new(), adres),
        },
        None => (String::new(), adres),
    };
    match gevonden(UITKOMSTEN, figuur) {
        Some((_, naam, uitleg)) => (groep, (*naam).to_owned(), uitleg),
        None => (groep, figuur.replace('_', " "), ""),
    }
}

/// What a setting of table `gebied` means.
pub fn instelling(name: &str) -> &'static str {
    INSTELLINGEN
        .iter()
        .find(|(n, _)| *n == name)
        .map_or("", |(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::NAMES;
    use crate::model::schema::SETTINGS;

    #[test]
    fn every_word_result_and_setting_is_told_in_dutch() {
        for (word, _, rule) in NAMES {
            assert!(gevonden(WOORDEN, word).is_some(), "{word}");
            let text = rekenwijze(word, rule);
            for english in ["rules", "design", "input", "phasing", "the ", " at "] {
                assert!(!text.contains(english), "{word}: {text}");
            }
        }
        assert_eq!(WOORDEN.len(), NAMES.len());
        for setting in SETTINGS {
            assert!(!instelling(setting.name).is_empty(), "{}", setting.name);
        }
    }

    #[test]
    fn a_result_is_named_by_its_address() {
        assert_eq!(uitkomst("ncw_bbv").1, "NCW (BBV)");
        let (groep, naam, _) = uitkomst("partij[a.b].netto_baat");
        assert_eq!(
            (groep.as_str(), naam.as_str()),
            ("partij a.b", "Netto baat")
        );
    }
}
