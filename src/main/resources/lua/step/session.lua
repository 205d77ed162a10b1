-- liveSessionOf(ctx, instanceId) -> the session that holds an instance, false unless it is registered and its deadline has not passed; and its
-- owner.
-- isAlive(ctx, instanceId) -> whether there is one.
-- sessionOf(ctx, instanceId) -> the session that holds an instance, false when there is no such instance, the time of its registration, the
-- ids of the tasks that were taken from it, with blanks between, false for none, and its owner.
-- isForeign(ctx, instanceId, holder, owner) -> whether an instance with this session and owner is one of another principal.
-- refuseForeign(ctx, instanceId) -> the reply that refuses a call for an instance of another principal, nil when the caller may act for it.
local function sessionOf(ctx, instanceId)
  if ctx.isGraceIncomplete then
    --- @include grace
    renewInGrace(ctx, instanceId)
  end
  local found = redis.call('HMGET', ctx.keys.instance .. instanceId, 'sessionId', 'registeredAt', 'taken', 'owner')
  return found[1], found[2], found[3], found[4] or ''
end

local function liveSessionOf(ctx, instanceId)
  local deadline = tonumber(redis.call('ZSCORE', ctx.keys.active, instanceId) or nil)
  if not deadline or deadline <= ctx.deadUntil then return false end
  local session, _, _, owner = sessionOf(ctx, instanceId)
  return session, owner
end

local function isAlive(ctx, instanceId)
  return liveSessionOf(ctx, instanceId) ~= false
end

local function isForeign(ctx, instanceId, holder, owner)
  return holder and not ctx.ownsAll and owner ~= ctx.by and isAlive(ctx, instanceId)
end

local function refuseForeign(ctx, instanceId)
  if ctx.ownsAll then return nil end
  local holder, _, _, owner = sessionOf(ctx, instanceId)
  return isForeign(ctx, instanceId, holder, owner) and {map = {foreign = 1}} or nil
end
