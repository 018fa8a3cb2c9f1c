"""The marketplace's list: from when on it is read, and how its pages are kept."""
