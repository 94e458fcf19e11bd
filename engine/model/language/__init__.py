"""The language of formulas: a small grammar of our own; nothing is evaluated here."""
