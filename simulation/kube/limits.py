"""Bounds of the cluster, each with its reason."""

LEDGER_ENTRIES_MAX = 1_500
"""What "why?" can look back on; a default lab writes about 40 entries a minute."""

CAUSES_MAX = 4
"""First the trigger, then conditions: a reader follows no more than that."""

CHANGES_KEPT_MAX = 20_000
"""The ring that serves watches; an older version is answered with 410 Gone."""

TOMBSTONES_MAX = 2_000
"""Deleted names that can still say since when they are gone."""

EVENTS_KEPT_MAX = 1_000
"""Kubernetes Event objects; the real ones expire after an hour."""

REVISION_HISTORY_CHARS_MAX = 2_000
"""The list of the revisions a ReplicaSet had before: maxRevHistoryLengthInChars of upstream."""

LOG_LINES_MAX = 1_000
"""Lines of a container's log that can be read; a kubelet turns the file over at 10 MiB."""

VISITS_PER_TURN_MAX = 500
"""Keys a controller visits at one instant: a burst must not starve the others."""

MACHINES_REMEMBERED_MAX = 100
"""Machines that were taken away and can still say since when: every worker of a lab eight times over."""

REQUESTS_PENDING_MAX = 5_000
"""Requests that wait for an answer; more are refused as the real API server does (429)."""

PODS_PER_NAMESPACE_MAX = 200
"""The quota of a namespace; a scenario may raise it."""

PODS_MAX = 1_000
"""The quota of a lab without a larger one in its scenario: what the plain picture can show."""

OBJECTS_MAX = 10_000
"""Objects of all kinds in a small lab; etcd says when it is full."""

WORKERS_MAX = 12
"""What the diagram can show; a scenario for large clusters raises it."""

LATE_WRITES_MAX = 500
"""Writes whose clients gave up and whose fate is open; without a quorum it may stay so for long."""

BATCHES_KEPT_MAX = 200
"""Contents of log entries that can still be opened or applied by a member that lags."""

MANIFEST_BYTES_MAX = 512 * 1024
"""A file of manifests; the API server itself takes 3 MB, etcd 1.5 MB an object."""

MANIFEST_NODES_MAX = 50_000
"""Values in one file, read or reached again: aliases of YAML can make billions of a few lines."""

MANIFEST_DEPTH_MAX = 60
"""Levels of nesting; the deepest field of the API lies at about fifteen."""

MANIFEST_DOCUMENTS_MAX = 500
"""Objects in one file, empty documents counted too."""

NUMBER_CHARACTERS_MAX = 400
"""Digits of one number; the largest float has 309, and reading more takes the square of the time."""

SECONDS_MAX = 100 * 365 * 24 * 3_600
"""A grace period or a toleration that the API takes as 64 bits; no lab lives for a hundred years, and
milliseconds have to fit into 64 bits too."""

ANNOTATIONS_BYTES_MAX = 256 * 1024
"""All annotations of an object together (TotalAnnotationSizeLimitB)."""

OBJECT_BYTES_MAX = 1_536 * 1024
"""etcd's --max-request-bytes: patches can make an object grow that no file could hold."""

SERVICES_MAX = 500
"""Every pod that comes or goes is looked up in the selectors of all Services of its namespace."""

INGRESSES_MAX = 200
"""Every request of the users outside is looked up in the rules of all Ingresses."""

BUDGETS_MAX = 200
"""Disruption budgets: every change of a pod is looked up in their selectors."""

DAEMON_SETS_MAX = 50
"""Their pods do not count against the quota of pods, for there are as many as nodes."""

CONFIGS_MAX = 1_000
"""ConfigMaps, and as many Secrets: nothing looks at them, but they are large."""

QUANTITY_MAX = 2**63 - 1
"""resource.Quantity holds 64 bits: what is written larger is capped there, not refused."""
