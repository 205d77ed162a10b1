-- extendLife(instanceId): its record, its place among the active and the active workers and, if it leads, its lease last `ttl` ms
-- from now. Expects `ttl`.
--- @include keys
--- @include clock
--- @include leader
local function extendLife(instanceId)
  local deadline = now + ttl
  redis.call('PEXPIREAT', instanceKey(instanceId), deadline)
  redis.call('ZADD', activeKey, deadline, instanceId)
  -- only workers are in it
  redis.call('ZADD', activeWorkersKey, 'XX', deadline, instanceId)
  if currentLeader() == instanceId then
    redis.call('PEXPIREAT', leaderKey, deadline)
  end
end
