// SPDX-License-Identifier: EUPL-1.2
//! The target folder: each delivery becomes a file there exactly once, whole, also when the system takes files away the
//! moment it sees them.
//!
//! Written and fsynced under `.staging` → the ledger says *staged* → renamed into the folder → fsynced → the ledger says
//! *done*. After a crash a staged file that is still there is renamed; one that is gone was delivered.

mod name;
mod quota;
mod syncing;

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use connector_sdk::{Delivery, Done, Reader, SettingsFault, Sink, SinkFault, Steps, failpoint};
use tokio::io::AsyncWriteExt;

use crate::directory::{Directory, NAME_BYTES_MAX, numbered, unavailable};
use crate::settings::{self, DocumentsAs, OutSettings};
pub(crate) use name::Template;
use name::document_name;
use quota::{Quota, Room};
use syncing::FolderSync;

const ROLE: &str = "Zielordner";
/// Deliveries that would have the same name, at most.
const NUMBER_MAX: u32 = 100_000;

/// The target folder as a sink.
#[derive(Debug)]
pub struct Outbox {
    settings: OutSettings,
    quota: Option<Quota>,
    paths: Arc<Paths>,
    staging: FolderSync,
    target: FolderSync,
}

#[derive(Debug)]
struct Paths {
    staging: PathBuf,
    target: PathBuf,
}

/// One file of a delivery: its name under `.staging` and in the target folder.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Planned {
    staged: OsString,
    target: OsString,
}

impl Outbox {
    /// Makes the folder and its `.staging` where they are missing.
    pub(crate) fn open(settings: OutSettings) -> Result<Self, SettingsFault> {
        let refused = |e: io::Error| settings::fault(&unavailable(ROLE, &e).0);
        let paths = Paths {
            staging: settings.path.join(".staging"),
            target: settings.path.clone(),
        };
        std::fs::create_dir_all(&paths.staging).map_err(refused)?;
        let device = |path| Directory::open(path)?.device();
        if device(&paths.staging).map_err(refused)? != device(&paths.target).map_err(refused)? {
            return Err(settings::fault(
                "Zielordner: .staging liegt auf einem anderen Datenträger.",
            ));
        }
        Ok(Self {
            staging: FolderSync::start(paths.staging.clone()).map_err(refused)?,
            target: FolderSync::start(paths.target.clone()).map_err(refused)?,
            paths: Arc::new(paths),
            quota: settings.files_max.map(|max| Quota::new(max.get())),
            settings,
        })
    }

    /// Writes all files of the delivery under `.staging`, on the disk when it returns.
    async fn write(&self, delivery: &Delivery) -> Result<(), SinkFault> {
        let id = delivery.id.as_str();
        if self.settings.documents == DocumentsAs::Beside {
            for (number, document) in delivery.head.documents.iter().enumerate() {
                let name = format!("{id}.{}", number + 1);
                self.write_file(name, delivery.document(document)).await?;
            }
        }
        self.write_file(id.to_owned(), delivery.content()).await?;
        self.staging.sync().await.map_err(refused)
    }

    async fn write_file(&self, name: String, mut reader: Reader<'_>) -> Result<(), SinkFault> {
        let paths = self.paths.clone();
        let file = blocking(move || Directory::open(&paths.staging)?.create(OsStr::new(&name))).await?;
        let mut file = tokio::fs::File::from_std(file);
        while let Some(chunk) = reader.chunk().await? {
            file.write_all(&chunk).await.map_err(refused)?;
        }
        file.flush().await.map_err(refused)?;
        file.sync_all().await.map_err(refused)
    }

    /// Room for the delivery's files where there is a quota. One that an earlier attempt has staged had it then.
    async fn room(&self, delivery: &Delivery, steps: &Steps) -> Result<Option<Room<'_>>, SinkFault> {
        let Some(quota) = self.quota.as_ref().filter(|_| steps.note().is_none()) else {
            return Ok(None);
        };
        let files = match self.settings.documents {
            DocumentsAs::Beside => delivery.head.documents.len() + 1,
            DocumentsAs::None => 1,
        };
        quota.room(&self.paths.target, files).await.map(Some)
    }

    /// The files of the delivery when its main file has the name `main`; the main file last, for whoever sees it must
    /// find the others.
    fn plan(&self, delivery: &Delivery, main: &OsStr) -> Vec<Planned> {
        let id = delivery.id.as_str();
        let main_text = main.to_string_lossy();
        let mut files = Vec::new();
        if self.settings.documents == DocumentsAs::Beside {
            files.extend(delivery.head.documents.iter().enumerate().map(|(number, document)| {
                Planned {
                    staged: format!("{id}.{}", number + 1).into(),
                    target: document_name(
                        &main_text,
                        number + 1,
                        document.name.as_ref().map(|n| n.disclose().as_str()),
                    )
                    .into(),
                }
            }));
        }
        files.push(Planned {
            staged: id.into(),
            target: main.to_owned(),
        });
        files
    }

    /// The first name under which nothing stands in the way of any file of the delivery. A foreign file of the same
    /// name is never overwritten: the delivery gets a number.
    async fn free_name(&self, delivery: &Delivery, from: u32) -> Result<(OsString, u32), SinkFault> {
        let wanted = OsString::from(self.settings.file_name.name(delivery));
        for number in from..NUMBER_MAX {
            let main = numbered(&wanted, number, NAME_BYTES_MAX);
            let files = self.plan(delivery, &main);
            let paths = self.paths.clone();
            let free = blocking(move || {
                let target = Directory::open(&paths.target)?;
                files
                    .iter()
                    .try_fold(true, |free, file| Ok(free && target.look(&file.target)?.is_none()))
            })
            .await?;
            if free {
                return Ok((main, number));
            }
        }
        Err(refused(io::Error::from(io::ErrorKind::AlreadyExists)))
    }

    /// Renames what is still staged into the target folder. `false` when a foreign file came in the way of one.
    async fn publish(&self, files: Vec<Planned>) -> Result<bool, SinkFault> {
        let paths = self.paths.clone();
        let all = blocking(move || {
            let (staging, target) = (Directory::open(&paths.staging)?, Directory::open(&paths.target)?);
            for file in &files {
                let gone = staging.look(&file.staged)?.is_none();
                if !gone && !staging.rename(&file.staged, &target, &file.target)? {
                    return Ok(false);
                }
                failpoint::reach("out-renamed");
            }
            Ok(true)
        })
        .await?;
        self.target.sync().await.map_err(refused)?;
        Ok(all)
    }
}

impl Sink for Outbox {
    async fn deliver(&self, delivery: &Delivery, steps: &Steps) -> Result<Done, SinkFault> {
        let mut number = 1;
        let _room = self.room(delivery, steps).await?;
        let mut main = if let Some(name) = steps.note() {
            OsString::from(name)
        } else {
            self.write(delivery).await?;
            failpoint::reach("out-written");
            let (name, found) = self.free_name(delivery, number).await?;
            number = found;
            self.stage(&name, steps).await?;
            name
        };
        while !self.publish(self.plan(delivery, &main)).await? {
            let (name, found) = self.free_name(delivery, number).await?;
            number = found;
            self.stage(&name, steps).await?;
            main = name;
        }
        Ok(Done {
            reference: Some(main.to_string_lossy().into_owned()),
        })
    }
}

impl Outbox {
    async fn stage(&self, name: &OsStr, steps: &Steps) -> Result<(), SinkFault> {
        // The name is made of the template and ids only: nothing personal comes into the ledger.
        steps.stage(name.to_string_lossy().into_owned()).await?;
        failpoint::reach("out-staged");
        Ok(())
    }
}

fn refused(error: io::Error) -> SinkFault {
    SinkFault::Unavailable(unavailable(ROLE, &error))
}

/// Runs file work on a thread that may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, SinkFault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(refused),
        Err(_) => Err(refused(io::Error::other("interrupted"))),
    }
}
