// SPDX-License-Identifier: EUPL-1.2
//! How a recipient reads: in order whatever its connector does, and nothing lost on the way.

use std::time::{Duration, Instant};

use hub_bus::connector::ConnectorBus;
use hub_message::Recipient;

use crate::town::*;

fn recipient() -> Recipient {
    Recipient::try_from("finance".to_owned()).unwrap()
}

/// A connector's process that holds five deliveries and has an open pull when it is killed: its runtime and its socket
/// are gone at once.
fn die_holding_five(town: &Town) {
    let settings = town.connector_settings("finance");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let process = std::thread::spawn(move || {
        runtime.block_on(async {
            let finance = ConnectorBus::connect(&settings).await.unwrap();
            let mut deliveries = finance.deliveries().await.unwrap();
            let mut held = 0;
            while held < 5 {
                held += deliveries.next(100).await.unwrap().len();
            }
        });
        runtime.shutdown_background();
    });
    process.join().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_the_next_life_gets_everything_in_order() {
    let town = town().await;
    town.bus.publish(&groups(0..5)).await.unwrap();
    die_holding_five(&town);
    let finance = town.connector("finance").await;
    // What the hub does when it is greeted.
    town.bus.reset_recipient(&name("finance")).await.unwrap();
    let mut deliveries = finance.deliveries().await.unwrap();
    town.bus.publish(&groups(5..10)).await.unwrap();
    assert_eq!(delivered(&mut deliveries, 10, true).await, expected(0..10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_was_put_away_with_an_open_pull_swallows_nothing() {
    let town = town().await;
    town.bus.publish(&groups(0..5)).await.unwrap();
    let finance = town.connector("finance").await;
    let mut first = finance.deliveries().await.unwrap();
    let mut held = 0;
    while held < 5 {
        held += first.next(100).await.unwrap().len();
    }
    drop(first);
    town.bus.reset_recipient(&name("finance")).await.unwrap();
    let mut second = finance.deliveries().await.unwrap();
    town.bus.publish(&groups(5..10)).await.unwrap();
    assert_eq!(delivered(&mut second, 10, true).await, expected(0..10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_after_a_long_silence_comes_at_once() {
    let town = town().await;
    let finance = town.connector("finance").await;
    let mut deliveries = finance.deliveries().await.unwrap();
    // Longer than a pull: the reader must still be awake then.
    let end = Instant::now() + Duration::from_secs(3);
    while Instant::now() < end {
        assert!(deliveries.next(10).await.unwrap().is_empty(), "nothing is there yet");
    }
    town.bus.publish(&groups(0..1)).await.unwrap();
    let begun = Instant::now();
    assert_eq!(delivered(&mut deliveries, 1, true).await, expected(0..1));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_with_less_room_than_it_asked_for_keeps_the_rest() {
    let town = town().await;
    town.bus.publish(&groups(0..50)).await.unwrap();
    let finance = town.connector("finance").await;
    let mut deliveries = finance.deliveries().await.unwrap();
    let mut seen = Vec::new();
    // The first call asks the server for fifty, the next ones take less than it has sent.
    for item in deliveries.next(50).await.unwrap() {
        seen.push(item.delivery.clone().unwrap());
        item.ack.ack().await.unwrap();
    }
    while seen.len() < 50 {
        seen.extend(delivered(&mut deliveries, 1, true).await);
    }
    assert_eq!(seen, expected(0..50));
    assert_eq!(town.bus.pending(&recipient()).await.unwrap().waiting, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hub_sees_what_is_out_with_a_reader() {
    let town = town().await;
    town.bus.publish(&groups(0..5)).await.unwrap();
    let finance = town.connector("finance").await;
    let mut deliveries = finance.deliveries().await.unwrap();
    delivered(&mut deliveries, 5, false).await;
    assert_eq!(finance.pending_acks().await.unwrap(), 5);
    town.bus.reset_recipient(&name("finance")).await.unwrap();
    assert_eq!(delivered(&mut deliveries, 5, true).await, expected(0..5));
    assert_eq!(finance.pending_acks().await.unwrap(), 0);
}
