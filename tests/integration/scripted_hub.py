"""hub.docker.com as a test fills it: Docker Hub's own API, which tells repositories and tags page by page."""

import datetime
import itertools
import json

from registry_content import days_ago, digest_of
from scripted_registry import Server, json_answer

INDEX = "application/vnd.oci.image.index.v1+json"
IMAGE = "application/vnd.oci.image.manifest.v1+json"
PAGE = 100


def a_digest(number):
    return f"sha256:{number:064x}"


def an_image(number, platform="linux/amd64", size=1_000_000, **fields):
    """One entry of `images`, pushed three days ago; `...` leaves a field away."""
    system, architecture, variant = [*platform.split("/"), None][:3]
    usual = {
        "architecture": architecture, "features": "", "variant": variant, "digest": a_digest(number), "os": system,
        "os_features": "", "os_version": None, "size": size, "status": "active", "last_pulled": days_ago(0),
        "last_pushed": days_ago(3),
    }  # fmt: skip
    return without_dots(usual | fields)


ATTESTATION = "unknown/unknown"


def a_tag(*images, **fields):
    """A tag of that one image, or of an index of these; it lacks only its name."""
    one = len(images) == 1
    first = images[0] if images else {}
    usual = {
        "id": 1, "creator": 7, "last_updater": 7, "last_updater_username": "somebody", "repository": 9, "v2": True,
        "full_size": first.get("size"), "last_updated": days_ago(5), "tag_last_pushed": days_ago(4),
        "tag_status": "active", "content_type": "image", "media_type": IMAGE if one else INDEX,
        "digest": first.get("digest") if one else digest_of(repr(images).encode()), "images": list(images),
    }  # fmt: skip
    return without_dots(usual | fields)


def without_dots(fields):
    return {name: value for name, value in fields.items() if value is not ...}


class ScriptedHub(Server):
    """Serves each list in pages of a hundred; a page is only expected when the one before it led there."""

    def __init__(self, **where):
        super().__init__(**where)
        self.repositories = {}  # NAMESPACE/NAME -> its tags, as the API tells them, in its order
        self.users = None  # {identifier: secret}; None: nobody logs in, and no request may carry anything
        self.private = set()  # repositories that only a user is shown
        self.tokens = []  # those that are good
        self.next = "https://hub.docker.com{path}?page={page}&page_size=100"
        self._led_to = set()

    def put(self, name, **tags):
        self.put_all(name, tags)

    def put_all(self, name, tags):
        """Adds the repository, or to it."""
        known = self.repositories.setdefault(name, [])
        known += [{"name": tag} | fields for tag, fields in tags.items()]

    def usual(self, request):
        if request.method == "POST" and request.path == "/v2/auth/token" and self.users is not None:
            return self._token(request)
        carried = request.authorization
        if request.method != "GET" or (self.users is None and carried):
            return None
        if carried and carried not in [f"Bearer {token}" for token in self.tokens]:
            return json_answer({"message": f"no good: {carried}"}, status=401)
        match request.path.split("/")[1:]:
            case ["v2", "namespaces", name_space, "repositories"]:
                found = [name.partition("/")[2] for name in self.repositories if name.startswith(f"{name_space}/")]
                entries = [{"name": name, "namespace": name_space, "repository_type": "image"} for name in found]
                return self._page(request, entries) if found else self._unknown()
            case ["v2", "namespaces", name_space, "repositories", name, "tags"]:
                full = f"{name_space}/{name}"
                is_shown = full in self.repositories and (full not in self.private or carried)
                return self._page(request, self.repositories[full]) if is_shown else self._unknown()

    @staticmethod
    def _unknown():
        return json_answer({"message": "object not found", "errinfo": {}}, status=404)

    def _token(self, request):
        assert request.headers["content-type"] == "application/json", request
        asked = json.loads(request.body)
        secret = self.users.get(asked["identifier"])
        if secret is None or secret != asked["secret"] or asked.keys() != {"identifier", "secret"}:
            return json_answer({"message": f"incorrect: {asked['secret']}"}, status=401)
        self.tokens.append(f"secret-token-{len(self.requests)}")
        return json_answer({"access_token": self.tokens[-1]})

    def _page(self, request, entries):
        first, number = request.query == "page_size=100", int(request.parameters.get("page", 1))
        if not first and (request.path, request.query) not in self._led_to:
            return None
        page = {"count": len(entries), "next": None, "previous": None}
        page["results"] = entries[(number - 1) * PAGE : number * PAGE]
        if number * PAGE < len(entries):
            page["next"] = self.next.format(path=request.path, page=number + 1)
            self._led_to.add((request.path, f"page={number + 1}&page_size=100"))
        return json_answer(page)


def many_tags(count):
    """As many tags, each an image of its own, pushed a minute before the one before it."""
    now = datetime.datetime.now(datetime.timezone.utc)
    dates = ((now - datetime.timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for number in itertools.count())
    return {f"v{number}": a_tag(an_image(number + 1, last_pushed=next(dates))) for number in range(count)}
