// SPDX-License-Identifier: EUPL-1.2
//! `amtshub table`: code tables of mappings.

use std::path::{Path, PathBuf};

use hub_mapping::genericode::{CodeList, Difference, ImportedTable};
use hub_message::Finding;

use super::explain;
use crate::config::Findings;
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Take a published code list (OASIS genericode, as in XÖV standards) in as a table.
    Import(Import),
}

/// What an import takes.
#[derive(Debug, clap::Args)]
struct Import {
    /// The code list.
    #[arg(value_name = "FILE")]
    list: PathBuf,
    /// The column that documents carry; else the key that the list recommends.
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// The column that the canonical field holds; else the code itself.
    #[arg(long, value_name = "COLUMN")]
    value: Option<String>,
    /// The table to write, `tables/….csv` beside the mapping; else standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace a table that says something else. Without it the difference is only shown.
    #[arg(long, requires = "out")]
    replace: bool,
}

/// Does what the subcommand says.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let What::Import(import) = &arguments.what;
    let file = import.list.display().to_string();
    let bytes = match std::fs::read(&import.list) {
        Ok(bytes) => bytes,
        Err(fault) => {
            terminal::message(&format!("error: {file}: {fault}"));
            return Exit::Usage;
        }
    };
    let made = CodeList::parse(&file, &bytes).and_then(|list| {
        let table = list.table(import.key.as_deref(), import.value.as_deref())?;
        Ok((list, table))
    });
    match made {
        Ok((list, table)) => written(import, &list, table),
        Err(found) => refused(&file, &bytes, found),
    }
}

fn refused(file: &str, bytes: &[u8], found: Vec<Finding>) -> Exit {
    let mut findings = Findings::default();
    findings.know(file, &String::from_utf8_lossy(bytes));
    findings.extend(found);
    terminal::findings(&findings.render());
    explain::point(findings.sorted().into_iter().map(|finding| &finding.code));
    Exit::Findings
}

fn written(import: &Import, list: &CodeList, mut table: ImportedTable) -> Exit {
    let Some(out) = &import.out else {
        terminal::data(table.to_csv().as_bytes());
        terminal::message(&snippet(list, &table, Path::new("tables/….csv")));
        return Exit::Ok;
    };
    if let Ok(text) = std::fs::read_to_string(out) {
        let before = ImportedTable::of_csv(&text);
        let without = table.keep_values(&before);
        let difference = Difference::between(&before, &table);
        if difference.is_empty() && table.to_csv() == text {
            terminal::message(&format!("{}: nothing has changed", out.display()));
            return Exit::Ok;
        }
        terminal::data(difference.to_string().as_bytes());
        terminal::message(&format!(
            "{}: {} codes new, {} gone, {} changed",
            out.display(),
            difference.added.len(),
            difference.removed.len(),
            difference.changed.len()
        ));
        if !without.is_empty() {
            terminal::message(&format!(
                "new codes have no value of yours yet and stand for themselves: {}",
                without.join(", ")
            ));
        }
        if !import.replace {
            terminal::message("nothing was written; --replace takes the new version");
            return Exit::Findings;
        }
    }
    if let Err(fault) = put(out, &table.to_csv()) {
        terminal::message(&format!("error: {}: {fault}", out.display()));
        return Exit::Usage;
    }
    terminal::message(&snippet(list, &table, out));
    Exit::Ok
}

/// Writes beside and renames, so that no half table is ever read.
fn put(out: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let scratch = out.with_extension("csv.new");
    std::fs::write(&scratch, text)?;
    std::fs::rename(&scratch, out)
}

/// What the mapping file says of the table; the version of the list stands in the comment.
fn snippet(list: &CodeList, table: &ImportedTable, out: &Path) -> String {
    let name: String = list
        .name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '-' {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let file = out
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    format!(
        "[tables.{name}]\nfile = \"tables/{file}\"   # {}, version {}, {} codes",
        if list.uri.is_empty() { &list.name } else { &list.uri },
        list.version,
        table.rows.len()
    )
}
