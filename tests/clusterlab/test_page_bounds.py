"""What the page and the server must agree upon, though each writes it down for itself."""

import re

from clusterlab.labs import closing, limits
from tests.clusterlab.running import ROOT

SOCKET = (ROOT / "static" / "js" / "net" / "socket.js").read_text(encoding="utf-8")


def number(name: str) -> int:
    """Return a constant of the page's socket."""
    found = re.search(rf"^(?:export )?const {name} = ([0-9_]+);$", SOCKET, re.MULTILINE)
    assert found is not None, f"socket.js has no {name}"
    return int(found[1])


def test_the_page_sends_nothing_that_the_server_would_not_read() -> None:
    assert number("MESSAGE_BYTES_MAX") == limits.MESSAGE_BYTES_MAX


def test_the_page_acknowledges_before_the_server_waits_for_it() -> None:
    assert 2 * number("ACK_EVERY_FRAMES") <= limits.WINDOW_FRAMES
    assert number("ACK_EVERY_MS") < limits.SILENCE_MAX_S * 1000


def test_the_page_gives_a_line_up_only_after_several_beats() -> None:
    assert number("SILENCE_MS_MAX") >= 3 * limits.HEARTBEAT_S * 1000


def test_the_page_gives_up_where_there_is_no_lab_and_nowhere_else() -> None:
    assert re.findall(r"code === (\d+)", SOCKET) == [str(closing.NOT_HERE)]


def test_each_reason_to_close_has_a_code_of_its_own() -> None:
    codes = {name: code for name, code in vars(closing).items() if name.isupper()}

    assert len(set(codes.values())) == len(codes) == 5
    # RFC 6455, 7.4.2: what is left to applications.
    assert all(4000 <= code <= 4999 for code in codes.values())
