// SPDX-License-Identifier: EUPL-1.2
//! Criterion's view of the engine, to see whether a change made it faster or slower: `cargo bench -p amtshub-benches`.
//! What the engine is measured against stands in `src/bin/ratios.rs`.

use std::hint::black_box;

use amtshub_benches::{bare, generated, shipped};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hub_mapping::{Facts, Worker};

fn engine(criterion: &mut Criterion) {
    let schemas = shipped::schemas().expect("the shipped schemas load");
    let schema = shipped::schema(&schemas, "invoice/1").expect("there is a schema of invoices");
    let ubl = shipped::mapping(&schemas, "ubl-invoice").expect("the shipped mapping loads");
    let cii = shipped::mapping(&schemas, "cii-invoice").expect("the shipped mapping loads");
    for lines in [generated::LINES_12_KB, generated::LINES_45_KB] {
        let text = generated::invoice(lines).expect("an invoice");
        let trees = ubl.read(text.as_bytes(), &mut Worker::default()).expect("it is read");
        let tree = trees.first().expect("one document");
        let root = tree.root().expect("it is not empty");
        let mut worker = Worker::default();
        let mut group = criterion.benchmark_group(format!("invoice of {} KB", text.len() / 1000));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("bare quick-xml loop", |bench| {
            bench.iter(|| bare::read(black_box(&text)))
        });
        group.bench_function("read", |bench| {
            bench.iter(|| ubl.read(black_box(text.as_bytes()), &mut worker));
        });
        group.bench_function("JSON text", |bench| bench.iter(|| black_box(tree).to_json()));
        group.bench_function("validate", |bench| {
            bench.iter_batched(
                || tree.clone(),
                |tree| schema.validate(tree),
                criterion::BatchSize::SmallInput,
            );
        });
        let facts = Facts::default();
        for mapping in [&ubl, &cii] {
            group.bench_function(format!("write {}", mapping.id()), |bench| {
                bench.iter(|| mapping.write(black_box(root), &facts, &mut worker));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, engine);
criterion_main!(benches);
