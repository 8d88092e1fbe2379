// SPDX-License-Identifier: EUPL-1.2
//! The world as it is before anything happens.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::DefaultHasher;

use hub_delivery::Levels;
use hub_message::{Recipient, TargetClass};

use super::hub::{Disk, Reader};
use super::sink::{Ledger, Sink, Target};
use super::stream::{Durable, Random, Stream};
use super::{Knob, World};

impl World {
    pub(crate) fn new(seed: u64, knob: Option<Knob>) -> Self {
        let names: Vec<Recipient> = ["r0", "r1", "r2", "cases"]
            .map(|name| Recipient::try_from(name.to_owned()).expect("a name"))
            .into();
        let mut disks: [Vec<Disk>; 2] = [vec![Disk::default(); 3], vec![Disk::default(); 3]];
        let mut start = |h: usize| (0..3).map(|s| Some(Reader::start(&mut disks[h][s], false))).collect();
        let readers = [start(0), start(1)];
        let classes = [TargetClass::Idempotent, TargetClass::Queryable, TargetClass::Neither];
        Self {
            knob,
            random: Random(seed),
            now: 1,
            salt: 0,
            quota: 6,
            levels: [Self::quotas(&names, 6), Self::quotas(&names, 6)],
            names,
            messages: Vec::new(),
            inbound: (0..3).map(|_| Stream::new(20)).collect(),
            inbound_durables: (0..3).map(|_| Durable::of(0)).collect(),
            owner: vec![0; 3],
            readers,
            disks,
            named: HashMap::new(),
            out: Stream::new(60),
            out_durables: (0..4).map(Durable::of).collect(),
            sinks: (0..3).map(|_| Sink::default()).collect(),
            ledgers: vec![Ledger::new(); 3],
            targets: classes.map(Target::new).into(),
            receipts: Stream::new(usize::MAX),
            receipts_durable: Durable::of(0),
            records: BTreeSet::new(),
            dead_letters: BTreeSet::new(),
            outcomes: HashMap::new(),
            committed: (Vec::new(), Vec::new()),
            broken: Vec::new(),
            fired: BTreeMap::new(),
            trace: DefaultHasher::new(),
        }
    }

    pub(crate) fn quotas(names: &[Recipient], quota: u64) -> Levels {
        let mut levels = Levels::default();
        levels.replace(Self::quota_map(names, quota));
        levels
    }

    pub(crate) fn quota_map(names: &[Recipient], quota: u64) -> BTreeMap<Recipient, u64> {
        names.iter().take(3).map(|name| (name.clone(), quota)).collect()
    }
}
