// SPDX-License-Identifier: EUPL-1.2
//! The source: whatever the listener and the pollers hold out is taken in the order in which it came, and they learn
//! that it is taken only after the stream has acknowledged it.

use std::time::Duration;

use connector_sdk::source::{Limits, Taken};
use connector_sdk::{Content, Lookups, Refusal, SettingsFault, Source, Unavailable};
use hub_message::MessageId;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::listener::Listener;
use crate::offer::{Offer, Ticket, Verdict};
use crate::polling::Pollers;
use crate::settings::Settings;

/// How long `take` waits for something to come.
const PATIENCE: Duration = Duration::from_secs(1);
/// Open files in one harvest.
const FILES_MAX: usize = 64;
/// Records that pollers hold out at once.
const POLLED: usize = 256;

/// Everything that records come from. The listener's queue is its own: pollers must not fill it.
#[derive(Debug)]
pub(crate) struct Inbound {
    sent: mpsc::Receiver<Offer>,
    polled: mpsc::Receiver<Offer>,
    listener: Option<Listener>,
    pollers: Option<Pollers>,
}

impl Inbound {
    /// `None` when the settings name nothing to take from.
    pub(crate) fn open(settings: &Settings) -> Result<Option<Self>, SettingsFault> {
        if settings.listen.is_none() && settings.poll.is_empty() {
            return Ok(None);
        }
        let (polls, polled) = mpsc::channel(POLLED);
        let pollers = Some(&settings.poll).filter(|polls| !polls.is_empty());
        let pollers = pollers
            .map(|settings_of_polls| Pollers::open(settings_of_polls, settings.cursor_folder.as_deref(), &polls))
            .transpose()?;
        let waiting = settings.listen.as_ref().map_or(1, |listen| listen.waiting_max);
        let (sends, sent) = mpsc::channel(waiting);
        // The listener last: it answers from the moment it is there.
        let listener = settings.listen.as_ref();
        let listener = listener.map(|listen| Listener::open(listen, sends)).transpose()?;
        Ok(Some(Self {
            sent,
            polled,
            listener,
            pollers,
        }))
    }

    async fn gather(&mut self, limits: Limits) -> Taken<Ticket> {
        let mut taken = Taken::default();
        let (mut inline, mut files) = (0, 0);
        let mut next = tokio::select! {
            biased;
            Some(offer) = self.sent.recv() => Some(offer),
            Some(offer) = self.polled.recv() => Some(offer),
            () = sleep(PATIENCE) => None,
        };
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
            // Who waits for an answer comes first.
            next = self.sent.try_recv().or_else(|_| self.polled.try_recv()).ok();
        }
        taken
    }

    /// What the status page says. It is no fault of the source, which would be asked less and less often then: nobody must
    /// wait at the listener because of somebody whom the pollers ask.
    fn trouble(&self) -> Option<String> {
        let listener = self.listener.as_ref().and_then(Listener::trouble);
        listener.or_else(|| self.pollers.as_ref().and_then(Pollers::trouble))
    }

    fn take_refused(&self) -> u64 {
        let by_listener = self.listener.as_ref().map_or(0, Listener::take_refused);
        by_listener + self.pollers.as_ref().map_or(0, Pollers::take_refused)
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

    fn held(&mut self, held: bool) {
        let Some(listener) = &self.listener else { return };
        listener.held(held);
        if held {
            // Whoever waits is told now that nothing was taken, not when its time is over.
            while self.sent.try_recv().is_ok() {}
        }
    }

    async fn take(&mut self, limits: Limits) -> Result<Taken<Ticket>, Unavailable> {
        let mut taken = self.gather(limits).await;
        taken.refused = self.take_refused();
        taken.trouble = self.trouble();
        Ok(taken)
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
        self.sent.close();
        while self.sent.try_recv().is_ok() {}
        if let Some(listener) = self.listener.take() {
            listener.close();
        }
    }
}
