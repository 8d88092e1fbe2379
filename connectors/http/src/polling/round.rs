// SPDX-License-Identifier: EUPL-1.2
//! One address: the rounds in which it is asked, page after page.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use connector_sdk::{Content, SettingsFault, Spool, Unavailable, failpoint, now};
use hub_message::Digest;
use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, LINK};
use reqwest::{Response, StatusCode, Url};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::cursor::CursorFile;
use super::page::{self, Element};
use super::{Facts, link};
use crate::caller::{CallFault, Caller, Patience, answer_bytes};
use crate::offer::{Offer, Verdict};
use crate::settings::{CursorSettings, LINK as LINK_HEADER, PollSettings, fault};

/// Pages of one round, at most: more are a circle.
const PAGES: usize = 10_000;

/// Asks one address.
#[derive(Debug)]
pub(crate) struct Poller {
    settings: PollSettings,
    url: Url,
    caller: Caller,
    patience: Patience,
    file: Option<CursorFile>,
    cursor: Option<String>,
    /// The mark of the last answer, with its address: whoever shows it is told whether there is anything else.
    mark: Option<(Url, HeaderValue)>,
    /// What the last round showed and the stream has.
    known: HashSet<Digest>,
    offers: mpsc::Sender<Offer>,
    facts: Arc<Facts>,
}

/// What stands in one answer.
#[derive(Default)]
struct Found {
    items: Vec<Item>,
    nameless: u64,
    cursor: Option<String>,
    next: Option<String>,
}

struct Item {
    content: Content,
    id: Vec<String>,
    media_type: String,
}

/// What a round has come to so far.
#[derive(Default)]
struct Progress {
    cursor: Option<String>,
    mark: Option<(Url, HeaderValue)>,
    known: HashSet<Digest>,
}

impl Poller {
    pub(crate) fn open(
        settings: PollSettings,
        cursors: Option<&Path>,
        offers: mpsc::Sender<Offer>,
        facts: Arc<Facts>,
    ) -> Result<Self, SettingsFault> {
        let role = format!("Abruf {}", settings.name);
        let url = settings.url()?;
        let unusable = |_| {
            fault(&format!(
                "{role}: Die Datei mit dem gemerkten Stand ist nicht brauchbar."
            ))
        };
        let file = match (&settings.cursor, cursors) {
            (Some(_), Some(folder)) => Some(CursorFile::open(folder, &settings.name, url.as_str()).map_err(unusable)?),
            _ => None,
        };
        let cursor = file.as_ref().map(CursorFile::read).transpose().map_err(unusable)?;
        Ok(Self {
            caller: Caller::open(&settings.access(), &role)?,
            patience: Patience::default(),
            cursor: cursor.flatten(),
            mark: None,
            known: HashSet::new(),
            settings,
            url,
            file,
            offers,
            facts,
        })
    }

    /// Works until it is dropped.
    pub(crate) async fn run(mut self) {
        loop {
            let round = self.round().await;
            self.facts.report(&self.settings.name, round);
            sleep(self.settings.every()).await;
        }
    }

    /// Reads what is there now, to its last page. The cursor moves on when the stream has all of it.
    async fn round(&mut self) -> Result<(), Unavailable> {
        self.patience.check()?;
        let mut url = self.first();
        let mut progress = Progress::default();
        for number in 0..PAGES {
            let Some(response) = self.fetch(&url, number == 0).await? else {
                return Ok(());
            };
            let mark = response.headers().get(ETAG).cloned();
            let found = self.read(response).await?;
            if found.nameless > 0 {
                self.facts.refuse(found.nameless);
                tracing::warn!(
                    code = "AH-F221",
                    count = found.nameless,
                    "records without their id are left out"
                );
            }
            if !self.offer(found.items, &mut progress).await {
                return Ok(());
            }
            progress.cursor = found.cursor.or(progress.cursor);
            progress.mark = mark.filter(|_| number == 0).map(|mark| (url.clone(), mark));
            let Some(next) = found.next else {
                return self.complete(progress).await;
            };
            url = link::resolve(&url, &next).map_err(|_| {
                self.trouble("Die nächste Seite läge auf einem anderen Rechner; sie wird nicht geholt.")
            })?;
        }
        Err(self.trouble("Die Seiten nehmen kein Ende."))
    }

    fn trouble(&self, what: &str) -> Unavailable {
        Unavailable(format!("{}: {what}", self.caller.role()))
    }

    /// The address of the first page: as it is set, with the cursor in the place of its parameter.
    fn first(&self) -> Url {
        let mut url = self.url.clone();
        if let (Some(CursorSettings { parameter, .. }), Some(cursor)) = (&self.settings.cursor, &self.cursor) {
            let others = self.url.query_pairs().filter(|(name, _)| name != parameter);
            let others: Vec<(String, String)> = others.map(|(name, value)| (name.into(), value.into())).collect();
            url.query_pairs_mut()
                .clear()
                .extend_pairs(others)
                .append_pair(parameter, cursor);
        }
        url
    }

    /// An answer; `None` when it is the one that is known.
    async fn fetch(&self, url: &Url, conditional: bool) -> Result<Option<Response>, Unavailable> {
        let mark = self.mark.as_ref().filter(|(known, _)| conditional && known == url);
        let answer = self.caller.call(|client| {
            let request = client.get(url.clone()).header(ACCEPT, "application/json, */*;q=0.5");
            match mark {
                Some((_, mark)) => request.header(IF_NONE_MATCH, mark),
                None => request,
            }
        });
        let response = answer.await.map_err(CallFault::into_unavailable)?;
        let status = response.status();
        if status.is_success() {
            return Ok(Some(response));
        }
        if status == StatusCode::NOT_MODIFIED && mark.is_some() {
            return Ok(None);
        }
        let what = match status.as_u16() {
            401 | 403 | 407 => "Der Zugang wird verweigert; Zugangsdaten und Rechte prüfen",
            408 | 425 | 429 | 500.. => "Es kommt gerade keine Auskunft; es wird weiter versucht",
            _ => "Die Adresse stimmt nicht; die Einstellungen prüfen",
        };
        let trouble = self.trouble(&format!("{what} (HTTP {}).", status.as_u16()));
        self.patience.heed(&response, &trouble);
        Err(trouble)
    }

    /// Takes an answer apart.
    async fn read(&self, response: Response) -> Result<Found, Unavailable> {
        let links = response
            .headers()
            .get_all(LINK)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let by_header = self.settings.next.as_deref() == Some(LINK_HEADER);
        let next = by_header.then(|| link::next(links)).flatten();
        if self.settings.records.is_none() {
            return Ok(Found {
                items: self.whole(response).await?.into_iter().collect(),
                next,
                ..Found::default()
            });
        }
        let bytes = answer_bytes(response, self.settings.max_bytes as usize).await;
        let bytes =
            bytes.ok_or_else(|| self.trouble("Die Antwort brach ab oder ist größer, als max_bytes erlaubt."))?;
        let page = page::read(&bytes, &self.settings).ok_or_else(|| {
            self.trouble("Die Antwort ist kein JSON mit einer Liste an der Stelle, die records nennt.")
        })?;
        let media_type = self.settings.media_type.as_deref().unwrap_or("application/json");
        let item = |element: Element| Item {
            content: Content::inline(element.text),
            id: element.id,
            media_type: media_type.to_owned(),
        };
        Ok(Found {
            items: page.records.into_iter().map(item).collect(),
            nameless: page.nameless,
            cursor: page.cursor,
            next: next.or(page.next),
        })
    }

    /// The whole answer as one record; an empty one is none.
    async fn whole(&self, mut response: Response) -> Result<Option<Item>, Unavailable> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = self.settings.media_type.as_deref().or(kind);
        let media_type = kind.unwrap_or("application/octet-stream").to_owned();
        let full = |_| self.trouble("Die Antwort ließ sich nicht zwischenspeichern.");
        let mut spool = Spool::default();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|_| self.trouble("Die Antwort brach ab."))?
        {
            if spool.size() + chunk.len() as u64 > self.settings.max_bytes {
                return Err(self.trouble("Die Antwort ist größer, als max_bytes erlaubt."));
            }
            spool.push(&chunk).await.map_err(full)?;
        }
        if spool.size() == 0 {
            return Ok(None);
        }
        Ok(Some(Item {
            content: spool.finish().await.map_err(full)?,
            id: Vec::new(),
            media_type,
        }))
    }

    /// Holds records out to the hub; `true` when the stream has all of them, or the hub will never take them.
    async fn offer(&self, items: Vec<Item>, progress: &mut Progress) -> bool {
        let mut verdicts = Vec::new();
        for item in items {
            let identity = self.identity(&item);
            let key = Digest::of(&identity.concat());
            if self.known.contains(&key) {
                progress.known.insert(key);
                continue;
            }
            let (sender, verdict) = oneshot::channel();
            let offer = Offer {
                identity,
                kind: self.settings.kind.clone(),
                media_type: item.media_type,
                time: Some(now()),
                name: Some(item.id.join(" ")).filter(|name| !name.is_empty()),
                content: item.content,
                verdict: sender,
            };
            if self.offers.send(offer).await.is_err() {
                return false;
            }
            verdicts.push((key, verdict));
        }
        for (key, verdict) in verdicts {
            match verdict.await {
                Ok(Verdict::Accepted(_)) => {}
                Ok(Verdict::Refused(refusal)) => tracing::warn!(code = refusal.code, "a record is never taken"),
                Err(_) => return false,
            }
            progress.known.insert(key);
        }
        true
    }

    /// What makes a record the same one when it comes again: its id, or else its content.
    fn identity(&self, item: &Item) -> Vec<Vec<u8>> {
        let mut parts = vec!["poll".to_owned(), self.settings.name.clone()];
        if item.id.is_empty() {
            parts.extend(["content".to_owned(), item.content.sha256().to_string()]);
        } else {
            parts.push("id".to_owned());
            parts.extend(item.id.iter().cloned());
        }
        // With their lengths, so that parts do not run together where they are joined.
        let part = |part: String| [part.len().to_string().as_bytes(), b" ", part.as_bytes()].concat();
        parts.into_iter().map(part).collect()
    }

    /// The stream has everything of this round.
    async fn complete(&mut self, progress: Progress) -> Result<(), Unavailable> {
        failpoint::reach("poll-taken");
        if let (Some(file), Some(cursor)) = (&self.file, &progress.cursor)
            && progress.cursor != self.cursor
        {
            let (file, cursor) = (file.clone(), cursor.clone());
            let written = tokio::task::spawn_blocking(move || file.write(&cursor)).await;
            if !matches!(written, Ok(Ok(()))) {
                return Err(self.trouble("Der Stand lässt sich nicht merken; nichts geht verloren."));
            }
        }
        self.cursor = progress.cursor.or(self.cursor.take());
        self.known = progress.known;
        self.mark = progress.mark;
        Ok(())
    }
}
