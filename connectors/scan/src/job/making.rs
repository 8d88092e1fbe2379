// SPDX-License-Identifier: EUPL-1.2
//! The messages of a file whose pages were read: the document, or the stack and its documents one by one.

use std::fs;

use connector_sdk::Content;
use connector_sdk::source::{Attachment, Record};
use hub_message::Sensitive;

use super::{Form, Job, Pages, made_content};
use crate::dividing::{Part, divide};
use crate::settings::Settings;
use crate::sidecar::{self, Findings, Sidecar};
use crate::source::Ticket;
use crate::tool::Halt;
use crate::{pdf, refusal, tiff_file};

/// A file whose pages were read.
#[derive(Debug)]
pub(crate) struct Made {
    pub job: Job,
    pages: Pages,
    parts: Vec<Part>,
}

impl Made {
    pub(crate) fn new(mut job: Job, pages: Pages, settings: &Settings) -> Self {
        job.original.pages = pages.all.len();
        Self {
            parts: divide(&pages.all, &settings.split),
            job,
            pages,
        }
    }

    /// Whether the file is one document: then it travels as it is, and nothing is made of it.
    fn is_one(&self) -> bool {
        self.parts.iter().map(|part| part.pages.len()).sum::<usize>() == self.pages.all.len() && self.parts.len() == 1
    }

    /// How many messages it gives.
    pub(crate) fn count(&self) -> usize {
        if self.is_one() { 1 } else { self.parts.len() + 1 }
    }

    /// The message of this number. A stack's own comes first.
    pub(crate) async fn message(&self, number: usize, settings: &Settings) -> Result<Record<Ticket>, Halt> {
        if self.is_one() {
            let sidecar = self.sidecar(0, None, settings)?;
            return self.record(number, &sidecar, self.whole(), settings);
        }
        let Some(place) = number.checked_sub(1) else {
            let sidecar = sidecar::of_stack(self.parts.len(), &self.job.original);
            return self.record(number, &sidecar, self.whole(), settings);
        };
        let document = self.part(place).await?;
        let sidecar = self.sidecar(place, Some((number, self.parts.len())), settings)?;
        self.record(number, &sidecar, document, settings)
    }

    fn sidecar(&self, place: usize, part: Option<(usize, usize)>, settings: &Settings) -> Result<Sidecar<'_>, Halt> {
        let Some(wanted) = self.parts.get(place) else {
            return Err(Halt::Unfit(refusal::damaged("Stapel teilen")));
        };
        let mut pages = Vec::with_capacity(wanted.pages.len());
        for page in &wanted.pages {
            pages.extend(self.pages.with_text(*page)?);
        }
        let findings = Findings {
            heading: wanted.heading.and_then(|place| self.pages.all.get(place)),
            pages,
        };
        let (keys, least) = (&settings.keys, settings.confidence_min);
        Ok(sidecar::of_document(&findings, part, keys, least, &self.job.original))
    }

    /// The file as it was scanned.
    fn whole(&self) -> Attachment {
        Attachment {
            content: self.job.content.clone(),
            media_type: self.job.form.media_type().to_owned(),
            name: self.job.record.name.clone(),
        }
    }

    /// Makes the file of a part.
    async fn part(&self, place: usize) -> Result<Attachment, Halt> {
        let pages = self
            .parts
            .get(place)
            .map(|part| part.pages.as_slice())
            .unwrap_or_default();
        let numbers: Vec<u32> = pages.iter().map(|page| *page as u32 + 1).collect();
        let workshop = &self.job.workshop;
        let file = match self.job.form {
            Form::Pdf => {
                pdf::part(workshop, &numbers).await?;
                pdf::PART
            }
            Form::Tiff => {
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                let mut words = vec!["tiff-part", tiff_file::FILE, tiff_file::PART];
                words.extend(numbers.iter().map(String::as_str));
                workshop.read("Stapel teilen", &words).await?;
                tiff_file::PART
            }
        };
        let path = workshop.folder.join(file);
        let content = made_content(&path)?;
        // It stays open until it has travelled, and leaves nothing behind.
        fs::remove_file(path)?;
        Ok(Attachment {
            content,
            media_type: self.job.form.media_type().to_owned(),
            name: Some(Sensitive::new(numbered(&self.job.original.name, place + 1))),
        })
    }

    fn record(
        &self,
        number: usize,
        sidecar: &Sidecar<'_>,
        document: Attachment,
        settings: &Settings,
    ) -> Result<Record<Ticket>, Halt> {
        let json = serde_json::to_vec(sidecar).map_err(std::io::Error::other)?;
        let of_file = &self.job.record;
        let mut identity = of_file.identity.clone();
        identity.push((number as u64).to_be_bytes().to_vec());
        let kind = match sidecar.role {
            sidecar::Role::Stack => settings.stack_type(),
            _ => &settings.kind,
        };
        Ok(Record {
            identity,
            kind: kind.clone(),
            media_type: "application/json".to_owned(),
            time: of_file.time,
            name: document.name.clone(),
            hints: Vec::new(),
            native: Content::inline(json),
            documents: vec![document],
            ticket: Ticket {
                file: self.job.original.sha256.clone(),
                number,
            },
        })
    }
}

/// `stapel.pdf` → `stapel-2.pdf`.
fn numbered(name: &str, number: usize) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{stem}-{number}.{ending}"),
        _ => format!("{name}-{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_numbers_before_their_ending() {
        assert_eq!(numbered("stapel.pdf", 2), "stapel-2.pdf");
        assert_eq!(numbered("stapel", 2), "stapel-2");
        assert_eq!(numbered(".pdf", 2), ".pdf-2");
    }
}
