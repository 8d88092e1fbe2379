// SPDX-License-Identifier: EUPL-1.2
//! From the text of a file to a mapping, all findings on the way.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hub_message::{Digest, Shape};

use super::format::{self, Format};
use super::schema::Schema;
use super::{Loaded, Mapping, RulePlaces, case};
use crate::beside::{Beside, Wanted};
use crate::convert::Stage;
use crate::language::calls::Ways;
use crate::language::check;
use crate::language::expand::{Expander, Spot};
use crate::language::file::File;
use crate::language::resolve::Vocabulary;
use crate::language::scan::Text;
use crate::language::table::CodeTable;
use crate::language::value;
use crate::provenance::FileRows;
use crate::reading;
use crate::report::Report;
use crate::rows::{Path, Scope};
use crate::writing;
use crate::writing::Order;

/// Numbers mappings, so that a worker knows which buffers are whose.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Loads a file.
pub(super) fn load(file: &str, text: &str, shape: &Shape, beside: Beside<'_>) -> Loaded {
    let mut report = Report::about(file, text);
    let table = value::parse(text, &mut report);
    // What was used of other files belongs to the digest.
    let used = RefCell::new(vec![("", text.to_owned())]);
    // What was read of broken TOML would only make noise.
    let sections = if report.failed() {
        None
    } else {
        File::of(&table, &mut report)
    };
    let mapping = sections.and_then(|sections| {
        let recording = |name: &str| {
            let found = (beside.file)(name)?;
            used.borrow_mut().push(("beside", format!("{name}\n{found}")));
            Some(found)
        };
        let recording_schema = |wanted: Wanted<'_>| {
            let found = (beside.schema)(wanted)?;
            let digest = Digest::of(&found.bytes);
            used.borrow_mut()
                .push(("schema", format!("{}\n{digest}", wanted.reference)));
            Ok(found)
        };
        let recorded = Beside {
            file: &recording,
            schema: &recording_schema,
        };
        build(file, text, &sections, shape, recorded, &mut report)
    });
    let failed = report.failed();
    let findings = report.finish();
    let mapping = mapping.filter(|_| !failed).map(|mut mapping| {
        let parts: Vec<String> = used
            .into_inner()
            .into_iter()
            .map(|(_, text)| format!("{}\n{text}", text.len()))
            .collect();
        mapping.digest = Digest::of(parts.concat().as_bytes());
        mapping
    });
    Loaded { mapping, findings }
}

fn build(
    file: &str,
    text: &str,
    sections: &File,
    shape: &Shape,
    beside: Beside<'_>,
    report: &mut Report,
) -> Option<Mapping> {
    let mut vocabulary = Vocabulary::default();
    let ways = Ways {
        read: sections.reads,
        write: sections.writes,
    };
    let mut format = Format::of(&sections.format, ways, beside, &mut vocabulary, report);
    short_names(sections, &mut vocabulary, report);
    let root = format::root(&sections.format, &mut vocabulary);
    let order = format::order(&sections.format, &mut vocabulary, report);
    let tables = tables(sections, beside, report);
    let mut expander = Expander {
        file: sections,
        shape,
        vocabulary,
        tables,
        report,
        uses: 0,
        used: Vec::new(),
        put_in: HashSet::new(),
    };
    let spot = Spot::root(shape, ways);
    let mut scope = Scope::default();
    expander.block(&sections.root, &spot, &mut scope);
    let case = case::check(&sections.case, &mut expander);
    if !expander.report.failed() {
        check::unused::check(&mut expander);
    }
    let Expander {
        mut vocabulary,
        report,
        used,
        ..
    } = expander;
    let known: Vec<Text> = sections.coverage.known.iter().map(|(place, _)| place.clone()).collect();
    let known = places(&known, &mut vocabulary, report);
    let forbidden = places(&sections.coverage.must_not_map, &mut vocabulary, report);
    check::all(&scope, shape, sections, &forbidden, report);
    if let Some(format) = &format {
        format.check_places(&scope, &vocabulary, report);
    }
    if report.failed() {
        return None;
    }
    let mut known: Vec<Path> = known.into_iter().map(|(path, _)| path).collect();
    known.extend(forbidden.into_iter().map(|(path, _)| path));
    let schema = format.as_ref().and_then(Format::schema);
    let write = sections.writes.then(|| {
        let order = Order {
            given: &order,
            schema: schema.and_then(Schema::typed),
            vocabulary: &vocabulary,
        };
        writing::compile::compile(&scope, root, &order)
    });
    if let (Some(schema), Some(program)) = (schema, &write) {
        schema.check_complete(&program.document, &vocabulary, report);
    }
    if let (Some(format), Some(program)) = (&mut format, &write) {
        format.check_written(&program.document, &vocabulary.names, report);
        format.name_written(&vocabulary.names);
    }
    let files = format.as_ref().is_some_and(Format::has_files);
    let read = sections
        .reads
        .then(|| reading::compile::compile(shape, &scope, &known, &vocabulary.names, files));
    let fields_read_by_write = if sections.writes {
        check::fields_read(&scope)
    } else {
        Vec::new()
    };
    let mut secrets = Vec::new();
    collect_secrets(&scope, &mut secrets);
    secrets.sort();
    secrets.dedup();
    Some(Mapping {
        header: sections.header.clone(),
        title: sections.title.clone(),
        digest: Digest::of(b""),
        number: NEXT.fetch_add(1, Ordering::Relaxed),
        policy: sections.coverage.unmapped,
        asks_case: check::asks_case(&scope),
        write,
        read,
        case,
        tests: sections.tests.clone(),
        rows: FileRows::of(&scope, used),
        left_out: left_out(sections),
        rules: RulePlaces {
            file: file.to_owned(),
            text: text.into(),
        },
        fields_read_by_write,
        secrets,
        names: vocabulary.names,
        format: format?,
    })
}

/// `[at]`; a short name may begin with one that stands above it.
fn short_names(sections: &File, vocabulary: &mut Vocabulary, report: &mut Report) {
    for (name, place) in &sections.at {
        if let Some(path) = vocabulary.path_of_text(place, report) {
            vocabulary.short.insert(name.value.clone(), path);
        }
    }
}

fn tables(sections: &File, beside: Beside<'_>, report: &mut Report) -> HashMap<String, Arc<CodeTable>> {
    let made = sections.tables.iter().map(|(name, table)| {
        let table = CodeTable::of(name, table, &mut |file| (beside.file)(file), report);
        (name.value.clone(), Arc::new(table))
    });
    made.collect()
}

/// What `[coverage]` leaves out, in the order in which reading knows the places.
fn left_out(sections: &File) -> Vec<(String, Option<String>)> {
    let known = sections.coverage.known.iter();
    let known = known.map(|(place, reason)| (place.value.clone(), Some(reason.clone())));
    let forbidden = sections
        .coverage
        .must_not_map
        .iter()
        .map(|place| (place.value.clone(), None));
    known.chain(forbidden).collect()
}

fn places(texts: &[Text], vocabulary: &mut Vocabulary, report: &mut Report) -> Vec<(Path, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    for text in texts {
        found.extend(
            vocabulary
                .path_of_text(text, report)
                .map(|path| (path, text.span.clone())),
        );
    }
    found
}

fn collect_secrets(scope: &Scope, secrets: &mut Vec<String>) {
    let sides = scope.rows.iter().flat_map(|row| {
        let read = row.read.as_ref().map(|side| &side.stages);
        read.into_iter().chain(row.write.as_ref().map(|side| &side.stages))
    });
    for stage in sides.flat_map(|stages| stages.iter()) {
        if let Stage::Call { conversion, .. } = stage {
            secrets.extend(conversion.secret.clone());
        }
    }
    for list in &scope.lists {
        collect_secrets(&list.item, secrets);
    }
}
