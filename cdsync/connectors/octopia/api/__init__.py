"""Octopia's interface: tokens, requests, answers. Knows no order's meaning."""
