"""Bounds of a lab, each with its reason."""

LOAD_MAX_RPS = 1_000_000
"""More requests a second than any machine of the lab could answer."""

ARGV_WORDS_MAX = 200
"""A shell line that a person types or pastes."""

COMMAND_CHARACTERS_MAX = 8_000
"""All words of a command together; what is longer belongs into a file."""

FILES_BYTES_MAX = 512 * 1024
"""Manifests that a person pastes; the API server itself takes 3 MB, etcd 1.5 MB an object."""

STORY_MAX = 200
"""Lines of the story that a page holds."""

HISTORY_SAMPLES_MAX = 1_000
"""Changes of rates and replicas that charts can draw: a chart is a few hundred pixels wide, and a
fault makes about fifty. Beyond it older ones get sparser."""

HISTORY_MARKS_MAX = 400
"""Notable moments that a viewer can step back to; a fault of a worker makes about twenty."""

WHY_STEPS_MAX = 40
"""A chain of causes longer than this explains nothing."""

NUMBER_DIGITS_MAX = 9
"""A percentage, a delay or a rate that a person types."""
