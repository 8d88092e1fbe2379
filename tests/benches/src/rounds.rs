// SPDX-License-Identifier: EUPL-1.2
//! Interleaved rounds: every candidate has its turn in every round, so that what slows the machine down slows all of
//! them down. Time is the processor time of the thread, and the minimum of many rounds is what counts.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A piece of work that is measured.
pub struct Candidate<'c> {
    name: &'c str,
    work: Box<dyn FnMut() + 'c>,
    /// Runs that make one sample.
    runs: u32,
    samples: Vec<f64>,
}

/// Times of a candidate, in microseconds for one run.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// The fastest sample.
    pub least: f64,
    /// The median of the samples.
    pub median: f64,
}

/// How long a sample takes at least: long beside the clock, short beside what others do on the machine.
const SAMPLE: Duration = Duration::from_micros(400);

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

impl<'c> Candidate<'c> {
    /// Something to measure.
    pub fn new(name: &'c str, work: impl FnMut() + 'c) -> Self {
        Self {
            name,
            work: Box::new(work),
            runs: 1,
            samples: Vec::new(),
        }
    }

    fn sample(&mut self) -> Duration {
        let before = now();
        for _ in 0..self.runs {
            (self.work)();
        }
        now() - before
    }

    fn measured(&mut self) -> Measured {
        self.samples.sort_by(f64::total_cmp);
        Measured {
            least: self.samples.first().copied().unwrap_or_default(),
            median: self.samples.get(self.samples.len() / 2).copied().unwrap_or_default(),
        }
    }
}

/// Measures the candidates in so many rounds, turn by turn; times by name, in the order given.
pub fn run<'c>(mut candidates: Vec<Candidate<'c>>, rounds: usize) -> Vec<(&'c str, Measured)> {
    for candidate in &mut candidates {
        // The first runs fill the buffers that a worker keeps; then it is known how many runs make a sample.
        candidate.sample();
        candidate.runs = 4;
        let four = candidate.sample().max(Duration::from_nanos(4));
        candidate.runs = (4 * SAMPLE.as_nanos() / four.as_nanos()).clamp(1, 100_000) as u32;
    }
    for _ in 0..rounds {
        for candidate in &mut candidates {
            let took = candidate.sample().as_secs_f64() * 1e6 / f64::from(candidate.runs);
            candidate.samples.push(took);
        }
    }
    candidates
        .iter_mut()
        .map(|candidate| (candidate.name, candidate.measured()))
        .collect()
}
