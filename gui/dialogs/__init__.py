"""Small windows over the window: questions, choices, and what Tarn says of itself."""
