// SPDX-License-Identifier: EUPL-1.2
//! Rows become the output program.

use std::collections::HashMap;

use super::WriteProgram;
use crate::rows::Scope;
use crate::source::Symbol;

/// Compiles the rows that write.
pub(crate) fn compile(_scope: &Scope, _order: &HashMap<Symbol, Vec<Symbol>>) -> WriteProgram {
    WriteProgram {}
}
