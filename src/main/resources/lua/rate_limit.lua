-- Admits a call if fewer than `limit` were admitted in the window that ends now: a sliding window, exact to the
-- microsecond. A refused call leaves no trace.
-- KEYS  1 prefix of every key
-- ARGV  for each call: key of the sorted set of admitted calls, limit (at least 1), window in ms
-- Reply for each call 0 when admitted, else the time in ms until the next call can be
--- @include step/noted
--- @include step/clock

local nowMicrosText = string.format('%.0f', nowMicros)
-- {admitted, lengthened} of each key: how many calls are in its window, and whether it is kept for another one
local windows = {}

local function windowOf(key, windowMicros)
  if not windows[key] then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', nowMicros - windowMicros))
    -- a failover can move the clock back: calls of a time to come must not block the caller until then
    redis.call('ZREMRANGEBYSCORE', key, '(' .. nowMicrosText, '+inf')
    windows[key] = {admitted = redis.call('ZCARD', key), lengthened = false}
  end
  return windows[key]
end

local function admit(key, limitText, windowMillis)
  local limit, windowMicros = tonumber(limitText), windowMillis * 1000
  local window = windowOf(key, windowMicros)
  if window.admitted >= limit then
    -- the call that has to leave the window first; more than `limit` are there only after the limit was lowered
    local rank = window.admitted - limit
    local blocking = redis.call('ZRANGE', key, rank, rank, 'WITHSCORES')
    return math.max(1, math.ceil((tonumber(blocking[2]) + windowMicros - nowMicros) / 1000))
  end
  -- the number keeps members distinct when two calls fall into one microsecond
  redis.call('ZADD', key, nowMicrosText, nowMicrosText .. ':' .. window.admitted)
  window.admitted = window.admitted + 1
  if not window.lengthened then
    redis.call('PEXPIRE', key, windowMillis)
    window.lengthened = true
  end
  return 0
end
--- @each-call admit 0 3
