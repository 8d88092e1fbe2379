// SPDX-License-Identifier: EUPL-1.2
//! The reference of all functions, made from what each says of itself: `mappings/FUNCTIONS.md`, `amtshub functions`.

use std::fmt::Write;

use super::{FUNCTIONS, Function, Law};

/// What stands in a row like a function and is a part of the language: it takes more than one value, or none.
const STRUCTURE: [(&str, &str, &str); 4] = [
    (
        "table(name)",
        "Übersetzt einen Code mit der Codetabelle `[tables.name]`; was sie nicht enthält, weist sie zurück, behält sie oder \
         ersetzt sie, wie `otherwise` sagt.",
        "Translates a code by the table `[tables.name]`; what it does not hold is refused, kept or replaced as `otherwise` \
         says.",
    ),
    (
        "template('{a}, {b?}')",
        "Setzt beim Lesen einen Text aus mehreren Stellen zusammen und nimmt ihn beim Schreiben auseinander; `{b?}` darf fehlen, \
         `{b:regex}` sagt, was passt.",
        "Puts a text together from several places when reading and takes it apart when writing; `{b?}` may be absent, \
         `{b:regex}` says what fits.",
    ),
    (
        "use(name)",
        "Setzt die Zeilen des Bausteins `[fragments.name]` an dieser Stelle ein.",
        "Puts the rows of the fragment `[fragments.name]` in at this place.",
    ),
    (
        "default = …",
        "Kein Aufruf, sondern eine Angabe der Zeile: der kanonische Wert, wenn das Dokument nichts sagt.",
        "Not a call but an option of the row: the canonical value where the document says nothing.",
    ),
];

impl Law {
    /// The law in a word, German and English.
    pub fn in_words(self) -> (&'static str, &'static str) {
        match self {
            Self::Bijective => ("umkehrbar", "bijective"),
            Self::Normalising => ("vereinheitlichend", "normalising"),
            Self::OneWay => ("nur lesend", "one-way"),
        }
    }
}

impl Function {
    /// A call with its arguments: `date('pattern'?)`.
    pub fn call(&self) -> String {
        if self.arguments.is_empty() {
            self.name.to_owned()
        } else {
            format!("{}({})", self.name, self.arguments)
        }
    }

    /// Everything about the function, as a section of Markdown that reads well in a terminal too.
    pub fn page(&self) -> String {
        let (german, english) = self.law.in_words();
        let mut call = self.name.to_owned();
        if !self.example.arguments.is_empty() {
            let _ = write!(call, "({})", self.example.arguments.join(", "));
        }
        let made = match self.example.canonical {
            "" => "*(fehlt, absent)*".to_owned(),
            text => format!("`{text}`"),
        };
        format!(
            "### `{}`\n\n{}\n\n{}\n\n*{german}, {english}* · `{call}`: `{}` → {made}\n",
            self.call(),
            self.german,
            self.english,
            self.example.source
        )
    }
}

/// The whole reference as Markdown.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Functions\n\nMade from the program by `amtshub functions --markdown`; change it there.\n\n\
         A row works in both directions: reading applies its functions from left to right, writing from right to left.\n\n\
         - **umkehrbar, bijective**: reading and writing undo each other on both sides.\n\
         - **vereinheitlichend, normalising**: what was written reads as the same canonical value; the source may come back in \
         normal form.\n\
         - **nur lesend, one-way**: there is no way back; such a function stands only in rows that read.\n\n\
         In an example, several matches of a place are divided by `|`.\n\n## Functions\n\n",
    );
    for function in FUNCTIONS {
        out.push_str(&function.page());
        out.push('\n');
    }
    out.push_str("## Parts of the language\n");
    for (call, german, english) in STRUCTURE {
        let _ = write!(out, "\n### `{call}`\n\n{german}\n\n{english}\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_that_is_checked_in_is_the_one_that_is_made() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../mappings/FUNCTIONS.md");
        let kept = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            kept == markdown(),
            "mappings/FUNCTIONS.md is old: amtshub functions --markdown > mappings/FUNCTIONS.md"
        );
    }

    #[test]
    fn every_function_stands_in_it_once() {
        let page = markdown();
        for function in FUNCTIONS {
            let heading = format!("\n### `{}`\n", function.call());
            assert_eq!(page.matches(&heading).count(), 1, "{heading}");
        }
    }
}
