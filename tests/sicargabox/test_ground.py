"""What must be true before anything starts, and the sentences when it is not."""

import os
import signal
import socket
import sys
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from sicargabox.management.commands.up import port_number
from sicargabox.supervisor import ground
from tools.spawned import Spawned

HOLDS_LOCK = """
import sys, time
from pathlib import Path
from sicargabox.supervisor import ground
with ground.only_one(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_one_with_the_same_data_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with (
        Spawned([sys.executable, "-c", HOLDS_LOCK, tmp_path], log=tmp_path / "out") as holder,
    ):
        holder.wait_for_output("held")
        with (
            pytest.raises(ground.Refused, match=f"process {holder.pid}"),
            ground.only_one(tmp_path),
        ):
            pass


def test_a_killed_holder_leaves_the_data_free(tmp_path: Path) -> None:
    with Spawned([sys.executable, "-c", HOLDS_LOCK, tmp_path], log=tmp_path / "out") as holder:
        holder.wait_for_output("held")
        holder.send(signal.SIGKILL)
        holder.wait()
        with ground.only_one(tmp_path):
            assert (tmp_path / "up.lock").read_text() == f"{os.getpid()}\n"


def test_a_busy_port_is_a_sentence_that_names_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ground.Refused, match=rf"Port {port} .* busy.*--port {port + 1}"):
            ground.require_port("127.0.0.1", port)


def test_a_free_port_is_left_free() -> None:
    port = ground.free_port()
    ground.require_port("127.0.0.1", port)
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_an_address_that_is_not_ours_is_a_sentence() -> None:
    with pytest.raises(ground.Refused, match=r"Cannot listen on 192\.0\.2\.1"):
        ground.require_port("192.0.2.1", 8000)


def test_a_directory_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ground.Refused, match="set VAR_DIR to a directory that is"):
        ground.prepare_directories(tmp_path / "file" / "var")


def test_a_directory_without_write_permission_is_a_sentence(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tmp_path.chmod(0o500)
    if os.geteuid() == 0:  # root may write everywhere: be nobody for a moment
        request.addfinalizer(lambda: os.seteuid(0))
        os.seteuid(65534)
    with pytest.raises(ground.Refused, match="Permission denied"):
        ground.prepare_directories(tmp_path)


@pytest.mark.parametrize("text", ["0", "65536", "99999", "-1", "http", "8000.0", ""])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="1 to 65535"):
        port_number(text)
