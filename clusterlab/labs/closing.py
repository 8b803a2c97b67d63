"""Why a socket is closed: the codes that a page is told, from the band that is left to applications."""

NOT_HERE = 4404
"""No such lab, or not by this link. The page gives up; after any other code it comes back."""
TOO_SILENT = 4408
"""What it was told was not acknowledged for too long."""
MOVED = 4410
"""The lab went on under another address, which was said before."""
TOO_MANY_REFUSALS = 4429
"""Nothing that came from it for a long time could be taken."""
CANNOT_BE_TOLD = 4500
"""A bug of ours kept a message from it."""
