// SPDX-License-Identifier: EUPL-1.2
//! The pages of a file, read one after the other and kept on the disk.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use connector_sdk::failpoint;

use super::Form;
use crate::page::{self, Page};
use crate::pdf;
use crate::refusal;
use crate::settings::Settings;
use crate::tiff_file;
use crate::tool::{Halt, Workshop};

/// One page a line, as JSON.
const LIST: &str = "pages.jsonl";

/// What is known of all pages; their texts stay on the disk.
#[derive(Debug)]
pub(crate) struct Pages {
    list: File,
    /// Without texts.
    pub all: Vec<Page>,
    /// Where each line begins and ends.
    places: Vec<(u64, u64)>,
}

impl Pages {
    /// Takes up the list of an earlier life, as far as its lines are whole.
    fn open(folder: &Path) -> std::io::Result<Self> {
        let path = folder.join(LIST);
        let list = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)?;
        let mut pages = Self {
            list: list.try_clone()?,
            all: Vec::new(),
            places: Vec::new(),
        };
        let mut lines = BufReader::new(list);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            let expected = pages.all.len() as u32 + 1;
            let page = serde_json::from_slice::<Page>(&line).ok();
            let Some(page) = page.filter(|page| page.number == expected && line.ends_with(b"\n")) else {
                break;
            };
            pages.remember(page, line.len() as u64);
            line.clear();
        }
        pages.list.set_len(pages.end())?;
        Ok(pages)
    }

    fn end(&self) -> u64 {
        self.places.last().map_or(0, |(_, end)| *end)
    }

    fn remember(&mut self, page: Page, length: u64) {
        let begin = self.end();
        self.places.push((begin, begin + length));
        self.all.push(Page {
            text: String::new(),
            ..page
        });
    }

    fn push(&mut self, page: Page) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(&page).map_err(std::io::Error::other)?;
        line.push(b'\n');
        self.list.write_all_at(&line, self.end())?;
        self.list.flush()?;
        self.remember(page, line.len() as u64);
        Ok(())
    }

    /// A page with its text.
    pub(crate) fn with_text(&self, place: usize) -> std::io::Result<Option<Page>> {
        let Some((begin, end)) = self.places.get(place).copied() else {
            return Ok(None);
        };
        let mut line = vec![0; (end - begin) as usize];
        self.list.read_exact_at(&mut line, begin)?;
        Ok(serde_json::from_slice(&line).ok())
    }
}

/// Reads every page that was not read before.
pub(crate) async fn read_all(workshop: Workshop, form: Form, settings: Settings) -> Result<Pages, Halt> {
    let resolutions = match form {
        Form::Pdf => pdf::pages(&workshop, settings.dpi, settings.pages_max).await?,
        Form::Tiff => {
            let said = workshop.read("Seiten zählen", &["tiff-pages", tiff_file::FILE]).await?;
            let pages: Vec<u32> =
                serde_json::from_slice(&said).map_err(|_| Halt::Unfit(refusal::damaged("Seiten zählen")))?;
            if pages.is_empty() || pages.len() > settings.pages_max as usize {
                return Err(Halt::Unfit(refusal::pages(settings.pages_max)));
            }
            pages
        }
    };
    let mut pages = Pages::open(&workshop.folder)?;
    for (place, dpi) in resolutions.into_iter().enumerate().skip(pages.all.len()) {
        let page = page::read(&workshop, form, place as u32 + 1, dpi, &settings).await?;
        pages.push(page)?;
        failpoint::reach("page-read");
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Origin;

    fn page(number: u32) -> Page {
        Page {
            number,
            origin: Origin::File,
            words: 0,
            certainty: 0.0,
            codes: Vec::new(),
            text: format!("Seite\n{number}"),
        }
    }

    #[test]
    fn what_was_read_before_a_crash_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let mut pages = Pages::open(folder.path()).unwrap();
        for number in 1..=3 {
            pages.push(page(number)).unwrap();
        }
        let path = folder.path().join(LIST);
        let whole = std::fs::read(&path).unwrap();
        // The third line did not come to its end.
        std::fs::write(&path, &whole[..whole.len() - 4]).unwrap();
        let mut pages = Pages::open(folder.path()).unwrap();
        assert_eq!(pages.all.len(), 2);
        assert_eq!(pages.all[1].text, "");
        pages.push(page(3)).unwrap();
        assert_eq!(pages.with_text(2).unwrap().unwrap().text, "Seite\n3");
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        assert!(pages.with_text(3).unwrap().is_none());
    }
}
