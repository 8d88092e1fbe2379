// SPDX-License-Identifier: EUPL-1.2
//! What may stand at a path of keys, from the description that the loader itself goes by.

use hub_mapping::keys::{ACCOMPANYING, MAPPING, ROW, ROW_SPLIT};
use hub_message::keys::{Key, Keys, Says, Takes};

use super::outline::Outline;

/// What may stand somewhere; several where the file does not tell yet.
#[derive(Debug, Clone, Copy)]
enum Node {
    Table(&'static Keys),
    Value(&'static Takes),
    /// Rows, or what stands in one.
    Rows,
}

/// What may stand at a path.
#[derive(Debug)]
pub(super) struct Here(Vec<Node>);

impl Here {
    /// At a path of a mapping file.
    pub(super) fn of(outline: &Outline, path: &[String]) -> Self {
        let mut here = vec![Node::Table(&MAPPING)];
        for name in path {
            here = here.into_iter().flat_map(|node| step(outline, node, name)).collect();
        }
        Self(here)
    }

    /// The keys of the table that stands here.
    pub(super) fn keys(&self, outline: &Outline) -> Vec<&'static Key> {
        let mut found: Vec<&'static Key> = Vec::new();
        for key in self
            .0
            .iter()
            .flat_map(|node| tables(outline, *node))
            .flat_map(Keys::all)
        {
            if !found.iter().any(|known| known.name == key.name) {
                found.push(key);
            }
        }
        found
    }

    /// What the text that stands here is about.
    pub(super) fn says(&self) -> Option<Says> {
        self.0.iter().find_map(|node| match node {
            Node::Rows => Some(Says::Row),
            Node::Value(takes) => says(takes),
            Node::Table(_) => None,
        })
    }

    /// The words of which one stands here.
    pub(super) fn words(&self) -> Vec<&'static str> {
        let values = self.0.iter().filter_map(|node| match node {
            Node::Value(takes) => Some(*takes),
            _ => None,
        });
        values.flat_map(words).collect()
    }

    /// Whether canonical fields with values stand here.
    pub(super) fn values(&self) -> bool {
        self.0.iter().any(|node| matches!(node, Node::Value(Takes::Values)))
    }
}

/// What is said of the last key of a path.
pub(super) fn key(outline: &Outline, path: &[String]) -> Option<&'static Key> {
    let (last, above) = path.split_last()?;
    let here = Here::of(outline, above);
    here.keys(outline).into_iter().find(|key| key.name == last)
}

fn step(outline: &Outline, node: Node, name: &str) -> Vec<Node> {
    match node {
        Node::Rows => {
            let keys = tables(outline, Node::Rows)
                .into_iter()
                .filter_map(|keys| keys.get(name));
            let mut next: Vec<Node> = keys.map(|key| Node::Value(&key.takes)).collect();
            if next.is_empty() {
                next.push(Node::Rows);
            }
            next
        }
        Node::Table(keys) => match (keys.get(name), keys.others) {
            (Some(key), _) => vec![Node::Value(&key.takes)],
            (None, Some(Takes::Rows)) => vec![Node::Rows],
            (None, Some(others)) => vec![Node::Value(others)],
            (None, None) => Vec::new(),
        },
        Node::Value(takes) => match takes {
            Takes::List(item) => step(outline, Node::Value(item), name),
            Takes::Table(keys) => step(outline, Node::Table(keys), name),
            Takes::Named(_, value) => vec![Node::Value(value)],
            Takes::Either(all) => all
                .iter()
                .flat_map(|one| step(outline, Node::Value(one), name))
                .collect(),
            Takes::Chosen { .. } => {
                let tables = tables(outline, node);
                tables
                    .into_iter()
                    .flat_map(|keys| step(outline, Node::Table(keys), name))
                    .collect()
            }
            Takes::Rows => vec![Node::Rows],
            _ => Vec::new(),
        },
    }
}

fn tables(outline: &Outline, node: Node) -> Vec<&'static Keys> {
    match node {
        Node::Table(keys) => vec![keys],
        Node::Rows => vec![&ROW, &ROW_SPLIT, &ACCOMPANYING],
        Node::Value(takes) => match takes {
            Takes::Table(keys) => vec![keys],
            Takes::List(item) => tables(outline, Node::Value(item)),
            Takes::Either(all) => all.iter().flat_map(|one| tables(outline, Node::Value(one))).collect(),
            Takes::Chosen { by, tables } => {
                let word = outline.text(&["format", by]);
                let chosen: Vec<_> = tables.iter().filter(|(name, _)| Some(*name) == word).collect();
                let all = if chosen.is_empty() {
                    tables.iter().collect()
                } else {
                    chosen
                };
                all.into_iter().map(|(_, keys)| *keys).collect()
            }
            _ => Vec::new(),
        },
    }
}

fn says(takes: &'static Takes) -> Option<Says> {
    match takes {
        Takes::Text(says) => Some(*says),
        Takes::List(item) => says(item),
        Takes::Either(all) => all.iter().find_map(says),
        Takes::Tuple(all) => all.first().and_then(says),
        Takes::Rows => Some(Says::Row),
        _ => None,
    }
}

fn words(takes: &'static Takes) -> Vec<&'static str> {
    match takes {
        Takes::Word(words) => words.to_vec(),
        Takes::Flag => vec!["true", "false"],
        Takes::List(item) => words(item),
        Takes::Either(all) => all.iter().flat_map(words).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, keys: &[&str], says: Option<Says>) {
        let outline = Outline::of("[format]\nkind = 'json'\n");
        let path: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let here = Here::of(&outline, &path);
        let found: Vec<&str> = here.keys(&outline).into_iter().map(|key| key.name).collect();
        assert!(keys.iter().all(|key| found.contains(key)), "{found:?}");
        assert_eq!(here.says(), says);
    }

    #[test]
    fn every_path_has_its_keys_and_says_what_its_text_is_about() {
        check("", &["mapping", "canonical", "fields", "test"], None);
        check("canonical", &[], Some(Says::Schema));
        check("tables/t", &["inline", "file"], None);
        check("tables/t/file", &[], Some(Says::File));
        check("case/keys", &["field", "system"], None);
        check("case/keys/field", &[], Some(Says::Field));
        check("fields/seller/name", &["path", "required", "read"], Some(Says::Row));
        check("fields/seller/name/when", &[], Some(Says::When));
        check("fragments/f/name/write/path", &[], Some(Says::Row));
        check("lists/x/lists/y/each", &["path", "read"], Some(Says::Place));
        check("lists/x/fields/a", &["path"], Some(Says::Row));
        check("nothing/here", &[], None);
    }

    #[test]
    fn words_are_those_of_the_key() {
        let outline = Outline::default();
        let words =
            |path: &[&str]| Here::of(&outline, &path.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()).words();
        assert_eq!(words(&["directions"]).first(), Some(&"read"));
        assert_eq!(words(&["fields", "a", "required"]), ["true", "false"]);
        assert_eq!(
            key(&outline, &["case".to_owned(), "keys".to_owned(), "system".to_owned()])
                .unwrap()
                .name,
            "system"
        );
    }
}
