// SPDX-License-Identifier: EUPL-1.2
//! The text of an image, by tesseract, and how sure it is of each word.

use connector_sdk::Unavailable;

use crate::refusal;
use crate::tool::{Halt, Workshop};

/// What tesseract read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Recognised {
    pub text: String,
    /// Words, and the sum of how sure it is of them, each from 0 to 1.
    pub words: u32,
    pub certainty: f64,
}

const STEP: &str = "Text erkennen";
/// Tesseract's output files are not larger for any page of paper.
const OUTPUT_MAX: u64 = 16 << 20;

/// Reads an image of the folder.
pub(crate) async fn recognise(workshop: &Workshop, image: &str, dpi: u32, languages: &str) -> Result<Recognised, Halt> {
    let dpi = dpi.to_string();
    let arguments = [image, "words", "-l", languages, "--dpi", &dpi, "txt", "tsv"];
    let ended = workshop.run(STEP, "tesseract", &arguments).await?;
    if ended.code != 0 {
        let said = String::from_utf8_lossy(&ended.err);
        if said.contains("Failed loading language") || said.contains("Error opening data file") {
            return Err(Halt::Away(Unavailable::new(
                "Tesseract fehlt eine Sprache. Bitte installieren, etwa: tesseract-ocr-deu.",
            )));
        }
        return Err(Halt::Unfit(refusal::damaged(STEP)));
    }
    let (text, tsv) = (output(workshop, "words.txt")?, output(workshop, "words.tsv")?);
    let (words, certainty) = certainties(&tsv);
    Ok(Recognised {
        text: text.trim().to_owned(),
        words,
        certainty,
    })
}

fn output(workshop: &Workshop, name: &str) -> std::io::Result<String> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let path = workshop.folder.join(name);
    std::fs::File::open(&path)?.take(OUTPUT_MAX).read_to_end(&mut bytes)?;
    std::fs::remove_file(path)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// How many words there are, and the sum of their certainties. The last two columns are certainty in percent, -1 for what is
/// no word, and the word.
fn certainties(tsv: &str) -> (u32, f64) {
    let (mut words, mut sum) = (0, 0.0);
    for line in tsv.lines().skip(1) {
        let mut columns = line.rsplit('\t');
        let (word, certainty) = (columns.next(), columns.next().and_then(|text| text.parse::<f64>().ok()));
        if let (Some(word), Some(certainty)) = (word, certainty)
            && !word.trim().is_empty()
            && certainty >= 0.0
        {
            words += 1;
            sum += certainty.min(100.0) / 100.0;
        }
    }
    (words, sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_with_their_certainty() {
        let tsv = "level\tpage_num\tconf\ttext\n1\t1\t-1\t\n5\t1\t96.5\tBauamt\n5\t1\t3.5\tx|\n5\t1\t95\t \n";
        assert_eq!(certainties(tsv), (2, 1.0));
        assert_eq!(certainties(""), (0, 0.0));
    }
}
