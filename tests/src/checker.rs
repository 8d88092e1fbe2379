// SPDX-License-Identifier: EUPL-1.2
//! The delivery checker: a whole town on a disk that can lose its power, sources that send without end, targets that fail on
//! purpose, one fault after the other; then the books are compared. Nothing accepted may be lost, nothing may be there
//! twice, the order of each case holds.
//!
//! `cargo run -p amtshub-tests --bin checker` runs it; what it promises is in `checker/invariants.rs`.

mod faults;
mod generator;
mod invariants;
mod random;
mod report;
mod service;
mod stage;

use std::time::Instant;

pub use faults::Fault;
pub use report::Report;

use generator::Generator;
use stage::Stage;

/// What is run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Messages that are sent at least.
    pub messages: usize,
    /// Where the order of the faults and everything else that is left to chance comes from.
    pub seed: u64,
    /// Rounds of all faults; 0 for none.
    pub rounds: usize,
    /// The hub's program and its further arguments: `amtshub`, or one with a fault of its own.
    pub program: (String, Vec<String>),
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            messages: 20_000,
            seed: 1,
            rounds: 1,
            program: ("amtshub".to_owned(), Vec::new()),
        }
    }
}

/// Runs a plan to its end and says what was found.
pub fn run(plan: &Plan) -> Report {
    let begun = Instant::now();
    let mut stage = Stage::set(plan);
    let generator = Generator::start(&stage, plan);
    let mut proofs = Vec::new();
    let mut chance = random::Random::new(plan.seed);
    for round in 0..plan.rounds {
        let mut faults = Fault::ALL.to_vec();
        chance.shuffle(&mut faults);
        for fault in faults {
            // Each fault meets a town at work.
            generator.wait_for_more(&stage, plan.messages / (plan.rounds * Fault::ALL.len() + 1));
            let proof = fault.strike(&mut stage, &generator, &mut chance);
            say(round, &proof);
            proofs.push(proof);
        }
    }
    let sent = generator.finish(&stage);
    stage.heal();
    let counts = stage.wait_until_quiet(&sent);
    let violations = invariants::violations(&stage, &sent, &counts);
    Report {
        seed: plan.seed,
        sent: sent.good.len(),
        poison: sent.poison,
        repeated: sent.repeated,
        proofs,
        violations,
        seconds: begun.elapsed().as_secs_f64(),
    }
}

/// Whoever waits for the report sees how far it is.
fn say(round: usize, proof: &report::Proof) {
    eprintln!(
        "{:>2} {}: {} ({:.1} s to the next effect)",
        round + 1,
        proof.fault,
        proof.sign,
        proof.recovery
    );
}
