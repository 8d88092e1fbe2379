// SPDX-License-Identifier: EUPL-1.2
//! What the store answers: plain typed values, for the command line and the console.

pub mod balance;
pub mod case;
pub mod dead_letter;
pub mod message;
pub mod personal;

use serde::Serialize;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many lines at most.
    pub limit: u32,
    /// How many lines to pass over first.
    pub offset: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: 50, offset: 0 }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing<T> {
    /// The lines.
    pub items: Vec<T>,
    /// Whether more follow.
    pub more: bool,
}

impl<T> Listing<T> {
    /// A page out of up to `limit + 1` lines that were fetched to see whether more follow.
    pub(crate) fn cut(mut items: Vec<T>, page: Page) -> Self {
        let more = items.len() > page.limit as usize;
        items.truncate(page.limit as usize);
        Self { items, more }
    }
}
