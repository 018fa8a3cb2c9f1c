"""Schedules, the processes that keep them, and crontab lines."""
