"""An authority of the tests' own and a server's certificate from it."""

import subprocess
from pathlib import Path

from tests.deploy.shipped import program


def make(place: Path) -> Path:
    """Write ca.pem, server.pem for localhost, and server.key there."""
    openssl = program("openssl")
    (place / "names").write_text("subjectAltName=DNS:localhost\n")
    key = ["-newkey", "rsa:2048", "-nodes"]
    for words in (
        ["req", "-x509", *key, "-subj", "/CN=ours", "-keyout", "ca.key", "-out", "ca.pem"],
        ["req", *key, "-subj", "/CN=server", "-keyout", "server.key", "-out", "server.csr"],
        [
            *("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-extfile", "names", "-out", "server.pem"),
        ],
    ):
        subprocess.run([openssl, *words], cwd=place, check=True, capture_output=True, timeout=60)
    return place
