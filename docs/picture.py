#!/usr/bin/env python3
"""Draws a terminal as SVG on stdout, with those of the commands on stdin and of what they printed that README shows.

  ./e2e.sh | docs/picture.py >docs/dkr-ls.svg
"""

import html
import re
import sys

SHOWN = [
    r"dkr-ls tags --maxTags 1 .* --sum=true",
    r"dkr-ls tags --source registry:\S+ --minAge 20 --minSize 100MB",
]
CHARACTER, LINE, MARGIN = 8, 18, 16  # pixels

HEAD = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<title>dkr-ls in a terminal</title>
<style>
text {{ font: 13px ui-monospace, "DejaVu Sans Mono", monospace; fill: #d0d7de }}
.command {{ fill: #7ee787 }}
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
"""


def shown(text):
    """The lines of the picture, from commands that begin with `$ ` and end with an empty line."""
    examples = [block.splitlines() for block in text.split("\n\n")]
    for pattern in SHOWN:
        found = [example for example in examples if example and re.fullmatch(pattern, example[0].removeprefix("$ "))]
        if len(found) != 1:
            sys.exit(f"picture.py: {len(found)} examples are `{pattern}`")
        yield from [*found[0], ""]


def drawn(lines):
    width = 2 * MARGIN + CHARACTER * max(map(len, lines))
    yield HEAD.format(width=width, height=2 * MARGIN + LINE * len(lines))
    for number, line in enumerate(lines):
        if not line:
            continue
        kind = ' class="command"' if line.startswith("$ ") else ""
        # The length keeps columns below each other in whatever font there is.
        place = f'x="{MARGIN}" y="{MARGIN + LINE * number + 13}" textLength="{CHARACTER * len(line)}"'
        yield f'<text xml:space="preserve"{kind} {place}>{html.escape(line, quote=False)}</text>\n'
    yield "</svg>\n"


sys.stdout.writelines(drawn([*shown(sys.stdin.read())][:-1]))
