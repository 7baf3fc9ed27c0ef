"""Two people who talk to each other while a test makes trouble, and how long their words take.

They are a process of their own, so that what the test does does not slow them down; run as a
program, this file is that process."""

import json
import select
import subprocess
import sys
import time

from teahouse import PATIENCE, SLOW, LineClient

SAMPLES = 200  # at least so many words, for a 99th percentile
PAUSE_S = 0.002  # between two words
FLOOR_S = 0.05  # below it nothing is called slow: the machine has other things to do, too


class Witness:
    """with Witness(server) as witness: … trouble …; witness.stays_calm()

    They say more than limits.line_rate allows by default: the server must run without it."""

    def __init__(self, server):
        host, port = server.address_of("plain")
        self.process = subprocess.Popen([sys.executable, __file__, host, str(port)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.quiet = self._ask()

    def _ask(self):
        """The 99th percentile of the words since it was last asked for, in seconds."""
        self.process.stdin.write("p99\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the witnesses were let go"
        return json.loads(answer)

    def stays_calm(self):
        busy = self._ask()
        limit = max(2 * self.quiet, FLOOR_S * SLOW)
        assert busy < limit, f"p99 is {busy * 1000:.1f} ms, and was {self.quiet * 1000:.1f} ms"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


def main():
    address = sys.argv[1], int(sys.argv[2])
    speaker = LineClient(None, "证人甲", address=address)
    listener = LineClient(None, "证人乙", address=address)
    took = []
    asked = False
    number = 0
    while True:
        number += 1
        began = time.monotonic()
        speaker.say(f"第{number}句证词")
        listener.until(f"证人甲:第{number}句证词")
        took.append(time.monotonic() - began)
        listener.seen = speaker.seen = b""
        speaker.drain()
        if not asked and select.select([sys.stdin], [], [], PAUSE_S)[0]:
            if not sys.stdin.readline():
                return
            asked = True
        if asked and len(took) >= SAMPLES:
            print(json.dumps(sorted(took)[len(took) * 99 // 100]), flush=True)
            took = []
            asked = False


if __name__ == "__main__":
    main()
