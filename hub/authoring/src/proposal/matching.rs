// SPDX-License-Identifier: EUPL-1.2
//! Which place is which canonical field: by names, titles and the form of values.

use hub_message::Shape;
use hub_message::shape::Leaf;

use super::sample::{Place, step};
use super::values::Form;
use super::words::{common, meanings, plain};

/// Below this a place and a field have too little in common.
const LIKELY: f64 = 0.5;

/// What was found for a scope: the document, or the items of a list.
#[derive(Debug, Default, Clone)]
pub(super) struct Scope {
    /// The name of the list, with dots; empty for the document.
    pub(super) list: String,
    /// The place of the items.
    pub(super) each: String,
    /// Rows: field, place with functions, how sure it is.
    pub(super) rows: Vec<(String, String, f64)>,
    /// Places of which nothing is known.
    pub(super) open: Vec<String>,
    /// Lists within.
    pub(super) lists: Vec<Scope>,
}

impl Scope {
    /// How well it fits, in all.
    pub(super) fn score(&self) -> f64 {
        self.rows.iter().map(|(_, _, score)| score).sum::<f64>() + self.lists.iter().map(Scope::score).sum::<f64>()
    }
}

/// A leaf of a scope.
struct Field<'s> {
    path: String,
    leaf: &'s Leaf,
}

/// A place with values.
struct Spot<'p> {
    /// From the scope.
    path: String,
    /// Names of the places above it, within the scope.
    above: Vec<&'p str>,
    place: &'p Place,
}

/// Finds the fields of a scope.
pub(super) fn scope(shape: &Shape, place: &Place) -> Scope {
    let mut made = Scope::default();
    let mut spots = Vec::new();
    let mut repeated = Vec::new();
    walk(place, "", &mut Vec::new(), &mut spots, &mut repeated);
    let (mut fields, mut lists) = (Vec::new(), Vec::new());
    members(shape, &mut String::new(), &mut fields, &mut lists);
    for (path, found) in repeated {
        match list_of(&path, found, &lists) {
            Some((index, mut scope)) => {
                let (name, _) = lists.remove(index);
                scope.list = name;
                scope.each = path;
                made.lists.push(scope);
            }
            None => made.open.push(path),
        }
    }
    let mut pairs = Vec::new();
    for (at, spot) in spots.iter().enumerate() {
        let form = Form::of(&spot.place.values);
        for (index, field) in fields.iter().enumerate() {
            let score = score(spot, field);
            if score >= LIKELY
                && let Some(functions) = form.functions(field.leaf, &spot.place.values)
            {
                pairs.push((score, at, index, functions));
            }
        }
    }
    // The surest first; of equals the one that stands first.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let (mut used_spots, mut used_fields) = (Vec::new(), Vec::new());
    for (score, at, index, functions) in pairs {
        if used_spots.contains(&at) || used_fields.contains(&index) {
            continue;
        }
        if let (Some(spot), Some(field)) = (spots.get(at), fields.get(index)) {
            used_spots.push(at);
            used_fields.push(index);
            made.rows
                .push((field.path.clone(), format!("{}{functions}", spot.path), score));
        }
    }
    // Rows in the order of the schema.
    let order = |path: &str| fields.iter().position(|field| field.path == path);
    made.rows.sort_by_key(|(path, _, _)| order(path));
    let left = spots.iter().enumerate().filter(|(at, _)| !used_spots.contains(at));
    made.open.extend(left.map(|(_, spot)| spot.path.clone()));
    made
}

/// Places with values, and places that repeat. What stands below the latter belongs to lists.
fn walk<'p>(
    place: &'p Place,
    path: &str,
    above: &mut Vec<&'p str>,
    spots: &mut Vec<Spot<'p>>,
    repeated: &mut Vec<(String, &'p Place)>,
) {
    for below in &place.below {
        let name = step(&below.name);
        let path = if path.is_empty() {
            name
        } else {
            format!("{path}/{name}")
        };
        if below.repeated {
            repeated.push((path, below));
            continue;
        }
        if !below.values.is_empty() || below.below.is_empty() {
            spots.push(Spot {
                path: path.clone(),
                above: above.clone(),
                place: below,
            });
        }
        above.push(&below.name);
        walk(below, &path, above, spots, repeated);
        above.pop();
    }
}

fn members<'s>(shape: &'s Shape, path: &mut String, fields: &mut Vec<Field<'s>>, lists: &mut Vec<(String, &'s Shape)>) {
    match shape {
        Shape::Leaf(leaf) => fields.push(Field {
            path: path.clone(),
            leaf,
        }),
        Shape::List(item) => lists.push((path.clone(), item)),
        Shape::Map(below) => {
            for member in below {
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(&member.name);
                members(&member.shape, path, fields, lists);
                path.truncate(length);
            }
        }
    }
}

/// The canonical list that repeated places are, and the rows of its items.
fn list_of(path: &str, place: &Place, lists: &[(String, &Shape)]) -> Option<(usize, Scope)> {
    let last = path.rsplit('/').next().unwrap_or(path);
    let candidates = lists.iter().enumerate().filter_map(|(index, (name, item))| {
        if matches!(item, Shape::Leaf(_)) {
            return None;
        }
        let found = scope(item, place);
        let by_name = common(&meanings(last), &meanings(name)).max(alike(&plain(last), &plain(name)));
        let sure = found.score() + by_name;
        (!found.rows.is_empty() && sure >= 1.0).then_some((sure, index, found))
    });
    candidates
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, index, found)| (index, found))
}

/// How likely a place is a field, from 0 to 1: how close their own names are, by what stands around them.
fn score(spot: &Spot<'_>, field: &Field<'_>) -> f64 {
    let (group, last) = field.path.rsplit_once('.').unwrap_or(("", &field.path));
    let name = &spot.place.name;
    let own = meanings(name);
    let parent = spot.above.last().map(|parent| meanings(parent)).unwrap_or_default();
    let inner: Vec<&str> = field.path.rsplit('.').take(2).collect();
    let best = alike(&plain(name), &plain(last))
        .max(close(&own, &meanings(last)))
        .max(close(&own, &meanings(&field.leaf.title)))
        .max(close(&own, &meanings(&inner.join(" "))))
        .max(close(&own, &meanings(&field.path)))
        .max(0.95 * close(&own.union(&parent).cloned().collect(), &meanings(&inner.join(" "))));
    best * surroundings(spot, &own, &meanings(group), &meanings(&field.path))
}

/// How well what stands around a place goes with the group of a field, from 0 to 1.
fn surroundings(spot: &Spot<'_>, own: &Meanings, group: &Meanings, whole: &Meanings) -> f64 {
    let around: Meanings = spot
        .above
        .iter()
        .flat_map(|name| meanings(name))
        .chain(own.iter().cloned())
        .collect();
    // The name of the seller is not the name of the buyer.
    let role = |words: &Meanings, others: &Meanings| {
        words
            .iter()
            .any(|word| ROLES.contains(&word.as_str()) && !others.contains(word))
    };
    if role(group, &around) || role(&around, whole) {
        return 0.3;
    }
    let found = group.intersection(&around).count();
    let together = match group.len() {
        0 => 1.0,
        // In a flat file nothing says the group.
        _ if spot.above.len() <= 1 && found == 0 => 0.6,
        count => found as f64 / count as f64,
    };
    let strange = spot
        .above
        .iter()
        .filter(|name| meanings(name).is_disjoint(whole))
        .count()
        .min(5);
    (0.45 + 0.55 * together) * (1.0 - 0.06 * strange as f64)
}

/// Who a group of fields is about.
const ROLES: &[&str] = &[
    "seller",
    "buyer",
    "issuer",
    "applicant",
    "payee",
    "representative",
    "delivery",
    "taxrepresentative",
];

/// Words that a name may have or not.
const GENERIC: &[&str] = &[
    "amount",
    "code",
    "id",
    "number",
    "name",
    "date",
    "document",
    "text",
    "value",
    "description",
];

type Meanings = std::collections::BTreeSet<String>;

/// How close what two names mean is, from 0 to 1. Words like `amount` and `code` make little difference.
fn close(own: &Meanings, wanted: &Meanings) -> f64 {
    let shared = own.intersection(wanted).count();
    let mut others = own.symmetric_difference(wanted);
    if shared > 0 && others.all(|word| GENERIC.contains(&word.as_str())) {
        return if own == wanted { 1.0 } else { 0.9 };
    }
    // What one calls its number, the other calls its identifier.
    let single = |words: &Meanings, word: &str| words.len() == 1 && words.contains(word);
    if single(own, "id") && single(wanted, "number") || single(own, "number") && single(wanted, "id") {
        return 0.7;
    }
    common(own, wanted)
}

/// How alike two names are, from 0 to 1; names that only begin alike do not count.
fn alike(one: &str, other: &str) -> f64 {
    let alike = strsim::normalized_levenshtein(one, other);
    if alike >= 0.75 { alike } else { 0.0 }
}
