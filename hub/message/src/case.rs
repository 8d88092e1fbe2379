// SPDX-License-Identifier: EUPL-1.2
//! What the case store knows about a case, for mappings that write it (`$case.…`).

use crate::record::CaseKey;

/// A case as an outbound mapping may ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseFacts {
    /// The case's id.
    pub id: String,
    /// Its references: file number, numbers in other systems.
    pub references: Vec<CaseKey>,
}

impl CaseFacts {
    /// A fact by its name in a mapping: `id`, or the kind of a reference, optionally with its system behind a `.`:
    /// `file-number`, `file-number.eakte`. The first reference that fits counts.
    pub fn get(&self, name: &str) -> Option<&str> {
        if name == "id" {
            return Some(&self.id);
        }
        let fits = |key: &&CaseKey| match name.split_once('.') {
            Some((kind, system)) => key.kind == kind && key.system == system,
            None => key.kind == name,
        };
        self.references
            .iter()
            .find(fits)
            .map(|key| key.value.disclose().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sensitive, Strength};

    #[test]
    fn facts_are_named_by_kind_and_system() {
        let key = |system: &str, value: &str| CaseKey {
            system: system.into(),
            kind: "file-number".into(),
            value: Sensitive::new(value.into()),
            strength: Strength::Exact,
        };
        let facts = CaseFacts {
            id: "V-2026-000001".into(),
            references: vec![key("trade", "G-1"), key("eakte", "12.3-4")],
        };
        assert_eq!(facts.get("id"), Some("V-2026-000001"));
        assert_eq!(facts.get("file-number"), Some("G-1"));
        assert_eq!(facts.get("file-number.eakte"), Some("12.3-4"));
        assert_eq!(facts.get("order"), None);
    }
}
