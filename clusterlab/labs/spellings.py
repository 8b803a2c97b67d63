r"""How the terms of the glossary are spelled inside sentences, so that the page can mark them there.

Each spelling is a pattern of JavaScript's, without a group that counts. The page finds the longest
first, at beginnings of words, and lets Korean particles follow. What has no spelling in a language
is explained at its own place only.
"""

# The catalogue keeps a bracket at its word with a joiner that nobody sees.
_LEASE = r"리스\u2060?\(Lease\)"
_QUORUM = r"정족수(?:\u2060?\(quorum\))?"
_REPLICASET = r"레플리카셋(?:\u2060?\(ReplicaSet\))?|ReplicaSet"
_TAINT = r"테인트(?:\u2060?\(taint\))?"
_TERM = r"임기(?:\u2060?\(term\))?"

SPELLINGS: dict[str, dict[str, str]] = {
    "api": {"en": r"API servers?|the API", "ko": r"API 서버"},
    "bare-pod": {"en": r"bare pods?", "ko": r"홀로 만들어진 파드|단독 파드"},
    "cluster-ip": {"en": r"ClusterIP|cluster IP", "ko": r"ClusterIP|클러스터 IP"},
    "committed": {"en": r"committed", "ko": r"커밋"},
    "controller": {"en": r"controllers?", "ko": r"컨트롤러"},
    "deployment": {"en": r"Deployments?", "ko": r"디플로이먼트"},
    "endpoint": {"en": r"endpoints?", "ko": r"엔드포인트"},
    "etcd": {"en": r"etcd", "ko": r"etcd"},
    "evicted": {"en": r"evicted|evictions?|evicts?", "ko": r"축출"},
    "heartbeat": {"en": r"heartbeats?", "ko": r"하트비트"},
    "kubelet": {"en": r"kubelets?", "ko": r"kubelet"},
    "lease": {"en": r"Leases?", "ko": _LEASE},
    "millicores": {"en": r"\d+m(?= (?:CPU|/))", "ko": r"\d+m(?= (?:CPU|/))"},
    "noexecute": {"en": r"NoExecute", "ko": r"NoExecute"},
    "notready": {"en": r"NotReady", "ko": r"NotReady"},
    "phase-gone": {"en": r"Terminating", "ko": r"Terminating"},
    "pod": {"en": r"pods?", "ko": r"파드"},
    "quorum": {"en": r"quorum", "ko": _QUORUM},
    "replicaset": {"en": r"ReplicaSets?", "ko": _REPLICASET},
    "role-leader": {"en": r"leaders?", "ko": r"리더"},
    "scheduler": {"en": r"schedulers?", "ko": r"스케줄러"},
    "selector": {"en": r"selectors?", "ko": r"셀렉터"},
    "service": {"en": r"Services?", "ko": r"서비스"},
    "taint": {"en": r"taints?", "ko": _TAINT},
    "term": {"en": r"term(?= \d)", "ko": _TERM},
    "toleration": {
        "en": r"tolerationSeconds|tolerations?|tolerates?|tolerated",
        "ko": r"tolerationSeconds|톨러레이션(?:\u2060?\(toleration\))?",
    },
    "zone": {"en": r"zones?", "ko": r"영역\u2060?\(zone\)"},
}
