"""Who may ask a scripted registry: those with a password, or with a token from a server that sells them."""

import base64
import time

from scripted_registry import Answer, Server, json_answer


class TokenServer(Server):
    """Issues bearer tokens, each good for one scope, to those whose credentials it `expects`."""

    def __init__(self, **where):
        super().__init__(**where)
        self.realm = f"{self.scheme}://{self.address}/token"
        self.expects = None  # an Authorization header, or {"refresh_token": ...} in a form; None: anybody may have one
        self.seconds = None  # how long a token is good; None: for ever
        self.field = "token"
        self.more = {}  # fields of the answer, such as expires_in
        self.issued = {}  # token -> its scope and when it was issued

    def usual(self, request):
        if request.path != "/token":
            return None
        asked = request.form if request.method == "POST" else request.parameters
        granted = self.expects is None or self.expects == request.authorization
        if isinstance(self.expects, dict):
            granted = self.expects.items() <= asked.items() and request.method == "POST"
        if not granted:
            return json_answer({"errors": [{"code": "UNAUTHORIZED", "message": "no token for you"}]}, status=401)
        token = f"secret-token-{len(self.requests)}." + base64.b64encode(asked.get("scope", "").encode()).decode()
        self.issued[token] = asked.get("scope", ""), time.monotonic()
        return json_answer({self.field: token} | self.more)

    def scopes(self):
        """Of all tokens asked for so far, sorted."""
        asked = (request.form if request.method == "POST" else request.parameters for request in self.requests)
        return sorted(fields.get("scope", "") for fields in asked)

    def revoke(self):
        self.issued.clear()

    def accepts(self, request):
        """Is there a token with the request that is good for its repository?"""
        kind, _, token = (request.authorization or "").partition(" ")
        scope, issued = self.issued.get(token, (None, 0))
        fresh = self.seconds is None or time.monotonic() < issued + self.seconds
        return kind.lower() == "bearer" and fresh and scope in (scope_of(request), "")


def scope_of(request):
    if request.path == "/v2/_catalog":
        return "registry:catalog:*"
    name = request.path.removeprefix("/v2/")
    for part in "/tags/", "/manifests/", "/blobs/":
        name = name.partition(part)[0]
    return f"repository:{name}:pull"


def unauthorized(*challenges):
    body = b'{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}'
    return Answer(401, body, ("Content-Type: application/json", *(f"WWW-Authenticate: {text}" for text in challenges)))


def basic(user, password):
    """The Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def guarded_by_password(user, password, challenge='Basic realm="Registry Realm"'):
    return lambda request: None if request.authorization == basic(user, password) else unauthorized(challenge)


def guarded_by_tokens(tokens, *challenges):
    """Challenges hold {realm} and {scope}; one that holds neither is sent as it is."""
    challenges = challenges or ('Bearer realm="{realm}",service="registry.test",scope="{scope}"',)

    def refusal(request):
        if request.path != "/token" and not tokens.accepts(request):
            return unauthorized(*(text.format(realm=tokens.realm, scope=scope_of(request)) for text in challenges))

    return refusal
