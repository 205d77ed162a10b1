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
-- when instances die, in ms, and when tasks ended, in microseconds
for index, perMilli in pairs({['instances:active'] = 1, ['tasks:completed'] = 1000, ['tasks:dead'] = 1000}) do
  for _, member in ipairs(redis.call('ZRANGE', prefix .. index, 0, -1)) do
    redis.call('ZINCRBY', prefix .. index, string.format('%d', -millis * perMilli), member)
  end
end
local lastRun = redis.call('GET', prefix .. 'time:last-run')
if lastRun then redis.call('SET', prefix .. 'time:last-run', moved(lastRun)) end
return 'OK'
