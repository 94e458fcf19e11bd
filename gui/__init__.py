"""The rooms a person sees: PySide6 and pyqtgraph, no arithmetic on data."""
