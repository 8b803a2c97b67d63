"""Bounds of the web side, each with its reason. Read as `limits.NAME`: a test can set one low."""

MESSAGE_BYTES_MAX = 600_000
"""A pasted manifest and its envelope."""

ID_LENGTH_MAX = 64
"""The id that a browser gives a command; the journal has room for as much."""

MESSAGES_PER_SECOND = 20
MESSAGES_BURST = 60
"""Faster than any hand; a double click is two."""

WINDOW_FRAMES = 32
"""Frames a socket may owe an acknowledgement for: Daphne itself has no back-pressure. A page
acknowledges every tenth, so that a slow line still has two on the way."""

FRAMES_KEPT = 64
"""Deltas a hub keeps of each lab, to build merged ones and for those who come back."""

SILENCE_MAX_S = 30
"""A socket that owes an acknowledgement and says nothing for this long is closed."""

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
