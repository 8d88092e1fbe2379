// SPDX-License-Identifier: EUPL-1.2
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Mutex;

use hub_message::{Body, RefusalClass};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::*;

/// A target that answers as written down, and counts how often it was touched and asked.
#[derive(Debug, Default)]
struct Target {
    answers: Mutex<VecDeque<Result<Done, SinkFault>>>,
    found: Option<Done>,
    touched: Mutex<u32>,
    asked: Mutex<u32>,
}

impl Sink for Target {
    async fn deliver(&self, _: &Delivery, _: &Steps) -> Result<Done, SinkFault> {
        *self.touched.lock().unwrap() += 1;
        self.answers
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or_else(|| Ok(Done::default()))
    }

    async fn find(&self, _: &Delivery) -> Result<Option<Done>, Unavailable> {
        *self.asked.lock().unwrap() += 1;
        Ok(self.found.clone())
    }
}

fn delivery() -> Arc<Delivery> {
    let id = "0".repeat(32).parse().unwrap();
    Arc::new(Delivery::alone(
        id,
        "posting.csv.1".parse().unwrap(),
        1,
        Body::default(),
    ))
}

fn delivering(path: &Path, class: TargetClass, target: Target) -> Arc<Delivering<Target>> {
    let (_, paused) = watch::channel(None);
    Arc::new(Delivering {
        sink: target,
        class,
        ledger: Ledger::open(&path.join("ledger.redb")).unwrap(),
        health: Health::default(),
        gate: Gate::new(paused, CancellationToken::new()),
        places: Semaphore::new(1),
    })
}

fn target(answers: impl IntoIterator<Item = Result<Done, SinkFault>>) -> Target {
    Target {
        answers: Mutex::new(answers.into_iter().collect()),
        ..Target::default()
    }
}

fn trouble() -> Unavailable {
    Unavailable::new("Ziel weg.")
}

/// Runs one delivery: how often the target was touched and asked, and the receipt.
#[track_caller]
fn check(
    class: TargetClass,
    died_before: bool,
    target: Target,
    touched: u32,
    asked: u32,
    attempts: u32,
    outcome: Outcome,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let delivering = delivering(folder.path(), class, target);
        if died_before {
            delivering.ledger.begin(&delivery().id).await.unwrap();
        }
        let first = delivering.clone().settle(delivery()).await.unwrap();
        assert_eq!((first.attempts, &first.outcome), (attempts, &outcome));
        let again = delivering.clone().settle(delivery()).await.unwrap();
        assert_eq!(again, first, "a repeated delivery gets the same receipt");
        assert_eq!(*delivering.sink.touched.lock().unwrap(), touched);
        assert_eq!(*delivering.sink.asked.lock().unwrap(), asked);
    });
}

fn done() -> Outcome {
    Outcome::Done { reference: None }
}

#[test]
fn a_target_is_touched_once() {
    for class in [TargetClass::Idempotent, TargetClass::Queryable, TargetClass::Neither] {
        check(class, false, target([]), 1, 0, 1, done());
    }
}

#[test]
fn trouble_without_effect_is_repeated_and_counted() {
    for class in [TargetClass::Idempotent, TargetClass::Queryable, TargetClass::Neither] {
        check(
            class,
            false,
            target([Err(trouble().into()), Err(trouble().into())]),
            3,
            0,
            3,
            done(),
        );
    }
}

#[test]
fn an_unknown_effect_is_repeated_asked_for_or_in_doubt() {
    let unknown = || target([Err(SinkFault::Unknown(trouble()))]);
    check(TargetClass::Idempotent, false, unknown(), 2, 0, 2, done());
    check(TargetClass::Queryable, false, unknown(), 2, 1, 2, done());
    check(TargetClass::Neither, false, unknown(), 1, 0, 1, Outcome::InDoubt);
}

#[test]
fn after_a_death_the_class_decides() {
    check(TargetClass::Idempotent, true, target([]), 1, 0, 2, done());
    check(TargetClass::Queryable, true, target([]), 1, 1, 2, done());
    check(TargetClass::Neither, true, target([]), 0, 0, 2, Outcome::InDoubt);
    let reference = Some("4711".to_owned());
    let found = Target {
        found: Some(Done {
            reference: reference.clone(),
        }),
        ..Target::default()
    };
    check(
        TargetClass::Queryable,
        true,
        found,
        0,
        1,
        2,
        Outcome::Done { reference },
    );
}

#[test]
fn a_rejection_is_final() {
    let rejected = SinkFault::Rejected {
        class: RefusalClass::Business,
        code: "E1".into(),
        text: "no".into(),
    };
    let outcome = Outcome::Rejected {
        class: RefusalClass::Business,
        code: "E1".into(),
        text: "no".into(),
        pointer: None,
    };
    check(TargetClass::Neither, false, target([Err(rejected)]), 1, 0, 1, outcome);
}

#[tokio::test]
async fn a_closed_gate_leaves_the_delivery_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (_pause, paused) = watch::channel(None);
    let closed = CancellationToken::new();
    let delivering = Arc::new(Delivering {
        gate: Gate::new(paused, closed.clone()),
        ..Arc::into_inner(delivering(
            folder.path(),
            TargetClass::Idempotent,
            target([Err(trouble().into())]),
        ))
        .unwrap()
    });
    let work = delivering.clone().settle(delivery());
    let (receipt, ()) = tokio::join!(work, async { closed.cancel() });
    assert_eq!(receipt, None);
}
