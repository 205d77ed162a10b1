-- admit(ctx, bucket, limit, window) -> 0 when the call is admitted, else the ms until the next one will be. A sliding window, exact to
-- the microsecond: at most `limit` calls are admitted in any `window` ms. A refused call is not counted.
-- bucket: method and caller. limit: 0 for none.
--- @include json
local function admit(ctx, bucket, limit, window)
  limit = tonumber(limit)
  if limit == 0 then return 0 end
  local key, micros, windowMicros = ctx.keys.rateLimit .. bucket, integer(ctx.nowMicros), window * 1000
  redis.call('ZREMRANGEBYSCORE', key, '-inf', integer(ctx.nowMicros - windowMicros))
  local admitted = redis.call('ZCARD', key)
  if admitted >= limit then
    -- the clock may have been set back: calls of the future must not block the caller until then
    admitted = admitted - redis.call('ZREMRANGEBYSCORE', key, '(' .. micros, '+inf')
  end
  if admitted >= limit then
    -- more than `limit` are there only after it was lowered
    local rank = admitted - limit
    local blocking = redis.call('ZRANGE', key, rank, rank, 'WITHSCORES')[2]
    return math.max(1, math.ceil((blocking + windowMicros - ctx.nowMicros) / 1000))
  end
  redis.call('ZADD', key, micros, micros)
  redis.call('PEXPIRE', key, window)
  return 0
end
