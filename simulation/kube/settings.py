"""The periods and limits that a scenario may change, with the real ones as defaults.

The defaults are those of kube-controller-manager, kubelet, kube-scheduler and etcd v1.36, under the
names of their flags.
"""

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Duration


class Settings(Record, forbid_unknown_fields=True):
    """Periods, rates and limits; a scenario that names another is refused."""

    node_monitor_period: Duration = 5 * SECOND
    node_monitor_grace: Duration = 50 * SECOND
    node_startup_grace: Duration = 60 * SECOND
    lease_renew_interval: Duration = 10 * SECOND
    toleration_seconds: int = 300
    """DefaultTolerationSeconds admission: not-ready and unreachable."""
    node_eviction_interval: Duration = 10 * SECOND
    """--node-eviction-rate 0.1 nodes a second, as the time between two nodes of a zone."""
    secondary_node_eviction_interval: Duration = 100 * SECOND
    large_cluster_size_threshold: int = 50
    unhealthy_zone_percent: int = 55
    leader_lease_duration: Duration = 15 * SECOND
    leader_renew_deadline: Duration = 10 * SECOND
    leader_retry_period: Duration = 2 * SECOND
    raft_tick: Duration = 100
    etcd_request_timeout: Duration = 7 * SECOND
    api_batch_window: Duration = 3
    """Writes that reach an API server within this time share a log entry."""
    watch_latency: Duration = 5
    """From an API server's apply to the readers that watch it."""
    controller_latency: Duration = 20
    """From a change in the informer to the visit of its key."""
    controller_qps: int = 20
    controller_burst: int = 30
    scheduler_qps: int = 50
    scheduler_burst: int = 100
    scheduler_cycle: Duration = 8
    kubelet_latency: Duration = 30
    boot_duration: Duration = 20 * SECOND
    pod_gc_period: Duration = 20 * SECOND
    terminated_pods_max: int = 12_500
    """--terminated-pod-gc-threshold: pods that have ended and are kept, in the whole cluster."""
    image_bandwidth: int = 25 * 1024 * 1024
    """Bytes a second from the registry to a machine."""
    max_pods_per_node: int = 110
    shutdown_grace: Duration = 0
    """shutdownGracePeriod of the kubelets; 0, the default, leaves graceful shutdown off."""
    shutdown_grace_critical: Duration = 0
    """shutdownGracePeriodCriticalPods: the part of it that is kept for critical pods."""

    def shortened(self) -> bool:
        """Tell whether a period that learners watch differs from the real one."""
        real = Settings()
        return (self.node_monitor_grace, self.toleration_seconds) != (
            real.node_monitor_grace,
            real.toleration_seconds,
        )
