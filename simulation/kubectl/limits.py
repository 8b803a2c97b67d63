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

PATTERN_CHARACTERS_MAX = 200
"""A pattern of grep that a person types."""

PATTERN_DEPTH_MAX = 20
"""Brackets within brackets in a pattern: what reads it calls itself at each."""

PATTERN_STATES_MAX = 2_000
"""Places of a pattern, repetitions such as {2,50} written out."""

PATTERN_STEPS_MAX = 2_000_000
"""Signs that grep looks at and ways that it follows in one go: five times the longest answer."""

TEMPLATE_CHARACTERS_MAX = 4_000
"""A JSONPath template or a list of custom columns that a person types."""

COLUMNS_MAX = 50
"""Custom columns of one table."""

WALK_STEPS_MAX = 200_000
"""Values that one template may pass: a thousand pods have 150,000, and ranges multiply."""

RENDER_CHARACTERS_MAX = 400_000
"""What a template may print, as OUTPUT_CHARACTERS_MAX."""
