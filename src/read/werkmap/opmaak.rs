//! How a number is shown: what its format code says about what it means.

/// How a cell is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opmaak {
    /// What kind of value the format is for.
    pub soort: Opmaaksoort,
    /// Whether a currency sign stands with it.
    pub valuta: bool,
    /// How many times the number is divided by a thousand when it is shown: 1 for `#,##0,` (thousands), 2 for millions.
    pub duizendtallen: u8,
}

/// What kind of value a format is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opmaaksoort {
    /// No format of its own (Excel: Standaard).
    #[default]
    Standaard,
    /// A number.
    Getal,
    /// A percentage.
    Procent,
    /// A date or time.
    Datum,
    /// Text: what is typed stays text.
    Tekst,
}

impl Opmaak {
    /// What a format code of Excel's says: `[$€-413] #,##0;[Red]-#,##0`.
    pub(super) fn of_code(code: &str) -> Self {
        let mut format = Opmaak::default();
        let mut digits = false;
        let mut commas = 0;
        let mut rest = code.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '"' => {
                    let text: String = rest.by_ref().take_while(|c| *c != '"').collect();
                    format.valuta |= is_currency(&text);
                    continue;
                }
                '[' => {
                    let text: String = rest.by_ref().take_while(|c| *c != ']').collect();
                    if let Some(currency) = text.strip_prefix('$') {
                        let sign = currency.split('-').next().unwrap_or("");
                        format.valuta |= !sign.is_empty();
                    } else if text
                        .chars()
                        .all(|c| matches!(c, 'h' | 'm' | 's' | 'H' | 'M' | 'S'))
                    {
                        format.soort = Opmaaksoort::Datum;
                    }
                    continue;
                }
                '\\' | '_' | '*' => {
                    format.valuta |= rest.next().is_some_and(|c| is_currency(&c.to_string()));
                    continue;
                }
                // Further sections are for negative numbers, zero and text.
                ';' => break,
                '0' | '#' | '?' => {
                    digits = true;
                    commas = 0;
                    continue;
                }
                ',' if digits => {
                    commas += 1;
                    continue;
                }
                '%' => format.soort = Opmaaksoort::Procent,
                '@' => format.soort = Opmaaksoort::Tekst,
                'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' | 'j' | 'J'
                    if format.soort == Opmaaksoort::Standaard && !digits =>
                {
                    format.soort = Opmaaksoort::Datum;
                }
                'G' | 'g' if code.eq_ignore_ascii_case("general") => break,
                c => format.valuta |= is_currency(&c.to_string()),
            }
            if commas > 0 {
                format.duizendtallen = commas;
                commas = 0;
            }
        }
        format.duizendtallen = format.duizendtallen.max(commas).min(4);
        if digits && format.soort == Opmaaksoort::Standaard {
            format.soort = Opmaaksoort::Getal;
        }
        format
    }

    /// What a format that every spreadsheet program knows by its number says.
    pub(super) fn of_builtin(number: u32) -> Self {
        let soort = match number {
            1..=4 | 11..=13 | 37..=40 | 48 => Opmaaksoort::Getal,
            5..=8 | 41..=44 => {
                return Opmaak {
                    soort: Opmaaksoort::Getal,
                    // 41 and 43 are the accounting formats without a sign.
                    valuta: !matches!(number, 41 | 43),
                    duizendtallen: 0,
                };
            }
            9 | 10 => Opmaaksoort::Procent,
            14..=22 | 27..=36 | 45..=47 | 50..=58 => Opmaaksoort::Datum,
            49 => Opmaaksoort::Tekst,
            _ => Opmaaksoort::Standaard,
        };
        Opmaak {
            soort,
            valuta: false,
            duizendtallen: 0,
        }
    }
}

fn is_currency(text: &str) -> bool {
    text.contains(['€', '$', '£', '¥']) || matches!(text.trim(), "EUR" | "euro" | "Euro")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_a_number_is() {
        use Opmaaksoort::{Datum, Getal, Procent, Standaard, Tekst};
        for (code, soort, valuta, duizendtallen) in [
            ("General", Standaard, false, 0),
            ("0", Getal, false, 0),
            ("#,##0", Getal, false, 0),
            ("#,##0,", Getal, false, 1),
            ("#,##0.0,,", Getal, false, 2),
            ("#,##0, \"k€\"", Getal, true, 1),
            ("[$€-413] #,##0.00;[Red]-[$€-413] #,##0.00", Getal, true, 0),
            ("[$-413]dd-mm-yyyy", Datum, false, 0),
            ("_ \"€\" * #,##0_ ;_ \"€\" * -#,##0_ ", Getal, true, 0),
            ("0.0%", Procent, false, 0),
            ("d/m/yyyy", Datum, false, 0),
            ("[h]:mm", Datum, false, 0),
            ("@", Tekst, false, 0),
            ("#,##0 \"m2\"", Getal, false, 0),
            ("[Red]0", Getal, false, 0),
            ("", Standaard, false, 0),
            ("\"", Standaard, false, 0),
            ("[$", Standaard, false, 0),
        ] {
            let expected = Opmaak {
                soort,
                valuta,
                duizendtallen,
            };
            assert_eq!(Opmaak::of_code(code), expected, "{code}");
        }
        assert_eq!(Opmaak::of_builtin(14).soort, Datum);
        assert!(Opmaak::of_builtin(44).valuta);
    }
}
