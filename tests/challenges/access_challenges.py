"""Who may open which address of challenges."""
