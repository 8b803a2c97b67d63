"""The words of the page in the reader's language: one dictionary for the browser.

The strings of the JavaScript and the templates of reasons are marked in one catalogue; what has no
translation is shown in English, and `tools/words.py` fails when that happens.
"""

from django.utils.translation import gettext

from clusterlab.labs.page_words import PAGE_WORDS
from simulation.kube.reasons import REASONS


def words() -> dict[str, str]:
    """Return English text or reason key to the text in the active language."""
    found = {text: gettext(text) for text in PAGE_WORDS}
    found.update({key: gettext(template) for key, template in REASONS.items()})
    return found
