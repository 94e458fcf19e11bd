"""The Model pane: the model as a sentence that is edited by pointing at its words."""
