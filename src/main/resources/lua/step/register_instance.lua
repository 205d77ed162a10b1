-- registerInstance(instanceId, rolesJson, sessionId, metadata) -> {success, becameLeader, message, elected, released}
-- `sessionId` is empty for an anonymous agent. Refused (success = false, nothing changed) while the id is held by a live
-- instance of another session. The same session renews: roles and metadata are replaced and the time to live starts again;
-- what it holds stays, except unclaimed tasks that its new roles do not allow. `elected` is what electLeader did, to be
-- announced by the caller; `released` is how many tasks went back to pending.
--- @include keys
--- @include clock
--- @include task_queues
--- @include role_sets
--- @include extend_life
--- @include sweep_expired
--- @include elect_leader

-- In cb:leader:candidates an instance without the role `leader` stands behind all that have it, by this distance.
-- Microseconds since 1970 stay below it until the year 2112.
local WITHOUT_LEADER_ROLE = 4500000000000000

local function indexRoles(instanceId, rolesJson, previousRolesJson)
  for _, role in ipairs(cjson.decode(previousRolesJson or '[]')) do
    redis.call('SREM', roleKey(role), instanceId)
  end
  for _, role in ipairs(cjson.decode(rolesJson)) do
    redis.call('SADD', roleKey(role), instanceId)
  end
  redis.call('HSET', instanceRolesKey, instanceId, rolesJson)
end

-- `known`: whether it has a rank already, which goes on
local function rankCandidate(instanceId, roles, known)
  local registered = known and tonumber(redis.call('ZSCORE', candidatesKey, instanceId)) or nowMicros
  registered = registered % WITHOUT_LEADER_ROLE
  local rank = roles.leader and registered or registered + WITHOUT_LEADER_ROLE
  redis.call('ZADD', candidatesKey, rank, instanceId)
end

local function releaseForbiddenTasks(instanceId, roles)
  local released = 0
  local held = redis.call('ZRANGE', queueKey(instanceId), 0, -1, 'WITHSCORES')
  for i = 1, #held, 2 do
    local task = taskFields(held[i], 'status', 'roleSet')
    if task[1] == 'assigned' and not (roles.worker and hasAllRoles(roles, task[2])) then
      requeueTask(held[i], held[i + 1], instanceId)
      released = released + 1
    end
  end
  return released
end

local function indexWorker(instanceId, roles)
  if roles.worker then
    redis.call('ZADD', loadKey, redis.call('ZCARD', queueKey(instanceId)), instanceId)
    redis.call('ZADD', activeWorkersKey, now + ttl, instanceId)
  else
    redis.call('ZREM', loadKey, instanceId)
    redis.call('ZREM', activeWorkersKey, instanceId)
  end
end

local function registerInstance(instanceId, rolesJson, sessionId, metadata)
  local record = redis.call('HMGET', instanceKey(instanceId), 'sessionId', 'registeredAt')
  local deadline = tonumber(redis.call('ZSCORE', activeKey, instanceId))
  local live = deadline ~= nil and deadline > now and record[2] ~= false
  if live and record[1] ~= sessionId then
    return {success = false, becameLeader = false, message = 'held by another session'}
  end
  local released = 0
  if deadline and not live then
    -- dead, but further down than the sweep has come
    released = expireInstance(instanceId)
  end

  local previousRolesJson = live and redis.call('HGET', instanceRolesKey, instanceId)
  redis.call('HSET', instanceKey(instanceId), 'id', instanceId, 'roles', rolesJson, 'sessionId', sessionId,
    'metadata', metadata, 'status', 'active', 'health', 'healthy', 'registeredAt', live and record[2] or now,
    'lastSeen', now)
  if rolesJson ~= previousRolesJson then
    indexRoles(instanceId, rolesJson, previousRolesJson)
    local roles = rolesOf(instanceId)
    rankCandidate(instanceId, roles, live)
    if live then released = releaseForbiddenTasks(instanceId, roles) end
    indexWorker(instanceId, roles)
  end
  extendLife(instanceId)
  redis.call('HINCRBY', metricsKey, 'registrations', 1)

  local elected = electLeader(instanceId)
  return {
    success = true,
    becameLeader = elected ~= nil and elected.id == instanceId,
    message = live and 'renewed' or 'registered',
    elected = elected,
    released = released,
  }
end
