// SPDX-License-Identifier: EUPL-1.2
//! What the reading of settings is to say.

use std::fmt::{Debug, Display};

/// Holds that settings were read, or that what was said against them contains a part.
#[track_caller]
pub fn assert_settings<T: Debug, E: Debug + Display>(read: Result<T, E>, expected: Result<(), &str>) {
    match (read, expected) {
        (Ok(_), Ok(())) => {}
        (Err(fault), Err(part)) => assert!(fault.to_string().contains(part), "{fault}"),
        (read, expected) => panic!("{read:?} is not {expected:?}"),
    }
}
