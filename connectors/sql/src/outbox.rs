// SPDX-License-Identifier: EUPL-1.2
//! The sink: the rows of a delivery go into a table in one transaction, and once, however often the delivery comes.

mod plan;
mod rows;
mod writing;

use std::sync::Arc;

use connector_sdk::{Delivery, Done, Sink, SinkFault, Steps, Unavailable, failpoint};
use hub_message::RefusalClass;

use crate::catalogue::Unusable;
use crate::database::Database;
use crate::fault::Fault;
use crate::settings::OutletSettings;

use plan::Plan;
use writing::Written;

/// Where deliveries go; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    database: Arc<Database>,
    settings: Arc<OutletSettings>,
}

impl Outbox {
    pub(crate) fn new(database: Arc<Database>, settings: OutletSettings) -> Self {
        Self {
            database,
            settings: Arc::new(settings),
        }
    }

    /// The settings held against the catalogue, as it is now.
    pub(crate) async fn plan(&self) -> Result<Plan, Unusable> {
        Plan::load(&self.database, &self.settings).await
    }

    async fn content(&self, delivery: &Delivery) -> Result<Vec<u8>, SinkFault> {
        let (mut bytes, mut reader) = (Vec::new(), delivery.content());
        while let Some(chunk) = reader.chunk().await? {
            if (bytes.len() + chunk.len()) as u64 > self.settings.max_bytes {
                let text = "Die Zustellung ist größer, als max_bytes erlaubt.";
                return Err(rejected(RefusalClass::Format, "AH-P405", text.to_owned()));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// What became of a fault, told with the table.
    fn judged(&self, fault: &Fault) -> SinkFault {
        let table = &self.settings.table;
        let text = format!("Tabelle „{table}“: {}", fault.sentence());
        match fault {
            // Perhaps it was carried out; repeated it has one effect.
            Fault::Away(_) => SinkFault::Unknown(Unavailable::new(fault.sentence())),
            Fault::Structure(_) => Unavailable::new(text).into(),
            Fault::Data => rejected(RefusalClass::Format, "AH-P403", text),
            Fault::Constraint | Fault::Unique => rejected(RefusalClass::Business, "AH-P404", text),
        }
    }
}

/// The delivery's fault.
fn rejected(class: RefusalClass, code: &str, text: String) -> SinkFault {
    SinkFault::Rejected {
        class,
        code: code.to_owned(),
        text,
    }
}

impl Sink for Outbox {
    async fn deliver(&self, delivery: &Delivery, _steps: &Steps) -> Result<Done, SinkFault> {
        let content = self.content(delivery).await?;
        let plan = self.plan().await.map_err(|unusable| match unusable {
            Unusable::Finding(finding) => Unavailable::new(finding).into(),
            Unusable::Fault(fault) => self.judged(&fault),
        })?;
        let rows = rows::of(self.database.engine(), &plan, &self.settings, content)?;
        failpoint::reach("sql-read");
        let mut written = writing::write(&self.database, &plan, &self.settings, delivery.id.as_str(), &rows).await;
        if matches!(written, Err(Fault::Unique)) {
            // Somebody else may have written the row between the question and the answer.
            written = writing::write(&self.database, &plan, &self.settings, delivery.id.as_str(), &rows).await;
        }
        match written {
            Ok(Written::Now | Written::Before) => Ok(Done::default()),
            Err(fault) => Err(self.judged(&fault)),
        }
    }
}
