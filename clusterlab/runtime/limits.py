"""Bounds of the runtime, each with its reason. Read as `limits.NAME`, so that a test can set one low."""

# --- what lies in Redis

LEASE_MS = 1_500
"""A host that does not renew for this long is presumed dead."""

TURN_CPU_S = 3.0
"""A turn of one lab takes a hundredth of this. Beyond it the lab has no end, and its host lets its
leases run out."""

RISING_CPU_S = 15.0
"""The same for a lab that rises from its journal: one of 5,000 nodes is born in two seconds, a long journal is played
again in five."""

WORK_S = 60.0
"""The same by the clock, for work that waits for something that never comes."""

FORGET_S = 3_600
"""What nobody asks for any more disappears from Redis after an hour."""

WANTED_MAX = 10_000
"""Labs that are looked for; those that were asked for longest ago make room."""

HOST_FORGOTTEN_S = 60
"""A host that has said nothing for this long is no host any more."""

RINGS_MAX = 4
"""Rings of one bell: a host that was rung looks at everything, however often it was."""

INBOX_MAX = 500
"""Letters a lab may have waiting; more are refused as too frequent."""

INBOX_BYTES_MAX = 4 * 1024 * 1024
"""What they may come to: Valkey takes no more writes for anybody when it is full, at 512 MB."""

CONNECT_S = 3
"""Longer than any network takes that a lab could be played over."""

PICTURE_TEXT_BYTES_MAX = 8_192
"""Larger pictures are compressed, once for all viewers."""

FRAME_BYTES_MAX = 900_000
"""Daphne sends no message above 1 MiB; what is larger is refused, or asked for as a snapshot."""

INCOMING_BYTES_MAX = 4 * 1024 * 1024
"""What the web server takes in at all: so much is refused with a reason, more closes the socket."""

# --- who hosts a lab

ACTIVE_S = 900
"""A lab that nobody asked for during this time is not taken over."""

FALLS_MAX = 2
FALLS_WITHIN_S = 60
"""A lab that took two hosts down within a minute is quarantined."""

SERVING_S = 60
"""What a host was working on when it fell is asked within seconds of that."""

RESTARTS_PER_HOUR = 6
"""A lab that stood still is told to go on so often: each time may cost a host its life."""

IDLE_S = 60.0
"""A lab that nobody looks at is let go after this long."""

# --- one turn of a host

TAKE_S = 0.2
"""What a look may spend on taking labs: those that are here already must go on meanwhile."""

LETTERS_PER_TURN_MAX = 100
"""Letters of one lab; its neighbours are served in the same turn."""

PACES_KNOWN = 32
"""Wishes about the pace that are known again: a page asks again after some seconds, under the same id."""

SLICE_EVENTS_MAX = 4_000
"""Events of one lab in one turn; a lab that needs more lags and says so."""

SLICE_MS = 50
"""Time of one lab in one turn: events differ in work by a thousand, and neighbours wait meanwhile."""

SLICE_STEP_EVENTS = 50
"""Events between two looks at the clock: at the worst of them a slice takes twice its time."""

QUERY_MS_PER_TURN = 50
"""Time for one lab's questions in one turn; the rest of them wait, and neighbours are served."""

REPLAY_S = 0.010
"""A checkpoint is due when replaying what came after the last one would take longer than this."""

STORE_S = 0.020
"""What a turn spends on storing labs; it stops behind the one that exceeds it, and the rest wait for the
next turn. A checkpoint is compressed for about that long, and whoever clicks meanwhile waits for it."""

LONGEST_STEP_S = 2.0
"""However long a host was busy, a lab never jumps more real seconds than this."""

SPEED_AUTO_MAX = 60.0
"""Auto hurries no faster: what happens on the way could not be seen any more."""

# --- what is kept

CHECKPOINTS_KEPT = 24
"""A lab's checkpoints in the database, spread over its whole life: at 40 KiB each a lab takes 1 MB, and
whoever looks back waits for the replay of about a seventh of its life at most."""

FORGOTTEN_AT_ONCE_MAX = 200
"""Labs deleted before the next are looked for; a database that serves labs must not be held up."""

# --- looking back

TRAIL_STEPS_KEPT = 60
TRAILS_KEPT = 8
"""At 40 KiB a checkpoint these are 20 MB in a worker."""

LOOK_EXPIRES_S = 15
"""Nobody waits longer for a picture of the past."""

LOOK_BUDGET_S = 1.0
"""Work on one lab's past before another lab's has its turn; it goes on where it stopped."""

LOOKERS_MAX = 500
"""Viewers of a lab who look back at the same time, each at one instant."""

LOOKS_WAITING_MAX = 200
"""Labs whose past waits for a worker: with the budget above, longer than anybody waits."""

LOOK_FORGOTTEN_S = 60
"""Work on a lab's past that was not heard of for this long died with its worker."""

# --- processes of one machine

HOSTS_MAX = 64
"""Hosts that one machine starts: each is a process with an interpreter of its own."""

BACKOFF_MAX_S = 10.0
"""A process that ends by itself again and again is started no more rarely than this."""

SOCKET_PATH_MAX = 100
"""sockaddr_un has room for about this many characters."""
