// SPDX-License-Identifier: EUPL-1.2
//! The process.
mod data;
