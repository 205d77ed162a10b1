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
--- @include newcomers
--- @include rank_candidate
--- @include role_sets

function step.indexRolesAgain(instanceId, rolesJson, previousRolesJson)
  for _, key in ipairs(step.roleList(previousRolesJson).keys) do
    redis.call('SREM', key, instanceId)
  end
  for _, key in ipairs(step.roleList(rolesJson).keys) do
    redis.call('SADD', key, instanceId)
  end
  redis.call('HSET', keys.instanceRoles, instanceId, rolesJson)
end

-- -> how many tasks it holds, nil if it is no worker now
function step.indexWorkerAgain(instanceId, roles)
  noted.mostLoaded = nil
  if not roles.worker then
    redis.call('ZREM', keys.load, instanceId)
    return nil
  end
  local held = redis.call('ZCARD', keys.queue(instanceId))
  redis.call('ZADD', keys.load, held, instanceId)
  return held
end

function step.lookUp(instanceId)
  if step.isEnlisted(instanceId) then step.indexNewcomers() end
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

  redis.call('HSET', keys.instance(instanceId), 'id', instanceId, 'roles', rolesJson, 'sessionId', sessionId,
    'metadata', metadata, 'status', 'active', 'health', 'healthy', 'registeredAt', live and before.registeredAt or nowText,
    'lastSeen', nowText)
  if not live then
    step.extendRecord(instanceId)
    step.enlist(instanceId, rolesJson)
    held = step.roleList(rolesJson).has.worker and 0
  else
    step.extendLife(instanceId)
    if rolesJson ~= before.rolesJson then
      local roles = step.roleList(rolesJson).has
      step.indexRolesAgain(instanceId, rolesJson, before.rolesJson)
      step.rankAgain(instanceId, roles)
      released = step.releaseForbiddenTasks(instanceId, roles)
      held = step.indexWorkerAgain(instanceId, roles)
    end
  end
  step.count('registrations')

  if not step.currentLeader() then step.indexNewcomers() end
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
