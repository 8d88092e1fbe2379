// SPDX-License-Identifier: EUPL-1.2
//! What the streams and the server promise, and what the hub refuses to run on.

use hub_bus::{Bus, BusFault, Embedded, EmbeddedSettings, Group};
use hub_message::Recipient;

use crate::town::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_stream_refuses_at_once_and_heals() {
    let town = town_with(1 << 20).await;
    let large: Vec<Group> = (0..40)
        .map(|n| vec![delivery(n, "cases", 100), delivery(n, "finance", 100_000)])
        .collect();
    let (published, fault) = town.bus.publish(&large).await.unwrap_err();
    assert!(matches!(fault, BusFault::Unavailable(_)), "{fault}");
    // All in one batch: it does not fit, so nothing of it is there.
    assert_eq!(published, 0);
    let (published, _) = publish_until_refused(&town.bus, &large).await;
    assert!((5..40).contains(&published), "{published}");
    let finance = town.connector("finance").await;
    let mut deliveries = finance.deliveries().await.unwrap();
    assert_eq!(
        delivered(&mut deliveries, published, true).await,
        expected(0..published)
    );
    town.bus.publish(&large[published..published + 2]).await.unwrap();
}

async fn publish_until_refused(bus: &Bus, groups: &[Group]) -> (usize, BusFault) {
    for (n, group) in groups.iter().enumerate() {
        if let Err((_, fault)) = bus.publish(std::slice::from_ref(group)).await {
            return (n, fault);
        }
    }
    panic!("the stream took more than it may hold");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn preparing_again_changes_limits_and_nothing_else() {
    let town = town_with(8 << 20).await;
    town.bus.publish(&groups(0..10)).await.unwrap();
    town.bus.prepare(&topology(16 << 20)).await.unwrap();
    let facts = town.bus.streams(&[name("scan")]).await.unwrap();
    assert_eq!((facts[0].bytes_max, facts[0].messages), (16 << 20, 20));
    assert_eq!((facts[1].name.as_str(), facts[1].messages), ("IN_scan", 0));
    let load = town.bus.load().await.unwrap().unwrap();
    assert!(load.clients >= 3 && load.disk_bytes > 0, "{load:?}");
    assert!(load.disk_bytes < load.disk_bytes_max, "{load:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_is_removed_only_when_nothing_waits() {
    let town = town().await;
    let scan = town.connector("scan").await;
    scan.emit(emits(0..1)).await.unwrap();
    let refused = |fault: &BusFault| matches!(fault, BusFault::Refused { code, .. } if code == "AH-B203");
    let fault = town.bus.remove_connector(&name("scan")).await.unwrap_err();
    assert!(refused(&fault), "its own message waits: {fault}");
    town.bus.publish(&groups(0..1)).await.unwrap();
    let fault = town.bus.remove_connector(&name("finance")).await.unwrap_err();
    assert!(refused(&fault), "a delivery waits for it: {fault}");
    let finance = town.connector("finance").await;
    delivered(&mut finance.deliveries().await.unwrap(), 1, true).await;
    town.bus.remove_connector(&name("finance")).await.unwrap();
    town.bus.remove_connector(&name("finance")).await.unwrap();
    assert_eq!(town.bus.known_connectors().await.unwrap(), [name("scan")]);
    let gone = Recipient::try_from("finance".to_owned()).unwrap();
    assert!(town.bus.pending(&gone).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_write_through_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let unsynced = EmbeddedSettings {
        dangerously_allow_unsynced: true,
        ..settings(folder.path().join("nats"))
    };
    let server = Embedded::start(unsynced).unwrap();
    let mut settings = bus_settings(&server);
    let fault = Bus::connect(&settings).await.unwrap_err();
    assert!(fault.to_string().contains("sync_interval: always"), "{fault}");
    // Nor is one that cannot be asked.
    settings.system_seed = None;
    assert!(Bus::connect(&settings).await.is_err());
    settings.dangerously_allow_unsynced = true;
    let bus = Bus::connect(&settings).await.unwrap();
    assert_eq!(bus.server().sync_always, None);
}
