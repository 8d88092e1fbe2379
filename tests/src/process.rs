// SPDX-License-Identifier: EUPL-1.2
//! What the kernel says of a process.

use anyhow::{Context as _, Result};

/// CPU seconds, user and system, that a process has used.
pub fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold spaces; the numbers begin behind it.
    let numbers: Vec<&str> = stat
        .rsplit(')')
        .next()
        .context("a stat line")?
        .split_whitespace()
        .collect();
    let ticks: u64 = [11, 12]
        .iter()
        .filter_map(|&n| numbers.get(n)?.parse::<u64>().ok())
        .sum();
    Ok(ticks as f64 / 100.0)
}

/// Resident memory of a process in MiB.
pub fn resident_mib(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
        .context("VmRSS")?;
    Ok(kib / 1024.0)
}

/// The children of a process, by the names of their programs.
pub fn children(pid: u32) -> Vec<(u32, String)> {
    let listed = std::fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    listed
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|line| {
            line.split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<u32>>()
        })
        .filter_map(|child| {
            let name = std::fs::read_to_string(format!("/proc/{child}/comm")).ok()?;
            Some((child, name.trim().to_owned()))
        })
        .collect()
}

/// The children of a process, their children and so on.
pub fn descendants(pid: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let mut waiting = vec![pid];
    while let Some(pid) = waiting.pop() {
        let below = children(pid).into_iter().map(|(child, _)| child);
        waiting.extend(below.clone());
        found.extend(below);
    }
    found
}

/// Whether a process runs; one that has ended and was not collected yet does not.
pub fn is_running(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let behind_name = status.rsplit(')').next().unwrap_or_default();
    let state = behind_name.split_whitespace().next();
    state.is_some_and(|state| state != "Z" && state != "X")
}

/// Sends a signal to a process.
pub fn signal(pid: u32, signal: rustix::process::Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}
