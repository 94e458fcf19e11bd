"""Result tables on the screen: a model, a view, a block with heading and tools."""
