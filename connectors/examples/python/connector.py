# SPDX-License-Identifier: EUPL-1.2
"""A complete connector with nats-py and no library of Amtshub's: source, target, control, crash-safe. The system behind it is a folder: records lie in in/, deliveries become rows of system.db (their id is the key, so its class
is `idempotent`), and a file `down` stands for a system that does not answer. Start it as `amtshub run` would: see README.md.
"""
import argparse, asyncio, hashlib, json, os, signal, sqlite3, sys, unicodedata
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
import nats
from nats.errors import Error as NatsError

args = argparse.ArgumentParser()
[args.add_argument(option) for option in ("--name", "--nats", "--seed", "--state")]
[args.add_argument(option, action="store_true") for option in ("--supervised", "--manifest")]
args, _ = args.parse_known_args()
NAME, STATE, TYPE = args.name, Path(args.state or "."), "probe.record.1"
MANIFEST = {"name": "python-example", "version": "1.0", "protocol": 1, "vendor": "Amtshub", "target_class": "idempotent",
            "config_schema": {"type": "object", "required": ["system"], "additionalProperties": False,
                              "properties": {"system": {"type": "string", "description": "Folder of the system"}}},
            "max_in_flight": 1}

def frame(head, native=b""):
    head = json.dumps(head, ensure_ascii=False).encode()
    return b"%d %s\n%s" % (len(head), head, native)
def unframe(wire):
    length, rest = wire.split(b" ", 1)
    return json.loads(rest[:int(length)]), rest[int(length) + 1:]
def keep(name, data):  # whole or not at all, also after a power failure
    with open(STATE / f"{name}.new", "wb") as file:
        file.write(data), file.flush(), os.fsync(file.fileno())
    os.replace(STATE / f"{name}.new", STATE / name)
AWAY = (NatsError, TimeoutError)  # what a server that is away, or slow, makes of a request; asyncio's own timeouts are no NatsError

class Connector:
    def __init__(self):
        self.stop, self.greeted, self.trouble = asyncio.Event(), asyncio.Event(), ""
        cached = STATE / "welcome.json"  # the hub may be away
        self.welcome = json.loads(cached.read_bytes()) if cached.exists() else None
        self.ledger = sqlite3.connect(STATE / "ledger.db", isolation_level=None)
        self.ledger.execute("create table if not exists done (delivery text primary key, receipt text)")
    async def run(self):
        self.nc = await nats.connect(args.nats, nkeys_seed=args.seed, inbox_prefix=f"_INBOX_{NAME}".encode(), name=NAME,
                                     max_reconnect_attempts=-1, reconnect_time_wait=0.2, reconnected_cb=self.lost)
        self.js = self.nc.jetstream(prefix="HUBJS.API", timeout=30)
        await self.nc.subscribe(f"ctl.{NAME}.*", cb=self.control)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.stop.set)
        if args.supervised:  # the end of standard input is the end of the parent
            asyncio.get_running_loop().add_reader(sys.stdin, lambda: sys.stdin.buffer.read1() or self.stop.set())
        work = [asyncio.create_task(part()) for part in (self.greet, self.beats, self.take, self.deliver)]
        await self.stop.wait()
        await asyncio.wait(work, timeout=8)
        await self.nc.close()
    async def lost(self):
        self.greeted.clear()
    async def greet(self):  # on every new connection, before anything is pulled: the hub puts our reader in order
        while not self.stop.is_set():
            if not self.greeted.is_set():
                try:
                    hello = json.dumps({"manifest": MANIFEST}).encode()
                    self.welcome = json.loads((await self.nc.request(f"reg.{NAME}", hello, timeout=5)).data)["ok"]
                    keep("welcome.json", json.dumps(self.welcome).encode())
                    self.greeted.set()
                except (*AWAY, KeyError):
                    await asyncio.sleep(1)
            await asyncio.sleep(0.05)
    def paused(self):
        return (STATE / "paused").exists()
    def system(self):  # None, and the reason in `trouble`, when nothing can be done there
        folder = Path(self.welcome["config"].get("system", "") if self.welcome else "/no-such")
        self.trouble = ("Wartet auf den Hub." if not self.welcome else "Einstellungen: system ist kein Ordner." if not folder.is_dir()
                        else "Das Fachverfahren antwortet nicht." if (folder / "down").exists() else "")
        return None if self.trouble else folder
    def status(self):
        self.system()
        state = "paused" if self.paused() else "draining" if self.stop.is_set() else "degraded" if self.trouble else "running"
        return {"state": state, "text": self.trouble or "Arbeitet.", "in_flight": 0,
                "config_digest": self.welcome and self.welcome["config_digest"]}
    async def beats(self):
        while not self.stop.is_set():
            await self.nc.publish(f"beat.{NAME}", json.dumps(self.status()).encode())
            await asyncio.sleep(1)  # every 10 s is enough
    async def control(self, message):
        verb = message.subject.rsplit(".", 1)[1]
        {"pause": lambda: keep("paused", message.data), "resume": lambda: (STATE / "paused").unlink(missing_ok=True),
         "config": self.greeted.clear}.get(verb, bool)()
        await message.respond(json.dumps({"ok": self.status() if verb == "check" else True}).encode())
        if verb == "drain":
            self.stop.set()
    async def take(self):  # a record stays in in/ until the stream has acknowledged it
        while not self.stop.is_set():
            system = self.system()
            for file in sorted((system / "in").glob("[!.]*")) if system and not self.paused() else ():
                name, native = unicodedata.normalize("NFC", file.name), file.read_bytes()
                record = hashlib.sha256(f"{NAME}\0{name}\0{file.stat().st_mtime_ns}\0".encode() + native).hexdigest()[:32]
                headers = {"Nats-Msg-Id": record, "ce-id": record, "ce-source": NAME, "ce-type": TYPE, "content-type": "text/plain"}
                head = {"name": name}
                try:
                    if len(native) > self.welcome["inline_bytes_max"]:
                        head["claim"], native = await self.upload(native), b""
                    await self.js.publish(f"in.{NAME}.{TYPE}", frame(head, native), headers=headers)
                    file.unlink()
                except (*AWAY, KeyError):
                    break
            await asyncio.sleep(0.2)
    async def upload(self, native):  # into the document store; it goes on where an earlier life stopped
        async def ask(what, head, piece=b""):
            return json.loads((await self.nc.request(f"blob.{NAME}.{what}", frame(head, piece), timeout=20)).data)["ok"]
        document = {"sha256": hashlib.sha256(native).hexdigest(), "size": len(native), "media_type": "text/plain"}
        begun = await ask("begin", document)
        offset = begun["offset"]
        while not begun["exists"] and offset < len(native):
            offset = (await ask(f"chunk.{begun['upload']}", {"offset": offset}, native[offset:offset + 524288]))["offset"]
        if not begun["exists"]:
            await ask(f"commit.{begun['upload']}", {})
        return document
    async def deliver(self):  # one after the other, so every lane keeps its order
        while not self.stop.is_set():
            with suppress(*AWAY):  # nothing came, or the server is away
                pull = await self.js.pull_subscribe_bind(consumer=NAME, stream="OUT")
                # With the hub away: only when nothing is out with a former life that could be overtaken.
                while not self.stop.is_set() and (self.greeted.is_set() or (await pull.consumer_info()).num_ack_pending == 0):
                    for message in () if self.paused() else await pull.fetch(16, timeout=1):
                        if not await self.settle(message):
                            break
                    await asyncio.sleep(0.05)
            await asyncio.sleep(0.05 if self.greeted.is_set() else 0.5)
    async def settle(self, message):
        delivery = message.headers["hub-delivery"]
        done = self.ledger.execute("select receipt from done where delivery = ?", (delivery,)).fetchone()
        while not done:
            if self.stop.is_set() or not self.greeted.is_set() or self.paused():
                return self.greeted.clear()  # not begun: greeted again, the hub gives it out again in its place
            if system := self.system():
                outcome = await self.bring(system, delivery, message.data)
                done = (json.dumps({"delivery": delivery, "at": datetime.now(timezone.utc).isoformat(), **outcome}),)
                self.ledger.execute("insert into done values (?, ?)", (delivery, done[0]))
            else:
                await message.in_progress()
                await asyncio.sleep(1)
        await self.js.publish(f"receipt.{NAME}", done[0].encode(), headers={"Nats-Msg-Id": f"receipt-{delivery}"})
        await message.ack_sync(timeout=10)
        return True
    async def bring(self, system, delivery, wire):
        head, native = unframe(wire)
        if claim := head.get("claim"):  # large contents come in pieces, and are verified
            digest = hashlib.sha256()
            with open(system / f"{delivery}.large", "w+b") as file:
                while file.tell() < claim["size"]:
                    ask = {"sha256": claim["sha256"], "capability": claim["capability"], "offset": file.tell(), "length": 524288}
                    piece = unframe((await self.nc.request(f"blob.{NAME}.read", frame(ask), timeout=20)).data)[1]
                    digest.update(piece), file.write(piece)
                assert digest.hexdigest() == claim["sha256"]
                file.seek(0)
                native = file.readline()
        if native.startswith(b"REFUSED"):  # its rules say no, for good
            return {"outcome": "rejected", "class": "business", "code": "E1", "text": "the system refuses"}
        with sqlite3.connect(system / "system.db") as database:
            database.execute("create table if not exists row (delivery text primary key, content text)")
            database.execute("insert or ignore into row values (?, ?)", (delivery, native.split(b"\n")[0].decode(errors="replace")))  # it may be no text
        return {"outcome": "done", "reference": delivery[:8]}

if __name__ == "__main__":
    print(json.dumps(MANIFEST)) if args.manifest else asyncio.run(Connector().run())
