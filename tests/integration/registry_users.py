"""A user of registries, and that his secrets are never told."""

import json

from scripted_doors import basic
from tables import rows

USER, PASSWORD = "gordon", 'p4ss:word,ü \\"$'
IDENTITY = "identity.token-of-gordon"
SECRETS = [PASSWORD, "p4ss", IDENTITY, "secret-token", basic(USER, PASSWORD).split()[1], "the-signature"]


def configure(dkr_ls, **fields):
    (dkr_ls.home / "config.json").write_text(json.dumps(fields))


def logged_in(dkr_ls, registry, password=PASSWORD):
    configure(dkr_ls, auths={registry.address: {"auth": basic(USER, password).split()[1]}})


def told(result):
    """The secrets that it tells."""
    return [secret for secret in SECRETS if secret in (result.stdout + result.stderr).decode()]


def listed(dkr_ls, registry, *args, command="tags"):
    """The result, at the most talkative of levels, where not even that tells a secret."""
    result = dkr_ls.registry(registry, command, *args, "--log-level", "TRACE")
    assert not told(result)
    return result


def assert_listed(dkr_ls, registry, *args):
    result = listed(dkr_ls, registry, *args)
    assert (result.status, result.errors) == (0, []), result
    expected = {(name, tag) for name, tags in registry.repositories.items() for tag in tags}
    assert {row[:2] for row in rows(result.stdout)} == expected
