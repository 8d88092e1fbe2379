// SPDX-License-Identifier: EUPL-1.2
//! The child's side: limits on itself, then the tool; and this program's own readers, which print JSON for the parent.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

use crate::{codes, tiff_file};

/// First word of a command line that sets limits and becomes another program.
pub(crate) const LIMITED: &str = "--limited";
/// First word of a command line of a reader.
pub(crate) const READER: &str = "--reader";
/// Exit code of a reader when a page is larger than it reads.
pub(crate) const TOO_LARGE: i32 = 3;
/// Exit codes of a child that did not become the tool: the limits cannot be set, it cannot be started, it is not there. No
/// tool that is used here ends with one of them.
pub(crate) const NOT_LIMITED: i32 = 125;
pub(crate) const NOT_STARTED: i32 = 126;
pub(crate) const NOT_THERE: i32 = 127;
/// Open files of a tool.
const FILES_MAX: u64 = 256;

/// Why a reader gives up.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// It is not what it should be.
    Damaged,
    /// It has more dots than any paper.
    TooLarge,
}

impl From<std::io::Error> for Unreadable {
    fn from(_: std::io::Error) -> Self {
        Self::Damaged
    }
}

/// `seconds memory_bytes file_bytes program arguments…`: comes back only when the program cannot be started.
pub(crate) fn become_limited(words: &[OsString]) -> ExitCode {
    let [seconds, memory, file, program, arguments @ ..] = words else {
        return ExitCode::from(NOT_LIMITED as u8);
    };
    let number = |word: &OsStr| word.to_str().and_then(|word| word.parse().ok());
    let (Some(seconds), Some(memory), Some(file)) = (number(seconds), number(memory), number(file)) else {
        return ExitCode::from(NOT_LIMITED as u8);
    };
    let limits = [
        // The end by time is to be known as such: the second one is without a word.
        (Resource::Cpu, seconds, seconds + 5),
        (Resource::As, memory, memory),
        (Resource::Fsize, file, file),
        (Resource::Nofile, FILES_MAX, FILES_MAX),
        (Resource::Core, 0, 0),
    ];
    for (resource, most, at_last) in limits {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(at_last),
        };
        if setrlimit(resource, limit).is_err() {
            return ExitCode::from(NOT_LIMITED as u8);
        }
    }
    if set_parent_process_death_signal(Some(Signal::KILL)).is_err() {
        return ExitCode::from(NOT_LIMITED as u8);
    }
    // It comes back with an error only.
    match Command::new(program).args(arguments).exec().kind() {
        std::io::ErrorKind::NotFound => ExitCode::from(NOT_THERE as u8),
        _ => ExitCode::from(NOT_STARTED as u8),
    }
}

/// `codes IMAGE FORMAT…`, `tiff-pages FILE`, `tiff-page FILE NUMBER IMAGE`, `tiff-part FILE PART NUMBER…`.
pub(crate) fn read_for_parent(words: &[OsString]) -> ExitCode {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let json = match words.as_slice() {
        ["codes", image, formats @ ..] => codes::look_for(Path::new(image), formats),
        ["tiff-pages", file] => tiff_file::pages(Path::new(file)),
        ["tiff-page", file, number, image] => tiff_file::draw(Path::new(file), number, Path::new(image)),
        ["tiff-part", file, part, numbers @ ..] => tiff_file::copy_pages(Path::new(file), Path::new(part), numbers),
        _ => return ExitCode::from(2),
    };
    match json {
        Ok(json) if writeln!(std::io::stdout(), "{json}").is_ok() => ExitCode::SUCCESS,
        Err(Unreadable::TooLarge) => ExitCode::from(TOO_LARGE as u8),
        _ => ExitCode::FAILURE,
    }
}
