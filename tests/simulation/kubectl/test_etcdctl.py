"""etcdctl 3.6: its columns, its forms, and whom it asks."""

import json

import pytest

from simulation.kernel.units import SECOND
from simulation.lab import commands
from tests.simulation.kubectl.terminals import a_lab, typed


def cells(line: str) -> list[str]:
    return [each.strip() for each in line.strip("|").split("|")]


def test_a_status_has_the_columns_of_3_6():
    lines = typed(a_lab(), "etcdctl endpoint status -w table").stdout.splitlines()

    assert cells(lines[1])[:5] == ["ENDPOINT", "ID", "VERSION", "STORAGE VERSION", "DB SIZE"]
    assert cells(lines[1])[-3:] == ["ERRORS", "DOWNGRADE TARGET VERSION", "DOWNGRADE ENABLED"]
    assert [cells(line)[8] for line in lines[3:6]].count("true") == 1


@pytest.mark.parametrize("flag", ["-w table", "-w=table", "-wtable", "--write-out table"])
def test_a_member_list_is_a_table_where_one_is_asked_for(flag):
    lines = typed(a_lab(), f"etcdctl member list {flag}").stdout.splitlines()

    assert cells(lines[1]) == ["ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"]
    assert [cells(line)[2] for line in lines[3:6]] == ["cp-1", "cp-2", "cp-3"]


def test_json_names_the_same_members_and_leader():
    lab = a_lab()
    status = json.loads(typed(lab, "etcdctl endpoint status --cluster -w json").stdout)
    listed = json.loads(typed(lab, "etcdctl member list -w json").stdout)

    assert [each["Status"]["header"]["member_id"] for each in status] == [
        each["ID"] for each in listed["members"]
    ]
    assert {each["Status"]["leader"] for each in status} < {
        each["ID"] for each in listed["members"]
    }
    assert all(each["Status"]["header"]["revision"] == lab.world.store.version for each in status)


def test_only_the_endpoints_that_are_named_are_asked():
    lab = a_lab()
    lab.submit(commands.parse({"do": "power-off", "node": "cp-2"}), "off", "tester")
    lab.advance(lab.now + SECOND)

    good = typed(lab, "etcdctl --cacert /etc/ca.crt --endpoints=10.0.0.11:2379 endpoint health")
    bad = typed(
        lab, "etcdctl --endpoints https://10.0.0.12:2379,10.0.0.13:2379 endpoint health -w json"
    )

    assert good.stdout.startswith("10.0.0.11:2379 is healthy") and good.status == 0
    assert [each["health"] for each in json.loads(bad.stdout)] == [False, True]
    assert bad.stderr == "Error: unhealthy cluster\n"


def test_an_unknown_flag_is_said():
    assert (
        typed(a_lab(), "etcdctl endpoint health --nope").stderr == "Error: unknown flag: --nope\n"
    )
