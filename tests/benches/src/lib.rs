// SPDX-License-Identifier: EUPL-1.2
//! How fast the mapping engine is: what the benchmarks have in common.
//!
//! Times on a machine that others use say little, so everything is told as a ratio to a floor that runs in the same
//! process, turn by turn: the bare event loop of quick-xml for reading, its bare writer for writing. See `README.md`.

use std::path::{Path, PathBuf};

pub mod allocations;
pub mod bare;
pub mod generated;
pub mod rounds;
pub mod shipped;

/// The folder of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .unwrap_or_default()
}
