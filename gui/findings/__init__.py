"""The Findings strip: what is to be known about data and model, with what to do."""
