// SPDX-License-Identifier: EUPL-1.2
//! A nats-server of the benchmark's own, in a temporary folder, without accounts.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

/// A running nats-server. It ends with this value.
pub struct Server {
    child: Child,
    url: String,
    _folder: TempDir,
}

impl Server {
    /// Starts one on a free port and waits for it.
    pub fn start(sync_always: bool) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = folder.path().join("store");
        let ports = folder.path().join("ports");
        std::fs::create_dir(&ports)?;
        let sync = if sync_always { "sync_interval: always" } else { "" };
        let configuration = folder.path().join("nats.conf");
        std::fs::write(
            &configuration,
            format!(
                "listen: \"127.0.0.1:-1\"\nmax_payload: 1MB\njetstream {{ store_dir: {store:?}, {sync} }}\nports_file_dir: {ports:?}\n"
            ),
        )?;
        let child = Command::new(amtshub_tests::nats_server())
            .arg("-c")
            .arg(&configuration)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("nats-server starts")?;
        let url = wait_for_url(&ports)?;
        Ok(Self {
            child,
            url,
            _folder: folder,
        })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// CPU seconds that the server has used.
    pub fn cpu_seconds(&self) -> Result<f64> {
        amtshub_tests::process::cpu_seconds(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_for_url(ports: &std::path::Path) -> Result<String> {
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        for entry in std::fs::read_dir(ports)?.flatten() {
            let text = std::fs::read_to_string(entry.path())?;
            if let Ok(found) = serde_json::from_str::<serde_json::Value>(&text)
                && let Some(url) = found["nats"][0].as_str()
            {
                return Ok(url.to_owned());
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    bail!("nats-server did not say within 10 s where it listens")
}
