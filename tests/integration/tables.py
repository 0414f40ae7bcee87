"""Reading and comparing tables of images, and the errors beside them."""

import unicodedata
from itertools import groupby

EMPTY = b"REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n"


def at_one_moment(ours, theirs):
    """Both answers; asked again where they differ, since a CREATED text may have changed between the two questions."""
    for _ in range(20):
        answers = ours(), theirs()
        if answers[0] == answers[1]:
            break
    return answers


def rows(table):
    """The (REPOSITORY, TAG, IMAGE ID) of each row."""
    return [tuple(line.split()[:3]) for line in table.decode().split("\n")[1:-1] if not line.startswith("TOTAL ")]


def settled(table):
    """The table with the repositories of each image in alphabetical order: docker prints them in a random one."""
    header, *lines = table.decode().split("\n")
    id_column, tag_column = header.index("IMAGE ID"), header.index("TAG")
    images = groupby(lines, key=lambda line: line[id_column : id_column + 12])
    return [header] + [line for _, image in images for line in sorted(image, key=lambda line: line[:tag_column])]


def settled_rows(output, ids, is_table=False):
    """The same for rows in any format, as many lines for each; `ids` are those of their images."""
    lines, ids = output.decode().split("\n")[:-1], [""] * is_table + ids
    each = len(lines) // len(ids)
    assert len(lines) == each * len(ids), output
    rows = [(id, lines[n * each : (n + 1) * each]) for n, id in enumerate(ids)]
    return [row for _, image in groupby(rows, key=lambda row: row[0]) for _, row in sorted(image)]


def table(*rows, total=None):
    """The text of a table with these rows, each a text for every column; `total` is the size in the last line."""
    rows = [("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"), *rows]
    widths = [max(10, *(len(row[column]) + 3 for row in rows)) for column in range(4)]
    rows += [("TOTAL", "", "", "", total)] if total else []
    lines = ("".join(text.ljust(width) for text, width in zip(row, widths)) + row[4] for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def size_text(size, digits=3):
    unit = 0
    while size >= 1000:
        size, unit = size / 1000, unit + 1
    return f"{size:.{digits}g}{['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'][unit]}"


def age_text(seconds):
    minutes, hours = seconds // 60, int(seconds / 3600 + 0.5)
    steps = [
        (seconds < 1, "Less than a second"), (seconds == 1, "1 second"), (seconds < 60, f"{seconds} seconds"),
        (minutes == 1, "About a minute"), (minutes < 60, f"{minutes} minutes"),
        (hours == 1, "About an hour"), (hours < 48, f"{hours} hours"), (hours < 336, f"{hours // 24} days"),
        (hours < 1440, f"{hours // 24 // 7} weeks"), (hours < 17520, f"{hours // 24 // 30} months"),
        (True, f"{seconds // 3600 // 24 // 365} years"),
    ]  # fmt: skip
    return next(text for holds, text in steps if holds) + " ago"


def assert_printable(*texts):
    for text in texts:
        unsafe = [char for char in text.decode() if unicodedata.category(char) == "Cc" and char != "\n"]
        assert not unsafe, f"control characters {unsafe} in {text!r}"


def assert_one_error(result, address, stdout=b""):
    """Status 1 and a single `Error: ` line that names the address; nothing on stdout unless the test expects it."""
    assert_printable(result.stdout, result.stderr)
    assert (result.status, result.stdout, len(result.errors)) == (1, stdout, 1), result
    assert address in result.errors[0]


def assert_lists(result, *tags):
    """All went well, though something may have been logged."""
    assert (result.status, result.errors) == (0, []), result
    assert [tag for _, tag, _ in rows(result.stdout)] == list(tags)
