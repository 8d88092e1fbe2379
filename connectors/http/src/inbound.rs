// SPDX-License-Identifier: EUPL-1.2
//! The source: whatever the listener holds out is taken in the order in which it came, and is answered only after the
//! stream has acknowledged it.

use std::time::Duration;

use connector_sdk::source::{Limits, Taken};
use connector_sdk::{Content, Lookups, Refusal, SettingsFault, Source, Unavailable};
use hub_message::MessageId;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::listener::Listener;
use crate::offer::{Offer, Ticket, Verdict};
use crate::settings::Settings;

/// How long `take` waits for something to come.
const PATIENCE: Duration = Duration::from_secs(1);
/// Open files in one harvest.
const FILES_MAX: usize = 64;

/// Everything that records come from.
#[derive(Debug)]
pub(crate) struct Inbound {
    offers: mpsc::Receiver<Offer>,
    listener: Option<Listener>,
}

impl Inbound {
    /// `None` when the settings name nothing to take from.
    pub(crate) fn open(settings: &Settings) -> Result<Option<Self>, SettingsFault> {
        let Some(listen) = &settings.listen else {
            return Ok(None);
        };
        let (sender, offers) = mpsc::channel(listen.waiting_max);
        Ok(Some(Self {
            offers,
            listener: Some(Listener::open(listen, sender)?),
        }))
    }

    async fn gather(&mut self, limits: Limits) -> Taken<Ticket> {
        let mut taken = Taken::default();
        let (mut inline, mut files) = (0, 0);
        let mut next = timeout(PATIENCE, self.offers.recv()).await.ok().flatten();
        while let Some(offer) = next {
            if offer.is_wanted() {
                match &offer.content {
                    Content::Inline(bytes) => inline += bytes.disclose().len(),
                    Content::File { .. } => files += 1,
                }
                taken.records.push(offer.into_record());
            }
            if taken.records.len() >= limits.records || inline >= limits.inline_bytes || files >= FILES_MAX {
                break;
            }
            next = self.offers.try_recv().ok();
        }
        taken
    }

    fn trouble(&self) -> Option<String> {
        self.listener.as_ref().and_then(Listener::trouble)
    }
}

impl Source for Inbound {
    type Ticket = Ticket;

    fn attach(&mut self, lookups: Lookups) {
        if let Some(listener) = &self.listener {
            listener.attach(lookups);
        }
    }

    fn identified(&mut self, ticket: &Ticket, id: &MessageId) {
        ticket.identified(id);
    }

    async fn take(&mut self, limits: Limits) -> Result<Taken<Ticket>, Unavailable> {
        let mut taken = self.gather(limits).await;
        taken.refused = self.listener.as_ref().map_or(0, Listener::take_refused);
        match self.trouble() {
            Some(trouble) if taken.records.is_empty() && taken.refused == 0 => Err(Unavailable(trouble)),
            _ => Ok(taken),
        }
    }

    async fn confirm(&mut self, tickets: &[Ticket]) -> Result<(), Unavailable> {
        for ticket in tickets {
            ticket.accept();
        }
        Ok(())
    }

    async fn refuse(&mut self, ticket: &Ticket, refusal: &Refusal) -> Result<(), Unavailable> {
        ticket.settle(Verdict::Refused(refusal.clone()));
        Ok(())
    }
}

impl Drop for Inbound {
    /// What waits is answered that it was not taken, before the listener closes.
    fn drop(&mut self) {
        self.offers.close();
        while self.offers.try_recv().is_ok() {}
        if let Some(listener) = self.listener.take() {
            listener.close();
        }
    }
}
