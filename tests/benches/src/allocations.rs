// SPDX-License-Identifier: EUPL-1.2
//! Counts what a piece of code allocates, by standing before the system's allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator with a count for each thread. A program that counts makes it its global allocator.
#[derive(Debug, Default)]
pub struct Counting;

thread_local! {
    static COUNT: Cell<Counted> = const { Cell::new(Counted { calls: 0, bytes: 0 }) };
}

/// What was allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// How often memory was asked for; growing counts.
    pub calls: u64,
    /// How many bytes were asked for.
    pub bytes: u64,
}

fn count(bytes: usize) {
    // While a thread ends its count may be gone already; nobody asks for it then.
    let _ = COUNT.try_with(|count| {
        let before = count.get();
        count.set(Counted {
            calls: before.calls + 1,
            bytes: before.bytes + bytes as u64,
        });
    });
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// What `work` allocates on this thread. Nothing is counted where [`Counting`] is not the global allocator.
pub fn during<T>(work: impl FnOnce() -> T) -> (T, Counted) {
    let before = COUNT.get();
    let done = work();
    let after = COUNT.get();
    let counted = Counted {
        calls: after.calls - before.calls,
        bytes: after.bytes - before.bytes,
    };
    (done, counted)
}
