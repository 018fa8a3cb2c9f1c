"""How anything is said: words, money, times, numbers, badges, cells. No page."""
