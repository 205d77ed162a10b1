-- isAlive(instanceId) -> whether it is registered and its deadline has not passed.
-- heldBy(instanceId, sessionId) -> the same, and by this session; an empty session id is the anonymous one.
--- @include keys
--- @include clock
local function isAlive(instanceId)
  local deadline = tonumber(redis.call('ZSCORE', activeKey, instanceId))
  return deadline ~= nil and deadline > now and redis.call('EXISTS', instanceKey(instanceId)) == 1
end

local function heldBy(instanceId, sessionId)
  return isAlive(instanceId) and redis.call('HGET', instanceKey(instanceId), 'sessionId') == sessionId
end
