-- admit(ctx, bucket, limit, window) -> 0 when the call is admitted, else the ms until the next one will be. A sliding window, exact to
-- the microsecond: at most `limit` calls are admitted in any `window` ms. A refused call writes nothing. Calls of the future, of before
-- the clock was set back, are not counted.
-- bucket: method and caller. limit: 0 for none.
--- @include integer
local function admit(ctx, bucket, limit, window)
  limit = tonumber(limit)
  if limit == 0 then return 0 end
  local key, micros, windowMicros = ctx.keys.rateLimit .. bucket, integer(ctx.nowMicros), window * 1000
  local begin = integer(ctx.nowMicros - windowMicros)
  -- all that are stored are at least those that count, and cost nothing to count
  local admitted = redis.call('ZCARD', key)
  if admitted >= limit then admitted = redis.call('ZCOUNT', key, '(' .. begin, micros) end
  if admitted >= limit then
    -- the call that has to leave the window first; more than `limit` are in it only after that was lowered
    local blocking = redis.call('ZRANGE', key, '(' .. begin, micros, 'BYSCORE', 'LIMIT', admitted - limit, 1, 'WITHSCORES')[2]
    return math.max(1, math.ceil((blocking + windowMicros - ctx.nowMicros) / 1000))
  end
  redis.call('ZADD', key, micros, micros)
  if not ctx.trimmed[key] then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', begin)
    redis.call('PEXPIRE', key, window)
    ctx.trimmed[key] = true
  end
  return 0
end
