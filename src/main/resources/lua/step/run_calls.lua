-- The first line of an entry script tells Redis what to do when it is full: with `allow-oom` it runs the script all the same, as those that keep
-- alive, end or read what there is; without, those that add tasks and instances are refused before they begin.
-- runCalls(carryOut) -> a list with the reply to each call that the script was sent for. Calls that arrive together share a run; each is
-- carried out as if it had come alone, a microsecond after the one before. carryOut(ctx, arguments...) -> reply.
-- ARGV  1 TTL of an instance, ms  2 task capacity of a worker  3 stream length  4 retention of ended tasks, ms  5 most ended tasks
--       6 attempts of a task  7 quotas as JSON (quotas.lua)  8 TTL of an idempotency key, ms  9 longest time without a script that is no outage, ms
--       10 lease of a claim, ms, 0 for none  11 back-off after the first attempt, ms  12 longest back-off, ms
--       13 arguments of a call, and for each call: 3 of admit, the principal (empty for an anonymous caller), whether it may act for the
--       instances of others (0|1), then its own
-- Reply for each call {retryAfter} when the rate limit refuses it, {foreign 1} when an instance belongs to another principal, an error, or
--       what carryOut gives. When an instance was elected or has expired, or a task is dead, one more follows, for the log:
--       {leader and term: who was elected last, nil for nobody, expired: ids of instances, dead: ids of tasks}
--- @include context
--- @include admit

-- A silence of all is told from the death of some by the time of the last run (grace.lua). Failing to note it must not fail the calls, which
-- have been carried out.
local function noteRun(ctx)
  -- without a state there is nobody to tell it of, and to read creates nothing
  if not ctx.lastRun and redis.call('EXISTS', ctx.keys.state) == 0 then return end
  if ctx.isGraceIncomplete or ctx.lastRun and ctx.now - ctx.lastRun < ctx.settings.ttl / 30 then return end
  redis.pcall('SET', ctx.keys.lastRun, ctx.nowText)
end

-- where the arguments of a call's own begin
local OWN = 5

local function runCalls(carryOut)
  local size, replies, ctx = tonumber(ARGV[13]), {}, newContext()
  local news = {expired = {}, dead = {}}
  ctx.news = news

  local function admitAndCarryOut(first)
    local retryAfter = admit(ctx, ARGV[first], ARGV[first + 1], ARGV[first + 2])
    if retryAfter > 0 then return {map = {retryAfter = retryAfter}} end
    ctx.by, ctx.ownsAll = ARGV[first + 3], ARGV[first + 4] == '1'
    return carryOut(ctx, unpack(ARGV, first + OWN, first + size - 1))
  end

  for first = 14, #ARGV, size do
    local done, reply = pcall(admitAndCarryOut, first)
    if not done then
      --- @include failure
      reply = failure(ctx.keys, reply, {unpack(ARGV, first + OWN, first + size - 1)})
      ctx = newContext()
      ctx.news = news
    end
    replies[#replies + 1] = reply
    ctx.nowMicros = ctx.nowMicros + 1
  end
  noteRun(ctx)
  if news.leader or #news.expired + #news.dead > 0 then replies[#replies + 1] = {map = news} end
  return replies
end
