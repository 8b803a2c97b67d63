"""What a socket makes of what comes in."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from clusterlab.asgi import application
from clusterlab.labs import hub as hubs
from clusterlab.labs import limits
from clusterlab.labs.closing import TOO_MANY_REFUSALS
from clusterlab.labs.consumer import LabConsumer
from clusterlab.runtime import keys, mailbox
from clusterlab.runtime.models import Lab, Link
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
        (command,) = (each for each in await letters_of(link, POWER_OFF) if each.kind == "command")
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


async def first_answer(link: Link, message: dict[str, Any]) -> dict[str, Any]:
    """Say something through a link, and return what its sender is told."""
    path = f"/ws/lab/{link.lab_id}?k={link.secret}"
    socket = WebsocketCommunicator(application, path, headers=[(b"origin", b"http://localhost")])
    assert (await socket.connect())[0]
    await socket.send_json_to(message)
    while (answer := await socket.receive_json_from()).get("id") != message["id"]:
        pass
    await socket.disconnect()
    return answer


async def test_only_its_owner_lets_a_lab_that_stands_still_go_on() -> None:
    owner = await sync_to_async(open_lab)()
    operator = await Link.objects.aget(lab=owner.lab, role=Link.OPERATOR)
    await Lab.objects.filter(id=owner.lab_id).aupdate(trouble="quarantined")

    refused = await first_answer(operator, {"restart": True, "id": "r1"})
    meanwhile = (await Lab.objects.aget(id=owner.lab_id)).trouble
    applied = await first_answer(owner, {"restart": True, "id": "r2"})

    assert refused["reason"]["key"] == "only-owner"
    assert meanwhile == "quarantined"
    assert applied["t"] == "applied"
    assert (await Lab.objects.aget(id=owner.lab_id)).trouble == ""


@asynccontextmanager
async def at_frame_7() -> AsyncIterator[tuple[WebsocketCommunicator, LabConsumer]]:
    """A socket that was told everything up to frame 7, and acknowledged it."""
    link = await sync_to_async(open_lab)()
    path = f"/ws/lab/{link.lab_id}?k={link.secret}"
    socket = WebsocketCommunicator(application, path, headers=[(b"origin", b"http://localhost")])
    assert (await socket.connect())[0]
    while not (watched := hubs.hub().labs.get(link.lab_id)) or not watched.sockets:
        await asyncio.sleep(0.01)
    (consumer,) = watched.sockets
    await tell(consumer, t="snapshot", epoch=1, seq=7)
    while "snapshot" not in await socket.receive_from():
        pass
    await socket.send_json_to({"ack": 7})
    await settled(socket)
    yield socket, consumer
    await socket.disconnect()


async def tell(consumer: LabConsumer, t: str, size: int = 0, **numbers: int) -> None:
    """Let a lab say something."""
    content = {"t": t, **numbers, "d": [], "messages": ["x" * size]}
    text = json.dumps(content)
    await hubs.hub()._tell({"t": t, "lab": consumer.lab, "text": text, **numbers})


async def settled(socket: WebsocketCommunicator) -> None:
    """Wait until a socket has dealt with everything that was said to it."""
    await socket.send_json_to({"nothing": "known", "id": "settled"})
    while '"settled"' not in await socket.receive_from():
        pass


async def code_of_its_end(socket: WebsocketCommunicator) -> int:
    """Return the code with which a socket was closed, or 0 if it was not."""
    while not await socket.receive_nothing(0.1):
        message = await socket.receive_output()
        if message["type"] == "websocket.close":
            return int(message["code"])
    return 0


@pytest.mark.parametrize(("acknowledges", "code"), [(True, 0), (False, hubs.TOO_SILENT)])
async def test_answers_that_are_not_read_do_not_pile_up(
    monkeypatch: pytest.MonkeyPatch, acknowledges: bool, code: int
) -> None:
    monkeypatch.setattr(limits, "WINDOW_BYTES_MAX", 2_000)

    async with at_frame_7() as (socket, consumer):
        for _ in range(4):
            await tell(consumer, "answer", 900)
            if acknowledges:
                await socket.send_json_to({"ack": 7})
                await settled(socket)

        assert await code_of_its_end(socket) == code


async def test_frames_that_are_not_read_wait_and_come_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "WINDOW_BYTES_MAX", 2_000)

    async with at_frame_7() as (socket, consumer):
        for seq in range(8, 12):
            await tell(consumer, "delta", 800, epoch=1, base=seq - 1, seq=seq)

        assert consumer.sent == 9
        assert await code_of_its_end(socket) == 0


@pytest.mark.parametrize("said", [{"ack": 7}, {"resync": True}, {"ask": "nothing", "id": "q"}])
async def test_who_owes_an_acknowledgement_is_closed_whatever_else_it_says(
    said: dict[str, Any],
) -> None:
    async with at_frame_7() as (socket, consumer):
        await tell(consumer, "delta", epoch=1, base=7, seq=8)
        consumer.owes_since -= limits.SILENCE_MAX_S + 1
        await socket.send_json_to(said)
        await settled(socket)
        watched = hubs.hub().labs[consumer.lab]
        await hubs.hub()._pulse(consumer.lab, watched, time.monotonic(), False)

        assert await code_of_its_end(socket) == hubs.TOO_SILENT
        assert consumer not in watched.sockets


async def test_acknowledgements_cost_what_other_messages_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MESSAGES_PER_SECOND", 0)

    async with at_frame_7() as (socket, _):
        for _ in range(limits.MESSAGES_BURST):
            await socket.send_json_to({"ack": 7})
        await socket.send_json_to({"ask": "nothing", "id": "q"})
        while (answer := await socket.receive_json_from()).get("id") != "q":
            pass

    assert answer["reason"]["key"] == "too-frequent"


async def test_a_flood_is_answered_in_part_and_the_socket_stays() -> None:
    async with at_frame_7() as (socket, consumer):
        for number in range(1_000):
            await socket.send_json_to({"ask": "nothing", "id": f"q{number}"})
        answers = []
        while not any(each["t"] == "refused" for each in answers):
            answers.append(await socket.receive_json_from(timeout=30))
        while not await socket.receive_nothing(timeout=1):
            answers.append(await socket.receive_json_from())

        refused = [each for each in answers if each["t"] == "refused"]
        assert 0 < len(refused) < 400
        assert {each["reason"]["key"] for each in refused} == {"too-frequent"}
        assert consumer.joined


@pytest.mark.parametrize("message", ["no json {", '{"ack": 7}', '{"nothing": "known"}'])
async def test_a_long_row_of_refusals_closes_a_socket(
    monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    monkeypatch.setattr(limits, "REFUSALS_IN_A_ROW_MAX", 5)
    monkeypatch.setattr(limits, "MESSAGES_PER_SECOND", 0)

    async with at_frame_7() as (socket, consumer):
        consumer.bucket.tokens = 0.0
        for _ in range(9):
            await socket.send_to(text_data=message)

        assert await code_of_its_end(socket) == TOO_MANY_REFUSALS
        assert consumer.refused == 5
