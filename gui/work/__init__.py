"""What the session is made of: the work, its edits, and what follows from them."""
