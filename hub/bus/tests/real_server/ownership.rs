// SPDX-License-Identifier: EUPL-1.2
//! Two hubs and one durable: at once where nobody else is, never both, never none.

use std::time::Duration;

use hub_bus::{Bus, Over, Owned, Ownership, OwnershipTiming};

use crate::town::*;

const WHAT: &str = "IN_scan.hub";

/// An owner that is merely slow on a busy machine must not be taken for one that hangs.
fn timing(patience: Duration) -> OwnershipTiming {
    OwnershipTiming {
        again: Duration::from_millis(40),
        patience,
        pace: Duration::from_millis(500),
    }
}

async fn hub(town: &Town, id: &str, patience: Duration) -> (Bus, Ownership) {
    let bus = connect(&town.server).await;
    let ownership = bus.ownership(id, timing(patience));
    (bus, ownership)
}

async fn own(hub: &Ownership, what: &str) -> Owned {
    in_time(hub.own(what, true)).await.unwrap()
}

/// Whether `other` gets it while `owner` lives and answers.
async fn gets_while(owner: &mut Owned, other: &Ownership, time: Duration) -> bool {
    tokio::select! {
        _ = owner.over() => true,
        got = tokio::time::timeout(time, other.own(WHAT, true)) => got.is_ok(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_hub_asks_nobody_and_owns_without_waiting() {
    let town = town().await;
    // It could not be owned in time if anything waited for this patience or this pause.
    let hour = Duration::from_secs(3600);
    let slow = OwnershipTiming {
        again: hour,
        patience: hour,
        pace: hour,
    };
    let ownership = town.bus.ownership("eins", slow);
    let owned = own(&ownership, WHAT).await;
    assert_eq!(ownership.owns(), 1);
    owned.let_go().await;
    assert_eq!(ownership.owns(), 0);
    own(&ownership, WHAT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_stands_by_until_the_first_lets_go() {
    let town = town().await;
    let (_one, one) = hub(&town, "eins", PATIENCE).await;
    let (_two, two) = hub(&town, "zwei", PATIENCE).await;
    let mut owned = own(&one, WHAT).await;
    assert!(!gets_while(&mut owned, &two, Duration::from_millis(500)).await);
    owned.let_go().await;
    own(&two, WHAT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_that_hangs_is_taken_over_and_told_when_it_wakes() {
    let town = town().await;
    let (_one, one) = hub(&town, "eins", PATIENCE).await;
    let (_two, two) = hub(&town, "zwei", Duration::from_millis(300)).await;
    // Nobody drives it: it subscribes and does not answer, as a stopped process.
    let mut zombie = own(&one, WHAT).await;
    let mut next = own(&two, WHAT).await;
    // What was asked meanwhile is heard first, then that it is owned no longer.
    assert_eq!(in_time(zombie.over()).await, Over::Taken);
    drop(zombie);
    assert!(!gets_while(&mut next, &one, Duration::from_millis(500)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_begin_together_one_owns() {
    let town = town().await;
    let (_one, one) = hub(&town, "eins", PATIENCE).await;
    let (_two, two) = hub(&town, "zwei", PATIENCE).await;
    for round in 0..50 {
        let what = format!("IN_scan.round{round}");
        let (first, second) = (one.own(&what, false), two.own(&what, false));
        tokio::pin!(first, second);
        let (mut owned, other) = in_time(async {
            tokio::select! {
                owned = &mut first => (owned.unwrap(), second),
                owned = &mut second => (owned.unwrap(), first),
            }
        })
        .await;
        tokio::select! {
            over = owned.over() => panic!("round {round}: {over:?}"),
            _ = other => panic!("round {round}: both own it"),
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_owns_two_more_lets_one_go() {
    let town = town().await;
    let (_one, one) = hub(&town, "eins", PATIENCE).await;
    let (_two, two) = hub(&town, "zwei", PATIENCE).await;
    let mut a = own(&one, "IN_scan.hub").await;
    let mut b = own(&one, "IN_finance.hub").await;
    let wanted = two.own("IN_scan.hub", true);
    tokio::pin!(wanted);
    let over = in_time(async {
        tokio::select! {
            over = a.over() => over,
            _ = &mut wanted => panic!("it is not free yet"),
        }
    });
    assert_eq!(over.await, Over::Wanted);
    // What was begun is finished while the other one waits.
    let finishing = a.during(tokio::time::sleep(Duration::from_millis(200)));
    tokio::select! {
        () = finishing => {}
        _ = &mut wanted => panic!("it is not free yet"),
    }
    a.let_go().await;
    let _taken = in_time(wanted).await.unwrap();
    assert_eq!((one.owns(), two.owns()), (1, 1));
    // Even now: nothing more moves.
    tokio::select! {
        over = b.over() => panic!("{over:?}"),
        _ = two.own("IN_finance.hub", true) => panic!("taken from one who has no more"),
        () = tokio::time::sleep(Duration::from_millis(800)) => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_loses_the_connection_owns_no_longer_and_one_gets_it_again() {
    let town = town().await;
    let (_one, one) = hub(&town, "eins", PATIENCE).await;
    let mut owned = own(&one, WHAT).await;
    town.kill_server();
    assert_eq!(in_time(owned.over()).await, Over::Disconnected);
    owned.let_go().await;
    let (_two, two) = hub(&town, "zwei", PATIENCE).await;
    let again = async {
        loop {
            if let Ok(owned) = two.own(WHAT, true).await {
                return owned;
            }
        }
    };
    in_time(again).await;
}
