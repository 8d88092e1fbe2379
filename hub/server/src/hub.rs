// SPDX-License-Identifier: EUPL-1.2
//! The delivery core.
mod quota;
mod suspect;
