// SPDX-License-Identifier: EUPL-1.2
//! `routes/*.toml`. What the keys mean is checked by the pipeline, against everything else.

use hub_pipeline::{RouteSource, Written};

use super::keys;
use super::table::{Section, Source};

/// The routes of a file.
pub(super) fn read(source: &Source) -> Vec<RouteSource> {
    let table = source.parse();
    let mut file = Section::new(source, table.get_ref(), 0..0, &keys::ROUTES);
    let routes = file.sections("route").into_iter().map(route).collect();
    file.finish();
    routes
}

fn route(mut section: Section<'_>) -> RouteSource {
    let route = RouteSource {
        at: section.at(),
        mode: section.text("kind"),
        name: section.text("name"),
        from: section.texts("from").map(|(_, names)| names),
        schema: section.text("schema"),
        when: section.text("when"),
        to: section.text("to"),
        drop: drops(&mut section),
        reason: section.text("reason"),
        mapping: section.text("mapping"),
        kind: section.text("type"),
        purpose: section.text("purpose"),
        legal_basis: section.text("legal_basis"),
        fields: section.texts("fields"),
        question: section.texts("question"),
        documents: section.text("documents"),
        retention: section.text("retention"),
        protected_person: section.text("protected_person"),
    };
    section.finish();
    route
}

/// `drop`. Whoever writes it means it, even where the value is none; what is wrong with that has been said then.
fn drops(section: &mut Section<'_>) -> Option<Written> {
    let (_, value) = section.entry("drop")?;
    let flag = section.flag("drop").map(|(_, written)| written);
    Some(flag.unwrap_or_else(|| section.source().written(value.span(), "true")))
}
