// SPDX-License-Identifier: EUPL-1.2
//! Values that must not slip into a log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that hides itself in `Debug`. [`Sensitive::disclose`] is the one way to it, so that `grep disclose` lists
/// every reader.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for code that must have it.
    pub fn disclose(&self) -> &T {
        &self.0
    }

    /// The value itself, taken out.
    pub fn into_disclosed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹hidden›")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", Sensitive::new("Erika Beispiel")), "‹hidden›");
    }
}
