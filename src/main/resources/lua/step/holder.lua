-- isAlive(ctx, instanceId) -> whether an instance is registered and its deadline has not passed.
-- isHeldBy(ctx, instanceId, sessionId) -> the same, and by this session; an empty session id is the anonymous one.
local function isBeforeDeadline(ctx, instanceId)
  local deadline = tonumber(redis.call('ZSCORE', ctx.keys.active, instanceId) or nil)
  return deadline ~= nil and deadline > ctx.now
end

local function isAlive(ctx, instanceId)
  return isBeforeDeadline(ctx, instanceId) and redis.call('EXISTS', ctx.keys.instance .. instanceId) == 1
end

local function isHeldBy(ctx, instanceId, sessionId)
  return isBeforeDeadline(ctx, instanceId) and redis.call('HGET', ctx.keys.instance .. instanceId, 'sessionId') == sessionId
end
