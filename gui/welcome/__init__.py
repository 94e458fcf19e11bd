"""What a person sees before data are open: a way in, and four examples."""
