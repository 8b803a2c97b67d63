"""`kubectl get --raw` and watches: what an API server answers that has lost its etcd, and until when."""

import json

from simulation.kernel.units import SECOND
from simulation.lab.lab import Lab
from tests.simulation.kubectl.terminals import a_lab, typed
from tests.simulation.kubectl.test_quorum import do

DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web"
NODES = "/api/v1/nodes?resourceVersion=0"


def with_cp_1_alone() -> Lab:
    """Return a lab whose cp-1 no other member hears, and a write that it knows nothing of."""
    lab = a_lab()
    for other in ("cp-2", "cp-3"):
        do(lab, {"do": "cut", "a": "cp-1", "b": other})
    lab.advance(lab.now + 5 * SECOND)
    assert typed(lab, "kubectl --server cp-2 scale deployment web --replicas=5").status == 0
    return lab


def asked(lab: Lab, server: str, path: str) -> dict:
    """Return the JSON that a server answers."""
    return json.loads(typed(lab, f"kubectl --server {server} get --raw {path}").stdout)


def test_a_list_has_its_kind_once_and_its_items_none() -> None:
    answer = asked(a_lab(), "cp-1", "/api/v1/namespaces/default/pods")

    assert answer["kind"] == "PodList"
    assert not any({"kind", "apiVersion"} & set(item) for item in answer["items"])
    assert {item["metadata"]["namespace"] for item in answer["items"]} == {"default"}


def test_a_cached_read_from_a_server_that_is_alone_is_stale() -> None:
    lab = with_cp_1_alone()

    said = [
        asked(lab, server, f"{DEPLOYMENT}?resourceVersion=0")["spec"]["replicas"]
        for server in ("cp-1", "cp-2")
    ]

    assert said == [6, 5]


def test_after_half_a_minute_the_cache_answers_no_more() -> None:
    lab = with_cp_1_alone()
    lab.advance(lab.now + 30 * SECOND)

    came = typed(lab, f"kubectl --server cp-1 get --raw {NODES}")

    assert came.stderr == "Error from server (TooManyRequests): storage is (re)initializing\n"
    assert "NodeList" in typed(lab, f"kubectl --server cp-2 get --raw {NODES}").stdout


def test_a_read_of_the_newest_hangs_like_any_other() -> None:
    lab = with_cp_1_alone()
    begun = lab.now

    came = typed(lab, f"kubectl --server cp-1 get --raw {DEPLOYMENT} --request-timeout=3s")

    assert "Client.Timeout exceeded" in came.stderr
    assert lab.now - begun == 3 * SECOND


def test_a_path_that_names_nothing_is_not_found() -> None:
    said = [
        typed(a_lab(), f"kubectl get --raw {path}").stderr for path in ("/nope", "/api/v1/nodes/no")
    ]

    assert (
        said[0]
        == "Error from server (NotFound): the server could not find the requested resource\n"
    )
    assert said[1] == 'Error from server (NotFound): nodes "no" not found\n'


def watching(lab: Lab, server: str) -> dict:
    """Return how the watch of the Deployments through a server stands."""
    return lab.sessions.output_since(server, 0)


def test_a_watch_shows_what_its_server_has_heard_and_is_closed_without_a_word() -> None:
    lab = a_lab()
    for server in ("cp-1", "cp-2"):
        line = f"kubectl --server {server} get deployment web -w"
        do(lab, {"do": "kubectl", "argv": line.split(), "files": {}}, server)
    for other in ("cp-2", "cp-3"):
        do(lab, {"do": "cut", "a": "cp-1", "b": other})
    lab.advance(lab.now + 5 * SECOND)
    typed(lab, "kubectl --server cp-2 scale deployment web --replicas=5")
    lab.advance(lab.now + 5 * SECOND)
    counted = [len(watching(lab, server)["lines"]) for server in ("cp-1", "cp-2")]
    lab.advance(lab.now + 25 * SECOND)

    closed, open_still = watching(lab, "cp-1"), watching(lab, "cp-2")

    assert counted[0] == 2 < counted[1]
    assert (closed["done"], closed["exit_code"], len(closed["lines"])) == (True, 0, 2)
    assert not open_still["done"]


def test_a_watch_ends_at_once_with_its_servers_process_and_later_with_its_machine() -> None:
    lab = a_lab()
    for server in ("cp-1", "cp-2"):
        line = f"kubectl --server {server} get pods -w"
        do(lab, {"do": "kubectl", "argv": line.split(), "files": {}}, server)
    do(lab, {"do": "kill-process", "node": "cp-1", "process": "kube-apiserver"})
    do(lab, {"do": "power-off", "node": "cp-2"})

    lab.advance(lab.now + SECOND)
    soon = [watching(lab, server)["done"] for server in ("cp-1", "cp-2")]
    lab.advance(lab.now + 46 * SECOND)

    assert soon == [True, False]
    assert watching(lab, "cp-2")["done"]
