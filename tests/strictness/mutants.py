# SPDX-License-Identifier: EUPL-1.2
"""Makes documents out of documents: cut, doubled, crossed, with tokens put in. The same seed gives the same ones."""

import random


class Mutants:
    """An endless row of mutants."""

    LARGEST = 4000

    def __init__(self, seeds, tokens, seed):
        self.random = random.Random(seed)
        self.seeds = [seed for seed in seeds if len(seed) <= self.LARGEST]
        self.tokens = tokens

    def next(self):
        document = self.random.choice(self.seeds)
        for _ in range(self.random.choice((1, 1, 1, 1, 2, 2, 3))):
            document = self._change(document)
        return document

    def _change(self, document):
        change = self.random.randrange(8)
        at = self.random.randrange(len(document) + 1)
        end = min(len(document), at + self.random.choice((1, 1, 1, 2, 3, 8, 20)))
        if change <= 2:
            return document[:at] + self.random.choice(self.tokens) + document[at:]
        if change == 3:
            return document[:at] + document[end:]
        if change == 4:
            return document[:at] + self.random.choice(self.tokens) + document[end:]
        if change == 5:
            elsewhere = self.random.randrange(len(document) + 1)
            return document[:elsewhere] + document[at:end] + document[elsewhere:]
        if change == 6:
            other = self.random.choice(self.seeds)
            return document[:at] + other[self.random.randrange(len(other) + 1):]
        byte = self.random.choice((self.random.randrange(256), self.random.choice(b"<>&;'\"=/:!?-[]{},\\x0e.+ \t\r\n")))
        return document[:at] + bytes((byte,)) + document[end:]
