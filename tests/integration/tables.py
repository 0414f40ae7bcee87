"""Reading and comparing tables of images, and the errors beside them."""

import unicodedata
from itertools import groupby

EMPTY = b"REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n"


def at_one_moment(ours, theirs):
    """Both answers; asked again where they differ, since a CREATED text may have changed between the two questions."""
    for _ in range(4):
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


def assert_printable(*texts):
    for text in texts:
        unsafe = [char for char in text.decode() if unicodedata.category(char) == "Cc" and char != "\n"]
        assert not unsafe, f"control characters {unsafe} in {text!r}"


def assert_one_error(result, address, stdout=b""):
    """Status 1 and a single `Error: ` line that names the address; nothing on stdout unless the test expects it."""
    assert_printable(result.stdout, result.stderr)
    assert (result.status, result.stdout, len(result.errors)) == (1, stdout, 1), result
    assert address in result.errors[0]
