"""Bounds of the command line, each with its reason."""

SESSIONS_MAX = 50
"""Commands that wait for something at the same time."""

SESSIONS_KEPT_MAX = 100
"""Sessions that can still be read, finished ones included."""

OUTPUT_LINES_MAX = 2_000
"""What a session keeps for those who look later; the oldest lines go first."""

OUTPUT_CHARACTERS_MAX = 400_000
"""What one answer may hold: `get pods -A -o yaml` of a large lab would not fit a message."""

LINE_CHARACTERS_MAX = 8_000
"""A shell line that a person types or pastes."""

ARGV_WORDS_MAX = 200
"""Words of such a line."""

PIPES_MAX = 8
"""Filters behind one command."""
