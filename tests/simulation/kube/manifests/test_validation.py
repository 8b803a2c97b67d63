"""What the API server refuses, word for word."""

import pytest
import yaml

from simulation.kube.manifests.reading import documents
from simulation.kube.manifests.validation import invalid, strict
from simulation.kube.manifests.workload_checks import schedule_trouble

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx
"""
TEMPLATE = "spec.template.spec.containers[0]"
NAME_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


def texts(manifest: str) -> list[str]:
    content = yaml.safe_load(manifest)
    return [text for _, text in invalid(content["kind"], content)]


def test_a_right_manifest_passes() -> None:
    assert texts(DEPLOYMENT) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "name: web\nspec",
            "name: Web_1\nspec",
            f'metadata.name: Invalid value: "Web_1": {NAME_TEXT}',
        ),
        (
            "name: web\nspec",
            "{}\nspec".replace("{}", "labels: {a: b}"),
            "metadata.name: Required value: name or generateName is required",
        ),
        ("  selector: {matchLabels: {app: web}}\n", "", "spec.selector: Required value"),
        (
            "matchLabels: {app: web}",
            "",
            "spec.selector: Invalid value: {}: empty selector is invalid for deployment",
        ),
        (
            "labels: {app: web}",
            "labels: {app: api}",
            'spec.template.metadata.labels: Invalid value: {"app":"api"}: `selector` does not match '
            "template `labels`",
        ),
        ("image: nginx", "image: ''", f"{TEMPLATE}.image: Required value"),
        (
            "image: nginx",
            "image: nginx\n        imagePullPolicy: Sometimes",
            f'{TEMPLATE}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", '
            '"IfNotPresent", "Never"',
        ),
        (
            "image: nginx",
            "image: nginx\n      - name: web\n        image: b",
            'spec.template.spec.containers[1].name: Duplicate value: "web"',
        ),
        (
            "- name: web",
            "- name: a.b",
            f'{TEMPLATE}.name: Invalid value: "a.b": must not contain dots',
        ),
        (
            "image: nginx",
            "image: nginx\n        ports: [{containerPort: 70000}]",
            f"{TEMPLATE}.ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, "
            "inclusive",
        ),
        (
            "image: nginx",
            "image: nginx\n        ports: [{name: a, containerPort: 1}, {name: a, containerPort: 2}]",
            f'{TEMPLATE}.ports[1].name: Duplicate value: "a"',
        ),
        (
            "image: nginx",
            "image: nginx\n        ports: [{name: a-name-too-long-x, containerPort: 1}]",
            f'{TEMPLATE}.ports[0].name: Invalid value: "a-name-too-long-x": must be no more than 15 bytes',
        ),
        (
            "image: nginx",
            "image: nginx\n        resources: {requests: {cpu: -1}}",
            f'{TEMPLATE}.resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        ),
        (
            "image: nginx",
            "image: nginx\n        resources: {requests: {cpu: 2}, limits: {cpu: 1}}",
            f'{TEMPLATE}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit '
            "of 1",
        ),
        (
            "image: nginx",
            "image: nginx\n        volumeMounts: [{name: data, mountPath: /a}]",
            f'{TEMPLATE}.volumeMounts[0].name: Not found: "data"',
        ),
        (
            "image: nginx",
            "image: nginx\n        livenessProbe: {}",
            f"{TEMPLATE}.livenessProbe: Required value: must specify a handler type",
        ),
        (
            "image: nginx",
            "image: nginx\n        livenessProbe: {tcpSocket: {port: 1}, successThreshold: 2}",
            f"{TEMPLATE}.livenessProbe.successThreshold: Invalid value: 2: must be 1",
        ),
        (
            "      containers:",
            "      restartPolicy: Never\n      containers:",
            'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        ),
        (
            "  template:",
            "  replicas: -1\n  template:",
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "  template:",
            "  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}\n  template:",
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` "
            "is 0",
        ),
        (
            "  template:",
            "  strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}\n  template:",
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is "
            "'Recreate'",
        ),
        (
            "  template:",
            "  progressDeadlineSeconds: 10\n  minReadySeconds: 20\n  template:",
            "spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds",
        ),
        (
            "      containers:",
            "      tolerations: [{key: a, tolerationSeconds: 5}]\n      containers:",
            "spec.template.spec.tolerations[0].effect: Invalid value: \"\": effect must be 'NoExecute' "
            "when `tolerationSeconds` is set",
        ),
    ],
)
def test_a_deployment_is_refused_in_the_api_server_s_words(
    before: str, after: str, expected: str
) -> None:
    assert before in DEPLOYMENT

    assert expected in texts(DEPLOYMENT.replace(before, after, 1))


def test_a_missing_selector_matches_nothing() -> None:
    found = texts(DEPLOYMENT.replace("  selector: {matchLabels: {app: web}}\n", ""))

    assert found == [
        "spec.selector: Required value",
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match '
        "template `labels`",
    ]


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (
            "Service",
            "spec: {ports: [{port: 80, nodePort: 30100}]}",
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        ),
        (
            "Service",
            "spec: {type: NodePort, ports: [{port: 80, nodePort: 80}]}",
            "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The "
            "range of valid ports is 30000-32767",
        ),
        (
            "Service",
            "spec: {ports: [{port: 80}, {port: 81}]}",
            "spec.ports[1].name: Required value",
        ),
        (
            "Service",
            "spec: {ports: [{name: a, port: 80}, {name: b, port: 80}]}",
            'spec.ports[1]: Duplicate value: {"port":80,"protocol":"TCP"}',
        ),
        ("Service", "spec: {}", "spec.ports: Required value"),
        (
            "Job",
            "spec: {template: {spec: {containers: [{name: a, image: b}]}}}",
            'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
        ),
        (
            "CronJob",
            "spec: {schedule: 'a b'}",
            'spec.schedule: Invalid value: "a b": expected exactly 5 fields, found 2: [a b]',
        ),
        (
            "HorizontalPodAutoscaler",
            "spec: {minReplicas: 5, maxReplicas: 2}",
            "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`",
        ),
        (
            "PersistentVolumeClaim",
            "spec: {}",
            "spec.accessModes: Required value: at least 1 access mode is required",
        ),
        (
            "PodDisruptionBudget",
            "spec: {minAvailable: 1, maxUnavailable: 1}",
            'spec: Invalid value: {"maxUnavailable":1,"minAvailable":1}: minAvailable and '
            "maxUnavailable cannot be both set",
        ),
        (
            "Ingress",
            "spec: {rules: [{http: {paths: [{path: /, backend: {}}]}}]}",
            "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified",
        ),
        (
            "ConfigMap",
            "data: {'a b': c}",
            'data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric '
            "characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used "
            "for validation is '[-._a-zA-Z0-9]+')",
        ),
        (
            "PriorityClass",
            "value: 2000000000",
            "value: Forbidden: maximum allowed value of a user defined priority is 1000000000",
        ),
    ],
)
def test_each_kind_is_refused_in_the_api_server_s_words(
    kind: str, body: str, expected: str
) -> None:
    assert expected in texts(f"kind: {kind}\nmetadata: {{name: x}}\n{body}\n")


@pytest.mark.parametrize(
    ("schedule", "trouble"),
    [
        ("*/5 0-6,12 1 jan-mar mon", ""),
        ("@daily", ""),
        ("@every 1h30m", ""),
        ("@never", "unrecognized descriptor: @never"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("TZ=UTC * * * * *", "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"),
    ],
)
def test_schedules_are_read_as_cron_reads_them(schedule: str, trouble: str) -> None:
    assert schedule_trouble(schedule) == trouble


def test_an_unknown_field_is_named_with_its_path_and_its_line() -> None:
    text = DEPLOYMENT.replace("image: nginx", "image: nginx\n        imagePullPolicie: Never")
    document = documents("web.yaml", text)[0]

    ((path, words),) = strict("Deployment", document.content)

    assert words == f'unknown field "{TEMPLATE}.imagePullPolicie"'
    assert document.problem(path, words).line == 14


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (
            "Deployment",
            "spec: {replicas: '3'}",
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type "
            "int32",
        ),
        (
            "Pod",
            "spec: {terminationGracePeriodSeconds: x}",
            "json: cannot unmarshal string into Go struct field "
            "PodSpec.spec.terminationGracePeriodSeconds of type int64",
        ),
        (
            "ConfigMap",
            "data: {a: 1}",
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
        ),
        ("Secret", "data: {a: 'no!'}", "illegal base64 data at input byte 2"),
    ],
)
def test_a_wrong_type_is_refused_as_go_refuses_it(kind: str, body: str, expected: str) -> None:
    content = yaml.safe_load(f"kind: {kind}\nmetadata: {{name: x}}\n{body}\n")

    assert [text for _, text in strict(kind, content)] == [expected]


@pytest.mark.parametrize(
    "field",
    [
        "hostAliases: [{ip: 1.2.3.4}]",
        "dnsConfig: {nameservers: [1.1.1.1]}",
        "runtimeClassName: a",
        "shareProcessNamespace: true",
        "securityContext: {fsGroup: 1}",
        "hostPID: true",
        "ephemeralContainers: []",
        "os: {name: linux}",
        "setHostnameAsFQDN: true",
    ],
)
def test_a_field_that_exists_and_is_not_simulated_is_kept(field: str) -> None:
    content = yaml.safe_load(f"kind: Pod\nmetadata: {{name: x}}\nspec:\n  {field}\n")

    assert strict("Pod", content) == []
