"""Who is under way to whom, of all processes of an installation together, kept in Redis: one script, so at once.

While Redis does not answer, each process counts for itself; requests go all the same.
"""

from __future__ import annotations

import logging
import time

from redis.exceptions import RedisError

from cdsync.connectors.http.local_traffic import LOOK_AGAIN, WINDOW, LocalTraffic, share
from cdsync.connectors.http.pacing import Asking, Pace, Turn
from cdsync.installation import redis_address

PREFIX = "cdsync:pace"
LONGEST_WAIT = 0.5  # seconds for Redis; it is a moment's work, and somebody waits
AWAY_FOR = 10.0  # seconds without asking it again after it did not answer
log = logging.getLogger(__name__)

# KEYS: busy, begun, pages, paused.
# ARGV: ticket, places, requests in a window, page, write, then in ms: lease, look again, window.
# Answers {paused, milliseconds to wait}. Time is Redis' own: machines' clocks differ.
_ASK = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local paused = redis.call('PTTL', KEYS[4])
if paused > 0 then return {1, paused} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[8])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
local page, most, wait = ARGV[4] == '1', tonumber(ARGV[3]), 0
if ARGV[5] ~= '1' then
    local begun = redis.call('ZCARD', KEYS[2])
    if begun >= most then
        wait = redis.call('ZRANGE', KEYS[2], begun - most, begun - most, 'WITHSCORES')[2] + ARGV[8] - now
    elseif redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) or (not page and redis.call('ZCARD', KEYS[3]) > 0) then
        wait = tonumber(ARGV[7])
    end
end
if wait > 0 then
    if page then
        redis.call('ZADD', KEYS[3], now + 1000, ARGV[1])
        redis.call('PEXPIRE', KEYS[3], 2000)
    end
    return {0, wait}
end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[6], ARGV[1])
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('PEXPIRE', KEYS[2], ARGV[8])
return {0, 0}
"""


class SharedTraffic:
    """`pacing.Traffic` on the Redis of that address; sends nothing before it is asked.

    Raises ConfigError as `redis_address.client`.
    """

    def __init__(self, url: str, *, open_allowed: bool = False) -> None:
        self._redis = redis_address.client(
            url, open_allowed=open_allowed, socket_connect_timeout=LONGEST_WAIT, socket_timeout=LONGEST_WAIT
        )
        self._script = self._redis.register_script(_ASK)
        self._alone = LocalTraffic()
        self._away_until = 0.0

    def ask(self, pace: Pace, asking: Asking) -> Turn:
        if not self._is_away():
            numbers = [pace.at_once, share(pace, asking), int(asking.page), int(asking.write), int(asking.lease * 1000)]
            try:
                found = self._script(_keys(pace), [asking.ticket, *numbers, int(LOOK_AGAIN * 1000), int(WINDOW * 1000)])
                return Turn(int(found[1]) / 1000, paused=bool(found[0]))
            except (RedisError, OSError) as error:
                self._went_away(error)
        return self._alone.ask(pace, asking)

    def leave(self, pace: Pace, ticket: str) -> None:
        self._alone.leave(pace, ticket)
        if not self._is_away():
            try:
                self._redis.zrem(_keys(pace)[0], ticket)
            except (RedisError, OSError) as error:  # its lease frees the place
                self._went_away(error)

    def pause(self, pace: Pace, seconds: float) -> None:
        self._alone.pause(pace, seconds)
        if not self._is_away() and seconds > 0:
            key = _keys(pace)[3]
            try:
                if self._redis.pttl(key) < seconds * 1000:
                    self._redis.set(key, "1", px=int(seconds * 1000))
            except (RedisError, OSError) as error:
                self._went_away(error)

    def _is_away(self) -> bool:
        return time.monotonic() < self._away_until

    def _went_away(self, error: Exception) -> None:
        log.info("requests are counted for this process alone: %s", type(error).__name__)
        self._away_until = time.monotonic() + AWAY_FOR


def _keys(pace: Pace) -> list[str]:
    return [f"{PREFIX}:{pace.key}:{name}" for name in ("busy", "begun", "pages", "paused")]
