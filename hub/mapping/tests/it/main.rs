// SPDX-License-Identifier: EUPL-1.2
//! Every code has a fixture: a file that it is found in, and beside it what is said, with the caret under the very
//! characters.
//!
//! - `fixtures/load/AH-M102-….map.toml` does not load, and `….txt` beside it holds what is found. Tables lie in
//!   `fixtures/load/tables`, XML schemas in `fixtures/load/xsd`.
//! - `fixtures/run/AH-X101-….xml` is a document that is rejected, and `….txt` holds why. It is read by the mapping of
//!   the same name, `AH-X101-….map.toml`, or by the one for what follows the first point of its name: `xml.map.toml` for
//!   `AH-X101-….xml`, `header.csv.map.toml` for `AH-C115-….header.csv`. What ends in `canonical.json` is written:
//!   `AH-M202-….xml.canonical.json` by `xml.map.toml`.
//!
//! `BLESS=1 cargo test -p hub-mapping --test it` writes what is found into the `.txt` files; look at the difference
//! before you commit it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod golden;
mod hostile;
mod load;
mod run;
