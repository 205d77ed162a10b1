-- isAlive(ctx, instanceId) -> whether an instance is registered and its deadline has not passed.
-- sessionOf(ctx, instanceId) -> the session that holds an instance, false when there is no such instance, the time of its registration, and
-- the ids of the tasks that were taken from it, with blanks between, false for none.
local function sessionOf(ctx, instanceId)
  if ctx.isGraceIncomplete then
    --- @include grace
    renewInGrace(ctx, instanceId)
  end
  local found = redis.call('HMGET', ctx.keys.instance .. instanceId, 'sessionId', 'registeredAt', 'taken')
  return found[1], found[2], found[3]
end

local function isAlive(ctx, instanceId)
  local deadline = tonumber(redis.call('ZSCORE', ctx.keys.active, instanceId) or nil)
  return deadline ~= nil and deadline > ctx.deadUntil and sessionOf(ctx, instanceId) ~= false
end
