"""The words of the page in the reader's language: one dictionary for the browser, one for its tooltips.

The strings of the JavaScript and the templates of reasons are marked in one catalogue; what has no
translation is shown in English, and `tools/words.py` fails when that happens.
"""

import json
from typing import Any

from django.utils.translation import get_language, gettext

from clusterlab.labs.glossary import TERMS
from clusterlab.labs.page_words import PAGE_WORDS
from clusterlab.labs.spellings import SPELLINGS
from simulation.kube.reasons import REASONS


def words() -> dict[str, str]:
    """Return English text or reason key to the text in the active language.

    An English text that says the same in that language is left out: the page shows its keys then.
    """
    found = {text: said for text in PAGE_WORDS if (said := gettext(text)) != text}
    found.update({key: gettext(template) for key, template in REASONS.items()})
    return found


def terms() -> dict[str, tuple[str, str, str]]:
    """Return each term of the screen to its title, its two sentences, and how sentences spell it."""
    language = get_language()
    return {
        term: (gettext(title), gettext(text), SPELLINGS.get(term, {}).get(language, ""))
        for term, (title, text) in TERMS.items()
    }


class AsWritten(json.JSONEncoder):
    """JSON that keeps Korean letters as they are: escaped, each takes six bytes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})
