// SPDX-License-Identifier: EUPL-1.2
//! The two ways out of a command: data to standard output, messages to standard error.

use std::fmt::{self, Write as _};
use std::io::{self, BufWriter, IsTerminal, Write};

use hub_message::Tree;

/// Writes data to standard output. A reader that has gone (`amtshub … | head`) is no fault.
pub(crate) fn data(text: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text).and_then(|()| out.flush());
}

/// Writes canonical documents to standard output as JSON for people, piece by piece.
pub(crate) fn documents<'t>(trees: impl Iterator<Item = &'t Tree>) {
    let mut out = Pieces(BufWriter::with_capacity(1 << 16, io::stdout().lock()));
    for tree in trees {
        if tree.write_pretty(&mut out).and_then(|()| out.write_str("\n")).is_err() {
            return;
        }
    }
    let _ = out.0.flush();
}

/// Text that is written in pieces; a reader that has gone ends it.
struct Pieces<W>(W);

impl<W: Write> fmt::Write for Pieces<W> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0.write_all(piece.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Writes a message to standard error and ends its line.
pub(crate) fn message(text: &str) {
    let mut err = io::stderr().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let _ = write!(err, "{text}{end}");
}

/// Writes findings to standard error, `error` in red and `warning` in yellow where colours are wanted.
pub(crate) fn findings(text: &str) {
    if !colour() {
        return message(text);
    }
    let paint = |line: &str| match line.split_once('[') {
        Some((word @ "error", rest)) => format!("\x1b[1;31m{word}\x1b[0m[{rest}"),
        Some((word @ "warning", rest)) => format!("\x1b[1;33m{word}\x1b[0m[{rest}"),
        _ => line.to_owned(),
    };
    message(&text.lines().map(paint).collect::<Vec<_>>().join("\n"));
}

/// Whether messages may be coloured: standard error is a terminal and `NO_COLOR` is unset or empty (no-color.org).
pub(crate) fn colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
