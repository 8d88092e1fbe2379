// SPDX-License-Identifier: EUPL-1.2
//! The embedded server as a process: it dies with the hub, comes back, keeps port and data, and takes new connectors.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use hub_bus::{Embedded, EmbeddedFault};

use crate::town::*;

/// Tells a copy of this test program to be a hub that is killed.
const FOLDER: &str = "AMTSHUB_TEST_HUB_FOLDER";

/// Alone it starts a server and ends it in order. In the copy that another test starts it stays until it is killed.
#[test]
fn a_server_starts_and_ends_in_order() {
    let mut own = None;
    let told = std::env::var_os(FOLDER).map(PathBuf::from);
    let folder = match &told {
        Some(folder) => folder.clone(),
        None => own.insert(tempfile::tempdir().unwrap()).path().join("nats"),
    };
    let server = Embedded::start(settings(folder)).unwrap();
    let pid = server.process_id().unwrap();
    if told.is_some() {
        loop {
            std::thread::park();
        }
    }
    assert!(is_running(pid));
    let begun = std::time::Instant::now();
    server.stop();
    assert!(!is_running(pid));
    assert!(begun.elapsed().as_secs() < 9, "{:?}", begun.elapsed());
}

/// Whether the process runs; one that has ended and was not collected yet does not.
fn is_running(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = status
        .rsplit(')')
        .next()
        .and_then(|rest| rest.split_whitespace().next());
    state.is_some_and(|state| state != "Z" && state != "X")
}

fn pid_in(folder: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(folder.join("nats.pid")).ok()?;
    text.trim().parse().ok().filter(|&pid| is_running(pid))
}

#[test]
fn the_server_dies_with_a_hub_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("nats");
    let mut hub = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "embedded::a_server_starts_and_ends_in_order"])
        .env(FOLDER, &folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_until("the server", || pid_in(&folder).is_some());
    let pid = pid_in(&folder).unwrap();
    let busy = Embedded::start(settings(folder.clone())).unwrap_err();
    assert!(matches!(busy, EmbeddedFault::Busy { .. }), "{busy}");
    kill(hub.id());
    hub.wait().unwrap();
    wait_until("the end of the server", || !is_running(pid));
    // The next hub starts on the same folder.
    Embedded::start(settings(folder)).unwrap().stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_has_the_same_port_and_the_same_data() {
    let town = town().await;
    town.connector("scan").await.emit(emits(0..10)).await.unwrap();
    let Town { server, bus, folder } = town;
    drop(bus);
    let url = server.url();
    server.stop();
    let server = Embedded::start(settings(folder.path().join("nats"))).unwrap();
    assert_eq!(server.url(), url);
    let bus = connect(&server).await;
    let mut inbound = bus.inbound(&name("scan"));
    assert_eq!(numbers(&mut inbound, 10, true).await, (0..10).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_connector_comes_without_dropping_a_connection() {
    let mut town = town().await;
    let scan = town.connector("scan").await;
    let lives = *scan.connected().borrow();
    let finance = town.connector("finance").await;
    let mut deliveries = finance.deliveries().await.unwrap();
    // A pull is open while the accounts change.
    let waiting = tokio::task::spawn(async move { delivered(&mut deliveries, 20, true).await });
    wait_for_a_pull(&town).await;
    let all = ["scan", "finance", "portal"].map(name).to_vec();
    town.server.set_connectors(all.clone()).unwrap();
    town.bus.publish(&groups(0..10)).await.unwrap();
    let connectors = all;
    let wider = hub_bus::Topology {
        connectors,
        ..topology(64 << 20)
    };
    town.bus.prepare(&wider).await.unwrap();
    let portal = town.connector("portal").await;
    portal.emit(emits(0..3)).await.unwrap();
    let mut inbound = town.bus.inbound(&name("portal"));
    assert_eq!(numbers(&mut inbound, 3, true).await, [0, 1, 2]);
    town.server.set_connectors(CONNECTORS.map(name).to_vec()).unwrap();
    let late = tokio::time::timeout(Duration::from_secs(1), portal.emit(emits(3..4))).await;
    assert!(!matches!(late, Ok(Ok(()))), "its account is gone");
    scan.emit(emits(0..3)).await.unwrap();
    assert_eq!(*scan.connected().borrow(), lives, "the old connection stayed");
    town.bus.publish(&groups(10..20)).await.unwrap();
    assert_eq!(waiting.await.unwrap(), expected(0..20), "the open pull lost nothing");
}

async fn wait_for_a_pull(town: &Town) {
    let end = std::time::Instant::now() + PATIENCE;
    while town.bus.open_pulls(&name("finance")).await.unwrap() == 0 {
        assert!(std::time::Instant::now() < end, "no pull was opened");
    }
}

#[test]
fn what_hinders_a_start_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut wanted = settings(folder.path().join("nats"));
    wanted.port = Some(taken.local_addr().unwrap().port());
    let fault = Embedded::start(wanted).unwrap_err();
    assert!(matches!(fault, EmbeddedFault::Port { .. }), "{fault}");

    let mut wanted = settings(folder.path().join("nats"));
    std::fs::write(folder.path().join("nats/jetstream"), "not a folder").unwrap();
    wanted.port = None;
    let fault = Embedded::start(wanted).unwrap_err();
    assert!(matches!(fault, EmbeddedFault::Ended { .. }), "{fault}");
    assert!(fault.to_string().contains("storage directory"), "{fault}");
}

#[test]
fn only_the_owner_may_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let server = Embedded::start(settings(folder.path().join("nats"))).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("nats")), 0o700);
    assert_eq!(mode(&folder.path().join("nats/keys/hub.seed")), 0o600);
    server.stop();
}
