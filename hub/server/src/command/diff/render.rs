// SPDX-License-Identifier: EUPL-1.2
//! What a change does, for people: the sum first, then field by field, then examples.

use std::fmt::Write;

use hub_mapping::comparison::{Effect, FieldEffect, Refused};

use crate::command::listing::{Listing, indented};

/// The effect as text.
pub(super) fn table(title: &str, effect: &Effect) -> String {
    let mut out = format!("{title}\n{}", sum(effect));
    let mut fields = Listing::new(&["field", "documents", "changed", "added", "gone"]);
    for field in &effect.fields {
        fields.row([
            field.field.clone(),
            field.documents.to_string(),
            field.changed.to_string(),
            field.added.to_string(),
            field.gone.to_string(),
        ]);
    }
    section(&mut out, "", &fields);
    if !effect.fields.is_empty() {
        out.push_str("\nexamples");
        if effect.fields.iter().any(|field| field.masked) {
            out.push_str(" (values of protected fields are masked, `--values` shows them)");
        }
        out.push('\n');
        for field in &effect.fields {
            examples(&mut out, field);
        }
    }
    refused(&mut out, "rejected now", &effect.now_rejected);
    refused(&mut out, "accepted now, rejected before", &effect.now_accepted);
    let mut unmapped = Listing::new(&["unmapped place", "before", "after"]);
    for place in &effect.unmapped {
        unmapped.row([place.path.clone(), place.before.to_string(), place.after.to_string()]);
    }
    section(&mut out, "", &unmapped);
    out
}

fn sum(effect: &Effect) -> String {
    let refused = effect
        .now_rejected
        .iter()
        .filter(|refused| refused.before.is_none())
        .count();
    let otherwise = effect.now_rejected.len() - refused;
    let accepted = effect.now_accepted.len();
    let same = effect.documents - effect.changed - effect.form_only - refused - accepted - effect.rejected;
    let mut out = format!(
        "{} files: {} change, {same} stay the same",
        effect.documents, effect.changed
    );
    for (count, what) in [
        (effect.form_only, "differ in form only (order, white space, encoding)"),
        (refused, "are rejected now"),
        (accepted, "are accepted now"),
        (effect.rejected, "are rejected before and after"),
        (otherwise, "of these for another reason"),
    ] {
        if count > 0 {
            let _ = write!(out, ", {count} {what}");
        }
    }
    out.push('\n');
    out
}

fn examples(out: &mut String, field: &FieldEffect) {
    let mut listing = Listing::new(&[&field.field, "before", "after", "document"]);
    let value = |value: &Option<String>| match value.as_deref() {
        None => "(nothing)".to_owned(),
        Some("") => "(empty)".to_owned(),
        Some(value) => value.to_owned(),
    };
    for example in &field.examples {
        listing.row([
            example.path.clone(),
            value(&example.before),
            value(&example.after),
            example.document.clone(),
        ]);
    }
    out.push_str(&indented(&listing.render(), 2));
}

fn refused(out: &mut String, title: &str, list: &[Refused]) {
    let mut listing = Listing::new(&["document", "code", "field", "why"]);
    for refused in list {
        let rejection = &refused.rejection;
        let place = rejection.place.map(|place| format!(":{place}")).unwrap_or_default();
        let before = refused
            .before
            .as_ref()
            .map(|before| format!(" (before: {})", before.code));
        listing.row([
            format!("{}{place}", refused.document),
            rejection.code.to_string(),
            rejection.field.clone().unwrap_or_default(),
            format!("{}{}", rejection.text, before.unwrap_or_default()),
        ]);
    }
    section(out, title, &listing);
}

fn section(out: &mut String, title: &str, listing: &Listing) {
    if listing.is_empty() {
        return;
    }
    out.push('\n');
    if !title.is_empty() {
        let _ = writeln!(out, "{title}");
    }
    out.push_str(&indented(&listing.render(), if title.is_empty() { 0 } else { 2 }));
}
