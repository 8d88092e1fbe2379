# SPDX-License-Identifier: EUPL-1.2
"""Connectors with one fault each, made of the example with nats-py: the conformance kit must catch every one.

    broken.py FAULT [options as every connector has them]
"""
import asyncio, json, os, pathlib, re, sqlite3, sys, unicodedata

FAULT = sys.argv.pop(1)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "connectors/examples/python"))
import connector
from connector import NAME, TYPE, Connector, frame, unframe


class AcknowledgesBeforeEffect(Connector):
    async def settle(self, message):
        await message.ack()
        return await super().settle(message)


class IgnoresRepeat(Connector):
    async def settle(self, message):
        self.ledger.execute("delete from done")
        return await super().settle(message)

    async def bring(self, system, delivery, wire):
        _, native = unframe(wire)
        with sqlite3.connect(system / "system.db") as database:
            database.execute("create table if not exists row (delivery text, content text)")
            database.execute("insert into row values (?, ?)", (delivery, native.decode().split("\n")[0]))
        return {"outcome": "done"}


class LosesOrder(Connector):
    async def settle(self, message):
        if self.system():
            return await super().settle(message)
        asyncio.ensure_future(self.later(message))
        return True

    async def later(self, message):
        while not self.system():
            await asyncio.sleep(0.1)
        number = int(unframe(message.data)[1].split(b"-")[1][:4])
        await asyncio.sleep(1 - number / 50)
        await super().settle(message)


class SwallowsReject(Connector):
    async def bring(self, system, delivery, wire):
        outcome = await super().bring(system, delivery, wire)
        return {"outcome": "done"} if outcome["outcome"] == "rejected" else outcome


class BlocksDrain(Connector):
    async def run(self):
        self.stop.set = lambda: None
        await super().run()


class ForgesSource(Connector):
    async def run(self):
        await self.forge("ce-source", "other")
        await super().run()

    async def forge(self, header, value):
        publish = connector.nats.js.client.JetStreamContext.publish

        async def forged(js, subject, payload=b"", headers=None, **more):
            if subject.startswith("in."):
                headers = {**headers, header: value}
            return await publish(js, subject, payload, headers=headers, **more)

        connector.nats.js.client.JetStreamContext.publish = forged


class SendsForeignHeaders(ForgesSource):
    async def run(self):
        await self.forge("hub-route", "finance")
        await Connector.run(self)


class SendsNfd(Connector):
    async def run(self):
        publish = connector.nats.js.client.JetStreamContext.publish

        async def apart(js, subject, payload=b"", **more):
            if subject.startswith("in."):
                head, native = unframe(payload)
                payload = frame(head, unicodedata.normalize("NFD", native.decode()).encode())
            return await publish(js, subject, payload, **more)

        connector.nats.js.client.JetStreamContext.publish = apart
        await super().run()


class HoldsMemory(Connector):
    held = []

    async def bring(self, system, delivery, wire):
        outcome = await super().bring(system, delivery, wire)
        for large in system.glob("*.large"):
            self.held += [large.read_bytes(), large.read_text()]
        return outcome


class TriesForeignSubjects(Connector):
    async def beats(self):
        await self.nc.publish(f"in.other.{TYPE}", frame({}, b"forged"))
        await super().beats()


def through(change):
    """Every record goes through `change` before it is published."""
    publish = connector.nats.js.client.JetStreamContext.publish

    async def changed(js, subject, payload=b"", **more):
        if subject.startswith("in."):
            head, native = unframe(payload)
            payload = frame(head, change(native))
        return await publish(js, subject, payload, **more)

    connector.nats.js.client.JetStreamContext.publish = changed


class DiesAtControlCharacters(Connector):
    async def run(self):
        through(lambda native: os._exit(3) if any(byte < 9 for byte in native) else native)
        await super().run()


class ReplacesBytes(Connector):
    async def run(self):
        through(lambda native: native.decode(errors="replace").encode())
        await super().run()


class SwallowsEmptyRecords(Connector):
    def system(self):
        system = super().system()
        for file in (system / "in").glob("[!.]*") if system else ():
            if not file.read_bytes().strip():
                file.unlink()
        return system


class DropsOddNames(Connector):
    def system(self):
        system = super().system()
        for file in (system / "in").glob("[!.]*") if system else ():
            if not re.fullmatch(r"[\w.-]+", file.name):
                file.unlink()
        return system


class StopsAtBrokenText(Connector):
    async def bring(self, system, delivery, wire):
        unframe(wire)[1].decode()
        return await super().bring(system, delivery, wire)


class LogsContents(Connector):
    async def bring(self, system, delivery, wire):
        print("brings", unframe(wire)[1][:100], file=sys.stderr, flush=True)
        return await super().bring(system, delivery, wire)


class WritesNamesUnchecked(Connector):
    async def bring(self, system, delivery, wire):
        for document in unframe(wire)[0].get("documents", []):
            try:
                (system / document.get("name", "none")).write_bytes(b"a document")
            except (OSError, ValueError):
                pass
        return await super().bring(system, delivery, wire)


if __name__ == "__main__":
    if connector.args.manifest:
        print(json.dumps(connector.MANIFEST))
    else:
        asyncio.run({name.lower(): kind for name, kind in globals().items()}[FAULT.replace("-", "")]().run())
