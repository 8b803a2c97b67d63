"""Commands that make a manifest themselves: `create deployment`, `run`, `expose` and their kin."""

from typing import TYPE_CHECKING

import msgspec

from simulation.kube.images import parse_reference
from simulation.kube.manifests.codec import to_json, to_yaml
from simulation.kube.objects.service import Service
from simulation.kubectl.applying import done, dry_run_note, named, perform, remembered
from simulation.kubectl.errors import NO_RESOURCES, CommandError, required, usage_of
from simulation.kubectl.failing import wrapped
from simulation.kubectl.made import (
    EMPTY,
    MADE,
    SERVICE_TYPES,
    Content,
    autoscaler,
    headed,
    job,
    only_name,
    pairs,
)
from simulation.kubectl.made_data import configmap, secret
from simulation.kubectl.made_ingress import ingress
from simulation.kubectl.made_roles import MADE as ROLES
from simulation.kubectl.made_roles import unusual_verbs
from simulation.kubectl.numbers import DECIMAL, UNSIGNED, is_whole, whole_number
from simulation.kubectl.output import Output, json_text
from simulation.kubectl.parse import Call
from simulation.kubectl.resources import RESOURCES, Resource, find, targets
from simulation.kubectl.session import STDERR, STDOUT, Session
from simulation.kubectl.sources import checked, manifests

if TYPE_CHECKING:
    from simulation.kube.world import World


def dry_run(world: "World", call: Call) -> Output:
    """Answer `--dry-run=client`: what would be created, without asking anybody."""
    session = Session("", (), {}, world.now)
    make(world, session, call)
    out = "".join(f"{line.text}\n" for line in session.lines if line.stream == STDOUT)
    err = "".join(f"{line.text}\n" for line in session.lines if line.stream != STDOUT)
    return Output(out, err, 1 if session.failed else 0)


def make(world: "World", session: Session, call: Call) -> None:
    """Plan the creation of what a command describes."""
    content = MAKERS[call.verb](world, session, call)
    if call.on("save-config"):
        content = remembered(content)
    resource = RESOURCES[content["kind"]]
    if resource.namespaced:
        content["metadata"]["namespace"] = call.namespace
    dry = call.dry_run == "client"
    word = {"expose": "exposed", "autoscale": "autoscaled"}.get(call.verb, "created")
    if call.verb == "autoscale" and dry:
        word = "created"
    form = call.flag("output")
    if dry and form in ("", "name"):
        # What the server would refuse is not refused here: it is not asked.
        _say_dry(world, session, call, resource, content, word)
        return
    if not dry:
        _send(world, session, call, resource, content, word)
        return
    obj = checked(world, resource, content)
    bare = {**content, **EMPTY.get(resource.kind, {})}
    if not call.given("namespace"):
        bare["metadata"] = {k: v for k, v in content["metadata"].items() if k != "namespace"}
    if call.verb == "run" and call.on("expose"):
        session.say(world.now, _dry_service(call, content, form))
    text = _as(form, bare) or done(world, session, call, resource, obj, "created")
    session.say(world.now, text)


def _send(
    world: "World", session: Session, call: Call, resource: Resource, content: Content, word: str
) -> None:
    """Plan the write; what is refused before it is sent is told as if the server had answered."""
    try:
        obj = checked(world, resource, content)
        if call.verb == "run" and call.on("expose"):
            _expose_run(world, session, call, content)
        perform(world, session, call, "create", resource, obj, word)
    except CommandError as problem:
        raise CommandError(wrapped(call, resource, problem.text), problem.exit_code) from None


def _labels(call: Call, default: dict[str, str]) -> dict[str, str]:
    given = call.every("labels")
    return dict(each.split("=", 1) for each in given if "=" in each) if given else default


def _containers(call: Call, name: str) -> list[Content]:
    images = call.every("image")
    if not images:
        raise required("image")
    if not all(images):
        raise CommandError("error: --image is required")
    containers: list[Content] = []
    for image in images:
        base = image.rpartition("/")[2].partition("@")[0].partition(":")[0]
        container: Content = {"name": base if call.verb != "run" else name, "image": image}
        container["resources"] = {}
        if call.given("port") and not containers:
            container["ports"] = [
                {"containerPort": whole_number(call.flag("port"), reader=DECIMAL)}
            ]
        if call.after:
            container["command" if call.on("command") or call.verb != "run" else "args"] = list(
                call.after
            )
        if call.given("env"):
            for each in call.values("env"):
                if "=" not in each.strip("="):
                    raise CommandError(f"error: invalid env: {each}")
            container["env"] = [
                {"name": each.partition("=")[0], "value": each.partition("=")[2]}
                for each in call.values("env")
            ]
        containers.append(container)
    return containers


def _deployment(world: "World", session: Session, call: Call) -> Content:
    if not call.every("image"):
        raise required("image")
    name = only_name(call)
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"labels": dict(labels), "name": name},
        "spec": {
            "replicas": whole_number(call.flag("replicas", "1"), "--replicas"),
            "selector": {"matchLabels": dict(labels)},
            "strategy": {},
            "template": {
                "metadata": {"labels": dict(labels)},
                "spec": {"containers": _containers(call, name)},
            },
        },
    }


def _run(world: "World", session: Session, call: Call) -> Content:
    if not call.values("image"):
        raise required("image")
    if not call.args:
        raise usage_of("NAME is required for run", "run")
    name = call.args[0]
    if len(call.args) > 1 and not call.after:
        call = replace(call, after=call.args[1:])
    for image in call.every("image"):
        if parse_reference(image) is None:
            raise CommandError(f'error: Invalid image name "{image}": invalid reference format')
    restart = call.flag("restart", "Always")
    if restart not in ("Always", "Never", "OnFailure"):
        raise CommandError(
            f"error: invalid restart policy: {restart}\nSee 'kubectl run -h' for help and examples"
        )
    spec: Content = {"containers": _containers(call, name), "dnsPolicy": "ClusterFirst"}
    spec["restartPolicy"] = restart
    _refuse_terminal(call)
    if call.given("image-pull-policy"):
        spec["containers"][0]["imagePullPolicy"] = call.flag("image-pull-policy")
    if call.on("privileged"):
        spec["containers"][0]["securityContext"] = {"privileged": True}
    meta: Content = {"labels": _labels(call, {"run": name}), "name": name}
    if call.given("annotations"):
        meta["annotations"] = pairs(call, "annotations")
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def _refuse_terminal(call: Call) -> None:
    """Raise CommandError about a `run` that wants to be typed into."""
    if call.on("rm") and not (call.on("attach") or call.on("stdin")):
        raise usage_of("--rm should only be used for attached containers", "run")
    if call.on("stdin") or call.on("tty"):
        raise CommandError(
            "kubectl run -it: real, not simulated here, try: kubectl run without -it and --rm, then kubectl logs"
        )


def _say_dry(
    world: "World", session: Session, call: Call, resource: Resource, content: Content, word: str
) -> None:
    """Say what `--dry-run=client` would make."""
    names = [f"{resource.typed}/{content['metadata']['name']}"]
    if call.verb == "run" and call.on("expose"):
        names.insert(0, f"service/{_service_of_run(call, content)['metadata']['name']}")
    for name in names:
        session.say(
            world.now, name if call.given("output") else f"{name} {word}{dry_run_note(call)}"
        )


def _as(form: str, content: Content) -> str:
    """Return a manifest as YAML or JSON, and nothing in any other form."""
    return to_yaml(content) if form == "yaml" else json_text(content) if form == "json" else ""


def _service_of_run(call: Call, pod: Content) -> Content:
    if not call.given("port"):
        raise usage_of("--port must be set when exposing a service", "run")
    spec = {
        "ports": [_port("", call.flag("port"), call.flag("port"))],
        "selector": pod["metadata"]["labels"],
    }
    return headed("v1", "Service", pod["metadata"]["name"], spec=spec)


def _dry_service(call: Call, pod: Content, form: str) -> str:
    """Return the Service of `run --expose` in a form of -o, with what kubectl puts between two."""
    text = _as(form, {**_service_of_run(call, pod), **EMPTY["Service"]})
    return f"{text}---\n---\n" if form == "yaml" else text or f"service/{pod['metadata']['name']}"


def _expose_run(world: "World", session: Session, call: Call, pod: Content) -> None:
    """Plan the Service of `run --expose`."""
    content = _service_of_run(call, pod)
    content["metadata"]["namespace"] = call.namespace
    service = RESOURCES["Service"]
    perform(world, session, call, "create", service, checked(world, service, content), "created")


def _namespace(world: "World", session: Session, call: Call) -> Content:
    return headed("v1", "Namespace", only_name(call))


replace = msgspec.structs.replace


def _service(world: "World", session: Session, call: Call) -> Content:
    sort = SERVICE_TYPES.get(call.args[0] if call.args else "")
    if sort is None:
        if call.args:
            raise usage_of(f'unknown command "{call.args[0]}"', "create service")
        listed = "".join(f"  {each}\n" for each in sorted(SERVICE_TYPES))
        raise CommandError(
            f"Available Commands:\n{listed}\nUsage:\n  kubectl create service [flags] [options]"
        )
    name = only_name(call, 1)
    spec: Content = {"selector": {"app": name}, "type": sort}
    if sort == "ExternalName":
        if not call.given("external-name"):
            raise required("external-name")
        spec = {"externalName": call.flag("external-name"), "selector": {"app": name}, "type": sort}
    ports = []
    for each in call.every("tcp"):
        port, colon, target = each.partition(":")
        whole_number(port, reader=UNSIGNED)
        ports.append(_port(f"{port}-{target}" if colon else port, port, target if colon else port))
    if ports:
        spec["ports"] = ports
    elif sort != "ExternalName" and call.flag("clusterip") != "None":
        raise CommandError("error: at least one tcp port specifier must be provided")
    if call.given("clusterip"):
        spec["clusterIP"] = call.flag("clusterip")
    if call.given("node-port") and ports:
        ports[0]["nodePort"] = whole_number(call.flag("node-port"), "--node-port")
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"labels": {"app": name}, "name": name},
        "spec": spec,
    }


def _port(name: str, port: str, target: str, protocol: str = "TCP") -> Content:
    target_port: int | str = int(target) if is_whole(target) else target
    content: Content = {
        "port": whole_number(port, reader=DECIMAL),
        "protocol": protocol,
        "targetPort": target_port,
    }
    return {"name": name, **content} if name else content


def _expose(world: "World", session: Session, call: Call) -> Content:
    if call.given("filename"):
        given = manifests(session, call)[0]
        resource, name = given.resource, given.name
    else:
        wanted = targets(call, names_needed=True)
        if not wanted:
            raise CommandError(NO_RESOURCES)
        resource, name = wanted[0].resource, wanted[0].name
    obj = named(world, call, resource, name)
    content = to_json(obj, world.calendar)
    spec = content.get("spec", {})
    if resource.kind == "Pod":
        selector, pod_spec = obj.metadata.labels, spec
    elif isinstance(obj, Service):
        selector, pod_spec = spec.get("selector", {}), {}
    elif resource.kind in ("Deployment", "ReplicaSet"):
        selector = spec.get("selector", {}).get("matchLabels", {})
        pod_spec = spec["template"]["spec"]
    else:
        kind = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
        raise CommandError(f"error: cannot expose a {kind}")
    if not selector:
        raise CommandError(
            "error: couldn't retrieve selectors via --selector flag or introspection: the object has no labels"
        )
    ports = [
        str(port["containerPort"])
        for each in pod_spec.get("containers", [])
        for port in each.get("ports", [])
    ]
    wanted_ports = [call.flag("port")] if call.given("port") else ports
    if not wanted_ports:
        raise CommandError("error: couldn't find port via --port flag or introspection")
    made = [
        _port(
            f"port-{number}" if len(wanted_ports) > 1 else "",
            port,
            call.flag("target-port") or port,
            call.flag("protocol") or "TCP",
        )
        for number, port in enumerate(wanted_ports, 1)
    ]
    service = _exposing(call, made, dict(selector))
    meta: Content = {"name": call.flag("name") or name}
    labels = _labels(call, dict(obj.metadata.labels))
    if labels:
        meta["labels"] = labels
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": service}


def _exposing(call: Call, made: list[Content], selector: dict[str, str]) -> Content:
    """Return the specification of the Service that `expose` creates."""
    service: Content = {"ports": made, "selector": selector}
    if call.given("selector"):
        service["selector"] = dict(each.split("=", 1) for each in call.every("selector"))
    if call.given("type"):
        service["type"] = call.flag("type")
    if call.given("cluster-ip"):
        service["clusterIP"] = call.flag("cluster-ip")
    if call.given("external-ip"):
        service["externalIPs"] = [call.flag("external-ip")]
    if call.given("load-balancer-ip") and service.get("type") == "LoadBalancer":
        service["loadBalancerIP"] = call.flag("load-balancer-ip")
    if call.given("session-affinity"):
        service["sessionAffinity"] = call.flag("session-affinity")
    return service


def _autoscale(world: "World", session: Session, call: Call) -> Content:
    if not call.given("max"):
        raise required("max")
    wanted = targets(call, names_needed=True)
    if not wanted:
        raise CommandError(NO_RESOURCES)
    obj = named(world, call, wanted[0].resource, wanted[0].name)
    if not hasattr(getattr(obj, "spec", None), "replicas"):
        found = wanted[0].resource
        raise CommandError(
            f"error: cannot autoscale a {found.kind}: could not find scale subresource for "
            f"{found.group}/{found.version}, Resource={found.plural} in discovery information"
        )
    kind = wanted[0].resource
    target = {"apiVersion": kind.api_version, "kind": kind.kind, "name": wanted[0].name}
    return autoscaler(call, target, wanted[0].name)


def _ingress(world: "World", session: Session, call: Call) -> Content:
    return ingress(call)


def _made(world: "World", session: Session, call: Call) -> Content:
    return MADE[call.verb](call)


def _role(world: "World", session: Session, call: Call) -> Content:
    for verb in unusual_verbs(call):
        session.say(world.now, f"Warning: '{verb}' is not a standard resource verb", STDERR)
    return ROLES[call.verb](call)


def _job(world: "World", session: Session, call: Call) -> Content:
    """Return the Job of `create job`, from an image or from a CronJob."""
    name = only_name(call)
    if call.given("from") == call.given("image"):
        raise CommandError("error: either --image or --from must be specified")
    if call.given("image"):
        return job(call)
    kind, slash, source = call.flag("from").partition("/")
    if not slash:
        raise CommandError("error: from must be in the form of RESOURCE/NAME")
    resource = find(kind)
    if resource.kind != "CronJob":
        raise CommandError("error: from must be an existing cronjob")
    cron = to_json(named(world, call, resource, source), world.calendar)
    made, template = cron["metadata"], cron["spec"]["jobTemplate"]
    given = template.get("metadata") or {}
    content = headed("batch/v1", "Job", name, spec=template["spec"])
    content["metadata"]["annotations"] = {
        **(given.get("annotations") or {}),
        "cronjob.kubernetes.io/instantiate": "manual",
    }
    if given.get("labels"):
        content["metadata"]["labels"] = given["labels"]
    content["metadata"]["ownerReferences"] = [
        {
            "apiVersion": "batch/v1",
            "controller": True,
            "kind": "CronJob",
            "name": source,
            "uid": made["uid"],
        }
    ]
    return content


MAKERS = {
    **dict.fromkeys(MADE, _made),
    **dict.fromkeys(ROLES, _role),
    "autoscale": _autoscale,
    "create ingress": _ingress,
    "create job": _job,
    "create configmap": configmap,
    "create deployment": _deployment,
    "create namespace": _namespace,
    "create secret": secret,
    "create service": _service,
    "expose": _expose,
    "run": _run,
}
