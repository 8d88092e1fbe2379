// SPDX-License-Identifier: EUPL-1.2
//! Rows that write another field once more.

use super::options::Options;
use super::{Side, Ways};
use crate::keys;
use crate::language::expand::{Expander, Spot};
use crate::language::scan::Text;
use crate::language::value::Value;
use crate::rows::{FieldRef, Scope};

impl<'a> Expander<'a> {
    /// `{ from = "case.number", path = … }`: another field, written to one more place.
    pub(super) fn row_from(
        &mut self,
        from: &Text,
        keys: &[String],
        key: &Text,
        value: &'a Value,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let (root, field) = match from.value.strip_prefix('^') {
            Some(field) => (true, field),
            None => (spot.scope_name.is_empty(), from.value.as_str()),
        };
        let source: Vec<String> = field.split('.').map(str::to_owned).collect();
        let here = if root {
            Spot::root(self.shape, spot.ways)
        } else {
            spot.clone()
        };
        let Some(leaf) = self.leaf(&source, from.inside(), &here) else {
            return;
        };
        let Some(options) = Options::of(value, &keys::ROW, self) else {
            return;
        };
        let side = Side {
            keys: keys.to_vec(),
            key: key.span.clone(),
            leaf,
            options,
            ways: Ways {
                read: false,
                write: spot.ways.write,
            },
            source: Some(FieldRef { root, keys: source }),
            span: value.span(),
        };
        self.add(side, spot, scope);
    }
}
