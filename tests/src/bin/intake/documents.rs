// SPDX-License-Identifier: EUPL-1.2
//! A large document, in at one folder and out at another.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use amtshub_tests::town::{Town, files};
use anyhow::{Context, Result, ensure};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::memory;

/// The result.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    mib: usize,
    /// Copying the file, with SHA-256 and fsync.
    copy_seconds: f64,
    /// Until it was archived: the hub has custody.
    in_seconds: f64,
    /// From then until it was whole in the target folder.
    out_seconds: f64,
    in_ratio: f64,
    out_ratio: f64,
    most_mib: BTreeMap<String, f64>,
}

pub(crate) fn measure(mib: usize) -> Result<Measured> {
    let mut town = Town::new();
    let root = amtshub_tests::root();
    for name in ["scanner", "eakte"] {
        let text = fs::read_to_string(root.join(format!("deploy/demo/config/connectors/{name}.toml")))?;
        let text = text.replace("[settings.in]", "[settings.in]\nmax_bytes = 1073741824\nstable_ms = 50");
        town.connector(name, &text);
    }
    town.route(
        "d",
        &fs::read_to_string(root.join("deploy/demo/config/routes/dokumente.toml"))?,
    );
    town.start();
    town.wait("the folders are there", |town| {
        town.data().join("scanner/in").exists() && town.data().join("eakte/in").exists()
    });
    let folder = town.data().join("scanner/in");
    let (beside, sidecar) = (folder.join(".gross.pdf"), folder.join("gross.json"));
    write(&beside, mib)?;
    let copy = town.data().join("copy");
    let begun = Instant::now();
    let digest = copy_and_hash(&beside, &copy)?;
    let copied = begun.elapsed().as_secs_f64();
    fs::remove_file(copy)?;
    let watched = memory::watch(town.hub_pid());
    fs::write(
        &sidecar,
        r#"{"Document":{"IndexFields":[{"Name":"Betreff","Value":"Ein großes Dokument"}]}}"#,
    )?;
    let begun = Instant::now();
    fs::rename(&beside, folder.join("gross.pdf"))?;
    until(|| town.data().join("scanner/archive/gross.pdf").exists());
    let taken = begun.elapsed().as_secs_f64();
    let target = town.data().join("eakte/in");
    let large = || {
        files(&target)
            .into_iter()
            .find(|file| file.extension().is_some_and(|e| e == "pdf"))
    };
    until(|| large().is_some());
    let given = begun.elapsed().as_secs_f64() - taken;
    let most_mib = watched.most();
    let arrived = large().context("the document")?;
    ensure!(hash(&arrived)? == digest, "what arrived is not what was sent");
    Ok(Measured {
        mib,
        copy_seconds: copied,
        in_seconds: taken,
        out_seconds: given,
        in_ratio: copied / taken,
        out_ratio: copied / given,
        most_mib,
    })
}

fn write(path: &Path, mib: usize) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let (mut state, mut block) = (1_u64, vec![0; 1 << 20]);
    for _ in 0..mib {
        for bytes in block.chunks_mut(8) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            bytes.copy_from_slice(&state.to_be_bytes());
        }
        file.write_all(&block)?;
    }
    file.into_inner()?.sync_all()?;
    Ok(())
}

fn copy_and_hash(from: &Path, to: &Path) -> Result<Vec<u8>> {
    let (mut from, mut to, mut hash) = (File::open(from)?, File::create(to)?, Sha256::new());
    let mut block = vec![0; 1 << 20];
    loop {
        let read = from.read(&mut block)?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
        to.write_all(&block[..read])?;
    }
    to.sync_all()?;
    Ok(hash.finalize().to_vec())
}

fn hash(path: &Path) -> Result<Vec<u8>> {
    let (mut file, mut hash, mut block) = (File::open(path)?, Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(hash.finalize().to_vec());
        }
        hash.update(&block[..read]);
    }
}

fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        std::thread::sleep(Duration::from_millis(10));
    }
}
