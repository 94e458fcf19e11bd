"""The data panel: rows, headings, what is used and what is not."""
