"""News from accounts. Whoever keeps the record listens (`govtech.audit.listeners`).

Sent inside the change's transaction with `kind`, `target`, `by`, `at` and, where they apply, `old`, `new`, `fields`,
`reason`: the arguments of an audit event.
"""

from django.dispatch import Signal

recorded = Signal()
