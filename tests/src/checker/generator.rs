// SPDX-License-Identifier: EUPL-1.2
//! The sources' systems: they put records down without end, each case in order, some unreadable, some once more. What they
//! have put down is on the disk, and they know it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use super::Plan;
use super::random::Random;
use super::stage::{SOURCES, Stage};
use crate::record;

/// Cases of each source.
const CASES: usize = 10;
/// Files that may lie before a source: as a real system would, the generator does not run far ahead.
const AHEAD: usize = 400;
/// One in so many is poison, is put down again, is large.
const POISON: u64 = 100;
const REPEATED: u64 = 20;
const LARGE: u64 = 200;

/// What was put down.
#[derive(Debug, Default, Clone)]
pub(super) struct Sent {
    /// Case and number of each good record, in order.
    pub(super) good: Vec<(String, usize)>,
    pub(super) poison: usize,
    pub(super) repeated: usize,
}

/// The generator; it works in a thread of its own.
pub(super) struct Generator {
    shared: Arc<Shared>,
    thread: JoinHandle<Sent>,
    least: usize,
}

struct Shared {
    stop: AtomicBool,
    sent: AtomicUsize,
    /// Whoever holds the pen writes: nothing is put down while the power is off.
    pen: Mutex<()>,
}

impl Generator {
    pub(super) fn start(stage: &Stage, plan: &Plan) -> Self {
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            sent: AtomicUsize::new(0),
            pen: Mutex::new(()),
        });
        let writer = Writer {
            data: stage.town.data(),
            chance: Random::new(plan.seed ^ 0x5eed),
            sent: Sent::default(),
            again: VecDeque::new(),
        };
        for source in SOURCES {
            std::fs::create_dir_all(writer.folder(source)).expect("a hot folder");
        }
        let of_thread = Arc::clone(&shared);
        Self {
            shared,
            thread: std::thread::spawn(move || writer.run(&of_thread)),
            least: plan.messages,
        }
    }

    /// Waits until so many more are put down and something of that has had its effect.
    pub(super) fn wait_for_more(&self, stage: &Stage, count: usize) {
        let (sent, effects) = (self.shared.sent.load(SeqCst), stage.effects());
        stage.town.wait("the town is at work", |_| {
            self.shared.sent.load(SeqCst) >= sent + count && stage.effects() > effects
        });
    }

    /// Keeps it from writing as long as the guard lives.
    pub(super) fn hold_pen(&self) -> MutexGuard<'_, ()> {
        self.shared.pen.lock().expect("the pen")
    }

    /// Lets it finish, and says what it has put down.
    pub(super) fn finish(self, stage: &Stage) -> Sent {
        stage.town.wait("everything is put down", |_| {
            self.shared.sent.load(SeqCst) >= self.least
        });
        self.shared.stop.store(true, SeqCst);
        self.thread.join().expect("the generator")
    }
}

struct Writer {
    data: PathBuf,
    chance: Random,
    sent: Sent,
    /// What is to be put down once more.
    again: VecDeque<(String, String, String, SystemTime)>,
}

impl Writer {
    fn folder(&self, source: &str) -> PathBuf {
        self.data.join(source).join("in")
    }

    fn run(mut self, shared: &Shared) -> Sent {
        let mut number = 0;
        while !shared.stop.load(SeqCst) {
            let source = SOURCES[number % SOURCES.len()];
            let pen = shared.pen.lock().expect("the pen");
            if crate::town::files(&self.folder(source)).len() >= AHEAD {
                drop(pen);
                std::thread::sleep(Duration::from_millis(20));
                continue;
            }
            self.put(source, number);
            shared.sent.store(self.sent.good.len(), SeqCst);
            number += 1;
        }
        self.sent
    }

    fn put(&mut self, source: &str, number: usize) {
        let case = format!("{source}-{}", (number / SOURCES.len()) % CASES);
        let bytes = if self.chance.below(LARGE) == 0 {
            400_000
        } else {
            400 + self.chance.below(1200) as usize
        };
        // `record::xml` names cases by number; the source is a part of the name here.
        let xml = record::xml(0, number, bytes).replace("<case>c0</case>", &format!("<case>{case}</case>"));
        let now = SystemTime::now();
        if self.chance.below(POISON) == 0 {
            let bad = xml.replace("</record>", "</rekord>");
            self.write(source, &format!("{number:07}-schlecht.xml"), &bad, now);
            self.sent.poison += 1;
            return;
        }
        let name = format!("{number:07}.xml");
        self.write(source, &name, &xml, now);
        self.sent.good.push((case, number));
        if self.chance.below(REPEATED) == 0 {
            self.again.push_back((source.to_owned(), name, xml, now));
        }
        self.repeat();
    }

    /// Puts down once more what was taken, as a source does that has heard nothing: the same
    /// name, content and time.
    fn repeat(&mut self) {
        if let Some((source, name, _, _)) = self.again.front()
            && !self.folder(source).join(name).exists()
            && let Some((source, name, xml, time)) = self.again.pop_front()
        {
            self.write(&source, &name, &xml, time);
            self.sent.repeated += 1;
        }
    }

    /// On the disk when it returns.
    fn write(&self, source: &str, name: &str, content: &str, time: SystemTime) {
        let folder = self.folder(source);
        let unfinished = folder.join(format!("{name}.part"));
        std::fs::write(&unfinished, content)
            .and_then(|()| {
                let file = std::fs::File::options().write(true).open(&unfinished)?;
                file.set_modified(time)?;
                file.sync_all()
            })
            .and_then(|()| std::fs::rename(&unfinished, folder.join(name)))
            .and_then(|()| std::fs::File::open(&folder)?.sync_all())
            .expect("a file of the source");
    }
}
