// SPDX-License-Identifier: EUPL-1.2
//! The databases of the case store and of the connectors: what they committed is there.

use redb::{Database, Durability, ReadableDatabase as _, ReadableTableMetadata as _, TableDefinition};

use amtshub_powerfs::Options;

use crate::scratch::Scratch;

const TABLE: TableDefinition<u64, &[u8]> = TableDefinition::new("table");

fn insert(database: &Database, numbers: std::ops::Range<u64>, durability: Durability) {
    for number in numbers {
        let mut transaction = database.begin_write().unwrap();
        transaction.set_durability(durability).unwrap();
        transaction
            .open_table(TABLE)
            .unwrap()
            .insert(number, [7; 300].as_slice())
            .unwrap();
        transaction.commit().unwrap();
    }
}

#[test]
fn redb_keeps_what_it_committed_and_nothing_else() {
    for survive in [None, Some(1), Some(2), Some(3)] {
        let scratch = Scratch::with(Options { survive });
        let path = scratch.path("ledger.redb");
        let database = Database::create(&path).unwrap();
        insert(&database, 0..50, Durability::Immediate);
        insert(&database, 50..100, Durability::None);
        // The process ends without the database's goodbye.
        scratch.mounted.cut_power();
        drop(database);
        scratch.mounted.restore();
        let database = Database::open(&path).unwrap();
        let count = database.begin_read().unwrap().open_table(TABLE).unwrap().len().unwrap();
        assert_eq!(count, 50, "{survive:?}");
    }
}

#[test]
fn two_processes_share_a_sqlite_database_and_a_commit_is_kept() {
    for survive in [None, Some(1), Some(2), Some(3)] {
        let scratch = Scratch::with(Options { survive });
        // WAL mode needs a shared mapping and locks; the second process is killed while it holds a transaction.
        scratch.python(
            "import sqlite3, subprocess, sys\n\
             base = sqlite3.connect('cases.db', isolation_level=None)\n\
             base.execute('pragma journal_mode = wal'); base.execute('pragma synchronous = full')\n\
             base.execute('create table record (number integer)')\n\
             other = \"import sqlite3, os, signal; base = sqlite3.connect('cases.db', isolation_level=None)\\n\"\\\n\
             \"base.execute('pragma synchronous = full')\\n\"\\\n\
             \"assert base.execute('select count(*) from record').fetchone() == (100,)\\n\"\\\n\
             \"base.execute('insert into record values (100)')\\n\"\\\n\
             \"base.execute('begin immediate'); base.execute('insert into record values (101)')\\n\"\\\n\
             \"os.kill(os.getpid(), signal.SIGKILL)\"\n\
             for number in range(100): base.execute('insert into record values (?)', (number,))\n\
             assert subprocess.run([sys.executable, '-c', other]).returncode == -9\n\
             import os, signal\n\
             assert base.execute('select count(*) from record').fetchone() == (101,)\n\
             os._exit(0)\n",
        );
        scratch.power_failure();
        scratch.python(
            "import sqlite3\n\
             base = sqlite3.connect('cases.db')\n\
             assert base.execute('pragma integrity_check').fetchone() == ('ok',)\n\
             found = base.execute('select count(*) from record').fetchone()\n\
             assert found == (101,), found\n",
        );
    }
}
