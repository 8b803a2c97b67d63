"""A pod's life on a machine, in the smallest world."""

import msgspec
import pytest

from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.pod import Container, HttpGetAction, Pod, Probe
from simulation.kube.rules.printing_pods import pod_status
from simulation.kube.writes import Write
from tests.simulation.kube.kubelet.small_world import BECAUSE, SmallWorld, a_pod


def state_of(world: SmallWorld, name: str) -> str:
    status = world.pod(name).status.container_statuses[0]
    if status.state.waiting is not None:
        return status.state.waiting.reason
    if status.state.terminated is not None:
        return status.state.terminated.reason
    return "Running"


def is_ready(world: SmallWorld, name: str) -> bool:
    conditions = {each.type: each.status for each in world.pod(name).status.conditions}
    return conditions.get("Ready") == "True"


def restarts(world: SmallWorld, name: str) -> int:
    return world.pod(name).status.container_statuses[0].restart_count


def test_a_pod_is_pulled_started_and_ready():
    world = SmallWorld()

    world.create(a_pod("web"))
    world.advance(1)
    assert state_of(world, "web") == "ContainerCreating"
    world.advance(9)

    assert (state_of(world, "web"), is_ready(world, "web")) == ("Running", True)
    assert world.pod("web").status.pod_ip == "10.244.1.2"
    assert [reason for _, reason, _ in world.told] == ["Pulling", "Pulled", "Created", "Started"]


def test_the_second_pod_of_an_image_finds_it_on_the_disk():
    world = SmallWorld()
    world.create(a_pod("first"))
    world.advance(10)

    world.create(a_pod("second"))
    world.advance(2)

    assert state_of(world, "second") == "Running"
    assert world.said("Pulled")[-1] == (
        'Container image "nginx:1.27" already present on machine and can be accessed by the pod'
    )


def test_a_machine_pulls_one_image_at_a_time():
    world = SmallWorld()

    world.create(a_pod("a", image="postgres:17"), a_pod("b", image="redis:8"))
    world.advance(5)
    waited = state_of(world, "b")
    world.advance(20)

    assert waited == "ContainerCreating"
    assert "including waiting" in world.said("Pulled")[1]
    assert state_of(world, "b") == "Running"


def test_an_image_that_does_not_exist_alternates_between_error_and_back_off():
    world = SmallWorld()

    world.create(a_pod("web", image="nginx:nope"))
    world.advance(1.6)
    seen = [state_of(world, "web")]
    for _ in range(5):
        world.advance(1)
        seen.append(state_of(world, "web"))

    assert seen[0] == "ErrImagePull"
    assert seen[-1] == "ImagePullBackOff"
    assert world.pod("web").status.phase == "Pending"
    pulls = len(world.said("Pulling"))
    world.advance(60)
    assert (pulls, len(world.said("Pulling"))) == (1, 3)


def test_readiness_waits_for_the_probe_that_finds_the_program_answering():
    world = SmallWorld()
    probe = Probe(HttpGetAction(8080, "/ready"), period_seconds=5)
    world.create(a_pod("pay", image="shop.local/pay:1", container_readiness_probe=probe))
    world.advance(8)
    assert (state_of(world, "pay"), is_ready(world, "pay")) == ("Running", False)

    world.advance(25)

    assert is_ready(world, "pay")
    since = next(each for each in world.pod("pay").status.conditions if each.type == "Ready")
    started = world.kubelets.get("worker-1").pods[world.pod("pay").metadata.uid]
    waited = since.last_transition_time - started.containers["main"].started
    assert 20_000 <= waited <= 25_100


def test_a_probe_at_a_port_where_nobody_listens_never_succeeds():
    world = SmallWorld()
    probe = Probe(HttpGetAction(81, "/"))

    world.create(a_pod("web", container_readiness_probe=probe))
    world.advance(60)

    assert not is_ready(world, "web")
    said = (
        'Readiness probe failed: Get "http://10.244.1.2:81/": '
        "dial tcp 10.244.1.2:81: connect: connection refused"
    )
    assert world.said("Unhealthy") == [said] * 6, "one for each probe, every ten seconds"
    assert world.timeline.next_due() is None, "and nothing ticks for it"


def test_what_is_said_of_a_failing_probe_ends_with_its_container():
    world = SmallWorld()
    world.create(a_pod("web", container_readiness_probe=Probe(HttpGetAction(81, "/"))))

    world.advance(28)
    before = len(world.said("Unhealthy"))
    world.delete("web")
    world.advance(60)

    assert (before, len(world.said("Unhealthy"))) == (3, 3)
    assert world.events.state.series == {}


def test_each_failure_before_a_program_answers_is_told():
    world = SmallWorld()
    probe = Probe(HttpGetAction(8080, "/"), period_seconds=5)

    world.create(a_pod("pay", image="shop.local/pay:1", container_readiness_probe=probe))
    world.advance(120)

    assert is_ready(world, "pay")
    assert len(world.said("Unhealthy")) == 4, "after 0, 5, 10 and 15 seconds; it answers after 20"


SLEEPS = ("sleep", "1000")


@pytest.mark.parametrize(
    ("image", "command", "probe", "said"),
    [
        (
            "nginx:1.27",
            (),
            Probe(rest={"tcpSocket": {"port": 9}}),
            "dial tcp 10.244.1.2:9: connect: connection refused",
        ),
        (
            "busybox:1.36",
            SLEEPS,
            Probe(HttpGetAction(8080, "/")),
            'Get "http://10.244.1.2:8080/": dial tcp 10.244.1.2:8080: connect: connection refused',
        ),
        (
            "busybox:1.36",
            SLEEPS,
            Probe(rest={"exec": {"command": ["cat", "/tmp/ready"]}}),
            "cat: can't open '/tmp/ready': No such file or directory",
        ),
        ("busybox:1.36", SLEEPS, Probe(rest={"exec": {"command": ["false"]}}), ""),
    ],
)
def test_a_probe_fails_that_asks_for_what_is_not_there(
    image: str, command: tuple[str, ...], probe: Probe, said: str
):
    world = SmallWorld()

    world.create(
        a_pod("web", image=image, container_command=command, container_readiness_probe=probe)
    )
    world.advance(60)

    assert (state_of(world, "web"), is_ready(world, "web")) == ("Running", False)
    assert world.said("Unhealthy")[0] == f"Readiness probe failed: {said}"


@pytest.mark.parametrize(
    ("image", "command", "probe"),
    [
        ("nginx:1.27", (), Probe(rest={"tcpSocket": {"port": 80}})),
        ("nginx:1.27", (), Probe(rest={"exec": {"command": ["cat", "/tmp/ready"]}})),
        ("somebody/something:1", (), Probe(HttpGetAction(8080, "/"))),
        ("busybox:1.36", ("sh", "-c", "httpd -f -p 8080"), Probe(HttpGetAction(8080, "/"))),
        (
            "busybox:1.36",
            ("sh", "-c", "touch /tmp/ready; sleep 1000"),
            Probe(rest={"exec": {"command": ["cat", "/tmp/ready"]}}),
        ),
    ],
)
def test_a_probe_passes_that_asks_for_what_is_there_or_not_known(
    image: str, command: tuple[str, ...], probe: Probe
):
    world = SmallWorld()
    patient = msgspec.structs.replace(probe, initial_delay_seconds=5)

    world.create(
        a_pod("web", image=image, container_command=command, container_readiness_probe=patient)
    )
    world.advance(60)

    assert is_ready(world, "web")
    assert world.said("Unhealthy") == []


def a_pod_whose_file_goes_after_30_seconds(kind: str) -> Pod:
    """The example of the documentation about probes."""
    script = "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"
    looks = {"exec": {"command": ["cat", "/tmp/healthy"]}}
    probe = Probe(rest=looks, initial_delay_seconds=5, period_seconds=5)
    changes = {f"container_{kind}_probe": probe, "container_args": ("/bin/sh", "-c", script)}
    return a_pod("shell", image="registry.k8s.io/busybox:1.27.2", **changes)


def test_a_liveness_probe_that_looks_for_a_file_fails_once_it_is_removed():
    world = SmallWorld()
    world.create(a_pod_whose_file_goes_after_30_seconds("liveness"))

    world.advance(40)
    before = world.said("Killing")
    world.advance(10)

    text = "Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory"
    assert before == []
    assert world.said("Unhealthy")[-1] == text
    assert world.said("Killing") == ["Container main failed liveness probe, will be restarted"]
    world.advance(40)
    assert (restarts(world, "shell"), state_of(world, "shell")) == (1, "Running")


def test_a_readiness_probe_that_looks_for_a_file_fails_once_it_is_removed():
    world = SmallWorld()
    world.create(a_pod_whose_file_goes_after_30_seconds("readiness"))

    world.advance(30)
    before = is_ready(world, "shell")
    world.advance(30)

    assert (before, is_ready(world, "shell"), restarts(world, "shell")) == (True, False, 0)


def test_a_startup_probe_holds_back_the_liveness_probe():
    world = SmallWorld()
    asks = HttpGetAction(8080, "/")

    world.create(
        a_pod(
            "pay",
            image="shop.local/pay:1",
            container_startup_probe=Probe(asks, period_seconds=5, failure_threshold=12),
            container_liveness_probe=Probe(asks, period_seconds=2, failure_threshold=2),
        )
    )
    world.advance(60)

    assert (restarts(world, "pay"), is_ready(world, "pay")) == (0, True)


def test_a_liveness_probe_that_comes_too_early_restarts_the_container_again_and_again():
    world = SmallWorld()
    probe = Probe(HttpGetAction(8080, "/"), period_seconds=2, failure_threshold=3)

    world.create(a_pod("pay", image="shop.local/pay:1", container_liveness_probe=probe))
    world.advance(40)

    assert restarts(world, "pay") >= 1
    assert "Container main failed liveness probe, will be restarted" in world.said("Killing")


def test_a_crash_is_answered_at_once_and_then_after_10_and_20_seconds():
    world = SmallWorld()

    world.create(a_pod("job", image="busybox:1.36", container_command=("sh", "-c", "exit 1")))
    world.advance(10)
    assert (restarts(world, "job"), state_of(world, "job")) == (1, "CrashLoopBackOff")
    world.advance(10)
    assert restarts(world, "job") == 2
    world.advance(40)

    assert restarts(world, "job") == 3
    assert world.pod("job").status.phase == "Running"
    message = world.pod("job").status.container_statuses[0].state.waiting.message
    assert message.startswith("back-off 40s restarting failed container=main pod=job_default(")


def test_a_pod_that_is_not_restarted_ends_as_succeeded_or_failed():
    world = SmallWorld()
    policy = {"restart_policy": "Never", "image": "busybox:1.36"}

    world.create(a_pod("good", container_command=("true",), **policy))
    world.create(a_pod("bad", container_command=("sh", "-c", "sleep 1; exit 3"), **policy))
    world.advance(10)

    assert world.pod("good").status.phase == "Succeeded"
    assert state_of(world, "good") == "Completed"
    assert world.pod("bad").status.phase == "Failed"
    assert world.pod("bad").status.container_statuses[0].state.terminated.exit_code == 3


def test_init_containers_run_one_after_the_other_before_the_rest():
    world = SmallWorld()
    pod = a_pod("web")
    first = Container(name="wait", image="busybox:1.36", command=("sleep", "3"))
    pod = msgspec.structs.replace(
        pod, spec=msgspec.structs.replace(pod.spec, init_containers=(first,))
    )

    world.create(pod)
    world.advance(3)
    assert state_of(world, "web") == "PodInitializing"
    world.advance(12)

    assert state_of(world, "web") == "Running"


def test_an_init_container_that_fails_and_is_not_restarted_ends_the_pod():
    world = SmallWorld()
    pod = a_pod("web", restart_policy="Never")
    first = Container(name="wait", image="busybox:1.36", command=("false",))
    spec = msgspec.structs.replace(pod.spec, init_containers=(first,))

    world.create(msgspec.structs.replace(pod, spec=spec))
    world.advance(10)

    status = world.pod("web").status
    initialised = next(each for each in status.conditions if each.type == "Initialized")
    assert (status.phase, initialised.status) == ("Failed", "False")
    assert initialised.message == "containers with incomplete status: [wait]"
    assert pod_status(world.pod("web")) == "Init:Error"


def test_a_killed_container_comes_back_in_the_same_pod():
    world = SmallWorld()
    world.create(a_pod("web"))
    world.advance(10)
    uid = world.pod("web").metadata.uid

    world.kubelets.kill(world, "worker-1", uid, "main", 1)
    assert world.machines["worker-1"].processes == {}
    world.advance(3)

    assert (world.pod("web").metadata.uid, restarts(world, "web")) == (uid, 1)
    assert state_of(world, "web") == "Running"
    last = world.pod("web").status.container_statuses[0].last_state.terminated
    assert (last.exit_code, last.reason) == (137, "Error")


def with_image(world: SmallWorld, name: str, image: str) -> None:
    """Change the image of a pod's container, as kubectl set image does."""
    pod = world.pod(name)
    container = msgspec.structs.replace(pod.spec.containers[0], image=image)
    spec = msgspec.structs.replace(pod.spec, containers=(container,))
    changed = msgspec.structs.replace(pod, spec=spec)
    world.apply(Write("patch", changed, BECAUSE, fields=("spec",)))


@pytest.mark.parametrize("policy", ["Always", "Never"])
def test_a_container_with_another_image_is_started_anew_in_the_same_pod(policy: str):
    world = SmallWorld()
    world.create(a_pod("web", restart_policy=policy))
    world.advance(10)

    with_image(world, "web", "nginx:1.28")
    world.advance(10)

    assert world.said("Killing") == ["Container main definition changed, will be restarted"]
    assert (state_of(world, "web"), restarts(world, "web")) == ("Running", 1)
    assert world.pod("web").status.container_statuses[0].image == "docker.io/library/nginx:1.28"


def test_an_image_that_was_mistyped_is_pulled_at_once_when_it_is_put_right():
    world = SmallWorld()
    world.create(a_pod("web", image="nginx:nope"))
    world.advance(70)

    with_image(world, "web", "nginx:1.27")
    world.advance(6)

    assert (state_of(world, "web"), restarts(world, "web")) == ("Running", 0)


def test_a_deleted_pod_is_terminated_and_then_removed():
    world = SmallWorld()
    world.create(a_pod("web"))
    world.advance(10)

    world.delete("web")
    world.advance(0.1)
    assert world.pod("web").metadata.deletion_timestamp is not None
    world.advance(3)

    assert world.pod("web") is None
    assert world.kubelets.get("worker-1").pods == {}


def test_a_shell_ignores_the_request_to_stop_until_its_grace_is_over():
    world = SmallWorld()
    command = ("sleep", "3600")
    world.create(a_pod("box", image="busybox:1.36", container_command=command))
    world.advance(10)

    world.delete("box")
    world.advance(29)
    still_there = world.pod("box") is not None
    world.advance(4)

    assert still_there
    assert world.pod("box") is None


def test_a_forced_deletion_leaves_the_kubelet_to_clean_up():
    world = SmallWorld()
    world.create(a_pod("web"))
    world.advance(10)

    world.delete("web", grace=0)
    assert world.pod("web") is None
    assert world.machines["worker-1"].processes != {}
    world.advance(3)

    assert world.machines["worker-1"].processes == {}
    assert world.kubelets.get("worker-1").pods == {}


def test_without_power_nothing_is_told_and_afterwards_the_same_pods_return():
    world = SmallWorld()
    world.create(a_pod("web"))
    world.advance(10)
    before = world.pod("web")

    world.power_off("worker-1")
    world.advance(30)
    assert world.pod("web") == before
    world.power_on("worker-1")
    world.advance(10)

    assert world.pod("web").metadata.uid == before.metadata.uid
    assert (restarts(world, "web"), state_of(world, "web")) == (1, "Running")
    assert is_ready(world, "web")
    assert world.pod("web").status.pod_ip != before.status.pod_ip
    assert len(world.said("SandboxChanged")) == 1


def test_a_pod_deleted_while_the_machine_was_off_is_removed_when_it_returns():
    world = SmallWorld()
    world.create(a_pod("web"))
    world.advance(10)
    world.power_off("worker-1")
    world.delete("web")
    world.advance(60)
    assert world.pod("web") is not None

    world.power_on("worker-1")
    world.advance(10)

    assert world.pod("web") is None
    assert world.said("SandboxChanged") == []


def test_a_pod_that_was_being_stopped_when_the_power_went_is_removed_afterwards():
    world = SmallWorld()
    world.create(a_pod("box", image="busybox:1.36", container_command=("sleep", "600")))
    world.advance(10)
    world.delete("box")
    world.advance(5)

    world.power_off("worker-1")
    world.advance(20)
    world.power_on("worker-1")
    world.advance(5)

    assert world.pod("box") is None
    assert world.kubelets.get("worker-1").pods == {}


def test_a_new_kubelet_that_lists_what_it_has_already_heard_of_changes_nothing():
    world = SmallWorld()
    world.kubelets.get("worker-1").listed = False
    world.create(a_pod("web"))
    world.kubelets.connected(world, "worker-1")

    world.advance(15)

    assert (restarts(world, "web"), world.said("SandboxChanged")) == (0, [])


def test_a_kubelet_that_is_cut_off_goes_on_with_what_it_knows():
    world = SmallWorld()
    world.create(a_pod("web"), a_pod("old"))
    world.advance(10)

    world.disconnect("worker-1")
    world.delete("old")
    world.create(a_pod("new"))
    world.kubelets.kill(world, "worker-1", world.pod("web").metadata.uid, "main", 1)
    world.advance(60)
    running = sorted(each.pod_key for each in world.machines["worker-1"].processes.values())
    assert running == ["default/old", "default/web"]
    assert restarts(world, "web") == 0

    world.reconnect("worker-1")
    world.advance(15)

    assert world.pod("old") is None
    assert restarts(world, "web") == 1
    assert state_of(world, "new") == "Running"


def test_a_report_that_finds_nobody_is_sent_again():
    world = SmallWorld()
    world.create(a_pod("web"))
    world.advance(2)
    world.is_reachable = False
    world.advance(10)
    assert state_of(world, "web") == "ContainerCreating"

    world.is_reachable = True
    world.advance(10)

    assert state_of(world, "web") == "Running"


def test_what_the_node_controller_wrote_into_a_pod_is_corrected_on_return():
    world = SmallWorld()
    world.create(a_pod("web"))
    world.advance(10)
    world.disconnect("worker-1")
    pod = world.pod("web")
    conditions = tuple(
        msgspec.structs.replace(each, status="False") if each.type == "Ready" else each
        for each in pod.status.conditions
    )
    status = msgspec.structs.replace(pod.status, conditions=conditions)
    changed = msgspec.structs.replace(pod, status=status)
    world.apply(Write("patch", changed, BECAUSE, fields=("status",)))
    world.advance(5)
    assert not is_ready(world, "web")

    world.reconnect("worker-1")
    world.advance(1)

    assert is_ready(world, "web")


def test_the_mirror_of_a_static_pod_is_written_anew_while_its_containers_stay():
    world = SmallWorld()
    pod = a_pod("etcd-worker-1")
    meta = ObjectMeta(
        name="etcd-worker-1",
        namespace="default",
        annotations={"kubernetes.io/config.mirror": "1"},
    )
    world.create(Pod(metadata=meta, spec=pod.spec))
    world.advance(10)
    uid = world.pod("etcd-worker-1").metadata.uid

    world.delete("etcd-worker-1")
    world.advance(2)

    assert world.pod("etcd-worker-1").metadata.uid != uid
    assert is_ready(world, "etcd-worker-1")
    assert len(world.machines["worker-1"].processes) == 1
    assert restarts(world, "etcd-worker-1") == 0


def test_an_idle_world_has_nothing_to_do():
    world = SmallWorld()
    world.create(a_pod("web"))

    world.advance(60)

    assert world.timeline.next_due() is None
