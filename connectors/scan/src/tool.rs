// SPDX-License-Identifier: EUPL-1.2
//! Programs that look into a scanned file, each as a child with limits in one folder.
//!
//! This program starts itself, sets the limits on itself and then becomes the tool, so no memory of the connector is ever
//! in the same process as the file. The child is the head of a process group that ends as a whole, by time or when the
//! connector ends.

mod child;

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use connector_sdk::{Refusal, Unavailable};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use crate::refusal;
use crate::settings::ToolLimits;
pub(crate) use child::{LIMITED, READER, Unreadable, become_limited, read_for_parent};

/// What a tool may say: lists of pages and codes.
const SAID_MAX: u64 = 4 << 20;

/// Why a file is not worked on any further.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The file's fault: it is set aside.
    Unfit(Refusal),
    /// The world's fault: it is tried again.
    Away(Unavailable),
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::Away(Unavailable::new(format!("Arbeitsordner: {}.", error.kind())))
    }
}

/// Where and how tools run.
#[derive(Debug, Clone)]
pub(crate) struct Workshop {
    /// The only folder that they are to use.
    pub folder: PathBuf,
    pub limits: ToolLimits,
}

/// What a tool has done.
#[derive(Debug)]
pub(crate) struct Ended {
    pub code: i32,
    pub out: Vec<u8>,
    pub err: Vec<u8>,
}

/// A process group that does not outlive this.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It has ended when there is nothing to kill.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Workshop {
    /// Runs a tool to its end. A tool that ends by its limits or a signal is the file's fault, and `step` says at what.
    pub(crate) async fn run(&self, step: &str, program: &str, arguments: &[&str]) -> Result<Ended, Halt> {
        self.have_room()?;
        let ended = match self.once(program, arguments).await? {
            // Killed, and not by us: the machine was short of memory. That may have been another one's fault.
            Outcome::Ended(status, ..) if status.signal() == Some(Signal::KILL.as_raw()) => {
                self.once(program, arguments).await?
            }
            ended => ended,
        };
        match ended {
            Outcome::TooLate => Err(Halt::Unfit(refusal::exhausting(step))),
            Outcome::Ended(status, out, err) => match (status.code(), status.signal()) {
                (Some(code), _) => match not_begun(code, program) {
                    Some(trouble) => Err(Halt::Away(trouble)),
                    None => Ok(Ended { code, out, err }),
                },
                (None, signal) => Err(Halt::Unfit(by_signal(step, signal))),
            },
        }
    }

    /// Like `run`, for a tool that has to succeed: else the file is damaged.
    pub(crate) async fn succeed(&self, step: &str, program: &str, arguments: &[&str]) -> Result<Vec<u8>, Halt> {
        let ended = self.run(step, program, arguments).await?;
        if ended.code == 0 {
            return Ok(ended.out);
        }
        // A disk that ran full looks like a damaged file.
        self.have_room()?;
        Err(Halt::Unfit(refusal::damaged(step)))
    }

    /// One of this program's own readers.
    pub(crate) async fn read(&self, step: &str, arguments: &[&str]) -> Result<Vec<u8>, Halt> {
        let mut words = vec![READER];
        words.extend(arguments);
        let me = std::env::current_exe()?;
        let ended = self.run(step, &me.to_string_lossy(), &words).await?;
        match ended.code {
            0 => Ok(ended.out),
            child::TOO_LARGE => Err(Halt::Unfit(refusal::too_large(step))),
            _ => {
                self.have_room()?;
                Err(Halt::Unfit(refusal::damaged(step)))
            }
        }
    }

    fn have_room(&self) -> Result<(), Halt> {
        let room = rustix::fs::statvfs(&self.folder).map_err(std::io::Error::from)?;
        if room.f_bavail.saturating_mul(room.f_frsize) < self.limits.file_bytes {
            return Err(Halt::Away(Unavailable::new(
                "Arbeitsordner: auf dem Datenträger ist zu wenig Platz.",
            )));
        }
        Ok(())
    }

    async fn once(&self, program: &str, arguments: &[&str]) -> Result<Outcome, Halt> {
        let limits = &self.limits;
        let numbers = [limits.seconds, limits.memory_bytes, limits.file_bytes].map(|number| number.to_string());
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg(LIMITED)
            .args(&numbers)
            .arg(program)
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .envs(environment())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let _group = Group(child.id().and_then(|id| Pid::from_raw(id as i32)));
        match tokio::time::timeout(limits.patience(), outcome(&mut child)).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Ok(Outcome::TooLate),
        }
    }
}

enum Outcome {
    Ended(ExitStatus, Vec<u8>, Vec<u8>),
    TooLate,
}

async fn outcome(child: &mut Child) -> std::io::Result<Outcome> {
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (status, out, err) = tokio::join!(child.wait(), heard(out), heard(err));
    Ok(Outcome::Ended(status?, out?, err?))
}

/// What the child says, up to a limit; the rest is read and forgotten, so that it does not stand still.
async fn heard(from: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let Some(mut from) = from else { return Ok(Vec::new()) };
    let mut bytes = Vec::new();
    (&mut from).take(SAID_MAX).read_to_end(&mut bytes).await?;
    tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    Ok(bytes)
}

/// Nothing of the connector's own environment, but where programs and languages are.
fn environment() -> Vec<(&'static str, OsString)> {
    let mut all = vec![
        ("LC_ALL", OsString::from("C.UTF-8")),
        ("OMP_THREAD_LIMIT", OsString::from("1")),
        ("HOME", OsString::from(".")),
        ("TMPDIR", OsString::from(".")),
    ];
    for name in ["PATH", "TESSDATA_PREFIX"] {
        if let Some(value) = std::env::var_os(name) {
            all.push((name, value));
        }
    }
    all
}

/// What is wrong with this machine when the child did not become the tool: never the file's fault.
fn not_begun(code: i32, program: &str) -> Option<Unavailable> {
    match code {
        child::NOT_LIMITED => Some(Unavailable::new(
            "Die Grenzen für Programme lassen sich nicht setzen: der Dienst darf selbst weniger. \
             [settings.limits] kleiner oder die Grenzen des Dienstes größer wählen.",
        )),
        child::NOT_STARTED => Some(Unavailable::new(
            "Ein Programm lässt sich nicht starten: seine Rechte oder memory_bytes in [settings.limits] prüfen.",
        )),
        child::NOT_THERE => Some(missing(program)),
        _ => None,
    }
}

fn missing(program: &str) -> Unavailable {
    let package = match program {
        "tesseract" => "tesseract-ocr und tesseract-ocr-deu",
        "qpdf" => "qpdf",
        _ => "poppler-utils",
    };
    Unavailable::new(format!(
        "Ein Programm fehlt auf diesem Rechner. Bitte installieren: {package}."
    ))
}

fn by_signal(step: &str, signal: Option<i32>) -> Refusal {
    let by_limit = [Signal::XCPU, Signal::XFSZ, Signal::KILL];
    if by_limit.iter().any(|limit| Some(limit.as_raw()) == signal) {
        return refusal::exhausting(step);
    }
    refusal::crashing(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_cannot_run_a_tool_is_no_fault_of_the_file() {
        for (code, part) in [(125, "Grenzen"), (126, "Rechte"), (127, "tesseract-ocr")] {
            let trouble = not_begun(code, "tesseract").map(|trouble| format!("{trouble:?}"));
            assert!(trouble.is_some_and(|said| said.contains(part)), "{code}");
        }
        for code in [0, 1, 2, 3] {
            assert!(not_begun(code, "qpdf").is_none(), "{code}");
        }
    }
}
