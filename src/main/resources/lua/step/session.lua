-- sessionOf(ctx, instanceId) -> the session that holds an instance, false when there is no such instance, and the time of its registration.
local function sessionOf(ctx, instanceId)
  if ctx.isGraceIncomplete then
    --- @include grace
    renewInGrace(ctx, instanceId)
  end
  local found = redis.call('HMGET', ctx.keys.instance .. instanceId, 'sessionId', 'registeredAt')
  return found[1], found[2]
end
