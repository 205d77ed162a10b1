-- renewInstance(instanceId, rolesJson, sessionId, metadata, before) -> what registerInstance (register_instance.lua) gives, for a
-- live instance. The same session renews it: roles and metadata are replaced and the time to live starts again; what it
-- holds stays, except unclaimed tasks that its new roles do not allow.
--- @include keys
--- @include deadline
--- @include elect_leader
--- @include leader
--- @include rank_again
--- @include role_list
--- @include release_forbidden_tasks

local function indexRolesAgain(instanceId, rolesJson, previousRolesJson)
  for _, key in ipairs(step.roleList(previousRolesJson).keys) do
    redis.call('SREM', key, instanceId)
  end
  for _, key in ipairs(step.roleList(rolesJson).keys) do
    redis.call('SADD', key, instanceId)
  end
  redis.call('HSET', keys.instanceRoles, instanceId, rolesJson)
end

local function indexWorkerAgain(instanceId, roles)
  noted.mostLoaded = nil
  if roles.worker then
    redis.call('ZADD', keys.load, redis.call('ZCARD', keys.queue(instanceId)), instanceId)
  else
    redis.call('ZREM', keys.load, instanceId)
  end
end

function step.renewInstance(instanceId, rolesJson, sessionId, metadata, before)
  if before.sessionId ~= sessionId then
    return {success = false, becameLeader = false, message = 'held by another session'}
  end
  local released = 0
  step.writeRecord(instanceId, rolesJson, sessionId, metadata, before.registeredAt)
  redis.call('ZADD', keys.active, deadline, instanceId)
  step.extendLease(instanceId)
  if rolesJson ~= before.rolesJson then
    local roles = step.roleList(rolesJson).has
    indexRolesAgain(instanceId, rolesJson, before.rolesJson)
    step.rankAgain(instanceId, roles)
    released = step.releaseForbiddenTasks(instanceId, roles)
    indexWorkerAgain(instanceId, roles)
  end
  step.count('registrations')
  local elected = not step.currentLeader() and step.electLeader(instanceId) or nil
  return {
    success = true,
    becameLeader = elected ~= nil and elected.id == instanceId,
    message = 'renewed',
    elected = elected,
    released = released,
  }
end
