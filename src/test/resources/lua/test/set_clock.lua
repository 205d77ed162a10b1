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
local BY_TIME = {'instances:active', 'tasks:scheduled', 'tasks:blocked', 'tasks:assigned', 'tasks:in_progress', 'tasks:completed', 'tasks:dead',
  'tasks:cancelled', 'tasks:pending-since', 'tasks:leases'}
for _, index in ipairs(BY_TIME) do
  for _, member in ipairs(redis.call('ZRANGE', prefix .. index, 0, -1)) do
    redis.call('ZINCRBY', prefix .. index, string.format('%d', -millis), member)
  end
end
for _, taskId in ipairs(redis.call('ZRANGE', prefix .. 'tasks:all', 0, -1)) do
  for _, field in ipairs({'createdAt', 'assignedAt', 'claimedAt', 'completedAt', 'runAt', 'leaseUntil'}) do
    local time = redis.call('HGET', prefix .. 'task:' .. taskId, field)
    if time then redis.call('HSET', prefix .. 'task:' .. taskId, field, moved(time)) end
  end
end
local minutes = prefix .. 'metrics:minutes'
local snapshots = redis.call('XRANGE', minutes, '-', '+')
redis.call('DEL', minutes)
for _, snapshot in ipairs(snapshots) do
  redis.call('XADD', minutes, moved(string.match(snapshot[1], '^%d+')) .. '-0', unpack(snapshot[2]))
end
local lastRun = redis.call('GET', prefix .. 'time:last-run')
if lastRun then redis.call('SET', prefix .. 'time:last-run', moved(lastRun)) end
return 'OK'
