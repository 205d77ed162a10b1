-- registerInstance(instanceId, roles, ttl, sessionId, metadata)
--   -> {success, becameLeader, message, renewed, elected}
-- `roles` and `metadata` are JSON text, `sessionId` is empty for an anonymous agent. Refused (success = false, nothing
-- changed) while the id is held by a live instance of another session. The same session renews: roles and metadata are
-- replaced and the time to live starts again; what it holds stays, except unclaimed tasks that its new roles do not
-- allow. `elected` is what electLeader did, to be announced by the caller.
--- @include keys
--- @include clock
--- @include integer
--- @include task_queues
--- @include role_sets
--- @include sweep_expired
--- @include elect_leader

-- In cb:leader:candidates an instance without the role `leader` stands behind all that have it, by this distance.
-- Microseconds since 1970 stay below it until the year 2112.
local WITHOUT_LEADER_ROLE = 4500000000000000

local function indexRoles(instanceId, roles, previousRoles)
  if roles == previousRoles then return end
  for _, role in ipairs(cjson.decode(previousRoles or '[]')) do
    redis.call('SREM', roleKey(role), instanceId)
  end
  for _, role in ipairs(cjson.decode(roles)) do
    redis.call('SADD', roleKey(role), instanceId)
  end
  redis.call('HSET', instanceRolesKey, instanceId, roles)
end

local function rankCandidate(instanceId, roles)
  local registered = tonumber(redis.call('ZSCORE', candidatesKey, instanceId)) or nowMicros
  registered = registered % WITHOUT_LEADER_ROLE
  local rank = roles.leader and registered or registered + WITHOUT_LEADER_ROLE
  redis.call('ZADD', candidatesKey, integer(rank), instanceId)
end

local function indexWorker(instanceId, roles, rolesChanged)
  if rolesChanged then
    local held = redis.call('ZRANGE', queueKey(instanceId), 0, -1, 'WITHSCORES')
    for i = 1, #held, 2 do
      local task = redis.call('HMGET', taskKey(held[i]), 'status', 'roleSet')
      if task[1] == 'assigned' and not (roles.worker and hasAllRoles(roles, task[2])) then
        requeueTask(held[i], held[i + 1], instanceId)
      end
    end
  end
  if roles.worker then
    redis.call('ZADD', loadKey, redis.call('ZCARD', queueKey(instanceId)), instanceId)
  else
    redis.call('ZREM', loadKey, instanceId)
  end
end

local function registerInstance(instanceId, roles, ttl, sessionId, metadata)
  local record = redis.call('HMGET', instanceKey(instanceId), 'sessionId', 'registeredAt')
  local deadline = tonumber(redis.call('ZSCORE', activeKey, instanceId))
  local live = deadline and deadline > now and record[2]
  if live and record[1] ~= sessionId then
    return {success = false, becameLeader = false, message = 'held by another session'}
  end
  if deadline and not live then
    -- dead, but further down than the sweep has come
    expireInstance(instanceId)
  end

  local previousRoles = live and redis.call('HGET', instanceRolesKey, instanceId)
  local registeredAt = live and record[2] or now
  local renewedDeadline = now + ttl
  redis.call('HSET', instanceKey(instanceId), 'id', instanceId, 'roles', roles, 'sessionId', sessionId,
    'metadata', metadata, 'status', 'active', 'health', 'healthy', 'registeredAt', registeredAt, 'lastSeen', now)
  redis.call('PEXPIREAT', instanceKey(instanceId), renewedDeadline)
  redis.call('ZADD', activeKey, renewedDeadline, instanceId)
  indexRoles(instanceId, roles, previousRoles)
  local roleSet = workerRoles(instanceId)
  rankCandidate(instanceId, roleSet)
  indexWorker(instanceId, roleSet, live and roles ~= previousRoles)
  redis.call('HINCRBY', metricsKey, 'registrations', 1)

  if redis.call('GET', leaderKey) == instanceId then
    redis.call('PEXPIREAT', leaderKey, renewedDeadline)
  end
  local elected = electLeader()
  return {
    success = true,
    becameLeader = elected ~= nil and elected.id == instanceId,
    message = live and 'renewed' or 'registered',
    elected = elected,
  }
end
