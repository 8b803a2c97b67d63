"""Commands that make a manifest themselves: `create deployment`, `run`, `expose` and their kin."""

import base64
from typing import TYPE_CHECKING, Any

from simulation.kube.manifests.codec import to_json, to_yaml
from simulation.kube.objects.service import Service
from simulation.kubectl.applying import done, named, perform
from simulation.kubectl.changing import whole
from simulation.kubectl.errors import CommandError, usage
from simulation.kubectl.output import Output, json_text
from simulation.kubectl.parse import Call
from simulation.kubectl.resources import RESOURCES, targets
from simulation.kubectl.session import Session
from simulation.kubectl.sources import checked, manifests

if TYPE_CHECKING:
    from simulation.kube.world import World

Content = dict[str, Any]


def dry_run(world: "World", call: Call) -> Output:
    """Answer `--dry-run=client`: what would be created, without asking anybody."""
    session = Session("", (), {}, world.now)
    make(world, session, call)
    out = "".join(f"{line.text}\n" for line in session.lines if line.stream == "out")
    err = "".join(f"{line.text}\n" for line in session.lines if line.stream != "out")
    return Output(out, err, 1 if session.failed else 0)


def make(world: "World", session: Session, call: Call) -> None:
    """Plan the creation of what a command describes."""
    content = _MAKERS[call.verb](world, session, call)
    resource = RESOURCES[content["kind"]]
    if resource.namespaced:
        content["metadata"]["namespace"] = call.namespace
    obj = checked(world, resource, content)
    dry = call.flag("dry-run") == "client"
    if dry and call.given("output"):
        bare = dict(content)
        if not call.given("namespace"):
            bare["metadata"] = {k: v for k, v in content["metadata"].items() if k != "namespace"}
        form = call.flag("output")
        text = to_yaml(bare) if form == "yaml" else json_text(bare) if form == "json" else done(
            world, session, call, resource, obj, "created"
        )
        session.say(world.now, text)
        return
    word = "exposed" if call.verb == "expose" else "created"
    perform(world, session, call, "create", resource, obj, word)


def _name(call: Call) -> str:
    if not call.args:
        raise usage("exactly one NAME is required, got 0", call.verb)
    if len(call.args) > 1 and call.verb not in ("create service", "create secret", "expose", "run"):
        raise usage(f"exactly one NAME is required, got {len(call.args)}", call.verb)
    return call.args[0]


def _labels(call: Call, default: dict[str, str]) -> dict[str, str]:
    given = call.every("labels")
    return dict(each.split("=", 1) for each in given if "=" in each) if given else default


def _containers(call: Call, name: str) -> list[Content]:
    images = call.every("image")
    if not images:
        raise CommandError('error: required flag(s) "image" not set')
    containers = []
    for image in images:
        base = image.rpartition("/")[2].partition("@")[0].partition(":")[0]
        container: Content = {"name": base if call.verb != "run" else name, "image": image}
        if call.given("port"):
            container["ports"] = [{"containerPort": whole(call.flag("port"), "--port")}]
        if call.after:
            container["command" if call.on("command") or call.verb != "run" else "args"] = list(call.after)
        if call.given("env"):
            container["env"] = [
                {"name": each.partition("=")[0], "value": each.partition("=")[2]}
                for each in call.flags["env"]
            ]
        containers.append(container)
    return containers


def _deployment(world: "World", session: Session, call: Call) -> Content:
    name = _name(call)
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"labels": dict(labels), "name": name},
        "spec": {
            "replicas": whole(call.flag("replicas", "1"), "--replicas"),
            "selector": {"matchLabels": dict(labels)},
            "template": {
                "metadata": {"labels": dict(labels)},
                "spec": {"containers": _containers(call, name)},
            },
        },
    }


def _run(world: "World", session: Session, call: Call) -> Content:
    name = _name(call)
    spec: Content = {"containers": _containers(call, name)}
    spec["restartPolicy"] = call.flag("restart", "Always")
    if call.on("stdin") or call.on("tty"):
        raise CommandError("kubectl run -it: real, not simulated here, try: kubectl run without -it, then kubectl logs")
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"labels": _labels(call, {"run": name}), "name": name},
        "spec": spec,
    }


def _namespace(world: "World", session: Session, call: Call) -> Content:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _name(call)}}


def _literals(session: Session, call: Call) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in call.flags.get("from-literal", ()):
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise CommandError(f"error: invalid literal source {each}, expected key=value")
        found[key] = value.strip("'\"")
    for each in call.flags.get("from-file", ()):
        key, equals, path = each.rpartition("=")
        if path not in session.files:
            raise CommandError(f"error: error reading {path}: no such file or directory")
        found[key if equals else path.rpartition("/")[2]] = session.files[path]
    return found


def _configmap(world: "World", session: Session, call: Call) -> Content:
    content: Content = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": _name(call)}}
    data = _literals(session, call)
    return {**content, "data": data} if data else content


def _secret(world: "World", session: Session, call: Call) -> Content:
    sort = call.args[0] if call.args else ""
    if sort != "generic":
        raise CommandError(
            f"kubectl create secret {sort}: real, not simulated here, try: kubectl create secret generic NAME"
        )
    if len(call.args) != 2:
        raise usage(f"exactly one NAME is required, got {len(call.args) - 1}", call.verb)
    data = {
        key: base64.b64encode(value.encode()).decode()
        for key, value in _literals(session, call).items()
    }
    return {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": call.args[1]},
        "data": data, "type": call.flag("type") or "Opaque",
    }


SERVICE_TYPES = {
    "clusterip": "ClusterIP", "externalname": "ExternalName", "loadbalancer": "LoadBalancer",
    "nodeport": "NodePort",
}


def _service(world: "World", session: Session, call: Call) -> Content:
    sort = SERVICE_TYPES.get(call.args[0] if call.args else "")
    if sort is None:
        raise usage(f"one of {', '.join(sorted(SERVICE_TYPES))} must follow", call.verb)
    if len(call.args) != 2:
        raise usage(f"exactly one NAME is required, got {len(call.args) - 1}", call.verb)
    name = call.args[1]
    spec: Content = {"selector": {"app": name}, "type": sort}
    if sort == "ExternalName":
        spec = {"externalName": call.flag("external-name"), "type": sort}
    ports = []
    for each in call.every("tcp"):
        port, colon, target = each.partition(":")
        ports.append(_port(f"{port}-{target if colon else port}", port, target if colon else port))
    if ports:
        spec["ports"] = ports
    elif sort != "ExternalName" and call.flag("clusterip") != "None":
        raise CommandError("error: at least one tcp port specifier must be provided")
    if call.given("clusterip"):
        spec["clusterIP"] = call.flag("clusterip")
    if call.given("node-port") and ports:
        ports[0]["nodePort"] = whole(call.flag("node-port"), "--node-port")
    return {
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"labels": {"app": name}, "name": name}, "spec": spec,
    }


def _port(name: str, port: str, target: str, protocol: str = "TCP") -> Content:
    target_port: int | str = int(target) if target.isdigit() else target
    content: Content = {"port": whole(port, "--port"), "protocol": protocol, "targetPort": target_port}
    return {"name": name, **content} if name else content


def _ingress(world: "World", session: Session, call: Call) -> Content:
    name = _name(call)
    rules: dict[str, list[Content]] = {}
    for rule in call.flags.get("rule", ()):
        target, _, _ = rule.partition(",")
        place, equals, backend = target.partition("=")
        host, slash, path = place.partition("/")
        service, colon, port = backend.partition(":")
        if not equals or not colon or not slash:
            raise CommandError(
                f"error: rule {rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
            )
        sort = "Prefix" if path.endswith("*") else "Exact"
        number: Content = {"number": int(port)} if port.isdigit() else {"name": port}
        rules.setdefault(host, []).append(
            {
                "backend": {"service": {"name": service, "port": number}},
                "path": "/" + path.removesuffix("*"),
                "pathType": sort,
            }
        )
    spec: Content = {}
    if call.given("class"):
        spec["ingressClassName"] = call.flag("class")
    if call.given("default-backend"):
        service, _, port = call.flag("default-backend").partition(":")
        spec["defaultBackend"] = {"service": {"name": service, "port": {"number": whole(port, "--default-backend")}}}
    elif not rules:
        raise CommandError("error: not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)")
    if rules:
        spec["rules"] = [
            {**({"host": host} if host else {}), "http": {"paths": paths}} for host, paths in rules.items()
        ]
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": name}, "spec": spec}


def _expose(world: "World", session: Session, call: Call) -> Content:
    if call.given("filename"):
        given = manifests(session, call)[0]
        resource, name = given.resource, given.name
    else:
        wanted = targets(call, names_needed=True)
        if not wanted:
            raise usage("required resource not specified", call.verb)
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
        raise CommandError(f"error: cannot expose a {resource.typed}")
    if not selector:
        raise CommandError("error: couldn't retrieve selectors via --selector flag or introspection: the object has no labels")
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
            f"port-{number}" if len(wanted_ports) > 1 else "", port,
            call.flag("target-port") or port, call.flag("protocol") or "TCP",
        )
        for number, port in enumerate(wanted_ports, 1)
    ]
    service: Content = {"ports": made, "selector": dict(selector)}
    if call.given("selector"):
        service["selector"] = dict(each.split("=", 1) for each in call.every("selector"))
    if call.given("type"):
        service["type"] = call.flag("type")
    if call.given("cluster-ip"):
        service["clusterIP"] = call.flag("cluster-ip")
    meta: Content = {"name": call.flag("name") or name}
    if obj.metadata.labels:
        meta["labels"] = dict(obj.metadata.labels)
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": service}


_MAKERS = {
    "create configmap": _configmap,
    "create deployment": _deployment,
    "create ingress": _ingress,
    "create namespace": _namespace,
    "create secret": _secret,
    "create service": _service,
    "expose": _expose,
    "run": _run,
}
