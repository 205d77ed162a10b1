-- runCalls(carryOut) -> a list with the reply to each call that the script was sent for. Calls that arrive together share a run; each is
-- carried out as if it had come alone, a microsecond after the one before. carryOut(ctx, arguments...) -> reply.
-- ARGV  1 TTL of an instance, ms  2 task capacity of a worker  3 stream length  4 retention of ended tasks, ms  5 attempts of a task
--       6 most role sets  7 TTL of an idempotency key, ms  8 longest time without a script that is no outage, ms
--       9 arguments of a call, and for each call: 3 of admit, then its own
-- Reply for each call {retryAfter} when the rate limit refuses it, an error, or what carryOut gives
--- @include context
--- @include admit
--- @include failure

-- A silence of all is told from the death of some by the time of the last run (grace.lua).
local function noteRun(ctx)
  if ctx.isGraceIncomplete or ctx.lastRun and ctx.now - ctx.lastRun < ctx.settings.ttl / 30 then return end
  -- a removal first: a full Redis refuses a script whose first write takes memory
  redis.call('DEL', ctx.keys.lastRun)
  redis.call('SET', ctx.keys.lastRun, ctx.nowText)
end

local function runCalls(carryOut)
  local size, replies, ctx = tonumber(ARGV[9]), {}, newContext()

  local function admitAndCarryOut(first)
    local retryAfter = admit(ctx, ARGV[first], ARGV[first + 1], ARGV[first + 2])
    if retryAfter > 0 then return {map = {retryAfter = retryAfter}} end
    return carryOut(ctx, unpack(ARGV, first + 3, first + size - 1))
  end

  for first = 10, #ARGV, size do
    local done, reply = pcall(admitAndCarryOut, first)
    if not done then
      reply = failure(ctx.keys, reply, {unpack(ARGV, first + 3, first + size - 1)})
      ctx = newContext()
    end
    replies[#replies + 1] = reply
    ctx.nowMicros = ctx.nowMicros + 1
  end
  noteRun(ctx)
  return replies
end
