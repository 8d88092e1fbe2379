// SPDX-License-Identifier: EUPL-1.2
//! What is said of fields, functions, places, keys and codes, in Markdown: on hover, and beside completions.

use std::fmt::Write;

use hub_mapping::PlaceDoc;
use hub_mapping::function::{Function, Law};
use hub_message::keys::Key;
use hub_message::{LeafKind, Protection, Shape};

/// A canonical field: title first, as the town hall calls it.
pub(super) fn field(path: &str, shape: &Shape) -> String {
    match shape {
        Shape::Leaf(leaf) => {
            let mut out = format!(
                "**{}** · `{path}`\n\n{}\n\n{}",
                leaf.title,
                leaf.description,
                leaf_kind(leaf.kind)
            );
            let _ = write!(out, " · {}", protection(leaf.protection));
            if let Some(allowed) = &leaf.allowed {
                let words: Vec<String> = allowed.iter().map(|word| format!("`{word}`")).collect();
                let _ = write!(out, "\n\nOne of {}", words.join(", "));
            }
            out
        }
        Shape::List(item) => format!("`{path}`: a list of {}", below(item)),
        Shape::Map(_) => format!("`{path}`: {}", below(shape)),
    }
}

/// What a group or an item is made of.
fn below(shape: &Shape) -> String {
    match shape {
        Shape::Map(members) => {
            let names: Vec<String> = members
                .iter()
                .map(|m| format!("`{}`{}", m.name, if m.required { " (required)" } else { "" }))
                .collect();
            format!("a group of {}", names.join(", "))
        }
        Shape::List(item) => format!("lists of {}", below(item)),
        Shape::Leaf(leaf) => format!("{}: {}", leaf_kind(leaf.kind), leaf.title),
    }
}

fn leaf_kind(kind: LeafKind) -> &'static str {
    match kind {
        LeafKind::Text => "text",
        LeafKind::Date => "date",
        LeafKind::DateTime => "date and time",
        LeafKind::Number => "decimal number",
        LeafKind::Integer => "integer",
        LeafKind::Bool => "true or false",
    }
}

fn protection(class: Protection) -> &'static str {
    match class {
        Protection::Open => "protection: open",
        Protection::Personal => "protection: **personal**",
        Protection::Identifier => "protection: **identifier**",
        Protection::Special => "protection: **special** (Art. 9 GDPR)",
    }
}

/// How a function is called.
pub(super) fn signature(function: &Function) -> String {
    if function.arguments.is_empty() {
        function.name.to_owned()
    } else {
        format!("{}({})", function.name, function.arguments)
    }
}

/// A function, German first.
pub(super) fn function(function: &Function) -> String {
    let law = match function.law {
        Law::Bijective => "both ways, nothing is lost",
        Law::Normalising => "both ways, the spelling may change",
        Law::OneWay => "reading only",
    };
    let example = function.example;
    let call = if example.arguments.is_empty() {
        function.name.to_owned()
    } else {
        format!("{}({})", function.name, example.arguments.join(", "))
    };
    let made = if example.canonical.is_empty() {
        "nothing"
    } else {
        example.canonical
    };
    format!(
        "`{}`\n\n{}\n\n{}\n\nLaw: {law}\n\nExample: `{}` with `{call}` is `{made}`",
        signature(function),
        function.german,
        function.english,
        example.source
    )
}

/// A place by its schema.
pub(super) fn place(doc: &PlaceDoc) -> String {
    let mut out = format!("`{}` · {}", doc.name, occurs(doc));
    if !doc.kind.is_empty() {
        let _ = write!(out, " · `{}`", doc.kind);
    }
    if !doc.documentation.is_empty() {
        let _ = write!(out, "\n\n{}", doc.documentation);
    }
    if !doc.values.is_empty() {
        let words: Vec<String> = doc.values.iter().map(|word| format!("`{word}`")).collect();
        let _ = write!(out, "\n\nOne of {}", words.join(", "));
    }
    out
}

/// How often a place stands there: `1`, `0..1`, `1..n`.
pub(super) fn occurs(doc: &PlaceDoc) -> String {
    match doc.max {
        Some(max) if max == doc.min => max.to_string(),
        Some(max) => format!("{}..{max}", doc.min),
        None => format!("{}..n", doc.min),
    }
}

/// A key of the file, German first.
pub(super) fn key(key: &Key) -> String {
    let mut out = format!("`{}`", key.name);
    if key.needed {
        out.push_str(" · required");
    }
    if let Some(default) = key.default {
        let _ = write!(out, " · otherwise `{default}`");
    }
    let _ = write!(out, "\n\n{}\n\n{}", key.german, key.english);
    out
}

/// The page of a code, German first.
pub(super) fn code(code: &str) -> Option<String> {
    let page = hub_codes::page(code)?;
    let mut out = String::new();
    for (side, what_to_do) in [(page.german, "Was tun"), (page.english, "What to do")] {
        let _ = write!(
            out,
            "**{} · {}**\n\n{}\n\n*{what_to_do}:* {}\n\n",
            page.code, side.title, side.meaning, side.remedy
        );
    }
    out.push_str(page.example.unwrap_or_default());
    Some(out)
}
