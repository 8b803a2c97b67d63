"""What a request meets on its way."""

from simulation.kernel.units import SECOND
from tests.simulation.kubectl.terminals import a_lab, typed


def test_a_service_that_leads_to_a_port_where_nobody_listens_is_a_bad_gateway() -> None:
    lab = a_lab()
    patch = '{"spec":{"ports":[{"port":80,"targetPort":9999}]}}'

    typed(lab, f"kubectl patch svc cart -p '{patch}'")
    lab.advance(lab.now + 12 * SECOND)
    came = typed(lab, "request http://shop.local/cart").stdout

    assert came.startswith("502")
    assert came.count("connection refused") == 3
