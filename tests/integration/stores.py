"""What the real engines hold, in the words of scripts/image-archive.sh: `SIZE CREATED [NAME:TAG ...]`.

Every image of a store was created in a second of its own, since an engine lists those of the same second in random order.
"""

from datetime import datetime, timezone

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


def rfc3339(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def awkward(now):
    named = [
        f"100 {rfc3339(now - 60 * DAY)} several/tags:1 several/tags:1.2 several/tags:1.2.3 several/tags:latest",
        f"101 {rfc3339(now - 61 * DAY)} several/tags:old",
        f"102 {rfc3339(now - 62 * DAY)} repo/one:1 repo/two:1 repo/two:2 three:1 localhost:5000/four:1",
        f"103 {rfc3339(now - 63 * DAY)}",
        f"104 {rfc3339(now - 64 * DAY)}",
        f"105 {rfc3339(now - 65 * DAY)} localhost:5000/local/port:v1",
        f"106 {rfc3339(now - 66 * DAY)} 127.0.0.1:5000/x/y:1",
        f"107 {rfc3339(now - 67 * DAY)} docker.io/library/q:1",
        f"108 {rfc3339(now - 68 * DAY)} docker.io/foo/q:1",
        f"109 {rfc3339(now - 69 * DAY)} index.docker.io/bar/q:1",
        f"110 {rfc3339(now - 70 * DAY)} registry.example:5000/very/{'long/' * 30}path:{'t' * 128}",
        f"111 {rfc3339(now - 71 * DAY)} a.b_c__d-e/f---g:_A.b-C",
        "112 - no/date:1",
        f"113 {rfc3339(0)} in/1970:1",
        f"114 {rfc3339(now + 3 * DAY)} in/the/future:1",
        f"115 {rfc3339(now + 200 * YEAR)} in/the/far/future:1",
        f"116 {rfc3339(now - 72 * DAY)} once/tagged:1",
    ]
    ages = [1, 20, MINUTE + 30, 10 * MINUTE, 59 * MINUTE, HOUR - 20, HOUR + 29 * MINUTE, HOUR + 31 * MINUTE, 5 * HOUR]
    ages += [47 * HOUR, 47 * HOUR + 31 * MINUTE, 3 * DAY, 13 * DAY, 14 * DAY - 35 * MINUTE, 14 * DAY - 25 * MINUTE]
    ages += [30 * DAY, 59 * DAY + 23 * HOUR, 91 * DAY, 364 * DAY, YEAR + DAY, 2 * YEAR - 35 * MINUTE]
    ages += [2 * YEAR - 25 * MINUTE, 2 * YEAR + HOUR, 10 * YEAR, 40 * YEAR]
    aged = [f"200 {rfc3339(now - age)} age/of:{age}s" for age in ages]
    sizes = [0, 1, 9, 99, 999, 1000, 1001, 1004, 1005, 1006, 1994, 1995, 1999, 9994, 9995, 9999, 10049, 10050]
    sizes += [99949, 99950, 99999, 100000, 999499, 999500, 999999, 1000000, 1005000, 1234567, 9994999, 9995000]
    sized = [f"{size} {rfc3339(now - 100 * DAY - n)} size/of:{size}" for n, size in enumerate(sizes)]
    return named + aged + sized


def leave_only_the_digest(engine, name, repository):
    """Takes the image's name away and pulls it back by digest from the registry that `repository` begins with."""
    engine.docker("tag", name, f"{repository}:pushed")
    pushed = engine.docker("push", f"{repository}:pushed").decode()
    digest = next(word for word in pushed.split() if word.startswith("sha256:"))
    engine.docker("rmi", name, f"{repository}:pushed")
    engine.docker("pull", f"{repository}@{digest}")


def crowd(count, now):
    """The entries of /images/json instead, as a real engine has them."""
    return [
        {
            "Containers": -1,
            "Created": now - 60 * DAY - n * 7 * HOUR,
            "Id": f"sha256:{n * 2654435761 % 2**32:08x}{n:056x}",
            "Labels": {"image": str(n + 1)},
            "ParentId": "",
            "RepoDigests": None,
            "RepoTags": [f"crowd/r{n % 700}:t{n}"],
            "SharedSize": -1,
            "Size": n % 9,
            "VirtualSize": n % 9,
        }
        for n in range(count)
    ]


def qualified(now):
    return [
        f"100 {rfc3339(now - 3 * DAY)} foo:1 foo:2 bar:1",
        f"101 {rfc3339(now - 40 * DAY)} docker.io/library/lib:1",
        f"102 {rfc3339(now - 50 * DAY)} docker.io/user/lib:1 127.0.0.1:5000/x/y:2",
        f"103 {rfc3339(now - 70 * DAY)}",
        f"104 {rfc3339(now - 5 * YEAR)} old:1",
        f"105 {rfc3339(now + 5 * YEAR)} in/the/future:1",
        "106 - no/date:1",
    ]
