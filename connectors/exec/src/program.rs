// SPDX-License-Identifier: EUPL-1.2
//! The program behind the bridge: started, spoken to in lines, started again when it ends.
//!
//! Whoever waits for an answer of a life that has ended is told so: what was asked may have had its effect.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connector_sdk::{LookupFault, Lookups};
use hub_message::DeliveryId;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::wire::{Answered, Content, Emit, FromProgram, Looked, Lookup, Outcome, ToProgram};

/// The longest line of the program, in bytes: 256 KiB of content in base64 or with every sign escaped, and some words.
const LINE_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// Records that wait to be brought to the hub. Then the program's output is not read on, and it waits.
const EMITS_MAX: usize = 512;
/// Lines that wait to be written to the program.
const LINES_MAX: usize = 64;
/// Pauses before the program is started again, first and longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// How long the program may take to end when its input has ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// A handle to the program; when the last one is dropped, the program's input ends, and with it the program.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    shared: Arc<Shared>,
    _life: Arc<Life>,
}

/// The task that keeps the program running.
#[derive(Debug)]
struct Life {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Drop for Life {
    /// The task ends by itself, when the program has ended in order.
    fn drop(&mut self) {
        self.stop.cancel();
        self.tasks.detach_all();
    }
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
}

/// What belongs to one life of the program.
#[derive(Debug, Default)]
struct State {
    lines: Option<mpsc::Sender<String>>,
    deliveries: HashMap<DeliveryId, oneshot::Sender<Outcome>>,
    questions: HashMap<u64, oneshot::Sender<Answered>>,
    number: u64,
    trouble: Option<String>,
    /// The way to ask other systems, once there is one.
    lookups: Option<Lookups>,
    /// The last life is over and there is no other yet.
    ended: bool,
}

impl State {
    /// This life is over: whoever waits for it is told by the loss of what it waits on.
    fn end(&mut self) {
        *self = Self {
            ended: true,
            lookups: self.lookups.take(),
            ..Self::default()
        };
    }
}

/// The program could not be told, or ended before it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// It does not run: nothing was said.
    NotRunning,
    /// It ended after it was told.
    Ended,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Plain values: a panic elsewhere leaves them usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Program {
    /// Keeps the program running with these settings; records that it sends come out of the receiver.
    pub(crate) fn keep(command: Vec<OsString>, settings: &Value) -> (Self, mpsc::Receiver<Emit>) {
        let shared = Arc::new(Shared::default());
        let stop = CancellationToken::new();
        let (emits, records) = mpsc::channel(EMITS_MAX);
        let first = line(&ToProgram::Configure { settings });
        let mut tasks = JoinSet::new();
        tasks.spawn(keep_running(command, first, Arc::clone(&shared), emits, stop.clone()));
        let program = Self {
            shared,
            _life: Arc::new(Life { stop, tasks }),
        };
        (program, records)
    }

    /// Lets the program ask other systems.
    pub(crate) fn attach(&self, lookups: Lookups) {
        self.shared.state().lookups = Some(lookups);
    }

    /// What the status page should say, if anything is wrong.
    pub(crate) fn trouble(&self) -> Option<String> {
        let state = self.shared.state();
        if state.ended {
            return Some("Das Programm hinter dem Konnektor hat sich beendet; es wird neu gestartet.".to_owned());
        }
        state.trouble.clone()
    }

    /// Tells the program something that it does not answer.
    pub(crate) async fn tell(&self, message: &ToProgram<'_>) -> Result<(), Silence> {
        let lines = self.shared.state().lines.clone().ok_or(Silence::NotRunning)?;
        lines.send(line(message)).await.map_err(|_| Silence::Ended)
    }

    /// Tells the program of a delivery and waits for what became of it.
    pub(crate) async fn deliver(&self, id: &DeliveryId, message: &ToProgram<'_>) -> Result<Outcome, Silence> {
        let (answer, answered) = oneshot::channel();
        self.shared.state().deliveries.insert(id.clone(), answer);
        self.tell(message).await?;
        answered.await.map_err(|_| Silence::Ended)
    }

    /// Asks the program and waits for its answer.
    pub(crate) async fn ask(&self, name: &str, ask: &hub_message::Ask) -> Result<Answered, Silence> {
        let (answer, answered) = oneshot::channel();
        let number = {
            let mut state = self.shared.state();
            state.number += 1;
            let number = state.number;
            state.questions.insert(number, answer);
            number
        };
        self.tell(&ToProgram::Ask { number, name, ask }).await?;
        answered.await.map_err(|_| Silence::Ended)
    }
}

fn line(message: &ToProgram<'_>) -> String {
    // Structs of strings and numbers: they always serialise.
    let mut line = serde_json::to_string(message).unwrap_or_default();
    line.push('\n');
    line
}

/// Starts the program. The kernel ends it with us, whatever ends us; where there is no `setpriv` the end of its input
/// has to do.
pub(crate) fn spawn(command: &[OsString]) -> io::Result<Child> {
    let start = |words: &[OsString]| {
        let (program, arguments) = words
            .split_first()
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    };
    let mut guarded: Vec<OsString> = ["setpriv", "--pdeathsig", "TERM", "--"].map(OsString::from).to_vec();
    guarded.extend_from_slice(command);
    match start(&guarded) {
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => start(command),
        started => started,
    }
}

async fn keep_running(
    command: Vec<OsString>,
    first: String,
    shared: Arc<Shared>,
    emits: mpsc::Sender<Emit>,
    stop: CancellationToken,
) {
    let mut pause = PAUSES.0;
    while !stop.is_cancelled() {
        let begun = tokio::time::Instant::now();
        match spawn(&command) {
            Ok(child) => live(child, first.clone(), &shared, &emits, &stop).await,
            Err(error) => tracing::error!(%error, "the program cannot be started"),
        }
        // Dropping what waits tells everybody that this life is over.
        shared.state().end();
        if stop.is_cancelled() {
            return;
        }
        if begun.elapsed() > PAUSES.1 {
            pause = PAUSES.0;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// One life of the program.
async fn live(
    mut child: Child,
    first: String,
    shared: &Arc<Shared>,
    emits: &mpsc::Sender<Emit>,
    stop: &CancellationToken,
) {
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return;
    };
    let (lines, waiting) = mpsc::channel(LINES_MAX);
    let mut writing = JoinSet::new();
    writing.spawn(write(input, first, waiting));
    shared.state().lines = Some(lines);
    shared.state().ended = false;
    tokio::select! {
        () = stop.cancelled() => {}
        () = read(output, shared, emits) => {}
    }
    // With the last sender the writer ends, and with it the program's input.
    shared.state().lines = None;
    while writing.join_next().await.is_some() {}
    match tokio::time::timeout(PATIENCE, child.wait()).await {
        Ok(Ok(status)) if stop.is_cancelled() => tracing::info!(%status, "the program has ended"),
        Ok(Ok(status)) => tracing::warn!(%status, "the program has ended; it is started again"),
        _ => {
            tracing::warn!("the program does not end with its input; it is killed");
            let _ = child.kill().await;
        }
    }
}

async fn write(mut input: ChildStdin, first: String, mut lines: mpsc::Receiver<String>) {
    let mut next = Some(first);
    while let Some(line) = next {
        if input.write_all(line.as_bytes()).await.is_err() || input.flush().await.is_err() {
            return;
        }
        next = lines.recv().await;
    }
}

/// Reads lines until the program closes its output or says something that nobody understands.
async fn read(output: ChildStdout, shared: &Arc<Shared>, emits: &mpsc::Sender<Emit>) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    // Look-ups for the program, beside everything else; whoever has ended wants no answer.
    let mut asking = JoinSet::new();
    loop {
        line.clear();
        while asking.try_join_next().is_some() {}
        let read = (&mut output).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await;
        match read {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        match serde_json::from_slice(&line) {
            Ok(FromProgram::Emit(emit)) => {
                if emits.send(*emit).await.is_err() {
                    return;
                }
            }
            Ok(FromProgram::Result(result)) => {
                let waiting = shared.state().deliveries.remove(&result.delivery);
                // Nobody waits for it any more: the delivery comes again, and with it the question.
                let _ = waiting.map(|waiting| waiting.send(result.outcome));
            }
            Ok(FromProgram::Answer(answer)) => {
                let waiting = shared.state().questions.remove(&answer.number);
                let _ = waiting.map(|waiting| waiting.send(answer));
            }
            Ok(FromProgram::Lookup(lookup)) => {
                let (lookups, lines) = {
                    let state = shared.state();
                    (state.lookups.clone(), state.lines.clone())
                };
                asking.spawn(look_up(lookups, lines, *lookup));
            }
            Ok(FromProgram::Trouble(trouble)) => shared.state().trouble = trouble,
            Ok(FromProgram::Manifest(_)) => {}
            Err(error) => {
                // Only the place: the parser's words may repeat content.
                tracing::error!(
                    column = error.column(),
                    bytes = line.len(),
                    "a line of the program is not understood"
                );
                return;
            }
        }
    }
}

/// Asks for the program.
async fn look_up(lookups: Option<Lookups>, lines: Option<mpsc::Sender<String>>, lookup: Lookup) {
    let ask = hub_message::Ask {
        purpose: lookup.purpose,
        file_number: lookup.file_number,
        actor: lookup.actor,
        question: lookup.question,
    };
    let answered = match lookups {
        Some(lookups) => lookups.ask(&lookup.name, &ask).await,
        None => Err(LookupFault::Unavailable),
    };
    let mut looked = Looked {
        number: lookup.number,
        ..Looked::default()
    };
    match answered {
        Ok(Some(found)) => {
            looked.found = true;
            looked.kind = Some(found.kind);
            looked.media_type = Some(found.media_type);
            looked.content = Content::inline(found.native.disclose());
        }
        Ok(None) => {}
        Err(LookupFault::Refused { code, .. }) => looked.refused = Some(code),
        Err(LookupFault::Unavailable) => looked.unavailable = true,
    }
    if let Some(lines) = lines {
        // A program that has ended asks again in its next life.
        let _ = lines.send(line(&ToProgram::Looked(Box::new(looked)))).await;
    }
}

/// Starts the program only to hear what it is.
pub(crate) async fn manifest(command: &[OsString]) -> Result<hub_message::Manifest, String> {
    let mut child = spawn(command).map_err(|error| format!("the program cannot be started: {error}"))?;
    let output = child.stdout.take().ok_or("the program has no output")?;
    let mut line = Vec::new();
    let mut output = BufReader::new(output).take(LINE_BYTES_MAX);
    let heard = tokio::time::timeout(PATIENCE, output.read_until(b'\n', &mut line)).await;
    drop(child.stdin.take());
    if tokio::time::timeout(PATIENCE, child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
    match heard {
        Ok(Ok(bytes)) if bytes > 0 => {}
        _ => {
            return Err("the program said nothing within five seconds: its first line must be its manifest".to_owned());
        }
    }
    match serde_json::from_slice(&line) {
        Ok(FromProgram::Manifest(manifest)) => Ok(*manifest),
        Ok(_) => Err("the program's first line is not its manifest".to_owned()),
        Err(error) => Err(format!("the program's first line is not its manifest: {error}")),
    }
}
