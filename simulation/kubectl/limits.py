"""Bounds of the command line, each with its reason."""

SESSIONS_MAX = 50
"""Commands that wait for something at the same time."""

SESSIONS_KEPT_MAX = 100
"""Sessions that can still be read, finished ones included."""

OUTPUT_LINES_MAX = 2_000
"""What a session keeps for those who look later; the oldest lines go first."""

OUTPUT_BYTES_MAX = 400_000
"""What one answer may take in a message, as JSON: `get pods -A -o yaml` of a large lab would not fit
the megabyte of a frame."""

SESSION_BYTES_MAX = 256 * 1024
"""What the lines of one session may take in a message; a hundred sessions are kept."""

LINE_BYTES_MAX = 64 * 1024
"""One line of it: `-o jsonpath` prints all in one."""

STORY_COMMAND_MAX = 200
"""Characters of a command that the story tells."""

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
"""What a template may print, as OUTPUT_BYTES_MAX."""
