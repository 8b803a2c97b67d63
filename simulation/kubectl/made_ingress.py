"""The Ingress that `create ingress` writes from its rules."""

from simulation.kubectl.errors import CommandError
from simulation.kubectl.made import Content, headed, number_or_name, only_name, pairs
from simulation.kubectl.parse import Call


def ingress(call: Call) -> Content:
    """Return the Ingress of `create ingress`."""
    name = only_name(call)
    rules: dict[str, list[Content]] = {}
    tls: dict[str, list[str]] = {}
    for rule in call.values("rule"):
        target, comma, secure = rule.partition(",")
        place, equals, backend = target.partition("=")
        host, slash, path = place.partition("/")
        service, colon, port = backend.partition(":")
        if not equals or not colon or not slash:
            raise CommandError(
                f"error: rule {rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
            )
        if comma:
            _secure(tls, rule, host, secure)
        sort = "Prefix" if path.endswith("*") else "Exact"
        number = number_or_name(port)
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
        service, colon, port = call.flag("default-backend").partition(":")
        if not colon or not service or not port:
            raise CommandError("error: default-backend should be in format servicename:serviceport")
        spec["defaultBackend"] = {"service": {"name": service, "port": number_or_name(port)}}
    elif not rules:
        raise CommandError(
            "error: not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)"
        )
    if rules:
        spec["rules"] = [
            {**({"host": host} if host else {}), "http": {"paths": paths}}
            for host, paths in rules.items()
        ]
    if tls:
        spec["tls"] = [
            {"hosts": hosts, **({"secretName": secret} if secret else {})}
            for secret, hosts in tls.items()
        ]
    content = headed("networking.k8s.io/v1", "Ingress", name, spec=spec)
    if call.given("annotation"):
        content["metadata"]["annotations"] = pairs(call, "annotation")
    return content


def _secure(tls: dict[str, list[str]], rule: str, host: str, secure: str) -> None:
    """Note that a rule's host is served over TLS; its first secret is the one that counts."""
    word, _, secret = secure.partition("=")
    if word != "tls":
        raise CommandError(
            f"error: rule {rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
        )
    if not any(host in hosts for hosts in tls.values()):
        tls.setdefault(secret, []).append(host)
