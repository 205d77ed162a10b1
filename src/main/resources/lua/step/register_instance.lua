-- lookUp(instanceId) -> {deadline, sessionId, registeredAt, rolesJson} of an instance as it was left, nil or false where there is
-- nothing. It checks the types of the instance's own keys.
-- registerInstance(instanceId, rolesJson, sessionId, metadata, before) -> {success, becameLeader, message, elected, released, held}
-- `before` is what lookUp has found; if the instance has died, it may have been cleared away since.
-- `sessionId` is empty for an anonymous agent. Refused (success = false, nothing changed) while the id is held by a live
-- instance of another session. The same session renews: roles and metadata are replaced and the time to live starts again;
-- what it holds stays, except unclaimed tasks that its new roles do not allow. `elected` is what electLeader did, to be
-- announced by the caller; `released` is how many tasks went back to pending; `held` is how many a worker has, if that was looked up.
--- @include keys
--- @include check_types
--- @include deadline
--- @include extend_life
--- @include sweep_expired
--- @on-demand release_forbidden_tasks releaseForbiddenTasks
--- @on-demand elect_leader electLeader
--- @include leader
--- @include role_sets

-- In cb:leader:candidates an instance without the role `leader` stands behind all that have it, by this distance.
-- Microseconds since 1970 stay below it until the year 2112.
local WITHOUT_LEADER_ROLE = 4500000000000000

function step.indexRoles(instanceId, rolesJson, previousRolesJson)
  for _, key in ipairs(step.roleList(previousRolesJson).keys) do
    redis.call('SREM', key, instanceId)
  end
  for _, key in ipairs(step.roleList(rolesJson).keys) do
    redis.call('SADD', key, instanceId)
  end
  redis.call('HSET', keys.instanceRoles, instanceId, rolesJson)
end

-- `known`: whether it has a rank already, which goes on
function step.rankCandidate(instanceId, roles, known)
  -- a run takes longer than a microsecond for each, so no later one is before any of these
  noted.ranked = (noted.ranked or -1) + 1
  local registered = known and tonumber(redis.call('ZSCORE', keys.candidates, instanceId)) or nowMicros + noted.ranked
  registered = registered % WITHOUT_LEADER_ROLE
  local rank = roles.leader and registered or registered + WITHOUT_LEADER_ROLE
  redis.call('ZADD', keys.candidates, rank, instanceId)
end

-- `known`: whether it may hold tasks -> how many those are, nil if it is no worker
function step.indexWorker(instanceId, roles, known)
  if roles.worker then
    local held = known and redis.call('ZCARD', keys.queue(instanceId)) or 0
    redis.call('ZADD', keys.load, held, instanceId)
    if held > 0 then noted.mostLoaded = nil end
    return held
  end
  if known and redis.call('ZREM', keys.load, instanceId) == 1 then
    noted.mostLoaded = nil
  end
end

function step.lookUp(instanceId)
  local record, gossip, queue = keys.instance(instanceId), keys.gossip(instanceId), keys.queue(instanceId)
  local deadlineText = redis.call('ZSCORE', keys.active, instanceId)
  -- what is not there is of the right type
  if not deadlineText and redis.call('EXISTS', record, gossip, queue) == 0 then return {} end
  step.checkTypes({queue}, {gossip})
  local found = redis.pcall('HMGET', record, 'sessionId', 'registeredAt')
  if found.err then step.failWrongType(record, 'hash') end
  return {
    deadline = tonumber(deadlineText or nil),
    sessionId = found[1],
    registeredAt = found[2],
    rolesJson = redis.call('HGET', keys.instanceRoles, instanceId),
  }
end

function step.registerInstance(instanceId, rolesJson, sessionId, metadata, before)
  local live = before.deadline and before.deadline > now and before.registeredAt
  if live and before.sessionId ~= sessionId then
    return {success = false, becameLeader = false, message = 'held by another session'}
  end
  local released, held = 0, nil
  if before.deadline and not live and redis.call('ZSCORE', keys.active, instanceId) then
    -- dead, but further down than the sweep has come
    released = step.expireInstance(instanceId)
  end

  local previousRolesJson = live and before.rolesJson
  redis.call('HSET', keys.instance(instanceId), 'id', instanceId, 'roles', rolesJson, 'sessionId', sessionId,
    'metadata', metadata, 'status', 'active', 'health', 'healthy', 'registeredAt', live and before.registeredAt or nowText,
    'lastSeen', nowText)
  if rolesJson ~= previousRolesJson then
    step.indexRoles(instanceId, rolesJson, previousRolesJson)
    local roles = step.roleList(rolesJson).has
    step.rankCandidate(instanceId, roles, live)
    if live then released = step.releaseForbiddenTasks(instanceId, roles) end
    held = step.indexWorker(instanceId, roles, live)
  end
  step.extendLife(instanceId)
  step.count('registrations')

  local elected = not step.currentLeader() and step.electLeader(instanceId) or nil
  return {
    success = true,
    becameLeader = elected ~= nil and elected.id == instanceId,
    message = live and 'renewed' or 'registered',
    elected = elected,
    released = released,
    held = held,
  }
end
