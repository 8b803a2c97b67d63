"""Files of YAML: what they say, where it stands, and what is too much to be read."""

import pytest

from simulation.kube.limits import MANIFEST_DOCUMENTS_MAX, MANIFEST_NODES_MAX
from simulation.kube.manifests import reading
from simulation.kube.manifests.reading import Problem, Unreadable, documents


def refused(text: str) -> Problem:
    """Return what is wrong with a file."""
    with pytest.raises(Unreadable) as found:
        documents("a.yaml", text)
    return found.value.problem


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12:30:45", "12:30:45"), ("1:2.5", "1:2.5"), ("2020-01-01", "2020-01-01"), ("yes", True),
        ("y", True), ("N", False), ("'y'", "y"), ("yn", "yn"),
        ("0x10", 16), ("1_000", 1000), ("9223372036854775807", 2**63 - 1),
        ("18446744073709551615", 2**64 - 1), ("18446744073709551616", 1.8446744073709552e19),
        ("9" * 308, 1e308), ("9" * 401, "9" * 401), ("0x" + "f" * 17, "0x" + "f" * 17), (".inf", ".inf"),
    ],
)  # fmt: skip
def test_scalars_are_read_as_go_yaml_reads_them(written: str, read: object):
    assert documents("a.yaml", f"a: {written}")[0].content == {"a": read}


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("yes", "true"),
        ("off", "false"),
        ("n", "false"),
        ("'yes'", "yes"),
        ("0x10", "16"),
        ("1.50", "1.5"),
        ("a", "a"),
    ],
)
def test_keys_become_texts_as_sigs_yaml_makes_them(written: str, key: str):
    document = documents("a.yaml", f"a: 1\ndata:\n  {written}: x\n")[0]

    assert document.content["data"] == {key: "x"}
    assert document.places[f"data.{key}"] == (3, 3)


def test_a_field_of_a_later_document_is_never_looked_for_in_the_first():
    second = documents("a.yaml", "a: 1\n---\nb: 2\n")[1]

    assert second.problem("kind", "missing").line == 3


def test_merge_keys_count_what_they_reach_even_if_it_is_empty():
    levels = [f"a{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 7)]
    builder = reading._Builder("a.yaml")
    text = "\n".join(["a0: &a0 {}", *levels])

    assert refused(text).text == "the document contains excessive aliasing"

    with pytest.raises(Unreadable):
        builder.document(next(iter(reading._composed("a.yaml", text))))
    assert builder.count == MANIFEST_NODES_MAX + 1


def test_documents_of_one_file_share_its_bound_of_values():
    bomb = f"a: &a [{'1,' * 100}]\nb: [{'*a,' * 100}]\n"

    assert refused("---\n".join([bomb] * 5)).text == "the document contains excessive aliasing"


def test_values_are_counted_while_the_text_is_read():
    problem = refused(f"a: [{'a,' * (MANIFEST_NODES_MAX * 2)}]")

    assert problem.text == f"yaml: the file holds more than {MANIFEST_NODES_MAX} values"
    assert problem.column < MANIFEST_NODES_MAX * 2 + 10


def test_a_list_that_is_too_long_is_never_taken_apart(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_taken_apart", lambda document: pytest.fail("it was"))
    items = "\n".join(["- {kind: x, a: 1}"] * (MANIFEST_DOCUMENTS_MAX + 1))

    assert "more than 500 objects" in refused(f"kind: List\nitems:\n{items}").text


def test_empty_documents_count():
    assert "more than 500 objects" in refused("---\n" * (MANIFEST_DOCUMENTS_MAX + 2)).text


def test_items_of_a_list_know_where_their_fields_stood():
    items = [f"- kind: x\n  metadata: {{name: a{n}}}\n  list: [1, 2]" for n in range(12)]
    found = documents("a.yaml", "kind: List\nitems:\n" + "\n".join(items))

    assert [each.places["metadata.name"][0] for each in found] == [4 + 3 * n for n in range(12)]
    assert found[10].places["list[1]"] == (35, 13)
    assert sum(len(each.places) for each in found) == 12 * 7
