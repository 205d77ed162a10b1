-- isAlive(instanceId) -> whether it is registered and its deadline has not passed.
-- heldBy(instanceId, sessionId) -> the same, and by this session; an empty session id is the anonymous one.
--- @include keys
--- @include clock
function step.beforeDeadline(instanceId)
  local deadline = tonumber(redis.call('ZSCORE', keys.active, instanceId))
  return deadline ~= nil and deadline > now
end

function step.isAlive(instanceId)
  return step.beforeDeadline(instanceId) and redis.call('EXISTS', keys.instance(instanceId)) == 1
end

function step.heldBy(instanceId, sessionId)
  return step.beforeDeadline(instanceId) and redis.call('HGET', keys.instance(instanceId), 'sessionId') == sessionId
end
