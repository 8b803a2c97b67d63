"""What an endpoint says of its pod."""

from simulation.kube.controllers.endpointslice import endpoint
from simulation.kube.objects.pod import Pod, PodIP, PodStatus
from simulation.kube.objects.service import Service


def test_an_endpoint_has_all_addresses_of_the_family_of_the_pods_first_one() -> None:
    ips = tuple(map(PodIP, ("10.0.0.1", "fd00::1", "10.0.0.2")))

    made = endpoint(Service(), Pod(status=PodStatus(pod_ip="10.0.0.1", pod_ips=ips)))

    assert made.addresses == ("10.0.0.1", "10.0.0.2")
