// SPDX-License-Identifier: EUPL-1.2
//! Which part of the canonical document and of the format's document a row is about.

use hub_message::Shape;

use super::outline::Outline;
use super::row;

/// Fragments that use each other are followed as far as this.
const DEPTH_MAX: usize = 8;

/// What a path of keys is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// The canonical part that fields are members of.
    pub(super) field: Vec<String>,
    /// The place that places are below.
    pub(super) place: String,
    /// Whether rows stand here; `rest` begins with a canonical field then.
    pub(super) rows: bool,
    /// The keys behind those that made the scope.
    pub(super) rest: Vec<String>,
}

impl Scope {
    /// Of a path of keys: `["lists", "lines", "fields", "net"]`.
    pub(super) fn of(outline: &Outline, path: &[String]) -> Self {
        Self::deep(outline, path, 0)
    }

    fn deep(outline: &Outline, path: &[String], depth: usize) -> Self {
        let mut scope = Self::default();
        let mut at = 0;
        while let Some(name) = path.get(at) {
            at += 1;
            match (name.as_str(), path.get(at)) {
                ("fields", _) => {
                    scope.rows = true;
                    break;
                }
                ("always", _) => break,
                ("lists", Some(list)) => {
                    at += 1;
                    let here = path.get(..at).unwrap_or_default();
                    scope.field.extend(list.split('.').map(str::to_owned));
                    scope.place = row::join(&[&scope.place, &each(outline, here)]);
                }
                ("fragments", Some(name)) => {
                    at += 1;
                    if let Some(used) = used(outline, name, depth) {
                        scope.field = used.field;
                        scope.place = used.place;
                    }
                    scope.rows = !matches!(path.get(at).map(String::as_str), Some("lists" | "always"));
                    if scope.rows {
                        break;
                    }
                }
                _ => {
                    at -= 1;
                    break;
                }
            }
        }
        scope.rest = path.get(at..).unwrap_or_default().to_vec();
        scope
    }

    /// The canonical field of a row, from the root, as far as `rest` names one, and how many of `rest` that are.
    pub(super) fn named(&self, root: &Shape) -> (Vec<String>, usize) {
        let mut field = self.field.clone();
        let mut count = 0;
        for part in &self.rest {
            let mut longer = field.clone();
            longer.extend(part.split('.').map(str::to_owned));
            if down(root, &longer).is_none() {
                break;
            }
            field = longer;
            count += 1;
        }
        (field, count)
    }
}

/// The part of a shape below names; an index in brackets is passed over.
pub(super) fn down<'s>(root: &'s Shape, names: &[String]) -> Option<&'s Shape> {
    let bare = |name: &'_ String| name.split('[').next().unwrap_or_default().to_owned();
    names.iter().try_fold(root, |shape, name| shape.member(&bare(name)))
}

/// Where the items of a list stand, as it is read or else written.
fn each(outline: &Outline, list: &[String]) -> String {
    for end in [&["each"][..], &["each", "read"], &["each", "path"], &["each", "write"]] {
        let path: Vec<&str> = list.iter().map(String::as_str).chain(end.iter().copied()).collect();
        if let Some(place) = outline
            .leaves
            .iter()
            .find(|leaf| leaf.path == path && leaf.text.is_some())
        {
            return row::plain(place.text.as_deref().unwrap_or_default());
        }
    }
    String::new()
}

/// What a fragment is about where it is used first.
fn used(outline: &Outline, name: &str, depth: usize) -> Option<Scope> {
    if depth >= DEPTH_MAX {
        return None;
    }
    let call = format!("use({name})");
    let leaf = outline.leaves.iter().find(|leaf| {
        let text = leaf.text.as_deref().unwrap_or_default();
        text.replace(' ', "").contains(&call)
    })?;
    let mut scope = Scope::deep(outline, &leaf.path, depth + 1);
    let of_row = |part: &&String| !matches!(part.as_str(), "*" | "read" | "write" | "path");
    scope.field.extend(scope.rest.iter().take_while(of_row).cloned());
    let place = row::plain(leaf.text.as_deref().unwrap_or_default());
    scope.place = row::join(&[&scope.place, &place]);
    Some(scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[fields]\nseller.'*' = '{s}/P | use(party)'\n[lists.lines]\neach = 'L[x = 1]'\n\
        [lists.lines.lists.'a.b']\neach.read = 'A'\n[lists.lines.fields]\n'*' = '. | use(line)'\n\
        [fragments.party]\ncontact.'*' = 'C | use(contact)'\n[fragments.line]\n[fragments.contact]\n";

    #[track_caller]
    fn check(path: &str, field: &str, place: &str, rest: &str) {
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        let scope = Scope::of(&Outline::of(TEXT), &path);
        assert_eq!(
            (scope.field.join("."), scope.place.as_str(), scope.rest.join("/")),
            (field.to_owned(), place, rest.to_owned())
        );
    }

    #[test]
    fn rows_are_about_what_stands_above_them() {
        check("fields/seller/name", "", "", "seller/name");
        check("lists/lines/fields/net", "lines", "L", "net");
        check("lists/lines/lists/a.b/fields/id", "lines.a.b", "L/A", "id");
        check("lists/lines/each", "lines", "L", "each");
        check("fragments/party/name", "seller", "{s}/P", "name");
        check("fragments/contact/mail", "seller.contact", "{s}/P/C", "mail");
        check("fragments/line/lists/x/fields/id", "lines.x", "L", "id");
        check("tables/t/file", "", "", "tables/t/file");
    }

    #[test]
    fn fragments_in_a_circle_end() {
        let outline = Outline::of("[fragments.a]\nx = 'p | use(a)'\n");
        let path = ["fragments", "a", "x"].map(str::to_owned);
        assert!(Scope::of(&outline, &path).rows);
    }
}
