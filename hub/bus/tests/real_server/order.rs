// SPDX-License-Identifier: EUPL-1.2
//! Order and completeness through take-overs and kills of the server (NATS-FACTS, "Reading a durable in order").

use crate::town::*;

/// What a new reader gets after another died holding what it had been sent ahead.
async fn after_take_over(prepare: impl Fn(hub_bus::Inbound) -> hub_bus::Inbound, count: usize) -> Vec<usize> {
    let town = town().await;
    town.connector("scan").await.emit(emits(0..4000)).await.unwrap();
    let dead_bus = connect(&town.server).await;
    let mut dead = dead_bus.inbound(&name("scan"));
    assert_eq!(numbers(&mut dead, 10, false).await.len(), 10);
    let mut next = prepare(town.bus.inbound(&name("scan")));
    numbers(&mut next, count, true).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_over_gets_everything_in_order() {
    let all = after_take_over(|inbound| inbound, 4000).await;
    assert_eq!(all, (0..4000).collect::<Vec<_>>());
}

#[cfg(feature = "sabotage")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_reset_the_order_is_broken() {
    let all = after_take_over(hub_bus::Inbound::without_reset, 1).await;
    assert_ne!(all.first(), Some(&0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lets_go_gets_what_is_unacknowledged_again_in_order() {
    let town = town().await;
    town.connector("scan").await.emit(emits(0..300)).await.unwrap();
    let mut inbound = town.bus.inbound(&name("scan"));
    assert_eq!(numbers(&mut inbound, 100, true).await, (0..100).collect::<Vec<_>>());
    assert_eq!(numbers(&mut inbound, 50, false).await, (100..150).collect::<Vec<_>>());
    inbound.release();
    // An acknowledgement may be on its way when the reset comes: then that message comes once more, in its place.
    let mut again = Vec::new();
    while again.last() != Some(&299) {
        again.extend(numbers(&mut inbound, 1, true).await);
    }
    assert!(again.is_sorted_by(|a, b| a + 1 == *b), "{again:?}");
    assert!(again[0] <= 100, "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_and_keeps_the_order() {
    let town = town().await;
    let scan = town.connector("scan").await;
    let sender = tokio::task::spawn(async move {
        for chunk in 0..50 {
            surely(&scan, emits(chunk * 40..chunk * 40 + 40)).await;
        }
    });
    let mut inbound = town.bus.inbound(&name("scan"));
    let mut all: Vec<usize> = Vec::new();
    let mut kills = 0;
    while all.last() != Some(&1999) {
        all.extend(numbers(&mut inbound, 1, true).await);
        let reached = all.last().copied().unwrap_or_default();
        if kills < 3 && reached >= 400 * (kills + 1) {
            town.kill_server();
            kills += 1;
        }
    }
    sender.await.unwrap();
    assert_eq!(kills, 3);
    assert_eq!(first_of_each(&all), (0..2000).collect::<Vec<_>>());
    assert!(town.server.restarts() >= 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_a_kill_cut_off_is_published_whole_or_not_at_all() {
    let town = town().await;
    let publisher = town.bus.clone();
    let publishing = tokio::task::spawn(async move {
        let all = groups(0..3000);
        let mut done = 0;
        let end = std::time::Instant::now() + PATIENCE;
        // As the hub does: what is certainly published is done, the rest goes out again.
        while done < all.len() {
            assert!(std::time::Instant::now() < end, "{done} groups were published");
            let until = (done + 300).min(all.len());
            match publisher.publish(&all[done..until]).await {
                Ok(()) => done = until,
                Err((published, _)) => done += published,
            }
        }
    });
    let finance = town.connector("finance").await;
    let mut seen = Vec::new();
    let mut kills = 0;
    while seen.len() < 3000 {
        let Ok(mut deliveries) = finance.deliveries().await else {
            continue;
        };
        while let Ok(items) = deliveries.next(100).await {
            for item in items {
                let id = item.delivery.clone().unwrap();
                if !seen.contains(&id) {
                    seen.push(id);
                }
                let _ = item.ack.ack_soon().await;
            }
            if kills < 3 && seen.len() > 700 * (kills + 1) {
                town.kill_server();
                kills += 1;
            }
            if seen.len() >= 3000 {
                break;
            }
        }
        // A connector gets what it held again, before everything else, when it greets the hub.
        let _ = town.bus.reset_recipient(&name("finance")).await;
    }
    publishing.await.unwrap();
    assert_eq!(kills, 3);
    assert_eq!(seen, expected(0..3000));
}
