"""Bounds of the web side, each with its reason. Read as `limits.NAME`: a test can set one low."""

MESSAGE_BYTES_MAX = 600_000
"""A pasted manifest and its envelope."""

QUESTION_BYTES_MAX = 16 * 1024
"""A question is a line that a person types, and so is a command that carries no manifest."""

BODY_BYTES_MAX = 64 * 1024
"""The forms of the site hold a token and a language; Django would spool anything to the disk."""

ID_LENGTH_MAX = 64
"""The id that a browser gives a command; the journal has room for as much."""

MESSAGES_PER_SECOND = 20
MESSAGES_BURST = 60
"""Faster than any hand; a double click is two, and a page acknowledges twice a second."""

REFUSALS_IN_A_ROW_MAX = 5_000
"""A page that went wrong notices earlier; whoever goes on after so many only costs. Those that come too
fast for an answer are not even read."""

WINDOW_FRAMES = 32
"""Frames a socket may owe an acknowledgement for: Daphne itself has no back-pressure. A page
acknowledges every tenth, so that a slow line still has two on the way."""

WINDOW_BYTES_MAX = 4 * 1024 * 1024
"""Bytes a socket may owe an acknowledgement for, answers too: they lie in Daphne's memory until it
reads. Ten of the largest messages would be 9 MB, and a hundred sockets that read nothing 900 MB."""

FRAMES_KEPT = 64
"""Deltas a hub keeps of each lab, to build merged ones and for those who come back."""

SILENCE_MAX_S = 30
"""A socket that owes an acknowledgement for this long is closed, whatever else it says."""

HEARTBEAT_S = 2.0
"""A socket that was told nothing for this long is told the last number."""

LINGER_S = 30.0
"""How long a hub listens on for those who come back."""

QUIET_S = 10.0
"""After this long without a frame a hub asks whether it missed the last one."""

WATCH_S = 15
"""How long a lab counts as watched after its viewers last said so."""

LABS_PER_HOUR = 60
"""Labs one address may open an hour: a class behind one router is thirty."""

BEAT_MAX_S = 5.0
"""A host that has not said for this long that it is alive counts as dead; it does so twice a second."""
