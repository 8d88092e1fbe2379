// SPDX-License-Identifier: EUPL-1.2
//! A worker that has seen a document allocates for the next one as often as it did for a hundred times shorter one:
//! nothing is allocated for a field, for an element or for a line.

use amtshub_benches::allocations::{Counting, during};
use amtshub_benches::{generated, shipped};
use hub_mapping::{Facts, Mapping, Worker};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often reading, the JSON text and writing allocate, once the worker knows documents of this length.
fn allocations(read: &Mapping, write: &Mapping, lines: usize) -> [u64; 3] {
    let text = generated::invoice(lines).expect("an invoice");
    let mut worker = Worker::default();
    for _ in 0..2 {
        let trees = read.read(text.as_bytes(), &mut worker).expect("it is read");
        let root = trees.first().and_then(|tree| tree.root()).expect("one document");
        write
            .write(root, &Facts::default(), &mut worker)
            .expect("it is written");
    }
    let (trees, reading) = during(|| read.read(text.as_bytes(), &mut worker));
    let trees = trees.expect("it is read");
    let tree = trees.first().expect("one document");
    let (json, telling) = during(|| tree.to_json());
    assert!(json.len() > lines * 100);
    let root = tree.root().expect("it is not empty");
    let (written, writing) = during(|| write.write(root, &Facts::default(), &mut worker));
    assert!(written.expect("it is written").len() > lines * 100);
    [reading.calls, telling.calls, writing.calls]
}

#[test]
fn their_number_does_not_grow_with_the_document() {
    let schemas = shipped::schemas().expect("the shipped schemas load");
    let ubl = shipped::mapping(&schemas, "ubl-invoice").expect("the shipped mapping loads");
    let cii = shipped::mapping(&schemas, "cii-invoice").expect("the shipped mapping loads");
    for target in [&ubl, &cii] {
        let few = allocations(&ubl, target, 10);
        assert_eq!(allocations(&ubl, target, 1000), few);
        assert!(few.iter().all(|calls| (1..=32).contains(calls)), "{few:?}");
    }
}
