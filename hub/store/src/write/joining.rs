// SPDX-License-Identifier: EUPL-1.2
//! Which case a record belongs to. An exact key joins; a record with keys of several cases joins those: the older stays
//! and the younger becomes an alias of it. Nothing but this decides, so the order in which records are written changes
//! the names of cases, never which records stand together.

use std::collections::{BTreeMap, HashMap};

use hub_message::{CaseKey, Strength, Timestamp};

use crate::database::{Connection, bulk, decode};
use crate::error::StoreError;

/// A key as it is compared: value, kind, system.
pub(crate) type KeyText<'r> = (&'r str, &'r str, &'r str);

/// The exact keys among `keys`. An empty value identifies nothing and would join everything.
pub(crate) fn exact(keys: &[CaseKey]) -> impl Iterator<Item = KeyText<'_>> {
    let usable = |key: &&CaseKey| key.strength == Strength::Exact && !key.value.disclose().trim().is_empty();
    keys.iter().filter(usable).map(text)
}

/// A key as it is compared.
pub(crate) fn text(key: &CaseKey) -> KeyText<'_> {
    (key.value.disclose(), &key.kind, &key.system)
}

/// Two cases that became one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Join {
    pub(crate) elder: i64,
    pub(crate) younger: i64,
    /// The record that held keys of both.
    pub(crate) record: i64,
}

/// The keys and cases that a batch has to do with, and what it changes about them.
#[derive(Debug, Default)]
pub(crate) struct Joining<'r> {
    homes: HashMap<KeyText<'r>, i64>,
    /// For every case met: the case that it was joined into, or itself.
    parents: HashMap<i64, i64>,
    /// When each root was opened: the earliest receipt of a record in it.
    opened: HashMap<i64, Timestamp>,
    pub(crate) new_keys: Vec<(KeyText<'r>, i64)>,
    pub(crate) joins: Vec<Join>,
    /// Roots that were opened earlier than was known.
    pub(crate) earlier: BTreeMap<i64, Timestamp>,
}

impl<'r> Joining<'r> {
    /// Looks up what is known of `keys`.
    pub(crate) async fn load(connection: &mut Connection, keys: Vec<KeyText<'r>>) -> Result<Self, StoreError> {
        let sql = (
            "WITH wanted (position, value, kind, system) AS (",
            ") SELECT wanted.position, c.id, c.root, r.opened FROM wanted CROSS JOIN keys k CROSS JOIN cases c \
             CROSS JOIN cases r WHERE k.value = wanted.value AND k.kind = wanted.kind AND k.system = wanted.system \
             AND c.id = k.home AND r.id = c.root",
        );
        let rows = bulk::find(connection, sql, 4, &keys, |values, (value, kind, system)| {
            values.push_bind(*value).push_bind(*kind).push_bind(*system);
        })
        .await?;
        let mut joining = Self::default();
        for row in &rows {
            let (home, root) = (decode::get(row, "id")?, decode::get(row, "root")?);
            if let Some(key) = keys.get(decode::number::<usize>(row, "position")?) {
                joining.homes.insert(*key, home);
            }
            joining.parents.insert(home, root);
            joining.parents.insert(root, root);
            joining.opened.insert(root, decode::time(row, "opened")?);
        }
        Ok(joining)
    }

    /// The case that a record with these keys is filed in; `open` gives the id of a new one, where it needs one.
    pub(crate) fn place(
        &mut self,
        record: i64,
        received: Timestamp,
        keys: &'r [CaseKey],
        open: impl FnOnce() -> i64,
    ) -> i64 {
        let mut home = None;
        for key in exact(keys) {
            if let Some(&found) = self.homes.get(&key) {
                let first = *home.get_or_insert(found);
                self.join(first, found, record);
            }
        }
        let home = home.unwrap_or_else(|| {
            let id = open();
            self.parents.insert(id, id);
            self.opened.insert(id, received);
            id
        });
        for key in exact(keys) {
            if self.homes.insert(key, home).is_none() {
                self.new_keys.push((key, home));
            }
        }
        self.open_by(self.root(home), received);
        home
    }

    /// The case that `case` became part of, or itself.
    pub(crate) fn root(&self, case: i64) -> i64 {
        let mut at = case;
        while let Some(&parent) = self.parents.get(&at).filter(|parent| **parent != at) {
            at = parent;
        }
        at
    }

    /// When a root was opened.
    pub(crate) fn opened(&self, root: i64) -> Option<Timestamp> {
        self.opened.get(&root).copied()
    }

    fn join(&mut self, one: i64, other: i64, record: i64) {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return;
        }
        // Ids grow, so the smaller is the older.
        let (elder, younger) = (one.min(other), one.max(other));
        self.parents.insert(younger, elder);
        self.joins.push(Join { elder, younger, record });
        if let Some(opened) = self.opened(younger) {
            self.open_by(elder, opened);
        }
    }

    fn open_by(&mut self, root: i64, at: Timestamp) {
        if self.opened(root).is_none_or(|known| at < known) {
            self.opened.insert(root, at);
            self.earlier.insert(root, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use hub_message::Sensitive;

    use super::*;

    fn keys(values: &str) -> Vec<CaseKey> {
        let key = |value: char| CaseKey {
            system: "s".into(),
            kind: "number".into(),
            value: Sensitive::new(value.to_lowercase().to_string().replace('_', " ")),
            strength: if value.is_lowercase() || value == '_' {
                Strength::Exact
            } else {
                Strength::Weak
            },
        };
        values.chars().map(key).collect()
    }

    /// Files one record for each word of `records` (a letter is an exact key, a capital a weak one, `_` an empty one)
    /// and compares the roots.
    #[track_caller]
    fn check(records: &str, expected: &[i64]) {
        let keys: Vec<_> = records.split(' ').map(keys).collect();
        let mut joining = Joining::default();
        let (mut last, mut homes) = (0, Vec::new());
        for (record, keys) in keys.iter().enumerate() {
            let received = Timestamp::from_millis(100 - record as i64);
            homes.push(joining.place(record as i64, received, keys, || {
                last += 1;
                last
            }));
        }
        let roots: Vec<i64> = homes.into_iter().map(|home| joining.root(home)).collect();
        assert_eq!(roots, expected, "{records}");
    }

    #[test]
    fn exact_keys_join() {
        check("a b a", &[1, 2, 1]);
        check("a ab b", &[1, 1, 1]);
    }

    #[test]
    fn the_linking_key_may_come_last() {
        check("a b ab", &[1, 1, 1]);
        check("a b c d ab cd ad", &[1, 1, 1, 1, 1, 1, 1]);
        check("b a ca ba", &[1, 1, 1, 1]);
    }

    #[test]
    fn weak_and_empty_keys_do_not_join() {
        check("A A aB b", &[1, 2, 3, 4]);
        check("_ _", &[1, 2]);
    }

    #[test]
    fn a_case_opens_with_its_earliest_record() {
        let (early, late) = (Timestamp::from_millis(1), Timestamp::from_millis(2));
        let (a, b, ab) = (keys("a"), keys("b"), keys("ab"));
        let mut joining = Joining::default();
        joining.place(1, late, &a, || 1);
        joining.place(2, early, &b, || 2);
        joining.place(3, late, &ab, || 3);
        assert_eq!(joining.opened(1), Some(early));
        assert_eq!(
            joining.joins,
            [Join {
                elder: 1,
                younger: 2,
                record: 3
            }]
        );
    }
}
