"""How long a test waits for what has to happen, and until when."""

import time

# Seconds: a machine that is busy with something else keeps to this as well. What is to be seen ending by itself would
# go on for longer.
SOON = 30


def wait_until(ready):
    end = time.monotonic() + SOON
    while not ready():
        assert time.monotonic() < end, "what was waited for has not come"
        time.sleep(0.01)
