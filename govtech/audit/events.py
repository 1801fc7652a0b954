"""What the audit tells the rest of the portal."""

from django.dispatch import Signal

# Sent in the transaction that wrote the event, once for each: `event`, an `AuditEvent`. Receivers come from above.
recorded = Signal()
