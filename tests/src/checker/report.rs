// SPDX-License-Identifier: EUPL-1.2
//! What a run found.

use std::fmt::Write;

/// That a fault happened, and how long it took until the town worked again.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The fault.
    pub fault: &'static str,
    /// By what is known that it happened.
    pub sign: String,
    /// Seconds from the end of the fault to the next effect at a target.
    pub recovery: f64,
}

/// What a run found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The plan's seed.
    pub seed: u64,
    /// Good messages that were put down.
    pub sent: usize,
    /// Messages that no mapping can read.
    pub poison: usize,
    /// Messages that their source put down again.
    pub repeated: usize,
    /// The faults.
    pub proofs: Vec<Proof>,
    /// What should not be; empty when all promises held.
    pub violations: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

impl Report {
    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = format!(
            "seed {}: {} messages, {} poison, {} repeated, {} faults, {:.0} s\n",
            self.seed,
            self.sent,
            self.poison,
            self.repeated,
            self.proofs.len(),
            self.seconds
        );
        for proof in &self.proofs {
            let _ = writeln!(
                text,
                "  {:<28} {:<60} next effect after {:.1} s",
                proof.fault, proof.sign, proof.recovery
            );
        }
        let _ = match self.violations.as_slice() {
            [] => writeln!(text, "nothing lost, nothing doubled, order kept"),
            found => writeln!(text, "{} VIOLATIONS\n  {}", found.len(), found.join("\n  ")),
        };
        text
    }
}
