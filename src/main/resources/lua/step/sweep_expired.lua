-- sweepExpired(ctx) -> {expired, requeued}: how many instances whose deadline had passed were removed, 100 at most, and how many of their
-- tasks are pending again. It stops early once those are 200, so that a fleet that dies at work does not keep Redis from everybody
-- else. ctx.isSwept tells whether none is left, for the rest of the run. The caller settles the fleet.
local function sweepExpired(ctx)
  local swept = {expired = 0, requeued = 0}
  if ctx.isSwept then return swept end
  local mostExpired, mostRequeued = 100, 200
  local dead = redis.call('ZRANGEBYSCORE', ctx.keys.active, '-inf', integer(ctx.deadUntil), 'LIMIT', '0', mostExpired)
  if #dead > 0 then
    --- @include remove_instance
    for _, instanceId in ipairs(dead) do
      if swept.requeued >= mostRequeued then break end
      swept.requeued = swept.requeued + expireInstance(ctx, instanceId)
      swept.expired = swept.expired + 1
    end
  end
  ctx.isSwept = #dead < mostExpired and swept.expired == #dead and not ctx.isGraceIncomplete
  return swept
end
