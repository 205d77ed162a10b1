-- isAlive(ctx, instanceId) -> whether an instance is registered and its deadline has not passed.
-- isHeldBy(ctx, instanceId, sessionId) -> the same, and by this session; an empty session id is the anonymous one.
--- @include session
local function isBeforeDeadline(ctx, instanceId)
  local deadline = tonumber(redis.call('ZSCORE', ctx.keys.active, instanceId) or nil)
  return deadline ~= nil and deadline > ctx.deadUntil
end

local function isAlive(ctx, instanceId)
  return isBeforeDeadline(ctx, instanceId) and sessionOf(ctx, instanceId) ~= false
end

local function isHeldBy(ctx, instanceId, sessionId)
  return isBeforeDeadline(ctx, instanceId) and sessionOf(ctx, instanceId) == sessionId
end
