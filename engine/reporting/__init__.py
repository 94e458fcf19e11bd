"""Tables, words and files made of a fitted model."""
