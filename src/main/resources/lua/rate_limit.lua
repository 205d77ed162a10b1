-- Admits a call if fewer than `limit` were admitted in the window that ends now: a sliding window, exact to the
-- microsecond. A refused call leaves no trace.
-- KEYS  1 prefix of every key
-- ARGV  for each call: key of the sorted set of admitted calls, limit (at least 1), window in ms
-- Reply for each call 0 when admitted, else the time in ms until the next call can be
--- @include step/noted
--- @include step/clock

local nowMicrosText = string.format('%.0f', nowMicros)
-- {admitted, millis, members} of each key: how many calls are in its window, how long it is, and the score and name of each that
-- has been admitted and is not written yet, nil for none
local windows = {}

local function windowOf(key, millis)
  local admitted = call('ZCARD', key)
  if admitted > 0 then
    admitted = admitted - call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', nowMicros - millis * 1000))
      -- a failover can move the clock back: calls of a time to come must not block the caller until then
      - call('ZREMRANGEBYSCORE', key, '(' .. nowMicrosText, '+inf')
  end
  local window = {admitted = admitted, millis = millis, members = nil}
  windows[key] = window
  return window
end

local function write(key, window)
  if not window.members then return end
  call('ZADD', key, unpack(window.members))
  call('PEXPIRE', key, window.millis)
  window.members = nil
end

function step.afterCalls()
  for key, window in pairs(windows) do write(key, window) end
end

local function millisUntilRoom(key, window, limit)
  write(key, window)
  -- the call that has to leave the window first; more than `limit` are there only after the limit was lowered
  local rank = window.admitted - limit
  local blocking = redis.call('ZRANGE', key, rank, rank, 'WITHSCORES')
  return math.max(1, math.ceil((tonumber(blocking[2]) + window.millis * 1000 - nowMicros) / 1000))
end

local function admit(key, limitText, millisText)
  local window, limit = windows[key] or windowOf(key, millisText), tonumber(limitText)
  if window.admitted >= limit then return millisUntilRoom(key, window, limit) end
  -- the number keeps members distinct when two calls fall into one microsecond
  local member, members = nowMicrosText .. ':' .. window.admitted, window.members
  if members then
    local size = #members
    members[size + 1], members[size + 2] = nowMicrosText, member
  else
    window.members = {nowMicrosText, member}
  end
  window.admitted = window.admitted + 1
  return 0
end
--- @each-call admit 0 3
