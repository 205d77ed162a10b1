-- liveWorkers(ctx) -> how many workers are alive. Those that died and are not removed yet are not counted, up to a thousand.
local function liveWorkers(ctx)
  if not ctx.deadWorkers then
    local dead = redis.call('ZRANGEBYSCORE', ctx.keys.active, '-inf', integer(ctx.deadUntil), 'LIMIT', '0', '1000')
    ctx.deadWorkers = 0
    for _, load in ipairs(#dead > 0 and redis.call('ZMSCORE', ctx.keys.load, unpack(dead)) or {}) do
      if load then ctx.deadWorkers = ctx.deadWorkers + 1 end
    end
  end
  return redis.call('ZCARD', ctx.keys.load) - ctx.deadWorkers
end
