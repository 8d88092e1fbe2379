// SPDX-License-Identifier: EUPL-1.2
//! One page: its text, how sure that is, its barcodes.

use serde::{Deserialize, Serialize};

use crate::codes::{Code, Look};
use crate::job::Form;
use crate::pdf;
use crate::recognition::recognise;
use crate::refusal;
use crate::settings::Settings;
use crate::tiff_file;
use crate::tool::{Halt, Workshop};

/// Where a text is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// The file says it.
    File,
    /// It was recognised.
    Recognition,
    /// There is none.
    Blank,
}

/// What was found on a page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Page {
    /// From 1.
    pub number: u32,
    pub origin: Origin,
    /// Words that were recognised, and the sum of their certainties.
    pub words: u32,
    pub certainty: f64,
    pub codes: Vec<Code>,
    /// Kept on the disk only, while a stack is worked on.
    pub text: String,
}

impl Page {
    /// How sure its text is, from 0 to 1; none for a page without recognised words.
    pub(crate) fn confidence(&self) -> Option<f64> {
        (self.words > 0).then(|| self.certainty / f64::from(self.words))
    }

    /// Whether a person has to look at it: the words are not sure enough, or there is ink and not one word or code.
    pub(crate) fn is_unclear(&self, confidence_min: f64) -> bool {
        match self.origin {
            Origin::File | Origin::Blank => false,
            Origin::Recognition => match self.confidence() {
                Some(confidence) => confidence < confidence_min,
                None => self.codes.is_empty(),
            },
        }
    }
}

/// From so many letters on the file's own text counts as the page's text: a scanner may stamp a number on each page.
const LETTERS_MIN: usize = 40;
/// Text of a page, in bytes.
const TEXT_MAX: usize = 64 * 1024;
/// A page with less ink is blank: a line of text has ten times as much.
const INK_MIN: f64 = 0.0001;
const DRAWN: &str = "page.pgm";

/// Reads a page.
pub(crate) async fn read(
    workshop: &Workshop,
    form: Form,
    number: u32,
    dpi: u32,
    settings: &Settings,
) -> Result<Page, Halt> {
    let own = match form {
        Form::Pdf => Some(pdf::text(workshop, number).await?).filter(|text| is_text(text)),
        Form::Tiff => None,
    };
    match form {
        Form::Pdf => pdf::draw(workshop, number, dpi, "page").await?,
        Form::Tiff => {
            let number = number.to_string();
            workshop
                .read("Seite zeichnen", &["tiff-page", tiff_file::FILE, &number, DRAWN])
                .await?;
        }
    }
    let look = look(workshop, settings).await?;
    let mut page = Page {
        number,
        origin: Origin::Blank,
        words: 0,
        certainty: 0.0,
        codes: look.codes,
        text: String::new(),
    };
    if let Some(text) = own {
        (page.origin, page.text) = (Origin::File, text);
    } else if look.ink > INK_MIN {
        let recognised = recognise(workshop, DRAWN, dpi, &settings.languages).await?;
        page.origin = Origin::Recognition;
        (page.words, page.certainty, page.text) = (recognised.words, recognised.certainty, recognised.text);
    }
    std::fs::remove_file(workshop.folder.join(DRAWN))?;
    page.text = cut(&page.text, TEXT_MAX);
    Ok(page)
}

async fn look(workshop: &Workshop, settings: &Settings) -> Result<Look, Halt> {
    let mut words = vec!["codes", DRAWN];
    words.extend(settings.formats.iter().map(|format| format.name()));
    let said = workshop.read("Strichcodes suchen", &words).await?;
    serde_json::from_slice(&said).map_err(|_| Halt::Unfit(refusal::damaged("Strichcodes suchen")))
}

/// Whether a file's own text is one: fonts without a table of letters give signs that nobody can read.
fn is_text(text: &str) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    let odd = |letter: &char| matches!(letter, '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\0'..='\u{8}');
    let odd = text.chars().filter(odd).count();
    letters >= LETTERS_MIN && odd * 10 < letters
}

/// At most so many bytes, not in the middle of a letter, and no control characters but line ends and tabs.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut short = String::with_capacity(text.len().min(most));
    for letter in text
        .chars()
        .filter(|letter| !letter.is_control() || "\n\t".contains(*letter))
    {
        if short.len() + letter.len_utf8() > most {
            break;
        }
        short.push(letter);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_file_counts_when_it_can_be_read() {
        assert!(is_text(&"Grüße ".repeat(10)));
        assert!(!is_text("Seite 1 von 3"));
        assert!(!is_text(&"a\u{fffd}".repeat(60)));
        assert!(!is_text(&"\u{e001}".repeat(60)));
    }

    #[test]
    fn texts_are_cut_between_letters() {
        assert_eq!(cut("äöü", 5), "äö");
        assert_eq!(cut("a\u{c}b\r\nc", 9), "ab\nc");
    }

    #[test]
    fn what_nobody_can_read_is_to_be_looked_at() {
        let page = |origin, words, certainty| Page {
            number: 1,
            origin,
            words,
            certainty,
            codes: Vec::new(),
            text: String::new(),
        };
        assert!(!page(Origin::Recognition, 10, 9.0).is_unclear(0.75));
        assert!(page(Origin::Recognition, 10, 7.0).is_unclear(0.75));
        assert!(page(Origin::Recognition, 0, 0.0).is_unclear(0.75));
        assert!(!page(Origin::Blank, 0, 0.0).is_unclear(0.75));
        assert!(!page(Origin::File, 0, 0.0).is_unclear(0.75));
    }
}
