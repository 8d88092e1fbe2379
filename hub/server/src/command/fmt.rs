// SPDX-License-Identifier: EUPL-1.2
//! `amtshub fmt`: one canonical spelling of mapping files and of the configuration.

use std::io::Read;
use std::path::{Path, PathBuf};

use hub_authoring::format::{Kind, Unformatted, format};

use crate::config::library::Places;
use crate::config::{Findings, folder};
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only say which files are not in the canonical spelling; exit code 1 if there are any.
    #[arg(long)]
    check: bool,
    /// Files, folders of mappings or configuration folders, or `-` for standard input; without any, the folder
    /// `mappings` here or above.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// What came of a file.
enum Came {
    /// It is in the canonical spelling.
    Right,
    /// It was not.
    Wrong,
    /// It could not be formatted; that has been said.
    Failed,
}

/// Formats.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    if arguments.paths == [Path::new("-")] {
        return standard_input(arguments.check);
    }
    let mut findings = Findings::default();
    let files = match files(&arguments.paths, &mut findings) {
        Ok(files) => files,
        Err(text) => {
            terminal::message(&format!("error: {text}"));
            return Exit::Usage;
        }
    };
    let mut exit = Exit::Ok;
    for file in &files {
        match one(file, arguments.check) {
            Came::Right => {}
            Came::Wrong => {
                terminal::data(format!("{}\n", file.display()).as_bytes());
                if arguments.check {
                    exit = Exit::Findings;
                }
            }
            Came::Failed => exit = Exit::Findings,
        }
    }
    if !findings.is_empty() {
        terminal::findings(&findings.render());
    }
    if arguments.check && exit != Exit::Ok {
        terminal::message("these files are not in the canonical spelling: amtshub fmt writes it");
    }
    exit
}

fn standard_input(check: bool) -> Exit {
    let mut text = String::new();
    if let Err(fault) = std::io::stdin().lock().read_to_string(&mut text) {
        terminal::message(&format!("error: standard input: {fault}"));
        return Exit::Usage;
    }
    match format(&text, Kind::of("-", &text)) {
        Ok(formatted) if check => {
            if formatted == text {
                Exit::Ok
            } else {
                Exit::Findings
            }
        }
        Ok(formatted) => {
            terminal::data(formatted.as_bytes());
            Exit::Ok
        }
        Err(fault) => {
            complain("standard input", &text, fault);
            Exit::Findings
        }
    }
}

fn one(path: &Path, check: bool) -> Came {
    let name = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(fault) => {
            terminal::message(&format!("error: {name}: {fault}"));
            return Came::Failed;
        }
    };
    match format(&text, Kind::of(&name, &text)) {
        Ok(formatted) if formatted == text => Came::Right,
        Ok(_) if check => Came::Wrong,
        Ok(formatted) => match std::fs::write(path, formatted) {
            Ok(()) => Came::Wrong,
            Err(fault) => {
                terminal::message(&format!("error: {name}: {fault}"));
                Came::Failed
            }
        },
        Err(fault) => {
            complain(&name, &text, fault);
            Came::Failed
        }
    }
}

/// Says why a file stays as it is.
fn complain(name: &str, text: &str, fault: Unformatted) {
    match fault {
        Unformatted::Broken => {
            let mut findings = Findings::default();
            findings.know(name, text);
            // Of broken TOML nothing but its syntax is looked at.
            findings.extend(hub_mapping::header(name, text).err().unwrap_or_default());
            terminal::findings(&findings.render());
        }
        Unformatted::Changed => terminal::message(&format!(
            "error: {name} would say something else afterwards, so it stays as it is: this is a fault of amtshub fmt, please report it"
        )),
    }
}

/// The files to format.
fn files(paths: &[PathBuf], findings: &mut Findings) -> Result<Vec<PathBuf>, String> {
    let default = [Places::from(Path::new("")).mappings];
    let paths = if paths.is_empty() { &default } else { paths };
    let mut files = Vec::new();
    for path in paths {
        if path.is_file() {
            files.push(path.clone());
        } else if path.is_dir() {
            files.extend(folder::files_below(path, ".map.toml", findings));
            for hub in folder::files_below(path, "hub.toml", findings) {
                let configuration = hub.parent().unwrap_or(Path::new("")).to_path_buf();
                files.push(hub);
                for part in ["connectors", "routes"] {
                    files.extend(folder::files(&configuration.join(part), ".toml", findings));
                }
            }
        } else {
            return Err(format!("{}: there is no such file or folder", path.display()));
        }
    }
    if files.is_empty() {
        return Err("there are no mapping files (*.map.toml) and no configuration (hub.toml)".to_owned());
    }
    Ok(files)
}
