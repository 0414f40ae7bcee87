"""A token service as real registries trust one: it sells JSON Web Tokens to those who know the password."""

import base64
import hashlib
import json
import time

import peers
from scripted_doors import unauthorized
from scripted_registry import Server, json_answer


class TokenService(Server):
    """Signs with the key of the certificate, which the registry is told to trust; `expects` is the Authorization."""

    issuer, service = "tests", "registry.test"

    def __init__(self, certificate, expects):
        super().__init__()
        self.certificate = certificate
        self.expects = expects
        public = peers.openssl("pkey", "-in", certificate.key, "-pubout", "-outform", "DER")
        name = base64.b32encode(hashlib.sha256(public).digest()[:30]).decode()  # as libtrust names keys
        self.key = ":".join(name[start : start + 4] for start in range(0, len(name), 4))

    def configuration(self, realm):
        """For the registry."""
        trusted = f"service: {self.service}, issuer: {self.issuer}, rootcertbundle: {self.certificate.path}"
        return f"{{token: {{realm: '{realm}', {trusted}}}}}"

    def usual(self, request):
        if request.path != "/token" or request.method != "GET":
            return None
        if request.authorization != self.expects:
            return unauthorized('Basic realm="tokens"')
        kind, _, name = request.parameters["scope"].partition(":")
        name, _, actions = name.rpartition(":")
        return json_answer(
            {"token": self.token([{"type": kind, "name": name, "actions": actions.split(",")}]), "expires_in": 300}
        )

    def token(self, access):
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "",
            "aud": self.service,
            "iat": now,
            "nbf": now - 10,
            "exp": now + 300,
            "jti": str(now),
        }
        head = {"typ": "JWT", "alg": "ES256", "kid": self.key}
        signed = b".".join(encoded(json.dumps(part).encode()) for part in (head, claims | {"access": access}))
        signature = peers.openssl("dgst", "-sha256", "-sign", self.certificate.key, stdin=signed)
        return (signed + b"." + encoded(raw_signature(signature))).decode()


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def raw_signature(der):
    """The two numbers of an ECDSA signature, 32 bytes each; in DER they are tag, length, number."""
    r_length = der[3]
    r, s = der[4 : 4 + r_length], der[6 + r_length :]
    return b"".join(number[-32:].rjust(32, b"\0") for number in (r, s))
