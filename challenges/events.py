"""News of challenges, for the apps above. Sent with `send`: a listener that fails undoes the change.

Each carries `challenge`, `by`, `at` and `reason` (text, may be empty).
"""

from django.dispatch import Signal

challenge_published = Signal()
challenge_cancelled = Signal()
deadline_extended = Signal()
