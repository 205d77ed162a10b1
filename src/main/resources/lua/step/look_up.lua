-- lookUp(instanceId) -> {deadline, sessionId, registeredAt, rolesJson, held} of an instance as it was left, nil or false where there
-- is nothing; `held` is how many tasks it has. It checks the types of the instance's own keys.
--- @include keys
--- @include check_types
--- @include newcomers
function step.lookUp(instanceId)
  -- it may be one of them
  step.indexNewcomers()
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
    held = redis.call('ZCARD', queue),
  }
end
