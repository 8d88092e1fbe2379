// SPDX-License-Identifier: EUPL-1.2
//! The disk of the data folder fills up: sources are told at once that nothing is taken, nothing is lost, and when there is
//! room again the town goes on by itself, also after the disk was full to the last byte.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use amtshub_tests::demonstration::{self, Door};
use amtshub_tests::town::Town;

/// Bytes that stay free.
const RESERVE: u64 = 32 << 20;
/// Bytes of the disk.
const SIZE: u64 = 192 << 20;

/// A small disk in memory.
struct Tmpfs(PathBuf);

impl Tmpfs {
    fn mount(at: &Path) -> Self {
        let size = format!("size={SIZE}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at)
            .status();
        assert!(mounted.expect("`mount`").success(), "mounting a tmpfs takes root");
        Self(at.to_owned())
    }

    fn free(&self) -> u64 {
        let disk = rustix::fs::statvfs(&self.0).expect("the disk");
        disk.f_bavail * disk.f_frsize
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Fills the disk until so many bytes are free.
    fn fill(&self, left: u64) {
        let file = File::options().create(true).append(true).open(self.ballast());
        let mut file = file.expect("a file");
        let page = [7; 4096];
        // A full disk says so; then there is nothing left to fill.
        while self.free() > left && file.write_all(&page).is_ok() {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.ballast()).expect("the ballast");
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // Lazily: the town's processes end a moment later.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// The demonstration's town on a small disk.
struct Small {
    // Unmounted before the town's folder is removed.
    disk: Tmpfs,
    town: Town,
    runtime: tokio::runtime::Runtime,
    portal: String,
    application: String,
}

impl Small {
    fn start() -> Self {
        let mut town = demonstration::town();
        let disk = Tmpfs::mount(&town.data());
        let hub = std::fs::read_to_string(town.config().join("hub.toml")).expect("hub.toml");
        let limits = format!(
            "[limits]\nstream_bytes = {}\ndisk_reserve_bytes = {RESERVE}\n",
            16 << 20
        );
        town.configure("hub.toml", &format!("{hub}{limits}"));
        town.start();
        town.wait("the portal runs", |town| {
            town.connector_status("portaldienst")["state"] == "running"
        });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let files = amtshub_tests::town::files(&demonstration::documents().join("portal"));
        Self {
            portal: format!("{}/antraege", demonstration::portal(&town)),
            application: std::fs::read_to_string(&files[0]).expect("the demonstration's application"),
            runtime: runtime.expect("a runtime"),
            disk,
            town,
        }
    }

    /// What the portal is answered; `None` when there is no answer.
    fn post(&self) -> Option<u16> {
        let request = reqwest::Client::new()
            .post(&self.portal)
            .bearer_auth(demonstration::PORTAL_TOKEN)
            .header("content-type", "application/json")
            .body(self.application.clone());
        let answer = self.runtime.block_on(request.send()).ok()?;
        Some(answer.status().as_u16())
    }

    fn wait_for_answer(&self, status: u16) {
        self.town.wait(&format!("the portal is answered {status}"), |_| {
            self.post() == Some(status)
        });
    }

    fn wait_for_disk(&self, status: &str) {
        self.town.wait(&format!("the disk is {status}"), |town| {
            town.json(["status"])["disk"]["status"] == status
        });
    }

    /// Everything that was put down has been taken and delivered.
    fn wait_until_all_is_done(&self) {
        self.town.wait("everything is taken and delivered", |town| {
            let status = town.json(["status"]);
            let connectors = status["connectors"].as_array().cloned().unwrap_or_default();
            let is_quiet = |connector: &serde_json::Value| {
                connector["waiting"] == 0 && connector["today"]["waiting"] == 0 && connector["balance_difference"] == 0
            };
            let taken = |name: &str| town.files(&format!("{name}/in")).is_empty();
            ["rechnungseingang", "scanner"].into_iter().all(taken)
                && connectors.iter().any(|connector| connector["today"]["delivered"] != 0)
                && connectors.iter().all(is_quiet)
        });
    }
}

#[test]
fn a_disk_that_is_nearly_full_refuses_at_the_source_and_heals_by_itself() {
    let small = Small::start();
    small.wait_for_answer(202);
    small.disk.fill(RESERVE / 2);
    small.wait_for_disk("fail");
    small.wait_for_answer(503);
    demonstration::drop(&small.town, Door::Invoices);
    let invoices = small.town.files("rechnungseingang/in").len();
    let sentence = small.town.json(["status"])["sentence"].to_string();
    assert!(sentence.contains("Platz schaffen"), "{sentence}");
    // The source is held as long as the disk is short: what lies in its folder stays there.
    small.wait_for_answer(503);
    small.town.wait("the folder says that it is held", |town| {
        let held = town.connector_status("rechnungseingang")["sentence"].to_string();
        held.contains("wieder Platz")
    });
    assert_eq!(small.town.files("rechnungseingang/in").len(), invoices);
    small.disk.make_room();
    small.wait_for_disk("pass");
    small.wait_for_answer(202);
    small.wait_until_all_is_done();
}

#[test]
fn a_disk_that_was_full_to_the_last_byte_heals_by_itself() {
    let small = Small::start();
    demonstration::drop(&small.town, Door::Invoices);
    demonstration::drop(&small.town, Door::Scanner);
    small.disk.fill(0);
    small.wait_for_disk("fail");
    small.wait_for_answer(503);
    small.disk.make_room();
    small.wait_for_disk("pass");
    small.wait_for_answer(202);
    small.wait_until_all_is_done();
}
