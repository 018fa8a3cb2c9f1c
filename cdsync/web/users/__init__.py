"""The people who sign in, for merchants."""
