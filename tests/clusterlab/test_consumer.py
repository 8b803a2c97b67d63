"""What a socket makes of what comes in."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from clusterlab.asgi import application
from clusterlab.runtime import keys, mailbox
from clusterlab.runtime.models import Link
from clusterlab.runtime.opening import open_lab

pytestmark = pytest.mark.django_db(transaction=True)
POWER_OFF = {"do": "power-off", "node": "worker-3", "id": "c1"}


async def letters_of(link: Link, message: dict[str, Any]) -> list[mailbox.Letter]:
    """Say something through a link, and return what came into the lab's inbox."""
    keys.connection().delete(keys.inbox(link.lab_id))
    path = f"/ws/lab/{link.lab_id}?k={link.secret}"
    socket = WebsocketCommunicator(application, path, headers=[(b"origin", b"http://localhost")])
    assert (await socket.connect())[0]
    await socket.send_json_to(message)
    # Messages are dealt with one after the other: once this is refused, the first has arrived.
    await socket.send_json_to({"nothing": "known", "id": "last"})
    while (await socket.receive_json_from()).get("id") != "last":
        pass
    await socket.disconnect()
    raw = keys.connection().lrange(keys.inbox(link.lab_id), 0, -1)
    return [mailbox.decode(each) for each in raw]


async def test_a_command_says_who_gave_it_and_not_by_which_secret() -> None:
    owner = await sync_to_async(open_lab)()
    operator = await Link.objects.aget(lab=owner.lab, role=Link.OPERATOR)

    actors = []
    for link in (owner, operator, owner):
        (command,) = (
            each for each in await letters_of(link, POWER_OFF) if each.kind == "command"
        )
        actors.append(command.actor)

    assert actors == [owner.actor, operator.actor, owner.actor]
    assert len(set(actors)) == 2
    assert all(owner.secret not in each and operator.secret not in each for each in actors)
    assert all(len(each) <= 64 for each in actors)


@pytest.mark.parametrize("message", [POWER_OFF, {"pace": {"speed": 2}, "id": "p1"}])
async def test_who_only_looks_commands_nothing(message: dict[str, Any]) -> None:
    owner = await sync_to_async(open_lab)()
    viewer = await Link.objects.aget(lab=owner.lab, role=Link.VIEWER)

    letters = await letters_of(viewer, message)

    assert [each.kind for each in letters if each.kind in ("command", "pace")] == []
