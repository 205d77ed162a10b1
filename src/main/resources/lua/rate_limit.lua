-- Admits a call if fewer than `limit` were admitted in the window that ends now: a sliding window, exact to the
-- microsecond. A refused call leaves no trace.
-- KEYS  1 sorted set of the admitted calls
-- ARGV  1 limit, at least 1  2 window, ms
-- Reply 0 when admitted, else the time in ms until the next call can be
local admittedKey = KEYS[1]
local limit, window = tonumber(ARGV[1]), ARGV[2]
--- @include step/clock

local windowMicros = window * 1000
local nowMicrosText = string.format('%.0f', nowMicros)
redis.call('ZREMRANGEBYSCORE', admittedKey, '-inf', string.format('%.0f', nowMicros - windowMicros))
-- a failover can move the clock back: calls of a time to come must not block the caller until then
redis.call('ZREMRANGEBYSCORE', admittedKey, '(' .. nowMicrosText, '+inf')
local admitted = redis.call('ZCARD', admittedKey)
if admitted >= limit then
  -- the call that has to leave the window first; more than `limit` are there only after the limit was lowered
  local blocking = redis.call('ZRANGE', admittedKey, admitted - limit, admitted - limit, 'WITHSCORES')
  return math.max(1, math.ceil((tonumber(blocking[2]) + windowMicros - nowMicros) / 1000))
end
-- the number keeps members distinct when two calls fall into one microsecond
redis.call('ZADD', admittedKey, nowMicrosText, nowMicrosText .. ':' .. admitted)
redis.call('PEXPIRE', admittedKey, window)
return 0
