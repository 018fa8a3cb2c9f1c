"""How runs begin, keep their lease, are taken up again, and find out whether a side works again."""
