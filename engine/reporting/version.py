"""The name and version that every report carries."""

SOFTWARE = "Tarn"
VERSION = "0.1.0"
