"""What is in this file, and what is each column."""
