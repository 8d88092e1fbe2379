// SPDX-License-Identifier: EUPL-1.2
//! How a format is written: the engine tells a [`Sink`] the target document in order, and the sink makes bytes of it.
//!
//! **Order**: `begin`; then per place `enter`, its attributes, then either one `value` or children, `leave`; at last `end`.
//! What stands directly between `begin` and `end` belongs to the root (XML: root element; JSON: top-level object; CSV and
//! fixed width: the file, whose children are records and theirs columns).
//!
//! Places of the same name that may occur several times come between `list` and `end_list` of that name, next to each
//! other: each is `enter` … `leave` with the list's name. XML ignores `list`; JSON makes an array of it (an item with a
//! `value` is a scalar item); CSV makes a line of each record.
//!
//! The engine never enters a place that would be empty, and never opens an empty list.

use hub_message::Rejection;

use crate::source::Symbol;

/// What a value is, for formats that tell text from numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A text.
    Text,
    /// A decimal number that is valid JSON (RFC 8259, section 6).
    Number,
    /// `true` or `false`.
    Bool,
}

/// A format that can be written. Made anew for each document, over the output buffer.
///
/// Errors are for what the format cannot carry (a character, a length); the engine adds field and rule, and goes on to
/// collect further ones.
pub trait Sink {
    /// The document begins.
    fn begin(&mut self) -> Result<(), Rejection>;
    /// Places of this name follow that may occur several times.
    fn list(&mut self, name: Symbol) -> Result<(), Rejection>;
    /// The last of them was left.
    fn end_list(&mut self, name: Symbol) -> Result<(), Rejection>;
    /// A place is entered.
    fn enter(&mut self, name: Symbol) -> Result<(), Rejection>;
    /// An attribute of the place just entered.
    fn attribute(&mut self, name: Symbol, value: &str) -> Result<(), Rejection>;
    /// The value of the place just entered.
    fn value(&mut self, value: &str, kind: ValueKind) -> Result<(), Rejection>;
    /// The place is left.
    fn leave(&mut self, name: Symbol) -> Result<(), Rejection>;
    /// The document ends.
    fn end(&mut self) -> Result<(), Rejection>;

    /// The path of the place that was entered, or of an attribute of it. Only asked when provenance is recorded, of a
    /// sink that keeps account of it.
    fn place(&self, attribute: Option<Symbol>) -> String {
        let _ = attribute;
        String::new()
    }
}
