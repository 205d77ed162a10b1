-- runCalls(carryOut) -> a list with the reply to each call that the script was sent for. Calls that arrive together share a run; each is
-- carried out as if it had come alone, a microsecond after the one before. carryOut(ctx, arguments...) -> reply.
-- ARGV  1 TTL of an instance, ms  2 task capacity of a worker  3 stream length  4 retention of ended tasks, ms  5 attempts of a task
--       6 most role sets  7 TTL of an idempotency key, ms  8 arguments of a call, and for each call: 3 of admit, then its own
-- Reply for each call {retryAfter} when the rate limit refuses it, an error, or what carryOut gives
--- @include keys
--- @include context
--- @include admit
--- @include failure
local function runCalls(carryOut)
  local time, size, replies = redis.call('TIME'), tonumber(ARGV[8]), {}
  local micros, keys = time[1] * 1000000 + time[2], keysOf(KEYS[1])
  local settings = {
    ttl = tonumber(ARGV[1]), capacity = tonumber(ARGV[2]), streamLength = ARGV[3], retention = tonumber(ARGV[4]),
    maxAttempts = tonumber(ARGV[5]), maxRoleSets = tonumber(ARGV[6]), idempotencyTtl = ARGV[7],
  }

  local function admitAndCarryOut(first)
    local ctx = newContext(keys, settings, micros + #replies)
    local retryAfter = admit(ctx, ARGV[first], ARGV[first + 1], ARGV[first + 2])
    if retryAfter > 0 then return {map = {retryAfter = retryAfter}} end
    return carryOut(ctx, unpack(ARGV, first + 3, first + size - 1))
  end

  for first = 9, #ARGV, size do
    local done, reply = pcall(admitAndCarryOut, first)
    replies[#replies + 1] = done and reply or failure(keys, reply, {unpack(ARGV, first + 3, first + size - 1)})
  end
  return replies
end
