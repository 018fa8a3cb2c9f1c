"""What is around every page: who may see it, for which account, its frame, its errors, the door to the outside."""
