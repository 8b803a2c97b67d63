"""Every term that the page marks is explained, in both languages."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

from clusterlab.labs.glossary import TERMS
from clusterlab.labs.spellings import SPELLINGS
from clusterlab.labs.words import terms

ROOT = Path(__file__).resolve().parents[2]
MARKED = re.compile(r"""data-term["']?\s*[:=,]\s*["']([a-z-]+)["']|\bterm: "([a-z-]+)\"""")


def marked() -> set[str]:
    sources = [*(ROOT / "static" / "js").rglob("*.js"), *(ROOT / "templates").rglob("*.html")]
    found = (MARKED.findall(path.read_text(encoding="utf-8")) for path in sources)
    return {one or other for pairs in found for one, other in pairs}


def test_every_marked_term_is_explained() -> None:
    assert len(marked()) > 20
    assert marked() - TERMS.keys() == set()


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_explained_in_at_least_two_sentences(term: str) -> None:
    for language in ("en", "ko"):
        with override(language):
            _, text, _ = terms()[term]
        assert len(re.findall(r"[.?!](?= |$)", text)) >= 2


def test_the_page_gets_the_terms_in_its_own_language() -> None:
    english, korean = (
        Client().get(f"/glossary/{language}.json").json() for language in ("en", "ko")
    )
    assert english.keys() == korean.keys() == TERMS.keys()
    assert english["quorum"][0] == "Quorum"
    assert all(re.search("[가-힣]", text) for _, text, _ in korean.values())


def test_a_language_that_is_not_spoken_here_has_no_terms() -> None:
    assert Client().get("/glossary/fr.json").status_code == 404


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_sentences_spell_is_found_and_has_no_group_that_counts(language: str) -> None:
    with override(language):
        spelled = {term: spelling for term, (_, _, spelling) in terms().items() if spelling}
    assert spelled.keys() == SPELLINGS.keys() <= TERMS.keys()
    assert all(re.compile(each).groups == 0 for each in spelled.values())
    sentence = {"en": "evicted by a controller", "ko": "컨트롤러가 축출"}[language]
    for term in ("evicted", "controller"):
        assert re.search(spelled[term], sentence)
