// SPDX-License-Identifier: EUPL-1.2
//! The log, on standard error: readable at a terminal, one JSON object a line otherwise. And what happens on a panic.

use std::io::IsTerminal;

use rustix::process::{Resource, Rlimit, setrlimit};
use tracing_subscriber::EnvFilter;

use crate::terminal;

/// What is logged unless `RUST_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info,async_nats=warn";

/// The exit code after a panic, the one that Rust itself uses.
const PANIC_EXIT: i32 = 101;

/// Starts the log.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        lines.with_ansi(terminal::colour()).try_init()
    } else {
        lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .try_init()
    };
    // Only a second start in one process fails, and then the log is there already.
    drop(started);
}

/// Makes a panic anywhere end the process: it is our fault, and whoever watches over the process starts it again. The
/// log tells the place only, because a panic's text may quote a document; for the same reason no core is dumped.
pub(crate) fn end_on_panic() {
    let _ = setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    );
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            place,
            "bug in amtshub: the process ends; what was in flight is taken again at the next start"
        );
        std::process::exit(PANIC_EXIT);
    }));
}
