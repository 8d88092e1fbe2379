// SPDX-License-Identifier: EUPL-1.2
//! Fuzz targets: each reader, the language and the encodings against any bytes.
//!
//! `cargo test` runs each target with so many random inputs as [`ITERATIONS`] says (`BOLERO_RANDOM_ITERATIONS` for more;
//! a failure prints the `BOLERO_RANDOM_SEED` that repeats it); `tests/fuzz` runs them with libFuzzer, which looks for
//! inputs that reach new code. An input is a little program that makes a document out of seeds and tokens, see
//! [`making`], so that most documents come far into a reader.
//!
//! What must hold, beside not to panic:
//! - a reader tells everything in order, with offsets in the text and never within a character;
//! - the same document is told the same again, by buffers and caches that other documents went through too;
//! - a rejection has a place in the document, a sentence and a remedy, and never a value;
//! - an XML or JSON document that is accepted is accepted again as it was understood, and understood the same.

mod language;
mod making;
mod readers;
mod seeds;
mod watching;

use making::Maker;

/// Random inputs for each target in a run of the tests.
const ITERATIONS: usize = 2000;

/// Bytes of an input.
const INPUT_BYTES: usize = 256;

/// Runs a target on what the inputs make of its seeds.
fn run(maker: Maker, target: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_max_len(INPUT_BYTES)
        .for_each(|input: &[u8]| target(&maker.document(input)));
}
