-- Moves the clock, as seen by the scripts: every time that Redis holds moves the other way, so that all is as far in the past or the future as
-- if the clock had been set. It walks the key space: for tests on a small Redis of their own.
-- KEYS  1 prefix of every key
-- ARGV  1 by how many ms the clock is set forward; negative for back
local prefix, millis = KEYS[1], tonumber(ARGV[1])

local function moved(time)
  return string.format('%d', tonumber(time) - millis)
end

for _, key in ipairs(redis.call('KEYS', prefix .. '*')) do
  local expiresAt = redis.call('PEXPIRETIME', key)
  if expiresAt > 0 then redis.call('PEXPIREAT', key, moved(expiresAt)) end
end
local deadlines = redis.call('ZRANGE', prefix .. 'instances:active', 0, -1, 'WITHSCORES')
for i = 1, #deadlines, 2 do redis.call('ZADD', prefix .. 'instances:active', moved(deadlines[i + 1]), deadlines[i]) end
local lastRun = redis.call('GET', prefix .. 'time:last-run')
if lastRun then redis.call('SET', prefix .. 'time:last-run', moved(lastRun)) end
return 'OK'
